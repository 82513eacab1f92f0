//! What pages, use cases and server functions take from context: who asks, the time it is, the tables, the one connection.

use crate::error::{AppError, Stop};
use crate::module::Module;
use crate::render::Assets;
use domain::actor::Actor;
use domain::calendar::{WorkCalendar, local};
use domain::catalogue::Edition;
use domain::issue::Terms;
use domain::security::FactorRule;
use leptos::prelude::expect_context;
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use store::identity::{Identity, Session};
use store::policy::Shelf;
use store::reference::Reference;
use store::{Conn, Store};
use time::{Date, OffsetDateTime};
use tokio::sync::{Notify, OwnedMutexGuard};

/// What every request shares. Nothing in it is the truth: another server has the same from the database.
#[derive(Clone)]
pub struct Services {
    /// The database.
    pub store: Store,
    /// Reference data and calendar, refreshed by a worker.
    pub tables: Arc<RwLock<Tables>>,
    /// Names of the built files.
    pub assets: Arc<Assets>,
    /// Wakes the outbox worker after a command.
    pub outbox: Arc<Notify>,
    /// The data is demo data: every page says so, and codes are shown.
    pub demo: bool,
    /// Cookies are sent over TLS only.
    pub tls: bool,
    /// How long a browser waits between two codes to one number; nothing for no wait.
    pub code_pause: time::Duration,
    /// Codes that one address may ask for, and tries it has, in ten minutes.
    pub codes_per_address: i32,
    /// Codes that all strangers together may ask for in ten minutes: what the gateway is paid for.
    pub codes_per_city: i32,
    /// The same in a day.
    pub codes_per_city_day: i32,
    /// Photos and files that one account may send in a day.
    pub uploads_per_day: i32,
    /// Webhooks may lead into this machine's own network, and to addresses without TLS.
    pub private_webhooks: bool,
    /// Problems that an enterprise may file in a day; 0 for no limit.
    pub filings_per_day: i32,
    /// Which staff sign in with a second factor.
    pub factor_rule: FactorRule,
}

impl Services {
    /// Now. The only clock of the process's requests, the same on every server.
    pub fn now(&self) -> OffsetDateTime {
        self.store.now()
    }

    /// The tables as they are now.
    pub fn tables(&self) -> Tables {
        self.tables.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads areas, departments and stations again, after a change of them; other servers do within a minute.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn refresh_reference(&self) -> Result<(), AppError> {
        let mut conn = self.store.system().await?;
        let reference = Arc::new(store::reference::load(&mut conn).await?);
        self.tables.write().unwrap_or_else(PoisonError::into_inner).reference = reference;
        Ok(())
    }

    /// Reads the policies in force again where they changed; other servers hear of it by their refreshing worker.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn refresh_shelf(&self) -> Result<(), AppError> {
        let mut conn = self.store.system().await?;
        let today = local(self.now()).date();
        let known = self.tables().shelf;
        if known.book.as_of == today && known.stamp == store::policy::item::stamp(&mut conn).await? {
            return Ok(());
        }
        let shelf = Arc::new(Shelf::load(&mut conn, today).await?);
        self.tables.write().unwrap_or_else(PoisonError::into_inner).shelf = shelf;
        Ok(())
    }
}

/// What is read from the database once a minute, and when it was changed.
#[derive(Clone, Default)]
pub struct Tables {
    /// Areas, departments and stations.
    pub reference: Arc<Reference>,
    /// Working calendar, limits, boards and categories, as administrators keep them.
    pub terms: Arc<Terms>,
    /// Policies in force, compiled.
    pub shelf: Arc<Shelf>,
}

/// What a request says of itself before the database is asked.
#[derive(Debug, Clone)]
pub struct Head {
    /// The nonce of the content security policy.
    pub nonce: String,
    /// The request's id, in the log and on error pages.
    pub request_id: String,
    /// Path and query.
    pub path: String,
    /// The address of the site as this browser knows it, for what leads here from paper; empty where it does not say.
    pub origin: String,
    /// It only reads.
    pub get: bool,
    /// 关怀版 is on.
    pub elder: bool,
    /// The session's token, if there is a cookie.
    pub token: Option<String>,
    /// The mark of this browser; made for this request where there is no cookie yet.
    pub browser: String,
    /// The browser bears its mark already.
    pub marked: bool,
    /// The client's address.
    pub address: IpAddr,
    /// The browser takes gzip.
    pub gzip: bool,
    /// What the browser calls itself.
    pub user_agent: String,
    /// A sentence that confirms what was just done.
    pub flash: Option<String>,
}

/// Where a client counts as one: its IPv4 address, or the /64 that an IPv6 network gives to each of its customers, who may choose any address
/// in it.
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

impl Head {
    /// Where the client counts as one ([`network`]).
    pub fn network(&self) -> String {
        network(self.address)
    }

    /// The /48 around a client's IPv6 address: an office or a household may have all of its 65,536 networks; none for IPv4.
    pub fn site(&self) -> Option<String> {
        match self.address.to_canonical() {
            IpAddr::V4(_) => None,
            IpAddr::V6(address) => {
                let [a, b, c, ..] = address.segments();
                Some(format!("{a:x}:{b:x}:{c:x}::/48"))
            }
        }
    }
}

/// One request. Cheap to clone; pages and server functions find it in their context.
#[derive(Clone)]
pub struct Request(Arc<Inner>);

struct Inner {
    services: Services,
    head: Head,
    session: Mutex<Option<Arc<Session>>>,
    queries: Mutex<u32>,
    ctx: Arc<tokio::sync::Mutex<Option<Ctx>>>,
    answer: Mutex<Answer>,
}

/// What a page says of itself while it renders.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub title: String,
    /// Something is to be mended.
    pub refused: bool,
    pub modules: Vec<Module>,
    pub stop: Option<Stop>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Request {
    /// A request about to be served.
    pub fn new(services: Services, head: Head) -> Request {
        Request(Arc::new(Inner {
            services,
            head,
            session: Mutex::default(),
            queries: Mutex::default(),
            ctx: Arc::default(),
            answer: Mutex::default(),
        }))
    }

    /// The request of this page or server function.
    ///
    /// # Panics
    /// Outside of one.
    pub fn current() -> Request {
        expect_context::<Request>()
    }

    /// What the process shares.
    pub fn services(&self) -> &Services {
        &self.0.services
    }

    /// What the request said of itself.
    pub fn head(&self) -> &Head {
        &self.0.head
    }

    /// Who it is, as far as a session was opened.
    pub fn session(&self) -> Option<Arc<Session>> {
        locked(&self.0.session).clone()
    }

    /// The hash of the session's token, if there is a cookie.
    pub fn token_hash(&self) -> Option<[u8; 32]> {
        self.0.head.token.as_deref().map(hash_token)
    }

    /// The hash of the browser's mark: what the database knows.
    pub fn browser_hash(&self) -> [u8; 32] {
        hash_token(&self.0.head.browser)
    }

    /// The one connection with its scope, opened when nobody has yet: one round trip for who and what.
    /// Hold it while reading, never across a view that reads itself.
    ///
    /// # Errors
    /// [`AppError::Internal`] when the database does not answer.
    pub async fn open(&self) -> Result<Opened, AppError> {
        let mut slot = self.0.ctx.clone().lock_owned().await;
        if slot.is_none() {
            let services = &self.0.services;
            let now = services.now();
            let tables = services.tables();
            let (conn, session) = match self.token_hash() {
                Some(hash) => services.store.open_session(&hash, now).await?,
                None => (services.store.anonymous().await?, None),
            };
            *locked(&self.0.session) = session.clone().map(Arc::new);
            let Tables { reference, terms, shelf } = tables;
            let calendar = terms.calendar.clone();
            let head = self.head();
            let origin = Origin { network: head.network(), request: head.request_id.clone() };
            let factor_rule = services.factor_rule;
            *slot = Some(Ctx { conn, session, now, calendar, terms, reference, shelf, origin, factor_rule });
        }
        Ok(Opened { slot, request: self.clone() })
    }

    /// Gives the connection back: while a body arrives nobody holds one.
    pub async fn close(&self) {
        let mut slot = self.0.ctx.lock().await;
        if let Some(ctx) = slot.take() {
            *locked(&self.0.queries) += ctx.conn.queries();
            // Nobody reads with it while this holds the slot, so every answer has been read.
            ctx.conn.release();
        }
    }

    /// Lets go of the connection in whatever state it is: whoever used it was cut off.
    pub async fn abandon(&self) {
        *self.0.ctx.lock().await = None;
    }

    /// How many queries were made for it, on connections given back and on the open one.
    pub fn queries(&self) -> u32 {
        let open = self.0.ctx.try_lock().ok().and_then(|slot| slot.as_ref().map(|ctx| ctx.conn.queries()));
        *locked(&self.0.queries) + open.unwrap_or(0)
    }

    /// Messages are on their way: the outbox worker need not wait for its next round.
    pub fn wake_outbox(&self) {
        self.0.services.outbox.notify_one();
    }

    pub(crate) fn answer(&self) -> MutexGuard<'_, Answer> {
        locked(&self.0.answer)
    }
}

/// SHA-256 of a session's token: what the database knows.
pub fn hash_token(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// The connection of a request while somebody reads with it.
pub struct Opened {
    slot: OwnedMutexGuard<Option<Ctx>>,
    request: Request,
}

impl Opened {
    /// The request it belongs to.
    pub fn request(&self) -> &Request {
        &self.request
    }
}

impl Deref for Opened {
    type Target = Ctx;

    fn deref(&self) -> &Ctx {
        self.slot.as_ref().expect("opened before it was handed out")
    }
}

impl DerefMut for Opened {
    fn deref_mut(&mut self) -> &mut Ctx {
        self.slot.as_mut().expect("opened before it was handed out")
    }
}

/// A connection with its scope, who is there, and the time it is: the first argument of every use case.
pub struct Ctx {
    /// The connection.
    pub conn: Conn,
    /// Who is signed in.
    pub session: Option<Session>,
    /// Now.
    pub now: OffsetDateTime,
    /// The working calendar.
    pub calendar: Arc<WorkCalendar>,
    /// What issues are decided by, the calendar among it.
    pub terms: Arc<Terms>,
    /// Names by id.
    pub reference: Arc<Reference>,
    /// Policies in force.
    pub shelf: Arc<Shelf>,
    /// Where the request comes from.
    pub origin: Origin,
    /// Which staff sign in with a second factor.
    pub factor_rule: FactorRule,
}

/// Where a request comes from, as the security log has it.
#[derive(Debug, Clone)]
pub struct Origin {
    /// As [`Head::network`].
    pub network: String,
    /// The request's id.
    pub request: String,
}

impl Ctx {
    /// The day it is in the city.
    pub fn today(&self) -> Date {
        local(self.now).date()
    }

    /// The catalogue as it is now.
    pub fn catalogue(&self) -> Edition<'_> {
        self.terms.catalogue.at(self.now)
    }

    /// What views need to speak of time and names.
    pub fn clock(&self) -> Clock {
        Clock { now: self.now, calendar: self.calendar.clone(), terms: self.terms.clone(), reference: self.reference.clone() }
    }

    /// Who is signed in.
    pub fn identity(&self) -> Option<&Identity> {
        self.session.as_ref().map(|session| &session.identity)
    }

    /// The actor of the domain; none for nobody and for a person who has not chosen an enterprise.
    pub fn actor(&self) -> Option<Actor> {
        self.session.as_ref().and_then(Session::actor)
    }
}

/// What views need to speak of time and names.
#[derive(Clone)]
pub struct Clock {
    /// Now.
    pub now: OffsetDateTime,
    /// The working calendar.
    pub calendar: Arc<WorkCalendar>,
    /// What issues are decided by, the calendar among it.
    pub terms: Arc<Terms>,
    /// Names by id.
    pub reference: Arc<Reference>,
}

impl Clock {
    /// For what is printed: on paper there is no 今天, and a moment has its year. Looked at from another year, every date says all of itself; what is
    /// left of a limit is asked of the clock itself.
    pub fn on_paper(&self) -> Clock {
        Clock { now: self.now + time::Duration::days(366), ..self.clone() }
    }

    /// The catalogue as it was, or as it is now.
    pub fn catalogue(&self, at: OffsetDateTime) -> Edition<'_> {
        self.terms.catalogue.at(at)
    }
}

/// `N` random bytes in hex.
///
/// # Panics
/// When the system gives no random bytes, without which nothing here is safe.
pub fn random_hex<const N: usize>() -> String {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    hex::encode(bytes)
}

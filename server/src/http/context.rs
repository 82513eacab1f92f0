//! A request: who, which nonce, which page around it; and the page that an error becomes.

use crate::state::AppState;
use app::api::{AppError, Ctx};
use app::pages::{account, problem};
use app::render::{Page, PageContext, Viewer, render};
use app::ui::form::Form;
use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use domain::actor::Duty;
use sha2::{Digest, Sha256};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use store::identity::{Identity, Session};

/// The session cookie.
pub const COOKIE: &str = "qifu";
/// The cookie that remembers 关怀版.
pub const ELDER: &str = "elder";
/// The cookie of a sentence that confirms what was just done.
pub const FLASH: &str = "flash";

/// What is known of a request before the database is asked.
#[derive(Clone)]
pub struct Req {
    /// Shared state.
    pub state: AppState,
    shared: Arc<Shared>,
}

struct Shared {
    nonce: String,
    request_id: String,
    path: String,
    method: Method,
    elder: bool,
    token: Option<String>,
    address: IpAddr,
    flash: Option<String>,
    user_agent: String,
    /// Who it is, once a session was opened: the error page shows the way back that fits.
    seen: Mutex<Seen>,
}

#[derive(Clone)]
struct Seen {
    viewer: Viewer,
    unread: i64,
    choosing: bool,
    queries: u32,
}

/// What a handler answers with when it cannot do what was asked.
pub struct Failure(AppError);

impl<E: Into<AppError>> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure(error.into())
    }
}

/// Of any error of our own making: logged, hidden.
pub fn internal(error: impl std::fmt::Display) -> Failure {
    Failure(AppError::Internal(error.to_string()))
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = status(&self.0);
        let mut response = status.into_response();
        response.extensions_mut().insert(Arc::new(self.0));
        response
    }
}

/// The status of an error.
pub fn status(error: &AppError) -> StatusCode {
    match error {
        AppError::Unauthenticated => StatusCode::UNAUTHORIZED,
        AppError::Forbidden => StatusCode::FORBIDDEN,
        AppError::NotFound => StatusCode::NOT_FOUND,
        AppError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        AppError::Refused(_) => StatusCode::CONFLICT,
        AppError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What a handler answers.
pub type Reply = Result<Response, Failure>;

impl FromRequestParts<AppState> for Req {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Req, StatusCode> {
        // Put there by the middleware, which every page goes through.
        parts.extensions.get::<Req>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl Req {
    /// Opens the session and a connection with its scope: one round trip.
    ///
    /// # Errors
    /// [`AppError::Internal`].
    pub async fn open(&self) -> Result<Ctx, AppError> {
        let now = self.state.now();
        let tables = self.state.tables();
        let (conn, session) = match self.token_hash() {
            Some(hash) => self.state.store.open_session(&hash, now).await?,
            None => (self.state.store.anonymous().await?, None),
        };
        if let Some(session) = &session
            && let Ok(mut seen) = self.shared.seen.lock()
        {
            seen.viewer = viewer(session);
            seen.unread = session.unread;
            seen.choosing = matches!(&session.identity, Identity::Person(person) if person.enterprise.is_none());
        }
        Ok(Ctx { conn, session, now, calendar: tables.calendar, reference: tables.reference, shelf: tables.shelf })
    }

    /// The hash of the session's token, if there is a cookie.
    pub fn token_hash(&self) -> Option<[u8; 32]> {
        self.shared.token.as_deref().map(hash_token)
    }

    /// The client's address.
    pub fn address(&self) -> IpAddr {
        self.shared.address
    }

    /// What the browser calls itself.
    pub fn user_agent(&self) -> &str {
        &self.shared.user_agent
    }

    /// Renders a page with a status. `queries` of the context go into a header, for the budget's test.
    pub fn page(&self, status: StatusCode, ctx: Option<&Ctx>, build: impl FnOnce() -> Page) -> Response {
        if let (Some(ctx), Ok(mut seen)) = (ctx, self.shared.seen.lock()) {
            seen.queries = ctx.conn.queries();
        }
        (status, Html(render(&self.page_context(), build))).into_response()
    }

    fn page_context(&self) -> PageContext {
        let seen = self.shared.seen.lock().map(|seen| seen.clone()).unwrap_or_else(|poisoned| poisoned.into_inner().clone());
        PageContext {
            nonce: self.shared.nonce.clone(),
            elder: self.shared.elder,
            demo: self.state.config.demo,
            viewer: seen.viewer,
            path: self.shared.path.clone(),
            unread: seen.unread,
            assets: self.state.assets.clone(),
            flash: self.shared.flash.clone(),
            request_id: self.shared.request_id.clone(),
        }
    }

    /// The page an error becomes.
    fn problem(&self, error: &AppError) -> Response {
        let context = self.page_context();
        let status = status(error);
        let desk = self.shared.path.starts_with("/desk");
        if let AppError::Unauthenticated = error {
            // Signed in but for no enterprise yet: that comes first.
            if self.shared.seen.lock().is_ok_and(|seen| seen.choosing) {
                return Redirect::to("/enterprises").into_response();
            }
            let mut form = Form::default();
            if self.shared.method == Method::GET {
                form.push("back", self.shared.path.clone());
            }
            let build = || if desk { account::staff_sign_in(&form) } else { account::sign_in(&form) };
            return (status, Html(render(&context, build))).into_response();
        }
        let title = match error {
            AppError::Forbidden => "没有权限",
            AppError::NotFound => "没有找到",
            AppError::Refused(_) | AppError::Invalid(_) => "现在不能这样做",
            _ => "出了点问题",
        };
        let build = || problem::problem(title, &error.to_string(), &context.viewer, &context.request_id);
        (status, Html(render(&context, build))).into_response()
    }
}

/// SHA-256 of a session's token: what the database knows.
pub fn hash_token(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn viewer(session: &Session) -> Viewer {
    match &session.identity {
        Identity::Person(person) => Viewer::Member {
            enterprise: person.enterprise.as_ref().map(|chosen| chosen.name.clone()),
            several: person.enterprise_count > 1,
        },
        Identity::Staff(staff) => Viewer::Staff {
            name: staff.name.clone(),
            organisation: staff.organisation.clone(),
            duty: staff.duty.label(),
            assists: matches!(staff.duty, Duty::Station { .. }),
            desk: !matches!(staff.duty, Duty::PolicyEditor { .. } | Duty::Administrator),
            policies: matches!(staff.duty, Duty::PolicyEditor { .. }),
            reviews: matches!(staff.duty, Duty::PolicyEditor { .. } | Duty::Handler { .. }),
        },
    }
}

/// `n` random bytes in hex.
///
/// # Panics
/// When the system gives no random bytes, without which nothing here is safe.
pub fn random_hex<const N: usize>() -> String {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    hex::encode(bytes)
}

/// Makes the [`Req`], turns failures into pages, and sets the headers every answer bears.
pub async fn middleware(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let started = std::time::Instant::now();
    let jar = CookieJar::from_headers(request.headers());
    let cookie = |name: &str| jar.get(name).map(|cookie| cookie.value().to_owned());
    let request_id = random_hex::<6>();
    let req = Req {
        shared: Arc::new(Shared {
            nonce: random_hex::<16>(),
            request_id: request_id.clone(),
            path: request.uri().path_and_query().map_or("/", |p| p.as_str()).to_owned(),
            method: request.method().clone(),
            elder: cookie(ELDER).as_deref() == Some("1"),
            token: cookie(COOKIE).filter(|token| !token.is_empty()),
            address: client_address(&request, state.config.trust_proxy),
            flash: cookie(FLASH).and_then(|text| hex::decode(text).ok()).and_then(|bytes| String::from_utf8(bytes).ok()),
            user_agent: text(request.headers(), header::USER_AGENT),
            seen: Mutex::new(Seen { viewer: Viewer::Nobody, unread: 0, choosing: false, queries: 0 }),
        }),
        state: state.clone(),
    };
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    request.extensions_mut().insert(req.clone());
    let mut response = next.run(request).await;
    if let Some(error) = response.extensions_mut().remove::<Arc<AppError>>() {
        if let AppError::Internal(reason) = error.as_ref() {
            tracing::error!(request_id, %method, path, reason, "a request failed");
        }
        response = req.problem(&error);
    }
    let headers = response.headers_mut();
    super::security::headers(headers, &req.shared.nonce, state.config.tls);
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        headers.insert("x-request-id", value);
    }
    if let Ok(seen) = req.shared.seen.lock()
        && let Ok(value) = HeaderValue::from_str(&format!("db;desc=\"{}\"", seen.queries))
    {
        headers.insert("server-timing", value);
    }
    if req.shared.flash.is_some() && method == Method::GET && response.status().is_success() {
        // Shown once.
        append_cookie(response.headers_mut(), &format!("{FLASH}=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly"));
    }
    tracing::info!(
        request_id,
        %method,
        path,
        status = response.status().as_u16(),
        ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    response
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned()
}

fn client_address(request: &Request<Body>, trust_proxy: bool) -> IpAddr {
    if trust_proxy {
        let forwarded = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok());
        // The last one was written by our own proxy; those before it by anybody.
        if let Some(address) = forwarded.and_then(|list| list.rsplit(',').next()).and_then(|last| last.trim().parse().ok()) {
            return address;
        }
    }
    request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(address)| address.ip())
}

/// Adds a `Set-Cookie`.
pub fn append_cookie(headers: &mut HeaderMap, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        headers.append(header::SET_COOKIE, value);
    }
}

/// 303 to another page, with a sentence that it shows once.
pub fn redirect(to: &str, flash: Option<&str>) -> Response {
    let mut response = Redirect::to(to).into_response();
    if let Some(flash) = flash {
        let cookie = format!("{FLASH}={}; Path=/; Max-Age=60; SameSite=Lax; HttpOnly", hex::encode(flash));
        append_cookie(response.headers_mut(), &cookie);
    }
    response
}

//! A small city: three departments, two stations, two enterprises with their people, staff of every duty.

use domain::actor::{Actor, CITY, Duty, MemberRole};
use domain::administration::city::City;
use domain::administration::{Area, Department, Station};
use domain::area::AREAS;
use domain::enterprise::{EnterpriseClass, Scale};
use domain::issue::{Channel, Command, Issue, Level, Outcome, Rating, Satisfaction, Submission, Terms, Urgency};
use domain::uscc::Uscc;
use sqlx::{AssertSqlSafe, PgPool};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use store::administration::city::SetUp;
use store::enterprise::{NewEnterprise, Upserted};
use store::identity::{self, NewStaff, Who};
use store::issue::{Filed, Filing, Opener};
use store::{Conn, Store};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

pub const WUXING: i32 = 330_502;
pub const NANXUN: i32 = 330_503;

/// Who is said to open an issue where that is not what is looked at.
pub const OPENER: Opener<'_> = Opener { office: "湖州市企服中心", name: "李明" };

/// An enterprise and the person who signs in for it.
#[derive(Clone)]
pub struct Firm {
    pub id: i64,
    pub name: String,
    pub uscc: String,
    pub person: i64,
    /// Where it is registered; it may file elsewhere.
    pub area: i32,
    pub station: Option<i64>,
}

impl Firm {
    pub fn actor(&self) -> Actor {
        Actor::Member { person: self.person, enterprise: self.id, role: MemberRole::Owner }
    }
}

pub struct World {
    pub store: Store,
    /// The owner's connections, past every policy.
    pub owner: PgPool,
    /// The starting set.
    pub terms: Terms,
    /// 市建设局, 市生态环境局, 市公安局.
    pub departments: [i64; 3],
    /// 织里 in Wuxing, 练市 in Nanxun.
    pub stations: [i64; 2],
    /// Served by the first station.
    pub a: Firm,
    pub b: Firm,
    /// Every account by its sign-in name.
    pub staff: BTreeMap<&'static str, (i64, Duty)>,
    tokens: AtomicU64,
}

/// A quiet morning three months ago, so that clocks have run out by the database's own clock.
pub fn morning() -> OffsetDateTime {
    let day = OffsetDateTime::now_utc().date() - Duration::days(90);
    day.with_hms(1, 30, 0).unwrap().assume_utc()
}

impl World {
    pub async fn new(owner: PgPool) -> World {
        World::with_connections(owner, 8).await
    }

    pub async fn with_connections(owner: PgPool, most: u32) -> World {
        let store = Store::with_options((*owner.connect_options()).clone(), most).await.unwrap();
        let mut conn = store.system().await.unwrap();
        let (departments, stations) = organisations(&mut conn).await;
        let a = firm(&mut conn, 1, "湖州织里锦绣童装有限公司", WUXING, Some(stations[0])).await;
        let b = firm(&mut conn, 2, "湖州练市电缆有限公司", NANXUN, None).await;
        let [jianshe, huanbao, gongan] = departments;
        let mut staff = BTreeMap::new();
        for (login, duty) in [
            ("station_zhili", Duty::Station { station: stations[0], area: WUXING }),
            ("station_lianshi", Duty::Station { station: stations[1], area: NANXUN }),
            ("centre_city", Duty::Centre { area: CITY }),
            ("centre_wuxing", Duty::Centre { area: WUXING }),
            ("centre_nanxun", Duty::Centre { area: NANXUN }),
            ("handler_jianshe", Duty::Handler { department: jianshe }),
            ("handler_huanbao", Duty::Handler { department: huanbao }),
            ("handler_gongan", Duty::Handler { department: gongan }),
            ("supervisor_city", Duty::Supervisor { area: CITY }),
            ("supervisor_wuxing", Duty::Supervisor { area: WUXING }),
            ("supervisor_nanxun", Duty::Supervisor { area: NANXUN }),
            ("leader_city", Duty::Leader { area: CITY }),
            ("leader_wuxing", Duty::Leader { area: WUXING }),
            ("leader_nanxun", Duty::Leader { area: NANXUN }),
            ("policy", Duty::PolicyEditor { area: CITY }),
            ("admin", Duty::Administrator { area: CITY }),
        ] {
            let new = NewStaff { login, name: "沈洁", duty, password_hash: "x", must_change: false };
            staff.insert(login, (identity::add_staff(&mut conn, &new, morning()).await.unwrap(), duty));
        }
        drop(conn);
        let terms = Terms::default();
        World { store, owner, terms, departments, stations, a, b, staff, tokens: AtomicU64::new(1) }
    }

    /// 市公安局 leads the board 兜底 from now on, and 市建设局, whose business 排水 is, has nobody in the centre (S-4): the one accepts for the other.
    pub async fn front(&mut self) {
        for sql in [
            "update department set code = 'zhengwu' where code = 'gongan'",
            "update department set on_site = false where code = 'jianshe'",
        ] {
            sqlx::query(sql).execute(&self.owner).await.unwrap();
        }
        let mut system = self.store.system().await.unwrap();
        self.terms = store::terms::load_or_start(&mut system).await.unwrap();
    }

    /// Ends the connections, so that the test's database can be dropped.
    pub async fn end(self) {
        self.store.close().await;
    }

    /// A fresh session; answers the hash of its token.
    pub async fn session(&self, who: Who) -> Vec<u8> {
        let mut hash = vec![0; 24];
        hash.extend(self.tokens.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let mut conn = self.store.system().await.unwrap();
        identity::create_session(&mut conn, &hash, who, OffsetDateTime::now_utc(), "test").await.unwrap();
        hash
    }

    /// A connection with the scope of a sign-in.
    pub async fn sign_in(&self, who: Who) -> Conn {
        let hash = self.session(who).await;
        let (conn, session) = self.store.open_session(&hash, OffsetDateTime::now_utc()).await.unwrap();
        session.expect("the session was just made");
        conn
    }

    pub async fn member(&self, firm: &Firm) -> Conn {
        self.sign_in(Who::Person(firm.person, Some(firm.id))).await
    }

    pub async fn staff(&self, login: &str) -> Conn {
        self.sign_in(Who::Staff(self.staff[login].0)).await
    }

    pub fn staff_actor(&self, login: &str) -> Actor {
        let (id, duty) = self.staff[login];
        Actor::Staff { id, duty }
    }

    /// Files for a firm in its own area, as its member.
    pub async fn file(&self, firm: &Firm, title: &str, photos: &[Uuid], now: OffsetDateTime) -> Filed {
        let mut conn = self.member(firm).await;
        self.file_with(&mut conn, firm, Uuid::new_v4(), title, photos, now).await
    }

    pub async fn file_with(
        &self,
        conn: &mut Conn,
        firm: &Firm,
        client_key: Uuid,
        title: &str,
        photos: &[Uuid],
        now: OffsetDateTime,
    ) -> Filed {
        let filing = Filing {
            client_key,
            actor: &firm.actor(),
            actor_name: "陈伟",
            command: &submission(title, firm.area),
            enterprise: firm.id,
            contact_name: "陈伟",
            contact_phone: "13800138000",
            photos,
            most_a_day: 0,
        };
        store::issue::file(conn, &filing, now, &self.terms).await.unwrap()
    }

    /// Gives a command under the scope of a staff account.
    pub async fn as_staff(&self, login: &str, number: &str, command: &Command, now: OffsetDateTime) -> Issue {
        let mut conn = self.staff(login).await;
        let actor = self.staff_actor(login);
        store::issue::execute(&mut conn, number, command, &actor, login, &[], now, &self.terms).await.unwrap().issue
    }

    /// Gives a command as a member.
    pub async fn as_member(&self, firm: &Firm, number: &str, command: &Command, now: OffsetDateTime) -> Issue {
        let mut conn = self.member(firm).await;
        store::issue::execute(&mut conn, number, command, &firm.actor(), "陈伟", &[], now, &self.terms).await.unwrap().issue
    }

    /// One number out of the database, past every policy.
    pub async fn count(&self, sql: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&self.owner).await.unwrap()
    }
}

/// Areas, three departments of the city, two stations.
async fn organisations(conn: &mut Conn) -> ([i64; 3], [i64; 2]) {
    let areas = AREAS.iter().map(|(code, name, short)| Area {
        code: *code,
        name: (*name).to_owned(),
        short: (*short).to_owned(),
        phone: String::new(),
    });
    let departments = [("jianshe", "市建设局"), ("huanbao", "市生态环境局"), ("gongan", "市公安局")].map(|(code, name)| {
        let (code, name, phone) = (code.to_owned(), name.to_owned(), String::new());
        Department { code, name, area: CITY, on_site: true, delegated: true, active: true, phone }
    });
    let stations = [("zhili", "织里童装产业驿站", WUXING), ("lianshi", "练市驿站", NANXUN)].map(|(code, name, area)| Station {
        code: code.to_owned(),
        name: name.to_owned(),
        area,
        address: "富民路 1 号".to_owned(),
        phone: "0572-3188000".to_owned(),
        contact_name: "沈洁".to_owned(),
        active: true,
    });
    let city = City { areas: areas.collect(), departments: departments.into(), stations: stations.into(), ..City::default() };
    let now = morning();
    let set_up =
        SetUp { city: &city, hashes: &HashMap::new(), must_change: false, who: "测试", why: "测试", today: now.date(), now };
    store::administration::city::set_up(conn, &set_up).await.unwrap();
    let known = store::reference::load(conn).await.unwrap();
    (std::array::from_fn(|at| known.departments[at].id), std::array::from_fn(|at| known.stations[at].id))
}

/// An enterprise with one member.
pub async fn firm(conn: &mut Conn, index: u32, name: &str, area: i32, station: Option<i64>) -> Firm {
    let uscc = Uscc::from_body(&format!("91330502MA2{index:06}")).unwrap();
    let new = NewEnterprise {
        uscc: uscc.clone(),
        name: name.to_owned(),
        area,
        address: "富民路 8 号".to_owned(),
        industry: "服装".to_owned(),
        scale: Scale::Small,
        class: EnterpriseClass::Ordinary,
        tags: vec![],
        station,
    };
    let Upserted::Inserted(id) = store::enterprise::upsert(conn, &new, morning()).await.unwrap() else { panic!("a new code") };
    let phone = format!("138{index:08}");
    let person = identity::person_of_phone(conn, &phone, "陈伟", morning()).await.unwrap();
    identity::add_member(conn, person, id, MemberRole::Owner).await.unwrap();
    Firm { id, name: name.to_owned(), uscc: uscc.as_str().to_owned(), person, area, station }
}

pub fn submission(title: &str, area: i32) -> Command {
    Command::Submit(Submission {
        title: title.to_owned(),
        text: "厂门口的道路一下雨就积水，货车进不来。".to_owned(),
        category: "drainage".to_owned(),
        place: "织里镇".to_owned(),
        area,
        channel: Channel::Online,
        photos: 0,
    })
}

pub fn accept() -> Command {
    Command::Accept { category: "drainage".to_owned(), level: Level::Ordinary, urgency: Urgency::Normal, area: None }
}

pub fn dispatch(lead: i64, co: &[i64]) -> Command {
    Command::Dispatch { lead, co: co.to_vec(), note: "请先到现场".to_owned() }
}

pub fn answer() -> Command {
    Command::Answer { text: "已疏通管道，并在路口加装了泵。".to_owned(), outcome: Outcome::Solved }
}

pub fn rate(level: Satisfaction) -> Command {
    Command::Rate(Rating { solved: !level.is_unsatisfied(), level, reasons: vec![], comment: String::new(), aid: None })
}

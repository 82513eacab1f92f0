//! Accounts: who sees and changes which, by the store and by bare statements; what ends with them, and what goes on with a
//! colleague.

use crate::scope::take_scope;
use crate::world::{NANXUN, WUXING, World, accept, dispatch, morning};
use domain::actor::{Actor, CITY, Duty, StaffId};
use domain::administration::{Kind, Tail};
use domain::issue::Command;
use domain::staff::{Keeper, Refusal, State, Work};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, PgPool};
use std::collections::BTreeSet;
use store::administration::change;
use store::identity::{self, NewStaff, Who};
use store::staff::{self, AccountError, Done, Order, Step};
use store::{Conn, StoreError};
use time::{Duration, OffsetDateTime};

const WHY: &str = "调岗";

fn tail() -> Tail {
    Tail { why: WHY.to_owned(), from: morning().date() }
}

/// An account added by the system, as the command line does.
async fn added(world: &World, login: &str, duty: Duty) -> StaffId {
    let mut conn = world.store.system().await.unwrap();
    let new = NewStaff { login, name: "沈洁", duty, password_hash: "x", must_change: false };
    identity::add_staff(&mut conn, &new, morning()).await.unwrap()
}

/// A city with two administrators of its own, one of a district, and a district's department with a handler.
struct Town {
    world: World,
    city: Keeper,
    wuxing: Keeper,
    /// Handler of a department of Wuxing's.
    handler: StaffId,
    /// That department.
    department: i64,
}

impl Town {
    async fn new(owner: PgPool) -> Town {
        let world = World::new(owner).await;
        let sql =
            "insert into department (code, name, area, on_site) values ('wuxing-jianshe', '吴兴区建设局', $1, true) returning id";
        let department: i64 = sqlx::query_scalar(sql).bind(WUXING).fetch_one(&world.owner).await.unwrap();
        let handler = added(&world, "handler_wuxing", Duty::Handler { department }).await;
        let wuxing = Keeper { staff: added(&world, "admin_wuxing", Duty::Administrator { area: WUXING }).await, area: WUXING };
        let city = Keeper { staff: world.staff["admin"].0, area: CITY };
        Town { world, city, wuxing, handler, department }
    }

    async fn conn(&self, keeper: Keeper) -> Conn {
        self.world.sign_in(Who::Staff(keeper.staff)).await
    }

    /// Orders a step as an administrator who has just looked at the account.
    async fn order(
        &self,
        keeper: Keeper,
        account: StaffId,
        step: Step<'_>,
        taker: Option<StaffId>,
    ) -> Result<Done, AccountError> {
        let login: String =
            sqlx::query_scalar("select login from staff where id = $1").bind(account).fetch_one(&self.world.owner).await.unwrap();
        let mut conn = self.conn(keeper).await;
        let seen = change::last(&mut conn, Kind::Staff, &login).await.unwrap();
        self.order_seen(&mut conn, keeper, account, step, taker, seen).await
    }

    async fn order_seen(
        &self,
        conn: &mut Conn,
        keeper: Keeper,
        account: StaffId,
        step: Step<'_>,
        taker: Option<StaffId>,
        seen: i64,
    ) -> Result<Done, AccountError> {
        let order = Order { keeper, who: "市局 管理员", account, seen, step, taker, tail: &tail() };
        staff::command(conn, &order, morning()).await
    }

    /// Runs a bare statement in somebody's scope: the code of the refusal, or how many rows it reached.
    async fn bare(&self, who: StaffId, sql: &str) -> Result<u64, String> {
        let session = self.world.session(Who::Staff(who)).await;
        let mut conn = PgConnection::connect_with(&self.world.owner.connect_options()).await.unwrap();
        take_scope(&mut conn, Some(&session)).await;
        let mut tx = conn.begin().await.unwrap();
        let done = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut *tx).await;
        tx.rollback().await.unwrap();
        conn.close().await.unwrap();
        done.map(|done| done.rows_affected()).map_err(|error| error.as_database_error().unwrap().code().unwrap().into_owned())
    }
}

fn refusal(done: Result<impl Sized, AccountError>) -> Refusal {
    match done {
        Err(AccountError::Refused(refusal)) => refusal,
        Err(AccountError::Store(error)) => panic!("{error}"),
        Ok(_) => panic!("it was done"),
    }
}

fn not_found(done: Result<impl Sized, AccountError>) -> bool {
    matches!(done, Err(AccountError::Store(StoreError::NotFound)))
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn administrators_see_what_they_keep_and_nobody_else_sees_anything(owner: PgPool) {
    let town = Town::new(owner).await;
    let all: Vec<(i64, String)> =
        sqlx::query_as("select id, login from staff order by login").fetch_all(&town.world.owner).await.unwrap();
    for (id, login) in &all {
        let mut conn = town.world.sign_in(Who::Staff(*id)).await;
        let seen: BTreeSet<String> = staff::list(&mut conn).await.unwrap().into_iter().map(|account| account.login).collect();
        let expected: BTreeSet<String> = match login.as_str() {
            "admin" => all.iter().map(|(_, login)| login.clone()).collect(),
            "admin_wuxing" => {
                ["station_zhili", "centre_wuxing", "supervisor_wuxing", "leader_wuxing", "handler_wuxing", "admin_wuxing"]
                    .map(str::to_owned)
                    .into()
            }
            _ => BTreeSet::new(),
        };
        assert_eq!(seen, expected, "{login}");
        let reached = town.bare(*id, "select password_hash from staff").await.unwrap();
        assert_eq!(reached, u64::try_from(expected.len()).unwrap(), "{login}");
    }
    let mut member = town.world.member(&town.world.a).await;
    assert!(staff::list(&mut member).await.unwrap().is_empty());
    let mut nobody = town.world.store.anonymous().await.unwrap();
    assert!(staff::list(&mut nobody).await.unwrap().is_empty());
    drop((member, nobody));
    town.world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_districts_administrator_reaches_nothing_elsewhere(owner: PgPool) {
    let town = Town::new(owner).await;
    let mine = town.world.staff["centre_wuxing"].0;
    for login in ["centre_nanxun", "station_lianshi", "centre_city", "handler_jianshe", "admin", "policy"] {
        let (account, _) = town.world.staff[login];
        for step in
            [Step::Name("别人"), Step::Disable, Step::Enable, Step::Reset("x"), Step::ResetFactor, Step::Unlock, Step::HandOver]
        {
            assert!(not_found(town.order(town.wuxing, account, step, Some(mine)).await), "{login} {step:?}");
        }
        let mut conn = town.conn(town.wuxing).await;
        assert!(matches!(staff::work(&mut conn, account).await, Err(StoreError::RowRefused)), "{login}");
        assert!(matches!(staff::locks(&mut conn, account, morning()).await, Err(StoreError::RowRefused)), "{login}");
        drop(conn);
        let update = format!("update staff set name = '别人' where id = {account}");
        assert_eq!(town.bare(town.wuxing.staff, &update).await, Ok(0), "{login}");
        for call in
            ["staff_work({})", "staff_tries({}, now())", "forget_staff_tries({})", "staff_factor({})", "reset_staff_factor({})"]
        {
            let sql = format!("select {}", call.replace("{}", &account.to_string()));
            assert_eq!(town.bare(town.wuxing.staff, &sql).await, Err("42501".to_owned()), "{login} {call}");
        }
    }
    // Nor does it send one of its own elsewhere, or make what keeps more than it does.
    let [_, _, gongan] = town.world.departments;
    let [zhili, lianshi] = town.world.stations;
    for duty in [
        Duty::Administrator { area: CITY },
        Duty::Administrator { area: NANXUN },
        Duty::Centre { area: CITY },
        Duty::Handler { department: gongan },
        Duty::Station { station: lianshi, area: NANXUN },
    ] {
        assert_eq!(refusal(town.order(town.wuxing, mine, Step::Duty(duty), None).await), Refusal::Wider, "{duty:?}");
        let new = NewStaff { login: "neu", name: "新人", duty, password_hash: "x", must_change: true };
        let mut conn = town.conn(town.wuxing).await;
        let done = staff::add(&mut conn, &town.wuxing, &new, "吴兴区 管理员", &tail(), morning()).await;
        assert_eq!(refusal(done), Refusal::Wider, "{duty:?}");
    }
    let department = town.department;
    for row in [
        "'administrator', 330500, null, null".to_owned(),
        // A department of its own beside a wider area is no way round.
        format!("'administrator', 330500, {department}, null"),
        format!("'centre', 330500, null, {zhili}"),
        format!("'handler', 330502, {gongan}, null"),
        format!("'station', 330502, null, {lianshi}"),
    ] {
        let insert = format!(
            "insert into staff (login, name, role, area, department_id, station_id, password_hash, must_change_password, created_at)
             values ('neu', '新人', {row}, 'x', true, now())"
        );
        let code = town.bare(town.wuxing.staff, &insert).await.unwrap_err();
        assert!(["42501", "23514"].contains(&code.as_str()), "{row}: {code}");
        let update = format!("update staff set (role, area, department_id, station_id) = ({row}) where id = {mine}");
        let code = town.bare(town.wuxing.staff, &update).await.unwrap_err();
        assert!(["42501", "23514"].contains(&code.as_str()), "{row}: {code}");
    }
    // The staff of a station work where it is, whatever a row says: another area would be theirs to read.
    let elsewhere = format!(
        "insert into staff (login, name, role, area, station_id, password_hash, must_change_password, created_at)
         values ('neu', '新人', 'station', 330503, {zhili}, 'x', true, now())"
    );
    assert_eq!(town.bare(town.wuxing.staff, &elsewhere).await, Err("23514".to_owned()));
    // What is its own, it keeps.
    let own = Duty::Handler { department };
    town.order(town.wuxing, mine, Step::Duty(own), None).await.unwrap();
    let mut conn = town.conn(town.wuxing).await;
    let new = NewStaff { login: "neu", name: "新人", duty: own, password_hash: "x", must_change: true };
    let neu = staff::add(&mut conn, &town.wuxing, &new, "吴兴区 管理员", &tail(), morning()).await.unwrap();
    let account = staff::get(&mut conn, neu).await.unwrap();
    assert_eq!((account.state(), account.home, account.organisation.as_str()), (State::First, WUXING, "吴兴区建设局"));
    let again = staff::add(&mut conn, &town.wuxing, &new, "吴兴区 管理员", &tail(), morning()).await.unwrap_err();
    assert!(matches!(again, AccountError::Store(error) if error.is_conflict_with("staff_login_key")));
    drop(conn);
    town.world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nobody_administers_the_own_account_and_no_lasting_password(owner: PgPool) {
    let town = Town::new(owner).await;
    for keeper in [town.city, town.wuxing] {
        for step in [Step::Name("别人"), Step::Disable, Step::Reset("x"), Step::Unlock, Step::Duty(Duty::Leader { area: WUXING })]
        {
            assert_eq!(refusal(town.order(keeper, keeper.staff, step, None).await), Refusal::Own, "{step:?}");
        }
        for set in ["area = 330500", "name = '别人'", "active = false", "must_change_password = true"] {
            let own = format!("update staff set {set} where id = {}", keeper.staff);
            // The city's only administrator is kept by another rule as well.
            let refused = town.bare(keeper.staff, &own).await.unwrap_err();
            assert!(["42501", "23514"].contains(&refused.as_str()), "{set}: {refused}");
        }
    }
    let other = town.handler;
    for set in [
        "password_hash = 'known'",
        "password_hash = 'known', must_change_password = false",
        "login = 'somebody'",
        "created_at = now()",
    ] {
        let sql = format!("update staff set {set} where id = {other}");
        assert_eq!(town.bare(town.city.staff, &sql).await, Err("42501".to_owned()), "{set}");
    }
    let lasting = "insert into staff (login, name, role, area, password_hash, must_change_password, created_at)
        values ('neu', '新人', 'leader', 330502, 'known', false, now())";
    assert_eq!(town.bare(town.city.staff, lasting).await, Err("42501".to_owned()));
    assert_eq!(town.bare(town.city.staff, &format!("delete from staff where id = {other}")).await, Err("42501".to_owned()));
    town.world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn one_administrator_of_the_city_always_stays(owner: PgPool) {
    let town = Town::new(owner).await;
    let first = town.city.staff;
    // Not even the command line ends the last one.
    for set in ["active = false", "role = 'leader'", "area = 330502"] {
        let sql = format!("update staff set {set} where id = {first}");
        let error = sqlx::query(AssertSqlSafe(sql)).execute(&town.world.owner).await.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().constraint(), Some("staff_last_administrator"), "{set}");
    }
    let second = Keeper { staff: added(&town.world, "admin_two", Duty::Administrator { area: CITY }).await, area: CITY };
    // Two who disable each other in the same moment: one of them stays.
    let (mut mine, mut theirs) = (town.conn(town.city).await, town.conn(second).await);
    let (one, other) = tokio::join!(
        town.order_seen(&mut mine, town.city, second.staff, Step::Disable, None, 0),
        town.order_seen(&mut theirs, second, first, Step::Disable, None, 0),
    );
    drop((mine, theirs));
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let left = "select count(*) from staff where active and role = 'administrator' and area = 330500";
    assert_eq!(town.world.count(left).await, 1);
    let (keeper, gone) = if one.is_ok() { (town.city, second.staff) } else { (second, first) };
    town.order(keeper, gone, Step::Enable, None).await.unwrap();
    town.order(keeper, gone, Step::Duty(Duty::Leader { area: CITY }), None).await.unwrap();
    town.world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn sessions_end_with_the_rights_they_had(owner: PgPool) {
    let town = Town::new(owner).await;
    let account = town.handler;
    let lives = async |hash: &[u8]| town.world.store.open_session(hash, OffsetDateTime::now_utc()).await.unwrap().1.is_some();
    for (step, ends) in [
        (Step::Name("王芳"), false),
        (Step::Unlock, false),
        (Step::Duty(Duty::Leader { area: WUXING }), true),
        (Step::Reset("another"), true),
        (Step::ResetFactor, true),
        (Step::Disable, true),
    ] {
        if matches!(step, Step::ResetFactor) {
            assert_eq!(refusal(town.order(town.wuxing, account, step, None).await), Refusal::NoFactor);
            let factor = "insert into second_factor (staff_id, secret, created_at, confirmed_at) values ($1, 'x', now(), now())";
            sqlx::query(factor).bind(account).execute(&town.world.owner).await.unwrap();
        }
        let session = town.world.session(Who::Staff(account)).await;
        assert!(lives(&session).await);
        let colleague = town.world.session(Who::Staff(town.world.staff["centre_wuxing"].0)).await;
        town.order(town.wuxing, account, step, None).await.unwrap();
        assert_eq!(lives(&session).await, !ends, "{step:?}");
        assert!(lives(&colleague).await, "{step:?}");
    }
    let session = town.world.session(Who::Staff(account)).await;
    assert!(!lives(&session).await, "a session of a disabled account is none");
    for (step, refused) in [(Step::Disable, Refusal::Disabled("停用账号")), (Step::Reset("x"), Refusal::Disabled("重置密码"))]
    {
        assert_eq!(refusal(town.order(town.wuxing, account, step, None).await), refused);
    }
    town.order(town.wuxing, account, Step::Enable, None).await.unwrap();
    assert!(lives(&town.world.session(Who::Staff(account)).await).await);
    assert_eq!(refusal(town.order(town.wuxing, account, Step::Enable, None).await), Refusal::Active);
    town.world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_change_says_who_and_why_and_is_bound_to_what_was_seen(owner: PgPool) {
    let town = Town::new(owner).await;
    town.order(town.wuxing, town.handler, Step::Name("王芳"), None).await.unwrap();
    town.order(town.city, town.handler, Step::Reset("secret hash"), None).await.unwrap();
    let mut conn = town.conn(town.wuxing).await;
    let stale = town.order_seen(&mut conn, town.wuxing, town.handler, Step::Disable, None, 0).await;
    assert_eq!(refusal(stale), Refusal::Changed, "the form was opened before");
    assert_eq!(refusal(town.order(town.wuxing, town.handler, Step::Name("王芳"), None).await), Refusal::Same);
    let wanted = change::Wanted { kind: "staff", key: "handler_wuxing", ..change::Wanted::default() };
    let log = change::list(&mut conn, &wanted, None, 9).await.unwrap().rows;
    let told: Vec<_> = log.iter().map(|change| (change.after.clone().unwrap(), change.why.as_str(), change.area)).collect();
    let password = serde_json::json!({ "password": true });
    assert_eq!(told, [(password, WHY, WUXING), (serde_json::json!({ "name": "王芳" }), WHY, WUXING)]);
    let by: Vec<Option<i64>> = sqlx::query_scalar("select staff_id from setting_change where kind = 'staff' order by id")
        .fetch_all(&town.world.owner)
        .await
        .unwrap();
    assert_eq!(by, [Some(town.wuxing.staff), Some(town.city.staff)]);
    assert_eq!(town.world.count("select count(*) from setting_change where after::text like '%secret%'").await, 0);
    // Another district's administrator reads none of it.
    let nanxun = Keeper { staff: added(&town.world, "admin_nanxun", Duty::Administrator { area: NANXUN }).await, area: NANXUN };
    let mut other = town.conn(nanxun).await;
    assert!(change::list(&mut other, &wanted, None, 9).await.unwrap().rows.is_empty());
    drop((conn, other));
    town.world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn tries_are_forgotten_for_one_name_alone(owner: PgPool) {
    let town = Town::new(owner).await;
    let mut system = town.world.store.system().await.unwrap();
    let now = OffsetDateTime::now_utc();
    for (key, tries) in
        [("handler_wuxing:addr:1", 5), ("handler_wuxing:all", 99), ("handler_wuxing:browser:2", 4), ("handler_wuxing2:all", 100)]
    {
        for _ in 0..tries {
            identity::hit_rate_limit(&mut system, &format!("staff:{key}"), Duration::hours(1), 100, now).await.unwrap();
        }
    }
    let mut conn = town.conn(town.wuxing).await;
    assert_eq!(staff::locks(&mut conn, town.handler, now).await.unwrap(), 1);
    assert_eq!(staff::locks(&mut conn, town.handler, now + Duration::minutes(11)).await.unwrap(), 0, "it passes by itself");
    town.order(town.wuxing, town.handler, Step::Unlock, None).await.unwrap();
    assert_eq!(staff::locks(&mut conn, town.handler, now).await.unwrap(), 0);
    assert_eq!(town.world.count("select count(*) from rate_limit where key like 'staff:%'").await, 1, "somebody else's stays");
    drop((conn, system));
    town.world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn open_work_goes_to_a_colleague_once(owner: PgPool) {
    let town = Town::new(owner).await;
    let world = &town.world;
    let [jianshe, huanbao, _] = world.departments;
    let (giver, _) = world.staff["handler_jianshe"];
    let early = added(world, "jianshe_early", Duty::Handler { department: jianshe }).await;
    let number = world.file(&world.a, "道路积水", &[], morning()).await.number;
    world.as_staff("centre_wuxing", &number, &accept(), morning()).await;
    world.as_staff("centre_wuxing", &number, &dispatch(jianshe, &[huanbao]), morning()).await;
    let mut system = world.store.system().await.unwrap();
    while store::outbox::drain(&mut system, morning(), 100).await.unwrap() > 0 {}
    let late = added(world, "jianshe_late", Duty::Handler { department: jianshe }).await;
    let mut conn = town.conn(town.city).await;
    assert_eq!(staff::work(&mut conn, giver).await.unwrap(), Work { unread: 1, ..Work::default() });
    let colleagues: Vec<i64> = staff::colleagues(&mut conn, giver).await.unwrap().into_iter().map(|account| account.id).collect();
    assert_eq!(colleagues, [early, late]);
    drop((system, conn));

    for taker in [world.staff["handler_huanbao"].0, world.staff["policy"].0, giver] {
        let done = town.order(town.city, giver, Step::HandOver, Some(taker)).await;
        assert_eq!(refusal(done), Refusal::NoColleague);
        let sql = format!("select * from hand_over_work({giver}, {taker}, '{{}}', '{{}}', '{{}}', now())");
        assert_eq!(town.bare(town.city.staff, &sql).await, Err("42501".to_owned()), "{taker}");
    }
    assert_eq!(refusal(town.order(town.city, giver, Step::HandOver, None).await), Refusal::NoColleague);
    // Whoever had the message anyway has it once; whoever came later gets it.
    let unread =
        async |who: i64| world.count(&format!("select count(*) from message where staff_id = {who} and read_at is null")).await;
    let before = (unread(giver).await, unread(early).await, unread(late).await);
    assert_eq!(before, (1, 1, 0));
    let done = town.order(town.city, giver, Step::Disable, Some(late)).await.unwrap();
    assert_eq!(done, Done { messages: 1, pieces: 0 });
    assert_eq!((unread(giver).await, unread(early).await, unread(late).await), (0, 1, 1));
    town.order(town.city, late, Step::HandOver, Some(early)).await.unwrap();
    assert_eq!((unread(early).await, unread(late).await), (1, 0));
    // The problem itself lies with the department: the colleague goes on with it.
    let mut colleague = world.sign_in(Who::Staff(early)).await;
    let actor = Actor::Staff { id: early, duty: Duty::Handler { department: jianshe } };
    store::issue::execute(&mut colleague, &number, &Command::Sign, &actor, "沈洁", &[], morning(), &world.terms).await.unwrap();
    drop(colleague);
    town.world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_somebody_signed_stays_theirs_and_the_colleague_is_told(owner: PgPool) {
    let town = Town::new(owner).await;
    let world = &town.world;
    crate::policy::seed(world).await;
    let (giver, duty) = world.staff["policy"];
    let taker = added(world, "policy_two", duty).await;
    let mut conn = town.conn(town.city).await;
    let work = staff::work(&mut conn, giver).await.unwrap();
    assert_eq!((work.drafts, work.submitted, work.proposals, work.entries), (1, 0, 0, 1));
    drop(conn);
    let signed = "select count(*) from policy_version where state = 'draft' and written_by = ";
    let before = world.count(&format!("{signed}{giver}")).await;
    let done = town.order(town.city, giver, Step::Duty(Duty::Leader { area: CITY }), Some(taker)).await.unwrap();
    assert_eq!(done.pieces, 2);
    // Else the author of a draft could publish it once somebody else bore its name.
    assert_eq!((world.count(&format!("{signed}{giver}")).await, before), (1, 1));
    let mut theirs = world.sign_in(Who::Staff(taker)).await;
    let inbox = store::message::list(&mut theirs, store::message::Inbox::Staff(taker), None, 9).await.unwrap().rows;
    let told: BTreeSet<_> = inbox.iter().map(|message| (message.title.as_str(), message.link.as_deref().unwrap())).collect();
    let expected =
        [("接手起草中的政策", "/desk/policies/draft/edit"), ("接手待确认的指标、标签、问题", "/desk/policies/libraries")];
    assert_eq!(told, expected.into());
    assert!(inbox.iter().any(|message| message.body.starts_with("“绿色工厂”由沈洁移交。")), "{inbox:?}");
    drop(theirs);
    town.world.end().await;
}

//! Who may act for an enterprise: what desks, owners and agents can do about it by the store's functions, and nobody by any statement.

use crate::scope::take_scope;
use crate::world::{World, morning};
use domain::actor::{MemberRole, PersonId};
use domain::member::{AGENTS_A_DAY, Change, MOST_MEMBERS, Paper, REGISTRATIONS_A_DAY, farewell, left, registered, welcome};
use domain::phone::Mobile;
use domain::uscc::Uscc;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, PgPool};
use store::identity::{self, Who};
use store::member::{self, Member, Registration, Tell};
use store::{Conn, StoreError};
use time::Duration;
use time::macros::datetime;

fn mobile(n: i64) -> Mobile {
    Mobile::parse(&format!("139{n:08}")).unwrap()
}

fn tell() -> Tell {
    Tell {
        member: Some(welcome("锦绣", MemberRole::Agent, "沈洁")),
        owners: Some(registered("锦绣", MemberRole::Owner, "周敏", "沈洁")),
    }
}

/// Registers `139…n` in person.
async fn register(conn: &mut Conn, firm: i64, n: i64, role: MemberRole, reason: &str) -> Result<(), StoreError> {
    let shown = [Paper::Licence, Paper::IdCard];
    let new = Registration { mobile: &mobile(n), name: "周敏", role, shown: &shown, note: "", reason };
    member::register(conn, firm, &new, &tell(), morning()).await
}

/// The members of a firm, as the system sees them.
async fn members(world: &World, firm: i64) -> Vec<Member> {
    member::list(&mut world.store.system().await.unwrap(), firm).await.unwrap()
}

/// Adds `139…n` as an agent of A; answers who that is.
pub async fn agent(world: &World, n: i64) -> PersonId {
    let mut owner = world.member(&world.a).await;
    member::add_agent(&mut owner, &mobile(n), "周敏", &tell(), morning()).await.unwrap();
    members(world, world.a.id).await.into_iter().find(|member| member.phone == mobile(n).as_str()).unwrap().id
}

#[track_caller]
fn conflict(done: Result<(), StoreError>, with: &str) {
    assert!(done.as_ref().is_err_and(|error| error.is_conflict_with(with)), "{with}: {done:?}");
}

#[track_caller]
pub fn refused(done: Result<(), StoreError>, who: &str) {
    assert!(done.as_ref().is_err_and(StoreError::is_row_refused), "{who}: {done:?}");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn desks_register_for_enterprises_of_their_own_area(owner: PgPool) {
    let world = World::new(owner).await;
    for login in world.staff.keys() {
        let own = ["station_zhili", "centre_city", "centre_wuxing"].contains(login);
        if !own {
            refused(register(&mut world.staff(login).await, world.a.id, 1, MemberRole::Agent, "").await, login);
        }
    }
    refused(register(&mut world.member(&world.a).await, world.a.id, 1, MemberRole::Agent, "").await, "the owner");
    refused(register(&mut world.store.anonymous().await.unwrap(), world.a.id, 1, MemberRole::Agent, "").await, "nobody");
    // Even the system stands at no desk.
    refused(register(&mut world.store.system().await.unwrap(), world.a.id, 1, MemberRole::Agent, "").await, "the system");
    for (n, login) in [(1, "station_zhili"), (2, "centre_city"), (3, "centre_wuxing")] {
        register(&mut world.staff(login).await, world.a.id, n, MemberRole::Agent, "").await.unwrap();
    }
    assert_eq!(members(&world, world.a.id).await.len(), 4);
    assert_eq!(world.count("select count(*) from person where phone = '13900000001' and name = '周敏'").await, 1);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn another_owner_needs_a_reason_and_the_first_one_hears_of_it(owner: PgPool) {
    let world = World::new(owner).await;
    let mut desk = world.staff("station_zhili").await;
    conflict(register(&mut desk, world.a.id, 1, MemberRole::Owner, "").await, member::OWNER_NEEDS_REASON);
    assert_eq!(members(&world, world.a.id).await.len(), 1, "nothing was written");
    assert_eq!(world.count("select count(*) from person where phone like '139%'").await, 0);
    register(&mut desk, world.a.id, 1, MemberRole::Owner, "法定代表人变更").await.unwrap();
    // Once is enough; nobody is made less than he was.
    conflict(register(&mut desk, world.a.id, 1, MemberRole::Owner, "再来").await, member::KNOWN);
    conflict(register(&mut desk, world.a.id, 1, MemberRole::Agent, "").await, member::KNOWN);

    let history = member::history(&mut desk, world.a.id).await.unwrap();
    let latest = &history[0];
    assert_eq!((latest.change, latest.role, latest.name.as_str()), (Change::Registered, Some(MemberRole::Owner), "周敏"));
    assert_eq!((latest.phone.as_str(), latest.reason.as_str()), ("139****0001", "法定代表人变更"));
    assert_eq!((latest.actor_name.as_str(), &latest.shown[..]), ("织里童装产业驿站 沈洁", &[Paper::Licence, Paper::IdCard][..]));
    let where_from = format!("select station_id from membership_event where staff_id = {}", world.staff["station_zhili"].0);
    assert_eq!(world.count(&where_from).await, world.stations[0]);
    assert_eq!(member::latest(&mut world.staff("centre_wuxing").await, 10).await.unwrap().len(), 1);
    assert_eq!(member::latest(&mut world.staff("centre_nanxun").await, 10).await.unwrap().len(), 0);

    let told = |person: &str, title: &str| {
        format!(
            "select count(*) from message m join person p on p.id = m.person_id
             where p.phone = '{person}' and m.title = '{title}' and m.link = '/me/members' and m.enterprise_id = {}",
            world.a.id
        )
    };
    assert_eq!(world.count(&told("13800000001", "企业新登记了联系人")).await, 1);
    assert_eq!(world.count(&told("13900000001", "您可以为企业办事了")).await, 1);
    assert_eq!(world.count(&told("13800000002", "企业新登记了联系人")).await, 0, "another firm's owner");
    assert_eq!(world.count("select count(*) from job where kind = 'sms_notice'").await, 2, "and by SMS");
    drop(desk);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn limits_are_those_of_the_rules(owner: PgPool) {
    let world = World::new(owner).await;
    let mut desk = world.staff("station_zhili").await;
    for n in 1..=REGISTRATIONS_A_DAY {
        register(&mut desk, world.a.id, n, MemberRole::Agent, "").await.unwrap();
    }
    conflict(register(&mut desk, world.a.id, 99, MemberRole::Agent, "").await, member::REGISTRATIONS_A_DAY);
    // A colleague has a count of its own, and tomorrow is another day.
    register(&mut world.staff("centre_wuxing").await, world.a.id, 99, MemberRole::Agent, "").await.unwrap();
    let new = Registration {
        mobile: &mobile(100),
        name: "周敏",
        role: MemberRole::Agent,
        shown: &[Paper::IdCard],
        note: "",
        reason: "",
    };
    member::register(&mut desk, world.a.id, &new, &tell(), morning() + Duration::days(1)).await.unwrap();

    let mut owner = world.member(&world.a).await;
    let add = async |owner: &mut Conn, n: i64, later: Duration| {
        member::add_agent(owner, &mobile(n), "周敏", &tell(), morning() + later).await
    };
    for n in 0..AGENTS_A_DAY {
        add(&mut owner, 200 + n, Duration::ZERO).await.unwrap();
    }
    conflict(add(&mut owner, 300, Duration::ZERO).await, member::AGENTS_A_DAY);
    let there = i64::try_from(members(&world, world.a.id).await.len()).unwrap();
    assert!(there < MOST_MEMBERS && MOST_MEMBERS - there <= AGENTS_A_DAY);
    for n in there..MOST_MEMBERS {
        add(&mut owner, 300 + n, Duration::days(1)).await.unwrap();
    }
    conflict(add(&mut owner, 400, Duration::days(2)).await, member::MOST_MEMBERS);
    let mut centre = world.staff("centre_wuxing").await;
    conflict(register(&mut centre, world.a.id, 400, MemberRole::Agent, "").await, member::MOST_MEMBERS);
    drop((desk, owner, centre));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_owner_adds_and_removes_agents_and_nobody_else_does(owner: PgPool) {
    let world = World::new(owner).await;
    let now = morning();
    let person = agent(&world, 1).await;
    let session = world.session(Who::Person(person, Some(world.a.id))).await;
    let mut theirs = world.sign_in(Who::Person(person, Some(world.a.id))).await;
    refused(member::add_agent(&mut theirs, &mobile(2), "周敏", &tell(), now).await, "an agent");
    refused(member::remove(&mut theirs, world.a.person, &tell(), now).await, "an agent");
    refused(member::make_owner(&mut theirs, person, false, &tell(), now).await, "an agent");
    assert!(member::history(&mut theirs, world.a.id).await.unwrap().is_empty(), "the history is the owner's");
    let mut other = world.member(&world.b).await;
    assert!(matches!(member::remove(&mut other, person, &tell(), now).await, Err(StoreError::NotFound)));
    assert!(matches!(member::make_owner(&mut other, person, false, &tell(), now).await, Err(StoreError::NotFound)));
    for login in ["station_zhili", "centre_wuxing", "admin"] {
        refused(member::add_agent(&mut world.staff(login).await, &mobile(2), "周敏", &tell(), now).await, login);
        refused(member::remove(&mut world.staff(login).await, person, &tell(), now).await, login);
    }

    let mut owner = world.member(&world.a).await;
    conflict(member::add_agent(&mut owner, &mobile(1), "周敏", &tell(), now).await, member::KNOWN);
    conflict(member::remove(&mut owner, world.a.person, &tell(), now).await, member::LAST_OWNER);
    let said = Tell { member: Some(farewell("锦绣")), owners: None };
    member::remove(&mut owner, person, &said, now).await.unwrap();
    // Wherever they are signed in, and without anybody asking them.
    let opened = world.store.open_session(&session, time::OffsetDateTime::now_utc()).await.unwrap().1.unwrap();
    assert!(opened.actor().is_none(), "signed in, for no enterprise");
    let mut system = world.store.system().await.unwrap();
    assert!(!identity::choose_enterprise(&mut system, &session, world.a.id).await.unwrap());
    let changes: Vec<Change> = member::history(&mut owner, world.a.id).await.unwrap().iter().map(|entry| entry.change).collect();
    assert_eq!(changes, [Change::Removed, Change::Added, Change::Added], "the first one was there from the beginning");
    assert_eq!(
        world.count("select count(*) from message where title = '您不再为这家企业办事' and enterprise_id is null").await,
        1
    );
    drop((theirs, other, owner, system));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn ownership_is_shared_handed_over_and_never_lost(owner: PgPool) {
    let world = World::new(owner).await;
    let now = morning();
    let (first, second) = (agent(&world, 1).await, agent(&world, 2).await);
    let mut owner = world.member(&world.a).await;
    member::make_owner(&mut owner, first, false, &tell(), now).await.unwrap();
    assert!(matches!(member::make_owner(&mut owner, first, false, &tell(), now).await, Err(StoreError::NotFound)), "is one");
    // Owners do not put one another out.
    refused(member::remove(&mut owner, first, &tell(), now).await, "an owner");
    member::make_owner(&mut owner, second, true, &tell(), now).await.unwrap();
    refused(member::add_agent(&mut owner, &mobile(3), "周敏", &tell(), now).await, "who handed over");
    let roles = |members: Vec<Member>| {
        let owners = members.into_iter().filter(|member| member.role == MemberRole::Owner);
        owners.map(|member| member.id).collect::<Vec<_>>()
    };
    assert_eq!(roles(members(&world, world.a.id).await), [first, second]);
    let tell = Tell { member: None, owners: Some(left("锦绣", "周敏")) };
    let mut leaving = world.sign_in(Who::Person(first, Some(world.a.id))).await;
    member::remove(&mut leaving, first, &tell, now).await.unwrap();
    let mut last = world.sign_in(Who::Person(second, Some(world.a.id))).await;
    conflict(member::remove(&mut last, second, &tell, now).await, member::LAST_OWNER);
    assert_eq!(world.count("select count(*) from message where title = '企业联系人有变化'").await, 1);
    let changes: Vec<Change> = member::history(&mut last, world.a.id).await.unwrap().iter().map(|entry| entry.change).collect();
    assert_eq!(changes[..4], [Change::Left, Change::Demoted, Change::Promoted, Change::Promoted]);
    drop((owner, leaving, last));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_centre_alone_takes_out_who_should_not_have_got_in(owner: PgPool) {
    let world = World::new(owner).await;
    let now = morning();
    let strike = async |login: &str, reason: &str| {
        member::strike(&mut world.staff(login).await, world.a.id, world.a.person, reason, &tell(), now).await
    };
    for login in ["station_zhili", "centre_nanxun", "handler_jianshe", "admin"] {
        refused(strike(login, "冒名登记").await, login);
    }
    refused(strike("centre_wuxing", "").await, "without a reason");
    strike("centre_wuxing", "冒名登记").await.unwrap();
    assert!(matches!(strike("centre_wuxing", "冒名登记").await, Err(StoreError::NotFound)));
    assert!(members(&world, world.a.id).await.is_empty());
    let latest = &member::latest(&mut world.staff("centre_city").await, 10).await.unwrap()[0];
    assert_eq!((latest.change, latest.reason.as_str(), latest.name.as_str()), (Change::Removed, "冒名登记", "陈伟"));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_centre_enters_an_enterprise_of_its_area(owner: PgPool) {
    let world = World::new(owner).await;
    let code = Uscc::from_body("91330502MA2999999").unwrap();
    let enter = async |login: &str, code: &Uscc, area: i32| {
        let mut desk = world.staff(login).await;
        member::enter(&mut desk, code, "湖州新开面馆", area, domain::enterprise::Scale::Micro, morning()).await
    };
    for (login, area) in
        [("station_zhili", 330_502), ("centre_wuxing", 330_503), ("handler_jianshe", 330_502), ("admin", 330_502)]
    {
        refused(enter(login, &code, area).await.map(|_| ()), login);
    }
    let id = enter("centre_wuxing", &code, 330_502).await.unwrap();
    let again = enter("centre_city", &code, 330_503).await.map(|_| ());
    conflict(again, member::USCC);
    let mut station = world.staff("station_zhili").await;
    assert_eq!(member::of_code(&mut station, &code).await.unwrap(), Some((id, 330_502)));
    assert_eq!(member::search(&mut station, 330_502, "新开").await.unwrap().len(), 1);
    assert_eq!(member::search(&mut station, 330_503, "新开").await.unwrap().len(), 0);
    register(&mut station, id, 1, MemberRole::Owner, "").await.unwrap();
    let changes: Vec<Change> = member::history(&mut station, id).await.unwrap().iter().map(|entry| entry.change).collect();
    assert_eq!(changes, [Change::Registered, Change::Entered]);
    drop(station);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nobody_writes_members_or_their_history_by_any_statement(owner: PgPool) {
    let world = World::new(owner).await;
    let person = agent(&world, 1).await;
    let (a, b, me) = (world.a.id, world.b.id, world.a.person);
    for who in [
        Who::Person(me, Some(a)),
        Who::Person(person, Some(a)),
        Who::Staff(world.staff["station_zhili"].0),
        Who::Staff(world.staff["centre_city"].0),
        Who::Staff(world.staff["admin"].0),
    ] {
        let session = world.session(who).await;
        let mut conn = PgConnection::connect_with(&world.owner.connect_options()).await.unwrap();
        take_scope(&mut conn, Some(&session)).await;
        for sql in [
            format!("insert into membership (person_id, enterprise_id, role) values ({me}, {b}, 'owner')"),
            format!("insert into membership (person_id, enterprise_id, role) values ({person}, {b}, 'agent')"),
            format!("update membership set role = 'owner' where person_id = {person} returning 1"),
            format!("delete from membership where person_id = {person}"),
            format!(
                "insert into membership_event (enterprise_id, person_id, at, kind, role, actor_name) values ({a}, {me}, now(), 'added', 'owner', '别人')"
            ),
            "update membership_event set actor_name = '别人'".to_owned(),
            "delete from membership_event".to_owned(),
        ] {
            let done = sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut conn).await;
            assert!(done.map_or(0, |done| done.rows_affected()) == 0, "{who:?}: {sql}");
        }
        conn.close().await.unwrap();
    }
    for sql in ["update membership_event set actor_name = '别人'", "delete from membership_event", "truncate membership_event"]
    {
        let error = sqlx::query(sql).execute(&world.owner).await.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().code().unwrap(), "23001", "not even the owner of the tables: {sql}");
    }
    assert_eq!(world.count("select count(*) from membership where role = 'owner'").await, 2);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_owner_hears_of_an_agent_and_nobody_s_telephone_rings_by_night(owner: PgPool) {
    let world = World::new(owner).await;
    let mut conn = world.member(&world.a).await;
    let said = Tell { member: Some(farewell("x")), owners: Some(farewell("锦绣")) };
    let night = datetime!(2026-11-24 23:30 +8);
    member::add_agent(&mut conn, &mobile(7), "周敏", &said, night).await.unwrap();
    let told = format!("select count(*) from message where body like '%锦绣%' and person_id = {}", world.a.person);
    assert_eq!(world.count(&told).await, 1, "whoever did it may have been somebody else");
    let rings: Vec<time::OffsetDateTime> =
        sqlx::query_scalar("select run_at from job where kind = 'sms_notice'").fetch_all(&world.owner).await.unwrap();
    assert_eq!(rings, [domain::notice::daytime(night), datetime!(2026-11-25 8:00 +8)]);
    for hour in 0..24 {
        let at = night + Duration::hours(hour);
        let there: time::OffsetDateTime =
            sqlx::query_scalar("select sms_time($1)").bind(at).fetch_one(&world.owner).await.unwrap();
        assert_eq!(there, domain::notice::daytime(at), "{at}: both know the same quiet hours");
    }
    drop(conn);
    world.end().await;
}

//! The second factor, and the security log: what many servers must agree about, and who reads what.

use crate::world::{NANXUN, WUXING, World, morning};
use domain::actor::Duty;
use domain::retention::{self, RULES};
use domain::security::Kind;
use sqlx::PgPool;
use std::sync::Arc;
use store::identity::{self, NewStaff, Who};
use store::security::{self, Event, Filter};
use store::{Conn, StoreError};
use time::Duration;
use tokio::task::JoinSet;

fn event(kind: Kind, who: Option<Who>, subject: &str) -> Event {
    let text = str::to_owned;
    Event { kind, who, subject: text(subject), detail: String::new(), network: text("192.0.2.7"), request: text("abc") }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_step_and_a_recovery_code_are_good_once_on_all_servers(owner: PgPool) {
    let world = Arc::new(World::new(owner).await);
    let staff = world.staff["policy"].0;
    let mut conn = world.store.system().await.unwrap();
    assert!(identity::offer_factor(&mut conn, staff, b"first", morning()).await.unwrap());
    assert!(!identity::use_step(&mut conn, staff, 5).await.unwrap(), "an offer opens nothing");
    assert!(!identity::credentials(&mut conn, "policy").await.unwrap().unwrap().second_factor);
    assert!(identity::offer_factor(&mut conn, staff, b"second", morning()).await.unwrap(), "begun anew");
    assert!(!identity::confirm_factor(&mut conn, staff, b"first", 100, morning()).await.unwrap(), "another secret");
    assert!(identity::confirm_factor(&mut conn, staff, b"second", 100, morning()).await.unwrap());
    assert!(!identity::offer_factor(&mut conn, staff, b"third", morning()).await.unwrap(), "it is in use");
    assert!(identity::credentials(&mut conn, "policy").await.unwrap().unwrap().second_factor);
    assert!(!identity::use_step(&mut conn, staff, 100).await.unwrap(), "used to confirm");
    let hashes: Vec<Vec<u8>> = (0..10_u8).map(|n| vec![n; 32]).collect();
    identity::put_recovery_codes(&mut conn, staff, &hashes).await.unwrap();
    drop(conn);
    // Ten at once: one gets in.
    let mut tries = JoinSet::new();
    for _ in 0..10 {
        let world = world.clone();
        tries.spawn(async move {
            let mut conn = world.store.system().await.unwrap();
            let step = identity::use_step(&mut conn, staff, 101).await.unwrap();
            (step, identity::use_recovery_code(&mut conn, staff, &[3; 32], morning()).await.unwrap())
        });
    }
    let used = tries.join_all().await;
    assert_eq!(used.iter().filter(|(step, _)| *step).count(), 1);
    assert_eq!(used.iter().filter(|(_, code)| *code).count(), 1);
    let mut conn = world.store.system().await.unwrap();
    assert!(!identity::use_step(&mut conn, staff, 99).await.unwrap(), "an earlier one is old");
    assert!(!identity::use_recovery_code(&mut conn, world.staff["admin"].0, &[4; 32], morning()).await.unwrap(), "another's");
    assert_eq!(identity::factor(&mut conn, staff).await.unwrap().unwrap().codes, 9);
    identity::put_recovery_codes(&mut conn, staff, &[vec![77; 32]]).await.unwrap();
    assert!(!identity::use_recovery_code(&mut conn, staff, &[4; 32], morning()).await.unwrap(), "of the former ones");
    // Lost: whoever found the telephone does not go on.
    let session = world.session(Who::Staff(staff)).await;
    assert!(identity::reset_second_factor(&mut conn, staff).await.unwrap());
    assert!(!identity::reset_second_factor(&mut conn, staff).await.unwrap(), "there is none any more");
    assert!(identity::factor(&mut conn, staff).await.unwrap().is_none());
    assert_eq!(world.count("select count(*) from recovery_code").await, 0);
    assert!(world.store.open_session(&session, time::OffsetDateTime::now_utc()).await.unwrap().1.is_none());
    drop(conn);
    Arc::into_inner(world).unwrap().end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn half_a_sign_in_is_bound_to_its_browser_and_soon_over(owner: PgPool) {
    let world = World::new(owner).await;
    let staff = world.staff["policy"].0;
    let mut conn = world.store.system().await.unwrap();
    let (mine, other, until) = ([1_u8; 32], [2_u8; 32], morning() + Duration::minutes(5));
    identity::begin_half_sign_in(&mut conn, &mine, staff, "/desk", until).await.unwrap();
    let half = async |conn: &mut Conn, browser: &[u8], at| {
        identity::half_sign_in(conn, browser, at).await.unwrap().map(|half| (half.staff, half.login, half.back))
    };
    let found = Some((staff, "policy".to_owned(), "/desk".to_owned()));
    assert_eq!(half(&mut conn, &mine, morning()).await, found);
    assert_eq!(half(&mut conn, &other, morning()).await, None);
    assert_eq!(half(&mut conn, &mine, until).await, None);
    sqlx::query("update staff set active = false where login = 'policy'").execute(&world.owner).await.unwrap();
    assert_eq!(half(&mut conn, &mine, morning()).await, None, "switched off meanwhile");
    assert!(identity::end_half_sign_in(&mut conn, &mine).await.unwrap());
    assert!(!identity::end_half_sign_in(&mut conn, &mine).await.unwrap(), "once");
    identity::begin_half_sign_in(&mut conn, &other, staff, "/desk", until).await.unwrap();
    let rule = RULES.iter().find(|rule| rule.kind == retention::Kind::HalfSignIn).unwrap();
    store::retention::apply(&mut conn, rule, until + Duration::seconds(1), 10).await.unwrap();
    assert_eq!(world.count("select count(*) from half_sign_in").await, 0);
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_session_knows_when_it_was_proved(owner: PgPool) {
    let world = World::new(owner).await;
    let now = time::OffsetDateTime::now_utc().replace_nanosecond(0).unwrap();
    let hash = world.session(Who::Staff(world.staff["policy"].0)).await;
    let proved = async || world.store.open_session(&hash, now).await.unwrap().1.unwrap().proved_at;
    assert!((proved().await - now).abs() < Duration::minutes(1), "signing in proves it");
    let mut conn = world.store.system().await.unwrap();
    identity::prove_session(&mut conn, &hash, now - Duration::hours(1)).await.unwrap();
    drop(conn);
    assert_eq!(proved().await, now - Duration::hours(1));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn not_even_the_owner_rewrites_the_security_log(owner: PgPool) {
    let world = World::new(owner).await;
    let mut conn = world.store.system().await.unwrap();
    security::record(&mut conn, &event(Kind::SignedIn, None, "x"), morning()).await.unwrap();
    drop(conn);
    for sql in ["update security_event set login = 'x'", "delete from security_event", "truncate security_event"] {
        let error = sqlx::query(sql).execute(&world.owner).await.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().code().unwrap(), "23001", "{sql}");
    }
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_event_is_written_in_ones_own_name_and_read_within_ones_area(owner: PgPool) {
    let world = World::new(owner).await;
    let mut system = world.store.system().await.unwrap();
    for (login, area) in [("admin_wuxing", WUXING), ("admin_nanxun", NANXUN)] {
        let duty = Duty::Administrator { area };
        let new = NewStaff { login, name: "沈洁", duty, password_hash: "x", must_change: false };
        identity::add_staff(&mut system, &new, morning()).await.unwrap();
    }
    let wuxing = world.staff["centre_wuxing"].0;
    let mut centre = world.store.open_session(&world.session(Who::Staff(wuxing)).await, morning()).await.unwrap().0;
    security::record(&mut centre, &event(Kind::Unmasked, Some(Who::Staff(wuxing)), "HZ-1"), morning()).await.unwrap();
    for other in [Some(Who::Staff(world.staff["centre_city"].0)), Some(Who::Person(world.a.person, None)), None] {
        let error = security::record(&mut centre, &event(Kind::Unmasked, other, "HZ-2"), morning()).await.unwrap_err();
        assert!(matches!(error, StoreError::RowRefused), "{other:?}: {error:?}");
    }
    drop(centre);
    let mut member = world.member(&world.a).await;
    let own = event(Kind::SignedIn, Some(Who::Person(world.a.person, None)), "");
    security::record(&mut member, &own, morning() + Duration::days(1)).await.unwrap();
    assert!(security::list(&mut member, &Filter::default(), None, 10).await.unwrap().rows.is_empty(), "members read nothing");
    drop(member);
    security::record(&mut system, &event(Kind::Locked, None, "138****0000"), morning()).await.unwrap();
    let read = async |login: &str, filter: Filter| {
        let id = identity::credentials(&mut world.store.system().await.unwrap(), login).await.unwrap().unwrap().id;
        let hash = world.session(Who::Staff(id)).await;
        let mut conn = world.store.open_session(&hash, time::OffsetDateTime::now_utc()).await.unwrap().0;
        let rows = security::list(&mut conn, &filter, None, 10).await.unwrap().rows;
        rows.into_iter().map(|row| (row.kind, row.login)).collect::<Vec<_>>()
    };
    let line = |kind: Kind, login: &str| (kind.code().to_owned(), login.to_owned());
    let masked = world.count("select count(*) from security_event where login like '1__****____'").await;
    assert_eq!(masked, 1, "a member's number is masked");
    let all = read("admin", Filter::default()).await;
    assert_eq!(all.len(), 3);
    assert_eq!(all[2], line(Kind::Unmasked, "centre_wuxing"), "the latest first");
    assert_eq!(read("admin_wuxing", Filter::default()).await, [line(Kind::Unmasked, "centre_wuxing")]);
    for login in ["admin_nanxun", "centre_wuxing", "leader_city", "policy"] {
        assert_eq!(read(login, Filter::default()).await, [], "{login}");
    }
    let of = |kind: Option<Kind>, login: Option<&str>| Filter { kind, login: login.map(str::to_owned), ..Filter::default() };
    assert_eq!(read("admin", of(Some(Kind::Locked), None)).await, [line(Kind::Locked, "")]);
    assert_eq!(read("admin", of(None, Some("centre_wuxing"))).await.len(), 1);
    assert_eq!(read("admin", of(Some(Kind::Locked), Some("centre_wuxing"))).await, []);
    let (from, until) = (Some(morning()), Some(morning() + Duration::days(1)));
    assert_eq!(read("admin", Filter { from, until, ..Filter::default() }).await.len(), 2, "until before the next day");
    // Page by page.
    let first = security::list(&mut system, &Filter::default(), None, 2).await.unwrap();
    let second = security::list(&mut system, &Filter::default(), first.next.as_deref(), 2).await.unwrap();
    assert_eq!((first.rows.len(), second.rows.len(), second.next), (2, 1, None));
    assert!(first.rows[1].id > second.rows[0].id);
    drop(system);
    world.end().await;
}

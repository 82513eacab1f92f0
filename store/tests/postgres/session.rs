//! Sessions, one-time codes, counters and messages: what many servers must agree about.

use crate::world::{World, accept, firm, morning};
use domain::actor::MemberRole;
use sqlx::PgPool;
use std::sync::Arc;
use store::identity::{self, CodeCheck, Identity, SESSION_DAYS, STAFF_SESSION_HOURS, Who};
use store::message::Inbox;
use time::{Duration, OffsetDateTime};
use tokio::task::JoinSet;

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_session_slides_while_it_is_used_and_ends_when_it_is_not(owner: PgPool) {
    let world = World::new(owner).await;
    let began = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap();
    for (who, life, most) in [
        (Who::Person(world.a.person, Some(world.a.id)), Duration::days(SESSION_DAYS), Duration::days(90)),
        (Who::Staff(world.staff["centre_city"].0), Duration::hours(STAFF_SESSION_HOURS), Duration::hours(STAFF_SESSION_HOURS)),
    ] {
        let hash = world.session(who).await;
        let open = async |at: OffsetDateTime| world.store.open_session(&hash, at).await.unwrap().1.map(|s| s.expires_at - began);
        let soon = Duration::minutes(5);
        let whole = |life: Option<Duration>| life.map(|life| life.whole_minutes());
        assert_eq!(whole(open(began + soon).await), Some(life.whole_minutes()), "written at most every ten minutes");
        let later = life - Duration::hours(1);
        assert_eq!(
            whole(open(began + later).await),
            Some((later + life).min(most).whole_minutes()),
            "as long again, up to a limit"
        );
        assert_eq!(whole(open(began + (later + life).min(most) + soon).await), None);
    }
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn leaving_an_enterprise_or_the_service_ends_the_view_at_once(owner: PgPool) {
    let world = World::new(owner).await;
    let member = world.session(Who::Person(world.a.person, Some(world.a.id))).await;
    let staff = world.session(Who::Staff(world.staff["centre_city"].0)).await;
    let now = OffsetDateTime::now_utc();
    sqlx::query("delete from membership where person_id = $1").bind(world.a.person).execute(&world.owner).await.unwrap();
    sqlx::query("update staff set active = false where login = 'centre_city'").execute(&world.owner).await.unwrap();
    let session = world.store.open_session(&member, now).await.unwrap().1.expect("the person is still signed in");
    assert!(session.actor().is_none());
    assert!(matches!(session.identity, Identity::Person(person) if person.enterprise.is_none() && person.enterprise_count == 0));
    assert!(world.store.open_session(&staff, now).await.unwrap().1.is_none());
    let mut system = world.store.system().await.unwrap();
    assert!(!identity::choose_enterprise(&mut system, &member, world.a.id).await.unwrap(), "no member any more");
    assert!(!identity::choose_enterprise(&mut system, &member, world.b.id).await.unwrap(), "never was one");
    drop(system);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_code_is_good_once_and_for_five_tries_on_all_servers_together(owner: PgPool) {
    let world = World::new(owner).await;
    let mut conn = world.store.system().await.unwrap();
    let (phone, now) = ("13800138000", morning());
    let until = now + Duration::minutes(5);
    let (mine, other) = (&[1_u8; 32], &[2_u8; 32]);
    let put = async |conn: &mut store::Conn, browser: &[u8]| {
        identity::put_login_code(conn, phone, browser, b"right", until).await.unwrap();
    };
    let take =
        async |conn: &mut store::Conn, code: &[u8], at| identity::take_login_code(conn, phone, mine, code, at).await.unwrap();
    assert_eq!(take(&mut conn, b"right", now).await, CodeCheck::Spent, "none was sent");
    put(&mut conn, mine).await;
    assert_eq!(take(&mut conn, b"wrong", now).await, CodeCheck::Wrong);
    assert_eq!(take(&mut conn, b"right", now).await, CodeCheck::Right);
    assert_eq!(take(&mut conn, b"right", now).await, CodeCheck::Spent, "used up");
    put(&mut conn, mine).await;
    assert_eq!(take(&mut conn, b"right", until).await, CodeCheck::Spent, "too late");
    put(&mut conn, mine).await;
    for _ in 0..5 {
        assert_eq!(take(&mut conn, b"wrong", now).await, CodeCheck::Wrong);
    }
    assert_eq!(take(&mut conn, b"right", now).await, CodeCheck::Spent, "the sixth try");
    put(&mut conn, mine).await;
    // Somebody else asks for the same phone, and guesses: neither voids what was sent for this browser.
    put(&mut conn, other).await;
    for _ in 0..6 {
        identity::take_login_code(&mut conn, phone, other, b"wrong", now).await.unwrap();
    }
    assert_eq!(take(&mut conn, b"right", now).await, CodeCheck::Right, "a new code counts afresh");
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_limit_holds_under_a_rush(owner: PgPool) {
    let world = Arc::new(World::with_connections(owner, 16).await);
    let now = morning();
    let mut rush = JoinSet::new();
    for _ in 0..60 {
        let world = world.clone();
        rush.spawn(async move {
            let mut conn = world.store.system().await.unwrap();
            identity::hit_rate_limit(&mut conn, "code:1", Duration::minutes(1), 10, now).await.unwrap()
        });
    }
    assert_eq!(rush.join_all().await.into_iter().filter(|allowed| *allowed).count(), 10);
    let mut conn = world.store.system().await.unwrap();
    let later = now + Duration::minutes(1);
    assert!(identity::hit_rate_limit(&mut conn, "code:1", Duration::minutes(1), 10, later).await.unwrap(), "a new window");
    drop(conn);
    Arc::into_inner(world).unwrap().end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn messages_are_those_of_the_enterprise_chosen(owner: PgPool) {
    let world = World::new(owner).await;
    // One person, two enterprises; something was accepted for each.
    let mut system = world.store.system().await.unwrap();
    let mut second = firm(&mut system, 3, "湖州织里云裳服饰有限公司", world.a.area, None).await;
    identity::add_member(&mut system, world.a.person, second.id, MemberRole::Owner).await.unwrap();
    second.person = world.a.person;
    for firm in [&world.a, &second] {
        let number = world.file(firm, "道路积水", &[], morning()).await.number;
        world.as_staff("centre_wuxing", &number, &accept(), morning()).await;
    }
    while store::outbox::drain(&mut system, morning(), 100).await.unwrap() > 0 {}
    let unread = async |enterprise: i64| {
        let hash = world.session(Who::Person(world.a.person, Some(enterprise))).await;
        world.store.open_session(&hash, OffsetDateTime::now_utc()).await.unwrap().1.unwrap().unread
    };
    assert_eq!([unread(world.a.id).await, unread(second.id).await], [1, 1]);
    let mut conn = world.member(&world.a).await;
    let inbox = Inbox::Person { person: world.a.person, enterprise: world.a.id };
    let listed = store::message::list(&mut conn, inbox, None, 10).await.unwrap().rows;
    assert_eq!(listed.iter().map(|m| m.title.as_str()).collect::<Vec<_>>(), ["诉求已受理"]);
    store::message::mark_read(&mut conn, inbox, i64::MAX, morning()).await.unwrap();
    assert_eq!([unread(world.a.id).await, unread(second.id).await], [0, 1], "the other enterprise's was not shown");
    drop((conn, system));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_browser_is_known_to_those_who_signed_in_there_and_counters_are_forgotten_by_their_beginning(owner: PgPool) {
    let world = World::new(owner).await;
    let mut conn = world.store.system().await.unwrap();
    let (browser, now) = ([7_u8; 32], morning());
    let staff = Who::Staff(world.staff["centre_city"].0);
    assert!(!identity::browser_knows_login(&mut conn, &browser, "centre_city").await.unwrap());
    for who in [staff, Who::Person(world.a.person, None), staff] {
        identity::know_browser(&mut conn, &browser, who, now).await.unwrap();
    }
    assert!(identity::browser_knows_login(&mut conn, &browser, "centre_city").await.unwrap());
    assert!(!identity::browser_knows_login(&mut conn, &browser, "centre_wuxing").await.unwrap());
    assert!(!identity::browser_knows_login(&mut conn, &[8; 32], "centre_city").await.unwrap());
    let long_ago = now + Duration::days(401);
    store::retention::apply(&mut conn, crate::retention::rule(domain::retention::Kind::Browser), long_ago, 9).await.unwrap();
    assert!(!identity::browser_knows_login(&mut conn, &browser, "centre_city").await.unwrap(), "long ago");
    for key in ["staff:a:addr:1", "staff:a:addr:10", "staff:a:all", "staff:ab:all"] {
        identity::hit_rate_limit(&mut conn, key, Duration::minutes(10), 5, now).await.unwrap();
    }
    identity::forget_limit(&mut conn, "staff:a:addr:1").await.unwrap();
    assert!(identity::counted_since(&mut conn, "staff:a:addr:1").await.unwrap().is_none());
    assert!(identity::counted_since(&mut conn, "staff:a:addr:10").await.unwrap().is_some(), "another address keeps its own");
    assert_eq!(identity::forget_limits(&mut conn, "staff:a:").await.unwrap(), 2);
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_session_ends_however_it_is_used_and_shows_only_those_beside_it(owner: PgPool) {
    let world = World::new(owner).await;
    let mine = world.session(Who::Person(world.a.person, Some(world.a.id))).await;
    let beside = world.session(Who::Person(world.a.person, None)).await;
    world.session(Who::Person(world.b.person, None)).await;
    let staff = world.session(Who::Staff(world.staff["centre_city"].0)).await;
    let now = OffsetDateTime::now_utc();
    let (mut conn, _) = world.store.open_session(&mine, now).await.unwrap();
    let seen = identity::sessions_beside(&mut conn, &mine, now).await.unwrap();
    assert_eq!((seen.len(), seen.iter().filter(|session| session.current).count()), (2, 1));
    conn.release();
    let other = seen.iter().find(|session| !session.current).unwrap().id;
    let mut system = world.store.system().await.unwrap();
    let stranger = Who::Person(world.b.person, None);
    assert!(!identity::end_session_of(&mut system, stranger, other).await.unwrap(), "nobody ends another's");
    assert!(identity::end_session_of(&mut system, Who::Person(world.a.person, None), other).await.unwrap());
    system.release();
    assert!(world.store.open_session(&beside, now).await.unwrap().1.is_none());
    // Used every hour, as somebody who never leaves the desk.
    for (hash, hours, life) in [(&staff, 1, 12), (&mine, 24, 90 * 24)] {
        let open = async |hour: i64| world.store.open_session(hash, now + Duration::hours(hour)).await.unwrap().1.is_some();
        for hour in (0..life).step_by(hours) {
            assert!(open(hour).await, "after {hour} h");
        }
        assert!(!open(life).await, "after {life} h");
    }
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_restart_of_the_database_is_not_felt(owner: PgPool) {
    let world = World::with_connections(owner, 6).await;
    let hash = world.session(Who::Person(world.a.person, Some(world.a.id))).await;
    let now = OffsetDateTime::now_utc();
    let fill = async || {
        let mut held = Vec::new();
        for _ in 0..6 {
            held.push(world.store.system().await.unwrap());
        }
    };
    // Every connection of the pool is open and idle; then all of them are cut off.
    let cut = async || {
        fill().await;
        let ended: i64 = sqlx::query_scalar(
            "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
             and query like '%set_scope%'",
        )
        .fetch_one(&world.owner)
        .await
        .unwrap();
        assert_eq!(ended, 6);
    };
    cut().await;
    assert!(world.store.open_session(&hash, now).await.unwrap().1.is_some());
    cut().await;
    fill().await;
    world.end().await;
}

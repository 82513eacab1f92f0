//! What has been kept long enough goes, nothing else does, and no chain breaks.

use crate::world::{World, accept, answer, dispatch, firm, morning, rate};
use domain::issue::{Command, Satisfaction};
use domain::retention::{Kind, RULES, Rule};
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};
use store::retention::{apply, count, is_done, note};
use time::Duration;
use time::macros::date;

/// The rule of a kind.
pub fn rule(kind: Kind) -> &'static Rule {
    RULES.iter().find(|rule| rule.kind == kind).unwrap()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn each_kind_goes_in_its_time_and_not_before(owner: PgPool) {
    let world = World::new(owner).await;
    crate::scope::seed(&world).await;
    let now = morning();
    // Everything that has an end: the issue is rated and closed, the application is paid, a job was given up, a message read.
    let number: String = sqlx::query_scalar("select number from issue").fetch_one(&world.owner).await.unwrap();
    let part = Command::Part { text: "已配合核实，情况属实".to_owned() };
    world.as_staff("handler_huanbao", &number, &part, now).await;
    world.as_staff("handler_jianshe", &number, &answer(), now).await;
    world.as_member(&world.a, &number, &rate(Satisfaction::Satisfied), now).await;
    let gone = {
        let mut conn = world.store.system().await.unwrap();
        let gone = firm(&mut conn, 3, "湖州无人公司", crate::world::WUXING, None).await;
        sqlx::query("delete from membership where person_id = $1").bind(gone.person).execute(&world.owner).await.unwrap();
        gone
    };
    for sql in [
        "update application set state = 'withdrawn', state_at = $1",
        "update job set attempts = 10, run_at = $1 where kind = 'sms'",
        "update outbox_aside set at = $1",
        "update notice_delivery set at = $1",
        "update api_answer set at = $1",
        "update api_delivery set at = $1",
        "update message set read_at = $1 where person_id is not null",
        "update rate_limit set window_start = $1",
        "insert into session (token_hash, person_id, created_at, seen_at, proved_at, expires_at)
            select 'x', min(id), $1, $1, $1, $1 from person",
        "update application_prepared set at = $1",
        "update half_sign_in set expires_at = $1",
    ] {
        let mut tx = world.owner.begin().await.unwrap();
        sqlx::query("set local session_replication_role = replica").execute(&mut *tx).await.unwrap();
        sqlx::query(sql).bind(now).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }
    let mut conn = world.store.system().await.unwrap();
    // The security log has a time of its own in the database (below).
    for rule in RULES.iter().filter(|rule| rule.kind != Kind::SecurityEvent) {
        let due = now + rule.keep;
        assert_eq!(count(&mut conn, rule, due - Duration::seconds(1)).await.unwrap(), 0, "{}: too early", rule.code);
        assert_eq!(apply(&mut conn, rule, due - Duration::seconds(1), 100).await.unwrap().done, 0, "{}: too early", rule.code);
        // The world's sessions are of today; what else there is, is of `now` or was read then.
        let later = due + Duration::seconds(1);
        let there = count(&mut conn, rule, later).await.unwrap();
        assert!(there > 0, "{}: nothing to try it with", rule.code);
        let mut done = 0;
        loop {
            let batch = apply(&mut conn, rule, later, 1).await.unwrap();
            assert!(batch.done <= 1, "{}: a batch of one", rule.code);
            done += batch.done;
            if batch.done == 0 {
                break;
            }
        }
        assert_eq!((done, count(&mut conn, rule, later).await.unwrap()), (there, 0), "{}", rule.code);
    }
    // The matter itself is still there, and who is a member keeps name and phone.
    let kept = "select count(*) from issue i join person p on p.id = i.filed_by where i.contact_phone = '' and i.title <> '' and p.phone = '13800000001'";
    assert_eq!(world.count(kept).await, 1);
    let (phone, name): (String, String) =
        sqlx::query_as("select phone, name from person where id = $1").bind(gone.person).fetch_one(&world.owner).await.unwrap();
    assert_eq!((phone, name), (format!("gone-{}", gone.person), "已注销".to_owned()));
    assert_eq!(world.count("select count(*) from message where read_at is not null").await, 0);
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_open_or_used_stays_and_no_chain_breaks(owner: PgPool) {
    let world = World::new(owner).await;
    let start = morning();
    let open = world.file(&world.a, "道路积水", &[], start).await.number;
    let closed = world.file(&world.a, "又一件", &[], start).await.number;
    world.as_staff("centre_wuxing", &closed, &accept(), start).await;
    world.as_staff("centre_wuxing", &closed, &dispatch(world.departments[0], &[]), start).await;
    world.as_staff("handler_jianshe", &closed, &Command::Sign, start).await;
    world.as_staff("handler_jianshe", &closed, &answer(), start).await;
    world.as_member(&world.a, &closed, &rate(Satisfaction::Satisfied), start).await;
    let mut conn = world.store.system().await.unwrap();
    let anchor = store::audit::take(&mut conn, start).await.unwrap().unwrap();
    let much_later = start + Duration::days(5_000);
    for rule in RULES {
        while apply(&mut conn, rule, much_later, 100).await.unwrap().done > 0 {}
    }
    let contact = async |number: &str| -> String {
        let sql = "select contact_name || contact_phone from issue where number = $1";
        sqlx::query_scalar(sql).bind(number).fetch_one(&world.owner).await.unwrap()
    };
    assert_eq!((contact(&open).await.as_str(), contact(&closed).await.as_str()), ("陈伟13800138000", ""));
    let (walks, held) = store::audit::check(&mut conn, None, &[anchor]).await.unwrap();
    assert!(walks.iter().all(|walk| walk.broken.is_none()) && held[0].broken.is_empty(), "{walks:?} {held:?}");
    // No other scope forgets, and none deletes messages.
    drop(conn);
    let mut member = PgConnection::connect_with(&world.owner.connect_options()).await.unwrap();
    let hash = world.session(store::identity::Who::Person(world.a.person, Some(world.a.id))).await;
    crate::scope::take_scope(&mut member, Some(&hash)).await;
    let refused = sqlx::query("select forget_contacts(now(), 9)").execute(&mut member).await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"));
    member.close().await.unwrap();
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_security_log_is_forgotten_by_its_rule_alone(owner: PgPool) {
    let world = World::new(owner).await;
    let (rule, now) = (rule(Kind::SecurityEvent), time::OffsetDateTime::now_utc());
    let mut conn = world.store.system().await.unwrap();
    for age in [rule.keep + Duration::days(2), rule.keep + Duration::days(1), rule.keep - Duration::days(1), Duration::days(1)] {
        let event = store::security::Event {
            kind: domain::security::Kind::SignedIn,
            who: None,
            subject: age.whole_days().to_string(),
            detail: String::new(),
            network: String::new(),
            request: String::new(),
        };
        store::security::record(&mut conn, &event, now - age).await.unwrap();
    }
    assert_eq!(count(&mut conn, rule, now).await.unwrap(), 2);
    assert_eq!(apply(&mut conn, rule, now, 1).await.unwrap().done, 1, "a batch of one");
    assert_eq!(apply(&mut conn, rule, now, 9).await.unwrap().done, 1);
    assert_eq!((apply(&mut conn, rule, now, 9).await.unwrap().done, count(&mut conn, rule, now).await.unwrap()), (0, 0));
    // Whatever clock a server has: half a year stays. And nobody deletes by hand, not even what is old.
    let far = now + Duration::days(5_000);
    assert_eq!((count(&mut conn, rule, far).await.unwrap(), apply(&mut conn, rule, far, 9).await.unwrap().done), (1, 1));
    assert_eq!(apply(&mut conn, rule, far, 9).await.unwrap().done, 0);
    drop(conn);
    assert_eq!(world.count("select count(*) from security_event").await, 1);
    for sql in ["delete from security_event", "update security_event set login = 'x'", "truncate security_event"] {
        let kept = sqlx::query(AssertSqlSafe(sql)).execute(&world.owner).await.unwrap_err();
        assert_eq!(kept.as_database_error().unwrap().code().as_deref(), Some("23001"), "{sql}");
    }
    let mut tx = world.owner.begin().await.unwrap();
    sqlx::query("select set_config('qifu.forgetting', 'security_event', true)").execute(&mut *tx).await.unwrap();
    let kept = sqlx::query("delete from security_event").execute(&mut *tx).await.unwrap_err();
    assert_eq!(kept.as_database_error().unwrap().code().as_deref(), Some("23001"), "younger than half a year");
    tx.rollback().await.unwrap();
    let mut session = PgConnection::connect_with(&world.owner.connect_options()).await.unwrap();
    let hash = world.session(store::identity::Who::Staff(world.staff["admin"].0)).await;
    crate::scope::take_scope(&mut session, Some(&hash)).await;
    let refused = sqlx::query("select forget_security_events(now(), 9)").execute(&mut session).await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"), "not even an administrator");
    session.close().await.unwrap();
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_kind_is_seen_to_once_a_day_and_the_day_is_written_down(owner: PgPool) {
    let world = World::new(owner).await;
    let mut conn = world.store.system().await.unwrap();
    let (rule, now) = (rule(Kind::Code), morning());
    let day = now.date();
    assert!(!is_done(&mut conn, rule, day).await.unwrap());
    note(&mut conn, rule, day, 7, now).await.unwrap();
    note(&mut conn, rule, day, 0, now).await.unwrap();
    assert!(is_done(&mut conn, rule, day).await.unwrap() && !is_done(&mut conn, rule, day + Duration::days(1)).await.unwrap());
    assert_eq!(world.count("select sum(done)::bigint from retention_run").await, 7);
    for sql in ["update retention_run set done = 0", "delete from retention_run", "truncate retention_run"] {
        let kept = sqlx::query(AssertSqlSafe(sql)).execute(&world.owner).await.unwrap_err();
        assert_eq!(kept.as_database_error().unwrap().code().as_deref(), Some("23001"), "{sql}");
    }
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_time_that_was_set_holds_from_its_day_and_the_law_s_is_the_database_s(owner: PgPool) {
    let world = World::new(owner).await;
    crate::administration::plan_something(&world).await;
    let set = async |kind: &str, day: &str, days: i32| {
        let sql = "insert into retention_setting (kind, from_day, days, change_id) select $1, $2::text::date, $3, min(id) from setting_change";
        sqlx::query(sql).bind(kind).bind(day).bind(days).execute(&world.owner).await
    };
    set("message_read", "2026-12-01", 90).await.unwrap();
    set("message_read", "2026-12-01", 60).await.unwrap();
    // Whoever reads the page with the times has no account.
    let schedule = store::retention::schedule(&mut world.store.anonymous().await.unwrap()).await.unwrap();
    let days = |kind, day| schedule.on(rule(kind), day).keep.whole_days();
    assert_eq!(days(Kind::MessageRead, date!(2026 - 11 - 30)), rule(Kind::MessageRead).keep.whole_days());
    assert_eq!(days(Kind::MessageRead, date!(2026 - 12 - 01)), 60, "the later written");
    assert_eq!(days(Kind::MessageUnread, date!(2026 - 12 - 01)), rule(Kind::MessageUnread).keep.whole_days());
    for kind in [Kind::SecurityEvent, Kind::Delivery, Kind::ApiDelivery, Kind::IssueContact, Kind::ApplicationContact] {
        let (code, least) = (rule(kind).code, i32::try_from(rule(kind).bounds.0).unwrap());
        let refused = set(code, "2026-12-01", least - 1).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().constraint(), Some("retention_setting_law_check"), "{code}");
        set(code, "2026-12-01", least).await.unwrap();
    }
    assert!(set("photo", "2026-12-01", 0).await.is_err());
    for sql in ["update retention_setting set days = 1", "delete from retention_setting", "truncate retention_setting"] {
        let kept = sqlx::query(AssertSqlSafe(sql)).execute(&world.owner).await.unwrap_err();
        assert_eq!(kept.as_database_error().unwrap().code().as_deref(), Some("23001"), "{sql}");
    }
    world.end().await;
}

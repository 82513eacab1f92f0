//! Policies: what no page does but a statement could, what the passing of days brings, and who is looked at when several servers
//! run.

use crate::policy::{Waiting, apply, give, libraries, published, says, seed, today, upgrade, waiting};
use crate::scope::take_scope;
use crate::world::{World, morning};
use domain::actor::{CITY, Duty};
use domain::policy::model::Item;
use domain::policy::notice::Occasion;
use domain::policy::version::{Command, Refusal};
use serde_json::json;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, PgPool};
use store::identity::{NewStaff, Who};
use store::job::{self, Kind};
use store::policy::application::{Words, command};
use store::policy::item::{self, Keeper, VersionError};
use store::policy::matching::{match_day, match_enterprises, match_item};
use store::policy::notice::{Preference, choose, queue_deadlines, tell};
use store::policy::portrait;
use time::Duration;
use time::macros::time;
use uuid::Uuid;

/// Runs a statement in somebody's scope, past the store; answers the code of the refusal.
async fn refusal(world: &World, who: Who, sql: &str) -> Option<String> {
    let session = world.session(who).await;
    let mut conn = PgConnection::connect_with(&world.owner.connect_options()).await.unwrap();
    take_scope(&mut conn, Some(&session)).await;
    let done = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut conn).await;
    conn.close().await.unwrap();
    match done {
        Ok(done) => {
            assert!(done.rows_affected() > 0, "{sql}: nothing was reached");
            None
        }
        Err(error) => Some(error.as_database_error().unwrap().code().unwrap().into_owned()),
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nobody_publishes_alone_by_any_statement(owner: PgPool) {
    let world = World::new(owner).await;
    let mut system = world.store.system().await.unwrap();
    libraries(&mut system).await;
    let Waiting { first, second, mut author, version } = waiting(&world, &mut system).await;
    let added = format!(
        "insert into policy_version select item_id, 2, 'published', body, title, level, mode, board, tags, valid_from, valid_to,
            apply_from, apply_to, {second}, written_at, null, now() from policy_version"
    );
    let words =
        format!("update policy_version set title = '别的', state = 'published', published_by = {second}, published_at = now()");
    let own = format!(
        "update policy_version set title = '别的', state = 'published', written_by = {second}, published_by = {second}, published_at = now()"
    );
    let silent = "update policy_version set body = '{}'";
    for (sql, code) in [(added.as_str(), "42501"), (&words, "42501"), (silent, "42501"), (&own, "23514")] {
        assert_eq!(refusal(&world, Who::Staff(second), sql).await.as_deref(), Some(code), "{sql}");
    }
    // Whoever changed a word is one of its writers from then on, and so is whoever was one before, whatever a statement says.
    let taken = format!("update policy_version set title = '别的', written_by = {second}, writers = '{{}}'");
    assert_eq!(refusal(&world, Who::Staff(second), &taken).await, None);
    let mut other = world.sign_in(Who::Staff(second)).await;
    for (conn, staff) in [(&mut other, second), (&mut author, first)] {
        let alone = give(conn, Command::Publish, version, staff).await.unwrap_err();
        assert!(matches!(alone, VersionError::Refused(Refusal::FourEyes)), "{alone:?}");
        let past = format!(
            "update policy_version set state = 'published', published_by = {staff}, published_at = now(), writers = '{{}}'"
        );
        assert_eq!(refusal(&world, Who::Staff(staff), &past).await.as_deref(), Some("23514"));
    }
    let named = "update policy_item set code = 'a\";b' where code = 'two'";
    assert_eq!(refusal(&world, Who::Staff(first), named).await.as_deref(), Some("23514"));
    let new = NewStaff {
        login: "policy3",
        name: "章洁",
        duty: Duty::PolicyEditor { area: CITY },
        password_hash: "x",
        must_change: false,
    };
    let third = store::identity::add_staff(&mut system, &new, morning()).await.unwrap();
    let mut reader = world.sign_in(Who::Staff(third)).await;
    give(&mut reader, Command::Publish, version, third).await.unwrap();
    drop((other, reader));
    drop((author, system));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn neither_side_of_an_application_decides_for_the_other(owner: PgPool) {
    let world = World::new(owner).await;
    seed(&world).await;
    let member = Who::Person(world.a.person, Some(world.a.id));
    let reviewer = Who::Staff(world.staff["handler_jianshe"].0);
    let other = world.departments[1];
    for (who, sql) in [
        (member, "update application set state = 'approved'".to_owned()),
        (member, "update application set paid_amount = 1".to_owned()),
        (member, format!("update application set department_id = {other}")),
        (reviewer, format!("update application set department_id = {other}")),
        (reviewer, "update application set rating = 5".to_owned()),
        (member, "insert into application_event (application_id, seq, at, kind, actor_name) select id, 9, now(), 'pay', '' from application".to_owned()),
        (member, "insert into application overriding system value select (jsonb_populate_record(a, '{\"id\": 9, \"state\": \"paid\"}')).* from application a".to_owned()),
    ] {
        assert_eq!(refusal(&world, who, &sql).await.as_deref(), Some("42501"), "{sql}");
    }
    assert_eq!(refusal(&world, reviewer, "update application set title = '别的'").await.as_deref(), Some("23001"));
    assert_eq!(refusal(&world, reviewer, "update application set state = 'reviewing'").await, None);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_was_true_a_moment_ago_is_never_put_back(owner: PgPool) {
    let world = World::new(owner).await;
    let (id, _) = published(&world).await;
    let now = morning();
    let mut system = world.store.system().await.unwrap();
    match_item(&mut system, id, 0, today(), now).await.unwrap();
    // A batch of the city is under way somewhere; this enterprise's facts change, and change again while its matching waits.
    let mut batch = world.owner.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock_shared(1886350441, 0)").execute(&mut *batch).await.unwrap();
    portrait::put(&mut system, world.a.id, &[says("equipment_investment", json!("6000000"))], today(), now).await.unwrap();
    let mut other = world.store.system().await.unwrap();
    let enterprises = [world.a.id];
    let waiting = match_enterprises(&mut other, &enterprises, today(), now);
    let meanwhile = async {
        while world.count("select count(*) from pg_locks where locktype = 'advisory' and not granted").await == 0 {
            sqlx::query("select pg_sleep(0.01)").execute(&world.owner).await.unwrap();
        }
        portrait::put(&mut system, world.a.id, &[says("equipment_investment", json!("7000000"))], today(), now).await.unwrap();
        batch.commit().await.unwrap();
    };
    let (done, ()) = tokio::join!(waiting, meanwhile);
    assert_eq!(done.unwrap().changed, 1);
    assert_eq!(world.count("select amount from policy_match").await, 56_000_000, "eight per cent of seven million");
    drop((system, other));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_new_day_matches_what_it_changes_once(owner: PgPool) {
    let world = World::new(owner).await;
    let mut conn = world.store.system().await.unwrap();
    libraries(&mut conn).await;
    let keeper = Keeper { staff: None, area: CITY, department: None };
    let mut aged = upgrade("aged", today() + Duration::days(60));
    aged.condition = serde_json::from_value(json!({ "age": { "attr": "founded_on", "at_least_months": 36 } })).unwrap();
    let ends = |id: &str, days: i64| -> Item { upgrade(id, today() + Duration::days(days)) };
    let mut begins = ends("begins", 60);
    begins.valid.from = today() + Duration::days(3);
    for item in [&aged, &ends("ends", 1), &ends("stays", 60), &begins] {
        item::import(&mut conn, item, keeper, morning()).await.unwrap();
    }
    let queued = async |conn: &mut store::Conn, day: i64| {
        let on = today() + Duration::days(day);
        let now = morning() + Duration::days(day);
        let old: Vec<i64> = job::claim(conn, Kind::MatchItem, now, 100).await.unwrap().iter().map(|job| job.id).collect();
        job::finish(conn, &old).await.unwrap();
        match_day(conn, on, now).await.unwrap();
        let again = match_day(conn, on, now).await.unwrap();
        assert_eq!(again, 0, "once a day");
        let jobs = job::claim(conn, Kind::MatchItem, now, 100).await.unwrap();
        let mut codes = Vec::new();
        for job in jobs {
            let code: String = sqlx::query_scalar("select code from policy_item where id = $1")
                .bind(job.payload["item"].as_i64().unwrap())
                .fetch_one(&world.owner)
                .await
                .unwrap();
            codes.push(code);
        }
        codes.sort();
        codes
    };
    assert!(queued(&mut conn, 0).await.is_empty(), "the day it came is seen to by the import");
    assert_eq!(queued(&mut conn, 1).await, ["aged"]);
    // No server ran on the third day: what began and ended meanwhile is made up for.
    assert_eq!(queued(&mut conn, 4).await, ["aged", "begins", "ends"]);
    assert_eq!(queued(&mut conn, 5).await, ["aged"]);
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_reminder_survives_a_lost_day_and_comes_again_with_the_next_window(owner: PgPool) {
    let world = World::new(owner).await;
    let (id, item) = published(&world).await;
    let mut conn = world.store.system().await.unwrap();
    match_item(&mut conn, id, 0, today(), morning()).await.unwrap();
    let at = |day: i64| (today() + Duration::days(day), morning() + Duration::days(day));
    let mut remind = async |day: i64| queue_deadlines(&mut conn, at(day).0, at(day).1).await.unwrap();
    // The window ends in fourteen days, and nothing ran on the first of them.
    assert_eq!(remind(1).await, 1);
    assert_eq!(remind(2).await, 0);
    assert_eq!(remind(11).await, 1, "three days before");
    assert_eq!(remind(14).await, 0);
    // Next year's window, for which nobody applied yet though somebody did for this one's.
    let mut member = world.member(&world.a).await;
    apply(&world, &mut member, id, &item, Uuid::new_v4(), &[]).await.unwrap();
    let mut next = item.clone();
    next.valid.to = Some(today() + Duration::days(80));
    next.apply.from = Some(today() + Duration::days(40));
    next.apply.to = next.valid.to;
    let mut system = world.store.system().await.unwrap();
    item::import(&mut system, &next, Keeper { staff: None, area: CITY, department: None }, at(30).1).await.unwrap();
    match_item(&mut system, id, 0, at(30).0, at(30).1).await.unwrap();
    assert_eq!((remind(65).await, remind(66).await, remind(67).await), (0, 1, 0));
    drop((conn, member, system));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn reminders_are_queued_on_the_days_the_rule_names(owner: PgPool) {
    let world = World::new(owner).await;
    let (id, item) = published(&world).await;
    let mut conn = world.store.system().await.unwrap();
    match_item(&mut conn, id, 0, today(), morning()).await.unwrap();
    let until = item.apply.to.unwrap();
    for left in -1..=15 {
        let on = until - Duration::days(left);
        sqlx::query("delete from policy_notice").execute(&world.owner).await.unwrap();
        queue_deadlines(&mut conn, on, morning()).await.unwrap();
        let queued: Option<String> =
            sqlx::query_scalar("select kind from policy_notice").fetch_optional(&world.owner).await.unwrap();
        assert_eq!(queued.as_deref(), Occasion::reminder(until, on).map(Occasion::code), "{left} days left");
    }
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn notices_by_sms_wait_for_the_morning_and_codes_wait_for_nothing(owner: PgPool) {
    let world = World::new(owner).await;
    let (id, _) = published(&world).await;
    let mut conn = world.store.system().await.unwrap();
    let mut member = world.member(&world.a).await;
    let by_sms = [Preference { kind: "new".to_owned(), in_app: false, sms: true }];
    choose(&mut member, world.a.person, world.a.id, &by_sms, &[]).await.unwrap();
    let night = domain::calendar::local(morning()).replace_time(time!(23:10));
    match_item(&mut conn, id, 0, today(), night).await.unwrap();
    tell(&mut conn, today(), night, 10).await.unwrap();
    job::enqueue(&mut conn, Kind::Sms, &json!({ "phone": "13800000001" }), night).await.unwrap();
    assert!(job::claim(&mut conn, Kind::SmsNotice, night, 10).await.unwrap().is_empty());
    // The matching of two enterprises and an item is due before it, and is another queue's.
    let codes = job::claim(&mut conn, Kind::Sms, night, 10).await.unwrap();
    assert_eq!(codes.iter().map(|job| job.payload["phone"].as_str().unwrap()).collect::<Vec<_>>(), ["13800000001"]);
    let eight = (night + Duration::days(1)).replace_time(time!(8:00));
    assert!(job::claim(&mut conn, Kind::SmsNotice, eight - Duration::seconds(1), 10).await.unwrap().is_empty());
    assert_eq!(job::claim(&mut conn, Kind::SmsNotice, eight, 10).await.unwrap().len(), 1);
    // Who was told by SMS only was told.
    assert_eq!(world.count("select count(*) from policy_step where step = 'told'").await, 1);
    drop((conn, member));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn of_two_reviewers_at_once_one_decides(owner: PgPool) {
    let world = World::new(owner).await;
    let (id, item) = published(&world).await;
    let mut member = world.member(&world.a).await;
    let number = apply(&world, &mut member, id, &item, Uuid::new_v4(), &[]).await.unwrap();
    let (mut left, mut right) = (world.staff("handler_jianshe").await, world.staff("policy").await);
    let none = Words::default();
    let review = domain::policy::application::Command::Review;
    let (one, two) = tokio::join!(
        command(&mut left, &number, review, &none, "市建设局", today(), morning()),
        command(&mut right, &number, review, &none, "政策编辑", today(), morning())
    );
    assert_eq!(u32::from(one.is_ok()) + u32::from(two.is_ok()), 1);
    assert_eq!(world.count("select count(*) from application_event").await, 2);
    drop((member, left, right));
    world.end().await;
}

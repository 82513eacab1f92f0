//! Whoever owns the database can put the triggers aside, but neither the chains nor the anchors.

use crate::policy::{apply, published, says, today};
use crate::world::{World, accept, answer, dispatch, morning};
use domain::audit::Kind;
use domain::issue::{Command, chain};
use domain::policy::application::Command as Decision;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool};
use store::audit::{Anchor, Break, check, keep, kept, latest, take, walk};
use store::policy::application::{self, Words};
use store::policy::portrait;
use time::Duration;
use uuid::Uuid;

/// An issue with four events, an application with three, the facts of two enterprises.
async fn seed(world: &World) -> (String, String) {
    let now = morning();
    let number = world.file(&world.a, "道路积水", &[], now).await.number;
    world.as_staff("centre_wuxing", &number, &accept(), now + Duration::hours(1)).await;
    world.as_staff("centre_wuxing", &number, &dispatch(world.departments[0], &[]), now + Duration::hours(2)).await;
    world.as_staff("handler_jianshe", &number, &Command::Sign, now + Duration::hours(3)).await;
    let (id, item) = published(world).await;
    let mut member = world.member(&world.a).await;
    portrait::put(&mut member, world.a.id, &[says("attest.core-ip", json!(true))], today(), now).await.unwrap();
    let application = apply(world, &mut member, id, &item, Uuid::new_v4(), &[]).await.unwrap();
    let mut reviewer = world.staff("handler_jianshe").await;
    let staff = Some(world.staff["handler_jianshe"].0);
    for (command, amount) in [(Decision::Review, None), (Decision::Approve, Some(90_000_000))] {
        let words = Words { amount, staff, ..Words::default() };
        application::command(&mut reviewer, &application, command, &words, "市建设局", today(), now).await.unwrap();
    }
    (number, application)
}

async fn broken(world: &World) -> Vec<Break> {
    let mut conn = world.store.system().await.unwrap();
    let (walks, _) = check(&mut conn, None, &[]).await.unwrap();
    walks.into_iter().filter_map(|walk| walk.broken).collect()
}

/// As whoever owns the tables, past every trigger.
async fn as_owner(world: &World, sql: &str) {
    let mut tx = world.owner.begin().await.unwrap();
    tx.execute("set local session_replication_role = replica").await.unwrap();
    tx.execute(AssertSqlSafe(sql.to_owned())).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    tx.commit().await.unwrap();
}

/// Every column of a table with an expression that is another value of it.
async fn altered(world: &World, table: &str) -> Vec<(String, String)> {
    let columns: Vec<(String, String)> = sqlx::query_as(
        "select attname::text, format_type(atttypid, null) from pg_attribute where attrelid = $1::text::regclass and attnum > 0 and not attisdropped",
    )
    .bind(table)
    .fetch_all(&world.owner)
    .await
    .unwrap();
    let other = |(column, kind): (String, String)| {
        let value = match kind.as_str() {
            "smallint" => format!("coalesce({column}, 0) + 1"),
            "integer" | "bigint" => format!("coalesce({column}, 0) + 1000"),
            "timestamp with time zone" => format!("coalesce({column}, now()) + interval '1 microsecond'"),
            "date" => format!("coalesce({column}, current_date) + 1"),
            "text" => format!("coalesce({column}, '') || 'x'"),
            "boolean" => format!("not coalesce({column}, false)"),
            "uuid" => "gen_random_uuid()".to_owned(),
            "bytea" => format!("sha256(coalesce({column}, ''))"),
            "json" | "jsonb" => format!("(coalesce({column}::jsonb, '{{}}') || '{{\"more\": {{\"value\": \"1\"}}}}')::{kind}"),
            "text[]" => format!("array_append({column}, 'x')"),
            "bigint[]" => format!("array_append({column}, 7)"),
            other => panic!("{table}.{column} is {other}: say here how one is altered"),
        };
        (column, value)
    };
    columns.into_iter().map(other).collect()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whichever_column_is_altered_the_event_is_named(owner: PgPool) {
    let world = World::new(owner).await;
    let (number, application) = seed(&world).await;
    assert_eq!(broken(&world).await, []);
    sqlx::query("alter table fact_change alter id drop identity").execute(&world.owner).await.unwrap();
    let mut tried = 0;
    for (table, which, object) in [
        ("issue_event", "issue_id = (select min(issue_id) from issue_event)", number.as_str()),
        ("application_event", "true", &application),
        ("fact_change", "enterprise_id = (select min(enterprise_id) from portrait)", &world.a.uscc),
    ] {
        sqlx::query(AssertSqlSafe(format!("create table kept as select * from {table}"))).execute(&world.owner).await.unwrap();
        for (column, other) in altered(&world, table).await {
            // A scalar in JSON cannot be added to.
            let other = if (table, column.as_str()) == ("fact_change", "value") { "'\"9\"'" } else { &other };
            // A number, or an owner, that is taken already would be no alteration that the table allows.
            let other = match column.as_str() {
                "seq" => "9",
                "issue_id" | "application_id" | "enterprise_id" => "999",
                _ => other,
            };
            as_owner(&world, &format!("update {table} set {column} = {other} where seq = 2 and {which}")).await;
            let found = broken(&world).await;
            let [place] = found.as_slice() else { panic!("{table}.{column}: {found:?}") };
            assert_eq!((place.table, place.object.as_str(), place.seq), (table, object, 2), "{column}: {place:?}");
            as_owner(&world, &format!("delete from {table}; insert into {table} select * from kept")).await;
            tried += 1;
        }
        sqlx::query("drop table kept").execute(&world.owner).await.unwrap();
        assert_eq!(broken(&world).await, [], "{table} is as it was");
    }
    assert!(tried > 25, "{tried}");
    world.end().await;
}

/// What no chain has in it: what is forgotten in time, what follows somebody else's row, what follows the calendar and the clock.
const FREE: &[(&str, &[&str])] = &[
    (
        "issue",
        &["contact_name", "contact_phone", "enterprise_name", "enterprise_station", "board", "warn_at", "late_at", "alarm_at"],
    ),
    ("application", &["contact_name", "contact_phone", "item_area", "department_id"]),
    ("portrait", &["version", "updated_at"]),
];

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_row_that_is_not_what_its_events_say_is_named(owner: PgPool) {
    let world = World::new(owner).await;
    seed(&world).await;
    // Open and queue are altered one without the other, and so are keys.
    let free = "alter table issue drop constraint issue_queue_check, alter id drop identity; alter table application alter id drop identity";
    world.owner.execute(free).await.unwrap();
    for (table, free) in FREE {
        sqlx::query(AssertSqlSafe(format!("create table kept as select * from {table}"))).execute(&world.owner).await.unwrap();
        for (column, other) in altered(&world, table).await {
            let key = if *table == "portrait" { "enterprise_id" } else { "id" };
            let other = if column == key { "999" } else { &other };
            as_owner(&world, &format!("update {table} set {column} = {other} where {key} = (select min({key}) from {table})"))
                .await;
            let found = broken(&world).await;
            let tables: Vec<&str> = found.iter().map(|place| place.table).collect();
            let events = format!("{table}_event");
            let named = matches!(tables.as_slice(), [one] if one == table || *one == events);
            assert_eq!(named, !free.contains(&column.as_str()), "{table}.{column}: {found:?}");
            as_owner(&world, &format!("delete from {table}; insert into {table} select * from kept")).await;
        }
        sqlx::query("drop table kept").execute(&world.owner).await.unwrap();
        assert_eq!(broken(&world).await, [], "{table} is as it was");
    }
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_missing_event_is_named_and_what_was_removed_whole_the_anchor_tells(owner: PgPool) {
    let world = World::new(owner).await;
    let (number, application) = seed(&world).await;
    let mut conn = world.store.system().await.unwrap();
    let anchor = take(&mut conn, morning()).await.unwrap().unwrap();
    let now: Vec<i64> = Kind::ALL.iter().map(|kind| anchor.of(*kind).events).collect();
    assert_eq!((now, anchor.fact.chains), (vec![4, 3, 7], 2));
    // Kept once a day, and read as it was.
    assert!(keep(&mut conn, today(), &anchor).await.unwrap());
    assert!(!keep(&mut conn, today(), &Anchor { pos: 1, ..anchor.clone() }).await.unwrap());
    assert_eq!(latest(&mut conn).await.unwrap(), Some(today()));
    assert_eq!(kept(&mut conn, 9).await.unwrap(), std::slice::from_ref(&anchor));
    let line = serde_json::to_string(&anchor).unwrap();
    assert_eq!(serde_json::from_str::<Anchor>(&line).unwrap(), anchor);
    // The record goes on, and the anchor holds.
    world.as_staff("handler_jianshe", &number, &answer(), morning() + Duration::hours(4)).await;
    world.file(&world.b, "又一件", &[], morning()).await;
    portrait::put(&mut conn, world.b.id, &[says("equipment_investment", json!("1"))], today(), morning()).await.unwrap();
    let held = async |conn: &mut store::Conn| {
        let (walks, held) = check(conn, None, std::slice::from_ref(&anchor)).await.unwrap();
        let places: Vec<Break> = walks.into_iter().filter_map(|walk| walk.broken).collect();
        (places, held.into_iter().flat_map(|held| held.broken).collect::<Vec<_>>())
    };
    assert_eq!(held(&mut conn).await, (vec![], vec![]));
    for (table, object, last, sql) in [
        ("issue_event", number.as_str(), 5, "delete from issue_event where issue_id = 1 and seq = 5".to_owned()),
        ("application_event", &application, 3, "delete from application_event where seq = 3".to_owned()),
        ("portrait", &world.a.uscc, 3, format!("delete from fact_change where enterprise_id = {} and seq = 4", world.a.id)),
    ] {
        as_owner(&world, &sql).await;
        let (places, _) = held(&mut conn).await;
        let place = places.iter().find(|place| place.object == object).unwrap_or_else(|| panic!("{places:?}"));
        assert_eq!((place.table, place.seq), (table, last), "{place:?}");
    }
    // Of the first two the anchor says so, too: the fifth event of the issue came after it.
    let (_, anchors) = held(&mut conn).await;
    assert_eq!(
        anchors.iter().map(|what| what.split(':').next().unwrap()).collect::<Vec<_>>(),
        ["application_event", "fact_change"]
    );
    world.end_of(conn).await;
}

impl World {
    async fn end_of(self, conn: store::Conn) {
        drop(conn);
        self.end().await;
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn who_chains_anew_what_they_altered_is_told_by_the_anchor_alone(owner: PgPool) {
    let world = World::new(owner).await;
    seed(&world).await;
    let mut conn = world.store.system().await.unwrap();
    let anchor = take(&mut conn, morning()).await.unwrap().unwrap();
    // The last event of the application, with everything that belongs to it: the functions are there for whoever owns the database.
    as_owner(&world, "update application_event set actor_name = '别人' where seq = 3").await;
    assert_eq!(broken(&world).await.len(), 1);
    as_owner(
        &world,
        "set local timezone = 'UTC'; update application_event e set link = chained_link(
            (select link from application_event where application_id = e.application_id and seq = 2), 'application_event', to_jsonb(e))
        where seq = 3",
    )
    .await;
    assert_eq!(broken(&world).await, [], "the chain by itself fits again");
    let (_, held) = check(&mut conn, None, &[anchor]).await.unwrap();
    assert!(held[0].broken.len() == 1 && held[0].broken[0].starts_with("application_event"), "{held:?}");
    // An application that is gone without a trace.
    let anchor = take(&mut conn, morning()).await.unwrap().unwrap();
    as_owner(&world, "delete from application_event; delete from application").await;
    assert_eq!(broken(&world).await, []);
    let (_, held) = check(&mut conn, None, &[anchor]).await.unwrap();
    assert!(held[0].broken[0].contains("there were 1 chains of 3 events, 0 and 0 of them are there"), "{held:?}");
    world.end_of(conn).await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_form_knows_neither_the_order_of_keys_nor_the_place_of_a_clock(owner: PgPool) {
    let world = World::new(owner).await;
    seed(&world).await;
    // The same JSON in another order and with other spaces is the same.
    as_owner(&world, "update issue_event set event = event::jsonb::text::json, actor = actor::jsonb::text::json").await;
    assert_eq!(broken(&world).await, []);
    // What says a key twice would be read one way and hashed another.
    as_owner(&world, "update issue_event set event = ('{\"type\": \"closed\", ' || substr(event::text, 2))::json where seq = 2")
        .await;
    let found = broken(&world).await;
    assert!(found.len() == 1 && found[0].seq == 2 && found[0].what.contains("twice"), "{found:?}");
    as_owner(&world, "update issue_event set event = event::jsonb::text::json").await;
    // Whoever writes with another clock, and prints bytes otherwise, writes the same links.
    let mut conn = PgConnection::connect_with(&world.owner.connect_options()).await.unwrap();
    conn.execute("set timezone = 'Asia/Shanghai'; set bytea_output = 'escape'; set qifu.kind = 'system'").await.unwrap();
    let more = "select put_facts($1, '[{\"code\": \"industry\", \"value\": \"C39\", \"on\": \"2026-01-01\"}]', now())";
    sqlx::query(more).bind(world.a.id).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    assert_eq!(broken(&world).await, []);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn only_what_moved_is_looked_at_and_batches_miss_nothing(owner: PgPool) {
    let world = World::new(owner).await;
    let mut conn = world.store.system().await.unwrap();
    let start = morning();
    for n in 0..3 {
        world.file(&world.a, "道路积水", &[], start + Duration::days(n)).await;
    }
    let since = walk(&mut conn, Kind::Issue, Some(start + Duration::days(1)), &[]).await.unwrap();
    assert_eq!((since.chains, since.events), (2, 2));
    // More than a batch, and events without an issue behind the last one.
    sqlx::query(
        "insert into issue overriding system value select (jsonb_populate_record(i, jsonb_build_object(
            'id', 1000 + n, 'number', 'X' || n, 'client_key', gen_random_uuid()))).* from issue i, generate_series(1, 700) n where i.id = 1",
    )
    .execute(&world.owner)
    .await
    .unwrap();
    sqlx::query(
        "insert into issue_event (issue_id, seq, at, kind, actor, actor_name, event)
         select i.id, 1, e.at, e.kind, e.actor, e.actor_name, e.event from issue i, issue_event e where i.number like 'X%' and e.issue_id = 1",
    )
    .execute(&world.owner)
    .await
    .unwrap();
    let all = walk(&mut conn, Kind::Issue, None, &[]).await.unwrap();
    assert_eq!((all.broken, all.chains, all.events), (None, 703, 703));
    as_owner(&world, "delete from issue where number in ('X3', 'X700')").await;
    let gone = walk(&mut conn, Kind::Issue, None, &[]).await.unwrap();
    assert_eq!(gone.chains, 703, "events without a row are still counted");
    assert!(gone.broken.unwrap().what.contains("gone"));
    world.end_of(conn).await;
}

/// What undoes 0018 as far as what it does to rows: then it is applied to rows that were there before.
const UNDONE: &str = "
    drop table audit_anchor, retention_run;
    drop policy message_delete on message;
    drop policy issue_event_audit on issue_event;
    drop policy application_event_audit on application_event;
    drop policy fact_change_audit on fact_change;
    drop function audit_cut(), forget_contacts(timestamptz, integer), file_issue(jsonb, text, text, text, jsonb, uuid[]);
    drop function chain_issue_event(), chain_application_event(), chain_fact_change() cascade;
    drop function chained_link(bytea, text, jsonb), chained_form(jsonb), filed_form(issue), standing_hash(application);
    drop sequence audit_position;
    alter table issue_event drop column pos, drop column link;
    alter table application_event drop column pos, drop column stands, drop column link;
    alter table fact_change drop column seq, drop column pos, drop column link;
    create function file_issue(jsonb, text, text, text, bytea, jsonb, uuid[]) returns void language sql as '';";

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_was_there_before_is_chained_and_its_old_chain_still_looked_at(owner: PgPool) {
    let world = World::new(owner).await;
    seed(&world).await;
    let key: Uuid = sqlx::query_scalar("select client_key from issue").fetch_one(&world.owner).await.unwrap();
    let events: Vec<(i32, time::OffsetDateTime, String, String)> =
        sqlx::query_as("select seq, at, actor::text, event::text from issue_event order by seq")
            .fetch_all(&world.owner)
            .await
            .unwrap();
    let mut last = chain::ROOT;
    for (seq, at, actor, event) in events {
        last = chain::link(&last, &key.to_string(), u32::try_from(seq).unwrap(), at, &actor, &event);
        as_owner(&world, &format!("update issue_event set hash = '\\x{}' where seq = {seq}", hex::encode(last))).await;
    }
    let migration = store::MIGRATOR.iter().find(|migration| migration.version == 18).unwrap();
    let mut conn = PgConnection::connect_with(&world.owner.connect_options()).await.unwrap();
    conn.execute("set timezone = 'Asia/Shanghai'").await.unwrap();
    conn.execute(UNDONE).await.unwrap();
    conn.execute(migration.sql.clone()).await.unwrap();
    conn.close().await.unwrap();
    assert_eq!(broken(&world).await, []);
    let mut system = world.store.system().await.unwrap();
    let anchor = take(&mut system, morning()).await.unwrap().unwrap();
    assert_eq!((anchor.issue.events, anchor.application.events, anchor.fact.events), (4, 3, 7));
    // It goes on from there.
    world.as_staff("handler_jianshe", &world_number(&world).await, &answer(), morning() + Duration::hours(4)).await;
    portrait::put(&mut system, world.b.id, &[says("industry", json!("C39"))], today(), morning()).await.unwrap();
    assert_eq!(broken(&world).await, []);
    // Whoever had altered what was said before the links came is still found by the chain of then.
    as_owner(
        &world,
        "set local timezone = 'UTC'; update issue_event set hash = sha256('') where seq = 4; update issue_event e set link = chained_link(
            (select link from issue_event where issue_id = e.issue_id and seq = 3), 'issue_event', to_jsonb(e)) where seq = 4",
    )
    .await;
    let found = broken(&world).await;
    assert!(found.len() == 1 && found[0].seq == 4 && found[0].what.contains("before"), "{found:?}");
    world.end_of(system).await;
}

async fn world_number(world: &World) -> String {
    sqlx::query_scalar("select number from issue").fetch_one(&world.owner).await.unwrap()
}

/// An anchor says what was there: it waits for whoever writes, and whoever comes meanwhile waits for it, but not for long.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_anchor_waits_for_whoever_writes_and_no_longer_than_two_seconds(owner: PgPool) {
    let world = World::new(owner).await;
    seed(&world).await;
    let mut writer = PgConnection::connect_with(&world.owner.connect_options()).await.unwrap();
    writer
        .execute(
            "begin; insert into fact_change (enterprise_id, code, at) select enterprise_id, 'x', now() from portrait limit 1",
        )
        .await
        .unwrap();
    let mut conn = world.store.system().await.unwrap();
    let busy = take(&mut conn, morning()).await.unwrap_err();
    assert!(matches!(busy, store::StoreError::Busy(_)), "{busy:?}");
    writer.execute("rollback").await.unwrap();
    assert!(take(&mut conn, morning()).await.unwrap().is_ok());
    writer.close().await.unwrap();
    world.end_of(conn).await;
}

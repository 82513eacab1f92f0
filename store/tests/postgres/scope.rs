//! Row-level security: whoever is not in the table below sees, changes and deletes nothing of enterprise A.

use crate::world::{World, accept, answer, dispatch, morning, rate};
use domain::issue::{Command, Meeting, NewTask, Satisfaction};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, PgPool};
use std::collections::{BTreeMap, BTreeSet};
use store::identity::Who;
use store::photo::NewPhoto;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Who sees an issue of A: it was filed in Wuxing, 市建设局 leads, 市生态环境局 assists, a flag is up.
const ISSUE: &str = "member_a station_zhili centre_city centre_wuxing handler_jianshe handler_huanbao \
    supervisor_city supervisor_wuxing leader_city leader_wuxing channel system";
/// The hash of the key that A's issue came in by: who has it is `channel`.
const CHANNEL: &[u8] = b"channel";
/// Who sees an application of A for an item of 市建设局.
pub const APPLICATION: &str = "member_a handler_jianshe policy system";
/// Members of A, and the desks that register them.
const SELF: &str = "member_a unchosen_a station_zhili centre_city centre_wuxing system";
const EVERYBODY: &str = "*";
/// Who reads what is written beside an issue: neither its enterprise nor the stations.
const INTERNAL: &str = "centre_city centre_wuxing handler_jianshe handler_huanbao supervisor_city supervisor_wuxing leader_city leader_wuxing system";
/// Who is told the figures of a month: whoever handles, looks on or rules, each as far as its scope goes.
const SUMS: &str = "centre_city centre_wuxing centre_nanxun handler_jianshe handler_huanbao handler_gongan supervisor_city supervisor_wuxing \
    supervisor_nanxun leader_city leader_wuxing leader_nanxun system";

/// Every table: which of its rows are A's, and who sees these. A table without a row here fails the test.
#[rustfmt::skip]
pub const RULES: &[(&str, &str, &str)] = &[
    ("issue", "enterprise_id = {a}", ISSUE),
    ("issue_event", "true", ISSUE),
    ("issue_search", "true", ISSUE),
    ("photo", "issue_id is not null", ISSUE),
    ("photo", "issue_id is null", "member_a system"),
    ("filing_draft", "enterprise_id = {a}", "member_a system"),
    ("message", "person_id = {person}", "member_a unchosen_a system"),
    ("message", "staff_id = {jianshe}", "handler_jianshe system"),
    ("enterprise", "id = {a}", "member_a unchosen_a station_zhili centre_city centre_wuxing handler_jianshe handler_huanbao \
        supervisor_city supervisor_wuxing leader_city leader_wuxing channel policy system"),
    ("policy_attribute", "true", EVERYBODY),
    ("policy_tag", "true", EVERYBODY),
    ("policy_question", "true", EVERYBODY),
    ("policy_document", "true", EVERYBODY),
    ("policy_item", "true", EVERYBODY),
    ("policy_version", "state = 'published'", EVERYBODY),
    ("policy_version", "state = 'draft'", "policy system"),
    ("portrait", "enterprise_id = {a}", "member_a policy system"),
    ("fact_change", "enterprise_id = {a}", "member_a policy system"),
    ("policy_match", "enterprise_id = {a}", "member_a policy system"),
    ("policy_step", "enterprise_id = {a}", "member_a policy system"),
    ("policy_notice", "true", "system"),
    ("policy_digest", "true", "system"),
    ("policy_preference", "person_id = {person}", "member_a system"),
    ("policy_subscription", "person_id = {person}", "member_a system"),
    ("policy_question_asked", "true", "member_a system"),
    ("application", "enterprise_id = {a}", APPLICATION),
    ("application_event", "true", APPLICATION),
    ("application_file", "application_id is not null", APPLICATION),
    ("application_file", "application_id is null", "member_a system"),
    ("application_prepared", "true", "member_a system"),
    ("application_count", "true", APPLICATION),
    ("desk_view", "staff_id = {jianshe}", "handler_jianshe system"),
    ("answer_template", "true", "handler_jianshe admin system"),
    ("issue_note", "true", INTERNAL),
    ("issue_presence", "true", INTERNAL),
    ("issue_opening", "true", "centre_city centre_wuxing supervisor_city supervisor_wuxing leader_city leader_wuxing system"),
    ("substitution", "true", "handler_jianshe system"),
    ("issue_assignment", "true", "handler_jianshe system"),
    ("bulk_run", "true", "handler_jianshe system"),
    ("notice_route", "true", "admin system"),
    ("notice_address", "person_id = {person}", "member_a unchosen_a system"),
    ("notice_address", "staff_id = {jianshe}", "handler_jianshe system"),
    ("notice_delivery", "true", "admin system"),
    ("route_count", "true", "centre_city centre_wuxing centre_nanxun admin system"),
    ("cluster", "true", "centre_city centre_wuxing handler_jianshe system"),
    ("cluster_issue", "true", "centre_city centre_wuxing handler_jianshe system"),
    ("cluster_day", "true", "centre_wuxing system"),
    ("cluster_found", "true", "centre_wuxing system"),
    ("api_key", "true", "admin system"),
    ("issue_upward", "true", INTERNAL),
    ("upward_reply", "true", INTERNAL),
    ("meeting", "true", "centre_city centre_wuxing system"),
    ("meeting_issue", "true", "centre_city centre_wuxing system"),
    ("api_filing", "true", "channel system"),
    ("api_external", "true", "channel system"),
    ("api_answer", "true", "channel system"),
    ("api_webhook", "true", "admin channel system"),
    ("api_webhook_secret", "true", "system"),
    ("api_delivery", "true", "admin channel system"),
    ("typical_case", "true", EVERYBODY),
    ("typical_case_source", "true", "centre_city centre_wuxing system"),
    ("issue_task", "true", "centre_city centre_wuxing handler_jianshe handler_huanbao supervisor_city supervisor_wuxing leader_city leader_wuxing system"),
    ("indicator_day", "true", "centre_city centre_wuxing handler_jianshe supervisor_city supervisor_wuxing leader_city leader_wuxing system"),
    ("indicator_stale", "true", SUMS),
    ("indicator_rolled", "true", SUMS),
    ("issue_measure", "true", "centre_city centre_wuxing handler_jianshe supervisor_city supervisor_wuxing leader_city leader_wuxing system"),
    ("indicator_snapshot", "kind = 'city'", SUMS),
    ("indicator_snapshot", "kind = 'area'", SUMS),
    (
        "work_figure",
        "true",
        "centre_city centre_wuxing centre_nanxun supervisor_city supervisor_wuxing supervisor_nanxun leader_city leader_wuxing \
            leader_nanxun admin system",
    ),
    ("membership", "enterprise_id = {a}", SELF),
    ("membership_event", "enterprise_id = {a}", "member_a station_zhili centre_city centre_wuxing system"),
    ("person", "id = {person}", SELF),
    ("outbox", "true", "system"),
    ("desk_tally", "true", "system"),
    ("desk_mark", "true", "system"),
    ("staff", "true", "admin system"),
    ("session", "true", "system"),
    ("known_browser", "true", "system"),
    ("outbox_aside", "true", "system"),
    ("application_moved", "true", "system"),
    ("second_factor", "true", "system"),
    ("recovery_code", "true", "system"),
    ("half_sign_in", "true", "system"),
    ("security_event", "true", "admin system"),
    ("policy_library_change", "true", "policy system"),
    ("login_code", "true", "system"),
    ("rate_limit", "true", "system"),
    ("audit_anchor", "true", "system"),
    ("retention_run", "true", "system"),
    ("retention_setting", "true", EVERYBODY),
    ("job", "true", "system"),
    ("area", "true", EVERYBODY),
    ("department", "true", EVERYBODY),
    ("station", "true", EVERYBODY),
    ("calendar_day", "true", EVERYBODY),
    ("limit_version", "true", EVERYBODY),
    ("catalogue_board", "true", "admin system"),
    ("catalogue_category", "true", "admin system"),
    ("catalogue_responsible", "true", "admin system"),
    ("notice_text", "true", "admin system"),
    ("issue_day", "true", EVERYBODY),
    ("setting_change", "true", "admin system"),
    ("setting_due", "true", "admin system"),
    ("_sqlx_migrations", "true", ""),
];

/// Of these everybody reads every row, and only the system writes …
const REFERENCE: &[&str] = &["area", "department", "station", "calendar_day", "limit_version", "issue_day"];
/// … and of these the city's administrator does (a district's: `administration.rs`).
const KEPT: &[&str] = &["area", "department", "station"];

/// One issue of A that went round and came back, and a row in every other table.
pub async fn seed(world: &World) {
    let now = morning();
    let (attached, pending) = (Uuid::new_v4(), Uuid::new_v4());
    let mut conn = world.member(&world.a).await;
    for id in [attached, pending] {
        let (enterprise, person) = (world.a.id, Some(world.a.person));
        let new =
            NewPhoto { id, enterprise, person, staff: None, width: 9, height: 9, bytes: 9, document: None, meant_for: None };
        store::photo::add(&mut conn, &new, now).await.unwrap();
    }
    let fields = vec![("text".to_owned(), "还没提交".to_owned())];
    let (enterprise, person) = (world.a.id, Some(world.a.person));
    let draft = store::filing::Draft { id: Uuid::new_v4(), enterprise, person, staff: None, fields, photos: vec![pending] };
    store::filing::keep(&mut conn, &draft, now).await.unwrap();
    drop(conn);
    let number = world.file(&world.a, "道路积水", &[attached], now).await.number;
    let [jianshe, huanbao, _] = world.departments;
    world.as_staff("centre_wuxing", &number, &accept(), now).await;
    world.as_staff("centre_wuxing", &number, &dispatch(jianshe, &[huanbao]), now).await;
    world.as_staff("handler_jianshe", &number, &Command::Sign, now).await;
    world.as_staff("handler_huanbao", &number, &Command::Part { text: "已查过排口，没有偷排".to_owned() }, now).await;
    world.as_staff("handler_jianshe", &number, &answer(), now).await;
    world.as_member(&world.a, &number, &rate(Satisfaction::Dissatisfied), now).await;
    let mut system = world.store.system().await.unwrap();
    while store::outbox::drain(&mut system, now, 100).await.unwrap() > 0 {}
    world.as_staff("handler_jianshe", &number, &Command::Sign, now).await;
    let words = || "重排雨水管，月底前完工".to_owned();
    let task = NewTask { department: jianshe, what: words(), days: 5 };
    let meeting = Meeting { held: now.date(), who: words(), decisions: words(), told: words(), tasks: vec![task] };
    world.as_staff("centre_wuxing", &number, &Command::Consult(meeting), now).await;
    store::identity::put_login_code(&mut system, "13800000001", b"browser", b"hash", now).await.unwrap();
    let who = store::identity::Who::Person(world.a.person, None);
    store::identity::know_browser(&mut system, b"browser", who, now).await.unwrap();
    store::identity::hit_rate_limit(&mut system, "code:13800000001", Duration::minutes(1), 1, now).await.unwrap();
    store::job::enqueue(&mut system, store::job::Kind::Sms, &serde_json::json!({"phone": "13800000001"}), now).await.unwrap();
    let policy = world.staff["policy"].0;
    store::identity::offer_factor(&mut system, policy, b"secret", now).await.unwrap();
    store::identity::put_recovery_codes(&mut system, policy, &[b"hash".to_vec()]).await.unwrap();
    store::identity::begin_half_sign_in(&mut system, b"browser", policy, "/desk", now).await.unwrap();
    let text = String::new;
    let who = Some(store::identity::Who::Staff(policy));
    let event = store::security::Event {
        kind: domain::security::Kind::SignedIn,
        who,
        subject: text(),
        detail: text(),
        network: text(),
        request: text(),
    };
    store::security::record(&mut system, &event, now).await.unwrap();
    let day = now.date();
    store::terms::seed(&mut system).await.unwrap();
    let own = "insert into catalogue_responsible (category, area, from_day, since, department)
        values ('street', 330502, '2026-01-01', '2026-01-01', 'jianshe')";
    sqlx::query(own).execute(&world.owner).await.unwrap();
    let text = "insert into notice_text (code, from_day, title, body) values ('enterprise_accepted', '2026-01-01', '已受理', '')";
    sqlx::query(text).execute(&world.owner).await.unwrap();
    sqlx::query("insert into calendar_day (day, working) values ($1, false)").bind(day).execute(&world.owner).await.unwrap();
    let aside = "insert into outbox_aside (issue_id, notices, error, at) select id, '[]', 'x', now() from issue limit 1";
    sqlx::query(aside).execute(&world.owner).await.unwrap();
    crate::administration::plan_something(world).await;
    let kept = "insert into retention_setting (kind, from_day, days, change_id) select 'message_read', '2026-01-01', 400, min(id)
        from setting_change";
    sqlx::query(kept).execute(&world.owner).await.unwrap();
    crate::policy::seed(world).await;
    let moved = "insert into application_moved (application_id) select id from application limit 1";
    sqlx::query(moved).execute(&world.owner).await.unwrap();
    let ready =
        "insert into application_prepared (enterprise_id, item_id, person_id, person_name, contact_name, contact_phone, note, at)
        select enterprise_id, item_id, person_id, 'x', 'x', 'x', '', now() from application limit 1";
    sqlx::query(ready).execute(&world.owner).await.unwrap();
    // Before issues of persons are given to a key below, which an audit names.
    let anchor = store::audit::take(&mut system, now).await.unwrap().unwrap();
    store::audit::keep(&mut system, day, &anchor).await.unwrap();
    for own in [
        "insert into application_count (application_id, seq, attribute, counts) select id, seq, 'revenue', 'recorded' from application limit 1",
        "insert into indicator_day select '2026-09-01', 330502, 'other', department_id, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
            from staff where login = 'handler_jianshe'",
        "insert into indicator_stale (day) values ('2026-09-01')",
        "insert into indicator_rolled (through) values ('2026-09-01')",
        "insert into indicator_snapshot (month, kind, key, counts, settled_at)
            values ('2026-01-01', 'city', '', '{}', now()), ('2026-01-01', 'area', '330502', '{}', now())",
        "insert into work_figure (month, area, indicator, value, change_id) select '2026-01-01', 330502, 'visits', 3, min(id) from setting_change",
        "insert into api_key (name, hash, channel, created_at) values ('x', 'channel', 'hotline', now()), ('y', 'other', 'upper', now())",
        "update issue set key_id = (select id from api_key where name = 'x')",
        "insert into api_filing (issue_id, key_id, client_key) select id, key_id, gen_random_uuid() from issue limit 1",
        "insert into api_external (key_id, external_id, issue_id, request) select key_id, 'GD-1', id, '\\x00' from issue limit 1",
        "insert into issue_upward (issue_id, passed_at, staff_id, staff_name, reason)
            select i.id, now(), s.id, 'x', '要省里协调' from issue i, staff s where s.login = 'centre_wuxing' limit 1",
        "insert into upward_reply (issue_id, external_id, body, done, created_at) select issue_id, 'ZJ-1', '已转省里研究', false, now()
            from issue_upward",
        "insert into meeting (area, name, held, created_at, staff_id, staff_name)
            select 330502, '恳谈会', now(), now(), id, 'x' from staff where login = 'centre_wuxing'",
        "insert into meeting_issue (meeting_id, place, issue_id, request) select m.id, 1, i.id, '\\x00' from meeting m, issue i limit 1",
        "insert into api_answer (key_id, mark, request, at) select id, 'm-1', '\\x00', now() from api_key where name = 'x'",
        "insert into api_webhook (key_id, url, created_at) select id, 'https://example.com/', now() from api_key where name = 'x'",
        "insert into api_webhook_secret (webhook_id, secret) select id, 'x' from api_webhook",
        "insert into api_delivery (webhook_id, key_id, issue_id, number, seq, kind, at, due_at)
            select w.id, w.key_id, i.id, i.number, 1, 'submitted', now(), now() from api_webhook w, issue i limit 1",
        "insert into typical_case (title, problem, answer, rule, category, area, requested_at, closed_at, published_at)
            values ('x', 'x', 'x', 'x', 'x', 330502, now(), now(), now())",
        "insert into typical_case_source (case_id, issue_id) select c.id, i.id from typical_case c, issue i limit 1",
        "insert into answer_template (department_id, title, body, changed_at, changed_by)
            select department_id, '积水', '{企业}反映的问题已经办理', now(), 'x' from staff where login = 'handler_jianshe'",
        "insert into issue_note (issue_id, staff_id, author, body, created_at)
            select i.id, s.id, 'x', '内部的话', now() from issue i, staff s where s.login = 'handler_jianshe' limit 1",
        "insert into issue_presence (issue_id, staff_id, name, opened_at)
            select i.id, s.id, 'x', now() from issue i, staff s where s.login = 'handler_jianshe' limit 1",
        "insert into issue_opening (issue_id, staff_id, office, name, first_at, last_at)
            select i.id, s.id, 'x', 'x', now(), now() from issue i, staff s where s.login = 'handler_jianshe' limit 1",
        "insert into substitution (office, absent_id, absent_name, substitute_id, substitute_name, from_day, to_day, reason, created_at)
            select 'handler:' || a.department_id, a.id, 'x', b.id, 'x', now(), now(), 'x', now() from staff a, staff b
            where a.login = 'handler_jianshe' and b.login = 'handler_huanbao'",
        "insert into issue_assignment (issue_id, office, staff_id, staff_name, at)
            select i.id, 'handler:' || s.department_id, s.id, 'x', now() from issue i, staff s where s.login = 'handler_jianshe' limit 1",
        "insert into bulk_run (id, staff_id, command, at, lines)
            select gen_random_uuid(), id, 'x', now(), '[]' from staff where login = 'handler_jianshe'",
        "insert into notice_route (step, audience, channel, told, changed_at, changed_by) values ('signed', 'enterprise', 'mail', true, now(), 'x')",
        "insert into notice_address (person_id, mail, changed_at) select min(id), 'x@example.com', now() from person where phone = '13800000001'",
        "insert into notice_address (staff_id, mail, changed_at) select id, 'x@example.com', now() from staff where login = 'handler_jianshe'",
        "insert into notice_delivery (at, issue_id, number, area, step, audience, channel, address, state, due_at)
            select now(), id, number, area, 'signed', 'enterprise', 'mail', 'x', 'dead', now() from issue limit 1",
        "insert into cluster (title, area, department_id, created_at, created_by)
            select '路面积水', 330502, h.department_id, now(), c.id from staff h, staff c where h.login = 'handler_jianshe' and c.login = 'centre_wuxing'",
        "insert into cluster_issue (cluster_id, issue_id, score) select c.id, i.id, 80 from cluster c, issue i limit 1",
        "insert into cluster_day (day, area, found, looked_at) values ('2026-01-01', 330502, 1, now())",
        "insert into cluster_found (area, issue_id, first_issue, score, found_at) select 330502, id, id, 100, now() from issue limit 1",
        "insert into desk_view (staff_id, name, query, created_at) select id, '超期', 'queue=late', now() from staff where role = 'handler'",
    ] {
        sqlx::query(own).execute(&world.owner).await.unwrap();
    }
    store::retention::note(&mut system, &domain::retention::RULES[0], day, 1, now).await.unwrap();
}

/// Sign-ins of everybody, as they happen: a session, then `open_session` under the role of the process.
pub async fn everybody(world: &World) -> BTreeMap<String, Option<Vec<u8>>> {
    let mut all = BTreeMap::new();
    for (name, who) in [
        ("member_a", Who::Person(world.a.person, Some(world.a.id))),
        ("unchosen_a", Who::Person(world.a.person, None)),
        ("member_b", Who::Person(world.b.person, Some(world.b.id))),
    ] {
        all.insert(name.to_owned(), Some(world.session(who).await));
    }
    for (login, (id, _)) in &world.staff {
        all.insert((*login).to_owned(), Some(world.session(Who::Staff(*id)).await));
    }
    all.insert("channel".to_owned(), Some(CHANNEL.to_vec()));
    all.insert("other_channel".to_owned(), Some(b"other".to_vec()));
    all.insert("nobody".to_owned(), Some(b"a token that was never given".to_vec()));
    all.insert("system".to_owned(), None);
    all
}

/// Makes a raw connection what the process would have for this session; without one, the system.
pub async fn take_scope(conn: &mut PgConnection, session: Option<&[u8]>) {
    sqlx::query("set role qifu_app").execute(&mut *conn).await.unwrap();
    match session {
        Some(hash) if hash == CHANNEL || hash == b"other" => sqlx::query("select * from open_key($1, $2, false)")
            .bind(hash)
            .bind(OffsetDateTime::now_utc())
            .execute(&mut *conn)
            .await
            .unwrap(),
        Some(hash) => sqlx::query("select * from open_session($1, $2, '30 days'::interval)")
            .bind(hash)
            .bind(OffsetDateTime::now_utc())
            .execute(&mut *conn)
            .await
            .unwrap(),
        None => sqlx::query("select set_scope('system', null, null, null, null, null, null)").execute(&mut *conn).await.unwrap(),
    };
}

/// The condition of a rule, with the ids of this world.
pub fn whose(world: &World, condition: &str) -> String {
    condition
        .replace("{a}", &world.a.id.to_string())
        .replace("{person}", &world.a.person.to_string())
        .replace("{jianshe}", &world.staff["handler_jianshe"].0.to_string())
}

/// Rows a statement reaches; a right that is not granted reaches none. Nothing stays.
pub async fn reached(conn: &mut PgConnection, sql: String, select: bool) -> i64 {
    let mut tx = conn.begin().await.unwrap();
    let result = if select {
        sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql)).fetch_one(&mut *tx).await
    } else {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *tx).await.map(|done| i64::try_from(done.rows_affected()).unwrap())
    };
    tx.rollback().await.unwrap();
    match result {
        Ok(rows) => rows,
        Err(error) => match error.as_database_error().and_then(|e| e.code()).as_deref() {
            Some("42501") => 0,
            // A row that another one needs, that the trigger keeps or whose key is taken was reached all the same.
            Some("23503" | "23001" | "23505") => 1,
            _ => panic!("{error}"),
        },
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn strangers_reach_nothing_in_any_table(owner: PgPool) {
    let world = World::new(owner).await;
    seed(&world).await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')",
    )
    .fetch_all(&world.owner)
    .await
    .unwrap();
    let ruled: BTreeSet<&str> = RULES.iter().map(|rule| rule.0).collect();
    let there: BTreeSet<&str> = tables.iter().map(String::as_str).collect();
    assert_eq!(ruled, there, "every table has its rule here, and every rule its table");

    let everybody = everybody(&world).await;
    for name in RULES.iter().flat_map(|rule| rule.2.split_whitespace()) {
        assert!(name == EVERYBODY || everybody.contains_key(name), "{name} is somebody");
    }
    let mut wrong = Vec::new();
    for (name, session) in &everybody {
        let mut conn = PgConnection::connect_with(&world.owner.connect_options()).await.unwrap();
        take_scope(&mut conn, session.as_deref()).await;
        for (table, whose, readers) in RULES {
            let whose = self::whose(&world, whose);
            let reads = *readers == EVERYBODY || readers.split_whitespace().any(|reader| reader == name);
            let seen = reached(&mut conn, format!("select count(*) from {table} where {whose}"), true).await;
            if reads != (seen > 0) {
                wrong.push(format!("{name} sees {seen} rows of {table} where {whose}"));
            }
            let keeps = name == "admin" && KEPT.contains(table);
            if name == "system" || keeps || (reads && !REFERENCE.contains(table)) {
                continue;
            }
            let column: String = sqlx::query_scalar(
                "select attname::text from pg_attribute where attrelid = $1::text::regclass and attnum > 0 and attidentity = '' limit 1",
            )
            .bind(table)
            .fetch_one(&world.owner)
            .await
            .unwrap();
            for sql in [
                format!("update {table} set {column} = {column} where {whose}"),
                format!("delete from {table} where {whose}"),
                // Without a condition no right to read is asked for.
                format!("delete from {table}"),
            ] {
                let own = sql.ends_with(table) && !REFERENCE.contains(table);
                // Strangers may have rows of their own here; of A's none may go.
                let changed = if own {
                    lost(&world, &mut conn, &sql, table, &whose).await
                } else {
                    reached(&mut conn, sql.clone(), false).await
                };
                if changed > 0 {
                    wrong.push(format!("{name}: {sql} reached {changed} rows"));
                }
            }
        }
        conn.close().await.unwrap();
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    world.end().await;
}

/// How many of A's rows a statement would remove.
async fn lost(world: &World, conn: &mut PgConnection, sql: &str, table: &str, whose: &str) -> i64 {
    let mut tx = conn.begin().await.unwrap();
    let done = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut *tx).await;
    let mut left = 0;
    if done.is_ok() {
        sqlx::query("reset role").execute(&mut *tx).await.unwrap();
        let count = format!("select count(*) from {table} where {whose}");
        left = sqlx::query_scalar::<_, i64>(AssertSqlSafe(count)).fetch_one(&mut *tx).await.unwrap();
    }
    tx.rollback().await.unwrap();
    let before = world.count(&format!("select count(*) from {table} where {whose}")).await;
    if done.is_ok() { before - left } else { 0 }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_role_of_the_process_owns_nothing(owner: PgPool) {
    let owned: i64 = sqlx::query_scalar(
        "select (select count(*) from pg_class where relowner = r.oid) + (select count(*) from pg_proc where proowner = r.oid)
            + (select count(*) from pg_namespace where nspowner = r.oid)
         from pg_roles r where rolname = $1 and not rolsuper and not rolbypassrls and not rolcreaterole and not rolcreatedb",
    )
    .bind(store::APP_ROLE)
    .fetch_one(&owner)
    .await
    .unwrap();
    assert_eq!(owned, 0);
    // Functions with the owner's rights step over the policies: each is here because somebody has thought about it.
    let definer: Vec<String> = sqlx::query_scalar(
        "select proname::text from pg_proc where pronamespace = 'public'::regnamespace and prosecdef order by proname",
    )
    .fetch_all(&owner)
    .await
    .unwrap();
    let known = [
        "add_agent",
        "area_enterprises",
        "audit_cut",
        "begin_measure",
        "chain_application_event",
        "chain_fact_change",
        "chain_issue_event",
        "choose_issue_sms",
        "colleagues",
        "contact_for_key",
        "count_route",
        "covers_enterprise",
        "covers_person",
        "decide_library_change",
        "desk_counts",
        "desk_figures",
        "desk_view_most",
        "end_sessions_of_staff",
        "enter_enterprise",
        "enterprise_at_meeting",
        "enterprise_for_key",
        "exchanges",
        "filings_of_key",
        "forget_address",
        "forget_contacts",
        "forget_security_events",
        "forget_staff_tries",
        "hand_over_work",
        "home_page",
        "is_owner",
        "issue_page",
        "issue_readers",
        "issue_year",
        "issues_at_station",
        "issues_of_contact",
        "issues_of_station",
        "issues_owed_by",
        "issues_with_co",
        "keep_filed",
        "leave_office",
        "make_owner",
        "match_item_soon",
        "next_issue_number",
        "note_application_moved",
        "note_opening",
        "note_step",
        "open_key",
        "open_session",
        "pass_issue",
        "passed_upward",
        "policy_questions",
        "prepare_application",
        "project_issue",
        "put_facts",
        "put_measure",
        "put_substitution",
        "put_tasks",
        "receive_upward",
        "record_security",
        "register_member",
        "remove_member",
        "reply_upward",
        "reset_staff_factor",
        "roll_indicators",
        "search_issues",
        "sessions_beside",
        "staff_factor",
        "staff_in_browser",
        "staff_tries",
        "staff_work",
        "strike_member",
        "tell_applicant",
        "tell_editors",
        "tell_issues",
        "write_filing",
    ];
    assert_eq!(definer, known);
    // Those that every page calls save the time that fixing the path takes: they name their tables with the schema (below).
    let named = [
        "desk_counts",
        "home_page",
        "issue_page",
        "issue_year",
        "next_issue_number",
        "open_session",
        "project_issue",
        "sessions_beside",
        "write_filing",
    ];
    let loose: Vec<String> = sqlx::query_scalar(
        "select proname::text from pg_proc where pronamespace = 'public'::regnamespace and prosecdef and proname <> all ($1)
         and not coalesce(proconfig::text like '%search_path%', false)",
    )
    .bind(named)
    .fetch_all(&owner)
    .await
    .unwrap();
    assert!(loose.is_empty(), "without a fixed search_path: {loose:?}");
    // Nothing but temporary tables can be put in their way.
    let creates: bool = sqlx::query_scalar(
        "select has_database_privilege($1, current_database(), 'create')
            or exists (select from pg_namespace where nspname !~ '^pg_temp' and has_schema_privilege($1, oid, 'create'))",
    )
    .bind(store::APP_ROLE)
    .fetch_one(&owner)
    .await
    .unwrap();
    assert!(!creates, "the role makes objects that functions could meet");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn no_function_is_fooled_by_the_callers_own_tables(owner: PgPool) {
    let world = World::new(owner).await;
    let number = world.file(&world.a, "道路积水", &[], morning()).await.number;
    let hash = world.session(Who::Person(world.a.person, Some(world.a.id))).await;
    let centre = world.session(Who::Staff(world.staff["centre_city"].0)).await;
    // A connection with an empty table in the way of every real one.
    let tables: Vec<String> =
        sqlx::query_scalar("select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'")
            .fetch_all(&world.owner)
            .await
            .unwrap();
    let mut raw = PgConnection::connect_with(&world.owner.connect_options()).await.unwrap();
    for table in tables.iter().filter(|table| !table.starts_with('_')) {
        let sql = format!("create temporary table {table} (like public.{table} including defaults)");
        sqlx::query(AssertSqlSafe(sql)).execute(&mut raw).await.unwrap();
    }
    sqlx::query("grant all on all tables in schema pg_temp to qifu_app").execute(&mut raw).await.unwrap();
    sqlx::query("set role qifu_app").execute(&mut raw).await.unwrap();
    for (session, people) in [(&hash, "person_name"), (&centre, "staff_name")] {
        let sql = format!("select {people} from open_session($1, $2, '30 days')");
        let found: Option<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(session)
            .bind(OffsetDateTime::now_utc())
            .fetch_one(&mut raw)
            .await
            .unwrap();
        assert!(found.is_some());
        let title: String =
            sqlx::query_scalar("select title from issue_page($1)").bind(&number).fetch_one(&mut raw).await.unwrap();
        assert_eq!(title, "道路积水");
    }
    let opened: i64 = sqlx::query_scalar("select opened from desk_counts(now())").fetch_one(&mut raw).await.unwrap();
    assert_eq!(opened, 1);
    let open: i64 = sqlx::query_scalar("select count(*) from sessions_beside($1, $2)")
        .bind(&hash)
        .bind(OffsetDateTime::now_utc())
        .fetch_one(&mut raw)
        .await
        .unwrap();
    assert_eq!(open, 2);
    raw.close().await.unwrap();
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn not_even_the_owner_rewrites_an_event(owner: PgPool) {
    let world = World::new(owner).await;
    world.file(&world.a, "道路积水", &[], morning()).await;
    for sql in ["update issue_event set actor_name = '别人'", "delete from issue_event", "truncate issue_event"] {
        let error = sqlx::query(sql).execute(&world.owner).await.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().code().unwrap(), "23001", "{sql}");
    }
    assert_eq!(world.count("select count(*) from issue_event where actor_name = '陈伟'").await, 1);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_connection_never_keeps_a_strangers_scope(owner: PgPool) {
    let world = World::with_connections(owner, 1).await;
    let number = world.file(&world.a, "道路积水", &[], morning()).await.number;
    // One connection: whoever comes next gets the very one A has just used.
    let sees = async |mut conn: store::Conn| store::issue::versions(&mut conn, &number).await.is_ok();
    assert!(sees(world.member(&world.a).await).await);
    assert!(!sees(world.store.anonymous().await.unwrap()).await);
    assert!(sees(world.member(&world.a).await).await);
    assert!(!sees(world.member(&world.b).await).await);
    assert!(sees(world.store.system().await.unwrap()).await);
    let (conn, session) = world.store.open_session(b"never given", OffsetDateTime::now_utc()).await.unwrap();
    assert!(session.is_none());
    assert!(!sees(conn).await);
    world.end().await;
}

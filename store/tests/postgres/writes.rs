//! The other half of row-level security: of those who see a row of enterprise A, who may write it, and who may add another.

use crate::scope::{APPLICATION, RULES, everybody, reached, seed, take_scope, whose};
use crate::world::{World, morning};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, PgPool};
use std::collections::BTreeSet;

const READING: &str = "member_a station_zhili centre_city centre_wuxing handler_jianshe handler_huanbao \
    supervisor_city supervisor_wuxing leader_city leader_wuxing channel system";
const SYSTEM: &str = "system";

/// Besides the system: table and rows as in the rules of reading, who adds such a row, who changes one, and which columns of it.
#[rustfmt::skip]
const WRITERS: &[(&str, &str, &str, &str, &[&str])] = &[
    // `version` is never set by hand: the right is what `for update` asks for.
    // It is added by write_filing, in the name of whoever files.
    ("issue", "enterprise_id = {a}", SYSTEM, READING, &["version"]),
    // Leaders instruct and supervision asks: which command is whose, the rules decide (domain::issue::table).
    ("issue_event", "true", READING, "", &[]),
    ("filing_draft", "enterprise_id = {a}", "member_a system", "member_a system", &["*"]),
    ("application_count", "true", "handler_jianshe policy system", "", &[]),
    ("desk_view", "staff_id = {jianshe}", "handler_jianshe system", "", &[]),
    ("answer_template", "true", "admin handler_jianshe system", "admin handler_jianshe system",
        &["title", "body", "changed_at", "changed_by", "gone_at"]),
    // In one's own name, and for ever.
    ("issue_note", "true", "handler_jianshe system", "", &[]),
    ("issue_presence", "true", "handler_jianshe system", "handler_jianshe system", &["*"]),
    // Begun by a function alone, which asks who is a colleague.
    // By a function alone, in one's own name.
    ("issue_opening", "true", "", "", &[]),
    ("substitution", "true", "", "handler_jianshe system", &["ended_at"]),
    ("issue_assignment", "true", "", "", &[]),
    ("bulk_run", "true", "handler_jianshe system", "handler_jianshe system", &["lines"]),
    ("notice_route", "true", "admin system", "admin system", &["*"]),
    ("notice_address", "person_id = {person}", "member_a unchosen_a system", "member_a unchosen_a system", &["*"]),
    ("notice_address", "staff_id = {jianshe}", "handler_jianshe system", "handler_jianshe system", &["*"]),
    // Written by the outbox; an administrator asks for another try.
    ("notice_delivery", "true", SYSTEM, "admin system", &["*"]),
    // By a function alone, with the command that says so.
    ("route_count", "true", "", "", &[]),
    // Put together in one's own name.
    ("cluster", "true", "centre_wuxing system", "centre_city centre_wuxing handler_jianshe system",
        &["department_id", "answered_at", "answered_by", "case_id"]),
    ("cluster_issue", "true", "centre_city centre_wuxing system", "centre_city centre_wuxing handler_jianshe system", &["done", "said"]),
    // By whichever server looks first.
    ("cluster_day", "true", SYSTEM, SYSTEM, &["found"]),
    ("cluster_found", "true", SYSTEM, "", &[]),
    ("api_key", "true", "admin system", "admin system", &["hash", "used_at", "revoked_at", "revoked_by"]),
    // In one's own name; received by a function alone.
    ("issue_upward", "true", "centre_wuxing system", "", &[]),
    ("upward_reply", "true", "", "", &[]),
    ("meeting", "true", "centre_wuxing system", "", &[]),
    ("meeting_issue", "true", "centre_city centre_wuxing system", "", &[]),
    ("api_filing", "true", "channel system", "", &[]),
    ("api_external", "true", "channel system", "", &[]),
    ("api_answer", "true", "channel system", "channel system", &["*"]),
    ("api_webhook", "true", "channel system", "admin channel system", &["ended_at"]),
    // Written once, read by the worker.
    ("api_webhook_secret", "true", "channel system", "", &[]),
    // Planned by the outbox; a key ends what is under way to an address that it removes, an administrator has it tried again.
    ("api_delivery", "true", SYSTEM, "admin channel system", &["state", "attempts", "status", "error", "due_at", "done_at"]),
    // The row itself once more would be in nobody's name.
    ("typical_case", "true", SYSTEM, "centre_city centre_wuxing system", &["withdrawn_at", "withdrawn_by"]),
    ("typical_case_source", "true", "centre_city centre_wuxing system", "", &[]),
    // Settled once by whichever server is first.
    ("indicator_snapshot", "kind = 'city'", SYSTEM, "", &[]),
    ("indicator_snapshot", "kind = 'area'", SYSTEM, "", &[]),
    ("work_figure", "true", "admin system", "", &[]),
    // Written by functions alone, in the transaction of a command.
    ("issue_measure", "true", "", "", &[]),
    ("indicator_day", "true", "", "", &[]),
    ("indicator_stale", "true", "", "", &[]),
    ("indicator_rolled", "true", "", "", &[]),
    ("issue_task", "true", "", "", &[]),
    ("photo", "issue_id is null", "member_a system", "member_a system", &["*"]),
    ("message", "person_id = {person}", SYSTEM, "member_a unchosen_a system", &["read_at"]),
    ("message", "staff_id = {jianshe}", SYSTEM, "handler_jianshe system", &["read_at"]),
    ("desk_mark", "true", "", SYSTEM, &["*"]),
    ("photo", "issue_id is not null", READING, SYSTEM, &["*"]),
    // By two people: `decide_library_change`.
    ("policy_library_change", "true", "policy system", "", &[]),
    ("policy_document", "true", "policy system", "policy system", &["*"]),
    ("policy_item", "true", "policy system", "policy system", &["*"]),
    // The row itself once more would be in its author's name, not in that of whoever adds it here.
    ("policy_version", "state = 'published'", SYSTEM, "policy system", &["*"]),
    ("policy_version", "state = 'draft'", "policy system", "policy system", &["*"]),
    ("fact_change", "enterprise_id = {a}", SYSTEM, "", &[]),
    ("policy_step", "enterprise_id = {a}", SYSTEM, "", &[]),
    ("policy_digest", "true", SYSTEM, "", &[]),
    ("policy_preference", "person_id = {person}", "member_a system", "member_a system", &["*"]),
    ("policy_subscription", "person_id = {person}", "member_a system", "", &[]),
    ("policy_question_asked", "true", "member_a system", "", &[]),
    // Which columns a member may not move, the trigger says (policy.rs).
    ("application", "enterprise_id = {a}", "member_a system", "member_a handler_jianshe system", &["*"]),
    ("outbox_aside", "true", SYSTEM, "", &[]),
    // A trigger writes it.
    ("application_moved", "true", "", "", &[]),
    ("application_event", "true", APPLICATION, "", &[]),
    ("application_file", "application_id is not null", "member_a system", SYSTEM, &["application_id", "seq"]),
    ("application_file", "application_id is null", "member_a system", "member_a system", &["application_id", "seq"]),
    ("issue_day", "true", "", "", &[]),
    // A district's administrator: administration.rs.
    ("area", "true", "admin system", "admin system", &["*"]),
    ("department", "true", "admin system", "admin system", &["*"]),
    ("station", "true", "admin system", "admin system", &["*"]),
    // The row itself once more would be in another's name.
    ("setting_change", "true", SYSTEM, "", &[]),
    ("setting_due", "true", "admin system", SYSTEM, &["*"]),
    // Written by functions alone, which ask the scope again.
    ("application_prepared", "true", "", "", &[]),
    ("security_event", "true", "", "", &[]),
    // What only grows.
    ("membership_event", "enterprise_id = {a}", SYSTEM, "", &[]),
    ("calendar_day", "true", SYSTEM, "", &[]),
    ("limit_version", "true", SYSTEM, "", &[]),
    ("catalogue_board", "true", SYSTEM, "", &[]),
    ("catalogue_category", "true", SYSTEM, "", &[]),
    ("catalogue_responsible", "true", SYSTEM, "", &[]),
    ("notice_text", "true", SYSTEM, "", &[]),
    ("audit_anchor", "true", SYSTEM, "", &[]),
    ("retention_run", "true", SYSTEM, "", &[]),
    ("retention_setting", "true", SYSTEM, "", &[]),
    ("_sqlx_migrations", "true", "", "", &[]),
];

fn names(list: &str) -> BTreeSet<String> {
    list.split_whitespace().map(str::to_owned).collect()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whoever_reads_a_row_writes_it_only_where_it_says_so(owner: PgPool) {
    let world = World::new(owner).await;
    seed(&world).await;
    let everybody = everybody(&world).await;
    let mut wrong = Vec::new();
    for (table, which, _) in RULES {
        let whose = whose(&world, which);
        let (inserts, updates, columns) = WRITERS
            .iter()
            .find(|writer| (writer.0, writer.1) == (*table, *which))
            .map_or((SYSTEM, SYSTEM, &["*"][..]), |writer| (writer.2, writer.3, writer.4));
        let sql = format!("select to_jsonb(t) from {table} t where {whose} limit 1");
        let row: serde_json::Value = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&world.owner).await.unwrap();
        let all: Vec<String> = sqlx::query_scalar(
            "select attname::text from pg_attribute where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and attidentity = ''",
        )
        .bind(table)
        .fetch_all(&world.owner)
        .await
        .unwrap();
        let (mut inserted, mut updated, mut written) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for (name, session) in &everybody {
            let mut conn = PgConnection::connect_with(&world.owner.connect_options()).await.unwrap();
            take_scope(&mut conn, session.as_deref()).await;
            // The row itself once more: a refusal comes before the key is looked at.
            let json = row.to_string().replace('\'', "''");
            let again = format!(
                "insert into {table} overriding system value select * from jsonb_populate_record(null::{table}, '{json}'::jsonb)"
            );
            if reached(&mut conn, again, false).await > 0 {
                inserted.insert(name.clone());
            }
            for column in &all {
                let same = format!("update {table} set {column} = {column} where {whose}");
                if reached(&mut conn, same, false).await > 0 {
                    updated.insert(name.clone());
                    written.insert(column.clone());
                }
            }
            conn.close().await.unwrap();
        }
        for (what, got, expected) in [("added", &inserted, names(inserts)), ("changed", &updated, names(updates))] {
            if *got != expected {
                wrong.push(format!("{table} where {whose}: {what} by {got:?}, not by {expected:?}"));
            }
        }
        let expected = if columns == ["*"] { all.into_iter().collect() } else { names(&columns.join(" ")) };
        if written != expected {
            wrong.push(format!("{table} where {whose}: columns {written:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_projection_changes_only_with_an_event_of_the_same_transaction(owner: PgPool) {
    let world = World::new(owner).await;
    let number = world.file(&world.a, "道路积水", &[], morning()).await.number;
    // Not for a stranger, not for the enterprise itself, not for the system, neither for the event there is nor for one to come.
    for (name, session) in everybody(&world).await {
        let mut conn = PgConnection::connect_with(&world.owner.connect_options()).await.unwrap();
        take_scope(&mut conn, session.as_deref()).await;
        for version in [1, 2] {
            let sql = "select project_issue(1, to_jsonb(i) || jsonb_build_object('state', 'closed', 'version', $1::int), '[]')
                from jsonb_populate_record(null::issue, $2) i";
            let row: serde_json::Value =
                sqlx::query_scalar("select to_jsonb(i) from issue i").fetch_one(&world.owner).await.unwrap();
            let error = sqlx::query(sql).bind(version).bind(row).execute(&mut conn).await.unwrap_err();
            assert_eq!(error.as_database_error().unwrap().code().unwrap(), "42501", "{name}: {error}");
        }
        conn.close().await.unwrap();
    }
    assert_eq!(world.count(&format!("select count(*) from issue where number = '{number}' and state = 'submitted'")).await, 1);
    world.end().await;
}

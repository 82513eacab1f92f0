//! A simulated year breaks no rule of the loop, and what was tampered with is named.

mod steps;

use server::demo::{self, Size};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};
use store::Store;
use store::issue::invariants::{WorkingTime, broken, events};
use time::OffsetDateTime;

/// A statement that breaks a rule, and how that rule begins.
const TAMPERINGS: &[(&str, &str)] = &[
    (
        "delete from issue_event where (issue_id, seq) = (select issue_id, seq from issue_event where kind = 'signed' limit 1)",
        "events are numbered",
    ),
    (
        "update issue_event set at = at - interval '900 days' where seq = 2 and issue_id = (select max(issue_id) from issue_event where seq = 2)",
        "events follow one another",
    ),
    ("update issue set version = version + 1 where id = (select min(id) from issue)", "the issue stands at its last event"),
    (
        r#"update issue_event set event = jsonb_set(event::jsonb, '{rating,solved}', 'false')::json
           where (issue_id, seq) = (select issue_id, seq - 1 from issue_event where kind = 'closed' and event #>> '{basis,by}' = 'rated' limit 1)"#,
        "closed only on",
    ),
    (
        r#"update issue_event c set kind = 'noted' from issue_event e where e.kind = 'closed' and e.event #>> '{basis,by}' = 'call_back'
           and c.issue_id = e.issue_id and c.kind = 'called_back'"#,
        "closed only on",
    ),
    // Ten days are not ten working days.
    (
        r#"update issue_event a set at = c.at - interval '10 days' from issue_event c where a.kind = 'answered' and a.issue_id = c.issue_id
           and c.kind = 'closed' and c.event #>> '{basis,by}' = 'call_back' and a.seq < c.seq"#,
        "closed only on",
    ),
    (
        r#"update issue_event b set event = jsonb_set(b.event::jsonb, '{call,said}', '{"solved":true,"level":"dissatisfied"}')::json
           from issue_event c where b.kind = 'called_back' and b.issue_id = c.issue_id and c.kind = 'closed' and c.actor->>'kind' = 'system'"#,
        "the clock closes nothing",
    ),
    (r#"update issue_event set actor = '{"kind":"system"}', kind = 'supervised' where kind = 'signed'"#, "the clock orders"),
    (r#"update issue_event set actor = '{"kind":"system"}' where kind = 'rated'"#, "rated by members"),
    (r#"update issue_event set actor = '{"kind":"system"}' where kind = 'answered'"#, "answered by a department"),
    (r#"update issue_event set actor = '{"kind":"system"}' where kind = 'called_back'"#, "called back by the centre"),
    ("update issue_event set kind = 'noted' where kind = 'redispatched'", "what is unsolved"),
    ("update issue set round = round + 1 where id = (select min(id) from issue)", "the round is counted"),
    (
        "update issue set state = 'closed' where id = (select min(id) from issue where state = 'withdrawn')",
        "closed and withdrawn",
    ),
    ("update issue set due_at = due_at + interval '1 minute' where id = (select min(id) from issue)", "no due time moves"),
    (
        r#"update issue_event set event = jsonb_set(event::jsonb, '{answer_due}', '"2030-01-01T00:00:00Z"')::json
           where (issue_id, seq) = (select issue_id, seq from issue_event where kind = 'contacted' limit 1)"#,
        "only a pause",
    ),
    (
        r#"update issue_event set event = jsonb_set(event::jsonb, '{answer_due}', '"2020-01-01T00:00:00Z"')::json where kind = 'extended'"#,
        "a pause or an extension",
    ),
    (
        r#"update issue_event set event = jsonb_set(event::jsonb, '{late}', to_jsonb(not (event->>'late')::boolean))::json
           where (issue_id, seq) = (select issue_id, seq from issue_event where kind = 'answered' limit 1)"#,
        "an answer is late",
    ),
    (
        r#"update issue_event set event = jsonb_set(event::jsonb, '{late}', to_jsonb(not (event->>'late')::boolean))::json
           where kind = 'reported'"#,
        "a promised answer",
    ),
    ("update issue_event set kind = 'noted' where kind in ('part_answered', 'part_waived')", "the lead answers"),
    (
        r#"update issue_event set event = jsonb_set(event::jsonb, '{lead}', actor::jsonb #> '{duty,department}')::json
           where kind = 'dispatched' and actor #>> '{duty,role}' = 'handler'"#,
        "a department accepts and forwards",
    ),
    (
        r#"update issue_event set event = (event::jsonb - 'board_lead')::json
           where kind = 'submitted' and issue_id in (select issue_id from issue_event where kind = 'accepted' and actor #>> '{duty,role}' = 'handler')"#,
        "a department accepts and forwards",
    ),
    ("update issue_event set kind = 'noted' where kind = 'task_done'", "what a decision gave"),
    ("update issue_event set kind = 'noted' where kind = 'extension_asked'", "at most one extension"),
    ("update issue_event set kind = 'input_asked' where kind = 'progressed' or kind = 'signed'", "asked to supply"),
    ("update issue_event set kind = 'returned' where kind in ('progressed', 'signed', 'contacted')", "returned at most once"),
    (
        r#"update issue_event w set event = (select o.event from issue_event o where o.issue_id = w.issue_id and o.kind = 'overdue' limit 1), kind = 'overdue'
           where w.kind = 'warned' and exists (select from issue_event o where o.issue_id = w.issue_id and o.kind = 'overdue')"#,
        "nothing is told twice",
    ),
    ("update issue_event set at = at - interval '1 year' where kind = 'overdue'", "nothing is told before"),
    ("update issue_event set kind = 'noted' where kind = 'warned'", "nobody is told"),
    (
        "update issue set state = 'handling' where state = 'closed' and due_at < now() - interval '9 days'",
        "what is open and late",
    ),
    ("update issue set flags = array_append(flags, 'supervised') where state = 'declined'", "no flag without"),
    ("update issue set flags = '{}'", "no late answer"),
    ("update issue_event set kind = 'noted' where kind = 'absorbed'", "a merger is written"),
    ("update issue_measure set contacted = not contacted", "the indicators say"),
    ("update issue_measure set extended = not extended", "the indicators say"),
    ("update issue_measure set aided = not aided where content is not null", "the indicators say"),
    ("delete from issue_measure", "the indicators say"),
];

/// The same text as the store runs, for a connection that may tamper.
const RULES: &str = include_str!("../../../store/src/issue/invariants.sql");

/// Kinds of events that the year must have had: what never happened breaks nothing.
const EXPECTED: &[&str] = &[
    "submitted",
    "accepted",
    "contacted",
    "declined",
    "objected",
    "input_asked",
    "supplied",
    "noted",
    "urged",
    "pause_lapsed",
    "dispatched",
    "signed",
    "returned",
    "progressed",
    "extension_asked",
    "extended",
    "extension_refused",
    "answered",
    "rated",
    "closed",
    "reopened",
    "redispatched",
    "called_back",
    "instructed",
    "supervised",
    "order_issued",
    "explained",
    "reviewed",
    "signed_off",
    "order_overdue",
    "inquired",
    "replied",
    "call_back_overdue",
    "warned",
    "owed_warned",
    "overdue",
    "escalated",
    "withdrawn",
    "tracked",
    "reported",
    "part_answered",
    "part_waived",
    "part_overdue",
    "consulted",
    "referred",
    "resolved",
    "task_done",
    "task_confirmed",
    "task_returned",
    "task_overdue",
    "merged",
    "absorbed",
];

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_year_keeps_every_rule_and_each_that_is_broken_is_named(owner: PgPool) {
    let url = owner.connect_options().to_url_lossy().to_string();
    let store = Store::connect(&url, 4).await.unwrap();
    let now = OffsetDateTime::now_utc();
    assert!(demo::simulate(&store, Size { enterprises: 60, issues: 700 }, 365, now).await.unwrap());
    assert!(!demo::simulate(&store, Size { enterprises: 60, issues: 700 }, 365, now).await.unwrap(), "once");
    let mut conn = store.system().await.unwrap();
    assert_eq!(broken(&mut conn, now).await.unwrap(), vec![]);
    // The year had everything in it.
    let kinds = events(&mut conn).await.unwrap();
    for kind in EXPECTED {
        assert!(kinds.iter().any(|(found, _)| found == kind), "{kind}");
    }
    let known = WorkingTime::of(&store::terms::load_or_start(&mut conn).await.unwrap(), now);
    // Districts handle what is theirs, with departments of their own.
    let own = "select count(distinct d.id), count(distinct d.area) filter (where e.kind = 'answered') from department d
        left join issue_event e on (e.actor #>> '{duty,department}')::bigint = d.id where d.area % 100 <> 0";
    assert_eq!(sqlx::query_as::<_, (i64, i64)>(own).fetch_one(&owner).await.unwrap(), (30, 6));
    conn.release();
    store.close().await;
    // In transactions of the database's owner, past every trigger and policy.
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let clocks = TAMPERINGS.iter().map(|tampering| (RULES, tampering));
    let steps = steps::TAMPERINGS.iter().map(|tampering| (steps::RULES, tampering));
    for (rules, (tampering, rule)) in clocks.chain(steps) {
        let mut tx = connection.begin().await.unwrap();
        let triggers = "alter table issue_event disable trigger all; alter table issue disable trigger all; set local jit = off";
        sqlx::raw_sql(triggers).execute(&mut *tx).await.unwrap();
        let touched = sqlx::query(sqlx::AssertSqlSafe(*tampering)).execute(&mut *tx).await.unwrap().rows_affected();
        assert!(touched > 0, "{tampering}");
        // The one rule: of the others PostgreSQL counts nothing, and all of them over the year were a second each time.
        let sql = format!("select * from ({rules}\n) asked where starts_with(\"rule!\", '{}')", rule.replace('\'', "''"));
        let asked = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(now);
        let asked = if rules == RULES {
            asked.bind(&known.days).bind(&known.nth).bind(&known.versions).bind(&known.waits)
        } else {
            asked
        };
        let found: Vec<(String, i64, Vec<String>)> = asked.fetch_all(&mut *tx).await.unwrap();
        assert!(found.iter().any(|(broken, ..)| broken.starts_with(rule)), "{rule} after {tampering}: {found:?}");
        tx.rollback().await.unwrap();
    }
}

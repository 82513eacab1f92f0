//! 会议材料 (S-27): what a meeting's pack is made of, in the scope of the session: the open cases with what was tried, and decisions with what became
//! of their tasks.

use crate::{Conn, NEVER, StoreError};
use domain::actor::{AreaCode, DepartmentId};
use domain::issue::{Decision, Event, Flag, State, Tier};
use domain::pack::Rule;
use std::collections::{HashMap, HashSet};
use time::OffsetDateTime;

fn unknown(number: &str, what: &str) -> StoreError {
    StoreError::Unreadable(format!("issue {number}: {what}"))
}

fn codes(tiers: &[Tier]) -> Vec<String> {
    tiers.iter().map(|tier| tier.code().to_owned()).collect()
}

/// How much there is, now and of the days asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Filed in the days.
    pub filed: i64,
    /// As many days before.
    pub filed_before: i64,
    pub open: i64,
    pub late: i64,
    pub tracked: i64,
    pub consult: i64,
    pub meeting: i64,
}

/// From three instants: filed from … until, and before that. What is open is counted as the desk's lists have it: a district's centre is responsible for it
/// (`centre`).
///
/// # Errors
/// [`StoreError`].
pub async fn figures(
    conn: &mut Conn,
    before: OffsetDateTime,
    from: OffsetDateTime,
    until: OffsetDateTime,
    centre: Option<AreaCode>,
    now: OffsetDateTime,
) -> Result<Figures, StoreError> {
    let filed = sqlx::query!(
        r#"select count(*) filter (where submitted_at >= $2) as "filed!", count(*) filter (where submitted_at < $2) as "before!"
         from issue where submitted_at >= $1 and submitted_at < $3"#,
        before,
        from,
        until
    )
    .fetch_one(conn.pg())
    .await?;
    let open = sqlx::query!(
        r#"select count(*) as "open!", count(*) filter (where late_at <= $1) as "late!", count(*) filter (where state = 'tracking') as "tracked!",
            count(*) filter (where tier = 'consult') as "consult!", count(*) filter (where tier = 'meeting') as "meeting!"
         from issue where open and ($2::integer is null or centre = $2)"#,
        now,
        centre
    )
    .fetch_one(conn.pg())
    .await?;
    Ok(Figures {
        filed: filed.filed,
        filed_before: filed.before,
        open: open.open,
        late: open.late,
        tracked: open.tracked,
        consult: open.consult,
        meeting: open.meeting,
    })
}

/// An open case of a meeting.
#[derive(Debug, Clone)]
pub struct Case {
    pub id: i64,
    pub number: String,
    pub title: String,
    pub enterprise_name: String,
    pub area: AreaCode,
    pub category: String,
    pub state: State,
    pub lead: Option<DepartmentId>,
    pub tier: Tier,
    pub flags: Vec<Flag>,
    pub submitted_at: OffsetDateTime,
    /// When the earliest of its limits ends; none where none runs.
    pub late_at: Option<OffsetDateTime>,
}

/// So many cases are in a pack.
pub const CASES: i64 = 40;

/// The cases of a meeting, the highest level first and of a level the longest overdue; no more than [`CASES`], and how many there are.
///
/// # Errors
/// [`StoreError`].
pub async fn cases(conn: &mut Conn, rule: &Rule, now: OffsetDateTime) -> Result<(Vec<Case>, i64), StoreError> {
    let (tiers, stuck) = (codes(rule.tiers), codes(rule.stuck));
    let flags: Vec<String> = rule.flags.iter().map(|flag| flag.code().to_owned()).collect();
    let rows = sqlx::query!(
        r#"select i.id, i.number, i.title, i.enterprise_name, i.area, i.category, i.state, i.lead, i.tier, i.flags, i.submitted_at, i.late_at,
            count(*) over () as "whole!"
         from issue i
         where i.open and (i.tier = any($2) or i.tier = any($3) and (i.late_at <= $1 or i.state = 'tracking') or i.flags && $4::text[])
         order by array_position(array['meeting', 'consult', 'board'], i.tier), i.late_at, i.id limit $5"#,
        now,
        &tiers,
        &stuck,
        &flags,
        CASES
    )
    .fetch_all(conn.pg())
    .await?;
    let whole = rows.first().map_or(0, |row| row.whole);
    let cases = rows.into_iter().map(|row| {
        Ok(Case {
            state: State::from_code(&row.state).ok_or_else(|| unknown(&row.number, &row.state))?,
            tier: Tier::from_code(&row.tier).ok_or_else(|| unknown(&row.number, &row.tier))?,
            flags: row.flags.iter().filter_map(|code| Flag::from_code(code)).collect(),
            late_at: (row.late_at < NEVER).then_some(row.late_at),
            id: row.id,
            number: row.number,
            title: row.title,
            enterprise_name: row.enterprise_name,
            area: row.area,
            category: row.category,
            lead: row.lead,
            submitted_at: row.submitted_at,
        })
    });
    Ok((cases.collect::<Result<_, StoreError>>()?, whole))
}

/// Something that was tried about a case.
#[derive(Debug, Clone)]
pub struct Tried {
    pub at: OffsetDateTime,
    pub event: Event,
}

/// Kinds of events that say what was tried.
const TRIED: [&str; 14] = [
    "progressed",
    "returned",
    "extended",
    "answered",
    "reopened",
    "redispatched",
    "tracked",
    "reported",
    "part_answered",
    "consulted",
    "referred",
    "resolved",
    "explained",
    "instructed",
];

/// What was tried about these cases, by case, in its order.
///
/// # Errors
/// [`StoreError`].
pub async fn tried(conn: &mut Conn, cases: &[Case]) -> Result<HashMap<i64, Vec<Tried>>, StoreError> {
    let ids: Vec<i64> = cases.iter().map(|case| case.id).collect();
    let kinds: Vec<String> = TRIED.iter().map(|kind| (*kind).to_owned()).collect();
    let rows = sqlx::query!(
        r#"select e.issue_id, e.at, e.event::text as "event!" from issue_event e
         where e.issue_id = any($1) and e.kind = any($2) order by e.issue_id, e.seq"#,
        &ids,
        &kinds
    )
    .fetch_all(conn.pg())
    .await?;
    let mut tried: HashMap<i64, Vec<Tried>> = HashMap::new();
    for row in rows {
        let event = serde_json::from_str(&row.event).map_err(|error| unknown(&row.issue_id.to_string(), &error.to_string()))?;
        tried.entry(row.issue_id).or_default().push(Tried { at: row.at, event });
    }
    Ok(tried)
}

/// A task, and what became of it.
#[derive(Debug, Clone)]
pub struct Given {
    pub department: DepartmentId,
    pub what: String,
    pub due: OffsetDateTime,
    /// The department says that it is done.
    pub done_at: Option<OffsetDateTime>,
    /// The centre confirmed it.
    pub confirmed_at: Option<OffsetDateTime>,
}

/// A decision about an issue, with its tasks.
#[derive(Debug, Clone)]
pub struct Held {
    pub number: String,
    pub title: String,
    pub enterprise_name: String,
    pub state: State,
    /// Who decided.
    pub tier: Tier,
    pub decision: Decision,
    pub tasks: Vec<Given>,
}

/// A task of an earlier decision that is not confirmed.
#[derive(Debug, Clone)]
pub struct Owed {
    pub number: String,
    pub title: String,
    pub task: Given,
}

/// So many decisions, and so many tasks of earlier ones, are in a pack.
pub const DECISIONS: i64 = 60;

/// Decisions of these levels that were held from … until, the latest first, with what became of their tasks; and of what was decided otherwise, the
/// tasks that are not confirmed, the earliest end first.
///
/// # Errors
/// [`StoreError`].
pub async fn decisions(
    conn: &mut Conn,
    tiers: &[Tier],
    from: OffsetDateTime,
    until: OffsetDateTime,
) -> Result<(Vec<Held>, Vec<Owed>), StoreError> {
    let kinds: Vec<String> =
        tiers.iter().map(|tier| if *tier == Tier::Meeting { "resolved" } else { "consulted" }.to_owned()).collect();
    // Written down on the day or afterwards, which the index knows; held on a day that only the event says. Tasks are counted through all decisions
    // of an issue: `first` is the place of this one's first.
    let rows = sqlx::query!(
        r#"select e.issue_id, e.kind, e.event::text as "event!", i.number, i.title, i.enterprise_name, i.state,
            (select coalesce(sum(json_array_length(p.event -> 'tasks')), 0)::integer from issue_event p
                where p.issue_id = e.issue_id and p.seq < e.seq and p.kind in ('consulted', 'resolved')) as "first!"
         from issue_event e join issue i on i.id = e.issue_id
         where e.kind in ('consulted', 'resolved') and e.kind = any($3) and e.at >= $1 and e.at < $2::timestamptz + interval '60 days'
            and (e.event ->> 'held')::timestamptz >= $1 and (e.event ->> 'held')::timestamptz < $2
         order by (e.event ->> 'held')::timestamptz desc, e.at desc, e.issue_id limit $4"#,
        from,
        until,
        &kinds,
        DECISIONS
    )
    .fetch_all(conn.pg())
    .await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.issue_id).collect();
    let levels = codes(tiers);
    let mut given = sqlx::query!(
        r#"select t.issue_id as "issue_id!", t.place as "place!", t.department_id as "department_id!", t.what as "what!", t.due_at as "due_at!",
            t.done_at as "done_at?", t.confirmed_at as "confirmed_at?", i.number as "number!", i.title as "title!"
         from issue_task t join issue i on i.id = t.issue_id where t.issue_id = any($1)
         union all
         (select t.issue_id, t.place, t.department_id, t.what, t.due_at, t.done_at, t.confirmed_at, i.number, i.title
         from issue_task t join issue i on i.id = t.issue_id
         where t.confirmed_at is null and t.issue_id <> all($1) and i.tier = any($2) order by t.due_at limit $3)"#,
        &ids,
        &levels,
        DECISIONS
    )
    .map(|row| {
        let task = Given {
            department: row.department_id,
            what: row.what,
            due: row.due_at,
            done_at: row.done_at,
            confirmed_at: row.confirmed_at,
        };
        ((row.issue_id, row.place), Owed { number: row.number, title: row.title, task })
    })
    .fetch_all(conn.pg())
    .await?;
    let mut shown: HashSet<(i64, i32)> = HashSet::new();
    let mut held = Vec::with_capacity(rows.len());
    // In the order in which they were given.
    given.sort_by_key(|(key, _)| *key);
    for row in rows {
        let event: Event = serde_json::from_str(&row.event).map_err(|error| unknown(&row.number, &error.to_string()))?;
        let (Event::Consulted(decision) | Event::Resolved(decision)) = event else { continue };
        let places = row.first..row.first + i32::try_from(decision.tasks.len()).unwrap_or(0);
        let own = given.iter().filter(|((issue, place), _)| *issue == row.issue_id && places.contains(place));
        let tasks = own.map(|(key, owed)| {
            shown.insert(*key);
            owed.task.clone()
        });
        held.push(Held {
            tasks: tasks.collect(),
            state: State::from_code(&row.state).ok_or_else(|| unknown(&row.number, &row.state))?,
            tier: if row.kind == "resolved" { Tier::Meeting } else { Tier::Consult },
            number: row.number,
            title: row.title,
            enterprise_name: row.enterprise_name,
            decision,
        });
    }
    given.retain(|(key, owed)| owed.task.confirmed_at.is_none() && !shown.contains(key));
    given.sort_by_key(|(key, owed)| (owed.task.due, *key));
    Ok((held, given.into_iter().map(|(_, owed)| owed).collect()))
}

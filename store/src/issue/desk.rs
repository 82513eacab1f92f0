//! The desk's queues (工作台): lists and counts by role and scope, from the same predicates.

use super::read::History;
use super::{IssueRow, RawRow, rows};
use crate::{Conn, NEVER, Page, StoreError, cursor, parse_cursor};
use domain::actor::{CITY, Duty};
use domain::issue::queue::Pressure;
pub use domain::issue::queue::Queue;
use time::{Duration, OffsetDateTime};

/// A queue's rule as the lists ask it: states, wanted values of `returned`, bounds of warn_at, and of late_at in `(after, until]`.
fn predicate(queue: Queue, now: OffsetDateTime) -> Predicate {
    let rule = queue.rule();
    let any = Predicate {
        states: rule.states.iter().map(|state| state.code().to_owned()).collect(),
        returned: rule.returned.map_or(vec![true, false], |returned| vec![returned]),
        warn_until: NEVER,
        late_after: OffsetDateTime::UNIX_EPOCH,
        late_until: NEVER,
    };
    match rule.pressure {
        Pressure::Any => any,
        Pressure::Soon => Predicate { warn_until: now, late_after: now, ..any },
        Pressure::Late => Predicate { late_until: now, ..any },
    }
}

struct Predicate {
    states: Vec<String>,
    returned: Vec<bool>,
    warn_until: OffsetDateTime,
    late_after: OffsetDateTime,
    late_until: OffsetDateTime,
}

/// The list of open issues, the earliest end first, in the scope the condition names. `$7` is the scope's id.
macro_rules! open_list {
    ($conn:expr, $p:expr, $at:expr, $id:expr, $limit:expr, $scope:expr, $condition:literal) => {
        sqlx::query_as!(
            RawRow,
            "select i.id, i.number, e.name as enterprise_name, i.title, i.category, i.state, i.round, i.centre, i.lead, i.submitted_at,
                i.due_at, i.warn_at, i.late_at, i.answered_at, i.returned, i.flags, i.last_event_at
             from issue i join enterprise e on e.id = i.enterprise_id
             where i.open and i.state = any($1) and i.returned = any($2) and i.warn_at <= $3 and i.late_at > $4 and i.late_at <= $5
                and (i.late_at, i.id) > ($6, $7) and "
                + $condition
                + " order by i.late_at, i.id limit $8",
            &$p.states,
            &$p.returned,
            $p.warn_until,
            $p.late_after,
            $p.late_until,
            $at,
            $id,
            $limit,
            $scope
        )
        .fetch_all($conn.pg())
        .await?
    };
}

/// The list of all issues, the latest filing first.
macro_rules! recent_list {
    ($conn:expr, $at:expr, $id:expr, $limit:expr, $scope:expr, $condition:literal) => {
        sqlx::query_as!(
            RawRow,
            "select i.id, i.number, e.name as enterprise_name, i.title, i.category, i.state, i.round, i.centre, i.lead, i.submitted_at,
                i.due_at, i.warn_at, i.late_at, i.answered_at, i.returned, i.flags, i.last_event_at
             from issue i join enterprise e on e.id = i.enterprise_id
             where (i.submitted_at, i.id) < ($1, $2) and "
                + $condition
                + " order by i.submitted_at desc, i.id desc limit $3",
            $at,
            $id,
            $limit,
            $scope
        )
        .fetch_all($conn.pg())
        .await?
    };
}

/// A page of a queue. Row-level security holds besides; the conditions are there for the indexes.
///
/// # Errors
/// [`StoreError`].
pub async fn queue(
    conn: &mut Conn,
    duty: &Duty,
    queue: Queue,
    now: OffsetDateTime,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<IssueRow>, StoreError> {
    let more = limit + 1;
    if queue == Queue::All {
        let (at, id) = parse_cursor(after).unwrap_or((NEVER, i64::MAX));
        let raw = match duty {
            Duty::Handler { department } => recent_list!(conn, at, id, more, *department, "i.lead = $4"),
            Duty::Station { station, .. } => recent_list!(
                conn,
                at,
                id,
                more,
                *station,
                "(i.station_id = $4 or i.enterprise_id in (select station_enterprises($4)))"
            ),
            Duty::Centre { area } | Duty::Leader { area } | Duty::Supervisor { area } if *area != CITY => {
                recent_list!(conn, at, id, more, *area, "i.area = $4")
            }
            _ => recent_list!(conn, at, id, more, 0i64, "$4 = 0::bigint"),
        };
        return Ok(Page::cut(rows(raw)?, limit, |row| cursor(row.submitted_at, row.id)));
    }
    let (at, id) = parse_cursor(after).unwrap_or((OffsetDateTime::UNIX_EPOCH, 0));
    let p = predicate(queue, now);
    let raw = match duty {
        Duty::Handler { department } if queue == Queue::Assisting => {
            open_list!(conn, p, at, id, more, *department, "i.id in (select issues_with_co($9))")
        }
        Duty::Handler { department } => open_list!(conn, p, at, id, more, *department, "i.lead = $9"),
        Duty::Station { station, .. } => open_list!(
            conn,
            p,
            at,
            id,
            more,
            *station,
            "(i.station_id = $9 or i.enterprise_id in (select station_enterprises($9)))"
        ),
        Duty::Centre { area } if *area != CITY => open_list!(conn, p, at, id, more, *area, "i.centre = $9"),
        Duty::Leader { area } | Duty::Supervisor { area } if *area != CITY => {
            open_list!(conn, p, at, id, more, *area, "i.area = $9")
        }
        _ => open_list!(conn, p, at, id, more, 0i64, "$9 = 0::bigint"),
    };
    Ok(Page::cut(rows(raw)?, limit, |row| cursor(row.late_at.unwrap_or(NEVER), row.id)))
}

/// How many issues each queue holds; `All` is not counted.
#[derive(Debug, Clone)]
pub struct DeskCounts(Vec<(Queue, i64)>);

impl DeskCounts {
    /// The count of a queue.
    pub fn of(&self, queue: Queue) -> Option<i64> {
        self.0.iter().find(|(counted, _)| *counted == queue).map(|(_, count)| *count)
    }
}

macro_rules! count {
    ($conn:expr, $now:expr, $scope:expr, $condition:literal) => {
        sqlx::query_as!(
            RawCounts,
            r#"select count(*) filter (where state = 'submitted') as "to_accept!",
                count(*) filter (where state = 'accepted' and not returned) as "to_dispatch!",
                count(*) filter (where state = 'accepted' and returned) as "returned!",
                count(*) filter (where state = 'dispatched') as "to_sign!",
                count(*) filter (where state in ('handling', 'awaiting_input')) as "mine!",
                count(*) filter (where warn_at <= $1 and late_at > $1) as "soon!",
                count(*) filter (where late_at <= $1) as "late!",
                count(*) filter (where state = 'answered') as "to_rate!",
                count(*) as "open!"
            from issue i where i.open and "#
                + $condition,
            $now,
            $scope
        )
        .fetch_one($conn.pg())
        .await?
    };
}

struct RawCounts {
    to_accept: i64,
    to_dispatch: i64,
    returned: i64,
    to_sign: i64,
    mine: i64,
    soon: i64,
    late: i64,
    to_rate: i64,
    open: i64,
}

/// Counts the queues of a duty with the lists' own predicates, in one query (two for a department, which assists as well).
///
/// # Errors
/// [`StoreError`].
pub async fn counts(conn: &mut Conn, duty: &Duty, now: OffsetDateTime) -> Result<DeskCounts, StoreError> {
    let raw = match duty {
        Duty::Handler { department } => count!(conn, now, *department, "i.lead = $2"),
        Duty::Station { station, .. } => {
            count!(conn, now, *station, "(i.station_id = $2 or i.enterprise_id in (select station_enterprises($2)))")
        }
        Duty::Centre { area } if *area != CITY => count!(conn, now, *area, "i.centre = $2"),
        Duty::Leader { area } | Duty::Supervisor { area } if *area != CITY => count!(conn, now, *area, "i.area = $2"),
        _ => count!(conn, now, 0i64, "$2 = 0::bigint"),
    };
    let mut list = vec![
        (Queue::ToAccept, raw.to_accept),
        (Queue::ToDispatch, raw.to_dispatch),
        (Queue::Returned, raw.returned),
        (Queue::ToSign, raw.to_sign),
        (Queue::Mine, raw.mine),
        (Queue::Soon, raw.soon),
        (Queue::Late, raw.late),
        (Queue::ToRate, raw.to_rate),
        (Queue::Open, raw.open),
    ];
    if let Duty::Handler { department } = duty {
        let assisting = sqlx::query_scalar!(
            r#"select count(*) as "count!" from issue where open and id in (select issues_with_co($1))"#,
            *department
        )
        .fetch_one(conn.pg())
        .await?;
        list.push((Queue::Assisting, assisting));
    }
    Ok(DeskCounts(list))
}

/// Issues found by number, enterprise or words, the latest first; at most 50.
///
/// # Errors
/// [`StoreError`].
pub async fn search(conn: &mut Conn, words: &str) -> Result<Vec<IssueRow>, StoreError> {
    let tokens = domain::search::query_tokens(words);
    if tokens.is_empty() {
        return Ok(Vec::new());
    }
    let query = tokens.iter().map(|token| format!("'{}'", token.replace('\'', ""))).collect::<Vec<_>>().join(" & ");
    let number = words.trim().to_uppercase();
    let raw = sqlx::query_as!(
        RawRow,
        "select i.id, i.number, e.name as enterprise_name, i.title, i.category, i.state, i.round, i.centre, i.lead, i.submitted_at,
            i.due_at, i.warn_at, i.late_at, i.answered_at, i.returned, i.flags, i.last_event_at
         from issue i join enterprise e on e.id = i.enterprise_id
         where i.id in (select search_issues($1::text::tsquery, 2000) union select id from issue where number = $2)
         order by i.submitted_at desc, i.id desc limit 50",
        query,
        number
    )
    .fetch_all(conn.pg())
    .await?;
    rows(raw)
}

/// Which departments had issues of this category, the most frequent first: the reason of a routing suggestion.
///
/// # Errors
/// [`StoreError`].
pub async fn similar(conn: &mut Conn, category: &str) -> Result<Vec<(i64, i64)>, StoreError> {
    let found = sqlx::query!(
        r#"select lead as "lead!", count(*) as "count!" from
            (select lead from issue where category = $1 and lead is not null limit 1000) recent
         group by lead order by 2 desc, 1 limit 3"#,
        category
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(found.into_iter().map(|row| (row.lead, row.count)).collect())
}

/// What an enterprise raised in the last year.
///
/// # Errors
/// [`StoreError`].
pub async fn history(conn: &mut Conn, enterprise: i64, now: OffsetDateTime) -> Result<History, StoreError> {
    Ok(sqlx::query_as!(
        History,
        r#"select count(*) as "year!", count(*) filter (where flags @> '{dissatisfied}') as "dissatisfied!"
         from issue where enterprise_id = $1 and submitted_at > $2"#,
        enterprise,
        now - Duration::days(365)
    )
    .fetch_one(conn.pg())
    .await?)
}

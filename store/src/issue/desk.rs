//! The desk's queues (工作台): lists and counts by role and scope, from the same predicates.

use super::narrowed::{Wanted, narrowed};
use super::read::History;
use super::{IssueRow, RawRow, rows};
use crate::{Conn, NEVER, Page, StoreError, cursor, parse_cursor, security};
use domain::actor::{CITY, Duty};
use domain::issue::filter::Filter;
use domain::issue::queue::Pressure;
pub use domain::issue::queue::Queue;
use time::{Duration, OffsetDateTime};

/// A page of a list: where it begins and how many rows it may have. Without a cursor it begins before everything.
struct Span {
    at: OffsetDateTime,
    id: i64,
    limit: i64,
}

/// Bounds of the clocks of a queue that time makes: `warn_at` up to and including, `late_at` after, and up to and including.
struct Clocks {
    warned: OffsetDateTime,
    after: OffsetDateTime,
    until: OffsetDateTime,
}

impl Clocks {
    /// None for a queue by state.
    fn of(queue: Queue, now: OffsetDateTime) -> Option<Clocks> {
        let any = Clocks { warned: NEVER, after: OffsetDateTime::UNIX_EPOCH, until: NEVER };
        match queue.rule().pressure {
            Pressure::Soon => Some(Clocks { warned: now, after: now, ..any }),
            Pressure::Late => Some(Clocks { until: now, ..any }),
            Pressure::Any => matches!(queue, Queue::Open | Queue::Assisting).then_some(any),
        }
    }
}

/// A queue by state, the earliest end first, in the scope that the condition names; `$5` is the scope's id.
macro_rules! state_list {
    ($conn:expr, $queue:expr, $span:expr, $scope:expr, $condition:literal) => {
        sqlx::query_as!(
            RawRow,
            "select i.id, i.number, i.enterprise_name, i.title, i.category, i.state, i.round, i.centre, i.lead, i.submitted_at, i.due_at,
                i.warn_at, i.late_at, i.answered_at, i.returned, i.flags, i.last_event_at
             from issue i where i.open and i.queue = $1 and (i.late_at, i.id) > ($2, $3) and "
                + $condition
                + " order by i.late_at, i.id limit $4",
            $queue.code(),
            $span.at,
            $span.id,
            $span.limit,
            $scope
        )
        .fetch_all($conn.pg())
        .await?
    };
}

/// What is open whatever its state, likewise, by walking all that is open.
macro_rules! clock_list {
    ($conn:expr, $clocks:expr, $span:expr, $scope:expr, $condition:literal) => {
        sqlx::query_as!(
            RawRow,
            "select i.id, i.number, i.enterprise_name, i.title, i.category, i.state, i.round, i.centre, i.lead, i.submitted_at, i.due_at,
                i.warn_at, i.late_at, i.answered_at, i.returned, i.flags, i.last_event_at
             from issue i where i.open and i.warn_at <= $5 and i.late_at > $6 and i.late_at <= $7 and (i.late_at, i.id) > ($1, $2) and "
                + $condition
                + " order by i.late_at, i.id limit $3",
            $span.at,
            $span.id,
            $span.limit,
            $scope,
            $clocks.warned,
            $clocks.after,
            $clocks.until
        )
        .fetch_all($conn.pg())
        .await?
    };
}

/// The same for a scope that has its queues in an index: a page of each, merged.
macro_rules! merged_list {
    ($conn:expr, $clocks:expr, $span:expr, $scope:expr, $condition:literal) => {
        sqlx::query_as!(
            RawRow,
            r#"select i.id as "id!", i.number as "number!", i.enterprise_name as "enterprise_name!", i.title as "title!",
                i.category as "category!", i.state as "state!", i.round as "round!", i.centre as "centre!", i.lead,
                i.submitted_at as "submitted_at!", i.due_at, i.warn_at as "warn_at!", i.late_at as "late_at!", i.answered_at,
                i.returned as "returned!", i.flags as "flags!", i.last_event_at as "last_event_at!"
             from unnest(array['to_accept', 'to_dispatch', 'returned', 'to_sign', 'mine', 'to_rate']) q (code)
             cross join lateral (select * from issue i where i.open and i.queue = q.code and i.warn_at <= $5 and i.late_at > $6
                and i.late_at <= $7 and (i.late_at, i.id) > ($1, $2) and "#
                + $condition
                + " order by i.late_at, i.id limit $3) i order by i.late_at, i.id limit $3",
            $span.at,
            $span.id,
            $span.limit,
            $scope,
            $clocks.warned,
            $clocks.after,
            $clocks.until
        )
        .fetch_all($conn.pg())
        .await?
    };
}

/// All issues, the latest filing first.
macro_rules! recent_list {
    ($conn:expr, $span:expr, $scope:expr, $condition:literal) => {
        sqlx::query_as!(
            RawRow,
            "select i.id, i.number, i.enterprise_name, i.title, i.category, i.state, i.round, i.centre, i.lead, i.submitted_at, i.due_at,
                i.warn_at, i.late_at, i.answered_at, i.returned, i.flags, i.last_event_at
             from issue i where (i.submitted_at, i.id) < ($1, $2) and "
                + $condition
                + " order by i.submitted_at desc, i.id desc limit $3",
            $span.at,
            $span.id,
            $span.limit,
            $scope
        )
        .fetch_all($conn.pg())
        .await?
    };
}

/// A page of a queue. Row-level security holds besides; the conditions are there for the indexes.
pub async fn queue(
    conn: &mut Conn,
    duty: &Duty,
    queue: Queue,
    now: OffsetDateTime,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<IssueRow>, StoreError> {
    if matches!(queue, Queue::Filed | Queue::BoardLead) {
        return narrowed(conn, Wanted::In(queue), &Filter::default(), now, after, limit).await;
    }
    if queue == Queue::All {
        let (at, id) = parse_cursor(after).unwrap_or((NEVER, i64::MAX));
        let raw = recent(conn, duty, &Span { at, id, limit: limit + 1 }).await?;
        return Ok(Page::cut(rows(raw)?, limit, |row| cursor(row.submitted_at, row.id)));
    }
    let (at, id) = parse_cursor(after).unwrap_or((OffsetDateTime::UNIX_EPOCH, 0));
    let span = Span { at, id, limit: limit + 1 };
    let raw = match Clocks::of(queue, now) {
        Some(clocks) => by_clock(conn, duty, queue, &clocks, &span).await?,
        None => by_state(conn, duty, queue, &span).await?,
    };
    Ok(Page::cut(rows(raw)?, limit, |row| cursor(row.late_at.unwrap_or(NEVER), row.id)))
}

async fn recent(conn: &mut Conn, duty: &Duty, span: &Span) -> Result<Vec<RawRow>, StoreError> {
    Ok(match duty {
        Duty::Handler { department } => {
            recent_list!(conn, span, *department, "(i.lead = $4 or i.id in (select issues_with_co($4)))")
        }
        Duty::Station { station, .. } => recent_list!(conn, span, *station, "(i.station_id = $4 or i.enterprise_station = $4)"),
        // What was filed for it, and what was handed to it from elsewhere.
        Duty::Centre { area } if *area != CITY => recent_list!(conn, span, *area, "(i.area = $4 or i.centre = $4)"),
        Duty::Leader { area } | Duty::Supervisor { area } if *area != CITY => {
            recent_list!(conn, span, *area, "i.area = $4")
        }
        _ => recent_list!(conn, span, 0i64, "$4 = 0::bigint"),
    })
}

async fn by_state(conn: &mut Conn, duty: &Duty, queue: Queue, span: &Span) -> Result<Vec<RawRow>, StoreError> {
    Ok(match duty {
        Duty::Handler { department } => state_list!(conn, queue, span, *department, "i.lead = $5"),
        Duty::Station { station, .. } => {
            state_list!(conn, queue, span, *station, "(i.station_id = $5 or i.enterprise_station = $5)")
        }
        Duty::Centre { area } if *area != CITY => state_list!(conn, queue, span, *area, "i.centre = $5"),
        Duty::Leader { area } | Duty::Supervisor { area } if *area != CITY => {
            state_list!(conn, queue, span, *area, "i.area = $5")
        }
        _ => state_list!(conn, queue, span, 0i64, "$5 = 0::bigint"),
    })
}

async fn by_clock(conn: &mut Conn, duty: &Duty, queue: Queue, clocks: &Clocks, span: &Span) -> Result<Vec<RawRow>, StoreError> {
    Ok(match duty {
        Duty::Handler { department } if queue == Queue::Assisting => {
            clock_list!(conn, clocks, span, *department, "i.id in (select issues_owed_by($4))")
        }
        Duty::Handler { department } => merged_list!(conn, clocks, span, *department, "i.lead = $4"),
        Duty::Station { station, .. } => {
            clock_list!(conn, clocks, span, *station, "(i.station_id = $4 or i.enterprise_station = $4)")
        }
        Duty::Centre { area } if *area != CITY => merged_list!(conn, clocks, span, *area, "i.centre = $4"),
        Duty::Leader { area } | Duty::Supervisor { area } if *area != CITY => {
            clock_list!(conn, clocks, span, *area, "i.area = $4")
        }
        _ => clock_list!(conn, clocks, span, 0i64, "$4 = 0::bigint"),
    })
}

/// How many issues each queue holds; what is over, too, is not counted.
#[derive(Debug, Clone)]
pub struct DeskCounts(Vec<(Queue, i64)>);

impl DeskCounts {
    /// The count of a queue.
    pub fn of(&self, queue: Queue) -> Option<i64> {
        self.0.iter().find(|(counted, _)| *counted == queue).map(|(_, count)| *count)
    }
}

/// Counts the queues of a duty, one query: what is counted follows from the session's scope, which is the duty's.
pub async fn counts(conn: &mut Conn, duty: &Duty, now: OffsetDateTime) -> Result<DeskCounts, StoreError> {
    let found = sqlx::query!(
        r#"select to_accept as "to_accept!", to_dispatch as "to_dispatch!", returned as "returned!", to_sign as "to_sign!",
            mine as "mine!", to_rate as "to_rate!", soon as "soon!", late as "late!", opened as "opened!", assisting as "assisting!",
            fronting as "fronting!"
        from desk_counts($1)"#,
        now
    )
    .fetch_optional(conn.pg())
    .await?;
    let count = |queue: Queue| {
        found.as_ref().map_or(0, |row| match queue {
            Queue::ToAccept => row.to_accept,
            Queue::ToDispatch => row.to_dispatch,
            Queue::Returned => row.returned,
            Queue::ToSign => row.to_sign,
            Queue::Mine => row.mine,
            Queue::Assisting => row.assisting,
            Queue::BoardLead => row.fronting,
            Queue::Soon => row.soon,
            Queue::Late => row.late,
            Queue::ToRate => row.to_rate,
            Queue::Open | Queue::Filed | Queue::All => row.opened,
        })
    };
    let counted = Queue::of(duty).iter().filter(|queue| !matches!(queue, Queue::Filed | Queue::All));
    Ok(DeskCounts(counted.map(|queue| (*queue, count(*queue))).collect()))
}

/// What search looks for; none where there is no word in it.
pub(super) fn tsquery(words: &str) -> Option<String> {
    let tokens = domain::search::query_tokens(words);
    let quoted: Vec<String> = tokens.iter().map(|token| format!("'{}'", token.replace('\'', ""))).collect();
    (!quoted.is_empty()).then(|| quoted.join(" & "))
}

/// The most issues that a search shows.
pub const FOUND: usize = 50;

/// Issues found by number, enterprise, contact or words, the latest first; at most [`FOUND`].
pub async fn search(conn: &mut Conn, words: &str) -> Result<Vec<IssueRow>, StoreError> {
    let Some(query) = tsquery(words) else { return Ok(Vec::new()) };
    let number = words.trim().to_uppercase();
    let raw = sqlx::query_as!(
        RawRow,
        "select i.id, i.number, i.enterprise_name, i.title, i.category, i.state, i.round, i.centre, i.lead, i.submitted_at,
            i.due_at, i.warn_at, i.late_at, i.answered_at, i.returned, i.flags, i.last_event_at
         from issue i
         where i.id in (select search_issues($1::text::tsquery, 2000) union select id from issue where number = $2
            union select issues_of_contact($3, 2000))
         order by i.submitted_at desc, i.id desc limit 50",
        query,
        number,
        words.trim()
    )
    .fetch_all(conn.pg())
    .await?;
    rows(raw)
}

/// Which departments had the latest 200 issues of this category, the most frequent first: the reason of a routing suggestion.
pub async fn similar(conn: &mut Conn, category: &str) -> Result<Vec<(i64, i64)>, StoreError> {
    let found = sqlx::query!(
        r#"select lead as "lead!", count(*) as "count!" from
            (select lead from issue where category = $1 and lead is not null order by id desc limit 200) recent
         group by lead order by 2 desc, 1 limit 3"#,
        category
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(found.into_iter().map(|row| (row.lead, row.count)).collect())
}

/// Issues of an enterprise that [`history`] looks at.
pub const HISTORY: i64 = 300;

/// Who opens an issue, as its file names them.
#[derive(Debug, Clone, Copy)]
pub struct Opener<'a> {
    /// Where they work, and as what.
    pub office: &'a str,
    pub name: &'a str,
}

/// What the enterprise of an issue raised in the last year; of more than [`HISTORY`] issues the latest moved. In the same round trip, as every page of
/// staff reads the history anyway: that this person opened it (at most once an hour), and `noted`, into the security log, where a telephone number is shown.
pub async fn history(
    conn: &mut Conn,
    issue: i64,
    opener: Opener<'_>,
    noted: Option<&security::Event>,
    now: OffsetDateTime,
) -> Result<History, StoreError> {
    let (person, staff) = noted.map_or((None, None), security::Event::ids);
    let row = sqlx::query!(
        r#"select year as "year!", dissatisfied as "dissatisfied!",
            case when $4::text is not null then record_security($4, $5, $6, $7, $8, $9, $10, $11) end as noted,
            note_opening($1, $12, $13, $11) as opened
         from issue_year($1, $2, $3)"#,
        issue,
        now - Duration::days(365),
        HISTORY,
        noted.map(|event| event.kind.code()),
        staff,
        person,
        noted.map(|event| event.subject.as_str()),
        noted.map(|event| event.detail.as_str()),
        noted.map(|event| event.network.as_str()),
        noted.map(|event| event.request.as_str()),
        now,
        opener.office,
        opener.name,
    )
    .fetch_one(conn.pg())
    .await?;
    Ok(History { year: row.year, dissatisfied: row.dissatisfied })
}

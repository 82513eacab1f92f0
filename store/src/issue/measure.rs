//! Six indicators (S-10): what each issue says is written with every command; what is asked is counted from those rows, or from their sums by day.

use super::write::{Projection, json, parse};
use crate::{Conn, Page, StoreError, cursor, parse_cursor};
use domain::actor::Actor;
use domain::issue::measure::{Indicator, Measure};
use domain::issue::{Event, Issue, Terms, evolve};
use serde_json::{Value, json};
use time::{Date, OffsetDateTime};

/// A measure as a row; none before there is anything due.
pub(super) fn row(measure: &Measure, board: &str) -> Result<Option<Value>, StoreError> {
    let Some(due) = Projection::instant(measure.due)? else { return Ok(None) };
    Ok(Some(json!({
        "area": measure.area, "board": board, "department_id": measure.department, "due_at": due,
        "answered_at": Projection::instant(measure.answered_at)?, "contacted": measure.contacted, "on_time": measure.on_time(),
        "solved": measure.solved, "content": measure.content, "closed": measure.closed, "once": measure.once,
        "called_back": measure.called_back, "passed": measure.passes_all(), "returned": measure.returned, "extended": measure.extended,
        "withdrawn": measure.withdrawn, "disagreed": measure.disagreed, "aided": measure.aided, "excluded": measure.excluded,
    })))
}

/// By what figures are set side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Area,
    Board,
    Department,
    /// The calendar month or week, on the city's clock, by its first day.
    Month,
    Week,
}

impl Group {
    fn code(self) -> &'static str {
        match self {
            Group::Area => "area",
            Group::Board => "board",
            Group::Department => "department",
            Group::Month => "month",
            Group::Week => "week",
        }
    }
}

/// Which issues are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Due from … until before; never what is due after now.
    pub from: OffsetDateTime,
    pub until: OffsetDateTime,
    pub area: Option<i32>,
    pub board: Option<String>,
    /// 0: what no department had.
    pub department: Option<i64>,
}

/// Counts of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Area's or department's id, board's code, or the first day of the period; empty where there is none.
    pub key: String,
    /// How many were due.
    pub due: i64,
    pub contacted: i64,
    pub on_time: i64,
    pub answered: i64,
    pub solved: i64,
    pub rated: i64,
    pub content: i64,
    pub closed: i64,
    pub once: i64,
    pub called_back: i64,
    /// Passed all six.
    pub passed: i64,
    pub returned: i64,
    pub extended: i64,
    pub withdrawn: i64,
    pub disagreed: i64,
    /// Rated in a browser of the offices.
    pub aided: i64,
}

impl Counts {
    /// What is divided by what.
    pub fn of(&self, indicator: Indicator) -> (i64, i64) {
        match indicator {
            Indicator::Contacted => (self.contacted, self.due),
            Indicator::OnTime => (self.on_time, self.due),
            Indicator::Solved => (self.solved, self.answered),
            Indicator::Content => (self.content, self.rated),
            Indicator::Once => (self.once, self.closed),
            Indicator::CalledBack => (self.called_back, self.answered),
        }
    }
}

/// What is shown beside the indicators, so that none of them is polished at the cost of something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Given back by a department.
    Returned,
    Extended,
    Withdrawn,
    /// Answered, and not rated.
    Unrated,
    /// Rating and call-back say otherwise of one another.
    Disagreed,
    /// 工作设备: rated in a browser in which staff had signed in, or by a channel.
    Aided,
}

impl Guard {
    pub const ALL: [Guard; 6] =
        [Guard::Returned, Guard::Extended, Guard::Withdrawn, Guard::Unrated, Guard::Aided, Guard::Disagreed];

    pub fn code(self) -> &'static str {
        match self {
            Guard::Returned => "returned",
            Guard::Extended => "extended",
            Guard::Withdrawn => "withdrawn",
            Guard::Unrated => "unrated",
            Guard::Disagreed => "disagreed",
            Guard::Aided => "aided",
        }
    }

    pub fn from_code(code: &str) -> Option<Guard> {
        Guard::ALL.into_iter().find(|guard| guard.code() == code)
    }

    pub fn label(self) -> &'static str {
        match self {
            Guard::Returned => "退回率",
            Guard::Extended => "延期率",
            Guard::Withdrawn => "撤回率",
            Guard::Unrated => "未评价率",
            Guard::Disagreed => "评价回访不一致",
            Guard::Aided => "工作设备评价率",
        }
    }

    /// What is divided by what.
    pub fn of(self, counts: &Counts) -> (i64, i64) {
        match self {
            Guard::Returned => (counts.returned, counts.due),
            Guard::Extended => (counts.extended, counts.due),
            Guard::Withdrawn => (counts.withdrawn, counts.due),
            Guard::Unrated => (counts.answered - counts.rated, counts.answered),
            Guard::Disagreed => (counts.disagreed, counts.due),
            Guard::Aided => (counts.aided, counts.rated),
        }
    }
}

/// Which of the issues that were due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Narrow {
    #[default]
    All,
    /// 高质效: passed all six.
    Passed,
    /// Failed at least one, or cannot be said yet to have passed it.
    Fell,
    Failed(Indicator),
    Guard(Guard),
}

impl Narrow {
    fn code(self) -> &'static str {
        match self {
            Narrow::All => "",
            Narrow::Passed => "passed",
            Narrow::Fell => "fell",
            Narrow::Failed(indicator) => indicator.code(),
            Narrow::Guard(guard) => guard.code(),
        }
    }
}

/// Counts by group, in the scope of the session: days that are over from their sums, the others, and those changed since, from their measures.
/// `from` and `until` are midnights of the city.
///
/// # Errors
/// When the database does not answer.
pub async fn counts(conn: &mut Conn, wanted: &Wanted, group: Group, now: OffsetDateTime) -> Result<Vec<Counts>, StoreError> {
    Ok(sqlx::query_as!(
        Counts,
        r#"with asked as (
            select ($1::timestamptz at time zone 'Asia/Shanghai')::date as first, ($2::timestamptz at time zone 'Asia/Shanghai')::date as after,
                least(coalesce((select through + 1 from indicator_rolled), '-infinity'::date),
                    ($3::timestamptz at time zone 'Asia/Shanghai')::date) as edge
         ), stale as materialized (
            select distinct s.day from indicator_stale s, asked where s.day >= first and s.day < least(after, edge)
         ), measured as (
            -- `offset 0`: by the index, whatever the planner thinks of how many there are.
            select m.* from asked cross join lateral (
                select * from issue_measure where due_at >= greatest($1, edge::timestamp at time zone 'Asia/Shanghai')
                    and due_at < least($2::timestamptz, $3::timestamptz) offset 0
            ) m
            union all
            select m.* from stale s cross join lateral (
                select * from issue_measure where due_at >= s.day::timestamp at time zone 'Asia/Shanghai'
                    and due_at < (s.day + 1)::timestamp at time zone 'Asia/Shanghai' offset 0
            ) m
         ), part as (
            select (due_at at time zone 'Asia/Shanghai')::date as day, area, board, department_id, 1 as due, contacted::integer as contacted,
                on_time::integer as on_time, (answered_at is not null)::integer as answered,
                (answered_at is not null and coalesce(solved, false))::integer as solved, (content is not null)::integer as rated,
                coalesce(content, false)::integer as content, closed::integer as closed, once::integer as once,
                (answered_at is not null and called_back)::integer as called_back, passed::integer as passed, returned::integer as returned,
                extended::integer as extended, withdrawn::integer as withdrawn, disagreed::integer as disagreed, aided::integer as aided
            from measured where not excluded
            union all
            -- By name: a column that comes later is no concern of a server of before.
            select day, area, board, department_id, due, contacted, on_time, answered, solved, rated, content, closed, once, called_back, passed,
                returned, extended, withdrawn, disagreed, aided
            from indicator_day d, asked
            where d.day >= first and d.day < least(after, edge) and d.day not in (select day from stale)
         )
         select case $7::text::text when 'area' then area::text when 'board' then board when 'department' then coalesce(department_id::text, '')
                when 'week' then date_trunc('week', day::timestamp)::date::text else date_trunc('month', day::timestamp)::date::text end as "key!",
            sum(due) as "due!", sum(contacted) as "contacted!", sum(on_time) as "on_time!", sum(answered) as "answered!", sum(solved) as "solved!",
            sum(rated) as "rated!", sum(content) as "content!", sum(closed) as "closed!", sum(once) as "once!", sum(called_back) as "called_back!",
            sum(passed) as "passed!", sum(returned) as "returned!", sum(extended) as "extended!", sum(withdrawn) as "withdrawn!",
            sum(disagreed) as "disagreed!", sum(aided) as "aided!"
         from part
         where ($4::integer is null or area = $4) and ($5::text is null or board = $5)
            and ($6::bigint is null or coalesce(department_id, 0) = $6)
         group by 1 order by 1"#,
        wanted.from,
        wanted.until,
        now,
        wanted.area,
        wanted.board,
        wanted.department,
        group.code()
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Sums days of the past that are not summed, and those that changed since, at most so many of each; how many it was busy with. Needs the system's scope.
///
/// # Errors
/// When the database does not answer.
pub async fn roll(conn: &mut Conn, today: Date, most: i32) -> Result<i32, StoreError> {
    Ok(sqlx::query_scalar!(r#"select roll_indicators($1, $2) as "days!""#, today, most).fetch_one(conn.pg()).await?)
}

/// An issue behind a figure, with what it says.
#[derive(Debug, Clone)]
pub struct Behind {
    pub id: i64,
    pub number: String,
    pub title: String,
    pub enterprise_name: String,
    pub due_at: OffsetDateTime,
    pub department: Option<i64>,
    pub contacted: bool,
    pub on_time: bool,
    pub answered: bool,
    pub solved: Option<bool>,
    pub content: Option<bool>,
    pub closed: bool,
    pub once: bool,
    pub called_back: bool,
    pub passed: bool,
}

impl Behind {
    /// The indicators that this one failed, as far as that can be said.
    pub fn failed(&self) -> Vec<Indicator> {
        let failed = |indicator: &Indicator| match indicator {
            Indicator::Contacted => !self.contacted,
            Indicator::OnTime => !self.on_time,
            Indicator::Solved => self.answered && self.solved != Some(true),
            Indicator::Content => self.content == Some(false),
            Indicator::Once => self.closed && !self.once,
            Indicator::CalledBack => self.answered && !self.called_back,
        };
        Indicator::ALL.iter().copied().filter(failed).collect()
    }
}

/// The most issues behind a figure that a page shows.
const BEHIND: i64 = 100;

/// A page of the issues behind a figure that the session may read, of one category or of all; the earliest due first.
///
/// # Errors
/// When the database does not answer.
pub async fn behind(
    conn: &mut Conn,
    wanted: &Wanted,
    narrow: Narrow,
    category: Option<&str>,
    after: Option<&str>,
    now: OffsetDateTime,
) -> Result<Page<Behind>, StoreError> {
    let (at, id) = parse_cursor(after).unwrap_or((OffsetDateTime::UNIX_EPOCH, -1));
    let rows = sqlx::query_as!(
        Behind,
        r#"select i.id, i.number, i.title, i.enterprise_name, m.due_at, m.department_id as department, m.contacted, m.on_time,
            m.answered_at is not null as "answered!", m.solved, m.content, m.closed, m.once, m.called_back, m.passed
         from issue_measure m join issue i on i.id = m.issue_id
         where m.due_at >= $1 and m.due_at < least($2::timestamptz, $3::timestamptz) and not m.excluded and ($4::integer is null or m.area = $4)
            and ($5::text is null or m.board = $5) and ($6::bigint is null or coalesce(m.department_id, 0) = $6)
            and case $7::text when 'passed' then m.passed when 'fell' then not m.passed when 'contacted' then not m.contacted when 'on_time' then not m.on_time
                when 'solved' then m.answered_at is not null and m.solved is not true when 'content' then not m.content
                when 'once' then m.closed and not m.once when 'called_back' then m.answered_at is not null and not m.called_back
                when 'returned' then m.returned when 'extended' then m.extended when 'withdrawn' then m.withdrawn
                when 'disagreed' then m.disagreed when 'aided' then m.aided when 'unrated' then m.answered_at is not null and m.content is null
                else true end
            and ($9::text is null or i.category = $9) and (m.due_at, m.issue_id) > ($10, $11)
         order by m.due_at, m.issue_id limit $8"#,
        wanted.from,
        wanted.until,
        now,
        wanted.area,
        wanted.board,
        wanted.department,
        narrow.code(),
        BEHIND + 1,
        category,
        at,
        id
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(Page::cut(rows, BEHIND, |row| cursor(row.due_at, row.id)))
}

/// Measures issues that came before there were measures, `limit` at a time, the oldest first; how many there were. Needs the system's scope.
///
/// # Errors
/// When the database does not answer, or an event cannot be read.
pub async fn measure_missing(conn: &mut Conn, terms: &Terms, limit: i64) -> Result<usize, StoreError> {
    let ids = sqlx::query_scalar!(
        "select i.id from issue i where not exists (select from issue_measure m where m.issue_id = i.id) and i.due_at is not null
         order by i.id limit $1",
        limit
    )
    .fetch_all(conn.pg())
    .await?;
    for id in &ids {
        measure_again(conn, *id, terms).await?;
    }
    Ok(ids.len())
}

/// Measures an issue from its events. Needs the system's scope.
///
/// # Errors
/// As [`measure_missing`].
pub async fn measure_again(conn: &mut Conn, id: i64, terms: &Terms) -> Result<(), StoreError> {
    let stored = sqlx::query!(
        r#"select e.at, e.actor::text as "actor!", e.event::text as "event!", i.board, i.enterprise_id, i.number
         from issue_event e join issue i on i.id = e.issue_id where e.issue_id = $1 order by e.seq"#,
        id
    )
    .fetch_all(conn.pg())
    .await?;
    let Some(first) = stored.first() else { return Ok(()) };
    let mut issue = Issue::draft(first.enterprise_id);
    let mut measure = Measure::begin();
    for row in &stored {
        let (actor, event): (Actor, Event) = (parse(&row.actor, &row.number)?, parse(&row.event, &row.number)?);
        issue = evolve(issue, &event, row.at, &actor, &terms.calendar);
        measure.follow(&issue, &event, row.at, &actor);
    }
    if let Some(row) = self::row(&measure, &first.board)? {
        sqlx::query!("select put_measure($1, $2) as done", id, json(&row)?).execute(conn.pg()).await?;
    }
    Ok(())
}

/// The first and the last day of what is measured; none where nothing is.
///
/// # Errors
/// When the database does not answer.
pub async fn first_month(conn: &mut Conn) -> Result<Option<Date>, StoreError> {
    let first = sqlx::query_scalar!("select due_at from issue_measure order by due_at limit 1").fetch_optional(conn.pg()).await?;
    Ok(first.map(|at| domain::calendar::local(at).date()))
}

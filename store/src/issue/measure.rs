//! Six indicators (S-10): what each issue says is written with every command; what is asked is counted from those rows.

use super::write::{Projection, json, parse};
use crate::{Conn, StoreError};
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
        "withdrawn": measure.withdrawn, "disagreed": measure.disagreed, "excluded": measure.excluded,
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

/// Counts by group, in the scope of the session.
///
/// # Errors
/// When the database does not answer.
pub async fn counts(conn: &mut Conn, wanted: &Wanted, group: Group, now: OffsetDateTime) -> Result<Vec<Counts>, StoreError> {
    Ok(sqlx::query_as!(
        Counts,
        r#"select case $7::text::text when 'area' then area::text when 'board' then board when 'department' then coalesce(department_id::text, '')
                when 'week' then date_trunc('week', due_at at time zone 'Asia/Shanghai')::date::text
                else date_trunc('month', due_at at time zone 'Asia/Shanghai')::date::text end as "key!",
            count(*) as "due!", count(*) filter (where contacted) as "contacted!", count(*) filter (where on_time) as "on_time!",
            count(answered_at) as "answered!", count(*) filter (where answered_at is not null and solved) as "solved!",
            count(content) as "rated!", count(*) filter (where content) as "content!", count(*) filter (where closed) as "closed!",
            count(*) filter (where once) as "once!", count(*) filter (where answered_at is not null and called_back) as "called_back!",
            count(*) filter (where passed) as "passed!", count(*) filter (where returned) as "returned!",
            count(*) filter (where extended) as "extended!", count(*) filter (where withdrawn) as "withdrawn!",
            count(*) filter (where disagreed) as "disagreed!"
         from issue_measure
         where due_at >= $1 and due_at < least($2::timestamptz, $3::timestamptz) and not excluded and ($4::integer is null or area = $4)
            and ($5::text is null or board = $5) and ($6::bigint is null or department_id = $6)
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

/// An issue behind a figure, with what it says.
#[derive(Debug, Clone)]
pub struct Behind {
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
pub const BEHIND: i64 = 200;

/// The issues behind a figure that the session may read: those that failed an indicator (`failed`), or all of them, of one category or of all; the
/// earliest due first.
///
/// # Errors
/// When the database does not answer.
pub async fn behind(
    conn: &mut Conn,
    wanted: &Wanted,
    failed: Option<Indicator>,
    category: Option<&str>,
    now: OffsetDateTime,
) -> Result<Vec<Behind>, StoreError> {
    Ok(sqlx::query_as!(
        Behind,
        r#"select i.number, i.title, i.enterprise_name, m.due_at, m.department_id as department, m.contacted, m.on_time,
            m.answered_at is not null as "answered!", m.solved, m.content, m.closed, m.once, m.called_back, m.passed
         from issue_measure m join issue i on i.id = m.issue_id
         where m.due_at >= $1 and m.due_at < least($2::timestamptz, $3::timestamptz) and not m.excluded and ($4::integer is null or m.area = $4)
            and ($5::text is null or m.board = $5) and ($6::bigint is null or m.department_id = $6)
            and case $7::text when 'contacted' then not m.contacted when 'on_time' then not m.on_time
                when 'solved' then m.answered_at is not null and m.solved is not true when 'content' then not m.content
                when 'once' then m.closed and not m.once when 'called_back' then m.answered_at is not null and not m.called_back
                else true end
            and ($9::text is null or i.category = $9)
         order by m.due_at, m.issue_id limit $8"#,
        wanted.from,
        wanted.until,
        now,
        wanted.area,
        wanted.board,
        wanted.department,
        failed.map_or("", Indicator::code),
        BEHIND,
        category
    )
    .fetch_all(conn.pg())
    .await?)
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
        measure.follow(&issue, &event, row.at);
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

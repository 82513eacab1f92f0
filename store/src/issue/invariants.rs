//! What must hold of every issue, checked over all of them from their events. `invariants.sql`: no closing without the enterprise's word or a call-back,
//! no due time that moved by itself, no flag without evidence, indicators that say what happened. `invariants_steps.sql`: each step by those who may, from
//! a state that lets it, as often as it may be and with what must be said.

use crate::{Conn, StoreError};
use domain::calendar::{Span, WorkCalendar, local};
use domain::issue::Terms;
use sqlx::{Connection, Executor};
use time::{Date, OffsetDateTime};

/// A rule that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The rule, as a sentence.
    pub rule: String,
    /// How many issues break it.
    pub issues: i64,
    /// Five of them.
    pub numbers: Vec<String>,
}

/// What the statement is told of working time, as it knows no calendar: `$2` to `$5`.
#[derive(Debug, Clone, Default)]
pub struct WorkingTime {
    /// Every day since the first limits, up to now.
    pub days: Vec<Date>,
    /// How many working days there were up to each, and with it.
    pub nth: Vec<i32>,
    /// The versions of the limits.
    pub versions: Vec<i32>,
    /// For how many whole working days an answer waits for a rating under each.
    pub waits: Vec<i32>,
}

impl WorkingTime {
    /// As it is under these terms.
    pub fn of(terms: &Terms, now: OffsetDateTime) -> WorkingTime {
        let mut known = WorkingTime::default();
        let today = local(now).date();
        let versions = terms.limits.versions();
        let (mut day, mut nth) = (versions.first().map(|limits| limits.from), 0);
        while let Some(at) = day.filter(|at| *at <= today) {
            nth += i32::from(terms.calendar.is_working_day(at));
            known.days.push(at);
            known.nth.push(nth);
            day = at.next_day();
        }
        for limits in versions {
            known.versions.push(i32::from(limits.version));
            known.waits.push(whole_days(limits.silent_close, &terms.calendar));
        }
        known
    }
}

fn whole_days(span: Span, calendar: &WorkCalendar) -> i32 {
    let day = calendar.length(Span::Days(1)).whole_minutes().max(1);
    i32::try_from(calendar.length(span).whole_minutes() / day).unwrap_or(0)
}

/// Every rule that does not hold; none is how it should be. Needs the system's scope. Reads all events: some seconds for ten thousand issues.
///
/// # Errors
/// When the database does not answer.
pub async fn broken(conn: &mut Conn, now: OffsetDateTime) -> Result<Vec<Broken>, StoreError> {
    let known = WorkingTime::of(&crate::terms::load_or_start(conn).await?, now);
    let mut tx = conn.pg().begin().await?;
    // The one statement that is meant to take long: for an operator, beside no request.
    tx.execute("set local statement_timeout = 0").await?;
    let WorkingTime { days, nth, versions, waits } = &known;
    let mut broken =
        sqlx::query_file_as!(Broken, "src/issue/invariants.sql", now, days, nth, versions, waits).fetch_all(&mut *tx).await?;
    broken.extend(sqlx::query_file_as!(Broken, "src/issue/invariants_steps.sql", now).fetch_all(&mut *tx).await?);
    tx.commit().await?;
    Ok(broken)
}

/// How many events there are of each kind, by its code.
///
/// # Errors
/// When the database does not answer.
pub async fn events(conn: &mut Conn) -> Result<Vec<(String, i64)>, StoreError> {
    let rows = sqlx::query!(r#"select kind, count(*) as "count!" from issue_event group by kind order by kind"#);
    Ok(rows.fetch_all(conn.pg()).await?.into_iter().map(|row| (row.kind, row.count)).collect())
}

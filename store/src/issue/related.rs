//! Issues of one enterprise beside each other: those that went into another one (并案), and those that could.

use crate::{Conn, StoreError};
use domain::issue::State;
use time::OffsetDateTime;

/// Another issue, as far as a pointer shows it.
#[derive(Debug, Clone)]
pub struct Related {
    pub number: String,
    pub title: String,
    pub state: State,
    pub submitted_at: OffsetDateTime,
}

struct Raw {
    number: String,
    title: String,
    state: String,
    submitted_at: OffsetDateTime,
}

impl TryFrom<Raw> for Related {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Related, StoreError> {
        let unknown = || StoreError::Unreadable(format!("issue {} in state {}", raw.number, raw.state));
        Ok(Related {
            state: State::from_code(&raw.state).ok_or_else(unknown)?,
            number: raw.number,
            title: raw.title,
            submitted_at: raw.submitted_at,
        })
    }
}

/// Of these numbers the issues that the scope may read.
///
/// # Errors
/// [`StoreError`].
pub async fn related(conn: &mut Conn, numbers: &[String]) -> Result<Vec<Related>, StoreError> {
    let raw = sqlx::query_as!(
        Raw,
        "select number, title, state, submitted_at from issue where number = any($1) order by submitted_at, id",
        numbers
    )
    .fetch_all(conn.pg())
    .await?;
    raw.into_iter().map(Related::try_from).collect()
}

/// No chain is longer: an enterprise would have to file as often.
const LONGEST: i32 = 100;

/// The number of the issue in which one goes on at last that was merged: what it went into may have gone into another one since. As far as the scope may
/// read.
///
/// # Errors
/// [`StoreError`].
pub async fn goes_on_in(conn: &mut Conn, number: &str) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"with recursive chain (next, step) as (
            select e.event->>'into', 1 from issue i join issue_event e on e.issue_id = i.id and e.kind = 'merged' where i.number = $1
            union all
            select e.event->>'into', c.step + 1
            from chain c join issue i on i.number = c.next join issue_event e on e.issue_id = i.id and e.kind = 'merged' where c.step < $2)
         select next as "next!" from chain order by step desc limit 1"#,
        number,
        LONGEST
    )
    .fetch_optional(conn.pg())
    .await?)
}

/// So many are offered.
pub const MERGEABLE: i64 = 50;

/// The issues of the same enterprise that one may go into: in work and not answered, the latest filed first. No more than [`MERGEABLE`].
///
/// # Errors
/// [`StoreError`].
pub async fn mergeable(conn: &mut Conn, issue: i64, enterprise: i64) -> Result<Vec<Related>, StoreError> {
    let raw = sqlx::query_as!(
        Raw,
        "select number, title, state, submitted_at from issue
         where enterprise_id = $1 and open and queue <> 'to_rate' and id <> $2 order by submitted_at desc, id desc limit $3",
        enterprise,
        issue,
        MERGEABLE
    )
    .fetch_all(conn.pg())
    .await?;
    raw.into_iter().map(Related::try_from).collect()
}

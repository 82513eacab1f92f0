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

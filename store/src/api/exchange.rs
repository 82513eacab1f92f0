//! What was passed upward, as the key of a higher platform reads and takes it.

use crate::{Conn, Page, StoreError, cursor, parse_cursor};
use domain::actor::AreaCode;
use time::OffsetDateTime;

/// The same number for two issues.
pub const EXTERNAL_ID: &str = "issue_upward_external_key";

/// An issue that was passed upward.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: i64,
    pub number: String,
    pub title: String,
    pub text: String,
    pub category: String,
    pub place: String,
    pub area: AreaCode,
    pub enterprise_name: String,
    pub uscc: String,
    pub state: String,
    pub reason: String,
    pub passed_at: OffsetDateTime,
    pub external_id: Option<String>,
}

/// What was passed, the first first.
///
/// # Errors
/// [`StoreError::RowRefused`] for a key that does not exchange.
pub async fn list(conn: &mut Conn, after: Option<&str>, limit: i64) -> Result<Page<Row>, StoreError> {
    let (at, id) = parse_cursor(after).unwrap_or((OffsetDateTime::UNIX_EPOCH, -1));
    let rows = sqlx::query_as!(
        Row,
        r#"select id as "id!", number as "number!", title as "title!", body as "text!", category as "category!", place as "place!",
            area as "area!", enterprise_name as "enterprise_name!", uscc as "uscc!", state as "state!", reason as "reason!",
            passed_at as "passed_at!", external_id
         from passed_upward($1, $2, $3)"#,
        at,
        id,
        limit + 1
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(Page::cut(rows, limit, |row| cursor(row.passed_at, row.id)))
}

/// What came of taking one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    Received,
    /// The same was said before.
    Again,
    /// It has another number there.
    Other,
    /// Not passed, or taken by somebody else.
    Nothing,
}

/// What came of an answer from above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replied {
    Kept,
    /// The same was said before.
    Again,
    /// Something else was said under its mark.
    Other,
    /// The last word was said.
    Ended,
    /// Not taken by this key.
    Nothing,
}

/// Keeps what the platform answers, as a note beside the issue, and tells whoever passed it.
///
/// # Errors
/// [`StoreError::RowRefused`] for a key that does not exchange.
pub async fn reply(
    conn: &mut Conn,
    number: &str,
    external_id: &str,
    text: &str,
    done: bool,
    now: OffsetDateTime,
) -> Result<Replied, StoreError> {
    let said = sqlx::query_scalar!(r#"select reply_upward($1, $2, $3, $4, $5) as "said!""#, number, external_id, text, done, now)
        .fetch_one(conn.pg())
        .await?;
    Ok(match said.as_str() {
        "kept" => Replied::Kept,
        "again" => Replied::Again,
        "other" => Replied::Other,
        "ended" => Replied::Ended,
        _ => Replied::Nothing,
    })
}

/// Takes one under a number of the platform's own.
///
/// # Errors
/// [`StoreError::Conflict`] with [`EXTERNAL_ID`], [`StoreError::RowRefused`] for a key that does not exchange.
pub async fn receive(conn: &mut Conn, number: &str, external_id: &str, now: OffsetDateTime) -> Result<Taken, StoreError> {
    let said = sqlx::query_scalar!(r#"select receive_upward($1, $2, $3) as "said!""#, number, external_id, now)
        .fetch_one(conn.pg())
        .await?;
    Ok(match said.as_str() {
        "received" => Taken::Received,
        "again" => Taken::Again,
        "other" => Taken::Other,
        _ => Taken::Nothing,
    })
}

//! 案卷 (S-8): what stands beside an issue's events in its whole file: who opened it and who read
//! the enterprise's number.

use crate::{Conn, StoreError};
use time::OffsetDateTime;

/// Somebody who was shown the number whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    pub at: OffsetDateTime,
    /// The sign-in name.
    pub login: String,
    pub name: String,
}

/// Who was shown the enterprise's number whole, the first first. For centres, leaders and supervisors: empty for everybody else.
///
/// # Errors
/// [`StoreError::NotFound`] outside the scope.
pub async fn readers(conn: &mut Conn, number: &str) -> Result<Vec<Reader>, StoreError> {
    // The function looks past row-level security: what the scope may not read has no readers for it.
    super::versions(conn, number).await?;
    Ok(sqlx::query_as!(Reader, r#"select at as "at!", login as "login!", name as "name!" from issue_readers($1)"#, number)
        .fetch_all(conn.pg())
        .await?)
}

/// Somebody of the offices who opened the issue or its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Where they worked then, and as what.
    pub office: String,
    pub name: String,
    pub first: OffsetDateTime,
    pub last: OffsetDateTime,
    /// In how many hours.
    pub times: i32,
}

/// Who opened an issue, the first first. For those who may open its file: empty for everybody else, and outside the scope.
///
/// # Errors
/// [`StoreError`].
pub async fn openings(conn: &mut Conn, issue: i64) -> Result<Vec<Opening>, StoreError> {
    Ok(sqlx::query_as!(
        Opening,
        r#"select office, name, first_at as "first", last_at as "last", times
           from issue_opening where issue_id = $1 order by first_at, staff_id, office"#,
        issue
    )
    .fetch_all(conn.pg())
    .await?)
}

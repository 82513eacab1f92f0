//! 案卷 (S-8): what stands beside an issue's events in its whole file: who read the enterprise's number, and whether every event is what was written.

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

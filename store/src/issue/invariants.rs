//! What must hold of every issue, checked over all of them from their events. `invariants.sql`: no closing without the enterprise's word or a call-back,
//! no due time that moved by itself, no flag without evidence, indicators that say what happened. `invariants_steps.sql`: each step by those who may, from
//! a state that lets it, as often as it may be and with what must be said.

use crate::{Conn, StoreError};
use sqlx::{Connection, Executor};
use time::OffsetDateTime;

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

/// Every rule that does not hold; none is how it should be. Needs the system's scope. Reads all events: some seconds for ten thousand issues.
///
/// # Errors
/// When the database does not answer.
pub async fn broken(conn: &mut Conn, now: OffsetDateTime) -> Result<Vec<Broken>, StoreError> {
    let mut tx = conn.pg().begin().await?;
    // The one statement that is meant to take long: for an operator, beside no request.
    tx.execute("set local statement_timeout = 0").await?;
    let mut broken = sqlx::query_file_as!(Broken, "src/issue/invariants.sql", now).fetch_all(&mut *tx).await?;
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

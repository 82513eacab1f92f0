//! Work outside the request (an SMS to be sent): rows any server may take, each by one at a time.

use crate::{Conn, StoreError};
use serde_json::Value;
use time::OffsetDateTime;

/// A job that was taken.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its id.
    pub id: i64,
    /// What to do.
    pub kind: String,
    /// With what.
    pub payload: Value,
    /// The attempt this is, from one.
    pub attempts: i32,
}

/// Writes a job.
///
/// # Errors
/// [`StoreError`].
pub async fn enqueue(conn: &mut Conn, kind: &str, payload: &Value, now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query!("insert into job (kind, payload, run_at, created_at) values ($1, $2, $3, $3)", kind, payload, now)
        .execute(conn.pg())
        .await?;
    Ok(())
}

/// Takes jobs that are due. Taking pushes `run_at` ahead by a growing pause: if the server dies, another one takes the job then.
///
/// # Errors
/// [`StoreError`].
pub async fn claim(conn: &mut Conn, now: OffsetDateTime, limit: i64) -> Result<Vec<Job>, StoreError> {
    Ok(sqlx::query_as!(
        Job,
        "update job set attempts = attempts + 1, run_at = $1::timestamptz + interval '15 seconds' * power(2, attempts)
         where id in (select id from job where run_at <= $1 and attempts < 10 order by run_at, id limit $2 for update skip locked)
         returning id, kind, payload, attempts",
        now,
        limit
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Removes a job that is done.
///
/// # Errors
/// [`StoreError`].
pub async fn finish(conn: &mut Conn, id: i64) -> Result<(), StoreError> {
    sqlx::query!("delete from job where id = $1", id).execute(conn.pg()).await?;
    Ok(())
}

/// Records why an attempt failed; the next one is already planned.
///
/// # Errors
/// [`StoreError`].
pub async fn fail(conn: &mut Conn, id: i64, error: &str) -> Result<(), StoreError> {
    sqlx::query!("update job set last_error = $2 where id = $1", id, error).execute(conn.pg()).await?;
    Ok(())
}

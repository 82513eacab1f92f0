//! Work outside the request (an SMS to be sent): rows any server may take, each by one at a time.

use crate::{Conn, StoreError};
use serde_json::Value;
use time::OffsetDateTime;

/// What there is to do. Each kind is a queue of its own: the code somebody signs in with never waits behind the matching of a city.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A code by SMS.
    Sms,
    /// A notice by SMS.
    SmsNotice,
    /// Matching of one enterprise.
    MatchEnterprise,
    /// Matching of a batch of the city to one item.
    MatchItem,
}

impl Kind {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Sms => "sms",
            Kind::SmsNotice => "sms_notice",
            Kind::MatchEnterprise => "policy_match_enterprise",
            Kind::MatchItem => "policy_match_item",
        }
    }
}

/// A job that was taken.
#[derive(Debug, Clone)]
pub struct Job {
    pub id: i64,
    /// With what.
    pub payload: Value,
    /// The attempt this is, from one.
    pub attempts: i32,
}

/// Writes a job.
pub async fn enqueue(conn: &mut Conn, kind: Kind, payload: &Value, now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query!("insert into job (kind, payload, run_at, created_at) values ($1, $2, $3, $3)", kind.code(), payload, now)
        .execute(conn.pg())
        .await?;
    Ok(())
}

/// Takes jobs of a kind that are due. Taking pushes `run_at` ahead by a growing pause: if the server dies, another one takes the job then.
pub async fn claim(conn: &mut Conn, kind: Kind, now: OffsetDateTime, limit: i64) -> Result<Vec<Job>, StoreError> {
    Ok(sqlx::query_as!(
        Job,
        "update job set attempts = attempts + 1, run_at = $1::timestamptz + interval '15 seconds' * power(2, attempts)
         where id in (select id from job where kind = $3 and run_at <= $1 and attempts < 10 order by run_at, id limit $2
            for update skip locked)
         returning id, payload, attempts",
        now,
        limit,
        kind.code()
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Goes on with a job whose first part is done, as if it had just been written.
pub async fn go_on(conn: &mut Conn, id: i64, payload: &Value, now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query!("update job set payload = $2, run_at = $3, attempts = 0 where id = $1", id, payload, now)
        .execute(conn.pg())
        .await?;
    Ok(())
}

/// Removes jobs that are done.
pub async fn finish(conn: &mut Conn, ids: &[i64]) -> Result<(), StoreError> {
    sqlx::query!("delete from job where id = any($1)", ids).execute(conn.pg()).await?;
    Ok(())
}

/// Records why an attempt failed; the next one is already planned.
pub async fn fail(conn: &mut Conn, id: i64, error: &str) -> Result<(), StoreError> {
    sqlx::query!("update job set last_error = $2 where id = $1", id, error).execute(conn.pg()).await?;
    Ok(())
}

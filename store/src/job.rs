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
    /// A notice by mail.
    MailNotice,
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
            Kind::MailNotice => "mail_notice",
            Kind::MatchEnterprise => "policy_match_enterprise",
            Kind::MatchItem => "policy_match_item",
        }
    }
}

/// How often a job is tried.
pub const ATTEMPTS: i32 = 10;

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

/// Records why an attempt failed; the next one is already planned. Of a code or a notice that is given up, what it said is forgotten.
pub async fn fail(conn: &mut Conn, id: i64, error: &str) -> Result<(), StoreError> {
    sqlx::query!(
        "update job set last_error = $2,
            payload = case when attempts >= $3 and kind in ('sms', 'sms_notice', 'mail_notice') then '{}' else payload end where id = $1",
        id,
        error,
        ATTEMPTS
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Removes jobs of a kind that nobody waits for any more; answers how many.
pub async fn drop_older(conn: &mut Conn, kind: Kind, before: OffsetDateTime) -> Result<u64, StoreError> {
    let done =
        sqlx::query!("delete from job where kind = $1 and created_at < $2", kind.code(), before).execute(conn.pg()).await?;
    Ok(done.rows_affected())
}

/// What waits of a kind.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Queue {
    pub kind: String,
    /// To be done, now or at its next try.
    pub waiting: i64,
    /// Tried as often as it may be: somebody has to look.
    pub dead: i64,
    /// How long the oldest that waits is due, in seconds; 0 when none is.
    pub behind: i64,
    /// Why the last one failed.
    pub last_error: Option<String>,
}

/// What waits and what was given up, by kind.
pub async fn queues(conn: &mut Conn, now: OffsetDateTime) -> Result<Vec<Queue>, StoreError> {
    Ok(sqlx::query_as!(
        Queue,
        r#"select kind as "kind!", count(*) filter (where attempts < $2) as "waiting!", count(*) filter (where attempts >= $2) as "dead!",
            coalesce(extract(epoch from $1::timestamptz - min(run_at) filter (where attempts < $2 and run_at < $1)), 0)::bigint as "behind!",
            (array_agg(last_error order by run_at desc) filter (where last_error is not null))[1] as last_error
        from job group by kind
        union all select 'outbox', 0, count(*), 0, min(error) from outbox_aside having count(*) > 0
        order by 1"#,
        now,
        ATTEMPTS
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Tries again what was given up, where it still says what to do; answers how many.
pub async fn retry(conn: &mut Conn, now: OffsetDateTime) -> Result<u64, StoreError> {
    let done = sqlx::query!("update job set attempts = 0, run_at = $1 where attempts >= $2 and payload <> '{}'", now, ATTEMPTS)
        .execute(conn.pg())
        .await?;
    Ok(done.rows_affected())
}

//! The city's own interface for channels: the scope of a key, the answers that were given before. What it reads and files is in
//! [`issue`], where it is told of it in [`webhook`].

pub mod exchange;
pub mod issue;
pub mod webhook;

use crate::api_key::scopes;
use crate::{Conn, Store, StoreError, first, is_lost};
use domain::api_key::Scope;
use domain::issue::Channel;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

/// A key in force, as a request has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub id: i64,
    pub name: String,
    pub channel: Channel,
    pub scopes: Vec<Scope>,
    /// After how many seconds its next request would be answered; 0: this one is.
    pub wait: i64,
}

impl Store {
    /// Opens the key with this hash: one round trip finds it, counts the request unless it was counted before, and gives the connection its
    /// scope, in which it sees what came in by it. Without a key the connection has no scope.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open_key(&self, hash: &[u8], now: OffsetDateTime, counted: bool) -> Result<(Conn, Option<Key>), StoreError> {
        let mut spare = self.spare_connections();
        let (conn, row) = loop {
            let mut conn = self.acquire().await?;
            let asked = sqlx::query!(
                r#"select id as "id!", name as "name!", channel as "channel!", scopes as "scopes!", wait as "wait!" from open_key($1, $2, $3)"#,
                hash,
                now,
                counted
            );
            match first(asked.fetch_optional(conn.pg())).await {
                Ok(row) => break (conn, row),
                Err(error) if is_lost(&error) && spare > 0 => spare -= 1,
                Err(error) => return Err(error.into()),
            }
        };
        let Some(row) = row else { return Ok((conn, None)) };
        let channel = Channel::from_code(&row.channel)
            .ok_or_else(|| StoreError::Unreadable(format!("channel {} of key {}", row.channel, row.id)))?;
        let key = Key { id: row.id, name: row.name, channel, scopes: scopes(&row.scopes), wait: row.wait.into() };
        Ok((conn, Some(key)))
    }
}

/// How a request with a mark begins.
#[derive(Debug, Clone, PartialEq)]
pub enum Begun {
    /// It is the first, or the first one ended without an answer.
    Fresh,
    /// It was answered: status and body.
    Answered(u16, Value),
    /// It was done, and nobody kept the answer: its status.
    Done(u16),
    /// The mark is another request's.
    Other,
    /// The same request is under way.
    Running,
}

/// After this long without an answer whoever began is taken for dead.
const ABANDONED: Duration = Duration::seconds(90);

/// Begins a request with a mark of the key's own. `request` is the SHA-256 of what is asked.
///
/// # Errors
/// When the database does not answer.
pub async fn begin(conn: &mut Conn, key: i64, mark: &str, request: &[u8], now: OffsetDateTime) -> Result<Begun, StoreError> {
    let fresh = sqlx::query!(
        "insert into api_answer as a (key_id, mark, request, at) values ($1, $2, $3, $4)
         on conflict (key_id, mark) do update set at = excluded.at
            where a.status is null and a.request = excluded.request and a.at < $5",
        key,
        mark,
        request,
        now,
        now - ABANDONED
    )
    .execute(conn.pg())
    .await?;
    if fresh.rows_affected() == 1 {
        return Ok(Begun::Fresh);
    }
    let row = sqlx::query!("select request, status, answer from api_answer where key_id = $1 and mark = $2", key, mark)
        .fetch_optional(conn.pg())
        .await?;
    Ok(match row {
        Some(row) if row.request != request => Begun::Other,
        Some(row) => match (row.status, row.answer) {
            (Some(status), Some(answer)) => Begun::Answered(u16::try_from(status).unwrap_or(500), answer),
            (Some(status), None) => Begun::Done(u16::try_from(status).unwrap_or(500)),
            (None, _) => Begun::Running,
        },
        // It failed meanwhile, and may be asked again.
        None => Begun::Running,
    })
}

/// Keeps what was answered.
///
/// # Errors
/// When the database does not answer.
pub async fn keep(
    conn: &mut Conn,
    key: i64,
    mark: &str,
    status: u16,
    answer: &Value,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update api_answer set status = $3, answer = $4, at = $5 where key_id = $1 and mark = $2",
        key,
        mark,
        i16::try_from(status).unwrap_or(500),
        answer,
        now
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Forgets a request that came to nothing: the same again is tried again. What was done stays ([`issue::give`]).
///
/// # Errors
/// When the database does not answer.
pub async fn forget(conn: &mut Conn, key: i64, mark: &str) -> Result<(), StoreError> {
    sqlx::query!("delete from api_answer where key_id = $1 and mark = $2 and status is null", key, mark)
        .execute(conn.pg())
        .await?;
    Ok(())
}

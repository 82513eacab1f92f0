//! Keys of other channels (接口密钥). Found by the system's scope, kept by the city's administrators.

use crate::{Conn, StoreError};
use domain::issue::Channel;
use time::{Duration, OffsetDateTime};

/// A name that another key has.
pub const NAME: &str = "api_key_name_key";

/// A key, as administrators see it.
#[derive(Debug, Clone)]
pub struct ApiKey {
    pub id: i64,
    pub name: String,
    pub channel: String,
    pub created_at: OffsetDateTime,
    /// Who added it; empty from the command line.
    pub created_by: String,
    /// To within a few minutes.
    pub used_at: Option<OffsetDateTime>,
    pub revoked_at: Option<OffsetDateTime>,
    /// Problems that came in by it.
    pub filed: i64,
}

/// A key that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub id: i64,
    pub name: String,
    pub channel: Channel,
}

/// Adds a key by the SHA-256 of its characters.
///
/// # Errors
/// [`StoreError::Conflict`] with [`NAME`], [`StoreError::RowRefused`] for whoever does not keep keys.
pub async fn add(
    conn: &mut Conn,
    name: &str,
    hash: &[u8],
    channel: Channel,
    by: Option<i64>,
    now: OffsetDateTime,
) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(
        "insert into api_key (name, hash, channel, created_at, created_by) values ($1, $2, $3, $4, $5) returning id",
        name,
        hash,
        channel.code(),
        now,
        by
    )
    .fetch_one(conn.pg())
    .await?)
}

/// The key in force with this hash; that it was used is noted once in five minutes. Needs the system's scope.
///
/// # Errors
/// When the database does not answer.
pub async fn find(conn: &mut Conn, hash: &[u8], now: OffsetDateTime) -> Result<Option<Found>, StoreError> {
    let row = sqlx::query!("select id, name, channel, used_at from api_key where hash = $1 and revoked_at is null", hash)
        .fetch_optional(conn.pg())
        .await?;
    let Some(row) = row else { return Ok(None) };
    if row.used_at.is_none_or(|used| used + Duration::minutes(5) < now) {
        sqlx::query!("update api_key set used_at = $2 where id = $1", row.id, now).execute(conn.pg()).await?;
    }
    let channel = Channel::from_code(&row.channel)
        .ok_or_else(|| StoreError::Unreadable(format!("channel {} of key {}", row.channel, row.id)))?;
    Ok(Some(Found { id: row.id, name: row.name, channel }))
}

/// Every key, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(conn: &mut Conn) -> Result<Vec<ApiKey>, StoreError> {
    Ok(sqlx::query_as!(
        ApiKey,
        r#"select k.id, k.name, k.channel, k.created_at, coalesce(s.name, '') as "created_by!", k.used_at, k.revoked_at,
            filings_of_key(k.id) as "filed!"
         from api_key k left join staff s on s.id = k.created_by order by k.created_at desc, k.id desc"#
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Ends a key; the name of the one that ended, none where it had ended before.
///
/// # Errors
/// When the database does not answer.
pub async fn revoke(conn: &mut Conn, id: i64, by: Option<i64>, now: OffsetDateTime) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar!(
        "update api_key set revoked_at = $2, revoked_by = $3 where id = $1 and revoked_at is null returning name",
        id,
        now,
        by
    )
    .fetch_optional(conn.pg())
    .await?)
}

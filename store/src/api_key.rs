//! Keys of other channels (接口密钥). Found by the system's scope, kept by the city's administrators.

use crate::{Conn, StoreError};
use domain::api_key::{Rates, Scope};
use domain::issue::Channel;
use sqlx::Connection;
use time::{Duration, OffsetDateTime};

/// A name that another key has.
pub const NAME: &str = "api_key_name_key";

/// A key, as administrators see it.
#[derive(Debug, Clone)]
pub struct ApiKey {
    pub id: i64,
    pub name: String,
    pub channel: String,
    /// Codes of [`Scope`].
    pub scopes: Vec<String>,
    pub a_minute: i32,
    pub a_day: i32,
    pub created_at: OffsetDateTime,
    /// Who added it; empty from the command line.
    pub created_by: String,
    /// To within a few minutes.
    pub used_at: Option<OffsetDateTime>,
    pub revoked_at: Option<OffsetDateTime>,
    /// Problems that came in by it.
    pub filed: i64,
    /// Webhooks in force.
    pub webhooks: i64,
    /// Deliveries that were given up.
    pub dead: i64,
}

/// A key that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub id: i64,
    pub name: String,
    pub channel: Channel,
    pub scopes: Vec<Scope>,
    pub a_minute: i32,
    pub a_day: i32,
}

/// A key to be added.
#[derive(Debug, Clone, Copy)]
pub struct NewKey<'a> {
    pub name: &'a str,
    /// SHA-256 of its characters.
    pub hash: &'a [u8],
    pub channel: Channel,
    pub scopes: &'a [Scope],
    pub rates: Rates,
}

/// The codes of what a key may do; what this version does not know any more, nobody may.
pub(crate) fn scopes(codes: &[String]) -> Vec<Scope> {
    codes.iter().filter_map(|code| Scope::from_code(code)).collect()
}

/// Adds a key by the SHA-256 of its characters.
///
/// # Errors
/// [`StoreError::Conflict`] with [`NAME`], [`StoreError::RowRefused`] for whoever does not keep keys.
pub async fn add(conn: &mut Conn, new: &NewKey<'_>, by: Option<i64>, now: OffsetDateTime) -> Result<i64, StoreError> {
    let scopes: Vec<String> = new.scopes.iter().map(|scope| scope.code().to_owned()).collect();
    Ok(sqlx::query_scalar!(
        "insert into api_key (name, hash, channel, scopes, a_minute, a_day, created_at, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
        new.name,
        new.hash,
        new.channel.code(),
        &scopes,
        new.rates.a_minute,
        new.rates.a_day,
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
    let row = sqlx::query!(
        "select id, name, channel, scopes, a_minute, a_day, used_at from api_key where hash = $1 and revoked_at is null",
        hash
    )
    .fetch_optional(conn.pg())
    .await?;
    let Some(row) = row else { return Ok(None) };
    if row.used_at.is_none_or(|used| used + Duration::minutes(5) < now) {
        sqlx::query!("update api_key set used_at = $2 where id = $1", row.id, now).execute(conn.pg()).await?;
    }
    let channel = Channel::from_code(&row.channel)
        .ok_or_else(|| StoreError::Unreadable(format!("channel {} of key {}", row.channel, row.id)))?;
    let scopes = scopes(&row.scopes);
    Ok(Some(Found { id: row.id, name: row.name, channel, scopes, a_minute: row.a_minute, a_day: row.a_day }))
}

/// Every key, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(conn: &mut Conn) -> Result<Vec<ApiKey>, StoreError> {
    Ok(sqlx::query_as!(
        ApiKey,
        r#"select k.id, k.name, k.channel, k.scopes, k.a_minute, k.a_day, k.created_at, coalesce(s.name, '') as "created_by!",
            k.used_at, k.revoked_at, filings_of_key(k.id) as "filed!",
            (select count(*) from api_webhook w where w.key_id = k.id and w.ended_at is null) as "webhooks!",
            (select count(*) from api_delivery d where d.key_id = k.id and d.state = 'dead') as "dead!"
         from api_key k left join staff s on s.id = k.created_by order by k.created_at desc, k.id desc"#
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Ends a key, and with it its webhooks and what is still to be sent to them; the name of the one that ended, none where it had ended before.
///
/// # Errors
/// When the database does not answer.
pub async fn revoke(conn: &mut Conn, id: i64, by: Option<i64>, now: OffsetDateTime) -> Result<Option<String>, StoreError> {
    let mut tx = conn.pg().begin().await?;
    let name = sqlx::query_scalar!(
        "update api_key set revoked_at = $2, revoked_by = $3 where id = $1 and revoked_at is null returning name",
        id,
        now,
        by
    )
    .fetch_optional(&mut *tx)
    .await?;
    sqlx::query!("update api_webhook set ended_at = $2 where key_id = $1 and ended_at is null", id, now)
        .execute(&mut *tx)
        .await?;
    sqlx::query!(
        "update api_delivery set state = 'dead', error = '密钥已停用' where key_id = $1 and state in ('waiting', 'failed')",
        id
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(name)
}

/// Puts the hash of another key in the place of the one there was, which opens nothing from then on; what came in by it, and its webhooks, stay. The name
/// of the one that was replaced, none where it had ended.
///
/// # Errors
/// [`StoreError::RowRefused`] for whoever does not keep keys.
pub async fn replace(conn: &mut Conn, id: i64, hash: &[u8]) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar!("update api_key set hash = $2 where id = $1 and revoked_at is null returning name", id, hash)
        .fetch_optional(conn.pg())
        .await?)
}

/// What a key is called.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn name(conn: &mut Conn, id: i64) -> Result<String, StoreError> {
    Ok(sqlx::query_scalar!("select name from api_key where id = $1", id).fetch_one(conn.pg()).await?)
}

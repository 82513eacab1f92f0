//! Webhooks: where the steps of what came in by a key are sent, and what became of each delivery. Any server sends; one at a time takes a
//! delivery, and what was taken by a server that died is taken by another one a minute later.

use crate::{Conn, Page, StoreError, cursor, parse_cursor};
use domain::api::STEPS;
use domain::webhook::{ATTEMPTS, MOST, PLANNED, pause};
use sqlx::{Connection, PgConnection};
use time::{Duration, OffsetDateTime};

/// The same address twice for one key.
pub const URL: &str = "api_webhook_url_key";

/// A subscription.
#[derive(Debug, Clone)]
pub struct Webhook {
    pub id: i64,
    pub url: String,
    pub created_at: OffsetDateTime,
}

/// Those of a key that are in force, the oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(conn: &mut Conn, key: i64) -> Result<Vec<Webhook>, StoreError> {
    Ok(sqlx::query_as!(
        Webhook,
        "select id, url, created_at from api_webhook where key_id = $1 and ended_at is null order by id",
        key
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Subscribes an address; none where the key has as many as it may.
///
/// # Errors
/// [`StoreError::Conflict`] with [`URL`].
pub async fn add(conn: &mut Conn, key: i64, url: &str, secret: &str, now: OffsetDateTime) -> Result<Option<Webhook>, StoreError> {
    let mut tx = conn.pg().begin().await?;
    // Two at once count one after the other.
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('api_webhook', $1)) as locked", key).fetch_one(&mut *tx).await?;
    let added = sqlx::query_as!(
        Webhook,
        "insert into api_webhook (key_id, url, created_at)
         select $1, $2, $3 where (select count(*) from api_webhook w where w.key_id = $1 and w.ended_at is null) < $4
         returning id, url, created_at",
        key,
        url,
        now,
        MOST
    )
    .fetch_optional(&mut *tx)
    .await;
    let added = match added {
        Ok(Some(added)) => added,
        other => {
            tx.rollback().await?;
            return Ok(other?);
        }
    };
    sqlx::query!("insert into api_webhook_secret (webhook_id, secret) values ($1, $2)", added.id, secret)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(Some(added))
}

/// Ends a subscription, and what is still to be sent by it; whether there was one.
///
/// # Errors
/// When the database does not answer.
pub async fn end(conn: &mut Conn, key: i64, id: i64, now: OffsetDateTime) -> Result<bool, StoreError> {
    let mut tx = conn.pg().begin().await?;
    let ended =
        sqlx::query!("update api_webhook set ended_at = $3 where key_id = $1 and id = $2 and ended_at is null", key, id, now)
            .execute(&mut *tx)
            .await?;
    sqlx::query!(
        "update api_delivery set state = 'dead', error = '订阅已取消' where key_id = $1 and webhook_id = $2 and state in ('waiting', 'failed')",
        key,
        id
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(ended.rows_affected() == 1)
}

/// Plans what is told of these issues and was not planned yet, in the transaction of the outbox. A delivery that was planned stands for that it was, as
/// long as it is kept: what is older than [`PLANNED`], which is less (`domain::retention`), is not looked at, or it would be planned once more.
pub(crate) async fn plan(tx: &mut PgConnection, issues: &[i64], now: OffsetDateTime) -> Result<(), StoreError> {
    let kinds: Vec<String> = STEPS.iter().map(|(kind, _)| (*kind).to_owned()).collect();
    sqlx::query!(
        "insert into api_delivery (webhook_id, key_id, issue_id, number, seq, kind, at, due_at)
         select w.id, w.key_id, i.id, i.number, e.seq, e.kind, $2, $2
         from issue i join api_webhook w on w.key_id = i.key_id and w.ended_at is null
         join api_key k on k.id = w.key_id and k.revoked_at is null
         join issue_event e on e.issue_id = i.id and e.at >= w.created_at and e.at > $4 and e.kind = any($3)
         where i.id = any($1) order by i.id, e.seq on conflict (webhook_id, issue_id, seq) do nothing",
        issues,
        now,
        &kinds,
        now - PLANNED
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A delivery that was taken.
#[derive(Debug, Clone)]
pub struct Due {
    pub id: i64,
    /// Whose it is.
    pub key: i64,
    pub number: String,
    pub seq: i32,
    pub kind: String,
    /// The try this is, from one.
    pub attempts: i32,
    pub url: String,
    pub secret: String,
}

/// How long whoever took a delivery has for it.
const LEASE: Duration = Duration::seconds(60);

/// The most deliveries of a key that are taken together: a channel that does not answer keeps nobody else from being told.
const OF_A_KEY: i64 = 2;

/// Takes deliveries that are due, the longest due of each key, and of no key that is `busy`: what of it is under way comes first. Which keys come
/// where there is not room for all is left to chance, so that each has its turn. Needs the system's scope. The subscription is asked for row by row: joined,
/// everything that is due would be sorted before two are taken.
///
/// # Errors
/// When the database does not answer.
pub async fn claim(conn: &mut Conn, now: OffsetDateTime, limit: i64, busy: &[i64]) -> Result<Vec<Due>, StoreError> {
    Ok(sqlx::query_as!(
        Due,
        "with due as (
            select one.id from api_key k cross join lateral (
                select d.id from api_delivery d where d.key_id = k.id and d.state in ('waiting', 'failed') and d.due_at <= $1
                    and (select w.ended_at is null from api_webhook w where w.id = d.webhook_id)
                order by d.due_at, d.id limit $5 for update skip locked
            ) one
            where k.revoked_at is null and k.id <> all($4) order by random() limit $2
        )
        update api_delivery d set attempts = d.attempts + 1, due_at = $3
        from due, api_webhook w, api_webhook_secret s
        where d.id = due.id and w.id = d.webhook_id and s.webhook_id = w.id
        returning d.id, d.key_id as key, d.number, d.seq, d.kind, d.attempts, w.url, s.secret",
        now,
        limit,
        now + LEASE,
        busy,
        OF_A_KEY
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Notes what became of a try: the HTTP status, if there was an answer, and why it failed, if it did. The last one gives it up. What was ended
/// or sent meanwhile stays so.
///
/// # Errors
/// When the database does not answer.
pub async fn tried(
    conn: &mut Conn,
    due: &Due,
    status: Option<u16>,
    error: Option<&str>,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let state = match error {
        None => "sent",
        Some(_) if due.attempts >= ATTEMPTS => "dead",
        Some(_) => "failed",
    };
    sqlx::query!(
        "update api_delivery set state = $3, status = $4, error = left($5, 300), due_at = $6,
            done_at = case when $3 = 'sent' then $7::timestamptz end
         where id = $1 and attempts = $2 and state in ('waiting', 'failed')",
        due.id,
        due.attempts,
        state,
        status.and_then(|status| i16::try_from(status).ok()),
        error.unwrap_or(""),
        now + pause(due.attempts),
        now
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// What became of a delivery.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub id: i64,
    pub number: String,
    pub seq: i32,
    pub kind: String,
    pub url: String,
    pub at: OffsetDateTime,
    pub state: String,
    pub attempts: i32,
    pub status: Option<i16>,
    pub error: String,
    pub due_at: OffsetDateTime,
    pub done_at: Option<OffsetDateTime>,
}

/// The deliveries of a key, the latest first; of a state, if one is named, and with a part of an issue's number, if one is given.
///
/// # Errors
/// When the database does not answer.
pub async fn deliveries(
    conn: &mut Conn,
    key: i64,
    state: &str,
    number: &str,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<Delivery>, StoreError> {
    let (at, id) = parse_cursor(after).unwrap_or((crate::NEVER, i64::MAX));
    let rows = sqlx::query_as!(
        Delivery,
        "select d.id, d.number, d.seq, d.kind, w.url, d.at, d.state, d.attempts, d.status, d.error, d.due_at, d.done_at
         from api_delivery d join api_webhook w on w.id = d.webhook_id
         where d.key_id = $1 and (d.at, d.id) < ($2, $3) and ($4 = '' or d.state = $4) and ($5 = '' or strpos(d.number, $5) > 0)
         order by d.at desc, d.id desc limit $6",
        key,
        at,
        id,
        state,
        number,
        limit + 1
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(Page::cut(rows, limit, |row| cursor(row.at, row.id)))
}

/// Has a delivery that was given up tried again, where its subscription is still in force; whether it was one.
///
/// # Errors
/// When the database does not answer.
pub async fn again(conn: &mut Conn, key: i64, id: i64, now: OffsetDateTime) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update api_delivery d set state = 'waiting', attempts = 0, error = '', due_at = $3 where d.key_id = $1 and d.id = $2
            and d.state = 'dead' and exists (select from api_webhook w where w.id = d.webhook_id and w.ended_at is null)",
        key,
        id,
        now
    )
    .execute(conn.pg())
    .await?;
    Ok(done.rows_affected() == 1)
}

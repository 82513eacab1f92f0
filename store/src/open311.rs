//! Open311: what a channel files, and how its own stand. With the system's scope; whose key it is, the caller has found out.

use crate::issue::{CommandError, Filed, Filing, file_in};
use crate::{Conn, StoreError};
use domain::actor::{AreaCode, DepartmentId, EnterpriseId};
use domain::enterprise::Scale;
use domain::issue::Terms;
use domain::open311::{Asked, MOST};
use domain::uscc::Uscc;
use sqlx::Connection;
use time::OffsetDateTime;
use uuid::Uuid;

/// How an issue stands, without a word that somebody wrote.
#[derive(Debug, Clone)]
pub struct Standing {
    pub number: String,
    pub state: String,
    pub category: String,
    pub area: AreaCode,
    pub department: Option<DepartmentId>,
    pub submitted_at: OffsetDateTime,
    pub last_event_at: OffsetDateTime,
    pub due_at: Option<OffsetDateTime>,
}

/// Files what came in by a key: the issue and whose it is, or neither.
///
/// # Errors
/// As [`crate::issue::file`].
pub async fn file(
    conn: &mut Conn,
    key: i64,
    filing: &Filing<'_>,
    now: OffsetDateTime,
    terms: &Terms,
) -> Result<Filed, CommandError> {
    let mut tx = conn.pg().begin().await?;
    let filed = file_in(&mut tx, filing, now, terms).await?;
    sqlx::query!(
        "insert into api_filing (issue_id, key_id, client_key)
         select i.id, $2, $3 from issue i where i.number = $1 on conflict do nothing",
        filed.number,
        key,
        filing.client_key
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(filed)
}

/// The number of what this key has filed under a mark, by the client keys that may stand for it.
///
/// # Errors
/// When the database does not answer.
pub async fn by_client_key(conn: &mut Conn, key: i64, client_keys: &[Uuid]) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar!(
        "select i.number from api_filing f join issue i on i.id = f.issue_id where f.key_id = $1 and f.client_key = any($2)
         order by f.issue_id limit 1",
        key,
        client_keys
    )
    .fetch_optional(conn.pg())
    .await?)
}

/// Those of these numbers that came in by the key.
///
/// # Errors
/// When the database does not answer.
pub async fn by_numbers(conn: &mut Conn, key: i64, numbers: &[String]) -> Result<Vec<Standing>, StoreError> {
    Ok(sqlx::query_as!(
        Standing,
        "select i.number, i.state, i.category, i.area, i.lead as department, i.submitted_at, i.last_event_at, i.due_at
         from issue i join api_filing f on f.issue_id = i.id
         where f.key_id = $1 and i.number = any($2) order by i.submitted_at desc, i.id desc",
        key,
        numbers
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Those that came in by the key and fit, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn fitting(conn: &mut Conn, key: i64, asked: &Asked) -> Result<Vec<Standing>, StoreError> {
    Ok(sqlx::query_as!(
        Standing,
        "select i.number, i.state, i.category, i.area, i.lead as department, i.submitted_at, i.last_event_at, i.due_at
         from issue i join api_filing f on f.issue_id = i.id
         where f.key_id = $1 and i.submitted_at between $2 and $3 and (cardinality($4::text[]) = 0 or i.category = any($4))
            and ($5 and i.open or $6 and not i.open)
         order by i.submitted_at desc, i.id desc limit $7",
        key,
        asked.from,
        asked.until,
        &asked.services,
        asked.statuses.open,
        asked.statuses.closed,
        i64::try_from(MOST).unwrap_or(i64::MAX)
    )
    .fetch_all(conn.pg())
    .await?)
}

/// An enterprise by its code.
///
/// # Errors
/// When the database does not answer.
pub async fn enterprise(conn: &mut Conn, uscc: &Uscc) -> Result<Option<(EnterpriseId, AreaCode)>, StoreError> {
    let row = sqlx::query!("select id, area from enterprise where uscc = $1", uscc.as_str()).fetch_optional(conn.pg()).await?;
    Ok(row.map(|row| (row.id, row.area)))
}

/// Enters an enterprise that the library lacks, by what its channel says of it; the one that is there, if another was faster.
///
/// # Errors
/// When the database does not answer.
pub async fn enter(
    conn: &mut Conn,
    uscc: &Uscc,
    name: &str,
    area: AreaCode,
    now: OffsetDateTime,
) -> Result<EnterpriseId, StoreError> {
    sqlx::query!(
        "insert into enterprise (uscc, name, area, scale, class, created_at) values ($1, $2, $3, $4, 'ordinary', $5)
         on conflict (uscc) do nothing",
        uscc.as_str(),
        name,
        area,
        Scale::Micro.code(),
        now
    )
    .execute(conn.pg())
    .await?;
    Ok(sqlx::query_scalar!("select id from enterprise where uscc = $1", uscc.as_str()).fetch_one(conn.pg()).await?)
}

/// A member to call, where a channel said nobody: an owner before an agent.
///
/// # Errors
/// When the database does not answer.
pub async fn contact(conn: &mut Conn, enterprise: EnterpriseId) -> Result<Option<(String, String)>, StoreError> {
    let row = sqlx::query!(
        "select m.name, p.phone from membership m join person p on p.id = m.person_id
         where m.enterprise_id = $1 order by m.role desc, p.id limit 1",
        enterprise
    )
    .fetch_optional(conn.pg())
    .await?;
    Ok(row.map(|row| (row.name, row.phone)))
}

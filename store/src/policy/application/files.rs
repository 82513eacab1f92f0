//! Files of applications (申报材料): their rows; the bytes lie in the object store under the id.

use crate::{Conn, StoreError};
use domain::actor::{EnterpriseId, PersonId};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// A file that came with it.
#[derive(Debug, Clone)]
pub struct File {
    /// Id, also in the object store.
    pub id: Uuid,
    /// Number of the event it came with.
    pub seq: Option<i32>,
    pub name: String,
    pub content_type: String,
    pub bytes: i64,
    /// Which of the item's materials it is, counted from none; anything else has none.
    pub material: Option<i16>,
}

/// Gives pending files to an application, with the event they came with.
pub(super) async fn attach(
    tx: &mut PgConnection,
    id: i64,
    seq: i32,
    enterprise: EnterpriseId,
    files: &[Uuid],
) -> Result<(), StoreError> {
    sqlx::query!(
        "update application_file set application_id = $1, seq = $2 where id = any($3) and enterprise_id = $4
            and application_id is null",
        id,
        seq,
        files,
        enterprise
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Remembers a file before its application is filed.
///
/// # Errors
/// [`StoreError`].
pub async fn add_file(
    conn: &mut Conn,
    file: &File,
    enterprise: EnterpriseId,
    person: PersonId,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into application_file (id, enterprise_id, person_id, name, content_type, bytes, created_at, material)
            values ($1, $2, $3, $4, $5, $6, $7, $8)",
        file.id,
        enterprise,
        person,
        file.name,
        file.content_type,
        file.bytes,
        now,
        file.material
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Files that were sent and belong to no application yet, of these ids.
///
/// # Errors
/// [`StoreError`].
pub async fn pending_files(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<File>, StoreError> {
    Ok(sqlx::query_as!(
        File,
        "select id, seq, name, content_type, bytes, material from application_file where id = any($1) and application_id is null
            order by created_at, id",
        ids
    )
    .fetch_all(conn.pg())
    .await?)
}

/// The files of an application.
///
/// # Errors
/// [`StoreError`].
pub async fn files(conn: &mut Conn, id: i64) -> Result<Vec<File>, StoreError> {
    Ok(sqlx::query_as!(
        File,
        "select id, seq, name, content_type, bytes, material from application_file where application_id = $1 order by seq, created_at, id",
        id
    )
    .fetch_all(conn.pg())
    .await?)
}

//! Photos (照片): the rows; the files lie in the object store under the id.

use crate::{Conn, StoreError};
use domain::actor::EnterpriseId;
use time::OffsetDateTime;
use uuid::Uuid;

/// A picture that was just stored and belongs to no issue yet.
#[derive(Debug, Clone)]
pub struct NewPhoto {
    /// Its id, which names the files.
    pub id: Uuid,
    /// Whose it will be.
    pub enterprise: EnterpriseId,
    /// Who took it, a member …
    pub person: Option<i64>,
    /// … or station staff.
    pub staff: Option<i64>,
    /// Pixels.
    pub width: i32,
    /// Pixels.
    pub height: i32,
    /// Bytes of the stored picture.
    pub bytes: i64,
}

/// Remembers a stored picture.
pub async fn add(conn: &mut Conn, new: &NewPhoto, now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into photo (id, enterprise_id, person_id, staff_id, width, height, bytes, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        new.id,
        new.enterprise,
        new.person,
        new.staff,
        new.width,
        new.height,
        new.bytes,
        now
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Whether the scope may read a picture.
pub async fn readable(conn: &mut Conn, id: Uuid) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(r#"select exists (select from photo where id = $1) as "exists!""#, id).fetch_one(conn.pg()).await?)
}

/// Those of the ids that are the scope's own and not filed yet, in the order asked.
pub async fn pending(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found =
        sqlx::query_scalar!("select id from photo where id = any($1) and issue_id is null", ids).fetch_all(conn.pg()).await?;
    Ok(ids.iter().copied().filter(|id| found.contains(id)).collect())
}

//! Photos (照片) and files (附件) of issues: the rows; what they are lies in the object store under the id.

use crate::{Conn, StoreError};
use domain::actor::EnterpriseId;
use time::OffsetDateTime;
use uuid::Uuid;

/// A picture or a file that was just stored and belongs to no issue yet.
#[derive(Debug, Clone)]
pub struct NewPhoto {
    /// Its id, which names the files.
    pub id: Uuid,
    /// Whose it will be.
    pub enterprise: EnterpriseId,
    /// Who took it, a member …
    pub person: Option<i64>,
    /// … or staff.
    pub staff: Option<i64>,
    /// Pixels; 0 of a file.
    pub width: i32,
    /// Pixels; 0 of a file.
    pub height: i32,
    /// Bytes of what is stored.
    pub bytes: i64,
    /// A file, and not a picture.
    pub document: Option<Document>,
    /// The issue whose answer it will go with, where an office sends it.
    pub meant_for: Option<i64>,
}

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// As found in its bytes.
    pub content_type: String,
    /// The sender's name of it, as it may be shown.
    pub name: String,
}

/// A file as a page names it.
#[derive(Debug, Clone)]
pub struct Kept {
    pub id: Uuid,
    pub bytes: i64,
    /// `None` of a picture.
    pub document: Option<Document>,
}

/// Remembers a stored picture or file.
pub async fn add(conn: &mut Conn, new: &NewPhoto, now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into photo (id, enterprise_id, person_id, staff_id, width, height, bytes, created_at, content_type, name, meant_for)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        new.id,
        new.enterprise,
        new.person,
        new.staff,
        new.width,
        new.height,
        new.bytes,
        now,
        new.document.as_ref().map(|document| document.content_type.as_str()),
        new.document.as_ref().map(|document| document.name.as_str()),
        new.meant_for
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// A picture or file that the scope may read.
///
/// # Errors
/// [`StoreError::NotFound`], also where it is not for these eyes.
pub async fn get(conn: &mut Conn, id: Uuid) -> Result<Kept, StoreError> {
    let row = sqlx::query!("select bytes, content_type, name from photo where id = $1", id).fetch_one(conn.pg()).await?;
    Ok(Kept { id, bytes: row.bytes, document: document(row.content_type, row.name) })
}

fn document(content_type: Option<String>, name: Option<String>) -> Option<Document> {
    content_type.map(|content_type| Document { content_type, name: name.unwrap_or_default() })
}

/// Those of the ids that are the scope's own and not filed yet, in the order asked.
pub async fn pending(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<Kept>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        "select id, bytes, content_type, name from photo where id = any($1) and issue_id is null and meant_for is null",
        ids
    )
    .fetch_all(conn.pg())
    .await?;
    let mut found: Vec<Kept> = rows
        .into_iter()
        .map(|row| Kept { id: row.id, bytes: row.bytes, document: document(row.content_type, row.name) })
        .collect();
    found.sort_by_key(|kept| ids.iter().position(|id| *id == kept.id));
    Ok(found)
}

/// What an office has ready to go with its next answer to an issue, the first sent first.
pub async fn meant_for(conn: &mut Conn, issue: i64, staff: i64) -> Result<Vec<Kept>, StoreError> {
    let rows = sqlx::query!(
        "select id, bytes, content_type, name from photo where meant_for = $1 and staff_id = $2 and issue_id is null order by created_at, id",
        issue,
        staff
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Kept { id: row.id, bytes: row.bytes, document: document(row.content_type, row.name) })
        .collect())
}

/// Takes back what an office had ready; whether there was such a one.
pub async fn take_back(conn: &mut Conn, issue: i64, staff: i64, id: Uuid) -> Result<bool, StoreError> {
    let gone = sqlx::query!(
        "delete from photo where id = $1 and meant_for = $2 and staff_id = $3 and issue_id is null",
        id,
        issue,
        staff
    );
    Ok(gone.execute(conn.pg()).await?.rows_affected() > 0)
}

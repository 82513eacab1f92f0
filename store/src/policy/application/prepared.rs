//! Applications that an agent made ready for the owner to submit.

use crate::member::Tell;
use crate::{Conn, StoreError};
use domain::actor::EnterpriseId;
use time::OffsetDateTime;
use uuid::Uuid;

/// What is ready.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// Who made it ready.
    pub person_name: String,
    pub contact_name: String,
    pub contact_phone: String,
    pub note: String,
    pub at: OffsetDateTime,
    /// Files that wait with it.
    pub files: Vec<Uuid>,
}

/// What is ready for an item, if anything.
///
/// # Errors
/// [`StoreError`].
pub async fn prepared(conn: &mut Conn, enterprise: EnterpriseId, item: i64) -> Result<Option<Prepared>, StoreError> {
    Ok(sqlx::query_as!(
        Prepared,
        r#"select p.person_name, p.contact_name, p.contact_phone, p.note, p.at,
            array(select f.id from application_file f where f.enterprise_id = p.enterprise_id and f.prepared_for = p.item_id
                and f.application_id is null order by f.created_at, f.id) as "files!"
         from application_prepared p where p.enterprise_id = $1 and p.item_id = $2"#,
        enterprise,
        item
    )
    .fetch_optional(conn.pg())
    .await?)
}

/// What a member makes ready.
#[derive(Debug, Clone)]
pub struct NewPrepared<'a> {
    pub item_id: i64,
    pub contact_name: &'a str,
    pub contact_phone: &'a str,
    pub note: &'a str,
    /// Files that were sent before.
    pub files: &'a [Uuid],
}

/// Makes an application ready for the enterprise chosen, in place of what was ready before, and tells its owners.
///
/// # Errors
/// [`StoreError::RowRefused`] for whoever is no member.
pub async fn prepare(conn: &mut Conn, new: &NewPrepared<'_>, tell: &Tell, now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query!(
        "select prepare_application($1, $2, $3, $4, $5, $6, $7) as done",
        new.item_id,
        new.contact_name,
        new.contact_phone,
        new.note,
        new.files,
        tell.json(),
        now
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

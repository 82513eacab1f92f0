//! Filing (提诉求): what was typed and checked, until it is filed. Row-level security keeps it to whoever typed it.

use crate::{Conn, StoreError};
use domain::actor::EnterpriseId;
use time::OffsetDateTime;
use uuid::Uuid;

/// Drafts that one person has of an enterprise at most: older ones go when another is kept.
const MOST: i64 = 5;

/// What was typed and checked.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The key that files once.
    pub id: Uuid,
    pub enterprise: EnterpriseId,
    /// Who typed it, a member …
    pub person: Option<i64>,
    /// … or station staff with the member beside.
    pub staff: Option<i64>,
    /// Names and values of the form, in their order.
    pub fields: Vec<(String, String)>,
    /// Pictures and files uploaded for it.
    pub photos: Vec<Uuid>,
}

/// Keeps a draft, or keeps it anew.
///
/// # Errors
/// [`StoreError::NotFound`] where the id is another one's.
pub async fn keep(conn: &mut Conn, draft: &Draft, now: OffsetDateTime) -> Result<(), StoreError> {
    let fields = serde_json::to_value(&draft.fields).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    let kept = sqlx::query_scalar!(
        r#"with changed as (update filing_draft set fields = $5, photos = $6, at = $7 where id = $1 and enterprise_id = $2 returning id),
        added as (insert into filing_draft (id, enterprise_id, person_id, staff_id, fields, photos, at)
            select $1, $2, $3, $4, $5, $6, $7 where not exists (select from changed) on conflict do nothing returning id),
        old as (delete from filing_draft where id in (select id from filing_draft where enterprise_id = $2 and id <> $1
            order by at desc offset $8))
        select exists (select from changed) or exists (select from added) as "kept!""#,
        draft.id,
        draft.enterprise,
        draft.person,
        draft.staff,
        fields,
        &draft.photos,
        now,
        MOST - 1
    )
    .fetch_one(conn.pg())
    .await?;
    if kept { Ok(()) } else { Err(StoreError::NotFound) }
}

/// A draft of the scope's own that is not filed; without an id the latest, if there is one.
///
/// # Errors
/// [`StoreError`].
pub async fn draft(conn: &mut Conn, enterprise: EnterpriseId, id: Option<Uuid>) -> Result<Option<Draft>, StoreError> {
    let row = sqlx::query!(
        r#"select id, enterprise_id, person_id, staff_id, fields as "fields!: serde_json::Value", photos from filing_draft d
        where enterprise_id = $1 and id = coalesce($2, id)
            and not exists (select from issue i where i.enterprise_id = d.enterprise_id and i.client_key = d.id)
        order by at desc limit 1"#,
        enterprise,
        id
    )
    .fetch_optional(conn.pg())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let fields = serde_json::from_value(row.fields).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    Ok(Some(Draft {
        id: row.id,
        enterprise: row.enterprise_id,
        person: row.person_id,
        staff: row.staff_id,
        fields,
        photos: row.photos,
    }))
}

/// The number of the issue that was filed under a key.
///
/// # Errors
/// [`StoreError`].
pub async fn filed(conn: &mut Conn, enterprise: EnterpriseId, key: Uuid) -> Result<Option<String>, StoreError> {
    let sql = sqlx::query_scalar!("select number from issue where enterprise_id = $1 and client_key = $2", enterprise, key);
    Ok(sql.fetch_optional(conn.pg()).await?)
}

/// Forgets a draft; one that is gone is as good as forgotten.
///
/// # Errors
/// [`StoreError`].
pub async fn forget(conn: &mut Conn, id: Uuid) -> Result<(), StoreError> {
    sqlx::query!("delete from filing_draft where id = $1", id).execute(conn.pg()).await?;
    Ok(())
}

//! The libraries of attributes, tags and questions (指标库、标签库).

use crate::{Conn, StoreError};
use domain::actor::StaffId;
use domain::policy::library::{Attribute, AttributeKind, Library, Question, Tag, Want};
use sqlx::PgConnection;
use time::OffsetDateTime;

/// All three libraries.
///
/// # Errors
/// [`StoreError`].
pub async fn all(conn: &mut Conn) -> Result<Library, StoreError> {
    all_in(conn.pg()).await
}

pub(super) async fn all_in(conn: &mut PgConnection) -> Result<Library, StoreError> {
    let rows = sqlx::query!("select code, name, kind, unit, source, refresh, enterprise_may_state, want from policy_attribute")
        .fetch_all(&mut *conn)
        .await?;
    let mut attributes = Vec::with_capacity(rows.len());
    for row in rows {
        let kind = AttributeKind::parse(&row.kind)
            .ok_or_else(|| StoreError::Unreadable(format!("attribute {}: kind {}", row.code, row.kind)))?;
        attributes.push(Attribute {
            code: row.code,
            name: row.name,
            kind,
            unit: row.unit,
            source: row.source,
            refresh: row.refresh,
            enterprise_may_state: row.enterprise_may_state,
            want: Want::parse(&row.want).unwrap_or_default(),
        });
    }
    let tags = sqlx::query_as!(Tag, "select code, name, meaning from policy_tag").fetch_all(&mut *conn).await?;
    let questions = sqlx::query_as!(Question, "select code, text from policy_question").fetch_all(&mut *conn).await?;
    Ok(Library::new(attributes, tags, questions))
}

/// Adds or changes an attribute.
///
/// # Errors
/// [`StoreError::Conflict`] for a code that is none.
pub async fn put_attribute(conn: &mut Conn, attribute: &Attribute) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into policy_attribute (code, name, kind, unit, source, refresh, enterprise_may_state, want)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (code) do update set name = excluded.name, kind = excluded.kind, unit = excluded.unit,
            source = excluded.source,
            refresh = excluded.refresh, enterprise_may_state = excluded.enterprise_may_state, want = excluded.want",
        attribute.code,
        attribute.name,
        attribute.kind.code(),
        attribute.unit,
        attribute.source,
        attribute.refresh,
        attribute.enterprise_may_state,
        attribute.want.code()
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Adds or changes a tag.
///
/// # Errors
/// [`StoreError::Conflict`] for a code that is none.
pub async fn put_tag(conn: &mut Conn, tag: &Tag) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into policy_tag (code, name, meaning) values ($1, $2, $3)
         on conflict (code) do update set name = excluded.name, meaning = excluded.meaning",
        tag.code,
        tag.name,
        tag.meaning
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Adds or changes a question.
///
/// # Errors
/// [`StoreError::Conflict`] for a code that is none.
pub async fn put_question(conn: &mut Conn, question: &Question) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into policy_question (code, text) values ($1, $2) on conflict (code) do update set text = excluded.text",
        question.code,
        question.text
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// A change of a library that waits for a second person.
#[derive(Debug, Clone)]
pub struct Change {
    pub id: i64,
    /// `attribute`, `tag` or `question`.
    pub library: String,
    pub code: String,
    /// The entry as it shall be, as JSON.
    pub entry: serde_json::Value,
    pub proposed_by: StaffId,
    pub proposed_at: OffsetDateTime,
}

/// Proposes an entry, new or changed.
///
/// # Errors
/// [`StoreError::Conflict`] with `policy_library_change_open_key` where one for this code waits already, [`StoreError::RowRefused`] for an
/// editor of a district.
pub async fn propose(
    conn: &mut Conn,
    library: &str,
    code: &str,
    entry: &serde_json::Value,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into policy_library_change (library, code, entry, proposed_at) values ($1, $2, $3, $4)",
        library,
        code,
        entry,
        now
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// What waits, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn changes(conn: &mut Conn) -> Result<Vec<Change>, StoreError> {
    Ok(sqlx::query_as!(
        Change,
        "select id, library, code, entry, proposed_by, proposed_at from policy_library_change where decided_at is null order by id limit 200"
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Accepts a change, which nobody does with their own, or declines it; `false` where it is not open or is their own.
///
/// # Errors
/// [`StoreError::RowRefused`] for anybody but an editor of the city.
pub async fn decide(conn: &mut Conn, id: i64, accept: bool, now: OffsetDateTime) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(r#"select decide_library_change($1, $2, $3) as "done!""#, id, accept, now)
        .fetch_one(conn.pg())
        .await?)
}

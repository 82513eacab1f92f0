//! The libraries of attributes, tags and questions (指标库、标签库).

use crate::{Conn, StoreError};
use domain::policy::library::{Attribute, AttributeKind, Library, Question, Tag};
use sqlx::PgConnection;

/// All three libraries.
///
/// # Errors
/// [`StoreError`].
pub async fn all(conn: &mut Conn) -> Result<Library, StoreError> {
    all_in(conn.pg()).await
}

pub(super) async fn all_in(conn: &mut PgConnection) -> Result<Library, StoreError> {
    let rows = sqlx::query!("select code, name, kind, unit, source, refresh, enterprise_may_state from policy_attribute")
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
        "insert into policy_attribute (code, name, kind, unit, source, refresh, enterprise_may_state)
            values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (code) do update set name = excluded.name, kind = excluded.kind, unit = excluded.unit,
            source = excluded.source,
            refresh = excluded.refresh, enterprise_may_state = excluded.enterprise_may_state",
        attribute.code,
        attribute.name,
        attribute.kind.code(),
        attribute.unit,
        attribute.source,
        attribute.refresh,
        attribute.enterprise_may_state
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

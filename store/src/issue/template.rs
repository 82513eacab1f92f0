//! 答复模板: of a department, or of the city; row-level security says who keeps which.

use crate::{Conn, StoreError};
use domain::actor::DepartmentId;
use domain::issue::template::Words;
use serde::Deserialize;
use time::OffsetDateTime;

/// The constraint that says that a title is taken.
pub const TITLE: &str = "answer_template_title_key";

/// A template.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Template {
    pub id: i64,
    /// None: of the city.
    pub department: Option<DepartmentId>,
    pub title: String,
    pub body: String,
}

/// A template where it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    pub id: i64,
    pub department: Option<DepartmentId>,
    pub title: String,
    pub body: String,
    pub changed_at: OffsetDateTime,
    pub changed_by: String,
    /// Whether whoever asks keeps it.
    pub keeps: bool,
}

/// Those of whoever asks, the city's last.
///
/// # Errors
/// [`StoreError`].
pub async fn list(conn: &mut Conn) -> Result<Vec<Kept>, StoreError> {
    Ok(sqlx::query_as!(
        Kept,
        r#"select id, department_id as department, title, body, changed_at, changed_by, keeps_template(department_id) as "keeps!"
         from answer_template where gone_at is null order by department_id nulls last, title limit 500"#
    )
    .fetch_all(conn.pg())
    .await?)
}

/// One that whoever asks may use.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(conn: &mut Conn, id: i64) -> Result<Template, StoreError> {
    Ok(sqlx::query_as!(
        Template,
        "select id, department_id as department, title, body from answer_template where id = $1 and gone_at is null",
        id
    )
    .fetch_one(conn.pg())
    .await?)
}

/// Adds one.
///
/// # Errors
/// [`StoreError::RowRefused`] for whoever does not keep those of the department; a conflict of [`TITLE`].
pub async fn add(
    conn: &mut Conn,
    department: Option<DepartmentId>,
    words: &Words,
    who: &str,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into answer_template (department_id, title, body, changed_at, changed_by) values ($1, $2, $3, $4, $5)",
        department,
        words.title,
        words.body,
        now,
        who
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Changes one; whether there was one that whoever asks keeps.
///
/// # Errors
/// A conflict of [`TITLE`].
pub async fn change(conn: &mut Conn, id: i64, words: &Words, who: &str, now: OffsetDateTime) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update answer_template set title = $2, body = $3, changed_at = $4, changed_by = $5 where id = $1 and gone_at is null",
        id,
        words.title,
        words.body,
        now,
        who
    )
    .execute(conn.pg())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes one away; whether there was one that whoever asks keeps.
///
/// # Errors
/// [`StoreError`].
pub async fn remove(conn: &mut Conn, id: i64, who: &str, now: OffsetDateTime) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update answer_template set gone_at = $2, changed_at = $2, changed_by = $3 where id = $1 and gone_at is null",
        id,
        now,
        who
    )
    .execute(conn.pg())
    .await?;
    Ok(done.rows_affected() == 1)
}

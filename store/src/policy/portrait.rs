//! Portraits (企业画像): the facts of enterprises and their history.

use crate::{Conn, StoreError};
use domain::actor::{AreaCode, EnterpriseId};
use domain::enterprise::size;
use domain::policy::facts::{Fact, Facts};
use serde_json::{Value, json};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// One change to a fact.
#[derive(Debug, Clone)]
pub struct Change {
    /// An attribute, `tags`, or `attest.<question>`.
    pub code: String,
    /// The value; a list for tags, yes or no for answers; none withdraws.
    pub value: Option<Value>,
    /// What time it is about.
    pub period: String,
    /// Who says so.
    pub source: String,
}

/// A change as it was recorded.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// What it was about.
    pub code: String,
    /// The value; none where it was withdrawn.
    pub value: Option<Value>,
    /// What time it is about.
    pub period: String,
    /// Who says so.
    pub source: String,
    pub at: OffsetDateTime,
}

/// What is known of an enterprise on a day; where its portrait does not say where it lies, the register does, and its size is that of the rule
/// where the facts suffice (`domain::enterprise::size`).
///
/// # Errors
/// [`StoreError`].
pub async fn get(conn: &mut Conn, enterprise: EnterpriseId, on: Date) -> Result<Facts, StoreError> {
    let row = sqlx::query!(
        r#"select p.facts as "facts?", e.area from enterprise e left join portrait p on p.enterprise_id = e.id where e.id = $1"#,
        enterprise
    )
    .fetch_optional(conn.pg())
    .await?;
    row.map_or_else(|| Ok(Facts::default()), |row| whole(row.facts, row.area, on))
}

/// Facts as stored, with the place of registration where they do not name one, and the size by rule.
pub(super) fn whole(facts: Option<Value>, area: AreaCode, on: Date) -> Result<Facts, StoreError> {
    let mut facts = facts.map_or_else(|| Ok(Facts::default()), read)?;
    if facts.get("area").is_none() {
        facts.set("area", Fact { source: "企业登记".to_owned(), ..Fact::new(area.to_string()) });
    }
    Ok(size::with_size(facts, on))
}

pub(super) fn read(facts: Value) -> Result<Facts, StoreError> {
    serde_json::from_value(facts).map_err(|error| StoreError::Unreadable(format!("portrait: {error}")))
}

/// Records changes; only what differs is written. Answers how many were.
///
/// # Errors
/// [`StoreError::Db`] where this scope may not state one of them; nothing was written then.
pub async fn put(
    conn: &mut Conn,
    enterprise: EnterpriseId,
    changes: &[Change],
    on: Date,
    now: OffsetDateTime,
) -> Result<i32, StoreError> {
    let list: Vec<Value> = changes
        .iter()
        .map(|c| {
            let text = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
            let day = domain::policy::model::day::text(on);
            json!({ "code": c.code, "value": c.value, "period": text(&c.period), "source": text(&c.source), "on": day })
        })
        .collect();
    Ok(sqlx::query_scalar!(r#"select put_facts($1, $2, $3) as "written!""#, enterprise, Value::from(list), now)
        .fetch_one(conn.pg())
        .await?)
}

/// How a fact came about, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn history(conn: &mut Conn, enterprise: EnterpriseId, code: &str) -> Result<Vec<Recorded>, StoreError> {
    Ok(sqlx::query_as!(
        Recorded,
        "select code, value, period, source, at from fact_change where enterprise_id = $1 and code = $2
            order by id desc limit 50",
        enterprise,
        code
    )
    .fetch_all(conn.pg())
    .await?)
}

/// An open problem of an enterprise under this title: its number, and the key it was filed with.
///
/// # Errors
/// [`StoreError`].
pub async fn open_dispute(conn: &mut Conn, enterprise: EnterpriseId, title: &str) -> Result<Option<(String, Uuid)>, StoreError> {
    let row = sqlx::query!(
        "select number, client_key from issue where enterprise_id = $1 and title = $2
            and state not in ('closed', 'declined', 'withdrawn', 'merged') order by id desc limit 1",
        enterprise,
        title
    )
    .fetch_optional(conn.pg())
    .await?;
    Ok(row.map(|row| (row.number, row.client_key)))
}

/// Enterprises by their codes (统一社会信用代码), for imports.
///
/// # Errors
/// [`StoreError`].
pub async fn by_uscc(conn: &mut Conn, codes: &[String]) -> Result<Vec<(String, EnterpriseId)>, StoreError> {
    let rows = sqlx::query!("select uscc, id from enterprise where uscc = any($1)", codes).fetch_all(conn.pg()).await?;
    Ok(rows.into_iter().map(|row| (row.uscc, row.id)).collect())
}

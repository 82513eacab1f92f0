//! Items and their versions. What a version says is the JSON of [`Item`]; the columns beside it are what lists filter by.

// Before the modules, which use it too.
macro_rules! select_version {
    ($rest:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            Version,
            r#"select i.id, i.code, v.version, v.state, v.title, v.body::text as "body!", i.area, v.department_id as department,
                v.writers, v.written_at, v.published_at, v.withdrawn_at, v.withdrawn_reason
            from policy_item i join policy_version v on v.item_id = i.id "# + $rest
            $(, $value)*
        )
    };
}

mod write;

pub use write::{Keeper, VersionError, command, import, save, tell};

use crate::{Conn, Page, StoreError};
use domain::actor::{AreaCode, StaffId};
use domain::policy::model::Item;
use domain::policy::version::{Standing, State};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

#[derive(Debug, Clone)]
pub struct Published {
    /// The item's id.
    pub id: i64,
    pub item: Item,
    pub published_at: OffsetDateTime,
}

/// A version as staff see it.
#[derive(Debug, Clone)]
pub struct Version {
    /// The item's id.
    pub id: i64,
    /// The item's code.
    pub code: String,
    pub version: i32,
    /// A code of [`State`].
    pub state: String,
    pub title: String,
    /// What it says, as JSON.
    pub body: String,
    /// Who keeps it.
    pub area: AreaCode,
    /// Who reviews applications.
    pub department: Option<i64>,
    /// Everybody who wrote in it.
    pub writers: Vec<StaffId>,
    pub written_at: OffsetDateTime,
    pub published_at: Option<OffsetDateTime>,
    pub withdrawn_at: Option<OffsetDateTime>,
    /// Why.
    pub withdrawn_reason: String,
}

impl Version {
    /// What tells these words and whoever reviews its applications from any others: SHA-256, hex.
    pub fn content(&self) -> String {
        let department = self.department.map_or_else(String::new, |id| id.to_string());
        hex::encode(Sha256::digest(format!("{department}\n{}", self.body).as_bytes()))
    }

    /// What it says.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn item(&self) -> Result<Item, StoreError> {
        read(&self.code, &self.body)
    }

    /// What decisions look at.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn standing(&self) -> Result<Standing, StoreError> {
        standing(&self.code, &self.state, self.area, self.writers.clone())
    }
}

fn standing(code: &str, state: &str, area: AreaCode, writers: Vec<StaffId>) -> Result<Standing, StoreError> {
    let known = State::from_code(state);
    let state = known.ok_or_else(|| StoreError::Unreadable(format!("policy {code}: a version is {state}")))?;
    Ok(Standing { state, area, writers })
}

fn read(code: &str, body: &str) -> Result<Item, StoreError> {
    serde_json::from_str(body).map_err(|error| StoreError::Unreadable(format!("policy {code}: {error}")))
}

/// Every version that is published and in force on a day; of several of an item the highest holds.
///
/// # Errors
/// [`StoreError`].
pub async fn in_force(conn: &mut Conn, on: Date) -> Result<Vec<Published>, StoreError> {
    in_force_in(conn.pg(), on).await
}

pub(super) async fn in_force_in(conn: &mut PgConnection, on: Date) -> Result<Vec<Published>, StoreError> {
    let rows = sqlx::query!(
        r#"select distinct on (v.item_id) v.item_id, i.code, v.body::text as "body!", v.published_at as "published_at!"
        from policy_version v join policy_item i on i.id = v.item_id
        where v.state = 'published' and v.valid_from <= $1 and (v.valid_to is null or v.valid_to >= $1)
        order by v.item_id, v.version desc"#,
        on
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| Ok(Published { id: row.item_id, item: read(&row.code, &row.body)?, published_at: row.published_at }))
        .collect()
}

/// What tells whether [`in_force`] or the libraries would answer anything new: how many versions were published and withdrawn,
/// and when last; the last transaction that wrote to a library.
///
/// # Errors
/// [`StoreError`].
pub async fn stamp(conn: &mut Conn) -> Result<String, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select concat_ws('/', count(*), max(published_at), count(withdrawn_at), max(withdrawn_at),
            (select max(xmin::text::bigint) from policy_attribute), (select max(xmin::text::bigint) from policy_tag),
            (select max(xmin::text::bigint) from policy_question)) as "stamp!"
        from policy_version where state in ('published', 'withdrawn')"#
    )
    .fetch_one(conn.pg())
    .await?)
}

/// One version; the newest that may be seen where none is named.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(conn: &mut Conn, code: &str, version: Option<i32>) -> Result<Version, StoreError> {
    Ok(select_version!(
        "where i.code = $1 and ($2::integer is null or v.version = $2) order by v.version desc limit 1",
        code,
        version
    )
    .fetch_one(conn.pg())
    .await?)
}

/// All versions of an item, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn versions(conn: &mut Conn, code: &str) -> Result<Vec<Version>, StoreError> {
    Ok(select_version!("where i.code = $1 order by v.version desc", code).fetch_all(conn.pg()).await?)
}

/// The desk's list by state, newest first; words look in title and code.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    conn: &mut Conn,
    state: State,
    words: &str,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<Version>, StoreError> {
    let (at, id) = crate::parse_cursor(after).unwrap_or((crate::NEVER, i64::MAX));
    let pattern = format!("%{}%", words.replace(['%', '_', '\\'], ""));
    let rows = select_version!(
        "where v.state = $1 and (v.written_at, v.item_id) < ($2, $3) and (v.title ilike $4 or i.code ilike $4)
        order by v.written_at desc, v.item_id desc limit $5",
        state.code(),
        at,
        id,
        pattern,
        limit + 1
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(Page::cut(rows, limit, |version| crate::cursor(version.written_at, version.id)))
}

/// How many versions stand in each state.
///
/// # Errors
/// [`StoreError`].
pub async fn counts(conn: &mut Conn) -> Result<Vec<(String, i64)>, StoreError> {
    let rows =
        sqlx::query!(r#"select state, count(*) as "count!" from policy_version group by state"#).fetch_all(conn.pg()).await?;
    Ok(rows.into_iter().map(|row| (row.state, row.count)).collect())
}

/// The other items in force of the same document: code and title.
///
/// # Errors
/// [`StoreError`].
pub async fn of_document(conn: &mut Conn, id: i64, on: Date) -> Result<Vec<(String, String)>, StoreError> {
    let rows = sqlx::query!(
        "select distinct on (i.id) i.code, v.title from policy_item i join policy_version v on v.item_id = i.id
         where i.document_id = (select document_id from policy_item where id = $1) and i.id <> $1
            and v.state = 'published' and v.valid_from <= $2 and (v.valid_to is null or v.valid_to >= $2)
         order by i.id, v.version desc",
        id,
        on
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(rows.into_iter().map(|row| (row.code, row.title)).collect())
}

/// An item that has ended and that nothing follows.
#[derive(Debug, Clone)]
pub struct Ended {
    pub title: String,
    /// Name or code of the area it held in.
    pub area: String,
    /// Its last day.
    pub until: Date,
}

/// Items that ended before a day, of which no version is in force or still to come; the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn ended(conn: &mut Conn, on: Date) -> Result<Vec<Ended>, StoreError> {
    Ok(sqlx::query_as!(
        Ended,
        r#"select e.title, e.area as "area!", e.until as "until!" from (
            select distinct on (v.item_id) v.title, coalesce(v.body ->> 'area', '') as area, v.valid_to as until
            from policy_version v where v.state = 'published' and not exists (select from policy_version n
                where n.item_id = v.item_id and n.state = 'published' and (n.valid_to is null or n.valid_to >= $1))
            order by v.item_id, v.version desc) e
        order by e.until desc, e.title limit 200"#,
        on
    )
    .fetch_all(conn.pg())
    .await?)
}

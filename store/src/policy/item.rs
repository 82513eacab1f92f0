//! Items and their versions. What a version says is the JSON of [`Item`]; the columns beside it are what lists filter by.

use crate::{Conn, Page, StoreError};
use domain::actor::{AreaCode, StaffId};
use domain::policy::model::Item;
use sqlx::{Connection, PgConnection};
use time::{Date, OffsetDateTime};

/// A published version.
#[derive(Debug, Clone)]
pub struct Published {
    /// The item's id.
    pub id: i64,
    /// What it says.
    pub item: Item,
    /// When it was published.
    pub published_at: OffsetDateTime,
}

/// A version as staff see it.
#[derive(Debug, Clone)]
pub struct Version {
    /// The item's id.
    pub id: i64,
    /// The item's code.
    pub code: String,
    /// Version.
    pub version: i32,
    /// `draft`, `submitted`, `published`, `withdrawn`.
    pub state: String,
    /// Title.
    pub title: String,
    /// What it says, as JSON.
    pub body: String,
    /// Who keeps it.
    pub area: AreaCode,
    /// Who reviews applications.
    pub department: Option<i64>,
    /// Who wrote it.
    pub written_by: Option<StaffId>,
    /// When.
    pub written_at: OffsetDateTime,
    /// When it was published.
    pub published_at: Option<OffsetDateTime>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<OffsetDateTime>,
    /// Why.
    pub withdrawn_reason: String,
}

impl Version {
    /// What it says.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn item(&self) -> Result<Item, StoreError> {
        read(&self.code, &self.body)
    }
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

/// What tells whether [`in_force`] or the libraries would answer anything new: how many versions were published and withdrawn, and when
/// last; the last transaction that wrote to a library.
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
    Ok(sqlx::query_as!(
        Version,
        r#"select i.id, i.code, v.version, v.state, v.title, v.body::text as "body!", i.area, i.department_id as department,
            v.written_by, v.written_at, v.published_at, v.withdrawn_at, v.withdrawn_reason
        from policy_item i join policy_version v on v.item_id = i.id
        where i.code = $1 and ($2::integer is null or v.version = $2) order by v.version desc limit 1"#,
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
    Ok(sqlx::query_as!(
        Version,
        r#"select i.id, i.code, v.version, v.state, v.title, v.body::text as "body!", i.area, i.department_id as department,
            v.written_by, v.written_at, v.published_at, v.withdrawn_at, v.withdrawn_reason
        from policy_item i join policy_version v on v.item_id = i.id where i.code = $1 order by v.version desc"#,
        code
    )
    .fetch_all(conn.pg())
    .await?)
}

/// The desk's list by state, newest first; words look in title and code.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    conn: &mut Conn,
    state: &str,
    words: &str,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<Version>, StoreError> {
    let (at, id) = crate::parse_cursor(after).unwrap_or((crate::NEVER, i64::MAX));
    let pattern = format!("%{}%", words.replace(['%', '_', '\\'], ""));
    let rows = sqlx::query_as!(
        Version,
        r#"select i.id, i.code, v.version, v.state, v.title, v.body::text as "body!", i.area, i.department_id as department,
            v.written_by, v.written_at, v.published_at, v.withdrawn_at, v.withdrawn_reason
        from policy_version v join policy_item i on i.id = v.item_id
        where v.state = $1 and (v.written_at, v.item_id) < ($2, $3) and (v.title ilike $4 or i.code ilike $4)
        order by v.written_at desc, v.item_id desc limit $5"#,
        state,
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

/// Who writes or publishes, and for whom.
#[derive(Debug, Clone, Copy)]
pub struct Keeper {
    /// The account; none for an import.
    pub staff: Option<StaffId>,
    /// Who keeps a new item.
    pub area: AreaCode,
    /// Who reviews applications for it.
    pub department: Option<i64>,
}

/// Writes a draft: the open draft of the item, or a new version after the last one. Answers its version.
///
/// # Errors
/// [`StoreError::Conflict`] where the draft has been submitted meanwhile, or the item is another area's.
pub async fn save_draft(conn: &mut Conn, item: &Item, keeper: Keeper, now: OffsetDateTime) -> Result<i32, StoreError> {
    let mut tx = conn.pg().begin().await?;
    let version = write_version(&mut tx, item, keeper, now).await?;
    tx.commit().await?;
    Ok(version)
}

async fn write_version(tx: &mut PgConnection, item: &Item, keeper: Keeper, now: OffsetDateTime) -> Result<i32, StoreError> {
    let document = &item.document;
    let document_id = sqlx::query_scalar!(
        "insert into policy_document (no, title, issuer, url, published_on, years, note) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (no, title) do update set issuer = excluded.issuer, url = excluded.url, published_on = excluded.published_on,
            years = excluded.years, note = excluded.note returning id",
        document.no,
        document.title,
        document.issuer,
        document.url,
        document.published_on,
        document.years,
        document.note
    )
    .fetch_one(&mut *tx)
    .await?;
    let id = sqlx::query_scalar!(
        "insert into policy_item (code, document_id, area, department_id, created_at) values ($1, $2, $3, $4, $5)
         on conflict (code) do update set document_id = excluded.document_id,
            department_id = coalesce(excluded.department_id, policy_item.department_id) returning id",
        item.id,
        document_id,
        keeper.area,
        keeper.department,
        now
    )
    .fetch_one(&mut *tx)
    .await?;
    let last = sqlx::query!("select version, state from policy_version where item_id = $1 order by version desc limit 1", id)
        .fetch_optional(&mut *tx)
        .await?;
    let version = match &last {
        Some(last) if last.state == "draft" => last.version,
        Some(last) if last.state == "submitted" => return Err(StoreError::Conflict("policy_version_submitted".to_owned())),
        Some(last) => last.version + 1,
        None => 1,
    };
    let numbered = Item { version: u32::try_from(version).unwrap_or(1), ..item.clone() };
    let body = serde_json::to_string(&numbered).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    sqlx::query!(
        "insert into policy_version (item_id, version, state, body, title, level, mode, board, tags, valid_from, valid_to, apply_from, apply_to,
            written_by, written_at)
         values ($1, $2, 'draft', $3::text::json, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         on conflict (item_id, version) do update set body = excluded.body, title = excluded.title, level = excluded.level,
            mode = excluded.mode, board = excluded.board, tags = excluded.tags, valid_from = excluded.valid_from,
            valid_to = excluded.valid_to, apply_from = excluded.apply_from, apply_to = excluded.apply_to,
            written_by = excluded.written_by, written_at = excluded.written_at",
        id,
        version,
        body,
        item.title,
        item.level.code(),
        item.apply.mode.code(),
        item.board,
        &item.tags,
        item.valid.from,
        item.valid.to,
        item.apply.from,
        item.apply.to,
        keeper.staff,
        now
    )
    .execute(&mut *tx)
    .await?;
    Ok(version)
}

/// Hands a draft to a second person, or takes it back into work.
///
/// # Errors
/// [`StoreError::NotFound`] where it is not in that state.
pub async fn hand_over(conn: &mut Conn, code: &str, version: i32, submit: bool) -> Result<(), StoreError> {
    let (from, to) = if submit { ("draft", "submitted") } else { ("submitted", "draft") };
    let done = sqlx::query!(
        "update policy_version v set state = $3 from policy_item i where i.id = v.item_id and i.code = $1 and v.version = $2 and v.state = $4",
        code,
        version,
        to,
        from
    )
    .execute(conn.pg())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

/// Publishes what was submitted, by another person than wrote it, and has the whole city matched.
///
/// # Errors
/// [`StoreError::Conflict`] with `policy_version_four_eyes` for its author, [`StoreError::NotFound`] where nothing waits.
pub async fn publish(conn: &mut Conn, code: &str, version: i32, by: StaffId, now: OffsetDateTime) -> Result<i64, StoreError> {
    let mut tx = conn.pg().begin().await?;
    let id = sqlx::query_scalar!(
        "update policy_version v set state = 'published', published_by = $3, published_at = $4 from policy_item i
         where i.id = v.item_id and i.code = $1 and v.version = $2 and v.state = 'submitted' returning i.id",
        code,
        version,
        by,
        now
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(StoreError::NotFound)?;
    sqlx::query!("select match_item_soon($1, $2) as done", id, now).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(id)
}

/// Withdraws a published version: it stays readable and matches nobody any more.
///
/// # Errors
/// [`StoreError::NotFound`] where it is not published.
pub async fn withdraw(
    conn: &mut Conn,
    code: &str,
    version: i32,
    by: StaffId,
    reason: &str,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let mut tx = conn.pg().begin().await?;
    let id = sqlx::query_scalar!(
        "update policy_version v set state = 'withdrawn', withdrawn_by = $3, withdrawn_at = $4, withdrawn_reason = $5 from policy_item i
         where i.id = v.item_id and i.code = $1 and v.version = $2 and v.state = 'published' returning i.id",
        code,
        version,
        by,
        now,
        reason
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(StoreError::NotFound)?;
    sqlx::query!("select match_item_soon($1, $2) as done", id, now).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Publishes an item from files, as the system; one that is published already with the same words changes nothing. Answers whether it
/// was new.
///
/// # Errors
/// [`StoreError::Conflict`] where a draft of it is open.
pub async fn import(conn: &mut Conn, item: &Item, keeper: Keeper, now: OffsetDateTime) -> Result<bool, StoreError> {
    let mut tx = conn.pg().begin().await?;
    let published = sqlx::query!(
        r#"select v.version, v.body::text as "body!" from policy_item i join policy_version v on v.item_id = i.id
        where i.code = $1 and v.state in ('published', 'withdrawn')"#,
        item.id
    )
    .fetch_all(&mut *tx)
    .await?;
    for row in &published {
        let known = read(&item.id, &row.body)?;
        if (Item { version: item.version, ..known }) == *item {
            return Ok(false);
        }
    }
    let version = write_version(&mut tx, item, Keeper { staff: None, ..keeper }, now).await?;
    let id = sqlx::query_scalar!(
        "update policy_version v set state = 'published', published_at = $3 from policy_item i
         where i.id = v.item_id and i.code = $1 and v.version = $2 returning i.id",
        item.id,
        version,
        now
    )
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query!("select match_item_soon($1, $2) as done", id, now).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(true)
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

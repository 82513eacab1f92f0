//! Writing versions. What may be is [`domain::policy::version`]'s; here it is asked under a lock and written in the same
//! transaction.

use super::{Version, read, standing};
use crate::policy::{library, settle};
use crate::{Conn, StoreError};
use domain::actor::{AreaCode, StaffId};
use domain::policy::check::{check, may_publish};
use domain::policy::model::Item;
use domain::policy::version::{self, Author, Command, Editor, Refusal, State};
use sqlx::{Connection, PgConnection};
use time::OffsetDateTime;

/// Who writes, and for whom.
#[derive(Debug, Clone, Copy)]
pub struct Keeper {
    /// The account; none for an import.
    pub staff: Option<StaffId>,
    /// Who keeps a new item.
    pub area: AreaCode,
    /// Who reviews applications for it.
    pub department: Option<i64>,
}

impl Keeper {
    fn author(&self) -> Author {
        self.staff.map_or(Author::Import, |staff| Author::Editor(Editor { staff, area: self.area }))
    }
}

/// Why a version was not written.
#[derive(Debug, thiserror::Error)]
pub enum VersionError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for VersionError {
    fn from(error: sqlx::Error) -> VersionError {
        VersionError::Store(error.into())
    }
}

/// Saves words as a draft: the open draft of the item, or a new version after the last one. Answers its version.
///
/// # Errors
/// [`VersionError`]; nothing was written then.
pub async fn save(conn: &mut Conn, item: &Item, keeper: Keeper, now: OffsetDateTime) -> Result<i32, VersionError> {
    let mut tx = conn.pg().begin().await?;
    let done = save_in(&mut tx, item, keeper, now).await;
    Ok(settle(tx, done).await?.1)
}

/// Answers the item's id and the version.
async fn save_in(tx: &mut PgConnection, item: &Item, keeper: Keeper, now: OffsetDateTime) -> Result<(i64, i32), VersionError> {
    let author = keeper.author();
    let area = sqlx::query_scalar!("select area from policy_item where code = $1", item.id).fetch_optional(&mut *tx).await?;
    author.keeps(area.unwrap_or(keeper.area))?;
    let id = put_item(tx, item, keeper, now).await?;
    // Locked, so that nobody submits what is being overwritten.
    let last = sqlx::query!(
        "select version, state, writers from policy_version where item_id = $1 order by version desc limit 1 for update",
        id
    )
    .fetch_optional(&mut *tx)
    .await?;
    let last = match last {
        Some(last) => {
            let standing = standing(&item.id, &last.state, area.unwrap_or(keeper.area), last.writers)?;
            Some((u32::try_from(last.version).unwrap_or(0), standing))
        }
        None => None,
    };
    let number = version::number(last, &author)?;
    let numbered = Item { version: number, ..item.clone() };
    let version = put_version(tx, id, &numbered, keeper, now).await?;
    Ok((id, version))
}

/// The document and the item, whose id it answers. Of an item that there is nothing changes: a draft is nobody's business yet.
async fn put_item(tx: &mut PgConnection, item: &Item, keeper: Keeper, now: OffsetDateTime) -> Result<i64, StoreError> {
    let document = &item.document;
    let document_id = sqlx::query_scalar!(
        "insert into policy_document (no, title, issuer, url, published_on, years, note) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (no, title) do update set no = excluded.no returning id",
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
    Ok(sqlx::query_scalar!(
        "insert into policy_item (code, document_id, area, department_id, created_at) values ($1, $2, $3, $4, $5)
         on conflict (code) do update set code = excluded.code returning id",
        item.id,
        document_id,
        keeper.area,
        keeper.department,
        now
    )
    .fetch_one(tx)
    .await?)
}

/// What the city sees of an item follows the version that is published: its document, and who reviews its applications.
async fn follow(tx: &mut PgConnection, id: i64, item: &Item, department: Option<i64>) -> Result<(), StoreError> {
    let document = &item.document;
    sqlx::query!(
        "update policy_document set issuer = $3, url = $4, published_on = $5, years = $6, note = $7 where no = $1 and title = $2",
        document.no,
        document.title,
        document.issuer,
        document.url,
        document.published_on,
        document.years,
        document.note
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "update policy_item set document_id = (select id from policy_document where no = $2 and title = $3), department_id = $4
         where id = $1",
        id,
        document.no,
        document.title,
        department
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn put_version(
    tx: &mut PgConnection,
    id: i64,
    item: &Item,
    keeper: Keeper,
    now: OffsetDateTime,
) -> Result<i32, StoreError> {
    let version = i32::try_from(item.version).unwrap_or(i32::MAX);
    let body = serde_json::to_string(item).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    sqlx::query!(
        "insert into policy_version (item_id, version, state, body, title, level, mode, board, tags, valid_from, valid_to,
            apply_from, apply_to, written_by, written_at, department_id)
         values ($1, $2, 'draft', $3::text::json, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         on conflict (item_id, version) do update set body = excluded.body, title = excluded.title, level = excluded.level,
            mode = excluded.mode, board = excluded.board, tags = excluded.tags, valid_from = excluded.valid_from,
            valid_to = excluded.valid_to, apply_from = excluded.apply_from, apply_to = excluded.apply_to,
            written_by = excluded.written_by, written_at = excluded.written_at, department_id = excluded.department_id",
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
        now,
        keeper.department
    )
    .execute(tx)
    .await?;
    Ok(version)
}

/// Gives an editor's command to a version. What is published or withdrawn has the whole city matched; a withdrawn version stays
/// readable. `content` is what the editor saw ([`Version::content`]); `reason` is a withdrawal's.
///
/// # Errors
/// [`VersionError`], [`StoreError::NotFound`] in it outside the scope; nothing was written then.
#[allow(clippy::too_many_arguments)] // What a decision is about, and what it says.
pub async fn command(
    conn: &mut Conn,
    code: &str,
    version: i32,
    command: Command,
    editor: &Editor,
    content: &str,
    reason: &str,
    now: OffsetDateTime,
) -> Result<State, VersionError> {
    let reason = if command == Command::Withdraw { version::reason(reason)? } else { String::new() };
    let mut tx = conn.pg().begin().await?;
    let done = command_in(&mut tx, code, version, command, editor, content, &reason, now).await;
    settle(tx, done).await
}

#[allow(clippy::too_many_arguments)] // As `command`.
async fn command_in(
    tx: &mut PgConnection,
    code: &str,
    version: i32,
    command: Command,
    editor: &Editor,
    content: &str,
    reason: &str,
    now: OffsetDateTime,
) -> Result<State, VersionError> {
    let (published, withdrawn) = (command == Command::Publish, command == Command::Withdraw);
    let found: Version =
        select_version!("where i.code = $1 and v.version = $2 for update of v", code, version).fetch_one(&mut *tx).await?;
    if command.is_bound() && content != found.content() {
        return Err(Refusal::Changed(command.label()).into());
    }
    let fit = !command.needs_fit() || may_publish(&check(&found.item()?, &library::all_in(tx).await?));
    let state = found.standing()?.decide(command, editor, fit)?;
    sqlx::query!(
        "update policy_version set state = $3, published_by = coalesce($4, published_by),
            published_at = coalesce($5, published_at), withdrawn_by = $6, withdrawn_at = $7, withdrawn_reason = $8
         where item_id = $1 and version = $2",
        found.id,
        version,
        state.code(),
        published.then_some(editor.staff),
        published.then_some(now),
        withdrawn.then_some(editor.staff),
        withdrawn.then_some(now),
        reason
    )
    .execute(&mut *tx)
    .await?;
    if published {
        follow(tx, found.id, &found.item()?, found.department).await?;
    }
    if published || withdrawn {
        sqlx::query!("select match_item_soon($1, $2) as done", found.id, now).execute(tx).await?;
    }
    Ok(state)
}

/// Publishes an item from files, as the system; one that is published already with the same words changes nothing. Answers
/// whether it was new.
///
/// # Errors
/// [`VersionError`], [`Refusal::DraftOpen`] and [`Refusal::Waiting`] in it where an editor is at it; nothing was written then.
pub async fn import(conn: &mut Conn, item: &Item, keeper: Keeper, now: OffsetDateTime) -> Result<bool, VersionError> {
    let mut tx = conn.pg().begin().await?;
    let done = import_in(&mut tx, item, keeper, now).await;
    settle(tx, done).await
}

async fn import_in(tx: &mut PgConnection, item: &Item, keeper: Keeper, now: OffsetDateTime) -> Result<bool, VersionError> {
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
    let (id, version) = save_in(tx, item, Keeper { staff: None, ..keeper }, now).await?;
    sqlx::query!(
        "update policy_version set state = 'published', published_at = $3 where item_id = $1 and version = $2",
        id,
        version,
        now
    )
    .execute(&mut *tx)
    .await?;
    follow(tx, id, item, keeper.department).await?;
    sqlx::query!("select match_item_soon($1, $2) as done", id, now).execute(tx).await?;
    Ok(true)
}

/// Tells whoever goes on that a version waits: after `Submit` the other editors of its area, after `Return` whoever wrote in it.
///
/// # Errors
/// [`StoreError`].
pub async fn tell(conn: &mut Conn, code: &str, version: i32, command: Command, now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query!("select tell_editors($1, $2, $3, $4) as done", code, version, command.code(), now).execute(conn.pg()).await?;
    Ok(())
}

//! The log of changes of settings (设置变更记录). It only grows. Administrators read what belongs to their area, the city's all of it.

use crate::{Conn, Page, StoreError};
use domain::actor::AreaCode;
use domain::administration::{Kind, Tail};
use serde_json::Value;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

/// A change as it is written. The account is that of the session: the connection knows it.
#[derive(Debug, Clone)]
pub struct NewChange<'a> {
    /// The name a page shows; at the command line, who says to be there. Not empty.
    pub who: &'a str,
    /// Whose administrators read it, besides the city's.
    pub area: AreaCode,
    pub kind: Kind,
    /// Which thing of this kind: its code, login, day.
    pub key: &'a str,
    /// As it was; none where it is added.
    pub before: Option<&'a Value>,
    /// As it shall be; none where it is taken away.
    pub after: Option<&'a Value>,
    /// Why, and from which day.
    pub tail: &'a Tail,
}

/// Writes a change into the transaction that makes it; answers its number.
///
/// # Errors
/// [`StoreError::RowRefused`] for another area's, [`StoreError::Conflict`] with `setting_change_differs_check` where nothing differs.
pub async fn record_in(tx: &mut PgConnection, new: &NewChange<'_>, now: OffsetDateTime) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(
        "insert into setting_change (at, who, area, kind, key, before, after, why, effective_from)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id",
        now,
        new.who,
        new.area,
        new.kind.code(),
        new.key,
        new.before,
        new.after,
        new.tail.why,
        new.tail.from
    )
    .fetch_one(tx)
    .await?)
}

/// As [`record_in`], for a change that is one statement of its own.
///
/// # Errors
/// As [`record_in`].
pub async fn record(conn: &mut Conn, new: &NewChange<'_>, now: OffsetDateTime) -> Result<i64, StoreError> {
    record_in(conn.pg(), new, now).await
}

/// A change as the log shows it.
#[derive(Debug, Clone)]
pub struct Change {
    pub id: i64,
    pub at: OffsetDateTime,
    pub who: String,
    pub area: AreaCode,
    /// The code of its kind ([`Kind`]).
    pub kind: String,
    pub key: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub why: String,
    pub effective_from: Date,
    /// It waited, or waits, for its day.
    pub planned: bool,
    /// Of one that was planned, how that ended: `applied`, `withdrawn`, `refused`; none while it waits.
    pub outcome: Option<String>,
    /// Why it was taken back, or the constraint that stood against it on its day.
    pub note: Option<String>,
    /// Who took it back.
    pub ended_who: Option<String>,
}

/// What the log is asked for; what is empty asks nothing.
#[derive(Debug, Clone, Default)]
pub struct Wanted<'a> {
    /// Words of key, reason or name.
    pub words: &'a str,
    /// The code of a kind.
    pub kind: &'a str,
    pub key: &'a str,
    pub area: Option<AreaCode>,
    /// Only what waits for its day.
    pub waiting: bool,
}

/// The log, newest first; `after` is the number of the last change of the page before.
///
/// # Errors
/// [`StoreError`].
pub async fn list(conn: &mut Conn, wanted: &Wanted<'_>, after: Option<i64>, limit: i64) -> Result<Page<Change>, StoreError> {
    let rows = sqlx::query_as!(
        Change,
        r#"select c.id, c.at, c.who, c.area, c.kind, c.key, c.before, c.after, c.why, c.effective_from,
            d.change_id is not null as "planned!", d.outcome, d.note as "note?",
            d.ended_who as "ended_who?"
         from setting_change c left join setting_due d on d.change_id = c.id
         where ($1 = '' or strpos(c.key, $1) > 0 or strpos(c.why, $1) > 0 or strpos(c.who, $1) > 0
                or strpos(coalesce(c.after ->> 'name', c.before ->> 'name', ''), $1) > 0)
            and ($2 = '' or c.kind = $2) and ($3 = '' or c.key = $3) and ($4::integer is null or c.area = $4)
            and (not $5 or (d.change_id is not null and d.outcome is null)) and ($6::bigint is null or c.id < $6)
         order by c.id desc limit $7"#,
        wanted.words,
        wanted.kind,
        wanted.key,
        wanted.area,
        wanted.waiting,
        after,
        limit + 1
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(Page::cut(rows, limit, |change| change.id.to_string()))
}

/// One change, if the scope may see it.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(conn: &mut Conn, id: i64) -> Result<Change, StoreError> {
    Ok(sqlx::query_as!(
        Change,
        r#"select c.id, c.at, c.who, c.area, c.kind, c.key, c.before, c.after, c.why, c.effective_from,
            d.change_id is not null as "planned!", d.outcome, d.note as "note?", d.ended_who as "ended_who?"
         from setting_change c left join setting_due d on d.change_id = c.id where c.id = $1"#,
        id
    )
    .fetch_one(conn.pg())
    .await?)
}

/// The number of the last change of a thing; 0 where there was none. A form carries it, so that nobody overwrites what they did not see.
///
/// # Errors
/// [`StoreError`].
pub async fn last(conn: &mut Conn, kind: Kind, key: &str) -> Result<i64, StoreError> {
    last_in(conn.pg(), kind, key).await
}

/// As [`last`], in a transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn last_in(tx: &mut PgConnection, kind: Kind, key: &str) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select coalesce(max(id), 0) as "last!" from setting_change where kind = $1 and key = $2"#,
        kind.code(),
        key
    )
    .fetch_one(tx)
    .await?)
}

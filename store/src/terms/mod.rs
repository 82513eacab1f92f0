//! What issues are decided by besides themselves (`domain::issue::Terms`): boards and categories, limits, working days, the
//! words of messages. Each line holds from
//! its day; the tables only grow (`migrations/0016_catalogue.sql`).

mod set_up;
mod write;

pub(crate) use set_up::set_up_in;
pub use write::{Line, put};

use crate::{Conn, StoreError};
use domain::calendar::{WorkCalendar, local, midnight};
use domain::catalogue::{Board, Catalogue, Category, Responsible};
use domain::issue::limits::{LimitTable, Limits, Spans};
use domain::issue::texts::{Text, TextKey, Texts};
use domain::issue::{Level, Office, Terms, Urgency};
use sqlx::{Connection, PgConnection};
use std::sync::Arc;
use time::Date;

/// The channel on which servers hear that something of this, or of the organisations, was changed.
pub const CHANNEL: &str = "qifu_tables";

/// Everything, on a calendar that has no days but its own yet. Needs the system's scope or an administrator's.
///
/// # Errors
/// [`StoreError::Unreadable`] for a line whose words are not known.
pub async fn load(conn: &mut Conn, plain: WorkCalendar) -> Result<Terms, StoreError> {
    load_in(conn.pg(), plain).await
}

/// As [`load`]; the starting set where nobody has filled it in yet. Needs the system's scope.
///
/// # Errors
/// As [`load`].
pub async fn load_or_start(conn: &mut Conn) -> Result<Terms, StoreError> {
    let terms = load(conn, WorkCalendar::default()).await?;
    let empty = terms.catalogue.board_lines().is_empty();
    Ok(if empty {
        Terms { calendar: terms.calendar, learned: terms.learned, offices: terms.offices, ..Terms::default() }
    } else {
        terms
    })
}

async fn load_in(conn: &mut PgConnection, plain: WorkCalendar) -> Result<Terms, StoreError> {
    let catalogue = catalogue(conn).await?;
    let limits = limits(conn).await?;
    let days: Vec<(Date, bool)> =
        days_in(conn).await?.into_iter().filter_map(|line| line.working.map(|working| (line.day, working))).collect();
    let texts = texts(conn).await?;
    let offices = offices(conn).await?;
    let learned = crate::learning::learned(conn).await?;
    Ok(Terms {
        calendar: Arc::new(plain.with_days(&days)),
        limits: Arc::new(limits),
        catalogue: Arc::new(catalogue),
        texts: Arc::new(texts),
        learned: Arc::new(learned),
        offices: Arc::new(offices),
    })
}

async fn offices(conn: &mut PgConnection) -> Result<Vec<Office>, StoreError> {
    Ok(sqlx::query_as!(Office, "select id, code, area, on_site, active from department order by id").fetch_all(conn).await?)
}

async fn texts(conn: &mut PgConnection) -> Result<Texts, StoreError> {
    let rows = sqlx::query!("select code, from_day, title, body from notice_text order by id").fetch_all(conn).await?;
    // A message that this version does not know any more is nobody's.
    let lines = rows.into_iter().filter_map(|row| {
        let text = row.title.zip(row.body).map(|(title, body)| Text { title, body });
        TextKey::from_code(&row.code).map(|key| (key, row.from_day, text))
    });
    Ok(Texts::new(lines.collect()))
}

async fn catalogue(conn: &mut PgConnection) -> Result<Catalogue, StoreError> {
    let boards = sqlx::query!("select code, since, name, lead, position, active from catalogue_board order by id")
        .fetch_all(&mut *conn)
        .await?;
    let boards = boards.into_iter().map(|row| {
        let board = Board { code: row.code, name: row.name, lead: row.lead, position: row.position, active: row.active };
        (row.since, board)
    });
    let categories = sqlx::query!(
        "select code, since, board, name, department, level, urgency, words, position, active from catalogue_category order by id"
    )
    .fetch_all(&mut *conn)
    .await?;
    let categories = categories.into_iter().map(|row| {
        let unknown = || StoreError::Unreadable(format!("category {}: {} or {}", row.code, row.level, row.urgency));
        let (level, urgency) = (Level::from_code(&row.level), Urgency::from_code(&row.urgency));
        let category = Category {
            level: level.ok_or_else(unknown)?,
            urgency: urgency.ok_or_else(unknown)?,
            code: row.code,
            board: row.board,
            name: row.name,
            department: row.department,
            words: row.words,
            position: row.position,
            active: row.active,
        };
        Ok((row.since, category))
    });
    let categories = categories.collect::<Result<_, StoreError>>()?;
    let responsible =
        sqlx::query!("select category, area, since, department from catalogue_responsible order by id").fetch_all(conn).await?;
    let responsible = responsible
        .into_iter()
        .map(|row| (row.since, Responsible { category: row.category, area: row.area, department: row.department }));
    Ok(Catalogue::new(boards.collect(), categories, responsible.collect()))
}

/// Every version of the limits. Any scope may ask: what an issue was submitted under is no secret.
pub(crate) async fn limits(conn: &mut PgConnection) -> Result<LimitTable, StoreError> {
    let rows = sqlx::query!("select version, from_day, spans from limit_version order by version").fetch_all(conn).await?;
    let limits = rows.into_iter().map(|row| {
        let unknown = |error: String| StoreError::Unreadable(format!("limits {}: {error}", row.version));
        let spans: Spans = serde_json::from_value(row.spans).map_err(|error| unknown(error.to_string()))?;
        let version = u16::try_from(row.version).map_err(|error| unknown(error.to_string()))?;
        Ok(Limits { version, from: row.from_day, spans })
    });
    Ok(LimitTable::new(limits.collect::<Result<_, StoreError>>()?))
}

/// A day that differs from the built-in table.
#[derive(Debug, Clone)]
pub struct DayLine {
    pub day: Date,
    /// At work or off; `None` where an earlier line was taken back.
    pub working: Option<bool>,
    /// What people call it.
    pub note: String,
}

/// The days that administrators set, each with its latest line.
///
/// # Errors
/// [`StoreError`].
pub async fn days(conn: &mut Conn) -> Result<Vec<DayLine>, StoreError> {
    days_in(conn.pg()).await
}

async fn days_in(conn: &mut PgConnection) -> Result<Vec<DayLine>, StoreError> {
    Ok(sqlx::query_as!(DayLine, "select distinct on (day) day, working, note from calendar_day order by day, id desc")
        .fetch_all(conn)
        .await?)
}

/// Fills in the starting set where there is nothing yet. Any number of servers may do so at once. Needs the system's scope.
///
/// # Errors
/// [`StoreError`]; nothing was written then.
pub async fn seed(conn: &mut Conn) -> Result<(), StoreError> {
    let mut tx = conn.pg().begin().await?;
    seed_in(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

async fn seed_in(tx: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext($1)) as locked", CHANNEL).fetch_one(&mut *tx).await?;
    let there =
        sqlx::query_scalar!(r#"select exists (select from catalogue_board) and exists (select from limit_version) as "there!""#)
            .fetch_one(&mut *tx)
            .await?;
    if there {
        return Ok(());
    }
    let terms = Terms::default();
    for (from, board) in terms.catalogue.board_lines() {
        write::insert(tx, &Line::Board(board), local(*from).date(), None, *from).await?;
    }
    for (from, category) in terms.catalogue.category_lines() {
        write::insert(tx, &Line::Category(category), local(*from).date(), None, *from).await?;
    }
    for limits in terms.limits.versions() {
        write::insert(tx, &Line::Limits(&limits.spans), limits.from, None, midnight(limits.from)).await?;
    }
    Ok(())
}

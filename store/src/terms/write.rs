//! Writing a line: with the change that says who and why, in one transaction, and never over what somebody else wrote meanwhile.

use crate::administration::change::{self, NewChange};
use crate::{Conn, StoreError};
use domain::actor::{AreaCode, DepartmentId};
use domain::calendar::midnight;
use domain::catalogue::{Board, Category, Responsible};
use domain::issue::limits::Spans;
use domain::issue::texts::{Text, TextKey};
use domain::retention::Rule;
use domain::work_indicator::WorkIndicator;
use sqlx::{Connection, PgConnection};
use time::{Date, OffsetDateTime};

/// What a line says from its day on.
#[derive(Debug, Clone)]
pub enum Line<'a> {
    Board(&'a Board),
    Category(&'a Category),
    Responsible(&'a Responsible),
    /// The next version.
    Limits(&'a Spans),
    /// What a message says; none for our own words again.
    Text(TextKey, Option<&'a Text>),
    /// How many days what is personal is kept; none for our own time again.
    Retention(&'a Rule, Option<i64>),
    /// Every day from the line's to `until`.
    Days {
        until: Date,
        /// At work, off, or as the built-in table has it.
        working: Option<bool>,
        note: &'a str,
    },
    /// What was entered of a month's work figures, for an area or a department of it.
    Work {
        month: Date,
        area: AreaCode,
        department: Option<DepartmentId>,
        figures: &'a [(WorkIndicator, i64)],
    },
}

/// Writes a line and its change. `seen` is the number of the thing's last change that its author saw; none is asked of what is new.
///
/// # Errors
/// [`StoreError::Conflict`] with `seen` where somebody was quicker, with `setting_change_differs_check` where nothing differs;
/// [`StoreError::RowRefused`] for what is not this scope's to set, or not from that day.
pub async fn put(
    conn: &mut Conn,
    new: &NewChange<'_>,
    seen: Option<i64>,
    line: &Line<'_>,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let mut tx = conn.pg().begin().await?;
    let written = put_in(&mut tx, new, seen, line, now).await;
    match written {
        Ok(()) => tx.commit().await?,
        Err(_) => tx.rollback().await?,
    }
    written
}

async fn put_in(
    tx: &mut PgConnection,
    new: &NewChange<'_>,
    seen: Option<i64>,
    line: &Line<'_>,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let lock = format!("{}:{}", new.kind.code(), new.key);
    sqlx::query!("select pg_advisory_xact_lock(hashtext($1)) as locked", lock).fetch_one(&mut *tx).await?;
    if let Some(seen) = seen
        && change::last_in(&mut *tx, new.kind, new.key).await? != seen
    {
        return Err(StoreError::Conflict("seen".to_owned()));
    }
    let change = change::record_in(&mut *tx, new, now).await?;
    insert(tx, line, new.tail.from, Some(change), now).await
}

/// The line alone. What is written for today holds from `now` on: what was filed this morning was filed before it.
pub(super) async fn insert(
    tx: &mut PgConnection,
    line: &Line<'_>,
    from: Date,
    change: Option<i64>,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let since = midnight(from).max(now);
    match line {
        Line::Board(board) => {
            sqlx::query!(
                "insert into catalogue_board (code, from_day, name, lead, position, active, change_id, since)
                 values ($1, $2, $3, $4, $5, $6, $7, $8)",
                board.code,
                from,
                board.name,
                board.lead,
                board.position,
                board.active,
                change,
                since
            )
            .execute(tx)
            .await?
        }
        Line::Category(category) => {
            sqlx::query!(
                "insert into catalogue_category
                    (code, from_day, board, name, department, level, urgency, words, position, active, change_id, since)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                category.code,
                from,
                category.board,
                category.name,
                category.department,
                category.level.code(),
                category.urgency.code(),
                &category.words,
                category.position,
                category.active,
                change,
                since
            )
            .execute(tx)
            .await?
        }
        Line::Responsible(responsible) => {
            sqlx::query!(
                "insert into catalogue_responsible (category, area, from_day, department, change_id, since) values ($1, $2, $3, $4, $5, $6)",
                responsible.category,
                responsible.area,
                from,
                responsible.department,
                change,
                since
            )
            .execute(tx)
            .await?
        }
        Line::Limits(spans) => {
            let spans = serde_json::to_value(spans).map_err(|error| StoreError::Unreadable(error.to_string()))?;
            sqlx::query!(
                "insert into limit_version (version, from_day, spans, change_id)
                 select coalesce(max(version), 0) + 1, $1, $2, $3 from limit_version",
                from,
                spans,
                change
            )
            .execute(tx)
            .await?
        }
        Line::Text(key, text) => {
            sqlx::query!(
                "insert into notice_text (code, from_day, title, body, change_id) values ($1, $2, $3, $4, $5)",
                key.code(),
                from,
                text.map(|text| text.title.as_str()),
                text.map(|text| text.body.as_str()),
                change
            )
            .execute(tx)
            .await?
        }
        Line::Retention(rule, days) => {
            sqlx::query!(
                "insert into retention_setting (kind, from_day, days, change_id) values ($1, $2, $3, $4)",
                rule.code,
                from,
                days.and_then(|days| i32::try_from(days).ok()),
                change
            )
            .execute(tx)
            .await?
        }
        Line::Days { until, working, note } => {
            sqlx::query!(
                "insert into calendar_day (day, working, note, change_id)
                 select $1::date + n, $2, $3, $4 from generate_series(0, $5::integer) n",
                from,
                *working,
                *note,
                change,
                i32::try_from((*until - from).whole_days()).unwrap_or(0)
            )
            .execute(tx)
            .await?
        }
        Line::Work { month, area, department, figures } => {
            let indicators: Vec<String> = figures.iter().map(|(indicator, _)| indicator.code().to_owned()).collect();
            let values: Vec<i64> = figures.iter().map(|(_, value)| *value).collect();
            sqlx::query!(
                "insert into work_figure (month, area, department_id, indicator, value, change_id)
                 select $1::date, $2::integer, $3::bigint, n.indicator, n.value, $4::bigint
                 from unnest($5::text[], $6::bigint[]) as n (indicator, value)",
                *month,
                *area,
                *department,
                change,
                &indicators,
                &values
            )
            .execute(tx)
            .await?
        }
    };
    Ok(())
}

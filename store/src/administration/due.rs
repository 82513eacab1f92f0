//! Changes that wait for their day (待生效): planned with the log, taken back by an administrator, applied by whichever server is first.

use super::change::NewChange;
use super::organisation::{find_in, write_in};
use super::{SettingError, settle};
use crate::{Conn, StoreError};
use domain::administration::{Kind, Organisation, overlay};
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use time::{Date, OffsetDateTime};

/// Plans a change that was just logged.
pub(super) async fn plan_in(tx: &mut PgConnection, change: i64, new: &NewChange<'_>) -> Result<(), SettingError> {
    sqlx::query!(
        "insert into setting_due (change_id, area, kind, key, effective_from) values ($1, $2, $3, $4, $5)",
        change,
        new.area,
        new.kind.code(),
        new.key,
        new.tail.from
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether a change of this thing waits for its day.
pub(super) async fn waits_in(tx: &mut PgConnection, kind: Kind, key: &str) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from setting_due where kind = $1 and key = $2 and outcome is null) as "waits!""#,
        kind.code(),
        key
    )
    .fetch_one(tx)
    .await?)
}

/// Takes a change back before its day; `false` where none of this number waits within the scope. The account is that of the session.
///
/// # Errors
/// [`StoreError`].
pub async fn withdraw(conn: &mut Conn, change: i64, who: &str, why: &str, now: OffsetDateTime) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update setting_due set outcome = 'withdrawn', note = $2, ended_at = $3, ended_by = scope_id('staff'), ended_who = $4
         where change_id = $1 and outcome is null",
        change,
        why,
        now,
        who
    )
    .execute(conn.pg())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A change whose day has come.
struct Due {
    change_id: i64,
    area: i32,
    kind: String,
    key: String,
    before: Option<Value>,
    after: Option<Value>,
}

/// Applies what is due, each in a transaction of its own; answers how many ended, one way or the other. Needs the system's scope.
///
/// # Errors
/// [`StoreError`]; what was not reached waits for the next time.
pub async fn apply(conn: &mut Conn, today: Date, now: OffsetDateTime) -> Result<usize, StoreError> {
    let mut ended = 0;
    loop {
        let mut tx = conn.pg().begin().await?;
        let done = apply_one(&mut tx, today, now).await;
        if !settle(tx, done).await? {
            return Ok(ended);
        }
        ended += 1;
    }
}

/// Applies the first that is due and that no other server has in its hands; `false` where there is none.
async fn apply_one(tx: &mut PgConnection, today: Date, now: OffsetDateTime) -> Result<bool, StoreError> {
    let due = sqlx::query_as!(
        Due,
        "select d.change_id, d.area, d.kind, d.key, c.before, c.after from setting_due d join setting_change c on c.id = d.change_id
         where d.outcome is null and d.effective_from <= $1 order by d.effective_from, d.change_id limit 1 for update of d skip locked",
        today
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(due) = due else { return Ok(false) };
    // What stands against it undoes only its own writing.
    let mut inner = tx.begin().await?;
    let (outcome, note) = match effect(&mut inner, &due).await {
        Ok(()) => {
            inner.commit().await?;
            ("applied", String::new())
        }
        Err(SettingError::Store(StoreError::Conflict(constraint))) => {
            inner.rollback().await?;
            ("refused", constraint)
        }
        Err(SettingError::Store(error)) => return Err(error),
        Err(error) => {
            inner.rollback().await?;
            ("refused", error.to_string())
        }
    };
    sqlx::query!(
        "update setting_due set outcome = $2, note = $3, ended_at = $4 where change_id = $1",
        due.change_id,
        outcome,
        note,
        now
    )
    .execute(tx)
    .await?;
    Ok(true)
}

/// Makes what was planned so: over what is there now, so that what was changed in between stays.
async fn effect(tx: &mut PgConnection, due: &Due) -> Result<(), SettingError> {
    let none = Value::Null;
    let unreadable = || StoreError::Unreadable(format!("planned change {}", due.change_id));
    let kind = Kind::from_code(&due.kind).ok_or_else(unreadable)?;
    let current = find_in(tx, kind, &due.key).await?;
    // Planned for one area, it may not reach into another.
    if current.as_ref().is_some_and(|current| current.area() != due.area) {
        return Err(SettingError::Stale);
    }
    let current = current.map_or(Value::Null, |current| current.value());
    let wanted = overlay(&current, due.before.as_ref().unwrap_or(&none), due.after.as_ref().unwrap_or(&none));
    let thing = Organisation::from_value(kind, wanted).ok_or_else(unreadable)?;
    write_in(tx, &thing).await
}

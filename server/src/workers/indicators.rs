//! 晾晒通报 (S-29): a month's indicators are settled on the tenth of the next *(assumed)*: call-backs and ratings of its last answers are in by then.

use crate::state::AppState;
use domain::calendar::local;
use domain::issue::measure::SETTLED_ON;
use store::issue::measure::{self, first_month};
use store::issue::snapshot::{month_after, months, settle};
use store::issue::work_figure::works;
use time::OffsetDateTime;

/// Settles the months that are due and not settled, the oldest first; what several servers do at once is done once.
///
/// # Errors
/// When the database does not answer.
pub async fn monthly(state: &AppState, now: OffsetDateTime) -> anyhow::Result<()> {
    let today = local(now).date();
    let mut conn = state.store.system().await?;
    let latest = months(&mut conn).await?.first().copied();
    let Some(first) = first_month(&mut conn).await? else {
        conn.release();
        return Ok(());
    };
    let mut month = latest.map_or_else(|| first.replace_day(1).unwrap_or(first), month_after);
    while today >= month_after(month).replace_day(SETTLED_ON).unwrap_or(today) {
        let tables = state.tables();
        let works = works(&mut conn, month, &tables.reference, tables.terms.catalogue.at(now)).await?;
        if settle(&mut conn, month, &works, now).await? {
            tracing::info!(%month, "a month's indicators are settled");
        }
        month = month_after(month);
    }
    conn.release();
    Ok(())
}

/// Days that one transaction sums: a city's month, in some tenths of a second.
const DAYS: i32 = 31;

/// Sums the days that are over, and again those whose issues moved since; on whichever server is first.
///
/// # Errors
/// When the database does not answer.
pub async fn daily(state: &AppState, now: OffsetDateTime) -> anyhow::Result<()> {
    let mut conn = state.store.system().await?;
    while measure::roll(&mut conn, local(now).date(), DAYS).await? > 0 {}
    conn.release();
    Ok(())
}

//! 共性问题 (S-11): what several enterprises say at the same time is looked for each morning, for each centre, and its officers are told of what is new.

use crate::state::AppState;
use app::cluster::act::{COMPARED, compare};
use domain::calendar::local;
use store::cluster::{candidates, found};
use time::OffsetDateTime;

/// The hour from which on a worker looks: told before the offices open *(assumed)*.
const FROM: u8 = 6;

/// Looks once a day for each centre, whichever server is first; a server that dies on the way has written nothing, and the next one looks.
///
/// # Errors
/// When the database does not answer.
pub async fn daily(state: &AppState, now: OffsetDateTime) -> anyhow::Result<()> {
    let here = local(now);
    if here.hour() < FROM {
        return Ok(());
    }
    let reference = state.tables().reference;
    for area in reference.areas.iter().map(|area| area.code) {
        if state.shutdown.is_cancelled() {
            return Ok(());
        }
        let mut conn = state.store.system().await?;
        let done = found::looked(&mut conn, area, here.date()).await?;
        let open = if done { None } else { Some(candidates(&mut conn, Some(area), COMPARED).await?) };
        conn.release();
        let Some(open) = open else { continue };
        // No connection is held while texts are compared.
        let groups = compare(open).await?;
        let mut conn = state.store.system().await?;
        let new = found::keep(&mut conn, area, here.date(), &groups, now).await?;
        found::forget(&mut conn, now).await?;
        conn.release();
        if let Some(new) = new.filter(|new| *new > 0) {
            tracing::info!(area, new, "common problems were found");
        }
    }
    Ok(())
}

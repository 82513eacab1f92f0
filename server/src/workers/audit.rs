//! The day's anchor: a digest over all chains, in the table, in the log, and in a file that may lie where no database is.

use crate::state::AppState;
use anyhow::Context;
use domain::calendar::local;
use std::path::Path;
use store::audit::{self, Anchor};
use time::OffsetDateTime;
use tokio::io::AsyncWriteExt;

/// Takes the anchor of the day of `now`, from three in the morning on; of several servers one writes it down. What does not fit is an error in the log at
/// every turn, and no anchor.
///
/// # Errors
/// When the database does not answer or the file cannot be written; then the table has the anchor and the log, too.
pub async fn daily(state: &AppState, now: OffsetDateTime) -> anyhow::Result<()> {
    let here = local(now);
    let mut conn = state.store.system().await?;
    if here.hour() < 3 || audit::latest(&mut conn).await? >= Some(here.date()) {
        conn.release();
        return Ok(());
    }
    let anchor = match audit::take(&mut conn, now).await? {
        Ok(anchor) => anchor,
        Err(broken) => {
            for place in broken {
                tracing::error!(target: "audit", table = place.table, object = place.object, seq = place.seq, what = place.what,
                    "the record is not what was written: see `qifu audit verify`");
            }
            return Ok(());
        }
    };
    let first = audit::keep(&mut conn, here.date(), &anchor).await?;
    conn.release();
    if first {
        let line = serde_json::to_string(&anchor)?;
        tracing::info!(target: "audit", anchor = line, "the day's anchor");
        if let Some(file) = &state.config.audit_file {
            append(file, &line).await.with_context(|| format!("the anchor was not appended to {}", file.display()))?;
        }
    }
    Ok(())
}

async fn append(file: &Path, line: &str) -> std::io::Result<()> {
    let mut file = tokio::fs::OpenOptions::new().create(true).append(true).open(file).await?;
    file.write_all(format!("{line}\n").as_bytes()).await?;
    file.sync_all().await
}

/// What a file of anchors says; empty lines say nothing.
///
/// # Errors
/// Naming the line that is no anchor.
pub fn read(text: &str) -> anyhow::Result<Vec<Anchor>> {
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    lines.map(|(line, n)| serde_json::from_str(line).with_context(|| format!("line {n} is no anchor"))).collect()
}

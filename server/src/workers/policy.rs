//! Jobs of policies: matching after something was published, withdrawn or learned, and telling what is new.

use crate::sms::{self, Notice};
use crate::state::AppState;
use anyhow::Context;
use domain::calendar::local;
use serde_json::Value;
use store::Conn;
use store::job::Job;
use store::policy::{application, matching, notice};
use time::{Date, Duration, OffsetDateTime};

/// Enterprises told in one transaction.
const TOLD: i64 = 200;

fn today(now: OffsetDateTime) -> Date {
    local(now).date()
}

/// Does a job of policies; `false` where it is none of them.
///
/// # Errors
/// When it failed; the job stays and is tried again.
pub async fn job(state: &AppState, conn: &mut Conn, job: &Job) -> anyhow::Result<bool> {
    let number = |key: &str| job.payload.get(key).and_then(Value::as_i64).with_context(|| format!("the job has no {key}"));
    let now = state.now();
    match job.kind.as_str() {
        "policy_match_item" => {
            // A batch a job: a server that dies loses one batch, and several servers may share a city.
            let item = number("item")?;
            let (done, next) = matching::match_item(conn, item, number("after")?, today(now), now).await?;
            tracing::debug!(item, ?done, "matched a batch of the city");
            if let Some(after) = next {
                matching::continue_item(conn, item, after, now).await?;
            }
        }
        "policy_match_enterprise" => {
            matching::match_enterprise(conn, number("enterprise")?, today(now), now).await?;
        }
        "sms_notice" => {
            let message: Notice = serde_json::from_value(job.payload.clone())?;
            sms::send_notice(&reqwest::Client::new(), &state.config, &message, now).await?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Tells whoever has something new, as far as the day allows.
///
/// # Errors
/// When the database does not answer; what was not told is told later.
pub async fn tell(state: &AppState) -> anyhow::Result<()> {
    let mut conn = state.store.system().await?;
    let now = state.now();
    while notice::tell(&mut conn, today(now), now, TOLD).await? == usize::try_from(TOLD)? {}
    Ok(())
}

/// What a new day brings: windows that open and close, deadlines that come near, files that were never filed.
///
/// # Errors
/// When the database does not answer; the next turn does it.
pub async fn daily(state: &AppState) -> anyhow::Result<()> {
    let mut conn = state.store.system().await?;
    let now = state.now();
    notice::queue_deadlines(&mut conn, today(now), now).await?;
    for item in matching::items_changing(&mut conn, today(now)).await? {
        matching::continue_item(&mut conn, item, 0, now).await?;
    }
    for id in application::purge_files(&mut conn, now - Duration::days(2)).await? {
        state.photos.remove_file(id).await;
    }
    Ok(())
}

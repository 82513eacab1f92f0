//! Jobs of policies: matching after something was published, withdrawn or learned, and telling what is new.

use crate::state::AppState;
use anyhow::Context;
use domain::calendar::local;
use serde_json::{Value, json};
use store::Conn;
use store::job::{self, Job, Kind};
use store::policy::{matching, notice};
use time::{Date, OffsetDateTime};

/// Enterprises told in one transaction.
const TOLD: i64 = 500;
/// Enterprises matched in one transaction after their facts changed.
const MATCHED: i64 = 200;

fn today(now: OffsetDateTime) -> Date {
    local(now).date()
}

/// Matches what changed until nothing is left: enterprises whose facts changed, then the city to an item, a batch at a time.
///
/// # Errors
/// When the database does not answer; a job that fails is tried again later.
pub async fn matchings(state: &AppState) -> anyhow::Result<()> {
    let mut conn = state.store.system().await?;
    while !state.shutdown.is_cancelled() {
        let changed = job::claim(&mut conn, Kind::MatchEnterprise, state.now(), MATCHED).await?;
        if !changed.is_empty() {
            match_changed(state, &mut conn, &changed).await?;
            continue;
        }
        // A batch a turn: a server that dies loses one batch, and several servers may share a city.
        let batches = job::claim(&mut conn, Kind::MatchItem, state.now(), 1).await?;
        if batches.is_empty() {
            return Ok(());
        }
        for job in batches {
            if let Err(error) = match_batch(state, &mut conn, &job).await {
                super::failed(&mut conn, &job, &error).await?;
            }
        }
    }
    Ok(())
}

fn number(job: &Job, key: &str) -> anyhow::Result<i64> {
    job.payload.get(key).and_then(Value::as_i64).with_context(|| format!("the job has no {key}"))
}

async fn match_changed(state: &AppState, conn: &mut Conn, jobs: &[Job]) -> anyhow::Result<()> {
    let now = state.now();
    let mut enterprises = Vec::new();
    for job in jobs {
        match number(job, "enterprise") {
            Ok(enterprise) => enterprises.push((job, enterprise)),
            Err(error) => super::failed(conn, job, &error).await?,
        }
    }
    let ids: Vec<i64> = enterprises.iter().map(|(_, enterprise)| *enterprise).collect();
    if matching::match_enterprises(conn, &ids, today(now), now).await.is_ok() {
        let done: Vec<i64> = enterprises.iter().map(|(job, _)| job.id).collect();
        return Ok(job::finish(conn, &done).await?);
    }
    // One that cannot be read keeps no other from being matched.
    for (job, enterprise) in enterprises {
        match matching::match_enterprises(conn, &[enterprise], today(now), now).await {
            Ok(_) => job::finish(conn, &[job.id]).await?,
            Err(error) => super::failed(conn, job, &error.into()).await?,
        }
    }
    Ok(())
}

async fn match_batch(state: &AppState, conn: &mut Conn, job: &Job) -> anyhow::Result<()> {
    let now = state.now();
    let item = number(job, "item")?;
    let (done, next) = matching::match_item(conn, item, number(job, "after")?, today(now), now).await?;
    tracing::debug!(item, ?done, "matched a batch of the city");
    match next {
        Some(after) => job::go_on(conn, job.id, &json!({ "item": item, "after": after }), now).await?,
        None => job::finish(conn, &[job.id]).await?,
    }
    Ok(())
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

/// What a new day brings: windows that open and close, deadlines that come near.
///
/// # Errors
/// When the database does not answer; the next turn does it.
pub async fn daily(state: &AppState) -> anyhow::Result<()> {
    let mut conn = state.store.system().await?;
    let now = state.now();
    notice::queue_deadlines(&mut conn, today(now), now).await?;
    matching::match_day(&mut conn, today(now), now).await?;
    Ok(())
}

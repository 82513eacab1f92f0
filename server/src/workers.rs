//! What runs beside the requests, on every server: the outbox, live notifications, jobs, pauses that lapse, tidying up.
//!
//! Any number of servers may run them: rows are taken with `for update skip locked`.

mod policy;

use crate::sms::{self, CodeMessage};
use crate::state::AppState;
use domain::actor::Actor;
use domain::issue::Command;
use std::sync::Arc;
use std::time::Duration;
use store::issue::CommandError;
use store::outbox::{CHANNEL, Live};
use time::OffsetDateTime;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};

/// Starts them all; they end when the state's token is cancelled.
pub fn start(state: &AppState) -> JoinSet<()> {
    let mut set = JoinSet::new();
    set.spawn(outbox(state.clone()));
    set.spawn(listen(state.clone()));
    set.spawn(every(state.clone(), Duration::from_secs(1), "jobs", async |state| jobs(state).await));
    set.spawn(every(state.clone(), Duration::from_secs(60), "tables", async |state| state.refresh().await));
    set.spawn(every(state.clone(), Duration::from_secs(30), "pauses", async |state| pauses(state).await));
    set.spawn(every(state.clone(), Duration::from_secs(30), "notices", async |state| policy::tell(state).await));
    set.spawn(every(state.clone(), Duration::from_secs(3600), "policies", async |state| policy::daily(state).await));
    set.spawn(every(state.clone(), Duration::from_secs(3600), "tidy", async |state| tidy(state).await));
    set
}

/// Runs a task again and again; a failure is logged and tried again at the next turn.
async fn every<F>(state: AppState, period: Duration, name: &'static str, task: F)
where
    F: AsyncFn(&AppState) -> anyhow::Result<()>,
{
    let mut clock = interval(period);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = state.shutdown.cancelled() => return,
            _ = clock.tick() => {}
        }
        if let Err(error) = task(&state).await {
            tracing::warn!(worker = name, %error, "a worker's turn failed");
        }
    }
}

/// Drains the outbox when a command of this server wakes it, and twice a second for what another server left behind.
async fn outbox(state: AppState) {
    let mut clock = interval(Duration::from_millis(500));
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = state.shutdown.cancelled() => return,
            () = state.outbox.notified() => {}
            _ = clock.tick() => {}
        }
        if let Err(error) = drain(&state).await {
            tracing::warn!(%error, "the outbox was not drained");
        }
    }
}

/// Rows one transaction takes: enough to keep up, few enough to be quick.
const BATCH: i64 = 200;

/// Drains the outbox to the bottom.
///
/// # Errors
/// When the database does not answer; the rows stay.
pub async fn drain(state: &AppState) -> anyhow::Result<()> {
    let mut conn = state.store.system().await?;
    while store::outbox::drain(&mut conn, state.now(), BATCH).await? == usize::try_from(BATCH)? {}
    Ok(())
}

/// Passes on what any server notified, and connects again for ever.
async fn listen(state: AppState) {
    while !state.shutdown.is_cancelled() {
        match state.store.listen(CHANNEL).await {
            Ok(mut listener) => loop {
                tokio::select! {
                    () = state.shutdown.cancelled() => return,
                    heard = listener.recv() => match heard {
                        Ok(notification) => {
                            if let Ok(live) = serde_json::from_str::<Live>(notification.payload()) {
                                // Nobody listening is no error.
                                _ = state.live.send(Arc::new(live));
                            }
                        }
                        Err(error) => {
                            tracing::warn!(%error, "live notifications were interrupted");
                            break;
                        }
                    }
                }
            },
            Err(error) => tracing::warn!(%error, "no live notifications yet"),
        }
        tokio::select! {
            () = state.shutdown.cancelled() => return,
            () = sleep(Duration::from_secs(1)) => {}
        }
    }
}

/// Does what is due, and what that left to do, until nothing is.
///
/// # Errors
/// When the database does not answer; a job that fails is tried again later.
pub async fn jobs(state: &AppState) -> anyhow::Result<()> {
    let mut conn = state.store.system().await?;
    loop {
        let claimed = store::job::claim(&mut conn, state.now(), 20).await?;
        if claimed.is_empty() {
            return Ok(());
        }
        for job in claimed {
            do_job(state, &mut conn, job).await?;
        }
    }
}

async fn do_job(state: &AppState, conn: &mut store::Conn, job: store::job::Job) -> anyhow::Result<()> {
    let done = match job.kind.as_str() {
        "sms" => match serde_json::from_value::<CodeMessage>(job.payload.clone()) {
            Ok(message) => sms::send(&reqwest::Client::new(), &state.config, &message, state.now()).await,
            Err(error) => Err(error.into()),
        },
        other => match policy::job(state, conn, &job).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(anyhow::anyhow!("no such job: {other}")),
            Err(error) => Err(error),
        },
    };
    match done {
        Ok(()) => store::job::finish(conn, job.id).await?,
        Err(error) => {
            tracing::warn!(job = job.id, kind = job.kind, attempt = job.attempts, %error, "a job failed");
            store::job::fail(conn, job.id, &error.to_string()).await?;
        }
    }
    Ok(())
}

/// Lets the clock run again where a pause has reached its cap.
async fn pauses(state: &AppState) -> anyhow::Result<()> {
    let mut conn = state.store.system().await?;
    let calendar = state.tables().calendar;
    let now = state.now();
    for number in store::issue::lapsing(&mut conn, now, 100).await? {
        let done = store::issue::execute(&mut conn, &number, &Command::LapsePause, &Actor::System, "系统", &[], now, &calendar);
        match done.await {
            // Another server, or the enterprise, was quicker.
            Ok(_) | Err(CommandError::Refused(_)) => state.outbox.notify_one(),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

async fn tidy(state: &AppState) -> anyhow::Result<()> {
    let mut conn = state.store.system().await?;
    store::identity::purge_expired(&mut conn, state.now()).await?;
    for id in store::photo::purge_pending(&mut conn, state.now() - time::Duration::days(2)).await? {
        state.photos.remove(id).await;
    }
    warn_of_calendar_end(state);
    Ok(())
}

/// Limits that reach past the holiday table would be counted by the plain week: somebody must extend it in time.
fn warn_of_calendar_end(state: &AppState) {
    let until = state.tables().calendar.covered_until();
    let horizon = OffsetDateTime::now_utc().date() + time::Duration::days(60);
    if until < horizon {
        tracing::warn!(%until, "the holiday table ends soon: add next year's days to calendar_day (docs/OPERATIONS.md)");
    }
}

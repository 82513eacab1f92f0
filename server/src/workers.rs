//! What runs beside the requests, on every server: the outbox, live notifications, jobs, pauses that lapse, tidying up.
//!
//! Any number of servers may run them: rows are taken with `for update skip locked`.

mod audit;
mod clusters;
mod indicators;
mod notices;
mod policy;
mod webhooks;

pub use audit::{daily as anchor, read as read_anchors};
pub use clusters::daily as find_clusters;
pub use indicators::{daily as roll_indicators, monthly as settle_indicators};
pub use notices::{mails, renew};
pub use webhooks::send as send_webhooks;

use crate::mail::Mailer;
use crate::retention;
use crate::sms::{CodeMessage, Gateway, Notice};
use crate::state::AppState;
use crate::webhook::Courier;
use app::account::act::CODE_LIFE;
use domain::actor::Actor;
use domain::calendar::local;
use domain::issue::texts::TextKey;
use domain::issue::{Command, Terms};
use futures::FutureExt;
use futures::future::join_all;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use store::administration::due;
use store::issue::{CommandError, Executed};
use store::job::{self, Job, Kind};
use store::outbox::{CHANNEL, News};
use store::{Conn, Store, StoreError};
use time::OffsetDateTime;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};

/// Starts them all; they end when the state's token is cancelled.
///
/// # Errors
/// When the way to the SMS gateway cannot be prepared.
pub fn start(state: &AppState) -> anyhow::Result<JoinSet<()>> {
    let mut set = JoinSet::new();
    let gateway = Gateway::new(state.config.clone())?;
    for (kind, name) in [(Kind::Sms, "codes"), (Kind::SmsNotice, "sms")] {
        let gateway = gateway.clone();
        set.spawn(every(state.clone(), Duration::from_secs(1), name, async move |state| sendings(state, &gateway, kind).await));
    }
    let mailer = Mailer::new(&state.config)?;
    set.spawn(every(state.clone(), Duration::from_secs(1), "mail", async move |state| notices::mails(state, &mailer).await));
    let courier = Courier::new(state.config.private_webhooks)?;
    set.spawn(every(state.clone(), Duration::from_secs(1), "webhooks", async move |state| webhooks::send(state, &courier).await));
    set.spawn(every(state.clone(), Duration::from_secs(5), "deliveries", async |state| notices::renew(state).await));
    set.spawn(outbox(state.clone()));
    set.spawn(listen(state.clone()));
    set.spawn(every(state.clone(), Duration::from_secs(1), "matches", async |state| policy::matchings(state).await));
    set.spawn(every(state.clone(), Duration::from_secs(60), "tables", async |state| tables(state).await));
    set.spawn(every(state.clone(), Duration::from_secs(30), "pauses", async |state| pauses(state).await));
    set.spawn(every(state.clone(), Duration::from_secs(30), "alarms", async |state| alarms(state).await));
    set.spawn(every(state.clone(), Duration::from_secs(30), "notices", async |state| policy::tell(state).await));
    set.spawn(every(state.clone(), Duration::from_secs(3600), "policies", async |state| policy::daily(state).await));
    set.spawn(every(state.clone(), Duration::from_secs(3600), "tidy", async |state| tidy(state).await));
    set.spawn(every(state.clone(), Duration::from_secs(3600), "indicators", async |state| {
        indicators::monthly(state, state.now()).await
    }));
    set.spawn(every(state.clone(), Duration::from_secs(20), "days", async |state| indicators::daily(state, state.now()).await));
    set.spawn(every(state.clone(), Duration::from_secs(3600), "clusters", async |state| {
        clusters::daily(state, state.now()).await
    }));
    set.spawn(every(state.clone(), Duration::from_secs(3600), "audit", async |state| audit::daily(state, state.now()).await));
    Ok(set)
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
        turn(name, task(&state)).await;
    }
}

/// One turn of a worker. What it fails at, or panics at, is logged, and the next turn comes.
async fn turn(worker: &'static str, work: impl Future<Output = anyhow::Result<()>>) {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(worker, %error, "a worker's turn failed"),
        Err(_) => tracing::error!(worker, "a worker panicked"),
    }
}

/// Applies the changes of settings whose day has come, whichever server is first, and reads the tables again.
///
/// # Errors
/// When the database does not answer.
pub async fn tables(state: &AppState) -> anyhow::Result<()> {
    let mut conn = state.store.system().await?;
    let ended = due::apply(&mut conn, local(state.now()).date(), state.now()).await?;
    conn.release();
    if ended > 0 {
        tracing::info!(ended, "planned changes of settings reached their day");
    }
    state.refresh().await
}

/// How long the outbox collects after it was woken: what several commands left is then written together, and nobody notices.
const GATHER: Duration = Duration::from_millis(60);

/// Drains the outbox a moment after a command of this server wakes it, and twice a second for what another server left behind.
async fn outbox(state: AppState) {
    let mut clock = interval(Duration::from_millis(500));
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = state.shutdown.cancelled() => return,
            () = state.outbox.notified() => sleep(GATHER).await,
            _ = clock.tick() => {}
        }
        turn("outbox", drain(&state)).await;
    }
}

/// Rows one transaction takes: enough to keep up, few enough to be quick.
const BATCH: i64 = 500;

/// Drains the outbox to the bottom.
///
/// # Errors
/// When the database does not answer; the rows stay.
pub async fn drain(state: &AppState) -> anyhow::Result<()> {
    let mut conn = state.store.system().await?;
    while store::outbox::drain(&mut conn, state.now(), BATCH).await? == usize::try_from(BATCH)? {}
    conn.release();
    Ok(())
}

/// After this long without a word a listener is asked whether it still hears.
const QUIET: Duration = Duration::from_secs(30);

/// Passes on what any server notified, and connects again for ever.
async fn listen(state: AppState) {
    while !state.shutdown.is_cancelled() {
        match state.store.listen(&[CHANNEL, store::terms::CHANNEL]).await {
            Ok(mut listener) => loop {
                tokio::select! {
                    () = state.shutdown.cancelled() => return,
                    () = sleep(QUIET) => {
                        if !Store::still_hears(&mut listener).await {
                            tracing::warn!("live notifications fell silent");
                            break;
                        }
                    }
                    heard = listener.recv() => match heard {
                        Ok(notification) if notification.channel() == store::terms::CHANNEL => {
                            turn("tables", state.refresh()).await;
                        }
                        Ok(notification) => {
                            if let Ok(news) = serde_json::from_str::<News>(notification.payload()) {
                                // Nobody listening is no error.
                                _ = state.live.send(Arc::new(news));
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

/// How many messages are on their way to the gateway at once. As many are taken as can be sent before another server would take them for
/// those of a dead one.
const AT_ONCE: usize = 8;

/// Sends what is due of a kind of SMS until nothing is. No connection is held while a gateway thinks; one that does not answer delays only
/// those beside it. A code that nobody could use any more is dropped. When the process stops, what is on its way arrives, nothing new leaves.
///
/// # Errors
/// When the database does not answer; what could not be sent is tried again later.
pub async fn sendings(state: &AppState, gateway: &Gateway, kind: Kind) -> anyhow::Result<()> {
    while !state.shutdown.is_cancelled() {
        let mut conn = state.store.system().await?;
        if kind == Kind::Sms {
            let dropped = job::drop_older(&mut conn, kind, state.now() - CODE_LIFE).await?;
            if dropped > 0 {
                tracing::warn!(dropped, "codes that could not be sent in their time were dropped");
            }
        }
        let claimed = job::claim(&mut conn, kind, state.now(), i64::try_from(AT_ONCE)?).await?;
        conn.release();
        if claimed.is_empty() {
            return Ok(());
        }
        let sent = join_all(claimed.into_iter().map(async |job| (send(state, gateway, kind, &job).await, job))).await;
        let mut conn = state.store.system().await?;
        let done: Vec<i64> = sent.iter().filter(|(answer, _)| answer.is_ok()).map(|(_, job)| job.id).collect();
        job::finish(&mut conn, &done).await?;
        for (answer, job) in &sent {
            notices::noted(&mut conn, job, answer, state.now()).await?;
            if let Err(error) = answer {
                failed(&mut conn, job, error).await?;
            }
        }
        conn.release();
    }
    Ok(())
}

async fn send(state: &AppState, gateway: &Gateway, kind: Kind, job: &Job) -> anyhow::Result<()> {
    let texts = state.tables().terms.texts.clone();
    let template = |key| texts.written(key, local(state.now()).date()).map(|text| text.title.as_str());
    if kind == Kind::Sms {
        let message: CodeMessage = serde_json::from_value(job.payload.clone())?;
        return gateway.send(&message, template(TextKey::SmsCode), state.now()).await;
    }
    let message: Notice = serde_json::from_value(job.payload.clone())?;
    gateway.send_notice(&message, template(TextKey::template_about(&message.about)), state.now()).await
}

/// Records that a job failed; it is tried again later.
async fn failed(conn: &mut Conn, job: &Job, error: &anyhow::Error) -> anyhow::Result<()> {
    tracing::warn!(job = job.id, attempt = job.attempts, %error, "a job failed");
    Ok(job::fail(conn, job.id, &error.to_string()).await?)
}

/// Lets the clock run again where a pause has reached its cap.
///
/// # Errors
/// When the database does not answer; what does not run yet is looked at again at the next turn.
pub async fn pauses(state: &AppState) -> anyhow::Result<()> {
    to_whatever_is_due(state, &Command::LapsePause).await
}

/// Tells of limits that warn or went by, and of what nobody takes, puts what is late for long under supervision, and closes what nobody rated, the longest
/// due first: also what an outage kept from being done. Each is done once, as the issue is locked while it is decided, whichever servers are at it.
///
/// # Errors
/// When the database does not answer; what was not told is told at the next turn.
pub async fn alarms(state: &AppState) -> anyhow::Result<()> {
    to_whatever_is_due(state, &Command::Alarm).await
}

/// How many issues are asked for at once.
const AT_HAND: i64 = 100;

/// Gives a command of the clock to every issue whose time it is, the longest due first. What refuses it, or fails, keeps its place at the head of the
/// list, so it is passed over until the next turn: nothing behind it waits, and the turn ends.
async fn to_whatever_is_due(state: &AppState, command: &Command) -> anyhow::Result<()> {
    let mut conn = state.store.system().await?;
    let terms = state.tables().terms;
    let mut passed: i64 = 0;
    while !state.shutdown.is_cancelled() {
        let now = state.now();
        let numbers = match command {
            Command::LapsePause => store::issue::lapsing(&mut conn, now, AT_HAND, passed).await?,
            _ => store::issue::alarming(&mut conn, now, AT_HAND, passed).await?,
        };
        for number in &numbers {
            match of_the_clock(&mut conn, number, command, now, &terms).await {
                Ok(_) => state.outbox.notify_one(),
                // Another server, or somebody who did what was owed, was quicker; or a day was added to the calendar since its instant was written, and its
                // time is later now.
                Err(CommandError::Refused(_)) => passed += 1,
                Err(CommandError::Store(error @ StoreError::Unavailable(_))) => return Err(error.into()),
                Err(CommandError::Store(error)) => {
                    tracing::error!(issue = %number, %error, "what is due of an issue could not be written");
                    passed += 1;
                }
            }
        }
        if numbers.len() < usize::try_from(AT_HAND)? {
            break;
        }
    }
    conn.release();
    Ok(())
}

/// Gives a command of the clock. Where there is nothing to be told of, what is due is the end of an answer that nobody rated.
async fn of_the_clock(
    conn: &mut Conn,
    number: &str,
    command: &Command,
    now: OffsetDateTime,
    terms: &Terms,
) -> Result<Executed, CommandError> {
    let told = store::issue::execute(conn, number, command, &Actor::System, "系统", &[], now, terms).await;
    if let (Command::Alarm, Err(CommandError::Refused(_))) = (command, &told) {
        let close = Command::Close { note: String::new() };
        return store::issue::execute(conn, number, &close, &Actor::System, "系统", &[], now, terms).await;
    }
    told
}

async fn tidy(state: &AppState) -> anyhow::Result<()> {
    let mut conn = state.store.system().await?;
    for queue in job::queues(&mut conn, state.now()).await?.iter().filter(|queue| queue.dead > 0) {
        tracing::warn!(
            kind = queue.kind,
            dead = queue.dead,
            error = queue.last_error,
            "jobs are given up: see `qifu job list`, `qifu job retry`"
        );
    }
    conn.release();
    let mut conn = state.store.system().await?;
    let terms = state.tables().terms.clone();
    // Once, after the six indicators came to a city that was at work already.
    while store::issue::measure::measure_missing(&mut conn, &terms, 200).await? > 0 {}
    store::learning::begin(&mut conn, &terms, state.now()).await?;
    store::learning::forget(&mut conn).await?;
    conn.release();
    let mut conn = state.store.system().await?;
    store::issue::work::forget_presence(&mut conn, state.now()).await?;
    conn.release();
    let done = retention::once_a_day(&state.store, &state.photos, state.now()).await?;
    for done in done.iter().filter(|done| done.done > 0) {
        tracing::info!(kind = done.rule.code, rows = done.done, act = done.rule.act.code(), "kept long enough");
    }
    warn_of_calendar_end(state);
    Ok(())
}

/// Limits that reach past the holiday table would be counted by the plain week: somebody must extend it in time.
fn warn_of_calendar_end(state: &AppState) {
    let calendar = state.tables().terms.calendar.clone();
    let until = calendar.covered_until();
    if calendar.ends_soon(local(state.now()).date()) {
        tracing::warn!(%until, "the holiday table ends soon: add next year's days at /desk/admin/calendar");
    }
}

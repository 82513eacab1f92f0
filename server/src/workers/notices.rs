//! Mail on its way, and what became of text messages and mail.

use super::{AT_ONCE, failed};
use crate::mail::{Letter, Mailer};
use crate::state::AppState;
use domain::notice::daytime;
use futures::future::join_all;
use store::Conn;
use store::delivery::{self, Tried};
use store::job::{self, Job, Kind};
use time::OffsetDateTime;

/// Notes in the log of deliveries what became of a job; one without a line there has none.
pub(super) async fn noted(conn: &mut Conn, job: &Job, answer: &anyhow::Result<()>, now: OffsetDateTime) -> anyhow::Result<()> {
    let Some(id) = job.payload.get("delivery").and_then(serde_json::Value::as_i64) else { return Ok(()) };
    let said = answer.as_ref().err().map(|error| error.to_string());
    let tried = match &said {
        None => Tried::Sent,
        Some(error) => Tried::Failed { attempts: job.attempts, error },
    };
    Ok(delivery::tried(conn, id, tried, now).await?)
}

/// Sends what is due by mail until nothing is, as text messages are sent.
///
/// # Errors
/// When the database does not answer; what could not be sent is tried again later.
pub async fn mails(state: &AppState, mailer: &Mailer) -> anyhow::Result<()> {
    while !state.shutdown.is_cancelled() {
        let mut conn = state.store.system().await?;
        let claimed = job::claim(&mut conn, Kind::MailNotice, state.now(), i64::try_from(AT_ONCE)?).await?;
        conn.release();
        if claimed.is_empty() {
            return Ok(());
        }
        let sent = join_all(claimed.into_iter().map(async |job| (send(mailer, &job).await, job))).await;
        let mut conn = state.store.system().await?;
        for (answer, job) in &sent {
            match answer {
                Ok(true) => noted(&mut conn, job, &Ok(()), state.now()).await?,
                // Nobody set a server up: the log says so, and nobody tries for ever.
                Ok(false) => {
                    if let Some(id) = job.payload.get("delivery").and_then(serde_json::Value::as_i64) {
                        delivery::tried(&mut conn, id, Tried::Off, state.now()).await?;
                    }
                }
                Err(error) => {
                    let said = Err(anyhow::anyhow!("{error:#}"));
                    noted(&mut conn, job, &said, state.now()).await?;
                    failed(&mut conn, job, error).await?;
                    continue;
                }
            }
            job::finish(&mut conn, &[job.id]).await?;
        }
        conn.release();
    }
    Ok(())
}

async fn send(mailer: &Mailer, job: &Job) -> anyhow::Result<bool> {
    let letter: Letter = serde_json::from_value(job.payload.clone())?;
    mailer.send(&letter).await
}

/// Plans once more what an administrator wants sent again.
///
/// # Errors
/// When the database does not answer.
pub async fn renew(state: &AppState) -> anyhow::Result<()> {
    let mut conn = state.store.system().await?;
    let now = state.now();
    delivery::renew(&mut conn, now, daytime(now)).await?;
    conn.release();
    Ok(())
}

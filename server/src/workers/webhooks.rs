//! Webhooks on their way: any server takes what is due, one takes each.

use super::AT_ONCE;
use crate::state::AppState;
use crate::webhook::{Courier, Undelivered};
use app::api::webhook::notice;
use futures::future::join_all;
use store::api::webhook::{self, Due};

/// Sends what is due until nothing is, as text messages are sent: no connection is held while a channel thinks, and one that does not answer
/// delays only those beside it.
///
/// # Errors
/// When the database does not answer; what could not be sent is tried again later.
pub async fn send(state: &AppState, courier: &Courier) -> anyhow::Result<()> {
    while !state.shutdown.is_cancelled() {
        let mut conn = state.store.system().await?;
        let claimed = webhook::claim(&mut conn, state.now(), i64::try_from(AT_ONCE)?).await?;
        let tables = state.tables();
        let mut ready: Vec<(Due, String)> = Vec::new();
        for due in claimed {
            match notice(&mut conn, &due, &tables).await {
                Ok(body) => ready.push((due, body)),
                Err(error) => {
                    tracing::error!(delivery = due.id, %error, "a step cannot be told");
                    webhook::tried(&mut conn, &due, None, Some("内容生成失败"), state.now()).await?;
                }
            }
        }
        conn.release();
        if ready.is_empty() {
            return Ok(());
        }
        let sent = join_all(ready.into_iter().map(async |(due, body)| (courier.send(&due, &body, state.now()).await, due))).await;
        let mut conn = state.store.system().await?;
        for (answer, due) in &sent {
            let (status, error) = match answer {
                Ok(status) => (Some(*status), None),
                Err(Undelivered { status, why }) => {
                    tracing::info!(delivery = due.id, attempt = due.attempts, why, "a webhook was not delivered");
                    (*status, Some(why.as_str()))
                }
            };
            webhook::tried(&mut conn, due, status, error, state.now()).await?;
        }
        conn.release();
    }
    Ok(())
}

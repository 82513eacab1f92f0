//! Webhooks on their way: any server takes what is due, one takes each.

use super::AT_ONCE;
use crate::state::AppState;
use crate::webhook::{Courier, Undelivered};
use app::api::webhook::notice;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use std::time::Duration;
use store::api::webhook::{self, Due};
use tokio::time::sleep;

/// How often is looked for what came due while others are on their way.
const AGAIN: Duration = Duration::from_secs(1);

/// Sends what is due until nothing is. No connection is held while a channel thinks, and what came of a delivery is noted as it comes: a channel that
/// does not answer delays its own deliveries, and nobody else's. When the process stops, what is on its way arrives, nothing new leaves.
///
/// # Errors
/// When the database does not answer, once what was on its way has arrived; what could not be sent, or noted, is tried again later.
pub async fn send(state: &AppState, courier: &Courier) -> anyhow::Result<()> {
    let mut under_way = FuturesUnordered::new();
    let mut busy: Vec<i64> = Vec::new();
    let mut failure = None;
    loop {
        if under_way.len() < AT_ONCE && failure.is_none() && !state.shutdown.is_cancelled() {
            match take(state, AT_ONCE - under_way.len(), &busy).await {
                Ok(taken) => {
                    busy.extend(taken.iter().map(|(due, _)| due.key));
                    under_way.extend(taken.into_iter().map(|(due, body)| sent(state, courier, due, body)));
                }
                Err(error) => failure = Some(error),
            }
        }
        tokio::select! {
            arrived = under_way.next() => {
                let Some((due, answer)) = arrived else { break };
                if let Some(place) = busy.iter().position(|key| *key == due.key) {
                    busy.swap_remove(place);
                }
                if let Err(error) = note(state, &due, &answer).await {
                    failure = failure.or(Some(error));
                }
            }
            () = sleep(AGAIN) => {}
        }
    }
    failure.map_or(Ok(()), Err)
}

/// Takes what is due, with what is to be sent. Of a key that has something under way nothing is taken, and of another one little.
async fn take(state: &AppState, most: usize, busy: &[i64]) -> anyhow::Result<Vec<(Due, String)>> {
    let mut conn = state.store.system().await?;
    let claimed = webhook::claim(&mut conn, state.now(), i64::try_from(most)?, busy).await?;
    let tables = state.tables();
    let mut ready = Vec::new();
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
    Ok(ready)
}

/// A delivery with what came of its try.
async fn sent(state: &AppState, courier: &Courier, due: Due, body: String) -> (Due, Result<u16, Undelivered>) {
    let answer = courier.send(&due, &body, state.now()).await;
    (due, answer)
}

/// Notes what came of a try.
async fn note(state: &AppState, due: &Due, answer: &Result<u16, Undelivered>) -> anyhow::Result<()> {
    let (status, error) = match answer {
        Ok(status) => (Some(*status), None),
        Err(Undelivered { status, why }) => {
            tracing::info!(delivery = due.id, attempt = due.attempts, why, "a webhook was not delivered");
            (*status, Some(why.as_str()))
        }
    };
    let mut conn = state.store.system().await?;
    webhook::tried(&mut conn, due, status, error, state.now()).await?;
    conn.release();
    Ok(())
}

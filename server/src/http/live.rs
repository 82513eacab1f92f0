//! Live progress: server-sent events, fed by what any server wrote.

use super::legacy::{Reply, Req};
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use domain::actor::{Duty, area_covers};
use futures::Stream;
use serde::Deserialize;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use store::outbox::Live;
use tokio::sync::broadcast::error::RecvError;

/// What the page has seen.
#[derive(Debug, Default, Deserialize)]
pub struct AfterQuery {
    after: Option<i32>,
}

/// A stream ends after this long; the browser opens another one, and is asked again who it is.
const STREAM_LIFE: Duration = Duration::from_secs(600);

/// Events of an issue of the own enterprise.
pub async fn issue(req: Req, Path(number): Path<String>, Query(query): Query<AfterQuery>) -> Reply {
    let mut ctx = req.open().await?;
    ctx.require_member()?;
    // Listening starts before looking: nothing falls between.
    let receiver = req.state.live.subscribe();
    let (id, version) = store::issue::versions(&mut ctx.conn, &number).await?;
    drop(ctx);
    let behind = query.after.is_some_and(|seen| seen < version);
    Ok(stream(&req, receiver, behind, move |live| live.issue == id))
}

/// Events of an issue in the scope.
pub async fn desk_issue(req: Req, Path(number): Path<String>, Query(query): Query<AfterQuery>) -> Reply {
    let mut ctx = req.open().await?;
    ctx.require_desk()?;
    let receiver = req.state.live.subscribe();
    let (id, version) = store::issue::versions(&mut ctx.conn, &number).await?;
    drop(ctx);
    let behind = query.after.is_some_and(|seen| seen < version);
    Ok(stream(&req, receiver, behind, move |live| live.issue == id))
}

/// Something moved in the scope: the queue is to be read again. The event says nothing about what.
pub async fn desk(req: Req) -> Reply {
    let ctx = req.open().await?;
    let duty = ctx.require_desk()?.duty;
    drop(ctx);
    Ok(stream(&req, req.state.live.subscribe(), false, move |live| concerns(&duty, live)))
}

fn concerns(duty: &Duty, live: &Live) -> bool {
    match duty {
        Duty::Centre { area } | Duty::Supervisor { area } | Duty::Leader { area } => {
            area_covers(*area, live.area) || area_covers(*area, live.centre)
        }
        Duty::Handler { department } => live.lead == Some(*department) || live.co.contains(department),
        Duty::Station { area, .. } => *area == live.area,
        Duty::PolicyEditor { .. } | Duty::Administrator => false,
    }
}

fn stream(
    req: &Req,
    mut receiver: tokio::sync::broadcast::Receiver<Arc<Live>>,
    behind: bool,
    wanted: impl Fn(&Live) -> bool + Send + 'static,
) -> axum::response::Response {
    let shutdown = req.state.shutdown.clone();
    let events = async_stream(move |sender| async move {
        if behind && sender.send(moved(0)).await.is_err() {
            return;
        }
        let end = tokio::time::sleep(STREAM_LIFE);
        tokio::pin!(end);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = &mut end => return,
                () = sender.closed() => return,
                heard = receiver.recv() => match heard {
                    Ok(live) if wanted(&live) => if sender.send(moved(live.version)).await.is_err() { return },
                    Ok(_) => {}
                    // Too slow for a burst: whatever was missed, reading the page again shows it.
                    Err(RecvError::Lagged(_)) => if sender.send(moved(0)).await.is_err() { return },
                    Err(RecvError::Closed) => return,
                },
            }
        }
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(20))).into_response()
}

fn moved(version: i32) -> Event {
    Event::default().event("moved").data(version.to_string())
}

/// A stream from a task that sends into it; it ends with the task, and the task with it.
fn async_stream<F, Fut>(task: F) -> impl Stream<Item = Result<Event, Infallible>>
where
    F: FnOnce(tokio::sync::mpsc::Sender<Event>) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let (sender, receiver) = tokio::sync::mpsc::channel(8);
    tokio::spawn(task(sender));
    futures::StreamExt::map(tokio_stream::wrappers::ReceiverStream::new(receiver), Ok)
}

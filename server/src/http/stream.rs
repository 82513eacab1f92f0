//! Live progress: server-sent events, fed by what any server wrote. An event says that something moved, not what.

use crate::state::{AppState, Heard};
use app::issue::watch::Watch;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc::{self, Sender};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

/// A stream ends after this long; the browser opens another one, and is asked again who it is.
const STREAM_LIFE: Duration = Duration::from_secs(600);

/// Tells an open page of what `heard` brings and `watch` wants. `heard` was there before anybody looked: nothing falls between.
pub fn stream(state: &AppState, heard: Heard, watch: Watch) -> Response {
    let (sender, receiver) = mpsc::channel(8);
    tokio::spawn(tell(sender, heard, watch, state.shutdown.clone()));
    Sse::new(ReceiverStream::new(receiver)).keep_alive(KeepAlive::new().interval(Duration::from_secs(20))).into_response()
}

/// Ends with the page, with the process, or after [`STREAM_LIFE`].
async fn tell(sender: Sender<Result<Event, Infallible>>, mut heard: Heard, watch: Watch, shutdown: CancellationToken) {
    if watch.behind && sender.send(moved(0)).await.is_err() {
        return;
    }
    let end = tokio::time::sleep(STREAM_LIFE);
    tokio::pin!(end);
    loop {
        let event = tokio::select! {
            () = shutdown.cancelled() => return,
            () = &mut end => return,
            () = sender.closed() => return,
            heard = heard.recv() => match heard {
                Ok(live) if watch.wants(&live) => moved(live.version),
                Ok(_) => continue,
                // Too slow for a burst: whatever was missed, asking again shows it.
                Err(RecvError::Lagged(_)) => moved(0),
                Err(RecvError::Closed) => return,
            },
        };
        if sender.send(event).await.is_err() {
            return;
        }
    }
}

fn moved(version: i32) -> Result<Event, Infallible> {
    Ok(Event::default().event("moved").data(version.to_string()))
}

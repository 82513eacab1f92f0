//! Messages' forms, and the stream that a member's counts listen to.

use super::context::{Reply, finish};
use super::forms::plain;
use super::stream::stream;
use crate::state::AppState;
use app::message::act;
use app::request::Request;
use app::watch;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;

/// Marks a member's messages as read.
pub async fn read(Extension(request): Extension<Request>, body: Body) -> Reply {
    mark(&request, body, "/messages").await
}

/// Marks a staff account's messages as read.
pub async fn desk_read(Extension(request): Extension<Request>, body: Body) -> Reply {
    mark(&request, body, "/desk/messages").await
}

async fn mark(request: &Request, body: Body, page: &str) -> Reply {
    let form = plain(body).await?;
    finish(request, act::mark_read(request, &form, page).await, form, page).await
}

/// Opens a member's message.
pub async fn open(Extension(request): Extension<Request>, body: Body) -> Reply {
    lead(&request, body, "/messages", "/issues").await
}

/// Opens a message of a staff account.
pub async fn desk_open(Extension(request): Extension<Request>, body: Body) -> Reply {
    lead(&request, body, "/desk/messages", "/desk/issues").await
}

async fn lead(request: &Request, body: Body, page: &str, base: &str) -> Reply {
    let form = plain(body).await?;
    finish(request, act::open(request, &form, page, base).await, form, page).await
}

/// Something of the enterprise moved: counts and messages are to be asked again.
pub async fn events(State(state): State<AppState>, Extension(request): Extension<Request>) -> Reply {
    let heard = state.live.subscribe();
    let watch = watch::of_enterprise(&request).await?;
    Ok(stream(&state, &request, heard, watch))
}

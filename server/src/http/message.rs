//! Messages' forms.

use super::context::{Reply, finish};
use super::forms::plain;
use app::message::act;
use app::request::Request;
use axum::Extension;
use axum::body::Body;

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

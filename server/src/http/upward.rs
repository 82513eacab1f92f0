//! 上报: the form.

use super::context::{Reply, finish};
use super::forms::plain;
use app::request::Request;
use app::upward::act::{self, PATH};
use axum::Extension;
use axum::body::Body;

/// Passes an issue upward.
pub async fn pass(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::pass(&request, &form).await, form, PATH).await
}

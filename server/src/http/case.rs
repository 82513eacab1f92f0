//! 典型案例: forms.

use super::context::{Reply, finish};
use super::forms::plain;
use app::case::act::{self, NEW, PATH};
use app::request::Request;
use axum::Extension;
use axum::body::Body;
use axum::extract::Path;

/// Publishes a case.
pub async fn publish(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::publish(&request, &form).await, form, NEW).await
}

/// Takes a case back.
pub async fn withdraw(Extension(request): Extension<Request>, Path(case): Path<i64>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::withdraw(&request, case).await, form, PATH).await
}

//! 共性问题: forms.

use super::context::{Reply, finish};
use super::forms::plain;
use app::cluster::act::{self, PATH};
use app::request::Request;
use axum::Extension;
use axum::body::Body;
use axum::extract::Path;

/// Puts issues together.
pub async fn add(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::add(&request, &form).await, form, PATH).await
}

/// Gives all of them to one department.
pub async fn dispatch(Extension(request): Extension<Request>, Path(cluster): Path<i64>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::dispatch(&request, cluster, &form).await, form, &format!("{PATH}/{cluster}")).await
}

/// Answers all of them.
pub async fn answer(Extension(request): Extension<Request>, Path(cluster): Path<i64>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::answer(&request, cluster, &form).await, form, &format!("{PATH}/{cluster}")).await
}

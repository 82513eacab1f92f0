//! Keys of other channels: forms.

use super::context::{Reply, finish, page};
use super::forms::plain;
use app::api_key::act::{self, NewKey, PATH};
use app::error::AppError;
use app::form::Form;
use app::request::Request;
use axum::Extension;
use axum::body::Body;
use axum::extract::Path;
use axum::http::StatusCode;
use leptos::prelude::provide_context;

/// Adds a key. The answer itself shows it, as with first passwords; the same form again is refused, for the name is taken.
pub async fn add(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    shown(&request, act::add(&request, &form).await, form).await
}

/// Puts another key in the place of one, and shows it as [`add`] does; the same form again brings another one.
pub async fn replace(Extension(request): Extension<Request>, Path(key): Path<i64>, body: Body) -> Reply {
    let form = plain(body).await?;
    shown(&request, act::replace(&request, key).await, form).await
}

/// The page with the key, this once.
async fn shown(request: &Request, done: Result<NewKey, AppError>, form: Form) -> Reply {
    match done {
        Ok(new) => page(request, PATH, StatusCode::OK, || provide_context(new)).await,
        Err(error) => finish(request, Err(error), form, PATH).await,
    }
}

/// Ends a key.
pub async fn revoke(Extension(request): Extension<Request>, Path(key): Path<i64>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::revoke(&request, key).await, form, PATH).await
}

/// Has a delivery that was given up sent again.
pub async fn again(Extension(request): Extension<Request>, Path(key): Path<i64>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::again(&request, key, &form).await, form, &format!("{PATH}/{key}")).await
}

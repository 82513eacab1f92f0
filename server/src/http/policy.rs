//! Policies in the enterprise's space: forms in, use cases, pages out.

use super::context::{Reply, finish, page};
use super::files::with_files;
use super::forms::plain;
use super::issue::AfterQuery;
use super::stream::stream;
use crate::state::AppState;
use app::error::AppError;
use app::policy::act;
use app::request::Request;
use app::watch;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use leptos::prelude::provide_context;

/// A question about an item.
pub async fn ask(Extension(request): Extension<Request>, Path(code): Path<String>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::ask(&request, &code, &form).await, form, &format!("/policies/{code}")).await
}

/// The calculator: saves when told to, else answers.
pub async fn calculate(Extension(request): Extension<Request>, body: Body) -> Reply {
    const PATH: &str = "/policies/calculator";
    let form = plain(body).await?;
    match act::calculate(&request, &form).await {
        Ok(None) => page(&request, PATH, StatusCode::OK, || provide_context(form)).await,
        Ok(Some(next)) => finish(&request, Ok(next), form, PATH).await,
        Err(error) => finish(&request, Err(error), form, PATH).await,
    }
}

/// What the enterprise states of itself.
pub async fn state_facts(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::state_facts(&request, &form).await, form, "/me/portrait").await
}

/// A fact that the enterprise says is wrong.
pub async fn dispute(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::dispute(&request, &form).await, form, "/me/portrait").await
}

/// How and of what the member is told.
pub async fn choose_notices(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::choose_notices(&request, &form).await, form, "/me/notices").await
}

/// Applies.
pub async fn apply(
    State(state): State<AppState>,
    Extension(request): Extension<Request>,
    Path(code): Path<String>,
    http: axum::extract::Request,
) -> Reply {
    act::require_item(&request, &code).await?;
    let form = with_files(&state, &request, http).await?;
    let done = match form.errors.as_slice() {
        [] => act::apply(&request, &code, &form).await,
        faults => Err(AppError::Invalid(faults.to_vec())),
    };
    finish(&request, done, form, &format!("/policies/{code}/apply")).await
}

/// Progress of an application of the own enterprise.
pub async fn events(
    State(state): State<AppState>,
    Extension(request): Extension<Request>,
    Path(number): Path<String>,
    Query(query): Query<AfterQuery>,
) -> Reply {
    let heard = state.live.subscribe();
    let watch = watch::of_application(&request, &number, query.after).await?;
    Ok(stream(&state, &request, heard, watch))
}

/// Gives a command to an application.
pub async fn command(
    State(state): State<AppState>,
    Extension(request): Extension<Request>,
    Path((number, code)): Path<(String, String)>,
    http: axum::extract::Request,
) -> Reply {
    let command = act::require_own(&request, &number, &code).await?;
    let form = with_files(&state, &request, http).await?;
    let done = match form.errors.as_slice() {
        [] => act::command(&request, &number, command, &form).await,
        faults => Err(AppError::Invalid(faults.to_vec())),
    };
    finish(&request, done, form, &format!("/applications/{number}/{code}")).await
}

//! Filing's forms: answers with pictures in, the page to check or the receipt out.

use super::context::{Reply, finish, page};
use super::forms::{plain, with_photos};
use crate::state::AppState;
use app::error::AppError;
use app::filing::{Side, act};
use app::request::Request;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use leptos::prelude::provide_context;

/// A member's answers.
pub async fn check(State(state): State<AppState>, Extension(request): Extension<Request>, http: axum::extract::Request) -> Reply {
    check_answers(&state, &request, Side::Own, http).await
}

/// The answers given beside the station's desk.
pub async fn assist_check(
    State(state): State<AppState>,
    Extension(request): Extension<Request>,
    Path(enterprise): Path<i64>,
    http: axum::extract::Request,
) -> Reply {
    check_answers(&state, &request, Side::Beside(enterprise), http).await
}

/// Checked and shown again, or the questions again with what is wrong.
async fn check_answers(state: &AppState, request: &Request, side: Side, http: axum::extract::Request) -> Reply {
    let uploader = act::uploader(request, side).await?;
    let form = with_photos(state, request, uploader, http).await?;
    if form.value("step") == "edit" {
        return page(request, &side.questions(), StatusCode::OK, || provide_context(form)).await;
    }
    match act::check_form(request, side, &form).await {
        Ok(checked) => {
            page(request, &side.check(), StatusCode::OK, || {
                provide_context(checked);
                provide_context(form);
            })
            .await
        }
        Err(error @ (AppError::Invalid(_) | AppError::Refused(_))) => finish(request, Err(error), form, &side.questions()).await,
        Err(error) => Err(error.into()),
    }
}

/// Files for the member; the same form again answers the first receipt.
pub async fn file(Extension(request): Extension<Request>, body: Body) -> Reply {
    file_form(&request, Side::Own, body).await
}

/// Files with the member beside.
pub async fn assist_file(Extension(request): Extension<Request>, Path(enterprise): Path<i64>, body: Body) -> Reply {
    file_form(&request, Side::Beside(enterprise), body).await
}

async fn file_form(request: &Request, side: Side, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(request, act::file(request, side, &form).await, form, &side.questions()).await
}

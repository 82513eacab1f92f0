//! Filing's forms: answers with pictures and files in, on to the last look or the receipt.

use super::context::{Reply, finish};
use super::forms::{plain, with_photos};
use crate::state::AppState;
use app::filing::{Side, act, draft};
use app::request::Request;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};

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

/// Checked and kept, on to the last look; or the questions again with what is wrong.
async fn check_answers(state: &AppState, request: &Request, side: Side, http: axum::extract::Request) -> Reply {
    let uploader = act::uploader(request, side).await?;
    let form = with_photos(state, request, uploader, http).await?;
    finish(request, draft::keep(request, side, &form).await, form, &side.questions()).await
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
    let form = draft::sent(request, side, plain(body).await?).await?;
    finish(request, act::file(request, side, &form).await, form, &side.questions()).await
}

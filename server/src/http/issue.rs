//! A problem's forms: the member's commands.

use super::context::{Reply, finish};
use super::forms::with_photos;
use crate::state::AppState;
use app::error::AppError;
use app::filing::act::Uploader;
use app::issue::{act, kind_of};
use app::request::Request;
use axum::Extension;
use axum::extract::{Path, State};

/// Gives a member's command.
pub async fn command(
    State(state): State<AppState>,
    Extension(request): Extension<Request>,
    Path((number, code)): Path<(String, String)>,
    http: axum::extract::Request,
) -> Reply {
    let kind = kind_of(&code)?;
    // Whose it is comes before what is sent: a stranger's upload is not even read.
    let member = act::require_own(&request, &number).await?;
    let uploader = Uploader { enterprise: member.enterprise.id, person: Some(member.person.person), staff: None };
    let form = with_photos(&state, &request, uploader, http).await?;
    let done = if form.errors.is_empty() {
        act::of_member(&request, &number, kind, &form).await
    } else {
        Err(AppError::Invalid(form.errors.clone()))
    };
    finish(&request, done, form, &format!("/issues/{number}/{code}")).await
}

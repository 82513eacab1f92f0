//! A problem's forms and streams: the member's commands, those of staff, and live progress for both.

use super::context::{Reply, finish, finish_in, internal, page as shown};
use super::forms::{plain, with_photos};
use super::stream::stream;
use super::tables;
use crate::state::AppState;
use app::error::AppError;
use app::filing::act::Uploader;
use app::form::Form;
use app::issue::desk::work::templates;
use app::issue::desk::{Asked, Opened, attach, form_of, table, views};
use app::issue::{act, kind_of};
use app::request::Request;
use app::security::note_export;
use app::watch;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use leptos::prelude::provide_context;
use serde::Deserialize;

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
    let uploader =
        Uploader { enterprise: member.enterprise.id, person: Some(member.person.person), staff: None, meant_for: None };
    let form = with_photos(&state, &request, uploader, http).await?;
    let done = if form.errors.is_empty() {
        act::of_member(&request, &number, kind, &form).await
    } else {
        Err(AppError::Invalid(form.errors.clone()))
    };
    finish(&request, done, form, &format!("/issues/{number}/{code}")).await
}

/// Gives a command of staff. Refused, its action is open on the page that is shown again.
pub async fn desk_command(
    Extension(request): Extension<Request>,
    Path((number, code)): Path<(String, String)>,
    body: Body,
) -> Reply {
    let kind = kind_of(&code)?;
    let form = plain(body).await?;
    let page = form_of(kind, &number, &request.head().path, &form);
    if let Some(filled) = templates::insert(&request, &number, kind, &form).await? {
        let provide = || {
            provide_context(filled);
            provide_context(Opened(kind));
        };
        return shown(&request, &page, StatusCode::OK, provide).await;
    }
    let done = act::of_staff(&request, &number, kind, &form).await;
    finish_in(&request, done, form, &page, || provide_context(Opened(kind))).await
}

/// The list that is asked for, to be taken along; the security log has it.
pub async fn desk_table(Extension(request): Extension<Request>, Query(asked): Query<Vec<(String, String)>>) -> Reply {
    let asked = Form::new(asked);
    let sheet = table::sheet(&mut *request.open().await?, &Asked::of(&asked)).await?;
    tables::list(&request, sheet, asked.value("as"), "issues").await
}

/// Keeps the list that is asked for under a name.
pub async fn keep_view(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    let done = views::keep(&request, &form).await;
    let page = format!("/desk?{}", Asked::of(&form).query());
    finish(&request, done, form, &page).await
}

/// Drops a view that was kept.
pub async fn drop_view(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    let done = views::remove(&request, &form).await;
    finish(&request, done, form, "/desk").await
}

/// Makes files ready for the next answer, or takes one back.
pub async fn attach(
    State(state): State<AppState>,
    Extension(request): Extension<Request>,
    Path(number): Path<String>,
    http: axum::extract::Request,
) -> Reply {
    let uploader = attach::uploader(&request, &number).await?;
    let form = with_photos(&state, &request, uploader, http).await?;
    let done = match attach::keep(&request, &number, &form).await {
        Ok((next, gone)) => {
            if let Some(id) = gone {
                state.photos.remove(id).await;
                state.photos.remove_file(id).await;
            }
            Ok(next)
        }
        Err(error) => Err(error),
    };
    finish(&request, done, form, &format!("/desk/issues/{number}/files")).await
}

/// What the page has seen.
#[derive(Debug, Default, Deserialize)]
pub struct AfterQuery {
    pub after: Option<i32>,
}

/// Progress of an issue of the own enterprise.
pub async fn events(
    State(state): State<AppState>,
    Extension(request): Extension<Request>,
    Path(number): Path<String>,
    Query(query): Query<AfterQuery>,
) -> Reply {
    let heard = state.live.subscribe();
    let watch = watch::of_member(&request, &number, query.after).await?;
    Ok(stream(&state, &request, heard, watch))
}

/// Progress of an issue in the scope.
pub async fn desk_issue_events(
    State(state): State<AppState>,
    Extension(request): Extension<Request>,
    Path(number): Path<String>,
    Query(query): Query<AfterQuery>,
) -> Reply {
    let heard = state.live.subscribe();
    let watch = watch::of_staff(&request, &number, query.after).await?;
    Ok(stream(&state, &request, heard, watch))
}

/// Something moved in the scope: the queue is to be read again.
pub async fn desk_events(State(state): State<AppState>, Extension(request): Extension<Request>) -> Reply {
    let heard = state.live.subscribe();
    let watch = watch::of_desk(&request).await?;
    Ok(stream(&state, &request, heard, watch))
}

/// A year's settled figures, for the assessment.
pub async fn assessment(Extension(request): Extension<Request>, Query(asked): Query<Vec<(String, String)>>) -> Reply {
    let (year, sheets) = app::issue::desk::indicators::assessment(&mut *request.open().await?, &Form::new(asked)).await?;
    let rows = sheets.iter().map(|sheet| sheet.rows.len().saturating_sub(1)).sum();
    let file = format!("assessment-{year}.xlsx");
    note_export(&request, &file, rows).await?;
    Ok(tables::attachment(tables::XLSX, &file, tables::workbook(&sheets).map_err(internal)?))
}

/// The six indicators, to be taken along.
pub async fn indicators(Extension(request): Extension<Request>, Query(asked): Query<Vec<(String, String)>>) -> Reply {
    let sheets = app::issue::desk::indicators::sheets(&mut *request.open().await?, Form::new(asked)).await?;
    let rows = sheets.iter().map(|sheet| sheet.rows.len().saturating_sub(1)).sum();
    let file = "indicators.xlsx";
    note_export(&request, file, rows).await?;
    Ok(tables::attachment(tables::XLSX, file, tables::workbook(&sheets).map_err(internal)?))
}

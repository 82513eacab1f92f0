//! 会议问题: the table that comes in, the template that goes out.

use super::context::{Reply, finish, internal, page};
use super::forms::{Sent, Upload};
use super::policy_desk::table;
use super::tables::{XLSX, attachment, workbook};
use crate::state::AppState;
use app::error::AppError;
use app::meeting::act::{self, Filed, PATH};
use app::meeting::template as sheets;
use app::request::Request;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use leptos::prelude::provide_context;

/// Files a table, or shows which of its lines are wrong.
pub async fn file(State(state): State<AppState>, Extension(request): Extension<Request>, http: axum::extract::Request) -> Reply {
    act::require_writer(&request).await?;
    let mut file = None;
    let form = match Upload::seated(&state, &request, http).await? {
        Sent::Plain(form) => form,
        Sent::Files(mut upload) => {
            while let Some(found) = upload.next().await? {
                file = Some(found);
            }
            upload.finish("file", "file", Vec::new(), &[])
        }
    };
    let filed = match table(file).await {
        Ok(rows) => act::file(&request, rows, &form).await,
        Err(error) => Err(error),
    };
    match filed {
        Ok(Filed::Done(next)) => finish(&request, Ok(next), form, PATH).await,
        Ok(Filed::Faulty(faults)) => {
            let status = AppError::Invalid(Vec::new()).status();
            page(&request, PATH, status, || {
                provide_context(faults);
                provide_context(form);
            })
            .await
        }
        Err(error) => finish(&request, Err(error), form, PATH).await,
    }
}

/// The empty table.
pub async fn template(Extension(request): Extension<Request>) -> Reply {
    let services = request.services();
    let bytes = workbook(&sheets(&services.tables(), services.now())).map_err(internal)?;
    Ok((StatusCode::OK, attachment(XLSX, "meeting.xlsx", bytes)).into_response())
}

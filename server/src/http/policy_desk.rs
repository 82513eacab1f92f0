//! The policy desk's forms and files.

use super::context::{Reply, finish, internal, page};
use super::forms::{Sent, Upload, plain, within};
use super::tables::{self, XLSX, attachment, workbook};
use crate::import::rows;
use crate::photos::MAX_BYTES;
use crate::state::AppState;
use app::error::AppError;
use app::form::Form;
use app::issue::desk::carried;
use app::policy::desk::act::{self, path};
use app::policy::desk::read;
use app::policy::desk::{import_facts, require_importer};
use app::request::Request;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::provide_context;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The largest form of the editor: a long item many times over.
const FORM_LIMIT: usize = 2 * 1024 * 1024;

/// The form of a new item.
pub async fn write_new(Extension(request): Extension<Request>, body: Body) -> Reply {
    write_form(&request, None, body).await
}

/// The form of a stored item.
pub async fn write(Extension(request): Extension<Request>, Path(code): Path<String>, body: Body) -> Reply {
    write_form(&request, Some(&code), body).await
}

/// Saves, or shows the form as the button left it.
async fn write_form(request: &Request, code: Option<&str>, body: Body) -> Reply {
    // Whose it is comes before what is sent.
    act::require_own(request, code).await?;
    let form = within(body, FORM_LIMIT).await?;
    if form.value("do") == "save" {
        return finish(request, act::save(request, code, &form).await, form, &path(code)).await;
    }
    page(request, &path(code), StatusCode::OK, || provide_context(form)).await
}

/// Pasted JSON into the form; nothing is stored yet.
pub async fn load_json(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = within(body, FORM_LIMIT).await?;
    let path = path(Some(form.value("code")).filter(|code| !code.is_empty()));
    match read::pasted(&form) {
        Ok(()) => page(&request, &path, StatusCode::OK, || provide_context(form)).await,
        Err(error) => finish(&request, Err(error), form, &path).await,
    }
}

/// The JSON of the newest version.
pub async fn json(Extension(request): Extension<Request>, Path(code): Path<String>) -> Reply {
    let text = read::json(&mut *request.open().await?, &code).await?;
    Ok(attachment("application/json", &format!("{code}.json"), text))
}

/// Submit, return, publish, withdraw.
pub async fn step(Extension(request): Extension<Request>, Path((code, step)): Path<(String, String)>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::step(&request, &code, &step, &form).await, form, &path(Some(&code))).await
}

/// Adds to a library or changes it.
pub async fn put_library(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::put_library(&request, &form).await, form, "/desk/policies/libraries").await
}

/// Imports facts.
pub async fn import(
    State(state): State<AppState>,
    Extension(request): Extension<Request>,
    http: axum::extract::Request,
) -> Reply {
    require_importer(&request).await?;
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
    let imported = match table(file).await {
        Ok(rows) => import_facts(&request, rows, form.value("source")).await,
        Err(error) => Err(error),
    };
    match imported {
        Ok(imported) => {
            page(&request, "/desk/facts", StatusCode::OK, || {
                provide_context(imported);
                provide_context(form);
            })
            .await
        }
        Err(error) => finish(&request, Err(error), form, "/desk/facts").await,
    }
}

/// Tables are read one after the other: a workbook takes a processor for seconds, and a hundred megabytes.
static READING: Semaphore = Semaphore::const_new(1);

/// How long somebody waits until it is the turn of their table.
const PATIENCE: Duration = Duration::from_secs(20);

/// The lines of an uploaded table.
pub(super) async fn table(file: Option<(String, Bytes)>) -> Result<Vec<(usize, Vec<String>)>, AppError> {
    let file = file.filter(|(name, bytes)| !name.is_empty() && !bytes.is_empty());
    let (name, bytes) = file.ok_or_else(|| AppError::field("file", "请选择文件"))?;
    if bytes.len() > MAX_BYTES {
        return Err(AppError::field("file", "文件超过 10 MB，请拆成几份"));
    }
    let place = tokio::time::timeout(PATIENCE, READING.acquire()).await;
    let place = place.map_err(|_| AppError::Busy("other tables are being read".to_owned()))?.map_err(AppError::internal)?;
    let read = tokio::task::spawn_blocking(move || {
        // Whoever sent it may be gone: it is read to its end all the same, and takes its place until then.
        let _place = place;
        rows(&bytes, name.rsplit_once('.').map_or("", |(_, end)| end))
    });
    // What its reader stumbles over is no table.
    read.await.unwrap_or_else(|stumbled| Err(stumbled.into())).map_err(|error| {
        tracing::info!(%error, "a table was refused");
        AppError::field("file", "文件读不出来：请用 csv（UTF-8）或 xlsx，最多 5 万行、每行 64 格，每格不超过 1300 字")
    })
}

/// An empty table to fill in.
pub async fn facts_template() -> Response {
    attachment("text/csv; charset=utf-8", "facts.csv", "\u{feff}统一社会信用代码,指标,数值,期间,来源\r\n")
}

/// Gives a reviewer's command.
pub async fn command(Extension(request): Extension<Request>, Path((number, code)): Path<(String, String)>, body: Body) -> Reply {
    let command = act::require_reviewed(&request, &number, &code).await?;
    let mut form: Form = plain(body).await?;
    form.push("open", code);
    // The way back to the list one came from goes along.
    let page = format!("/desk/applications/{number}{}", carried(&request.head().path));
    finish(&request, act::command(&request, &number, command, &form).await, form, &page).await
}

/// The policies that are asked for, to be taken along; the security log has it.
pub async fn policies_table(Extension(request): Extension<Request>, Query(asked): Query<Vec<(String, String)>>) -> Reply {
    let asked = Form::new(asked);
    let sheet = read::policies_table(&mut *request.open().await?, &asked).await?;
    tables::list(&request, sheet, asked.value("as"), "policies").await
}

/// The applications that are asked for, to be taken along; the security log has it.
pub async fn applications_table(Extension(request): Extension<Request>, Query(asked): Query<Vec<(String, String)>>) -> Reply {
    let asked = Form::new(asked);
    let sheet = read::applications_table(&mut *request.open().await?, &asked).await?;
    tables::list(&request, sheet, asked.value("as"), "applications").await
}

/// The evaluation of a policy as a workbook.
pub async fn evaluation_xlsx(Extension(request): Extension<Request>, Path(code): Path<String>) -> Reply {
    let tables = read::workbook(&mut *request.open().await?, &code).await?;
    let bytes = workbook(&tables).map_err(internal)?;
    Ok(attachment(XLSX, &format!("{code}.xlsx"), bytes))
}

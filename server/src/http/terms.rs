//! Forms of what administrators keep of the terms: boards, categories, limits, working days, words of messages; and how long things are kept.

use super::context::{Reply, finish};
use super::forms::plain;
use super::tables;
use app::administration::table::Table;
use app::form::Form;
use app::request::Request;
use app::terms::act::{self, BOARDS, CALENDAR, CATEGORIES, LIMITS, RETENTION, TEXTS, WORK};
use app::terms::read::{self, Kept};
use app::terms::tables as lists;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Query};
use domain::administration::Kind;

type Asked = Query<Vec<(String, String)>>;

/// The boards, to be taken along.
pub async fn boards(Extension(request): Extension<Request>, asked: Asked) -> Reply {
    list(&request, Kind::Board, asked, lists::boards).await
}

/// The categories, to be taken along.
pub async fn categories(Extension(request): Extension<Request>, asked: Asked) -> Reply {
    list(&request, Kind::Category, asked, lists::categories).await
}

/// The words of messages, to be taken along.
pub async fn texts(Extension(request): Extension<Request>, asked: Asked) -> Reply {
    list(&request, Kind::Text, asked, lists::texts).await
}

/// How long what is personal is kept, to be taken along.
pub async fn retentions(Extension(request): Extension<Request>, Query(asked): Asked) -> Reply {
    let asked = Form::new(asked);
    let (kept, schedule) = read::retention(&mut *request.open().await?, "").await?;
    let sheet = lists::retentions(&kept, &schedule).sheet(&asked);
    tables::list(&request, sheet, asked.value("as"), Kind::Retention.code()).await
}

async fn list(request: &Request, kind: Kind, Query(asked): Asked, table: fn(&Kept) -> Table) -> Reply {
    let asked = Form::new(asked);
    let kept = read::kept(&mut *request.open().await?, kind, "").await?;
    tables::list(request, table(&kept).sheet(&asked), asked.value("as"), kind.code()).await
}

/// A board, new or changed.
pub async fn board(Extension(request): Extension<Request>, Path(code): Path<String>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::save_board(&request, &code, &form).await, form, &format!("{BOARDS}/{code}")).await
}

/// A category, new or changed.
pub async fn category(Extension(request): Extension<Request>, Path(code): Path<String>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::save_category(&request, &code, &form).await, form, &format!("{CATEGORIES}/{code}")).await
}

/// Whose business a category is in a district.
pub async fn department(Extension(request): Extension<Request>, Path(code): Path<String>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::save_department(&request, &code, &form).await, form, &format!("{CATEGORIES}/{code}")).await
}

/// A version of the limits.
pub async fn limits(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::save_limits(&request, &form).await, form, LIMITS).await
}

/// Days off and days at work.
pub async fn calendar(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::save_days(&request, &form).await, form, CALENDAR).await
}

/// The words of a message.
pub async fn text(Extension(request): Extension<Request>, Path(code): Path<String>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::save_text(&request, &code, &form).await, form, &format!("{TEXTS}/{code}")).await
}

/// How long what is personal is kept.
pub async fn retention(Extension(request): Extension<Request>, Path(code): Path<String>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::save_retention(&request, &code, &form).await, form, &format!("{RETENTION}/{code}")).await
}

/// A month's work figures of a district or a department.
pub async fn work(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::save_work(&request, &form).await, form, WORK).await
}

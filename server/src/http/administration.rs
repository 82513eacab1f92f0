//! Administration's forms and files.

use super::context::{Reply, finish};
use super::forms::plain;
use super::tables;
use app::administration::{act, read};
use app::form::Form;
use app::request::Request;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Query};
use domain::administration::Kind;

/// What the address of a list asks for.
type Asked = Query<Vec<(String, String)>>;

/// A new area.
pub async fn add_area(Extension(request): Extension<Request>, body: Body) -> Reply {
    save(&request, Kind::Area, None, body).await
}

/// An area.
pub async fn change_area(Extension(request): Extension<Request>, Path(key): Path<String>, body: Body) -> Reply {
    save(&request, Kind::Area, Some(&key), body).await
}

/// A new department.
pub async fn add_department(Extension(request): Extension<Request>, body: Body) -> Reply {
    save(&request, Kind::Department, None, body).await
}

/// A department.
pub async fn change_department(Extension(request): Extension<Request>, Path(key): Path<String>, body: Body) -> Reply {
    save(&request, Kind::Department, Some(&key), body).await
}

/// A new station.
pub async fn add_station(Extension(request): Extension<Request>, body: Body) -> Reply {
    save(&request, Kind::Station, None, body).await
}

/// A station.
pub async fn change_station(Extension(request): Extension<Request>, Path(key): Path<String>, body: Body) -> Reply {
    save(&request, Kind::Station, Some(&key), body).await
}

async fn save(request: &Request, kind: Kind, key: Option<&str>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(request, act::save(request, kind, key, &form).await, form, &act::page(kind, key)).await
}

/// Takes a change back before its day.
pub async fn withdraw(Extension(request): Extension<Request>, Path(change): Path<String>, body: Body) -> Reply {
    let form = plain(body).await?;
    let done = act::withdraw(&request, &change, &form).await;
    finish(&request, done, form, &format!("/desk/admin/log/{change}")).await
}

/// The areas, to be taken along.
pub async fn areas(Extension(request): Extension<Request>, asked: Asked) -> Reply {
    list(&request, Kind::Area, asked).await
}

/// The departments, to be taken along.
pub async fn departments(Extension(request): Extension<Request>, asked: Asked) -> Reply {
    list(&request, Kind::Department, asked).await
}

/// The stations, to be taken along.
pub async fn stations(Extension(request): Extension<Request>, asked: Asked) -> Reply {
    list(&request, Kind::Station, asked).await
}

async fn list(request: &Request, kind: Kind, Query(asked): Asked) -> Reply {
    let asked = Form::new(asked);
    let table = read::table(&mut *request.open().await?, kind).await?;
    tables::list(request, table.sheet(&asked), asked.value("as"), kind.code()).await
}

/// The log, to be taken along.
pub async fn log(Extension(request): Extension<Request>, Query(asked): Asked) -> Reply {
    let asked = Form::new(asked);
    let sheet = read::log_sheet(&mut *request.open().await?, &asked).await?;
    tables::list(&request, sheet, asked.value("as"), "log").await
}

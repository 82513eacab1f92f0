//! Lists of the desk and of administration, to be taken along: what the page shows, with the same search, filters and order.

use super::context::Reply;
use super::tables;
use app::administration::table::Table;
use app::form::Form;
use app::request::Request;
use app::{api_key, case, cluster, delivery, meeting, upward};
use axum::Extension;
use axum::extract::{Path, Query};

/// What the address of a list asks for.
type Asked = Query<Vec<(String, String)>>;

/// The typical cases.
pub async fn cases(Extension(request): Extension<Request>, Query(asked): Asked) -> Reply {
    let asked = Form::new(asked);
    let (_, table) = case::told(&mut *request.open().await?, &asked, true).await?;
    send(&request, &table, &asked, "cases").await
}

/// What was put together.
pub async fn clusters(Extension(request): Extension<Request>, Query(asked): Asked) -> Reply {
    let asked = Form::new(asked);
    let (_, table) = cluster::kept(&mut *request.open().await?, &asked, true).await?;
    send(&request, &table, &asked, "clusters").await
}

/// The meetings.
pub async fn meetings(Extension(request): Extension<Request>, Query(asked): Asked) -> Reply {
    let asked = Form::new(asked);
    let (_, table) = meeting::held(&mut *request.open().await?, &asked, true).await?;
    send(&request, &table, &asked, "meetings").await
}

/// What was passed upward.
pub async fn upward(Extension(request): Extension<Request>, Query(asked): Asked) -> Reply {
    let asked = Form::new(asked);
    let (_, table) = upward::passed(&mut *request.open().await?, &asked, true).await?;
    send(&request, &table, &asked, "upward").await
}

/// What decisions gave to departments, and is not done with.
pub async fn tasks(Extension(request): Extension<Request>, Query(asked): Asked) -> Reply {
    let (_, table) = app::issue::desk::given(&mut *request.open().await?).await?;
    send(&request, &table, &Form::new(asked), "tasks").await
}

async fn send(request: &Request, table: &Table, asked: &Form, name: &str) -> Reply {
    tables::list(request, table.sheet(asked), asked.value("as"), name).await
}

/// What became of text messages and mail.
pub async fn deliveries(Extension(request): Extension<Request>, Query(asked): Asked) -> Reply {
    let asked = first_page(asked);
    let sheet = delivery::sheet(&mut *request.open().await?, &asked).await?;
    tables::list(&request, sheet, asked.value("as"), "deliveries").await
}

/// What became of what a key's subscriptions were told.
pub async fn pushed(Extension(request): Extension<Request>, Path(key): Path<i64>, Query(asked): Asked) -> Reply {
    let asked = first_page(asked);
    let sheet = api_key::sheet(&mut *request.open().await?, key, &asked).await?;
    tables::list(&request, sheet, asked.value("as"), "pushed").await
}

/// A file has the whole of a list, from whichever page it was asked for.
fn first_page(asked: Vec<(String, String)>) -> Form {
    Form::new(asked.into_iter().filter(|(name, _)| name != "after").collect())
}

//! The security log as a table to be taken away.

use super::context::Reply;
use super::tables;
use app::form::Form;
use app::request::Request;
use app::security::read::{self, Asked};
use axum::Extension;
use axum::extract::Query;

/// The log in the columns of the page; that it was taken is an event of its own.
pub async fn table(Extension(request): Extension<Request>, Query(asked): Query<Vec<(String, String)>>) -> Reply {
    let form = Form::new(asked);
    let sheet = read::sheet(&mut *request.open().await?, &Asked::of(&form)).await?;
    tables::list(&request, sheet, form.value("as"), "security").await
}

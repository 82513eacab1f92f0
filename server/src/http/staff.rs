//! Accounts of staff: forms, and tables to take away.

use super::context::{Reply, finish, page};
use super::forms::plain;
use super::tables;
use app::form::Form;
use app::request::Request;
use app::staff::FirstPassword;
use app::staff::act::{self, Done, path};
use app::staff::read;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use leptos::prelude::provide_context;

const NEW: &str = "/desk/admin/staff/new";

/// Adds an account.
pub async fn add(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    match act::add(&request, &form).await {
        Ok(first) => with_password(&request, first).await,
        Err(error) => finish(&request, Err(error), form, NEW).await,
    }
}

/// Gives a command.
pub async fn command(
    Extension(request): Extension<Request>,
    Path((account, command)): Path<(String, String)>,
    body: Body,
) -> Reply {
    // Whose it is comes before what is sent.
    let (account, command) = act::require_kept(&request, &account, &command).await?;
    let mut form: Form = plain(body).await?;
    form.push("open", command.code());
    let next = match act::command(&request, account, command, &form).await {
        Ok(Done::Password(first)) => return with_password(&request, first).await,
        Ok(Done::Next(next)) => Ok(next),
        Err(error) => Err(error),
    };
    finish(&request, next, form, &path(account)).await
}

/// The answer itself shows a first password: a page to be led to would have to fetch it from somewhere where it lay in clear.
/// Sent again, the same form is refused: the name is taken, or the account has changed since.
async fn with_password(request: &Request, first: FirstPassword) -> Reply {
    page(request, &path(first.account), StatusCode::OK, || provide_context(first)).await
}

/// The list, to be taken along.
pub async fn table(Extension(request): Extension<Request>, Query(asked): Query<Vec<(String, String)>>) -> Reply {
    let asked = Form::new(asked);
    let table = read::list(&mut *request.open().await?).await?;
    tables::list(&request, table.sheet(&asked), asked.value("as"), "staff").await
}

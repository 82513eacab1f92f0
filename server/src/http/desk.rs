//! The desk: thin handlers from a request to a use case to a page.

use super::forms::plain;
use super::legacy::{Reply, Req, redirect};
use app::api::{AppError, Ctx};
use app::issue::{kind_of, read};
use app::pages::desk as pages;
use app::ui::form::Form;
use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use domain::actor::Duty;
use serde::Deserialize;

/// What the desk takes from the address.
#[derive(Debug, Default, Deserialize)]
pub struct DeskQuery {
    #[serde(default)]
    queue: String,
    #[serde(default)]
    q: String,
    after: Option<String>,
}

/// The queue. Roles without business in issues are led to their account.
pub async fn queue(req: Req, Query(query): Query<DeskQuery>) -> Reply {
    let mut ctx = req.open().await?;
    // Policy editors work elsewhere, the administrator has an account only.
    match ctx.require_staff()?.duty {
        Duty::PolicyEditor { .. } => return Ok(redirect("/desk/policies", None)),
        Duty::Administrator => return Ok(redirect("/desk/account", None)),
        _ => {}
    }
    let desk = read::desk(&mut ctx, &query.queue, &query.q, query.after.as_deref()).await?;
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::queue(&desk, ctx.now, &ctx.calendar, &ctx.reference)))
}

/// One issue.
pub async fn issue(req: Req, Path(number): Path<String>) -> Reply {
    let mut ctx = req.open().await?;
    issue_page(&req, &mut ctx, &number, &Form::default(), None, StatusCode::OK).await
}

async fn issue_page(req: &Req, ctx: &mut Ctx, number: &str, form: &Form, open: Option<&str>, status: StatusCode) -> Reply {
    let page = read::of_staff(ctx, number).await?;
    Ok(req.page(status, Some(ctx), || pages::issue(&page, form, open, ctx.now, &ctx.calendar, &ctx.reference)))
}

/// Gives a command. What was typed stays on the page when a rule stands against it.
pub async fn command(req: Req, Path((number, code)): Path<(String, String)>, body: Body) -> Reply {
    let kind = kind_of(&code)?;
    let form = plain(body).await?;
    match app::issue::act::of_staff(&req.request, &number, kind, &form).await {
        Ok(next) => Ok(super::context::redirect(&next)),
        Err(AppError::Conflict(to, sentence)) => Ok(redirect(&to, Some(sentence))),
        Err(error @ (AppError::Invalid(_) | AppError::Refused(_))) => {
            let mut ctx = req.open().await?;
            let form = form.with_errors(error.faults());
            issue_page(&req, &mut ctx, &number, &form, Some(kind.code()), error.status()).await
        }
        Err(error) => Err(error.into()),
    }
}

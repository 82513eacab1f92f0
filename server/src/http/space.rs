//! The enterprise's space: thin handlers from a request to a use case to a page.

use super::context::Failure;
use super::forms::plain;
use super::legacy::{Reply, Req, redirect};
use app::api::{AppError, member};
use app::pages::enterprise as pages;
use app::render::fragment;
use app::shell::{Chrome, Tab};
use app::ui::form::Form;
use axum::body::Body;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

/// What lists take from the address.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    pub(super) after: Option<String>,
}

/// Home.
pub async fn home(req: Req) -> Reply {
    let mut ctx = req.open().await?;
    let home = member::home(&mut ctx).await?;
    let policies = app::policy::read::view(&mut ctx).await?;
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::home(&home, policies, ctx.now, &ctx.calendar, &ctx.reference)))
}

/// What suggestions are made of.
#[derive(Debug, Deserialize)]
pub struct SuggestQuery {
    #[serde(default)]
    text: String,
}

/// Suggested categories as a fragment, for the island.
pub async fn suggest(req: Req, Query(query): Query<SuggestQuery>) -> Reply {
    let ctx = req.open().await?;
    if ctx.session.is_none() {
        return Err(AppError::Unauthenticated.into());
    }
    let text: String = query.text.chars().take(2000).collect();
    let form = Form::new(vec![("text".to_owned(), text)]);
    Ok(Html(fragment(|| app::filing::suggested(&form))).into_response())
}

/// My messages.
pub async fn messages(req: Req, Query(query): Query<ListQuery>) -> Reply {
    let mut ctx = req.open().await?;
    let page = member::messages(&mut ctx, query.after.as_deref()).await?;
    let unread = ctx.session.as_ref().map_or(0, |session| session.unread);
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::messages(&page, unread, Chrome::Space(Tab::Messages), ctx.now)))
}

/// Marks them as read.
pub async fn read_messages(req: Req, body: Body) -> Reply {
    let mut ctx = req.open().await?;
    ctx.require_member()?;
    let form = plain(body).await?;
    member::read_messages(&mut ctx, form.value("up_to").parse().unwrap_or(0)).await?;
    Ok(redirect("/messages", None))
}

/// Me.
pub async fn me(req: Req) -> Result<Response, Failure> {
    let mut ctx = req.open().await?;
    let member = ctx.require_member()?;
    let enterprise = store::enterprise::get(&mut ctx.conn, member.enterprise.id).await?;
    let members = store::enterprise::members(&mut ctx.conn, member.enterprise.id).await?;
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::me(&member.person, &enterprise, &members)))
}

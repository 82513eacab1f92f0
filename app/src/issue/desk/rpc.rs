//! What the desk's islands ask the server for.

use super::view::{Acted, IssueView, ListView, Place};
use crate::error::RpcError;
use crate::ui::input::Pair;
use leptos::prelude::*;
use server_fn::codec::Postcard;

#[cfg(feature = "ssr")]
use super::{Asked, show};
#[cfg(feature = "ssr")]
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::form::Form;
#[cfg(feature = "ssr")]
use crate::issue::desk::work::{since, templates};
#[cfg(feature = "ssr")]
use crate::issue::{act, kind_of, read};
#[cfg(feature = "ssr")]
use crate::request::Request;

/// A page of a queue, or what a search finds, with the counts of every queue; `queue` is the code of a tab, its filter after it.
#[server(prefix = "/rpc", endpoint = "desk/list", input = Postcard, output = Postcard)]
pub async fn desk_list(queue: String, words: String, after: String) -> Result<ListView, RpcError> {
    listed(&Request::current(), Asked::sent(&queue, &words, &after)).await.map_err(RpcError::from)
}

#[cfg(feature = "ssr")]
async fn listed(request: &Request, asked: Asked) -> Result<ListView, AppError> {
    let mut ctx = request.open().await?;
    let desk = read::desk(&mut ctx, asked).await?;
    Ok(show::list(&desk, &ctx.clock()))
}

/// An issue and what this person may do about it.
#[server(prefix = "/rpc", endpoint = "desk/issue", input = Postcard, output = Postcard)]
pub async fn desk_issue(number: String) -> Result<IssueView, RpcError> {
    shown(&Request::current(), &number).await.map_err(RpcError::from)
}

#[cfg(feature = "ssr")]
async fn shown(request: &Request, number: &str) -> Result<IssueView, AppError> {
    let mut ctx = request.open().await?;
    let page = read::of_staff(&mut ctx, number).await?;
    Ok(show::issue(&page, &Form::default(), None, "", &ctx.clock()))
}

/// Gives a command with the fields of its form, and answers the issue as it is then.
#[server(prefix = "/rpc", endpoint = "desk/act", input = Postcard, output = Postcard)]
pub async fn desk_act(number: String, command: String, fields: Vec<Pair>) -> Result<Acted, RpcError> {
    let moved = |error: RpcError| match error {
        // What happened meanwhile is shown at once.
        RpcError::Refused(words) if words.contains(since::MOVED) => RpcError::Conflict(words),
        other => other,
    };
    acted(&Request::current(), &number, &command, fields).await.map_err(|error| moved(RpcError::from(error)))
}

#[cfg(feature = "ssr")]
async fn acted(request: &Request, number: &str, command: &str, fields: Vec<Pair>) -> Result<Acted, AppError> {
    let (kind, form) = (kind_of(command)?, Form::new(fields));
    if let Some(filled) = templates::insert(request, number, kind, &form).await? {
        let mut ctx = request.open().await?;
        let page = read::of_staff(&mut ctx, number).await?;
        let issue = show::issue(&page, &filled, Some(kind), "", &ctx.clock());
        return Ok(Acted { said: templates::INSERTED.to_owned(), issue: Some(issue) });
    }
    let done = act::of_staff(request, number, kind, &form).await?;
    let issue = match shown(request, number).await {
        Ok(view) => Some(view),
        // A department that returned an issue does not see it any more.
        Err(AppError::NotFound) => None,
        Err(error) => return Err(error),
    };
    Ok(Acted { said: done.flash.unwrap_or_default(), issue })
}

/// Issues by number, enterprise or words, for the palette.
#[server(prefix = "/rpc", endpoint = "desk/search", input = Postcard, output = Postcard)]
pub async fn desk_search(words: String) -> Result<Vec<Place>, RpcError> {
    found(&Request::current(), &words).await.map_err(RpcError::from)
}

#[cfg(feature = "ssr")]
async fn found(request: &Request, words: &str) -> Result<Vec<Place>, AppError> {
    let rows = read::find(&mut *request.open().await?, words).await?;
    Ok(rows.iter().take(8).map(show::place).collect())
}

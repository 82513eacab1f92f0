//! Publishing and taking back.

use crate::error::{AppError, Next};
use crate::form::Form;
use crate::request::{Ctx, Request};
use domain::case::{Whose, Words};
use domain::issue::Event;
use store::StoreError;
use store::case::{self, Source};
use store::issue::{IssueDetail, detail};

/// Where cases are kept at the desk.
pub const PATH: &str = "/desk/cases";
/// Where one is written.
pub const NEW: &str = "/desk/cases/new";

/// What a case is written from, with what is proposed.
pub struct Draft {
    pub number: String,
    pub source: Source,
    pub whose: Whose,
    pub title: String,
    pub problem: String,
    pub answer: String,
}

/// The issue a case is to be written from.
///
/// # Errors
/// [`AppError::Conflict`] leads back to the list for one that this centre does not see, or that is not closed.
pub async fn draft(ctx: &mut Ctx, number: &str) -> Result<Draft, AppError> {
    ctx.require_centre()?;
    let source = case::source(&mut ctx.conn, number).await.map_err(|error| match error {
        StoreError::NotFound => AppError::Conflict(PATH.to_owned(), "没有找到这件已办结的诉求，请核对编号"),
        other => other.into(),
    })?;
    let issue = detail(&mut ctx.conn, number).await?;
    let answer = issue.events.iter().rev().find_map(|row| match &row.event {
        Event::Answered { text, .. } => Some(text.clone()),
        _ => None,
    });
    Ok(Draft {
        number: number.to_owned(),
        source,
        whose: whose(&issue),
        title: issue.title,
        problem: issue.body,
        answer: answer.unwrap_or_default(),
    })
}

fn whose(issue: &IssueDetail) -> Whose {
    Whose {
        enterprise: issue.enterprise_name.clone(),
        uscc: issue.uscc.clone(),
        contact_name: issue.contact_name.clone(),
        contact_phone: issue.contact_phone.clone(),
        place: issue.place.clone(),
    }
}

/// Publishes a case. Sent twice it is published once.
///
/// # Errors
/// [`AppError::Invalid`] with every fault: what still says whose problem it was is one.
pub async fn publish(request: &Request, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let (staff, _) = ctx.require_centre()?;
    let draft = draft(&mut ctx, form.value("issue").trim()).await?;
    let words = Words::read(|name| form.value(name).to_owned(), &draft.whose).map_err(AppError::Invalid)?;
    // Of a common problem, nothing that says whose it was, whichever enterprise of them.
    for number in store::cluster::beside(&mut ctx.conn, draft.source.issue).await? {
        let other = whose(&detail(&mut ctx.conn, &number).await?);
        Words::read(|name| form.value(name).to_owned(), &other).map_err(AppError::Invalid)?;
    }
    let now = ctx.now;
    let id = case::publish(&mut ctx.conn, &draft.source, &words, Some(staff.id), now)
        .await
        .map_err(|error| if error.is_row_refused() { AppError::Forbidden } else { error.into() })?;
    store::cluster::told(&mut ctx.conn, draft.source.issue, id).await?;
    Ok(Next::to(format!("/cases/{id}")).saying("典型案例已发布"))
}

/// Takes a case back.
///
/// # Errors
/// [`AppError::NotFound`] for one of another area.
pub async fn withdraw(request: &Request, id: i64) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let (staff, _) = ctx.require_centre()?;
    case::get(&mut ctx.conn, id).await?;
    let now = ctx.now;
    if !case::withdraw(&mut ctx.conn, id, staff.id, now).await? {
        return Err(AppError::NotFound);
    }
    Ok(Next::to(PATH).saying("典型案例已撤下"))
}

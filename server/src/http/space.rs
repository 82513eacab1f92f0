//! The enterprise's space: thin handlers from a request to a use case to a page.

use super::context::{Reply, Req, redirect};
use super::forms::{Uploader, plain, with_photos};
use app::api::filing::{self, Filer, as_faults, photo_ids};
use app::api::{AppError, Ctx, member, policy};
use app::pages::enterprise as pages;
use app::pages::filing::{self as filing_pages, Paths};
use app::render::fragment;
use app::shell::{Chrome, Tab};
use app::ui::form::Form;
use axum::body::Body;
use axum::extract::{Path, Query, Request};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use domain::issue::{Command, CommandKind};
use serde::Deserialize;
use store::issue::MineFilter;

/// What lists take from the address.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    filter: String,
    pub(super) after: Option<String>,
}

/// Home.
pub async fn home(req: Req) -> Reply {
    let mut ctx = req.open().await?;
    let home = member::home(&mut ctx).await?;
    let policies = policy::view(&mut ctx).await?;
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::home(&home, &policies, ctx.now, &ctx.calendar, &ctx.reference)))
}

/// My problems.
pub async fn issues(req: Req, Query(query): Query<ListQuery>) -> Reply {
    let mut ctx = req.open().await?;
    let filter = MineFilter::from_code(&query.filter);
    let page = member::issues(&mut ctx, filter, query.after.as_deref()).await?;
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::issues(&page, filter, ctx.now, &ctx.calendar, &ctx.reference)))
}

/// One problem.
pub async fn issue(req: Req, Path(number): Path<String>) -> Reply {
    let mut ctx = req.open().await?;
    let page = member::issue(&mut ctx, &number).await?;
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::issue(&page, ctx.now, &ctx.calendar, &ctx.reference)))
}

/// The receipt.
pub async fn receipt(req: Req, Path(number): Path<String>) -> Reply {
    let mut ctx = req.open().await?;
    let page = member::issue(&mut ctx, &number).await?;
    let chrome = Chrome::Space(Tab::New);
    Ok(req.page(StatusCode::OK, Some(&ctx), || filing_pages::receipt(&page.detail, &page.issue, ctx.now, chrome, "/issues")))
}

/// The empty form.
pub async fn new(req: Req) -> Reply {
    let mut ctx = req.open().await?;
    let filer = filing::filer(&ctx)?;
    questions(&req, &mut ctx, &filer, Form::default(), &Paths::space(), StatusCode::OK).await
}

/// The questions, as they are or as they were answered.
pub async fn questions(req: &Req, ctx: &mut Ctx, filer: &Filer, form: Form, paths: &Paths, status: StatusCode) -> Reply {
    let enterprise = store::enterprise::get(&mut ctx.conn, filer.enterprise).await?;
    let form = filing::offer(form, filer, &enterprise);
    Ok(req.page(status, Some(ctx), || filing_pages::questions(&form, paths)))
}

/// The answers: checked and shown, or the questions again with what is wrong.
pub async fn check(req: Req, request: Request) -> Reply {
    let mut ctx = req.open().await?;
    let filer = filing::filer(&ctx)?;
    let uploader = Uploader { enterprise: filer.enterprise, person: Some(member_of(&ctx)?), staff: None };
    let form = with_photos(&req, &mut ctx, uploader, request).await?;
    check_answers(&req, &mut ctx, &filer, form, &Paths::space()).await
}

fn member_of(ctx: &Ctx) -> Result<i64, AppError> {
    Ok(ctx.require_member()?.person.person)
}

/// As [`check`], for whoever files.
pub async fn check_answers(req: &Req, ctx: &mut Ctx, filer: &Filer, form: Form, paths: &Paths) -> Reply {
    let refused = form.errors.clone();
    if form.value("step") == "edit" {
        return questions(req, ctx, filer, form, paths, StatusCode::OK).await;
    }
    match filing::check(ctx, filer, &form).await {
        Ok(draft) if refused.is_empty() => Ok(req.page(StatusCode::OK, Some(ctx), || filing_pages::check(&draft, &form, paths))),
        Ok(_) => questions(req, ctx, filer, form, paths, StatusCode::UNPROCESSABLE_ENTITY).await,
        Err(AppError::Invalid(errors)) => {
            let form = form.with_errors(errors.into_iter().chain(refused).collect());
            questions(req, ctx, filer, form, paths, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Files; the same form again answers the first receipt.
pub async fn file(req: Req, body: Body) -> Reply {
    let mut ctx = req.open().await?;
    let filer = filing::filer(&ctx)?;
    let form = plain(body).await?;
    match file_form(&req, &mut ctx, &filer, &form).await {
        Ok(number) => Ok(redirect(&format!("/issues/{number}/receipt"), None)),
        Err(error) => refused_filing(&req, &mut ctx, &filer, form, &Paths::space(), error).await,
    }
}

/// Files for whoever files, and wakes the outbox.
pub async fn file_form(req: &Req, ctx: &mut Ctx, filer: &Filer, form: &Form) -> Result<String, AppError> {
    let filed = filing::file(ctx, filer, form).await?;
    req.state.outbox.notify_one();
    Ok(filed.number)
}

/// The questions again for a filing that a rule or a check stood against; anything else is an error's page.
pub async fn refused_filing(req: &Req, ctx: &mut Ctx, filer: &Filer, form: Form, paths: &Paths, error: AppError) -> Reply {
    match error {
        AppError::Invalid(_) | AppError::Refused(_) => {
            let form = form.with_errors(as_faults(&error));
            questions(req, ctx, filer, form, paths, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        other => Err(other.into()),
    }
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
    Ok(Html(fragment(|| filing_pages::suggested(&form))).into_response())
}

/// The command of a path's last part.
pub fn kind_of(code: &str) -> Result<CommandKind, AppError> {
    domain::issue::table::TRANSITIONS.iter().map(|row| row.command).find(|kind| kind.code() == code).ok_or(AppError::NotFound)
}

/// The page of a command; where it is not possible now, the problem's page says where things stand.
pub async fn command_form(req: Req, Path((number, code)): Path<(String, String)>) -> Reply {
    let mut ctx = req.open().await?;
    let page = member::issue(&mut ctx, &number).await?;
    let kind = kind_of(&code)?;
    // Read now what the error would say, so that the page is made or not.
    if !page.commands.contains(&kind) {
        return Ok(redirect(&format!("/issues/{number}"), None));
    }
    command_page(&req, &ctx, kind, &page, &Form::default(), StatusCode::OK)
}

fn command_page(req: &Req, ctx: &Ctx, kind: CommandKind, page: &member::IssuePage, form: &Form, status: StatusCode) -> Reply {
    let mut missing = false;
    let response = req.page(status, Some(ctx), || {
        pages::command(kind, page, form).unwrap_or_else(|| {
            missing = true;
            pages::issue(page, ctx.now, &ctx.calendar, &ctx.reference)
        })
    });
    if missing { Err(AppError::NotFound.into()) } else { Ok(response) }
}

/// Gives a command.
pub async fn command(req: Req, Path((number, code)): Path<(String, String)>, request: Request) -> Reply {
    let mut ctx = req.open().await?;
    let member = ctx.require_member()?;
    let kind = kind_of(&code)?;
    // Whose it is comes before what is sent: a stranger's upload is not even read.
    let (_, version) = store::issue::versions(&mut ctx.conn, &number).await?;
    let uploader = Uploader { enterprise: member.enterprise.id, person: Some(member.person.person), staff: None };
    let form = with_photos(&req, &mut ctx, uploader, request).await?;
    let photos = store::photo::pending(&mut ctx.conn, &photo_ids(&form)).await?;
    if !form.errors.is_empty() {
        let page = member::issue(&mut ctx, &number).await?;
        return command_page(&req, &ctx, kind, &page, &form, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let done = match member::read_command(kind, &form, photos.len()) {
        Ok(command) => member::command(&mut ctx, &number, &command, &photos).await.map(|_| command),
        Err(error) => Err(error),
    };
    match done {
        Ok(command) => {
            req.state.outbox.notify_one();
            Ok(redirect(&format!("/issues/{number}"), Some(thanks(&command))))
        }
        Err(AppError::Refused(_)) if form.value("version").parse() != Ok(version) => {
            // Sent twice, or somebody was quicker: the page shows where it stands now.
            Ok(redirect(&format!("/issues/{number}"), None))
        }
        Err(error @ (AppError::Invalid(_) | AppError::Refused(_))) => {
            let page = member::issue(&mut ctx, &number).await?;
            let form = form.with_errors(as_faults(&error));
            let status = if page.commands.contains(&kind) { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
            command_page(&req, &ctx, kind, &page, &form, status)
        }
        Err(error) => Err(error.into()),
    }
}

fn thanks(command: &Command) -> &'static str {
    match command {
        Command::Rate(rating) if rating.reopens() => "已收到您的评价。我们会重新办理，并由企服中心督办。",
        Command::Rate(_) => "谢谢您的评价，这件诉求已销号。",
        Command::Supply { .. } => "已补充，部门继续办理。",
        Command::Object { .. } => "异议已提交，由市企服中心重新审核。",
        Command::Reopen { .. } => "已要求重新办理，并由企服中心督办。",
        _ => "已撤回。",
    }
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
pub async fn me(req: Req) -> Result<Response, super::context::Failure> {
    let mut ctx = req.open().await?;
    let member = ctx.require_member()?;
    let enterprise = store::enterprise::get(&mut ctx.conn, member.enterprise.id).await?;
    let members = store::enterprise::members(&mut ctx.conn, member.enterprise.id).await?;
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::me(&member.person, &enterprise, &members)))
}

//! Policies in the enterprise's space: thin handlers from a request to a use case to a page.

use super::files::{self, with_files};
use super::forms::plain;
use super::legacy::{Reply, Req, redirect};
use super::space::ListQuery;
use app::api::policy::{self, Filter, View};
use app::api::{AppError, Ctx};
use app::calculator::changed;
use app::pages::enterprise::policy as pages;
use app::ui::form::Form;
use axum::body::Body;
use axum::extract::{Path, Query, Request};
use axum::http::StatusCode;
use axum::response::Response;
use domain::policy::application::Command;
use domain::policy::facts::Facts;
use domain::policy::model::{Level, Mode};
use domain::text::FieldError;
use serde::Deserialize;
use store::policy::portrait;
use uuid::Uuid;

/// What the list is narrowed by.
#[derive(Debug, Default, Deserialize)]
pub struct FilterQuery {
    #[serde(default)]
    board: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    mode: String,
    #[serde(default)]
    tag: String,
    #[serde(default)]
    soon: String,
}

/// The list.
pub async fn list(req: Req, Query(query): Query<FilterQuery>) -> Reply {
    let mut ctx = req.open().await?;
    let view = policy::view(&mut ctx).await?;
    let filter = Filter {
        board: query.board,
        level: Level::parse(&query.level),
        mode: Mode::parse(&query.mode),
        soon: query.soon == "1",
        tag: query.tag,
    };
    let today = ctx.today();
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::list(&view, &filter, today)))
}

/// One item.
pub async fn item(req: Req, Path(code): Path<String>) -> Reply {
    let mut ctx = req.open().await?;
    item_page(&req, &mut ctx, &code, &Form::default(), StatusCode::OK).await
}

async fn item_page(req: &Req, ctx: &mut Ctx, code: &str, form: &Form, status: StatusCode) -> Reply {
    let page = policy::item_page(ctx, code).await?;
    let today = ctx.today();
    Ok(req.page(status, Some(ctx), || pages::item(&page, form, today)))
}

/// A question about an item, filed into the loop with one tap (S-26).
pub async fn ask(req: Req, Path(code): Path<String>, body: Body) -> Reply {
    let ctx = req.open().await?;
    ctx.require_member()?;
    let form = plain(body).await?;
    let place = ctx.shelf.find(&code).ok_or(AppError::NotFound)?;
    let title = ctx.shelf.book.items()[place].title.clone();
    let asked = form.value("text").trim().to_owned();
    let text = if asked.is_empty() {
        format!("想咨询政策“{title}”，请联系我。")
    } else {
        format!("关于政策“{title}”：{asked}")
    };
    let short: String = title.chars().take(24).collect();
    drop(ctx);
    let filed = file_issue(&req, &form, &format!("政策咨询：{short}"), &text).await;
    let mut ctx = req.open().await?;
    match filed {
        Ok(number) => {
            policy::note_question(&mut ctx, &code, &number).await?;
            Ok(redirect(&format!("/issues/{number}/receipt"), None))
        }
        Err(error @ (AppError::Invalid(_) | AppError::Refused(_))) => {
            let form = form.with_errors(vec![FieldError::new("text", sentence(&error))]);
            item_page(&req, &mut ctx, &code, &form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

fn sentence(error: &AppError) -> String {
    error.faults().into_iter().map(|fault| fault.message).collect::<Vec<String>>().join("；")
}

/// Files a problem about policies with what is known of the member.
async fn file_issue(req: &Req, form: &Form, title: &str, text: &str) -> Result<String, AppError> {
    app::filing::act::raise(&req.request, form.value("key"), "policy_question", title, text).await
}

/// The calculator, with the portrait's figures.
pub async fn calculator(req: Req) -> Reply {
    let mut ctx = req.open().await?;
    let view = policy::view(&mut ctx).await?;
    calculator_page(&req, &ctx, &view, &Form::default(), &view.facts, StatusCode::OK)
}

fn calculator_page(req: &Req, ctx: &Ctx, view: &View, form: &Form, tried: &Facts, status: StatusCode) -> Reply {
    Ok(req.page(status, Some(ctx), || pages::calculator(view, form, tried)))
}

/// The calculator's answer to other figures; saves them only when told to.
pub async fn calculate(req: Req, body: Body) -> Reply {
    let mut ctx = req.open().await?;
    ctx.require_member()?;
    let form = plain(body).await?;
    let view = policy::view(&mut ctx).await?;
    let (tried, faults) = changed(&view.shelf.library, &view.facts, form.pairs());
    let faults: Vec<FieldError> = faults.into_iter().map(|(field, message)| FieldError::new(field, message)).collect();
    policy::note_calculated(&mut ctx, &view, &tried).await?;
    if faults.is_empty() && form.value("do") == "save" {
        let saved = policy::state_facts(&mut ctx, &form).await?;
        let words = if saved == 0 { "没有需要保存的改动。" } else { "已保存到企业画像。" };
        return Ok(redirect("/policies/calculator", Some(words)));
    }
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = form.with_errors(faults);
    calculator_page(&req, &ctx, &view, &form, &tried, status)
}

/// The portrait.
pub async fn portrait(req: Req) -> Reply {
    let mut ctx = req.open().await?;
    portrait_page(&req, &mut ctx, &Form::default(), StatusCode::OK).await
}

async fn portrait_page(req: &Req, ctx: &mut Ctx, form: &Form, status: StatusCode) -> Reply {
    let member = ctx.require_member()?;
    let facts = portrait::get(&mut ctx.conn, member.enterprise.id).await?;
    let shelf = ctx.shelf.clone();
    Ok(req.page(status, Some(ctx), || pages::portrait(&shelf, &facts, form)))
}

/// What the enterprise states of itself.
pub async fn state_facts(req: Req, body: Body) -> Reply {
    let mut ctx = req.open().await?;
    ctx.require_member()?;
    let form = plain(body).await?;
    match policy::state_facts(&mut ctx, &form).await {
        Ok(0) => Ok(redirect(back(&form), Some("没有改动。"))),
        Ok(_) => Ok(redirect(back(&form), Some("已保存，政策按新信息重新匹配。"))),
        Err(AppError::Invalid(faults)) => {
            let form = form.with_errors(faults);
            portrait_page(&req, &mut ctx, &form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Where a statement came from: the list asks questions too.
fn back(form: &Form) -> &'static str {
    if form.value("back") == "/policies" { "/policies" } else { "/me/portrait" }
}

/// A fact that the enterprise says is wrong, filed into the loop.
pub async fn dispute(req: Req, body: Body) -> Reply {
    let mut ctx = req.open().await?;
    let member = ctx.require_member()?;
    let form = plain(body).await?;
    let facts = portrait::get(&mut ctx.conn, member.enterprise.id).await?;
    let code = form.value("code").to_owned();
    let (Some(attribute), Some(fact)) = (ctx.shelf.library.attributes.get(&code).cloned(), facts.get(&code)) else {
        return Err(AppError::NotFound.into());
    };
    let shown = domain::policy::words::value(&ctx.shelf.library, &code, &fact.value);
    let said = form.value("text").trim();
    let said = if said.is_empty() { "请核实。" } else { said };
    let text = format!("企业画像中“{}”显示为 {shown}（来源：{}），与实际不符。{said}", attribute.name, attribute.source);
    drop(ctx);
    let filed = file_issue(&req, &form, &format!("画像数据核实：{}", attribute.name), &text).await;
    let mut ctx = req.open().await?;
    match filed {
        Ok(number) => Ok(redirect(&format!("/issues/{number}/receipt"), None)),
        Err(error @ (AppError::Invalid(_) | AppError::Refused(_))) => {
            let form = form.clone().with_errors(vec![FieldError::new(format!("dispute-{code}"), sentence(&error))]);
            portrait_page(&req, &mut ctx, &form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

/// How the member is told.
pub async fn notices(req: Req) -> Reply {
    let mut ctx = req.open().await?;
    let (preferences, tags) = policy::notices(&mut ctx).await?;
    let shelf = ctx.shelf.clone();
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::notices(&shelf, &preferences, &tags)))
}

/// Sets it.
pub async fn choose_notices(req: Req, body: Body) -> Reply {
    let mut ctx = req.open().await?;
    ctx.require_member()?;
    let form = plain(body).await?;
    policy::choose_notices(&mut ctx, &form).await?;
    Ok(redirect("/me/notices", Some("已保存。")))
}

/// The form of an application.
pub async fn apply(req: Req, Path(code): Path<String>) -> Reply {
    let mut ctx = req.open().await?;
    let member = ctx.require_member()?;
    let form = Form::default()
        .or("key", Uuid::now_v7().to_string())
        .or("contact_name", member.person.name.clone())
        .or("contact_phone", member.person.phone.clone());
    apply_page(&req, &mut ctx, &code, &form, StatusCode::OK).await
}

async fn apply_page(req: &Req, ctx: &mut Ctx, code: &str, form: &Form, status: StatusCode) -> Reply {
    match policy::offer(ctx, code, form).await {
        Ok(offer) => Ok(req.page(status, Some(ctx), || pages::apply(&offer, form))),
        // The item's page says where things stand.
        Err(AppError::Refused(sentence)) => Ok(redirect(&format!("/policies/{code}"), Some(&sentence))),
        Err(error) => Err(error.into()),
    }
}

/// Applies.
pub async fn file(req: Req, Path(code): Path<String>, request: Request) -> Reply {
    let mut ctx = req.open().await?;
    let member = ctx.require_member()?;
    if ctx.shelf.find(&code).is_none() {
        return Err(AppError::NotFound.into());
    }
    let form = with_files(&req, &mut ctx, member.enterprise.id, member.person.person, request).await?;
    if !form.errors.is_empty() {
        return apply_page(&req, &mut ctx, &code, &form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    match policy::apply(&mut ctx, &code, &form).await {
        Ok(number) => Ok(redirect(&format!("/applications/{number}"), Some("已提交，进展会通知您。"))),
        Err(AppError::Invalid(faults)) => {
            let form = form.with_errors(faults);
            apply_page(&req, &mut ctx, &code, &form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(AppError::Refused(sentence)) => Ok(redirect(&format!("/policies/{code}"), Some(&sentence))),
        Err(error) => Err(error.into()),
    }
}

/// My applications.
pub async fn applications(req: Req, Query(query): Query<ListQuery>) -> Reply {
    let mut ctx = req.open().await?;
    let page = policy::applications(&mut ctx, query.after.as_deref()).await?;
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::applications(&page, ctx.now)))
}

/// One of them.
pub async fn application(req: Req, Path(number): Path<String>) -> Reply {
    let mut ctx = req.open().await?;
    let page = policy::my_application(&mut ctx, &number).await?;
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::application(&page, ctx.now)))
}

fn command_of(code: &str) -> Result<Command, AppError> {
    Command::parse(code).filter(|command| command.is_members()).ok_or(AppError::NotFound)
}

/// The page of a command; where it is not possible now, the application's page says where it stands.
pub async fn command_form(req: Req, Path((number, code)): Path<(String, String)>) -> Reply {
    let mut ctx = req.open().await?;
    command_page(&req, &mut ctx, &number, &code, &Form::default(), StatusCode::OK).await
}

async fn command_page(req: &Req, ctx: &mut Ctx, number: &str, code: &str, form: &Form, status: StatusCode) -> Reply {
    let page = policy::my_application(ctx, number).await?;
    let command = command_of(code)?;
    if !page.commands.contains(&command) {
        return Ok(redirect(&format!("/applications/{number}"), None));
    }
    let pending = store::policy::application::pending_files(&mut ctx.conn, &policy::file_ids(form)).await?;
    let mut missing = false;
    let response = req.page(status, Some(ctx), || {
        pages::application_command(&page, command, &pending, form).unwrap_or_else(|| {
            missing = true;
            pages::application(&page, ctx.now)
        })
    });
    if missing { Err(AppError::NotFound.into()) } else { Ok(response) }
}

/// Gives a command.
pub async fn command(req: Req, Path((number, code)): Path<(String, String)>, request: Request) -> Reply {
    let mut ctx = req.open().await?;
    let member = ctx.require_member()?;
    // Whose it is comes before what is sent.
    let known = store::policy::application::get(&mut ctx.conn, &number).await?;
    let command = command_of(&code)?;
    let form = with_files(&req, &mut ctx, member.enterprise.id, member.person.person, request).await?;
    if !form.errors.is_empty() {
        return command_page(&req, &mut ctx, &number, &code, &form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    match policy::command(&mut ctx, &number, command, &form).await {
        Ok(()) => Ok(redirect(&format!("/applications/{number}"), Some(thanks(command)))),
        Err(AppError::Refused(_)) if form.value("seq").parse() != Ok(known.seq) => {
            Ok(redirect(&format!("/applications/{number}"), None))
        }
        Err(AppError::Refused(sentence)) => Ok(redirect(&format!("/applications/{number}"), Some(&sentence))),
        Err(AppError::Invalid(faults)) => {
            let form = form.with_errors(faults);
            command_page(&req, &mut ctx, &number, &code, &form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

fn thanks(command: Command) -> &'static str {
    match command {
        Command::Supply => "已补充，部门继续审核。",
        Command::Rate => "谢谢您的评价。",
        _ => "已撤回。",
    }
}

/// A file of an application, to whoever may read that.
pub async fn download(req: Req, Path((number, id)): Path<(String, Uuid)>) -> Result<Response, super::context::Failure> {
    let mut ctx = req.open().await?;
    ctx.require_member()?;
    files::download(&req, &mut ctx, &number, id).await
}

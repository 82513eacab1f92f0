//! The desk: thin handlers from a request to a use case to a page.

use super::context::{Reply, Req, redirect};
use super::forms::{Uploader, plain, with_photos};
use super::space::{check_answers, file_form, kind_of, questions, refused_filing};
use app::api::filing::{Filer, as_faults};
use app::api::{AppError, Ctx, desk};
use app::pages::desk as pages;
use app::pages::filing::{self as filing_pages, Paths};
use app::shell::{Chrome, Section};
use app::ui::form::Form;
use axum::body::Body;
use axum::extract::{Path, Query, Request};
use axum::http::StatusCode;
use domain::actor::{Actor, Duty};
use serde::Deserialize;
use store::identity::StaffIdentity;

/// What the desk takes from the address.
#[derive(Debug, Default, Deserialize)]
pub struct DeskQuery {
    #[serde(default)]
    queue: String,
    #[serde(default)]
    q: String,
    after: Option<String>,
}

/// Whoever still has a first password changes it before anything else.
fn first_password(ctx: &Ctx) -> Result<bool, AppError> {
    Ok(ctx.require_staff()?.must_change_password)
}

/// The queue. Roles without business in issues are led to their account.
pub async fn queue(req: Req, Query(query): Query<DeskQuery>) -> Reply {
    let mut ctx = req.open().await?;
    if first_password(&ctx)? {
        return Ok(redirect("/desk/account", None));
    }
    // Policy editors work elsewhere, the administrator has an account only.
    match ctx.require_staff()?.duty {
        Duty::PolicyEditor { .. } => return Ok(redirect("/desk/policies", None)),
        Duty::Administrator => return Ok(redirect("/desk/account", None)),
        _ => {}
    }
    let desk = desk::desk(&mut ctx, &query.queue, &query.q, query.after.as_deref()).await?;
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::queue(&desk, ctx.now, &ctx.calendar, &ctx.reference)))
}

/// One issue.
pub async fn issue(req: Req, Path(number): Path<String>) -> Reply {
    let mut ctx = req.open().await?;
    if first_password(&ctx)? {
        return Ok(redirect("/desk/account", None));
    }
    issue_page(&req, &mut ctx, &number, &Form::default(), None, StatusCode::OK).await
}

async fn issue_page(req: &Req, ctx: &mut Ctx, number: &str, form: &Form, open: Option<&str>, status: StatusCode) -> Reply {
    let page = desk::issue(ctx, number).await?;
    Ok(req.page(status, Some(ctx), || pages::issue(&page, form, open, ctx.now, &ctx.calendar, &ctx.reference)))
}

/// Gives a command. What was typed stays on the page when a rule stands against it.
pub async fn command(req: Req, Path((number, code)): Path<(String, String)>, body: Body) -> Reply {
    let mut ctx = req.open().await?;
    ctx.require_desk()?;
    if first_password(&ctx)? {
        return Ok(redirect("/desk/account", None));
    }
    let kind = kind_of(&code)?;
    let (_, version) = store::issue::versions(&mut ctx.conn, &number).await?;
    let form = plain(body).await?;
    match desk::command(&mut ctx, &number, kind, &form).await {
        Ok(_) => {
            req.state.outbox.notify_one();
            // A department that returned an issue does not see it any more.
            let gone = store::issue::versions(&mut ctx.conn, &number).await.is_err();
            let to = if gone { "/desk".to_owned() } else { format!("/desk/issues/{number}") };
            Ok(redirect(&to, Some(&format!("{}：{number}", kind.label()))))
        }
        Err(AppError::Refused(_)) if form.value("version").parse() != Ok(version) => {
            Ok(redirect(&format!("/desk/issues/{number}"), Some("这件诉求刚刚有新进展，请先看最新情况")))
        }
        Err(error @ (AppError::Invalid(_) | AppError::Refused(_))) => {
            let status = super::context::status(&error);
            let form = form.with_errors(as_faults(&error));
            issue_page(&req, &mut ctx, &number, &form, Some(kind.code()), status).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The account's messages.
pub async fn messages(req: Req, Query(query): Query<DeskQuery>) -> Reply {
    let mut ctx = req.open().await?;
    let page = desk::messages(&mut ctx, query.after.as_deref()).await?;
    let unread = ctx.session.as_ref().map_or(0, |session| session.unread);
    let chrome = Chrome::Desk(Section::Messages);
    Ok(req.page(StatusCode::OK, Some(&ctx), || app::pages::enterprise::messages(&page, unread, chrome, ctx.now)))
}

/// Marks them as read.
pub async fn read_messages(req: Req, body: Body) -> Reply {
    let mut ctx = req.open().await?;
    ctx.require_staff()?;
    let form = plain(body).await?;
    desk::read_messages(&mut ctx, form.value("up_to").parse().unwrap_or(0)).await?;
    Ok(redirect("/desk/messages", None))
}

/// Station staff, with their station.
fn station(ctx: &Ctx) -> Result<(StaffIdentity, i64), AppError> {
    let staff = ctx.require_desk()?;
    match staff.duty {
        Duty::Station { station, .. } if !staff.must_change_password => Ok((staff, station)),
        _ => Err(AppError::Forbidden),
    }
}

/// Looks up the enterprise beside the desk.
pub async fn assist(req: Req, Query(query): Query<DeskQuery>) -> Reply {
    let mut ctx = req.open().await?;
    station(&ctx)?;
    let words = query.q.trim().to_owned();
    let found = if words.is_empty() { Vec::new() } else { store::enterprise::search(&mut ctx.conn, &words).await? };
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::assist(&words, &found)))
}

/// Staff and member together: both are recorded (代办).
async fn beside(ctx: &mut Ctx, enterprise: i64) -> Result<(Filer, Paths, i64), AppError> {
    let (staff, station) = station(ctx)?;
    let found = store::enterprise::get(&mut ctx.conn, enterprise).await?;
    let members = store::enterprise::members(&mut ctx.conn, enterprise).await?;
    let member = members.first().ok_or_else(|| AppError::Refused("这家企业还没有登记联系人，不能代办".to_owned()))?;
    let filer = Filer {
        actor: Actor::Assisted { staff: staff.id, station, person: member.id, enterprise },
        shown_name: format!("{}（{} {} 代办）", member.name, staff.organisation, staff.name),
        enterprise,
        contact_name: member.name.clone(),
        contact_phone: member.phone.clone(),
    };
    let base = format!("/desk/assist/{enterprise}");
    let paths = Paths {
        questions: format!("{base}/new"),
        file: format!("{base}/file"),
        chrome: Chrome::Desk(Section::Assist),
        beside: Some(found.name),
    };
    Ok((filer, paths, staff.id))
}

/// The questions, with the owner beside.
pub async fn assist_new(req: Req, Path(enterprise): Path<i64>) -> Reply {
    let mut ctx = req.open().await?;
    let (filer, paths, _) = beside(&mut ctx, enterprise).await?;
    questions(&req, &mut ctx, &filer, Form::default(), &paths, StatusCode::OK).await
}

/// The answers.
pub async fn assist_check(req: Req, Path(enterprise): Path<i64>, request: Request) -> Reply {
    let mut ctx = req.open().await?;
    let (filer, paths, staff) = beside(&mut ctx, enterprise).await?;
    let uploader = Uploader { enterprise, person: None, staff: Some(staff) };
    let form = with_photos(&req, &mut ctx, uploader, request).await?;
    check_answers(&req, &mut ctx, &filer, form, &paths).await
}

/// Files.
pub async fn assist_file(req: Req, Path(enterprise): Path<i64>, body: Body) -> Reply {
    let mut ctx = req.open().await?;
    let (filer, paths, _) = beside(&mut ctx, enterprise).await?;
    let form = plain(body).await?;
    match file_form(&req, &mut ctx, &filer, &form).await {
        Ok(number) => Ok(redirect(&format!("/desk/issues/{number}/receipt"), None)),
        Err(error) => refused_filing(&req, &mut ctx, &filer, form, &paths, error).await,
    }
}

/// The receipt to show the owner.
pub async fn receipt(req: Req, Path(number): Path<String>) -> Reply {
    let mut ctx = req.open().await?;
    station(&ctx)?;
    let detail = store::issue::detail(&mut ctx.conn, &number).await?;
    let issue = detail.aggregate(&ctx.calendar);
    let chrome = Chrome::Desk(Section::Assist);
    Ok(req.page(StatusCode::OK, Some(&ctx), || filing_pages::receipt(&detail, &issue, ctx.now, chrome, "/desk/issues")))
}

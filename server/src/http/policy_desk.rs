//! Policies at the desk: thin handlers from a request to a use case to a page.

use super::context::Failure;
use super::forms::{Sent, Upload, plain, within};
use super::legacy::{Reply, Req, internal, redirect};
use crate::facts;
use app::api::policy_desk::{self, Editor};
use app::api::policy_draft::Draft;
use app::api::{AppError, Ctx};
use app::pages::desk::policy as pages;
use app::ui::form::Form;
use axum::body::Body;
use axum::extract::{Path, Query, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::policy::application::Command;
use domain::policy::money::Fen;
use domain::text::FieldError;
use rust_xlsxwriter::{Format, Workbook};
use serde::Deserialize;
use store::policy::evaluation::{Row, STEPS};
use store::policy::library;

/// The largest form of the editor: a long item many times over.
const FORM_LIMIT: usize = 2 * 1024 * 1024;

/// What the lists take from the address.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    state: String,
    #[serde(default)]
    q: String,
    after: Option<String>,
}

/// The policies in a state.
pub async fn list(req: Req, Query(query): Query<ListQuery>) -> Reply {
    let mut ctx = req.open().await?;
    let list = policy_desk::list(&mut ctx, &query.state, &query.q, query.after.as_deref()).await?;
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::list(&list, ctx.now)))
}

/// A new item.
pub async fn new(req: Req) -> Reply {
    let mut ctx = req.open().await?;
    let editor = policy_desk::editor(&mut ctx, None).await?;
    Ok(editor_page(&req, &ctx, &editor, &Form::default(), StatusCode::OK))
}

/// A stored item.
pub async fn edit(req: Req, Path(code): Path<String>) -> Reply {
    let mut ctx = req.open().await?;
    let editor = policy_desk::editor(&mut ctx, Some(&code)).await?;
    Ok(editor_page(&req, &ctx, &editor, &Form::default(), StatusCode::OK))
}

fn editor_page(req: &Req, ctx: &Ctx, editor: &Editor, form: &Form, status: StatusCode) -> Response {
    req.page(status, Some(ctx), || pages::editor(editor, form, &ctx.reference, ctx.now))
}

/// The form of a new item.
pub async fn write_new(req: Req, body: Body) -> Reply {
    let mut ctx = req.open().await?;
    let editor = policy_desk::editor(&mut ctx, None).await?;
    let form = within(body, FORM_LIMIT).await?;
    write_form(&req, &mut ctx, editor, None, form).await
}

/// The form of a stored item.
pub async fn write(req: Req, Path(code): Path<String>, body: Body) -> Reply {
    let mut ctx = req.open().await?;
    ctx.require_policy_editor()?;
    // Whose it is comes before what is sent.
    let editor = policy_desk::editor(&mut ctx, Some(&code)).await?;
    let form = within(body, FORM_LIMIT).await?;
    write_form(&req, &mut ctx, editor, Some(&code), form).await
}

async fn write_form(req: &Req, ctx: &mut Ctx, mut editor: Editor, code: Option<&str>, form: Form) -> Reply {
    editor.draft = Draft::from_form(form.pairs());
    let action = form.value("do").to_owned();
    if editor.draft.act(&action, form.pairs()) {
        policy_desk::preview(ctx, &mut editor, &[], false).await?;
        return Ok(editor_page(req, ctx, &editor, &form, StatusCode::OK));
    }
    if action != "save" {
        let names: Vec<String> = (1..=3).map(|n| form.value(&format!("preview{n}")).to_owned()).collect();
        policy_desk::preview(ctx, &mut editor, &names, true).await?;
        return Ok(editor_page(req, ctx, &editor, &form, StatusCode::OK));
    }
    let department = form.value("department").parse().ok();
    match policy_desk::save(ctx, &editor.draft, code, department).await {
        Ok((code, version)) => {
            Ok(redirect(&format!("/desk/policies/{code}/edit"), Some(&format!("已保存第 {version} 版草稿。"))))
        }
        Err(error @ (AppError::Invalid(_) | AppError::Refused(_))) => {
            let faults = error.faults();
            policy_desk::preview(ctx, &mut editor, &[], false).await?;
            Ok(editor_page(req, ctx, &editor, &form.with_errors(faults), StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(error) => Err(error.into()),
    }
}

/// Pasted JSON into the form; nothing is stored yet.
pub async fn load_json(req: Req, body: Body) -> Reply {
    let mut ctx = req.open().await?;
    ctx.require_policy_editor()?;
    let form = within(body, FORM_LIMIT).await?;
    let code = Some(form.value("code")).filter(|code| !code.is_empty());
    let mut editor = policy_desk::editor(&mut ctx, code).await?;
    match Draft::from_json(form.value("json")) {
        Ok(draft) => {
            editor.draft = draft;
            policy_desk::preview(&mut ctx, &mut editor, &[], false).await?;
            Ok(editor_page(&req, &ctx, &editor, &Form::default(), StatusCode::OK))
        }
        Err(sentence) => {
            let form = form.with_errors(vec![FieldError::new("json", sentence)]);
            Ok(editor_page(&req, &ctx, &editor, &form, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

/// The JSON of the newest version.
pub async fn json(req: Req, Path(code): Path<String>) -> Result<Response, Failure> {
    let mut ctx = req.open().await?;
    let editor = policy_desk::editor(&mut ctx, Some(&code)).await?;
    let text = serde_json::to_string_pretty(&editor.draft.value).map_err(internal)?;
    let disposition = format!("attachment; filename=\"{code}.json\"");
    Ok(([(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, disposition)], text)
        .into_response())
}

/// Submit, return, publish, withdraw.
pub async fn step(req: Req, Path((code, step)): Path<(String, String)>, body: Body) -> Reply {
    let mut ctx = req.open().await?;
    ctx.require_policy_editor()?;
    let mut editor = policy_desk::editor(&mut ctx, Some(&code)).await?;
    let form = plain(body).await?;
    let version: i32 = form.value("version").parse().map_err(|_| AppError::NotFound)?;
    let done = match step.as_str() {
        "submit" => policy_desk::hand_over(&mut ctx, &code, version, true).await.map(|()| "已提交，请另一位政策编辑发布。"),
        "return" => policy_desk::hand_over(&mut ctx, &code, version, false).await.map(|()| "已退回修改。"),
        "publish" => policy_desk::publish(&mut ctx, &code, version).await.map(|()| "已发布，正在匹配企业。"),
        "withdraw" => policy_desk::withdraw(&mut ctx, &code, version, form.value("reason")).await.map(|()| "已撤下。"),
        _ => Err(AppError::NotFound),
    };
    match done {
        Ok(words) => {
            // This server shows it at once; the others within a minute.
            req.state.refresh().await.map_err(internal)?;
            Ok(redirect(&format!("/desk/policies/{code}/edit"), Some(words)))
        }
        Err(error @ (AppError::Invalid(_) | AppError::Refused(_))) => {
            let form = form.with_errors(error.faults());
            policy_desk::preview(&mut ctx, &mut editor, &[], false).await?;
            Ok(editor_page(&req, &ctx, &editor, &form, super::legacy::status(&error)))
        }
        Err(error) => Err(error.into()),
    }
}

/// The libraries.
pub async fn libraries(req: Req) -> Reply {
    let mut ctx = req.open().await?;
    ctx.require_policy_editor()?;
    let library = library::all(&mut ctx.conn).await?;
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::libraries(&library, &Form::default())))
}

/// Adds to a library or changes it.
pub async fn put_library(req: Req, body: Body) -> Reply {
    let mut ctx = req.open().await?;
    ctx.require_policy_editor()?;
    let form = plain(body).await?;
    match policy_desk::put_library(&mut ctx, &form).await {
        Ok(()) => {
            req.state.refresh().await.map_err(internal)?;
            Ok(redirect("/desk/policies/libraries", Some("已保存。")))
        }
        Err(AppError::Invalid(faults)) => {
            let library = library::all(&mut ctx.conn).await?;
            let form = form.with_errors(faults);
            Ok(req.page(StatusCode::UNPROCESSABLE_ENTITY, Some(&ctx), || pages::libraries(&library, &form)))
        }
        Err(error) => Err(error.into()),
    }
}

/// The import's page.
pub async fn facts(req: Req) -> Reply {
    let ctx = req.open().await?;
    ctx.require_policy_editor()?;
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::facts_import(None, &Form::default())))
}

/// Imports facts.
pub async fn import_facts(req: Req, request: Request) -> Reply {
    let mut ctx = req.open().await?;
    ctx.require_policy_editor()?;
    let mut file = None;
    let form = match Upload::open(request).await? {
        Sent::Plain(form) => form,
        Sent::Files(mut upload) => {
            while let Some(found) = upload.next().await? {
                file = Some(found);
            }
            upload.finish("file", "file", Vec::new(), &[])
        }
    };
    let source = form.value("source").to_owned();
    let Some((name, bytes)) = file.filter(|(name, bytes)| !name.is_empty() && !bytes.is_empty()) else {
        let form = form.with_errors(vec![FieldError::new("file", "请选择文件")]);
        return Ok(req.page(StatusCode::UNPROCESSABLE_ENTITY, Some(&ctx), || pages::facts_import(None, &form)));
    };
    let extension = name.rsplit_once('.').map_or("", |(_, end)| end).to_owned();
    let library = library::all(&mut ctx.conn).await?;
    let mut system = req.state.store.system().await?;
    let (today, now) = (ctx.today(), ctx.now);
    let done = facts::import(&mut ctx.conn, &mut system, &library, &bytes, &extension, source.trim(), today, now).await;
    match done {
        Ok(report) => {
            let bad = report.bad.into_iter().map(|bad| (bad.line, bad.reason)).collect();
            let report = Some(pages::Imported { good: report.good, changed: report.changed, bad });
            Ok(req.page(StatusCode::OK, Some(&ctx), || pages::facts_import(report, &form)))
        }
        Err(error) => {
            tracing::info!(%error, "an import of facts was refused");
            let own = error.to_string();
            let sentence = if own.starts_with(|c: char| c.is_ascii()) {
                "文件读不出来，请用 csv（UTF-8）或 xlsx".to_owned()
            } else {
                own
            };
            let form = form.with_errors(vec![FieldError::new("file", sentence)]);
            Ok(req.page(StatusCode::UNPROCESSABLE_ENTITY, Some(&ctx), || pages::facts_import(None, &form)))
        }
    }
}

/// An empty table to fill in.
pub async fn facts_template(req: Req) -> Result<Response, Failure> {
    let ctx = req.open().await?;
    ctx.require_policy_editor()?;
    let text = "\u{feff}统一社会信用代码,指标,数值,期间,来源\r\n";
    let disposition = "attachment; filename=\"facts.csv\"";
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, disposition)], text).into_response())
}

/// The queue of applications.
pub async fn applications(req: Req, Query(query): Query<ListQuery>) -> Reply {
    let mut ctx = req.open().await?;
    let queue = policy_desk::queue(&mut ctx, &query.state, query.after.as_deref()).await?;
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::queue(&queue, ctx.now)))
}

/// One application.
pub async fn application(req: Req, Path(number): Path<String>) -> Reply {
    let mut ctx = req.open().await?;
    application_page(&req, &mut ctx, &number, &Form::default(), None, StatusCode::OK).await
}

async fn application_page(
    req: &Req,
    ctx: &mut Ctx,
    number: &str,
    form: &Form,
    open: Option<Command>,
    status: StatusCode,
) -> Reply {
    let (page, spent) = policy_desk::review(ctx, number).await?;
    Ok(req.page(status, Some(ctx), || pages::application(&page, spent, form, open, ctx.now)))
}

/// Gives a reviewer's command.
pub async fn command(req: Req, Path((number, code)): Path<(String, String)>, body: Body) -> Reply {
    let mut ctx = req.open().await?;
    ctx.require_reviewer()?;
    let known = store::policy::application::get(&mut ctx.conn, &number).await?;
    let command = Command::parse(&code).filter(|command| !command.is_members()).ok_or(AppError::NotFound)?;
    let form = plain(body).await?;
    match policy_desk::command(&mut ctx, &number, command, &form).await {
        Ok(state) => Ok(redirect(
            &format!("/desk/applications/{number}"),
            Some(&format!("{}：现在是“{}”", command.label(), state.label())),
        )),
        Err(AppError::Refused(_)) if form.value("seq").parse() != Ok(known.seq) => {
            Ok(redirect(&format!("/desk/applications/{number}"), Some("这件申请刚刚有新进展，请先看最新情况")))
        }
        Err(error @ (AppError::Invalid(_) | AppError::Refused(_))) => {
            let status = super::legacy::status(&error);
            let form = form.with_errors(error.faults());
            application_page(&req, &mut ctx, &number, &form, Some(command), status).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The evaluation of a policy.
pub async fn evaluation(req: Req, Path(code): Path<String>) -> Reply {
    let mut ctx = req.open().await?;
    let (version, figures) = policy_desk::evaluate(&mut ctx, &code).await?;
    Ok(req.page(StatusCode::OK, Some(&ctx), || pages::evaluation(&version, &figures)))
}

/// The same as a workbook.
pub async fn evaluation_xlsx(req: Req, Path(code): Path<String>) -> Result<Response, Failure> {
    let mut ctx = req.open().await?;
    let (version, figures) = policy_desk::evaluate(&mut ctx, &code).await?;
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let yuan = |fen: i64| Fen(fen).to_string().parse::<f64>().unwrap_or_default();
    let sheet = book.add_worksheet().set_name("总体").map_err(internal)?;
    let mut rows: Vec<(String, f64)> = figures
        .funnel
        .iter()
        .map(|(code, count)| {
            (STEPS.iter().find(|row| row.0 == code).map_or(code.clone(), |row| format!("{}（企业数）", row.1)), *count as f64)
        })
        .collect();
    rows.push(("匹配企业可享（元）".to_owned(), yuan(figures.matched)));
    rows.push(("已核准（元）".to_owned(), yuan(figures.approved)));
    rows.push(("已拨付（元）".to_owned(), yuan(figures.paid)));
    rows.extend(figures.median_days.map(|days| ("发布到拨付中位天数".to_owned(), days)));
    rows.extend(figures.rating.map(|(mean, _)| ("满意度（1-5）".to_owned(), mean)));
    rows.push(("相关诉求（件）".to_owned(), figures.questions as f64));
    sheet.write_with_format(0, 0, &version.title, &bold).map_err(internal)?;
    for (at, (label, value)) in (2_u32..).zip(rows) {
        sheet.write(at, 0, label).and_then(|sheet| sheet.write(at, 1, value)).map_err(internal)?;
    }
    for (name, list) in [("按区县", &figures.districts), ("按行业", &figures.industries)] {
        let sheet = book.add_worksheet().set_name(name).map_err(internal)?;
        for (column, title) in (0_u16..).zip(["分组", "匹配", "申请", "拨付", "金额（元）"]) {
            sheet.write_with_format(0, column, title, &bold).map_err(internal)?;
        }
        for (at, Row { key, matched, applied, paid, amount }) in (1_u32..).zip(list) {
            sheet.write(at, 0, key.as_str()).map_err(internal)?;
            for (column, value) in (1_u16..).zip([*matched as f64, *applied as f64, *paid as f64, yuan(*amount)]) {
                sheet.write(at, column, value).map_err(internal)?;
            }
        }
    }
    let bytes = book.save_to_buffer().map_err(internal)?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned();
    let disposition = format!("attachment; filename=\"{code}.xlsx\"");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

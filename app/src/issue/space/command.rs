//! What an enterprise can do about a problem, one page each: rate, supply, object, reopen, withdraw.

use crate::carried::Carried;
use crate::error::{AppError, Stop};
use crate::filing::island::PhotoField;
use crate::filing::{Side, photo_question};
use crate::form::Form;
use crate::issue::kind_of;
use crate::issue::read::{self, MemberIssue};
use crate::module::Module;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{Choice, Field, choice, choices, field, hidden};
use crate::ui::{SubmitButton, TextField};
use crate::ui::{back, face, icon, paragraph, section};
use domain::issue::{CommandKind, Event, RatingReason, Satisfaction};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;

const COMMENT: Field = Field { rows: 3, max: 500, optional: true, ..field("comment", "想说的话", "") };

/// A problem's command.
#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct CommandParams {
    number: String,
    command: String,
}

/// The page of a command. Where it is not possible now, the problem's page says where things stand.
#[component]
pub fn CommandPage() -> impl IntoView {
    let params = use_params::<CommandParams>().get_untracked();
    let request = Request::current();
    let form = Form::typed();
    reads(async move {
        let CommandParams { number, command } = params.map_err(|_| AppError::NotFound)?;
        let kind = kind_of(&command)?;
        let page = read::of_member(&mut *request.open().await?, &number).await?;
        if !page.commands.contains(&kind) && form.errors.is_empty() {
            return Err(Stop::redirect(format!("/issues/{number}")));
        }
        let asked = ask(kind, &page, &form).ok_or(AppError::NotFound)?;
        title(asked.title);
        Ok(command_form(kind, &page, &form, asked))
    })
}

/// What a command asks, in the words of its page.
struct Asked {
    title: &'static str,
    lead: &'static str,
    body: AnyView,
    button: &'static str,
    files: bool,
}

/// `None` for a command that is not a member's.
fn ask(kind: CommandKind, page: &MemberIssue, form: &Form) -> Option<Asked> {
    let (title, lead, body, button, files) = match kind {
        CommandKind::Rate => ("评价", "您的评价决定这件事算不算办好。", rate(page, form), "提交评价", false),
        CommandKind::Supply => ("补充材料", "补充后，办理时限继续计算。", supply(page, form), "提交补充", true),
        CommandKind::Note => ("添加说明", "办理单位会收到提醒，办理时限不变。", supply(page, form), "提交说明", true),
        CommandKind::Urge => ("催办", "办理单位会收到提醒。每天可以催办一次。", ().into_any(), "确认催办", false),
        CommandKind::Object => (
            "提出异议",
            "异议可以提出一次，由市企服中心的其他人员重新审核。",
            reason(form, "您为什么不同意？", "例如：这次反映的是另一条道路，和上次不是同一处"),
            "提交异议",
            false,
        ),
        CommandKind::Reopen => (
            "重新办理",
            "问题还在或又出现了，退回办理单位重新办理，企服中心会收到提醒。",
            reason(form, "现在是什么情况？", "例如：修好的地方昨天又开始漏水"),
            "要求重新办理",
            false,
        ),
        CommandKind::Withdraw => (
            "撤回诉求",
            "撤回后不再办理。想继续办，可以重新提一件。",
            reason(form, "为什么撤回？", "例如：问题已经自行解决"),
            "确认撤回",
            false,
        ),
        _ => return None,
    };
    Some(Asked { title, lead, body, button, files })
}

fn command_form(kind: CommandKind, page: &MemberIssue, form: &Form, asked: Asked) -> AnyView {
    let href = format!("/issues/{}", page.detail.number);
    let action = format!("{href}/{}", kind.code());
    let enctype = if asked.files { "multipart/form-data" } else { "application/x-www-form-urlencoded" };
    view! {
        {back(href, "返回诉求")}
        {form.summary()}
        <h1>{asked.title}</h1>
        <p class="muted">{page.detail.title.clone()}</p>
        <p class="lead">{asked.lead}</p>
        <form id="command" method="post" action=action enctype=enctype class="stack" novalidate>
            {hidden("version", page.issue.version.to_string())}
            {asked.body}
            <div class="actions"><SubmitButton label=asked.button.to_owned() module=Carried(Module::Space)/></div>
        </form>
    }
    .into_any()
}

fn reason(form: &Form, label: &'static str, hint: &'static str) -> AnyView {
    let text = Field { rows: 4, max: 500, ..field("text", label, hint) };
    view! { <section class="card"><TextField question=Carried(text.question(form))/></section> }.into_any()
}

fn supply(page: &MemberIssue, form: &Form) -> AnyView {
    let waits = page.issue.pause.is_some();
    let asked = page.detail.events.iter().rev().filter(|_| waits).find_map(|row| match &row.event {
        Event::InputAsked { what, .. } => Some(what.clone()),
        _ => None,
    });
    let text = Field { rows: 4, max: 2000, ..field("text", "补充说明", "只补照片或文件也可以") };
    let photos = photo_question(form, Side::Own);
    view! {
        {asked.map(|what| section("需要您补充", paragraph(&what)))}
        <section class="card">
            <TextField question=Carried(text.question(form))/>
            <PhotoField photos=Carried(photos)/>
        </section>
    }
    .into_any()
}

fn rate(page: &MemberIssue, form: &Form) -> AnyView {
    let answer = page.detail.events.iter().rev().find_map(|row| match &row.event {
        Event::Answered { text, outcome, .. } => Some((text.clone(), outcome.label(), row.actor_name.clone())),
        _ => None,
    });
    let faces = Satisfaction::ALL
        .iter()
        .enumerate()
        .map(|(index, level)| Choice { drawing: Some(face(index)), ..choice(level.code(), level.label()) });
    let reasons = RatingReason::ALL.iter().map(|reason| choice(reason.code(), reason.label()));
    view! {
        {answer.map(|(text, outcome, who)| section(
            format!("答复：{outcome}"),
            view! { {paragraph(&text)}<p class="muted">{who}</p> },
        ))}
        <section class="card rating">
            {choices(form, "radio", "solved", "问题解决了吗？", "big two", vec![choice("yes", "解决了"), choice("no", "没解决")])}
            // Asked about once; sent again, it is meant.
            {form.error("level").map(|_| hidden("sure", form.value("level")))}
            {choices(form, "radio", "level", "您满意吗？", "faces", faces.collect())}
            <p class="again" role="note">{icon("loop")}"会退回办理单位重新办理，企服中心会收到提醒。"</p>
            {choices(form, "checkbox", "reason", "为什么？（可多选）", "chips", reasons.collect())}
            <TextField question=Carried(COMMENT.question(form))/>
        </section>
    }
    .into_any()
}

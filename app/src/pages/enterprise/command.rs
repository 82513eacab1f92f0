//! What an enterprise can do about a problem, one page each: rate, supply, object, reopen, withdraw.

use crate::api::filing::photo_ids;
use crate::api::member::IssuePage;
use crate::islands::{SubmitOnce, TextCounter};
use crate::pages::filing::photo_field;
use crate::render::Page;
use crate::shell::{Chrome, Tab};
use crate::ui::form::{Choice, Field, Form, choice, choices, field, hidden, submit};
use crate::ui::{back, face, icon, section, words};
use domain::issue::{CommandKind, Event, MAX_PHOTOS, RatingReason, Satisfaction};
use leptos::prelude::*;

const COMMENT: Field = Field { rows: 3, max: 500, optional: true, ..field("comment", "想说的话", "") };

/// The page of a command; `None` for a command that is not a member's.
pub fn command(kind: CommandKind, page: &IssuePage, form: &Form) -> Option<Page> {
    let (title, lead, body, button, files) = match kind {
        CommandKind::Rate => ("评价", "您的评价决定这件事算不算办好。", rate(page, form), "提交评价", false),
        CommandKind::Supply => ("补充材料", "补充后，办理时限继续计算。", supply(page, form), "提交补充", true),
        CommandKind::Object => (
            "提出异议",
            "异议可以提出一次，由市企服中心的其他人员重新审核。",
            reason(form, "您为什么不同意？", "例如：这次反映的是另一条道路，和上次不是同一处"),
            "提交异议",
            false,
        ),
        CommandKind::Reopen => (
            "重新办理",
            "问题还在或又出现了，原部门重新办理，并由企服中心督办。",
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
    let number = page.detail.number.clone();
    let href = format!("/issues/{number}");
    let action = format!("{href}/{}", kind.code());
    let enctype = if files { "multipart/form-data" } else { "application/x-www-form-urlencoded" };
    let name = page.detail.title.clone();
    let built = Page::new(
        title,
        Chrome::Space(Tab::Issues),
        view! {
            {back(href, "返回诉求")}
            {form.summary()}
            <h1>{title}</h1>
            <p class="muted">{name}</p>
            <p class="lead">{lead}</p>
            <form id="command" data-once="" method="post" action=action enctype=enctype class="stack" novalidate>
                {hidden("version", page.issue.version.to_string())}
                {body}
                <div class="actions">{submit(button)}</div>
            </form>
            <SubmitOnce/>
        },
    );
    Some(built.with_islands())
}

fn reason(form: &Form, label: &'static str, hint: &'static str) -> AnyView {
    let text = Field { rows: 4, max: 500, ..field("text", label, hint) };
    view! { <section class="card">{text.view(form)}<TextCounter/></section> }.into_any()
}

fn supply(page: &IssuePage, form: &Form) -> AnyView {
    let asked = page.detail.events.iter().rev().find_map(|row| match &row.event {
        Event::InputAsked { what, .. } => Some(what.clone()),
        _ => None,
    });
    let text = Field { rows: 4, max: 2000, ..field("text", "补充说明", "只补照片也可以") };
    let kept = photo_ids(form);
    let room = usize::from(MAX_PHOTOS).saturating_sub(kept.len());
    view! {
        {asked.map(|what| section("需要您补充", words(what)))}
        <section class="card">
            {text.view(form)}
            <TextCounter/>
            {photo_field(form, &kept, room)}
        </section>
    }
    .into_any()
}

fn rate(page: &IssuePage, form: &Form) -> AnyView {
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
            view! { {words(text)}<p class="muted">{who}</p> },
        ))}
        <section class="card rating">
            {choices(form, "radio", "solved", "问题解决了吗？", "big two", vec![choice("yes", "解决了"), choice("no", "没解决")])}
            {choices(form, "radio", "level", "您满意吗？", "faces", faces.collect())}
            <p class="again" role="note">{icon("loop")}"我们会重新办理，并由企服中心督办。"</p>
            {choices(form, "checkbox", "reason", "为什么？（可多选）", "chips", reasons.collect())}
            {COMMENT.view(form)}
        </section>
    }
    .into_any()
}

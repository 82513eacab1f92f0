//! A problem: where it stands, who has it, by when, what I can do now, what happened.
//!
//! An owner opens this from a message, on a phone: the first screen answers "who has it, by when", the one button is what is due from me.

use crate::api::member::IssuePage;
use crate::islands::LiveProgress;
use crate::render::Page;
use crate::shell::{Chrome, Tab};
use crate::ui::issue::{flag_tag, photos, state_tag, time_bar, timeline};
use crate::ui::{back, facts, icon, section, words};
use domain::area::centre_name;
use domain::calendar::WorkCalendar;
use domain::catalogue;
use domain::issue::{CommandKind, Flag, Issue, State};
use leptos::prelude::*;
use store::reference::Reference;
use time::OffsetDateTime;

/// The page.
pub fn issue(page: &IssuePage, now: OffsetDateTime, calendar: &WorkCalendar, reference: &Reference) -> Page {
    let detail = &page.detail;
    let issue = &page.issue;
    let number = detail.number.clone();
    let bar = match (issue.state, issue.answer, issue.submitted_at) {
        (State::Submitted | State::Accepted | State::Dispatched | State::Handling, Some(clock), _) => {
            Some(time_bar(clock.since, clock.due, now, calendar))
        }
        _ => None,
    };
    let round =
        (issue.round > 1).then(|| view! { <span class="tag warn">{icon("loop")}{format!("第 {} 轮", issue.round)}</span> });
    let flags = issue.flags.iter().filter(|flag| **flag == Flag::AnsweredLate).map(|flag| flag_tag(*flag)).collect_view();
    let live = format!("/issues/{number}/events?after={}", issue.version);
    let contact = format!("{} {}", detail.contact_name, detail.contact_phone);
    Page::new(
        detail.title.clone(),
        Chrome::Space(Tab::Issues),
        view! {
            {back("/issues", "全部诉求")}
            <div id="live" data-events=live>
                <div class="title-row">
                    <h1>{detail.title.clone()}</h1>
                    <p class="tags">{state_tag(issue.state)}{round}{flags}</p>
                </div>
                <p class="muted number">{number}</p>
                <section class="card">
                    <p class="holder">{issue.state.is_open().then(|| view! { <span class="muted">"现在在谁手里："</span> })}<strong>{holder(issue, reference)}</strong></p>
                    {bar}
                    {next_words(issue).map(|text| view! { <p>{text}</p> })}
                    {actions(page)}
                </section>
                {section("办理进度", timeline(detail, false, now, reference))}
            </div>
            {section("我提的问题", view! {
                {words(detail.body.clone())}
                {photos(detail, 1)}
                {facts(vec![
                    ("分类", words(catalogue::category_name(&issue.category))),
                    ("地点", words(if detail.place.is_empty() { "未填写".to_owned() } else { detail.place.clone() })),
                    ("联系", words(contact)),
                ])}
            })}
            <LiveProgress/>
        },
    )
    .with_islands()
}

/// Who has it, as the enterprise would say.
fn holder(issue: &Issue, reference: &Reference) -> String {
    match issue.state {
        State::Submitted | State::Accepted => centre_name(issue.centre),
        State::Dispatched | State::Handling => {
            issue.lead.map_or_else(|| centre_name(issue.centre), |id| reference.department(id))
        }
        State::AwaitingInput => "等您补充材料".to_owned(),
        State::Answered => "等您评价".to_owned(),
        State::Closed => "已办结销号".to_owned(),
        State::Declined => "不予受理".to_owned(),
        State::Withdrawn => "您已撤回".to_owned(),
        State::Draft => String::new(),
    }
}

/// What comes next, where it is not plain from the buttons.
fn next_words(issue: &Issue) -> Option<&'static str> {
    match issue.state {
        State::Submitted => Some("下一步：企服中心受理。"),
        State::Accepted => Some("下一步：企服中心交给责任部门。"),
        State::Dispatched if issue.round > 1 => Some("我们会重新办理，并由企服中心督办。"),
        State::Dispatched => Some("下一步：部门签收并开始办理。"),
        State::Answered => Some("问题解决了吗？请您评价。不满意会重新办理。"),
        State::Declined => Some("如有不同意见，10 个工作日内可以提出异议，由其他人员重新审核。"),
        State::Closed => Some("如果问题又出现，10 个工作日内可以要求重新办理。"),
        _ => None,
    }
}

/// What can be done now: one primary button, the rest quieter.
fn actions(page: &IssuePage) -> AnyView {
    let number = &page.detail.number;
    let mut buttons: Vec<AnyView> = Vec::new();
    for (kind, label, primary) in [
        (CommandKind::Supply, "补充材料", true),
        (CommandKind::Rate, "去评价", true),
        (CommandKind::Object, "提出异议", true),
        (CommandKind::Reopen, "问题还在，重新办理", false),
        (CommandKind::Withdraw, "撤回诉求", false),
    ] {
        if page.commands.contains(&kind) {
            let href = format!("/issues/{number}/{}", kind.code());
            let class = if primary { "button" } else { "button secondary" };
            buttons.push(view! { <a class=class href=href>{label}</a> }.into_any());
        }
    }
    if buttons.is_empty() { ().into_any() } else { view! { <div class="actions">{buttons}</div> }.into_any() }
}

//! The enterprise's problems: the list, and one with everything it should know.
//!
//! An owner opens this on a phone, in a minute between two other things, wanting to know: who has it, by when, and is there anything I
//! must do?

use super::read::{self, MemberIssue};
use super::view::{flag_tag, issue_cell, photos, state_tag, time_bar, timeline};
use crate::error::AppError;
use crate::islands::LiveProgress;
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::list::{Chip, chips, more};
use crate::ui::{back, empty, facts, icon, section, words};
use domain::area::centre_name;
use domain::catalogue;
use domain::issue::{CommandKind, Flag, Issue, State};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::{use_params, use_query};
use leptos_router::params::Params;
use store::issue::{IssueRow, MineFilter};
use store::reference::Reference;

/// Which of the list.
#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct ListQuery {
    filter: Option<String>,
    after: Option<String>,
}

/// My problems: where each stands, by when, with whom.
#[component]
pub fn IssuesPage() -> impl IntoView {
    let query = use_query::<ListQuery>().get_untracked().unwrap_or_default();
    let request = Request::current();
    reads(async move {
        let filter = MineFilter::from_code(query.filter.as_deref().unwrap_or(""));
        let (page, clock) = {
            let mut ctx = request.open().await?;
            (read::mine(&mut ctx, filter, query.after.as_deref()).await?, ctx.clock())
        };
        title("我的诉求");
        Ok(issues(&page, filter, &clock))
    })
}

fn issues(page: &store::Page<IssueRow>, filter: MineFilter, clock: &Clock) -> AnyView {
    let filters = MineFilter::ALL.into_iter().map(|option| Chip {
        href: format!("/issues?filter={}", option.code()),
        label: option.label(),
        count: None,
        current: option == filter,
    });
    let body = if page.rows.is_empty() {
        match filter {
            MineFilter::All => empty("您提的每件诉求都会列在这里，随时看进度。", Some(("/issues/new", "提诉求"))),
            _ => empty("这一类里没有诉求。", Some(("/issues", "看全部"))),
        }
    } else {
        let cells = page.rows.iter().map(|row| issue_cell(row, clock.now, &clock.calendar, &clock.reference)).collect_view();
        view! { <ul class="cells card">{cells}</ul> }.into_any()
    };
    let next = format!("/issues?filter={}&", filter.code());
    view! {
        <h1>"我的诉求"</h1>
        {chips("按状态筛选", filters.collect())}
        {body}
        {more(&next, page.next.as_deref())}
    }
    .into_any()
}

/// A problem.
#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct IssueParams {
    number: String,
}

/// One problem: where it stands, who has it, by when, what can be done about it now.
#[component]
pub fn IssuePage() -> impl IntoView {
    let params = use_params::<IssueParams>().get_untracked();
    let request = Request::current();
    reads(async move {
        let number = params.map_err(|_| AppError::NotFound)?.number;
        let (page, clock) = {
            let mut ctx = request.open().await?;
            (read::of_member(&mut ctx, &number).await?, ctx.clock())
        };
        title(page.detail.title.clone());
        Ok(issue(&page, &clock))
    })
}

fn issue(page: &MemberIssue, clock: &Clock) -> AnyView {
    let Clock { now, calendar, reference } = clock;
    let (detail, issue) = (&page.detail, &page.issue);
    let number = detail.number.clone();
    let bar = match (issue.state, issue.answer, issue.submitted_at) {
        (State::Submitted | State::Accepted | State::Dispatched | State::Handling, Some(clock), _) => {
            Some(time_bar(clock.since, clock.due, *now, calendar))
        }
        _ => None,
    };
    let round =
        (issue.round > 1).then(|| view! { <span class="tag warn">{icon("loop")}{format!("第 {} 轮", issue.round)}</span> });
    let flags = issue.flags.iter().filter(|flag| **flag == Flag::AnsweredLate).map(|flag| flag_tag(*flag)).collect_view();
    let live = format!("/issues/{number}/events?after={}", issue.version);
    let contact = format!("{} {}", detail.contact_name, detail.contact_phone);
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
            {section("办理进度", timeline(detail, false, *now, reference))}
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
    }
    .into_any()
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
fn actions(page: &MemberIssue) -> AnyView {
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

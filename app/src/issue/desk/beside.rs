//! Below an issue's page at the desk: what others besides the lead do about it. Written by the server alone, as it is looked at and not worked by
//! keyboard; what is done about it are actions like the others, or pages of their own.

use super::view::path_of;
use crate::issue::read::StaffIssue;
use crate::issue::related::Links;
use crate::request::Clock;
use crate::ui::{icon, section, tag, time};
use domain::calendar::{local, words};
use domain::issue::{CommandKind, Decision, Doing, Event, Issue, Task};
use leptos::prelude::*;
use store::issue::IssueDetail;

/// 交办事项 of every decision, by their place, with how each stands.
pub fn tasks_of<'a>(detail: &'a IssueDetail, issue: &'a Issue) -> Vec<(usize, &'a Task, &'a Doing)> {
    let given = decisions(detail).flat_map(|(_, decision)| &decision.tasks);
    given.zip(&issue.tasks).enumerate().map(|(place, (task, doing))| (place, task, doing)).collect()
}

/// What was decided, and whether by the joint meeting.
fn decisions(detail: &IssueDetail) -> impl Iterator<Item = (bool, &Decision)> {
    detail.events.iter().filter_map(|row| match &row.event {
        Event::Consulted(decision) => Some((false, decision)),
        Event::Resolved(decision) => Some((true, decision)),
        _ => None,
    })
}

/// The sections that there is something to say in.
pub fn sections(page: &StaffIssue, links: &Links, clock: &Clock) -> AnyView {
    view! {
        {links.at_desk()}
        {page.internal.then(|| parts(page, clock))}
        {page.internal.then(|| levels(page, clock))}
        {more(page)}
    }
    .into_any()
}

/// 联合办理: each co-department with its part.
fn parts(page: &StaffIssue, clock: &Clock) -> Option<AnyView> {
    let issue = &page.issue;
    if issue.parts.is_empty() {
        return None;
    }
    let cells = issue.parts.iter().map(|part| {
        // Of this round: the latest of a department since the last dispatch.
        let said = page
            .detail
            .events
            .iter()
            .rev()
            .take_while(|row| !matches!(row.event, Event::Dispatched { .. } | Event::Redispatched { .. }));
        let said = said.filter_map(|row| match &row.event {
            Event::PartAnswered { department, text, .. } if *department == part.department => Some(text.clone()),
            Event::PartWaived { department, reason } if *department == part.department => Some(format!("免去协办：{reason}")),
            _ => None,
        });
        let said = said.last();
        let state = match (part.done, part.due < issue.clock_at(clock.now)) {
            (true, _) => tag("ok", icon("check"), "已答复或免去"),
            (false, true) => tag("late", icon("late"), "协办超期"),
            (false, false) => tag("run", icon("clock"), "等答复"),
        };
        let due = (!part.done).then(|| view! { <span class="muted">{time(part.due, words::due(part.due, clock.now))}</span> });
        view! {
            <li class="cell">
                <div>
                    <span class="cell-head"><strong>{clock.reference.department(part.department)}</strong>{state}</span>
                    {due}{said.map(crate::ui::words)}
                </div>
            </li>
        }
    });
    let cells = cells.collect_view();
    let waits = issue.parts.iter().any(|part| !part.done);
    let note = if waits {
        "协办部门都答复（或由企服中心免去）以后，主办部门才能答复企业。"
    } else {
        "协办都有了，由主办部门汇总答复企业。"
    };
    Some(section("协办", view! { <p class="muted">{note}</p><ul class="cells">{cells}</ul> }))
}

/// 协商办 and 会议办: what was decided, and what became of it.
fn levels(page: &StaffIssue, clock: &Clock) -> Option<AnyView> {
    let tasks = tasks_of(&page.detail, &page.issue);
    let mut tasks = tasks.into_iter();
    let held: Vec<_> = decisions(&page.detail)
        .map(|(meeting, decision)| {
            let title = if meeting { "会议办" } else { "协商办" };
            let day = words::day(local(decision.held).date());
            let own = tasks.by_ref().take(decision.tasks.len());
            let items = own.map(|(place, task, doing)| {
                let (state, due) = (standing(doing, clock), time(doing.due, words::due(doing.due, clock.now)));
                let line = format!("{}：{}", clock.reference.department(doing.department), task.what);
                view! {
                    <li class="cell">
                        <div>
                            <span class="cell-head"><strong>{format!("{}. {line}", place + 1)}</strong>{state}</span>
                            <span class="muted">{due}"办结"</span>
                        </div>
                    </li>
                }
            });
            view! {
                <h3>{format!("{title} · {day}")}</h3>
                <p class="muted">{format!("参加：{}", decision.who)}</p>
                {crate::ui::words(decision.decisions.clone())}
                <ul class="cells">{items.collect_view()}</ul>
            }
        })
        .collect();
    (!held.is_empty()).then(|| section("协商和会议决定", held))
}

/// How a task stands, as a tag.
pub fn standing(doing: &Doing, clock: &Clock) -> AnyView {
    match doing {
        Doing { confirmed: true, .. } => tag("ok", icon("check"), "已确认办结"),
        Doing { done: true, .. } => tag("warn", icon("ask"), "等企服中心确认"),
        Doing { due, .. } if *due < clock.now => tag("late", icon("late"), "超期"),
        _ => tag("run", icon("gear"), "在办"),
    }
}

/// What the centre may do about it on pages of their own.
fn more(page: &StaffIssue) -> Option<AnyView> {
    let path = path_of(&page.detail.number);
    let may = |kind| page.commands.contains(&kind);
    let meeting = if may(CommandKind::Resolve) {
        Some("记录会议决定")
    } else {
        may(CommandKind::Consult).then_some("记录协商办")
    };
    let links = [meeting.map(|label| ("meeting", label)), may(CommandKind::Merge).then_some(("merging", "并入同一企业的另一件"))];
    let links: Vec<_> = links
        .into_iter()
        .flatten()
        .map(|(page, label)| view! { <a class="button secondary" href=format!("{path}/{page}")>{label}</a> })
        .collect();
    (!links.is_empty()).then(|| section("还可以", view! { <p class="row">{links}</p> }))
}

//! How an issue looks: the bar of time, rows of lists.

use super::tag::state_tag;
use crate::issue::space::progress::TimeBar;
use crate::ui::{When, time};
use domain::area::centre_name;
use domain::calendar::{WorkCalendar, local, words};
use domain::issue::clock::Step;
use domain::issue::{Issue, State};
use leptos::prelude::*;
use store::issue::IssueRow;
use store::reference::Reference;
use time::OffsetDateTime;

/// How urgent a due time is, for the tone of its words.
fn tone(now: OffsetDateTime, warn: Option<OffsetDateTime>, due: OffsetDateTime) -> &'static str {
    match warn {
        _ if now > due => "late",
        Some(warn) if now >= warn => "warn",
        _ => "run",
    }
}

/// The time used of the answer's limit.
pub fn time_bar(since: OffsetDateTime, due: OffsetDateTime, now: OffsetDateTime, calendar: &WorkCalendar) -> TimeBar {
    let total = calendar.working_between(since, due).whole_minutes().max(1);
    TimeBar {
        tone: tone(now, Some(calendar.warn_at(since, due)), due).to_owned(),
        total,
        used: calendar.working_between(since, now).whole_minutes().clamp(0, total),
        due: When::new(due, words::due(due, now)),
        left: calendar.remaining(now, due),
    }
}

/// The bar of a row of a list, or what stands in its place.
fn row_time(row: &IssueRow, now: OffsetDateTime, calendar: &WorkCalendar) -> Option<AnyView> {
    match row.state {
        State::Closed | State::Declined | State::Withdrawn | State::Draft => None,
        State::Answered => Some(view! { <p class="muted">"部门已答复，请您评价"</p> }.into_any()),
        State::AwaitingInput => Some(view! { <p class="muted">"需要您补充，补充后继续计时"</p> }.into_any()),
        _ => row.due_at.map(|due| time_bar(row.submitted_at, due, now, calendar).view().into_any()),
    }
}

/// Who has it now.
pub fn holder(state: State, centre: i32, lead: Option<i64>, reference: &Reference) -> String {
    match state {
        State::Submitted | State::Accepted => centre_name(centre),
        State::Dispatched | State::Handling => lead.map_or_else(|| centre_name(centre), |id| reference.department(id)),
        State::AwaitingInput | State::Answered => "等待您".to_owned(),
        State::Closed | State::Declined | State::Withdrawn | State::Draft => String::new(),
    }
}

/// An issue in the enterprise's lists.
pub fn issue_cell(row: &IssueRow, now: OffsetDateTime, calendar: &WorkCalendar, reference: &Reference) -> AnyView {
    let href = format!("/issues/{}", row.number);
    let who = holder(row.state, row.centre, row.lead, reference);
    let round = (row.round > 1).then(|| format!("第 {} 轮", row.round));
    view! {
        <li class="cell">
            <a href=href>
                <span class="cell-head"><strong>{row.title.clone()}</strong>{state_tag(row.state)}</span>
                <span class="muted">{[Some(who), round].into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")}</span>
                {row_time(row, now, calendar)}
            </a>
        </li>
    }
    .into_any()
}

/// The clocks of every step, for staff.
pub fn clocks(issue: &Issue, now: OffsetDateTime, calendar: &WorkCalendar) -> AnyView {
    let rows = issue.clocks().map(|(step, clock)| {
        let name = step.label();
        let due = time(clock.due, words::due(clock.due, now));
        let (tone, status) = match clock.met {
            Some(met) if met <= clock.due => ("ok", format!("{} 完成", words::moment(met, now))),
            Some(met) => ("late", format!("{} 完成，{}", words::moment(met, now), calendar.remaining(met, clock.due))),
            None if !issue.state.is_open() => ("quiet", "未完成".to_owned()),
            None if issue.pause.as_ref().is_some_and(|pause| !pause.lapsed) && matches!(step, Step::Answer | Step::Interim) => {
                ("quiet", "待企业补充，暂停计时".to_owned())
            }
            None => (tone(now, Some(clock.warn), clock.due), calendar.remaining(now, clock.due)),
        };
        view! { <tr><th scope="row">{name}</th><td>{due}</td><td class=format!("status {tone}")>{status}</td></tr> }
    });
    view! {
        <table class="clocks">
            <caption class="hidden">"各环节时限"</caption>
            <thead><tr><th scope="col">"环节"</th><th scope="col">"期限"</th><th scope="col">"状态"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// What is left of a row at the desk, as tone and words; no words when no clock runs.
pub fn row_left(row: &IssueRow, now: OffsetDateTime, calendar: &WorkCalendar) -> (&'static str, String) {
    match row.late_at {
        Some(due) => (tone(now, row.warn_at, due), calendar.remaining(now, due)),
        None if row.state == State::AwaitingInput => ("quiet", "暂停计时".to_owned()),
        None => ("quiet", String::new()),
    }
}

/// `11月24日`.
pub fn day(at: OffsetDateTime) -> String {
    let there = local(at);
    format!("{}月{}日", u8::from(there.month()), there.day())
}

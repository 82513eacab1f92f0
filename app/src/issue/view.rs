//! How an issue looks: the bar of time, rows of lists.

use super::tag::plain_tag;
use crate::issue::space::progress::TimeBar;
use crate::ui::{When, figures, joined, time};
use domain::calendar::{WorkCalendar, words};
use domain::issue::State;
use leptos::prelude::*;
use store::issue::IssueRow;
use store::reference::Reference;
use time::OffsetDateTime;

/// How urgent a due time is, for the tone of its words.
pub fn tone(now: OffsetDateTime, warn: Option<OffsetDateTime>, due: OffsetDateTime) -> &'static str {
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
        left: joined(&calendar.remaining(now, due)),
    }
}

/// The bar of a row of a list, or what stands in its place.
fn row_time(row: &IssueRow, now: OffsetDateTime, calendar: &WorkCalendar) -> Option<AnyView> {
    match row.state {
        State::Closed | State::Declined | State::Withdrawn | State::Merged | State::Draft => None,
        State::Answered => Some(view! { <p class="muted">"部门已答复，请您评价"</p> }.into_any()),
        // The promise stands for the answer, whose limit may be over.
        State::Tracking => row.late_at.map(|due| {
            let words = format!("部门跟踪办理，最迟{}告诉您进展", words::due(due, now));
            view! { <p class="muted">{figures(&words)}</p> }.into_any()
        }),
        State::AwaitingInput => Some(view! { <p class="muted">"需要您补充，补充后继续计时"</p> }.into_any()),
        _ => row.due_at.map(|due| time_bar(row.submitted_at, due, now, calendar).view().into_any()),
    }
}

/// Who has it now.
pub fn holder(state: State, centre: i32, lead: Option<i64>, reference: &Reference) -> String {
    match state {
        State::Submitted | State::Accepted => reference.centre(centre),
        State::Dispatched | State::Handling | State::Tracking => {
            lead.map_or_else(|| reference.centre(centre), |id| reference.department(id))
        }
        State::AwaitingInput => "等您补充材料".to_owned(),
        State::Answered => "等您评价".to_owned(),
        State::Closed | State::Declined | State::Withdrawn | State::Merged | State::Draft => String::new(),
    }
}

/// Its number and when it was filed, in every row of the enterprise's lists.
pub fn filed(row: &IssueRow, now: OffsetDateTime) -> AnyView {
    let when = time(row.submitted_at, words::moment(row.submitted_at, now));
    view! { <small class="muted"><span class="figure">{row.number.clone()}</span>" · "{when}" 提交"</small> }.into_any()
}

/// An issue in the enterprise's lists.
pub fn issue_cell(row: &IssueRow, now: OffsetDateTime, calendar: &WorkCalendar, reference: &Reference) -> AnyView {
    let href = format!("/issues/{}", row.number);
    let who = holder(row.state, row.centre, row.lead, reference);
    let round = (row.round > 1).then(|| format!("第 {} 次办理", row.round));
    let line: Vec<String> = [Some(who), round].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    view! {
        <li class="cell">
            <a href=href>
                <span class="cell-head"><strong>{row.title.clone()}</strong>{plain_tag(row.state)}</span>
                <span class="muted">{figures(&line.join(" · "))}</span>
                {row_time(row, now, calendar)}
                {filed(row, now)}
            </a>
        </li>
    }
    .into_any()
}

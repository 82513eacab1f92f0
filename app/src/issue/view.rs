//! How an issue looks: state, flags, the bar of time, rows of lists, the timeline in plain words.

use crate::ui::{icon, time};
use domain::area::centre_name;
use domain::calendar::{WorkCalendar, local, words};
use domain::issue::clock::Step;
use domain::issue::{CloseBasis, Event, Flag, Issue, State};
use leptos::prelude::*;
use store::issue::{IssueDetail, IssueRow};
use store::reference::Reference;
use time::OffsetDateTime;

/// A state as icon and word; the colour only repeats it.
pub fn state_tag(state: State) -> AnyView {
    let (symbol, tone) = match state {
        State::Draft => ("pen", "quiet"),
        State::Submitted => ("inbox", "run"),
        State::Accepted => ("check", "run"),
        State::Dispatched => ("send", "run"),
        State::Handling => ("gear", "run"),
        State::AwaitingInput => ("ask", "warn"),
        State::Answered => ("star", "warn"),
        State::Closed => ("check", "ok"),
        State::Declined => ("cross", "quiet"),
        State::Withdrawn => ("undo", "quiet"),
    };
    view! { <span class=format!("tag {tone}")>{icon(symbol)}{state.label()}</span> }.into_any()
}

/// A flag as icon and word.
pub fn flag_tag(flag: Flag) -> AnyView {
    let (symbol, tone) = match flag {
        Flag::Dissatisfied => ("sad", "late"),
        Flag::AnsweredLate => ("late", "late"),
        Flag::Redispatched => ("loop", "warn"),
    };
    view! { <span class=format!("tag {tone}")>{icon(symbol)}{flag.label()}</span> }.into_any()
}

/// How urgent a due time is, for the tone of its words.
fn tone(now: OffsetDateTime, warn: Option<OffsetDateTime>, due: OffsetDateTime) -> &'static str {
    match warn {
        _ if now > due => "late",
        Some(warn) if now >= warn => "warn",
        _ => "run",
    }
}

/// The time used of the answer's limit, as a bar and in words: `11月27日 周五 16:00 前答复（还剩 2 个工作日）`.
pub fn time_bar(since: OffsetDateTime, due: OffsetDateTime, now: OffsetDateTime, calendar: &WorkCalendar) -> AnyView {
    let total = calendar.working_between(since, due).whole_minutes().max(1);
    let used = calendar.working_between(since, now).whole_minutes().clamp(0, total);
    let left = calendar.remaining(now, due);
    let tone = tone(now, Some(calendar.warn_at(since, due)), due);
    let symbol = if tone == "run" { "clock" } else { "late" };
    view! {
        <div class=format!("time-bar {tone}")>
            <progress max=total.to_string() value=used.to_string() aria-label="已用时间"></progress>
            <p>{icon(symbol)}<span>{time(due, words::due(due, now))}"答复（"{left}"）"</span></p>
        </div>
    }
    .into_any()
}

/// The bar of a row of a list, or what stands in its place.
fn row_time(row: &IssueRow, now: OffsetDateTime, calendar: &WorkCalendar) -> Option<AnyView> {
    match row.state {
        State::Closed | State::Declined | State::Withdrawn | State::Draft => None,
        State::Answered => Some(view! { <p class="muted">"部门已答复，请您评价"</p> }.into_any()),
        State::AwaitingInput => Some(view! { <p class="muted">"需要您补充，补充后继续计时"</p> }.into_any()),
        _ => row.due_at.map(|due| time_bar(row.submitted_at, due, now, calendar)),
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

/// One entry of a timeline.
struct Line {
    title: String,
    body: String,
    internal: bool,
}

fn line(title: impl Into<String>, body: impl Into<String>) -> Line {
    Line { title: title.into(), body: body.into(), internal: false }
}

/// An event in plain words; `None` where it says nothing to these eyes.
fn describe(event: &Event, now: OffsetDateTime, reference: &Reference) -> Line {
    let due = |at: &OffsetDateTime| words::due(*at, now);
    match event {
        Event::Submitted { .. } => line("提交诉求", ""),
        Event::Accepted { answer_due, level, .. } => line("已受理", format!("难易程度：{level}。最迟{}答复。", due(answer_due))),
        Event::Declined { reason, explanation } => line("不予受理", format!("{reason}。{explanation}")),
        Event::Objected { reason, centre, .. } => line(format!("提出异议，由{}重新审核", centre_name(*centre)), reason.clone()),
        Event::InputAsked { what, cap } => {
            line("请企业补充材料", format!("{what}\n请在{}补充，这段时间不计入办理时限。", due(cap)))
        }
        Event::Supplied { text, shifted_minutes, answer_due, .. } => {
            let moved =
                if *shifted_minutes > 0 { format!("\n答复期限顺延到{}。", due(answer_due)) } else { String::new() };
            line("已补充材料", format!("{text}{moved}"))
        }
        Event::PauseLapsed { answer_due, .. } => line("补充期限已到，恢复计时", format!("最迟{}答复。", due(answer_due))),
        Event::Dispatched { lead, co, sign_due, .. } => {
            let names: Vec<String> = co.iter().map(|id| reference.department(*id)).collect();
            let together = if names.is_empty() { String::new() } else { format!("，{}协办", names.join("、")) };
            line(format!("交给{}办理{together}", reference.department(*lead)), format!("部门应在{}签收。", due(sign_due)))
        }
        Event::Signed { .. } => line("部门已签收，开始办理", ""),
        Event::Returned { reason, proposed } => Line {
            internal: true,
            ..line("部门退回", format!("{reason}\n建议由{}办理。", reference.department(*proposed)))
        },
        Event::Progressed { text } => line("办理进展", text.clone()),
        Event::Answered { text, outcome, late } => {
            line(if *late { format!("答复：{outcome}（超期）") } else { format!("答复：{outcome}") }, text.clone())
        }
        Event::Rated { rating } => {
            let reasons: Vec<&str> = rating.reasons.iter().map(|reason| reason.label()).collect();
            let solved = if rating.solved { "已解决" } else { "没解决" };
            let body = [reasons.join("、"), rating.comment.clone()].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>();
            line(format!("评价：{solved}，{}", rating.level), body.join("\n"))
        }
        Event::Closed { basis } => match basis {
            CloseBasis::Rated => line("已销号", "企业确认问题已解决。"),
            CloseBasis::CallBack { note } => line("已销号", format!("10 个工作日未评价，已回访：{note}")),
        },
        Event::Reopened { reason } => line("要求重新办理", reason.clone()),
        Event::Redispatched { round, answer_due, .. } => {
            line(format!("第 {round} 轮：重新交办"), format!("最迟{}答复。", due(answer_due)))
        }
        Event::Withdrawn { reason } => line("已撤回", reason.clone()),
    }
}

/// The timeline, newest first. Internal entries appear only for staff who may see them, marked; the dispatch's internal note too.
pub fn timeline(detail: &IssueDetail, internal: bool, now: OffsetDateTime, reference: &Reference) -> AnyView {
    let entries = detail.events.iter().rev().filter_map(|row| {
        let line = describe(&row.event, now, reference);
        if line.internal && !internal {
            return None;
        }
        let note = match &row.event {
            Event::Dispatched { note, .. } if internal && !note.is_empty() => {
                let note = note.clone();
                Some(view! { <p class="internal"><span class="tag quiet">{icon("lock")}"内部"</span>{note}</p> })
            }
            _ => None,
        };
        let mark = line.internal.then(|| view! { <span class="tag quiet">{icon("lock")}"内部"</span> });
        let body = (!line.body.is_empty()).then(|| crate::ui::words(line.body));
        Some(view! {
            <li>
                <p class="when">{time(row.at, words::moment(row.at, now))}" · "{row.actor_name.clone()}</p>
                <p class="what">{line.title}{mark}</p>
                {body}{note}
                {photos(detail, row.seq)}
            </li>
        })
    });
    view! { <ol class="timeline">{entries.collect_view()}</ol> }.into_any()
}

/// The pictures that came with an event.
pub fn photos(detail: &IssueDetail, seq: i32) -> Option<AnyView> {
    let pictures: Vec<_> = detail.photos.iter().filter(|photo| photo.seq == seq).collect();
    if pictures.is_empty() {
        return None;
    }
    let items = pictures.iter().enumerate().map(|(index, photo)| {
        let href = format!("/photos/{}", photo.id);
        let thumb = format!("/photos/{}/thumb", photo.id);
        let alt = format!("照片 {}", index + 1);
        view! { <li><a href=href><img src=thumb alt=alt width="80" height="80" loading="lazy"/></a></li> }
    });
    Some(view! { <ul class="photo-grid">{items.collect_view()}</ul> }.into_any())
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

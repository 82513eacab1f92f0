//! Applications in pieces, for their enterprise and for their reviewers: where one stands, its money, what happened, what was frozen.

use super::read::{ApplicationPage, said_by};
use crate::ui::policy::{conditions, day};
use crate::ui::{facts, figures, icon, section, time, words as text};
use domain::calendar::{WorkCalendar, words as dates};
use domain::policy::application::{Command as ApplicationCommand, State};
use domain::policy::money::Fen;
use domain::policy::words;
use domain::text::file_size;
use leptos::prelude::*;
use store::policy::application::{Application, Event, File};
use time::OffsetDateTime;

/// The tag of a state.
pub fn state_tag(state: &str) -> AnyView {
    let (class, name, label) = match State::parse(state) {
        Some(State::Submitted) => ("tag run", "send", State::Submitted.label()),
        Some(State::AwaitingInput) => ("tag warn", "ask", State::AwaitingInput.label()),
        Some(State::Reviewing) => ("tag run", "gear", State::Reviewing.label()),
        Some(State::PublicNotice) => ("tag run", "bell", State::PublicNotice.label()),
        Some(State::Approved) => ("tag ok", "check", State::Approved.label()),
        Some(State::Paid) => ("tag ok", "check", State::Paid.label()),
        Some(State::Rejected) => ("tag late", "cross", State::Rejected.label()),
        Some(State::Withdrawn) => ("tag quiet", "undo", State::Withdrawn.label()),
        None => ("tag quiet", "ask", ""),
    };
    view! { <span class=class>{icon(name)}{label}</span> }.into_any()
}

/// The newest money of an application: paid, approved, or computed.
pub fn money(application: &Application) -> String {
    match (application.paid_amount, application.approved_amount) {
        (Some(paid), _) => format!("已拨付 {}", Fen(paid).words()),
        (None, Some(approved)) => format!("核准 {}", Fen(approved).words()),
        _ => format!("测算 {}", Fen(application.amount).words()),
    }
}

/// What happened, newest first, with the files that came with it.
pub fn timeline(events: &[Event], files: &[File], base: &str, now: OffsetDateTime) -> AnyView {
    let items = events.iter().map(|event| {
        let label = if event.kind == "submitted" {
            "提交申请".to_owned()
        } else {
            ApplicationCommand::parse(&event.kind).map_or(event.kind.clone(), |command| command.label().to_owned())
        };
        let amount = event.amount.map(|amount| view! { <p class="money">{figures(&Fen(amount).words())}</p> });
        let attached = files.iter().filter(|file| file.seq == Some(event.seq)).map(|file| {
            let href = format!("{base}/files/{}", file.id);
            view! { <li><a href=href>{file.name.clone()}{format!("（{}）", file_size(file.bytes))}</a></li> }
        });
        let attached = attached.collect_view();
        let said = (!event.text.is_empty()).then(|| view! { <p class="words">{figures(&event.text)}</p> });
        view! {
            <li>
                <p><strong>{label}</strong>" "<small class="muted">{time(event.at, dates::moment(event.at, now))}" · "{event.actor_name.clone()}</small></p>
                {amount}
                {said}
                <ul class="plain">{attached}</ul>
            </li>
        }
    });
    view! { <ol class="timeline">{items.collect_view()}</ol> }.into_any()
}

/// What it was computed on, and the computation again.
pub fn frozen(page: &ApplicationPage) -> AnyView {
    let application = &page.application;
    let Some(item) = page.book.items().first() else { return ().into_any() };
    let explained = page.book.explain(0, &page.facts);
    let again = page.book.evaluate(&page.facts).outcomes.first().map(|outcome| outcome.amount.low);
    let agrees = again == Some(Fen(application.amount));
    let rows = facts(vec![
        ("政策版本", figures(&format!("{} 第 {} 版", application.title, application.version))),
        ("测算日期", figures(&day(application.as_of))),
        ("计算方法", figures(&words::formula(&page.library, &item.amount, &page.facts))),
        ("测算金额", figures(&Fen(application.amount).words())),
        ("按当时内容再算一次", figures(&if agrees { "结果一致".to_owned() } else { again.unwrap_or_default().words() })),
        ("联系人", text(domain::mask::contact(&application.contact_name, &application.contact_phone))),
        ("补充说明", text(if application.note.is_empty() { "无".to_owned() } else { application.note.clone() })),
    ]);
    let lines = page.disagreeing();
    let disagreeing = (!lines.is_empty()).then(|| {
        let by_record = page.by_record().map_or_else(|| "按部门记录不符合条件".to_owned(), |fen| format!("按部门记录为 {}", fen.words()));
        view! { <p class="flash warn">{icon("warn")}<span>{figures(&lines.join("；"))}"。"{figures(&by_record)}"。由审核人决定按哪个算，并写明理由。"</span></p> }
    });
    let decided: Vec<String> = page
        .counted
        .iter()
        .map(|(code, counts)| format!("{}按{}算", page.library.attribute_name(code), counts_label(code, counts)))
        .collect();
    let decided = (!decided.is_empty())
        .then(|| view! { <p class="flash">{icon("check")}<span>{format!("核准时：{}。", decided.join("；"))}</span></p> });
    section("提交时锁定的内容", view! { {disagreeing}{decided}{rows}{conditions(item, &explained, &page.library)} })
}

/// Whose figure counts.
fn counts_label(code: &str, counts: &str) -> &'static str {
    if counts == "recorded" { "部门记录" } else { said_by(code) }
}

/// Until when the department is to act.
pub fn due(application: &Application, calendar: &WorkCalendar, now: OffsetDateTime) -> Option<AnyView> {
    let due = application.due(calendar)?;
    let class = if due < now { "status late" } else { "status run" };
    let symbol = icon(if due < now { "late" } else { "clock" });
    Some(
        view! { <span class=class>{symbol}{time(due, dates::due(due, now))}"，"{calendar.remaining(now, due)}</span> }.into_any(),
    )
}

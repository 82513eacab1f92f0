//! Applications: where each stands, what was frozen, what happened, what can be done now.

use super::apply::{file_input, size};
use crate::api::policy::ApplicationPage;
use crate::islands::SubmitOnce;
use crate::render::Page;
use crate::shell::{Chrome, Tab};
use crate::ui::form::{Choice, Field, Form, choices, field, hidden};
use crate::ui::list::more;
use crate::ui::policy::{conditions, day};
use crate::ui::{back, empty, face, facts, icon, section, time, words as text};
use domain::calendar::words as dates;
use domain::policy::application::{Command, State};
use domain::policy::money::Fen;
use domain::policy::words;
use leptos::prelude::*;
use store::policy::application::{Application, Event, File};
use time::OffsetDateTime;

const SUPPLEMENT: Field = Field { rows: 3, max: 500, optional: true, ..field("text", "补充说明", "") };
const WITHDRAW: Field = Field { rows: 2, max: 500, optional: true, ..field("text", "为什么撤回", "") };
const COMMENT: Field = Field { rows: 3, max: 500, optional: true, ..field("text", "想说的话", "") };

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

/// My applications.
pub fn applications(page: &store::Page<Application>, now: OffsetDateTime) -> Page {
    let body = if page.rows.is_empty() {
        empty("申请过的政策会列在这里，随时看到哪一步了。", Some(("/policies", "看看适合我的政策")))
    } else {
        let cells = page.rows.iter().map(|application| {
            let href = format!("/applications/{}", application.number);
            view! {
                <li class="cell">
                    <a href=href>
                        <span class="cell-head"><strong>{application.title.clone()}</strong>{state_tag(&application.state)}</span>
                        <span class="muted">{money(application)}" · "{application.number.clone()}</span>
                        <small class="muted">{time(application.state_at, dates::moment(application.state_at, now))}</small>
                    </a>
                </li>
            }
        });
        view! { <ul class="cells card">{cells.collect_view()}</ul> }.into_any()
    };
    Page::new(
        "我的申请",
        Chrome::Space(Tab::Policies),
        view! { {back("/policies", "全部政策")}<h1>"我的申请"</h1>{body}{more("/applications?", page.next.as_deref())} },
    )
}

/// One application, to its enterprise.
pub fn application(page: &ApplicationPage, now: OffsetDateTime) -> Page {
    let application = &page.application;
    let base = format!("/applications/{}", application.number);
    let buttons: Vec<AnyView> = page
        .commands
        .iter()
        .map(|command| {
            let href = format!("{base}/{}", command.code());
            let class = if *command == Command::Withdraw { "button secondary" } else { "button" };
            view! { <a class=class href=href>{command.label()}</a> }.into_any()
        })
        .collect();
    let reason = (!application.reason.is_empty()).then(|| view! { <p class="lead">{application.reason.clone()}</p> });
    let policy = format!("/policies/{}", application.item_code);
    let rated = application.rating.map(|rating| {
        let stars = format!("您的评价：{rating} 分　{}", application.rating_comment);
        view! { <p class="muted">{stars}</p> }
    });
    Page::new(
        application.title.clone(),
        Chrome::Space(Tab::Policies),
        view! {
            {back("/applications", "我的申请")}
            <h1>{application.title.clone()}</h1>
            <p class="tags">{state_tag(&application.state)}<span class="muted">{application.number.clone()}</span></p>
            <div class="card amount-card">
                <p class="amount">{money(application)}</p>
                {reason}
                {notice(application)}
                {rated}
                <p class="row">{buttons}<a class="button secondary" href=policy>"查看政策"</a></p>
            </div>
            {section("进展", timeline(&page.events, &page.files, &base, now))}
            {frozen(page)}
        },
    )
}

fn notice(application: &Application) -> Option<AnyView> {
    let until = application.notice_until.filter(|_| application.state == State::PublicNotice.code())?;
    Some(view! { <p class="muted">{format!("公示到 {}", day(until))}</p> }.into_any())
}

/// What happened, newest first, with the files that came with it.
pub fn timeline(events: &[Event], files: &[File], base: &str, now: OffsetDateTime) -> AnyView {
    let items = events.iter().map(|event| {
        let label = if event.kind == "submitted" {
            "提交申请".to_owned()
        } else {
            Command::parse(&event.kind).map_or(event.kind.clone(), |command| command.label().to_owned())
        };
        let amount = event.amount.map(|amount| view! { <p class="money">{Fen(amount).words()}</p> });
        let attached = files.iter().filter(|file| file.seq == Some(event.seq)).map(|file| {
            let href = format!("{base}/files/{}", file.id);
            view! { <li><a href=href>{file.name.clone()}{format!("（{}）", size(file.bytes))}</a></li> }
        });
        let attached = attached.collect_view();
        let said = (!event.text.is_empty()).then(|| view! { <p class="words">{event.text.clone()}</p> });
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
        ("政策版本", text(format!("{} 第 {} 版", application.title, application.version))),
        ("测算日期", text(day(application.as_of))),
        ("计算方法", text(words::formula(&page.library, &item.amount, &page.facts))),
        ("测算金额", text(Fen(application.amount).words())),
        ("按锁定内容重算", text(if agrees { "一致".to_owned() } else { again.unwrap_or_default().words() })),
        ("联系人", text(format!("{} {}", application.contact_name, application.contact_phone))),
        ("补充说明", text(if application.note.is_empty() { "无".to_owned() } else { application.note.clone() })),
    ]);
    section("提交时锁定的内容", view! { {rows}{conditions(item, &explained, &page.library)} })
}

/// The page of a member's command; none for one that is not a member's.
pub fn application_command(page: &ApplicationPage, command: Command, files: &[File], form: &Form) -> Option<Page> {
    let application = &page.application;
    let (lead, body): (&str, AnyView) = match command {
        Command::Supply => ("补充后，部门继续审核。", view! { {SUPPLEMENT.view(form)}{file_input(files, form)} }.into_any()),
        Command::Withdraw => ("撤回后不再审核；还符合条件时可以重新申请。", WITHDRAW.view(form)),
        Command::Rate => ("您的评价会用来改进这项政策。", view! { {rating(form)}{COMMENT.view(form)} }.into_any()),
        _ => return None,
    };
    let asked = (command == Command::Supply && !application.reason.is_empty())
        .then(|| section("部门请您补充", text(application.reason.clone())));
    let href = format!("/applications/{}", application.number);
    let action = format!("{href}/{}", command.code());
    let page = Page::new(
        command.label(),
        Chrome::Space(Tab::Policies),
        view! {
            {back(href, "返回申请")}
            {form.summary()}
            <h1>{command.label()}</h1>
            <p class="muted">{application.title.clone()}</p>
            <p class="lead">{lead}</p>
            {asked}
            <form id="command" method="post" action=action enctype="multipart/form-data" class="stack" data-once="" novalidate>
                {hidden("seq", application.seq.to_string())}
                {body}
                <button class="button" type="submit">{command.label()}</button>
            </form>
            <SubmitOnce/>
        },
    );
    Some(page.with_islands())
}

fn rating(form: &Form) -> AnyView {
    const LEVELS: [&str; 5] = ["非常不满意", "不满意", "一般", "满意", "非常满意"];
    let list = (1..=5).rev().map(|level: usize| Choice {
        value: level.to_string(),
        label: LEVELS[level - 1].to_owned(),
        detail: String::new(),
        drawing: Some(face(5 - level)),
    });
    choices(form, "radio", "rating", "这项政策办得怎么样？", "faces", list.collect())
}

//! Applications at the desk: the queue, and one of them with everything a reviewer needs on one page.

use crate::api::policy_desk::Queue;
use crate::policy::read::ApplicationPage;
use crate::policy::view::{frozen, money, state_tag, timeline};
use crate::render::Page;
use crate::shell::{Chrome, Section};
use crate::ui::form::{Field, Form, field, hidden};
use crate::ui::list::{Chip, chips, more};
use crate::ui::{back, empty, facts, section, time, words as text};
use domain::calendar::words as dates;
use domain::policy::application::{Command, State};
use domain::policy::money::Fen;
use leptos::prelude::*;
use time::OffsetDateTime;

/// The queue.
pub fn queue(queue: &Queue, now: OffsetDateTime) -> Page {
    let tabs = State::ALL.iter().map(|state| Chip {
        href: format!("/desk/applications?state={}", state.code()),
        label: state.label(),
        count: queue.counts.iter().find(|(code, _)| code == state.code()).map(|(_, count)| *count),
        current: queue.state == *state,
    });
    let rows = queue.page.rows.iter().map(|application| {
        let href = format!("/desk/applications/{}", application.number);
        view! {
            <tr>
                <td class="number"><a href=href data-row="">{application.number.clone()}</a><small>{time(application.submitted_at, dates::moment(application.submitted_at, now))}</small></td>
                <td><strong>{application.enterprise_name.clone()}</strong><small>{application.uscc.clone()}</small></td>
                <td>{application.title.clone()}</td>
                <td>{money(application)}</td>
                <td>{state_tag(&application.state)}</td>
            </tr>
        }
    });
    let table = if queue.page.rows.is_empty() {
        empty("这里空了，都处理完了。", None)
    } else {
        view! {
            <div class="table-wrap" tabindex="0" role="region" aria-label="申请">
                <table class="queue">
                    <thead><tr><th scope="col">"编号"</th><th scope="col">"企业"</th><th scope="col">"政策"</th><th scope="col">"金额"</th><th scope="col">"状态"</th></tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let next = format!("/desk/applications?state={}&", queue.state.code());
    Page::new(
        "政策申请",
        Chrome::Desk(Section::Applications),
        view! { <h1>"政策申请"</h1>{chips("按状态", tabs.collect())}{table}{more(&next, queue.page.next.as_deref())} },
    )
}

const TEXT: Field = Field { rows: 2, max: 500, optional: true, ..field("text", "说明", "企业会看到这段话") };
const REASON: Field = Field { rows: 2, max: 500, ..field("text", "原因或要补充什么", "企业会看到这段话") };
const AMOUNT: Field = Field { inputmode: "decimal", max: 20, ..field("amount", "金额（元）", "") };
const UNTIL: Field = Field { kind: "date", ..field("until", "公示到", "") };

/// One application; `open` is the command whose form was refused.
pub fn application(page: &ApplicationPage, spent: i64, form: &Form, open: Option<Command>, now: OffsetDateTime) -> Page {
    let application = &page.application;
    let base = format!("/desk/applications/{}", application.number);
    let fund = page.book.items().first().and_then(|item| item.fund.as_ref()).map(|fund| {
        let left = (fund.remaining.0 - spent).max(0);
        let share = if fund.remaining.0 > 0 {
            (spent.clamp(0, fund.remaining.0) * 100 / fund.remaining.0).to_string()
        } else {
            "100".to_owned()
        };
        view! {
            <p>{format!("资金 {}，已核准和拨付 {}，还剩 {}", fund.remaining.words(), Fen(spent).words(), Fen(left).words())}</p>
            <progress max="100" value=share aria-label="资金使用"></progress>
        }
    });
    let actions: Vec<AnyView> = page.commands.iter().map(|command| act(*command, page, form, open, &base)).collect();
    let actions = if actions.is_empty() {
        view! { <p class="muted">"现在没有要您办的。"</p> }.into_any()
    } else {
        actions.into_any()
    };
    Page::new(
        application.title.clone(),
        Chrome::Desk(Section::Applications),
        view! {
            {back("/desk/applications", "申请列表")}
            {form.summary()}
            <h1>{application.title.clone()}</h1>
            <p class="tags">{state_tag(&application.state)}<span class="muted">{format!("{} · {}", application.number, application.enterprise_name)}</span></p>
            <div class="desk-columns">
                <div>
                    {section("申请", view! {
                        {facts(vec![
                            ("企业", text(application.enterprise_name.clone())),
                            ("统一社会信用代码", text(application.uscc.clone())),
                            ("金额", text(money(application))),
                        ])}
                        {fund}
                    })}
                    {frozen(page)}
                    {section("进展", timeline(&page.events, &page.files, &base, now))}
                </div>
                <div>{section("办理", actions)}</div>
            </div>
        },
    )
}

/// What a command means, in words.
fn consequence(command: Command) -> &'static str {
    match command {
        Command::Review => "企业会看到“审核中”。",
        Command::Ask => "退给企业补充，补充后回到审核。",
        Command::Notice => "公示期满后才能核准。",
        Command::Approve => "核准后等待拨付。",
        Command::Pay => "企业会收到到账提醒，并可以评价。",
        Command::Reject => "结束这件申请，企业会看到原因。",
        _ => "",
    }
}

fn act(command: Command, page: &ApplicationPage, form: &Form, open: Option<Command>, base: &str) -> AnyView {
    let application = &page.application;
    let action = format!("{base}/{}", command.code());
    // Forms of several commands stand side by side: what was typed belongs to the one that was sent.
    let form = if open == Some(command) { form.clone() } else { Form::default() };
    let proposed = match command {
        Command::Pay => application.approved_amount.unwrap_or(application.amount),
        _ => application.amount,
    };
    let form = form.or("amount", Fen(proposed).to_string());
    let named = |field: Field, name: &'static str| view_named(field, name, command, &form);
    let body: AnyView = match command {
        Command::Ask | Command::Reject => named(REASON, "text"),
        Command::Notice => view! { {named(UNTIL, "until")}{named(TEXT, "text")} }.into_any(),
        Command::Approve | Command::Pay => view! { {named(AMOUNT, "amount")}{named(TEXT, "text")} }.into_any(),
        _ => ().into_any(),
    };
    let class = if matches!(command, Command::Reject | Command::Ask) { "button secondary" } else { "button" };
    let open_now = open == Some(command) || page.commands.first() == Some(&command);
    view! {
        <details open=open_now class="act">
            <summary>{command.label()}</summary>
            <p class="muted">{consequence(command)}</p>
            <form method="post" action=action class="stack" data-once="" novalidate>
                {hidden("seq", application.seq.to_string())}
                {body}
                <button class=class>{command.label()}</button>
            </form>
        </details>
    }
    .into_any()
}

/// A field whose id bears the command's name, because several forms of the page have one of this name.
fn view_named(field: Field, name: &'static str, command: Command, form: &Form) -> AnyView {
    let fault = form.error(name).map(str::to_owned);
    // The error summary leads to the bare name: the refused form has it.
    let id = if fault.is_some() { name.to_owned() } else { format!("{}-{name}", command.code()) };
    let bad = fault.is_some();
    let invalid = bad.then_some("true");
    let value = form.value(name).to_owned();
    let hint = (!field.hint.is_empty()).then(|| view! { <p class="hint">{field.hint}</p> });
    let control = if field.rows > 0 {
        let text = format!("\n{value}");
        view! { <textarea id=id.clone() name=name rows=field.rows.to_string() maxlength=field.max.to_string() aria-invalid=invalid>{text}</textarea> }.into_any()
    } else {
        view! { <input id=id.clone() name=name type=field.kind value=value inputmode=field.inputmode autocomplete="off" aria-invalid=invalid/> }.into_any()
    };
    view! { <div class="field" class:bad=bad><label for=id>{field.label}</label>{hint}{fault.map(|words| view! { <p class="fault">{words}</p> })}{control}</div> }
        .into_any()
}

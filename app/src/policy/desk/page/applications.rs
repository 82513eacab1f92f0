//! Applications at the desk: the queue, and one of them with everything a reviewer needs on one page.

use crate::error::AppError;
use crate::form::Form;
use crate::policy::desk::read::{self, Queue};
use crate::policy::read::ApplicationPage;
use crate::policy::view::{frozen, money, state_tag, timeline};
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{Field, field, hidden, textarea};
use crate::ui::list::{Chip, chips, more};
use crate::ui::{back, empty, facts, icon, section, time, words as text};
use domain::calendar::words as dates;
use domain::policy::application::{Command, State};
use domain::policy::money::Fen;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::{use_params, use_query};
use leptos_router::params::Params;
use store::policy::application::Application;
use time::OffsetDateTime;

#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct QueueQuery {
    state: Option<String>,
    after: Option<String>,
}

/// Applications in a state, oldest first.
#[component]
pub fn ApplicationsPage() -> impl IntoView {
    let query = use_query::<QueueQuery>().get_untracked().unwrap_or_default();
    let request = Request::current();
    reads(async move {
        let (page, now) = {
            let mut ctx = request.open().await?;
            (read::queue(&mut ctx, query.state.as_deref().unwrap_or(""), query.after.as_deref()).await?, ctx.now)
        };
        title("政策申请");
        Ok(queue(&page, now))
    })
}

fn queue(queue: &Queue, now: OffsetDateTime) -> AnyView {
    let tabs = State::ALL.iter().map(|state| Chip {
        href: format!("/desk/applications?state={}", state.code()),
        label: state.label(),
        count: queue.counts.iter().find(|(code, _)| code == state.code()).map(|(_, count)| *count),
        current: queue.state == *state,
    });
    let table = if queue.page.rows.is_empty() {
        empty("暂无待审核的申请。", None)
    } else {
        view! {
            <div class="table-wrap" tabindex="0" role="region" aria-label="申请">
                <table class="queue">
                    <thead>
                        <tr>
                            <th scope="col">"编号"</th><th scope="col">"企业"</th><th scope="col">"政策"</th>
                            <th scope="col">"金额"</th><th scope="col">"状态"</th>
                        </tr>
                    </thead>
                    <tbody>{queue.page.rows.iter().map(|application| row(application, now)).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let next = format!("/desk/applications?state={}&", queue.state.code());
    view! { <h1>"政策申请"</h1>{chips("按状态", tabs.collect())}{table}{more(&next, queue.page.next.as_deref())} }.into_any()
}

fn row(application: &Application, now: OffsetDateTime) -> impl IntoView {
    let href = format!("/desk/applications/{}", application.number);
    view! {
        <tr>
            <td class="number">
                <a href=href data-row="">{application.number.clone()}</a>
                <small>{time(application.submitted_at, dates::moment(application.submitted_at, now))}</small>
            </td>
            <td><strong>{application.enterprise_name.clone()}</strong><small>{application.uscc.clone()}</small></td>
            <td>{application.title.clone()}</td>
            <td>{money(application)}</td>
            <td>{state_tag(&application.state)}</td>
        </tr>
    }
}

const TEXT: Field = Field { rows: 2, max: 500, optional: true, ..field("text", "说明", "企业会看到这段话") };
const REASON: Field = Field { rows: 2, max: 500, ..field("text", "原因或要补充什么", "企业会看到这段话") };
const WHY: Field = Field { rows: 2, max: 500, ..field("text", "理由", "只有部门内部看到") };
const AMOUNT: Field = Field { inputmode: "decimal", max: 20, ..field("amount", "金额（元）", "") };
const UNTIL: Field = Field { kind: "date", ..field("until", "公示到", "") };

#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct ApplicationParams {
    number: String,
}

/// One application with everything its decision needs; the form that was refused is open.
#[component]
pub fn ReviewPage() -> impl IntoView {
    let params = use_params::<ApplicationParams>().get_untracked();
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let number = params.map_err(|_| AppError::NotFound)?.number;
        let (page, spent, now) = {
            let mut ctx = request.open().await?;
            let (page, spent) = read::review(&mut ctx, &number).await?;
            (page, spent, ctx.now)
        };
        title(page.application.title.clone());
        Ok(application(&page, spent, &form, now))
    })
}

fn application(page: &ApplicationPage, spent: i64, form: &Form, now: OffsetDateTime) -> AnyView {
    let application = &page.application;
    let base = format!("/desk/applications/{}", application.number);
    let open = Command::parse(form.value("open"));
    let actions: Vec<AnyView> = page.commands.iter().map(|command| act(*command, page, form, open, &base)).collect();
    let actions = if actions.is_empty() {
        view! { <p class="muted">{nothing_to_do(application)}</p> }.into_any()
    } else {
        actions.into_any()
    };
    let about = format!("{} · {}", application.number, application.enterprise_name);
    view! {
        {back("/desk/applications", "申请列表")}
        {form.summary()}
        <h1>{application.title.clone()}</h1>
        <p class="tags">{state_tag(&application.state)}<span class="muted">{about}</span></p>
        <div class="desk-columns">
            <div>
                {section("申请", view! {
                    {facts(vec![
                        ("企业", text(application.enterprise_name.clone())),
                        ("统一社会信用代码", text(application.uscc.clone())),
                        ("金额", text(money(application))),
                    ])}
                    {fund(page, spent)}
                })}
                {frozen(page)}
                {section("进展", timeline(&page.events, &page.files, &base, now))}
            </div>
            <div>{section("办理", view! { {proposal(application)}{actions} })}</div>
        </div>
    }
    .into_any()
}

/// Why nothing is to be done here.
fn nothing_to_do(application: &Application) -> &'static str {
    match (application.state.as_str(), application.department_id) {
        (state, _) if state == State::Approved.code() => "已核准。核准人不能登记拨付，由另一位同事登记。",
        (_, Some(_)) => "现在没有要您办的。归部门审核的申请，政策编辑只能查看。",
        _ => "现在没有要您办的。",
    }
}

/// More than was computed, that somebody asked for: whoever approves sees it first.
fn proposal(application: &Application) -> Option<AnyView> {
    let open = application.approved_amount.is_none();
    let amount = application.proposed_amount.filter(|_| open)?;
    let words = format!(
        "有同事提请按 {} 核准，测算是 {}，理由见进展。同意的，由另一位同事核准同样的金额。",
        Fen(amount).words(),
        Fen(application.amount).words()
    );
    Some(view! { <p class="flash warn">{icon("warn")}<span>{words}</span></p> }.into_any())
}

/// What the item's fund has given, and still has.
fn fund(page: &ApplicationPage, spent: i64) -> Option<AnyView> {
    let whole = page.book.items().first()?.fund.as_ref()?.remaining;
    let left = (whole.0 - spent).max(0);
    let share = if whole.0 > 0 { (spent.clamp(0, whole.0) * 100 / whole.0).to_string() } else { "100".to_owned() };
    let words = format!("资金 {}，已核准和拨付 {}，还剩 {}", whole.words(), Fen(spent).words(), Fen(left).words());
    Some(view! { <p>{words}</p><progress max="100" value=share aria-label="资金使用"></progress> }.into_any())
}

/// What a command means, in words.
fn consequence(command: Command) -> &'static str {
    match command {
        Command::Review => "企业会看到“审核中”。",
        Command::Ask => "退给企业补充，补充后回到审核。",
        Command::Notice => "公示期满后才能核准。",
        Command::Propose => "超过测算金额时用：您提请并写明理由，另一位同事核准同样的金额才算数。企业看不到。",
        Command::Approve => "核准后等待拨付，由另一位同事登记。",
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
        Command::Approve => application.proposed_amount.unwrap_or(application.amount),
        _ => application.amount,
    };
    let form = form.or("amount", Fen(proposed).to_string());
    let named = |field: Field, name: &'static str| view_named(field, name, command, &form);
    let body: AnyView = match command {
        Command::Ask | Command::Reject => named(REASON, "text"),
        Command::Notice => view! { {named(UNTIL, "until")}{named(TEXT, "text")} }.into_any(),
        Command::Propose => view! { {named(AMOUNT, "amount")}{named(WHY, "text")} }.into_any(),
        Command::Approve | Command::Pay => view! { {named(AMOUNT, "amount")}{named(TEXT, "text")} }.into_any(),
        _ => ().into_any(),
    };
    let class = if matches!(command, Command::Reject | Command::Ask | Command::Propose) { "button secondary" } else { "button" };
    let open_now = open == Some(command) || page.commands.first() == Some(&command);
    view! {
        <details open=open_now class="act">
            <summary>{command.label()}</summary>
            <p class="muted">{consequence(command)}</p>
            <form method="post" action=action class="stack" novalidate>
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
        view! {
            <textarea id=id.clone() name=name rows=field.rows.to_string() maxlength=field.max.to_string() aria-invalid=invalid
                inner_html=textarea(&value)></textarea>
        }
        .into_any()
    } else {
        view! {
            <input id=id.clone() name=name type=field.kind value=value inputmode=field.inputmode autocomplete="off"
                aria-invalid=invalid/>
        }
        .into_any()
    };
    let fault = fault.map(|words| view! { <p class="fault">{words}</p> });
    view! { <div class="field" class:bad=bad><label for=id>{field.label}</label>{hint}{fault}{control}</div> }.into_any()
}

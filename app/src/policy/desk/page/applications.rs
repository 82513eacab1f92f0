//! Applications at the desk: the queue, and one of them with everything a reviewer needs on one page.

use crate::administration::table::{asked, exports, query};
use crate::error::AppError;
use crate::form::Form;
use crate::issue::desk::kept;
use crate::policy::desk::read::{self, Queue};
use crate::policy::read::{ApplicationPage, said_by};
use crate::policy::view::{due, frozen, money, state_tag, timeline};
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::form::{Field, field, hidden, textarea};
use crate::ui::list::{Chip, chips, more};
use crate::ui::{back, empty, facts, figures, icon, section, time, words as text};
use domain::calendar::words as dates;
use domain::policy::application::{Command, State};
use domain::policy::money::Fen;
use domain::text::file_size;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::{use_params, use_query};
use leptos_router::params::Params;
use store::policy::application::Application;

/// Applications in a state, the latest first, with what narrows and searches them.
#[component]
pub fn ApplicationsPage() -> impl IntoView {
    let (asked, request) = (asked(), Request::current());
    reads(async move {
        let (page, clock) = {
            let mut ctx = request.open().await?;
            (read::queue(&mut ctx, &asked).await?, ctx.clock())
        };
        title("政策申请");
        Ok(queue(&page, &asked, &clock))
    })
}

const PATH: &str = "/desk/applications";

fn queue(queue: &Queue, asked: &Form, clock: &Clock) -> AnyView {
    let to = |code: &str| format!("{PATH}?{}", query(asked, &[("state", code.to_owned()), ("after", String::new())]));
    let tabs = State::ALL.iter().map(|state| Chip {
        href: to(state.code()),
        label: state.label(),
        count: queue.counts.iter().find(|(code, _)| code == state.code()).map(|(_, count)| *count),
        current: queue.state == Some(*state),
    });
    let all = Chip { href: to("all"), label: "全部", count: None, current: queue.state.is_none() };
    let narrowed = ["q", "from", "to"].iter().any(|name| !asked.value(name).is_empty());
    let table = if queue.page.rows.is_empty() {
        empty(
            if narrowed {
                "没有符合条件的申请。可以换个状态，或点“全部”再找。"
            } else {
                "暂无申请。"
            },
            None,
        )
    } else {
        view! {
            <div class="table-wrap" tabindex="0" role="region" aria-label="申请">
                <table class="queue">
                    <thead>
                        <tr>
                            <th scope="col">"编号"</th><th scope="col">"企业"</th><th scope="col">"政策"</th>
                            <th scope="col">"金额"</th><th scope="col">"状态"</th><th scope="col">"办理期限"</th>
                        </tr>
                    </thead>
                    <tbody>{queue.page.rows.iter().map(|application| row(application, asked, clock)).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let next = format!("{PATH}?{}&", query(asked, &[("state", state_code(queue).to_owned()), ("after", String::new())]));
    view! {
        <h1>"政策申请"</h1>
        {chips("按状态", tabs.chain([all]).collect())}
        {filters(queue, asked)}
        {table}
        {more(&next, queue.page.next.as_deref())}
    }
    .into_any()
}

fn state_code(queue: &Queue) -> &'static str {
    queue.state.map_or("all", State::code)
}

/// Words and days; a search goes through every state.
fn filters(queue: &Queue, asked: &Form) -> AnyView {
    let days = [("from", "提交日期从"), ("to", "到")].map(|(name, label)| {
        let value = asked.value(name).to_owned();
        view! { <div class="field"><label for=name>{label}</label><input id=name name=name type="date" value=value/></div> }
    });
    view! {
        <form class="filters" method="get" action=PATH role="search">
            {hidden("state", state_code(queue))}
            <div class="field">
                <label for="q">"编号、企业、代码或政策"</label>
                <input id="q" name="q" type="search" value=asked.value("q").to_owned() autocomplete="off"/>
            </div>
            {days.collect_view()}
            <button class="button secondary">{icon("search")}"查找"</button>
            {exports(PATH, asked)}
        </form>
    }
    .into_any()
}

fn row(application: &Application, asked: &Form, clock: &Clock) -> impl IntoView {
    let from = query(asked, &[]).replace('~', "%7E").replace('%', "%25").replace('&', "~").replace('=', ":");
    let from = if from.is_empty() { from } else { format!("?from={from}") };
    let href = format!("{PATH}/{}{from}", application.number);
    view! {
        <tr>
            <td class="number">
                <a href=href data-row="">{application.number.clone()}</a>
                <small>{time(application.submitted_at, dates::moment(application.submitted_at, clock.now))}</small>
            </td>
            <td><strong>{application.enterprise_name.clone()}</strong><small class="code">{application.uscc.clone()}</small></td>
            <td>{application.title.clone()}</td>
            <td>{figures(&money(application))}</td>
            <td>{state_tag(&application.state)}</td>
            <td>{due(application, &clock.calendar, clock.now)}</td>
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

#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct FromQuery {
    from: Option<String>,
}

/// One application with everything its decision needs; the form that was refused is open.
#[component]
pub fn ReviewPage() -> impl IntoView {
    let params = use_params::<ApplicationParams>().get_untracked();
    let from = use_query::<FromQuery>().get_untracked().ok().and_then(|query| query.from).unwrap_or_default();
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let number = params.map_err(|_| AppError::NotFound)?.number;
        let (page, spent, clock) = {
            let mut ctx = request.open().await?;
            let (page, spent) = read::review(&mut ctx, &number).await?;
            (page, spent, ctx.clock())
        };
        title(page.application.title.clone());
        let list = if from.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", from.replace('~', "&").replace(':', "=")) };
        Ok(application(&page, spent, &form, list, &kept(&from), &clock))
    })
}

/// `list` is where one came from, `from` the same as addresses carry it.
fn application(page: &ApplicationPage, spent: i64, form: &Form, list: String, from: &str, clock: &Clock) -> AnyView {
    let (application, now) = (&page.application, clock.now);
    let base = format!("/desk/applications/{}", application.number);
    let open = Command::parse(form.value("open"));
    let actions: Vec<AnyView> = page.commands.iter().map(|command| act(*command, page, form, open, &[&base, from])).collect();
    let actions = if actions.is_empty() {
        view! { <p class="muted">{nothing_to_do(application)}</p> }.into_any()
    } else {
        actions.into_any()
    };
    let about = format!("{} · {}", application.number, application.enterprise_name);
    view! {
        {back(list, "申请列表")}
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
                    {due(application, &clock.calendar, now).map(|due| view! { <p>"办理期限："{due}</p> })}
                    {fund(page, spent)}
                })}
                {frozen(page)}
                {materials(page, &base)}
                {section("进展", timeline(&page.events, &page.files, &base, now))}
            </div>
            <div>{section("办理", view! { {proposal(application)}{actions} })}</div>
        </div>
    }
    .into_any()
}

/// Each material that the item asks for, with the files that came for it.
fn materials(page: &ApplicationPage, base: &str) -> Option<AnyView> {
    let asked = &page.book.items().first()?.apply.materials;
    if asked.is_empty() {
        return None;
    }
    let rows = asked.iter().enumerate().map(|(place, material)| {
        let files = page.files.iter().filter(|file| file.material.is_some_and(|of| usize::try_from(of) == Ok(place)));
        let links: Vec<AnyView> = files
            .map(|file| {
                let href = format!("{base}/files/{}", file.id);
                view! { <a href=href>{file.name.clone()}{format!("（{}）", file_size(file.bytes))}</a>" " }.into_any()
            })
            .collect();
        let missing = links.is_empty().then(|| view! { <span class="muted">"没有单独上传"</span> });
        (material.clone(), view! { {links}{missing} }.into_any())
    });
    Some(section("材料", facts(rows.collect())))
}

/// Whose figure counts, for each that differs: the reviewer's choice, with what it comes to either way.
fn choices_of(page: &ApplicationPage, form: &Form) -> Option<AnyView> {
    let disputed = page.disputed();
    if disputed.is_empty() {
        return None;
    }
    let list = disputed.into_iter().map(|one| {
        let name = format!("counts-{}", one.code);
        let fault = form.error(&name).map(|words| view! { <p class="fault">{icon("warn")}{words.to_owned()}</p> });
        let bad = fault.is_some();
        let options = [
            ("stated", format!("按{}：{}", said_by(&one.code), one.stated)),
            ("recorded", format!("按部门记录：{}", one.recorded)),
        ];
        let options = options.map(|(value, label)| {
            // The first bears the field's own id: the summary of faults leads there.
            let id = if value == "stated" { name.clone() } else { format!("{name}-{value}") };
            let checked = form.chosen(&name, value);
            view! {
                <div class="choice">
                    <input type="radio" id=id.clone() name=name.clone() value=value checked=checked/>
                    <label for=id><span>{label}</span></label>
                </div>
            }
        });
        view! {
            <fieldset class="field choices" class:bad=bad>
                <legend>{format!("{}按哪个数算", one.name)}</legend>
                {fault}
                <div class="options">{options.collect_view()}</div>
            </fieldset>
        }
    });
    let sum = |amount: Option<Fen>| amount.map_or_else(|| "不符合条件".to_owned(), |amount| amount.words());
    let both = format!(
        "全按企业自填是 {}，全按部门记录是 {}。金额留空，就按所选的数据算。",
        sum(page.counting(&[])),
        sum(page.by_record())
    );
    Some(view! { {list.collect_view()}<p class="hint">{both}</p> }.into_any())
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
        Command::Approve => "核准后企业可以评价；有资金的等待拨付，由另一位同事登记。",
        Command::Pay => "企业会收到到账提醒，并可以评价。",
        Command::Reject => "结束这件申请，企业会看到原因。",
        _ => "",
    }
}

fn act(command: Command, page: &ApplicationPage, form: &Form, open: Option<Command>, [base, from]: &[&str; 2]) -> AnyView {
    let application = &page.application;
    let action = format!("{base}/{}{from}", command.code());
    // Forms of several commands stand side by side: what was typed belongs to the one that was sent.
    let form = if open == Some(command) { form.clone() } else { Form::default() };
    let proposed = match command {
        Command::Pay => application.approved_amount.unwrap_or(application.amount),
        Command::Approve => application.proposed_amount.unwrap_or(application.amount),
        _ => application.amount,
    };
    // Where figures differ, the sum follows from whose count.
    let differs = command == Command::Approve && application.proposed_amount.is_none() && !page.disputed().is_empty();
    let form = form.or("amount", if differs { String::new() } else { Fen(proposed).to_string() });
    let named = |field: Field, name: &'static str| view_named(field, name, command, &form);
    let body: AnyView = match command {
        Command::Ask | Command::Reject => named(REASON, "text"),
        Command::Notice => view! { {named(UNTIL, "until")}{named(TEXT, "text")} }.into_any(),
        Command::Propose => view! { {named(AMOUNT, "amount")}{named(WHY, "text")} }.into_any(),
        Command::Approve => view! { {choices_of(page, &form)}{named(AMOUNT, "amount")}{named(TEXT, "text")} }.into_any(),
        Command::Pay => view! { {named(AMOUNT, "amount")}{named(TEXT, "text")} }.into_any(),
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

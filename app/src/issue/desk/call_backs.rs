//! 回访 (S-9). The centre's officer opens the list in the morning, takes one after another from the top, dials, and writes down what was said:
//! whom to call, what it was about, what to ask, where to put the answer, all on one page. Below the list stands what else waits for the
//! centre's word: departments that ask for more time.

use super::actions;
use super::asked::from_list;
use super::page::Opened;
use super::view::{Act, path_of};
use super::work::notes;
use crate::error::AppError;
use crate::form::Form;
use crate::issue::read::{self, StaffIssue};
use crate::issue::tag::state_tag;
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::form::{hidden, submit};
use crate::ui::input::{Control, Faults};
use crate::ui::list::more;
use crate::ui::{back, empty, facts, icon, section, tag, time, words};
use domain::calendar::words as say;
use domain::issue::{CommandKind, Event, MAX_MISSED, State};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::{use_params, use_query};
use leptos_router::params::Params;
use store::issue::{COUNTED, CallBackRow, ExtensionRow};

/// The list.
pub const LIST: &str = "/desk/callbacks";

/// Where the list goes on.
#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct AfterQuery {
    after: Option<String>,
}

/// Who is to be called back, the one owed first on top.
#[component]
pub fn CallBacksPage() -> impl IntoView {
    let query = use_query::<AfterQuery>().get_untracked().unwrap_or_default();
    let request = Request::current();
    reads(async move {
        let mut ctx = request.open().await?;
        let (_, area) = ctx.require_centre()?;
        let now = ctx.now;
        let page = store::issue::call_backs(&mut ctx.conn, area, query.after.as_deref(), 30).await?;
        let owed = store::issue::call_backs_owed(&mut ctx.conn, area, now).await?;
        let extensions = store::issue::extensions(&mut ctx.conn, area).await?;
        let clock = ctx.clock();
        title("回访");
        Ok(list(&page, owed, &extensions, &clock))
    })
}

fn list(page: &store::Page<CallBackRow>, (owed, late): (i64, i64), extensions: &[ExtensionRow], clock: &Clock) -> AnyView {
    let count = if owed < COUNTED { owed.to_string() } else { format!("{COUNTED} 以上") };
    let body = if page.rows.is_empty() {
        empty("现在没有要回访的。部门答复后 5 个工作日内，每一件都会出现在这里。", None)
    } else {
        let cells = page.rows.iter().map(|row| cell(row, clock)).collect_view();
        view! { <ul class="cells card">{cells}</ul> }.into_any()
    };
    let asked = (!extensions.is_empty()).then(|| {
        let rows = extensions.iter().map(|row| extension(row, clock)).collect_view();
        section(format!("部门申请延期，等您决定 {}", extensions.len()), view! { <ul class="cells">{rows}</ul> })
    });
    view! {
        <h1>"回访"</h1>
        <p class="muted">{format!("要回访 {count} 件，其中 {late} 件已过期限。每件答复都要回访，撤回的抽查一部分；由企服中心回访，答复的部门不回访。")}</p>
        {body}
        {more(&format!("{LIST}?"), page.next.as_deref())}
        {asked}
    }
    .into_any()
}

fn cell(row: &CallBackRow, clock: &Clock) -> impl IntoView + use<> {
    let late = row.due < clock.now;
    let due = say::due(row.due, clock.now);
    let due = if late { format!("应在{due}回访，已过期限") } else { format!("请在{due}回访") };
    let who = row.lead.map_or_else(String::new, |id| format!(" · {}答复", clock.reference.department(id)));
    let rated = row.rating.map_or_else(|| "未评价".to_owned(), |level| format!("评价：{level}"));
    let rated = if row.state == State::Withdrawn { "撤回抽查".to_owned() } else { rated };
    let missed = (row.missed > 0).then(|| tag("warn", icon("phone"), format!("{} 次未联系上", row.missed)));
    let tone = if late { "late" } else { "quiet" };
    view! {
        <li class="cell">
            <a href=format!("{LIST}/{}", row.number)>
                <span class="cell-head"><strong>{row.title.clone()}</strong>{state_tag(row.state)}{missed}</span>
                <span class="muted">{format!("{} · {}{who} · {rated}", row.number, row.enterprise_name)}</span>
                <span class=["status ", tone].concat()>{time(row.due, due)}</span>
            </a>
        </li>
    }
}

fn extension(row: &ExtensionRow, clock: &Clock) -> impl IntoView + use<> {
    let who = row.lead.map_or_else(String::new, |id| clock.reference.department(id));
    let due = row.due.map_or_else(String::new, |due| format!("，现为{}", say::due(due, clock.now)));
    view! {
        <li class="cell">
            <a href=[path_of(&row.number), from_list("callbacks", "")].concat()>
                <span class="cell-head"><strong>{row.title.clone()}</strong></span>
                <span class="muted">{format!("{} · {}", row.number, row.enterprise_name)}</span>
                <span class="muted">{format!("{who}申请延长 {} 个工作日{due}", row.days)}</span>
            </a>
        </li>
    }
}

/// An issue that is called back.
#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct IssueParams {
    number: String,
}

/// One call: the number to dial, what to say, what it was about, and where to write down what was said.
#[component]
pub fn CallBackPage() -> impl IntoView {
    let params = use_params::<IssueParams>().get_untracked();
    let (request, form) = (Request::current(), Form::typed());
    let open = use_context::<Opened>().map(|Opened(kind)| kind);
    reads(async move {
        let number = params.map_err(|_| AppError::NotFound)?.number;
        let (page, clock) = {
            let mut ctx = request.open().await?;
            ctx.require_centre()?;
            (read::of_staff(&mut ctx, &number).await?, ctx.clock())
        };
        title(format!("回访 {number}"));
        Ok(call(&page, &form, open, &clock))
    })
}

/// `form` is what was typed and refused, if something was.
fn call(page: &StaffIssue, form: &Form, open: Option<CommandKind>, clock: &Clock) -> AnyView {
    let (detail, issue) = (&page.detail, &page.issue);
    let acts = actions::acts(page, form, open, clock);
    let act = acts.list.into_iter().find(|act| act.code == CommandKind::CallBack.code());
    let answered = detail.events.iter().rev().find_map(|row| match &row.event {
        Event::Answered { text, outcome, .. } => Some((format!("{outcome}：{text}"), row.actor_name.clone())),
        Event::Withdrawn { reason, .. } => Some((format!("撤回：{reason}"), row.actor_name.clone())),
        _ => None,
    });
    let (answer, who) = answered.unwrap_or_default();
    let dial = format!("tel:{}", page.phone);
    // Whoever has nothing to do about it sees a masked number, which cannot be dialled.
    let phone = if act.is_some() {
        view! { <p><a class="button" href=dial>{icon("phone")}{format!("{} {}", detail.contact_name, page.phone)}</a></p> }
            .into_any()
    } else {
        words(domain::mask::contact(&detail.contact_name, &page.phone))
    };
    let typed = form;
    let form = match act {
        Some(act) => section("记录回访", written(act, &detail.number, acts.version)),
        None => section("记录回访", view! { {words("这件诉求现在不需要您回访。")}{open.and_then(|_| notes::unsent(typed))} }),
    };
    view! {
        {back(LIST, "回访")}
        {typed.summary()}
        <p class="number muted">{detail.number.clone()}</p>
        <h1>{detail.title.clone()}</h1>
        <p class="tags">{state_tag(issue.state)}</p>
        {phone}
        {section("怎么问", script(page))}
        {section("诉求和答复", facts(vec![
            ("企业", words(detail.enterprise_name.clone())),
            ("问题", words(detail.body.clone())),
            ("答复", words(answer)),
            ("由谁", words(who)),
        ]))}
        {form}
        <p><a href=[path_of(&detail.number), from_list(&format!("callbacks/{}", detail.number), "")].concat()>"看全部办理过程"</a></p>
    }
    .into_any()
}

/// What the officer says, in this order.
fn script(page: &StaffIssue) -> AnyView {
    let name = &page.detail.contact_name;
    let withdrawn = page.issue.state == State::Withdrawn;
    let about = if withdrawn {
        "您撤回了这件诉求，是问题已经解决，还是有别的原因？有没有人让您撤回？"
    } else {
        "部门答复以后，问题实际解决了吗？"
    };
    let lines = [
        format!("您好，{name}，我是企服中心的{}，回访您提的“{}”。", page.staff.name, page.detail.title),
        about.to_owned(),
        "对办理您是非常满意、满意、基本满意、不满意，还是非常不满意？".to_owned(),
        "还有什么要我们记下来的？如果没解决，今天就会重新交办，并告诉您新的期限。".to_owned(),
    ];
    let lines = lines.into_iter().take(if withdrawn { 3 } else { 4 }).map(|line| view! { <li>{line}</li> });
    let missed = format!("没有人接也请记下来，过一小时再打；{MAX_MISSED} 次没联系上就不再要求。");
    view! { <ol>{lines.collect_view()}</ol><p class="muted">{missed}</p> }.into_any()
}

fn written(act: Act, number: &str, version: u32) -> AnyView {
    let href = [&path_of(number), "/", &act.code].concat();
    let faults = Faults::new(act.faults);
    let inputs = act.inputs.into_iter().map(|input| view! { <Control input faults/> }).collect_view();
    view! {
        <form method="post" action=href class="stack" novalidate>
            {hidden("version", version.to_string())}
            {hidden("from", LIST)}
            <p class="muted">{act.consequence}</p>
            {inputs}
            {submit("保存回访")}
        </form>
    }
    .into_any()
}

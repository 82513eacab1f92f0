//! 交办事项: what decisions of 协商办 and 会议办 gave to departments. A handler opens it to see what its department has to do, the centre to see what waits
//! for its word; whoever looks on sees what is late. From here one issue is opened, where it is done.

use super::asked::from_list;
use super::view::path_of;
use crate::access::Access;
use crate::administration::table::{Column, Filter, Row, Table, asked};
use crate::error::AppError;
use crate::form::Form;
use crate::pack::PATH;
use crate::render::{reads, title};
use crate::request::{Clock, Ctx, Request};
use crate::security::read::stamp;
use crate::ui::{icon, tag, time};
use ::time::OffsetDateTime;
use domain::actor::Duty;
use domain::calendar::words;
use leptos::prelude::*;
use std::collections::BTreeMap;
use store::issue::{TASKS, TaskRow};

/// Where they are listed.
const LIST: &str = "/desk/tasks";

/// The page.
#[component]
pub fn TasksPage() -> impl IntoView {
    let (request, asked) = (Request::current(), asked());
    reads(async move {
        let (rows, table, own, packs, clock) = {
            let mut ctx = request.open().await?;
            let (rows, table) = given(&mut ctx).await?;
            let duty = ctx.require_measured()?.duty;
            let own = matches!(duty, Duty::Handler { .. });
            (rows, table, own, Access::Record.has_business(&duty), ctx.clock())
        };
        title("交办事项");
        Ok(list(&rows, &table, &asked, own, packs, &clock))
    })
}

/// How one stands: its code for the filter, and in words.
fn standing(row: &TaskRow, now: OffsetDateTime) -> (&'static str, &'static str) {
    match row.done_at {
        Some(_) => ("done", "等企服中心确认"),
        None if row.due < now => ("late", "超期"),
        None => ("open", "在办"),
    }
}

/// What is not confirmed yet: a department its own, the others those of their area; and their list.
///
/// # Errors
/// As [`Ctx::require_measured`].
pub async fn given(ctx: &mut Ctx) -> Result<(Vec<TaskRow>, Table), AppError> {
    let (department, area) = match ctx.require_measured()?.duty {
        Duty::Handler { department } => (Some(department), None),
        Duty::Centre { area } | Duty::Leader { area } | Duty::Supervisor { area } => (None, Some(area)),
        _ => (None, None),
    };
    let rows = store::issue::tasks(&mut ctx.conn, department, area).await?;
    let clock = ctx.clock();
    let departments: BTreeMap<String, String> =
        rows.iter().map(|row| (row.department.to_string(), clock.reference.department(row.department))).collect();
    let lines = rows.iter().map(|row| {
        let (mark, words) = standing(row, clock.now);
        let cells = vec![
            row.what.clone(),
            clock.reference.department(row.department),
            row.number.clone(),
            row.title.clone(),
            row.enterprise_name.clone(),
            stamp(row.due),
            words.to_owned(),
            row.done_at.map_or_else(String::new, stamp),
        ];
        let marks = vec![("department", row.department.to_string()), ("state", mark.to_owned())];
        Row { href: [path_of(&row.number), from_list("tasks", "")].concat(), cells, marks }
    });
    let lines = lines.collect();
    let states = [("open", "在办"), ("late", "超期"), ("done", "等企服中心确认")];
    let states = states.map(|(code, label)| (code.to_owned(), label.to_owned())).to_vec();
    let table = Table {
        path: LIST,
        name: "交办事项",
        lead: "",
        columns: vec![
            Column("what", "事项"),
            Column("department", "部门"),
            Column("number", "诉求编号"),
            Column("title", "标题"),
            Column("enterprise", "企业"),
            Column("due", "期限"),
            Column("state", "状态"),
        ],
        more: vec![Column("done", "办结时间")],
        filters: vec![
            Filter { name: "department", label: "部门", options: departments.into_iter().collect() },
            Filter { name: "state", label: "状态", options: states },
        ],
        rows: lines,
        add: None,
        shown: None,
    };
    Ok((rows, table))
}

fn list(rows: &[TaskRow], table: &Table, asked: &Form, own: bool, packs: bool, clock: &Clock) -> AnyView {
    let late = rows.iter().filter(|row| row.done_at.is_none() && row.due < clock.now).count();
    let waiting = rows.iter().filter(|row| row.done_at.is_some()).count();
    let more = if rows.len() >= usize::try_from(TASKS).unwrap_or(usize::MAX) { "以上" } else { "" };
    let said = format!("没有办结的 {} 件{more}，其中超期 {late} 件，等企服中心确认 {waiting} 件。", rows.len());
    let none = if own { "本部门没有要办的交办事项。" } else { "现在没有没办完的交办事项。" };
    let body = table.around(asked, none, |shown| {
        let cells = shown.iter().map(|at| cell(&rows[*at], clock)).collect_view();
        view! { <ul class="cells card">{cells}</ul> }.into_any()
    });
    let packs = packs.then(|| view! { <p class="actions"><a href=PATH>"会议材料：上次的决定办得怎么样（可打印）"</a></p> });
    view! {
        <h1>"交办事项"</h1>
        <p class="muted">{said}"协商办、会议办的决定交给部门去办的事，部门办结后由企服中心确认。"</p>
        {packs}
        {body}
    }
    .into_any()
}

fn cell(row: &TaskRow, clock: &Clock) -> impl IntoView + use<> {
    let state = match standing(row, clock.now) {
        ("done", words) => tag("warn", icon("ask"), words),
        ("late", words) => tag("late", icon("late"), words),
        (_, words) => tag("run", icon("gear"), words),
    };
    let who = clock.reference.department(row.department);
    view! {
        <li class="cell">
            <a href=[path_of(&row.number), from_list("tasks", "")].concat()>
                <span class="cell-head"><strong>{row.what.clone()}</strong>{state}</span>
                <span class="muted">{format!("{who} · {} {} · {}", row.number, row.title, row.enterprise_name)}</span>
                <span class="muted">{time(row.due, words::due(row.due, clock.now))}"办结"</span>
            </a>
        </li>
    }
}

//! 交办事项: what decisions of 协商办 and 会议办 gave to departments. A handler opens it to see what its department has to do, the centre to see what waits
//! for its word; whoever looks on sees what is late. From here one issue is opened, where it is done.

use super::view::path_of;
use crate::access::Access;
use crate::pack::PATH;
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::{empty, icon, tag, time};
use domain::actor::Duty;
use domain::calendar::words;
use leptos::prelude::*;
use store::issue::{TASKS, TaskRow};

/// The page.
#[component]
pub fn TasksPage() -> impl IntoView {
    let request = Request::current();
    reads(async move {
        let (rows, own, packs, clock) = {
            let mut ctx = request.open().await?;
            let duty = ctx.require_measured()?.duty;
            let packs = Access::Record.has_business(&duty);
            let (department, area) = match duty {
                Duty::Handler { department } => (Some(department), None),
                Duty::Centre { area } | Duty::Leader { area } | Duty::Supervisor { area } => (None, Some(area)),
                _ => (None, None),
            };
            (store::issue::tasks(&mut ctx.conn, department, area).await?, department.is_some(), packs, ctx.clock())
        };
        title("交办事项");
        Ok(list(&rows, own, packs, &clock))
    })
}

fn list(rows: &[TaskRow], own: bool, packs: bool, clock: &Clock) -> AnyView {
    let late = rows.iter().filter(|row| row.done_at.is_none() && row.due < clock.now).count();
    let waiting = rows.iter().filter(|row| row.done_at.is_some()).count();
    let more = if rows.len() >= usize::try_from(TASKS).unwrap_or(usize::MAX) { "以上" } else { "" };
    let said = format!("没有办结的 {} 件{more}，其中超期 {late} 件，等企服中心确认 {waiting} 件。", rows.len());
    let body = if rows.is_empty() {
        let words = if own { "本部门没有要办的交办事项。" } else { "现在没有没办完的交办事项。" };
        empty(words, None)
    } else {
        let cells = rows.iter().map(|row| cell(row, clock)).collect_view();
        view! { <ul class="cells card">{cells}</ul> }.into_any()
    };
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
    let state = match row.done_at {
        Some(_) => tag("warn", icon("ask"), "等企服中心确认"),
        None if row.due < clock.now => tag("late", icon("late"), "超期"),
        None => tag("run", icon("gear"), "在办"),
    };
    let who = clock.reference.department(row.department);
    view! {
        <li class="cell">
            <a href=path_of(&row.number)>
                <span class="cell-head"><strong>{row.what.clone()}</strong>{state}</span>
                <span class="muted">{format!("{who} · {} {} · {}", row.number, row.title, row.enterprise_name)}</span>
                <span class="muted">{time(row.due, words::due(row.due, clock.now))}"办结"</span>
            </a>
        </li>
    }
}

//! What was decided in the days of a pack, and what became of each task.

use super::Pack;
use crate::issue::desk::view::path_of;
use crate::issue::tag::state_tag;
use crate::request::Clock;
use crate::ui::chart;
use crate::ui::{empty, icon, section, tag};
use domain::calendar::{local, words};
use leptos::prelude::*;
use store::pack::{DECISIONS, Given, Held, Owed};

pub(super) fn view(pack: &Pack) -> AnyView {
    let tasks = pack.held.iter().flat_map(|held| &held.tasks);
    let (all, done) = (tasks.clone().count(), tasks.filter(|task| task.confirmed_at.is_some()).count());
    let heading = "决定和办理情况";
    let levels: Vec<&str> = pack.meeting.decisions().iter().map(|tier| tier.label()).collect();
    let levels = levels.join("、");
    let decided = if pack.held.is_empty() {
        empty("这段时间没有记录决定。决定在诉求的“记录会议决定”或“记录协商办”里登记。", None)
    } else {
        let said = format!("{levels}的决定 {} 项，交办事项 {all} 件，已确认办结 {done} 件。", pack.held.len());
        let list = pack.held.iter().map(|held| decision(held, &pack.clock)).collect_view();
        view! { <p>{said}</p>{list} }.into_any()
    };
    let owed = (!pack.owed.is_empty()).then(|| others(&pack.owed, &pack.clock));
    let cut = i64::try_from(pack.held.len()).is_ok_and(|count| count >= DECISIONS);
    let cut = cut.then(|| view! { <p class="muted">{format!("只列出最近的 {DECISIONS} 项，更早的请缩小日期范围查看。")}</p> });
    section(heading, view! { {decided}{cut}{owed} })
}

fn decision(held: &Held, clock: &Clock) -> AnyView {
    let when = words::day(local(held.decision.held).date());
    let line = format!("{} · {} · {}", held.number, held.enterprise_name, held.decision.who);
    let rows = held.tasks.iter().map(|task| row(task, None, clock)).collect_view();
    // Whoever goes by the tables hears which decision each is of.
    let label = format!("交办事项：{} {} {when}", held.number, held.tier);
    view! {
        <article class="case">
            <h3><a href=path_of(&held.number)>{held.title.clone()}</a></h3>
            <p class="tags">{tag("run", icon("person"), format!("{} {when}", held.tier))}{state_tag(held.state)}</p>
            <p class="muted">{line}</p>
            <p>{held.decision.decisions.clone()}</p>
            {chart::table(label, heads(false), rows)}
        </article>
    }
    .into_any()
}

/// What decisions of other days gave to do and is not confirmed.
fn others(owed: &[Owed], clock: &Clock) -> AnyView {
    let rows = owed.iter().map(|owed| row(&owed.task, Some((&owed.number, &owed.title)), clock)).collect_view();
    view! { <h3>"以前交办、还没有确认办结的"</h3>{chart::table("以前的交办事项", heads(true), rows)} }.into_any()
}

fn heads(issue: bool) -> Vec<String> {
    let first = issue.then_some("诉求");
    first.into_iter().chain(["部门", "做什么", "期限", "办理情况"]).map(str::to_owned).collect()
}

fn row(task: &Given, issue: Option<(&String, &String)>, clock: &Clock) -> AnyView {
    let paper = clock.on_paper().now;
    let state = match (task.confirmed_at, task.done_at) {
        (Some(at), _) => tag("ok", icon("check"), format!("{}确认办结", words::moment(at, paper))),
        (None, Some(at)) => tag("warn", icon("ask"), format!("{}已办，等企服中心确认", words::moment(at, paper))),
        (None, None) if task.due < clock.now => tag("late", icon("late"), clock.calendar.remaining(clock.now, task.due)),
        (None, None) => tag("run", icon("gear"), format!("在办，{}", clock.calendar.remaining(clock.now, task.due))),
    };
    let issue = issue.map(|(number, title)| view! { <td><a href=path_of(number)>{title.clone()}</a></td> });
    view! {
        <tr>
            {issue}<th scope="row">{clock.reference.department(task.department)}</th><td>{task.what.clone()}</td>
            <td>{words::due(task.due, paper)}</td><td>{state}</td>
        </tr>
    }
    .into_any()
}

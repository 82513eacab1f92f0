//! 并案, 挂账跟踪, parts of co-departments, decisions and what they gave to do, in plain words.

use super::server::{Said, said};
use crate::request::Clock;
use domain::calendar::{local, words};
use domain::issue::{Decision, Event};

fn internal(said: Said) -> Said {
    Said { internal: true, ..said }
}

fn late(late: bool) -> &'static str {
    if late { "（超期）" } else { "" }
}

pub(super) fn describe(event: &Event, clock: &Clock) -> Said {
    let due = |at| words::due(at, clock.now);
    let department = |id| clock.reference.department(id);
    match event {
        Event::Merged { into, reason } => said(format!("并案：并入 {into}"), reason.clone()),
        Event::Absorbed { from, answer_due, .. } => {
            let sooner = answer_due.map_or_else(String::new, |at| format!("按较早的期限，最迟{}答复。", due(at)));
            said(format!("并案：{from} 并入这件，一起办理"), sooner)
        }
        Event::Tracked { reason, promised } => {
            said("挂账跟踪：暂时不能解决", format!("{reason}\n最迟{}告诉您进展。", due(*promised)))
        }
        Event::Reported { text, promised, late: missed } => {
            said(format!("跟踪答复{}", late(*missed)), format!("{text}\n下一次最迟{}。", due(*promised)))
        }
        Event::PartAnswered { department: id, text, late: missed } => {
            internal(said(format!("{}协办答复{}", department(*id), late(*missed)), text.clone()))
        }
        Event::PartWaived { department: id, reason } => internal(said(format!("免去{}协办", department(*id)), reason.clone())),
        Event::PartOverdue { department: id, due: end } => {
            internal(said(format!("协办超期：{}", department(*id)), format!("应在{}答复主办部门。", due(*end))))
        }
        Event::Consulted(decision) => held("协商办：企服中心召集有关部门一起研究", decision),
        Event::Referred { .. } => said("会议办：提交市联席会议研究", ""),
        Event::Resolved(decision) => held("会议办：市联席会议研究了这件诉求", decision),
        Event::TaskDone { task, text, late: missed } => {
            internal(said(format!("交办事项 {} 已办{}", task + 1, late(*missed)), text.clone()))
        }
        Event::TaskConfirmed { task, note } => internal(said(format!("交办事项 {} 已确认办结", task + 1), note.clone())),
        Event::TaskReturned { task, reason } => internal(said(format!("交办事项 {} 退回再办", task + 1), reason.clone())),
        Event::TaskOverdue { task, due: end } => {
            internal(said(format!("交办事项 {} 超期", task + 1), format!("应在{}办结。", due(*end))))
        }
        _ => said("", ""),
    }
}

/// What the enterprise reads in place of a title in the offices' words.
pub(super) fn plain(event: &Event) -> Option<String> {
    match event {
        Event::Merged { into, .. } => Some(format!("与您的另一件 {into} 合并办理")),
        Event::Absorbed { from, .. } => Some(format!("您的另一件 {from} 并入这件，一起办理")),
        Event::Tracked { .. } => Some("暂时不能解决，继续跟踪办理".to_owned()),
        _ => None,
    }
}

fn held(title: &str, decision: &Decision) -> Said {
    said(format!("{title}（{}）", words::day(local(decision.held).date())), decision.told.clone())
}

/// What the offices read beside the words for the enterprise.
pub(super) fn note(event: &Event, clock: &Clock) -> String {
    match event {
        Event::Referred { reason } => reason.clone(),
        Event::Consulted(decision) | Event::Resolved(decision) => {
            let tasks = decision.tasks.iter().map(|task| {
                let department = clock.reference.department(task.department);
                format!("{department}：{}（{}）", task.what, words::due(task.due, clock.now))
            });
            let tasks: Vec<String> = tasks.collect();
            format!("参加：{}。决定：{}。交办：{}", decision.who, decision.decisions, tasks.join("；"))
        }
        _ => String::new(),
    }
}

//! 三级办理: 板块办, then 协商办 (the centre's director calls departments together), then 会议办 (the joint meeting). What they decide is given to
//! departments as 交办事项, and followed until the centre has confirmed that it is done.

use super::case::Case;
use super::joint::department;
use super::{Refusal, by_end_of, rule, worded};
use crate::actor::{Actor, CITY, Duty};
use crate::calendar::{local, midnight};
use crate::issue::command::{Meeting, NewTask};
use crate::issue::event::{Decision, Event, Task};
use crate::issue::{CommandKind, Doing, Issue, Tier};

/// The most tasks of a decision.
pub const MOST_TASKS: usize = 6;

/// The most working days that a task may have *(assumed)*: a quarter.
pub const MOST_TASK_DAYS: u32 = 60;

/// Up the levels, and not down again. The joint meeting is the city's, and so is the record of what it decided: a district's centre that wrote it
/// down would give the city's word itself.
pub(super) fn may(issue: &Issue, kind: CommandKind, actor: &Actor) -> Result<(), Refusal> {
    let city = matches!(actor, Actor::Staff { duty: Duty::Centre { area: CITY }, .. });
    match kind {
        CommandKind::Resolve if !city => rule("city_resolves", "联席会议的决定由市企服中心记录"),
        CommandKind::Consult if issue.tier == Tier::Meeting => rule("at_meeting", "已提交会议办，不能再协商办"),
        CommandKind::Refer if issue.referred => rule("referred", "已提交会议办，还没有会议决定"),
        CommandKind::Resolve if !issue.referred => rule("not_referred", "没有等会议决定；请先提交会议办"),
        _ => Ok(()),
    }
}

/// What is to be done, or to be confirmed.
pub(super) fn may_follow(issue: &Issue, kind: CommandKind, actor: &Actor) -> Result<(), Refusal> {
    let waits = |task: &Doing| match kind {
        CommandKind::Complete => !task.done && Some(task.department) == department(actor),
        _ => task.done && !task.confirmed,
    };
    if issue.tasks.iter().any(waits) {
        return Ok(());
    }
    rule(
        "task_none",
        if kind == CommandKind::Complete {
            "本部门没有要办的交办事项"
        } else {
            "现在没有要确认的交办事项"
        },
    )
}

impl Case<'_> {
    pub(super) fn decision(&self, meeting: &Meeting) -> Result<Decision, Refusal> {
        let (held, today) = (midnight(meeting.held), midnight(local(self.now).date()));
        let filed = self.issue.submitted_at.map_or(held, |at| midnight(local(at).date()));
        if held > today || held < filed {
            return rule("held", "会议日期要在提交诉求之后，不能晚于今天");
        }
        if meeting.tasks.is_empty() {
            return rule("tasks", "请至少写一件交办事项：哪个部门、做什么、什么时候办好");
        }
        if meeting.tasks.len() > MOST_TASKS {
            return rule("tasks", format!("一次最多 {MOST_TASKS} 件交办事项"));
        }
        Ok(Decision {
            held,
            who: worded(&meeting.who, "参加的人", 2, 300)?,
            decisions: worded(&meeting.decisions, "决定", 5, 2000)?,
            told: worded(&meeting.told, "给企业的说明", 5, 500)?,
            tasks: meeting.tasks.iter().map(|task| self.task(task)).collect::<Result<_, _>>()?,
        })
    }

    fn task(&self, task: &NewTask) -> Result<Task, Refusal> {
        if task.days == 0 || task.days > MOST_TASK_DAYS {
            return rule("task_days", format!("交办事项的期限可以是 1 到 {MOST_TASK_DAYS} 个工作日"));
        }
        let what = worded(&task.what, "交办事项", 4, 300)?;
        Ok(Task { department: task.department, what, due: by_end_of(task.days, self.now, &self.terms.calendar)? })
    }

    pub(super) fn complete(&self, place: u16, text: &str, actor: &Actor) -> Result<Event, Refusal> {
        let own = |task: &&Doing| !task.done && Some(task.department) == department(actor);
        let Some(task) = self.issue.tasks.get(usize::from(place)).filter(own) else {
            return rule("task_none", "请选择本部门还没有办结的交办事项");
        };
        Ok(Event::TaskDone { task: place, text: worded(text, "办理情况", 5, 1000)?, late: self.now > task.due })
    }

    pub(super) fn confirm(&self, place: u16, done: bool, note: &str) -> Result<Event, Refusal> {
        let waits = |task: &&Doing| task.done && !task.confirmed;
        if self.issue.tasks.get(usize::from(place)).filter(waits).is_none() {
            return rule("task_none", "请选择部门已办结、等确认的交办事项");
        }
        Ok(if done {
            Event::TaskConfirmed { task: place, note: worded(note, "说明", 0, 500)? }
        } else {
            Event::TaskReturned { task: place, reason: worded(note, "退回的理由", 5, 500)? }
        })
    }
}

//! Actions beside the lead's work. Those that ask for more than a column has room for have pages of their own (`desk::merging`, `desk::meeting`).

use super::{Asked, Desk, asked};
use crate::issue::desk::beside::tasks_of;
use crate::ui::form::{Field, field};
use crate::ui::input::{Input, Pair};
use domain::actor::Duty;
use domain::calendar::words;
use domain::issue::{CommandKind, MOST_AHEAD, by_end_of};

const TRACK: Field = Field {
    rows: 3, max: 500, ..field("track_reason", "给企业的说明", "为什么暂时不能解决；企业会看到这段话")
};
const REPORT: Field = Field {
    rows: 4, max: 2000, ..field("report", "跟踪答复", "这段时间做了什么、卡在哪里；企业会看到这段话")
};
const PART: Field =
    Field {
        rows: 4, max: 2000, ..field("part", "协办答复", "本部门做了什么、结果怎样；主办部门会看到，至少 5 个字")
    };
const WAIVE: Field =
    Field { rows: 2, max: 500, ..field("waive_reason", "为什么免去", "两个部门都会看到，至少 5 个字") };
const REFER: Field = Field {
    rows: 3, max: 1000, ..field("refer_reason", "提请会议研究什么", "只有工作人员看得到，至少 5 个字")
};
const DONE: Field =
    Field { rows: 3, max: 1000, ..field("task_text", "办理情况", "做了什么、结果怎样，至少 5 个字") };
const CONFIRMED: Field =
    Field {
        rows: 2, max: 500, optional: true, ..field("task_note", "说明", "没办好要写明还差什么，至少 5 个字")
    };

impl Desk<'_> {
    pub(super) fn beside(&self, kind: CommandKind) -> Option<Asked> {
        let form = &self.form;
        Some(match kind {
            CommandKind::Track => {
                let words =
                    "到期前部门要告诉企业进展，并约定下一次；没有解决就一直开着，不算办结。原来的答复期限不变，过了仍算超期。";
                asked("l", words, vec![self.ahead("track_days", "最迟什么时候告诉企业进展"), TRACK.input(form)])
            }
            CommandKind::Report => {
                let words = format!("企业马上看到。问题解决了请用“答复”。{}", self.ready());
                asked("1", words, vec![REPORT.input(form), self.ahead("next_days", "下一次最迟什么时候")])
            }
            CommandKind::Part => {
                let due = self.own_part().map(|due| format!("请在{due}答复。")).unwrap_or_default();
                asked("2", format!("主办部门汇总各协办部门的答复后答复企业。{due}"), vec![PART.input(form)])
            }
            CommandKind::Waive => {
                let owed = self.page.issue.parts.iter().filter(|part| !part.done);
                let list = owed.map(|part| (part.department.to_string(), self.clock.reference.department(part.department)));
                let inputs = vec![Input::choices(form, "waived", "哪个部门", false, list.collect()), WAIVE.input(form)];
                asked("3", "免去后主办部门不用等它的答复；两个部门都会收到通知。", inputs)
            }
            CommandKind::Refer => {
                let words = "提交市联席会议；协调小组会收到通知，企业会看到已提交会议。主办部门同时继续办理。";
                asked("4", words, vec![REFER.input(form)])
            }
            CommandKind::Complete => {
                let department = match self.page.staff.duty {
                    Duty::Handler { department } => department,
                    _ => return None,
                };
                let list = self.tasks(|task| !task.done && task.department == department);
                asked("5", "企服中心确认后才算办结。", vec![self.choice(list), DONE.input(form)])
            }
            CommandKind::Confirm => {
                let answers = [("yes", "办好了"), ("no", "没办好，退回再办")];
                let answers = answers.map(|(code, label)| (code.to_owned(), label.to_owned()));
                let list = self.tasks(|task| task.done && !task.confirmed);
                let done = Input::choices(form, "task_done", "办好了吗", false, answers.to_vec());
                asked("6", "部门会收到通知。", vec![self.choice(list), done, CONFIRMED.input(form)])
            }
            _ => return None,
        })
    }

    /// A day ahead, by its end.
    fn ahead(&self, name: &str, label: &str) -> Input {
        let (now, calendar) = (self.clock.now, &self.clock.calendar);
        let days = (1..=MOST_AHEAD).filter_map(|days| {
            let due = by_end_of(days, now, calendar).ok()?;
            Some((days.to_string(), format!("{}（{days} 个工作日）", words::due(due, now))))
        });
        Input::select(&self.form, name, label, "请选择", vec![(String::new(), days.collect())])
    }

    /// Until when the part of this person's department is owed.
    fn own_part(&self) -> Option<String> {
        let Duty::Handler { department } = self.page.staff.duty else { return None };
        let part = self.page.issue.parts.iter().find(|part| part.department == department)?;
        Some(words::due(part.due, self.clock.now))
    }

    fn tasks(&self, wanted: impl Fn(&domain::issue::Doing) -> bool) -> Vec<Pair> {
        let all = tasks_of(&self.page.detail, &self.page.issue);
        let list = all.into_iter().filter(|(_, _, doing)| wanted(doing)).map(|(place, task, doing)| {
            let department = self.clock.reference.department(doing.department);
            (place.to_string(), format!("{department}：{}", task.what))
        });
        list.collect()
    }

    /// One of these; where there is but one it is chosen.
    fn choice(&self, list: Vec<Pair>) -> Input {
        let only = list.first().filter(|_| list.len() == 1).map(|(place, _)| place.clone());
        let form = only.map_or_else(|| self.form.clone(), |place| self.form.clone().or("task", place));
        Input::choices(&form, "task", "交办事项", false, list)
    }
}

//! Where a problem stands, in words chosen for its enterprise: what a page shows first and an island then keeps up to date.

use crate::issue::timeline::TimelineLine;
use crate::ui::{When, icon};
use domain::issue::{CommandKind, State};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a problem stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Counts its events: a higher one is newer.
    pub version: u32,
    pub state: State,
    pub round: u16,
    /// It was answered late.
    pub late: bool,
    /// Who has it.
    pub holder: String,
    /// Their telephone; empty where there is none, or nobody has it.
    pub phone: String,
    pub bar: Option<TimeBar>,
    /// What comes next; empty where the buttons say it.
    pub next: String,
    /// What the member may do now.
    pub commands: Vec<CommandKind>,
    /// What happened, newest first.
    pub lines: Vec<TimelineLine>,
    /// What the latest answer says, for whoever rates it: what was reached, the words, who.
    pub answer: Option<[String; 3]>,
    /// What the enterprise was asked for; empty when nothing was.
    pub asked: String,
}

/// The time used of the answer's limit, as a bar and in words: `11月27日 周五 16:00 前答复（还剩 2 个工作日）`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeBar {
    /// `run`, `warn` or `late`.
    pub tone: String,
    /// Working minutes of the limit.
    pub total: i64,
    pub used: i64,
    pub due: When,
    pub left: String,
}

impl TimeBar {
    pub fn view(self) -> impl IntoView {
        let symbol = if self.tone == "run" { "clock" } else { "late" };
        view! {
            <div class=["time-bar ", &self.tone].concat()>
                <progress max=self.total.to_string() value=self.used.to_string() aria-label="已用时间"></progress>
                <p>{icon(symbol)}<span>{self.due.view()}"答复（"{self.left}"）"</span></p>
            </div>
        }
    }
}

#[cfg(feature = "ssr")]
mod server {
    use super::Progress;
    use crate::issue::read::MemberIssue;
    use crate::issue::timeline::lines;
    use crate::issue::view::time_bar;
    use crate::request::Clock;
    use crate::ui::joined;
    use domain::calendar::Span;
    use domain::issue::{Event, Flag, Issue, State};
    use store::reference::Reference;

    impl Progress {
        /// Where `page` stands at the time of `clock`.
        pub fn of(page: &MemberIssue, clock: &Clock) -> Progress {
            let issue = &page.issue;
            let bar = match (issue.state, issue.answer) {
                (State::Submitted | State::Accepted | State::Dispatched | State::Handling, Some(limit)) => {
                    Some(time_bar(limit.since, limit.due, clock.now, &clock.calendar))
                }
                (State::Tracking, _) => issue.promise.map(|limit| time_bar(limit.since, limit.due, clock.now, &clock.calendar)),
                _ => None,
            };
            let events = || page.detail.events.iter().rev();
            let answer = events().find_map(|row| match &row.event {
                Event::Answered { text, outcome, .. } => Some([outcome.label().to_owned(), joined(text), row.actor_name.clone()]),
                _ => None,
            });
            let asked = events().find_map(|row| match &row.event {
                Event::InputAsked { what, .. } => Some(what.clone()),
                _ => None,
            });
            let merged = events().find_map(|row| match &row.event {
                Event::Merged { into, .. } => Some(format!("已并入 {into}，请看那一件的进展。")),
                _ => None,
            });
            let window = clock.terms.limits_of(issue, clock.now).reopen_window;
            Progress {
                version: issue.version,
                state: issue.state,
                round: issue.round,
                late: issue.flags.contains(&Flag::AnsweredLate),
                holder: holder(issue, &clock.reference),
                phone: phone(issue, &clock.reference).unwrap_or_default().to_owned(),
                bar,
                next: joined(&merged.or_else(|| next_words(issue, window)).unwrap_or_default()),
                commands: page.commands.clone(),
                lines: lines(&page.detail, false, clock),
                answer,
                asked: joined(&asked.unwrap_or_default()),
            }
        }
    }

    /// Who has it, as the enterprise would say.
    fn holder(issue: &Issue, reference: &Reference) -> String {
        match issue.state {
            State::Submitted | State::Accepted => reference.centre(issue.centre),
            State::Dispatched | State::Handling | State::Tracking => {
                issue.lead.map_or_else(|| reference.centre(issue.centre), |id| reference.department(id))
            }
            State::AwaitingInput => "等您补充材料".to_owned(),
            State::Answered => "等您评价".to_owned(),
            State::Closed => "已办结".to_owned(),
            State::Declined => "不予受理".to_owned(),
            State::Withdrawn => "您已撤回".to_owned(),
            State::Merged => "与您的另一件诉求一起办理".to_owned(),
            State::Draft => String::new(),
        }
    }

    /// Whom to call about it: whoever has it.
    fn phone<'a>(issue: &Issue, reference: &'a Reference) -> Option<&'a str> {
        match (issue.state, issue.lead) {
            (State::Dispatched | State::Handling | State::Tracking, Some(lead)) => reference.department_phone(lead),
            (State::Submitted | State::Accepted | State::Dispatched | State::Handling | State::Tracking, _) => {
                reference.centre_phone(issue.centre)
            }
            _ => None,
        }
    }

    /// What comes next, where it is not plain from the buttons.
    fn next_words(issue: &Issue, window: Span) -> Option<String> {
        let words = match issue.state {
            State::Submitted => "下一步：企服中心受理。",
            State::Accepted => "下一步：企服中心交给责任部门。",
            State::Dispatched if issue.round > 1 => "已退回办理单位重新办理，企服中心已收到提醒。",
            State::Dispatched => "下一步：部门签收并开始办理。",
            State::Tracking => "暂时不能解决，部门继续跟踪办理，到期前告诉您进展，直到解决。",
            State::Answered => "问题解决了吗？请您评价。不满意会重新办理。",
            State::Declined => return Some(format!("如有不同意见，{window}内可以提出异议，由其他人员重新审核。")),
            State::Closed => return Some(format!("如果问题又出现，{window}内可以要求重新办理。")),
            _ => return None,
        };
        Some(words.to_owned())
    }
}

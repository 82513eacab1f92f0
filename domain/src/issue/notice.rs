//! Who hears of an event, and in which words (站内消息).

use super::event::{CloseBasis, Event};
use super::{Issue, Outcome};
use crate::actor::{AreaCode, DepartmentId, EnterpriseId};
use crate::calendar::{local, words};
use serde::{Deserialize, Serialize};

/// To whom a message goes; the store turns it into people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", content = "id", rename_all = "snake_case")]
pub enum Recipient {
    /// Every member of the enterprise.
    Enterprise(EnterpriseId),
    /// Every handler of the department.
    Department(DepartmentId),
    /// The staff of exactly this area's centre.
    Centre(AreaCode),
}

/// A message to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// To whom.
    pub recipient: Recipient,
    /// The event's kind.
    pub kind: String,
    pub title: String,
    pub body: String,
}

/// The messages of one event; `after` is the issue with the event applied.
pub fn notices(event: &Event, after: &Issue) -> Vec<Notice> {
    let mut list = Vec::new();
    let mut tell = |recipient, title: &str, body: String| {
        list.push(Notice { recipient, kind: event.kind().to_owned(), title: title.to_owned(), body });
    };
    let enterprise = Recipient::Enterprise(after.enterprise);
    let centre = Recipient::Centre(after.centre);
    let departments: Vec<Recipient> =
        after.lead.iter().chain(&after.co).map(|department| Recipient::Department(*department)).collect();
    let day = |at: time::OffsetDateTime| words::day(local(at).date());
    match event {
        Event::Submitted { accept_due, .. } => {
            tell(centre, "有新的诉求待受理", format!("请在{}前受理。", day(*accept_due)));
        }
        Event::Accepted { answer_due, .. } => {
            tell(enterprise, "诉求已受理", format!("最迟{}给您答复。", day(*answer_due)));
        }
        Event::Declined { explanation, .. } => {
            tell(enterprise, "诉求不予受理", format!("{explanation} 如有不同意见，10 个工作日内可以提出异议。"))
        }
        Event::Objected { reason, .. } => tell(centre, "企业对不予受理提出异议", reason.clone()),
        Event::InputAsked { what, cap } => {
            tell(enterprise, "请您补充材料", format!("{what}（请在{}前补充）", day(*cap)));
        }
        Event::Supplied { .. } => {
            for to in if departments.is_empty() { vec![centre] } else { departments } {
                tell(to, "企业已补充材料", "请继续办理。".to_owned());
            }
        }
        Event::PauseLapsed { .. } => {
            tell(enterprise, "补充期限已到", "办理继续计时，您仍然可以补充材料。".to_owned());
            for to in if departments.is_empty() { vec![centre] } else { departments } {
                tell(to, "补充期限已到，恢复计时", "企业未补充，请按现有情况办理。".to_owned());
            }
        }
        Event::Dispatched { sign_due, .. } => {
            tell(enterprise, "诉求已交给责任部门", "部门签收后开始办理。".to_owned());
            for to in departments {
                tell(to, "有新的交办件", format!("请主办部门在{}前签收。", day(*sign_due)));
            }
        }
        Event::Signed { .. } => tell(enterprise, "部门已签收，开始办理", String::new()),
        Event::Returned { reason, .. } => tell(centre, "部门退回交办件", reason.clone()),
        Event::Progressed { text } => tell(enterprise, "办理有新进展", text.clone()),
        Event::Answered { text, outcome, .. } => {
            let title = match outcome {
                Outcome::Solved => "诉求已办理，请您评价",
                Outcome::Explained | Outcome::NotPossible => "诉求已答复，请您评价",
            };
            tell(enterprise, title, text.clone());
        }
        Event::Rated { rating } => {
            for to in departments {
                tell(to, "企业已评价", format!("{}：{}", rating.level, if rating.solved { "已解决" } else { "没解决" }));
            }
            if rating.reopens() {
                tell(centre, "企业评价不满意", format!("{}，已重新交办。", rating.level));
            }
        }
        Event::Closed { basis } => {
            if let CloseBasis::CallBack { .. } = basis {
                tell(enterprise, "诉求已销号", "如问题仍在，10 个工作日内可以要求重新办理。".to_owned());
            }
        }
        Event::Reopened { reason } => tell(centre, "诉求重新办理", reason.clone()),
        Event::Redispatched { round, answer_due, .. } => {
            tell(enterprise, "诉求重新办理", format!("第 {round} 轮，最迟{}给您答复。", day(*answer_due)));
            for to in departments {
                tell(to, "二次交办件", format!("第 {round} 轮，请尽快签收并重新办理。"));
            }
        }
        Event::Withdrawn { reason } => {
            for to in departments.into_iter().chain([centre]) {
                tell(to, "企业撤回诉求", reason.clone());
            }
        }
    }
    list
}

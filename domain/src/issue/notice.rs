//! Who hears of an event, and in which words (站内消息).

use super::event::{CloseBasis, Event};
use super::{Issue, Outcome};
use crate::actor::{AreaCode, DepartmentId, EnterpriseId};
use crate::calendar::{local, words};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

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

/// A title and a text.
type Words = (&'static str, String);

/// The messages of one event; `after` is the issue with the event applied.
pub fn notices(event: &Event, after: &Issue) -> Vec<Notice> {
    let departments: Vec<Recipient> =
        after.lead.iter().chain(&after.co).map(|department| Recipient::Department(*department)).collect();
    let centre = vec![Recipient::Centre(after.centre)];
    // What goes on before a dispatch is the centre's to go on with.
    let handlers = if departments.is_empty() && goes_on(event) { centre.clone() } else { departments };
    let told = [
        (vec![Recipient::Enterprise(after.enterprise)], to_enterprise(event)),
        (handlers, to_handlers(event)),
        (centre, to_centre(event)),
    ];
    let list = told.into_iter().filter_map(|(recipients, words)| words.map(|words| (recipients, words)));
    list.flat_map(|(recipients, (title, body))| {
        recipients.into_iter().map(move |recipient| Notice {
            recipient,
            kind: event.kind().to_owned(),
            title: title.to_owned(),
            body: body.clone(),
        })
    })
    .collect()
}

/// Whether it ends a wait, so that somebody has to go on.
fn goes_on(event: &Event) -> bool {
    matches!(event, Event::Supplied { .. } | Event::PauseLapsed { .. })
}

fn day(at: OffsetDateTime) -> String {
    words::day(local(at).date())
}

fn to_enterprise(event: &Event) -> Option<Words> {
    Some(match event {
        Event::Accepted { answer_due, .. } => ("诉求已受理", format!("最迟{}给您答复。", day(*answer_due))),
        Event::Declined { explanation, .. } => {
            ("诉求不予受理", format!("{explanation} 如有不同意见，10 个工作日内可以提出异议。"))
        }
        Event::InputAsked { what, cap } => ("请您补充材料", format!("{what}（请在{}前补充）", day(*cap))),
        Event::PauseLapsed { .. } => ("补充期限已到", "办理继续计时，您仍然可以补充材料。".to_owned()),
        Event::Dispatched { .. } => ("诉求已交给责任部门", "部门签收后开始办理。".to_owned()),
        Event::Signed { .. } => ("部门已签收，开始办理", String::new()),
        Event::Progressed { text } => ("办理有新进展", text.clone()),
        Event::Answered { text, outcome: Outcome::Solved, .. } => ("诉求已办理，请您评价", text.clone()),
        Event::Answered { text, .. } => ("诉求已答复，请您评价", text.clone()),
        Event::Closed { basis: CloseBasis::CallBack { .. } } => {
            ("诉求已销号", "如问题仍在，10 个工作日内可以要求重新办理。".to_owned())
        }
        Event::Redispatched { round, answer_due, .. } => {
            ("诉求重新办理", format!("第 {round} 轮，最迟{}给您答复。", day(*answer_due)))
        }
        // What the enterprise does itself, and what it need not know.
        Event::Submitted { .. }
        | Event::Objected { .. }
        | Event::Supplied { .. }
        | Event::Returned { .. }
        | Event::Rated { .. }
        | Event::Closed { .. }
        | Event::Reopened { .. }
        | Event::Withdrawn { .. } => return None,
    })
}

fn to_handlers(event: &Event) -> Option<Words> {
    Some(match event {
        Event::Supplied { .. } => ("企业已补充材料", "请继续办理。".to_owned()),
        Event::PauseLapsed { .. } => ("补充期限已到，恢复计时", "企业未补充，请按现有情况办理。".to_owned()),
        Event::Dispatched { sign_due, .. } => ("有新的交办件", format!("请主办部门在{}前签收。", day(*sign_due))),
        Event::Rated { rating } => {
            ("企业已评价", format!("{}：{}", rating.level, if rating.solved { "已解决" } else { "没解决" }))
        }
        Event::Redispatched { round, .. } => ("二次交办件", format!("第 {round} 轮，请尽快签收并重新办理。")),
        Event::Withdrawn { reason } => ("企业撤回诉求", reason.clone()),
        _ => return None,
    })
}

fn to_centre(event: &Event) -> Option<Words> {
    Some(match event {
        Event::Submitted { accept_due, .. } => ("有新的诉求待受理", format!("请在{}前受理。", day(*accept_due))),
        Event::Objected { reason, .. } => ("企业对不予受理提出异议", reason.clone()),
        Event::Returned { reason, .. } => ("部门退回交办件", reason.clone()),
        Event::Rated { rating } if rating.reopens() => ("企业评价不满意", format!("{}，已重新交办。", rating.level)),
        Event::Reopened { reason } => ("诉求重新办理", reason.clone()),
        Event::Withdrawn { reason } => ("企业撤回诉求", reason.clone()),
        _ => return None,
    })
}

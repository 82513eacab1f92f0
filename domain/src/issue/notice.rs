//! Who hears of an event, and of what (站内消息); the words are [`super::texts`].

use super::event::{CloseBasis, Event};
use super::limits::Limits;
use super::texts::TextKey;
use super::{Issue, Outcome, Terms};
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

/// Which message, and what is filled in.
type Words = (TextKey, Vec<(&'static str, String)>);

/// The messages of one event of `at`; `after` is the issue with the event applied. Number and title of the issue are filled in later
/// ([`super::texts::addressed`]).
pub fn notices(event: &Event, after: &Issue, at: OffsetDateTime, terms: &Terms) -> Vec<Notice> {
    let departments: Vec<Recipient> =
        after.lead.iter().chain(&after.co).map(|department| Recipient::Department(*department)).collect();
    let centre = vec![Recipient::Centre(after.centre)];
    let before = match event {
        Event::Dispatched { from: Some(from), note, .. } => {
            Some((vec![Recipient::Department(*from)], Some((TextKey::HandlerMoved, vec![("reason", note.clone())]))))
        }
        _ => None,
    };
    // What goes on before a dispatch is the centre's to go on with.
    let handlers = if departments.is_empty() && goes_on(event) { centre.clone() } else { departments };
    let told = [
        (vec![Recipient::Enterprise(after.enterprise)], to_enterprise(event, terms.limits_of(after, at))),
        (handlers, to_handlers(event)),
        (centre, to_centre(event)),
    ];
    let day = local(at).date();
    let list = told.into_iter().chain(before).filter_map(|(recipients, words)| words.map(|words| (recipients, words)));
    list.flat_map(|(recipients, (key, values))| {
        let text = terms.texts.on(key, day).filled(&values);
        recipients.into_iter().map(move |recipient| Notice {
            recipient,
            kind: event.kind().to_owned(),
            title: text.title.clone(),
            body: text.body.clone(),
        })
    })
    .collect()
}

/// The text message about a step, by the kind of its event, for a member who wants one: number and step, nothing of what was written. `None` for
/// what no enterprise is told.
pub fn sms(kind: &str, number: &str) -> Option<String> {
    let step = match kind {
        "accepted" => "已受理",
        "declined" => "不予受理，您可以提出异议",
        "input_asked" => "需要您补充材料",
        "pause_lapsed" => "补充期限已到，继续办理",
        "dispatched" => "已交给责任部门",
        "signed" => "部门已签收，开始办理",
        "progressed" => "办理有新进展",
        "answered" => "已答复，请您评价",
        "closed" => "已办结",
        "redispatched" => "重新办理",
        _ => return None,
    };
    Some(format!("您的诉求 {number} {step}，详情请登录企服空间查看。"))
}

/// Whether whoever has it is to hear of it: it ends a wait, adds to what is known, or asks for haste.
fn goes_on(event: &Event) -> bool {
    matches!(event, Event::Supplied { .. } | Event::PauseLapsed { .. } | Event::Noted { .. } | Event::Urged)
}

fn day(at: OffsetDateTime) -> String {
    words::day(local(at).date())
}

fn to_enterprise(event: &Event, limits: &Limits) -> Option<Words> {
    let window = || ("window", limits.reopen_window.to_string());
    Some(match event {
        Event::Accepted { answer_due, .. } => (TextKey::Accepted, vec![("due", day(*answer_due))]),
        Event::Declined { explanation, .. } => (TextKey::Declined, vec![("explanation", explanation.clone()), window()]),
        Event::InputAsked { what, cap } => (TextKey::InputAsked, vec![("what", what.clone()), ("due", day(*cap))]),
        Event::PauseLapsed { .. } => (TextKey::PauseLapsed, vec![]),
        Event::Dispatched { .. } => (TextKey::Dispatched, vec![]),
        Event::Signed { .. } => (TextKey::Signed, vec![]),
        Event::Progressed { text } => (TextKey::Progressed, vec![("text", text.clone())]),
        Event::Answered { text, outcome: Outcome::Solved, .. } => (TextKey::Solved, vec![("text", text.clone())]),
        Event::Answered { text, .. } => (TextKey::Answered, vec![("text", text.clone())]),
        Event::Closed { basis: CloseBasis::CallBack { .. } } => (TextKey::Closed, vec![window()]),
        Event::Redispatched { round, answer_due, .. } => {
            (TextKey::Redispatched, vec![("round", round.to_string()), ("due", day(*answer_due))])
        }
        // What the enterprise does itself, and what it need not know.
        Event::Submitted { .. }
        | Event::Contacted { .. }
        | Event::Noted { .. }
        | Event::Urged
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
        Event::Supplied { .. } => (TextKey::HandlerSupplied, vec![]),
        Event::Noted { text, photos } => {
            let text = if text.is_empty() { format!("补充了 {photos} 个文件") } else { text.clone() };
            (TextKey::HandlerNoted, vec![("text", text)])
        }
        Event::Urged => (TextKey::HandlerUrged, vec![]),
        Event::PauseLapsed { .. } => (TextKey::HandlerPauseLapsed, vec![]),
        Event::Dispatched { sign_due, .. } => (TextKey::HandlerDispatched, vec![("due", day(*sign_due))]),
        Event::Rated { rating } => {
            let solved = if rating.solved { "已解决" } else { "没解决" };
            (TextKey::HandlerRated, vec![("level", rating.level.to_string()), ("solved", solved.to_owned())])
        }
        Event::Redispatched { round, .. } => (TextKey::HandlerRedispatched, vec![("round", round.to_string())]),
        Event::Withdrawn { reason } => (TextKey::HandlerWithdrawn, vec![("reason", reason.clone())]),
        _ => return None,
    })
}

fn to_centre(event: &Event) -> Option<Words> {
    Some(match event {
        Event::Submitted { accept_due, .. } => (TextKey::CentreSubmitted, vec![("due", day(*accept_due))]),
        Event::Accepted { area: Some(_), .. } => (TextKey::CentreMoved, vec![]),
        Event::Objected { reason, .. } => (TextKey::CentreObjected, vec![("reason", reason.clone())]),
        Event::Returned { reason, .. } => (TextKey::CentreReturned, vec![("reason", reason.clone())]),
        Event::Rated { rating } if rating.reopens() => (TextKey::CentreRated, vec![("level", rating.level.to_string())]),
        Event::Reopened { reason } => (TextKey::CentreReopened, vec![("reason", reason.clone())]),
        Event::Withdrawn { reason } => (TextKey::CentreWithdrawn, vec![("reason", reason.clone())]),
        _ => return None,
    })
}

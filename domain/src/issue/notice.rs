//! Who hears of an event, and of what (站内消息); the words are [`super::texts`].

mod beside;

use super::alarm::{Owed, Rung};
use super::clock::Step;
use super::event::{CloseBasis, Event};
use super::limits::Limits;
use super::supervision::Stage;
use super::texts::TextKey;
use super::{CallBack, CommandKind, Issue, Outcome, Terms};
use crate::actor::{AreaCode, CITY, DepartmentId, EnterpriseId};
use crate::calendar::{local, words};
use crate::catalogue::FALLBACK_BOARD;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// To whom a message goes; the store turns it into people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", content = "id", rename_all = "snake_case")]
pub enum Recipient {
    /// Every member of the enterprise.
    Enterprise(EnterpriseId),
    /// Every handler of the department.
    Department(DepartmentId),
    /// The staff of exactly this area's centre.
    Centre(AreaCode),
    /// Every handler of the department of this code, which leads the issue's board: unless it stands in (S-4) it may not read the issue, so the
    /// message says all.
    Board(String),
    /// The leaders of exactly this area: the city's are the coordination group (协调小组).
    Leader(AreaCode),
    /// Supervision of exactly this area.
    Supervisor(AreaCode),
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
    // Co-departments with a part of their own hear of that instead of the signature, which is the lead's.
    let handlers = match (event, after.lead) {
        (Event::Dispatched { co_due: Some(_), .. } | Event::Redispatched { co_due: Some(_), .. }, Some(lead)) => {
            vec![Recipient::Department(lead)]
        }
        _ => handlers,
    };
    let told = [
        (vec![Recipient::Enterprise(after.enterprise)], to_enterprise(event, terms.limits_of(after, at))),
        (handlers, to_handlers(event, after)),
        (centre, to_centre(event)),
    ];
    let day = local(at).date();
    let list = told
        .into_iter()
        .chain(before)
        .chain(of_clock(event, after, at, terms))
        .chain(beside::told(event, after).into_iter().map(|(recipients, words)| (recipients, Some(words))))
        .filter_map(|(recipients, words)| words.map(|words| (recipients, words)));
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

/// Supervision of the city and of the district it was filed in: those who may read it.
fn supervisors(after: &Issue) -> impl Iterator<Item = Recipient> {
    let city = (after.filed_area != CITY).then_some(Recipient::Supervisor(CITY));
    city.into_iter().chain([Recipient::Supervisor(after.filed_area)])
}

/// The lead of its board.
fn board(after: &Issue, at: OffsetDateTime, terms: &Terms) -> Option<Recipient> {
    let catalogue = terms.catalogue_of(after, at);
    let board = catalogue.category(&after.category).map_or(FALLBACK_BOARD, |known| &known.board);
    catalogue.board(board).map(|board| Recipient::Board(board.lead.clone()))
}

/// Who owes a step hears of its limit, and once it went by the centre, too; who is next hears of what nobody takes.
fn of_clock(event: &Event, after: &Issue, at: OffsetDateTime, terms: &Terms) -> Option<(Vec<Recipient>, Option<Words>)> {
    let centre = Recipient::Centre(after.centre);
    let owner = |step: Step| match step {
        Step::Accept => centre.clone(),
        _ => after.lead.map_or_else(|| centre.clone(), Recipient::Department),
    };
    let supervisors = || supervisors(after).collect::<Vec<_>>();
    let named = |step: Step, due| vec![("step", step.label().to_owned()), ("due", instant(due))];
    Some(match event {
        Event::Submitted { board_lead: Some(_), accept_due, .. } => {
            (vec![board(after, at, terms)?], Some((TextKey::BoardSubmitted, vec![("due", day(*accept_due))])))
        }
        Event::Replied { text, .. } => (supervisors(), Some((TextKey::Replied, vec![("text", text.clone())]))),
        Event::Explained { cause, measures, .. } => {
            let values = vec![("text", format!("{cause} {measures}"))];
            (supervisors().into_iter().chain([centre]).collect(), Some((TextKey::Explained, values)))
        }
        Event::Reviewed { change, .. } => (supervisors(), Some((TextKey::Reviewed, vec![("text", change.clone())]))),
        Event::OrderOverdue { stage, due } => {
            let department = after.lead.filter(|_| *stage != Stage::Verify).map(Recipient::Department);
            let told = supervisors().into_iter().chain([centre]).chain(department).collect();
            let values = vec![("step", stage.label().to_owned()), ("due", instant(*due))];
            let key = if *stage == Stage::Done { TextKey::Joint } else { TextKey::OrderOverdue };
            (told, Some((key, values)))
        }
        Event::ReplyOverdue { due } => {
            let told = supervisors().into_iter().chain([centre]).chain(after.lead.map(Recipient::Department));
            (told.collect(), Some((TextKey::ReplyOverdue, vec![("due", instant(*due))])))
        }
        // Whoever owes it; what no department owes, the centre does.
        Event::OwedWarned { owed, due, missed: false, .. } => {
            let lead = || after.lead.map_or_else(|| centre.clone(), Recipient::Department);
            let (told, step) = match owed {
                Owed::Part { department } => (Recipient::Department(*department), "协办答复"),
                Owed::Task { task } => {
                    (Recipient::Department(after.tasks.get(usize::from(*task))?.department), CommandKind::Complete.label())
                }
                Owed::Order { stage: Stage::Verify } => (centre, Stage::Verify.label()),
                Owed::Order { stage } => (lead(), stage.label()),
                Owed::Reply => (lead(), CommandKind::Reply.label()),
                Owed::CallBack => (centre, CommandKind::CallBack.label()),
            };
            (vec![told], Some((TextKey::Warned, vec![("step", step.to_owned()), ("due", instant(*due))])))
        }
        // Supervision of both levels hears of every order, as it signs it off.
        Event::Supervised { reason, .. } => (supervisors(), Some((TextKey::PutUnder, vec![("text", reason.clone())]))),
        Event::CallBackOverdue { due } => (vec![centre], Some((TextKey::CallBackOverdue, vec![("due", instant(*due))]))),
        Event::Warned { step, due, missed: false, .. } => (vec![owner(*step)], Some((TextKey::Warned, named(*step, *due)))),
        Event::Overdue { step, due, .. } => {
            let mut told = vec![owner(*step)];
            if !told.contains(&centre) {
                told.push(centre.clone());
            }
            (told, Some((TextKey::Overdue, named(*step, *due))))
        }
        Event::Escalated { rung, since, .. } => {
            let told = match rung {
                Rung::Board => board(after, at, terms)?,
                Rung::Centre => centre.clone(),
                Rung::Fallback => Recipient::Centre(CITY),
                Rung::Group => Recipient::Leader(CITY),
            };
            let values = vec![("state", after.state.label().to_owned()), ("since", instant(*since))];
            (vec![told], Some((TextKey::Escalated, values)))
        }
        _ => return None,
    })
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
        "merged" => "已并入您的另一件诉求",
        "tracked" => "暂时不能解决，跟踪办理",
        "reported" => "跟踪办理有新答复",
        "consulted" => "由企服中心召集有关部门一起办理",
        "referred" => "已提交市联席会议研究",
        "resolved" => "市联席会议已研究",
        _ => return None,
    };
    Some(format!("您的诉求 {number} {step}，详情请登录企服空间查看。"))
}

/// Whether whoever has it is to hear of it: it ends a wait, adds to what is known, or asks for haste.
fn goes_on(event: &Event) -> bool {
    matches!(event, Event::Supplied { .. } | Event::PauseLapsed { .. } | Event::Noted { .. } | Event::Urged)
}

/// `12月3日 17:30`.
fn instant(at: OffsetDateTime) -> String {
    let at = local(at);
    format!("{} {:02}:{:02}", words::day(at.date()), at.hour(), at.minute())
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
        Event::Merged { into, reason } => (TextKey::Merged, vec![("into", into.clone()), ("reason", reason.clone())]),
        Event::Tracked { reason, promised } => (TextKey::Tracked, vec![("reason", reason.clone()), ("due", instant(*promised))]),
        Event::Reported { text, promised, .. } => (TextKey::Reported, vec![("text", text.clone()), ("due", instant(*promised))]),
        Event::Consulted(decision) => (TextKey::Consulted, vec![("text", decision.told.clone())]),
        Event::Referred { .. } => (TextKey::Referred, vec![]),
        Event::Resolved(decision) => (TextKey::Resolved, vec![("text", decision.told.clone())]),
        Event::Extended { reason, answer_due, days, .. } => {
            (TextKey::Extended, vec![("reason", reason.clone()), ("due", day(*answer_due)), ("days", days.to_string())])
        }
        // What the enterprise does itself, and what it need not know.
        Event::Submitted { .. }
        | Event::Contacted { .. }
        | Event::Noted { .. }
        | Event::Urged
        | Event::Objected { .. }
        | Event::Supplied { .. }
        | Event::Returned { .. }
        | Event::ExtensionAsked { .. }
        | Event::ExtensionRefused { .. }
        | Event::Rated { .. }
        | Event::CalledBack { .. }
        | Event::Instructed { .. }
        | Event::Supervised { .. }
        | Event::OrderIssued { .. }
        | Event::Explained { .. }
        | Event::Reviewed { .. }
        | Event::SignedOff { .. }
        | Event::OrderOverdue { .. }
        | Event::Inquired { .. }
        | Event::Replied { .. }
        | Event::ReplyOverdue { .. }
        | Event::CallBackOverdue { .. }
        | Event::Warned { .. }
        | Event::OwedWarned { .. }
        | Event::Overdue { .. }
        | Event::Escalated { .. }
        | Event::Closed { .. }
        | Event::Reopened { .. }
        | Event::Absorbed { .. }
        | Event::PartAnswered { .. }
        | Event::PartWaived { .. }
        | Event::PartOverdue { .. }
        | Event::TaskDone { .. }
        | Event::TaskConfirmed { .. }
        | Event::TaskReturned { .. }
        | Event::TaskOverdue { .. }
        | Event::Withdrawn { .. } => return None,
    })
}

fn told_of(leader: &str, text: &str) -> Words {
    (TextKey::Instructed, vec![("text", text.to_owned()), ("leader", leader.to_owned())])
}

fn asked_by(question: &str, due: OffsetDateTime) -> Words {
    (TextKey::Inquired, vec![("text", question.to_owned()), ("due", day(due))])
}

fn to_handlers(event: &Event, after: &Issue) -> Option<Words> {
    Some(match event {
        Event::Supplied { .. } => (TextKey::HandlerSupplied, vec![]),
        Event::Noted { text, photos } => {
            let text = if text.is_empty() { format!("补充了 {photos} 个文件") } else { text.clone() };
            (TextKey::HandlerNoted, vec![("text", text)])
        }
        Event::Urged => (TextKey::HandlerUrged, vec![]),
        Event::PauseLapsed { .. } => (TextKey::HandlerPauseLapsed, vec![]),
        Event::Dispatched { sign_due, .. } => (TextKey::HandlerDispatched, vec![("due", day(*sign_due))]),
        Event::Extended { answer_due, .. } => (TextKey::HandlerExtended, vec![("due", day(*answer_due))]),
        Event::ExtensionRefused { reason } => (TextKey::HandlerExtensionRefused, vec![("reason", reason.clone())]),
        Event::Rated { rating } => {
            let solved = if rating.solved { "已解决" } else { "没解决" };
            (TextKey::HandlerRated, vec![("level", rating.level.to_string()), ("solved", solved.to_owned())])
        }
        Event::CalledBack { call: CallBack { said: Some(said), notes, .. }, .. } if said.unhappy() => {
            let solved = if said.solved { "已解决" } else { "没解决" };
            (
                TextKey::HandlerCalledBack,
                vec![("level", said.level.to_string()), ("solved", solved.to_owned()), ("text", notes.clone())],
            )
        }
        Event::Instructed { leader, text, .. } => told_of(leader, text),
        Event::Inquired { question, reply_due } => asked_by(question, *reply_due),
        Event::OrderIssued { note } => {
            let dues = after.supervision.as_ref().map(|order| order.due.map(day)).unwrap_or_default();
            let [_, due, done] = dues;
            (TextKey::OrderIssued, vec![("text", note.clone()), ("due", due), ("done", done)])
        }
        Event::Merged { into, .. } => (TextKey::HandlerMerged, vec![("into", into.clone())]),
        Event::Absorbed { from, .. } => (TextKey::HandlerAbsorbed, vec![("from", from.clone())]),
        Event::Tracked { promised, .. } => (TextKey::HandlerTracked, vec![("due", instant(*promised))]),
        Event::Consulted(decision) | Event::Resolved(decision) => {
            (TextKey::HandlerDecided, vec![("text", decision.decisions.clone()), ("level", after.tier.label().to_owned())])
        }
        Event::SignedOff { .. } => (TextKey::SignedOff, vec![]),
        Event::Redispatched { round, .. } => (TextKey::HandlerRedispatched, vec![("round", round.to_string())]),
        Event::Withdrawn { reason, .. } => (TextKey::HandlerWithdrawn, vec![("reason", reason.clone())]),
        _ => return None,
    })
}

fn to_centre(event: &Event) -> Option<Words> {
    Some(match event {
        Event::Submitted { accept_due, .. } => (TextKey::CentreSubmitted, vec![("due", day(*accept_due))]),
        Event::Accepted { area: Some(_), .. } => (TextKey::CentreMoved, vec![]),
        Event::Objected { reason, .. } => (TextKey::CentreObjected, vec![("reason", reason.clone())]),
        Event::Returned { reason, .. } => (TextKey::CentreReturned, vec![("reason", reason.clone())]),
        Event::ExtensionAsked { days, reason, .. } => {
            (TextKey::CentreExtensionAsked, vec![("reason", reason.clone()), ("days", days.to_string())])
        }
        Event::Instructed { leader, text, .. } => told_of(leader, text),
        Event::Inquired { question, reply_due } => asked_by(question, *reply_due),
        Event::Supervised { reason, verify_due, .. } => {
            (TextKey::Supervised, vec![("text", reason.clone()), ("due", day(*verify_due))])
        }
        Event::SignedOff { .. } => (TextKey::SignedOff, vec![]),
        Event::Rated { rating } if rating.reopens() => (TextKey::CentreRated, vec![("level", rating.level.to_string())]),
        Event::Reopened { reason } => (TextKey::CentreReopened, vec![("reason", reason.clone())]),
        Event::Withdrawn { reason, .. } => (TextKey::CentreWithdrawn, vec![("reason", reason.clone())]),
        _ => return None,
    })
}

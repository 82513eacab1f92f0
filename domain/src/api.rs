//! The city's own interface for channels (S-5): which steps of an issue the channel that filed it is told, and in which words.
//!
//! A channel reads what offices say to the enterprise (why it was declined, what is missing, the answer), as it has to pass it on. What the
//! enterprise itself said meanwhile by another way, whom it was called as, and whatever is internal it does not: of these it hears that they
//! were, or nothing at all.

use crate::actor::DepartmentId;
use crate::issue::{Event, Outcome, Satisfaction};
use time::OffsetDateTime;

/// The steps that a channel is told, by the kind of their event. What is not here is not told: a new event stays silent until somebody thought of it.
pub const STEPS: &[(&str, &str)] = &[
    ("submitted", "已收到"),
    ("accepted", "已受理"),
    ("declined", "不予受理"),
    ("objected", "企业对不予受理提出异议"),
    ("input_asked", "请补充材料"),
    ("supplied", "已补充材料"),
    ("pause_lapsed", "补充期限已到，继续办理"),
    ("contacted", "已联系企业"),
    ("dispatched", "已交责任单位"),
    ("signed", "责任单位已签收，开始办理"),
    ("progressed", "办理进展"),
    ("extended", "答复期限延长"),
    ("tracked", "挂账跟踪，暂时不能解决"),
    ("reported", "跟踪答复"),
    ("consulted", "企服中心召集有关部门一起研究"),
    ("referred", "提交市联席会议研究"),
    ("resolved", "市联席会议研究了这件诉求"),
    ("answered", "已答复，请企业评价"),
    ("rated", "企业已评价"),
    ("called_back", "企服中心回访"),
    ("closed", "已办结"),
    ("reopened", "企业要求重新办理"),
    ("redispatched", "重新办理"),
    ("merged", "已并入同一企业的另一件诉求"),
    ("absorbed", "同一企业的另一件诉求并入这件"),
    ("withdrawn", "已撤回"),
];

/// What a step is called; none where it is not told.
pub fn step_label(kind: &str) -> Option<&'static str> {
    STEPS.iter().find(|(code, _)| *code == kind).map(|(_, label)| *label)
}

/// A step, as far as the channel is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// An office's words to the enterprise; empty where there are none.
    pub text: String,
    /// Until when the next is promised, or what was asked for is waited for.
    pub due: Option<OffsetDateTime>,
    pub department: Option<DepartmentId>,
    pub outcome: Option<Outcome>,
    /// What the enterprise said of the answer.
    pub solved: Option<bool>,
    pub level: Option<Satisfaction>,
    /// 轮次, where it begins.
    pub round: Option<u16>,
}

/// What a channel is told of an event; none where it is none of its business.
pub fn told(event: &Event) -> Option<Told> {
    step_label(event.kind())?;
    let words = |text: &str| Told { text: text.to_owned(), ..Told::default() };
    Some(match event {
        Event::Submitted { answer_due, .. } | Event::Accepted { answer_due, .. } | Event::PauseLapsed { answer_due, .. } => {
            Told { due: Some(*answer_due), ..Told::default() }
        }
        Event::Supplied { answer_due, .. } => Told { due: Some(*answer_due), ..Told::default() },
        Event::Declined { reason, explanation } => words(&format!("{reason}。{explanation}")),
        Event::Objected { accept_due, .. } => Told { due: Some(*accept_due), ..Told::default() },
        Event::InputAsked { what, cap } => Told { due: Some(*cap), ..words(what) },
        Event::Dispatched { lead, .. } => Told { department: Some(*lead), ..Told::default() },
        Event::Progressed { text } => words(text),
        Event::Extended { reason, answer_due, .. } => Told { due: Some(*answer_due), ..words(reason) },
        Event::Tracked { reason, promised } => Told { due: Some(*promised), ..words(reason) },
        Event::Reported { text, promised, .. } => Told { due: Some(*promised), ..words(text) },
        Event::Consulted(decision) | Event::Resolved(decision) => words(&decision.told),
        Event::Answered { text, outcome, .. } => Told { outcome: Some(*outcome), ..words(text) },
        Event::Rated { rating } => Told { solved: Some(rating.solved), level: Some(rating.level), ..Told::default() },
        Event::CalledBack { call, .. } => {
            Told { solved: call.said.map(|said| said.solved), level: call.said.map(|said| said.level), ..Told::default() }
        }
        Event::Redispatched { round, answer_due, .. } => Told { due: Some(*answer_due), round: Some(*round), ..Told::default() },
        // That it was; who said what, the channel did not hear.
        _ => Told::default(),
    })
}

/// What a channel calls its own: an external id, or the mark of a request. Visible ASCII characters, as they travel in headers and logs.
pub fn is_mark(text: &str, most: usize) -> bool {
    !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The most characters of an external id, and of an `Idempotency-Key`.
pub const EXTERNAL_ID: usize = 64;
pub const IDEMPOTENCY_KEY: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issue::{CallBack, ContactWay, Said};
    use time::macros::datetime;

    #[test]
    fn internal_steps_and_other_peoples_words_are_not_told() {
        let due = datetime!(2026-12-04 17:30 +8);
        let secret = "只给内部看的话".to_owned();
        for event in [
            Event::Returned { reason: secret.clone(), proposed: 5 },
            Event::Instructed { leader: secret.clone(), text: secret.clone(), on: None },
            Event::Inquired { question: secret.clone(), reply_due: due },
            Event::ExtensionRefused { reason: secret.clone() },
            Event::PartAnswered { department: 5, text: secret.clone(), late: false },
            Event::Noted { text: secret.clone(), photos: 0 },
        ] {
            assert_eq!(told(&event), None, "{event:?}");
        }
        for event in [
            Event::Contacted { way: ContactWay::Phone, with: secret.clone(), reached: true, result: secret.clone() },
            Event::Supplied {
                text: secret.clone(),
                photos: 0,
                answer_due: due,
                shifted_minutes: 0,
                interim_due: None,
                co_due: None,
            },
            Event::Dispatched { lead: 5, co: vec![6], from: None, note: secret.clone(), sign_due: due, co_due: None },
            Event::Reopened { reason: secret.clone() },
            Event::Withdrawn { reason: secret.clone(), call_back_due: None },
            Event::Merged { into: secret.clone(), reason: secret.clone() },
            Event::CalledBack {
                call: CallBack {
                    way: ContactWay::Phone,
                    said: Some(Said { solved: false, level: Satisfaction::Dissatisfied }),
                    notes: secret.clone(),
                },
                missed: 0,
            },
        ] {
            let told = told(&event).expect("told that it was");
            assert!(!format!("{told:?}").contains(&secret), "{event:?}");
        }
    }

    #[test]
    fn an_answer_is_passed_on_with_its_words() {
        let event = Event::Answered { text: "已疏通".to_owned(), outcome: Outcome::Solved, late: false, call_back_due: None };
        let told = told(&event).expect("told");
        assert_eq!((told.text.as_str(), told.outcome), ("已疏通", Some(Outcome::Solved)));
    }

    #[test]
    fn marks_travel_in_headers() {
        assert!(is_mark("GD-2026/000123", EXTERNAL_ID));
        for wrong in ["", "工单1", "a b", "a\n", &"x".repeat(65)] {
            assert!(!is_mark(wrong, EXTERNAL_ID), "{wrong}");
        }
    }
}

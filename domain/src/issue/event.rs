//! What happened to an issue: append-only, numbered, hash-chained. A due time changes only where an event carries a new one.

use super::command::{Rating, Submission};
use super::state::*;
use crate::actor::{AreaCode, DepartmentId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// An event. `rfc3339` times; every `…_due` is frozen here when it is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// Filed; the clocks of contact, acceptance and answer start.
    Submitted {
        /// What was filed.
        submission: Submission,
        /// By its category; the centre may rule otherwise.
        #[serde(default = "normal", skip_serializing_if = "is_normal")]
        urgency: Urgency,
        /// Whether only a recorded contact stops the contact clock; in events of before, the centre's first act did.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        contact_apart: bool,
        /// Version of the limits in force (`issue::limits`).
        limits: u16,
        /// First contact promised by.
        #[serde(with = "time::serde::rfc3339")]
        contact_due: OffsetDateTime,
        /// Acceptance owed by.
        #[serde(with = "time::serde::rfc3339")]
        accept_due: OffsetDateTime,
        /// Answer promised by.
        #[serde(with = "time::serde::rfc3339")]
        answer_due: OffsetDateTime,
    },
    /// Accepted; the answer's limit follows the level, counted from the submission.
    Accepted {
        /// Category code.
        category: String,
        /// Difficulty.
        level: Level,
        urgency: Urgency,
        /// Where the place is, if not where it was filed for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        area: Option<AreaCode>,
        /// First contact owed by, where the ruling that it is urgent makes that earlier.
        #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
        contact_due: Option<OffsetDateTime>,
        /// Answer promised by.
        #[serde(with = "time::serde::rfc3339")]
        answer_due: OffsetDateTime,
    },
    /// Somebody spoke with the enterprise, or tried.
    Contacted {
        way: ContactWay,
        /// With whom.
        with: String,
        /// Whether somebody was there; only then the contact clock stops.
        reached: bool,
        /// What was said.
        result: String,
    },
    /// Declined with a reason.
    Declined {
        /// Coded reason.
        reason: DeclineReason,
        /// The sentence the enterprise reads.
        explanation: String,
    },
    /// The enterprise objected to the decline.
    Objected {
        /// Why.
        reason: String,
        /// The centre that looks at it now.
        centre: AreaCode,
        /// Acceptance owed by.
        #[serde(with = "time::serde::rfc3339")]
        accept_due: OffsetDateTime,
    },
    /// Input asked for; the answer's clock stands still until supplied or until `cap`.
    InputAsked {
        /// What is missing.
        what: String,
        /// When the clock runs again in any case.
        #[serde(with = "time::serde::rfc3339")]
        cap: OffsetDateTime,
    },
    /// The enterprise supplied what was asked.
    Supplied {
        /// Its words.
        text: String,
        /// How many photos came.
        photos: u8,
        /// Answer promised by, moved by the pause.
        #[serde(with = "time::serde::rfc3339")]
        answer_due: OffsetDateTime,
        /// Working minutes the due time moved by.
        shifted_minutes: u32,
        /// Interim answer owed by, moved as much; none where that clock does not run, nor in events of before.
        #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
        interim_due: Option<OffsetDateTime>,
    },
    /// The enterprise added something unasked.
    Noted {
        /// Its words; may be empty where photos came.
        text: String,
        /// How many photos came.
        photos: u8,
    },
    /// The enterprise asks to make haste.
    Urged,
    /// The pause reached its cap without an answer of the enterprise: the issue is with whoever asked again.
    PauseLapsed {
        /// Answer promised by, moved by the pause.
        #[serde(with = "time::serde::rfc3339")]
        answer_due: OffsetDateTime,
        /// Working minutes the due time moved by.
        shifted_minutes: u32,
        /// Interim answer owed by, moved as much; none where that clock does not run, nor in events of before.
        #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
        interim_due: Option<OffsetDateTime>,
    },
    /// Dispatched to a lead department.
    Dispatched {
        /// 主办.
        lead: DepartmentId,
        /// 协办.
        co: Vec<DepartmentId>,
        /// The department that had it until now, which is told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<DepartmentId>,
        /// Internal note.
        note: String,
        /// Signature owed by.
        #[serde(with = "time::serde::rfc3339")]
        sign_due: OffsetDateTime,
    },
    /// Signed for by the lead department.
    Signed {
        /// Interim answer owed by.
        #[serde(with = "time::serde::rfc3339")]
        interim_due: OffsetDateTime,
    },
    /// Returned to the centre as another department's.
    Returned {
        /// Why.
        reason: String,
        /// Which department should have it.
        proposed: DepartmentId,
    },
    /// Interim answer.
    Progressed {
        /// What was done so far.
        text: String,
    },
    Answered {
        /// What was done.
        text: String,
        /// What was reached.
        outcome: Outcome,
        /// Whether `due_at` had passed.
        late: bool,
    },
    /// Rated. A `Redispatched` follows when it reopens, a `Closed` when it does not.
    Rated {
        /// The judgement.
        rating: Rating,
    },
    /// Closed (销号).
    Closed {
        /// Why: `rated`, or the record of the call-back that was tried.
        basis: CloseBasis,
    },
    /// A closed issue was opened again; a `Redispatched` follows.
    Reopened {
        /// What is still wrong.
        reason: String,
    },
    /// Round + 1 at the same departments (二次交办).
    Redispatched {
        /// The new round, 2 and up.
        round: u16,
        /// Signature owed by.
        #[serde(with = "time::serde::rfc3339")]
        sign_due: OffsetDateTime,
        /// Answer promised by.
        #[serde(with = "time::serde::rfc3339")]
        answer_due: OffsetDateTime,
    },
    /// Withdrawn by the enterprise.
    Withdrawn {
        /// Why.
        reason: String,
    },
}

fn normal() -> Urgency {
    Urgency::Normal
}

#[allow(clippy::trivially_copy_pass_by_ref)] // As serde asks.
fn is_normal(urgency: &Urgency) -> bool {
    *urgency == Urgency::Normal
}

/// On what an issue was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum CloseBasis {
    /// The enterprise said that it is solved and that it is content.
    Rated,
    /// Ten working days without a rating, and a call-back was tried.
    CallBack {
        /// The record of the call.
        note: String,
    },
}

impl Event {
    /// The `type` tag, as stored beside the payload.
    pub fn kind(&self) -> &'static str {
        match self {
            Event::Submitted { .. } => "submitted",
            Event::Accepted { .. } => "accepted",
            Event::Contacted { .. } => "contacted",
            Event::Declined { .. } => "declined",
            Event::Objected { .. } => "objected",
            Event::InputAsked { .. } => "input_asked",
            Event::Supplied { .. } => "supplied",
            Event::Noted { .. } => "noted",
            Event::Urged => "urged",
            Event::PauseLapsed { .. } => "pause_lapsed",
            Event::Dispatched { .. } => "dispatched",
            Event::Signed { .. } => "signed",
            Event::Returned { .. } => "returned",
            Event::Progressed { .. } => "progressed",
            Event::Answered { .. } => "answered",
            Event::Rated { .. } => "rated",
            Event::Closed { .. } => "closed",
            Event::Reopened { .. } => "reopened",
            Event::Redispatched { .. } => "redispatched",
            Event::Withdrawn { .. } => "withdrawn",
        }
    }
}

//! What happened to an issue: append-only, numbered, hash-chained. A due time changes only where an event carries a new one.

mod kind;
mod parts;

pub use parts::{CloseBasis, Decision, Task};

use super::alarm::{Owed, Rung};
use super::board_lead::BoardLead;
use super::clock::Step;
use super::command::{CallBack, Rating, Submission};
use super::state::*;
use super::supervision::Stage;
use crate::actor::{AreaCode, DepartmentId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// An event. `rfc3339` times; every `…_due` is frozen here when it is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// Filed; the clocks of contact, acceptance and answer start.
    Submitted {
        submission: Submission,
        /// By its category; the centre may rule otherwise.
        #[serde(default = "normal", skip_serializing_if = "is_normal")]
        urgency: Urgency,
        /// Whether only a recorded contact stops the contact clock; in events of before, the centre's first act did.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        contact_apart: bool,
        /// Who may accept and forward it for a department without people on site (S-4); nobody in events of before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        board_lead: Option<BoardLead>,
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
        category: String,
        level: Level,
        urgency: Urgency,
        /// Where the place is, if not where it was filed for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        area: Option<AreaCode>,
        /// Who may forward it, by the category and the place that were found.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        board_lead: Option<BoardLead>,
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
        with: String,
        /// Whether somebody was there; only then the contact clock stops.
        reached: bool,
        result: String,
    },
    Declined {
        reason: DeclineReason,
        /// The sentence the enterprise reads.
        explanation: String,
    },
    Objected {
        reason: String,
        /// The centre that looks at it now.
        centre: AreaCode,
        /// Acceptance owed by.
        #[serde(with = "time::serde::rfc3339")]
        accept_due: OffsetDateTime,
    },
    /// Input asked for; the answer's clock stands still until supplied or until `cap`.
    InputAsked {
        what: String,
        /// When the clock runs again in any case.
        #[serde(with = "time::serde::rfc3339")]
        cap: OffsetDateTime,
    },
    Supplied {
        text: String,
        photos: u8,
        /// Answer promised by, moved by the pause.
        #[serde(with = "time::serde::rfc3339")]
        answer_due: OffsetDateTime,
        /// Working minutes the due time moved by.
        shifted_minutes: u32,
        /// Interim answer owed by, moved as much; none where that clock does not run, nor in events of before.
        #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
        interim_due: Option<OffsetDateTime>,
        /// Parts of the co-departments owed by, moved as much; none where none is owed, nor in events of before, which moved none.
        #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
        co_due: Option<OffsetDateTime>,
    },
    /// The enterprise added something unasked.
    Noted {
        /// Its words; may be empty where photos came.
        text: String,
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
        /// As of what was supplied.
        #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
        co_due: Option<OffsetDateTime>,
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
        note: String,
        /// Signature owed by.
        #[serde(with = "time::serde::rfc3339")]
        sign_due: OffsetDateTime,
        /// Parts of the co-departments owed by; none without any, nor in events of before, which owe none.
        #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
        co_due: Option<OffsetDateTime>,
    },
    Signed {
        /// Interim answer owed by.
        #[serde(with = "time::serde::rfc3339")]
        interim_due: OffsetDateTime,
    },
    /// Returned to the centre as another department's.
    Returned { reason: String, proposed: DepartmentId },
    /// Interim answer.
    Progressed { text: String },
    ExtensionAsked {
        /// Working days more.
        days: u32,
        reason: String,
        /// When the answer would be due then; it is not before the centre grants it.
        #[serde(with = "time::serde::rfc3339")]
        wanted: OffsetDateTime,
    },
    /// The centre granted it.
    Extended {
        /// Why; the enterprise reads it.
        reason: String,
        /// Answer promised by until now.
        #[serde(with = "time::serde::rfc3339")]
        from: OffsetDateTime,
        /// Answer promised by, moved.
        #[serde(with = "time::serde::rfc3339")]
        answer_due: OffsetDateTime,
        /// Working days the due time moved by.
        days: u32,
    },
    /// The centre did not grant it.
    ExtensionRefused { reason: String },
    Answered {
        text: String,
        outcome: Outcome,
        /// Whether `due_at` had passed.
        late: bool,
        /// The call-back owed by; none in events of before there was one.
        #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
        call_back_due: Option<OffsetDateTime>,
    },
    /// Rated. A `Redispatched` follows when it reopens, a `Closed` when it does not.
    Rated { rating: Rating },
    /// Closed (销号).
    Closed { basis: CloseBasis },
    /// A closed issue was opened again; a `Redispatched` follows.
    Reopened { reason: String },
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
        /// As of a dispatch.
        #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
        co_due: Option<OffsetDateTime>,
    },
    /// The centre called back, or tried. A `Redispatched` follows where the enterprise says that it is not solved.
    CalledBack {
        call: CallBack,
        /// How often nobody was reached since the answer, this time included.
        #[serde(default, skip_serializing_if = "is_zero")]
        missed: u16,
    },
    /// 领导批示.
    Instructed {
        leader: String,
        text: String,
        /// The day it was given, as its first instant; in events of before, nobody was asked for it.
        #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
        on: Option<OffsetDateTime>,
    },
    /// 督办: the "135" clock begins.
    Supervised {
        reason: String,
        #[serde(with = "time::serde::rfc3339")]
        verify_due: OffsetDateTime,
        #[serde(with = "time::serde::rfc3339")]
        explain_due: OffsetDateTime,
        #[serde(with = "time::serde::rfc3339")]
        done_due: OffsetDateTime,
    },
    /// The centre verified it and issued the order (督办单).
    OrderIssued { note: String },
    /// The department said why, and what it does about it.
    Explained { cause: String, measures: String, late: bool },
    /// 复盘.
    Reviewed { cause: String, responsibility: String, change: String },
    /// 督办销号.
    SignedOff { note: String },
    /// A step of the order went by; with the last one it is a joint supervision (联合督办).
    OrderOverdue {
        stage: Stage,
        #[serde(with = "time::serde::rfc3339")]
        due: OffsetDateTime,
    },
    /// Supervision asked.
    Inquired {
        question: String,
        /// The reply owed by.
        #[serde(with = "time::serde::rfc3339")]
        reply_due: OffsetDateTime,
    },
    /// Whoever has it, or the centre, replied.
    Replied {
        text: String,
        /// Whether it was owed earlier.
        late: bool,
    },
    /// The reply to supervision was owed by then.
    ReplyOverdue {
        #[serde(with = "time::serde::rfc3339")]
        due: OffsetDateTime,
    },
    /// The call-back was owed by then.
    CallBackOverdue {
        #[serde(with = "time::serde::rfc3339")]
        due: OffsetDateTime,
    },
    /// 预警: most of a limit is used, or less than a working day of it is left.
    Warned {
        step: Step,
        /// When the limit began: with the step, which run of it this is.
        #[serde(with = "time::serde::rfc3339")]
        since: OffsetDateTime,
        /// When it was to be told; the event may be later, after an outage.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
        #[serde(with = "time::serde::rfc3339")]
        due: OffsetDateTime,
        /// It was overdue already when this could be told: nobody is warned of what is past.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        missed: bool,
    },
    /// 预警 of what is owed beside the lead's limits: a part, a task, a step of an order, a reply, a call-back.
    OwedWarned {
        owed: Owed,
        /// Since when it is owed: which run of it this is.
        #[serde(with = "time::serde::rfc3339")]
        since: OffsetDateTime,
        /// When it was to be told; the event may be later, after an outage.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
        #[serde(with = "time::serde::rfc3339")]
        due: OffsetDateTime,
        /// As of [`Event::Warned`].
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        missed: bool,
    },
    /// 超期: a limit went by.
    Overdue {
        step: Step,
        /// When the limit began.
        #[serde(with = "time::serde::rfc3339")]
        since: OffsetDateTime,
        #[serde(with = "time::serde::rfc3339")]
        due: OffsetDateTime,
    },
    /// Nobody has taken it: the next one up is told.
    Escalated {
        rung: Rung,
        /// Since when it waits.
        #[serde(with = "time::serde::rfc3339")]
        since: OffsetDateTime,
        /// When it was to be told.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// 并案: it went into another issue of the enterprise.
    Merged { into: String, reason: String },
    /// Another issue of the enterprise went into this one.
    Absorbed {
        from: String,
        /// Answer promised by, where the other's was promised earlier.
        #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
        answer_due: Option<OffsetDateTime>,
        /// By when the other's answer was promised, earlier or not: an acceptance makes this one's no later. None in events of before.
        #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
        promised: Option<OffsetDateTime>,
        /// A leader had instructed on the other one.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        instructed: bool,
    },
    /// 挂账跟踪: the next answer is promised.
    Tracked {
        reason: String,
        #[serde(with = "time::serde::rfc3339")]
        promised: OffsetDateTime,
    },
    /// What was promised while it is tracked, and when the next comes.
    Reported {
        text: String,
        #[serde(with = "time::serde::rfc3339")]
        promised: OffsetDateTime,
        /// It was promised earlier.
        late: bool,
    },
    /// A co-department answered its part.
    PartAnswered { department: DepartmentId, text: String, late: bool },
    /// The centre lets the lead go on without it.
    PartWaived { department: DepartmentId, reason: String },
    /// A part was owed by then.
    PartOverdue {
        department: DepartmentId,
        #[serde(with = "time::serde::rfc3339")]
        due: OffsetDateTime,
    },
    /// 协商办.
    Consulted(Decision),
    /// 会议办: it waits for the joint meeting.
    Referred { reason: String },
    /// The joint meeting decided.
    Resolved(Decision),
    /// A department did what a decision gave to it; tasks count through all decisions, from 0.
    TaskDone { task: u16, text: String, late: bool },
    /// The centre confirmed it.
    TaskConfirmed { task: u16, note: String },
    /// The centre gave it back.
    TaskReturned { task: u16, reason: String },
    /// A task was to be done by then.
    TaskOverdue {
        task: u16,
        #[serde(with = "time::serde::rfc3339")]
        due: OffsetDateTime,
    },
    /// Withdrawn by the enterprise.
    Withdrawn {
        reason: String,
        /// The call-back owed by, where it belongs to the sample; none in events of before there was one.
        #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
        call_back_due: Option<OffsetDateTime>,
    },
}

#[allow(clippy::trivially_copy_pass_by_ref)] // As serde asks.
fn is_zero(count: &u16) -> bool {
    *count == 0
}

fn normal() -> Urgency {
    Urgency::Normal
}

#[allow(clippy::trivially_copy_pass_by_ref)] // As serde asks.
fn is_normal(urgency: &Urgency) -> bool {
    *urgency == Urgency::Normal
}

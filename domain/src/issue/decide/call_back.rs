//! 回访 (S-9): every answer, whether rated or not, and a sample of what was withdrawn. By the centre, never by the department that answered.

use super::case::Case;
use super::{Refusal, rule, worded};
use crate::calendar::Span;
use crate::issue::event::Event;
use crate::issue::{CallBack, Issue, State};
use time::{Duration, OffsetDateTime};

/// From the answer, or the withdrawal, to the first try *(assumed: the sixth indicator counts tries within it)*.
pub(super) const WITHIN: Span = Span::Days(5);

/// So many tries without anybody there are enough *(assumed)*.
pub const MAX_MISSED: u16 = 3;

/// Between two tries *(assumed)*: three rings in a minute are one.
const BETWEEN: Duration = Duration::hours(1);

/// One in so many of what is withdrawn is called back *(assumed)*.
const SAMPLE: u64 = 5;

/// Whether a withdrawal belongs to the sample. By the instant of its filing alone, mixed: whoever checks finds the same, and neither the enterprise
/// nor the offices choose.
pub(super) fn sampled(issue: &Issue) -> bool {
    let micros = issue.submitted_at.map_or(0, |at| at.unix_timestamp_nanos() / 1_000);
    // As splitmix64 ends: neighbouring instants fall apart.
    let mut mixed = u64::try_from(micros).unwrap_or(0);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (mixed ^ (mixed >> 31)).is_multiple_of(SAMPLE)
}

/// Once somebody was reached about an answer it is done.
pub(super) fn may(issue: &Issue, now: OffsetDateTime) -> Result<(), Refusal> {
    let calls = &issue.call_back;
    if issue.state == State::Withdrawn && calls.due.is_none() {
        return rule("not_sampled", "这件撤回件不在抽查回访之列，或已回访过");
    }
    if calls.said.is_some() {
        return rule("called", "这次答复已经回访过");
    }
    if calls.tried_at.is_some_and(|at| now < at + BETWEEN) {
        return rule("called_just_now", "刚刚打过，请过一小时再试");
    }
    Ok(())
}

impl Case<'_> {
    pub(super) fn call_back(&self, call: &CallBack) -> Result<Vec<Event>, Refusal> {
        let least = match call.said {
            Some(said) if said.solved => 0,
            _ => 2,
        };
        let call = CallBack { notes: worded(&call.notes, "回访记录", least, 500)?, ..call.clone() };
        let missed = self.issue.call_back.missed + u16::from(call.said.is_none());
        // A withdrawn one stays withdrawn: the enterprise files anew, or the centre for it.
        let again = self.issue.state != State::Withdrawn && call.said.is_some_and(|said| !said.solved);
        let mut events = vec![Event::CalledBack { call, missed }];
        if again {
            events.push(self.again()?);
        }
        Ok(events)
    }
}

//! Limits (时限) of the loop, versioned by the date of submission. *(assumed)*: the city's official figures were not to be
//! found; change them by adding a version, never by editing one that was in force.

use crate::calendar::{Span, local};
use crate::issue::Level;
use time::{Date, OffsetDateTime, macros::date};

/// One version of the limits.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The version an issue remembers.
    pub version: u16,
    /// In force for issues submitted from this day on.
    pub from: Date,
    /// 首次联系.
    pub contact: Span,
    /// 受理.
    pub accept: Span,
    /// 签收.
    pub sign: Span,
    /// 阶段性答复, from the signature.
    pub interim: Span,
    /// 答复, simple.
    pub answer_simple: Span,
    /// 答复, ordinary.
    pub answer_ordinary: Span,
    /// 答复, complex.
    pub answer_complex: Span,
    /// The longest pause of 待补充.
    pub pause_cap: Span,
    /// How long a department may return a dispatch.
    pub return_window: Span,
    /// How long the enterprise may object to a decline, or reopen a closed issue.
    pub reopen_window: Span,
    /// How long an answer waits for a rating before it may be closed after a call-back.
    pub silent_close: Span,
}

impl Limits {
    /// The limit of the answer.
    pub fn answer(&self, level: Level) -> Span {
        match level {
            Level::Simple => self.answer_simple,
            Level::Ordinary => self.answer_ordinary,
            Level::Complex => self.answer_complex,
        }
    }
}

/// Every version, oldest first.
pub const LIMITS: &[Limits] = &[Limits {
    version: 1,
    from: date!(2020 - 01 - 01),
    contact: Span::Hours(1),
    accept: Span::Days(1),
    sign: Span::Days(1),
    interim: Span::Days(3),
    answer_simple: Span::Days(5),
    answer_ordinary: Span::Days(10),
    answer_complex: Span::Days(20),
    pause_cap: Span::Days(5),
    return_window: Span::Days(1),
    reopen_window: Span::Days(10),
    silent_close: Span::Days(10),
}];

/// The limits in force for a submission at that instant.
pub fn in_force(at: OffsetDateTime) -> &'static Limits {
    let day = local(at).date();
    LIMITS.iter().rev().find(|limits| limits.from <= day).unwrap_or(&LIMITS[0])
}

/// The limits an issue was submitted under.
pub fn by_version(version: u16) -> &'static Limits {
    LIMITS.iter().find(|limits| limits.version == version).unwrap_or(&LIMITS[LIMITS.len() - 1])
}

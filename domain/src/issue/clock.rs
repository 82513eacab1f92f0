//! A limit that runs: since when, until when, met when, and when the warning starts.

use crate::vocabulary::vocabulary;
use time::OffsetDateTime;

/// One limit of one step. Times are instants; the working calendar turned the limit into `due` when it was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// When it started.
    pub since: OffsetDateTime,
    /// Owed by.
    pub due: OffsetDateTime,
    /// 预警 from here on: 80 % of the working time used, or less than one working day left, whichever is earlier
    /// for limits longer than a working day; 80 % alone for shorter ones.
    pub warn: OffsetDateTime,
    /// When it was met, if it was.
    pub met: Option<OffsetDateTime>,
}

vocabulary! {
    /// The step a clock belongs to.
    Step {
        Contact = "contact", "首次联系";
        Accept = "accept", "受理";
        Sign = "sign", "签收";
        Interim = "interim", "阶段性答复";
        Answer = "answer", "答复";
        Promise = "promise", "承诺的答复";
    }
}

impl Clock {
    /// True while nobody met it.
    pub fn runs(&self) -> bool {
        self.met.is_none()
    }
}

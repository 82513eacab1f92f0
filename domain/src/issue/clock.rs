//! A limit that runs: since when, until when, met when, and when the warning starts.

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

/// The step a clock belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// 首次联系.
    Contact,
    /// 受理.
    Accept,
    /// 签收.
    Sign,
    /// 阶段性答复.
    Interim,
    /// 答复.
    Answer,
}

impl Step {
    pub fn label(self) -> &'static str {
        match self {
            Step::Contact => "首次联系",
            Step::Accept => "受理",
            Step::Sign => "签收",
            Step::Interim => "阶段性答复",
            Step::Answer => "答复",
        }
    }
}

impl Clock {
    /// True while nobody met it.
    pub fn runs(&self) -> bool {
        self.met.is_none()
    }
}

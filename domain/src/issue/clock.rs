//! A limit that runs: since when, until when, met when, and when the warning starts.

use super::Issue;
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
    /// The word people read.
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

impl Issue {
    /// Every clock with its step, met or not, in the order of the loop.
    pub fn clocks(&self) -> impl Iterator<Item = (Step, Clock)> + '_ {
        [
            (Step::Contact, self.contact),
            (Step::Accept, self.accept),
            (Step::Sign, self.sign),
            (Step::Interim, self.interim),
            (Step::Answer, self.answer),
        ]
        .into_iter()
        .filter_map(|(step, clock)| clock.map(|clock| (step, clock)))
    }

    /// When the earliest running clock starts to warn; `None` when nothing runs or the only clock is paused.
    pub fn warn_at(&self) -> Option<OffsetDateTime> {
        self.running().map(|(_, clock)| clock.warn).min()
    }

    /// When the earliest running clock is due; `None` when nothing runs or the only clock is paused.
    pub fn late_at(&self) -> Option<OffsetDateTime> {
        self.running().map(|(_, clock)| clock.due).min()
    }

    /// The clocks that run now: not met, the issue open, the answer's not paused.
    pub fn running(&self) -> impl Iterator<Item = (Step, Clock)> + '_ {
        let paused = self.pause.as_ref().is_some_and(|pause| !pause.lapsed);
        self.clocks().filter(move |(step, clock)| {
            clock.runs() && self.state.is_open() && !(paused && matches!(step, Step::Answer | Step::Interim))
        })
    }
}

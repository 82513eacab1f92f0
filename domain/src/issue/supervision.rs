//! 督办单 on the "135" clock *(assumed)*: within one working day the centre verifies and issues the order, within three the department answers with
//! cause and measures, within five it is done and confirmed by the enterprise; what is not goes to joint supervision (联合督办).

use crate::calendar::{Span, WorkCalendar};
use crate::vocabulary::vocabulary;
use time::OffsetDateTime;

vocabulary! {
    /// A step of the order.
    Stage {
        Verify = "verify", "核实下达督办单";
        Explain = "explain", "说明原因和措施";
        Done = "done", "办结并经企业确认";
    }
}

impl Stage {
    /// From the beginning of the order.
    pub fn limit(self) -> Span {
        Span::Days(match self {
            Stage::Verify => 1,
            Stage::Explain => 3,
            Stage::Done => 5,
        })
    }
}

/// An order of supervision that is not signed off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supervision {
    pub since: OffsetDateTime,
    /// By when, of each [`Stage`].
    pub due: [OffsetDateTime; 3],
    /// 预警 from here on, of each.
    pub warn: [OffsetDateTime; 3],
    /// The centre has verified it and issued the order.
    pub issued: bool,
    /// The department has said cause and measures.
    pub explained: bool,
    /// 复盘 is written.
    pub reviewed: bool,
    /// Stages that were told to be about to end.
    pub warned: Vec<Stage>,
    /// Stages whose end went by and was told.
    pub overdue: Vec<Stage>,
}

impl Supervision {
    /// A new order.
    pub fn begun(since: OffsetDateTime, due: [OffsetDateTime; 3], calendar: &WorkCalendar) -> Supervision {
        Supervision {
            since,
            due,
            warn: due.map(|due| calendar.warn_at(since, due)),
            issued: false,
            explained: false,
            reviewed: false,
            warned: Vec::new(),
            overdue: Vec::new(),
        }
    }

    /// Whether a stage still has to be done; `confirmed` says whether the enterprise confirmed that it is solved.
    fn owes(&self, stage: Stage, confirmed: bool) -> bool {
        match stage {
            Stage::Verify => !self.issued,
            Stage::Explain => !self.explained,
            Stage::Done => !confirmed,
        }
    }

    /// 联合督办: the last stage went by.
    pub fn joint(&self) -> bool {
        self.overdue.contains(&Stage::Done)
    }

    /// What is owed and was not told to be overdue yet, with the beginning of its warning and its end.
    pub fn owed(&self, confirmed: bool) -> impl Iterator<Item = (Stage, OffsetDateTime, OffsetDateTime)> {
        let stages = Stage::ALL.iter().copied().zip(self.warn).zip(self.due).map(|((stage, warn), due)| (stage, warn, due));
        stages.filter(move |(stage, ..)| self.owes(*stage, confirmed) && !self.overdue.contains(stage))
    }
}

//! Six indicators of high-quality resolution (高质效解决率 6 项核心指标, S-10; wording *(assumed)*, `docs/ARCHITECTURE.md`): what of them one issue says,
//! followed event by event.
//!
//! Who is counted: issues whose first answer was **due** in the period, not those closed in it, which would hide what is open and late; without those
//! that were rightly declined or went into another one, and without what waits for the enterprise before its first answer, whose limit stands still.

use super::event::Event;
use super::{Issue, State, evolve};
use crate::actor::{Actor, AreaCode, DepartmentId};
use crate::calendar::WorkCalendar;
use crate::vocabulary::vocabulary;
use time::OffsetDateTime;

vocabulary! {
    /// An indicator.
    Indicator {
        Contacted = "contacted", "按时响应率";
        OnTime = "on_time", "按期办结率";
        Solved = "solved", "实际解决率";
        Content = "content", "满意率";
        Once = "once", "一次办结率";
        CalledBack = "called_back", "回访率";
    }
}

/// A month's figures are settled on this day of the next *(assumed)*: call-backs and ratings of its last answers are in by then.
pub const SETTLED_ON: u8 = 10;

impl Indicator {
    /// What is divided by what.
    pub fn rule(self) -> &'static str {
        match self {
            Indicator::Contacted => "在时限内联系上企业的 ÷ 应答复的",
            Indicator::OnTime => "第一次办理按期答复的 ÷ 应答复的，到期未答复也算未按期",
            Indicator::Solved => "企业说已解决的（最近一次办理的评价，没有评价的看回访）÷ 已答复的",
            Indicator::Content => "评价为基本满意及以上的 ÷ 已评价的",
            Indicator::Once => "第一次办理就办结的 ÷ 已办结的",
            Indicator::CalledBack => "答复后 5 个工作日内回访过的 ÷ 已答复的，目标 100%",
        }
    }
}

/// What of the indicators one issue says so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// Of the filing, by which leaders and supervision read it: a figure and the list behind it are the same issues.
    pub area: AreaCode,
    /// Who answered first, or has it now; whoever rightly returned it has not.
    pub department: Option<DepartmentId>,
    /// When the first round's answer is or was due: what the period is decided by.
    pub due: Option<OffsetDateTime>,
    /// When the first round was answered.
    pub answered_at: Option<OffsetDateTime>,
    /// Somebody was reached within the limit.
    pub contacted: bool,
    /// What the enterprise said of the latest round, by rating or, without one, by call-back. A new round is not solved until it says so.
    pub solved: Option<bool>,
    /// Whether the last rating was 基本满意 or better.
    pub content: Option<bool>,
    /// Closed, and in the first round.
    pub closed: bool,
    pub once: bool,
    /// A call-back was tried within five working days of an answer: one that was sent round again before is called back about the next.
    pub called_back: bool,
    /// The guards: a good figure next to a high one of these is none.
    pub returned: bool,
    pub extended: bool,
    pub withdrawn: bool,
    pub disagreed: bool,
    /// The last rating came from a browser of the offices, or by a channel.
    pub aided: bool,
    /// Not counted: declined and not objected to with success, gone into another one, or waiting for the enterprise before it was answered, as a
    /// limit that stands still is not due.
    pub excluded: bool,
    call_back_due: Option<OffsetDateTime>,
    /// Whether the rating of this round says solved.
    word: Option<bool>,
    /// What holds without one.
    said: Option<bool>,
}

impl Measure {
    /// Of a draft.
    pub fn begin() -> Measure {
        Measure {
            area: crate::actor::CITY,
            department: None,
            due: None,
            answered_at: None,
            contacted: false,
            solved: None,
            content: None,
            closed: false,
            once: false,
            called_back: false,
            returned: false,
            extended: false,
            withdrawn: false,
            disagreed: false,
            aided: false,
            excluded: false,
            call_back_due: None,
            word: None,
            said: None,
        }
    }

    /// Of everything that happened; `issue` is the draft its events begin with.
    pub fn of<'a>(
        mut issue: Issue,
        events: impl Iterator<Item = (&'a Event, OffsetDateTime, &'a Actor)>,
        calendar: &WorkCalendar,
    ) -> Measure {
        let mut measure = Measure::begin();
        for (event, at, actor) in events {
            issue = evolve(issue, event, at, actor, calendar);
            measure.follow(&issue, event, at, actor);
        }
        measure
    }

    /// One event further; `issue` is as it is after it.
    pub fn follow(&mut self, issue: &Issue, event: &Event, at: OffsetDateTime, actor: &Actor) {
        match event {
            Event::Answered { call_back_due, .. } => {
                self.answered_at = self.answered_at.or(Some(at));
                self.call_back_due = call_back_due.or(self.call_back_due);
            }
            Event::Returned { .. } => self.returned = true,
            Event::Extended { .. } => self.extended = true,
            Event::Rated { rating } => {
                self.word = Some(rating.solved);
                self.content = Some(!rating.level.is_unsatisfied());
                // What a channel passes on, the enterprise may have said to it; nobody saw it do so here.
                self.aided = rating.aid.is_some() || matches!(actor, Actor::Integration { .. });
            }
            Event::Redispatched { .. } => (self.word, self.said) = (None, Some(false)),
            Event::CalledBack { call, .. } => {
                self.called_back |= self.call_back_due.is_some_and(|due| at <= due);
                self.said = call.said.map(|said| said.solved).or(self.said);
            }
            _ => {}
        }
        self.area = issue.filed_area;
        if self.answered_at.is_none() {
            self.department = issue.lead;
        } else {
            self.department = self.department.or(issue.lead);
        }
        // The first round's answer: what moves it moves the period; a later round has a clock of its own.
        if issue.round <= 1 && self.answered_at.is_none_or(|first| first == at) {
            self.due = issue.answer.map(|clock| clock.due).or(self.due);
        }
        self.contacted = issue.contact.is_some_and(|clock| clock.met.is_some_and(|met| met <= clock.due));
        self.solved = self.word.or(self.said);
        self.closed = issue.state == State::Closed;
        self.once = self.closed && issue.round <= 1;
        self.withdrawn = issue.state == State::Withdrawn;
        self.disagreed = issue.flags.contains(&super::Flag::Disagreed);
        let waits = issue.pause.is_some() && self.answered_at.is_none();
        self.excluded = waits || matches!(issue.state, State::Declined | State::Merged);
    }

    /// Whether the first answer came in time.
    pub fn on_time(&self) -> bool {
        self.answered_at.zip(self.due).is_some_and(|(answered, due)| answered <= due)
    }

    /// What an indicator says of this issue: `None` where it is not among those that are divided by.
    pub fn passes(&self, indicator: Indicator) -> Option<bool> {
        match indicator {
            Indicator::Contacted => Some(self.contacted),
            Indicator::OnTime => Some(self.on_time()),
            Indicator::Solved => self.answered_at.map(|_| self.solved == Some(true)),
            Indicator::Content => self.content,
            Indicator::Once => self.closed.then_some(self.once),
            Indicator::CalledBack => self.answered_at.map(|_| self.called_back),
        }
    }

    /// 高质效: all six are passed; an issue of which one cannot be said yet has not passed it.
    pub fn passes_all(&self) -> bool {
        Indicator::ALL.iter().all(|indicator| self.passes(*indicator) == Some(true))
    }
}

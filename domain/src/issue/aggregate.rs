//! The issue (诉求) as the rules see it.

use super::alarm::Told;
use super::board_lead::BoardLead;
use super::clock::{Clock, Step};
use super::command::{Rating, Said};
use super::decide::MAX_MISSED;
use super::state::*;
use super::supervision::Supervision;
use crate::actor::{AreaCode, DepartmentId, EnterpriseId, PersonId, StaffId, StationId};
use time::OffsetDateTime;

/// An issue as the rules see it: everything `decide` needs, and nothing that only people read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    pub enterprise: EnterpriseId,
    /// Where it stands.
    pub state: State,
    /// 轮次: 0 before the first dispatch, 1 from it on, +1 each time an answer is rejected or the issue reopens.
    pub round: u16,
    /// Sequence number of the last event; 0 for a draft.
    pub version: u32,
    /// District of the place: as it was filed, or as the centre corrected it.
    pub area: AreaCode,
    /// District of the filing, which no ruling moves: by it supervision and leaders read the issue (the column `area`, which is hashed), so by it
    /// they act on it, are told of it and have it in their figures.
    pub filed_area: AreaCode,
    /// The centre responsible now: that of the place, or the city's after an objection.
    pub centre: AreaCode,
    /// Category code.
    pub category: String,
    /// Difficulty; `Ordinary` until accepted.
    pub level: Level,
    /// Urgency; that of the category until accepted.
    pub urgency: Urgency,
    /// How it came in.
    pub channel: Channel,
    /// Who filed it; in an assisted filing the member.
    pub filed_by: Option<PersonId>,
    /// The station staff beside the member, when assisted.
    pub assisted_by: Option<StaffId>,
    /// The key of the channel that filed it, if one did.
    pub key: Option<i64>,
    /// The station it was filed at, when assisted.
    pub station: Option<StationId>,
    /// The station that serves the enterprise: not of its events, as `enterprise` is not.
    pub serving: Option<StationId>,
    /// Who may accept and forward it for a department without people on site ([`Issue::with_board_lead`]).
    pub board_lead: Option<BoardLead>,
    /// 主办 department.
    pub lead: Option<DepartmentId>,
    /// 协办 departments.
    pub co: Vec<DepartmentId>,
    /// What of these each owes in this round; nothing under dispatches of before there were parts.
    pub parts: Vec<Part>,
    /// 办理层级.
    pub tier: Tier,
    /// It waits for the joint meeting's decision.
    pub referred: bool,
    /// 交办事项 of every decision, in their order: a task's number is its place.
    pub tasks: Vec<Doing>,
    /// Version of the limits it was submitted under.
    pub limits: u16,
    pub submitted_at: Option<OffsetDateTime>,
    /// When it was last dispatched or re-dispatched.
    pub dispatched_at: Option<OffsetDateTime>,
    /// When the latest answer came.
    pub answered_at: Option<OffsetDateTime>,
    /// What the latest answer reached.
    pub outcome: Option<Outcome>,
    /// When it was closed, declined or withdrawn.
    pub ended_at: Option<OffsetDateTime>,
    /// First contact.
    pub contact: Option<Clock>,
    /// Whether only a recorded contact meets that clock.
    pub contact_apart: bool,
    /// Acceptance.
    pub accept: Option<Clock>,
    /// Signature.
    pub sign: Option<Clock>,
    /// Interim answer.
    pub interim: Option<Clock>,
    /// The answer of the current round; the `due_at` shown everywhere.
    pub answer: Option<Clock>,
    /// By when an answer was promised in issues that went into this one (并案), the earliest.
    pub absorbed: Option<OffsetDateTime>,
    /// The next answer that was promised while it is tracked (挂账跟踪).
    pub promise: Option<Clock>,
    /// Set while the answer's clock stands still.
    pub pause: Option<Pause>,
    /// The pause reached its cap without an answer, and nothing was done about it since.
    pub lapsed: bool,
    /// How often the enterprise was asked to supply in this round.
    pub asks: u16,
    /// How many working minutes the clock stood still in this round.
    pub paused_minutes: u32,
    /// How often more time was asked for in this round.
    pub extensions: u16,
    /// Working days more that were asked for, and are not ruled on yet.
    pub extension: Option<u32>,
    /// How often departments returned it in this round.
    pub returns: u16,
    /// How often the centre dispatched it in this round; its second ruling is final.
    pub rulings: u16,
    /// How often the enterprise asked to make haste, and when last.
    pub urges: u16,
    pub urged_at: Option<OffsetDateTime>,
    /// True from a return until the next dispatch: the centre's "returned" queue.
    pub returned: bool,
    /// The department a return proposed.
    pub proposed: Option<DepartmentId>,
    /// An objection is possible once.
    pub objected: bool,
    /// The officer whose decline was objected to; another must look.
    pub declined_by: Option<StaffId>,
    /// The latest judgement.
    pub rating: Option<Rating>,
    /// The round it is about.
    pub rated_round: u16,
    /// 回访: what is owed and what came of it.
    pub call_back: Calls,
    /// 督办单 that is not signed off.
    pub supervision: Option<Supervision>,
    /// The round in which it was put under supervision last: the clock does so once a round.
    pub supervised_round: u16,
    /// A question of supervision that waits for its reply.
    pub inquiry: Option<Inquiry>,
    /// Supervision asked about it, put it in order or was told of it: it goes on reading it, whatever becomes of the flags.
    pub watched: bool,
    /// Which of the limits that run were told of.
    pub told: Vec<Told>,
    /// How many of [`super::alarm::Rung`] were told that nobody takes it.
    pub climbed: u8,
    /// Since when it waits for a dispatch.
    pub waiting_since: Option<OffsetDateTime>,
    /// Flags raised by events (S-7), in order of raising.
    pub flags: Vec<Flag>,
}

/// What a co-department owes the lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub department: DepartmentId,
    pub since: OffsetDateTime,
    /// 预警 from here on.
    pub warn: OffsetDateTime,
    pub due: OffsetDateTime,
    /// It was told that it is about to be due.
    pub warned: bool,
    /// Answered, or waived by the centre.
    pub done: bool,
    /// It was told that it is overdue.
    pub overdue: bool,
}

/// A task of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doing {
    pub department: DepartmentId,
    pub since: OffsetDateTime,
    /// 预警 from here on.
    pub warn: OffsetDateTime,
    pub due: OffsetDateTime,
    /// It was told that it is about to be due.
    pub warned: bool,
    /// The department says so.
    pub done: bool,
    /// The centre, too.
    pub confirmed: bool,
    /// It was told that it is overdue.
    pub overdue: bool,
}

/// 监督询问 that is not replied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inquiry {
    pub since: OffsetDateTime,
    /// 预警 from here on.
    pub warn: OffsetDateTime,
    pub due: OffsetDateTime,
    /// It was told that it is about to be due.
    pub warned: bool,
    /// It was told that it is overdue.
    pub overdue: bool,
}

/// 回访 of the latest answer, or of a withdrawal that belongs to the sample.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calls {
    /// Owed by; `None` once somebody was reached or it was tried often enough.
    pub due: Option<OffsetDateTime>,
    /// Owed since.
    pub since: Option<OffsetDateTime>,
    /// 预警 from here on.
    pub warn: Option<OffsetDateTime>,
    /// It was told that it is about to be due.
    pub warned: bool,
    /// When it was tried last.
    pub tried_at: Option<OffsetDateTime>,
    /// How often nobody was reached.
    pub missed: u16,
    /// What the enterprise said.
    pub said: Option<Said>,
    /// It was told that it is overdue.
    pub overdue: bool,
}

/// 待补充: the only state that pauses the answer's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// When it was asked.
    pub since: OffsetDateTime,
    /// When the clock runs again in any case.
    pub cap: OffsetDateTime,
    /// The state to go back to.
    pub from: State,
}

impl Issue {
    /// A draft of an enterprise, before `submit`.
    pub fn draft(enterprise: EnterpriseId) -> Issue {
        Issue {
            enterprise,
            state: State::Draft,
            round: 0,
            version: 0,
            area: crate::actor::CITY,
            filed_area: crate::actor::CITY,
            centre: crate::actor::CITY,
            category: String::new(),
            level: Level::Ordinary,
            urgency: Urgency::Normal,
            channel: Channel::Online,
            filed_by: None,
            assisted_by: None,
            key: None,
            station: None,
            serving: None,
            board_lead: None,
            lead: None,
            co: Vec::new(),
            parts: Vec::new(),
            tier: Tier::Board,
            referred: false,
            tasks: Vec::new(),
            limits: 0,
            submitted_at: None,
            dispatched_at: None,
            answered_at: None,
            outcome: None,
            ended_at: None,
            contact: None,
            contact_apart: false,
            accept: None,
            sign: None,
            interim: None,
            answer: None,
            absorbed: None,
            promise: None,
            pause: None,
            lapsed: false,
            asks: 0,
            paused_minutes: 0,
            extensions: 0,
            extension: None,
            returns: 0,
            rulings: 0,
            urges: 0,
            urged_at: None,
            returned: false,
            proposed: None,
            objected: false,
            declined_by: None,
            rating: None,
            rated_round: 0,
            call_back: Calls::default(),
            supervision: None,
            supervised_round: 0,
            inquiry: None,
            watched: false,
            told: Vec::new(),
            climbed: 0,
            waiting_since: None,
            flags: Vec::new(),
        }
    }

    /// The latest judgement, if it is about this round.
    fn rated(&self) -> Option<&Rating> {
        self.rating.as_ref().filter(|_| self.rated_round == self.round)
    }

    /// The enterprise said of this round, when it rated or was called back, that it is solved, and nothing else. By telephone it says so before the
    /// issue is closed, which without a rating takes longer than an order of supervision.
    pub fn confirmed(&self) -> bool {
        let rated = self.rated().map(|rating| !rating.reopens());
        let called = self.call_back.said.map(|said| !said.unhappy());
        // Whoever withdrew it wants nothing more, and a decline has its own way to be objected to.
        let ended = matches!(self.state, State::Withdrawn | State::Declined | State::Merged);
        ended
            || matches!(self.state, State::Answered | State::Closed)
                && rated != Some(false)
                && called != Some(false)
                && (rated.is_some() || called.is_some())
    }

    /// The enterprise was asked about the latest answer as often as it is to be, was never reached, and did not rate either.
    pub fn silent(&self) -> bool {
        let calls = &self.call_back;
        let judged = self.rated().is_some() || calls.said.is_some();
        matches!(self.state, State::Answered | State::Closed) && !judged && calls.missed >= MAX_MISSED
    }

    /// Where the answer's clock, and the parts' beside it, stand at an instant: while the enterprise is waited for, where the wait began.
    pub fn clock_at(&self, now: OffsetDateTime) -> OffsetDateTime {
        self.pause.as_ref().map_or(now, |pause| pause.since)
    }

    /// The departments besides the lead that take part: 协办, and those that a decision gave something to do.
    pub fn taking_part(&self) -> Vec<DepartmentId> {
        let mut list = self.co.clone();
        for task in &self.tasks {
            if !list.contains(&task.department) {
                list.push(task.department);
            }
        }
        list
    }

    /// The departments that owe something besides the lead's answer: a part, or a task.
    pub fn owing(&self) -> Vec<DepartmentId> {
        let parts = self.parts.iter().filter(|part| !part.done).map(|part| part.department);
        let mut list: Vec<DepartmentId> =
            parts.chain(self.tasks.iter().filter(|task| !task.done).map(|task| task.department)).collect();
        list.sort_unstable();
        list.dedup();
        list
    }

    /// Every clock with its step, met or not, in the order of the loop.
    pub fn clocks(&self) -> impl Iterator<Item = (Step, Clock)> + '_ {
        [
            (Step::Contact, self.contact),
            (Step::Accept, self.accept),
            (Step::Sign, self.sign),
            (Step::Interim, self.interim),
            (Step::Answer, self.answer),
            (Step::Promise, self.promise),
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

    /// The clocks that run now: not met, the issue open, the answer's not paused. While it is tracked the promise stands for the answer, whose end
    /// stays where it was: an answer that comes after it is late.
    pub fn running(&self) -> impl Iterator<Item = (Step, Clock)> + '_ {
        let paused = self.pause.is_some() || self.state == State::Tracking;
        self.clocks().filter(move |(step, clock)| {
            clock.runs() && self.state.is_open() && !(paused && matches!(step, Step::Answer | Step::Interim))
        })
    }
}

//! What the clocks do when nobody acts: a limit warns (预警), is overdue, what nobody owns climbs (S-6, S-7), what is late for long is put under
//! supervision (督办), an answer that nobody rated is closed. Each happens once for a run of a limit, whichever server is first and however late:
//! [`alarms`] says what is due at an instant that was not told yet, in the order of time.

use super::clock::{Clock, Step};
use super::command::Said;
use super::decide::ordered;
use super::event::Event;
use super::limits::SUPERVISED_FROM;
use super::supervision::Stage;
use super::{Issue, State, Terms};
use crate::actor::DepartmentId;
use crate::calendar::{Span, local};
use crate::vocabulary::vocabulary;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

vocabulary! {
    /// Who is told of what nobody owns, one after another, a working day each *(assumed)*.
    Rung {
        Board = "board", "板块牵头部门";
        Centre = "centre", "企服中心";
        Fallback = "fallback", "市企服中心（兜底）";
        Group = "group", "协调小组";
    }
}

/// What is owed beside the limits of the issue itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Owed {
    /// 协办: a co-department's part.
    Part { department: DepartmentId },
    /// 交办事项 of a decision, by its number.
    Task { task: u16 },
    /// A step of the order of supervision (督办单).
    Order { stage: Stage },
    /// The reply to a question of supervision.
    Reply,
    /// 回访.
    CallBack,
}

/// One of these, not done and not told to be overdue.
struct Beside {
    owed: Owed,
    since: OffsetDateTime,
    warn: OffsetDateTime,
    due: OffsetDateTime,
    /// It was told that it is about to be due.
    warned: bool,
}

impl Beside {
    /// What is told when it went by.
    fn overdue(&self) -> Event {
        let due = self.due;
        match self.owed {
            Owed::Part { department } => Event::PartOverdue { department, due },
            Owed::Task { task } => Event::TaskOverdue { task, due },
            Owed::Order { stage } => Event::OrderOverdue { stage, due },
            Owed::Reply => Event::ReplyOverdue { due },
            Owed::CallBack => Event::CallBackOverdue { due },
        }
    }
}

/// What a run of a limit was told of already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub step: Step,
    /// Past its end, not only near it.
    pub late: bool,
}

impl Issue {
    /// Since when, and until when, somebody should have taken it whom it waits for; `None` where somebody has it.
    fn unowned(&self, terms: &Terms) -> Option<(OffsetDateTime, OffsetDateTime)> {
        let of = |clock: Option<Clock>| clock.filter(Clock::runs).map(|clock| (clock.since, clock.due));
        match self.state {
            State::Submitted => of(self.accept),
            State::Dispatched => of(self.sign),
            // Nothing says by when the centre dispatches: as long as it had to accept.
            State::Accepted => {
                let since = self.waiting_since?;
                let limit = terms.limits_of(self, since).accept;
                Some((since, terms.calendar.add(since, limit).ok()?.due))
            }
            _ => None,
        }
    }

    /// The rungs that are not climbed yet, with their times.
    fn climbs(&self, terms: &Terms) -> impl Iterator<Item = (OffsetDateTime, OffsetDateTime, Rung)> {
        let unowned = self.unowned(terms);
        let calendar = terms.calendar.clone();
        let left = Rung::ALL.iter().enumerate().skip(usize::from(self.climbed));
        left.filter_map(move |(days, rung)| {
            let (since, due) = unowned?;
            // The first at the end itself, which is a closing; no time after it would be the next opening.
            let at = if days == 0 { due } else { calendar.add(due, Span::Days(u32::try_from(days).ok()?)).ok()?.due };
            Some((at, since, *rung))
        })
    }

    fn told(&self, step: Step, late: bool) -> bool {
        self.told.contains(&Told { step, late })
    }

    /// When the next thing happens if nobody acts; `None` when nothing will.
    pub fn alarm_at(&self, terms: &Terms) -> Option<OffsetDateTime> {
        self.told_at(terms).into_iter().chain(self.closes_at(terms)).min()
    }

    /// When the answer is closed by the clock: the time to rate it is over, and the enterprise was called back, or it was tried. What it called
    /// unsolved or bad by telephone stays for the centre to close *(assumed)*.
    pub fn closes_at(&self, terms: &Terms) -> Option<OffsetDateTime> {
        let tried = self.call_back.tried_at.filter(|_| self.state == State::Answered)?;
        let answered = self.answered_at.filter(|_| !self.call_back.said.is_some_and(Said::unhappy))?;
        let wait = terms.limits_of(self, answered).silent_close;
        Some(terms.calendar.add(answered, wait).ok()?.due.max(tried))
    }

    /// When the clock puts it under supervision: so long after the end of an answer, or of a promised one, that a department owes, once a round.
    pub(super) fn supervised_at(&self, terms: &Terms) -> Option<OffsetDateTime> {
        let handled = matches!(self.state, State::Dispatched | State::Handling | State::Tracking);
        if !handled || self.supervision.is_some() || self.supervised_round == self.round {
            return None;
        }
        let owed = self.running().filter(|(step, _)| matches!(step, Step::Answer | Step::Promise));
        let due = owed.map(|(_, clock)| clock.due).min().filter(|due| local(*due).date() >= SUPERVISED_FROM)?;
        Some(terms.calendar.add(due, terms.limits_of(self, due).supervise).ok()?.due)
    }

    /// When somebody is next told of something, or it is put under supervision.
    pub(super) fn told_at(&self, terms: &Terms) -> Option<OffsetDateTime> {
        let limits = self.running().flat_map(|(step, clock)| {
            let warn = (!self.told(step, false) && !self.told(step, true)).then_some(clock.warn);
            let late = (!self.told(step, true)).then_some(clock.due);
            warn.into_iter().chain(late)
        });
        let beside = self.beside().map(|one| if one.warned { one.due } else { one.warn.min(one.due) });
        let order = self.supervised_at(terms);
        limits.chain(self.climbs(terms).map(|(at, ..)| at)).chain(beside).chain(order).min()
    }

    /// What else is owed and was not told to be overdue: steps of an order, parts, tasks, the reply to supervision, the call-back.
    fn beside(&self) -> impl Iterator<Item = Beside> {
        let order = self.supervision.iter().flat_map(|order| {
            order.owed(self.confirmed()).map(move |(stage, warn, due)| Beside {
                owed: Owed::Order { stage },
                since: order.since,
                warn,
                due,
                warned: order.warned.contains(&stage),
            })
        });
        // While the enterprise is waited for, parts are not owed: their end stands still with the answer's.
        let runs = self.state.is_open() && self.pause.is_none();
        let parts = self.parts.iter().filter(move |part| runs && !part.done && !part.overdue);
        let parts = parts.map(|part| Beside {
            owed: Owed::Part { department: part.department },
            since: part.since,
            warn: part.warn,
            due: part.due,
            warned: part.warned,
        });
        let tasks = self.tasks.iter().zip(0u16..).filter(|(task, _)| !task.done && !task.overdue);
        let tasks = tasks.map(|(task, place)| Beside {
            owed: Owed::Task { task: place },
            since: task.since,
            warn: task.warn,
            due: task.due,
            warned: task.warned,
        });
        let reply = self.inquiry.filter(|inquiry| !inquiry.overdue).map(|inquiry| Beside {
            owed: Owed::Reply,
            since: inquiry.since,
            warn: inquiry.warn,
            due: inquiry.due,
            warned: inquiry.warned,
        });
        let calls = &self.call_back;
        let call = calls.due.filter(|_| !calls.overdue).map(|due| Beside {
            owed: Owed::CallBack,
            since: calls.since.unwrap_or(due),
            warn: calls.warn.unwrap_or(due),
            due,
            warned: calls.warned,
        });
        order.chain(parts).chain(tasks).chain(reply).chain(call)
    }
}

/// What is due by now, in the order of time: no limit twice, and whatever an outage kept from being told at its time comes after what was before it.
pub fn alarms(issue: &Issue, now: OffsetDateTime, terms: &Terms) -> Vec<Event> {
    let mut due: Vec<(OffsetDateTime, Event)> = Vec::new();
    for (step, Clock { since, due: end, warn, .. }) in issue.running() {
        if warn <= now && !issue.told(step, false) && !issue.told(step, true) {
            due.push((warn, Event::Warned { step, since, at: warn, due: end, missed: end <= now }));
        }
        if end <= now && !issue.told(step, true) {
            due.push((end, Event::Overdue { step, since, due: end }));
        }
    }
    let climbs = issue.climbs(terms).filter(|(at, ..)| *at <= now);
    due.extend(climbs.map(|(at, since, rung)| (at, Event::Escalated { rung, since, at })));
    for one in issue.beside() {
        let (at, end) = (one.warn.min(one.due), one.due);
        if at <= now && !one.warned {
            due.push((at, Event::OwedWarned { owed: one.owed, since: one.since, at, due: end, missed: end <= now }));
        }
        if end <= now {
            due.push((end, one.overdue()));
        }
    }
    if let Some(at) = issue.supervised_at(terms).filter(|at| *at <= now) {
        let limit = terms.limits_of(issue, now).supervise;
        // A calendar that ends before the order does is told to the administrator; the order comes when it is longer.
        due.extend(ordered(format!("超期 {limit}仍未办结，系统自动督办"), now, terms).ok().map(|order| (at, order)));
    }
    // Stable: of two at one instant the limit comes before who is told of it.
    due.sort_by_key(|(at, _)| *at);
    due.into_iter().map(|(_, event)| event).collect()
}

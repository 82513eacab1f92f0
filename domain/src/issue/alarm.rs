//! What the clocks do when nobody acts: a limit warns (预警), is overdue, and what nobody owns climbs (S-6, S-7). Each happens once for a run of
//! a limit, whichever server is first and however late: [`alarms`] says what is due at an instant that was not told yet, in the order of time.

use super::clock::{Clock, Step};
use super::event::Event;
use super::supervision::Stage;
use super::{Issue, State, Terms};
use crate::calendar::Span;
use crate::vocabulary::vocabulary;
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

    /// The steps of an order of supervision that are owed and not told to be overdue.
    fn order(&self) -> impl Iterator<Item = (Stage, OffsetDateTime)> {
        self.supervision.iter().flat_map(|order| order.owed(self.confirmed()))
    }

    fn told(&self, step: Step, late: bool) -> bool {
        self.told.contains(&Told { step, late })
    }

    /// When the next thing happens if nobody acts; `None` when nothing will.
    pub fn alarm_at(&self, terms: &Terms) -> Option<OffsetDateTime> {
        let limits = self.running().flat_map(|(step, clock)| {
            let warn = (!self.told(step, false) && !self.told(step, true)).then_some(clock.warn);
            let late = (!self.told(step, true)).then_some(clock.due);
            warn.into_iter().chain(late)
        });
        let order = self.order().map(|(_, due)| due);
        let beside = self.beside().map(|(due, _)| due);
        limits.chain(self.climbs(terms).map(|(at, ..)| at)).chain(order).chain(beside).min()
    }

    /// What else is owed and was not told to be overdue, with its end: parts, tasks, the reply to supervision, the call-back.
    fn beside(&self) -> impl Iterator<Item = (OffsetDateTime, Event)> {
        // While the enterprise is waited for, parts are not owed: their end stands still with the answer's.
        let runs = self.state.is_open() && self.pause.is_none();
        let parts = self.parts.iter().filter(move |part| runs && !part.done && !part.overdue);
        let parts = parts.map(|part| (part.due, Event::PartOverdue { department: part.department, due: part.due }));
        let tasks = self.tasks.iter().zip(0u16..).filter(|(task, _)| !task.done && !task.overdue);
        let tasks = tasks.map(|(task, place)| (task.due, Event::TaskOverdue { task: place, due: task.due }));
        let reply = self.inquiry.filter(|inquiry| !inquiry.overdue).map(|inquiry| inquiry.due);
        let reply = reply.map(|due| (due, Event::ReplyOverdue { due }));
        let call = self.call_back.due.filter(|_| !self.call_back.overdue).map(|due| (due, Event::CallBackOverdue { due }));
        parts.chain(tasks).chain(reply).chain(call)
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
    let order = issue.order().filter(|(_, end)| *end <= now);
    due.extend(order.map(|(stage, end)| (end, Event::OrderOverdue { stage, due: end })));
    due.extend(issue.beside().filter(|(end, _)| *end <= now));
    // Stable: of two at one instant the limit comes before who is told of it.
    due.sort_by_key(|(at, _)| *at);
    due.into_iter().map(|(_, event)| event).collect()
}

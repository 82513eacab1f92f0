//! What goes on beside the lead's work: 并案, 挂账跟踪, parts of co-departments, 协商办 and 会议办 with what they gave to do.

use super::clocks::renew;
use super::{later, meet, raise};
use crate::calendar::WorkCalendar;
use crate::issue::clock::{Clock, Step};
use crate::issue::event::Event;
use crate::issue::{Doing, Flag, Issue, Part, State, Tier};
use time::OffsetDateTime;

/// Every co-department owes its part anew since `at`; nothing where no end was set.
pub(super) fn parts(issue: &mut Issue, at: OffsetDateTime, due: Option<OffsetDateTime>, calendar: &WorkCalendar) {
    let of = |department: &i64, due| Part {
        department: *department,
        since: at,
        warn: calendar.warn_at(at, due),
        due,
        warned: false,
        done: false,
        overdue: false,
    };
    issue.parts = due.map(|due| issue.co.iter().map(|department| of(department, due)).collect()).unwrap_or_default();
}

/// What is still owed is owed later, by the wait for the enterprise; events of before say nothing of it.
pub(super) fn parts_later(issue: &mut Issue, due: Option<OffsetDateTime>, minutes: u32, calendar: &WorkCalendar) {
    let Some(due) = due else { return };
    for part in issue.parts.iter_mut().filter(|part| !part.done) {
        part.due = due;
        part.warn = later(part.warn, minutes, calendar).min(due);
    }
}

pub(super) fn beside(issue: &mut Issue, event: &Event, at: OffsetDateTime, calendar: &WorkCalendar) {
    match event {
        Event::Absorbed { answer_due, promised, instructed, .. } => {
            issue.absorbed = [issue.absorbed, *promised, *answer_due].into_iter().flatten().min();
            if let (Some(due), Some(clock)) = (answer_due, &mut issue.answer) {
                clock.due = *due;
                clock.warn = calendar.warn_at(clock.since, *due);
                renew(issue, Step::Answer);
            }
            if *instructed {
                raise(issue, Flag::Instructed);
            }
        }
        Event::Tracked { promised, .. } => {
            issue.state = State::Tracking;
            issue.extension = None;
            promise(issue, at, *promised, calendar);
        }
        Event::Reported { promised, .. } => {
            meet(&mut issue.interim, at);
            promise(issue, at, *promised, calendar);
        }
        Event::PartAnswered { department, .. } | Event::PartWaived { department, .. } => {
            part(issue, *department, |part| part.done = true);
        }
        Event::PartOverdue { department, .. } => part(issue, *department, |part| part.overdue = true),
        Event::Consulted(decision) | Event::Resolved(decision) => {
            let met = matches!(event, Event::Resolved(_));
            issue.tier = if met { Tier::Meeting } else { Tier::Consult };
            issue.referred = false;
            issue.tasks.extend(decision.tasks.iter().map(|task| Doing {
                department: task.department,
                since: at,
                warn: calendar.warn_at(at, task.due),
                due: task.due,
                warned: false,
                done: false,
                confirmed: false,
                overdue: false,
            }));
        }
        Event::Referred { .. } => {
            issue.tier = Tier::Meeting;
            issue.referred = true;
        }
        Event::TaskDone { task: place, .. } => task(issue, *place, |task| task.done = true),
        Event::TaskConfirmed { task: place, .. } => task(issue, *place, |task| task.confirmed = true),
        Event::TaskReturned { task: place, .. } => task(issue, *place, |task| task.done = false),
        Event::TaskOverdue { task: place, .. } => task(issue, *place, |task| task.overdue = true),
        _ => {}
    }
}

/// The next promise; the one before is kept, or was told to be broken.
fn promise(issue: &mut Issue, at: OffsetDateTime, due: OffsetDateTime, calendar: &WorkCalendar) {
    issue.promise = Some(Clock { since: at, due, warn: calendar.warn_at(at, due), met: None });
    renew(issue, Step::Promise);
}

fn part(issue: &mut Issue, department: i64, change: impl Fn(&mut Part)) {
    issue.parts.iter_mut().filter(|part| part.department == department).for_each(change);
}

fn task(issue: &mut Issue, place: u16, change: impl Fn(&mut Doing)) {
    issue.tasks.get_mut(usize::from(place)).into_iter().for_each(change);
}

//! What moves beside the state: more time, the order of supervision, what limits were told of, and the flags that come and go with them.

use super::raise;
use crate::calendar::WorkCalendar;
use crate::issue::alarm::{Owed, Rung, Told};
use crate::issue::clock::Step;
use crate::issue::event::Event;
use crate::issue::supervision::Supervision;
use crate::issue::{Flag, Issue};
use time::OffsetDateTime;

/// More time: what was asked for moves nothing, what was granted moves the answer's end.
pub(super) fn extended(issue: &mut Issue, event: &Event, calendar: &WorkCalendar) {
    match event {
        Event::ExtensionAsked { days, .. } => {
            issue.extensions += 1;
            issue.extension = Some(*days);
        }
        Event::Extended { answer_due, .. } => {
            issue.extension = None;
            if let Some(clock) = &mut issue.answer {
                clock.due = *answer_due;
                clock.warn = calendar.warn_at(clock.since, *answer_due);
            }
            renew(issue, Step::Answer);
        }
        Event::ExtensionRefused { .. } => issue.extension = None,
        _ => {}
    }
}

/// The order of supervision.
pub(super) fn supervised(issue: &mut Issue, event: &Event, at: OffsetDateTime, calendar: &WorkCalendar) {
    match (event, &mut issue.supervision) {
        (Event::Supervised { verify_due, explain_due, done_due, .. }, _) => {
            issue.supervision = Some(Supervision::begun(at, [*verify_due, *explain_due, *done_due], calendar));
            issue.supervised_round = issue.round;
            raise(issue, Flag::Supervised);
        }
        (Event::OrderIssued { .. }, Some(order)) => order.issued = true,
        (Event::Explained { .. }, Some(order)) => order.explained = true,
        (Event::Reviewed { .. }, Some(order)) => order.reviewed = true,
        (Event::OrderOverdue { stage, .. }, Some(order)) => order.overdue.push(*stage),
        (Event::SignedOff { .. }, _) => {
            issue.supervision = None;
            issue.flags.retain(|flag| *flag != Flag::Supervised);
        }
        _ => {}
    }
}

/// What the clocks did.
pub(super) fn alarmed(issue: &mut Issue, event: &Event) {
    match event {
        Event::Warned { step, .. } => issue.told.push(Told { step: *step, late: false }),
        Event::Overdue { step, .. } => issue.told.push(Told { step: *step, late: true }),
        Event::OwedWarned { owed, .. } => match owed {
            Owed::Part { department } => {
                issue.parts.iter_mut().filter(|part| part.department == *department).for_each(|part| part.warned = true);
            }
            Owed::Task { task } => issue.tasks.get_mut(usize::from(*task)).into_iter().for_each(|task| task.warned = true),
            Owed::Order { stage } => issue.supervision.iter_mut().for_each(|order| order.warned.push(*stage)),
            Owed::Reply => issue.inquiry.iter_mut().for_each(|inquiry| inquiry.warned = true),
            Owed::CallBack => issue.call_back.warned = true,
        },
        Event::ReplyOverdue { .. } => issue.inquiry.iter_mut().for_each(|inquiry| inquiry.overdue = true),
        Event::CallBackOverdue { .. } => issue.call_back.overdue = true,
        Event::Escalated { rung, .. } => {
            let place = Rung::ALL.iter().position(|known| known == rung).unwrap_or_default();
            issue.climbed = issue.climbed.max(u8::try_from(place + 1).unwrap_or(u8::MAX));
        }
        _ => {}
    }
}

/// A limit that begins anew, or got another end by a ruling, is told of anew.
pub(super) fn renew(issue: &mut Issue, step: Step) {
    issue.told.retain(|told| told.step != step);
}

/// 预警 and 超期在办 hold as long as a limit that was told of is neither met nor gone.
pub(super) fn settle(issue: &mut Issue) {
    let open = issue.state.is_open();
    let owed: Vec<Step> = issue.clocks().filter(|(_, clock)| open && clock.runs()).map(|(step, _)| step).collect();
    let told = |issue: &Issue, late| issue.told.iter().any(|told| told.late == late && owed.contains(&told.step));
    let overdue = told(issue, true);
    // What became overdue is no warning any more.
    let warned = issue.told.iter().any(|told| {
        let over = issue.told.contains(&Told { step: told.step, late: true });
        !told.late && !over && owed.contains(&told.step)
    });
    for (flag, holds) in [(Flag::Warning, warned), (Flag::Overdue, overdue)] {
        if holds {
            raise(issue, flag);
        } else {
            issue.flags.retain(|held| *held != flag);
        }
    }
}

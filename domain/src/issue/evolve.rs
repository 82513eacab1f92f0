//! `evolve`: applies one event. Total: an event that was written is a fact, whatever the rules say today.

mod beside;
mod clocks;

use super::clock::{Clock, Step};
use super::command::{Said, Submission};
use super::decide::MAX_MISSED;
use super::event::Event;
use super::{Calls, Flag, Inquiry, Issue, Pause, State};
use crate::actor::{Actor, Duty};
use crate::calendar::WorkCalendar;
use beside::{beside, parts, parts_later};
use clocks::{alarmed, extended, renew, settle, supervised};
use time::OffsetDateTime;

/// The issue after the event, which `actor` caused at `at`.
#[must_use]
pub fn evolve(mut issue: Issue, event: &Event, at: OffsetDateTime, actor: &Actor, calendar: &WorkCalendar) -> Issue {
    issue.version += 1;
    let before = (issue.state, issue.round);
    match event {
        Event::Submitted { .. } | Event::Accepted { .. } | Event::Declined { .. } | Event::Objected { .. } => {
            received(&mut issue, event, at, actor, calendar);
        }
        Event::Contacted { reached, .. } => {
            if *reached {
                meet(&mut issue.contact, at);
            }
        }
        Event::Urged => {
            issue.urges += 1;
            issue.urged_at = Some(at);
        }
        Event::Noted { .. } => {}
        Event::InputAsked { .. } | Event::Supplied { .. } | Event::PauseLapsed { .. } => {
            paused(&mut issue, event, at, calendar);
        }
        Event::Dispatched { .. }
        | Event::Signed { .. }
        | Event::Returned { .. }
        | Event::Progressed { .. }
        | Event::Answered { .. }
        | Event::Redispatched { .. } => handled(&mut issue, event, at, calendar),
        Event::ExtensionAsked { .. } | Event::Extended { .. } | Event::ExtensionRefused { .. } => {
            extended(&mut issue, event, calendar);
        }
        Event::Instructed { .. } => raise(&mut issue, Flag::Instructed),
        Event::Supervised { .. }
        | Event::OrderIssued { .. }
        | Event::Explained { .. }
        | Event::Reviewed { .. }
        | Event::SignedOff { .. }
        | Event::OrderOverdue { .. } => supervised(&mut issue, event, at, calendar),
        Event::Inquired { reply_due, .. } => {
            let warn = calendar.warn_at(at, *reply_due);
            issue.inquiry = Some(Inquiry { since: at, warn, due: *reply_due, warned: false, overdue: false });
        }
        Event::Replied { .. } => issue.inquiry = None,
        Event::Warned { .. }
        | Event::Overdue { .. }
        | Event::Escalated { .. }
        | Event::OwedWarned { .. }
        | Event::ReplyOverdue { .. }
        | Event::CallBackOverdue { .. } => alarmed(&mut issue, event),
        Event::Absorbed { .. }
        | Event::Tracked { .. }
        | Event::Reported { .. }
        | Event::PartAnswered { .. }
        | Event::PartWaived { .. }
        | Event::PartOverdue { .. }
        | Event::Consulted(_)
        | Event::Referred { .. }
        | Event::Resolved(_)
        | Event::TaskDone { .. }
        | Event::TaskConfirmed { .. }
        | Event::TaskReturned { .. }
        | Event::TaskOverdue { .. } => beside(&mut issue, event, at, calendar),
        Event::Rated { .. }
        | Event::CalledBack { .. }
        | Event::Closed { .. }
        | Event::Reopened { .. }
        | Event::Merged { .. }
        | Event::Withdrawn { .. } => {
            ended(&mut issue, event, at, calendar);
        }
    }
    if (issue.state, issue.round) != before || matches!(event, Event::Dispatched { .. }) {
        issue.climbed = 0;
        issue.waiting_since = (issue.state == State::Accepted).then_some(at);
    }
    issue.watched |= watches(event);
    settle(&mut issue);
    issue
}

/// What supervision did, or is told of though no flag is raised by it: its page is to be there for good.
fn watches(event: &Event) -> bool {
    let promise = matches!(event, Event::Overdue { step: Step::Promise, .. });
    promise || matches!(event, Event::Supervised { .. } | Event::Inquired { .. } | Event::TaskOverdue { .. })
}

/// From the filing to the centre's ruling.
fn received(issue: &mut Issue, event: &Event, at: OffsetDateTime, actor: &Actor, calendar: &WorkCalendar) {
    let clock = |since, due| Some(Clock { since, due, warn: calendar.warn_at(since, due), met: None });
    match event {
        Event::Submitted { submission, urgency, contact_apart, board_lead, limits, contact_due, accept_due, answer_due } => {
            issue.state = State::Submitted;
            issue.board_lead = *board_lead;
            issue.urgency = *urgency;
            issue.contact_apart = *contact_apart;
            issue.limits = *limits;
            issue.submitted_at = Some(at);
            filed(issue, submission, actor);
            issue.contact = clock(at, *contact_due);
            issue.accept = clock(at, *accept_due);
            issue.answer = clock(at, *answer_due);
        }
        Event::Accepted { category, level, urgency, area, board_lead, contact_due, answer_due } => {
            issue.state = State::Accepted;
            issue.board_lead = *board_lead;
            issue.category.clone_from(category);
            issue.level = *level;
            issue.urgency = *urgency;
            if let Some(area) = area {
                // After an objection it is the city's, wherever the place is.
                if issue.centre == issue.area {
                    issue.centre = *area;
                }
                issue.area = *area;
            }
            ruled(issue, at);
            if let (Some(due), Some(contact)) = (contact_due, &mut issue.contact) {
                contact.due = *due;
                contact.warn = calendar.warn_at(contact.since, *due);
            }
            let promised = issue.answer.map(|clock| clock.due);
            issue.answer = clock(issue.submitted_at.unwrap_or(at), *answer_due);
            // What was told of another end is told of this one, too.
            if promised != Some(*answer_due) {
                renew(issue, Step::Answer);
            }
        }
        Event::Declined { .. } => {
            issue.state = State::Declined;
            issue.ended_at = Some(at);
            if let Actor::Staff { id, .. } = actor {
                issue.declined_by = Some(*id);
            }
            ruled(issue, at);
        }
        Event::Objected { centre, accept_due, .. } => {
            issue.state = State::Submitted;
            issue.objected = true;
            issue.board_lead = None;
            issue.centre = *centre;
            issue.ended_at = None;
            issue.accept = clock(at, *accept_due);
            renew(issue, Step::Accept);
        }
        _ => {}
    }
}

/// The wait for the enterprise.
fn paused(issue: &mut Issue, event: &Event, at: OffsetDateTime, calendar: &WorkCalendar) {
    match event {
        Event::InputAsked { cap, .. } => {
            issue.pause = Some(Pause { since: at, cap: *cap, from: issue.state });
            issue.state = State::AwaitingInput;
            issue.asks += 1;
            issue.lapsed = false;
            first_act(issue, at);
        }
        Event::Supplied { answer_due, shifted_minutes, interim_due, co_due, .. }
        | Event::PauseLapsed { answer_due, shifted_minutes, interim_due, co_due } => {
            // Back to whoever asked, supplied or not.
            issue.state = issue.pause.as_ref().map_or(issue.state, |pause| pause.from);
            shift(issue, *answer_due, *shifted_minutes, *interim_due, calendar);
            parts_later(issue, *co_due, *shifted_minutes, calendar);
            issue.pause = None;
            issue.paused_minutes += *shifted_minutes;
            issue.lapsed = matches!(event, Event::PauseLapsed { .. });
        }
        _ => {}
    }
}

/// The departments' work.
fn handled(issue: &mut Issue, event: &Event, at: OffsetDateTime, calendar: &WorkCalendar) {
    let clock = |since, due| Some(Clock { since, due, warn: calendar.warn_at(since, due), met: None });
    match event {
        Event::Dispatched { lead, co, sign_due, co_due, .. } => {
            issue.state = State::Dispatched;
            issue.lead = Some(*lead);
            issue.board_lead = None;
            issue.co.clone_from(co);
            parts(issue, at, *co_due, calendar);
            issue.round = issue.round.max(1);
            issue.dispatched_at = Some(at);
            issue.returned = false;
            issue.proposed = None;
            issue.lapsed = false;
            issue.rulings += 1;
            issue.extension = None;
            issue.interim = None;
            issue.sign = clock(at, *sign_due);
            renew(issue, Step::Sign);
            renew(issue, Step::Interim);
        }
        Event::Signed { interim_due } => {
            issue.state = State::Handling;
            meet(&mut issue.sign, at);
            issue.interim = clock(at, *interim_due);
            renew(issue, Step::Interim);
        }
        Event::Returned { proposed, .. } => {
            issue.state = State::Accepted;
            issue.returned = true;
            issue.returns += 1;
            issue.proposed = Some(*proposed);
            issue.lead = None;
            issue.co.clear();
            issue.parts.clear();
            issue.sign = None;
        }
        Event::Progressed { .. } => meet(&mut issue.interim, at),
        Event::Answered { outcome, late, call_back_due, .. } => {
            issue.call_back = called_by(*call_back_due, at, calendar);
            issue.state = State::Answered;
            issue.answered_at = Some(at);
            issue.outcome = Some(*outcome);
            issue.extension = None;
            issue.lapsed = false;
            meet(&mut issue.interim, at);
            meet(&mut issue.promise, at);
            meet(&mut issue.answer, at);
            if *late {
                raise(issue, Flag::AnsweredLate);
            }
        }
        Event::Redispatched { round, sign_due, answer_due, co_due } => {
            issue.state = State::Dispatched;
            issue.round = *round;
            (issue.asks, issue.paused_minutes, issue.returns, issue.rulings, issue.extensions) = (0, 0, 0, 0, 0);
            issue.dispatched_at = Some(at);
            issue.ended_at = None;
            issue.sign = clock(at, *sign_due);
            issue.interim = None;
            issue.promise = None;
            issue.absorbed = None;
            issue.answer = clock(at, *answer_due);
            parts(issue, at, *co_due, calendar);
            issue.call_back = Calls::default();
            issue.told.retain(|told| matches!(told.step, Step::Contact | Step::Accept));
            raise(issue, Flag::Redispatched);
        }
        _ => {}
    }
}

/// The enterprise's judgement, and the end.
fn ended(issue: &mut Issue, event: &Event, at: OffsetDateTime, calendar: &WorkCalendar) {
    match event {
        Event::Rated { rating } => {
            if rating.reopens() {
                raise(issue, Flag::Dissatisfied);
            }
            issue.rating = Some(rating.clone());
            issue.rated_round = issue.round;
            compare(issue);
        }
        Event::CalledBack { call, missed } => {
            let calls = &mut issue.call_back;
            calls.tried_at = Some(at);
            calls.missed = *missed;
            calls.said = call.said;
            if call.said.is_some() || *missed >= MAX_MISSED {
                calls.due = None;
            }
            if issue.state != State::Withdrawn && call.said.is_some_and(Said::unhappy) {
                raise(issue, Flag::Dissatisfied);
            }
            compare(issue);
        }
        Event::Closed { .. } => {
            issue.state = State::Closed;
            issue.ended_at = Some(at);
        }
        Event::Reopened { .. } => issue.ended_at = None,
        // What is owed is owed by the one it went into.
        Event::Merged { .. } => {
            issue.state = State::Merged;
            issue.ended_at = Some(at);
            (issue.pause, issue.extension) = (None, None);
            issue.call_back = Calls::default();
            issue.parts.clear();
        }
        Event::Withdrawn { call_back_due, .. } => {
            issue.call_back = called_by(*call_back_due, at, calendar);
            issue.state = State::Withdrawn;
            issue.ended_at = Some(at);
            issue.pause = None;
            issue.parts.clear();
        }
        _ => {}
    }
}

/// A call-back that is owed since `at`, if one is.
fn called_by(due: Option<OffsetDateTime>, at: OffsetDateTime, calendar: &WorkCalendar) -> Calls {
    Calls { due, since: due.map(|_| at), warn: due.map(|due| calendar.warn_at(at, due)), ..Calls::default() }
}

/// Whether the enterprise said one thing when it rated a round and another when it was called back about it.
fn compare(issue: &mut Issue) {
    let rating = issue.rating.as_ref().filter(|_| issue.rated_round == issue.round);
    if let (Some(rating), Some(said)) = (rating, issue.call_back.said)
        && (rating.solved != said.solved || rating.level.is_unsatisfied() != said.level.is_unsatisfied())
    {
        raise(issue, Flag::Disagreed);
    }
}

/// Where it came from, and who was there.
fn filed(issue: &mut Issue, submission: &Submission, actor: &Actor) {
    issue.area = submission.area;
    issue.filed_area = submission.area;
    issue.centre = submission.area;
    issue.category.clone_from(&submission.category);
    issue.channel = submission.channel;
    match actor {
        Actor::Member { person, .. } => issue.filed_by = Some(*person),
        Actor::Assisted { staff, station, person, .. } => {
            issue.filed_by = Some(*person);
            issue.assisted_by = Some(*staff);
            issue.station = Some(*station);
        }
        Actor::Staff { duty: Duty::Station { station, .. }, .. } => issue.station = Some(*station),
        Actor::Integration { key, .. } => issue.key = Some(*key),
        Actor::Staff { .. } | Actor::System => {}
    }
}

/// The centre took it or did not.
fn ruled(issue: &mut Issue, at: OffsetDateTime) {
    first_act(issue, at);
    meet(&mut issue.accept, at);
}

/// Of issues filed before contacts were recorded the centre's first act was the first contact, and stays it.
fn first_act(issue: &mut Issue, at: OffsetDateTime) {
    if !issue.contact_apart {
        meet(&mut issue.contact, at);
    }
}

fn meet(clock: &mut Option<Clock>, at: OffsetDateTime) {
    if let Some(clock) = clock
        && clock.met.is_none()
    {
        clock.met = Some(at);
    }
}

fn raise(issue: &mut Issue, flag: Flag) {
    if !issue.flags.contains(&flag) {
        issue.flags.push(flag);
    }
}

/// Moves the answer's end to `answer_due` and the interim answer's to `interim_due`; in events of before, by as much working time.
fn shift(
    issue: &mut Issue,
    answer_due: OffsetDateTime,
    minutes: u32,
    interim_due: Option<OffsetDateTime>,
    calendar: &WorkCalendar,
) {
    if let Some(clock) = &mut issue.answer {
        clock.due = answer_due;
        clock.warn = later(clock.warn, minutes, calendar);
    }
    if let Some(clock) = &mut issue.interim {
        clock.due = interim_due.unwrap_or_else(|| later(clock.due, minutes, calendar));
        clock.warn = later(clock.warn, minutes, calendar);
    }
}

/// Later by so much working time. By none it stays, at a closing, too: counted from there it would be the next opening.
fn later(at: OffsetDateTime, minutes: u32, calendar: &WorkCalendar) -> OffsetDateTime {
    if minutes == 0 {
        return at;
    }
    calendar.add(at, crate::calendar::Span::Minutes(minutes)).map_or(at, |due| due.due)
}

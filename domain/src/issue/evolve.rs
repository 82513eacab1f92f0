//! `evolve`: applies one event. Total: an event that was written is a fact, whatever the rules say today.

use super::clock::Clock;
use super::command::Submission;
use super::event::Event;
use super::{Flag, Issue, Pause, State};
use crate::actor::{Actor, Duty};
use crate::calendar::WorkCalendar;
use time::OffsetDateTime;

/// The issue after the event, which `actor` caused at `at`.
#[must_use]
pub fn evolve(mut issue: Issue, event: &Event, at: OffsetDateTime, actor: &Actor, calendar: &WorkCalendar) -> Issue {
    issue.version += 1;
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
        Event::Rated { .. } | Event::Closed { .. } | Event::Reopened { .. } | Event::Withdrawn { .. } => {
            ended(&mut issue, event, at);
        }
    }
    issue
}

/// From the filing to the centre's ruling.
fn received(issue: &mut Issue, event: &Event, at: OffsetDateTime, actor: &Actor, calendar: &WorkCalendar) {
    let clock = |since, due| Some(Clock { since, due, warn: calendar.warn_at(since, due), met: None });
    match event {
        Event::Submitted { submission, urgency, contact_apart, limits, contact_due, accept_due, answer_due } => {
            issue.state = State::Submitted;
            issue.urgency = *urgency;
            issue.contact_apart = *contact_apart;
            issue.limits = *limits;
            issue.submitted_at = Some(at);
            filed(issue, submission, actor);
            issue.contact = clock(at, *contact_due);
            issue.accept = clock(at, *accept_due);
            issue.answer = clock(at, *answer_due);
        }
        Event::Accepted { category, level, urgency, area, contact_due, answer_due } => {
            issue.state = State::Accepted;
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
            issue.answer = clock(issue.submitted_at.unwrap_or(at), *answer_due);
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
            issue.centre = *centre;
            issue.ended_at = None;
            issue.accept = clock(at, *accept_due);
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
        Event::Supplied { answer_due, shifted_minutes, interim_due, .. }
        | Event::PauseLapsed { answer_due, shifted_minutes, interim_due } => {
            // Back to whoever asked, supplied or not.
            issue.state = issue.pause.as_ref().map_or(issue.state, |pause| pause.from);
            shift(issue, *answer_due, *shifted_minutes, *interim_due, calendar);
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
        Event::Dispatched { lead, co, sign_due, .. } => {
            issue.state = State::Dispatched;
            issue.lead = Some(*lead);
            issue.co.clone_from(co);
            issue.round = issue.round.max(1);
            issue.dispatched_at = Some(at);
            issue.returned = false;
            issue.proposed = None;
            issue.lapsed = false;
            issue.rulings += 1;
            issue.interim = None;
            issue.sign = clock(at, *sign_due);
        }
        Event::Signed { interim_due } => {
            issue.state = State::Handling;
            meet(&mut issue.sign, at);
            issue.interim = clock(at, *interim_due);
        }
        Event::Returned { proposed, .. } => {
            issue.state = State::Accepted;
            issue.returned = true;
            issue.returns += 1;
            issue.proposed = Some(*proposed);
            issue.lead = None;
            issue.co.clear();
            issue.sign = None;
        }
        Event::Progressed { .. } => meet(&mut issue.interim, at),
        Event::Answered { outcome, late, .. } => {
            issue.state = State::Answered;
            issue.answered_at = Some(at);
            issue.outcome = Some(*outcome);
            issue.lapsed = false;
            meet(&mut issue.interim, at);
            meet(&mut issue.answer, at);
            if *late {
                raise(issue, Flag::AnsweredLate);
            }
        }
        Event::Redispatched { round, sign_due, answer_due } => {
            issue.state = State::Dispatched;
            issue.round = *round;
            (issue.asks, issue.paused_minutes, issue.returns, issue.rulings) = (0, 0, 0, 0);
            issue.dispatched_at = Some(at);
            issue.ended_at = None;
            issue.sign = clock(at, *sign_due);
            issue.interim = None;
            issue.answer = clock(at, *answer_due);
            raise(issue, Flag::Redispatched);
        }
        _ => {}
    }
}

/// The enterprise's judgement, and the end.
fn ended(issue: &mut Issue, event: &Event, at: OffsetDateTime) {
    match event {
        Event::Rated { rating } => {
            if rating.reopens() {
                raise(issue, Flag::Dissatisfied);
            }
            issue.rating = Some(rating.clone());
        }
        Event::Closed { .. } => {
            issue.state = State::Closed;
            issue.ended_at = Some(at);
        }
        Event::Reopened { .. } => issue.ended_at = None,
        Event::Withdrawn { .. } => {
            issue.state = State::Withdrawn;
            issue.ended_at = Some(at);
            issue.pause = None;
        }
        _ => {}
    }
}

/// Where it came from, and who was there.
fn filed(issue: &mut Issue, submission: &Submission, actor: &Actor) {
    issue.area = submission.area;
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
        Actor::Staff { .. } | Actor::Integration { .. } | Actor::System => {}
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

fn later(at: OffsetDateTime, minutes: u32, calendar: &WorkCalendar) -> OffsetDateTime {
    calendar.add(at, crate::calendar::Span::Minutes(minutes)).map_or(at, |due| due.due)
}

//! What the clock does besides telling: it closes what nobody rated, and puts what is late for long under supervision (督办).
#![allow(clippy::unwrap_used)]

use domain::actor::{Actor, CITY, Duty, MemberRole};
use domain::calendar::Span;
use domain::issue::limits::{LimitTable, Limits, SUPERVISED_FROM, Spans};
use domain::issue::measure::{Indicator, Measure};
use domain::issue::notice::{Notice, Recipient, notices};
use domain::issue::*;
use std::sync::Arc;
use time::{Duration, OffsetDateTime, macros::date, macros::datetime};

const OWNER: Actor = Actor::Member { person: 1, enterprise: 7, role: MemberRole::Owner };
const CENTRE: Actor = Actor::Staff { id: 10, duty: Duty::Centre { area: 330_502 } };
const LEAD: Actor = Actor::Staff { id: 20, duty: Duty::Handler { department: 5 } };
/// A Monday.
const T0: OffsetDateTime = datetime!(2026-12-07 09:00 +8);

struct Life {
    issue: Issue,
    terms: Terms,
    told: Vec<Notice>,
    log: Vec<(Event, OffsetDateTime, Actor)>,
}

impl Life {
    /// Contacted, accepted as simple, dispatched and signed at once.
    fn handling(at: OffsetDateTime, terms: Terms) -> Life {
        let mut life = Life { issue: Issue::draft(7), terms, told: vec![], log: vec![] };
        let (title, text, place) = ("厂门口积水".into(), "下雨就积水，货车进不来".into(), String::new());
        let (category, area) = ("drainage".to_owned(), 330_502);
        let channel = Channel::Online;
        let submission = Submission { title, text, category: category.clone(), place, area, channel, photos: 0 };
        life.ok(Command::Submit(submission), &OWNER, at);
        let (way, with, result) = (ContactWay::Phone, "陈伟".into(), "约好到现场看".into());
        life.ok(Command::Contact { way, with, reached: true, result }, &CENTRE, at);
        let accept = Command::Accept { category, level: Level::Simple, urgency: Urgency::Normal, area: None };
        life.ok(accept, &CENTRE, at);
        life.ok(Command::Dispatch { lead: 5, co: vec![], note: String::new() }, &CENTRE, at);
        life.ok(Command::Sign, &LEAD, at);
        life.ok(Command::Progress { text: "已到现场查看".into() }, &LEAD, at);
        life
    }

    fn answered(at: OffsetDateTime) -> Life {
        let mut life = Life::handling(at, Terms::default());
        life.ok(answer(), &LEAD, at);
        life
    }

    #[track_caller]
    fn ok(&mut self, command: Command, actor: &Actor, at: OffsetDateTime) -> Vec<Event> {
        let events = decide(&self.issue, &command, actor, at, &self.terms).unwrap();
        for event in &events {
            self.issue = evolve(self.issue.clone(), event, at, actor, &self.terms.calendar);
            self.told.extend(notices(event, &self.issue, at, &self.terms));
            self.log.push((event.clone(), at, *actor));
        }
        events
    }

    /// A turn of the worker: what it wrote.
    fn turn(&mut self, at: OffsetDateTime) -> Vec<&'static str> {
        self.told.clear();
        for command in [Command::Alarm, close()] {
            if let Ok(events) = decide(&self.issue, &command, &Actor::System, at, &self.terms) {
                let written = events.iter().map(Event::kind).collect();
                self.ok(command, &Actor::System, at);
                return written;
            }
        }
        vec![]
    }

    fn measure(&self) -> Measure {
        let events = self.log.iter().map(|(event, at, actor)| (event, *at, actor));
        Measure::of(Issue::draft(7), events, &self.terms.calendar)
    }

    fn refused(&self, command: &Command, actor: &Actor, at: OffsetDateTime) -> Refusal {
        decide(&self.issue, command, actor, at, &self.terms).unwrap_err()
    }
}

fn close() -> Command {
    Command::Close { note: String::new() }
}

fn answer() -> Command {
    Command::Answer { text: "已疏通排水口并加装一处雨水口。".into(), outcome: Outcome::Solved }
}

fn called(said: Option<(bool, Satisfaction)>) -> Command {
    let said = said.map(|(solved, level)| Said { solved, level });
    Command::CallBack(CallBack { way: ContactWay::Phone, said, notes: "无人接听，改日再打".into() })
}

#[test]
fn an_answer_nobody_rates_is_closed_by_the_clock_after_ten_working_days_and_a_call_back() {
    let mut life = Life::answered(T0);
    // Ten working days: the Friday of the week after next, not ten days.
    let end = datetime!(2026-12-18 17:30 +8);
    assert_eq!(life.issue.closes_at(&life.terms), None, "nobody has called");
    life.ok(called(None), &CENTRE, T0 + Duration::days(1));
    assert_eq!(life.issue.closes_at(&life.terms), Some(end));
    // Tried, and still owed: the call-back is warned of and overdue before.
    assert_eq!(life.turn(end - Duration::seconds(1)), ["owed_warned", "call_back_overdue"]);
    assert!(matches!(
        life.refused(&close(), &Actor::System, end - Duration::seconds(1)),
        Refusal::Rule { code: "close_early", .. }
    ));
    assert_eq!(life.issue.alarm_at(&life.terms), Some(end));
    assert_eq!(life.turn(end), ["closed"]);
    assert_eq!(life.issue.state, State::Closed);
    assert!(life.told.iter().any(|told| told.recipient == Recipient::Enterprise(7)), "the enterprise hears of it");
    assert_eq!(life.turn(end + Duration::days(90)), Vec::<&str>::new(), "once");
    // Silence is not satisfaction.
    let measure = life.measure();
    assert_eq!((measure.solved, measure.content), (None, None));
    assert_eq!((measure.passes(Indicator::Solved), measure.passes(Indicator::Content)), (Some(false), None));
    assert!(!measure.passes_all() && !life.issue.confirmed());
    // It can be opened again for as long as any other.
    life.ok(Command::Reopen { reason: "又积水了，请再来看".into() }, &OWNER, end + Duration::days(3));
    assert_eq!((life.issue.state, life.issue.round), (State::Dispatched, 2));
}

#[test]
fn what_was_not_called_back_or_called_bad_is_not_closed_by_the_clock() {
    let later = datetime!(2027-03-01 09:00 +8);
    let mut uncalled = Life::answered(T0);
    uncalled.turn(later);
    assert_eq!((uncalled.issue.state, uncalled.issue.alarm_at(&uncalled.terms)), (State::Answered, None));
    // Called after all, it is closed at once: it had its ten days.
    uncalled.ok(called(None), &CENTRE, later);
    assert_eq!(uncalled.turn(later), ["closed"]);
    let mut bad = Life::answered(T0);
    bad.ok(called(Some((true, Satisfaction::Dissatisfied))), &CENTRE, T0);
    assert_eq!(bad.turn(later), Vec::<&str>::new());
    assert!(allowed_commands(&bad.issue, &CENTRE, later, &bad.terms).contains(&CommandKind::Close), "the centre decides");
    assert!(matches!(bad.refused(&close(), &Actor::System, later), Refusal::Rule { .. }));
    // Said to be solved by telephone it is solved, and the time to rate it is the same.
    let mut good = Life::answered(T0);
    good.ok(called(Some((true, Satisfaction::Satisfied))), &CENTRE, T0);
    assert_eq!(good.turn(datetime!(2026-12-18 17:29 +8)), Vec::<&str>::new());
    assert_eq!(good.turn(later), ["closed"]);
    assert_eq!(good.measure().passes(Indicator::Solved), Some(true));
    // Sent round again by telephone, it waits for the next answer.
    let mut again = Life::answered(T0);
    again.ok(called(Some((false, Satisfaction::Dissatisfied))), &CENTRE, T0);
    assert_eq!(again.issue.closes_at(&again.terms), None);
}

/// As the starting set, with other limits.
fn with(change: impl Fn(&mut Spans)) -> Terms {
    let mut spans = LimitTable::default().versions()[0].spans;
    change(&mut spans);
    let limits = Limits { version: 1, from: date!(2020 - 01 - 01), spans };
    Terms { limits: Arc::new(LimitTable::new(vec![limits])), ..Terms::default() }
}

#[test]
fn what_is_late_for_long_is_put_under_supervision_by_the_clock_once_a_round() {
    let mut life = Life::handling(T0, Terms::default());
    let (due, ordered) = (datetime!(2026-12-11 17:30 +8), datetime!(2026-12-18 17:30 +8));
    assert_eq!(life.turn(due), ["warned", "overdue"]);
    assert_eq!(life.turn(ordered - Duration::seconds(1)), Vec::<&str>::new());
    assert_eq!(life.turn(ordered), ["supervised"]);
    assert_eq!(life.issue.flags, [Flag::Overdue, Flag::Supervised]);
    let to: Vec<_> = life.told.iter().map(|told| told.recipient.clone()).collect();
    assert_eq!(to, [Recipient::Centre(330_502), Recipient::Supervisor(CITY), Recipient::Supervisor(330_502)]);
    // The centre verifies it as one that supervision ordered, within a working day.
    assert_eq!(life.issue.supervision.as_ref().unwrap().due[0], datetime!(2026-12-21 17:30 +8));
    assert!(!life.issue.supervision.as_ref().unwrap().issued);
    let told = life.turn(ordered + Duration::days(60));
    assert!(!told.contains(&"supervised"), "once: {told:?}");
    // A new round that is late again is put under supervision again, once the first order is signed off.
    let mut again = Life::handling(T0, Terms::default());
    again.issue.supervised_round = 1;
    assert_eq!(again.issue.round, 1);
    again.turn(due);
    assert_eq!(again.issue.alarm_at(&again.terms), None, "it was in this round");
    again.issue.round = 2;
    assert_eq!(again.turn(ordered), ["supervised"]);
}

#[test]
fn what_was_late_before_the_rule_waits_for_the_enterprise_or_is_not_late_for_long_is_left_alone() {
    // Late since before the rule: whatever happens to it now, no order.
    let before = datetime!(2026-11-16 09:00 +8);
    let mut old = Life::handling(before, Terms::default());
    assert!(old.issue.answer.unwrap().due.date() < SUPERVISED_FROM);
    old.turn(datetime!(2027-03-01 09:00 +8));
    assert_eq!((old.issue.supervision.clone(), old.issue.alarm_at(&old.terms)), (None, None));
    // As long as the administrators say, by the version it was filed under.
    let mut patient = Life::handling(T0, with(|spans| spans.supervise = Span::Days(20)));
    patient.turn(datetime!(2026-12-31 09:00 +8));
    assert_eq!(patient.issue.supervision, None);
    // Tracked, the promise stands for the answer.
    let mut tracked = Life::handling(T0, Terms::default());
    tracked.ok(Command::Track { days: 15, reason: "管网改造列入明年计划".into() }, &CENTRE, T0);
    tracked.turn(datetime!(2026-12-25 09:00 +8));
    assert_eq!(tracked.issue.supervision, None, "late as an answer, and promised for later");
    let promised = tracked.issue.promise.unwrap().due;
    tracked.turn(promised + Duration::days(30));
    assert!(tracked.issue.supervision.is_some(), "and that promise was broken");
    // A limit in versions of before there was the rule is ours.
    let mut json = serde_json::to_value(LimitTable::default().versions()[0].spans).unwrap();
    json.as_object_mut().unwrap().remove("supervise");
    assert_eq!(serde_json::from_value::<Spans>(json).unwrap().supervise, Span::Days(5));
}

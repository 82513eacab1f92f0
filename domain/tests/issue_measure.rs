//! What an issue says of the six indicators, case by case; that it is what the events say whatever happens, `issue_properties.rs` asks at random.
#![allow(clippy::unwrap_used)]

mod common;

use common::submission;
use domain::actor::{Actor, Duty, MemberRole};
use domain::issue::measure::{Indicator, Measure};
use domain::issue::*;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const OWNER: Actor = Actor::Member { person: 1, enterprise: 7, role: MemberRole::Owner };
const CENTRE: Actor = Actor::Staff { id: 10, duty: Duty::Centre { area: 330_502 } };
const LEAD: Actor = Actor::Staff { id: 20, duty: Duty::Handler { department: 5 } };
/// A Monday.
const T0: OffsetDateTime = datetime!(2026-11-23 09:00 +8);

struct Life {
    issue: Issue,
    terms: Terms,
    log: Vec<(Event, OffsetDateTime, Actor)>,
}

impl Life {
    fn filed() -> Life {
        let mut life = Life { issue: Issue::draft(7), terms: Terms::default(), log: vec![] };
        life.ok(Command::Submit(submission()), &OWNER, T0);
        life
    }

    fn accepted() -> Life {
        let mut life = Life::filed();
        let category = "drainage".into();
        life.ok(Command::Accept { category, level: Level::Simple, urgency: Urgency::Normal, area: None }, &CENTRE, T0);
        life
    }

    fn handling() -> Life {
        let mut life = Life::accepted();
        life.ok(dispatch(5), &CENTRE, T0);
        life.ok(Command::Sign, &LEAD, T0);
        life
    }

    fn answered() -> Life {
        let mut life = Life::handling();
        life.ok(answer(), &LEAD, T0);
        life
    }

    /// Sent round again by what the enterprise said, and answered a second time.
    fn answered_twice(first: Command) -> Life {
        let mut life = Life::answered();
        life.ok(first, &OWNER, T0);
        life.ok(Command::Sign, &LEAD, T0);
        life.ok(answer(), &LEAD, T0);
        life
    }

    #[track_caller]
    fn ok(&mut self, command: Command, actor: &Actor, at: OffsetDateTime) {
        for event in decide(&self.issue, &command, actor, at, &self.terms).unwrap() {
            self.issue = evolve(self.issue.clone(), &event, at, actor, &self.terms.calendar);
            self.log.push((event, at, *actor));
        }
    }

    fn measure(&self) -> Measure {
        let events = self.log.iter().map(|(event, at, actor)| (event, *at, actor));
        Measure::of(Issue::draft(7), events, &self.terms.calendar)
    }
}

fn dispatch(lead: i64) -> Command {
    Command::Dispatch { lead, co: vec![], note: "由其负责办理".into() }
}

fn answer() -> Command {
    Command::Answer { text: "已疏通排水口并加装一处雨水口。".into(), outcome: Outcome::Solved }
}

fn rate(solved: bool, level: Satisfaction) -> Command {
    Command::Rate(Rating { solved, level, reasons: vec![], comment: String::new(), aid: None })
}

fn called(said: Option<(bool, Satisfaction)>) -> Command {
    let said = said.map(|(solved, level)| Said { solved, level });
    Command::CallBack(CallBack { way: ContactWay::Phone, said, notes: "企业说现场还有积水".into() })
}

fn ask() -> Command {
    Command::Ask { what: "请补充厂房的具体位置".into() }
}

#[test]
fn a_round_is_solved_by_what_was_said_of_it_and_not_by_what_was_said_before() {
    // Solved, but not well: sent round again, and nobody says anything of the second answer.
    let mut silent = Life::answered_twice(rate(true, Satisfaction::Dissatisfied));
    assert_eq!(silent.measure().solved, Some(false), "it went round, and nobody said that it is solved since");
    assert_eq!(silent.measure().content, Some(false), "the last rating there was");
    silent.ok(called(None), &CENTRE, T0);
    silent.ok(Command::Close { note: String::new() }, &CENTRE, datetime!(2026-12-10 09:00 +8));
    assert_eq!(silent.measure().passes(Indicator::Solved), Some(false));
    // Not solved at first; of the second answer the call-back is the only word.
    let mut told = Life::answered_twice(rate(false, Satisfaction::Dissatisfied));
    assert_eq!(told.measure().solved, Some(false));
    told.ok(called(Some((true, Satisfaction::Satisfied))), &CENTRE, T0);
    assert_eq!(told.measure().solved, Some(true));
    // A rating goes before a call-back, in whichever order they come.
    told.ok(rate(true, Satisfaction::Fair), &OWNER, T0);
    assert_eq!((told.measure().solved, told.measure().content), (Some(true), Some(true)));
    // A call-back that hears otherwise sends round what was rated well.
    let mut reopened = Life::answered();
    reopened.ok(rate(true, Satisfaction::Satisfied), &OWNER, T0);
    assert_eq!(reopened.measure().solved, Some(true));
    reopened.ok(called(Some((false, Satisfaction::Dissatisfied))), &CENTRE, T0);
    assert_eq!(reopened.measure().solved, Some(false));
    assert_eq!(Life::answered().measure().solved, None, "nobody said anything");
}

#[test]
fn a_rating_that_a_channel_passed_on_counts_with_those_from_the_offices_devices() {
    let channel = Actor::Integration { key: 3, enterprise: 7 };
    let mut life = Life { issue: Issue::draft(7), terms: Terms::default(), log: vec![] };
    life.ok(Command::Submit(submission()), &channel, T0);
    let category = "drainage".into();
    life.ok(Command::Accept { category, level: Level::Simple, urgency: Urgency::Normal, area: None }, &CENTRE, T0);
    life.ok(dispatch(5), &CENTRE, T0);
    for (by, aided) in [(channel, true), (OWNER, false)] {
        life.ok(Command::Sign, &LEAD, T0);
        life.ok(answer(), &LEAD, T0);
        life.ok(rate(false, Satisfaction::Dissatisfied), &by, T0);
        assert_eq!(life.measure().aided, aided, "the last rating's");
    }
    let mut own = Life::answered();
    let aid = Aid { staff: 9, name: "驿站 小李".into(), at: T0 };
    let Command::Rate(rating) = rate(true, Satisfaction::Satisfied) else { unreachable!("rate() rates") };
    own.ok(Command::Rate(Rating { aid: Some(aid), ..rating }), &OWNER, T0);
    assert!(own.measure().aided);
}

#[test]
fn what_waits_for_the_enterprise_is_not_due() {
    let mut life = Life::handling();
    assert!(!life.measure().excluded);
    life.ok(ask(), &LEAD, datetime!(2026-11-24 09:00 +8));
    assert!(life.measure().excluded, "its limit stands still");
    life.ok(Command::Supply { text: "在东门".into(), photos: 0 }, &OWNER, datetime!(2026-11-26 09:00 +8));
    let measure = life.measure();
    assert_eq!((measure.excluded, measure.due), (false, Some(datetime!(2026-12-01 17:30 +8))), "two days later it is");
    let mut lapsed = Life::handling();
    lapsed.ok(ask(), &LEAD, T0);
    lapsed.ok(Command::LapsePause, &Actor::System, datetime!(2026-12-01 09:00 +8));
    assert!(!lapsed.measure().excluded);
    let mut withdrawn = Life::handling();
    withdrawn.ok(ask(), &LEAD, T0);
    withdrawn.ok(Command::Withdraw { reason: "自己解决了".into() }, &OWNER, T0);
    assert!(!withdrawn.measure().excluded, "that is a figure of its own");
    // What was due once stays where it was counted, whatever a later round waits for.
    let mut again = Life::answered();
    again.ok(rate(false, Satisfaction::Dissatisfied), &OWNER, T0);
    again.ok(Command::Sign, &LEAD, T0);
    let due = again.measure().due;
    again.ok(ask(), &LEAD, T0);
    assert_eq!((again.measure().excluded, again.measure().due), (false, due));
}

#[test]
fn it_is_the_figure_of_whoever_has_it_and_not_of_a_department_that_rightly_returned_it() {
    let back = || Command::Return { reason: "属于道路养护职责".into(), proposed: 9 };
    let mut life = Life::accepted();
    assert_eq!(life.measure().department, None);
    life.ok(dispatch(5), &CENTRE, T0);
    assert_eq!(life.measure().department, Some(5));
    life.ok(back(), &LEAD, T0);
    assert_eq!((life.measure().department, life.measure().returned), (None, true));
    life.ok(dispatch(9), &CENTRE, T0);
    let other = Actor::Staff { id: 21, duty: Duty::Handler { department: 9 } };
    life.ok(Command::Sign, &other, T0);
    life.ok(answer(), &other, T0);
    life.ok(rate(false, Satisfaction::Dissatisfied), &OWNER, T0);
    life.ok(dispatch(5), &CENTRE, T0);
    assert_eq!(life.measure().department, Some(9), "whoever answered first");
    life.ok(back(), &LEAD, T0);
    assert_eq!(life.measure().department, Some(9));
}

#[test]
fn an_answer_that_went_round_before_anybody_called_is_called_back_about_the_next_one() {
    let mut life = Life::answered_twice(rate(false, Satisfaction::Dissatisfied));
    assert_eq!(life.measure().passes(Indicator::CalledBack), Some(false));
    // The first answer's five days are those of the second, too, as both came at once; later they are its own.
    let second = life.issue.call_back.due.unwrap();
    life.ok(called(None), &CENTRE, second);
    assert!(life.measure().called_back);
    let mut late = Life::answered();
    let first = late.issue.call_back.due.unwrap();
    late.ok(rate(false, Satisfaction::Dissatisfied), &OWNER, first + Duration::days(7));
    late.ok(Command::Sign, &LEAD, first + Duration::days(7));
    late.ok(answer(), &LEAD, first + Duration::days(7));
    let mut missed = Life { issue: late.issue.clone(), terms: Terms::default(), log: late.log.clone() };
    late.ok(called(None), &CENTRE, first + Duration::days(8));
    assert!(late.measure().called_back, "within the five days of the second answer");
    missed.ok(called(None), &CENTRE, missed.issue.call_back.due.unwrap() + Duration::seconds(1));
    assert!(!missed.measure().called_back);
}

#[test]
fn a_place_that_the_centre_corrected_changes_nobody_s_figures() {
    let mut life = Life::filed();
    let (category, urgency) = ("drainage".into(), Urgency::Normal);
    life.ok(Command::Accept { category, level: Level::Simple, urgency, area: Some(330_522) }, &CENTRE, T0);
    assert_eq!((life.issue.area, life.measure().area), (330_522, 330_502), "those who read the issue have it in their figures");
}

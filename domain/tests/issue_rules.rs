//! The rules of the loop one by one: each refusal, each clock.
#![allow(clippy::unwrap_used)]

mod common;

use common::submission;
use domain::actor::{Actor, CITY, Duty, MemberRole};
use domain::calendar::{Span, WorkCalendar};
use domain::catalogue::{Catalogue, Category};
use domain::issue::limits::{LimitTable, Limits, Spans};
use domain::issue::*;
use std::sync::Arc;
use time::OffsetDateTime;
use time::macros::{date, datetime};

const OWNER: Actor = Actor::Member { person: 1, enterprise: 7, role: MemberRole::Owner };
const ASSISTED: Actor = Actor::Assisted { staff: 90, station: 3, person: 1, enterprise: 7 };
const DISTRICT: Actor = Actor::Staff { id: 10, duty: Duty::Centre { area: 330_502 } };
const CITY_CENTRE: Actor = Actor::Staff { id: 11, duty: Duty::Centre { area: CITY } };
const STATION: Actor = Actor::Staff { id: 30, duty: Duty::Station { station: 3, area: 330_502 } };
const OTHER: Actor = Actor::Staff { id: 21, duty: Duty::Handler { department: 8 } };
const LEAD: Actor = Actor::Staff { id: 20, duty: Duty::Handler { department: 5 } };
const T0: OffsetDateTime = datetime!(2026-11-23 09:00 +8);

/// An issue with the terms it lives by.
struct Case {
    issue: Issue,
    terms: Terms,
}

impl Case {
    fn submitted() -> Case {
        let mut case = Case { issue: Issue::draft(7), terms: Terms::default() };
        case.ok(submit(), &OWNER, T0);
        case
    }

    fn answered() -> Case {
        let mut case = Case::submitted();
        case.ok(accept(Level::Simple), &DISTRICT, T0);
        case.ok(dispatch(5), &DISTRICT, T0);
        case.ok(Command::Sign, &LEAD, T0);
        case.ok(answer(), &LEAD, datetime!(2026-11-25 10:00 +8));
        case
    }

    fn ok(&mut self, command: Command, actor: &Actor, now: OffsetDateTime) {
        for event in decide(&self.issue, &command, actor, now, &self.terms).unwrap() {
            self.issue = evolve(self.issue.clone(), &event, now, actor, &self.terms.calendar);
        }
    }

    fn refused(&self, command: Command, actor: &Actor, now: OffsetDateTime) -> Refusal {
        decide(&self.issue, &command, actor, now, &self.terms).unwrap_err()
    }

    #[track_caller]
    fn rule(&self, command: Command, actor: &Actor, now: OffsetDateTime, expected: &str) {
        match self.refused(command, actor, now) {
            Refusal::Rule { code, .. } => assert_eq!(code, expected),
            other => panic!("{other:?}"),
        }
    }

    fn due(&self) -> OffsetDateTime {
        self.issue.answer.unwrap().due
    }
}

fn submit() -> Command {
    Command::Submit(Submission { photos: 3, ..submission() })
}

fn submit_street() -> Command {
    let Command::Submit(submission) = submit() else { unreachable!("submit() submits") };
    Command::Submit(Submission { category: "street".into(), ..submission })
}

fn accept(level: Level) -> Command {
    Command::Accept { category: "drainage".into(), level, urgency: Urgency::Normal, area: None }
}

fn contact() -> Command {
    Command::Contact {
        way: ContactWay::Phone, with: "陈伟".into(), reached: true, result: "约好明天上午到现场看".into()
    }
}

fn dispatch_for(lead: i64, note: &str) -> Command {
    Command::Dispatch { lead, co: vec![], note: note.into() }
}

fn dispatch(lead: i64) -> Command {
    Command::Dispatch { lead, co: vec![], note: String::new() }
}

fn answer() -> Command {
    Command::Answer { text: "已疏通排水口并加装一处雨水口。".into(), outcome: Outcome::Solved }
}

fn rating(solved: bool, level: Satisfaction) -> Command {
    Command::Rate(Rating { solved, level, reasons: vec![], comment: String::new(), aid: None })
}

fn decline() -> Command {
    Command::Decline { reason: DeclineReason::Duplicate, explanation: "与上周的诉求相同。".into() }
}

#[test]
fn the_promised_times_are_set_at_submission() {
    let case = Case::submitted();
    assert_eq!(case.issue.contact.unwrap().due, datetime!(2026-11-23 10:00 +8));
    assert_eq!(case.issue.accept.unwrap().due, datetime!(2026-11-23 17:30 +8));
    assert_eq!(case.due(), datetime!(2026-12-04 17:30 +8));
}

#[test]
fn accepting_sets_the_limit_of_the_level_from_the_submission() {
    let mut case = Case::submitted();
    case.ok(accept(Level::Simple), &DISTRICT, datetime!(2026-11-24 16:00 +8));
    assert_eq!(case.due(), datetime!(2026-11-27 17:30 +8));
    assert_eq!(case.issue.contact.unwrap().met, None, "accepting is not contacting");
}

#[test]
fn only_a_contact_that_reached_somebody_stops_its_clock() {
    let at = datetime!(2026-11-23 09:40 +8);
    let mut case = Case::submitted();
    assert!(matches!(case.refused(contact(), &LEAD, at), Refusal::NotAllowed(_)), "not yet the lead's");
    assert!(matches!(case.refused(contact(), &STATION, at), Refusal::NotAllowed(_)), "neither filed there nor served by it");
    assert!(matches!(case.refused(contact(), &OWNER, at), Refusal::NotAllowed(_)));
    let vain = Command::Contact { way: ContactWay::Phone, with: "陈伟".into(), reached: false, result: "无人接听".into() };
    case.ok(vain, &DISTRICT, at);
    assert_eq!(case.issue.contact.unwrap().met, None);
    for (with, result) in [("", "约好明天"), ("陈伟", "")] {
        let empty = Command::Contact { way: ContactWay::Visit, with: with.into(), reached: true, result: result.into() };
        case.rule(empty, &DISTRICT, at, "text");
    }
    case.issue.serving = Some(3);
    case.ok(contact(), &STATION, at);
    assert_eq!((case.issue.contact.unwrap().met, case.issue.state), (Some(at), State::Submitted));
    // Later ones are records, too, and the first one stays the first.
    case.ok(accept(Level::Simple), &DISTRICT, at);
    case.ok(dispatch(5), &DISTRICT, at);
    case.ok(contact(), &LEAD, datetime!(2026-11-23 11:00 +8));
    assert_eq!(case.issue.contact.unwrap().met, Some(at));
}

#[test]
fn in_issues_of_before_the_first_act_of_the_centre_was_the_contact() {
    let mut case = Case::submitted();
    case.issue.contact_apart = false;
    case.ok(accept(Level::Simple), &DISTRICT, T0);
    assert_eq!(case.issue.contact.unwrap().met, Some(T0));
    let old = r#"{"type":"submitted","submission":{"title":"积水","text":"一下雨就积水，货车进不来。","category":"drainage","place":"",
        "area":330502,"channel":"online","photos":0},"limits":1,"contact_due":"2026-11-23T10:00:00+08:00",
        "accept_due":"2026-11-23T17:30:00+08:00","answer_due":"2026-12-04T17:30:00+08:00"}"#;
    let Event::Submitted { contact_apart, urgency, .. } = serde_json::from_str(old).unwrap() else { panic!("a submission") };
    assert_eq!((contact_apart, urgency), (false, Urgency::Normal));
}

#[test]
fn what_is_urgent_is_called_within_half_an_hour() {
    let urgent = || Command::Accept { category: "drainage".into(), level: Level::Simple, urgency: Urgency::Urgent, area: None };
    let mut early = Case::submitted();
    early.ok(urgent(), &DISTRICT, datetime!(2026-11-23 09:10 +8));
    assert_eq!(early.issue.contact.unwrap().due, datetime!(2026-11-23 09:40 +8));
    let mut late = Case::submitted();
    late.ok(urgent(), &DISTRICT, datetime!(2026-11-23 09:50 +8));
    assert_eq!(late.issue.contact.unwrap().due, datetime!(2026-11-23 10:00 +8), "never later than promised");
    let mut met = Case::submitted();
    met.ok(contact(), &DISTRICT, datetime!(2026-11-23 09:05 +8));
    met.ok(urgent(), &DISTRICT, datetime!(2026-11-23 09:10 +8));
    assert_eq!(met.issue.contact.unwrap().due, datetime!(2026-11-23 10:00 +8), "what was met stays as it was");
    // A category that is urgent by itself is promised so.
    let mut terms = Terms::default();
    let mut categories = terms.catalogue.category_lines().to_vec();
    let known = terms.catalogue.at(T0).category("drainage").unwrap().clone();
    categories.push((datetime!(2026-11-01 00:00 +8), Category { urgency: Urgency::Urgent, ..known }));
    terms.catalogue = Arc::new(Catalogue::new(terms.catalogue.board_lines().to_vec(), categories, Vec::new()));
    let mut born = Case { issue: Issue::draft(7), terms };
    born.ok(submit(), &OWNER, T0);
    assert_eq!(born.issue.contact.unwrap().due, datetime!(2026-11-23 09:30 +8));
    assert_eq!(born.issue.urgency, Urgency::Urgent);
}

#[test]
fn the_centre_of_the_place_goes_on_wherever_it_was_filed_for() {
    let changxing = Actor::Staff { id: 12, duty: Duty::Centre { area: 330_522 } };
    let there =
        |area| Command::Accept { category: "drainage".into(), level: Level::Simple, urgency: Urgency::Normal, area: Some(area) };
    let mut case = Case::submitted();
    case.rule(there(440_100), &DISTRICT, T0, "area");
    case.ok(there(330_522), &DISTRICT, T0);
    assert_eq!((case.issue.area, case.issue.centre), (330_522, 330_522));
    assert!(matches!(case.refused(dispatch(5), &DISTRICT, T0), Refusal::NotAllowed(_)));
    case.ok(dispatch(5), &changxing, T0);
    // Supervision and leaders follow the district it was filed in, as row-level security does: whoever reads it may act, and nobody else.
    case.ok(Command::Alarm, &Actor::System, datetime!(2026-11-24 17:30 +8));
    let inquire = || Command::Inquire { question: "为什么还没有联系企业".into() };
    let instruct = || Command::Instruct { leader: "王区长".into(), text: "请今天到现场".into(), on: None };
    let at = datetime!(2026-11-24 17:30 +8);
    for (command, duty) in [(inquire(), Duty::Supervisor { area: 330_522 }), (instruct(), Duty::Leader { area: 330_522 })] {
        assert!(matches!(case.refused(command, &Actor::Staff { id: 50, duty }, at), Refusal::NotAllowed(_)), "{duty:?}");
    }
    case.ok(instruct(), &Actor::Staff { id: 51, duty: Duty::Leader { area: 330_502 } }, at);
    let supervisor = Actor::Staff { id: 52, duty: Duty::Supervisor { area: 330_502 } };
    case.ok(inquire(), &supervisor, at);
    let reply = Event::Replied { text: "已约好上门".into(), late: false };
    let told = notice::notices(&reply, &case.issue, at, &case.terms);
    let to: Vec<_> = told.into_iter().map(|notice| notice.recipient).collect();
    assert_eq!(to, [notice::Recipient::Supervisor(CITY), notice::Recipient::Supervisor(330_502)]);
    // What an objection brought to the city stays there.
    let mut objected = Case::submitted();
    objected.ok(decline(), &DISTRICT, T0);
    objected.ok(Command::Object { reason: "这次是另一处道路".into() }, &OWNER, T0);
    objected.ok(there(330_522), &CITY_CENTRE, T0);
    assert_eq!((objected.issue.area, objected.issue.centre), (330_522, CITY));
}

#[test]
fn an_instruction_has_the_day_on_which_it_was_given() {
    let mut case = Case::submitted();
    let instruct = |on| Command::Instruct { leader: "王区长".into(), text: "请今天到现场".into(), on };
    let given = |case: &Case, on| decide(&case.issue, &instruct(on), &CITY_CENTRE, T0, &case.terms).unwrap();
    let dated = |events: &[Event]| match &events[0] {
        Event::Instructed { on, .. } => *on,
        other => panic!("{other:?}"),
    };
    let (today, before) = (date!(2026 - 11 - 23), date!(2026 - 11 - 20));
    assert_eq!(T0.date(), today);
    assert_eq!(dated(&given(&case, Some(before))), Some(datetime!(2026-11-20 00:00 +8)), "written down later");
    assert_eq!(dated(&given(&case, None)), Some(datetime!(2026-11-23 00:00 +8)), "nobody said: today");
    case.rule(instruct(today.next_day()), &CITY_CENTRE, T0, "instructed_on");
    case.ok(instruct(Some(today)), &CITY_CENTRE, T0);
    // Those of before are what they were: their hash is over these very words.
    let old = r#"{"type":"instructed","leader":"王区长","text":"请今天到现场"}"#;
    let event: Event = serde_json::from_str(old).unwrap();
    assert_eq!((dated(std::slice::from_ref(&event)), serde_json::to_string(&event).unwrap().as_str()), (None, old));
}

#[test]
fn an_enterprise_is_asked_twice_a_round_and_waited_for_five_days_in_all() {
    let ask = || Command::Ask { what: "请补充厂房的具体位置".into() };
    let supply = || Command::Supply { text: "在东门".into(), photos: 0 };
    let mut case = Case::submitted();
    case.ok(accept(Level::Complex), &DISTRICT, T0);
    case.ok(ask(), &DISTRICT, T0);
    case.ok(supply(), &OWNER, datetime!(2026-11-26 09:00 +8));
    assert_eq!(case.issue.paused_minutes, 3 * 420);
    case.ok(ask(), &DISTRICT, datetime!(2026-11-26 09:00 +8));
    assert_eq!(case.issue.pause.as_ref().unwrap().cap, datetime!(2026-11-27 17:30 +8), "two of the five days are left");
    case.ok(supply(), &OWNER, datetime!(2026-11-26 10:00 +8));
    case.rule(ask(), &DISTRICT, datetime!(2026-11-26 11:00 +8), "ask_twice");
    // All of it used up by one question.
    let mut long = Case::submitted();
    long.ok(accept(Level::Complex), &DISTRICT, T0);
    long.ok(ask(), &DISTRICT, T0);
    long.ok(Command::LapsePause, &Actor::System, datetime!(2026-12-01 09:00 +8));
    long.rule(ask(), &DISTRICT, datetime!(2026-12-01 09:10 +8), "ask_used");
    // The next round begins anew.
    let mut next = Case::answered();
    next.issue.asks = 2;
    next.ok(rating(false, Satisfaction::Dissatisfied), &OWNER, datetime!(2026-11-25 11:00 +8));
    next.ok(Command::Sign, &LEAD, datetime!(2026-11-25 11:10 +8));
    next.ok(ask(), &LEAD, datetime!(2026-11-25 11:20 +8));
}

#[test]
fn in_the_second_round_the_centre_may_choose_another_department_and_that_one_may_return_once() {
    let at = |minute: i64| datetime!(2026-11-25 13:30 +8) + time::Duration::minutes(minute);
    let back = |proposed| Command::Return { reason: "属于道路养护职责".into(), proposed };
    let mut case = Case::answered();
    case.ok(rating(false, Satisfaction::Dissatisfied), &OWNER, at(0));
    assert_eq!((case.issue.round, case.issue.lead), (2, Some(5)));
    case.rule(dispatch_for(8, ""), &DISTRICT, at(1), "text");
    case.rule(dispatch_for(5, "仍由其办理为好"), &DISTRICT, at(1), "dispatch_same");
    let events = decide(&case.issue, &dispatch_for(8, "企业两次反映的是道路养护"), &DISTRICT, at(1), &case.terms).unwrap();
    assert!(matches!(events[0], Event::Dispatched { from: Some(5), lead: 8, .. }), "the department that loses it is told");
    case.ok(Command::Sign, &LEAD, at(1));
    case.ok(dispatch_for(8, "企业两次反映的是道路养护"), &DISTRICT, at(2));
    assert_eq!((case.issue.state, case.issue.lead, case.issue.round), (State::Dispatched, Some(8), 2));
    case.rule(dispatch_for(6, "再换一个部门看看"), &DISTRICT, at(3), "dispatch_final");
    case.ok(back(5), &OTHER, at(4));
    case.rule(dispatch_for(8, ""), &DISTRICT, at(5), "text");
    case.ok(dispatch_for(8, "经核实养护由其负责"), &DISTRICT, at(5));
    case.rule(back(5), &OTHER, at(6), "return_final");
    // The department that was too little may send it back once, too.
    let mut same = Case::answered();
    same.ok(rating(false, Satisfaction::Dissatisfied), &OWNER, at(0));
    same.ok(back(8), &LEAD, at(1));
    same.ok(dispatch_for(5, "经核实仍由其负责"), &DISTRICT, at(2));
    same.rule(back(8), &LEAD, at(3), "return_final");
    // In the first round a department that has it keeps it until it returns it.
    let mut first = Case::submitted();
    first.ok(accept(Level::Simple), &DISTRICT, T0);
    first.ok(dispatch(5), &DISTRICT, T0);
    first.rule(dispatch_for(8, "换一个部门看看"), &DISTRICT, T0, "dispatch_held");
}

#[test]
fn an_enterprise_adds_what_it_likes_and_urges_once_a_day() {
    let mut case = Case::submitted();
    let due = case.due();
    case.ok(Command::Note { text: String::new(), photos: 1 }, &OWNER, T0);
    case.ok(Command::Note { text: "今天又积水了".into(), photos: 0 }, &ASSISTED, T0);
    case.rule(Command::Note { text: String::new(), photos: 0 }, &OWNER, T0, "text");
    assert!(matches!(case.refused(Command::Urge, &DISTRICT, T0), Refusal::NotAllowed(_)));
    case.ok(Command::Urge, &OWNER, T0);
    case.rule(Command::Urge, &OWNER, datetime!(2026-11-23 23:59 +8), "urged");
    case.ok(Command::Urge, &OWNER, datetime!(2026-11-24 00:01 +8));
    assert_eq!((case.issue.urges, case.issue.state, case.due()), (2, State::Submitted, due), "nothing else moves");
    let answered = Case::answered();
    assert!(matches!(answered.refused(Command::Urge, &OWNER, T0), Refusal::WrongState { .. }));
}

#[test]
fn whoever_has_it_hears_of_it() {
    use notice::{Recipient, notices};
    let mut case = Case::submitted();
    let told = |case: &Case, event: &Event| {
        notices(event, &case.issue, T0, &case.terms)
            .into_iter()
            .map(|notice| (notice.recipient, notice.title))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&case, &Event::Urged), [(Recipient::Centre(330_502), "企业催办".to_owned())]);
    case.ok(accept(Level::Simple), &DISTRICT, T0);
    case.ok(dispatch_for(5, ""), &DISTRICT, T0);
    assert_eq!(told(&case, &Event::Urged), [(Recipient::Department(5), "企业催办".to_owned())]);
    let note = "道路由其养护".into();
    let moved = Event::Dispatched { lead: 5, co: vec![], from: Some(8), note, sign_due: T0, co_due: None };
    assert!(told(&case, &moved).contains(&(Recipient::Department(8), "交办件改由其他部门办理".to_owned())));
    // What the enterprise reads is true: a rating that reopens reminds the centre.
    let rating = Rating { solved: false, level: Satisfaction::Dissatisfied, reasons: vec![], comment: String::new(), aid: None };
    assert!(told(&case, &Event::Rated { rating }).iter().any(|(to, _)| *to == Recipient::Centre(330_502)));
    assert!(told(&case, &Event::Reopened { reason: "又积水了".into() }).iter().any(|(to, _)| *to == Recipient::Centre(330_502)));
}

#[test]
fn a_solved_and_content_rating_closes_an_unsolved_one_goes_round() {
    let mut good = Case::answered();
    good.ok(rating(true, Satisfaction::Fair), &OWNER, datetime!(2026-11-25 11:00 +8));
    assert_eq!(good.issue.state, State::Closed);
    for (solved, level) in [(false, Satisfaction::Satisfied), (true, Satisfaction::Dissatisfied)] {
        let mut bad = Case::answered();
        bad.ok(rating(solved, level), &OWNER, datetime!(2026-11-25 11:00 +8));
        assert_eq!((bad.issue.state, bad.issue.round), (State::Dispatched, 2));
        assert_eq!(bad.issue.flags, [Flag::Dissatisfied, Flag::Redispatched]);
        assert!(bad.due() > datetime!(2026-11-27 17:30 +8), "a full limit from now");
    }
}

#[test]
fn staff_and_assisted_sessions_never_rate() {
    let case = Case::answered();
    for actor in [ASSISTED, LEAD, DISTRICT, Actor::System] {
        let refusal = case.refused(rating(true, Satisfaction::Satisfied), &actor, T0);
        assert!(matches!(refusal, Refusal::NotAllowed(_)), "{actor:?}: {refusal:?}");
    }
}

#[test]
fn an_objection_goes_once_and_to_other_eyes() {
    let mut case = Case::submitted();
    case.ok(decline(), &DISTRICT, T0);
    case.rule(Command::Object { reason: "这次是另一处道路".into() }, &OWNER, datetime!(2026-12-10 09:00 +8), "object_late");
    case.ok(Command::Object { reason: "这次是另一处道路".into() }, &OWNER, T0);
    assert_eq!(case.issue.centre, CITY);
    assert!(matches!(case.refused(accept(Level::Simple), &DISTRICT, T0), Refusal::NotAllowed(_)));
    let mut same = case.issue.clone();
    same.declined_by = Some(11);
    let same = Case { issue: same, terms: Terms::default() };
    same.rule(accept(Level::Simple), &CITY_CENTRE, T0, "same_officer");
    case.ok(decline(), &CITY_CENTRE, T0);
    case.rule(Command::Object { reason: "仍然不同意".into() }, &OWNER, T0, "objected");
}

#[test]
fn only_waiting_for_input_pauses_and_only_to_its_cap() {
    let mut case = Case::submitted();
    case.ok(contact(), &DISTRICT, T0);
    case.ok(accept(Level::Simple), &DISTRICT, T0);
    let due = case.due();
    let ask = Command::Ask { what: "请补充厂房的具体位置".into() };
    case.ok(ask, &DISTRICT, datetime!(2026-11-24 09:00 +8));
    assert_eq!(case.issue.late_at(), None, "the answer's clock stands still");
    let mut quick = Case { issue: case.issue.clone(), terms: Terms::default() };
    quick.ok(Command::Supply { text: "东门往南".into(), photos: 0 }, &ASSISTED, datetime!(2026-11-24 17:30 +8));
    assert_eq!((quick.issue.state, quick.due()), (State::Accepted, datetime!(2026-11-30 17:30 +8)));
    // Nobody answers: at the cap of five working days the clock runs again, once.
    case.rule(Command::LapsePause, &Actor::System, datetime!(2026-11-30 17:00 +8), "pause_runs");
    case.ok(Command::LapsePause, &Actor::System, datetime!(2026-12-01 03:00 +8));
    let moved = case.due();
    assert_eq!(case.terms.calendar.working_between(due, moved).whole_hours(), 35);
    assert!(case.issue.late_at().is_some());
    assert_eq!((case.issue.state, case.issue.lapsed), (State::Accepted, true), "with whoever asked");
    let again = case.refused(Command::LapsePause, &Actor::System, datetime!(2026-12-05 09:00 +8));
    assert!(matches!(again, Refusal::WrongState { .. }));
    case.ok(Command::Note { text: "东门往南".into(), photos: 0 }, &OWNER, datetime!(2026-12-03 09:00 +8));
    assert_eq!(case.due(), moved, "what comes later moves nothing");
}

#[test]
fn a_pause_of_no_working_time_moves_nothing() {
    let mut case = handling(Level::Simple, T0);
    let dues = |case: &Case| case.issue.clocks().map(|(step, clock)| (step, clock.due, clock.warn)).collect::<Vec<_>>();
    let before = dues(&case);
    assert_eq!(case.due(), datetime!(2026-11-27 17:30 +8), "a closing, which is not the next opening");
    case.ok(Command::Ask { what: "请补充厂房的具体位置".into() }, &LEAD, datetime!(2026-11-23 18:00 +8));
    case.ok(Command::Supply { text: "在东门".into(), photos: 0 }, &OWNER, datetime!(2026-11-23 20:00 +8));
    assert_eq!((dues(&case), case.issue.paused_minutes), (before, 0));
}

#[test]
fn a_return_is_quick_reasoned_and_the_second_ruling_is_final() {
    let mut case = Case::submitted();
    case.ok(accept(Level::Ordinary), &DISTRICT, T0);
    case.ok(dispatch(5), &DISTRICT, T0);
    let back = |proposed| Command::Return { reason: "属于道路养护职责".into(), proposed };
    case.rule(back(5), &LEAD, T0, "proposed_self");
    case.rule(back(9), &LEAD, datetime!(2026-11-24 09:01 +8), "return_late");
    case.ok(back(9), &LEAD, datetime!(2026-11-23 15:00 +8));
    assert!(case.issue.returned && case.issue.lead.is_none());
    assert!(!case.issue.flags.contains(&Flag::Redispatched), "a return is not a second dispatch");
    case.rule(dispatch(5), &DISTRICT, datetime!(2026-11-23 16:00 +8), "text");
    case.ok(dispatch_for(5, "经核实仍由其负责"), &DISTRICT, datetime!(2026-11-23 16:00 +8));
    assert_eq!(case.issue.round, 1);
    case.rule(back(9), &LEAD, datetime!(2026-11-23 16:10 +8), "return_final");
}

#[test]
fn late_answers_stay_late_through_the_rounds() {
    let mut case = Case::submitted();
    case.ok(accept(Level::Simple), &DISTRICT, T0);
    case.ok(dispatch(5), &DISTRICT, T0);
    case.ok(Command::Sign, &LEAD, T0);
    case.ok(answer(), &LEAD, datetime!(2026-11-28 09:00 +8));
    assert!(case.issue.flags.contains(&Flag::AnsweredLate));
    case.ok(rating(false, Satisfaction::Dissatisfied), &OWNER, datetime!(2026-11-30 09:00 +8));
    case.ok(Command::Sign, &LEAD, datetime!(2026-11-30 10:00 +8));
    case.ok(answer(), &LEAD, datetime!(2026-11-30 11:00 +8));
    assert!(case.issue.flags.contains(&Flag::AnsweredLate));
}

#[test]
fn silence_is_not_satisfaction() {
    let case = Case::answered();
    let close = || Command::Close { note: String::new() };
    case.rule(close(), &CITY_CENTRE, datetime!(2026-12-08 10:00 +8), "close_early");
    case.rule(close(), &CITY_CENTRE, datetime!(2026-12-10 10:00 +8), "close_uncalled");
    let mut case = case;
    case.ok(called(None), &CITY_CENTRE, datetime!(2026-12-10 10:00 +8));
    case.ok(close(), &CITY_CENTRE, datetime!(2026-12-10 10:01 +8));
    let again = || Command::Reopen { reason: "又积水了，请再来看".into() };
    case.rule(again(), &OWNER, datetime!(2027-01-10 10:00 +8), "reopen_late");
    case.ok(again(), &OWNER, datetime!(2026-12-11 10:00 +8));
    assert_eq!((case.issue.state, case.issue.round), (State::Dispatched, 2));
}

#[test]
fn sentences_say_what_to_do() {
    let case = Case::answered();
    let refusal = case.refused(Command::Sign, &LEAD, T0).to_string();
    assert_eq!(refusal, "这件诉求现在是“待评价”，不能签收。请刷新页面看最新进展");
    let short = Command::Withdraw { reason: "x".into() };
    assert_eq!(case.refused(short, &OWNER, T0).to_string(), "撤回原因至少写 2 个字，现在是 1 个字");
}

#[test]
fn buttons_are_what_decide_would_let_through() {
    let case = Case::answered();
    let at = datetime!(2026-11-25 11:00 +8);
    let buttons = |actor| allowed_commands(&case.issue, &actor, at, &case.terms);
    assert_eq!(buttons(OWNER), [CommandKind::Note, CommandKind::Rate, CommandKind::Withdraw]);
    assert_eq!(buttons(LEAD), [CommandKind::Contact]);
    assert_eq!(buttons(ASSISTED), [CommandKind::Note]);
    let new = Case::submitted();
    let first = [CommandKind::Accept, CommandKind::Decline, CommandKind::Contact, CommandKind::Instruct, CommandKind::Merge];
    assert_eq!(allowed_commands(&new.issue, &DISTRICT, T0, &new.terms), first);
}

/// A holiday that is proclaimed meanwhile moves nothing that was promised, however often the events are replayed.
#[test]
fn a_new_holiday_moves_no_due_time() {
    let mut case = Case::submitted();
    let mut log = Vec::new();
    let morning = |day| datetime!(2026-11-01 10:00 +8).replace_day(day).unwrap();
    for (command, actor, at) in [
        (accept(Level::Simple), DISTRICT, morning(23)),
        (dispatch(5), DISTRICT, morning(23)),
        (Command::Sign, LEAD, morning(23)),
        (Command::Ask { what: "请补充厂房的具体位置".into() }, LEAD, morning(24)),
        (Command::Supply { text: "在东门".into(), photos: 0 }, OWNER, morning(25)),
    ] {
        log.extend(decide(&case.issue, &command, &actor, at, &case.terms).unwrap().into_iter().map(|event| (event, at, actor)));
        case.ok(command, &actor, at);
    }
    let days: Vec<_> = (26..=30).map(|day| (date!(2026 - 11 - 01).replace_day(day).unwrap(), false)).collect();
    let later = WorkCalendar::default().with_days(&days);
    let filed = Case::submitted().issue;
    let again = log.iter().fold(filed, |issue, (event, at, actor)| evolve(issue, event, *at, actor, &later));
    let dues = |issue: &Issue| issue.clocks().map(|(_, clock)| clock.due).collect::<Vec<_>>();
    assert_eq!(dues(&again), dues(&case.issue));
    assert!(case.issue.interim.unwrap().due > datetime!(2026-11-26 17:30 +8), "it was moved by the pause");
}

#[test]
fn after_the_cap_the_work_goes_on_without_the_input() {
    let ask = || Command::Ask { what: "请补充厂房的具体位置".into() };
    let lapse = datetime!(2026-12-02 09:00 +8);
    // Asked by the centre: it dispatches what it has, and what comes after the cap is the department's.
    let mut centre = Case::submitted();
    centre.ok(accept(Level::Simple), &DISTRICT, T0);
    centre.ok(ask(), &DISTRICT, T0);
    assert!(matches!(centre.refused(dispatch(5), &DISTRICT, T0), Refusal::WrongState { .. }));
    centre.ok(Command::LapsePause, &Actor::System, lapse);
    centre.ok(dispatch(5), &DISTRICT, lapse);
    assert_eq!((centre.issue.state, &centre.issue.pause), (State::Dispatched, &None));
    // Asked by the department: it tells how far it is, and answers.
    let mut lead = Case::submitted();
    lead.ok(accept(Level::Simple), &DISTRICT, T0);
    lead.ok(dispatch(5), &DISTRICT, T0);
    lead.ok(Command::Sign, &LEAD, T0);
    lead.ok(ask(), &LEAD, T0);
    assert!(matches!(lead.refused(answer(), &LEAD, T0), Refusal::WrongState { .. }));
    lead.ok(Command::LapsePause, &Actor::System, lapse);
    assert!(matches!(lead.refused(dispatch(6), &DISTRICT, lapse), Refusal::Rule { code: "dispatch_held", .. }));
    lead.ok(Command::Progress { text: "未收到补充，先按现有情况查看。".into() }, &LEAD, lapse);
    assert_eq!((lead.issue.state, lead.issue.lapsed), (State::Handling, true));
    lead.ok(answer(), &LEAD, lapse);
    assert_eq!((lead.issue.state, lead.issue.lapsed), (State::Answered, false));
}

/// From 2026-12-01 on a simple issue has two days, an enterprise five to come back, and nobody files under 道路积水 any more.
fn changed() -> Terms {
    let mut terms = Terms::default();
    let first = terms.limits.versions()[0];
    let spans = Spans { answer_simple: Span::Days(2), reopen_window: Span::Days(5), ..first.spans };
    let second = Limits { version: 2, from: date!(2026 - 12 - 01), spans };
    terms.limits = Arc::new(LimitTable::new(vec![first, second]));
    let mut categories = terms.catalogue.category_lines().to_vec();
    let known = terms.catalogue.at(T0).category("drainage").unwrap().clone();
    let gone = Category { name: "市政排水".into(), department: "zhifa".into(), active: false, ..known };
    categories.push((datetime!(2026-12-01 00:00 +8), gone));
    terms.catalogue = Arc::new(Catalogue::new(terms.catalogue.board_lines().to_vec(), categories, Vec::new()));
    terms
}

#[test]
fn a_changed_limit_or_category_is_about_new_issues_only() {
    let later = datetime!(2026-12-07 09:00 +8);
    let mut old = Case::submitted();
    old.terms = changed();
    assert_eq!(old.issue.limits, 1);
    old.ok(accept(Level::Simple), &DISTRICT, later);
    assert_eq!(old.due(), datetime!(2026-11-27 17:30 +8), "five days, as it was when it was submitted");
    let of_its_day = old.terms.catalogue_of(&old.issue, later);
    assert_eq!(of_its_day.category_name("drainage"), "道路积水与排水");
    assert_eq!(of_its_day.category("drainage").map(|known| of_its_day.route(known, 330_502)), Some("jianshe"));
    old.ok(dispatch(5), &DISTRICT, later);
    old.ok(Command::Sign, &LEAD, later);
    old.ok(answer(), &LEAD, later);
    old.ok(rating(true, Satisfaction::Satisfied), &OWNER, later);
    old.ok(Command::Reopen { reason: "又积水了，请再来看".into() }, &OWNER, datetime!(2026-12-18 09:00 +8));
    assert_eq!(old.due(), datetime!(2026-12-24 17:30 +8), "its next round too");

    let mut new = Case { issue: Issue::draft(7), terms: changed() };
    new.rule(submit(), &OWNER, later, "category");
    new.ok(submit_street(), &OWNER, later);
    assert_eq!(new.issue.limits, 2);
    new.rule(accept(Level::Simple), &DISTRICT, later, "category");
    let street = Command::Accept { category: "street".into(), level: Level::Simple, urgency: Urgency::Normal, area: None };
    new.ok(street, &DISTRICT, later);
    assert_eq!(new.due(), datetime!(2026-12-08 17:30 +8));
    let mut declined = Case { issue: Issue::draft(7), terms: changed() };
    declined.ok(submit_street(), &OWNER, later);
    declined.ok(decline(), &DISTRICT, later);
    let object = Command::Object { reason: "这次是另一处道路".into() };
    let refusal = declined.refused(object, &OWNER, datetime!(2026-12-15 09:00 +8));
    assert_eq!(refusal.to_string(), "已超过 5 个工作日的异议期限，您可以重新提一件诉求");
}

fn extend(days: u32) -> Command {
    Command::Extend { days, reason: "要等水务部门的管线图".into() }
}

fn grant() -> Command {
    Command::Grant { reason: "管线图下周三才能拿到".into() }
}

/// Accepted, dispatched and signed at `at`, as an issue of this level.
fn handling(level: Level, at: OffsetDateTime) -> Case {
    let mut case = Case { issue: Issue::draft(7), terms: Terms::default() };
    for (command, actor) in [(submit(), &OWNER), (accept(level), &DISTRICT), (dispatch(5), &DISTRICT), (Command::Sign, &LEAD)] {
        case.ok(command, actor, at);
    }
    case
}

#[test]
fn more_time_is_asked_for_a_day_ahead_and_moves_nothing_until_it_is_granted() {
    let mut case = handling(Level::Simple, T0);
    let due = case.due();
    assert_eq!(due, datetime!(2026-11-27 17:30 +8));
    case.rule(grant(), &DISTRICT, T0, "no_extension");
    case.rule(extend(0), &LEAD, T0, "extend_days");
    case.rule(extend(6), &LEAD, T0, "extend_days");
    case.rule(Command::Extend { days: 2, reason: String::new() }, &LEAD, T0, "text");
    case.rule(extend(2), &LEAD, datetime!(2026-11-27 09:01 +8), "extend_late");
    for stranger in [&OTHER, &DISTRICT, &OWNER] {
        assert!(matches!(case.refused(extend(2), stranger, T0), Refusal::NotAllowed(_)));
    }
    case.ok(extend(2), &LEAD, datetime!(2026-11-27 09:00 +8));
    assert_eq!((case.due(), case.issue.state), (due, State::Handling), "asking moves nothing");
    case.rule(extend(2), &LEAD, datetime!(2026-11-27 09:00 +8), "extended");
    assert!(matches!(case.refused(grant(), &LEAD, T0), Refusal::NotAllowed(_)), "never by whoever asked");
    case.rule(Command::Grant { reason: "好".into() }, &DISTRICT, datetime!(2026-11-27 10:00 +8), "text");
    case.rule(grant(), &DISTRICT, datetime!(2026-11-27 17:31 +8), "grant_late");
    let events = decide(&case.issue, &grant(), &DISTRICT, datetime!(2026-11-27 10:00 +8), &case.terms).unwrap();
    let Event::Extended { from, answer_due, days, .. } = &events[0] else { panic!("{events:?}") };
    assert_eq!((*from, *answer_due, *days), (due, datetime!(2026-12-01 17:30 +8), 2), "it says by how much");
    case.ok(grant(), &DISTRICT, datetime!(2026-11-27 10:00 +8));
    assert_eq!(case.due(), datetime!(2026-12-01 17:30 +8));
    assert_eq!(case.issue.answer.unwrap().warn, datetime!(2026-11-30 14:42 +8));
    case.rule(extend(1), &LEAD, datetime!(2026-11-27 11:00 +8), "extended");
    let told = notice::notices(&events[0], &case.issue, T0, &case.terms);
    let enterprise = told.iter().find(|notice| notice.recipient == notice::Recipient::Enterprise(7)).unwrap();
    assert!(enterprise.body.contains("管线图下周三才能拿到") && enterprise.body.contains("2 个工作日"), "{}", enterprise.body);
}

#[test]
fn a_pause_that_began_after_the_end_makes_no_room_for_more_time() {
    let ask = || Command::Ask { what: "请补充厂房的具体位置".into() };
    let supply = || Command::Supply { text: "在东门".into(), photos: 0 };
    let mut late = handling(Level::Simple, T0);
    late.ok(extend(2), &LEAD, T0);
    late.ok(ask(), &LEAD, datetime!(2026-11-27 17:31 +8));
    late.rule(grant(), &DISTRICT, datetime!(2026-11-28 09:00 +8), "grant_late");
    late.ok(Command::Refuse { reason: "答复期限已过".into() }, &DISTRICT, datetime!(2026-11-28 09:00 +8));
    // One that began in time holds the limit, and with it the ruling.
    let mut held = handling(Level::Simple, T0);
    held.ok(extend(2), &LEAD, T0);
    held.ok(ask(), &LEAD, datetime!(2026-11-27 17:00 +8));
    held.ok(grant(), &DISTRICT, datetime!(2026-11-30 09:00 +8));
    held.ok(supply(), &OWNER, datetime!(2026-11-30 09:00 +8));
    assert_eq!(held.due(), datetime!(2026-12-02 09:30 +8), "two days, and the half hour of the pause");
}

#[test]
fn a_refused_extension_leaves_the_promise_and_the_next_round_may_ask_again() {
    let mut case = handling(Level::Simple, T0);
    let due = case.due();
    case.ok(extend(3), &LEAD, T0);
    case.ok(Command::Refuse { reason: "管线图今天就能拿到".into() }, &CITY_CENTRE, T0);
    assert_eq!((case.due(), case.issue.extension), (due, None));
    case.rule(extend(3), &LEAD, T0, "extended");
    case.ok(answer(), &LEAD, T0);
    case.ok(rating(false, Satisfaction::Dissatisfied), &OWNER, T0);
    case.ok(Command::Sign, &LEAD, T0);
    case.ok(extend(3), &LEAD, T0);
    // What was answered meanwhile needs no more time.
    case.ok(answer(), &LEAD, T0);
    assert_eq!(case.issue.extension, None);
}

#[test]
fn an_extension_and_a_pause_add_up_across_a_holiday() {
    // Wednesday before National Day: 1 to 7 October are off, Saturday the 10th is worked.
    let mut case = handling(Level::Simple, datetime!(2026-09-28 09:00 +8));
    assert_eq!(case.due(), datetime!(2026-10-09 17:30 +8));
    case.ok(extend(1), &LEAD, datetime!(2026-09-29 12:00 +8));
    case.ok(grant(), &DISTRICT, datetime!(2026-09-29 17:30 +8));
    assert_eq!(case.due(), datetime!(2026-10-10 17:30 +8), "the Saturday counts");
    case.ok(Command::Ask { what: "请补充管线位置图".into() }, &LEAD, datetime!(2026-09-30 16:00 +8));
    case.ok(Command::Supply { text: "见图".into(), photos: 0 }, &OWNER, datetime!(2026-10-08 10:30 +8));
    assert_eq!(case.issue.paused_minutes, 180, "an hour and a half on either side of the holiday");
    assert_eq!(case.due(), datetime!(2026-10-12 12:00 +8));
}

fn called(said: Option<(bool, Satisfaction)>) -> Command {
    let said = said.map(|(solved, level)| Said { solved, level });
    Command::CallBack(CallBack { way: ContactWay::Phone, said, notes: "企业说现场还有积水".into() })
}

#[test]
fn a_call_back_that_hears_not_solved_reopens_what_was_rated_well_and_the_disagreement_is_flagged() {
    let mut case = Case::answered();
    let at = |hour: i64| datetime!(2026-11-25 10:00 +8) + time::Duration::hours(hour);
    assert_eq!(case.issue.call_back.due, Some(datetime!(2026-12-02 10:00 +8)), "within five working days");
    for stranger in [&LEAD, &OTHER, &OWNER, &STATION, &ASSISTED] {
        let refused = case.refused(called(None), stranger, at(1));
        assert!(matches!(refused, Refusal::NotAllowed(_)), "never whoever answered: {stranger:?}");
    }
    case.ok(rating(true, Satisfaction::Satisfied), &OWNER, at(1));
    assert_eq!((case.issue.state, case.issue.flags.as_slice()), (State::Closed, [].as_slice()));
    let silent = Command::CallBack(CallBack {
        way: ContactWay::Phone,
        said: Some(Said { solved: false, level: Satisfaction::Dissatisfied }),
        notes: String::new(),
    });
    case.rule(silent, &DISTRICT, at(2), "text");
    let call = called(Some((false, Satisfaction::Dissatisfied)));
    let events = decide(&case.issue, &call, &DISTRICT, at(2), &case.terms).unwrap();
    let told = notice::notices(&events[0], &case.issue, at(2), &case.terms);
    assert!(
        told.iter().any(|it| it.recipient == notice::Recipient::Department(5) && it.body.contains("现场还有积水")),
        "{told:?}"
    );
    case.ok(call, &DISTRICT, at(2));
    assert_eq!((case.issue.state, case.issue.round, case.issue.lead), (State::Dispatched, 2, Some(5)));
    assert_eq!(case.issue.flags, [Flag::Dissatisfied, Flag::Disagreed, Flag::Redispatched]);
    assert_eq!(case.issue.call_back, Calls::default(), "the next answer is called back anew");
}

#[test]
fn a_rating_after_the_call_back_is_compared_as_well_and_the_rating_s_round_counts() {
    let mut case = Case::answered();
    let at = |hour: i64| datetime!(2026-11-25 10:00 +8) + time::Duration::hours(hour);
    case.ok(called(Some((true, Satisfaction::Satisfied))), &DISTRICT, at(1));
    assert_eq!((case.issue.state, case.issue.call_back.due), (State::Answered, None), "only the enterprise closes");
    case.rule(called(None), &DISTRICT, at(9), "called");
    case.ok(rating(true, Satisfaction::VeryDissatisfied), &OWNER, at(3));
    assert!(case.issue.flags.contains(&Flag::Disagreed));
    // What was said of the first round is no disagreement with the second.
    let mut next = Case::answered();
    next.ok(rating(false, Satisfaction::Dissatisfied), &OWNER, at(1));
    next.ok(Command::Sign, &LEAD, at(1));
    next.ok(answer(), &LEAD, at(2));
    next.ok(called(Some((true, Satisfaction::Satisfied))), &DISTRICT, at(3));
    assert!(!next.issue.flags.contains(&Flag::Disagreed), "{:?}", next.issue.flags);
    // Solved, but not content: flagged, and not sent round by anybody but the enterprise.
    let mut unhappy = Case::answered();
    unhappy.ok(called(Some((true, Satisfaction::Dissatisfied))), &DISTRICT, at(1));
    assert_eq!((unhappy.issue.state, unhappy.issue.flags.as_slice()), (State::Answered, [Flag::Dissatisfied].as_slice()));
}

#[test]
fn three_tries_an_hour_apart_are_enough() {
    let mut case = Case::answered();
    let at = |minute: i64| datetime!(2026-11-26 09:00 +8) + time::Duration::minutes(minute);
    case.ok(called(None), &DISTRICT, at(0));
    case.rule(called(None), &DISTRICT, at(59), "called_just_now");
    case.ok(called(None), &DISTRICT, at(60));
    assert!(case.issue.call_back.due.is_some());
    case.ok(called(None), &CITY_CENTRE, at(120));
    assert_eq!((case.issue.call_back.due, case.issue.call_back.missed), (None, MAX_MISSED));
    // Whoever answers the telephone later is heard all the same.
    case.ok(called(Some((true, Satisfaction::Satisfied))), &DISTRICT, at(600));
    assert_eq!(case.issue.call_back.missed, MAX_MISSED);
}

#[test]
fn a_fifth_of_what_is_withdrawn_is_called_back_and_stays_withdrawn() {
    let withdrawn = |filed| {
        let mut case = Case { issue: Issue::draft(7), terms: Terms::default() };
        case.ok(submit(), &OWNER, filed);
        case.ok(Command::Withdraw { reason: "自己解决了".into() }, &OWNER, filed);
        case
    };
    let filed = |n: i64| T0 + time::Duration::microseconds(n * 61_000_007);
    let sampled: Vec<i64> = (0..1000).filter(|n| withdrawn(filed(*n)).issue.call_back.due.is_some()).collect();
    assert!((150..250).contains(&sampled.len()), "{}", sampled.len());
    let mut case = withdrawn(filed(sampled[0]));
    case.ok(called(Some((false, Satisfaction::Dissatisfied))), &DISTRICT, filed(sampled[0]));
    assert_eq!((case.issue.state, case.issue.call_back.due, case.issue.flags.len()), (State::Withdrawn, None, 0));
    let other = (0..1000).find(|n| !sampled.contains(n)).unwrap();
    withdrawn(filed(other)).rule(called(None), &DISTRICT, filed(other), "not_sampled");
}

#[test]
fn events_of_before_owe_no_call_back_and_are_written_as_they_were() {
    for old in [
        r#"{"type":"answered","text":"已疏通排水口","outcome":"solved","late":false}"#,
        r#"{"type":"withdrawn","reason":"自己解决了"}"#,
        r#"{"type":"closed","basis":{"by":"call_back","note":"电话回访过"}}"#,
    ] {
        let event: Event = serde_json::from_str(old).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), old);
        let issue = evolve(Case::submitted().issue, &event, T0, &LEAD, &WorkCalendar::default());
        assert_eq!(issue.call_back, Calls::default());
    }
}

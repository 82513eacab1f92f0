//! The rules of the loop one by one: each refusal, each clock.
#![allow(clippy::unwrap_used)]

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
    Command::Submit(Submission {
        title: "厂房旁道路积水".into(),
        text: "一下雨货车就进不来，已经三天了。".into(),
        category: "drainage".into(),
        place: "织里镇".into(),
        area: 330_502,
        channel: Channel::Online,
        photos: 3,
    })
}

fn submit_street() -> Command {
    let Command::Submit(submission) = submit() else { unreachable!("submit() submits") };
    Command::Submit(Submission { category: "street".into(), ..submission })
}

fn accept(level: Level) -> Command {
    Command::Accept { category: "drainage".into(), level, urgency: Urgency::Normal }
}

fn dispatch(lead: i64) -> Command {
    Command::Dispatch { lead, co: vec![6], note: String::new() }
}

fn answer() -> Command {
    Command::Answer { text: "已疏通排水口并加装一处雨水口。".into(), outcome: Outcome::Solved }
}

fn rating(solved: bool, level: Satisfaction) -> Command {
    Command::Rate(Rating { solved, level, reasons: vec![], comment: String::new() })
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
    assert_eq!(case.issue.contact.unwrap().met, Some(datetime!(2026-11-24 16:00 +8)));
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
        bad.rule(
            Command::Return { reason: "不属于本部门职责".into(), proposed: 9 },
            &LEAD,
            datetime!(2026-11-25 11:30 +8),
            "return_round",
        );
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
    case.rule(Command::LapsePause, &Actor::System, datetime!(2026-12-05 09:00 +8), "pause_runs");
    case.ok(Command::Supply { text: "东门往南".into(), photos: 0 }, &OWNER, datetime!(2026-12-03 09:00 +8));
    assert_eq!(case.due(), moved, "what the lapse moved is not moved again");
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
    case.ok(dispatch(5), &DISTRICT, datetime!(2026-11-23 16:00 +8));
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
    let close = |note: &str| Command::Close { call_back: note.into() };
    case.rule(close("电话三次无人接听"), &CITY_CENTRE, datetime!(2026-12-08 10:00 +8), "close_early");
    case.rule(close("无"), &CITY_CENTRE, datetime!(2026-12-10 10:00 +8), "text");
    let mut case = case;
    case.ok(close("电话三次无人接听"), &CITY_CENTRE, datetime!(2026-12-10 10:00 +8));
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
    assert_eq!(buttons(OWNER), [CommandKind::Rate, CommandKind::Withdraw]);
    assert_eq!(buttons(LEAD), []);
    assert_eq!(buttons(ASSISTED), []);
    let new = Case::submitted();
    assert_eq!(allowed_commands(&new.issue, &DISTRICT, T0, &new.terms), [CommandKind::Accept, CommandKind::Decline]);
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
    assert!(matches!(centre.refused(dispatch(5), &DISTRICT, T0), Refusal::Rule { code: "pause_holds", .. }));
    centre.ok(Command::LapsePause, &Actor::System, lapse);
    centre.ok(dispatch(5), &DISTRICT, lapse);
    assert_eq!((centre.issue.state, &centre.issue.pause), (State::Dispatched, &None));
    // Asked by the department: it tells how far it is, and answers.
    let mut lead = Case::submitted();
    lead.ok(accept(Level::Simple), &DISTRICT, T0);
    lead.ok(dispatch(5), &DISTRICT, T0);
    lead.ok(Command::Sign, &LEAD, T0);
    lead.ok(ask(), &LEAD, T0);
    assert!(matches!(lead.refused(answer(), &LEAD, T0), Refusal::Rule { code: "pause_holds", .. }));
    lead.ok(Command::LapsePause, &Actor::System, lapse);
    assert!(matches!(lead.refused(dispatch(6), &DISTRICT, lapse), Refusal::Rule { code: "pause_holds", .. }));
    lead.ok(Command::Progress { text: "未收到补充，先按现有情况查看。".into() }, &LEAD, lapse);
    assert_eq!(lead.issue.state, State::AwaitingInput, "the enterprise may still supply");
    lead.ok(answer(), &LEAD, lapse);
    assert_eq!((lead.issue.state, &lead.issue.pause), (State::Answered, &None));
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
    new.ok(Command::Accept { category: "street".into(), level: Level::Simple, urgency: Urgency::Normal }, &DISTRICT, later);
    assert_eq!(new.due(), datetime!(2026-12-08 17:30 +8));
    let mut declined = Case { issue: Issue::draft(7), terms: changed() };
    declined.ok(submit_street(), &OWNER, later);
    declined.ok(decline(), &DISTRICT, later);
    let object = Command::Object { reason: "这次是另一处道路".into() };
    let refusal = declined.refused(object, &OWNER, datetime!(2026-12-15 09:00 +8));
    assert_eq!(refusal.to_string(), "已超过 5 个工作日的异议期限，您可以重新提一件诉求");
}

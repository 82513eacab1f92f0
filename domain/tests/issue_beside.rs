//! What goes on beside the lead's work: 并案, 挂账跟踪, parts of co-departments, 协商办, 会议办 and the tasks they give. Each rule, each refusal, each alarm.
#![allow(clippy::unwrap_used)]

mod common;

use common::submission;
use domain::actor::{Actor, CITY, Duty, MemberRole};
use domain::issue::clock::Step;
use domain::issue::measure::Measure;
use domain::issue::notice::{Notice, Recipient, notices};
use domain::issue::*;
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};

const OWNER: Actor = Actor::Member { person: 1, enterprise: 7, role: MemberRole::Owner };
const CENTRE: Actor = Actor::Staff { id: 10, duty: Duty::Centre { area: 330_502 } };
const CITY_CENTRE: Actor = Actor::Staff { id: 11, duty: Duty::Centre { area: CITY } };
const LEAD: Actor = Actor::Staff { id: 20, duty: Duty::Handler { department: 5 } };
const CO: Actor = Actor::Staff { id: 21, duty: Duty::Handler { department: 6 } };
const OTHER_CO: Actor = Actor::Staff { id: 22, duty: Duty::Handler { department: 7 } };
const STRANGER: Actor = Actor::Staff { id: 23, duty: Duty::Handler { department: 9 } };
const SUPERVISOR: Actor = Actor::Staff { id: 30, duty: Duty::Supervisor { area: 330_502 } };
/// A Monday.
const T0: OffsetDateTime = datetime!(2026-11-23 09:00 +8);
/// Two days on, in the morning.
const LATER: OffsetDateTime = datetime!(2026-11-25 10:00 +8);

struct Life {
    issue: Issue,
    terms: Terms,
    log: Vec<(Event, OffsetDateTime, Actor)>,
    told: Vec<Notice>,
}

impl Life {
    fn filed(enterprise: i64, at: OffsetDateTime) -> Life {
        let mut life = Life { issue: Issue::draft(enterprise), terms: Terms::default(), log: vec![], told: vec![] };
        life.ok(Command::Submit(submission()), &Actor::Member { person: 1, enterprise, role: MemberRole::Owner }, at);
        life
    }

    /// Contacted, accepted, dispatched with these beside the lead, signed.
    fn handling(co: &[i64]) -> Life {
        let mut life = Life::filed(7, T0);
        let (way, with, result) = (ContactWay::Phone, "陈伟".into(), "约好到现场看".into());
        life.ok(Command::Contact { way, with, reached: true, result }, &CENTRE, T0);
        let category = "drainage".into();
        life.ok(Command::Accept { category, level: Level::Simple, urgency: Urgency::Normal, area: None }, &CENTRE, T0);
        life.ok(Command::Dispatch { lead: 5, co: co.to_vec(), note: String::new() }, &CENTRE, T0);
        life.ok(Command::Sign, &LEAD, T0);
        life.ok(Command::Progress { text: "已到现场查看".into() }, &LEAD, T0);
        life
    }

    fn tracking() -> Life {
        let mut life = Life::handling(&[]);
        life.ok(track(3), &CENTRE, LATER);
        life
    }

    /// Alarms that are due come first, as the worker gives them.
    #[track_caller]
    fn ok(&mut self, command: Command, actor: &Actor, at: OffsetDateTime) {
        let events = decide(&self.issue, &command, actor, at, &self.terms).unwrap();
        self.told.clear();
        for event in events {
            self.issue = evolve(self.issue.clone(), &event, at, actor, &self.terms.calendar);
            self.told.extend(notices(&event, &self.issue, at, &self.terms));
            self.log.push((event, at, *actor));
        }
    }

    #[track_caller]
    fn rule(&self, command: Command, actor: &Actor, at: OffsetDateTime, expected: &str) {
        match decide(&self.issue, &command, actor, at, &self.terms).unwrap_err() {
            Refusal::Rule { code, sentence } => {
                assert_eq!(code, expected);
                assert!(sentence.chars().count() > 4, "{sentence}");
            }
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn forbidden(&self, command: Command, actors: &[Actor]) {
        for actor in actors {
            let refused = decide(&self.issue, &command, actor, LATER, &self.terms).unwrap_err();
            assert!(matches!(refused, Refusal::NotAllowed(_)), "{actor:?}: {refused}");
        }
    }

    fn offers(&self, kind: CommandKind, actor: &Actor, at: OffsetDateTime) -> bool {
        allowed_commands(&self.issue, actor, at, &self.terms).contains(&kind)
    }

    /// The worker, at an instant: how many things it had to tell.
    fn alarm(&mut self, at: OffsetDateTime) -> usize {
        let before = self.log.len();
        if self.issue.alarm_at(&self.terms).is_some_and(|due| due <= at) {
            self.ok(Command::Alarm, &Actor::System, at);
        }
        self.log.len() - before
    }

    fn measure(&self) -> Measure {
        let events = self.log.iter().map(|(event, at, actor)| (event, *at, actor));
        Measure::of(Issue::draft(self.issue.enterprise), events, &self.terms.calendar)
    }

    fn tells(&self, to: &Recipient, word: &str) -> bool {
        self.told.iter().any(|told| told.recipient == *to && (told.title.contains(word) || told.body.contains(word)))
    }
}

fn target(life: &Life) -> Target {
    Target::of(&life.issue, "HZ-2026-112300002")
}

fn merge(into: &Life) -> Command {
    Command::Merge { into: target(into), reason: "和另一件是同一个问题".into() }
}

fn track(days: u32) -> Command {
    Command::Track { days, reason: "管网改造列入明年计划".into() }
}

fn report(days: u32) -> Command {
    Command::Report { text: "设计单位已进场测量".into(), days }
}

fn part() -> Command {
    Command::Part { text: "已核对排口，没有偷排".into() }
}

fn answer() -> Command {
    Command::Answer { text: "已疏通排水口并加装一处雨水口。".into(), outcome: Outcome::Solved }
}

fn meeting(tasks: &[(i64, u32)]) -> Meeting {
    let task = |(department, days): &(i64, u32)| NewTask { department: *department, what: "重排雨水管".into(), days: *days };
    Meeting {
        held: date!(2026 - 11 - 24),
        who: "企服中心主任、建设局、水利局".into(),
        decisions: "由建设局牵头改造".into(),
        told: "几个部门已一起研究，由建设局牵头改造".into(),
        tasks: tasks.iter().map(task).collect(),
    }
}

// ---- 并案 ----

#[test]
fn what_is_merged_ends_and_is_owed_by_the_other_one_at_the_earlier_time() {
    let (mut one, mut other) = (Life::handling(&[]), Life::filed(7, LATER));
    let (early, late) = (one.issue.answer.unwrap().due, other.issue.answer.unwrap().due);
    assert!(early < late);
    other.ok(Command::Absorb { from: target(&one) }, &CENTRE, LATER);
    one.ok(merge(&other), &CENTRE, LATER);
    assert_eq!((one.issue.state, one.issue.ended_at), (State::Merged, Some(LATER)));
    assert_eq!(other.issue.answer.unwrap().due, early, "no merger makes a promise later");
    assert_eq!(other.issue.state, State::Submitted);
    assert!(one.issue.running().next().is_none() && one.issue.alarm_at(&one.terms).is_none());
    // Nor does it once the other one is accepted as what may take longer, whose own limit would end after that.
    let mut taken = Life::filed(7, LATER);
    taken.ok(Command::Absorb { from: target(&Life::handling(&[])) }, &CENTRE, LATER);
    let accept = Command::Accept { category: "drainage".into(), level: Level::Complex, urgency: Urgency::Normal, area: None };
    taken.ok(accept, &CENTRE, LATER);
    assert_eq!(taken.issue.answer.unwrap().due, early, "an acceptance neither");
    assert!(one.measure().excluded && !other.measure().excluded);
    assert_eq!(other.measure().due, Some(early));
    assert!(one.tells(&Recipient::Enterprise(7), "HZ-2026-112300002") && one.tells(&Recipient::Department(5), "并案"));
    // The other way round the earlier promise simply stays.
    let (mut early_one, late_one) = (Life::handling(&[]), Life::filed(7, LATER));
    early_one.ok(Command::Absorb { from: target(&late_one) }, &CENTRE, LATER);
    assert_eq!(early_one.issue.answer.unwrap().due, early);
}

#[test]
fn only_an_unanswered_issue_of_the_same_enterprise_goes_on_for_another() {
    let one = Life::handling(&[]);
    let other = Life::filed(7, T0);
    let into = |change: fn(&mut Target)| {
        let mut into = target(&other);
        change(&mut into);
        Command::Merge { into, reason: "和另一件是同一个问题".into() }
    };
    one.rule(into(|it| it.enterprise = 8), &CENTRE, LATER, "merge_other");
    one.rule(into(|it| it.itself = true), &CENTRE, LATER, "merge_itself");
    for state in [State::Answered, State::Closed, State::Declined, State::Withdrawn, State::Merged] {
        let target = Target { state, ..target(&other) };
        one.rule(Command::Merge { into: target, reason: "和另一件是同一个问题".into() }, &CENTRE, LATER, "merge_ended");
    }
    one.rule(Command::Merge { into: target(&other), reason: "重".into() }, &CENTRE, LATER, "text");
    one.rule(Command::Absorb { from: Target { enterprise: 8, ..target(&other) } }, &CENTRE, LATER, "merge_other");
    let elsewhere = Actor::Staff { id: 12, duty: Duty::Centre { area: 330_503 } };
    one.forbidden(merge(&other), &[OWNER, LEAD, SUPERVISOR, elsewhere, Actor::System]);
    let mut ended = Life::handling(&[]);
    ended.ok(merge(&other), &CENTRE, LATER);
    for (command, actor) in
        [(merge(&other), CENTRE), (Command::Reopen { reason: "还是积水不退".into() }, OWNER), (answer(), LEAD)]
    {
        let refused = decide(&ended.issue, &command, &actor, LATER, &ended.terms).unwrap_err();
        assert!(matches!(refused, Refusal::WrongState { .. }), "{refused}");
    }
}

#[test]
fn what_supervision_or_a_meeting_follows_does_not_vanish_in_a_merger() {
    let other = Life::filed(7, T0);
    let mut instructed = Life::handling(&[]);
    instructed.ok(Command::Instruct { leader: "王市长".into(), text: "请今天到现场".into(), on: None }, &CENTRE, LATER);
    let mut goes_on = Life::filed(7, T0);
    goes_on.ok(Command::Absorb { from: target(&instructed) }, &CENTRE, LATER);
    assert_eq!(goes_on.issue.flags, [Flag::Instructed], "the instruction is owed there");
    instructed.ok(Command::Inquire { question: "现场看过了吗".into() }, &SUPERVISOR, LATER);
    instructed.rule(merge(&other), &CENTRE, LATER, "merge_supervised");
    let mut decided = Life::handling(&[]);
    decided.ok(Command::Consult(meeting(&[(5, 5)])), &CENTRE, LATER);
    decided.rule(merge(&other), &CENTRE, LATER, "merge_tasks");
    assert!(!decided.offers(CommandKind::Merge, &CENTRE, LATER));
}

#[test]
fn of_what_was_merged_nothing_goes_on() {
    // A part owed, more time asked for, an answer promised and not given: none of it ticks afterwards.
    let mut waits = Life::handling(&[6]);
    waits.ok(Command::Extend { days: 2, reason: "要等水务部门的管线图".into() }, &LEAD, LATER);
    let promised = Life::tracking();
    let mut answered = Life::handling(&[]);
    answered.ok(answer(), &LEAD, LATER);
    for mut life in [waits, promised, answered] {
        let other = Life::filed(7, T0);
        life.ok(merge(&other), &CENTRE, LATER);
        assert_eq!((life.issue.alarm_at(&life.terms), life.issue.extension, life.issue.call_back.due), (None, None, None));
        assert_eq!(life.alarm(LATER + Duration::days(300)), 0);
        assert!(life.issue.owing().is_empty() && life.measure().excluded);
        assert!(!life.issue.flags.contains(&Flag::Warning) && !life.issue.flags.contains(&Flag::Overdue));
    }
}

#[test]
fn a_chain_of_mergers_keeps_the_earliest_promise_and_has_no_circle() {
    let first = Life::handling(&[]);
    let early = first.issue.answer.unwrap().due;
    let (mut second, mut third) = (Life::filed(7, LATER), Life::filed(7, LATER + Duration::days(1)));
    second.ok(Command::Absorb { from: target(&first) }, &CENTRE, LATER);
    third.ok(Command::Absorb { from: target(&second) }, &CENTRE, LATER);
    second.ok(merge(&third), &CENTRE, LATER);
    assert_eq!(third.issue.answer.unwrap().due, early, "through the one between");
    third.rule(merge(&second), &CENTRE, LATER, "merge_ended");
    // The next answer that was promised is a promise, too.
    let tracked = Life::tracking();
    let next = Target::of(&Life { issue: Issue { answer: None, ..tracked.issue.clone() }, ..Life::tracking() }.issue, "x").due;
    assert_eq!(next, Some(tracked.issue.promise.unwrap().due));
}

#[test]
fn an_order_outlives_a_withdrawal_and_stands_against_a_merger() {
    let supervise = Command::Supervise { reason: "领导批示，要求尽快办结".into() };
    let mut life = Life::handling(&[]);
    life.ok(Command::Instruct { leader: "王市长".into(), text: "请今天到现场".into(), on: None }, &CENTRE, LATER);
    life.ok(supervise, &SUPERVISOR, LATER);
    life.rule(merge(&Life::filed(7, T0)), &CENTRE, LATER, "merge_supervised");
    // Nobody keeps an enterprise from withdrawing, and the order is followed to its end all the same.
    life.ok(Command::Withdraw { reason: "已经自己解决".into() }, &OWNER, LATER);
    assert!(life.issue.supervision.is_some() && life.issue.flags.contains(&Flag::Supervised));
    assert_eq!(life.alarm(datetime!(2026-11-27 09:00 +8)), 2, "verification is warned of and overdue");
    life.rule(Command::SignOff { note: String::new() }, &SUPERVISOR, LATER, "sign_off");
}

// ---- 挂账跟踪 ----

#[test]
fn a_tracked_issue_stays_open_with_an_answer_promised_and_its_limit_stays() {
    let mut life = Life::handling(&[]);
    life.forbidden(track(3), &[OWNER, LEAD, SUPERVISOR]);
    for days in [0, MOST_AHEAD + 1] {
        life.rule(track(days), &CENTRE, LATER, "promise_days");
    }
    let due = life.issue.answer.unwrap().due;
    life.ok(track(3), &CENTRE, LATER);
    assert_eq!(life.issue.state, State::Tracking);
    assert_eq!(life.issue.promise.unwrap().due, datetime!(2026-11-30 17:30 +8), "to the end of the third working day");
    assert_eq!(life.issue.late_at(), Some(datetime!(2026-11-30 17:30 +8)), "the promise is what is owed next");
    assert_eq!(life.issue.answer.unwrap().due, due, "tracking moves no limit");
    assert!(life.tells(&Recipient::Enterprise(7), "11月30日"));
    assert!(Queue::Mine.holds(&life.issue, LATER) && Queue::Open.holds(&life.issue, LATER));
    let measure = life.measure();
    assert!(!measure.excluded && !measure.closed && !measure.on_time(), "open, and counted");
    // An answer that comes after the limit is late, tracked or not.
    life.ok(answer(), &LEAD, datetime!(2026-11-30 10:00 +8));
    assert_eq!((life.issue.state, life.issue.flags.as_slice()), (State::Answered, &[Flag::AnsweredLate][..]));
    assert!(life.issue.promise.unwrap().met.is_some());
}

#[test]
fn each_interim_answer_promises_the_next_and_a_broken_promise_is_told_once() {
    let mut life = Life::tracking();
    life.forbidden(report(3), &[OWNER, CENTRE, CO]);
    life.rule(report(0), &LEAD, LATER, "promise_days");
    let first = life.issue.promise.unwrap().due;
    life.ok(report(5), &LEAD, datetime!(2026-11-30 16:00 +8));
    assert!(life.tells(&Recipient::Enterprise(7), "设计单位已进场测量"));
    let second = life.issue.promise.unwrap().due;
    assert!(second > first && life.issue.state == State::Tracking);
    // Warned, then overdue; told to whoever owes it, to the centre, and to supervision.
    assert_eq!(life.alarm(life.issue.promise.unwrap().warn), 1);
    assert_eq!(life.issue.flags, [Flag::Warning]);
    assert_eq!(life.alarm(second), 1);
    assert_eq!(life.issue.flags, [Flag::Overdue]);
    for to in [Recipient::Department(5), Recipient::Centre(330_502), Recipient::Supervisor(330_502), Recipient::Supervisor(CITY)]
    {
        assert!(life.told.iter().any(|told| told.recipient == to), "{to:?}");
    }
    assert_eq!(life.alarm(second + Duration::days(1)), 0, "once");
    life.ok(report(2), &LEAD, second + Duration::days(1));
    assert!(matches!(life.log.last().unwrap().0, Event::Reported { late: true, .. }));
    assert_eq!(life.issue.flags, [], "a new promise");
    assert_eq!(life.alarm(life.issue.promise.unwrap().due), 2, "it is warned of and overdue anew");
}

#[test]
fn a_tracked_issue_is_told_of_its_promise_and_not_of_the_limit_that_it_stands_for() {
    let mut life = Life::tracking();
    let due = life.issue.answer.unwrap().due;
    life.alarm(due + Duration::minutes(1));
    let told = |step| life.log.iter().any(|(event, ..)| matches!(event, Event::Overdue { step: of, .. } if *of == step));
    assert!(!told(Step::Answer));
}

// ---- 联合办理 ----

#[test]
fn the_lead_answers_once_every_part_is_there() {
    let mut life = Life::handling(&[6, 7]);
    let due = life.issue.answer.unwrap().due;
    assert_eq!(
        life.issue.parts.iter().map(|part| part.due).collect::<Vec<_>>(),
        [due - Duration::days(1); 2],
        "a working day before"
    );
    assert_eq!(life.issue.owing(), [6, 7]);
    life.rule(answer(), &LEAD, LATER, "parts");
    assert!(!life.offers(CommandKind::Answer, &LEAD, LATER));
    life.forbidden(part(), &[LEAD, STRANGER, CENTRE, OWNER]);
    life.rule(Command::Part { text: "好".into() }, &CO, LATER, "text");
    life.ok(part(), &CO, LATER);
    assert!(life.tells(&Recipient::Department(5), "没有偷排"));
    assert!(!life.told.iter().any(|told| matches!(told.recipient, Recipient::Enterprise(_))), "the lead joins them");
    life.rule(part(), &CO, LATER, "part_none");
    assert!(!life.offers(CommandKind::Part, &CO, LATER) && life.offers(CommandKind::Part, &OTHER_CO, LATER));
    life.rule(answer(), &LEAD, LATER, "parts");
    life.forbidden(Command::Waive { department: 7, reason: "管线不在那里".into() }, &[LEAD, OTHER_CO, OWNER]);
    life.rule(Command::Waive { department: 6, reason: "管线不在那里".into() }, &CENTRE, LATER, "part_none");
    life.rule(Command::Waive { department: 7, reason: "不".into() }, &CENTRE, LATER, "text");
    life.ok(Command::Waive { department: 7, reason: "管线不在那里".into() }, &CENTRE, LATER);
    assert!(life.tells(&Recipient::Department(7), "管线不在那里") && life.tells(&Recipient::Department(5), "管线不在那里"));
    assert!(life.issue.owing().is_empty());
    life.ok(answer(), &LEAD, LATER);
    assert_eq!(life.issue.state, State::Answered);
    // The next round owes them anew.
    let rating = Rating { solved: false, level: Satisfaction::Dissatisfied, reasons: vec![], comment: String::new(), aid: None };
    life.ok(Command::Rate(rating), &OWNER, LATER);
    assert_eq!(life.issue.owing(), [6, 7]);
}

#[test]
fn parts_have_half_of_what_is_left_where_little_is_and_are_told_once_when_late() {
    let mut life = Life::filed(7, T0);
    let accept = Command::Accept { category: "drainage".into(), level: Level::Simple, urgency: Urgency::Normal, area: None };
    life.ok(accept, &CENTRE, T0);
    let at = datetime!(2026-11-27 09:00 +8);
    assert_eq!(life.issue.answer.unwrap().due, datetime!(2026-11-27 17:30 +8));
    life.ok(Command::Dispatch { lead: 5, co: vec![6], note: String::new() }, &CENTRE, at);
    assert_eq!(life.issue.parts[0].due, datetime!(2026-11-27 14:00 +8), "half of seven hours");
    assert!(life.tells(&Recipient::Department(6), "14:00") && !life.tells(&Recipient::Department(6), "签收"));
    life.alarm(datetime!(2026-11-27 15:00 +8));
    let told = |life: &Life| life.log.iter().filter(|(event, ..)| matches!(event, Event::PartOverdue { .. })).count();
    assert_eq!(told(&life), 1);
    life.alarm(datetime!(2026-12-04 15:00 +8));
    assert_eq!(told(&life), 1);
    life.ok(Command::Part { text: "已核对排口，没有偷排".into() }, &CO, datetime!(2026-12-04 16:00 +8));
    assert!(matches!(life.log.last().unwrap().0, Event::PartAnswered { late: true, .. }));
}

#[test]
fn a_part_stands_still_while_the_enterprise_is_waited_for() {
    let overdue = |life: &Life| life.log.iter().filter(|(event, ..)| matches!(event, Event::PartOverdue { .. })).count();
    let asked = |co: &[i64]| {
        let mut life = Life::handling(co);
        life.ok(Command::Ask { what: "请补充管线位置图".into() }, &LEAD, LATER);
        life
    };
    let mut life = asked(&[6, 7]);
    assert_eq!(life.issue.parts[0].due, datetime!(2026-11-26 17:30 +8));
    let supplied = datetime!(2026-11-30 10:00 +8);
    life.alarm(supplied);
    assert_eq!(overdue(&life), 0, "nothing is owed meanwhile");
    life.ok(part(), &CO, supplied);
    assert!(matches!(life.log.last().unwrap().0, Event::PartAnswered { late: false, .. }));
    life.ok(Command::Supply { text: "见图".into(), photos: 0 }, &OWNER, supplied);
    assert_eq!(life.issue.parts[1].due, datetime!(2026-12-01 17:30 +8), "three working days later");
    life.alarm(datetime!(2026-12-01 17:29 +8));
    assert_eq!(overdue(&life), 0);
    life.alarm(datetime!(2026-12-01 17:30 +8));
    assert_eq!(overdue(&life), 1, "the one that is still owed");
    // So it does when nobody supplies, and what was late before the wait began stays late.
    let mut silent = asked(&[6]);
    silent.ok(Command::LapsePause, &Actor::System, datetime!(2026-12-02 10:00 +8));
    assert_eq!(silent.issue.parts[0].due, datetime!(2026-12-03 17:30 +8), "by the five days of the pause");
    let mut late = Life::handling(&[6]);
    late.ok(Command::Ask { what: "请补充管线位置图".into() }, &LEAD, datetime!(2026-11-26 17:31 +8));
    late.ok(part(), &CO, datetime!(2026-11-27 10:00 +8));
    assert!(matches!(late.log.last().unwrap().0, Event::PartAnswered { late: true, .. }));
    // Events of before moved no part, and are written as they were.
    for old in [
        r#"{"type":"supplied","text":"见图","photos":0,"answer_due":"2026-12-02T17:30:00+08:00","shifted_minutes":1260}"#,
        r#"{"type":"pause_lapsed","answer_due":"2026-12-02T17:30:00+08:00","shifted_minutes":1260}"#,
    ] {
        let event: Event = serde_json::from_str(old).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), old);
        let life = asked(&[6]);
        let after = evolve(life.issue.clone(), &event, supplied, &OWNER, &life.terms.calendar);
        assert_eq!(after.parts, life.issue.parts);
    }
}

#[test]
fn dispatches_of_before_owe_no_parts_and_are_written_as_they_were() {
    let old = r#"{"type":"dispatched","lead":5,"co":[6],"note":"","sign_due":"2026-11-24T09:00:00+08:00"}"#;
    let event: Event = serde_json::from_str(old).unwrap();
    assert_eq!(serde_json::to_string(&event).unwrap(), old);
    let issue = evolve(Issue::draft(7), &event, T0, &CENTRE, &Terms::default().calendar);
    assert_eq!((issue.co.as_slice(), issue.parts.len()), (&[6][..], 0));
    let again =
        r#"{"type":"redispatched","round":2,"sign_due":"2026-11-24T09:00:00+08:00","answer_due":"2026-11-24T09:00:00+08:00"}"#;
    let event: Event = serde_json::from_str(again).unwrap();
    assert_eq!(serde_json::to_string(&event).unwrap(), again);
}

// ---- 协商办, 会议办, 交办事项 ----

#[test]
fn an_issue_goes_up_the_levels_and_its_decisions_are_done_and_confirmed() {
    let mut life = Life::handling(&[]);
    assert_eq!(life.issue.tier, Tier::Board);
    life.forbidden(Command::Consult(meeting(&[(8, 5)])), &[OWNER, LEAD, SUPERVISOR]);
    life.rule(Command::Resolve(meeting(&[(8, 5)])), &CITY_CENTRE, LATER, "not_referred");
    life.ok(Command::Consult(meeting(&[(8, 5)])), &CENTRE, LATER);
    assert_eq!((life.issue.tier, life.issue.state), (Tier::Consult, State::Handling), "the lead goes on");
    assert_eq!(life.issue.taking_part(), [8], "who has something to do reads it");
    assert!(life.tells(&Recipient::Enterprise(7), "一起研究") && life.tells(&Recipient::Department(8), "重排雨水管"));
    let mut decided = life.told.iter().filter(|told| told.body.contains("由建设局牵头改造"));
    assert!(decided.all(|told| told.recipient == Recipient::Department(5) || told.body.contains("几个部门已一起研究")));
    life.ok(Command::Refer { reason: "资金要市里统筹".into() }, &CENTRE, LATER);
    assert!(life.issue.referred && life.tells(&Recipient::Leader(CITY), "资金要市里统筹"));
    assert!(!life.told.iter().any(|told| told.recipient == Recipient::Enterprise(7) && told.body.contains("资金")), "internal");
    life.rule(Command::Consult(meeting(&[(8, 5)])), &CENTRE, LATER, "at_meeting");
    life.rule(Command::Refer { reason: "再提交一次会议".into() }, &CENTRE, LATER, "referred");
    // The joint meeting is the city's: a district's own centre refers to it, and does not write down what it decided.
    life.rule(Command::Resolve(meeting(&[(5, 5), (6, 10)])), &CENTRE, LATER, "city_resolves");
    assert!(!life.offers(CommandKind::Resolve, &CENTRE, LATER) && life.offers(CommandKind::Resolve, &CITY_CENTRE, LATER));
    life.ok(Command::Resolve(meeting(&[(5, 5), (6, 10)])), &CITY_CENTRE, LATER);
    assert_eq!((life.issue.tier, life.issue.referred, life.issue.tasks.len()), (Tier::Meeting, false, 3));
    assert_eq!(life.issue.owing(), [5, 6, 8]);
    // Only whose it is, only what is there, and the centre has the last word.
    let complete = |task| Command::Complete { task, text: "雨水管已重排".into() };
    let confirm = |task, done| Command::Confirm { task, done, note: "还有一段没有接通".into() };
    life.forbidden(complete(0), &[STRANGER, CENTRE, OWNER]);
    life.rule(complete(1), &CO, LATER, "task_none");
    life.rule(complete(9), &CO, LATER, "task_none");
    life.rule(confirm(2, true), &CENTRE, LATER, "task_none");
    life.ok(complete(2), &CO, LATER);
    life.forbidden(confirm(2, true), &[CO, LEAD]);
    life.rule(Command::Confirm { task: 2, done: false, note: String::new() }, &CENTRE, LATER, "text");
    life.ok(confirm(2, false), &CENTRE, LATER);
    assert!(life.tells(&Recipient::Department(6), "没有接通") && life.issue.owing().contains(&6));
    life.ok(complete(2), &CO, LATER);
    life.ok(confirm(2, true), &CENTRE, LATER);
    life.rule(complete(2), &CO, LATER, "task_none");
    assert_eq!(life.issue.owing(), [5, 8]);
    // What was decided is followed though the issue is over.
    life.ok(answer(), &LEAD, LATER);
    let rating = Rating { solved: true, level: Satisfaction::Satisfied, reasons: vec![], comment: String::new(), aid: None };
    life.ok(Command::Rate(rating), &OWNER, LATER);
    assert_eq!(life.issue.state, State::Closed);
    life.ok(complete(1), &LEAD, LATER);
}

#[test]
fn what_a_meeting_came_to_is_whole_before_it_is_written() {
    let life = Life::handling(&[]);
    let with = |change: fn(&mut Meeting)| {
        let mut meeting = meeting(&[(8, 5)]);
        change(&mut meeting);
        Command::Consult(meeting)
    };
    for (command, code) in [
        (with(|it| it.held = date!(2026 - 11 - 26)), "held"),
        (with(|it| it.held = date!(2026 - 11 - 20)), "held"),
        (with(|it| it.tasks.clear()), "tasks"),
        (with(|it| it.tasks = vec![it.tasks[0].clone(); MOST_TASKS + 1]), "tasks"),
        (with(|it| it.tasks[0].days = 0), "task_days"),
        (with(|it| it.tasks[0].days = MOST_TASK_DAYS + 1), "task_days"),
        (with(|it| it.tasks[0].what.clear()), "text"),
        (with(|it| it.who.clear()), "text"),
        (with(|it| it.decisions.clear()), "text"),
        (with(|it| it.told.clear()), "text"),
    ] {
        life.rule(command, &CENTRE, LATER, code);
    }
}

#[test]
fn an_overdue_task_is_told_exactly_once_whatever_becomes_of_the_issue() {
    let mut life = Life::handling(&[]);
    life.ok(Command::Consult(meeting(&[(8, 2)])), &CENTRE, LATER);
    let due = life.issue.tasks[0].due;
    assert_eq!(due, datetime!(2026-11-27 17:30 +8), "the end of the second working day");
    life.ok(Command::Withdraw { reason: "已经自己解决".into() }, &OWNER, LATER);
    assert_eq!(life.issue.alarm_at(&life.terms), Some(life.issue.tasks[0].warn), "a day before");
    let told = |life: &mut Life, at| {
        life.alarm(at);
        life.log.iter().filter(|(event, ..)| matches!(event, Event::TaskOverdue { .. })).count()
    };
    assert_eq!(told(&mut life, due - Duration::seconds(1)), 0);
    assert!(life.tells(&Recipient::Department(8), "快到期") && life.told.len() == 1, "{:?}", life.told);
    assert_eq!(told(&mut life, due), 1);
    for to in [Recipient::Department(8), Recipient::Centre(330_502), Recipient::Supervisor(330_502)] {
        assert!(life.told.iter().any(|told| told.recipient == to), "{to:?}");
    }
    assert!(life.issue.watched && life.issue.flags.is_empty(), "no flag says it, and supervision opens what it is told of");
    assert_eq!(told(&mut life, due + Duration::days(90)), 1);
    let doer = Actor::Staff { id: 24, duty: Duty::Handler { department: 8 } };
    life.ok(Command::Complete { task: 0, text: "雨水管已重排".into() }, &doer, due + Duration::days(90));
    life.ok(Command::Confirm { task: 0, done: false, note: "还有一段没有接通".into() }, &CENTRE, due + Duration::days(90));
    assert_eq!(told(&mut life, due + Duration::days(91)), 1, "given back it is late still, and was told");
}

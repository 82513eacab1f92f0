//! The clocks of the loop when nobody acts: when a limit warns and is overdue, who hears of what nobody takes, and that each is told once, in order,
//! around holidays, at the edges of the working day, across a pause and an extension, and after an outage.
#![allow(clippy::unwrap_used)]

mod common;

use common::submission;
use domain::actor::{Actor, CITY, Duty, MemberRole};
use domain::issue::alarm::Rung;
use domain::issue::clock::Step;
use domain::issue::notice::{Notice, Recipient, notices};
use domain::issue::*;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const OWNER: Actor = Actor::Member { person: 1, enterprise: 7, role: MemberRole::Owner };
const CENTRE: Actor = Actor::Staff { id: 10, duty: Duty::Centre { area: 330_502 } };
const LEAD: Actor = Actor::Staff { id: 20, duty: Duty::Handler { department: 5 } };

/// An issue, what was told of it, and its terms.
struct Life {
    issue: Issue,
    terms: Terms,
    told: Vec<Notice>,
}

impl Life {
    fn filed(at: OffsetDateTime) -> Life {
        let mut life = Life { issue: Issue::draft(7), terms: Terms::default(), told: vec![] };
        life.give(Command::Submit(submission()), &OWNER, at);
        life
    }

    /// Contacted, accepted as ordinary, dispatched and signed at once.
    fn handling(level: Level, at: OffsetDateTime) -> Life {
        let mut life = Life::filed(at);
        let (way, with, result) = (ContactWay::Phone, "陈伟".into(), "约好到现场看".into());
        life.give(Command::Contact { way, with, reached: true, result }, &CENTRE, at);
        let category = "drainage".into();
        life.give(Command::Accept { category, level, urgency: Urgency::Normal, area: None }, &CENTRE, at);
        life.give(Command::Dispatch { lead: 5, co: vec![], note: String::new() }, &CENTRE, at);
        life.give(Command::Sign, &LEAD, at);
        life.give(Command::Progress { text: "已到现场查看".into() }, &LEAD, at);
        life
    }

    fn give(&mut self, command: Command, actor: &Actor, at: OffsetDateTime) {
        for event in decide(&self.issue, &command, actor, at, &self.terms).unwrap() {
            self.put(&event, actor, at);
        }
    }

    fn put(&mut self, event: &Event, actor: &Actor, at: OffsetDateTime) {
        self.issue = evolve(self.issue.clone(), event, at, actor, &self.terms.calendar);
        self.told.extend(notices(event, &self.issue, at, &self.terms));
    }

    /// The job's turn: what is told now.
    fn turn(&mut self, now: OffsetDateTime) -> Vec<String> {
        self.told.clear();
        let close = Command::Close { note: String::new() };
        let mut events = Vec::new();
        for command in [Command::Alarm, close] {
            let done = decide(&self.issue, &command, &Actor::System, now, &self.terms).unwrap_or_default();
            done.iter().for_each(|event| self.put(event, &Actor::System, now));
            events.extend(done);
        }
        assert!(self.issue.alarm_at(&self.terms).is_none_or(|next| next > now), "nothing is left for the next turn");
        events.iter().map(name).collect()
    }

    /// Every turn of a job that runs each minute, up to an instant.
    fn minutes(&mut self, from: OffsetDateTime, to: OffsetDateTime) -> Vec<(OffsetDateTime, String)> {
        let mut list = vec![];
        let mut now = from;
        while now <= to {
            list.extend(self.turn(now).into_iter().map(|name| (now, name)));
            now += Duration::minutes(1);
        }
        list
    }
}

fn name(event: &Event) -> String {
    match event {
        Event::Warned { step, missed, .. } => format!("warn {}{}", step.code(), if *missed { " missed" } else { "" }),
        Event::Overdue { step, .. } => format!("late {}", step.code()),
        Event::Escalated { rung, .. } => format!("up {}", rung.code()),
        other => other.kind().to_owned(),
    }
}

fn names(list: Vec<(OffsetDateTime, String)>) -> Vec<String> {
    list.into_iter().map(|(_, name)| name).collect()
}

#[test]
fn a_filing_nobody_touches_warns_is_overdue_and_climbs_to_the_coordination_group() {
    let filed = datetime!(2026-11-23 09:00 +8);
    let mut life = Life::filed(filed);
    let told = life.minutes(filed, datetime!(2026-11-27 17:30 +8));
    let expected = [
        (datetime!(2026-11-23 09:48 +8), "warn contact"),
        (datetime!(2026-11-23 10:00 +8), "late contact"),
        (datetime!(2026-11-23 16:06 +8), "warn accept"),
        (datetime!(2026-11-23 17:30 +8), "late accept"),
        (datetime!(2026-11-23 17:30 +8), "up board"),
        (datetime!(2026-11-24 17:30 +8), "up centre"),
        (datetime!(2026-11-25 17:30 +8), "up fallback"),
        (datetime!(2026-11-26 17:30 +8), "up group"),
    ];
    assert_eq!(told, expected.map(|(at, name)| (at, name.to_owned())));
    assert_eq!(life.issue.flags, [Flag::Overdue]);
    assert_eq!(life.issue.climbed as usize, Rung::ALL.len());
}

#[test]
fn every_rung_is_told_to_its_own_people() {
    let filed = datetime!(2026-11-23 09:00 +8);
    let mut life = Life::filed(filed);
    let mut to = |at| {
        life.turn(at);
        life.told.iter().map(|notice| notice.recipient.clone()).collect::<Vec<_>>()
    };
    assert_eq!(to(datetime!(2026-11-23 10:00 +8)), [Recipient::Centre(330_502)], "the warning came too late to be one");
    assert_eq!(to(datetime!(2026-11-23 17:30 +8)), [Recipient::Centre(330_502), Recipient::Board("zhengwu".into())]);
    assert_eq!(to(datetime!(2026-11-24 17:30 +8)), [Recipient::Centre(330_502)]);
    assert_eq!(to(datetime!(2026-11-25 17:30 +8)), [Recipient::Centre(CITY)]);
    assert_eq!(to(datetime!(2026-11-26 17:30 +8)), [Recipient::Leader(CITY)]);
    assert_eq!(to(datetime!(2026-12-04 17:29 +8)), [Recipient::Centre(330_502)], "and the answer's own warning goes on");
}

#[test]
fn whoever_takes_it_ends_the_climb_and_an_undispatched_one_climbs_too() {
    let filed = datetime!(2026-11-23 09:00 +8);
    let mut life = Life::filed(filed);
    life.turn(datetime!(2026-11-24 09:00 +8));
    assert_eq!((life.issue.climbed, life.issue.flags.as_slice()), (1, [Flag::Overdue].as_slice()));
    let category = "drainage".into();
    let accept = Command::Accept { category, level: Level::Ordinary, urgency: Urgency::Normal, area: None };
    life.give(accept, &CENTRE, datetime!(2026-11-24 09:30 +8));
    assert_eq!(life.issue.climbed, 0);
    assert_eq!(names(life.minutes(datetime!(2026-11-24 09:31 +8), datetime!(2026-11-25 09:29 +8))), Vec::<String>::new());
    assert_eq!(life.turn(datetime!(2026-11-25 09:30 +8)), ["up board"], "a working day after it was accepted");
    life.give(Command::Dispatch { lead: 5, co: vec![], note: String::new() }, &CENTRE, datetime!(2026-11-25 10:00 +8));
    assert_eq!(life.turn(datetime!(2026-11-26 10:00 +8)), ["warn sign missed", "late sign", "up board"]);
    assert!(life.issue.flags.contains(&Flag::Overdue));
    life.give(Command::Sign, &LEAD, datetime!(2026-11-26 10:10 +8));
    assert_eq!(life.issue.climbed, 0);
    assert!(life.issue.flags.contains(&Flag::Overdue), "nobody has called the enterprise yet");
    let (way, with, result) = (ContactWay::Phone, "陈伟".into(), "约好到现场看".into());
    life.give(Command::Contact { way, with, reached: true, result }, &LEAD, datetime!(2026-11-26 10:20 +8));
    assert_eq!(life.issue.flags, [], "what was owed is done");
}

#[test]
fn three_days_without_jobs_are_caught_up_in_order_and_nobody_is_warned_of_what_is_past() {
    let filed = datetime!(2026-11-23 09:00 +8);
    let mut steady = Life::filed(filed);
    let told = names(steady.minutes(filed, datetime!(2026-11-26 09:00 +8)));
    let mut late = Life::filed(filed);
    let caught = late.turn(datetime!(2026-11-26 09:00 +8));
    let plain: Vec<_> = caught.iter().map(|name| name.replace(" missed", "")).collect();
    assert_eq!(plain, told, "the same, in the same order");
    assert!(late.told.iter().all(|notice| notice.kind != "warned"), "{:?}", late.told);
    assert_eq!(late.turn(datetime!(2026-11-26 09:00 +8)), Vec::<String>::new(), "once");
    assert_eq!((late.issue.flags, late.issue.told), (steady.issue.flags, steady.issue.told));
}

#[test]
fn around_national_day_a_warning_waits_for_the_working_saturday() {
    // 1 to 7 October are off, Saturday 10 October is worked.
    let mut life = Life::handling(Level::Simple, datetime!(2026-09-29 12:00 +8));
    assert_eq!(life.issue.answer.unwrap().due, datetime!(2026-10-12 12:00 +8));
    let told = life.minutes(datetime!(2026-09-29 12:00 +8), datetime!(2026-10-12 12:00 +8));
    let expected = [(datetime!(2026-10-10 12:00 +8), "warn answer"), (datetime!(2026-10-12 12:00 +8), "late answer")];
    assert_eq!(told, expected.map(|(at, name)| (at, name.to_owned())), "at noon of the Saturday, a working day ahead");
}

#[test]
fn around_spring_festival_nothing_is_due_on_a_day_off() {
    // 15 to 23 February 2026 are off, Saturdays 14 and 28 February are worked.
    let mut life = Life::filed(datetime!(2026-02-14 17:30 +8));
    let accept = life.issue.accept.unwrap();
    assert_eq!(accept.due, datetime!(2026-02-24 17:30 +8), "filed at the closing of a working Saturday");
    let told = life.minutes(datetime!(2026-02-14 17:30 +8), datetime!(2026-02-24 17:30 +8));
    let expected = [
        (datetime!(2026-02-24 09:48 +8), "warn contact"),
        (datetime!(2026-02-24 10:00 +8), "late contact"),
        (datetime!(2026-02-24 16:06 +8), "warn accept"),
        (datetime!(2026-02-24 17:30 +8), "late accept"),
        (datetime!(2026-02-24 17:30 +8), "up board"),
    ];
    assert_eq!(told, expected.map(|(at, name)| (at, name.to_owned())));
    assert_eq!(life.turn(datetime!(2026-02-28 17:30 +8)), ["up centre", "up fallback", "up group", "warn answer"][..3]);
}

#[test]
fn the_edges_of_the_day_are_the_closing_and_not_the_next_opening() {
    for (filed, warn, due) in [
        (datetime!(2026-11-23 11:00 +8), datetime!(2026-11-23 11:48 +8), datetime!(2026-11-23 12:00 +8)),
        (datetime!(2026-11-23 12:00 +8), datetime!(2026-11-23 14:18 +8), datetime!(2026-11-23 14:30 +8)),
        (datetime!(2026-11-23 16:30 +8), datetime!(2026-11-23 17:18 +8), datetime!(2026-11-23 17:30 +8)),
        (datetime!(2026-11-23 17:30 +8), datetime!(2026-11-24 09:48 +8), datetime!(2026-11-24 10:00 +8)),
    ] {
        let mut life = Life::filed(filed);
        let before = life.turn(warn - Duration::seconds(1));
        assert_eq!((before, life.turn(warn)), (vec![], vec!["warn contact".to_owned()]), "{filed}");
        assert_eq!(life.issue.flags, [Flag::Warning]);
        let before = life.turn(due - Duration::seconds(1));
        assert_eq!((before, life.turn(due)), (vec![], vec!["late contact".to_owned()]), "{filed}");
        assert_eq!(life.issue.flags, [Flag::Overdue]);
    }
}

#[test]
fn a_pause_holds_the_clock_and_what_was_warned_of_before_it_is_not_warned_of_again() {
    let at = datetime!(2026-11-23 09:00 +8);
    let mut life = Life::handling(Level::Simple, at);
    let warn = life.issue.answer.unwrap().warn;
    assert_eq!(warn, datetime!(2026-11-26 17:30 +8), "a working day before the end");
    life.give(Command::Ask { what: "请补充管线位置图".into() }, &LEAD, datetime!(2026-11-24 09:00 +8));
    assert_eq!(life.turn(datetime!(2026-11-30 17:29 +8)), Vec::<String>::new(), "it stands still");
    life.give(Command::Supply { text: "见图".into(), photos: 0 }, &OWNER, datetime!(2026-11-26 09:00 +8));
    let told = life.minutes(datetime!(2026-11-26 09:00 +8), datetime!(2026-11-30 17:30 +8));
    assert_eq!(told, [(datetime!(2026-11-30 17:30 +8), "warn answer".to_owned())], "two days later");
    life.give(Command::Ask { what: "请再补充照片".into() }, &LEAD, datetime!(2026-12-01 09:00 +8));
    life.give(Command::Supply { text: "见图".into(), photos: 0 }, &OWNER, datetime!(2026-12-02 09:00 +8));
    assert_eq!(life.turn(datetime!(2026-12-02 17:30 +8)), ["late answer"], "late, and not warned of twice");
}

#[test]
fn more_time_is_warned_of_anew() {
    let mut life = Life::handling(Level::Simple, datetime!(2026-11-23 09:00 +8));
    life.give(Command::Extend { days: 2, reason: "要等水务部门的管线图".into() }, &LEAD, datetime!(2026-11-25 09:00 +8));
    assert_eq!(life.turn(datetime!(2026-11-27 09:00 +8)), ["warn answer"]);
    assert_eq!(life.issue.flags, [Flag::Warning]);
    life.give(Command::Grant { reason: "管线图周一才能拿到".into() }, &CENTRE, datetime!(2026-11-27 09:30 +8));
    assert_eq!(life.issue.flags, [], "it has time again");
    let told = life.minutes(datetime!(2026-11-27 09:31 +8), datetime!(2026-12-01 17:30 +8));
    let expected = [(datetime!(2026-11-30 14:42 +8), "warn answer"), (datetime!(2026-12-01 17:30 +8), "late answer")];
    assert_eq!(told, expected.map(|(at, name)| (at, name.to_owned())));
}

#[test]
fn an_end_that_acceptance_sets_anew_is_told_of_anew() {
    let filed = datetime!(2026-11-23 09:00 +8);
    let taken = datetime!(2026-12-07 09:00 +8);
    let accepted = |level| {
        let mut life = Life::filed(filed);
        let (way, with, result) = (ContactWay::Phone, "陈伟".into(), "约好到现场看".into());
        life.give(Command::Contact { way, with, reached: true, result }, &CENTRE, filed);
        let told = life.turn(taken);
        assert!(told.contains(&"late answer".to_owned()), "as an ordinary one it was owed on Friday: {told:?}");
        let category = "drainage".into();
        life.give(Command::Accept { category, level, urgency: Urgency::Normal, area: None }, &CENTRE, taken);
        life.give(Command::Dispatch { lead: 5, co: vec![], note: String::new() }, &CENTRE, taken);
        life.give(Command::Sign, &LEAD, taken);
        life.give(Command::Progress { text: "已到现场查看".into() }, &LEAD, taken);
        life
    };
    let mut complex = accepted(Level::Complex);
    assert_eq!(complex.issue.flags, [], "it has time again");
    let told = complex.minutes(taken, datetime!(2026-12-18 17:30 +8));
    let expected = [(datetime!(2026-12-14 17:30 +8), "warn answer"), (datetime!(2026-12-18 17:30 +8), "late answer")];
    assert_eq!(told, expected.map(|(at, name)| (at, name.to_owned())));
    // The same end was told already.
    let mut ordinary = accepted(Level::Ordinary);
    assert_eq!(ordinary.issue.flags, [Flag::Overdue]);
    assert_eq!(ordinary.turn(datetime!(2026-12-31 09:00 +8)), ["supervised"], "and late for long");
}

#[test]
fn a_department_hears_of_its_own_limits_and_the_centre_once_they_went_by() {
    let mut life = Life::handling(Level::Simple, datetime!(2026-11-23 09:00 +8));
    life.turn(datetime!(2026-11-26 17:30 +8));
    assert_eq!(life.told.iter().map(|it| it.recipient.clone()).collect::<Vec<_>>(), [Recipient::Department(5)]);
    assert!(life.told[0].title.contains("答复") && life.told[0].body.contains("17:30"), "{:?}", life.told[0]);
    life.turn(datetime!(2026-11-27 17:30 +8));
    let to: Vec<_> = life.told.iter().map(|it| it.recipient.clone()).collect();
    assert_eq!(to, [Recipient::Department(5), Recipient::Centre(330_502)]);
    let answer = Command::Answer { text: "已疏通排水口并加装一处雨水口。".into(), outcome: Outcome::Solved };
    life.give(answer, &LEAD, datetime!(2026-11-28 10:00 +8));
    assert_eq!(life.issue.flags, [Flag::AnsweredLate], "超期在办 became 超期办结");
    assert_eq!(life.issue.alarm_at(&life.terms), life.issue.call_back.warn, "what is owed next is the call-back");
    assert!(life.issue.told.contains(&domain::issue::alarm::Told { step: Step::Answer, late: true }));
}

#[test]
fn a_flag_says_by_which_event_it_came_and_went() {
    use domain::issue::flags::{Raised, raised};
    let filed = datetime!(2026-11-23 09:00 +8);
    let mut life = Life::filed(filed);
    let mut log: Vec<(Event, OffsetDateTime, Actor)> = vec![];
    life.issue = Issue::draft(7);
    let (way, with, result) = (ContactWay::Phone, "陈伟".to_owned(), "约好到现场看".to_owned());
    let instruct = Command::Instruct { leader: "王市长".into(), text: "请今天到现场".into(), on: None };
    let leader = Actor::Staff { id: 40, duty: Duty::Leader { area: CITY } };
    for (command, actor, at) in [
        (Command::Submit(submission()), OWNER, filed),
        (Command::Alarm, Actor::System, datetime!(2026-11-23 09:48 +8)),
        (Command::Alarm, Actor::System, datetime!(2026-11-23 10:00 +8)),
        (instruct, leader, datetime!(2026-11-23 10:05 +8)),
        (Command::Contact { way, with, reached: true, result }, CENTRE, datetime!(2026-11-23 10:10 +8)),
    ] {
        for event in decide(&life.issue, &command, &actor, at, &life.terms).unwrap() {
            life.put(&event, &actor, at);
            log.push((event, at, actor));
        }
    }
    let events = log.iter().map(|(event, at, actor)| (event, *at, actor));
    let flags = raised(Issue::draft(7), events, &life.terms.calendar);
    let at = |index: usize| log[index].1;
    assert_eq!(
        flags,
        [
            Raised { flag: Flag::Warning, seq: 2, at: at(1), cleared: Some((3, at(2))) },
            Raised { flag: Flag::Overdue, seq: 3, at: at(2), cleared: Some((5, at(4))) },
            Raised { flag: Flag::Instructed, seq: 4, at: at(3), cleared: None },
        ]
    );
}

#[test]
fn supervision_asks_about_what_is_abnormal_and_gets_an_answer() {
    let supervisor = Actor::Staff { id: 30, duty: Duty::Supervisor { area: 330_502 } };
    let other = Actor::Staff { id: 31, duty: Duty::Supervisor { area: 330_503 } };
    let ask = || Command::Inquire { question: "为什么还没有联系企业".into() };
    let filed = datetime!(2026-11-23 09:00 +8);
    let mut life = Life::filed(filed);
    let refused = |life: &Life, command, actor, at| decide(&life.issue, &command, actor, at, &life.terms).unwrap_err();
    let code = |refusal| match refusal {
        Refusal::Rule { code, .. } => code,
        other => panic!("{other:?}"),
    };
    assert_eq!(code(refused(&life, ask(), &supervisor, filed)), "not_abnormal");
    let at = datetime!(2026-11-23 10:00 +8);
    life.turn(at);
    for stranger in [&other, &CENTRE, &LEAD, &OWNER] {
        assert!(matches!(refused(&life, ask(), stranger, at), Refusal::NotAllowed(_)), "{stranger:?}");
    }
    life.told.clear();
    life.give(ask(), &supervisor, at);
    assert_eq!(life.told.iter().map(|it| it.recipient.clone()).collect::<Vec<_>>(), [Recipient::Centre(330_502)]);
    assert_eq!(life.issue.inquiry.map(|inquiry| inquiry.due), Some(datetime!(2026-11-26 10:00 +8)));
    assert_eq!(code(refused(&life, ask(), &supervisor, at)), "inquired");
    life.told.clear();
    life.give(Command::Reply { text: "上午电话未接通，已约下午上门。".into() }, &CENTRE, at);
    let to: Vec<_> = life.told.iter().map(|it| it.recipient.clone()).collect();
    assert_eq!(to, [Recipient::Supervisor(CITY), Recipient::Supervisor(330_502)]);
    let reply = Command::Reply { text: "已经说过了，请看上一条。".into() };
    assert_eq!(code(refused(&life, reply, &CENTRE, at)), "not_inquired");
}

#[test]
fn a_question_of_supervision_that_nobody_replies_to_is_told_once() {
    let at = datetime!(2026-11-23 09:00 +8);
    let mut life = Life::handling(Level::Complex, at);
    life.give(Command::Instruct { leader: "王市长".into(), text: "请今天到现场".into(), on: None }, &CENTRE, at);
    let ask = || Command::Inquire { question: "现场看过了吗".into() };
    let reply = || Command::Reply { text: "已经看过，正在排水。".into() };
    life.give(ask(), &SUPERVISOR, at);
    let due = datetime!(2026-11-25 17:30 +8);
    assert_eq!(life.turn(datetime!(2026-11-24 17:29 +8)), Vec::<String>::new());
    assert_eq!(life.turn(datetime!(2026-11-24 17:30 +8)), ["owed_warned"], "a working day before");
    assert_eq!(life.told.iter().map(|it| it.recipient.clone()).collect::<Vec<_>>(), [Recipient::Department(5)]);
    assert!(life.told[0].title.contains("回复询问"), "{:?}", life.told[0]);
    assert_eq!(life.turn(due - Duration::seconds(1)), Vec::<String>::new());
    assert_eq!(life.turn(due), ["reply_overdue"]);
    let to: Vec<_> = life.told.iter().map(|it| it.recipient.clone()).collect();
    let expected =
        [Recipient::Supervisor(CITY), Recipient::Supervisor(330_502), Recipient::Centre(330_502), Recipient::Department(5)];
    assert_eq!(to, expected, "who asked, and both who may reply");
    assert!(life.told[0].body.contains("11月25日 周三 17:30"), "{:?}", life.told[0]);
    assert_eq!(life.turn(datetime!(2026-12-03 09:00 +8)), Vec::<String>::new(), "once");
    life.give(reply(), &LEAD, datetime!(2026-12-03 09:00 +8));
    // One that is replied to in time is told of never, and the next question begins anew.
    life.give(ask(), &SUPERVISOR, datetime!(2026-12-03 09:10 +8));
    life.give(reply(), &LEAD, datetime!(2026-12-04 09:00 +8));
    assert_eq!(life.turn(datetime!(2026-12-08 09:00 +8)), Vec::<String>::new());
    life.give(ask(), &SUPERVISOR, datetime!(2026-12-08 09:10 +8));
    assert_eq!(life.turn(datetime!(2026-12-11 09:09 +8)), ["owed_warned"]);
    assert_eq!(life.turn(datetime!(2026-12-11 09:10 +8)), ["reply_overdue"]);
}

#[test]
fn a_call_back_that_is_owed_is_told_to_the_centre_once_whatever_became_of_the_issue() {
    let at = datetime!(2026-11-24 09:00 +8);
    let due = datetime!(2026-11-30 17:30 +8);
    let answer = || Command::Answer { text: "已疏通排水口并加装一处雨水口。".into(), outcome: Outcome::Solved };
    let rate = |solved| {
        let level = if solved { Satisfaction::Satisfied } else { Satisfaction::Dissatisfied };
        Command::Rate(Rating { solved, level, reasons: vec![], comment: String::new(), aid: None })
    };
    let answered = || {
        let mut life = Life::handling(Level::Simple, at);
        life.give(answer(), &LEAD, at);
        life
    };
    let mut closed = answered();
    closed.give(rate(true), &OWNER, at);
    for mut life in [answered(), closed] {
        assert_eq!(life.issue.call_back.due, Some(due));
        assert_eq!(life.turn(datetime!(2026-11-27 17:29 +8)), Vec::<String>::new());
        assert_eq!(life.turn(due - Duration::seconds(1)), ["owed_warned"], "since the Friday before");
        assert_eq!(life.told.iter().map(|it| it.recipient.clone()).collect::<Vec<_>>(), [Recipient::Centre(330_502)]);
        assert_eq!(life.turn(due), ["call_back_overdue"]);
        assert_eq!(life.told.iter().map(|it| it.recipient.clone()).collect::<Vec<_>>(), [Recipient::Centre(330_502)]);
        assert_eq!(life.turn(due + Duration::days(60)), Vec::<String>::new(), "once");
        assert_eq!(life.issue.call_back.due, Some(due), "and it stays owed");
    }
    // Once somebody was reached, or it was tried often enough, nothing is owed.
    let mut reached = answered();
    reached.give(called(Some((true, Satisfaction::Satisfied))), &CENTRE, at);
    let mut tried = answered();
    for hour in 0..3 {
        tried.give(called(None), &CENTRE, at + Duration::hours(hour));
    }
    for life in [&mut reached, &mut tried] {
        assert_eq!(life.turn(due + Duration::days(1)), Vec::<String>::new());
    }
    // The next answer is called back, and told of, anew.
    let mut again = answered();
    again.turn(due);
    again.give(rate(false), &OWNER, due + Duration::hours(20));
    assert_eq!(again.issue.alarm_at(&again.terms), again.issue.sign.map(|clock| clock.warn), "the call that was owed is gone");
    again.give(Command::Sign, &LEAD, due + Duration::hours(20));
    again.give(answer(), &LEAD, due + Duration::hours(20));
    assert_eq!(again.turn(datetime!(2026-12-31 09:00 +8)), ["owed_warned", "call_back_overdue"]);
    assert!(again.told.iter().all(|notice| notice.kind != "owed_warned"), "nobody is warned of what is past");
}

fn called(said: Option<(bool, Satisfaction)>) -> Command {
    let said = said.map(|(solved, level)| Said { solved, level });
    Command::CallBack(CallBack { way: ContactWay::Phone, said, notes: "无人接听，改日再打".into() })
}

fn supervise() -> Command {
    Command::Supervise { reason: "企业两次反映没有人来".into() }
}

fn explain() -> Command {
    Command::Explain { cause: "抢修班组没有接到派单".into(), measures: "今天下午到场，明天办结".into() }
}

fn review() -> Command {
    let (responsibility, change) = ("市政养护所".into(), "夜间派单改为电话确认".into());
    Command::Review { cause: "派单系统夜间不推送".into(), responsibility, change }
}

#[track_caller]
fn rule(life: &Life, command: Command, actor: &Actor, at: OffsetDateTime, expected: &str) {
    match decide(&life.issue, &command, actor, at, &life.terms).unwrap_err() {
        Refusal::Rule { code, .. } => assert_eq!(code, expected),
        other => panic!("{other:?}"),
    }
}

const SUPERVISOR: Actor = Actor::Staff { id: 30, duty: Duty::Supervisor { area: CITY } };

#[test]
fn a_supervised_issue_goes_by_the_135_clock_and_is_signed_off_after_its_review() {
    // The Wednesday before National Day: one, three and five working days are 30 September, 8 and 10 October, a Saturday that is worked.
    let at = datetime!(2026-09-29 17:30 +8);
    let mut life = Life::handling(Level::Simple, at);
    rule(&life, supervise(), &SUPERVISOR, at, "not_abnormal");
    let instruct = Command::Instruct { leader: "王市长".into(), text: "请今天到现场".into(), on: None };
    life.give(instruct, &CENTRE, at);
    life.give(supervise(), &SUPERVISOR, at);
    let order = life.issue.supervision.clone().unwrap();
    let dues = [datetime!(2026-09-30 17:30 +8), datetime!(2026-10-09 17:30 +8), datetime!(2026-10-12 17:30 +8)];
    assert_eq!(order.due, dues);
    rule(&life, supervise(), &SUPERVISOR, at, "supervised");
    rule(&life, explain(), &LEAD, at, "not_issued");
    life.give(Command::Verify { note: "情况属实，请按期办结".into() }, &CENTRE, at);
    rule(&life, Command::SignOff { note: String::new() }, &SUPERVISOR, at, "sign_off");
    life.give(explain(), &LEAD, at);
    let answer = Command::Answer { text: "已疏通排水口并加装一处雨水口。".into(), outcome: Outcome::Solved };
    life.give(answer, &LEAD, at);
    life.give(review(), &CENTRE, at);
    rule(&life, Command::SignOff { note: String::new() }, &SUPERVISOR, at, "sign_off");
    let rating = Rating { solved: true, level: Satisfaction::Satisfied, reasons: vec![], comment: String::new(), aid: None };
    life.give(Command::Rate(rating), &OWNER, at);
    assert!(life.issue.confirmed());
    life.give(Command::SignOff { note: String::new() }, &SUPERVISOR, at);
    assert_eq!((life.issue.supervision.clone(), life.issue.flags.as_slice()), (None, [Flag::Instructed].as_slice()));
    rule(&life, review(), &CENTRE, at, "not_supervised");
}

#[test]
fn an_order_nobody_follows_ends_in_joint_supervision_each_step_told_once() {
    let at = datetime!(2026-11-23 09:00 +8);
    let mut life = Life::handling(Level::Complex, at);
    let instruct = Command::Instruct { leader: "王市长".into(), text: "请今天到现场".into(), on: None };
    life.give(instruct, &CENTRE, at);
    life.give(supervise(), &SUPERVISOR, at);
    let told = life.minutes(at, datetime!(2026-11-27 17:30 +8));
    let expected = [
        (datetime!(2026-11-23 16:06 +8), "owed_warned"),
        (datetime!(2026-11-23 17:30 +8), "order_overdue"),
        (datetime!(2026-11-24 17:30 +8), "owed_warned"),
        (datetime!(2026-11-25 17:30 +8), "order_overdue"),
        (datetime!(2026-11-26 17:30 +8), "owed_warned"),
        (datetime!(2026-11-27 17:30 +8), "order_overdue"),
    ];
    assert_eq!(told, expected.map(|(at, name)| (at, name.to_owned())));
    assert!(
        life.told.iter().any(|it| it.recipient == Recipient::Supervisor(CITY) && it.title == "转入联合督办"),
        "{:?}",
        life.told
    );
    // What was closed without the enterprise's word does not end it.
    let mut late = Life::handling(Level::Complex, at);
    let instruct = Command::Instruct { leader: "王市长".into(), text: "请今天到现场".into(), on: None };
    late.give(instruct, &CENTRE, at);
    late.give(supervise(), &CENTRE, at);
    assert!(late.issue.supervision.as_ref().unwrap().issued, "the centre's own order is verified as it is written");
    let twice = ["owed_warned", "order_overdue", "owed_warned", "order_overdue"];
    assert_eq!(late.turn(datetime!(2026-11-30 09:00 +8)), twice, "cause and measures, and the end");
}

/// Supervised on what a leader instructed, explained and answered at once.
fn ordered(at: OffsetDateTime) -> Life {
    let mut life = Life::handling(Level::Simple, at);
    life.give(Command::Instruct { leader: "王市长".into(), text: "请今天到现场".into(), on: None }, &CENTRE, at);
    life.give(supervise(), &CENTRE, at);
    life.give(explain(), &LEAD, at);
    life.give(Command::Answer { text: "已疏通排水口并加装一处雨水口。".into(), outcome: Outcome::Solved }, &LEAD, at);
    life
}

fn sign_off(note: &str) -> Command {
    Command::SignOff { note: note.into() }
}

#[test]
fn what_the_enterprise_says_by_telephone_confirms_before_it_is_closed() {
    let at = datetime!(2026-11-23 09:00 +8);
    let mut life = ordered(at);
    assert!(!life.issue.confirmed(), "nobody has asked");
    life.give(called(Some((true, Satisfaction::Fair))), &CENTRE, at);
    assert_eq!((life.issue.state, life.issue.confirmed()), (State::Answered, true));
    assert_eq!(life.turn(datetime!(2026-11-30 09:00 +8)), Vec::<String>::new(), "within the five days");
    rule(&life, sign_off(""), &SUPERVISOR, at, "sign_off");
    life.give(review(), &CENTRE, at);
    life.give(sign_off(""), &SUPERVISOR, at);
    assert_eq!(life.issue.supervision, None);
    // Solved, but not content, is no confirmation; what it says when it rates later counts.
    let mut unhappy = ordered(at);
    unhappy.give(called(Some((true, Satisfaction::Dissatisfied))), &CENTRE, at);
    assert!(!unhappy.issue.confirmed());
    let mut again = ordered(at);
    again.give(called(Some((true, Satisfaction::Satisfied))), &CENTRE, at);
    let rating = Rating { solved: false, level: Satisfaction::Dissatisfied, reasons: vec![], comment: String::new(), aid: None };
    again.give(Command::Rate(rating), &OWNER, at);
    assert!(!again.issue.confirmed());
    let told = again.turn(datetime!(2026-11-27 17:30 +8));
    assert!(told.contains(&"order_overdue".to_owned()), "it is owed again: {told:?}");
}

#[test]
fn after_joint_supervision_silence_is_signed_off_with_a_reason_and_the_review() {
    let at = datetime!(2026-11-23 09:00 +8);
    let reason = "三次回访都没有联系上，现场已核实";
    let mut life = ordered(at);
    for hour in 0..3 {
        life.give(called(None), &CENTRE, at + Duration::hours(hour));
    }
    life.give(review(), &CENTRE, at);
    rule(&life, sign_off(reason), &SUPERVISOR, at, "sign_off");
    let joint = datetime!(2026-11-27 17:30 +8);
    assert_eq!(life.turn(joint), ["owed_warned", "order_overdue"]);
    assert!(allowed_commands(&life.issue, &SUPERVISOR, joint, &life.terms).contains(&CommandKind::SignOff));
    rule(&life, sign_off(""), &SUPERVISOR, joint, "text");
    life.give(sign_off(reason), &SUPERVISOR, joint);
    assert_eq!((life.issue.supervision.clone(), life.issue.state), (None, State::Answered));
    // Two tries are not enough, nor is it without the review, nor where somebody was reached who says otherwise.
    let joined = |calls: &[Option<(bool, Satisfaction)>], reviewed: bool| {
        let mut life = ordered(at);
        for (call, hour) in calls.iter().zip(0..) {
            life.give(called(*call), &CENTRE, at + Duration::hours(hour));
        }
        if reviewed {
            life.give(review(), &CENTRE, at);
        }
        life.turn(joint);
        life
    };
    let unhappy = Some((true, Satisfaction::Dissatisfied));
    for (calls, reviewed) in [(&[None, None][..], true), (&[None, None, None], false), (&[None, None, None, unhappy], true)] {
        rule(&joined(calls, reviewed), sign_off(reason), &SUPERVISOR, joint, "sign_off");
    }
}

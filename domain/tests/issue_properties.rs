//! Ten thousand random command sequences: whatever is tried, by whomever and whenever, the loop stays inside its table.
#![allow(clippy::unwrap_used)]

use domain::actor::{Actor, CITY, Duty, MemberRole};
use domain::issue::alarm::Owed;
use domain::issue::measure::Measure;
use domain::issue::notice::{Notice, Recipient, notices};
use domain::issue::table::{To, transition};
use domain::issue::*;
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;
use time::{Duration, OffsetDateTime, macros::datetime};

const ENTERPRISE: i64 = 7;

fn actor() -> impl Strategy<Value = Actor> {
    let staff = |id, duty| Just(Actor::Staff { id, duty });
    prop_oneof![
        5 => Just(Actor::Member { person: 1, enterprise: ENTERPRISE, role: MemberRole::Owner }),
        1 => Just(Actor::Member { person: 2, enterprise: 8, role: MemberRole::Owner }),
        1 => Just(Actor::Assisted { staff: 90, station: 3, person: 1, enterprise: ENTERPRISE }),
        4 => staff(10, Duty::Centre { area: 330_502 }),
        2 => staff(11, Duty::Centre { area: CITY }),
        1 => staff(12, Duty::Centre { area: 330_503 }),
        6 => staff(20, Duty::Handler { department: 5 }),
        1 => staff(21, Duty::Handler { department: 6 }),
        1 => staff(30, Duty::Supervisor { area: CITY }),
        1 => staff(33, Duty::Station { station: 3, area: 330_502 }),
        1 => staff(31, Duty::Leader { area: CITY }),
        1 => staff(32, Duty::Administrator { area: CITY }),
        // Two channels that speak for the same enterprise.
        2 => Just(Actor::Integration { key: 1, enterprise: ENTERPRISE }),
        1 => Just(Actor::Integration { key: 2, enterprise: ENTERPRISE }),
        1 => Just(Actor::System),
    ]
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => Just("已到现场看过，安排施工队处理。".to_owned()),
        1 => Just(String::new()),
        1 => Just("长".repeat(2_001)),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    let level = prop::sample::select(Level::ALL);
    let satisfaction = prop::sample::select(Satisfaction::ALL);
    prop_oneof![
        2 => words().prop_map(|text| Command::Submit(Submission {
            title: "道路积水".into(), text, category: "drainage".into(), place: "织里".into(), area: 330_502,
            channel: Channel::Online, photos: 0 })),
        3 => (level, prop::sample::select(Urgency::ALL), prop::option::weighted(0.1, 330_502..330_504i32)).prop_map(
            |(level, urgency, area)| Command::Accept { category: "drainage".into(), level, urgency, area }),
        2 => (words(), any::<bool>()).prop_map(|(result, reached)| Command::Contact {
            way: ContactWay::Phone, with: "陈伟".into(), reached, result }),
        1 => words().prop_map(|text| Command::Note { text, photos: 0 }),
        1 => Just(Command::Urge),
        1 => words().prop_map(|explanation| Command::Decline { reason: DeclineReason::Duplicate, explanation }),
        1 => words().prop_map(|reason| Command::Object { reason }),
        1 => words().prop_map(|what| Command::Ask { what }),
        1 => words().prop_map(|text| Command::Supply { text, photos: 0 }),
        6 => (5i64..7, prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(5i64..9, 0..3)])
            .prop_map(|(lead, co)| Command::Dispatch { lead, co, note: "由其负责办理".into() }),
        8 => Just(Command::Sign),
        1 => (words(), 5i64..7).prop_map(|(reason, proposed)| Command::Return { reason, proposed }),
        1 => words().prop_map(|text| Command::Progress { text }),
        1 => (0u32..12, words()).prop_map(|(days, reason)| Command::Extend { days, reason }),
        1 => words().prop_map(|reason| Command::Grant { reason }),
        1 => words().prop_map(|reason| Command::Refuse { reason }),
        8 => words().prop_map(|text| Command::Answer { text, outcome: Outcome::Explained }),
        8 => (any::<bool>(), satisfaction, any::<bool>()).prop_map(|(solved, level, aided)| Command::Rate(Rating {
            solved, level, reasons: vec![], comment: String::new(),
            aid: aided.then(|| Aid { staff: 9, name: "驿站 小李".into(), at: datetime!(2026-09-21 09:00 +8) }) })),
        1 => words().prop_map(|note| Command::Close { note }),
        3 => (prop::option::weighted(0.7, (any::<bool>(), prop::sample::select(Satisfaction::ALL))), words()).prop_map(
            |(said, notes)| Command::CallBack(CallBack {
                way: ContactWay::Phone, said: said.map(|(solved, level)| Said { solved, level }), notes })),
        1 => words().prop_map(|reason| Command::Reopen { reason }),
        1 => words().prop_map(|reason| Command::Withdraw { reason }),
        1 => Just(Command::LapsePause),
        3 => Just(Command::Alarm),
        1 => words().prop_map(|text| Command::Instruct { leader: "王市长".into(), text, on: None }),
        2 => words().prop_map(|reason| Command::Supervise { reason }),
        2 => words().prop_map(|note| Command::Verify { note }),
        2 => words().prop_map(|cause| Command::Explain { measures: cause.clone(), cause }),
        2 => words().prop_map(|cause| Command::Review { responsibility: cause.clone(), change: cause.clone(), cause }),
        2 => words().prop_map(|note| Command::SignOff { note }),
        2 => words().prop_map(|question| Command::Inquire { question }),
        2 => words().prop_map(|text| Command::Reply { text }),
        1 => (target(), words()).prop_map(|(into, reason)| Command::Merge { into, reason }),
        1 => target().prop_map(|from| Command::Absorb { from }),
        1 => (0u32..24, words()).prop_map(|(days, reason)| Command::Track { days, reason }),
        2 => (0u32..24, words()).prop_map(|(days, text)| Command::Report { text, days }),
        3 => words().prop_map(|text| Command::Part { text }),
        2 => (5i64..9, words()).prop_map(|(department, reason)| Command::Waive { department, reason }),
        1 => meeting().prop_map(Command::Consult),
        1 => words().prop_map(|reason| Command::Refer { reason }),
        1 => meeting().prop_map(Command::Resolve),
        3 => (0u16..4, words()).prop_map(|(task, text)| Command::Complete { task, text }),
        3 => (0u16..4, any::<bool>(), words()).prop_map(|(task, done, note)| Command::Confirm { task, done, note }),
    ]
}

/// Another issue, of this enterprise or not, in whatever state.
fn target() -> impl Strategy<Value = Target> {
    let due = prop::option::of((0i64..60).prop_map(|days| datetime!(2026-09-21 17:30 +8) + Duration::days(days)));
    (prop::sample::select(State::ALL), due, prop_oneof![5 => Just(ENTERPRISE), 1 => Just(8)], any::<bool>(), 0..8u8).prop_map(
        |(state, due, enterprise, instructed, own)| Target {
            number: "HZ-2026-092100009".into(),
            enterprise,
            state,
            itself: own == 0,
            due,
            instructed,
        },
    )
}

fn meeting() -> impl Strategy<Value = Meeting> {
    let task = (5i64..8, 0u32..70).prop_map(|(department, days)| NewTask { department, what: "疏通排水口".into(), days });
    (words(), 0i64..4, prop::collection::vec(task, 0..3)).prop_map(|(decisions, days, tasks)| Meeting {
        held: datetime!(2026-09-21 09:00 +8).date() + Duration::days(days),
        who: "企服中心主任".into(),
        told: decisions.clone(),
        decisions,
        tasks,
    })
}

/// Commands that get far: mostly the next sensible step by the right actor, so that late states are reached too.
fn step() -> impl Strategy<Value = (Command, Option<Actor>, i64)> {
    (command(), prop::option::weighted(0.3, actor()), prop_oneof![6 => 0i64..600, 1 => 0i64..40_000])
}

/// The actor the command is meant for.
fn meant(command: CommandKind) -> Actor {
    match command {
        CommandKind::Accept
        | CommandKind::Contact
        | CommandKind::Decline
        | CommandKind::Ask
        | CommandKind::Dispatch
        | CommandKind::CallBack
        | CommandKind::Reply
        | CommandKind::Verify
        | CommandKind::Review
        | CommandKind::Grant
        | CommandKind::Refuse
        | CommandKind::Merge
        | CommandKind::Absorb
        | CommandKind::Track
        | CommandKind::Waive
        | CommandKind::Consult
        | CommandKind::Refer
        | CommandKind::Resolve
        | CommandKind::Confirm
        | CommandKind::Close => Actor::Staff { id: 11, duty: Duty::Centre { area: CITY } },
        CommandKind::Sign
        | CommandKind::Return
        | CommandKind::Progress
        | CommandKind::Extend
        | CommandKind::Explain
        | CommandKind::Report
        | CommandKind::Complete
        | CommandKind::Answer => Actor::Staff { id: 20, duty: Duty::Handler { department: 5 } },
        CommandKind::Part => Actor::Staff { id: 21, duty: Duty::Handler { department: 6 } },
        CommandKind::Instruct => Actor::Staff { id: 31, duty: Duty::Leader { area: CITY } },
        CommandKind::Inquire | CommandKind::Supervise | CommandKind::SignOff => {
            Actor::Staff { id: 30, duty: Duty::Supervisor { area: CITY } }
        }
        CommandKind::LapsePause | CommandKind::Alarm => Actor::System,
        _ => Actor::Member { person: 1, enterprise: ENTERPRISE, role: MemberRole::Owner },
    }
}

thread_local! {
    static REACHED: RefCell<HashSet<State>> = RefCell::new(HashSet::new());
}

fn run(steps: Vec<(Command, Option<Actor>, i64)>, terms: &Terms) -> Result<(), TestCaseError> {
    let mut issue = Issue::draft(ENTERPRISE);
    let mut now: OffsetDateTime = datetime!(2026-09-21 09:00 +8);
    let mut log: Vec<(Event, OffsetDateTime, Actor)> = Vec::new();
    for (command, actor, minutes) in steps {
        now += Duration::minutes(minutes);
        let actor = actor.unwrap_or_else(|| meant(command.kind()));
        let before = issue.clone();
        let offered = allowed_commands(&issue, &actor, now, terms).contains(&command.kind());
        match decide(&issue, &command, &actor, now, terms) {
            // What a button offers may fail on what was typed, never on who presses it or where the issue is.
            Err(Refusal::NotAllowed(_) | Refusal::WrongState { .. }) => {
                prop_assert!(!offered, "{:?} was offered to {actor:?} in {:?}", command.kind(), before.state);
            }
            Err(_) => {}
            Ok(events) => {
                // The other half of a merger has no button.
                prop_assert!(
                    offered || command.kind() == CommandKind::Absorb,
                    "{:?} was decided but not offered",
                    command.kind()
                );
                prop_assert!(!events.is_empty());
                let row = transition(command.kind()).unwrap();
                prop_assert!(row.from.contains(&before.state));
                for event in events {
                    let due = issue.answer.map(|clock| clock.due);
                    let (contact, reached) = (issue.contact, matches!(event, Event::Contacted { reached: true, .. }));
                    issue = evolve(issue, &event, now, &actor, &terms.calendar);
                    let carries = matches!(
                        event,
                        Event::Submitted { .. }
                            | Event::Accepted { .. }
                            | Event::Supplied { .. }
                            | Event::PauseLapsed { .. }
                            | Event::Redispatched { .. }
                            | Event::Extended { .. }
                            | Event::Absorbed { answer_due: Some(_), .. }
                    );
                    prop_assert!(carries || issue.answer.map(|clock| clock.due) == due, "{} moved a due time", event.kind());
                    // Only a contact is a contact, and the first one stays; what was promised may come earlier, never later.
                    if let (Some(before), Some(after)) = (contact, issue.contact) {
                        prop_assert!(after.met == before.met || (reached && before.met.is_none()), "{} met it", event.kind());
                        prop_assert!(after.due <= before.due);
                    }
                    // What supervision is told of it can open, then and later.
                    let to_supervision = |notice: &Notice| matches!(notice.recipient, Recipient::Supervisor(_));
                    let told = !issue.watched && notices(&event, &issue, now, terms).iter().any(to_supervision);
                    prop_assert!(!told && issue.watched >= before.watched, "{} is told of and not read", event.kind());
                    log.push((event, now, actor));
                }
                match row.to {
                    To::State(state) => prop_assert_eq!(issue.state, state),
                    To::OneOf(states) => prop_assert!(states.contains(&issue.state)),
                    To::Before => prop_assert_eq!(Some(issue.state), before.pause.as_ref().map(|pause| pause.from)),
                    To::Same => prop_assert_eq!(issue.state, before.state),
                }
                let again = matches!(log.last(), Some((Event::Redispatched { .. }, ..)));
                let first = before.round == 0 && issue.state == State::Dispatched;
                prop_assert_eq!(issue.round - before.round, u16::from(again || first));
                prop_assert!(issue.extensions <= 1, "asked twice in a round");
                prop_assert!(issue.asks <= 2 && issue.returns <= 1 && issue.rulings <= 2, "{issue:?}");
                prop_assert!(issue.paused_minutes <= 5 * 420);
                prop_assert_eq!(issue.pause.is_some(), issue.state == State::AwaitingInput);
                // Tracked is open, with an answer promised; answered only with every part there.
                prop_assert!(issue.state != State::Tracking || issue.promise.is_some_and(|promise| promise.runs()));
                prop_assert!(issue.state != State::Answered || issue.parts.iter().all(|part| part.done), "{:?}", issue.parts);
                prop_assert!(
                    issue.tasks.len() >= before.tasks.len() && issue.tasks.iter().all(|task| task.done || !task.confirmed)
                );
                prop_assert!(issue.tier >= before.tier, "down the levels");
                // What went into another one owes nothing and waits for nothing.
                if issue.state == State::Merged {
                    prop_assert!(issue.running().next().is_none() && issue.owing().is_empty());
                    // But for what supervision asks of it afterwards.
                    prop_assert!(issue.alarm_at(terms).is_none() || issue.inquiry.is_some());
                    let held = |queue: &Queue| queue.rule().states == State::OPEN && queue.holds(&issue, now);
                    prop_assert!(!Queue::ALL.iter().any(held), "it waits for somebody");
                }
                let goes = |flag: &Flag| matches!(flag, Flag::Warning | Flag::Overdue | Flag::Supervised);
                prop_assert!(before.flags.iter().all(|flag| goes(flag) || issue.flags.contains(flag)), "a flag was lost");
                // Nothing is closed without the enterprise's word but after a call-back, and by the clock only what was not called bad.
                if command.kind() == CommandKind::Close {
                    prop_assert!(before.call_back.tried_at.is_some());
                    let bad = before.call_back.said.is_some_and(Said::unhappy);
                    prop_assert!(actor != Actor::System || !bad && before.closes_at(terms).is_some_and(|at| at <= now));
                }
                prop_assert!(actor_fits(&actor, &before, command.kind()));
            }
        }
        REACHED.with_borrow_mut(|reached| reached.insert(issue.state));
    }
    // Warned of once, and not after it was told to be overdue.
    let mut told = HashSet::new();
    for (event, ..) in &log {
        let (owed, run, due) = match event {
            Event::OwedWarned { owed, since, due, .. } => (*owed, Some(*since), *due),
            Event::PartOverdue { department, due } => (Owed::Part { department: *department }, None, *due),
            Event::TaskOverdue { task, due } => (Owed::Task { task: *task }, None, *due),
            Event::OrderOverdue { stage, due } => (Owed::Order { stage: *stage }, None, *due),
            Event::ReplyOverdue { due } => (Owed::Reply, None, *due),
            Event::CallBackOverdue { due } => (Owed::CallBack, None, *due),
            _ => continue,
        };
        let key = format!("{owed:?} {due}");
        prop_assert!(!told.contains(&(key.clone(), None)), "{key} was told to be overdue already");
        prop_assert!(told.insert((key.clone(), run)), "{key} told twice");
    }
    // What the store does: events written as JSON, read again and replayed, give the same issue.
    let replayed = log.iter().fold(Issue::draft(ENTERPRISE), |issue, (event, at, actor)| {
        let read: Event = serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap();
        evolve(issue, &read, *at, actor, &terms.calendar)
    });
    prop_assert_eq!(&replayed, &issue);
    prop_assert_eq!(issue.version as usize, log.len());
    measured(&log, &issue, terms)
}

/// What the indicators say of it, told event by event, is what one sees who looks through the whole story at once.
fn measured(log: &[(Event, OffsetDateTime, Actor)], issue: &Issue, terms: &Terms) -> Result<(), TestCaseError> {
    let measure =
        Measure::of(Issue::draft(ENTERPRISE), log.iter().map(|(event, at, actor)| (event, *at, actor)), &terms.calendar);
    // Of the last round: the rating, else the call-back; a round that nobody spoke of is no solution.
    let again = log.iter().rposition(|(event, ..)| matches!(event, Event::Redispatched { .. }));
    let round = &log[again.map_or(0, |place| place + 1)..];
    let rated = round.iter().rev().find_map(|(event, ..)| match event {
        Event::Rated { rating } => Some(rating.solved),
        _ => None,
    });
    let mut aids = log.iter().filter_map(|(event, _, actor)| match event {
        Event::Rated { rating } => Some(rating.aid.is_some() || matches!(actor, Actor::Integration { .. })),
        _ => None,
    });
    prop_assert_eq!(measure.aided, aids.next_back().unwrap_or(false));
    let said = round.iter().rev().find_map(|(event, ..)| match event {
        Event::CalledBack { call, .. } => call.said.map(|said| said.solved),
        _ => None,
    });
    prop_assert_eq!(measure.solved, rated.or(said).or(again.map(|_| false)));
    let answers = |(place, (event, at, _)): (usize, &(Event, OffsetDateTime, Actor))| match event {
        Event::Answered { call_back_due, .. } => Some((place, *at, *call_back_due)),
        _ => None,
    };
    let answers: Vec<_> = log.iter().enumerate().filter_map(answers).collect();
    prop_assert_eq!(measure.answered_at, answers.first().map(|(_, at, _)| *at));
    let called = |until: OffsetDateTime, after: usize| {
        log[after..].iter().any(|(event, at, _)| matches!(event, Event::CalledBack { .. }) && *at <= until)
    };
    let in_time = answers.iter().any(|(place, _, due)| due.is_some_and(|due| called(due, *place)));
    prop_assert_eq!(measure.called_back, in_time);
    let waits = issue.state == State::AwaitingInput && answers.is_empty();
    prop_assert_eq!(measure.excluded, waits || matches!(issue.state, State::Declined | State::Merged));
    // Whoever it was with when it was first answered, or has it now.
    let until = answers.first().map_or(log.len(), |(place, ..)| *place);
    let holder = log[..until].iter().rev().find_map(|(event, ..)| match event {
        Event::Dispatched { lead, .. } => Some(Some(*lead)),
        Event::Returned { .. } => Some(None),
        _ => None,
    });
    prop_assert_eq!(measure.department, holder.flatten());
    let filed = log.first().map_or(CITY, |_| 330_502);
    prop_assert_eq!(measure.area, filed, "whatever the centre corrected");
    Ok(())
}

/// A stranger's enterprise, a district's centre elsewhere, and roles without commands never get one through.
fn actor_fits(actor: &Actor, issue: &Issue, kind: CommandKind) -> bool {
    match actor {
        Actor::Member { enterprise, .. } | Actor::Assisted { enterprise, .. } => *enterprise == issue.enterprise,
        Actor::Integration { key, enterprise } => {
            let own = issue.state == State::Draft || issue.key == Some(*key);
            let passed_on = [CommandKind::Submit, CommandKind::Supply, CommandKind::Rate, CommandKind::Withdraw];
            *enterprise == issue.enterprise && own && passed_on.contains(&kind)
        }
        Actor::Staff { duty: Duty::Centre { area }, .. } => *area == CITY || *area == issue.centre || kind == CommandKind::Submit,
        Actor::Staff { duty: Duty::Station { station, .. }, .. } => issue.station == Some(*station),
        Actor::Staff { duty: Duty::Handler { department }, .. } => match kind {
            CommandKind::Part => issue.co.contains(department),
            CommandKind::Accept | CommandKind::Dispatch => issue.with_board_lead().is_some_and(|board| board.lead == *department),
            CommandKind::Complete => issue.tasks.iter().any(|task| task.department == *department && !task.done),
            _ => issue.lead == Some(*department),
        },
        Actor::Staff { duty: Duty::Leader { .. }, .. } => kind == CommandKind::Instruct,
        Actor::Staff { duty: Duty::Supervisor { .. }, .. } => {
            matches!(kind, CommandKind::Inquire | CommandKind::Supervise | CommandKind::SignOff)
        }
        Actor::Staff { .. } => false,
        Actor::System => true,
    }
}

#[test]
fn ten_thousand_sequences_stay_inside_the_table() {
    // Of 排水 (board 兜底) 市建设局 has nobody in the centre here: the lead of the board, 市政务办, stands in.
    let office = |id, code: &str, on_site| Office { id, code: code.to_owned(), area: CITY, on_site, active: true };
    let offices = Arc::new(vec![office(5, "jianshe", false), office(6, "zhengwu", true)]);
    let terms = Terms { offices, ..Terms::default() };
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 10_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner.run(&prop::collection::vec(step(), 1..60), |steps| run(steps, &terms)).unwrap();
    let reached = REACHED.with_borrow(Clone::clone);
    let missing: Vec<_> = State::ALL.iter().filter(|state| !reached.contains(state)).collect();
    assert!(missing.is_empty(), "never reached: {missing:?}");
}

//! Random lives of issues, the same in every run: mostly the next sensible step, sometimes anything by anybody.

use crate::world::{Firm, WUXING, World, accept, answer, dispatch, rate, submission};
use domain::actor::{Actor, Duty};
use domain::issue::notice::{Notice, notices};
use domain::issue::{
    Aid, CallBack, Command, CommandKind, DeclineReason, Event, Issue, Level, Meeting, NewTask, Rating, Said, Satisfaction, State,
    Target, Urgency, decide, evolve,
};
use time::OffsetDateTime;
use uuid::Uuid;

/// xorshift64*: enough to shuffle, and without a crate.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % n
    }

    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    pub fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        let n = self.below(list.len() as u64);
        list[usize::try_from(n).unwrap()].clone()
    }
}

/// Who gives a command, and whose connection it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Player {
    Owner,
    OtherOwner,
    /// The station beside the owner.
    Assisted,
    Staff(&'static str),
    System,
}

pub const PLAYERS: &[Player] = &[
    Player::Owner,
    Player::OtherOwner,
    Player::Assisted,
    Player::Staff("centre_city"),
    Player::Staff("centre_wuxing"),
    Player::Staff("centre_nanxun"),
    Player::Staff("handler_jianshe"),
    Player::Staff("handler_huanbao"),
    Player::Staff("handler_gongan"),
    Player::Staff("supervisor_city"),
    Player::Staff("leader_city"),
    Player::Staff("admin"),
    Player::System,
];

impl Player {
    pub fn actor(self, world: &World, owner: &Firm, other: &Firm) -> Actor {
        match self {
            Player::Owner => owner.actor(),
            Player::OtherOwner => other.actor(),
            Player::Assisted => Actor::Assisted {
                staff: world.staff["station_zhili"].0,
                station: world.stations[0],
                person: owner.person,
                enterprise: owner.id,
            },
            Player::Staff(login) => world.staff_actor(login),
            Player::System => Actor::System,
        }
    }
}

fn words(dice: &mut Dice) -> String {
    if dice.one_in(15) { String::new() } else { "已到现场看过，安排施工队处理。".to_owned() }
}

fn command(kind: CommandKind, world: &World, dice: &mut Dice) -> Command {
    let departments = &world.departments;
    match kind {
        CommandKind::Submit => submission("又提一次", WUXING),
        CommandKind::Accept => match accept() {
            Command::Accept { category, .. } => {
                let area = dice.one_in(6).then(|| dice.pick(&[WUXING, crate::world::NANXUN]));
                Command::Accept { category, level: dice.pick(Level::ALL), urgency: dice.pick(Urgency::ALL), area }
            }
            other => other,
        },
        CommandKind::Contact => Command::Contact {
            way: dice.pick(domain::issue::ContactWay::ALL),
            with: "陈伟".to_owned(),
            reached: !dice.one_in(3),
            result: words(dice),
        },
        CommandKind::Note => Command::Note { text: words(dice), photos: 0 },
        CommandKind::Urge => Command::Urge,
        CommandKind::Decline => Command::Decline { reason: DeclineReason::Duplicate, explanation: words(dice) },
        CommandKind::Object => Command::Object { reason: words(dice) },
        CommandKind::Ask => Command::Ask { what: words(dice) },
        CommandKind::Supply => Command::Supply { text: words(dice), photos: 0 },
        CommandKind::Dispatch => {
            let lead = dice.pick(departments);
            let co = if dice.one_in(2) { vec![dice.pick(departments)] } else { vec![] };
            dispatch(lead, &co)
        }
        CommandKind::Sign => Command::Sign,
        CommandKind::Return => Command::Return { reason: words(dice), proposed: dice.pick(departments) },
        CommandKind::Progress => Command::Progress { text: words(dice) },
        CommandKind::Extend => Command::Extend { days: u32::try_from(dice.below(5)).unwrap(), reason: words(dice) },
        CommandKind::Grant => Command::Grant { reason: words(dice) },
        CommandKind::Refuse => Command::Refuse { reason: words(dice) },
        CommandKind::Answer => answer(),
        CommandKind::Rate => match rate(dice.pick(Satisfaction::ALL)) {
            // Some in a browser of a station.
            Command::Rate(rating) if matches!(rating.level, Satisfaction::Satisfied | Satisfaction::Dissatisfied) => {
                let aid = Aid { staff: 1, name: "织里驿站 小李".to_owned(), at: crate::world::morning() };
                Command::Rate(Rating { aid: Some(aid), ..rating })
            }
            other => other,
        },
        CommandKind::CallBack => {
            let said = (!dice.one_in(3)).then(|| Said { solved: !dice.one_in(3), level: dice.pick(Satisfaction::ALL) });
            Command::CallBack(CallBack { way: dice.pick(domain::issue::ContactWay::ALL), said, notes: words(dice) })
        }
        CommandKind::Close => Command::Close { note: words(dice) },
        CommandKind::Reopen => Command::Reopen { reason: words(dice) },
        CommandKind::Withdraw => Command::Withdraw { reason: words(dice) },
        CommandKind::Instruct => Command::Instruct { leader: "王市长".to_owned(), text: words(dice), on: None },
        CommandKind::Supervise => Command::Supervise { reason: words(dice) },
        CommandKind::Verify => Command::Verify { note: words(dice) },
        CommandKind::Explain => Command::Explain { cause: words(dice), measures: words(dice) },
        CommandKind::Review => Command::Review { cause: words(dice), responsibility: words(dice), change: words(dice) },
        CommandKind::SignOff => Command::SignOff { note: words(dice) },
        CommandKind::Inquire => Command::Inquire { question: words(dice) },
        CommandKind::Reply => Command::Reply { text: words(dice) },
        CommandKind::Merge => Command::Merge { into: other(dice), reason: words(dice) },
        CommandKind::Absorb => Command::Absorb { from: other(dice) },
        CommandKind::Track => Command::Track { days: u32::try_from(dice.below(24)).unwrap(), reason: words(dice) },
        CommandKind::Report => Command::Report { text: words(dice), days: u32::try_from(dice.below(24)).unwrap() },
        CommandKind::Part => Command::Part { text: words(dice) },
        CommandKind::Waive => Command::Waive { department: dice.pick(departments), reason: words(dice) },
        CommandKind::Consult => Command::Consult(meeting(world, dice)),
        CommandKind::Refer => Command::Refer { reason: words(dice) },
        CommandKind::Resolve => Command::Resolve(meeting(world, dice)),
        CommandKind::Complete => Command::Complete { task: u16::try_from(dice.below(3)).unwrap(), text: words(dice) },
        CommandKind::Confirm => {
            Command::Confirm { task: u16::try_from(dice.below(3)).unwrap(), done: !dice.one_in(4), note: words(dice) }
        }
        CommandKind::Alarm => Command::Alarm,
        CommandKind::LapsePause => Command::LapsePause,
    }
}

/// Another issue of the same enterprise, as the store finds it; the rules ask no more.
fn other(dice: &mut Dice) -> Target {
    let state = dice.pick(&[State::Accepted, State::Handling]);
    Target { enterprise: 1, state, ..Target::named("HZ-2026-112400001") }
}

fn meeting(world: &World, dice: &mut Dice) -> Meeting {
    let task = |department| NewTask { department, what: "疏通排水口".to_owned(), days: 5 };
    let tasks = (0..1 + dice.below(2)).map(|_| task(dice.pick(&world.departments))).collect();
    let decisions = words(dice);
    Meeting {
        held: crate::world::morning().date(), who: "企服中心主任".to_owned(), told: decisions.clone(), decisions, tasks
    }
}

/// What is tried next, by whom, after how many minutes.
pub fn step(world: &World, issue: &Issue, dice: &mut Dice) -> (Player, Command, i64) {
    use CommandKind::{
        Accept, Alarm, Answer, Ask, CallBack as Call, Close, Complete, Confirm, Consult, Contact, Decline, Dispatch, Extend,
        Grant, LapsePause, Note, Object, Part, Progress, Rate, Refer, Refuse, Reopen, Report, Resolve, Return, Sign, Submit,
        Supply, Track, Urge, Waive, Withdraw,
    };
    let minutes = if dice.one_in(8) { 1 + dice.below(20_000) } else { 1 + dice.below(300) };
    let minutes = i64::try_from(minutes).unwrap();
    if dice.one_in(5) {
        let kind = dice.pick(&[
            Submit, Accept, Decline, Object, Ask, Supply, Dispatch, Sign, Return, Progress, Answer, Rate, Close, Reopen,
            Withdraw, LapsePause, Contact, Note, Urge, Alarm, Call, Extend, Grant, Refuse, Complete, Confirm, Consult, Part,
            Refer, Report, Resolve, Track, Waive,
        ]);
        return (dice.pick(PLAYERS), command(kind, world, dice), minutes);
    }
    if dice.one_in(8) {
        return (Player::System, Command::Alarm, minutes);
    }
    if dice.one_in(20) && !issue.flags.is_empty() {
        let (player, kind) = match issue.inquiry {
            _ if dice.one_in(2) => match &issue.supervision {
                None => (Player::Staff("supervisor_city"), CommandKind::Supervise),
                Some(order) if !order.issued => (Player::Staff("centre_city"), CommandKind::Verify),
                Some(order) if !order.explained => (lead(world, issue), CommandKind::Explain),
                Some(order) if !order.reviewed => (Player::Staff("centre_city"), CommandKind::Review),
                Some(_) => (Player::Staff("supervisor_city"), CommandKind::SignOff),
            },
            Some(_) => (Player::Staff("centre_city"), CommandKind::Reply),
            None if dice.one_in(3) => (Player::Staff("leader_city"), CommandKind::Instruct),
            None => (Player::Staff("supervisor_city"), CommandKind::Inquire),
        };
        return (player, command(kind, world, dice), minutes);
    }
    if let Some(task) = issue.tasks.iter().position(|task| !task.confirmed).filter(|_| dice.one_in(5)) {
        let place = u16::try_from(task).unwrap();
        let (player, done) = (handler(world, Some(issue.tasks[task].department)), issue.tasks[task].done);
        let city = Player::Staff("centre_city");
        return match done {
            true => (city, Command::Confirm { task: place, done: !dice.one_in(4), note: words(dice) }, minutes),
            false => (player, Command::Complete { task: place, text: words(dice) }, minutes),
        };
    }
    if let Some(part) = issue.parts.iter().find(|part| !part.done).filter(|_| !dice.one_in(4)) {
        let city = Player::Staff("centre_city");
        return match dice.one_in(3) {
            true => (city, Command::Waive { department: part.department, reason: words(dice) }, minutes),
            false => (handler(world, Some(part.department)), command(Part, world, dice), minutes),
        };
    }
    if issue.referred && dice.one_in(3) {
        return (Player::Staff("centre_city"), command(Resolve, world, dice), minutes);
    }
    let kind = match issue.state {
        State::Draft => Submit,
        State::Submitted => dice.pick(&[Accept, Accept, Accept, Contact, Decline]),
        State::Accepted => dice.pick(&[Dispatch, Dispatch, Dispatch, Ask]),
        State::Dispatched => dice.pick(&[Sign, Sign, Sign, Return, Urge]),
        State::Handling if issue.extension.is_some() => dice.pick(&[Grant, Grant, Refuse, Answer]),
        State::Handling => dice.pick(&[Answer, Answer, Answer, Progress, Ask, Note, Extend, Extend, Track, Consult, Refer]),
        State::Tracking => dice.pick(&[Report, Report, Answer, Refer]),
        State::AwaitingInput => dice.pick(&[Supply, Supply, LapsePause]),
        State::Answered => dice.pick(&[Rate, Rate, Rate, Call, Close]),
        State::Closed => dice.pick(&[Reopen, Call]),
        State::Declined | State::Withdrawn | State::Merged => Object,
    };
    let player = match kind {
        Sign | Return | Progress | Answer | Extend | Report => lead(world, issue),
        Ask if issue.state == State::Handling => lead(world, issue),
        Accept | Contact | Decline | Dispatch | Close | Call | Ask | Grant | Refuse | Track | Consult | Refer | Resolve => {
            dice.pick(&[Player::Staff("centre_wuxing"), Player::Staff("centre_city")])
        }
        Supply => dice.pick(&[Player::Owner, Player::Assisted]),
        LapsePause => Player::System,
        _ => Player::Owner,
    };
    (player, command(kind, world, dice), minutes)
}

fn lead(world: &World, issue: &Issue) -> Player {
    handler(world, issue.lead)
}

fn handler(world: &World, of: Option<i64>) -> Player {
    let is_lead = |duty: &Duty| matches!(duty, Duty::Handler { department } if Some(*department) == of);
    world.staff.iter().find(|(_, (_, duty))| is_lead(duty)).map_or(Player::System, |(login, _)| Player::Staff(login))
}

/// An issue with the life it has had.
pub struct Life {
    pub client_key: Uuid,
    pub firm: Firm,
    pub title: String,
    /// The district it was filed for; the centre may have found the place elsewhere.
    pub filed_for: i32,
    pub issue: Issue,
    pub events: Vec<(OffsetDateTime, Actor, String, Event)>,
    /// What the latest command wants told.
    pub told: Vec<Notice>,
}

impl Life {
    pub fn begin(world: &World, firm: &Firm, filer: Actor, title: &str, area: i32, now: OffsetDateTime) -> Life {
        let mut life = Life {
            client_key: Uuid::new_v4(),
            firm: firm.clone(),
            title: title.to_owned(),
            filed_for: area,
            issue: Issue { serving: firm.station, ..Issue::draft(firm.id) },
            events: vec![],
            told: vec![],
        };
        assert!(life.go_on(world, &submission(title, area), &filer, now));
        life
    }

    /// Tries a command; a refusal leaves everything as it was.
    pub fn go_on(&mut self, world: &World, command: &Command, actor: &Actor, now: OffsetDateTime) -> bool {
        let Ok(events) = decide(&self.issue, command, actor, now, &world.terms) else { return false };
        self.told.clear();
        for event in events {
            self.issue = evolve(self.issue.clone(), &event, now, actor, &world.terms.calendar);
            self.told.extend(notices(&event, &self.issue, now, &world.terms));
            self.events.push((now, *actor, "某人".to_owned(), event));
        }
        true
    }
}

//! 板块牵头单位 (S-4): the lead of a board accepts and forwards for a department without people in the centre, and has nothing else of the issue.
#![allow(clippy::unwrap_used)]

mod common;

use common::submission;
use domain::actor::{Actor, AreaCode, CITY, DepartmentId, Duty, MemberRole};
use domain::issue::alarm::Rung;
use domain::issue::notice::{Notice, Recipient, notices};
use domain::issue::permission::{IssueScope, may_read};
use domain::issue::*;
use proptest::prelude::*;
use std::sync::Arc;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const OWNER: Actor = Actor::Member { person: 1, enterprise: 7, role: MemberRole::Owner };
const CENTRE: Actor = Actor::Staff { id: 10, duty: Duty::Centre { area: 330_502 } };
const CITY_CENTRE: Actor = Actor::Staff { id: 11, duty: Duty::Centre { area: CITY } };
/// A Monday.
const T0: OffsetDateTime = datetime!(2026-11-23 09:00 +8);

const WUXING: AreaCode = 330_502;
const NANXUN: AreaCode = 330_503;
/// Departments by their ids, from 1 on.
const CODES: [&str; 6] = ["jianshe", "jiaoyu", "gongan", "zhengwu", "renshe", "sifa"];
/// Category, whose business it is, who leads its board: what the catalogue says, said again by ids.
static BUSINESS: [(&str, DepartmentId, DepartmentId); 3] = [("drainage", 1, 4), ("talent_school", 2, 5), ("order", 3, 6)];

fn handler(department: DepartmentId) -> Actor {
    Actor::Staff { id: 20 + department, duty: Duty::Handler { department } }
}

fn office(id: DepartmentId, area: AreaCode, on_site: bool, active: bool) -> Office {
    let code = CODES[usize::try_from(id).unwrap() - 1].to_owned();
    Office { id, code, area, on_site, active }
}

/// Of 排水 市建设局 is absent, 市政务办 leads the board; everybody else is there.
fn terms() -> Terms {
    let offices = (1..=6).map(|id| office(id, CITY, id != 1, true)).collect();
    Terms { offices: Arc::new(offices), ..Terms::default() }
}

struct Life {
    issue: Issue,
    terms: Terms,
    told: Vec<Notice>,
}

impl Life {
    fn filed(terms: Terms) -> Life {
        let mut life = Life { issue: Issue::draft(7), terms, told: vec![] };
        life.ok(Command::Submit(submission()), &OWNER);
        life
    }

    #[track_caller]
    fn ok(&mut self, command: Command, actor: &Actor) {
        let events = decide(&self.issue, &command, actor, T0, &self.terms).unwrap();
        self.told.clear();
        for event in events {
            self.issue = evolve(self.issue.clone(), &event, T0, actor, &self.terms.calendar);
            self.told.extend(notices(&event, &self.issue, T0, &self.terms));
        }
    }

    #[track_caller]
    fn rule(&self, command: Command, actor: &Actor, expected: &str) {
        match decide(&self.issue, &command, actor, T0, &self.terms).unwrap_err() {
            Refusal::Rule { code, .. } => assert_eq!(code, expected),
            other => panic!("{other:?}"),
        }
    }

    fn offered(&self, actor: &Actor) -> Vec<CommandKind> {
        allowed_commands(&self.issue, actor, T0, &self.terms)
    }

    fn board_told(&self) -> Vec<&str> {
        let board = self.told.iter().filter_map(|notice| match &notice.recipient {
            Recipient::Board(code) => Some(code.as_str()),
            _ => None,
        });
        board.collect()
    }
}

fn accept(category: &str, area: Option<AreaCode>) -> Command {
    Command::Accept { category: category.to_owned(), level: Level::Simple, urgency: Urgency::Normal, area }
}

fn dispatch(lead: DepartmentId, co: &[DepartmentId]) -> Command {
    Command::Dispatch { lead, co: co.to_vec(), note: "由其负责办理".to_owned() }
}

fn scope(issue: &Issue) -> IssueScope<'_> {
    IssueScope {
        enterprise: issue.enterprise,
        area: issue.filed_area,
        centre: issue.centre,
        board_lead: issue.with_board_lead().map(|board| board.lead),
        lead: issue.lead,
        co: &issue.co,
        station: issue.station,
        enterprise_station: issue.serving,
        key: issue.key,
        abnormal: false,
        watched: issue.watched,
    }
}

#[test]
fn the_lead_accepts_and_hands_on_to_whose_business_it_is_and_to_nobody_else() {
    let mut life = Life::filed(terms());
    assert_eq!(life.issue.with_board_lead(), Some(BoardLead { lead: 4, absent: 1 }));
    assert_eq!(life.board_told(), ["zhengwu"], "who is to accept hears of it");
    assert_eq!(life.offered(&handler(4)), [CommandKind::Accept]);
    assert!(life.offered(&CENTRE).contains(&CommandKind::Accept), "the centre still may");
    life.ok(accept("drainage", None), &handler(4));
    assert_eq!(life.offered(&handler(4)), [CommandKind::Dispatch]);
    assert!(Queue::BoardLead.holds(&life.issue, T0));
    life.rule(dispatch(4, &[]), &handler(4), "board_lead_self");
    life.rule(dispatch(1, &[4]), &handler(4), "board_lead_self");
    life.rule(dispatch(2, &[]), &handler(4), "board_lead_other");
    life.ok(dispatch(1, &[2]), &handler(4));
    assert_eq!((life.issue.lead, life.issue.co.as_slice(), life.issue.round), (Some(1), [2].as_slice(), 1));
    assert!(life.offered(&handler(4)).is_empty() && !may_read(&handler(4), &scope(&life.issue)));
    assert!(life.offered(&handler(1)).contains(&CommandKind::Sign));
    // A department's "not mine" is the centre's to rule on.
    life.ok(Command::Return { reason: "该路段由属地镇街养护".into(), proposed: 2 }, &handler(1));
    assert_eq!((life.issue.state, life.issue.with_board_lead()), (State::Accepted, None));
    assert!(life.offered(&handler(4)).is_empty() && life.offered(&CENTRE).contains(&CommandKind::Dispatch));
}

#[test]
fn what_was_declined_and_objected_to_or_is_another_s_business_is_the_centre_s() {
    let mut life = Life::filed(terms());
    life.ok(Command::Decline { reason: DeclineReason::Duplicate, explanation: "与上一件重复提交".into() }, &CENTRE);
    assert!(life.offered(&handler(4)).is_empty() && !may_read(&handler(4), &scope(&life.issue)));
    life.ok(Command::Object { reason: "不是同一个路段".into() }, &OWNER);
    assert_eq!((life.issue.state, life.issue.with_board_lead()), (State::Submitted, None));
    life.ok(accept("drainage", None), &CITY_CENTRE);
    assert_eq!(life.issue.with_board_lead(), None, "nor after it was accepted then");

    let mut life = Life::filed(terms());
    life.ok(accept("talent_school", None), &handler(4));
    assert_eq!(life.issue.with_board_lead(), None, "市教育局 has people in the centre");
    assert!(life.offered(&handler(5)).is_empty() && life.offered(&handler(4)).is_empty());
}

#[test]
fn clocks_and_the_ladder_are_as_without() {
    let (with, without) = (Life::filed(terms()), Life::filed(Terms::default()));
    assert_eq!(without.issue.with_board_lead(), None);
    assert!(without.board_told().is_empty(), "who does not accept hears when nobody did");
    assert_eq!(Issue { board_lead: None, ..with.issue.clone() }, without.issue);
    assert_eq!(with.issue.alarm_at(&with.terms), without.issue.alarm_at(&without.terms));
    let climbed = Event::Escalated { rung: Rung::Board, since: T0, at: T0 };
    for life in [&with, &without] {
        let told = notices(&climbed, &life.issue, T0, &life.terms);
        assert_eq!(told[0].recipient, Recipient::Board("zhengwu".to_owned()));
    }
}

#[test]
fn an_event_of_before_has_nobody_stand_in_and_says_nothing_of_it() {
    let issue = Life::filed(Terms::default()).issue;
    let event = decide(&Issue::draft(7), &Command::Submit(submission()), &OWNER, T0, &Terms::default()).unwrap().remove(0);
    let written = serde_json::to_string(&event).unwrap();
    assert!(!written.contains("board_lead"), "what was hashed is written as it was: {written}");
    let read: Event = serde_json::from_str(&written).unwrap();
    assert_eq!(evolve(Issue::draft(7), &read, T0, &OWNER, &Terms::default().calendar), issue);
}

/// Who stands in, from the table above and the offices alone.
fn expected(issue: &Issue, offices: &[Office]) -> Option<DepartmentId> {
    let (_, business, board) = *BUSINESS.iter().find(|(category, ..)| *category == issue.category)?;
    let covers = |of: AreaCode| of == CITY || of == issue.area;
    let is = |id: DepartmentId, on_site: bool| {
        offices.iter().any(|office| office.id == id && office.on_site == on_site && office.active && covers(office.area))
    };
    (is(business, false) && is(board, true)).then_some(board)
}

fn offices() -> impl Strategy<Value = Vec<Office>> {
    let area = prop_oneof![4 => Just(CITY), 1 => Just(WUXING), 1 => Just(NANXUN)];
    prop::collection::vec((area, any::<bool>(), prop::bool::weighted(0.9)), 6).prop_map(|list| {
        let offices = (1..=6).zip(list).map(|(id, (area, on_site, active))| office(id, area, on_site, active));
        offices.collect()
    })
}

/// What is tried, by whom.
fn step() -> impl Strategy<Value = (Command, Actor)> {
    let category = || prop::sample::select(&BUSINESS[..]).prop_map(|(category, ..)| category);
    let area = || prop::option::weighted(0.3, prop::sample::select(vec![WUXING, NANXUN]));
    let who = || prop_oneof![2 => Just(CITY_CENTRE), 3 => (1i64..7).prop_map(handler)];
    let text = || "已经到现场看过".to_owned();
    prop_oneof![
        4 => (category(), area(), who()).prop_map(|(category, area, who)| (accept(category, area), who)),
        4 => (1i64..7, prop::collection::vec(1i64..7, 0..2), who()).prop_map(|(lead, co, who)| (dispatch(lead, &co), who)),
        1 => Just((Command::Ask { what: text() }, CITY_CENTRE)),
        1 => Just((Command::Supply { text: text(), photos: 0 }, OWNER)),
        1 => Just((Command::Decline { reason: DeclineReason::Duplicate, explanation: text() }, CITY_CENTRE)),
        1 => Just((Command::Object { reason: text() }, OWNER)),
        1 => ((1i64..7), (1i64..7)).prop_map(move |(by, proposed)| (Command::Return { reason: text(), proposed }, handler(by))),
        1 => (1i64..7).prop_map(|by| (Command::Sign, handler(by))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// After every step, for every department and every command: what may be done and read is what the table above says, and nothing else.
    #[test]
    fn nobody_else_has_it_and_the_lead_has_nothing_else(
        offices in offices(),
        filed in prop::sample::select(&BUSINESS[..]),
        area in prop::sample::select(vec![WUXING, NANXUN]),
        steps in prop::collection::vec(step(), 0..12),
    ) {
        let terms = Terms { offices: Arc::new(offices.clone()), ..Terms::default() };
        let filing = Command::Submit(Submission { category: filed.0.to_owned(), area, ..submission() });
        let mut issue = Issue::draft(7);
        let mut gone = false;
        let mut now = T0;
        for (command, actor) in std::iter::once((filing, OWNER)).chain(steps) {
            now += Duration::minutes(1);
            let before = issue.clone();
            let Ok(events) = decide(&issue, &command, &actor, now, &terms) else { continue };
            for event in events {
                issue = evolve(issue, &event, now, &actor, &terms.calendar);
                gone |= matches!(event, Event::Dispatched { .. } | Event::Objected { .. });
                if let (Event::Dispatched { lead, co, .. }, Actor::Staff { duty: Duty::Handler { department }, .. }) = (&event, &actor) {
                    let business = BUSINESS.iter().find(|(category, ..)| *category == before.category).unwrap().1;
                    prop_assert!(*lead == business && lead != department && !co.contains(department), "{department} kept it");
                }
            }
            for department in 1..=6 {
                let who = handler(department);
                let waits = matches!(issue.state, State::Submitted | State::Accepted) && !gone;
                let fronts = waits && expected(&issue, &offices) == Some(department);
                let takes_part = issue.lead == Some(department) || issue.co.contains(&department);
                prop_assert_eq!(may_read(&who, &scope(&issue)), fronts || takes_part, "{} {:?}", department, issue.state);
                prop_assert_eq!(issue.only_as_board_lead(&who), fronts && !takes_part);
                let offered = allowed_commands(&issue, &who, now, &terms);
                let own = match issue.state {
                    State::Submitted if fronts => vec![CommandKind::Accept],
                    State::Accepted if fronts => vec![CommandKind::Dispatch],
                    _ => Vec::new(),
                };
                prop_assert!(takes_part || offered == own, "{department} was offered {offered:?} in {:?}", issue.state);
                prop_assert_eq!(fronts, issue.with_board_lead().is_some_and(|board| board.lead == department));
            }
        }
    }
}

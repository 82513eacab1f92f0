//! Who is told of what: the table that administrators edit has every event that tells anybody something, and no other.
#![allow(clippy::unwrap_used)]

use domain::calendar::WorkCalendar;
use domain::issue::alarm::{Owed, Rung};
use domain::issue::channel::{Audience, FOUND, STEPS};
use domain::issue::clock::Step;
use domain::issue::notice::notices;
use domain::issue::supervision::{Stage, Supervision};
use domain::issue::*;
use std::collections::BTreeSet;
use time::OffsetDateTime;
use time::macros::datetime;

const AT: OffsetDateTime = datetime!(2026-11-25 10:00 +8);

fn words() -> String {
    "已经到现场看过".to_owned()
}

fn submission() -> Submission {
    Submission {
        title: words(),
        text: words(),
        category: "drainage".to_owned(),
        place: words(),
        area: 330_502,
        channel: Channel::Online,
        photos: 0,
    }
}

fn decision() -> Decision {
    let task = Task { department: 7, what: words(), due: AT };
    Decision { held: AT, who: words(), decisions: words(), told: words(), tasks: vec![task] }
}

fn called(said: Option<Said>) -> Event {
    Event::CalledBack { call: CallBack { way: ContactWay::Phone, said, notes: words() }, missed: 0 }
}

fn rated(level: Satisfaction) -> Event {
    Event::Rated { rating: Rating { solved: !level.is_unsatisfied(), level, reasons: vec![], comment: String::new(), aid: None } }
}

fn submitted() -> Event {
    Event::Submitted {
        submission: submission(),
        urgency: Urgency::Normal,
        contact_apart: true,
        board_lead: Some(BoardLead { lead: 8, absent: 5 }),
        limits: 1,
        contact_due: AT,
        accept_due: AT,
        answer_due: AT,
    }
}

/// One of each kind, one after another: whoever adds a kind of event is asked here where it stands.
fn next(event: &Event) -> Option<Event> {
    let text = words();
    Some(match event {
        Event::Submitted { .. } => accepted(None),
        Event::Accepted { .. } => Event::Contacted { way: ContactWay::Phone, with: text.clone(), reached: true, result: text },
        Event::Contacted { .. } => Event::Declined { reason: DeclineReason::Duplicate, explanation: text },
        Event::Declined { .. } => Event::Objected { reason: text, centre: 330_500, accept_due: AT },
        Event::Objected { .. } => Event::InputAsked { what: text, cap: AT },
        Event::InputAsked { .. } => {
            Event::Supplied { text, photos: 0, answer_due: AT, shifted_minutes: 0, interim_due: None, co_due: None }
        }
        Event::Supplied { .. } => Event::Noted { text, photos: 0 },
        Event::Noted { .. } => Event::Urged,
        Event::Urged => Event::PauseLapsed { answer_due: AT, shifted_minutes: 0, interim_due: None, co_due: None },
        Event::PauseLapsed { .. } => dispatched(None, None),
        Event::Dispatched { .. } => Event::Signed { interim_due: AT },
        Event::Signed { .. } => Event::Returned { reason: text, proposed: 6 },
        Event::Returned { .. } => Event::Progressed { text },
        Event::Progressed { .. } => Event::ExtensionAsked { days: 2, reason: text, wanted: AT },
        Event::ExtensionAsked { .. } => Event::Extended { reason: text, from: AT, answer_due: AT, days: 2 },
        Event::Extended { .. } => Event::ExtensionRefused { reason: text },
        Event::ExtensionRefused { .. } => {
            Event::Answered { text, outcome: Outcome::Solved, late: false, call_back_due: Some(AT) }
        }
        Event::Answered { .. } => rated(Satisfaction::Dissatisfied),
        Event::Rated { .. } => Event::Closed { basis: CloseBasis::CallBack { note: text } },
        Event::Closed { .. } => Event::Reopened { reason: text },
        Event::Reopened { .. } => Event::Redispatched { round: 2, sign_due: AT, answer_due: AT, co_due: None },
        Event::Redispatched { .. } => called(Some(Said { solved: false, level: Satisfaction::Dissatisfied })),
        Event::CalledBack { .. } => Event::Instructed { leader: text.clone(), text, on: Some(AT) },
        Event::Instructed { .. } => Event::Supervised { reason: text, verify_due: AT, explain_due: AT, done_due: AT },
        Event::Supervised { .. } => Event::OrderIssued { note: text },
        Event::OrderIssued { .. } => Event::Explained { cause: text.clone(), measures: text, late: false },
        Event::Explained { .. } => Event::Reviewed { cause: text.clone(), responsibility: text.clone(), change: text },
        Event::Reviewed { .. } => Event::SignedOff { note: text },
        Event::SignedOff { .. } => Event::OrderOverdue { stage: Stage::Explain, due: AT },
        Event::OrderOverdue { .. } => Event::Inquired { question: text, reply_due: AT },
        Event::Inquired { .. } => Event::Replied { text, late: false },
        Event::Replied { .. } => Event::ReplyOverdue { due: AT },
        Event::ReplyOverdue { .. } => Event::CallBackOverdue { due: AT },
        Event::CallBackOverdue { .. } => warned(Step::Answer, false),
        Event::Warned { .. } => owed(Owed::CallBack, false),
        Event::OwedWarned { .. } => Event::Overdue { step: Step::Answer, since: AT, due: AT },
        Event::Overdue { .. } => Event::Escalated { rung: Rung::Board, since: AT, at: AT },
        Event::Escalated { .. } => Event::Merged { into: "HZ-2026-112500001".to_owned(), reason: text },
        Event::Merged { .. } => {
            let from = "HZ-2026-112500002".to_owned();
            Event::Absorbed { from, answer_due: Some(AT), promised: Some(AT), instructed: false }
        }
        Event::Absorbed { .. } => Event::Tracked { reason: text, promised: AT },
        Event::Tracked { .. } => Event::Reported { text, promised: AT, late: false },
        Event::Reported { .. } => Event::PartAnswered { department: 6, text, late: false },
        Event::PartAnswered { .. } => Event::PartWaived { department: 6, reason: text },
        Event::PartWaived { .. } => Event::PartOverdue { department: 6, due: AT },
        Event::PartOverdue { .. } => Event::Consulted(decision()),
        Event::Consulted(_) => Event::Referred { reason: text },
        Event::Referred { .. } => Event::Resolved(decision()),
        Event::Resolved(_) => Event::TaskDone { task: 0, text, late: false },
        Event::TaskDone { .. } => Event::TaskConfirmed { task: 0, note: text },
        Event::TaskConfirmed { .. } => Event::TaskReturned { task: 0, reason: text },
        Event::TaskReturned { .. } => Event::TaskOverdue { task: 0, due: AT },
        Event::TaskOverdue { .. } => Event::Withdrawn { reason: text, call_back_due: None },
        Event::Withdrawn { .. } => return None,
    })
}

fn accepted(area: Option<i32>) -> Event {
    let (category, level, urgency) = ("drainage".to_owned(), Level::Simple, Urgency::Normal);
    Event::Accepted { category, level, urgency, area, board_lead: None, contact_due: None, answer_due: AT }
}

fn dispatched(from: Option<i64>, co_due: Option<OffsetDateTime>) -> Event {
    Event::Dispatched { lead: 5, co: vec![6], from, note: words(), sign_due: AT, co_due }
}

fn warned(step: Step, missed: bool) -> Event {
    Event::Warned { step, since: AT, at: AT, due: AT, missed }
}

fn owed(owed: Owed, missed: bool) -> Event {
    Event::OwedWarned { owed, since: AT, at: AT, due: AT, missed }
}

/// What tells others than the one of its kind above.
fn variants() -> Vec<Event> {
    let mut list = vec![
        accepted(Some(330_503)),
        dispatched(Some(9), Some(AT)),
        rated(Satisfaction::Satisfied),
        called(None),
        called(Some(Said { solved: true, level: Satisfaction::Satisfied })),
        Event::Closed { basis: CloseBasis::Rated },
        Event::Redispatched { round: 2, sign_due: AT, answer_due: AT, co_due: Some(AT) },
        Event::Answered { text: words(), outcome: Outcome::Explained, late: true, call_back_due: None },
        warned(Step::Answer, true),
    ];
    list.extend(Step::ALL.iter().map(|step| warned(*step, false)));
    list.extend(Step::ALL.iter().map(|step| Event::Overdue { step: *step, since: AT, due: AT }));
    list.extend(Rung::ALL.iter().map(|rung| Event::Escalated { rung: *rung, since: AT, at: AT }));
    let beside = [Owed::Part { department: 6 }, Owed::Task { task: 0 }, Owed::Reply, Owed::CallBack];
    let beside = beside.into_iter().chain(Stage::ALL.iter().map(|stage| Owed::Order { stage: *stage }));
    list.extend(beside.flat_map(|one| [owed(one, false), owed(one, true)]));
    list.extend(Stage::ALL.iter().map(|stage| Event::OrderOverdue { stage: *stage, due: AT }));
    list
}

/// As it stands at a department, with somebody beside it and something to do; and where no department has it yet.
fn issues() -> [Issue; 2] {
    let order = Supervision::begun(AT, [AT; 3], &WorkCalendar::default());
    let (since, warn, due) = (AT, AT, AT);
    let task = Doing { department: 7, since, warn, due, warned: false, done: false, confirmed: false, overdue: false };
    let filed = Issue {
        area: 330_502,
        filed_area: 330_502,
        centre: 330_502,
        category: "drainage".to_owned(),
        state: State::Accepted,
        submitted_at: Some(AT),
        supervision: Some(order),
        ..Issue::draft(1)
    };
    let handled = Issue { state: State::Handling, lead: Some(5), co: vec![6], tasks: vec![task], ..filed.clone() };
    [handled, filed]
}

#[test]
fn the_table_has_everything_that_anybody_is_told_and_nothing_else() {
    let terms = Terms::default();
    let chain: Vec<Event> = std::iter::successors(Some(submitted()), next).collect();
    let kinds: BTreeSet<&str> = chain.iter().map(Event::kind).collect();
    assert_eq!(kinds.len(), chain.len(), "each kind once");
    let mut told: BTreeSet<(String, Audience)> = BTreeSet::new();
    for event in chain.iter().chain(&variants()) {
        for issue in issues() {
            for notice in notices(event, &issue, AT, &terms) {
                assert_eq!(notice.kind, event.kind());
                told.insert((notice.kind, Audience::of(&notice.recipient)));
            }
        }
    }
    // What a worker tells besides.
    told.insert((FOUND.to_owned(), Audience::Centre));
    let listed: Vec<(String, Audience)> =
        STEPS.iter().flat_map(|(step, _, audiences)| audiences.iter().map(|audience| ((*step).to_owned(), *audience))).collect();
    let table: BTreeSet<(String, Audience)> = listed.iter().cloned().collect();
    assert_eq!(table.len(), listed.len(), "a line stands there twice");
    let missing: Vec<_> = told.difference(&table).collect();
    assert!(missing.is_empty(), "told, and in no line that an administrator can switch: {missing:?}");
    let empty: Vec<_> = table.difference(&told).collect();
    assert!(empty.is_empty(), "a line that switches nothing: {empty:?}");
}

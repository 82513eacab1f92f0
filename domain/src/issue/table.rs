//! The transition table of the loop: data that the code, the documentation and the tests share.

use super::command::CommandKind;
use super::state::State;

/// Who may give a command, before scopes are looked at (`permission`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A member of the enterprise.
    Member,
    /// Station staff beside a member (代办).
    Assisted,
    /// The centre responsible, or the city's.
    Centre,
    /// The lead of the board, for a department without people on site (S-4).
    BoardLead,
    /// The lead department.
    Lead,
    /// A co-department (协办).
    Co,
    /// A department that a decision gave something to do (交办事项).
    Doer,
    /// A leader of the area.
    Leader,
    /// Supervision of the area, discipline inspection among it.
    Supervisor,
    /// The station it was filed at, or that serves the enterprise.
    Station,
    /// Another channel, by its key: for the enterprise that turned to it, and of what it filed itself.
    Integration,
    /// The clock.
    System,
}

/// Where a command leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// Always this state.
    State(State),
    /// One of these, by content (a rating closes or re-dispatches).
    OneOf(&'static [State]),
    /// Back to the state before the pause.
    Before,
    /// No change.
    Same,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Transition {
    pub command: CommandKind,
    /// Who may give it.
    pub who: &'static [Who],
    pub from: &'static [State],
    /// Where it leads.
    pub to: To,
}

/// The table. 待补充 ends with what was supplied or with its cap, and leads back to whoever asked. A command that is not here for a state and a kind of actor is refused.
pub const TRANSITIONS: &[Transition] = &[
    // The centre writes down what was said in a meeting (恳谈会).
    row(
        CommandKind::Submit,
        &[Who::Member, Who::Assisted, Who::Integration, Who::Centre],
        &[State::Draft],
        To::State(State::Submitted),
    ),
    row(CommandKind::Accept, &[Who::Centre, Who::BoardLead], &[State::Submitted], To::State(State::Accepted)),
    row(CommandKind::Decline, &[Who::Centre], &[State::Submitted], To::State(State::Declined)),
    row(CommandKind::Object, &[Who::Member], &[State::Declined], To::State(State::Submitted)),
    row(CommandKind::Ask, &[Who::Centre, Who::Lead], &[State::Accepted, State::Handling], To::State(State::AwaitingInput)),
    row(CommandKind::Contact, &[Who::Centre, Who::Lead, Who::Station], State::OPEN, To::Same),
    row(CommandKind::Supply, &[Who::Member, Who::Assisted, Who::Integration], &[State::AwaitingInput], To::Before),
    row(CommandKind::Note, &[Who::Member, Who::Assisted], AT_WORK_OR_ANSWERED, To::Same),
    row(CommandKind::Urge, &[Who::Member], AT_WORK, To::Same),
    row(CommandKind::Instruct, &[Who::Leader, Who::Centre], State::OPEN, To::Same),
    // The clock does so as well, with the rest of what it does: `alarm`.
    row(CommandKind::Supervise, &[Who::Supervisor, Who::Centre], SUPERVISED, To::Same),
    row(CommandKind::Verify, &[Who::Centre], State::FILED, To::Same),
    row(CommandKind::Explain, &[Who::Lead], State::FILED, To::Same),
    row(CommandKind::Review, &[Who::Centre], State::FILED, To::Same),
    row(CommandKind::SignOff, &[Who::Supervisor], State::FILED, To::Same),
    row(CommandKind::Inquire, &[Who::Supervisor], State::FILED, To::Same),
    row(CommandKind::Reply, &[Who::Lead, Who::Centre], State::FILED, To::Same),
    row(CommandKind::Alarm, &[Who::System], State::FILED, To::Same),
    row(CommandKind::LapsePause, &[Who::System], &[State::AwaitingInput], To::Before),
    // From the departments' states only in the second round and later, and by the centre alone (`decide`).
    row(
        CommandKind::Dispatch,
        &[Who::Centre, Who::BoardLead],
        &[State::Accepted, State::Dispatched, State::Handling],
        To::State(State::Dispatched),
    ),
    row(CommandKind::Sign, &[Who::Lead], &[State::Dispatched], To::State(State::Handling)),
    row(CommandKind::Return, &[Who::Lead], &[State::Dispatched], To::State(State::Accepted)),
    row(CommandKind::Progress, &[Who::Lead], &[State::Handling], To::Same),
    row(CommandKind::Extend, &[Who::Lead], &[State::Handling], To::Same),
    row(CommandKind::Grant, &[Who::Centre], &[State::Handling, State::AwaitingInput], To::Same),
    row(CommandKind::Refuse, &[Who::Centre], &[State::Handling, State::AwaitingInput], To::Same),
    row(CommandKind::Answer, &[Who::Lead], &[State::Handling, State::Tracking], To::State(State::Answered)),
    row(CommandKind::Track, &[Who::Centre], &[State::Handling], To::State(State::Tracking)),
    row(CommandKind::Report, &[Who::Lead], &[State::Tracking], To::Same),
    row(CommandKind::Part, &[Who::Co], AT_DEPARTMENTS, To::Same),
    row(CommandKind::Waive, &[Who::Centre], AT_DEPARTMENTS, To::Same),
    row(CommandKind::Consult, &[Who::Centre], &[State::Accepted, State::Handling], To::Same),
    row(CommandKind::Refer, &[Who::Centre], &[State::Accepted, State::Handling, State::Tracking], To::Same),
    row(CommandKind::Resolve, &[Who::Centre], State::OPEN, To::Same),
    // What was decided is followed until it is done, whatever becomes of the issue.
    row(CommandKind::Complete, &[Who::Doer], State::FILED, To::Same),
    row(CommandKind::Confirm, &[Who::Centre], State::FILED, To::Same),
    row(CommandKind::Merge, &[Who::Centre], State::OPEN, To::State(State::Merged)),
    // The other half of it, on the issue that goes on.
    row(CommandKind::Absorb, &[Who::Centre], NOT_ANSWERED, To::Same),
    row(CommandKind::Rate, &[Who::Member, Who::Integration], &[State::Answered], To::OneOf(&[State::Closed, State::Dispatched])),
    row(
        CommandKind::CallBack,
        &[Who::Centre],
        &[State::Answered, State::Closed, State::Withdrawn],
        To::OneOf(&[State::Answered, State::Closed, State::Withdrawn, State::Dispatched]),
    ),
    // On the enterprise's word a rating closes it; this is for want of one.
    row(CommandKind::Close, &[Who::Centre, Who::System], &[State::Answered], To::State(State::Closed)),
    row(CommandKind::Reopen, &[Who::Member, Who::Centre], &[State::Closed], To::State(State::Dispatched)),
    row(CommandKind::Withdraw, &[Who::Member, Who::Integration], State::OPEN, To::State(State::Withdrawn)),
];

/// What may be supervised: what is open, and what was closed badly.
const SUPERVISED: &[State] = State::FILED.split_at(8).0;
/// Somebody of the offices has it.
const AT_WORK: &[State] = &[State::Submitted, State::Accepted, State::Dispatched, State::Handling, State::Tracking];
/// Departments have it, or wait for the enterprise.
const AT_DEPARTMENTS: &[State] = &[State::Dispatched, State::Handling, State::AwaitingInput, State::Tracking];
/// An answer is still to come.
const NOT_ANSWERED: &[State] = State::OPEN.split_at(6).0;
/// What the enterprise may add to unasked.
const AT_WORK_OR_ANSWERED: &[State] =
    &[State::Submitted, State::Accepted, State::Dispatched, State::Handling, State::Tracking, State::Answered];

const fn row(command: CommandKind, who: &'static [Who], from: &'static [State], to: To) -> Transition {
    Transition { command, who, from, to }
}

/// The row of a command.
pub fn transition(command: CommandKind) -> Option<&'static Transition> {
    TRANSITIONS.iter().find(|row| row.command == command)
}

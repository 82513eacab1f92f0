//! The closed loop of an issue (诉求), S-5 to S-12: one pure function decides, one applies.
//!
//! `decide(issue, command, actor, now, terms)` answers with events or with a [`Refusal`] that a person understands;
//! `evolve(issue, event)` applies one. Which command is possible where, and for whom, is data: [`table::TRANSITIONS`].

mod aggregate;
pub mod alarm;
mod board_lead;
#[cfg(feature = "server")]
pub mod chain;
#[cfg(feature = "server")]
pub mod channel;
pub mod clock;
pub mod command;
mod decide;
pub mod event;
mod evolve;
pub mod filter;
pub mod flags;
pub mod limits;
pub mod measure;
pub mod notice;
pub mod permission;
pub mod queue;
pub mod state;
pub mod supervision;
pub mod table;
#[cfg(feature = "server")]
pub mod template;
mod terms;
pub mod texts;

pub use aggregate::{Calls, Doing, Inquiry, Issue, Part, Pause};
pub use board_lead::{BoardLead, Office};
pub use command::{Aid, CallBack, Command, CommandKind, Meeting, NewTask, Rating, Said, Submission, Target};
pub use decide::{
    ELSEWHERE, MAX_MISSED, MAX_PHOTO_BYTES, MAX_PHOTOS, MOST_AHEAD, MOST_TASK_DAYS, MOST_TASKS, Refusal, allowed_commands,
    by_end_of, decide, extended_to, longest_extension,
};
pub use event::{CloseBasis, Decision, Event, Task};
pub use evolve::evolve;
pub use queue::Queue;
pub use state::*;
pub use terms::Terms;

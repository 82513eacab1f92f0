//! 恳谈会、座谈会 (S-5): a centre writes down a meeting's problems from a table, some eighty at once, all of them or none; the same table again changes nothing.

pub mod act;
mod page;
mod read;

pub use page::{HeldMeetingPage, MeetingsPage, held};
pub use read::{RowFault, template};

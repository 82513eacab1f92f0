//! The enterprise's space (我的空间, S-16): opened on a phone.

mod command;
mod home;
mod issue;
mod lists;
pub mod policy;

pub use command::command;
pub use home::home;
pub use issue::issue;
pub use lists::{issues, me, messages};

//! The desk (企服工作台): opened by staff on a desktop browser, all day.

mod actions;
mod issue;
mod keys;
mod queue;

pub use issue::issue;
pub use queue::queue;

//! A problem as its enterprise sees it: the pages, what moves on them, and what can be done in place.

#[cfg(feature = "ssr")]
mod command;
#[cfg(any(feature = "ssr", feature = "issue"))]
pub mod island;
#[cfg(feature = "ssr")]
mod page;
pub mod progress;
pub mod rpc;
#[cfg(any(feature = "ssr", feature = "issue"))]
mod sheet;

#[cfg(feature = "ssr")]
pub use command::CommandPage;
#[cfg(feature = "ssr")]
pub use page::{IssuePage, IssuesPage};

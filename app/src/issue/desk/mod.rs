//! The desk (企服工作台): queues, an issue with what may be done about it, the palette. Opened by staff on a desktop browser, all day, and
//! worked by keyboard. Everything on it is typed data ([`view`]) that pages and islands render with the same components.

#[cfg(any(feature = "ssr", feature = "desk", feature = "desk_issue"))]
mod act;
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
pub mod attach;
#[cfg(any(feature = "ssr", feature = "desk", feature = "desk_issue"))]
mod browser;
#[cfg(any(feature = "ssr", feature = "desk", feature = "desk_issue"))]
mod island;
#[cfg(any(feature = "ssr", feature = "desk"))]
mod list;
#[cfg(feature = "ssr")]
mod page;
#[cfg(any(feature = "ssr", feature = "desk", feature = "desk_issue"))]
mod palette;
#[cfg(any(feature = "ssr", feature = "desk", feature = "desk_issue"))]
mod pane;
#[cfg(feature = "ssr")]
mod queue;
#[cfg(any(feature = "ssr", feature = "desk", feature = "desk_issue"))]
pub mod rpc;
#[cfg(feature = "ssr")]
mod show;
#[cfg(any(feature = "ssr", feature = "desk", feature = "desk_issue"))]
pub mod view;

#[cfg(feature = "ssr")]
pub use attach::AttachPage;
#[cfg(feature = "ssr")]
pub use page::{DeskIssuePage, Opened};
#[cfg(feature = "ssr")]
pub use queue::QueuePage;

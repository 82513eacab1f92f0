//! Messages in the app (站内消息), of members and of staff; the counts that pages show of them.

#[cfg(feature = "ssr")]
pub mod act;
// Not in the calculator's module, whose every kilobyte counts: a badge brings a reader of JSON. There it stays as it was sent.
#[cfg(any(
    feature = "ssr",
    feature = "space",
    feature = "filing",
    feature = "issue",
    feature = "desk",
    feature = "desk_issue",
    feature = "editor"
))]
pub mod island;
#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
pub mod read;
pub mod rpc;

#[cfg(feature = "ssr")]
pub use page::{DeskMessagesPage, MessageList, MessagesPage};

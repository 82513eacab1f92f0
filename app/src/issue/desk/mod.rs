//! The desk (企服工作台): queues, an issue with what may be done about it, the palette. Opened by staff on a desktop browser, all day, and
//! worked by keyboard. Everything on it is typed data ([`view`]) that pages and islands render with the same components.

#[cfg(feature = "ssr")]
mod abnormal;
#[cfg(any(feature = "ssr", feature = "desk", feature = "desk_issue"))]
mod act;
#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod asked;
#[cfg(feature = "ssr")]
pub mod attach;
#[cfg(feature = "ssr")]
mod bar;
#[cfg(feature = "ssr")]
pub mod beside;
#[cfg(any(feature = "ssr", feature = "desk", feature = "desk_issue"))]
mod browser;
#[cfg(feature = "ssr")]
mod call_backs;
#[cfg(feature = "ssr")]
mod figures;
#[cfg(feature = "ssr")]
pub mod indicators;
#[cfg(any(feature = "ssr", feature = "desk", feature = "desk_issue"))]
mod island;
#[cfg(any(feature = "ssr", feature = "desk"))]
mod list;
#[cfg(feature = "ssr")]
mod meeting;
#[cfg(feature = "ssr")]
mod merging;
#[cfg(feature = "ssr")]
mod page;
#[cfg(any(feature = "ssr", feature = "desk", feature = "desk_issue"))]
mod palette;
#[cfg(any(feature = "ssr", feature = "desk", feature = "desk_issue"))]
mod pane;
#[cfg(feature = "ssr")]
pub mod pressure;
#[cfg(feature = "ssr")]
mod queue;
#[cfg(feature = "ssr")]
mod record;
#[cfg(any(feature = "ssr", feature = "desk", feature = "desk_issue"))]
pub mod rpc;
#[cfg(feature = "ssr")]
mod show;
#[cfg(feature = "ssr")]
pub mod table;
#[cfg(feature = "ssr")]
mod tasks;
#[cfg(any(feature = "ssr", feature = "desk", feature = "desk_issue"))]
pub mod view;
#[cfg(feature = "ssr")]
pub mod views;
#[cfg(feature = "ssr")]
pub mod work;

#[cfg(feature = "ssr")]
pub use abnormal::AbnormalPage;
#[cfg(feature = "ssr")]
pub use asked::{Asked, back_from, carried, from_list, kept};
#[cfg(feature = "ssr")]
pub use attach::AttachPage;
#[cfg(feature = "ssr")]
pub use call_backs::{CallBackPage, CallBacksPage, LIST as CALL_BACKS};
#[cfg(feature = "ssr")]
pub use figures::FiguresPage;
#[cfg(feature = "ssr")]
pub use indicators::{BulletinPage, IndicatorIssuesPage, IndicatorsPage};
#[cfg(feature = "ssr")]
pub use meeting::MeetingPage;
#[cfg(feature = "ssr")]
pub use merging::MergingPage;
#[cfg(feature = "ssr")]
pub use page::{DeskIssuePage, Opened, form_of};
#[cfg(feature = "ssr")]
pub use queue::QueuePage;
#[cfg(feature = "ssr")]
pub use record::RecordPage;
#[cfg(feature = "ssr")]
pub use tasks::{TasksPage, given};
#[cfg(feature = "ssr")]
pub use work::{BulkPage, BulkRunPage, LeavePage, MinePage, TemplatesPage};

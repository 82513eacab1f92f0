//! 通知方式 (S-6): which step is told to whom by which channel, where somebody wants to be reached, and what became of text messages and mail.

pub mod act;
mod page;

pub use page::{DeliveriesPage, MEMBER_MAIL, NoticeAddressPage, RoutesPage, sheet};

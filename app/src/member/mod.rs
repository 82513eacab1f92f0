//! Who may act for an enterprise (企业联系人): the members' own page, and registering people in person at the desk.

mod access;
pub mod act;
mod desk;
mod entry;
mod page;
pub mod read;

pub use desk::{DeskEnterprisePage, DeskMembersPage, NewEnterprisePage};
pub use page::{MemberPage, MembersPage};

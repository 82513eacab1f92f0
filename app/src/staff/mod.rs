//! Accounts of staff, kept by administrators: the list, an account with what may be done to it, and tables to take away.

pub mod act;
mod list;
mod page;
pub mod read;

pub use act::FirstPassword;
pub use list::StaffListPage;
pub use page::{NewStaffPage, StaffPage, sentences};

//! 典型案例 (S-11): what was solved once, told to all. Read by everybody, written by centres from issues that were closed.

pub mod act;
mod desk;
mod page;

pub use desk::{DeskCasesPage, NewCasePage, told};
pub use page::{CasePage, CasesPage};

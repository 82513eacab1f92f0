//! Policies at the desk: written and published by policy editors, applications reviewed by them and by departments.

mod applications;
mod editor;
mod evaluation;
mod libraries;
mod list;
mod parts;

pub use applications::{application, queue};
pub use editor::editor;
pub use evaluation::evaluation;
pub use libraries::{Imported, facts_import, libraries};
pub use list::list;
#[cfg(test)]
pub(crate) use parts::controls;

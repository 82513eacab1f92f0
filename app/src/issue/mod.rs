//! A problem (诉求) on its way through the loop: as its enterprise sees it, and as staff do (S-5 to S-12).

pub mod act;
mod command;
pub mod read;
mod space;
pub mod view;

pub use command::CommandPage;
pub use space::{IssuePage, IssuesPage};

use crate::error::AppError;
use domain::issue::CommandKind;

/// The command of a path's last part.
///
/// # Errors
/// [`AppError::NotFound`].
pub fn kind_of(code: &str) -> Result<CommandKind, AppError> {
    domain::issue::table::TRANSITIONS.iter().map(|row| row.command).find(|kind| kind.code() == code).ok_or(AppError::NotFound)
}

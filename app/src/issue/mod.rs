//! A problem (诉求) on its way through the loop: as its enterprise sees it, and as staff do (S-5 to S-12).

#[cfg(feature = "ssr")]
pub mod act;
pub mod desk;
#[cfg(feature = "ssr")]
pub mod read;
#[cfg(feature = "ssr")]
pub mod related;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod space;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod tag;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod timeline;
#[cfg(feature = "ssr")]
pub mod view;

#[cfg(feature = "ssr")]
pub use space::{CommandPage, IssuePage, IssuesPage};

#[cfg(feature = "ssr")]
use crate::error::AppError;
#[cfg(feature = "ssr")]
use domain::issue::CommandKind;

/// The command of a path's last part.
///
/// # Errors
/// [`AppError::NotFound`].
#[cfg(feature = "ssr")]
pub fn kind_of(code: &str) -> Result<CommandKind, AppError> {
    domain::issue::table::TRANSITIONS.iter().map(|row| row.command).find(|kind| kind.code() == code).ok_or(AppError::NotFound)
}

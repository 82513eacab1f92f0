//! Pieces of pages: plain functions from values to views, so that a page reads from top to bottom.

#[cfg(feature = "ssr")]
pub mod form;
mod icons;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
mod pieces;
#[cfg(feature = "ssr")]
pub mod policy;

pub use icons::{face, icon};
#[cfg(feature = "ssr")]
pub use pieces::*;

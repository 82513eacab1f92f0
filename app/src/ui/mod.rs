//! Pieces of pages: plain functions from values to views, so that a page reads from top to bottom.

#[cfg(feature = "ssr")]
pub mod chart;
#[cfg(feature = "ssr")]
mod figures;
#[cfg(feature = "ssr")]
pub mod form;
mod icons;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod input;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod island;
#[cfg(feature = "ssr")]
pub mod list;
mod pieces;
#[cfg(feature = "ssr")]
pub mod policy;
#[cfg(any(feature = "ssr", feature = "space", feature = "filing"))]
mod submit_button;
#[cfg(any(feature = "ssr", feature = "space"))]
mod text_field;
mod when;

#[cfg(feature = "ssr")]
pub use figures::{figures, joined, paragraph};
pub use icons::{face, icon};
pub use pieces::*;
#[cfg(any(feature = "ssr", feature = "space", feature = "filing"))]
pub use submit_button::SubmitButton;
#[cfg(any(feature = "ssr", feature = "space"))]
pub use text_field::TextField;
pub use when::When;
#[cfg(feature = "ssr")]
pub use when::time;

//! Islands: small pieces of WebAssembly that make plain forms and pages better. Each finds elements by id that the server rendered,
//! so that the page works without it; each renders next to nothing of its own.

#[cfg(feature = "hydrate")]
mod dom;
mod draft;
mod keys;
mod live;
mod photos;
mod typing;

pub use draft::{DraftClear, DraftKeeper};
pub use keys::DeskKeys;
pub use live::LiveProgress;
pub use photos::PhotoPicker;
pub use typing::{SubmitOnce, Suggest, TextCounter};

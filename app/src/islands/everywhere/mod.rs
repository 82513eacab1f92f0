//! The islands of the module that every page with an island loads.

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

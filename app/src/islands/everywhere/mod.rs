//! The islands of the module that every page with an island loads.

mod keys;
mod live;
mod typing;

pub use keys::DeskKeys;
pub use live::LiveProgress;
pub use typing::SubmitOnce;

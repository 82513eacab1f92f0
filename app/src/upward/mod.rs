//! 上报 (S-5): a centre passes an issue to the pool of a higher platform, which takes it by the interface (`api::exchange`).

pub mod act;
mod page;

pub use page::{UpwardPage, passed};

//! The enterprise's space (我的空间, S-16): opened on a phone.

mod home;
mod lists;

pub use home::home;
pub use lists::{me, messages};

//! The enterprise's space (我的空间, S-16): opened on a phone.

pub mod policy;

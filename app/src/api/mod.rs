//! Use cases of features that have not moved to their folders yet.

pub mod member;
pub mod policy;

pub use crate::access::Member;
pub use crate::error::AppError;
pub use crate::request::Ctx;

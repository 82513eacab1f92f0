//! Use cases of features that have not moved to their folders yet.

pub mod policy;
pub mod policy_desk;
pub mod policy_draft;

pub use crate::access::Member;
pub use crate::error::AppError;
pub use crate::request::Ctx;

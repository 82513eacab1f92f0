//! Signing in and out, choosing an enterprise, passwords of staff.

pub mod act;
mod page;
pub mod password;

pub use page::{AccountPage, ChoosePage, CodePage, FrontPage, SignInPage, StaffSignInPage, leave};

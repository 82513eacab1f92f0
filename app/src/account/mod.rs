//! Signing in and out, choosing an enterprise; passwords and the second factor of staff.

pub mod act;
pub mod alert;
pub mod factor;
mod factor_page;
mod page;
pub mod password;
mod privacy;
pub mod staff;
pub mod totp;

pub use factor_page::{ConfirmPage, FactorPage, StaffCodePage};
pub use page::{AccountPage, ChoosePage, CodePage, FrontPage, SignInPage, StaffSignInPage, leave};
pub use privacy::PrivacyPage;

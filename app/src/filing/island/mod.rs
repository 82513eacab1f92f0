//! The form of a problem, alive: suggestions while typing, photos that travel as they are picked, a draft that survives a closed tab.
//! Rendered on the server it is the plain form.

#[cfg(any(feature = "ssr", feature = "filing"))]
mod draft;
#[cfg(any(feature = "ssr", feature = "filing"))]
mod form;
#[cfg(any(feature = "ssr", feature = "space", feature = "filing"))]
mod hold;
#[cfg(any(feature = "ssr", feature = "space"))]
mod photo_field;
mod photos;
#[cfg(any(feature = "ssr", feature = "filing"))]
mod similar;
mod upload;

#[cfg(any(feature = "ssr", feature = "filing"))]
pub use draft::DraftFiled;
#[cfg(any(feature = "ssr", feature = "filing"))]
pub use form::{FORM, FilingForm, Questions};
#[cfg(any(feature = "ssr", feature = "space"))]
pub use photo_field::PhotoField;
pub use photos::{PhotoTray, Photos, Tray};
#[cfg(feature = "ssr")]
pub use similar::Similar;

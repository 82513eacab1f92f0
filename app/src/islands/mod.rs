//! Islands: small pieces of WebAssembly that make plain forms and pages better. Each finds elements by id that the server rendered,
//! so that the page works without it; each renders next to nothing of its own. The calculator's module holds the calculator alone.

#[cfg(feature = "hydrate")]
#[cfg_attr(feature = "calculator", allow(dead_code))] // It needs a part of it.
mod dom;
#[cfg(not(feature = "calculator"))]
mod everywhere;

#[cfg(not(feature = "calculator"))]
pub use everywhere::*;

//! Policies (S-16, S-17, S-21 to S-26): what fits an enterprise and the money it brings, and the desk that writes, publishes and reviews.

#[cfg(feature = "ssr")]
pub mod act;
#[cfg(any(feature = "ssr", feature = "calculator"))]
pub mod calculator;
pub mod desk;
#[cfg(any(feature = "ssr", feature = "calculator"))]
pub mod facts;
#[cfg(feature = "ssr")]
mod filter;
#[cfg(feature = "ssr")]
mod known;
#[cfg(feature = "ssr")]
pub mod read;
#[cfg(any(feature = "ssr", feature = "calculator"))]
pub mod rpc;
#[cfg(feature = "ssr")]
pub mod space;
#[cfg(feature = "ssr")]
pub mod view;
#[cfg(any(feature = "ssr", feature = "calculator"))]
pub mod why;

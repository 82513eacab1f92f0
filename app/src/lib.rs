//! Pages, use cases and islands.
//!
//! Compiled twice: with `ssr` into the server (everything), with `hydrate` to WebAssembly (the islands only, a module for each kind of
//! page). Pages work as plain HTML, and islands make them better.

// Views are types that nest as deep as the elements of a page. What an island only brings to life is best not erased: an erased view
// carries the halves that build and change it, too.
#![recursion_limit = "256"]

#[cfg(feature = "ssr")]
pub mod access;
#[cfg(feature = "ssr")]
pub mod account;
#[cfg(feature = "ssr")]
pub mod administration;
#[cfg(feature = "ssr")]
pub mod api;
#[cfg(feature = "ssr")]
pub mod api_key;
#[cfg(feature = "ssr")]
pub mod app;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod carried;
#[cfg(feature = "ssr")]
pub mod case;
#[cfg(feature = "ssr")]
pub mod cluster;
#[cfg(feature = "ssr")]
pub mod delivery;
#[cfg(feature = "ssr")]
pub mod document;
#[cfg(feature = "ssr")]
pub mod enterprise;
pub mod error;
pub mod filing;
#[cfg(feature = "ssr")]
pub mod form;
pub mod issue;
#[cfg(feature = "ssr")]
pub mod layout;
#[cfg(feature = "ssr")]
pub mod means;
#[cfg(feature = "ssr")]
pub mod meeting;
#[cfg(feature = "ssr")]
pub mod member;
pub mod message;
pub mod module;
#[cfg(feature = "ssr")]
pub mod open311;
#[cfg(feature = "ssr")]
pub mod pack;
pub mod policy;
#[cfg(feature = "ssr")]
pub mod problem;
#[cfg(feature = "ssr")]
pub mod render;
#[cfg(feature = "ssr")]
pub mod request;
#[cfg(feature = "ssr")]
pub mod routing;
#[cfg(feature = "ssr")]
pub mod security;
#[cfg(feature = "ssr")]
pub mod sheet;
#[cfg(feature = "ssr")]
pub mod staff;
#[cfg(feature = "ssr")]
pub mod terms;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod ui;
#[cfg(feature = "ssr")]
pub mod upward;
#[cfg(feature = "ssr")]
pub mod watch;

/// Starts the islands; called by the loader once the page has painted.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}

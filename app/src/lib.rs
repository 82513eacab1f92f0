//! Pages, use cases and islands.
//!
//! Compiled twice: with `ssr` into the server (everything), with `hydrate` to WebAssembly (the islands only; with
//! `calculator` the policy calculator too, a module of its own). Pages are pure
//! functions of what `api` read; they work as plain HTML, and islands make them better.

// An island's view is one type: erasing it in parts would bring every part's asynchronous half into the module.
#![recursion_limit = "256"]

#[cfg(feature = "ssr")]
pub mod access;
#[cfg(feature = "ssr")]
pub mod account;
#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "ssr")]
pub mod document;
#[cfg(feature = "ssr")]
pub mod enterprise;
pub mod error;
pub mod filing;
#[cfg(feature = "ssr")]
pub mod form;
pub mod islands;
pub mod issue;
#[cfg(feature = "ssr")]
pub mod layout;
pub mod message;
pub mod module;
#[cfg(feature = "ssr")]
pub mod pages;
pub mod policy;
#[cfg(feature = "ssr")]
pub mod problem;
#[cfg(feature = "ssr")]
pub mod render;
#[cfg(feature = "ssr")]
pub mod request;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod ui;

/// Starts the islands; called by the loader once the page has painted.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}

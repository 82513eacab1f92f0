//! Renders a page to a string, in one go: everything a page needs was read before, so nothing streams and nothing waits.

use crate::shell::{self, Chrome};
use leptos::prelude::*;
use serde::Deserialize;
use std::sync::Arc;

/// The hashed names of the built files, from `pkg/manifest.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Assets {
    /// The JavaScript that loads the WebAssembly.
    pub js: String,
    /// The WebAssembly.
    pub wasm: String,
    /// The style sheet.
    pub css: String,
    /// The JavaScript of the module that has the policy calculator besides all else.
    pub calculator_js: String,
    /// Its WebAssembly.
    pub calculator_wasm: String,
}

/// Which module a page wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Module {
    /// None: no script is sent.
    None,
    /// The islands.
    Islands,
    /// The islands and the policy calculator.
    Calculator,
}

/// Who looks at the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Nobody who signed in.
    Nobody,
    /// A member of an enterprise.
    Member {
        /// The enterprise chosen, if one is.
        enterprise: Option<String>,
        /// There is more than one to choose from.
        several: bool,
    },
    /// Staff.
    Staff {
        /// The name.
        name: String,
        /// The organisation.
        organisation: String,
        /// The duty.
        duty: &'static str,
        /// Station staff file with members.
        assists: bool,
        /// Business in issues.
        desk: bool,
        /// Keeps policies.
        policies: bool,
        /// Reviews applications.
        reviews: bool,
    },
}

/// What every page needs besides its content.
#[derive(Debug, Clone)]
pub struct PageContext {
    /// The nonce of the content security policy.
    pub nonce: String,
    /// 关怀版 is on.
    pub elder: bool,
    /// The data is demo data, and the page says so.
    pub demo: bool,
    /// Who looks.
    pub viewer: Viewer,
    /// Path and query, to come back to after the elder switch.
    pub path: String,
    /// Unread messages.
    pub unread: i64,
    /// File names.
    pub assets: Arc<Assets>,
    /// A sentence that confirms what was just done.
    pub flash: Option<String>,
    /// The request's id, shown on error pages.
    pub request_id: String,
}

/// A page.
pub struct Page {
    /// The title of the window.
    pub title: String,
    /// What stands around it.
    pub chrome: Chrome,
    /// The module that its islands are in.
    pub module: Module,
    /// The content.
    pub body: AnyView,
}

impl Page {
    /// A page without islands.
    pub fn new(title: impl Into<String>, chrome: Chrome, body: impl IntoView + 'static) -> Page {
        Page { title: title.into(), chrome, module: Module::None, body: body.into_any() }
    }

    /// The page has islands.
    #[must_use]
    pub fn with_islands(mut self) -> Page {
        self.module = Module::Islands;
        self
    }

    /// The page has the policy calculator.
    #[must_use]
    pub fn with_calculator(mut self) -> Page {
        self.module = Module::Calculator;
        self
    }
}

/// Renders what `build` makes. It is called inside a reactive owner that knows of islands: views must be made there, not before.
pub fn render(context: &PageContext, build: impl FnOnce() -> Page) -> String {
    let owner = Owner::new_root(Some(Arc::new(hydration_context::SsrSharedContext::new_islands())));
    let html = owner.with(|| {
        let page = build();
        shell::document(context, page).to_html()
    });
    owner.unset_with_forced_cleanup();
    let mut document = String::with_capacity(html.len() + 16);
    document.push_str("<!DOCTYPE html>");
    document.push_str(&html);
    document
}

/// Renders a fragment that an island puts into its page.
pub fn fragment(build: impl FnOnce() -> AnyView) -> String {
    let owner = Owner::new_root(Some(Arc::new(hydration_context::SsrSharedContext::new_islands())));
    let html = owner.with(|| build().to_html());
    owner.unset_with_forced_cleanup();
    html
}

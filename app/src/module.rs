//! The WebAssembly modules, and how an island asks for its own.

use serde::{Deserialize, Serialize};

/// A WebAssembly module: each has the islands of one kind of page, so that none carries what its reader does not use. The build makes
/// one for each name here (`scripts/build.mjs`), by the features of this crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Module {
    /// The small islands of a member's other pages: messages, fields and buttons of plain forms.
    Space,
    /// The form of a problem, a member's and the station's (代办).
    Filing,
    /// A problem's page.
    Issue,
    /// The desk's list with an issue beside it.
    Desk,
    /// An issue's page at the desk.
    DeskIssue,
    /// The policy editor's.
    Editor,
    /// The policy calculator's.
    Calculator,
}

#[cfg(feature = "ssr")]
impl Module {
    pub const ALL: [Module; 7] =
        [Module::Space, Module::Filing, Module::Issue, Module::Desk, Module::DeskIssue, Module::Editor, Module::Calculator];
}

/// Says, while an island renders on the server, which module it needs, so that nobody keeps a list; the page then loads it. An island
/// that says nothing comes alive only where another one of the page asked for a module that has it.
pub fn needs(module: Module) {
    #[cfg(feature = "ssr")]
    if let Some(request) = leptos::prelude::use_context::<crate::request::Request>() {
        let mut answer = request.answer();
        if !answer.modules.contains(&module) {
            answer.modules.push(module);
        }
    }
    #[cfg(not(feature = "ssr"))]
    let _ = module;
}

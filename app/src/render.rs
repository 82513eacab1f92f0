//! Renders a page to a string, in one go: everything a page needs was read before, so nothing streams and nothing waits.

use crate::app::App;
use crate::document;
use crate::error::Stop;
use crate::module::Module;
use crate::request::Request;
use futures::StreamExt;
use hydration_context::SsrSharedContext;
use leptos::nonce::Nonce;
use leptos::prelude::*;
use leptos_router::location::RequestUrl;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;

/// The names of the built files, from `pkg/manifest.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The modules that were built.
    pub modules: HashMap<Module, ModuleFiles>,
    /// Their names change with them, so that a browser may keep them for ever.
    #[serde(default = "yes")]
    pub hashed: bool,
}

fn yes() -> bool {
    true
}

impl Assets {
    /// Of a build that makes one module, whose files are called `name` and keep that name when they change.
    pub fn of_one_module(name: &str) -> Assets {
        let files = ModuleFiles { js: format!("{name}.js"), wasm: format!("{name}.wasm") };
        let modules = Module::ALL.into_iter().map(|module| (module, files.clone())).collect();
        Assets { css: format!("{name}.css"), modules, hashed: false }
    }
}

/// Which built files a module is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ModuleFiles {
    /// The JavaScript that loads the WebAssembly.
    pub js: String,
    /// The WebAssembly.
    pub wasm: String,
}

/// Renders what the router finds at `path` to a string, in order, and the document around it. `provide` puts into context what the
/// page should know besides the request: a refused form, say.
///
/// # Errors
/// What a reader of the page answered: an error, or another page that comes first.
pub async fn page(request: &Request, path: &str, provide: impl FnOnce()) -> Result<String, Stop> {
    let path = path.to_owned();
    whole(request, move || {
        provide_context(RequestUrl::new(&path));
        provide();
        view! { <App/> }.into_any()
    })
    .await
}

/// Renders a view that is behind no route: an error's page.
///
/// # Errors
/// As [`page`].
pub async fn whole(request: &Request, build: impl FnOnce() -> AnyView) -> Result<String, Stop> {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let stream = owner.with(|| {
        provide_context(request.clone());
        provide_context(Nonce::from_value(request.head().nonce.as_str()));
        build().to_html_stream_in_order()
    });
    let body = stream.collect::<String>().await;
    // Only now are title, module and errors known: the document is written around what was rendered.
    let answer = std::mem::take(&mut *request.answer());
    let html = match answer.stop {
        Some(stop) => Err(stop),
        None => Ok(owner.with(|| document::document(request, &answer, body))),
    };
    owner.unset_with_forced_cleanup();
    html
}

/// A page that reads before it shows: `read` locks the request's connection, reads, and answers the view. What stands against it
/// becomes the answer of the whole request.
pub fn reads(read: impl Future<Output = Result<AnyView, Stop>> + Send + 'static) -> impl IntoView {
    let request = Request::current();
    Suspend::new(async move {
        match read.await {
            Ok(view) => Some(view),
            Err(stop) => {
                request.answer().stop.get_or_insert(stop);
                None
            }
        }
    })
}

/// The title of the page that is being rendered.
pub fn title(words: impl Into<String>) {
    Request::current().answer().title = words.into();
}

/// Something on the page that is being rendered is to be mended: its title says so first.
pub fn refused() {
    Request::current().answer().refused = true;
}

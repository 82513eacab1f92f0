//! The document around a page: `<html>`, head, and the loader of the islands' module. It is written after the page, since only then are
//! title and module known.

use crate::module::Module;
use crate::render::{Assets, ModuleFiles};
use crate::request::{Answer, Request};
use leptos::prelude::*;

/// Loads the islands once the content has painted: Leptos' own loader preloads them, which delays the first paint on a slow
/// network. A page may be loaded before its first frame is drawn, so the module waits for two frames more; a hidden one draws none and
/// waits for nothing. The walk over `leptos-island` elements is the one of Leptos' island script, without nested islands, which we do
/// not have; an island of another module stays the plain HTML it is. Between its steps the browser has a turn (`rest`): an `await` alone
/// goes on in the same task, and a slow phone would not answer a finger until the last island had come alive.
const LOADER: &str = "const rest=()=>new Promise(f=>setTimeout(f));\
const go=async()=>{const[m,w]=await Promise.all([import('/pkg/JS'),WebAssembly.compileStreaming(fetch('/pkg/WASM'))]);\
await rest();await m.default({module_or_path:w});await rest();m.hydrate();\
for(const e of document.querySelectorAll('leptos-island')){const f=m[e.dataset.component];if(f){await rest();await f(e)}}\
document.documentElement.dataset.ready=''};\
const soon=()=>document.hidden?go():requestAnimationFrame(()=>requestAnimationFrame(()=>setTimeout(go)));\
document.readyState==='complete'?soon():addEventListener('load',soon)";

/// The browser may fetch a page once a finger is on its link; never what changes or ends something.
const SPECULATION: &str = r#"{"prefetch":[{"where":{"and":[{"href_matches":"/*"},{"not":{"href_matches":"/photos/*"}},{"not":{"href_matches":"/sign-out*"}}]},"eagerness":"conservative"}]}"#;

/// The files of the module that has every island of the page; none for a page that has none.
fn module<'a>(assets: &'a Assets, wanted: &[Module]) -> Option<&'a ModuleFiles> {
    debug_assert!(wanted.len() < 2, "islands of two modules on one page: {wanted:?}");
    assets.modules.get(wanted.first()?)
}

/// The whole document around what the router made.
pub(crate) fn document(request: &Request, answer: &Answer, body: String) -> String {
    let head = request.head();
    let assets = &request.services().assets;
    let nonce = head.nonce.clone();
    let loader = module(assets, &answer.modules).map(|files| {
        let script = LOADER.replace("JS", &files.js).replace("WASM", &files.wasm);
        view! { <script type="module" nonce=nonce.clone() inner_html=script></script> }
    });
    let mode = head.elder.then_some("elder");
    let css = format!("/pkg/{}", assets.css);
    let desk = head.path == "/desk" || head.path.starts_with("/desk/") || head.path.starts_with("/desk?");
    let mend = if answer.refused { "请更正：" } else { "" };
    let title = format!("{mend}{} - {}", answer.title, if desk { "企服工作台" } else { "企服空间" });
    let html = view! {
        <html lang="zh-CN" data-mode=mode>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#F4F7F7"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#10181D"/>
                <meta name="format-detection" content="telephone=no"/>
                <title>{title}</title>
                <link rel="stylesheet" href=css/>
                <link rel="icon" href="/icon.svg" type="image/svg+xml"/>
                <link rel="apple-touch-icon" href="/icon-192.png"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <script type="speculationrules" nonce=nonce inner_html=SPECULATION></script>
                {loader}
            </head>
            <body class=if desk { "desk" } else { "space" } inner_html=body></body>
        </html>
    };
    let html = html.to_html();
    let mut document = String::with_capacity(html.len() + 16);
    document.push_str("<!DOCTYPE html>");
    document.push_str(&html);
    document
}

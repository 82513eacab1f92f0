//! When something is not to be: a sentence, what to do, and the number to quote. Opened by anybody, unwillingly.

use crate::render::{Page, Viewer};
use crate::shell::Chrome;
use crate::ui::icon;
use leptos::prelude::*;

/// A page for an error.
pub fn problem(title: &str, sentence: &str, viewer: &Viewer, request_id: &str) -> Page {
    let (href, label) = match viewer {
        Viewer::Nobody => ("/sign-in", "去登录"),
        Viewer::Member { .. } => ("/home", "回到首页"),
        Viewer::Staff { .. } => ("/desk", "回到工作台"),
    };
    let (title, sentence) = (title.to_owned(), sentence.to_owned());
    let number = request_id.to_owned();
    Page::new(
        title.clone(),
        Chrome::Plain,
        view! {
            <section class="card narrow problem">
                <h1>{icon("warn")}{title}</h1>
                <p>{sentence}</p>
                <p><a class="button" href=href>{label}</a></p>
                <p class="muted">"需要帮助时，请告诉我们这个编号："<code>{number}</code></p>
            </section>
        },
    )
}

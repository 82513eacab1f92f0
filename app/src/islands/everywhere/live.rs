//! Progress appears by itself: a server-sent event says that something moved, the page is fetched again, its `#live` part replaced.

use leptos::prelude::*;

/// Listens to the stream that `#live` names (`data-events`) and refreshes it.
#[island]
pub fn LiveProgress() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    watch();
    view! { <p class="hidden" role="status" id="live-status"></p> }
}

#[cfg(feature = "hydrate")]
fn watch() -> Option<()> {
    use crate::islands::dom;
    use std::cell::Cell;
    use std::rc::Rc;
    use web_sys::{Element, EventSource};

    let url = dom::by_id::<Element>("live")?.get_attribute("data-events")?;
    let source = EventSource::new(&url).ok()?;
    let running = Rc::new(Cell::new(false));
    dom::listen(&source, "moved", move |_| {
        // Several events in a row make one fetch.
        if running.replace(true) {
            return;
        }
        let running = running.clone();
        wasm_bindgen_futures::spawn_local(async move {
            gloo::timers::future::TimeoutFuture::new(120).await;
            running.set(false);
            refresh().await;
        });
    });
    // The stream lives as long as the page.
    std::mem::forget(source);
    Some(())
}

#[cfg(feature = "hydrate")]
async fn refresh() -> Option<()> {
    use crate::islands::dom;
    use wasm_bindgen::JsCast;
    use web_sys::{DomParser, Element, HtmlElement, SupportedType};

    let here = dom::window()?.location().href().ok()?;
    let html = dom::fetch(&here).await?;
    let parsed = DomParser::new().ok()?.parse_from_string(&html, SupportedType::TextHtml).ok()?;
    let fresh = parsed.get_element_by_id("live")?;
    let live: Element = dom::by_id("live")?;
    // Whoever stands on a link of the part keeps standing on it.
    let stood = dom::document()?.active_element().filter(|at| live.contains(Some(at))).and_then(|at| at.get_attribute("href"));
    live.set_inner_html(&fresh.inner_html());
    if let Some(href) = stood {
        let same = dom::all(&live, "a[href]").into_iter().find(|link| link.get_attribute("href").as_deref() == Some(&href));
        if let Some(link) = same.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
            _ = link.focus();
        }
    }
    dom::by_id::<Element>("live-status")?.set_text_content(Some("内容已更新"));
    Some(())
}

//! Progress appears by itself: a server-sent event says that something moved, the page is fetched again, its `#live` part replaced.

use leptos::prelude::*;

/// Listens to a stream of events and refreshes `#live`.
#[island]
pub fn LiveProgress(
    /// The stream.
    url: String,
) -> impl IntoView {
    let said = RwSignal::new("");
    #[cfg(feature = "hydrate")]
    {
        use super::dom;
        use std::cell::Cell;
        use std::rc::Rc;
        use web_sys::{DomParser, Element, EventSource, SupportedType};
        if let Ok(source) = EventSource::new(&url) {
            let running = Rc::new(Cell::new(false));
            dom::listen(&source, "moved", move |_| {
                // Several events in a row make one fetch, and none while somebody types into the part that would be replaced.
                if running.replace(true) {
                    return;
                }
                let running = running.clone();
                leptos::task::spawn_local(async move {
                    gloo::timers::future::TimeoutFuture::new(120).await;
                    running.set(false);
                    let Some(here) = dom::window().and_then(|window| window.location().href().ok()) else { return };
                    let (Some(live), Some(html)) = (dom::by_id::<Element>("live"), dom::fetch(&here).await) else { return };
                    let Some(parsed) =
                        DomParser::new().ok().and_then(|parser| parser.parse_from_string(&html, SupportedType::TextHtml).ok())
                    else {
                        return;
                    };
                    if let Some(fresh) = parsed.get_element_by_id("live") {
                        live.set_inner_html(&fresh.inner_html());
                        said.set("内容已更新");
                    }
                });
            });
            std::mem::forget(source);
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = url;
    view! { <p class="hidden" role="status">{move || said.get()}</p> }
}

//! One submit for a double click.

use leptos::prelude::*;

/// Sends every form marked `data-once` once: the second click of a double click does nothing. The server would file once anyway.
#[island]
pub fn SubmitOnce() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        use crate::islands::dom;
        let (Some(body), Some(window)) = (dom::body(), dom::window()) else { return };
        for form in dom::all(&body, "form[data-once]") {
            let sent = form.clone();
            dom::listen(&form, "submit", move |event| {
                if sent.has_attribute("data-sent") {
                    event.prevent_default();
                } else if !event.default_prevented() {
                    _ = sent.set_attribute("data-sent", "");
                }
            });
            // Back from the next page: the form may be sent again.
            dom::listen(&window, "pageshow", move |_| _ = form.remove_attribute("data-sent"));
        }
    }
}

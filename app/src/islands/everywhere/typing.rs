//! While typing: what is left, a suggestion of the category, one submit for a double click.

use leptos::prelude::*;

/// Says under every text with a limit (`data-max`) how many characters are left, politely.
#[island]
pub fn TextCounter() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    if let Some(body) = crate::islands::dom::body() {
        for area in crate::islands::dom::all(&body, "textarea[data-max]") {
            count(&area);
        }
    }
}

#[cfg(feature = "hydrate")]
fn count(area: &web_sys::Element) -> Option<()> {
    use crate::islands::dom;
    use wasm_bindgen::JsCast;
    use web_sys::HtmlTextAreaElement;
    let area: HtmlTextAreaElement = area.clone().dyn_into().ok()?;
    let max: u32 = area.get_attribute("data-max")?.parse().ok()?;
    let words = dom::make("p", "hint")?;
    words.set_attribute("aria-live", "polite").ok()?;
    area.parent_element()?.append_child(&words).ok()?;
    let show = {
        let area = area.clone();
        move || {
            let used = u32::try_from(area.value().trim().chars().count()).unwrap_or(u32::MAX);
            let text = match max.checked_sub(used) {
                // Far from the end it would only be noise.
                Some(left) if left > max / 5 => String::new(),
                Some(left) => ["还可以写 ", &left.to_string(), " 字"].concat(),
                None => ["超出 ", &(used - max).to_string(), " 字"].concat(),
            };
            words.set_text_content(Some(&text));
        }
    };
    show();
    dom::listen(&area, "input", move |_| show());
    Some(())
}

/// Replaces the suggested categories (`#suggestions`) when typing into `#text` pauses, unless one was chosen.
#[island]
pub fn Suggest() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        use crate::islands::dom;
        use std::cell::Cell;
        use std::rc::Rc;
        use web_sys::{Element, HtmlTextAreaElement};
        if let (Some(area), Some(target)) = (dom::by_id::<HtmlTextAreaElement>("text"), dom::by_id::<Element>("suggestions")) {
            let turn = Rc::new(Cell::new(0u32));
            dom::listen(&area.clone(), "input", move |_| {
                turn.set(turn.get() + 1);
                let (mine, turn, area, target) = (turn.get(), turn.clone(), area.clone(), target.clone());
                wasm_bindgen_futures::spawn_local(async move {
                    gloo::timers::future::TimeoutFuture::new(400).await;
                    let chosen = target.query_selector("input:checked").ok().flatten().is_some();
                    if turn.get() != mine || chosen {
                        return;
                    }
                    let text: String = js_sys::encode_uri_component(&area.value()).into();
                    if let Some(html) = dom::fetch(&["/issues/new/suggest?text=", &text].concat()).await
                        && turn.get() == mine
                    {
                        target.set_inner_html(&html);
                    }
                });
            });
        }
    }
}

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

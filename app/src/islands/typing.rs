//! While typing: what is left, a suggestion of the category, one submit for a double click.

use leptos::prelude::*;

/// Says how many characters are left, politely.
#[island]
pub fn TextCounter(
    /// The id of the text area.
    target_id: String,
    /// The most characters.
    max: u32,
) -> impl IntoView {
    let words = RwSignal::new(String::new());
    #[cfg(feature = "hydrate")]
    {
        use super::dom;
        use web_sys::HtmlTextAreaElement;
        if let Some(area) = dom::by_id::<HtmlTextAreaElement>(&target_id) {
            let count = move |area: &HtmlTextAreaElement| {
                let used = u32::try_from(area.value().trim().chars().count()).unwrap_or(u32::MAX);
                words.set(match max.checked_sub(used) {
                    // Far from the end it would only be noise.
                    Some(left) if left > max / 5 => String::new(),
                    Some(left) => ["还可以写 ", &left.to_string(), " 字"].concat(),
                    None => ["超出 ", &(used - max).to_string(), " 字"].concat(),
                });
            };
            count(&area);
            dom::listen(&area.clone(), "input", move |_| count(&area));
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (target_id, max);
    view! { <p class="hint" aria-live="polite">{move || words.get()}</p> }
}

/// Replaces the suggested categories when typing pauses, unless one was chosen.
#[island]
pub fn Suggest(
    /// The id of the text area.
    text_id: String,
    /// The id of the element that holds the suggestions.
    target_id: String,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        use super::dom;
        use std::cell::Cell;
        use std::rc::Rc;
        use web_sys::{Element, HtmlTextAreaElement};
        if let (Some(area), Some(target)) = (dom::by_id::<HtmlTextAreaElement>(&text_id), dom::by_id::<Element>(&target_id)) {
            let turn = Rc::new(Cell::new(0u32));
            dom::listen(&area.clone(), "input", move |_| {
                turn.set(turn.get() + 1);
                let (mine, turn, area, target) = (turn.get(), turn.clone(), area.clone(), target.clone());
                leptos::task::spawn_local(async move {
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
    #[cfg(not(feature = "hydrate"))]
    let _ = (text_id, target_id);
}

/// Sends a form once: the second click of a double click does nothing. The server would file once anyway.
#[island]
pub fn SubmitOnce(
    /// The id of the form.
    form_id: String,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        use super::dom;
        use web_sys::HtmlElement;
        if let (Some(form), Some(window)) = (dom::by_id::<HtmlElement>(&form_id), dom::window()) {
            let sent = form.clone();
            dom::listen(&form.clone(), "submit", move |event| {
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
    #[cfg(not(feature = "hydrate"))]
    let _ = form_id;
}

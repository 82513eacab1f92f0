//! A draft survives a closed tab: the words of a form are kept in this browser until they are filed.

use leptos::prelude::*;

/// The words that are kept; never files, never anything hidden.
#[cfg(feature = "hydrate")]
const KEPT: &str = "textarea[name],input[type=text][name],input[type=tel][name],select[name]";

/// Keeps the words of a form, and offers what was kept when the form is empty.
#[island]
pub fn DraftKeeper(
    /// The id of the form.
    form_id: String,
    /// Under which name it is kept.
    key: String,
) -> impl IntoView {
    let restored = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    {
        use super::dom;
        use gloo::storage::{LocalStorage, Storage};
        use wasm_bindgen::JsCast;
        use web_sys::{Element, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

        fn read(field: &Element) -> String {
            if let Some(area) = field.dyn_ref::<HtmlTextAreaElement>() {
                area.value()
            } else if let Some(select) = field.dyn_ref::<HtmlSelectElement>() {
                select.value()
            } else {
                field.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value).unwrap_or_default()
            }
        }
        fn write(field: &Element, value: &str) {
            if let Some(area) = field.dyn_ref::<HtmlTextAreaElement>() {
                area.set_value(value);
            } else if let Some(select) = field.dyn_ref::<HtmlSelectElement>() {
                select.set_value(value);
            } else if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
                input.set_value(value);
            }
            // The counter and the suggestion listen to this.
            if let Ok(event) = web_sys::Event::new("input") {
                _ = field.dispatch_event(&event);
            }
        }

        if let Some(form) = dom::by_id::<Element>(&form_id) {
            let text = dom::by_id::<HtmlTextAreaElement>("text");
            let empty = text.as_ref().is_some_and(|area| area.value().trim().is_empty());
            let kept: Vec<(String, String)> = LocalStorage::get(&key).unwrap_or_default();
            if empty && kept.iter().any(|(name, value)| name == "text" && !value.is_empty()) {
                for field in dom::all(&form, KEPT) {
                    let name = field.get_attribute("name").unwrap_or_default();
                    if let Some((_, value)) = kept.iter().find(|(known, value)| *known == name && !value.is_empty()) {
                        write(&field, value);
                    }
                }
                restored.set(true);
            }
            let watched = form.clone();
            dom::listen(&form, "input", move |_| {
                let words: Vec<(String, String)> = dom::all(&watched, KEPT)
                    .iter()
                    .map(|field| (field.get_attribute("name").unwrap_or_default(), read(field)))
                    .collect();
                _ = LocalStorage::set(&key, words);
            });
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (form_id, key);
    view! { <p class="hint" role="status">{move || restored.get().then_some("已恢复您上次没提交的内容")}</p> }
}

/// Forgets a draft that was filed.
#[island]
pub fn DraftClear(
    /// Under which name it was kept.
    key: String,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        use gloo::storage::{LocalStorage, Storage};
        LocalStorage::delete(key);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = key;
}

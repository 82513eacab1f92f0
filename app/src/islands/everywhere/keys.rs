//! The desk by keyboard: j and k move through the list, Enter opens, / searches, a letter opens its action, ? the help.

use leptos::prelude::*;

/// Listens to single keys, never while somebody types.
#[island]
pub fn DeskKeys() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        use crate::islands::dom;
        use wasm_bindgen::JsCast;
        use web_sys::{Element, HtmlElement, KeyboardEvent};
        if let Some(document) = dom::document() {
            dom::listen(&document.clone(), "keydown", move |event| {
                let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
                let (Some(body), active) = (document.body(), document.active_element()) else { return };
                let typing = active.as_ref().is_some_and(|element| element.matches("input,textarea,select").unwrap_or(false));
                if typing || event.ctrl_key() || event.meta_key() || event.alt_key() {
                    return;
                }
                let focus = |element: Option<Element>| {
                    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
                        event.prevent_default();
                        _ = element.focus();
                    }
                };
                match event.key().as_str() {
                    "/" => focus(document.get_element_by_id("q")),
                    step @ ("j" | "k") => {
                        let rows = dom::all(&body, "[data-row]");
                        let at = active.and_then(|element| rows.iter().position(|row| *row == element));
                        let next = match (at, step) {
                            (None, _) => 0,
                            (Some(index), "j") => (index + 1).min(rows.len().saturating_sub(1)),
                            (Some(index), _) => index.saturating_sub(1),
                        };
                        focus(rows.get(next).cloned());
                    }
                    key if key.len() == 1 && key.is_ascii() => {
                        let selector = ["[data-key=\"", key, "\"]"].concat();
                        if let Some(summary) =
                            dom::all(&body, &selector).into_iter().next().and_then(|e| e.dyn_into::<HtmlElement>().ok())
                        {
                            event.prevent_default();
                            if summary.parent_element().is_some_and(|act| !act.has_attribute("open")) {
                                summary.click();
                            }
                            _ = summary.focus();
                        }
                    }
                    _ => {}
                }
            });
        }
    }
}

//! A draft survives a closed tab: the words of a form are kept in this browser until they are filed.

use leptos::prelude::*;

/// The words that are kept; never files, never anything hidden.
#[cfg(feature = "hydrate")]
const KEPT: &str = "textarea[name],input[type=text][name],input[type=tel][name],select[name]";
/// Under which name each field is kept.
#[cfg(feature = "hydrate")]
const PREFIX: &str = "qifu-draft-";

/// Keeps the words of the form marked `data-draft`, and puts back what was kept when the form is empty.
#[island]
pub fn DraftKeeper() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    keep();
    view! { <p class="hint" role="status" id="draft-status"></p> }
}

#[cfg(feature = "hydrate")]
fn keep() -> Option<()> {
    use crate::islands::dom;
    use web_sys::{Element, HtmlTextAreaElement};

    let form: Element = dom::all(&dom::body()?, "form[data-draft]").into_iter().next()?;
    let storage = dom::window()?.local_storage().ok()??;
    let empty = dom::by_id::<HtmlTextAreaElement>("text").is_some_and(|area| area.value().trim().is_empty());
    let kept = |field: &Element| {
        let name = field.get_attribute("name")?;
        storage.get_item(&[PREFIX, &name].concat()).ok()?.filter(|value| !value.is_empty())
    };
    if empty && storage.get_item(&[PREFIX, "text"].concat()).ok().flatten().is_some_and(|text| !text.is_empty()) {
        for field in dom::all(&form, KEPT) {
            if let Some(value) = kept(&field) {
                dom::set_value(&field, &value);
            }
        }
        dom::by_id::<Element>("draft-status")?.set_text_content(Some("已恢复您上次没提交的内容"));
    }
    let watched = form.clone();
    dom::listen(&form, "input", move |_| {
        for field in dom::all(&watched, KEPT) {
            if let Some(name) = field.get_attribute("name") {
                _ = storage.set_item(&[PREFIX, &name].concat(), &dom::value(&field));
            }
        }
    });
    Some(())
}

/// Forgets a draft that was filed.
#[island]
pub fn DraftClear() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    if let Some(storage) = crate::islands::dom::window().and_then(|window| window.local_storage().ok()?) {
        for name in ["text", "title", "category", "place", "contact_name", "contact_phone"] {
            _ = storage.remove_item(&[PREFIX, name].concat());
        }
    }
}

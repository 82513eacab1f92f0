//! The button of a plain form as an island.

use super::island::send_once;
use crate::carried::Carried;
use crate::module::{Module, needs};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The button that sends a plain form, once.
#[island]
pub fn SubmitButton(label: String, module: Carried<Module>) -> impl IntoView {
    needs(module.0);
    let button = NodeRef::<html::Button>::new();
    button.on_load(|button| {
        if let Some(form) = button.unchecked_into::<web_sys::HtmlButtonElement>().form() {
            send_once(&form);
        }
    });
    view! { <button node_ref=button class="button" type="submit">{label}</button> }
}

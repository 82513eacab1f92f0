//! Photos on a page of its own.

use super::hold::hold_back;
use super::photos::{PhotoTray, Photos, Tray};
use crate::carried::Carried;
use crate::module::{Module, needs};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The photo question of a plain form (补充材料).
#[island]
pub fn PhotoField(photos: Carried<Photos>) -> impl IntoView {
    needs(Module::Space);
    let Carried(photos) = photos;
    let tray = Tray::new(&photos);
    let field = NodeRef::<html::Div>::new();
    field.on_load(move |field| {
        if let Some(form) = field.closest("form").ok().flatten() {
            hold_back(&form.unchecked_into(), tray);
        }
    });
    view! { <div node_ref=field><PhotoTray tray fault=photos.fault/></div> }
}

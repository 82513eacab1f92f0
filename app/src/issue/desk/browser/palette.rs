//! The palette: called, typed into, taken from.

use super::{NEXT, SETTLED, go, tell};
use crate::error::RpcError;
use crate::issue::desk::palette::{Offer, Palette, PaletteOffers};
use crate::issue::desk::rpc::desk_search;
use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use leptos::ev::KeyboardEvent;
use leptos::mount::mount_to;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::wasm_split;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// Offers what fits what was typed so far. All that the palette does is a part of the module that comes when it is called for the first time.
#[wasm_split(palette, wasm_split_path = leptos::wasm_split, fallible)]
fn offer(palette: Palette) -> Result<(), RpcError> {
    let (Some(dialog), Some(input)) = (palette.dialog.get_untracked(), palette.input.get_untracked()) else { return Ok(()) };
    if !palette.mounted.get_value() {
        palette.mounted.set_value(true);
        EventListener::new(&input, "input", move |_| palette.typed()).forget();
        let options = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(&input, "keydown", options, move |event| {
            if let Some(event) = event.dyn_ref() {
                palette.press(event);
            }
        })
        .forget();
        mount_to(dialog.into(), move || view! { <PaletteOffers palette/> }).forget();
    }
    palette.typed();
    Ok(())
}

impl Palette {
    /// Whether a key was `⌘K` or `Ctrl+K`, which open and close it.
    pub(super) fn call(self, event: &KeyboardEvent) -> bool {
        let called = event.key() == "k" && (event.ctrl_key() || event.meta_key());
        if called {
            self.turn();
        }
        called
    }

    /// Opens it, empty, or closes it; closed, the browser gives the focus back to where it was.
    fn turn(self) {
        let (Some(dialog), Some(input)) = (self.dialog.get_untracked(), self.input.get_untracked()) else { return };
        if dialog.open() {
            return dialog.close();
        }
        input.set_value("");
        _ = dialog.show_modal();
        _ = input.focus();
        spawn_local(async move {
            if let Err(error) = offer(self).await {
                tell(&error);
            }
        });
    }

    /// Offers what has the words; the server is asked once the typing rests.
    fn typed(self) {
        let words = self.input.get_untracked().map(|input: HtmlInputElement| input.value()).unwrap_or_default();
        self.at.set(0);
        self.found.set(Vec::new());
        self.words.set(words.clone());
        if words.trim().chars().count() < 2 {
            return NEXT.with_borrow_mut(|next| *next = None);
        }
        let ask = move || {
            spawn_local(async move {
                let found = desk_search(words.clone()).await.unwrap_or_default();
                if self.words.with_untracked(|now| *now == words) {
                    self.found.set(found);
                }
            });
        };
        NEXT.with_borrow_mut(|next| *next = Some(Timeout::new(SETTLED, ask)));
    }

    fn press(self, event: &KeyboardEvent) {
        let count = untrack(|| self.offers().len());
        let at = self.at.get_untracked();
        match event.key().as_str() {
            "ArrowDown" if count > 0 => self.at.set((at + 1) % count),
            "ArrowUp" if count > 0 => self.at.set((at + count - 1) % count),
            "Enter" if !event.is_composing() => {
                if let Some(offer) = untrack(|| self.offers()).get(at) {
                    self.take(offer);
                }
            }
            _ => return,
        }
        event.prevent_default();
    }

    pub fn take(self, offer: &Offer) {
        if let Some(dialog) = self.dialog.get_untracked() {
            dialog.close();
        }
        match offer {
            Offer::Act { key, .. } => _ = self.shown.open(key),
            Offer::Go(place) => go(&place.href),
        }
    }
}

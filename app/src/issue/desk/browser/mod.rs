//! What the desk does in the browser: single keys, the palette, the issue beside the list, and what moved meanwhile.

#[cfg(any(feature = "ssr", feature = "desk_issue"))]
mod alive;
#[cfg(any(feature = "ssr", feature = "desk_issue"))]
mod issue;
#[cfg(any(feature = "ssr", feature = "desk"))]
mod list;
mod palette;

#[cfg(any(feature = "ssr", feature = "desk_issue"))]
pub use issue::page;
#[cfg(any(feature = "ssr", feature = "desk"))]
pub use list::list;

use super::pane::Shown;
use super::rpc::desk_issue;
use crate::error::RpcError;
use crate::ui::input::Pair;
use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
#[cfg(any(feature = "ssr", feature = "desk_issue"))]
use web_sys::HtmlDocument;
use web_sys::{Element, EventSource, EventTarget, FormData, HtmlElement, HtmlFormElement};

/// Several events in a row are one question to the server.
const SETTLED: u32 = 200;

fn modified(event: &KeyboardEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.alt_key()
}

/// Ctrl+Enter in a question sends its form: whoever agrees with what is filled in need not go through all of it.
fn sends(event: &KeyboardEvent) -> bool {
    if event.key() != "Enter" || !(event.ctrl_key() || event.meta_key()) {
        return false;
    }
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let form = element.and_then(|element| element.closest("form").ok().flatten());
    form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()).is_some_and(|form| form.request_submit().is_ok())
}

/// Calls `on` with every key and whether somebody types; what it takes, the browser does not.
fn listen_to_keys(on: impl Fn(&KeyboardEvent, bool) -> bool + 'static) {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&document(), "keydown", options, move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        let typing = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"));
        if !event.is_composing() && (sends(event) || on(event, typing)) {
            event.prevent_default();
        }
    })
    .forget();
}

/// Calls `on` when the stream says that something moved, or came back after it had been away.
fn listen_to_server(url: &str, on: impl Fn() + Clone + 'static) {
    let Ok(source) = EventSource::new(url) else { return };
    let timer = Rc::new(RefCell::new(None));
    let soon = move || {
        let on = on.clone();
        *timer.borrow_mut() = Some(Timeout::new(SETTLED, on));
    };
    let target: &EventTarget = source.as_ref();
    EventListener::new(target, "moved", {
        let soon = soon.clone();
        move |_| soon()
    })
    .forget();
    let away = Rc::new(Cell::new(false));
    EventListener::new(target, "error", {
        let away = away.clone();
        move |_| away.set(true)
    })
    .forget();
    EventListener::new(target, "open", move |_| {
        if away.replace(false) {
            soon();
        }
    })
    .forget();
    // The stream lives as long as the page.
    std::mem::forget(source);
}

fn toggle(details: NodeRef<html::Details>) -> bool {
    let Some(details) = details.get_untracked() else { return false };
    details.set_open(!details.open());
    true
}

/// What a part of the module does once it is there.
#[cfg(any(feature = "ssr", feature = "desk"))]
type Work = std::pin::Pin<Box<dyn Future<Output = ()>>>;

/// Says why a part of the module did not come: there is no other place for it.
fn tell(error: &RpcError) {
    _ = window().alert_with_message(&error.sentence());
}

/// Leaves a sentence for the next page, as the server does after a form (`redirect` in `server::http::context`).
#[cfg(any(feature = "ssr", feature = "desk_issue"))]
fn leave(said: &str) {
    if said.is_empty() {
        return;
    }
    let hex = |byte: u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0'));
    let hex: String = said.bytes().flat_map(hex).collect();
    if let Ok(document) = document().dyn_into::<HtmlDocument>() {
        _ = document.set_cookie(&["flash=", &hex, "; Path=/; Max-Age=60; SameSite=Lax"].concat());
    }
}

fn go(href: &str) {
    _ = window().location().assign(href);
}

/// What a form would send.
pub fn pairs(form: &HtmlFormElement) -> Vec<Pair> {
    let Ok(data) = FormData::new_with_form(form) else { return Vec::new() };
    let entries = data.entries().into_iter().filter_map(Result::ok).map(|entry| js_sys::Array::from(&entry));
    entries.filter_map(|entry| Some((entry.get(0).as_string()?, entry.get(1).as_string()?))).collect()
}

/// The control of a name, or the first that can be filled in or pressed.
pub fn control(form: &HtmlFormElement, name: Option<&str>) -> Option<HtmlElement> {
    let controls = form.elements();
    let mut all = (0..controls.length()).filter_map(|index| controls.item(index));
    all.find(|control| match name {
        Some(name) => control.get_attribute("name").as_deref() == Some(name),
        None => control.get_attribute("type").as_deref() != Some("hidden") && control.tag_name() != "FIELDSET",
    })?
    .dyn_into()
    .ok()
}

impl Shown {
    /// Opens the action of a letter and leads to the first thing it asks.
    pub fn open(self, key: &str) -> bool {
        #[cfg(any(feature = "ssr", feature = "desk_issue"))]
        if self.asleep.get_value() {
            return alive::open(self, key);
        }
        let Some(panel) = self.panels.with_value(|panels| panels.iter().find(|panel| panel.key == key).cloned()) else {
            return false;
        };
        let (Some(details), Some(form)) = (panel.details.get_untracked(), panel.form.get_untracked()) else { return false };
        details.set_open(true);
        if let Some(control) = control(&form, None) {
            _ = control.focus();
        }
        true
    }

    /// Asks for the issue that is shown again: it moved. Not while an action of one's own is under way, which is what moved it, most often out of
    /// sight of whoever gives an issue back.
    pub fn look(self, number: String) {
        if self.sending.get_value().is_some() {
            return self.sending.set_value(Some(true));
        }
        if self.number_untracked().as_ref() != Some(&number) {
            return;
        }
        spawn_local(async move {
            let answer = desk_issue(number.clone()).await;
            if self.number_untracked().as_deref() != Some(&number) {
                return;
            }
            match answer {
                Ok(view) => self.moved(view),
                Err(RpcError::Offline) => {}
                Err(error) => self.said.set(error.sentence()),
            }
        });
    }
}

thread_local! {
    /// What will be asked for once the keyboard rests.
    static NEXT: RefCell<Option<Timeout>> = const { RefCell::new(None) };
}

//! An issue's page until it is needed alive: what the server wrote stays, forms and all, and the part of the module that makes the issue in
//! the browser comes when an action is sent or called by its letter, or when the issue moved. Whatever was typed goes with it.

use super::{pairs, tell};
use crate::error::RpcError;
use crate::issue::desk::pane::{Panel, Shown, WholeIssue};
use crate::ui::input::Pair;
use gloo::events::{EventListener, EventListenerOptions};
use leptos::mount::mount_to;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::wasm_split;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDetailsElement, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

thread_local! {
    /// Somebody composes characters (an input method), which would be lost with the control.
    static COMPOSING: Cell<bool> = const { Cell::new(false) };
    /// The issue that moved meanwhile.
    static MOVED: Cell<bool> = const { Cell::new(false) };
}

/// Watches what the server wrote.
pub fn sleep(shown: Shown) {
    let Some(place) = shown.place.get_untracked() else { return };
    // An action that is sent wakes the page, and is sent by what woke.
    EventListener::new_with_options(&place, "submit", EventListenerOptions::enable_prevent_default(), move |event| {
        let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
        if shown.asleep.get_value() && !event.default_prevented() {
            event.prevent_default();
            spawn_local(async move {
                // Without the part, the form is sent as a plain one.
                if send(shown, form.clone()).await.is_err() {
                    _ = form.submit();
                }
            });
        }
    })
    .forget();
    EventListener::new(&place, "compositionstart", |_| COMPOSING.set(true)).forget();
    EventListener::new(&place, "compositionend", move |_| {
        COMPOSING.set(false);
        if MOVED.take()
            && let Some(number) = shown.number_untracked()
        {
            look(shown, number);
        }
    })
    .forget();
}

/// The issue moved.
pub fn look(shown: Shown, number: String) {
    if COMPOSING.get() {
        return MOVED.set(true);
    }
    spawn_local(async move { _ = again(shown, number).await });
}

/// Opens the action of a letter, if there is one.
pub fn open(shown: Shown, key: &str) -> bool {
    let there = shown.acts.with_untracked(|acts| acts.as_ref().is_some_and(|acts| acts.list.iter().any(|act| act.key == key)));
    if there {
        let key = key.to_owned();
        spawn_local(async move {
            if let Err(error) = called(shown, key).await {
                tell(&error);
            }
        });
    }
    there
}

#[wasm_split(alive, wasm_split_path = leptos::wasm_split, fallible)]
fn again(shown: Shown, number: String) -> Result<(), RpcError> {
    wake(shown);
    shown.look(number);
    Ok(())
}

#[wasm_split(alive, wasm_split_path = leptos::wasm_split, fallible)]
fn called(shown: Shown, key: String) -> Result<(), RpcError> {
    wake(shown);
    shown.open(&key);
    Ok(())
}

#[wasm_split(alive, wasm_split_path = leptos::wasm_split, fallible)]
fn send(shown: Shown, form: HtmlFormElement) -> Result<(), RpcError> {
    let index = forms(shown).iter().position(|other| *other == form);
    wake(shown);
    let panels = shown.panels.get_value();
    if let Some(form) = index.and_then(|index| panels.get(index)).and_then(|panel| panel.form.get_untracked()) {
        _ = form.request_submit();
    }
    Ok(())
}

/// The forms that the server wrote, one for each action.
fn forms(shown: Shown) -> Vec<HtmlFormElement> {
    let Some(place) = shown.place.get_untracked() else { return Vec::new() };
    let found = place.get_elements_by_tag_name("form");
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

/// What was done with an action's form.
struct Kept {
    open: bool,
    pairs: Vec<Pair>,
    /// The name of the control one stands on, and where in its text.
    focus: Option<(String, Option<u32>)>,
}

impl Kept {
    fn of(form: &HtmlFormElement) -> Kept {
        let details = form.parent_element().and_then(|parent| parent.dyn_into::<HtmlDetailsElement>().ok());
        let focused = document().active_element().filter(|element| form.contains(Some(element)));
        let focus = focused.and_then(|element| {
            let caret = match element.dyn_ref::<HtmlTextAreaElement>() {
                Some(area) => area.selection_start().ok().flatten(),
                None => element.dyn_ref::<HtmlInputElement>().and_then(|input| input.selection_start().ok().flatten()),
            };
            Some((element.get_attribute("name")?, caret))
        });
        Kept { open: details.is_some_and(|details| details.open()), pairs: pairs(form), focus }
    }

    /// Does the same with the form that took its place; answers whether anything had been typed.
    fn put(self, panel: &Panel) -> bool {
        let (Some(details), Some(form)) = (panel.details.get_untracked(), panel.form.get_untracked()) else { return false };
        details.set_open(self.open);
        let typed = pairs(&form) != self.pairs;
        let controls = form.elements();
        for control in (0..controls.length()).filter_map(|index| controls.item(index)) {
            let name = control.get_attribute("name").unwrap_or_default();
            let mut values = self.pairs.iter().filter(|(field, _)| *field == name).map(|(_, value)| value);
            if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
                if matches!(input.type_().as_str(), "checkbox" | "radio") {
                    input.set_checked(values.any(|value| *value == input.value()));
                } else if let Some(value) = values.next() {
                    input.set_value(value);
                }
            } else if let (Some(area), Some(value)) = (control.dyn_ref::<HtmlTextAreaElement>(), values.clone().next()) {
                area.set_value(value);
            } else if let (Some(select), Some(value)) = (control.dyn_ref::<HtmlSelectElement>(), values.next()) {
                select.set_value(value);
            }
            if let Some((_, caret)) = self.focus.as_ref().filter(|(field, _)| *field == name)
                && let Some(element) = control.dyn_ref::<HtmlElement>()
            {
                _ = element.focus();
                if let Some(area) = control.dyn_ref::<HtmlTextAreaElement>() {
                    _ = area.set_selection_range(caret.unwrap_or(0), caret.unwrap_or(0));
                }
            }
        }
        typed
    }
}

/// Makes in the browser what the server wrote.
fn wake(shown: Shown) {
    let Some(place) = shown.place.get_untracked().filter(|_| shown.asleep.get_value()) else { return };
    shown.asleep.set_value(false);
    let kept: Vec<Kept> = forms(shown).iter().map(Kept::of).collect();
    place.set_text_content(None);
    mount_to(place.into(), move || view! { <WholeIssue shown/> }).forget();
    let panels = shown.panels.get_value();
    for (kept, panel) in kept.into_iter().zip(&panels) {
        if kept.put(panel) {
            shown.typed.set_value(true);
        }
    }
}

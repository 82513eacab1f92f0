//! A form waits for its pictures.

use super::photos::Tray;
use gloo::events::{EventListener, EventListenerOptions, EventListenerPhase};
use leptos::prelude::*;

/// Holds a form back until every picture has arrived: it goes by itself then. A picture that failed asks for a decision.
pub(super) fn hold_back(form: &web_sys::HtmlFormElement, tray: Tray) {
    let waiting = RwSignal::new(false);
    // Before the button that sends once sees it.
    let options = EventListenerOptions { phase: EventListenerPhase::Capture, passive: false };
    EventListener::new_with_options(form, "submit", options, move |event| {
        let (busy, failed) = untrack(|| (tray.busy(), tray.failed()));
        if busy || failed {
            event.prevent_default();
        }
        waiting.set(busy);
        if failed && !busy {
            tray.say("有照片或文件没有传上去：请重试，或删除后再提交");
        }
    })
    .forget();
    let form = form.clone();
    Effect::new(move |_| {
        if waiting.get() && !tray.busy() {
            waiting.set(false);
            if !tray.failed() {
                _ = form.request_submit();
            }
        }
    });
}

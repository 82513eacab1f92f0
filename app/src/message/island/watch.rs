//! One stream and one question for all the counts of a page.

use crate::message::rpc::{Counts, current_counts};
use gloo::events::EventListener;
use gloo::timers::future::TimeoutFuture;
use leptos::prelude::{document, window};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::EventSource;

type Watcher = Rc<dyn Fn(Counts)>;

thread_local! {
    static WATCHERS: RefCell<Vec<Watcher>> = const { RefCell::new(Vec::new()) };
    static ASKING: Cell<bool> = const { Cell::new(false) };
}

/// Tells `watcher` the counts whenever they may have moved, for as long as the page lives.
pub fn watch(stream: &str, watcher: impl Fn(Counts) + 'static) {
    let first = WATCHERS.with_borrow_mut(|watchers| {
        watchers.push(Rc::new(watcher));
        watchers.len() == 1
    });
    if !first {
        return;
    }
    if !stream.is_empty()
        && let Ok(source) = EventSource::new(stream)
    {
        EventListener::new(&source, "moved", |_| ask()).forget();
        // The stream lives as long as the page.
        std::mem::forget(source);
    }
    EventListener::new(&document(), "visibilitychange", |_| {
        if !document().hidden() {
            ask();
        }
    })
    .forget();
    // Back by the browser's cache: the page is as it was when it was left.
    EventListener::new(&window(), "pageshow", |_| ask()).forget();
}

/// Several events in a row make one question.
fn ask() {
    if ASKING.replace(true) {
        return;
    }
    spawn_local(async {
        TimeoutFuture::new(300).await;
        ASKING.set(false);
        // Without an answer the old counts stand.
        if let Ok(fresh) = current_counts().await {
            let watchers = WATCHERS.with_borrow(Clone::clone);
            watchers.iter().for_each(|watcher| watcher(fresh));
        }
    });
}

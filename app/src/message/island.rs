//! Counts that move by themselves: how much is unread, how much waits for the enterprise. The badges of a page share one stream.

use crate::module::{Module, needs};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What a badge counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Count {
    /// Messages that were not read.
    Unread,
    /// Problems that wait for the enterprise.
    Waiting,
}

/// A number at an entry of a navigation; nothing where it is zero. `stream` says when to ask again; empty, the badge asks when the page
/// comes to the front. It asks for no module: it lives on pages that have one.
#[island]
pub fn Badge(of: Count, initial: i64, stream: String) -> impl IntoView {
    let (count, set_count) = signal(initial);
    #[cfg(feature = "hydrate")]
    browser::watch(&stream, move |counts| {
        set_count.set(match of {
            Count::Unread => counts.unread,
            Count::Waiting => counts.waiting,
        });
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (stream, set_count);
    let label = match of {
        Count::Unread => "条未读",
        Count::Waiting => "件待您处理",
    };
    let shown = move || if count.get() > 99 { "99+".to_owned() } else { count.get().to_string() };
    view! { <span class="badge" hidden=move || count.get() < 1>{shown}<span class="hidden">{label}</span></span> }
}

/// Above the messages: more have come since the page was made.
#[island]
pub fn NewMessages(initial: i64, stream: String, path: String, desk: bool) -> impl IntoView {
    needs(if desk { Module::Desk } else { Module::Space });
    let (more, set_more) = signal(false);
    #[cfg(feature = "hydrate")]
    browser::watch(&stream, move |counts| set_more.set(counts.unread > initial));
    #[cfg(not(feature = "hydrate"))]
    let _ = (stream, initial, set_more);
    view! { <p class="flash" role="status"><a href=path hidden=move || !more.get()>"有新消息，点这里查看"</a></p> }
}

#[cfg(feature = "hydrate")]
mod browser {
    use crate::message::rpc::{Counts, counts};
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
            if let Ok(fresh) = counts().await {
                let watchers = WATCHERS.with_borrow(Clone::clone);
                watchers.iter().for_each(|watcher| watcher(fresh));
            }
        });
    }
}

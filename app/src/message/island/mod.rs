//! Counts that move by themselves: how much is unread, how much waits for the enterprise. The badges of a page share one stream.

#[cfg(any(feature = "ssr", feature = "space"))]
mod news;
#[cfg(feature = "hydrate")]
mod watch;

#[cfg(any(feature = "ssr", feature = "space"))]
pub use news::{NewMessages, Seen};

use crate::carried::Carried;
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

/// What a badge starts from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tally {
    pub of: Count,
    pub initial: i64,
    /// Says when to ask again; empty, the badge asks when the page comes to the front.
    pub stream: String,
}

/// A number at an entry of a navigation; nothing where it is zero. It asks for no module: it lives on pages that have one.
#[island]
pub fn Badge(tally: Carried<Tally>) -> impl IntoView {
    let Carried(Tally { of, initial, stream }) = tally;
    let (count, set_count) = signal(initial);
    #[cfg(feature = "hydrate")]
    watch::watch(&stream, move |counts| {
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

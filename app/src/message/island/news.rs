//! News above a list of messages.

use crate::carried::Carried;
use crate::module::{Module, needs};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The messages as the page was made with them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Seen {
    pub unread: i64,
    pub stream: String,
    /// The page itself.
    pub path: String,
}

/// Above the messages: more have come since the page was made.
#[island]
pub fn NewMessages(seen: Carried<Seen>) -> impl IntoView {
    needs(Module::Space);
    let Carried(Seen { unread, stream, path }) = seen;
    let (more, set_more) = signal(false);
    #[cfg(feature = "hydrate")]
    super::watch::watch(&stream, move |counts| set_more.set(counts.unread > unread));
    #[cfg(not(feature = "hydrate"))]
    let _ = (stream, unread, set_more);
    view! { <p class="flash" role="status"><a href=path hidden=move || !more.get()>"有新消息，点这里查看"</a></p> }
}

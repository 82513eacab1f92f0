//! Points in time, as people and machines read them.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// An instant on its way to an island: the words for people were chosen on the server, which knows the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    pub machine: String,
    pub words: String,
}

impl When {
    pub fn view(self) -> impl IntoView {
        view! { <time datetime=self.machine>{self.words}</time> }
    }
}

#[cfg(feature = "ssr")]
impl When {
    pub fn new(at: time::OffsetDateTime, words: String) -> When {
        let at = domain::calendar::local(at);
        let (month, day) = (u8::from(at.month()), at.day());
        let machine = format!("{}-{month:02}-{day:02}T{:02}:{:02}+08:00", at.year(), at.hour(), at.minute());
        When { machine, words }
    }
}

/// A `<time>` whose words were chosen by the caller; machines get the instant.
#[cfg(feature = "ssr")]
pub fn time(at: time::OffsetDateTime, words: String) -> impl IntoView {
    When::new(at, words).view()
}

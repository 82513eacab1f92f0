//! Lists: chips that filter, cells, the link to the next page.

use super::time;
use domain::calendar::words;
use leptos::prelude::*;
use store::message::Message;
use time::OffsetDateTime;

/// A chip of a filter: target, words, how many, whether it is the current one.
pub struct Chip {
    /// Where it leads.
    pub href: String,
    /// Its words.
    pub label: &'static str,
    /// How many are behind it.
    pub count: Option<i64>,
    /// It is the one shown.
    pub current: bool,
}

/// A row of chips.
pub fn chips(label: &'static str, list: Vec<Chip>) -> AnyView {
    let items = list.into_iter().map(|chip| {
        view! {
            <li>
                <a href=chip.href aria-current=chip.current.then_some("page")>
                    {chip.label}{chip.count.map(|count| view! { <span class="count">{count}</span> })}
                </a>
            </li>
        }
    });
    view! { <nav class="chips" aria-label=label><ul>{items.collect_view()}</ul></nav> }.into_any()
}

/// The link to the next page of a list; `path` ends with `?` or `&`.
pub fn more(path: &str, next: Option<&str>) -> Option<AnyView> {
    next.map(|cursor| {
        let href = format!("{path}after={cursor}");
        view! { <p class="more"><a class="button secondary" href=href>"更多"</a></p> }.into_any()
    })
}

/// Messages; `base` is where issues open (`/issues`, `/desk/issues`).
pub fn messages(list: &[Message], base: &'static str, now: OffsetDateTime) -> AnyView {
    let items = list.iter().map(|message| {
        let href = message.link.clone().unwrap_or_else(|| format!("{base}/{}", message.number));
        let unread = message.read_at.is_none();
        view! {
            <li class="cell" class:unread=unread>
                <a href=href>
                    <span class="cell-head">
                        <strong>{message.title.clone()}{unread.then(|| view! { <span class="hidden">"（未读）"</span> })}</strong>
                        <small>{time(message.created_at, words::moment(message.created_at, now))}</small>
                    </span>
                    <span class="muted clamp">{message.body.clone()}</span>
                    <small class="muted">{message.number.clone()}</small>
                </a>
            </li>
        }
    });
    view! { <ul class="cells">{items.collect_view()}</ul> }.into_any()
}

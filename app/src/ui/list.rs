//! Lists: chips that filter, cells, the link to the next page.

use leptos::prelude::*;

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

//! Small pieces that need no state.

use super::icon;
use leptos::prelude::*;

/// A mark of icon and word; the colour of its tone only repeats them.
pub fn tag(tone: &str, symbol: AnyView, words: impl Into<String>) -> AnyView {
    let words = words.into();
    view! { <span class=["tag ", tone].concat()>{symbol}{words}</span> }.into_any()
}

/// A block of a page with a heading.
pub fn section(title: impl Into<String>, body: impl IntoView + 'static) -> AnyView {
    let title = title.into();
    view! { <section class="card"><h2>{title}</h2>{body}</section> }.into_any()
}

/// What a block says when there is nothing in it: what it will be good for, and a first step.
pub fn empty(words: &'static str, step: Option<(&'static str, &'static str)>) -> AnyView {
    let link = step.map(|(href, label)| view! { <a class="button secondary" href=href>{label}</a> });
    view! { <div class="empty"><p>{words}</p>{link}</div> }.into_any()
}

/// A list of names and values.
pub fn facts(rows: Vec<(impl Into<String>, AnyView)>) -> AnyView {
    let rows = rows.into_iter().map(|(name, value)| view! { <div><dt>{name.into()}</dt><dd>{value}</dd></div> });
    view! { <dl class="facts">{rows.collect_view()}</dl> }.into_any()
}

/// Text as it was typed, its lines kept by the style sheet.
pub fn words(text: impl Into<String>) -> AnyView {
    let text = text.into();
    view! { <p class="words">{text}</p> }.into_any()
}

/// The way back.
pub fn back(href: impl Into<String>, label: &'static str) -> AnyView {
    let href = href.into();
    view! { <a class="back" href=href>{icon("left")}{label}</a> }.into_any()
}

/// The government's telephone for everything (政务服务便民热线), the same number in every city.
pub const HOTLINE: &str = "12345 政务服务便民热线";
/// See [`HOTLINE`].
pub const HOTLINE_LINK: &str = "tel:12345";

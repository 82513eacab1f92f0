//! Charts: drawings the server writes as SVG, each with a title, a sentence for whoever does not see it, and the table that says the same. Figures
//! in the table lead to the list behind them; a drawing leads nowhere, so that nothing is there twice for a keyboard.

mod bars;
mod columns;
mod heat;

pub use bars::{Bar, bars};
pub use columns::{Column, columns};
pub use heat::{Heat, heat};

use leptos::prelude::*;

/// What a drawing is called, and what it shows in a sentence.
pub struct Words {
    /// Of the page: the title and the sentence have it in their ids.
    pub id: &'static str,
    pub title: String,
    pub about: String,
}

/// The drawing itself, `wide` by `high` units.
fn drawing(words: Words, class: &'static str, wide: i64, high: i64, marks: impl IntoView + 'static) -> AnyView {
    let Words { id, title, about } = words;
    let (titled, described) = (format!("{id}-title"), format!("{id}-about"));
    let names = format!("{titled} {described}");
    view! {
        <svg class=class viewBox=format!("0 0 {wide} {high}") role="img" aria-labelledby=names focusable="false">
            <title id=titled>{title}</title>
            <desc id=described>{about}</desc>
            {marks}
        </svg>
    }
    .into_any()
}

/// So much of `room` units as `count` is of `most`; what there is at all is seen.
fn share(count: i64, most: i64, room: i64) -> i64 {
    (count.max(0) * room / most.max(1)).clamp(i64::from(count > 0), room)
}

/// The table that says the same as a drawing, closed at first.
pub fn beside(table: impl IntoView + 'static) -> AnyView {
    view! { <details><summary>"看表格"</summary>{table}</details> }.into_any()
}

/// A table of figures: what it is called, its heads, its rows.
pub fn table(label: impl Into<String>, heads: Vec<String>, rows: impl IntoView + 'static) -> AnyView {
    let label = label.into();
    let heads = heads.into_iter().map(|head| view! { <th scope="col">{head}</th> }).collect_view();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label=label>
            <table class="figures"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>
        </div>
    }
    .into_any()
}

/// A figure, and the list behind it; nothing is behind none.
pub fn figure(count: i64, href: String) -> AnyView {
    if count == 0 {
        view! { <span class="muted">"0"</span> }.into_any()
    } else {
        view! { <a href=href>{count.to_string()}</a> }.into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn a_share_fits_and_is_seen_where_there_is_something() {
        for (most, room) in [(1, 1), (7, 120), (1000, 310), (999_983, 120)] {
            let step = usize::try_from(most / 500 + 1).unwrap_or(1);
            let mut before = 0;
            for count in (0..=most).step_by(step) {
                let drawn = share(count, most, room);
                assert!((0..=room).contains(&drawn) && (drawn > 0) == (count > 0), "{count} of {most}");
                assert!(drawn >= before, "more is never drawn smaller: {count} of {most}");
                before = drawn;
            }
        }
    }

    #[test]
    fn the_most_fills_the_room() {
        assert_eq!((share(7, 7, 120), share(0, 7, 120), share(0, 0, 120), share(1, 1_000_000, 120)), (120, 0, 0, 1));
    }
}

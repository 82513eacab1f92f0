//! A column for each week or month: how things went.

use super::{Words, drawing, share};
use leptos::prelude::*;

/// A column: what is below it, how high it is, how much of it is marked, and what is above it.
pub struct Column {
    pub label: String,
    pub whole: i64,
    pub part: i64,
    pub figure: String,
}

/// Units of a column with its gap, and of the column alone.
const STEP: i64 = 50;
const WIDE: i64 = 30;
/// Units of the highest column, and where columns stand.
const HIGH: i64 = 120;
const GROUND: i64 = 150;
/// A drawing has room for so many at least, so that its letters are as large as those of any other.
const ROOM: i64 = 12;

/// The columns; `tone` says what the marked part is: `late`, `passed`.
pub fn columns(words: Words, tone: &'static str, list: &[Column]) -> AnyView {
    let most = list.iter().map(|column| column.whole).max().unwrap_or(0);
    let drawn = list.iter().enumerate().zip(0_i64..).map(|((at, column), place)| {
        let x = place * STEP + 10;
        let (whole, part) = (share(column.whole, most, HIGH), share(column.part, most, HIGH));
        let middle = (x + WIDE / 2).to_string();
        // The latest has its words, and on a phone every second one before it: for all of them there is no room.
        let second = (list.len() - at).is_multiple_of(2);
        let (figure, label) = if second { ("figure second", "label second") } else { ("figure", "label") };
        view! {
            <rect x=x.to_string() y=(GROUND - whole).to_string() width=WIDE.to_string() height=whole.to_string() rx="2"></rect>
            <rect class=tone x=x.to_string() y=(GROUND - part).to_string() width=WIDE.to_string() height=part.to_string() rx="2"></rect>
            <text class=figure x=middle.clone() y=(GROUND - 6 - whole).to_string()>{column.figure.clone()}</text>
            <text class=label x=middle y=(GROUND + 18).to_string()>{column.label.clone()}</text>
        }
    });
    let wide = i64::try_from(list.len()).unwrap_or(0).max(ROOM) * STEP + 10;
    drawing(words, "bars weeks", wide, GROUND + 25, drawn.collect_view())
}

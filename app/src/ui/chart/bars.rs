//! A bar for each department, district or age: who has more.

use super::{Words, drawing, share};
use leptos::prelude::*;

/// A bar: what stands before it, how long it is, what stands behind it; `tone` is its colour where it is not the usual one.
pub struct Bar {
    pub label: String,
    pub value: i64,
    pub figure: String,
    pub tone: &'static str,
}

/// Units of the drawing, of the words before a bar, of the longest bar; the rest is the figure's.
const WIDE: i64 = 610;
const LABEL: i64 = 212;
const LONG: i64 = 298;
const STEP: i64 = 34;

/// The bars, of which the longest is `most` or what is the most of them.
pub fn bars(words: Words, most: Option<i64>, list: &[Bar]) -> AnyView {
    let most = most.unwrap_or_else(|| list.iter().map(|bar| bar.value).max().unwrap_or(0));
    let drawn = list.iter().zip(0_i64..).map(|(bar, at)| {
        let (y, long) = (at * STEP + 4, share(bar.value, most, LONG));
        let base = (y + 17).to_string();
        view! {
            <text class="label" x="0" y=base.clone()>{cut(&bar.label)}</text>
            <rect class=bar.tone x=LABEL.to_string() y=y.to_string() width=long.to_string() height="24" rx="2"></rect>
            <text class="figure" x=(LABEL + 8 + long).to_string() y=base>{bar.figure.clone()}</text>
        }
    });
    let high = i64::try_from(list.len()).unwrap_or(0).max(1) * STEP + 4;
    drawing(words, "bars", WIDE, high, drawn.collect_view())
}

/// As many characters as there is room for on a phone, where the letters are larger: nine of ours, twice as many digits and spaces. The table has them all.
fn cut(label: &str) -> String {
    const FIT: usize = 18;
    let wide = |c: char| if c.is_ascii() { 1 } else { 2 };
    if label.chars().map(wide).sum::<usize>() <= FIT {
        return label.to_owned();
    }
    let mut room = FIT - wide('…');
    let fits = |c: &char| {
        let left = room.checked_sub(wide(*c));
        room = left.unwrap_or(0);
        left.is_some()
    };
    label.chars().take_while(fits).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_long_name_is_cut_between_characters() {
        for whole in ["市建设局", "市自然资源和规划局", "11 至 20 天"] {
            assert_eq!(cut(whole), whole);
        }
        assert_eq!(cut("南太湖新区自然资源和规划分局"), "南太湖新区自然资…");
    }
}

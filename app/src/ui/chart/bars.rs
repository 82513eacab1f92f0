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
const LABEL: i64 = 200;
const LONG: i64 = 310;
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

/// As many characters as there is room for on a phone, where the letters are larger: the table has them all.
fn cut(label: &str) -> String {
    const FIT: usize = 8;
    if label.chars().count() <= FIT {
        return label.to_owned();
    }
    label.chars().take(FIT - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_long_name_is_cut_between_characters() {
        assert_eq!(cut("市建设局"), "市建设局");
        assert_eq!(cut("市自然资源和规划局"), "市自然资源和规…");
    }
}

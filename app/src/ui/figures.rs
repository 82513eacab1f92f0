//! Figures in a sentence: each stays on one line with its unit, however large the letters are.

use leptos::prelude::*;

/// What a figure may end with, the longest first.
const UNITS: &[&str] = &["亿元", "万元", "元", "亿", "万", "%"];

/// A sentence whose figures never break.
pub fn figures(sentence: &str) -> AnyView {
    let parts = split(sentence).into_iter().map(|(text, figure)| {
        let text = text.to_owned();
        if figure { view! { <span class="figure">{text}</span> }.into_any() } else { text.into_any() }
    });
    parts.collect_view().into_any()
}

/// A sentence in pieces, and which of them are figures.
fn split(sentence: &str) -> Vec<(&str, bool)> {
    let mut parts = Vec::new();
    let (mut rest, mut plain) = (sentence, 0);
    loop {
        let tail = &rest[plain..];
        let Some(at) = tail.find(|c: char| c.is_ascii_digit()) else { break };
        let sign = tail[..at].ends_with(['+', '-', '−', '¥', '￥']);
        let start = plain + if sign { tail[..at].char_indices().next_back().map_or(at, |(place, _)| place) } else { at };
        let digits = plain + at;
        let end =
            digits + rest[digits..].find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.').unwrap_or(rest.len() - digits);
        // A full stop or a comma at the end is the sentence's.
        let end = rest[..end].trim_end_matches([',', '.']).len();
        let after = rest[end..].strip_prefix(' ').unwrap_or(&rest[end..]);
        let gap = rest.len() - end - after.len();
        match UNITS.iter().find(|unit| after.starts_with(**unit)) {
            Some(unit) => {
                let end = end + gap + unit.len();
                parts.push((&rest[..start], false));
                parts.push((&rest[start..end], true));
                (rest, plain) = (&rest[end..], 0);
            }
            // A number without a unit is a date, a count or a name.
            None => plain = end,
        }
    }
    parts.push((rest, false));
    parts.retain(|(text, _)| !text.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_figure_is_kept_with_its_sign_and_unit() {
        let figures = |text| split(text).into_iter().filter(|(_, figure)| *figure).map(|(text, _)| text).collect::<Vec<_>>();
        assert_eq!(figures("如符合条件，最高 1,750 万元。"), ["1,750 万元"]);
        assert_eq!(figures("0 元 至 254.61 万元"), ["0 元", "254.61 万元"]);
        assert_eq!(
            figures("−3 万元，+12%，2026 年 11 月，3 项，1.2亿元"),
            ["−3 万元", "12%", "1.2亿元"].map(|f| if f == "12%" { "+12%" } else { f })
        );
        assert!(figures("没有数字，HZ-2026-1127").is_empty());
        for text in ["", "元", "已拨付 960,000 元 · 核准 3 元", "1,000,", "尾数 5"] {
            assert_eq!(split(text).into_iter().map(|(text, _)| text).collect::<String>(), text);
        }
    }
}

//! Figures in a sentence: each stays on one line with its unit, and a date in one piece, however large the letters are.

use leptos::prelude::*;

/// What a figure may end with, the longest first.
const UNITS: &str =
    "个百分点 个工作日 个月 亿元 万元 小时 分钟 MB KB 元 亿 万 % 年 月 日 天 周 秒 人 件 项 次 份 个 家 字 分 版 期 岁";

/// What goes on with what: 2026年11月27日 is one date.
const DATES: &[(&str, &str)] = &[("年", "月"), ("月", "日")];

/// A sentence whose figures never break.
pub fn figures(sentence: &str) -> AnyView {
    let parts = split(sentence).into_iter().map(|(text, figure)| {
        let text = text.to_owned();
        if figure { view! { <span class="figure">{text}</span> }.into_any() } else { text.into_any() }
    });
    parts.collect_view().into_any()
}

/// Text as it was typed, its figures in one piece. Of pages only: an island renders [`super::words`].
pub fn paragraph(text: &str) -> AnyView {
    view! { <p class="words">{figures(text)}</p> }.into_any()
}

/// The same for a sentence that an island shows as it is: what holds a figure together is in the text (a word joiner, U+2060, or a space that
/// does not break), and costs a module nothing.
pub fn joined(sentence: &str) -> String {
    split(sentence).into_iter().fold(String::with_capacity(sentence.len()), |mut text, (part, figure)| {
        let mut before: Option<char> = None;
        for c in part.chars() {
            let c = if figure && c == ' ' { UNBROKEN } else { c };
            // Between digits nothing breaks, and beside such a space neither.
            let breaks = |pair: [char; 2]| !pair.iter().all(char::is_ascii) && !pair.contains(&UNBROKEN);
            if figure && before.is_some_and(|before| breaks([before, c])) {
                text.push(JOINER);
            }
            text.push(c);
            before = Some(c);
        }
        text
    })
}

const JOINER: char = '\u{2060}';
const UNBROKEN: char = '\u{a0}';

/// A sentence in pieces, and which of them are figures.
fn split(sentence: &str) -> Vec<(&str, bool)> {
    let mut parts = Vec::new();
    let (mut rest, mut plain) = (sentence, 0);
    loop {
        let tail = &rest[plain..];
        let Some(at) = tail.find(|c: char| c.is_ascii_digit()) else { break };
        let digits = plain + at;
        match figure_end(rest, digits) {
            Some(end) => {
                let start = figure_start(&rest[plain..digits]).map_or(digits, |before| digits - before);
                parts.push((&rest[..start], false));
                parts.push((&rest[start..end], true));
                (rest, plain) = (&rest[end..], 0);
            }
            // A number without a unit is a code or a name.
            None => plain = number_end(rest, digits),
        }
    }
    parts.push((rest, false));
    parts.retain(|(text, _)| !text.is_empty());
    parts
}

/// Where the number that begins at `digits` ends. A full stop or a comma at its end is the sentence's.
fn number_end(text: &str, digits: usize) -> usize {
    let rest = &text[digits..];
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.').unwrap_or(rest.len());
    digits + rest[..end].trim_end_matches([',', '.']).len()
}

/// Where the figure that begins at `digits` ends, its unit included; none where it has no unit.
fn figure_end(text: &str, digits: usize) -> Option<usize> {
    let (end, unit) = unit_end(text, digits)?;
    let after = text[end..].strip_prefix(' ').unwrap_or(&text[end..]);
    let next = text.len() - after.len();
    let goes_on = after.starts_with(|c: char| c.is_ascii_digit())
        && unit_end(text, next).is_some_and(|(_, then)| DATES.contains(&(unit, then)));
    if goes_on { figure_end(text, next) } else { Some(end) }
}

/// Where the unit of the number that begins at `digits` ends, and which it is.
fn unit_end(text: &str, digits: usize) -> Option<(usize, &'static str)> {
    let end = number_end(text, digits);
    let after = text[end..].strip_prefix(' ').unwrap_or(&text[end..]);
    let unit = UNITS.split(' ').find(|unit| after.starts_with(unit))?;
    Some((text.len() - after.len() + unit.len(), unit))
}

/// How much of what stands before a figure is its own: a sign, or the 第 of 第 2 次.
fn figure_start(before: &str) -> Option<usize> {
    ["+", "-", "−", "¥", "￥", "第 ", "第"].iter().find(|sign| before.ends_with(**sign)).map(|sign| sign.len())
}

#[cfg(test)]
mod tests {
    use super::{joined, split};

    #[test]
    fn a_figure_is_kept_with_its_sign_and_unit() {
        let figures = |text| split(text).into_iter().filter(|(_, figure)| *figure).map(|(text, _)| text).collect::<Vec<_>>();
        assert_eq!(figures("如符合条件，最高 1,750 万元。"), ["1,750 万元"]);
        assert_eq!(figures("0 元 至 254.61 万元"), ["0 元", "254.61 万元"]);
        assert_eq!(figures("−3 万元，+12%，3 项，1.2亿元"), ["−3 万元", "+12%", "3 项", "1.2亿元"]);
        assert!(figures("没有数字，HZ-2026-1127，16:00，12345 热线").is_empty());
        for text in ["", "元", "已拨付 960,000 元 · 核准 3 元", "1,000,", "尾数 5", "年 5", "2026年 12", "第"] {
            assert_eq!(split(text).into_iter().map(|(text, _)| text).collect::<String>(), text);
        }
    }

    #[test]
    fn a_date_is_one_figure() {
        let figures = |text| split(text).into_iter().filter(|(_, figure)| *figure).map(|(text, _)| text).collect::<Vec<_>>();
        assert_eq!(figures("最迟12月8日 周二 17:30 前答复。"), ["12月8日"]);
        assert_eq!(figures("2026年11月27日 至 2027 年 1 月 5 日"), ["2026年11月27日", "2027 年 1 月 5 日"]);
        assert_eq!(figures("12月31日截止，还剩 34 天"), ["12月31日", "34 天"]);
        assert_eq!(figures("2025年 3,680 万元"), ["2025年", "3,680 万元"], "a year and what it had");
        assert_eq!(figures("第 2 次办理，还剩 2 个工作日"), ["第 2 次", "2 个工作日"]);
        assert_eq!(figures("2026年 12 号令"), ["2026年"]);
    }

    #[test]
    fn a_figure_in_plain_text_is_joined_and_nothing_else_is() {
        assert_eq!(joined("请在12月8日 周二 17:30 前补充"), "请在12\u{2060}月\u{2060}8\u{2060}日 周二 17:30 前补充");
        assert_eq!(joined("还剩 25 分钟"), "还剩 25\u{a0}分\u{2060}钟");
        assert_eq!(joined("厂房旁 3 号楼\n积水"), "厂房旁 3 号楼\n积水");
    }
}

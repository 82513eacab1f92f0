//! Figures as people type and say them: `1,200,000`, `120万`, `1.2 亿元`, full-width digits. A portrait keeps the plain decimal.

use super::day;
use super::library::{Attribute, AttributeKind};
use super::money::{Decimal, LIMIT, NumberError, ONE};
use super::words::grouped;
use crate::text::half_width;

/// What was typed as the value of an attribute, as a portrait keeps it; empty for nothing.
///
/// # Errors
/// A sentence for the person who wrote it.
pub fn read(attribute: &Attribute, typed: &str) -> Result<String, String> {
    let text = typed.trim();
    if text.is_empty() {
        return Ok(String::new());
    }
    match attribute.kind {
        AttributeKind::Date => day::parse(text).map(|_| text.to_owned()).ok_or_else(|| "应为日期，如 2026-01-31".to_owned()),
        AttributeKind::Code | AttributeKind::Tag => Ok(text.to_owned()),
        AttributeKind::Bool if matches!(text, "true" | "false") => Ok(text.to_owned()),
        kind => {
            let value = number(text, &attribute.unit).map_err(|error| error.to_string())?;
            match kind {
                AttributeKind::Count if value.micro() % ONE != 0 => Err("应为整数".to_owned()),
                AttributeKind::Count if value.micro() < 0 => Err("不能小于 0".to_owned()),
                _ => Ok(value.to_string()),
            }
        }
    }
}

/// A number with the signs people put into one: separators, 千 百 万 亿 (`1亿2000万`), 元 or the unit at its end, a percentage where
/// the unit is one.
///
/// # Errors
/// [`NumberError`], worded for the person who wrote it.
pub fn number(typed: &str, unit: &str) -> Result<Decimal, NumberError> {
    let plain: String =
        half_width(typed).chars().filter(|c| !c.is_whitespace() && !matches!(c, ',' | '，' | '¥' | '￥')).collect();
    if unit == "%"
        && let Some(share) = plain.strip_suffix('%')
    {
        let hundredfold = Decimal::parse(share)?.micro();
        return if hundredfold % 100 == 0 { Ok(Decimal::from_micro(hundredfold / 100)) } else { Err(NumberError::TooFine) };
    }
    let bare = plain.strip_suffix('元').unwrap_or(&plain);
    let bare = if unit.is_empty() { bare } else { bare.strip_suffix(unit).unwrap_or(bare) };
    let (negative, mut rest) = bare.strip_prefix('-').map_or((false, bare), |rest| (true, rest));
    let mut total: i64 = 0;
    let mut above = i64::MAX;
    loop {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        let (size, after) = magnitude(after);
        // 2000万1亿 is no number: each part is smaller than the one before.
        if size >= above {
            return Err(NumberError::NotANumber);
        }
        let part = Decimal::parse(digits)?.micro().checked_mul(size).ok_or(NumberError::TooLarge)?;
        total = total.checked_add(part).filter(|total| *total < LIMIT).ok_or(NumberError::TooLarge)?;
        (rest, above) = (after, size);
        if rest.is_empty() {
            return Ok(Decimal::from_micro(if negative { -total } else { total }));
        }
    }
}

/// The words of size that a text begins with, multiplied (百万), and what follows them.
fn magnitude(text: &str) -> (i64, &str) {
    let mut size: i64 = 1;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let times = match c {
            '百' => 100,
            '千' => 1_000,
            '万' | 'w' | 'W' => 10_000,
            '亿' => 100_000_000,
            _ => break,
        };
        size = size.saturating_mul(times);
        rest = &rest[c.len_utf8()..];
    }
    (size, rest)
}

/// Money as people say it: 亿元 where it is round enough, 万元 from ten thousand on. Nothing is rounded.
pub fn spoken(yuan: Decimal) -> String {
    const WAN: i64 = 10_000;
    let (micro, wan) = (yuan.micro(), 10_000 * ONE);
    // What a figure holds ends at a millionth: a finer part of 亿 is said in 元.
    let large = micro.unsigned_abs() >= (wan * WAN).unsigned_abs();
    let (value, unit) = if large && micro % (WAN * WAN) == 0 {
        (micro / WAN / WAN, " 亿元")
    } else if large {
        (micro, " 元")
    } else if micro.unsigned_abs() >= wan.unsigned_abs() && micro % WAN == 0 {
        (micro / WAN, " 万元")
    } else {
        (micro, " 元")
    };
    [&grouped(Decimal::from_micro(value)), unit].concat()
}

/// Money as somebody would type it again: `458万`, exactly; what is no number stays what it is.
pub fn written(text: &str) -> String {
    let Ok(yuan) = Decimal::parse(text) else { return text.to_owned() };
    spoken(yuan).chars().filter(|c| !matches!(c, ',' | ' ' | '元')).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn attribute(kind: AttributeKind, unit: &str) -> Attribute {
        Attribute {
            code: "a".to_owned(),
            name: "甲".to_owned(),
            kind,
            unit: unit.to_owned(),
            source: String::new(),
            refresh: String::new(),
            enterprise_may_state: true,
            want: crate::policy::library::Want::None,
        }
    }

    #[test]
    fn figures_are_read_as_people_type_them() {
        let money = attribute(AttributeKind::Money, "元");
        for (typed, kept) in [
            ("1200000", "1200000"),
            (" 1,200,000 元", "1200000"),
            ("１２０万元", "1200000"),
            ("120 万", "1200000"),
            ("120w", "1200000"),
            ("1.25亿", "125000000"),
            ("1亿2000万", "120000000"),
            ("3百万", "3000000"),
            ("2千万", "20000000"),
            ("￥4,580.50", "4580.5"),
            ("-3万", "-30000"),
            ("", ""),
        ] {
            assert_eq!(read(&money, typed).as_deref(), Ok(kept), "{typed}");
        }
        for typed in ["一千万", "万", "1.2.3", "2000万1亿", "5万万人", "120万左右", "1e6", "-", "元"] {
            assert_eq!(number(typed, "元"), Err(NumberError::NotANumber), "{typed}");
        }
        assert_eq!(number("99999999亿", "元"), Err(NumberError::TooLarge));
        assert_eq!(number("0.0000001", "元"), Err(NumberError::TooFine));
    }

    #[test]
    fn what_an_attribute_cannot_be_is_said() {
        let people = attribute(AttributeKind::Count, "人");
        assert_eq!(read(&people, "48人").as_deref(), Ok("48"));
        assert_eq!(read(&people, "48.0").as_deref(), Ok("48"));
        assert_eq!(read(&people, "4.5").unwrap_err(), "应为整数");
        assert_eq!(read(&people, "-4").unwrap_err(), "不能小于 0");
        let share = attribute(AttributeKind::Number, "%");
        assert_eq!(read(&share, "5.5%").as_deref(), Ok("0.055"));
        assert_eq!(read(&share, "0.055").as_deref(), Ok("0.055"));
        assert_eq!(number("0.00001%", "%"), Err(NumberError::TooFine));
        let date = attribute(AttributeKind::Date, "");
        assert_eq!(read(&date, "2026-01-31").as_deref(), Ok("2026-01-31"));
        assert!(read(&date, "2026-02-31").unwrap_err().starts_with("应为日期"));
    }

    #[test]
    fn money_is_said_in_full() {
        for (plain, said) in [
            ("1200000", "120 万元"),
            ("800000", "80 万元"),
            ("4580000.5", "458.00005 万元"),
            ("120000000", "1.2 亿元"),
            ("123456700", "1.234567 亿元"),
            ("123456789", "123,456,789 元"),
            ("9999.5", "9,999.5 元"),
            ("-30000", "-3 万元"),
            ("0", "0 元"),
        ] {
            assert_eq!(spoken(Decimal::parse(plain).unwrap()), said);
            let again = written(plain);
            assert!(!again.contains([',', ' ', '元']), "{again}");
            assert_eq!(
                number(&again, "元").unwrap(),
                Decimal::parse(plain).unwrap(),
                "{again}: nothing is lost by typing it again"
            );
        }
        assert_eq!((written("4580000").as_str(), written("去年没有").as_str()), ("458万", "去年没有"));
    }
}

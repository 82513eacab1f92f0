//! Numbers of the calculator: exact decimals, never floating point (a peer's default was 338 yuan off on 45.9 billion).

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// What one is, in units of [`Decimal`].
pub const ONE: i64 = 1_000_000;
/// The largest size of a [`Decimal`]: sums and differences of two cannot overflow. About 4.6 trillion (4.6 万亿).
pub const LIMIT: i64 = 1 << 62;

/// A number, an amount of yuan or a rate with up to six decimals, held in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(i64);

/// Money in fen (分). Every amount is rounded down to the fen, once, at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fen(pub i64);

/// Why a text is not a number here; the message is for the person who wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not a decimal number.
    #[error("应为数字，如 1200000 或 0.05")]
    NotANumber,
    /// More decimals than can be held without rounding.
    #[error("小数位数太多：金额最多两位，其他数字最多六位")]
    TooFine,
    /// Larger than anything this is made for.
    #[error("数字太大")]
    TooLarge,
}

/// Reads a plain decimal with at most `places` decimals as an integer of that unit; zeros at the end do not count.
fn parse(text: &str, places: u32) -> Result<i64, NumberError> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) || (digits.contains('.') && fraction.is_empty()) {
        return Err(NumberError::NotANumber);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > places as usize {
        return Err(NumberError::TooFine);
    }
    let mut value: i64 = 0;
    let padding = std::iter::repeat_n(b'0', places as usize - fraction.len());
    for digit in whole.bytes().chain(fraction.bytes()).chain(padding) {
        value = value.checked_mul(10).and_then(|v| v.checked_add(i64::from(digit - b'0'))).ok_or(NumberError::TooLarge)?;
    }
    if value >= LIMIT {
        return Err(NumberError::TooLarge);
    }
    Ok(if negative { -value } else { value })
}

/// Writes an integer of `places` decimals, shortest form.
fn write(f: &mut fmt::Formatter<'_>, value: i64, places: u32) -> fmt::Result {
    let unit = 10_u64.pow(places);
    let size = value.unsigned_abs();
    if value < 0 {
        f.write_str("-")?;
    }
    write!(f, "{}", size / unit)?;
    let fraction = size % unit;
    if fraction == 0 {
        return Ok(());
    }
    let text = format!("{fraction:0width$}", width = places as usize);
    write!(f, ".{}", text.trim_end_matches('0'))
}

impl Decimal {
    /// From a decimal text such as `5000000` or `0.055`.
    ///
    /// # Errors
    /// [`NumberError`], worded for the person who wrote it.
    pub fn parse(text: &str) -> Result<Decimal, NumberError> {
        parse(text, 6).map(Decimal)
    }

    /// From millionths.
    pub const fn from_micro(micro: i64) -> Decimal {
        Decimal(micro)
    }

    /// In millionths.
    pub const fn micro(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, self.0, 6)
    }
}

impl Fen {
    /// No money.
    pub const ZERO: Fen = Fen(0);

    /// From yuan as a decimal text.
    ///
    /// # Errors
    /// [`NumberError`], worded for the person who wrote it.
    pub fn parse(text: &str) -> Result<Fen, NumberError> {
        parse(text, 2).map(Fen)
    }

    /// The sum, at most what can be held: a draft may say anything.
    #[must_use]
    pub fn plus(self, other: Fen) -> Fen {
        Fen(self.0.saturating_add(other.0))
    }

    /// As people read it: thousands separators, 万元 from a million on and 亿元 from a hundred million on, where nothing is lost by it.
    pub fn words(self) -> String {
        const MILLION: i64 = 100_000_000;
        const YI: i64 = 100 * MILLION;
        // Six decimals of 亿元 are a hundred yuan.
        if self.0 >= YI && self.0 % 10_000 == 0 {
            let (whole, rest) = (self.0 / YI, self.0 % YI / 10_000);
            let fraction = if rest == 0 { String::new() } else { format!(".{rest:06}").trim_end_matches('0').to_owned() };
            return format!("{}{fraction} 亿元", thousands(whole));
        }
        if (MILLION..YI).contains(&self.0) && self.0 % 10_000 == 0 {
            let wan = self.0 / 10_000;
            // Two decimals of 万元 are a hundred yuan.
            let (whole, rest) = (wan / 100, wan % 100);
            let fraction = if rest == 0 { String::new() } else { format!(".{rest:02}").trim_end_matches('0').to_owned() };
            return format!("{}{fraction} 万元", thousands(whole));
        }
        let cents = self.0 % 100;
        let fraction = if cents == 0 { String::new() } else { format!(".{cents:02}") };
        format!("{}{fraction} 元", thousands(self.0 / 100))
    }
}

/// An integer with thousands separators.
pub fn thousands(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        out.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, self.0, 2)
    }
}

/// Both are decimal strings in JSON (integers are taken too, floats are not) and integers on the way to the browser.
macro_rules! as_decimal_string {
    ($type:ident) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_i64(self.0) }
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                struct Visitor;
                impl de::Visitor<'_> for Visitor {
                    type Value = $type;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a decimal string such as \"5000000\"")
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$type, E> {
                        $type::parse(text).map_err(|error| E::custom(format_args!("\"{text}\" {error}")))
                    }
                    fn visit_u64<E: de::Error>(self, value: u64) -> Result<$type, E> {
                        self.visit_str(&value.to_string())
                    }
                    fn visit_i64<E: de::Error>(self, value: i64) -> Result<$type, E> {
                        self.visit_str(&value.to_string())
                    }
                }
                if deserializer.is_human_readable() {
                    deserializer.deserialize_any(Visitor)
                } else {
                    i64::deserialize(deserializer).map($type)
                }
            }
        }
    };
}

as_decimal_string!(Decimal);
as_decimal_string!(Fen);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn decimals_are_exact_and_short() {
        for (text, micro, back) in [
            ("5000000", 5_000_000_000_000, "5000000"),
            ("0.055", 55_000, "0.055"),
            ("-1.50", -1_500_000, "-1.5"),
            ("0.000001", 1, "0.000001"),
        ] {
            let value = Decimal::parse(text).unwrap();
            assert_eq!((value.micro(), value.to_string().as_str()), (micro, back));
        }
        assert_eq!(Decimal::parse("0.0000001"), Err(NumberError::TooFine));
        assert_eq!(Decimal::parse("99999999999999"), Err(NumberError::TooLarge));
        for text in ["", "-", "1e6", "1.", ".5", "１２", "1,000", "NaN"] {
            assert_eq!(Decimal::parse(text), Err(NumberError::NotANumber), "{text}");
        }
    }

    #[test]
    fn money_reads_as_people_write_it() {
        for (text, words) in [
            ("1240000", "124 万元"),
            ("1245678", "1,245,678 元"),
            ("12005000", "1,200.5 万元"),
            ("100000000", "1 亿元"),
            ("120000000", "1.2 亿元"),
            ("99990000", "9,999 万元"),
            ("100010000", "1.0001 亿元"),
            ("123456700", "1.234567 亿元"),
            ("250000000000", "2,500 亿元"),
            ("800000", "800,000 元"),
            ("1234.5", "1,234.50 元"),
            ("0", "0 元"),
        ] {
            assert_eq!(Fen::parse(text).unwrap().words(), words);
        }
        assert_eq!(Fen::parse("0.001"), Err(NumberError::TooFine));
    }
}

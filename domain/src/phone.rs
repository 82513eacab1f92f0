//! Telephone numbers of the mainland: the mobile a person signs in with, and the number to call about an issue.

use crate::text::half_width;
use serde::{Deserialize, Serialize};

/// A mainland mobile number, 11 digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mobile(String);

/// Why a text is not a number, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Nothing was typed.
    #[error("请填写手机号")]
    Empty,
    /// A mobile of the wrong length.
    #[error("手机号应为 11 位数字，现在是 {0} 位")]
    Length(usize),
    /// Something that no mobile number is.
    #[error("请填写正确的手机号，例如 13800138000")]
    NotMobile,
    /// Neither a mobile nor a landline.
    #[error("请填写手机号或带区号的座机，例如 13800138000 或 0572-2112345")]
    NotPhone,
}

/// Digits as typed, without the country code and what people put between digits.
fn digits(raw: &str) -> String {
    let mut plain: String =
        half_width(raw).chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')' | '·')).collect();
    for prefix in ["+86", "0086"] {
        if let Some(rest) = plain.strip_prefix(prefix) {
            plain = rest.to_owned();
        }
    }
    if plain.len() == 13 && plain.starts_with("861") {
        plain.drain(..2);
    }
    plain
}

impl Mobile {
    /// Reads a number as people type it.
    ///
    /// # Errors
    /// [`PhoneError`] says what is wrong with it.
    pub fn parse(raw: &str) -> Result<Mobile, PhoneError> {
        let number = digits(raw);
        if number.is_empty() {
            return Err(PhoneError::Empty);
        }
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(PhoneError::NotMobile);
        }
        if number.len() != 11 {
            return Err(PhoneError::Length(number.len()));
        }
        // 工信部 numbering plan: 13 to 19 are mobile.
        if !number.starts_with('1') || matches!(number.as_bytes()[1], b'0' | b'1' | b'2') {
            return Err(PhoneError::NotMobile);
        }
        Ok(Mobile(number))
    }

    /// The 11 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Mobile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Mobile {
    type Error = PhoneError;
    fn try_from(raw: String) -> Result<Mobile, PhoneError> {
        Mobile::parse(&raw)
    }
}

impl From<Mobile> for String {
    fn from(mobile: Mobile) -> String {
        mobile.0
    }
}

/// The number to call: a mobile, or a landline with area code and perhaps an extension. Answers the normal form.
///
/// # Errors
/// [`PhoneError`] says what is wrong with it.
pub fn parse_contact_phone(raw: &str) -> Result<String, PhoneError> {
    if let Ok(mobile) = Mobile::parse(raw) {
        return Ok(mobile.0);
    }
    let typed = half_width(raw);
    let (main, extension) = match typed.trim().rsplit_once(['转', '#', 'x']) {
        Some((main, extension)) => (main.to_owned(), extension.trim().to_owned()),
        None => (typed.trim().to_owned(), String::new()),
    };
    let number = digits(&main);
    if number.is_empty() {
        return Err(PhoneError::Empty);
    }
    let numeric = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let landline = number.starts_with('0') && (10..=12).contains(&number.len()) && numeric(&number);
    if !landline || !numeric(&extension) || extension.len() > 6 {
        return Err(if number.starts_with('1') && numeric(&number) {
            PhoneError::Length(number.len())
        } else {
            PhoneError::NotPhone
        });
    }
    // Area codes: 010 and 02x have three digits, all others four.
    let split = if number.starts_with("010") || number.starts_with("02") { 3 } else { 4 };
    let (area, local) = number.split_at(split);
    if !(7..=8).contains(&local.len()) {
        return Err(PhoneError::NotPhone);
    }
    Ok(if extension.is_empty() { format!("{area}-{local}") } else { format!("{area}-{local} 转 {extension}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mobiles_as_people_type_them() {
        for typed in ["13800138000", "+86 138 0013 8000", "86-138-0013-8000", "１３８００１３８０００", "0086 13800138000"]
        {
            assert_eq!(Mobile::parse(typed).expect(typed).as_str(), "13800138000", "{typed}");
        }
        assert_eq!(Mobile::parse(""), Err(PhoneError::Empty));
        assert_eq!(Mobile::parse("1380013800"), Err(PhoneError::Length(10)));
        assert_eq!(Mobile::parse("12800138000"), Err(PhoneError::NotMobile));
        assert_eq!(Mobile::parse("1380013800a"), Err(PhoneError::NotMobile));
    }

    #[test]
    fn landlines_need_an_area_code() {
        assert_eq!(parse_contact_phone("0572 2112345").as_deref(), Ok("0572-2112345"));
        assert_eq!(parse_contact_phone("010-12345678转805").as_deref(), Ok("010-12345678 转 805"));
        assert_eq!(parse_contact_phone("2112345"), Err(PhoneError::NotPhone));
        assert_eq!(parse_contact_phone("138001380"), Err(PhoneError::Length(9)));
        assert_eq!(parse_contact_phone("13800138000").as_deref(), Ok("13800138000"));
    }
}

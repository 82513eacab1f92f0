//! 统一社会信用代码 (USCC), GB 32100-2015: 18 characters, the last one a check digit over the first 17.

use crate::text::half_width;
use serde::{Deserialize, Serialize};

/// The 31 characters of the code in the order of their values; I, O, S, V and Z do not occur.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weight of each of the first 17 characters: 3^i mod 31.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// A valid code.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uscc(String);

/// Why a text is not a USCC, as a sentence to the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsccError {
    /// Not 18 characters.
    #[error("统一社会信用代码应为 18 位，现在是 {0} 位")]
    Length(usize),
    /// A character outside the alphabet, at a position counted from one.
    #[error("第 {position} 位的“{found}”不会出现在统一社会信用代码里（没有字母 I、O、S、V、Z）")]
    Character {
        /// Position from one.
        position: usize,
        /// What stands there.
        found: char,
    },
    /// The check digit does not fit.
    #[error("统一社会信用代码校验不通过，可能有一位写错了，请对照营业执照")]
    CheckDigit,
}

impl Uscc {
    /// Reads a code as people type it: lower case, full-width, with spaces or hyphens.
    ///
    /// # Errors
    /// [`UsccError`] names the first fault.
    pub fn parse(raw: &str) -> Result<Uscc, UsccError> {
        let code: String =
            half_width(raw).chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
        let length = code.chars().count();
        if length != 18 {
            return Err(UsccError::Length(length));
        }
        if let Some((index, found)) = code.chars().enumerate().find(|(_, c)| value(*c).is_none()) {
            return Err(UsccError::Character { position: index + 1, found });
        }
        match Uscc::from_body(&code[..17]) {
            Some(expected) if expected.0 == code => Ok(expected),
            _ => Err(UsccError::CheckDigit),
        }
    }

    /// Completes 17 characters with their check digit; `None` when they are not 17 characters of the alphabet.
    pub fn from_body(body: &str) -> Option<Uscc> {
        if body.chars().count() != 17 {
            return None;
        }
        let mut sum = 0;
        for (character, weight) in body.chars().zip(WEIGHTS) {
            sum += value(character)? * weight;
        }
        let digit = (31 - sum % 31) % 31;
        let last = *ALPHABET.get(digit as usize)?;
        Some(Uscc(format!("{body}{}", char::from(last))))
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `913305021****0000X`: nine, four stars, five.
    pub fn masked(&self) -> String {
        format!("{}****{}", &self.0[..9], &self.0[13..])
    }
}

fn value(character: char) -> Option<u32> {
    ALPHABET.iter().position(|c| char::from(*c) == character).map(|index| index as u32)
}

impl std::fmt::Display for Uscc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Uscc {
    type Error = UsccError;
    fn try_from(raw: String) -> Result<Uscc, UsccError> {
        Uscc::parse(&raw)
    }
}

impl From<Uscc> for String {
    fn from(code: Uscc) -> String {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn body() -> impl Strategy<Value = String> {
        prop::collection::vec(0usize..31, 17).prop_map(|v| v.into_iter().map(|i| char::from(ALPHABET[i])).collect())
    }

    #[test]
    fn published_codes_are_valid() {
        // The example of the standard, and codes two large companies print on their public pages.
        for code in ["91350100M000100Y43", "9144030071526726XG", "914403001922038216"] {
            let known = Uscc::parse(code);
            assert!(known.is_ok(), "{code}: {known:?}");
        }
    }

    #[test]
    fn every_fault_is_named() {
        assert_eq!(Uscc::parse("9133"), Err(UsccError::Length(4)));
        assert_eq!(Uscc::parse("91350100M000100O43"), Err(UsccError::Character { position: 16, found: 'O' }));
        assert_eq!(Uscc::parse("91350100M000100Y44"), Err(UsccError::CheckDigit));
        assert_eq!(Uscc::parse("９１350100-m000 100y43").expect("as typed").as_str(), "91350100M000100Y43");
    }

    #[test]
    fn masked_hides_four() {
        assert_eq!(Uscc::parse("91350100M000100Y43").expect("valid").masked(), "91350100M****00Y43");
    }

    proptest! {
        #[test]
        fn any_body_gets_a_digit_that_parses(body in body()) {
            let code = Uscc::from_body(&body).expect("17 characters of the alphabet");
            prop_assert_eq!(Uscc::parse(code.as_str()), Ok(code));
        }

        #[test]
        fn one_wrong_character_is_found(body in body(), at in 0usize..18, other in 0usize..31) {
            let code = Uscc::from_body(&body).expect("17 characters of the alphabet");
            let mut wrong: Vec<u8> = code.as_str().bytes().collect();
            prop_assume!(wrong[at] != ALPHABET[other]);
            wrong[at] = ALPHABET[other];
            prop_assert_eq!(Uscc::parse(&String::from_utf8(wrong).expect("ascii")), Err(UsccError::CheckDigit));
        }
    }
}

//! Anything that a browser, a script or a file can bring, in any order: no fault of ours, no answer over its limit, and whoever is refused is told.
//!
//! `PROPTEST_CASES` says how many tables, pictures, forms and drafts, `FUZZ_REQUESTS` how many requests; `scripts/fuzz` asks for many.

mod files;
mod requests;

use proptest::collection::vec;
use proptest::prelude::*;

/// A text that means something to one reader or another, or nothing to any.
pub fn text() -> impl Strategy<Value = String> {
    let of = |text: &str| prop::sample::select(text.chars().collect::<Vec<char>>());
    let character = prop_oneof![
        4 => of("0123456789.-+,%/:eE 年月日#万亿元"),
        2 => of("abcxyzABC_|~"),
        1 => of("\0\n\r\t\u{feff}\u{202e}<>&\"';=\\"),
        1 => any::<char>(),
    ];
    const DAYS: &[&str] = &["0000-01-01", "9999-12-31", "2026-02-29", "2027-01-01", "10000-01-01"];
    const NUMBERS: &[&str] =
        &["-1", "0", "1", "9223372036854775807", "-9223372036854775808", "99999999999999999999", "1e400", "0.0000001", "NaN"];
    prop_oneof![
        4 => vec(character, 0..30).prop_map(String::from_iter),
        1 => prop::sample::select(DAYS).prop_map(str::to_owned),
        2 => prop::sample::select(NUMBERS).prop_map(str::to_owned),
        1 => (0_usize..9_000).prop_map(|length| "长".repeat(length)),
        1 => any::<[u8; 16]>().prop_map(|bytes| uuid::Uuid::from_bytes(bytes).to_string()),
    ]
}

/// What happens to bytes on their way.
#[derive(Debug, Clone)]
pub enum Damage {
    Put(usize, Vec<u8>),
    Cut(usize),
    Drop(usize, usize),
    Repeat(usize, usize, usize),
}

pub fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        6 => (any::<usize>(), vec(any::<u8>(), 1..6)).prop_map(|(at, bytes)| Damage::Put(at, bytes)),
        1 => any::<usize>().prop_map(Damage::Cut),
        2 => (any::<usize>(), 1_usize..200).prop_map(|(at, length)| Damage::Drop(at, length)),
        2 => (any::<usize>(), 1_usize..400, 1_usize..200).prop_map(|(at, length, times)| Damage::Repeat(at, length, times)),
    ]
}

pub fn damaged(bytes: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for damage in damages {
        let place = |at: &usize, bytes: &[u8]| at % (bytes.len() + 1);
        match damage {
            Damage::Put(at, new) => {
                let at = place(at, &bytes);
                let end = (at + new.len()).min(bytes.len());
                bytes.splice(at..end, new.iter().copied());
            }
            Damage::Cut(at) => bytes.truncate(place(at, &bytes)),
            Damage::Drop(at, length) => {
                let at = place(at, &bytes);
                bytes.drain(at..(at + length).min(bytes.len()));
            }
            Damage::Repeat(at, length, times) => {
                let at = place(at, &bytes);
                let piece = bytes[at..(at + length).min(bytes.len())].repeat(*times);
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

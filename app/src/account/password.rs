//! Passwords of staff: argon2id, checked and made off the async threads.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use rand::RngExt;

/// Hashes a password (PHC form).
///
/// # Errors
/// When the system gives no random bytes.
pub fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())
}

/// A first password that can be read out on the telephone: 59 random bits.
pub fn first() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut rng = rand::rng();
    let mut part = || -> String { (0..4).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])).collect() };
    format!("{}-{}-{}", part(), part(), part())
}

/// Whether a password fits a hash.
pub fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
}

/// The fewest characters of a password, and the most (OWASP ASVS 2.1.1, 2.1.2).
const LENGTH: std::ops::RangeInclusive<usize> = 12..=128;

/// What everybody here would guess first.
const NEAR: [&str; 8] = ["qifu", "huzhou", "taihu", "anji", "deqing", "changxing", "wuxing", "nanxun"];

/// The sentence against a new password, if there is one. No kinds of characters are asked for: what counts is whether it is known or
/// soon guessed (OWASP ASVS 2.1.7, 2.1.9; NIST SP 800-63B 5.1.1.2).
pub fn fault(password: &str, login: &str) -> Option<&'static str> {
    let length = password.chars().count();
    if length < *LENGTH.start() {
        return Some("密码至少 12 个字符，可以是几个不相干的词");
    }
    if length > *LENGTH.end() {
        return Some("密码最多 128 个字符");
    }
    if password.to_lowercase().contains(&login.to_lowercase()) {
        return Some("密码里不要包含用户名");
    }
    let near: Vec<&str> = NEAR.into_iter().chain([login]).collect();
    // What is left of it without them, and without the year and the dots that everybody adds.
    let rest = near.iter().fold(password.to_lowercase(), |rest, word| rest.replace(word, ""));
    let rest = rest.chars().filter(|c| c.is_alphabetic()).count();
    let known = rest < 4 || zxcvbn::zxcvbn(password, &near).score() < zxcvbn::Score::Three;
    known.then_some("这个密码太容易猜到，请换几个不相干的词")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_hash_fits_its_password_only() {
        let hash = super::hash("taihu-2026-qifu").expect("random bytes");
        assert!(hash.starts_with("$argon2id$"));
        assert!(super::verify("taihu-2026-qifu", &hash));
        assert!(!super::verify("taihu-2026-qifU", &hash));
        assert!(!super::verify("", "not a hash"));
    }

    #[test]
    fn first_passwords_do_and_differ() {
        let made: Vec<String> = (0..200).map(|_| super::first()).collect();
        assert!(made.iter().all(|first| first.len() == 14 && super::fault(first, "centre01").is_none()), "{made:?}");
        assert_eq!(made.iter().collect::<std::collections::BTreeSet<_>>().len(), made.len());
    }

    #[test]
    fn weak_passwords_are_refused_with_a_sentence() {
        assert!(super::fault("short", "x").is_some());
        assert!(super::fault("centre01-abcdef", "centre01").is_some());
        for known in ["aaaaaaaaaaaa", "password1234", "qwertyuiop12", "123456789012", "huzhou-qifu-2026", "Huzhou@2026!"] {
            assert!(super::fault(known, "centre01").is_some(), "{known}");
        }
        assert!(super::fault(&"长".repeat(129), "x").is_some());
        for good in ["cormorant-lantern-47", "雨天 记得 带伞 出门看看水位", "k9sd-m2xq-7hwp"] {
            assert_eq!(super::fault(good, "centre01"), None, "{good}");
        }
    }
}

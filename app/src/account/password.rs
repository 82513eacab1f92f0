//! Passwords of staff: argon2id, checked and made off the async threads.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};

/// Hashes a password (PHC form).
///
/// # Errors
/// When the system gives no random bytes.
pub fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())
}

/// Whether a password fits a hash.
pub fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
}

/// The sentence against a new password, if there is one.
pub fn fault(password: &str, login: &str) -> Option<&'static str> {
    if password.chars().count() < 10 {
        return Some("密码至少 10 个字符");
    }
    if password.to_lowercase().contains(&login.to_lowercase()) {
        return Some("密码里不要包含用户名");
    }
    let mut kinds: Vec<char> = password.chars().collect();
    kinds.sort_unstable();
    kinds.dedup();
    (kinds.len() < 5).then_some("密码太简单，请多用几种字符")
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
    fn weak_passwords_are_refused_with_a_sentence() {
        assert!(super::fault("short", "x").is_some());
        assert!(super::fault("centre01-abcdef", "centre01").is_some());
        assert!(super::fault("aaaaaaaaaaaa", "x").is_some());
        assert_eq!(super::fault("taihu-2026-qifu", "centre01"), None);
    }
}

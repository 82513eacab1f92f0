//! The hash chain over an issue's events of before migration 18, over what they say. Events written since bear none: `domain::audit` has the
//! chain over all of their columns. Here it is recomputed for those that have one.

use sha2::{Digest, Sha256};
use time::OffsetDateTime;

/// A link of the chain, SHA-256.
pub type Link = [u8; 32];

/// What the first event hangs on.
pub const ROOT: Link = [0; 32];

/// The link of one event. Fields are length-prefixed, so that no two lists of fields hash alike.
///
/// `issue` is the issue's client key, `at` is hashed in whole microseconds since 1970, which is what PostgreSQL keeps.
pub fn link(previous: &Link, issue: &str, seq: u32, at: OffsetDateTime, actor: &str, event: &str) -> Link {
    let mut hash = Sha256::new();
    hash.update(previous);
    let micros = (at.unix_timestamp_nanos() / 1_000).to_string();
    for field in [issue, &seq.to_string(), &micros, actor, event] {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn any_change_changes_the_link() {
        let at = datetime!(2026-11-24 09:00 +8);
        let base = link(&ROOT, "key", 1, at, "a", "bc");
        assert_eq!(base, link(&ROOT, "key", 1, at.to_offset(time::UtcOffset::UTC), "a", "bc"), "an instant, not a notation");
        for other in [
            link(&base, "key", 1, at, "a", "bc"),
            link(&ROOT, "kez", 1, at, "a", "bc"),
            link(&ROOT, "key", 2, at, "a", "bc"),
            link(&ROOT, "key", 1, at + time::Duration::microseconds(1), "a", "bc"),
            link(&ROOT, "key", 1, at, "ab", "c"),
        ] {
            assert_ne!(base, other);
        }
    }
}

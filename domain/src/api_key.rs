//! Keys of other channels (接口密钥, S-5): hotline, 亲清直通车, meetings and platforms speak to the city's interfaces with one each.

use crate::text::Check;

/// What every key begins with, so that one that leaks into a log is known for what it is.
pub const PREFIX: &str = "qifu_";
/// The random part: so many hexadecimal digits, 160 bits.
pub const DIGITS: usize = 40;
/// Requests that a key may make in a minute, and problems that it may file in a day (a meeting brings about eighty).
pub const A_MINUTE: i32 = 120;
pub const FILINGS_A_DAY: i32 = 2000;
/// Requests without a key that one address may make in a minute.
pub const ANONYMOUS_A_MINUTE: i32 = 120;

/// Whether this looks like a key of ours: asked before a hash is looked for.
pub fn is_shaped(key: &str) -> bool {
    key.strip_prefix(PREFIX).is_some_and(|digits| digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// The name an administrator gives it: what the timeline of a problem shows as its filer.
pub fn name(check: &mut Check, raw: &str) -> String {
    check.text("name", "名称", raw, 2, 30)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_of_a_key() {
        assert!(is_shaped(&format!("qifu_{}", "0a".repeat(20))));
        for other in
            ["", "qifu_", "qifu_zz", &"0a".repeat(20), &format!("qifu_{}", "0g".repeat(20)), &format!("qifu_{}", "0a".repeat(21))]
        {
            assert!(!is_shaped(other), "{other}");
        }
    }
}

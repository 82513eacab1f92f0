//! How far a demo's clock is put ahead (`QIFU_CLOCK_SHIFT`): to show what comes due, and to test it.

use time::Duration;

/// Nobody shows more than ten years, and every instant within them can be written down.
const MOST: Duration = Duration::days(3660);

/// Reads `3600` (seconds) or `P3D` (days), back with a minus; nothing and `0` are none.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let (back, size) = match text.trim().strip_prefix('-') {
        Some(size) => (true, size),
        None => (false, text.trim()),
    };
    let (digits, unit) = match size.strip_prefix('P').and_then(|days| days.strip_suffix('D')) {
        Some(days) => (days, Duration::DAY),
        None => (size, Duration::SECOND),
    };
    // A sign has been taken already.
    let number: u32 = digits.parse().ok().filter(|_| digits.bytes().all(|digit| digit.is_ascii_digit()))?;
    let by = unit.checked_mul(i32::try_from(number).ok()?)?;
    (by <= MOST).then_some(if back { -by } else { by })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shift_is_seconds_or_days_and_nothing_else() {
        for (text, by) in [
            ("0", Duration::ZERO),
            ("90", Duration::seconds(90)),
            (" -3600 ", Duration::hours(-1)),
            ("P3D", Duration::days(3)),
            ("-P58D", Duration::days(-58)),
            ("P3660D", MOST),
        ] {
            assert_eq!(parse(text), Some(by), "{text}");
        }
        for wrong in ["", "-", "--1", "+1", "P+1D", "P3", "3D", "PD", "1.5", "P3661D", "99999999999", "tomorrow"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}

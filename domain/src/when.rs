//! Days and instants as somebody from outside writes them: digits, and of this age. What lies at the end of all time may not be moved by a day,
//! nor shown on the city's clock: it is no day that anybody means.

use std::ops::RangeInclusive;
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime, UtcOffset};

/// The years that somebody may mean.
const YEARS: RangeInclusive<i32> = 2000..=2999;

/// `2026-11-02`, as a field for days sends it.
pub fn day(text: &str) -> Option<Date> {
    crate::policy::day::parse(text).filter(|day| YEARS.contains(&day.year()))
}

/// `2026-11-02T09:00:00+08:00`, in UTC.
pub fn instant(text: &str) -> Option<OffsetDateTime> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)?;
    YEARS.contains(&at.year()).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn only_what_somebody_may_mean_is_read() {
        assert_eq!(day("2026-11-02"), Some(date!(2026 - 11 - 02)));
        assert_eq!(instant("2026-11-02T00:00:00+08:00"), Some(datetime!(2026-11-01 16:00 UTC)));
        for wrong in [
            "",
            "2026-13-01",
            "-9999-01-01",
            "+2026-11-02",
            "-0001-01-01",
            "0000-01-01",
            "1999-12-31",
            "3000-01-01",
            "9999-12-31",
        ] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
        for wrong in ["9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00", "2026-11-02", "2026-11-02T00:00:00"] {
            assert_eq!(instant(wrong), None, "{wrong}");
        }
        // The ends may be moved, and shown anywhere.
        let (first, last) = (date!(2000 - 01 - 01), date!(2999 - 12 - 31));
        assert_eq!((day(&first.to_string()), day(&last.to_string())), (Some(first), Some(last)));
        assert!(first.previous_day().is_some() && last.next_day().is_some());
    }
}

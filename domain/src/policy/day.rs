//! Days: `YYYY-MM-DD` in JSON, day numbers on the way to the browser and in tables, and months counted as the law counts them.

use super::money::LIMIT;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::borrow::Cow;
use time::{Date, Duration, Month};

/// Reads `YYYY-MM-DD`.
pub fn parse(text: &str) -> Option<Date> {
    let mut parts = text.trim().splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str, len: usize| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return None;
    }
    Date::from_calendar_date(year.parse().ok()?, Month::try_from(month.parse::<u8>().ok()?).ok()?, day.parse().ok()?).ok()
}

/// Writes `YYYY-MM-DD`.
pub fn text(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

pub fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() { text(*date).serialize(serializer) } else { date.to_julian_day().serialize(serializer) }
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    if !deserializer.is_human_readable() {
        return Date::from_julian_day(i32::deserialize(deserializer)?).map_err(D::Error::custom);
    }
    let raw = Cow::<'de, str>::deserialize(deserializer)?;
    parse(&raw).ok_or_else(|| D::Error::custom(format_args!("\"{raw}\" 应为日期，如 2026-01-31")))
}

/// The same for dates that may be missing.
pub mod option {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use time::Date;

    #[derive(Serialize, Deserialize)]
    struct Wrap(#[serde(with = "super")] Date);

    pub fn serialize<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        date.map(Wrap).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        Ok(Option::<Wrap>::deserialize(deserializer)?.map(|wrap| wrap.0))
    }
}

/// A date as a number of days.
pub fn number(date: Date) -> i64 {
    i64::from(date.to_julian_day())
}

/// A date so many months later; where the month is shorter, its last day (民法典第二百零二条: the last day of the month).
pub fn add_months(date: Date, months: u32) -> Option<Date> {
    let count = i64::from(date.year()) * 12 + i64::from(u8::from(date.month())) - 1 + i64::from(months);
    let year = i32::try_from(count.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(count.rem_euclid(12) + 1).ok()?).ok()?;
    Date::from_calendar_date(year, month, date.day().min(month.length(year))).ok()
}

/// The latest day from which so many months have passed on `as_of`.
pub(super) fn latest_start(as_of: Date, months: u32) -> i64 {
    let passed = |day: Date| add_months(day, months).is_some_and(|end| end <= as_of);
    // The same day of the earlier month is right to within the lengths of two months.
    let years_back = i32::try_from(months / 12 + 1).unwrap_or(i32::MAX);
    let Some(mut day) = as_of.checked_sub(Duration::days(i64::from(years_back) * 366 + 31)) else { return -LIMIT };
    if !passed(day) {
        return -LIMIT;
    }
    while let Some(next) = day.next_day().filter(|next| passed(*next)) {
        day = next;
    }
    number(day)
}

/// Whole months between two dates, as [`add_months`] counts them; not below zero.
pub fn months_between(since: Date, until: Date) -> i64 {
    let months = |date: Date| i64::from(date.year()) * 12 + i64::from(u8::from(date.month()));
    let mut count = months(until) - months(since);
    while count > 0 && u32::try_from(count).ok().and_then(|m| add_months(since, m)).is_none_or(|end| end > until) {
        count -= 1;
    }
    count.max(0)
}

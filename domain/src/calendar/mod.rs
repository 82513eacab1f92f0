//! The working calendar (工作日历): when the city's offices are at work, and how limits are counted in that time.
//!
//! All rules are those of Asia/Shanghai, which has been UTC+8 without daylight saving time since 1992.

mod holidays;
#[cfg(feature = "server")]
mod keep;
pub mod words;

pub use holidays::name as holiday_name;
#[cfg(feature = "server")]
pub use keep::{Days, built_in};

use serde::{Deserialize, Serialize};
use std::str::FromStr;
use time::{Date, Duration, OffsetDateTime, Time, UtcOffset, Weekday};

/// The city's offset from UTC.
pub const SHANGHAI: UtcOffset = match UtcOffset::from_hms(8, 0, 0) {
    Ok(offset) => offset,
    Err(_) => UtcOffset::UTC,
};

/// The instant on the city's clock.
pub fn local(at: OffsetDateTime) -> OffsetDateTime {
    at.to_offset(SHANGHAI)
}

/// The first instant of a day in the city.
pub fn midnight(day: Date) -> OffsetDateTime {
    day.midnight().assume_offset(SHANGHAI)
}

/// A limit in working time. A working day counts the working hours of one day (seven). Written `5d`, `12h`, `30m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Span {
    /// Working days.
    Days(u32),
    /// Working hours.
    Hours(u32),
    /// Working minutes.
    Minutes(u32),
}

impl FromStr for Span {
    type Err = CalendarError;

    /// Reads `5d`, `12h`, `30m`.
    fn from_str(text: &str) -> Result<Span, CalendarError> {
        let fault = || CalendarError::Span(text.to_owned());
        let text = text.trim();
        let unit = text.chars().last().ok_or_else(fault)?;
        let count: u32 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| fault())?;
        match unit {
            'd' => Ok(Span::Days(count)),
            'h' => Ok(Span::Hours(count)),
            'm' => Ok(Span::Minutes(count)),
            _ => Err(fault()),
        }
    }
}

impl Span {
    /// Reads what people write too: `5 个工作日`, `1 个工作小时`, `30 分钟`.
    ///
    /// # Errors
    /// [`CalendarError::Span`].
    pub fn from_words(text: &str) -> Result<Span, CalendarError> {
        let plain: String = crate::text::half_width(text).chars().filter(|c| !c.is_whitespace() && *c != '个').collect();
        for (words, unit) in [("工作日", 'd'), ("工作小时", 'h'), ("小时", 'h'), ("分钟", 'm')] {
            if let Some(count) = plain.strip_suffix(words) {
                return format!("{count}{unit}").parse();
            }
        }
        plain.parse()
    }
}

impl TryFrom<String> for Span {
    type Error = CalendarError;

    fn try_from(text: String) -> Result<Span, CalendarError> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> String {
        match span {
            Span::Days(count) => format!("{count}d"),
            Span::Hours(count) => format!("{count}h"),
            Span::Minutes(count) => format!("{count}m"),
        }
    }
}

impl std::fmt::Display for Span {
    /// `10 个工作日`, `1 个工作小时`, `30 分钟`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Span::Days(count) => write!(f, "{count} 个工作日"),
            Span::Hours(count) => write!(f, "{count} 个工作小时"),
            Span::Minutes(count) => write!(f, "{count} 分钟"),
        }
    }
}

/// What the calendar cannot do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// A span that is not a number and a unit.
    #[error("“{0}”不是工作时限：请写数字加 d（天）、h（小时）或 m（分钟），例如 5d")]
    Span(String),
    /// A due time beyond what a date can hold, or further than the calendar looks (20 years).
    #[error("时限太长，超出日历范围")]
    TooFar,
    /// Working hours that overlap, are empty or leave the day.
    #[error("工作时间设置不对：{0}")]
    Hours(String),
}

/// The end of a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The instant, on the city's clock.
    pub due: OffsetDateTime,
    /// Days off that were passed over on the way, the starting day included.
    pub skipped: Vec<Date>,
}

/// Immutable; share it behind an `Arc`.
#[derive(Debug, Clone)]
pub struct WorkCalendar {
    /// Working intervals of a day in seconds from midnight, sorted, disjoint.
    hours: Vec<(u32, u32)>,
    /// Days that differ from the plain week, sorted; `true` is at work.
    days: Vec<(Date, bool)>,
    covered_until: Date,
}

impl Default for WorkCalendar {
    /// 09:00-12:00 and 13:30-17:30, with the holidays of `holidays`.
    fn default() -> WorkCalendar {
        let (year, month, day) = holidays::COVERED_UNTIL;
        WorkCalendar {
            hours: vec![(9 * 3600, 12 * 3600), (13 * 3600 + 1800, 17 * 3600 + 1800)],
            days: holidays::table(),
            covered_until: holidays::date(year, month, day),
        }
    }
}

impl WorkCalendar {
    /// Other working hours, as pairs of minutes from midnight.
    ///
    /// # Errors
    /// [`CalendarError::Hours`] when they are empty, overlap or leave the day.
    pub fn with_hours(mut self, hours: &[(u32, u32)]) -> Result<WorkCalendar, CalendarError> {
        let fault = |why: &str| Err(CalendarError::Hours(why.to_owned()));
        if hours.is_empty() {
            return fault("没有时段");
        }
        let mut last = 0;
        for (from, to) in hours {
            if from >= to || *to > 24 * 60 {
                return fault("时段的开始须早于结束，且不超过 24:00");
            }
            if *from < last {
                return fault("时段须按先后排列，不能重叠");
            }
            last = *to;
        }
        self.hours = hours.iter().map(|(from, to)| (from * 60, to * 60)).collect();
        Ok(self)
    }

    /// Adds dated exceptions of an administrator; a later one for the same day wins. `covered_until` moves on year by year, as
    /// far as every year has days: a gap stays a gap that the software warns of.
    #[must_use]
    pub fn with_days(mut self, extra: &[(Date, bool)]) -> WorkCalendar {
        for (day, working) in extra {
            match self.days.binary_search_by_key(day, |known| known.0) {
                Ok(index) => self.days[index].1 = *working,
                Err(index) => self.days.insert(index, (*day, *working)),
            }
        }
        while extra.iter().any(|(day, _)| day.year() == self.covered_until.year() + 1) {
            self.covered_until = holidays::date(self.covered_until.year() + 1, 12, 31);
        }
        self
    }

    /// The same hours with the built-in days alone.
    #[must_use]
    pub fn plain(&self) -> WorkCalendar {
        WorkCalendar { hours: self.hours.clone(), ..WorkCalendar::default() }
    }

    /// The days of a year that differ from the plain week, with `true` for a day at work.
    pub fn special_days(&self, year: i32) -> Vec<(Date, bool)> {
        let differs = |day: Date| self.is_working_day(day) == matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let first = holidays::date(year, 1, 1);
        let days = std::iter::successors(Some(first), |day| day.next_day()).take_while(|day| day.year() == year);
        days.filter(|day| differs(*day)).map(|day| (day, self.is_working_day(day))).collect()
    }

    /// How long before the end of the table somebody is reminded.
    const NOTICE: Duration = Duration::days(60);

    /// Whether next year's days should be known by now: limits that reach past the table are counted by the plain week.
    pub fn ends_soon(&self, today: Date) -> bool {
        self.covered_until < today + WorkCalendar::NOTICE
    }

    /// The last day whose holidays are known; later days follow the plain week and the days fixed by law.
    pub fn covered_until(&self) -> Date {
        self.covered_until
    }

    /// Working seconds of one day.
    fn day_seconds(&self) -> u64 {
        self.hours.iter().map(|(from, to)| u64::from(to - from)).sum()
    }

    /// The length of a span in working time.
    pub fn length(&self, span: Span) -> Duration {
        let seconds = match span {
            Span::Days(days) => u64::from(days) * self.day_seconds(),
            Span::Hours(hours) => u64::from(hours) * 3600,
            Span::Minutes(minutes) => u64::from(minutes) * 60,
        };
        Duration::seconds(seconds as i64)
    }

    /// True when offices are at work on that day.
    pub fn is_working_day(&self, day: Date) -> bool {
        if let Ok(index) = self.days.binary_search_by_key(&day, |known| known.0) {
            return self.days[index].1;
        }
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        !(weekend || day > self.covered_until && holidays::fixed_by_law(day))
    }

    /// True when the instant is inside working hours of a working day, the closing excluded.
    pub fn is_working_time(&self, at: OffsetDateTime) -> bool {
        let at = local(at);
        let second = second_of_day(at.time());
        self.is_working_day(at.date()) && self.hours.iter().any(|(from, to)| (*from..*to).contains(&second))
    }

    /// The instant `span` of working time after `from`. Outside working time the count starts at the next opening; an end that
    /// meets a boundary is the closing, not the next opening.
    ///
    /// # Errors
    /// [`CalendarError::TooFar`] beyond 20 years.
    pub fn add(&self, from: OffsetDateTime, span: Span) -> Result<Due, CalendarError> {
        self.add_working_time(from, self.length(span))
    }

    /// As [`WorkCalendar::add`], with a length in working time (not negative).
    ///
    /// # Errors
    /// [`CalendarError::TooFar`] beyond 20 years.
    pub fn add_working_time(&self, from: OffsetDateTime, length: Duration) -> Result<Due, CalendarError> {
        let start = local(from);
        let mut left = u64::try_from(length.whole_seconds()).unwrap_or(0);
        let mut day = start.date();
        let mut second = second_of_day(start.time());
        let mut skipped = Vec::new();
        for _ in 0..366 * 20 {
            if self.is_working_day(day) {
                for (open, close) in &self.hours {
                    let begin = second.max(*open);
                    if begin >= *close {
                        continue;
                    }
                    let room = u64::from(close - begin);
                    if left <= room {
                        let due = at_second(day, begin + left as u32);
                        return Ok(Due { due, skipped });
                    }
                    left -= room;
                }
            } else {
                skipped.push(day);
            }
            day = day.next_day().ok_or(CalendarError::TooFar)?;
            second = 0;
        }
        Err(CalendarError::TooFar)
    }

    /// Working time between two instants; zero when `to` is not after `from`.
    pub fn working_between(&self, from: OffsetDateTime, to: OffsetDateTime) -> Duration {
        let (from, to) = (local(from), local(to));
        if to <= from {
            return Duration::ZERO;
        }
        let mut total: i64 = 0;
        let mut day = from.date();
        while day <= to.date() {
            if self.is_working_day(day) {
                let first = if day == from.date() { second_of_day(from.time()) } else { 0 };
                let last = if day == to.date() { second_of_day(to.time()) } else { 24 * 3600 };
                for (open, close) in &self.hours {
                    total += i64::from(last.min(*close)) - i64::from(first.max(*open).min(last.min(*close)));
                }
            }
            match day.next_day() {
                Some(next) => day = next,
                None => break,
            }
        }
        Duration::seconds(total)
    }

    /// When a clock with this start and end begins to warn: at 80 % of its working time, and for limits longer than a
    /// working day no later than one working day before the end (loop rules, "Clocks").
    pub fn warn_at(&self, since: OffsetDateTime, due: OffsetDateTime) -> OffsetDateTime {
        let total = self.working_between(since, due).whole_seconds();
        let day = self.day_seconds() as i64;
        let used = if total > day { (total * 4 / 5).min(total - day) } else { total * 4 / 5 };
        self.add_working_time(since, Duration::seconds(used)).map_or(due, |warn| warn.due.min(due))
    }
}

fn second_of_day(time: Time) -> u32 {
    u32::from(time.hour()) * 3600 + u32::from(time.minute()) * 60 + u32::from(time.second())
}

fn at_second(day: Date, second: u32) -> OffsetDateTime {
    midnight(day) + Duration::seconds(i64::from(second))
}

#[cfg(test)]
mod tests;

//! Times in words: a date is a date and a weekday and what is left.

use super::{WorkCalendar, local};
use time::{Date, Duration, OffsetDateTime, Weekday};

/// 周一 … 周日.
pub fn weekday(day: Date) -> &'static str {
    match day.weekday() {
        Weekday::Monday => "周一",
        Weekday::Tuesday => "周二",
        Weekday::Wednesday => "周三",
        Weekday::Thursday => "周四",
        Weekday::Friday => "周五",
        Weekday::Saturday => "周六",
        Weekday::Sunday => "周日",
    }
}

/// `11月27日 周五`.
pub fn day(day: Date) -> String {
    format!("{}月{}日 {}", u8::from(day.month()), day.day(), weekday(day))
}

/// `11月27日 16:00`, `今天 16:00`, `昨天 16:00`, `明天 16:00`, or with the year when it is another one.
pub fn moment(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let (at, now) = (local(at), local(now));
    let clock = format!("{:02}:{:02}", at.hour(), at.minute());
    match (at.date() - now.date()).whole_days() {
        0 => format!("今天 {clock}"),
        -1 => format!("昨天 {clock}"),
        1 => format!("明天 {clock}"),
        _ if at.year() == now.year() => format!("{}月{}日 {clock}", u8::from(at.month()), at.day()),
        _ => format!("{}年{}月{}日 {clock}", at.year(), u8::from(at.month()), at.day()),
    }
}

/// `11月27日 周五 16:00 前`, `今天 17:30 前`.
pub fn due(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let there = local(at);
    let clock = format!("{:02}:{:02}", there.hour(), there.minute());
    match (there.date() - local(now).date()).whole_days() {
        0 => format!("今天 {clock} 前"),
        1 => format!("明天 {clock} 前"),
        _ => dated_due(at),
    }
}

/// `2026年11月27日 16:00`: on paper nothing is 今天.
pub fn dated(at: OffsetDateTime) -> String {
    let at = local(at);
    format!("{}年{}月{}日 {:02}:{:02}", at.year(), u8::from(at.month()), at.day(), at.hour(), at.minute())
}

/// `11月27日 周五 16:00 前`, whenever it is read.
pub fn dated_due(at: OffsetDateTime) -> String {
    let at = local(at);
    format!("{} {:02}:{:02} 前", day(at.date()), at.hour(), at.minute())
}

impl WorkCalendar {
    /// `还剩 2 个工作日`, `还剩 3 小时`, `还剩 25 分钟`, `已超期 1 个工作日`. Of what ended on Friday evening no working time has gone by on Saturday: late it is.
    pub fn remaining(&self, now: OffsetDateTime, due: OffsetDateTime) -> String {
        let left = self.working_between(now.min(due), now.max(due));
        match (now <= due, left < Duration::MINUTE) {
            (true, true) => "还剩不到 1 分钟".to_owned(),
            (true, false) => format!("还剩 {}", self.amount(left)),
            (false, true) => "已超期".to_owned(),
            (false, false) => format!("已超期 {}", self.amount(left)),
        }
    }

    /// A length of working time in the largest unit that fits.
    pub fn amount(&self, length: Duration) -> String {
        let seconds = length.whole_seconds();
        let day = self.day_seconds() as i64;
        if seconds >= day {
            format!("{} 个工作日", seconds / day)
        } else if seconds >= 3600 {
            format!("{} 小时", seconds / 3600)
        } else {
            format!("{} 分钟", seconds / 60)
        }
    }
}

//! 挂账跟踪: what cannot be solved in time stays open, with an answer promised by a day, which promises the next.

use super::case::Case;
use super::{Refusal, rule, worded};
use crate::calendar::{CalendarError, Span, WorkCalendar, local, midnight};
use crate::issue::event::Event;
use time::OffsetDateTime;

/// The most working days ahead that an answer is promised *(assumed)*: a month.
pub const MOST_AHEAD: u32 = 22;

/// The end of the day that is so many working days ahead.
///
/// # Errors
/// As [`WorkCalendar::add`].
pub fn by_end_of(days: u32, now: OffsetDateTime, calendar: &WorkCalendar) -> Result<OffsetDateTime, CalendarError> {
    let day = local(calendar.add(now, Span::Days(days))?.due).date();
    Ok(calendar.add(midnight(day), Span::Days(1))?.due)
}

impl Case<'_> {
    pub(super) fn track(&self, days: u32, reason: &str) -> Result<Event, Refusal> {
        Ok(Event::Tracked { reason: worded(reason, "给企业的说明", 5, 500)?, promised: self.promised(days)? })
    }

    pub(super) fn report(&self, text: &str, days: u32) -> Result<Event, Refusal> {
        let late = self.issue.promise.is_some_and(|clock| self.now > clock.due);
        Ok(Event::Reported { text: worded(text, "跟踪答复", 5, 2000)?, promised: self.promised(days)?, late })
    }

    fn promised(&self, days: u32) -> Result<OffsetDateTime, Refusal> {
        if days == 0 || days > MOST_AHEAD {
            return rule("promise_days", format!("下一次答复的日期可以在 1 到 {MOST_AHEAD} 个工作日后"));
        }
        Ok(by_end_of(days, self.now, &self.terms.calendar)?)
    }
}

//! 申请延期: asked by the department in time and once a round, granted or refused by the centre; only what was granted moves the due time.

use super::case::Case;
use super::{Refusal, rule, worded};
use crate::calendar::{CalendarError, Span, WorkCalendar, words};
use crate::issue::event::Event;
use crate::issue::{CommandKind, Issue, Terms};
use time::{Duration, OffsetDateTime};

/// It is asked for at least this long before the answer is due.
const AHEAD: Span = Span::Days(1);

/// The most working days that may be asked for: as many as the limit of its level *(assumed)*, and those that are begun count.
pub fn longest_extension(issue: &Issue, now: OffsetDateTime, terms: &Terms) -> u32 {
    let day = terms.calendar.length(Span::Days(1)).whole_minutes();
    let limit = terms.calendar.length(terms.limits_of(issue, now).answer(issue.level)).whole_minutes();
    u32::try_from((limit + day - 1) / day.max(1)).unwrap_or(1).max(1)
}

/// When the answer would be due.
///
/// # Errors
/// As [`WorkCalendar::add`].
pub fn extended_to(issue: &Issue, days: u32, calendar: &WorkCalendar) -> Result<OffsetDateTime, CalendarError> {
    let due = issue.answer.map_or(OffsetDateTime::UNIX_EPOCH, |clock| clock.due);
    Ok(calendar.add(due, Span::Days(days))?.due)
}

/// Once a round, and in time.
pub(super) fn may_ask(issue: &Issue, now: OffsetDateTime, terms: &Terms) -> Result<(), Refusal> {
    if issue.extensions > 0 {
        return rule("extended", "每次办理只能申请一次延期，请按期办理，或先给企业阶段性答复");
    }
    let left = issue.answer.map_or(Duration::ZERO, |clock| terms.calendar.working_between(now, clock.due));
    if left < terms.calendar.length(AHEAD) {
        return rule("extend_late", "延期须在答复期限前至少 1 个工作日申请，现在已经来不及");
    }
    Ok(())
}

/// On what was asked for; once the answer is overdue nothing makes it due later.
pub(super) fn may_rule(issue: &Issue, kind: CommandKind, now: OffsetDateTime) -> Result<(), Refusal> {
    if issue.extension.is_none() {
        return rule("no_extension", "现在没有待决定的延期申请");
    }
    match issue.answer {
        // A pause that began after the end holds nothing any more.
        Some(clock) if kind == CommandKind::Grant && issue.clock_at(now) > clock.due => {
            let due = words::due(clock.due, now);
            rule("grant_late", format!("答复期限（{due}）已过，不能再同意延期"))
        }
        _ => Ok(()),
    }
}

impl Case<'_> {
    pub(super) fn extend(&self, days: u32, reason: &str) -> Result<Event, Refusal> {
        let most = longest_extension(self.issue, self.now, self.terms);
        if days == 0 || days > most {
            return rule("extend_days", format!("可以延长 1 到 {most} 个工作日"));
        }
        let reason = worded(reason, "延期理由", 5, 500)?;
        Ok(Event::ExtensionAsked { days, reason, wanted: extended_to(self.issue, days, &self.terms.calendar)? })
    }

    pub(super) fn grant(&self, reason: &str) -> Result<Event, Refusal> {
        let days = self.issue.extension.unwrap_or_default();
        let reason = worded(reason, "给企业的说明", 5, 500)?;
        let from = self.issue.answer.map_or(self.now, |clock| clock.due);
        Ok(Event::Extended { reason, from, answer_due: extended_to(self.issue, days, &self.terms.calendar)?, days })
    }
}

//! 联合办理: one department leads, others answer a part each; the lead joins them, and answers the enterprise.

use super::case::Case;
use super::{Refusal, rule, worded};
use crate::actor::{Actor, DepartmentId, Duty};
use crate::calendar::Span;
use crate::issue::event::Event;
use crate::issue::{CommandKind, Issue, Part};
use time::OffsetDateTime;

/// Parts are owed so long before the answer *(assumed)*, or at half of what is left where that is less than two days.
const AHEAD: Span = Span::Days(1);

/// The department that acts.
pub(super) fn department(actor: &Actor) -> Option<DepartmentId> {
    match actor {
        Actor::Staff { duty: Duty::Handler { department }, .. } => Some(*department),
        _ => None,
    }
}

fn owed(issue: &Issue) -> impl Iterator<Item = &Part> {
    issue.parts.iter().filter(|part| !part.done)
}

/// The lead answers once every part is there, or was waived.
pub(super) fn may_answer(issue: &Issue) -> Result<(), Refusal> {
    match owed(issue).count() {
        0 => Ok(()),
        count => rule("parts", format!("还有 {count} 个协办部门没有答复；等它们答复，或请企服中心免去协办后，再答复企业")),
    }
}

pub(super) fn may(issue: &Issue, kind: CommandKind, actor: &Actor) -> Result<(), Refusal> {
    let own = |part: &Part| Some(part.department) == department(actor);
    match kind {
        CommandKind::Part if !owed(issue).any(own) => rule("part_none", "本部门现在没有要答复的协办"),
        CommandKind::Waive if owed(issue).next().is_none() => rule("part_none", "现在没有要等的协办部门"),
        _ => Ok(()),
    }
}

impl Case<'_> {
    pub(super) fn part(&self, text: &str, actor: &Actor) -> Result<Event, Refusal> {
        let Some(part) = owed(self.issue).find(|part| Some(part.department) == department(actor)) else {
            return rule("part_none", "本部门现在没有要答复的协办");
        };
        let text = worded(text, "协办答复", 5, 2000)?;
        Ok(Event::PartAnswered { department: part.department, text, late: self.issue.clock_at(self.now) > part.due })
    }

    pub(super) fn waive(&self, department: DepartmentId, reason: &str) -> Result<Event, Refusal> {
        if !owed(self.issue).any(|part| part.department == department) {
            return rule("part_none", "请选择还没有答复的协办部门");
        }
        Ok(Event::PartWaived { department, reason: worded(reason, "免去协办的理由", 5, 500)? })
    }

    /// When parts are owed, where there are co-departments.
    pub(super) fn part_due(
        &self,
        co: &[DepartmentId],
        answer_due: Option<OffsetDateTime>,
    ) -> Result<Option<OffsetDateTime>, Refusal> {
        let Some(answer_due) = answer_due.filter(|_| !co.is_empty()) else { return Ok(None) };
        let (left, ahead) = (self.terms.calendar.working_between(self.now, answer_due), self.terms.calendar.length(AHEAD));
        let length = if left > ahead * 2 { left - ahead } else { left / 2 };
        let minutes = u32::try_from(length.whole_minutes()).unwrap_or(0);
        // Past the answer's end it is owed at once.
        Ok(Some(if minutes == 0 { self.now } else { self.due(self.now, Span::Minutes(minutes))? }))
    }
}

//! 并案: two issues of one enterprise about one thing. One goes on for both, the other ends with a pointer; what was owed is owed there.

use super::case::Case;
use super::{Refusal, rule, worded};
use crate::issue::CommandKind;
use crate::issue::Issue;
use crate::issue::command::Target;
use crate::issue::event::Event;
use crate::issue::table::transition;

/// What is owed of this very issue does not end by a merger: it is the one that goes on.
pub(super) fn may(issue: &Issue) -> Result<(), Refusal> {
    if issue.supervision.is_some() || issue.inquiry.is_some() {
        return rule("merge_supervised", "这件诉求正在督办或被询问，不能并入别的；请把另一件并入这一件");
    }
    if issue.referred || issue.tasks.iter().any(|task| !task.confirmed) {
        return rule("merge_tasks", "这件诉求有会议或交办事项没有办完，不能并入别的；请把另一件并入这一件");
    }
    Ok(())
}

impl Case<'_> {
    pub(super) fn merge(&self, into: &Target, reason: &str) -> Result<Event, Refusal> {
        self.same(into)?;
        if !transition(CommandKind::Absorb).is_some_and(|row| row.from.contains(&into.state)) {
            return rule("merge_ended", format!("{} 是“{}”，请选择还没有答复的诉求", into.number, into.state));
        }
        Ok(Event::Merged { into: into.number.clone(), reason: worded(reason, "给企业的说明", 5, 500)? })
    }

    /// What was promised earlier is owed earlier, whichever of the two goes on.
    pub(super) fn absorb(&self, from: &Target) -> Result<Event, Refusal> {
        self.same(from)?;
        let own = self.issue.answer.filter(|clock| clock.runs()).map(|clock| clock.due);
        let answer_due = from.due.zip(own).and_then(|(due, own)| (due < own).then_some(due));
        Ok(Event::Absorbed { from: from.number.clone(), answer_due, promised: from.due, instructed: from.instructed })
    }

    fn same(&self, other: &Target) -> Result<(), Refusal> {
        if other.itself {
            return rule("merge_itself", "不能并入自己，请选择另一件");
        }
        if other.enterprise != self.issue.enterprise {
            return rule("merge_other", "只能并入同一家企业的诉求");
        }
        Ok(())
    }
}

//! What a round allows: how often the enterprise is asked, and who may give an issue to whom.

use super::{Refusal, rule};
use crate::calendar::{Span, words};
use crate::issue::limits::Limits;
use crate::issue::{Issue, State, Terms};
use time::OffsetDateTime;

/// How often the enterprise may be asked to supply in one round.
pub(super) const MOST_ASKS: u16 = 2;

/// How many working minutes the clock may still stand still in this round.
pub(super) fn pause_left(issue: &Issue, limits: &Limits, terms: &Terms) -> u32 {
    let all = u32::try_from(terms.calendar.length(limits.pause_cap).whole_minutes()).unwrap_or(0);
    all.saturating_sub(issue.paused_minutes)
}

/// The centre dispatches what it accepted or got back. What a department has already it may give to another one from the second round
/// on, once: its second ruling of a round is final.
pub(super) fn may_dispatch(issue: &Issue) -> Result<(), Refusal> {
    if issue.state == State::Accepted {
        return Ok(());
    }
    if issue.round < 2 {
        return rule("dispatch_held", "部门正在办理；首次办理中由部门退回后才能改交其他部门");
    }
    if issue.rulings > 0 {
        return rule("dispatch_final", "本次办理已改交过，须由部门退回后再决定");
    }
    Ok(())
}

/// A department may send a dispatch back once a round, within `window`, that is up to `last`, unless it is the centre's second ruling.
pub(super) fn may_return(issue: &Issue, now: OffsetDateTime, window: Span, last: OffsetDateTime) -> Result<(), Refusal> {
    if issue.returns > 0 || issue.rulings > 1 {
        return rule("return_final", "企服中心第二次交办为最终决定，不能再退回");
    }
    if now > last {
        return rule("return_late", format!("退回须在交办后 {window}内（{}）", words::due(last, now)));
    }
    Ok(())
}

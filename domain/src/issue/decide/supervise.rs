//! 督办 (S-8): ordered on what is abnormal, verified and issued, explained, done and confirmed, reviewed (复盘), signed off.

use super::case::Case;
use super::{Refusal, rule, worded};
use crate::actor::{Actor, Duty};
use crate::issue::event::Event;
use crate::issue::supervision::Stage;
use crate::issue::{CommandKind, Issue, Terms};
use time::OffsetDateTime;

/// What stands against a step of the order whatever is written.
pub(super) fn may(issue: &Issue, kind: CommandKind, now: OffsetDateTime) -> Result<(), Refusal> {
    let abnormal = !issue.flags.is_empty() || issue.late_at().is_some_and(|due| due <= now);
    match (kind, &issue.supervision) {
        (CommandKind::Supervise, Some(_)) => rule("supervised", "这件诉求已经在督办"),
        (CommandKind::Supervise, None) if !abnormal => rule("not_abnormal", "这件诉求没有异常，不需要督办"),
        (CommandKind::Supervise, None) => Ok(()),
        (_, None) => rule("not_supervised", "这件诉求没有在督办"),
        (CommandKind::Verify, Some(order)) if order.issued => rule("issued", "督办单已经下达"),
        (CommandKind::Explain | CommandKind::Review, Some(order)) if !order.issued => {
            rule("not_issued", "企服中心还没有核实下达督办单")
        }
        (CommandKind::Explain, Some(order)) if order.explained => rule("explained", "原因和措施已经说明"),
        (CommandKind::Review, Some(order)) if order.reviewed => rule("reviewed", "复盘已经写好"),
        (CommandKind::SignOff, Some(order)) => {
            let lacking = [
                (order.explained || issue.lead.is_none(), "部门还没有说明原因和措施"),
                // Silence is no confirmation, and after joint supervision it does not keep the order open for ever either.
                (issue.confirmed() || order.joint() && issue.silent(), "企业还没有确认问题已解决"),
                (order.reviewed, "还没有写复盘"),
            ];
            match lacking.iter().find(|(there, _)| !there) {
                Some((_, sentence)) => rule("sign_off", format!("{sentence}，不能销号督办单")),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// A new order, whoever gives it.
pub(in crate::issue) fn ordered(reason: String, now: OffsetDateTime, terms: &Terms) -> Result<Event, Refusal> {
    let due = |stage: Stage| terms.calendar.add(now, stage.limit()).map(|due| due.due);
    let (verify_due, explain_due, done_due) = (due(Stage::Verify)?, due(Stage::Explain)?, due(Stage::Done)?);
    Ok(Event::Supervised { reason, verify_due, explain_due, done_due })
}

impl Case<'_> {
    /// The centre's own order is verified as it is written.
    pub(super) fn supervise(&self, reason: &str, actor: &Actor) -> Result<Vec<Event>, Refusal> {
        let reason = worded(reason, "督办理由", 5, 500)?;
        let mut events = vec![ordered(reason.clone(), self.now, self.terms)?];
        if matches!(actor, Actor::Staff { duty: Duty::Centre { .. }, .. }) {
            events.push(Event::OrderIssued { note: reason });
        }
        Ok(events)
    }

    pub(super) fn explain(&self, cause: &str, measures: &str) -> Result<Event, Refusal> {
        let late = self.issue.supervision.as_ref().is_some_and(|order| self.now > order.due[1]);
        Ok(Event::Explained { cause: worded(cause, "原因", 5, 1000)?, measures: worded(measures, "措施", 5, 1000)?, late })
    }

    /// What nobody confirmed is signed off with a reason.
    pub(super) fn sign_off(&self, note: &str) -> Result<Event, Refusal> {
        let note =
            if self.issue.confirmed() { worded(note, "销号说明", 0, 500)? } else { worded(note, "销号的理由", 5, 500)? };
        Ok(Event::SignedOff { note })
    }

    pub(super) fn review(&self, cause: &str, responsibility: &str, change: &str) -> Result<Event, Refusal> {
        Ok(Event::Reviewed {
            cause: worded(cause, "原因", 5, 1000)?,
            responsibility: worded(responsibility, "责任", 2, 1000)?,
            change: worded(change, "要改的规则", 2, 1000)?,
        })
    }
}

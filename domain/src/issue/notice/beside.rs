//! Who hears of parts, of tasks, and of what was promised.

use super::{Recipient, Words, instant, supervisors};
use crate::actor::CITY;
use crate::issue::Issue;
use crate::issue::clock::Step;
use crate::issue::event::Event;
use crate::issue::texts::TextKey;

pub(super) fn told(event: &Event, after: &Issue) -> Vec<(Vec<Recipient>, Words)> {
    let centre = Recipient::Centre(after.centre);
    let lead = || after.lead.map(Recipient::Department);
    let doer = |task: u16| after.tasks.get(usize::from(task)).map(|task| Recipient::Department(task.department));
    let due = |at| vec![("due", instant(at))];
    match event {
        Event::Dispatched { co, co_due: Some(co_due), .. } => {
            vec![(co.iter().copied().map(Recipient::Department).collect(), (TextKey::HandlerCo, due(*co_due)))]
        }
        Event::Redispatched { co_due: Some(co_due), .. } => {
            vec![(after.co.iter().copied().map(Recipient::Department).collect(), (TextKey::HandlerCo, due(*co_due)))]
        }
        Event::PartAnswered { text, .. } => {
            vec![(lead().into_iter().collect(), (TextKey::HandlerPart, vec![("text", text.clone())]))]
        }
        Event::PartWaived { department, reason } => {
            let told = lead().into_iter().chain([Recipient::Department(*department)]).collect();
            vec![(told, (TextKey::HandlerWaived, vec![("reason", reason.clone())]))]
        }
        Event::PartOverdue { department, due: end } => {
            let told = lead().into_iter().chain([Recipient::Department(*department), centre]).collect();
            vec![(told, (TextKey::PartOverdue, due(*end)))]
        }
        Event::Consulted(decision) | Event::Resolved(decision) => decision
            .tasks
            .iter()
            .map(|task| {
                let values = vec![("text", task.what.clone()), ("due", instant(task.due))];
                (vec![Recipient::Department(task.department)], (TextKey::TaskGiven, values))
            })
            .collect(),
        Event::Referred { reason } => {
            vec![(vec![Recipient::Leader(CITY)], (TextKey::LeaderReferred, vec![("text", reason.clone())]))]
        }
        Event::TaskDone { text, .. } => vec![(vec![centre], (TextKey::TaskDone, vec![("text", text.clone())]))],
        Event::TaskConfirmed { task, .. } => vec![(doer(*task).into_iter().collect(), (TextKey::TaskConfirmed, vec![]))],
        Event::TaskReturned { task, reason } => {
            vec![(doer(*task).into_iter().collect(), (TextKey::TaskReturned, vec![("reason", reason.clone())]))]
        }
        Event::TaskOverdue { task, due: end } => {
            let told = doer(*task).into_iter().chain([centre]).chain(supervisors(after)).collect();
            vec![(told, (TextKey::TaskOverdue, due(*end)))]
        }
        // Whoever owes it and the centre hear of it as of every limit.
        Event::Overdue { step: Step::Promise, due: end, .. } => {
            vec![(supervisors(after).collect(), (TextKey::PromiseOverdue, due(*end)))]
        }
        _ => Vec::new(),
    }
}

//! When two write: what happened to an issue since a page was shown, in words for whoever wrote meanwhile.

use crate::issue::timeline::lines;
use crate::request::Clock;
use domain::actor::{Actor, StaffId};
use domain::issue::CommandKind;
use domain::issue::permission::sees_internal;
use store::issue::IssueDetail;

/// How a refusal begins that tells what happened meanwhile.
pub const MOVED: &str = "这件诉求刚刚有新进展";

/// So many of the latest events are told.
const TOLD: usize = 3;
/// So much of what an event says.
const WORDS: usize = 60;

/// Whether a command says or decides something that what happened meanwhile may change. All do but those that are true whatever happened: what was
/// done already is only noted, what is set in motion is refused by its state where it is under way, and what is asked or ordered from above stands.
pub fn weighs(kind: CommandKind) -> bool {
    !matches!(
        kind,
        CommandKind::Contact
            | CommandKind::Sign
            | CommandKind::Instruct
            | CommandKind::Supervise
            | CommandKind::Verify
            | CommandKind::Inquire
            | CommandKind::Complete
    )
}

fn account(actor: &Actor) -> Option<StaffId> {
    if let Actor::Staff { id, .. } = actor { Some(*id) } else { None }
}

/// What others wrote after an event; none where nobody did. The clock's own events are no reason to stop anybody.
pub fn since(detail: &IssueDetail, version: u32, me: &Actor, clock: &Clock) -> Option<String> {
    let version = i32::try_from(version).unwrap_or(i32::MAX);
    let own =
        |actor: &Actor| matches!(actor, Actor::System) || (matches!(actor, Actor::Staff { .. }) && account(actor) == account(me));
    let others: Vec<i32> = detail.events.iter().filter(|row| row.seq > version && !own(&row.actor)).map(|row| row.seq).collect();
    if others.is_empty() {
        return None;
    }
    let told =
        lines(detail, sees_internal(me), clock).into_iter().filter(|line| others.contains(&line.seq)).take(TOLD).map(|line| {
            let body: String = line.body.chars().take(WORDS).collect();
            let more = if line.body.chars().count() > WORDS { "…" } else { "" };
            let said = if body.is_empty() { String::new() } else { format!("“{body}{more}”") };
            format!("{} {} {}{said}", line.when.words, line.who, line.title)
        });
    let told = told.collect::<Vec<_>>().join("；");
    Some(format!("{MOVED}：{told}。您填写的内容还在，请看过再提交"))
}

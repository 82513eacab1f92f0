//! 异常件 (S-7): by which rule a flag was raised, by which event, and by which it went. Read off the events, which are the evidence.

use super::event::Event;
use super::{Flag, Issue, evolve};
use crate::actor::Actor;
use crate::calendar::WorkCalendar;
use time::OffsetDateTime;

/// A flag with its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    pub flag: Flag,
    /// The number of the event that raised it.
    pub seq: u32,
    pub at: OffsetDateTime,
    /// The number of the event that ended it, and when.
    pub cleared: Option<(u32, OffsetDateTime)>,
}

impl Flag {
    /// The rule that raises it, as the pages say it.
    pub fn rule(self) -> &'static str {
        match self {
            Flag::Warning => "时限用去 80%，或剩余不足 1 个工作日",
            Flag::Overdue => "时限已到，还没有完成",
            Flag::Dissatisfied => "企业评价或回访时不满意，或说没解决",
            Flag::AnsweredLate => "答复时已超过期限",
            Flag::Redispatched => "答复未被认可或办结后问题又出现，再次交办",
            Flag::Disagreed => "同一次答复，评价和回访说法不一致",
            Flag::Supervised => "已督办，督办单还没有销号",
            Flag::Instructed => "领导批示",
        }
    }
}

/// Every flag that an issue ever bore, in the order in which they were raised. `issue` is the draft its events begin with.
pub fn raised<'a>(
    mut issue: Issue,
    events: impl Iterator<Item = (&'a Event, OffsetDateTime, &'a Actor)>,
    calendar: &WorkCalendar,
) -> Vec<Raised> {
    let mut list: Vec<Raised> = Vec::new();
    for (event, at, actor) in events {
        let before = issue.flags.clone();
        issue = evolve(issue, event, at, actor, calendar);
        let seq = issue.version;
        let clear = |list: &mut Vec<Raised>, flag: Flag| {
            if let Some(raised) = list.iter_mut().rev().find(|raised| raised.flag == flag && raised.cleared.is_none()) {
                raised.cleared = Some((seq, at));
            }
        };
        before.iter().filter(|flag| !issue.flags.contains(flag)).for_each(|flag| clear(&mut list, *flag));
        let new = issue.flags.iter().filter(|flag| !before.contains(flag));
        list.extend(new.map(|flag| Raised { flag: *flag, seq, at, cleared: None }));
    }
    list
}

//! One table that says who may do what to which issue. PostgreSQL's row-level security repeats [`may_read`] as a second wall.

use super::Issue;
use super::command::CommandKind;
use super::state::State;
use super::table::{Who, transition};
use crate::actor::{Actor, AreaCode, DepartmentId, Duty, EnterpriseId, StationId, area_covers};

/// What decides whether an issue may be read.
#[derive(Debug, Clone)]
pub struct IssueScope<'a> {
    pub enterprise: EnterpriseId,
    /// District of the filing.
    pub area: AreaCode,
    /// The centre responsible.
    pub centre: AreaCode,
    /// The lead of its board, while it may accept or forward it ([`Issue::with_board_lead`]).
    pub board_lead: Option<DepartmentId>,
    /// 主办.
    pub lead: Option<DepartmentId>,
    /// 协办, and whoever has something to do by a decision ([`Issue::taking_part`]).
    pub co: &'a [DepartmentId],
    /// The station it was filed at.
    pub station: Option<StationId>,
    /// The station that serves the enterprise.
    pub enterprise_station: Option<StationId>,
    /// The key of the channel that filed it.
    pub key: Option<i64>,
    /// True when a flag is up, or a clock has warned or run out (S-7).
    pub abnormal: bool,
    /// Supervision has had to do with it ([`Issue::watched`]).
    pub watched: bool,
}

/// One row of the reading table, as documentation and test data.
pub struct ReadRule {
    /// The role's code.
    pub role: &'static str,
    /// Which issues it reads.
    pub reads: &'static str,
    /// Whether internal notes are among what it reads.
    pub internal: bool,
}

/// Who reads what. Nobody else reads anything.
pub const READING: &[ReadRule] = &[
    ReadRule { role: "member", reads: "issues of the enterprise chosen in the session", internal: false },
    ReadRule { role: "station", reads: "issues filed at the station or of enterprises it serves", internal: false },
    ReadRule { role: "centre", reads: "issues of its area or handed to its centre", internal: true },
    ReadRule {
        role: "handler",
        // To have forwarded one gives no reading: the timeline says who did, the department whose business it is has it.
        reads: "issues its department leads or takes part in; as the lead of a board those of a department without people on site, until \
            they are dispatched (S-4)",
        internal: true,
    },
    ReadRule {
        role: "supervisor",
        reads: "abnormal issues of its area, those about to be late among them, and what it asked about, ordered or was told of (S-7, S-8)",
        internal: true,
    },
    ReadRule { role: "leader", reads: "every issue of its area", internal: true },
    ReadRule { role: "key", reads: "issues that came in by it (S-5)", internal: false },
    ReadRule { role: "policy_editor", reads: "none", internal: false },
    ReadRule { role: "administrator", reads: "none", internal: false },
];

pub fn may_read(actor: &Actor, issue: &IssueScope<'_>) -> bool {
    match actor {
        Actor::Member { enterprise, .. } | Actor::Assisted { enterprise, .. } => *enterprise == issue.enterprise,
        Actor::System => true,
        // Which words of it, `crate::api` says.
        Actor::Integration { key, .. } => issue.key == Some(*key),
        Actor::Staff { duty, .. } => match duty {
            Duty::Station { station, .. } => issue.station == Some(*station) || issue.enterprise_station == Some(*station),
            Duty::Centre { area } => area_covers(*area, issue.area) || area_covers(*area, issue.centre),
            Duty::Handler { department } => {
                [issue.lead, issue.board_lead].contains(&Some(*department)) || issue.co.contains(department)
            }
            Duty::Supervisor { area } => (issue.abnormal || issue.watched) && area_covers(*area, issue.area),
            Duty::Leader { area } => area_covers(*area, issue.area),
            Duty::PolicyEditor { .. } | Duty::Administrator { .. } => false,
        },
    }
}

/// Whether internal notes are shown to this actor.
pub fn sees_internal(actor: &Actor) -> bool {
    match actor {
        Actor::System => true,
        Actor::Staff { duty, .. } => READING.iter().any(|rule| rule.role == duty.code() && rule.internal),
        Actor::Member { .. } | Actor::Assisted { .. } | Actor::Integration { .. } => false,
    }
}

/// Whether this actor may give a command of this kind to this issue, its state apart.
pub fn may_command(actor: &Actor, kind: CommandKind, issue: &Issue) -> bool {
    transition(kind).is_some_and(|row| row.who.iter().any(|who| is(actor, *who, issue)))
}

fn is(actor: &Actor, who: Who, issue: &Issue) -> bool {
    match (who, actor) {
        (Who::Member, Actor::Member { enterprise, .. }) | (Who::Assisted, Actor::Assisted { enterprise, .. }) => {
            *enterprise == issue.enterprise
        }
        // What is not filed yet has no centre: whether its place is theirs, `decide` asks.
        (Who::Centre, Actor::Staff { duty: Duty::Centre { area }, .. }) => {
            issue.state == State::Draft || area_covers(*area, issue.centre)
        }
        (Who::BoardLead, Actor::Staff { duty: Duty::Handler { department }, .. }) => {
            issue.with_board_lead().is_some_and(|board| board.lead == *department)
        }
        (Who::Lead, Actor::Staff { duty: Duty::Handler { department }, .. }) => issue.lead == Some(*department),
        (Who::Co, Actor::Staff { duty: Duty::Handler { department }, .. }) => issue.co.contains(department),
        (Who::Doer, Actor::Staff { duty: Duty::Handler { department }, .. }) => {
            issue.tasks.iter().any(|task| task.department == *department)
        }
        (Who::Station, Actor::Staff { duty: Duty::Station { station, .. }, .. }) => {
            issue.station == Some(*station) || issue.serving == Some(*station)
        }
        // Its own filings only: another channel may speak for the same enterprise.
        (Who::Integration, Actor::Integration { key, enterprise }) => {
            *enterprise == issue.enterprise && (issue.state == State::Draft || issue.key == Some(*key))
        }
        (Who::Leader, Actor::Staff { duty: Duty::Leader { area }, .. })
        // As they read it: by the district of the filing.
        | (Who::Supervisor, Actor::Staff { duty: Duty::Supervisor { area }, .. }) => area_covers(*area, issue.filed_area),
        (Who::System, Actor::System) => true,
        _ => false,
    }
}

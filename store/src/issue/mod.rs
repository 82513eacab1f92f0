//! Issues (诉求): events, their projection, and the lists over it.

mod abnormal;
mod call_back;
mod desk;
mod execute;
pub mod figures;
mod find;
pub mod history;
pub mod invariants;
pub mod measure;
mod narrowed;
mod read;
pub mod record;
mod related;
pub mod snapshot;
pub(crate) mod tally;
mod task;
pub mod template;
pub mod view;
pub mod work;
pub mod work_figure;
mod write;

pub use abnormal::{ABNORMAL_COUNTED, abnormal, abnormal_counts};
pub use call_back::{COUNTED, CallBackRow, ExtensionRow, call_backs, call_backs_owed, extensions};
pub use desk::{DeskCounts, FOUND, HISTORY, Opener, Queue, counts, history, queue, search, similar};
pub use execute::execute;
pub(crate) use execute::{By, execute_in};
pub use find::{FOUND_MINE, find_mine};
pub use narrowed::{Line, Wanted, narrowed, whole};
pub use read::{
    EventRow, FileRow, History, HomeIssues, HomePage, IssueDetail, MineFilter, PhotoRow, detail, home, home_page, mine, versions,
};
pub use related::{MERGEABLE, Related, goes_on_in, mergeable, related};
pub use task::{TASKS, TaskRow, tasks};
pub use write::{CommandError, Executed, Filed, Filing, alarming, file, lapsing};
pub(crate) use write::{differs_from_events, file_in, parse};

use crate::{NEVER, StoreError};
use domain::issue::{Flag, State};
use time::OffsetDateTime;

/// An issue as lists show it.
#[derive(Debug, Clone)]
pub struct IssueRow {
    pub id: i64,
    pub number: String,
    pub enterprise_name: String,
    pub title: String,
    pub category: String,
    pub state: State,
    pub round: i32,
    /// Responsible centre.
    pub centre: i32,
    /// 主办 department.
    pub lead: Option<i64>,
    pub submitted_at: OffsetDateTime,
    /// The answer's promise.
    pub due_at: Option<OffsetDateTime>,
    /// When the earliest running clock warns.
    pub warn_at: Option<OffsetDateTime>,
    /// When it is late.
    pub late_at: Option<OffsetDateTime>,
    pub answered_at: Option<OffsetDateTime>,
    /// Returned by a department and not yet dispatched again.
    pub returned: bool,
    pub flags: Vec<Flag>,
    pub last_event_at: OffsetDateTime,
}

/// The columns behind [`IssueRow`], as the macros read them.
struct RawRow {
    id: i64,
    number: String,
    enterprise_name: String,
    title: String,
    category: String,
    state: String,
    round: i32,
    centre: i32,
    lead: Option<i64>,
    submitted_at: OffsetDateTime,
    due_at: Option<OffsetDateTime>,
    warn_at: OffsetDateTime,
    late_at: OffsetDateTime,
    answered_at: Option<OffsetDateTime>,
    returned: bool,
    flags: Vec<String>,
    last_event_at: OffsetDateTime,
}

impl TryFrom<RawRow> for IssueRow {
    type Error = StoreError;

    fn try_from(raw: RawRow) -> Result<IssueRow, StoreError> {
        let unknown = || StoreError::Unreadable(format!("issue {} in state {}", raw.number, raw.state));
        let running = |at: OffsetDateTime| (at < NEVER).then_some(at);
        Ok(IssueRow {
            state: State::from_code(&raw.state).ok_or_else(unknown)?,
            warn_at: running(raw.warn_at),
            late_at: running(raw.late_at),
            flags: raw.flags.iter().filter_map(|code| Flag::from_code(code)).collect(),
            id: raw.id,
            number: raw.number,
            enterprise_name: raw.enterprise_name,
            title: raw.title,
            category: raw.category,
            round: raw.round,
            centre: raw.centre,
            lead: raw.lead,
            submitted_at: raw.submitted_at,
            due_at: raw.due_at,
            answered_at: raw.answered_at,
            returned: raw.returned,
            last_event_at: raw.last_event_at,
        })
    }
}

fn rows(raw: Vec<RawRow>) -> Result<Vec<IssueRow>, StoreError> {
    raw.into_iter().map(IssueRow::try_from).collect()
}

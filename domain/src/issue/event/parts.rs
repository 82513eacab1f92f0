//! What some events are made of.

use crate::actor::DepartmentId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// What departments that were called together, or the joint meeting, decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The day it was held, as its first instant.
    #[serde(with = "time::serde::rfc3339")]
    pub held: OffsetDateTime,
    /// Who was there.
    pub who: String,
    /// Only the offices read it.
    pub decisions: String,
    /// The same for the enterprise.
    pub told: String,
    pub tasks: Vec<Task>,
}

/// 交办事项.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    pub department: DepartmentId,
    pub what: String,
    #[serde(with = "time::serde::rfc3339")]
    pub due: OffsetDateTime,
}

/// On what an issue was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum CloseBasis {
    /// The enterprise said that it is solved and that it is content.
    Rated,
    /// Ten working days without a rating, and a call-back was tried.
    CallBack {
        /// On what grounds besides the record of the call; in events of before, that record itself.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
    },
}

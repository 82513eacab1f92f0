//! Who acts: members of enterprises, staff with a duty and a scope, the system itself.
//!
//! An [`Actor`] is what authorisation and the issue loop see; how a request became one (cookie, session, integration key) is not
//! the domain's business.

use serde::{Deserialize, Serialize};

/// Identifier of an enterprise (企业).
pub type EnterpriseId = i64;
/// Identifier of a natural person who signs in with a phone (联系人/经办人).
pub type PersonId = i64;
/// Identifier of a staff account (工作人员).
pub type StaffId = i64;
/// Identifier of a department (部门).
pub type DepartmentId = i64;
/// Identifier of a station (企服驿站).
pub type StationId = i64;
/// Administrative area code as a number, e.g. 330500 the city, 330502 吴兴区.
pub type AreaCode = i32;

/// The city itself: 湖州市. Its centre and staff reach every district (S-1).
pub const CITY: AreaCode = 330_500;

/// True when the scope `outer` contains `inner`: the city contains its districts, an area contains itself.
pub fn area_covers(outer: AreaCode, inner: AreaCode) -> bool {
    outer == inner || (outer % 100 == 0 && outer / 100 == inner / 100)
}

/// What a person is to an enterprise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    /// 负责人: may do everything, add agents included.
    Owner,
    /// 经办人: files, supplies and rates; what else, `member::RULES` says.
    Agent,
}

impl MemberRole {
    /// As stored, and as forms send it.
    pub fn code(self) -> &'static str {
        match self {
            MemberRole::Owner => "owner",
            MemberRole::Agent => "agent",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            MemberRole::Owner => "负责人",
            MemberRole::Agent => "经办人",
        }
    }

    pub fn parse(code: &str) -> Option<MemberRole> {
        [MemberRole::Owner, MemberRole::Agent].into_iter().find(|role| role.code() == code)
    }
}

/// The duty (岗位) of a staff account together with its scope. One account has one duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Duty {
    /// 驿站专员: files with and for members, in the area of the station (S-3).
    Station {
        station: StationId,
        /// Its district.
        area: AreaCode,
    },
    /// 企服中心: accepts and dispatches in its area (S-5).
    Centre {
        /// City or district.
        area: AreaCode,
    },
    /// 部门经办: handles what is dispatched to the department (S-4).
    Handler { department: DepartmentId },
    /// 监督: reads every abnormal issue of its area (S-8), and what it has had to do with.
    Supervisor {
        /// City or district.
        area: AreaCode,
    },
    /// 领导: reads every issue of the area.
    Leader {
        /// City or district.
        area: AreaCode,
    },
    /// 政策编辑: edits policies; no business with issues.
    PolicyEditor {
        /// City or district.
        area: AreaCode,
    },
    /// 系统管理员: organisations, accounts and settings of its area; no business with issues.
    Administrator {
        /// City or district.
        area: AreaCode,
    },
}

impl Duty {
    /// The stable code of the role, as stored.
    pub fn code(&self) -> &'static str {
        match self {
            Duty::Station { .. } => "station",
            Duty::Centre { .. } => "centre",
            Duty::Handler { .. } => "handler",
            Duty::Supervisor { .. } => "supervisor",
            Duty::Leader { .. } => "leader",
            Duty::PolicyEditor { .. } => "policy_editor",
            Duty::Administrator { .. } => "administrator",
        }
    }

    pub fn label(&self) -> &'static str {
        match self {
            Duty::Station { .. } => "驿站专员",
            Duty::Centre { .. } => "企服中心",
            Duty::Handler { .. } => "部门经办",
            Duty::Supervisor { .. } => "监督",
            Duty::Leader { .. } => "领导",
            Duty::PolicyEditor { .. } => "政策编辑",
            Duty::Administrator { .. } => "系统管理员",
        }
    }
}

/// Who gives a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// A person acting for an enterprise.
    Member {
        person: PersonId,
        /// The enterprise chosen in the session.
        enterprise: EnterpriseId,
        /// What the person is to it.
        role: MemberRole,
    },
    /// 代办: station staff acting with and for a member; both are recorded.
    Assisted {
        /// The staff account at the keyboard.
        staff: StaffId,
        station: StationId,
        /// The member beside it.
        person: PersonId,
        /// The member's enterprise.
        enterprise: EnterpriseId,
    },
    /// A staff account.
    Staff {
        /// The account.
        id: StaffId,
        /// Its duty and scope.
        duty: Duty,
    },
    /// Another channel (S-5), by its key, for an enterprise that turned to it: it files, and passes on what the enterprise says of its filings.
    Integration {
        /// The key.
        key: i64,
        enterprise: EnterpriseId,
    },
    /// The clock: limits that ran out.
    System,
}

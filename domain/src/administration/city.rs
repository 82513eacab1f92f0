//! A whole city as one workbook sets it up: its organisations, what its issues are decided by, and the first accounts of its people.

use super::{Area, Department, Station};
use crate::calendar::Days;
use crate::catalogue::{Board, Category, Responsible};
use crate::issue::limits::Spans;
use crate::vocabulary::vocabulary;
use time::Date;

vocabulary! {
    /// The duties an account may have; the codes are those of [`crate::actor::Duty`].
    Role {
        Administrator = "administrator", "系统管理员";
        Centre = "centre", "企服中心";
        Handler = "handler", "部门经办";
        Station = "station", "驿站专员";
        Supervisor = "supervisor", "监督";
        Leader = "leader", "领导";
        PolicyEditor = "policy_editor", "政策编辑";
    }
}

impl Role {
    /// The role of this code or label.
    pub fn find(text: &str) -> Option<Role> {
        let text = text.trim();
        Role::from_code(text).or_else(|| Role::ALL.iter().copied().find(|role| role.label() == text))
    }
}

/// An account to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Sign-in name.
    pub login: String,
    pub name: String,
    pub role: Role,
    /// What it is responsible for: the code of a department for a handler, of a station for its staff, of an area for the others.
    pub scope: String,
}

/// What there shall be. What is there besides stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct City {
    pub areas: Vec<Area>,
    pub departments: Vec<Department>,
    pub stations: Vec<Station>,
    pub boards: Vec<Board>,
    pub categories: Vec<Category>,
    /// Whose business a category is in a district, where somebody says so.
    pub responsible: Vec<Responsible>,
    /// Limits and the day from which they hold; none: from today on. Sorted by the day.
    pub limits: Vec<(Option<Date>, Spans)>,
    pub days: Vec<Days>,
    pub accounts: Vec<Account>,
}

/// Whether a text can be a sign-in name.
pub fn is_login(text: &str) -> bool {
    crate::staff::login(text).as_deref() == Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Duty;

    #[test]
    fn roles_are_those_of_the_duties() {
        for duty in [
            Duty::Station { station: 1, area: 1 },
            Duty::Centre { area: 1 },
            Duty::Handler { department: 1 },
            Duty::Supervisor { area: 1 },
            Duty::Leader { area: 1 },
            Duty::PolicyEditor { area: 1 },
            Duty::Administrator { area: 1 },
        ] {
            assert_eq!(Role::find(duty.label()).map(Role::code), Some(duty.code()));
            assert_eq!(Role::find(duty.code()).map(Role::label), Some(duty.label()));
        }
    }
}

//! 板块牵头单位 (S-4): who accepts and forwards for a department without people in the centre. It is no handler by that.

use super::{Issue, State, Terms};
use crate::actor::{Actor, AreaCode, DepartmentId, Duty, area_covers};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Who stands in, and for whom: written with the filing and with the acceptance, so that what was filed goes on as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardLead {
    /// The department that leads the board of the issue's category: it may accept and forward.
    pub lead: DepartmentId,
    /// The one whose business it is, with nobody in the centre: it handles.
    pub absent: DepartmentId,
}

/// A department as far as the rule asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    pub id: DepartmentId,
    /// What the catalogue names it by.
    pub code: String,
    /// The city's, or a district's.
    pub area: AreaCode,
    /// 入驻: it has people in the centre.
    pub on_site: bool,
    /// A closed one gets nothing new.
    pub active: bool,
}

impl Terms {
    /// Who stands in for whom, for a category in an area by the catalogue of `at`: the lead of the category's board where the department whose business
    /// it is has nobody in the centre, and the lead has. Both serve the area.
    pub fn board_lead(&self, category: &str, area: AreaCode, at: OffsetDateTime) -> Option<BoardLead> {
        let catalogue = self.catalogue.at(at);
        let known = catalogue.category(category)?;
        let office = |code: &str, on_site: bool| {
            let fits = |office: &&Office| {
                office.code == code && office.active && office.on_site == on_site && area_covers(office.area, area)
            };
            self.offices.iter().find(fits).map(|office| office.id)
        };
        let absent = office(catalogue.route(known, area), false)?;
        let lead = office(&catalogue.board(&known.board)?.lead, true)?;
        Some(BoardLead { lead, absent })
    }
}

impl Issue {
    /// Who stands in now: until it is dispatched. What was objected to and what a department returned is the centre's.
    pub fn with_board_lead(&self) -> Option<BoardLead> {
        self.board_lead.filter(|_| matches!(self.state, State::Submitted | State::Accepted))
    }

    /// Whether this actor has to do with it as its board's lead, and by nothing else.
    pub fn only_as_board_lead(&self, actor: &Actor) -> bool {
        let Actor::Staff { duty: Duty::Handler { department }, .. } = actor else { return false };
        let takes_part = self.lead == Some(*department) || self.taking_part().contains(department);
        !takes_part && self.with_board_lead().is_some_and(|board| board.lead == *department)
    }
}

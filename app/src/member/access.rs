//! Whoever keeps members: owners of an enterprise, desks that register them; and whose role lets a member do what.

use super::read::withheld;
use crate::access::{Access, Member};
use crate::error::AppError;
use crate::request::Ctx;
use domain::actor::{AreaCode, Duty};
use domain::member::Right;
use store::identity::StaffIdentity;

/// As in [`crate::access`], the first line of a use case is one of these.
impl Ctx {
    /// An owner of the enterprise chosen: whoever keeps its members.
    ///
    /// # Errors
    /// As [`Ctx::require_member`]; [`AppError::Forbidden`] for an agent.
    pub fn require_owner(&self) -> Result<Member, AppError> {
        let member = self.require_member()?;
        if Right::Members.is_for(member.enterprise.role) { Ok(member) } else { Err(AppError::Forbidden) }
    }

    /// A member whose role lets it do this.
    ///
    /// # Errors
    /// As [`Ctx::require_member`]; [`AppError::Refused`] with who may instead.
    pub async fn require_right(&mut self, right: Right) -> Result<Member, AppError> {
        let me = self.require_member()?;
        match withheld(self, right).await? {
            None => Ok(me),
            Some(sentence) => Err(AppError::Refused(sentence)),
        }
    }

    /// Whoever registers members in person, with the area whose enterprises it does so for.
    ///
    /// # Errors
    /// As [`Ctx::require_staff`].
    pub fn require_registrar(&self) -> Result<(StaffIdentity, AreaCode), AppError> {
        let staff = self.require(Access::Registrar)?;
        match staff.duty {
            Duty::Station { area, .. } | Duty::Centre { area } => Ok((staff, area)),
            _ => Err(AppError::Forbidden),
        }
    }

    /// Centre staff, with their area.
    ///
    /// # Errors
    /// As [`Ctx::require_staff`].
    pub fn require_centre(&self) -> Result<(StaffIdentity, AreaCode), AppError> {
        let staff = self.require(Access::Centre)?;
        match staff.duty {
            Duty::Centre { area } => Ok((staff, area)),
            _ => Err(AppError::Forbidden),
        }
    }
}

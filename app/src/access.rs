//! Every door of the space in one list ([`doors`]), with who may pass: page, form post, server function, file, stream. What is not in it stays
//! shut. The guard of `server` asks here before a byte of a body is read; a test compares the list with what is really there and
//! walks all of it as everybody. Which objects one may see, the use case and row-level security decide.

mod doors;

pub use doors::{DOORS, Door, Kind, door};

use crate::error::{AppError, Stop};
use crate::form::{Form, WHOSE};
use crate::request::Ctx;
use domain::actor::{Actor, AreaCode, CITY, Duty, EnterpriseId, StationId};
use domain::security::FactorRule;
use store::identity::{Chosen, Identity, PersonIdentity, Session, StaffIdentity};
use store::policy::application::Reviewer;
use time::Duration;

/// Who may pass a door at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Anybody who signed in; what they may read decides.
    SignedIn,
    /// A person who signed in, enterprise chosen or not.
    Person,
    /// A member acting for an enterprise.
    Member,
    /// Staff, even with a first password: where it is changed.
    FirstPassword,
    /// Staff whose second factor may still be missing: where it is set up.
    Enrolment,
    /// Any staff.
    Staff,
    /// Staff with business in issues.
    Desk,
    /// Whoever looks on: leaders and supervisors.
    Overseer,
    /// Whoever reads an issue's whole file (案卷): supervision, leaders and centres.
    Record,
    /// Whoever is measured by the six indicators, or measures by them.
    Measured,
    /// Station staff.
    Station,
    /// Whoever registers members in person: centres and stations.
    Registrar,
    /// Centre staff.
    Centre,
    /// Policy editors.
    Policy,
    /// Whoever reviews applications for policies.
    Reviewer,
    /// Administrators.
    Administrator,
}

impl Access {
    /// Whether whoever has this session may pass.
    ///
    /// # Errors
    /// [`Stop::Error`] for whoever may not, [`Stop::Redirect`] where something comes first: an enterprise to be chosen, a first password
    /// to be changed, a second factor to be set up.
    pub fn admit(self, session: Option<&Session>, rule: FactorRule) -> Result<(), Stop> {
        let who = session.map(|session| &session.identity);
        match self {
            Access::Public => Ok(()),
            Access::SignedIn => who.map(|_| ()).ok_or(Stop::Error(AppError::Unauthenticated)),
            Access::Person => Ok(person(who).map(|_| ())?),
            Access::Member => {
                if person(who)?.enterprise.is_none() {
                    return Err(Stop::redirect("/enterprises"));
                }
                Ok(())
            }
            Access::FirstPassword => Ok(any_staff(who).map(|_| ())?),
            Access::Enrolment
            | Access::Staff
            | Access::Desk
            | Access::Overseer
            | Access::Record
            | Access::Measured
            | Access::Station
            | Access::Registrar
            | Access::Centre
            | Access::Policy
            | Access::Reviewer
            | Access::Administrator => {
                let staff = any_staff(who)?;
                if !self.has_business(&staff.duty) {
                    return Err(Stop::Error(AppError::Forbidden));
                }
                if staff.must_change_password {
                    return Err(Stop::redirect("/desk/account"));
                }
                if self != Access::Enrolment && lacks_factor(staff, rule) {
                    return Err(Stop::redirect("/desk/account/factor"));
                }
                Ok(())
            }
        }
    }

    /// Whether a duty has business behind such a door.
    pub fn has_business(self, duty: &Duty) -> bool {
        match self {
            Access::Public | Access::SignedIn | Access::FirstPassword | Access::Enrolment | Access::Staff => true,
            Access::Person | Access::Member => false,
            Access::Desk => !matches!(duty, Duty::PolicyEditor { .. } | Duty::Administrator { .. }),
            Access::Overseer => matches!(duty, Duty::Leader { .. } | Duty::Supervisor { .. }),
            Access::Record => matches!(duty, Duty::Centre { .. } | Duty::Leader { .. } | Duty::Supervisor { .. }),
            Access::Measured => {
                matches!(duty, Duty::Centre { .. } | Duty::Handler { .. } | Duty::Leader { .. } | Duty::Supervisor { .. })
            }
            Access::Station => matches!(duty, Duty::Station { .. }),
            Access::Registrar => matches!(duty, Duty::Station { .. } | Duty::Centre { .. }),
            Access::Centre => matches!(duty, Duty::Centre { .. }),
            Access::Policy => matches!(duty, Duty::PolicyEditor { .. }),
            Access::Reviewer => matches!(duty, Duty::PolicyEditor { .. } | Duty::Handler { .. }),
            Access::Administrator => matches!(duty, Duty::Administrator { .. }),
        }
    }
}

fn person(who: Option<&Identity>) -> Result<&PersonIdentity, AppError> {
    match who {
        None => Err(AppError::Unauthenticated),
        Some(Identity::Person(person)) => Ok(person),
        Some(Identity::Staff(_)) => Err(AppError::Forbidden),
    }
}

fn any_staff(who: Option<&Identity>) -> Result<&StaffIdentity, AppError> {
    match who {
        None => Err(AppError::Unauthenticated),
        Some(Identity::Staff(staff)) => Ok(staff),
        Some(Identity::Person(_)) => Err(AppError::Forbidden),
    }
}

/// Whether an account is one that has a second factor.
pub fn needs_factor(staff: &StaffIdentity, rule: FactorRule) -> bool {
    rule.requires(&staff.duty, staff.reviews)
}

/// Whether an account has to set up a second factor before it does anything.
pub fn lacks_factor(staff: &StaffIdentity, rule: FactorRule) -> bool {
    needs_factor(staff, rule) && !staff.second_factor
}

/// How long a proof of who somebody is lasts, for what cannot be taken back.
const FRESH: Duration = Duration::minutes(10);

/// A member who acts for an enterprise.
#[derive(Debug, Clone)]
pub struct Member {
    /// As the domain sees it.
    pub actor: Actor,
    /// The person.
    pub person: PersonIdentity,
    /// The enterprise.
    pub enterprise: Chosen,
}

impl Member {
    /// Whether a form was written for the enterprise that is chosen now: another window may have chosen another one since.
    ///
    /// # Errors
    /// [`AppError::Refused`]; what was typed stays.
    pub fn require_form(&self, form: &Form) -> Result<(), AppError> {
        written_for(form, self.enterprise.id, &self.enterprise.name)
    }
}

/// As [`Member::require_form`], for whoever files.
pub fn written_for(form: &Form, enterprise: EnterpriseId, name: &str) -> Result<(), AppError> {
    let whose = form.value(WHOSE);
    if whose.is_empty() || whose.parse() == Ok(enterprise) {
        return Ok(());
    }
    Err(AppError::Refused(format!(
        "您在别的窗口切换到了“{name}”，这份内容是为另一家企业填写的。请切换回原来的企业再提交，内容还在"
    )))
}

/// The first line of every use case is one of these.
impl Ctx {
    /// A person who signed in, enterprise chosen or not.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`], or [`AppError::Forbidden`] for staff.
    pub fn require_person(&self) -> Result<&PersonIdentity, AppError> {
        person(self.identity())
    }

    /// A member who acts for an enterprise.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`], also where no enterprise has been chosen yet; [`AppError::Forbidden`] for staff.
    pub fn require_member(&self) -> Result<Member, AppError> {
        let person = self.require_person()?;
        let chosen = person.enterprise.clone().ok_or(AppError::Unauthenticated)?;
        Ok(Member {
            actor: Actor::Member { person: person.person, enterprise: chosen.id, role: chosen.role },
            person: person.clone(),
            enterprise: chosen,
        })
    }

    /// Anybody who signed in.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`].
    pub fn require_signed_in(&self) -> Result<&Session, AppError> {
        self.session.as_ref().ok_or(AppError::Unauthenticated)
    }

    /// Staff, even with a first password: for the account's own page.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`], or [`AppError::Forbidden`] for members.
    pub fn require_any_staff(&self) -> Result<StaffIdentity, AppError> {
        any_staff(self.identity()).cloned()
    }

    /// Whoever does what cannot be taken back (approve, pay, publish, change a library, manage accounts) has proved in the last ten minutes
    /// who they are (OWASP ASVS 3.7.1). Stands after the `require_…` that says who; the form's handler ends with `context::finish`, which
    /// asks for the password, and sends what was typed on then: nothing else is to be done.
    ///
    /// # Errors
    /// [`AppError::Unproved`].
    pub fn require_fresh(&self) -> Result<(), AppError> {
        let session = self.require_signed_in()?;
        if self.now - session.proved_at < FRESH { Ok(()) } else { Err(AppError::Unproved) }
    }

    /// Staff whose first password has been changed, and who have the second factor they need, with business behind such a door.
    pub(crate) fn require(&self, access: Access) -> Result<StaffIdentity, AppError> {
        let staff = any_staff(self.identity())?;
        let unready = staff.must_change_password || (access != Access::Enrolment && lacks_factor(staff, self.factor_rule));
        if unready || !access.has_business(&staff.duty) {
            return Err(AppError::Forbidden);
        }
        Ok(staff.clone())
    }

    /// Staff whose first password has been changed, second factor or not: for the page where it is set up.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`], or [`AppError::Forbidden`] for members.
    pub fn require_enrolment(&self) -> Result<StaffIdentity, AppError> {
        self.require(Access::Enrolment)
    }

    /// Staff whose first password has been changed.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`], or [`AppError::Forbidden`] for members.
    pub fn require_staff(&self) -> Result<StaffIdentity, AppError> {
        self.require(Access::Staff)
    }

    /// Staff with business in issues (every role but policy editor and administrator).
    ///
    /// # Errors
    /// As [`Ctx::require_staff`].
    pub fn require_desk(&self) -> Result<StaffIdentity, AppError> {
        self.require(Access::Desk)
    }

    /// Whoever looks on (领导、监督).
    ///
    /// # Errors
    /// As [`Ctx::require_staff`].
    pub fn require_overseer(&self) -> Result<StaffIdentity, AppError> {
        self.require(Access::Overseer)
    }

    /// Whoever reads an issue's whole file.
    ///
    /// # Errors
    /// As [`Ctx::require_staff`].
    pub fn require_record(&self) -> Result<StaffIdentity, AppError> {
        self.require(Access::Record)
    }

    /// Whoever is measured by the six indicators, or measures by them.
    ///
    /// # Errors
    /// As [`Ctx::require_staff`].
    pub fn require_measured(&self) -> Result<StaffIdentity, AppError> {
        self.require(Access::Measured)
    }

    /// Station staff, with their station (S-3).
    ///
    /// # Errors
    /// As [`Ctx::require_staff`].
    pub fn require_station(&self) -> Result<(StaffIdentity, StationId), AppError> {
        let staff = self.require(Access::Station)?;
        match staff.duty {
            Duty::Station { station, .. } => Ok((staff, station)),
            _ => Err(AppError::Forbidden),
        }
    }

    /// A policy editor, with the area whose items it keeps.
    ///
    /// # Errors
    /// As [`Ctx::require_staff`].
    pub fn require_policy_editor(&self) -> Result<(StaffIdentity, AreaCode), AppError> {
        let staff = self.require(Access::Policy)?;
        match staff.duty {
            Duty::PolicyEditor { area } => Ok((staff, area)),
            _ => Err(AppError::Forbidden),
        }
    }

    /// An administrator, with the area whose organisations, accounts and settings it keeps.
    ///
    /// # Errors
    /// As [`Ctx::require_staff`].
    pub fn require_administrator(&self) -> Result<(StaffIdentity, AreaCode), AppError> {
        let staff = self.require(Access::Administrator)?;
        match staff.duty {
            Duty::Administrator { area } => Ok((staff, area)),
            _ => Err(AppError::Forbidden),
        }
    }

    /// Whoever reviews applications: policy editors of the item's area, handlers of the item's department.
    ///
    /// # Errors
    /// As [`Ctx::require_staff`].
    pub fn require_reviewer(&self) -> Result<(StaffIdentity, Reviewer), AppError> {
        let staff = self.require(Access::Reviewer)?;
        let reviewer = match staff.duty {
            Duty::PolicyEditor { area } if area == CITY => Reviewer::City,
            Duty::PolicyEditor { area } => Reviewer::Area(area),
            Duty::Handler { department } => Reviewer::Department(department),
            _ => return Err(AppError::Forbidden),
        };
        Ok((staff, reviewer))
    }
}

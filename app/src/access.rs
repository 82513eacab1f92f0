//! Every door of the space in one list, with who may pass: page, form post, server function, file, stream. What is not in it stays
//! shut. The guard of `server` asks here before a byte of a body is read; a test compares the list with what is really there and
//! walks all of it as everybody. Which objects one may see, the use case and row-level security decide.

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

/// What is behind a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A route of [`crate::app::App`].
    Page,
    /// A plain form.
    Form,
    /// A server function.
    Rpc,
    /// A file that an island sends: answered as a server function is.
    Upload,
    /// A picture, a document, a table.
    File,
    /// Server-sent events.
    Stream,
    /// For machines that watch the process.
    Probe,
}

impl Kind {
    /// Whether an island asks, which is answered with [`crate::error::RpcError`] rather than with a page.
    pub fn is_for_islands(self) -> bool {
        matches!(self, Kind::Rpc | Kind::Upload)
    }
}

/// A door: method, path as axum writes it, who, what.
#[derive(Debug, Clone, Copy)]
pub struct Door {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// As axum writes it.
    pub path: &'static str,
    /// Who may.
    pub access: Access,
    /// What is behind it.
    pub kind: Kind,
}

macro_rules! doors {
    ($($kind:ident $method:ident $path:literal $access:ident;)+) => {
        /// Every door.
        pub const DOORS: &[Door] =
            &[$(Door { method: stringify!($method), path: $path, access: Access::$access, kind: Kind::$kind },)+];
    };
}

doors! {
    Page GET "/" Public;
    Probe GET "/healthz" Public;
    Probe GET "/readyz" Public;
    Form POST "/elder" Public;
    Page GET "/sign-in" Public;
    Form POST "/sign-in" Public;
    Page GET "/sign-in/code" Public;
    Form POST "/sign-in/code" Public;
    Page GET "/desk/sign-in" Public;
    Form POST "/desk/sign-in" Public;
    Page GET "/desk/sign-in/code" Public;
    Form POST "/desk/sign-in/code" Public;
    Form POST "/sign-out" Public;
    Form POST "/sign-out/everywhere" SignedIn;
    Form POST "/sign-out/device" SignedIn;
    Page GET "/enterprises" Person;
    Form POST "/enterprises" Person;

    Page GET "/home" Member;
    Page GET "/me" Member;
    Page GET "/messages" Member;
    Stream GET "/messages/events" Member;
    Form POST "/messages/open" Member;
    Form POST "/messages/read" Member;
    Rpc POST "/rpc/message/counts" SignedIn;

    Page GET "/issues" Member;
    Page GET "/issues/new" Member;
    Form POST "/issues/new" Member;
    Page GET "/issues/new/check" Member;
    Form POST "/issues/file" Member;
    Page GET "/issues/{number}" Member;
    Page GET "/issues/{number}/receipt" Member;
    Stream GET "/issues/{number}/events" Member;
    Rpc POST "/rpc/issue/progress" Member;
    Rpc POST "/rpc/issue/command" Member;
    Page GET "/issues/{number}/{command}" Member;
    Form POST "/issues/{number}/{command}" Member;
    Rpc POST "/rpc/filing/suggest" SignedIn;
    Upload POST "/photos" Member;
    File GET "/photos/{id}" SignedIn;
    File GET "/photos/{id}/thumb" SignedIn;

    Page GET "/me/members" Member;
    Form POST "/me/members" Member;
    Page GET "/me/members/{person}" Member;
    Form POST "/me/members/{person}" Member;
    Page GET "/me/portrait" Member;
    Form POST "/me/portrait" Member;
    Form POST "/me/portrait/dispute" Member;
    Page GET "/me/notices" Member;
    Form POST "/me/notices" Member;
    Page GET "/policies" Member;
    Page GET "/policies/calculator" Member;
    Form POST "/policies/calculator" Member;
    Rpc POST "/rpc/policy/state_facts" Member;
    Page GET "/policies/{code}" Member;
    Form POST "/policies/{code}/ask" Member;
    Page GET "/policies/{code}/apply" Member;
    Form POST "/policies/{code}/apply" Member;
    Page GET "/applications" Member;
    Page GET "/applications/{number}" Member;
    File GET "/applications/{number}/files/{id}" Member;
    Page GET "/applications/{number}/{command}" Member;
    Form POST "/applications/{number}/{command}" Member;

    Page GET "/desk" Staff;
    Stream GET "/desk/events" Desk;
    Page GET "/desk/issues/{number}" Desk;
    Stream GET "/desk/issues/{number}/events" Desk;
    Page GET "/desk/issues/{number}/receipt" Station;
    Form POST "/desk/issues/{number}/{command}" Desk;
    Rpc POST "/rpc/desk/list" Desk;
    Rpc POST "/rpc/desk/issue" Desk;
    Rpc POST "/rpc/desk/act" Desk;
    Rpc POST "/rpc/desk/search" Desk;
    Page GET "/desk/assist" Station;
    Page GET "/desk/assist/{enterprise}/new" Station;
    Form POST "/desk/assist/{enterprise}/new" Station;
    Page GET "/desk/assist/{enterprise}/check" Station;
    Upload POST "/desk/assist/{enterprise}/photos" Station;
    Form POST "/desk/assist/{enterprise}/file" Station;
    Page GET "/desk/members" Registrar;
    Page GET "/desk/members/enterprise" Centre;
    Form POST "/desk/members/enterprise" Centre;
    Page GET "/desk/members/{enterprise}" Registrar;
    Form POST "/desk/members/{enterprise}" Registrar;
    Form POST "/desk/members/{enterprise}/remove" Centre;
    Page GET "/desk/messages" Staff;
    Form POST "/desk/messages/open" Staff;
    Form POST "/desk/messages/read" Staff;
    Page GET "/desk/account" FirstPassword;
    Form POST "/desk/password" FirstPassword;
    Page GET "/desk/confirm" FirstPassword;
    Form POST "/desk/confirm" FirstPassword;
    Page GET "/desk/account/factor" Enrolment;
    Form POST "/desk/account/factor" Enrolment;
    Page GET "/desk/admin/security" Administrator;
    File GET "/desk/admin/security.csv" Administrator;

    Page GET "/desk/admin/boards" Administrator;
    Page GET "/desk/admin/boards/{code}" Administrator;
    Form POST "/desk/admin/boards/{code}" Administrator;
    Page GET "/desk/admin/categories" Administrator;
    Page GET "/desk/admin/categories/{code}" Administrator;
    Form POST "/desk/admin/categories/{code}" Administrator;
    Form POST "/desk/admin/categories/{code}/department" Administrator;
    Page GET "/desk/admin/limits" Administrator;
    Form POST "/desk/admin/limits" Administrator;
    Page GET "/desk/admin/calendar" Administrator;
    Form POST "/desk/admin/calendar" Administrator;
    Page GET "/desk/admin/texts" Administrator;
    Page GET "/desk/admin/texts/{code}" Administrator;
    Form POST "/desk/admin/texts/{code}" Administrator;
    Page GET "/desk/admin/staff" Administrator;
    File GET "/desk/admin/staff/table" Administrator;
    Page GET "/desk/admin/staff/new" Administrator;
    Form POST "/desk/admin/staff/new" Administrator;
    Page GET "/desk/admin/staff/{account}" Administrator;
    Form POST "/desk/admin/staff/{account}/{command}" Administrator;

    Page GET "/desk/policies" Policy;
    Page GET "/desk/policies/new" Policy;
    Form POST "/desk/policies/new" Policy;
    Form POST "/desk/policies/json" Policy;
    Rpc POST "/rpc/policy/draft/shape" Policy;
    Rpc POST "/rpc/policy/draft/preview" Policy;
    Page GET "/desk/policies/libraries" Policy;
    Form POST "/desk/policies/libraries" Policy;
    Page GET "/desk/policies/{code}/edit" Policy;
    Form POST "/desk/policies/{code}/edit" Policy;
    File GET "/desk/policies/{code}/json" Policy;
    Page GET "/desk/policies/{code}/evaluation" Policy;
    File GET "/desk/policies/{code}/evaluation.xlsx" Policy;
    Form POST "/desk/policies/{code}/{step}" Policy;
    Page GET "/desk/facts" Policy;
    Form POST "/desk/facts" Policy;
    File GET "/desk/facts/template" Policy;
    Page GET "/desk/applications" Reviewer;
    Page GET "/desk/applications/{number}" Reviewer;
    File GET "/desk/applications/{number}/files/{id}" Reviewer;
    Form POST "/desk/applications/{number}/{command}" Reviewer;

    Page GET "/desk/admin" Administrator;
    Page GET "/desk/admin/areas" Administrator;
    File GET "/desk/admin/areas/table" Administrator;
    Page GET "/desk/admin/areas/new" Administrator;
    Form POST "/desk/admin/areas/new" Administrator;
    Page GET "/desk/admin/areas/{key}" Administrator;
    Form POST "/desk/admin/areas/{key}" Administrator;
    Page GET "/desk/admin/departments" Administrator;
    File GET "/desk/admin/departments/table" Administrator;
    Page GET "/desk/admin/departments/new" Administrator;
    Form POST "/desk/admin/departments/new" Administrator;
    Page GET "/desk/admin/departments/{key}" Administrator;
    Form POST "/desk/admin/departments/{key}" Administrator;
    Page GET "/desk/admin/stations" Administrator;
    File GET "/desk/admin/stations/table" Administrator;
    Page GET "/desk/admin/stations/new" Administrator;
    Form POST "/desk/admin/stations/new" Administrator;
    Page GET "/desk/admin/stations/{key}" Administrator;
    Form POST "/desk/admin/stations/{key}" Administrator;
    Page GET "/desk/admin/log" Administrator;
    File GET "/desk/admin/log/table" Administrator;
    Page GET "/desk/admin/log/{change}" Administrator;
    Form POST "/desk/admin/log/{change}" Administrator;
}

/// The door of a method and a path as axum writes it.
pub fn door(method: &str, path: &str) -> Option<&'static Door> {
    DOORS.iter().find(|door| door.method == method && door.path == path)
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
    fn has_business(self, duty: &Duty) -> bool {
        match self {
            Access::Public | Access::SignedIn | Access::FirstPassword | Access::Enrolment | Access::Staff => true,
            Access::Person | Access::Member => false,
            Access::Desk => !matches!(duty, Duty::PolicyEditor { .. } | Duty::Administrator { .. }),
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

/// Whether an account has to set up a second factor before it does anything.
pub fn lacks_factor(staff: &StaffIdentity, rule: FactorRule) -> bool {
    rule.requires(&staff.duty) && !staff.second_factor
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

    /// Whoever moves money has a second factor, where the installation's rule says so.
    ///
    /// # Errors
    /// [`AppError::Refused`], with what to do.
    pub fn require_factor(&self) -> Result<(), AppError> {
        let staff = any_staff(self.identity())?;
        if staff.second_factor || !self.factor_rule.guards_money() {
            return Ok(());
        }
        Err(AppError::Refused("核准和拨付要先启用两步验证：请到“账号”里启用，再回来办理".to_owned()))
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

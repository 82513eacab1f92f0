//! Use cases: authorise, validate, call the store, answer what a page shows. The plain forms are the only door to them; islands
//! use the same forms and pages, so that there is one way to do a thing and one place to guard it.

pub mod desk;
pub mod filing;
pub mod member;
pub mod policy;
pub mod policy_desk;
pub mod policy_draft;

use domain::actor::{Actor, Duty};
use domain::calendar::{WorkCalendar, local};
use domain::issue::Refusal;
use domain::policy::version;
use domain::text::FieldError;
use std::sync::Arc;
use store::identity::{Chosen, Identity, PersonIdentity, Session, StaffIdentity};
use store::issue::CommandError;
use store::policy::Shelf;
use store::policy::application::ApplicationError;
use store::policy::item::VersionError;
use store::reference::Reference;
use store::{Conn, StoreError};
use time::{Date, OffsetDateTime};

/// What crosses the boundary when something is not to be.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Nobody is signed in.
    #[error("请先登录")]
    Unauthenticated,
    /// Signed in, but not for this.
    #[error("您没有访问这个页面的权限")]
    Forbidden,
    /// Not there, or not for these eyes.
    #[error("没有找到您要的内容")]
    NotFound,
    /// Fields to be mended.
    #[error("请检查填写的内容")]
    Invalid(Vec<FieldError>),
    /// A rule stands against it.
    #[error("{0}")]
    Refused(String),
    /// Our fault; logged under the request's id.
    #[error("系统出了点问题，请稍后再试")]
    Internal(String),
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> AppError {
        match error {
            StoreError::NotFound => AppError::NotFound,
            other => AppError::Internal(other.to_string()),
        }
    }
}

impl From<CommandError> for AppError {
    fn from(error: CommandError) -> AppError {
        match error {
            CommandError::Refused(Refusal::NotAllowed(_)) => AppError::Forbidden,
            CommandError::Refused(refusal) => AppError::Refused(refusal.to_string()),
            CommandError::Store(error) => error.into(),
        }
    }
}

impl From<ApplicationError> for AppError {
    fn from(error: ApplicationError) -> AppError {
        match error {
            ApplicationError::Refused(sentence) => AppError::Refused(sentence),
            ApplicationError::Store(error) => error.into(),
        }
    }
}

impl From<VersionError> for AppError {
    fn from(error: VersionError) -> AppError {
        match error {
            VersionError::Refused(version::Refusal::OtherArea) => AppError::Forbidden,
            VersionError::Refused(refusal) => AppError::Refused(refusal.to_string()),
            VersionError::Store(error) => error.into(),
        }
    }
}

/// A request that is being served: its connection with the scope set, who is there, and the time it is.
pub struct Ctx {
    /// The connection.
    pub conn: Conn,
    /// Who is signed in.
    pub session: Option<Session>,
    /// Now.
    pub now: OffsetDateTime,
    /// The working calendar.
    pub calendar: Arc<WorkCalendar>,
    /// Names by id.
    pub reference: Arc<Reference>,
    /// Policies in force.
    pub shelf: Arc<Shelf>,
}

impl Ctx {
    /// The day it is in the city.
    pub fn today(&self) -> Date {
        local(self.now).date()
    }

    /// A person who signed in, enterprise chosen or not.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`], or [`AppError::Forbidden`] for staff.
    pub fn require_person(&self) -> Result<&PersonIdentity, AppError> {
        match self.session.as_ref().map(|session| &session.identity) {
            None => Err(AppError::Unauthenticated),
            Some(Identity::Person(person)) => Ok(person),
            Some(Identity::Staff(_)) => Err(AppError::Forbidden),
        }
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

    /// Staff whose first password has been changed.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`], or [`AppError::Forbidden`] for members.
    pub fn require_staff(&self) -> Result<StaffIdentity, AppError> {
        match self.session.as_ref().map(|session| &session.identity) {
            None => Err(AppError::Unauthenticated),
            Some(Identity::Staff(staff)) => Ok(staff.clone()),
            Some(Identity::Person(_)) => Err(AppError::Forbidden),
        }
    }

    /// Staff with business in issues (every role but policy editor and administrator).
    ///
    /// # Errors
    /// As [`Ctx::require_staff`].
    pub fn require_desk(&self) -> Result<StaffIdentity, AppError> {
        let staff = self.require_staff()?;
        match staff.duty {
            Duty::PolicyEditor { .. } | Duty::Administrator => Err(AppError::Forbidden),
            _ => Ok(staff),
        }
    }
}

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

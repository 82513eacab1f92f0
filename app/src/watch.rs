//! Who may listen to what: an open page hears that something moved, and then asks again what there is to see.

use crate::error::AppError;
use crate::request::{Ctx, Request};
use domain::actor::{Duty, EnterpriseId, StaffId, area_covers};
use store::outbox::{Live, News};

/// What an open page listens to.
pub struct Watch {
    of: Of,
    /// It moved on while the page was on its way.
    pub behind: bool,
}

enum Of {
    /// By whom of staff; a member is not told who of the offices looks at its issue.
    Issue(i64, Option<StaffId>),
    Application(i64),
    Scope(Duty),
    Enterprise(EnterpriseId),
}

impl Watch {
    /// Whether it should be told.
    pub fn wants(&self, news: &News) -> bool {
        match (&self.of, news) {
            (Of::Issue(id, _), News::Issue(live)) => live.issue == *id,
            (Of::Issue(id, Some(staff)), News::Opened(news)) => news.opened == *id && news.by != *staff,
            (Of::Application(id), News::Application(moved)) => moved.application == *id,
            (Of::Scope(duty), News::Issue(live)) => concerns(duty, live),
            (Of::Enterprise(id), News::Issue(live)) => live.enterprise == *id,
            // It left messages too.
            (Of::Enterprise(id), News::Application(moved)) => moved.enterprise == *id,
            (Of::Issue(..) | Of::Scope(_), News::Application(_))
            | (Of::Application(_), News::Issue(_))
            | (_, News::Opened(_)) => false,
        }
    }
}

/// An issue of the own enterprise; `seen` is the version that the page shows. The connection is given back: a stream holds none.
///
/// # Errors
/// [`AppError::NotFound`] for another enterprise's.
pub async fn of_member(request: &Request, number: &str, seen: Option<i32>) -> Result<Watch, AppError> {
    one(request, number, seen, |ctx| ctx.require_member().map(|_| None)).await
}

/// An issue in the scope.
///
/// # Errors
/// [`AppError::NotFound`] outside of it.
pub async fn of_staff(request: &Request, number: &str, seen: Option<i32>) -> Result<Watch, AppError> {
    one(request, number, seen, |ctx| ctx.require_desk().map(|staff| Some(staff.id))).await
}

async fn one(
    request: &Request,
    number: &str,
    seen: Option<i32>,
    require: impl FnOnce(&Ctx) -> Result<Option<StaffId>, AppError>,
) -> Result<Watch, AppError> {
    let (staff, (id, version)) = {
        let mut ctx = request.open().await?;
        (require(&ctx)?, store::issue::versions(&mut ctx.conn, number).await?)
    };
    request.close().await;
    Ok(Watch { of: Of::Issue(id, staff), behind: seen.is_some_and(|seen| seen < version) })
}

/// An application of the own enterprise; `seen` is the number of the last event that the page shows.
///
/// # Errors
/// [`AppError::NotFound`] for another enterprise's.
pub async fn of_application(request: &Request, number: &str, seen: Option<i32>) -> Result<Watch, AppError> {
    let found = {
        let mut ctx = request.open().await?;
        ctx.require_member()?;
        store::policy::application::get(&mut ctx.conn, number).await?
    };
    request.close().await;
    Ok(Watch { of: Of::Application(found.id), behind: seen.is_some_and(|seen| seen < found.seq) })
}

/// Everything in the scope.
///
/// # Errors
/// As [`Ctx::require_desk`].
pub async fn of_desk(request: &Request) -> Result<Watch, AppError> {
    let duty = request.open().await?.require_desk()?.duty;
    request.close().await;
    Ok(Watch { of: Of::Scope(duty), behind: false })
}

/// Everything of the enterprise chosen: what a member's messages and counts come from.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn of_enterprise(request: &Request) -> Result<Watch, AppError> {
    let enterprise = request.open().await?.require_member()?.enterprise.id;
    request.close().await;
    Ok(Watch { of: Of::Enterprise(enterprise), behind: false })
}

fn concerns(duty: &Duty, live: &Live) -> bool {
    match duty {
        Duty::Centre { area } | Duty::Supervisor { area } | Duty::Leader { area } => {
            area_covers(*area, live.area) || area_covers(*area, live.centre)
        }
        Duty::Handler { department } => [live.lead, live.board_lead].contains(&Some(*department)) || live.co.contains(department),
        Duty::Station { area, .. } => *area == live.area,
        Duty::PolicyEditor { .. } | Duty::Administrator { .. } => false,
    }
}

//! Handlers of pages that are not behind the router yet.

use crate::state::AppState;
use app::error::{AppError, Next};
use app::render::{Page, PageContext, Viewer, render};
use app::request::{Ctx, Opened, Request};
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use domain::actor::Duty;
use store::identity::Identity;

pub use super::context::{Reply, internal};

#[derive(Clone)]
pub struct Req {
    pub state: AppState,
    pub request: Request,
}

impl FromRequestParts<AppState> for Req {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Req, StatusCode> {
        let request = parts.extensions.get::<Request>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
        Ok(Req { state: state.clone(), request })
    }
}

impl Req {
    pub async fn open(&self) -> Result<Opened, AppError> {
        self.request.open().await
    }

    pub fn page(&self, status: StatusCode, _: Option<&Ctx>, build: impl FnOnce() -> Page) -> Response {
        let head = self.request.head();
        let session = self.request.session();
        let context = PageContext {
            nonce: head.nonce.clone(),
            elder: head.elder,
            demo: self.state.config.demo,
            viewer: session.as_ref().map_or(Viewer::Nobody, |session| viewer(&session.identity)),
            path: head.path.clone(),
            unread: session.as_ref().map_or(0, |session| session.unread),
            assets: self.state.assets.clone(),
            flash: head.flash.clone(),
            request_id: head.request_id.clone(),
        };
        (status, Html(render(&context, build))).into_response()
    }
}

fn viewer(identity: &Identity) -> Viewer {
    match identity {
        Identity::Person(person) => Viewer::Member {
            enterprise: person.enterprise.as_ref().map(|chosen| chosen.name.clone()),
            several: person.enterprise_count > 1,
        },
        Identity::Staff(staff) => Viewer::Staff {
            name: staff.name.clone(),
            organisation: staff.organisation.clone(),
            duty: staff.duty.label(),
            assists: matches!(staff.duty, Duty::Station { .. }),
            desk: !matches!(staff.duty, Duty::PolicyEditor { .. } | Duty::Administrator),
            policies: matches!(staff.duty, Duty::PolicyEditor { .. }),
            reviews: matches!(staff.duty, Duty::PolicyEditor { .. } | Duty::Handler { .. }),
        },
    }
}

pub fn redirect(to: &str, flash: Option<&str>) -> Response {
    super::context::redirect(&Next { to: to.to_owned(), flash: flash.map(str::to_owned) })
}

pub fn status(error: &AppError) -> StatusCode {
    error.status()
}

//! What handlers take that are not use cases of `app` yet.

use crate::state::AppState;
use app::error::AppError;
use app::request::{Opened, Request};
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;

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
}

//! Pages and server functions: what the router and the islands of `app` are behind.

use super::context::{Failure, Reply, page as render};
use app::error::AppError;
use app::request::Request;
use axum::Extension;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use leptos::prelude::provide_context;

/// Any page of the router.
pub async fn page(Extension(request): Extension<Request>) -> Reply {
    render(&request, &request.head().path, StatusCode::OK, || {}).await
}

/// Any server function. A form sent there without WebAssembly would be led back to where it came from, refused or not: nothing of
/// ours does that.
pub async fn server_function(Extension(request): Extension<Request>, http: axum::extract::Request) -> Response {
    leptos_axum::handle_server_fns_with_context(move || provide_context(request.clone()), http).await.into_response()
}

/// Nothing here.
pub async fn not_found() -> Failure {
    Failure::from(AppError::NotFound)
}

//! Health, static files, and what is not there.

use crate::state::AppState;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get_service};
use tower_http::services::{ServeDir, ServeFile};

/// The process is alive.
pub async fn healthz() -> &'static str {
    "ok"
}

/// The process can serve: its database answers.
pub async fn readyz(State(state): State<AppState>) -> Response {
    if state.draining.is_cancelled() || state.shutdown.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "shutting down").into_response();
    }
    if state.store.is_ready().await {
        "ok".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "no database").into_response()
    }
}

/// While the process stops, every answer ends its connection, so that none is left that a client might write to when the process goes.
pub async fn closing(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if state.draining.is_cancelled() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The longest path of a built file, in bytes: disks know names of 255, and call a longer one a fault of theirs.
const LONGEST_NAME: usize = 200;

/// A path that no built file has is answered before a disk is asked.
async fn named(request: Request, next: Next) -> Response {
    if request.uri().path().len() > LONGEST_NAME { StatusCode::NOT_FOUND.into_response() } else { next.run(request).await }
}

/// A file of the site with how long it may be kept. What is not there is kept by nobody: of two servers the older one lacks the files that the pages of
/// the newer one name.
fn kept_for(mut response: Response, kept: &'static str) -> Response {
    let missing = response.status().is_client_error() || response.status().is_server_error();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(if missing { "no-store" } else { kept }));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Built files: hashed, they never change under their name. Compressed ones lie beside them.
pub fn hashed_files(state: &AppState) -> MethodRouter {
    let kept = if state.assets.hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let files = ServeDir::new(state.config.site.join("pkg")).precompressed_br().precompressed_gzip();
    get_service(files)
        .layer(from_fn(named))
        .layer(map_response(move |response: Response| async move { kept_for(response, kept) }))
}

/// Files at the root that keep their names.
pub fn public_files(state: &AppState) -> Router {
    ["favicon.ico", "icon.svg", "icon-192.png", "icon-512.png", "manifest.webmanifest", "robots.txt"].into_iter().fold(
        Router::new(),
        |router, name| {
            let file = ServeFile::new(state.config.site.join(name)).precompressed_br().precompressed_gzip();
            let kept = map_response(|response: Response| async move { kept_for(response, "public, max-age=86400") });
            router.route(&format!("/{name}"), get_service(file).layer(kept))
        },
    )
}

//! Pictures, to whoever may read the issue they belong to; a pending one to whoever took it.

use super::legacy::{Reply, Req, internal};
use app::error::AppError;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use uuid::Uuid;

/// The picture.
pub async fn full(req: Req, Path(id): Path<String>) -> Reply {
    serve(&req, &id, false).await
}

/// Its thumbnail.
pub async fn thumb(req: Req, Path(id): Path<String>) -> Reply {
    serve(&req, &id, true).await
}

async fn serve(req: &Req, id: &str, thumb: bool) -> Reply {
    let mut ctx = req.open().await?;
    if ctx.session.is_none() {
        return Err(AppError::Unauthenticated.into());
    }
    let id = Uuid::parse_str(id).map_err(|_| AppError::NotFound)?;
    // Row-level security decides whether the row is there for these eyes.
    if !store::photo::readable(&mut ctx.conn, id).await? {
        return Err(AppError::NotFound.into());
    }
    drop(ctx);
    let bytes = req.state.photos.get(id, thumb).await.map_err(internal)?;
    // A picture never changes under its id; only this browser may keep it.
    let headers = [(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private, max-age=86400, immutable")];
    Ok((headers, bytes).into_response())
}

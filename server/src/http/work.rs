//! The desk at work: forms.

use super::context::{Reply, finish};
use super::forms::plain;
use app::issue::desk::carried;
use app::issue::desk::work::{bulk, leave, notes, templates};
use app::request::Request;
use axum::Extension;
use axum::body::Body;
use axum::extract::Path;

/// Gives a command to many issues.
pub async fn bulk(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    let done = bulk::act(&request, &form).await;
    let page = request.head().path.clone();
    finish(&request, done, form, &page).await
}

/// Writes an internal note.
pub async fn note(Extension(request): Extension<Request>, Path(number): Path<String>, body: Body) -> Reply {
    let form = plain(body).await?;
    let page = format!("/desk/issues/{number}{}", carried(&request.head().path));
    finish(&request, notes::write(&request, &number, &form).await, form, &page).await
}

/// Gives an issue to a colleague.
pub async fn pass(Extension(request): Extension<Request>, Path(number): Path<String>, body: Body) -> Reply {
    let form = plain(body).await?;
    let page = format!("/desk/issues/{number}{}", carried(&request.head().path));
    finish(&request, notes::pass(&request, &number, &form).await, form, &page).await
}

/// Has a colleague stand in.
pub async fn begin_leave(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, leave::begin(&request, &form).await, form, leave::PATH).await
}

/// Ends that before its time.
pub async fn end_leave(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, leave::end(&request, &form).await, form, leave::PATH).await
}

/// Adds, changes or takes away a template of answers.
pub async fn template(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, templates::save(&request, &form).await, form, templates::PATH).await
}

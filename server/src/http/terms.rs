//! Forms of what administrators keep of the terms: boards, categories, limits, working days, words of messages.

use super::context::{Reply, finish};
use super::forms::plain;
use app::request::Request;
use app::terms::act::{self, BOARDS, CALENDAR, CATEGORIES, LIMITS, TEXTS};
use axum::Extension;
use axum::body::Body;
use axum::extract::Path;

/// A board, new or changed.
pub async fn board(Extension(request): Extension<Request>, Path(code): Path<String>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::save_board(&request, &code, &form).await, form, &format!("{BOARDS}/{code}")).await
}

/// A category, new or changed.
pub async fn category(Extension(request): Extension<Request>, Path(code): Path<String>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::save_category(&request, &code, &form).await, form, &format!("{CATEGORIES}/{code}")).await
}

/// Whose business a category is in a district.
pub async fn department(Extension(request): Extension<Request>, Path(code): Path<String>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::save_department(&request, &code, &form).await, form, &format!("{CATEGORIES}/{code}")).await
}

/// A version of the limits.
pub async fn limits(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::save_limits(&request, &form).await, form, LIMITS).await
}

/// Days off and days at work.
pub async fn calendar(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::save_days(&request, &form).await, form, CALENDAR).await
}

/// The words of a message.
pub async fn text(Extension(request): Extension<Request>, Path(code): Path<String>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::save_text(&request, &code, &form).await, form, &format!("{TEXTS}/{code}")).await
}

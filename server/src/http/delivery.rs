//! 通知方式 and 发送记录: forms.

use super::context::{Reply, finish};
use super::forms::plain;
use app::delivery::act::{self, ADDRESS, DELIVERIES, ROUTES};
use app::request::Request;
use axum::Extension;
use axum::body::Body;

/// Changes the table.
pub async fn save(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::save(&request, &form).await, form, ROUTES).await
}

/// Has a message sent again.
pub async fn again(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::again(&request, &form).await, form, DELIVERIES).await
}

/// Where somebody of staff wants to be reached.
pub async fn address(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::put_address(&request, &form).await, form, ADDRESS).await
}

/// To where a member wants mail.
pub async fn mail(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::put_mail(&request, &form).await, form, "/me").await
}

//! Forms about members: an owner's own, and those of the desk.

use super::context::{Reply, finish};
use super::forms::plain;
use app::member::act;
use app::request::Request;
use axum::Extension;
use axum::body::Body;
use axum::extract::Path;

/// Adds an agent.
pub async fn add(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::add(&request, &form).await, form, "/me/members").await
}

/// Removes a member, makes an owner, hands over.
pub async fn change(Extension(request): Extension<Request>, Path(person): Path<i64>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::change(&request, person, &form).await, form, &format!("/me/members/{person}")).await
}

/// Chooses whether the steps of issues come by text message.
pub async fn choose_sms(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::choose_sms(&request, &form).await, form, "/me").await
}

/// Enters an enterprise.
pub async fn enter(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::enter(&request, &form).await, form, "/desk/members/enterprise").await
}

/// Registers a person in person.
pub async fn register(Extension(request): Extension<Request>, Path(enterprise): Path<i64>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::register(&request, enterprise, &form).await, form, &format!("/desk/members/{enterprise}")).await
}

/// Takes a member out.
pub async fn strike(Extension(request): Extension<Request>, Path(enterprise): Path<i64>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::strike(&request, enterprise, &form).await, form, &format!("/desk/members/{enterprise}")).await
}

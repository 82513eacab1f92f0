//! `/api/v1`: paths, headers and bodies of the interface for channels. Who asks comes first, then the body is read.

use super::context::Reply;
use app::api::{self, Answer, ApiError, Entered};
use app::request::Request;
use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::api_key::Scope;
use http_body_util::LengthLimitError;
use serde_json::Value;

/// The largest body: a problem has 2,000 characters.
const LIMIT: usize = 64 * 1024;

/// The arguments; what cannot be read is one of no name.
type Pairs = Result<Query<Vec<(String, String)>>, QueryRejection>;

fn pairs(pairs: Pairs) -> Vec<(String, String)> {
    pairs.map_or_else(|_| vec![("?".to_owned(), String::new())], |pairs| pairs.0)
}

/// The key, as RFC 6750 has it.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
}

fn mark(headers: &HeaderMap) -> Option<&str> {
    headers.get("idempotency-key").map(|mark| mark.to_str().unwrap_or(""))
}

/// A JSON body, after whoever sends it was let in.
async fn json(entered: &mut Entered, headers: &HeaderMap, body: Body) -> Result<Vec<u8>, ApiError> {
    entered.wait();
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    if !kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
        return Err(ApiError::new(415, "media_type", None, "Content-Type 应为 application/json"));
    }
    let bytes = to_bytes(body, LIMIT).await.map_err(|error| {
        if error.into_inner().is::<LengthLimitError>() {
            ApiError::new(413, "too_large", None, format!("内容最多 {} KB", LIMIT / 1024))
        } else {
            ApiError::new(400, "broken_off", None, "内容没有传完")
        }
    })?;
    Ok(bytes.to_vec())
}

/// What an answer is written as.
pub(super) fn answer(result: Result<Answer, ApiError>) -> Response {
    let (status, body, again, retry) = match result {
        Ok(answer) => (answer.status, answer.body, answer.again, None),
        Err(error) => (error.status, serde_json::to_value(error.body()).unwrap_or(Value::Null), false, error.retry_after),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    let mut response = (status, kind, body.to_string()).into_response();
    let headers = response.headers_mut();
    if let Some(seconds) = retry.and_then(|seconds| HeaderValue::from_str(&seconds.to_string()).ok()) {
        headers.insert(header::RETRY_AFTER, seconds);
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"qifu\""));
    }
    if again {
        headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    response
}

/// The description of all of it.
pub async fn document() -> Reply {
    Ok(answer(Ok(Answer { status: 200, body: api::document::value().clone(), again: false })))
}

/// The codes that are filed with.
pub async fn categories(Extension(request): Extension<Request>) -> Reply {
    Ok(answer(api::read::codes(&request)))
}

/// Files.
pub async fn file(Extension(request): Extension<Request>, headers: HeaderMap, body: Body) -> Reply {
    let done = async {
        let mut entered = api::enter(&request, bearer(&headers), Scope::Write).await?;
        let bytes = json(&mut entered, &headers, body).await?;
        api::act::file(entered, mark(&headers), &bytes).await
    };
    Ok(answer(done.await))
}

/// The key's own.
pub async fn list(Extension(request): Extension<Request>, headers: HeaderMap, asked: Pairs) -> Reply {
    let done = async {
        let entered = api::enter(&request, bearer(&headers), Scope::Read).await?;
        api::read::list(entered, &pairs(asked)).await
    };
    Ok(answer(done.await))
}

/// One of them.
pub async fn one(Extension(request): Extension<Request>, Path(number): Path<String>, headers: HeaderMap) -> Reply {
    let done = async {
        let entered = api::enter(&request, bearer(&headers), Scope::Read).await?;
        api::read::one(entered, &number).await
    };
    Ok(answer(done.await))
}

/// What was asked for.
pub async fn supply(Extension(request): Extension<Request>, Path(number): Path<String>, headers: HeaderMap, body: Body) -> Reply {
    let done = async {
        let mut entered = api::enter(&request, bearer(&headers), Scope::Write).await?;
        let bytes = json(&mut entered, &headers, body).await?;
        api::act::supply(entered, &number, mark(&headers), &bytes).await
    };
    Ok(answer(done.await))
}

/// Nothing more is wanted.
pub async fn withdraw(
    Extension(request): Extension<Request>,
    Path(number): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Reply {
    let done = async {
        let mut entered = api::enter(&request, bearer(&headers), Scope::Write).await?;
        let bytes = json(&mut entered, &headers, body).await?;
        api::act::withdraw(entered, &number, mark(&headers), &bytes).await
    };
    Ok(answer(done.await))
}

/// What the enterprise says of the answer.
pub async fn rate(Extension(request): Extension<Request>, Path(number): Path<String>, headers: HeaderMap, body: Body) -> Reply {
    let done = async {
        let mut entered = api::enter(&request, bearer(&headers), Scope::Write).await?;
        let bytes = json(&mut entered, &headers, body).await?;
        api::act::rate(entered, &number, mark(&headers), &bytes).await
    };
    Ok(answer(done.await))
}

/// Subscriptions in force.
pub async fn webhooks(Extension(request): Extension<Request>, headers: HeaderMap) -> Reply {
    let done = async {
        let entered = api::enter(&request, bearer(&headers), Scope::Read).await?;
        api::webhook::list(entered).await
    };
    Ok(answer(done.await))
}

/// A new one.
pub async fn subscribe(Extension(request): Extension<Request>, headers: HeaderMap, body: Body) -> Reply {
    let done = async {
        let mut entered = api::enter(&request, bearer(&headers), Scope::Read).await?;
        let bytes = json(&mut entered, &headers, body).await?;
        api::webhook::subscribe(entered, &bytes).await
    };
    Ok(answer(done.await))
}

/// Ends one; a body says nothing here.
pub async fn unsubscribe(Extension(request): Extension<Request>, Path(id): Path<String>, headers: HeaderMap) -> Reply {
    let done = async {
        let entered = api::enter(&request, bearer(&headers), Scope::Read).await?;
        api::webhook::unsubscribe(entered, &id).await
    };
    Ok(answer(done.await))
}

/// What became of deliveries.
pub async fn deliveries(Extension(request): Extension<Request>, headers: HeaderMap, asked: Pairs) -> Reply {
    let done = async {
        let entered = api::enter(&request, bearer(&headers), Scope::Read).await?;
        api::webhook::deliveries(entered, &pairs(asked)).await
    };
    Ok(answer(done.await))
}

/// What was passed upward.
pub async fn exchange(Extension(request): Extension<Request>, headers: HeaderMap, asked: Pairs) -> Reply {
    let done = async {
        let entered = api::enter(&request, bearer(&headers), Scope::Exchange).await?;
        api::exchange::list(entered, &pairs(asked)).await
    };
    Ok(answer(done.await))
}

/// It arrived there.
pub async fn receive(
    Extension(request): Extension<Request>,
    Path(number): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Reply {
    let done = async {
        let mut entered = api::enter(&request, bearer(&headers), Scope::Exchange).await?;
        let bytes = json(&mut entered, &headers, body).await?;
        api::exchange::receive(entered, &number, &bytes).await
    };
    Ok(answer(done.await))
}

/// What the platform answers about one.
pub async fn reply(Extension(request): Extension<Request>, Path(number): Path<String>, headers: HeaderMap, body: Body) -> Reply {
    let done = async {
        let mut entered = api::enter(&request, bearer(&headers), Scope::Exchange).await?;
        let bytes = json(&mut entered, &headers, body).await?;
        api::exchange::reply(entered, &number, &bytes).await
    };
    Ok(answer(done.await))
}

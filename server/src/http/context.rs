//! A request at the edge: who, which nonce; what an answer becomes; headers every answer bears.

use super::head::head;
use crate::state::AppState;
use app::access::{self, Kind};
use app::account::staff::Interrupted;
use app::error::{AppError, Next, Stop};
use app::form::Form;
use app::render;
use app::request::Request;
use axum::body::Body;
use axum::extract::{MatchedPath, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware;
use axum::response::{Html, IntoResponse, Redirect, Response};
use http_body_util::BodyExt;
use leptos::prelude::provide_context;
use libdeflater::{CompressionLvl, Compressor};
use server_fn::error::FromServerFnError;
use std::any::Any;
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tower_http::timeout::TimeoutBody;

/// The session cookie; behind TLS under the prefix that keeps other hosts of the domain from setting it.
pub const COOKIE: &str = "qifu";
/// The cookie of the browser's mark, which codes and tries are counted by.
pub const BROWSER: &str = "browser";
/// The cookie that remembers 关怀版.
pub const ELDER: &str = "elder";
/// The cookie of a sentence that confirms what was just done.
pub const FLASH: &str = "flash";

/// What a handler answers with when it cannot do what was asked; the middleware makes it a page, a redirect, or an island's error.
pub struct Failure(Stop);

impl<E: Into<Stop>> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = match &self.0 {
            Stop::Error(error) => error.status().into_response(),
            Stop::Redirect(next) => redirect(next),
        };
        response.extensions_mut().insert(Arc::new(self.0));
        response
    }
}

/// Of any error of our own making: logged, hidden.
pub fn internal(error: impl std::fmt::Display) -> Failure {
    Failure(Stop::Error(AppError::internal(error)))
}

/// Of a place for files that takes nothing now, as when its disk is full: logged, to be tried again.
pub fn unavailable(error: impl std::fmt::Display) -> Failure {
    Failure(Stop::Error(AppError::Busy(error.to_string())))
}

/// What a handler answers.
pub type Reply = Result<Response, Failure>;

/// The page behind a path, with a status. `provide` puts into its context what it should know besides the request.
///
/// # Errors
/// What the page's readers answered.
pub async fn page(request: &Request, path: &str, status: StatusCode, provide: impl FnOnce()) -> Reply {
    let html = render::page(request, path, provide).await?;
    Ok(html_of(request, status, html))
}

/// How hard a page is compressed, of 0 to 12: the next level saves 3 % more and takes half as long again.
const LEVEL: i32 = 1;

/// Pages shorter than this travel as they are.
const SHORT: usize = 512;

/// A page is whole before it travels, so it is compressed in one go, with tables that stay from page to page: a stream's compressor, made
/// anew each time, took a quarter of the server's time for a page (docs/BENCHMARKS.md).
fn html_of(request: &Request, status: StatusCode, html: String) -> Response {
    thread_local! {
        static GZIP: RefCell<Compressor> = RefCell::new(Compressor::new(CompressionLvl::new(LEVEL).unwrap_or_default()));
    }
    let vary = [(header::VARY, "accept-encoding")];
    if !request.head().gzip || html.len() < SHORT {
        return (status, vary, Html(html)).into_response();
    }
    let packed = GZIP.with_borrow_mut(|gzip| {
        let mut packed = vec![0; gzip.gzip_compress_bound(html.len())];
        let length = gzip.gzip_compress(html.as_bytes(), &mut packed).ok()?;
        packed.truncate(length);
        Some(packed)
    });
    match packed {
        Some(packed) => (status, vary, [(header::CONTENT_ENCODING, "gzip")], Html(packed)).into_response(),
        None => (status, vary, Html(html)).into_response(),
    }
}

/// Where whoever is at the keys proves who they are.
pub const CONFIRM: &str = "/desk/confirm";

/// The one tail of every plain form: done leads on (303), what was refused shows `path` again with what was typed and what is wrong; what
/// asks for a fresh password first shows the page that does, which carries what was typed and sends it on.
///
/// # Errors
/// Whatever is neither done nor to be mended.
pub async fn finish(request: &Request, done: Result<Next, AppError>, form: Form, path: &str) -> Reply {
    finish_in(request, done, form, path, || {}).await
}

/// As [`finish`]; `provide` puts into the context of the page that is shown again what it should know besides the form.
///
/// # Errors
/// As [`finish`].
pub async fn finish_in(request: &Request, done: Result<Next, AppError>, form: Form, path: &str, provide: impl FnOnce()) -> Reply {
    match done {
        Ok(next) => Ok(redirect(&next)),
        Err(AppError::Conflict(to, sentence)) => Ok(redirect(&Next::to(to).saying(sentence))),
        Err(AppError::Unproved) => {
            let stopped = Interrupted::of(request.head().path.clone(), &form);
            page(request, CONFIRM, AppError::Unproved.status(), || provide_context(stopped)).await
        }
        Err(error @ (AppError::Invalid(_) | AppError::Refused(_))) => {
            let form = form.with_errors(error.faults());
            let provide = || {
                provide_context(form);
                provide();
            };
            let mut answer = page(request, path, error.status(), provide).await?;
            // Going back to it later, a browser that kept nothing asks whether to send the form again, and what was typed is lost. What it
            // kept goes when the member signs out (`Clear-Site-Data`); of the desk nothing is kept.
            if !path.starts_with("/desk") {
                answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
            }
            Ok(answer)
        }
        Err(error) => Err(error.into()),
    }
}

/// The page of a form again, with what was typed and what is wrong.
///
/// # Errors
/// What the page's readers answered.
pub async fn again(request: &Request, error: &AppError, form: Form, path: &str) -> Reply {
    let form = form.with_errors(error.faults());
    page(request, path, error.status(), || provide_context(form)).await
}

/// 303 to another page, with a sentence that it shows once.
pub fn redirect(next: &Next) -> Response {
    let mut response = Redirect::to(&next.to).into_response();
    if let Some(flash) = &next.flash {
        let cookie = format!("{FLASH}={}; Path=/; Max-Age=60; SameSite=Lax; HttpOnly", hex::encode(flash));
        append_cookie(response.headers_mut(), &cookie);
    }
    response
}

/// The name of a cookie that only this host may set.
pub(super) fn host_name(name: &str, tls: bool) -> String {
    if tls { format!("__Host-{name}") } else { name.to_owned() }
}

/// A cookie that scripts do not see and only this host may set, for so many seconds.
pub fn kept(name: &str, value: &str, seconds: i64, tls: bool) -> String {
    let secure = if tls { "; Secure" } else { "" };
    format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}", host_name(name, tls))
}

/// Adds a `Set-Cookie`.
pub fn append_cookie(headers: &mut HeaderMap, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        headers.append(header::SET_COOKIE, value);
    }
}

/// Behind TLS no cookie of ours travels without it, whoever set it: that of 关怀版 and of a sentence as little as the session's.
fn secure(headers: &mut HeaderMap) {
    const FLAG: &str = "; Secure";
    let cookies: Vec<String> =
        headers.get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok().map(str::to_owned)).collect();
    headers.remove(header::SET_COOKIE);
    for cookie in cookies {
        append_cookie(headers, &if cookie.ends_with(FLAG) { cookie } else { cookie + FLAG });
    }
}

/// The answer an error becomes: for an island its own error, for a person a page.
async fn problem(request: &Request, error: &AppError, kind: Option<Kind>) -> Response {
    let status = error.status();
    // Whoever programs against the interface reads no page, not even where there is no door.
    if request.head().path.starts_with("/api/v1/") && kind != Some(Kind::Page) {
        return super::api::answer(Err(error.clone().into()));
    }
    if request.head().path.starts_with("/open311/") {
        return super::open311::problem(&request.head().path, error.clone());
    }
    if kind.is_some_and(Kind::is_for_islands) {
        return (status, error.clone().into_rpc(&request.head().request_id).ser()).into_response();
    }
    let html = match error {
        AppError::Unauthenticated => {
            let head = request.head();
            let mut form = Form::default();
            if head.get {
                form.push("back", head.path.clone());
            }
            let path = if head.path.starts_with("/desk") { "/desk/sign-in" } else { "/sign-in" };
            render::page(request, path, || provide_context(form)).await
        }
        AppError::Unproved => {
            let form = Form::default().or("confirm_back", if request.head().get { request.head().path.as_str() } else { "" });
            render::page(request, CONFIRM, || provide_context(form)).await
        }
        error => {
            // Whoever is signed in is not told to sign in: an address behind no door asked nobody.
            if matches!(error, AppError::NotFound) && request.session().is_none() {
                _ = request.open().await.map(drop);
                request.close().await;
            }
            let error = error.clone();
            render::whole(request, move || app::problem::problem(&error)).await
        }
    };
    match html {
        Ok(html) => html_of(request, status, html),
        // The page of an error reads nothing, so nothing can stand against it.
        Err(_) => status.into_response(),
    }
}

/// Makes the [`Request`], turns failures into answers, and sets the headers every answer bears.
pub async fn middleware(State(state): State<AppState>, mut http: axum::extract::Request, next: middleware::Next) -> Response {
    let started = std::time::Instant::now();
    let request = Request::new(state.services(), head(&http, &state.config));
    let method = http.method().clone();
    let path = http.uri().path().to_owned();
    http.extensions_mut().insert(request.clone());
    let mut response = next.run(http).await;
    // The page is made: its connection is somebody else's while it travels.
    request.close().await;
    let request_id = &request.head().request_id;
    if let Some(stop) = response.extensions_mut().remove::<Arc<Stop>>()
        && let Stop::Error(error) = stop.as_ref()
    {
        if let AppError::Internal(reason) | AppError::Busy(reason) = error {
            tracing::error!(request_id, %method, path, reason, "a request failed");
        }
        let busy = matches!(error, AppError::Busy(_));
        let kind = response.extensions_mut().remove::<Kind>();
        request.close().await;
        response = problem(&request, error, kind).await;
        if busy {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
    }
    if response.status() == StatusCode::FORBIDDEN {
        app::security::note_refusal(&request).await;
    }
    let headers = response.headers_mut();
    super::security::headers(headers, &request.head().nonce, state.config.tls);
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert("x-request-id", value);
    }
    if let Ok(value) = HeaderValue::from_str(&format!("db;desc=\"{}\"", request.queries())) {
        headers.insert("server-timing", value);
    }
    if request.head().flash.is_some() && method == Method::GET && response.status().is_success() {
        // Shown once.
        append_cookie(response.headers_mut(), &format!("{FLASH}=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly"));
    }
    if state.config.tls {
        secure(response.headers_mut());
    }
    tracing::info!(
        request_id,
        %method,
        path,
        status = response.status().as_u16(),
        ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    response
}

/// How long a body may pause while it arrives.
const PAUSE: Duration = Duration::from_secs(20);
/// How long it may take as a whole: nine photos over a slow network.
const WHOLE: Duration = Duration::from_secs(600);
/// How long an answer may take once the body is there. Statements have less: what takes longer waits for a database that fell silent.
const ANSWER: Duration = Duration::from_secs(60);

/// The guard in front of every door: denied by default, before a byte of the body is read. A page keeps the connection that was opened
/// for the question; whatever brings a body, or stays open, gives it back first.
pub async fn guard(mut http: axum::extract::Request, next: middleware::Next) -> Response {
    let method = if *http.method() == Method::HEAD { "GET" } else { http.method().as_str() };
    let matched = http.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let Some(door) = matched.and_then(|path| access::door(method, &path)) else {
        return Failure::from(AppError::NotFound).into_response();
    };
    let Some(request) = http.extensions().get::<Request>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = match admit(&request, door).await {
        Ok(()) => {
            http.extensions_mut().insert(door.kind);
            // Whoever stops sending is not waited for, and whoever trickles not for ever.
            let (arriving, arrived) = oneshot::channel::<()>();
            let http = http.map(|body| {
                Body::new(TimeoutBody::new(PAUSE, body).map_frame(move |frame| {
                    _ = &arriving;
                    frame
                }))
            });
            tokio::select! {
                response = next.run(http) => legible(response, door.kind),
                error = too_late(arrived) => {
                    request.abandon().await;
                    Failure::from(error).into_response()
                }
            }
        }
        Err(stop) => Failure::from(stop).into_response(),
    };
    response.extensions_mut().insert(door.kind);
    response
}

/// What stands in an address and cannot be read, as a number or as UTF-8, is refused in English before its handler is asked: for a person it leads
/// nowhere, and neither does it for a program, which reads no plain text.
fn legible(response: Response, kind: Kind) -> Response {
    let plain = || response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let illegible = response.status() == StatusCode::BAD_REQUEST
        && match kind {
            Kind::Probe => false,
            Kind::Api => plain(),
            _ => true,
        };
    if illegible { Failure::from(AppError::NotFound).into_response() } else { response }
}

/// Ends when a request takes too long: its body, or what is done once that is there (`arrived` ends with the body).
async fn too_late(arrived: oneshot::Receiver<()>) -> AppError {
    if tokio::time::timeout(WHOLE, arrived).await.is_err() {
        return AppError::Refused("上传太慢，中断了，请换个网络再试一次".to_owned());
    }
    tokio::time::sleep(ANSWER).await;
    AppError::Busy("no answer in time".to_owned())
}

/// What a panic becomes: the answer of this request and of no other. The hook has logged where it was.
pub fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let words = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Failure::from(AppError::Internal(format!("panicked: {}", words.unwrap_or("without words")))).into_response()
}

async fn admit(request: &Request, door: &access::Door) -> Result<(), Stop> {
    if door.access == access::Access::Public {
        return Ok(());
    }
    let rule = request.services().factor_rule;
    let admitted = door.access.admit(request.open().await?.session.as_ref(), rule);
    let admitted = match (admitted, door.kind) {
        // An island is told, not led elsewhere.
        (Err(Stop::Redirect(_)), kind) if kind.is_for_islands() => Err(Stop::Error(AppError::Forbidden)),
        (admitted, _) => admitted,
    };
    if door.kind != Kind::Page || admitted.is_err() {
        request.close().await;
    }
    admitted
}

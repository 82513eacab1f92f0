//! A request at the edge: who, which nonce; what an answer becomes; headers every answer bears.

use crate::config::Config;
use crate::state::AppState;
use app::access::{self, Kind};
use app::account::staff::Interrupted;
use app::error::{AppError, Next, Stop};
use app::form::Form;
use app::render;
use app::request::{Head, Request, random_hex};
use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use http_body_util::BodyExt;
use leptos::prelude::provide_context;
use libdeflater::{CompressionLvl, Compressor};
use server_fn::error::FromServerFnError;
use std::any::Any;
use std::cell::RefCell;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
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
            let stopped = Interrupted { to: request.head().path.clone(), pairs: form.pairs().to_vec() };
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
fn host_name(name: &str, tls: bool) -> String {
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

/// The answer an error becomes: for an island its own error, for a person a page.
async fn problem(request: &Request, error: &AppError, kind: Option<Kind>) -> Response {
    let status = error.status();
    // Whoever programs against the interface reads no page, not even where there is no door.
    if request.head().path.starts_with("/api/v1/") && kind != Some(Kind::Page) {
        return super::api::answer(Err(error.clone().into()));
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

/// What a request says of itself.
fn head(http: &axum::extract::Request, config: &Config) -> Head {
    let jar = CookieJar::from_headers(http.headers());
    let cookie = |name: &str| jar.get(name).map(|cookie| cookie.value().to_owned());
    let own = |name: &str| cookie(&host_name(name, config.tls));
    let mark = own(BROWSER).filter(|mark| mark.len() == 64 && mark.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let flash = cookie(FLASH).and_then(|text| hex::decode(text).ok()).and_then(|bytes| String::from_utf8(bytes).ok());
    Head {
        nonce: random_hex::<16>(),
        request_id: random_hex::<6>(),
        path: http.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        origin: origin(http, config),
        get: matches!(*http.method(), Method::GET | Method::HEAD),
        elder: cookie(ELDER).as_deref() == Some("1"),
        token: own(COOKIE).filter(|token| !token.is_empty()),
        marked: mark.is_some(),
        browser: mark.unwrap_or_else(random_hex::<32>),
        address: client_address(http, config.trust_proxy),
        user_agent: text(http.headers(), header::USER_AGENT),
        gzip: takes_gzip(&text(http.headers(), header::ACCEPT_ENCODING)),
        flash,
    }
}

/// Scheme and host, if the host is one and nothing else.
fn origin(http: &axum::extract::Request, config: &Config) -> String {
    let host = text(http.headers(), header::HOST);
    let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    let scheme = if config.tls { "https" } else { "http" };
    if host.is_empty() || !plain { String::new() } else { format!("{scheme}://{host}") }
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
/// nowhere.
fn legible(response: Response, kind: Kind) -> Response {
    let illegible = response.status() == StatusCode::BAD_REQUEST && !matches!(kind, Kind::Api | Kind::Probe);
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

/// Whether `Accept-Encoding` has gzip, and not with a weight of nothing (RFC 9110, 12.5.3).
fn takes_gzip(accept: &str) -> bool {
    accept.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("gzip") && weight.is_none_or(|weight| weight > 0.0)
    })
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned()
}

fn client_address(request: &axum::http::Request<Body>, trust_proxy: bool) -> IpAddr {
    let forwarded = if trust_proxy { forwarded(request.headers()) } else { None };
    forwarded.unwrap_or_else(|| {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(address)| address.ip())
    })
}

/// The last address of the last line was written by our own proxy, with a port perhaps; those before it by anybody, and of any bytes: one that
/// is no letter must not hide the client behind the proxy's address, which all have together.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let line = headers.get_all("x-forwarded-for").iter().next_back()?;
    let last = line.as_bytes().rsplit(|byte| *byte == b',').next()?;
    let text = std::str::from_utf8(last).ok()?.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::client_address;
    use axum::body::Body;
    use axum::http::{HeaderValue, Request};

    #[test]
    fn who_takes_gzip_gets_it() {
        for (accept, takes) in [
            ("gzip, br", true),
            ("br;q=1.0, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("br", false),
            ("", false),
            ("x-gzip", false),
        ] {
            assert_eq!(super::takes_gzip(accept), takes, "{accept:?}");
        }
    }

    #[test]
    fn only_what_our_own_proxy_wrote_is_believed() {
        let request = |lines: &[&str]| {
            let request = lines.iter().fold(Request::get("/"), |request, line| request.header("x-forwarded-for", *line));
            request.body(Body::empty()).unwrap_or_default()
        };
        for (lines, trusted) in [
            (&["192.0.2.7"][..], "192.0.2.7"),
            (&["198.51.100.1, 192.0.2.7"], "192.0.2.7"),
            // A client's own line before the proxy's.
            (&["198.51.100.1", "192.0.2.7"], "192.0.2.7"),
            (&["198.51.100.1, 203.0.113.5", "2001:db8::7"], "2001:db8::7"),
        ] {
            assert_eq!(client_address(&request(lines), true).to_string(), trusted, "{lines:?}");
            assert_eq!(client_address(&request(lines), false).to_string(), "127.0.0.1", "{lines:?}");
        }
    }

    #[test]
    fn whatever_a_client_writes_before_it_the_proxy_s_word_is_read() {
        for (line, trusted) in [
            (&b"\xff, 192.0.2.7"[..], "192.0.2.7"),
            (b"\x80\x81,,192.0.2.7 ", "192.0.2.7"),
            (b"198.51.100.1, 192.0.2.7:4711", "192.0.2.7"),
            (b"x, [2001:db8::7]", "2001:db8::7"),
            (b"x, [2001:db8::7]:443", "2001:db8::7"),
            // What no proxy writes is nobody's address.
            (b"192.0.2.7, \xff", "127.0.0.1"),
            (b"192.0.2.7, unknown", "127.0.0.1"),
        ] {
            let mut request = Request::new(Body::empty());
            request.headers_mut().insert("x-forwarded-for", HeaderValue::from_bytes(line).expect("a value"));
            assert_eq!(client_address(&request, true).to_string(), trusted, "{line:?}");
        }
    }
}

//! Headers, and the refusal of cross-site posts.

use app::error::AppError;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Sets the security headers. The policy allows our own files and scripts with this answer's nonce, nothing else.
pub fn headers(headers: &mut HeaderMap, nonce: &str, tls: bool) {
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; \
         connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set("content-security-policy", &policy);
    set("x-content-type-options", "nosniff");
    set("referrer-policy", "same-origin");
    set("x-frame-options", "DENY");
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", "same-origin");
    set("permissions-policy", "geolocation=(), microphone=(), payment=()");
    if tls {
        set("strict-transport-security", "max-age=31536000");
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        // Every page is somebody's.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// Refuses posts that another site made a browser send. Browsers say where a request comes from: `Sec-Fetch-Site`, or `Origin`
/// in old ones; a request with neither is no browser's and carries no cookie it was not given.
pub async fn same_site(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) || own(request.headers()) {
        return next.run(request).await;
    }
    super::context::Failure::from(AppError::Forbidden).into_response()
}

fn own(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match text("origin") {
        None => true,
        Some(origin) => {
            let host = text("host").unwrap_or("");
            origin.split_once("://").is_some_and(|(_, from)| !host.is_empty() && from == host)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().expect("a name"), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn only_our_own_pages_may_post() {
        assert!(own(&with(&[("sec-fetch-site", "same-origin")])));
        assert!(!own(&with(&[("sec-fetch-site", "cross-site")])));
        assert!(!own(&with(&[("sec-fetch-site", "same-site")])));
        assert!(own(&with(&[("origin", "http://qifu.example"), ("host", "qifu.example")])));
        assert!(!own(&with(&[("origin", "http://evil.example"), ("host", "qifu.example")])));
        assert!(!own(&with(&[("origin", "null"), ("host", "qifu.example")])));
        assert!(own(&with(&[])));
    }
}

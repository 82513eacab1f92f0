//! What a request says of itself: its cookies, the address it came from, what the browser takes.

use super::context::{BROWSER, COOKIE, ELDER, FLASH, host_name};
use crate::config::Config;
use app::request::{Head, random_hex};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, header};
use axum_extra::extract::cookie::CookieJar;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// All of it; without a mark of its own a browser gets one.
pub fn head(http: &Request<Body>, config: &Config) -> Head {
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
fn origin(http: &Request<Body>, config: &Config) -> String {
    let host = text(http.headers(), header::HOST);
    let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    let scheme = if config.tls { "https" } else { "http" };
    if host.is_empty() || !plain { String::new() } else { format!("{scheme}://{host}") }
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

fn client_address(request: &Request<Body>, trust_proxy: bool) -> IpAddr {
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

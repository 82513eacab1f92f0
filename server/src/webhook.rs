//! The way to channels: one signed POST for each step. It leads nowhere into this machine's own network unless the settings say so (SSRF): neither by
//! an address, nor by a name that leads to one when it is sent to, nor by a redirect, which is not followed.

use anyhow::{Context, Result};
use app::api::webhook::address;
use domain::webhook::{is_public, signed};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use sha2::Sha256;
use std::net::SocketAddr;
use std::time::Duration;
use store::api::webhook::Due;
use time::OffsetDateTime;

/// How long a channel has to take a connection, and to answer.
const CONNECT: Duration = Duration::from_secs(3);
const ANSWER: Duration = Duration::from_secs(10);

/// Why something was not delivered, and with which HTTP status, if there was an answer.
#[derive(Debug)]
pub struct Undelivered {
    pub status: Option<u16>,
    pub why: String,
}

/// One for the process.
pub struct Courier {
    client: reqwest::Client,
    private: bool,
}

/// Names lead to public addresses, or nowhere.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((host.as_str(), 0)).await?.filter(|found| is_public(found.ip())).collect();
            if found.is_empty() {
                return Err("the name does not lead to a public address".into());
            }
            Ok::<Addrs, Box<dyn std::error::Error + Send + Sync>>(Box::new(found.into_iter()))
        })
    }
}

impl Courier {
    /// With `private`, addresses of the own network will do, and those without TLS.
    ///
    /// # Errors
    /// When the system's certificates cannot be read.
    pub fn new(private: bool) -> Result<Courier> {
        // Whoever was first in this process is as good.
        _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .redirect(Policy::none())
            // A proxy would look the name up itself.
            .no_proxy()
            .user_agent(concat!("Qifu/", env!("CARGO_PKG_VERSION")))
            .https_only(!private);
        let client = if private { client } else { client.dns_resolver(PublicOnly) };
        Ok(Courier { client: client.build()?, private })
    }

    /// Sends a step; the status of a channel that took it.
    ///
    /// # Errors
    /// [`Undelivered`] for everything but 2xx in time.
    pub async fn send(&self, due: &Due, body: &str, now: OffsetDateTime) -> Result<u16, Undelivered> {
        let nowhere = |why: String| Undelivered { status: None, why };
        // What was let in under other settings, or by an earlier rule, is looked at again.
        let url = address(&due.url, self.private).map_err(nowhere)?;
        let signature = sign(&due.secret, now, body).map_err(|error| nowhere(error.to_string()))?;
        let request = self
            .client
            .post(url)
            .header("content-type", "application/json; charset=utf-8")
            .header("qifu-delivery", due.id.to_string())
            .header("qifu-event", format!("issue.{}", due.kind))
            .header("qifu-timestamp", now.unix_timestamp().to_string())
            .header("qifu-signature", signature)
            .body(body.to_owned());
        // The answer's body is not read: nothing in it matters, and nobody can make it long.
        let status = request.send().await.map_err(|error| nowhere(words(&error)))?.status();
        if status.is_success() {
            return Ok(status.as_u16());
        }
        let why = if status.is_redirection() { "应答了重定向，不会跟随" } else { "应答不是 2xx" };
        Err(Undelivered { status: Some(status.as_u16()), why: why.to_owned() })
    }
}

/// Why nobody answered, for the log of deliveries. Which addresses a name leads to stays here.
fn words(error: &reqwest::Error) -> String {
    let why = if error.is_timeout() {
        "没有在 10 秒内应答"
    } else if error.is_connect() {
        "连不上，或地址不在公网上，或证书不对"
    } else {
        "没有收到应答"
    };
    why.to_owned()
}

/// `v1=` and the hex HMAC-SHA256 of instant and body.
fn sign(secret: &str, now: OffsetDateTime, body: &str) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).context("HMAC takes keys of any length")?;
    mac.update(signed(now, body).as_bytes());
    Ok(format!("v1={}", hex::encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(url: &str) -> Due {
        let text = str::to_owned;
        Due { id: 7, key: 1, number: text("HZ"), seq: 1, kind: text("submitted"), attempts: 1, url: text(url), secret: text("x") }
    }

    #[tokio::test]
    async fn nothing_is_sent_into_the_own_network() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let courier = Courier::new(false).expect("a client");
        let now = OffsetDateTime::UNIX_EPOCH;
        for url in
            [format!("https://127.0.0.1:{port}/"), format!("http://127.0.0.1:{port}/"), format!("https://localhost:{port}/")]
        {
            let undelivered = courier.send(&due(&url), "{}", now).await.expect_err(&url);
            assert_eq!(undelivered.status, None, "{url}");
        }
        let resolved = PublicOnly.resolve("localhost".parse().expect("a name")).await;
        assert!(resolved.is_err(), "a name that leads here");
        let nobody = tokio::time::timeout(Duration::from_millis(1), listener.accept()).await;
        assert!(nobody.is_err(), "nobody came");
    }

    #[test]
    fn the_signature_is_of_instant_and_body() {
        let now = OffsetDateTime::from_unix_timestamp(1_795_737_600).expect("an instant");
        let signature = sign("whsec_test", now, "{\"id\":7}").expect("signed");
        assert_eq!(signature, EXPECTED);
    }

    /// Computed by `printf '%s' '1795737600.{"id":7}' | openssl dgst -sha256 -hmac whsec_test`.
    const EXPECTED: &str = "v1=d8d8fcfec745c7b4c5b3dde14cfa4282205f389d7c0b5aee8b06c1d9a3eccd1a";
}

//! The SMS gateway: one signed POST per message. Without a gateway it goes to the log.

use crate::config::Config;
use anyhow::{Context, Result, bail};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;

pub use app::account::act::CodeMessage;

/// A notice to be sent to a member who wants it by SMS.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Notice {
    /// The mobile number.
    pub phone: String,
    /// A line.
    pub text: String,
    /// What it is about (`TextKey::template_about`).
    #[serde(default)]
    pub about: String,
    /// Its line in the log of deliveries, if it has one.
    #[serde(default)]
    pub delivery: Option<i64>,
}

#[derive(Serialize)]
struct Body<'a> {
    phone: &'a str,
    template: &'a str,
    params: [&'a str; 1],
    timestamp: i64,
}

/// How long the gateway has to take a connection, and to answer.
const CONNECT: Duration = Duration::from_secs(3);
const ANSWER: Duration = Duration::from_secs(10);

/// The way to the gateway, one for the process: a client reads the system's certificates when it is made.
#[derive(Clone)]
pub struct Gateway {
    client: reqwest::Client,
    config: Arc<Config>,
}

impl Gateway {
    /// # Errors
    /// When the system's certificates cannot be read.
    pub fn new(config: Arc<Config>) -> Result<Gateway> {
        // Whoever was first in this process is as good.
        _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().connect_timeout(CONNECT).timeout(ANSWER).build()?;
        Ok(Gateway { client, config })
    }

    /// Sends a code, with the template that the city has named, else that of the settings. The body is JSON; `X-Signature` is the hex
    /// HMAC-SHA256 of it under the secret.
    ///
    /// # Errors
    /// When the gateway does not answer with success in time.
    pub async fn send(&self, message: &CodeMessage, template: Option<&str>, now: OffsetDateTime) -> Result<()> {
        let Some(url) = &self.config.sms_url else {
            tracing::info!(phone = domain::mask::phone(&message.phone), code = message.code, "no SMS gateway: sign-in code");
            return Ok(());
        };
        self.post(url, &message.phone, template.unwrap_or(&self.config.sms_template), &message.code, now).await
    }

    /// Sends a notice, with the template that the city has named for what it is about, else that of the settings.
    ///
    /// # Errors
    /// As [`Gateway::send`].
    pub async fn send_notice(&self, message: &Notice, template: Option<&str>, now: OffsetDateTime) -> Result<()> {
        let Some(url) = &self.config.sms_url else {
            tracing::info!(phone = domain::mask::phone(&message.phone), text = message.text, "no SMS gateway: notice");
            return Ok(());
        };
        self.post(url, &message.phone, template.unwrap_or(&self.config.sms_notice_template), &message.text, now).await
    }

    async fn post(&self, url: &str, phone: &str, template: &str, text: &str, now: OffsetDateTime) -> Result<()> {
        let body = serde_json::to_string(&Body { phone, template, params: [text], timestamp: now.unix_timestamp() })?;
        let signature = sign(self.config.sms_secret.as_deref().unwrap_or(""), body.as_bytes())?;
        let request = self.client.post(url).header("content-type", "application/json").header("x-signature", signature);
        let answer = request.body(body).send().await.context("the SMS gateway does not answer")?;
        if !answer.status().is_success() {
            bail!("the SMS gateway answered {}", answer.status());
        }
        Ok(())
    }
}

fn sign(secret: &str, body: &[u8]) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).context("HMAC takes keys of any length")?;
    mac.update(body);
    Ok(hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_signature_is_hmac_sha256() {
        // RFC 4231, test case 2.
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(super::sign("Jefe", b"what do ya want for nothing?").expect("a key"), expected);
    }
}

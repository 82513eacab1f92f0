//! Mail by SMTP. Off until a server is set (`QIFU_SMTP_URL`); TLS as the address says (`smtps://`, or `smtp://…?tls=required`).

use crate::config::Config;
use anyhow::{Context, Result, bail};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A mail to be sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Letter {
    /// To whom.
    pub mail: String,
    /// Subject and text: a line.
    pub text: String,
    /// Its line in the log of deliveries.
    #[serde(default)]
    pub delivery: Option<i64>,
}

/// How long the server has to answer.
const ANSWER: Duration = Duration::from_secs(10);

/// The way to the server.
#[derive(Clone)]
pub struct Mailer {
    way: Option<(AsyncSmtpTransport<Tokio1Executor>, Mailbox)>,
}

impl Mailer {
    /// # Errors
    /// For an address of a server, or of the sender, that is none.
    pub fn new(config: &Config) -> Result<Mailer> {
        let Some(url) = &config.smtp_url else { return Ok(Mailer { way: None }) };
        // Whoever was first in this process is as good.
        _ = rustls::crypto::ring::default_provider().install_default();
        // The address holds a password: the error says nothing of it.
        let Ok(way) = AsyncSmtpTransport::<Tokio1Executor>::from_url(url) else {
            bail!("QIFU_SMTP_URL is no address of a mail server (smtps://user:password@host:465)");
        };
        let from = config.mail_from.parse().context("QIFU_MAIL_FROM is no address of a sender")?;
        Ok(Mailer { way: Some((way.timeout(Some(ANSWER)).build(), from)) })
    }

    /// Sends a mail; `false` where no server is set.
    ///
    /// # Errors
    /// When the server does not take it in time.
    pub async fn send(&self, letter: &Letter) -> Result<bool> {
        let Some((way, from)) = &self.way else { return Ok(false) };
        let to = letter.mail.parse().context("not an address")?;
        let message = Message::builder()
            .from(from.clone())
            .to(to)
            .subject(letter.text.clone())
            .header(ContentType::TEXT_PLAIN)
            .body(format!("{}\n\n此邮件由系统发出，请勿直接回复。", letter.text))?;
        way.send(message).await.context("the mail server does not take it")?;
        Ok(true)
    }
}

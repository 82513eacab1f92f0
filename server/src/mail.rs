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
        way.send(message(from, letter)?).await.context("the mail server does not take it")?;
        Ok(true)
    }
}

/// The mail itself. Its subject is one line, whatever somebody typed into a title.
fn message(from: &Mailbox, letter: &Letter) -> Result<Message> {
    let subject = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(Message::builder()
        .from(from.clone())
        .to(letter.mail.parse().context("not an address")?)
        .subject(subject)
        .header(ContentType::TEXT_PLAIN)
        .body(format!("{}\n\n此邮件由系统发出，请勿直接回复。", letter.text))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_title_and_no_address_is_a_header_of_its_own() {
        let from: Mailbox = "Qifu <qifu@example.com>".parse().expect("an address");
        let letter = |mail: &str, text: &str| Letter { mail: mail.to_owned(), text: text.to_owned(), delivery: None };
        for text in
            ["路灯不亮\r\nBcc: evil@example.com", "Street\nBcc: evil@example.com\n\n<b>", "\rBcc: evil@example.com\u{2028}x"]
        {
            let mail = message(&from, &letter("zhang@example.com", text)).expect("a mail").formatted();
            let mail = String::from_utf8(mail).expect("ASCII on the way");
            let head = mail.split("\r\n\r\n").next().expect("a head");
            assert_eq!(head.lines().filter(|line| line.starts_with("Subject: ")).count(), 1, "{head}");
            assert!(!head.lines().any(|line| line.to_ascii_lowercase().starts_with("bcc")), "{head}");
        }
        for mail in ["a@example.com\r\nBcc: b@example.com", "a@example.com, b@example.com", "a@example.com>\nX: <b@example.com"] {
            assert!(message(&from, &letter(mail, "积水")).is_err(), "{mail:?}");
        }
    }
}

//! The security log (OWASP ASVS V7): what is written, into the database and as a line of the log; and the administrator's page of it.

mod page;
pub mod read;

pub use page::SecurityPage;

use crate::error::AppError;
use crate::request::{Ctx, Request};
use domain::mask;
use domain::security::Kind;
use store::Conn;
use store::identity::{self, Identity, Session, Who};
use store::security::Event;
use time::{Duration, OffsetDateTime};

/// The target of the lines in the log; `QIFU_SECURITY_LOG` may lead them elsewhere.
pub const TARGET: &str = "security";

/// The most refusals of a kind, by one account or address, that are written in a minute.
const ROWS_A_MINUTE: i32 = 20;

impl Ctx {
    /// Writes into the security log what whoever is signed in did: `subject` is what it was about (a number, a path, an account),
    /// `detail` more of it. In the transaction of the connection, where there is one.
    ///
    /// # Errors
    /// [`AppError::Internal`].
    pub async fn note(&mut self, kind: Kind, subject: &str, detail: &str) -> Result<(), AppError> {
        let event = self.event(kind, subject, detail);
        store::security::record(&mut self.conn, &event, self.now).await?;
        self.tell(&event);
        Ok(())
    }

    /// The same to be written by a statement that is made anyway; [`Ctx::tell`] comes after it.
    pub fn event(&self, kind: Kind, subject: &str, detail: &str) -> Event {
        Event {
            kind,
            who: self.session.as_ref().map(who),
            subject: subject.to_owned(),
            detail: detail.to_owned(),
            network: self.origin.network.clone(),
            request: self.origin.request.clone(),
        }
    }

    /// The line in the log of an event that was written.
    pub fn tell(&self, event: &Event) {
        tell(event, &self.session.as_ref().map(shown).unwrap_or_default());
    }
}

/// Whose session.
pub fn who(session: &Session) -> Who {
    match &session.identity {
        Identity::Person(person) => Who::Person(person.person, None),
        Identity::Staff(staff) => Who::Staff(staff.id),
    }
}

/// What an account is counted by, in however many sessions.
pub fn counted_by(who: Who) -> String {
    match who {
        Who::Person(person, _) => format!("person:{person}"),
        Who::Staff(staff) => format!("staff:{staff}"),
    }
}

fn shown(session: &Session) -> String {
    match &session.identity {
        Identity::Person(person) => mask::phone(&person.phone),
        Identity::Staff(staff) => staff.login.clone(),
    }
}

/// What is written while nobody is signed in yet, or with the system's connection.
#[derive(Debug, Clone, Copy)]
pub struct Note<'a> {
    pub kind: Kind,
    /// Whose account; none where nobody knows.
    pub who: Option<Who>,
    /// The sign-in name or masked phone for the line in the log; the table looks it up.
    pub login: &'a str,
    /// What it was about.
    pub subject: &'a str,
    /// More of it.
    pub detail: &'a str,
}

impl<'a> Note<'a> {
    /// Of an account, about nothing else.
    pub fn of(kind: Kind, who: Who, login: &'a str) -> Note<'a> {
        Note { kind, who: Some(who), login, subject: "", detail: "" }
    }
}

/// Writes into the security log with the system's connection.
///
/// # Errors
/// [`AppError::Internal`].
pub async fn note(request: &Request, conn: &mut Conn, note: Note<'_>, now: OffsetDateTime) -> Result<(), AppError> {
    let event = event(request, note);
    store::security::record(conn, &event, now).await?;
    tell(&event, note.login);
    Ok(())
}

/// As [`note`], of what somebody can bring about as often as they like: twenty a minute by one account, or by one address where nobody is
/// signed in, are rows of a table from which nothing is deleted for years; the rest are lines of the log alone.
///
/// # Errors
/// [`AppError::Internal`].
pub async fn note_counted(request: &Request, conn: &mut Conn, refused: Note<'_>, now: OffsetDateTime) -> Result<(), AppError> {
    let by = refused.who.map_or_else(|| request.head().network(), counted_by);
    let counted = format!("{}:{by}", refused.kind.code());
    if identity::hit_rate_limit(conn, &counted, Duration::minutes(1), ROWS_A_MINUTE, now).await? {
        return note(request, conn, refused, now).await;
    }
    tell(&event(request, refused), refused.login);
    Ok(())
}

fn event(request: &Request, note: Note<'_>) -> Event {
    Event {
        kind: note.kind,
        who: note.who,
        subject: note.subject.to_owned(),
        detail: note.detail.to_owned(),
        network: request.head().network(),
        request: request.head().request_id.clone(),
    }
}

/// A table that is taken along.
///
/// # Errors
/// [`AppError::Internal`].
pub async fn note_export(request: &Request, file: &str, rows: usize) -> Result<(), AppError> {
    request.open().await?.note(Kind::Exported, file, &format!("{rows} 行")).await
}

/// A refusal (403) of whoever is signed in. The answer does not depend on it: where it cannot be written, the line in the log says so.
pub async fn note_refusal(request: &Request) {
    let Some(session) = request.session() else { return };
    let services = request.services();
    let login = shown(&session);
    let path = request.head().path.split('?').next().unwrap_or("").to_owned();
    let refused = Note { login: &login, subject: &path, ..Note::of(Kind::Refused, who(&session), &login) };
    let written = match services.store.system().await {
        Ok(mut conn) => note_counted(request, &mut conn, refused, services.now()).await,
        Err(error) => Err(error.into()),
    };
    if let Err(error) = written {
        tracing::error!(target: TARGET, kind = Kind::Refused.code(), login, subject = path, %error, "not written to the database");
    }
}

/// One line for machines: everything in fields.
fn tell(event: &Event, login: &str) {
    let (person, staff) = match event.who {
        Some(Who::Person(person, _)) => (Some(person), None),
        Some(Who::Staff(staff)) => (None, Some(staff)),
        None => (None, None),
    };
    let Event { subject, detail, network, request, .. } = event;
    tracing::info!(target: TARGET, kind = event.kind.code(), login, staff, person, subject, detail, network, request, "security");
}

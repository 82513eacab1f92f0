//! The security log: written with whatever connection does the thing, read by administrators.

use crate::identity::Who;
use crate::{Conn, Page, StoreError};
use domain::actor::AreaCode;
use domain::security::Kind;
use time::OffsetDateTime;

/// What is written down. Name and area of the account are looked up when it is.
#[derive(Debug, Clone)]
pub struct Event {
    pub kind: Kind,
    /// Whose account: that of the connection's scope, or anybody's for the system; none where nobody knows.
    pub who: Option<Who>,
    /// What it was about: the number of a problem, a path, another account. Up to 300 characters are kept.
    pub subject: String,
    /// More about it, up to 500 characters.
    pub detail: String,
    /// Where it came from: an address, or the /64 of one; empty for the command line.
    pub network: String,
    /// The request's id, as in the log.
    pub request: String,
}

impl Event {
    pub(crate) fn ids(&self) -> (Option<i64>, Option<i64>) {
        self.who.map_or((None, None), Who::ids)
    }
}

/// Writes an event, in the transaction of the connection where there is one.
///
/// # Errors
/// [`StoreError::RowRefused`] in another's name.
pub async fn record(conn: &mut Conn, event: &Event, now: OffsetDateTime) -> Result<(), StoreError> {
    let (person, staff) = event.ids();
    sqlx::query_scalar!(
        "select record_security($1, $2, $3, $4, $5, $6, $7, $8)",
        event.kind.code(),
        staff,
        person,
        event.subject,
        event.detail,
        event.network,
        event.request,
        now,
    )
    .fetch_one(conn.pg())
    .await?;
    Ok(())
}

/// An event as it was written.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: i64,
    pub at: OffsetDateTime,
    pub kind: String,
    /// The sign-in name, or a masked phone; empty where nobody knows.
    pub login: String,
    pub area: Option<AreaCode>,
    pub subject: String,
    pub detail: String,
    pub network: String,
    pub request: String,
}

/// Which events.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub kind: Option<Kind>,
    /// A sign-in name, whole.
    pub login: Option<String>,
    /// From this instant …
    pub from: Option<OffsetDateTime>,
    /// … until before this one.
    pub until: Option<OffsetDateTime>,
}

/// Events that the scope may read, the latest first; the cursor is the id of the last one.
pub async fn list(conn: &mut Conn, filter: &Filter, after: Option<&str>, limit: i64) -> Result<Page<Row>, StoreError> {
    let before = after.and_then(|cursor| cursor.parse::<i64>().ok());
    let rows = sqlx::query_as!(
        Row,
        "select id, at, kind, login, area, subject, detail, network, request from security_event
         where ($1::text is null or kind = $1) and ($2::text is null or login = $2) and ($3::timestamptz is null or at >= $3)
            and ($4::timestamptz is null or at < $4) and ($5::bigint is null or id < $5)
         order by id desc limit $6",
        filter.kind.map(Kind::code),
        filter.login,
        filter.from,
        filter.until,
        before,
        limit + 1
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()))
}

//! What a key files and reads, in its own scope.

use crate::issue::{By, CommandError, EventRow, Filed, Filing, execute_in, file_in, parse};
use crate::{Conn, StoreError, cursor, parse_cursor};
use domain::actor::{Actor, AreaCode, DepartmentId, EnterpriseId};
use domain::calendar::WorkCalendar;
use domain::issue::{Command, Issue, Terms, evolve};
use domain::uscc::Uscc;
use sqlx::{Connection, PgConnection};
use time::OffsetDateTime;

/// The constraint that says that the same was filed before.
pub const TAKEN: &str = "api_external_pkey";

/// An issue as the key that filed it reads it.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: i64,
    pub number: String,
    /// What the channel calls it; empty where it said nothing (Open311).
    pub external_id: String,
    pub enterprise: EnterpriseId,
    pub enterprise_name: String,
    pub title: String,
    pub text: String,
    pub place: String,
    pub category: String,
    pub area: AreaCode,
    pub state: String,
    pub round: i32,
    pub version: i32,
    pub department: Option<DepartmentId>,
    pub submitted_at: OffsetDateTime,
    pub changed_at: OffsetDateTime,
    pub due_at: Option<OffsetDateTime>,
}

/// The enterprise with this code; one that is not known is entered by its name, if there is one.
///
/// # Errors
/// When the database does not answer.
pub async fn enterprise(
    conn: &mut Conn,
    uscc: &Uscc,
    name: &str,
    area: AreaCode,
    now: OffsetDateTime,
) -> Result<Option<(EnterpriseId, AreaCode)>, StoreError> {
    let row = sqlx::query!("select id, registered from enterprise_for_key($1, $2, $3, $4)", uscc.as_str(), name, area, now)
        .fetch_one(conn.pg())
        .await?;
    Ok(row.id.zip(row.registered))
}

/// Whom to call of an enterprise: name and number of a member.
///
/// # Errors
/// When the database does not answer.
pub async fn contact(conn: &mut Conn, enterprise: EnterpriseId) -> Result<Option<(String, String)>, StoreError> {
    let row = sqlx::query!("select name, phone from contact_for_key($1)", enterprise).fetch_one(conn.pg()).await?;
    Ok(row.name.zip(row.phone))
}

/// The number of what the key filed under a name of its own, and the SHA-256 of what it filed.
///
/// # Errors
/// When the database does not answer.
pub async fn filed(conn: &mut Conn, key: i64, external_id: &str) -> Result<Option<(String, Vec<u8>)>, StoreError> {
    let row = sqlx::query!(
        "select i.number, x.request from api_external x join issue i on i.id = x.issue_id where x.key_id = $1 and x.external_id = $2",
        key,
        external_id
    )
    .fetch_optional(conn.pg())
    .await?;
    Ok(row.map(|row| (row.number, row.request)))
}

/// Files what the key calls `external_id`: the issue, whose it is and what it is called, or nothing at all.
///
/// # Errors
/// As [`crate::issue::file`]; [`StoreError::Conflict`] with [`TAKEN`] where the same was quicker.
pub async fn file(
    conn: &mut Conn,
    key: i64,
    external_id: &str,
    request: &[u8],
    filing: &Filing<'_>,
    now: OffsetDateTime,
    terms: &Terms,
) -> Result<Filed, CommandError> {
    let mut tx = conn.pg().begin().await?;
    let filed = file_in(&mut tx, filing, now, terms).await?;
    let id = sqlx::query_scalar!("select id from issue where number = $1", filed.number).fetch_one(&mut *tx).await?;
    let beside = async {
        sqlx::query!(
            "insert into api_external (key_id, external_id, issue_id, request) values ($1, $2, $3, $4)",
            key,
            external_id,
            id,
            request
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!("insert into api_filing (issue_id, key_id, client_key) values ($1, $2, $3)", id, key, filing.client_key)
            .execute(&mut *tx)
            .await
    };
    match beside.await {
        Ok(_) => tx.commit().await?,
        Err(error) => {
            tx.rollback().await?;
            return Err(error.into());
        }
    }
    Ok(filed)
}

/// A command to what came in by a key.
#[derive(Debug, Clone, Copy)]
pub struct Giving<'a> {
    pub number: &'a str,
    pub command: &'a Command,
    pub actor: &'a Actor,
    /// The name a timeline shows.
    pub actor_name: &'a str,
    /// What the request is known by, where it bears a mark ([`super::begin`]).
    pub mark: Option<&'a str>,
}

/// Gives it. That the request of this mark was done is written in the same transaction: whatever becomes of its answer, the same again does nothing.
/// Answers whether it was: not where the mark is no longer under way, as whoever took this request for dead was quicker.
///
/// # Errors
/// As [`crate::issue::execute`]; nothing was written then.
pub async fn give(
    conn: &mut Conn,
    key: i64,
    giving: &Giving<'_>,
    now: OffsetDateTime,
    terms: &Terms,
) -> Result<bool, CommandError> {
    let mut tx = conn.pg().begin().await?;
    match give_in(&mut tx, key, giving, now, terms).await {
        Ok(true) => {
            tx.commit().await?;
            Ok(true)
        }
        other => {
            tx.rollback().await?;
            other
        }
    }
}

async fn give_in(
    tx: &mut PgConnection,
    key: i64,
    giving: &Giving<'_>,
    now: OffsetDateTime,
    terms: &Terms,
) -> Result<bool, CommandError> {
    if let Some(mark) = giving.mark {
        // Before the issue is looked at: of two at once one waits here, and finds it done.
        let mine =
            sqlx::query!("update api_answer set status = 200 where key_id = $1 and mark = $2 and status is null", key, mark)
                .execute(&mut *tx)
                .await?;
        if mine.rows_affected() == 0 {
            return Ok(false);
        }
    }
    execute_in(tx, giving.number, giving.command, &By::new(giving.actor, giving.actor_name, now), &[], terms).await?;
    Ok(true)
}

/// What was asked of the list.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Changed at this time or later.
    pub since: Option<OffsetDateTime>,
    /// Where the page before ended.
    pub after: Option<String>,
    /// Codes of states; empty for all.
    pub states: Vec<String>,
    pub limit: i64,
}

/// Reads a cursor; none where it is not one of ours.
pub fn is_cursor(text: &str) -> bool {
    parse_cursor(Some(text)).is_some()
}

/// How long a command may take between its instant and its commit: what is newer may still be followed by something older.
const SETTLED: time::Duration = time::Duration::seconds(20);

/// A page of what came in by the key, what changed first at its begin, with the cursor where to go on, now or later, and whether there is more
/// that has settled. Whoever goes on by the cursor may meet again what changed within the last seconds, and misses nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn list(
    conn: &mut Conn,
    key: i64,
    wanted: &Wanted,
    now: OffsetDateTime,
) -> Result<(Vec<Row>, String, bool), StoreError> {
    // Nothing is older, and no cursor names an earlier instant.
    let start = wanted.since.unwrap_or(OffsetDateTime::UNIX_EPOCH).max(OffsetDateTime::UNIX_EPOCH);
    let (at, id) = parse_cursor(wanted.after.as_deref()).unwrap_or((start, -1));
    let (at, id) = if at < start { (start, -1) } else { (at, id) };
    let mut rows = sqlx::query_as!(
        Row,
        r#"select i.id, i.number, coalesce(x.external_id, '') as "external_id!", i.enterprise_id as enterprise, i.enterprise_name, i.title,
            i.body as text, i.place, i.category, i.area, i.state, i.round, i.version, i.lead as department, i.submitted_at,
            i.last_event_at as changed_at, i.due_at
         from issue i left join api_external x on x.issue_id = i.id
         where i.key_id = $1 and (i.last_event_at, i.id) > ($2, $3) and (cardinality($4::text[]) = 0 or i.state = any($4))
         order by i.last_event_at, i.id limit $5"#,
        key,
        at,
        id,
        &wanted.states,
        wanted.limit + 1
    )
    .fetch_all(conn.pg())
    .await?;
    let limit = usize::try_from(wanted.limit).unwrap_or(0);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let (end, last) = rows.last().map_or((at, id), |row| (row.changed_at, row.id));
    // The cursor waits for what is not committed yet, also where there is another page: what it passed by would not be listed any more.
    let settled = now - SETTLED;
    if end <= settled {
        return Ok((rows, cursor(end, last), more));
    }
    let waiting = if at >= settled { cursor(at, id) } else { cursor(settled, -1) };
    Ok((rows, waiting, false))
}

/// One of them with its events, the oldest first.
///
/// # Errors
/// [`StoreError::NotFound`] also for what did not come in by the key of the scope.
pub async fn get(conn: &mut Conn, number: &str) -> Result<(Row, Vec<EventRow>), StoreError> {
    let row = sqlx::query_as!(
        Row,
        r#"select i.id, i.number, coalesce(x.external_id, '') as "external_id!", i.enterprise_id as enterprise, i.enterprise_name, i.title,
            i.body as text, i.place, i.category, i.area, i.state, i.round, i.version, i.lead as department, i.submitted_at,
            i.last_event_at as changed_at, i.due_at
         from issue i left join api_external x on x.issue_id = i.id where i.number = $1 and i.key_id is not null"#,
        number
    )
    .fetch_one(conn.pg())
    .await?;
    let stored = sqlx::query!(
        r#"select seq, at, actor::text as "actor!", actor_name, event::text as "event!" from issue_event where issue_id = $1 order by seq"#,
        row.id
    )
    .fetch_all(conn.pg())
    .await?;
    let event = |raw: (i32, OffsetDateTime, String, String, String)| -> Result<EventRow, StoreError> {
        let (seq, at, actor, actor_name, event) = raw;
        Ok(EventRow { seq, at, actor: parse(&actor, number)?, actor_name, event: parse(&event, number)? })
    };
    let events = stored.into_iter().map(|raw| event((raw.seq, raw.at, raw.actor, raw.actor_name, raw.event)));
    let events = events.collect::<Result<Vec<_>, _>>()?;
    Ok((row, events))
}

/// The issue as it was once these events had happened.
pub fn replayed(enterprise: EnterpriseId, events: &[EventRow], calendar: &WorkCalendar) -> Issue {
    events.iter().fold(Issue::draft(enterprise), |issue, row| evolve(issue, &row.event, row.at, &row.actor, calendar))
}

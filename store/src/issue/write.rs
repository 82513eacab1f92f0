//! Writing: filing in one round trip, every other command in one transaction that replays the events first.

use super::Queue;
use crate::{Conn, NEVER, StoreError};
use domain::actor::Actor;
use domain::catalogue::FALLBACK_BOARD;
use domain::issue::notice::notices;
use domain::issue::{Command, Event, Issue, Refusal, State, Submission, Terms, decide, evolve};
use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// A filing that the domain has decided.
#[derive(Debug, Clone)]
pub struct Filing<'a> {
    /// Chosen by the form; the same key files once.
    pub client_key: Uuid,
    /// Who files.
    pub actor: &'a Actor,
    /// The name a timeline shows.
    pub actor_name: &'a str,
    /// `Command::Submit`.
    pub command: &'a Command,
    /// For whom.
    pub enterprise: i64,
    /// Whom to call.
    pub contact_name: &'a str,
    /// Under which number.
    pub contact_phone: &'a str,
    /// Pictures uploaded before.
    pub photos: &'a [Uuid],
    /// How many the enterprise may file in a day; 0 for any number.
    pub most_a_day: i32,
}

/// What a filing came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// The receipt's number.
    pub number: String,
    /// The same key had filed before.
    pub already: bool,
}

/// What a command came to.
#[derive(Debug, Clone)]
pub struct Executed {
    /// The issue after it.
    pub issue: Issue,
}

/// Why a command came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// A rule of the loop.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store; `NotFound` also where the scope may not see the issue.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for CommandError {
    fn from(error: sqlx::Error) -> CommandError {
        CommandError::Store(error.into())
    }
}

/// Files an issue: decides, then writes everything in one statement.
pub async fn file(conn: &mut Conn, filing: &Filing<'_>, now: OffsetDateTime, terms: &Terms) -> Result<Filed, CommandError> {
    file_in(conn.pg(), filing, now, terms).await
}

/// As [`file`], beside what else its transaction writes.
pub(crate) async fn file_in(
    conn: &mut PgConnection,
    filing: &Filing<'_>,
    now: OffsetDateTime,
    terms: &Terms,
) -> Result<Filed, CommandError> {
    let now = microseconds(now);
    let draft = Issue::draft(filing.enterprise);
    let events = decide(&draft, filing.command, filing.actor, now, terms)?;
    let [event @ Event::Submitted { submission, .. }] = events.as_slice() else {
        return Err(StoreError::Unreadable("a submission gave no single event".to_owned()).into());
    };
    let issue = evolve(draft, event, now, filing.actor, &terms.calendar);
    let actor_text = text(filing.actor)?;
    let event_text = text(event)?;
    let mut projection = projection_of(&issue, now, terms)?;
    add(&mut projection, filing_columns(filing, &issue, submission, now)?);
    let notices = json(&notices(event, &issue, now, terms))?;
    let filed = sqlx::query!(
        r#"select number as "number!", already as "already!" from file_issue($1, $2, $3, $4, $5, $6)"#,
        projection,
        actor_text,
        filing.actor_name,
        event_text,
        notices,
        filing.photos
    )
    .fetch_one(conn)
    .await?;
    Ok(Filed { number: filed.number, already: filed.already })
}

/// What a filing adds to the projection for ever.
fn filing_columns(
    filing: &Filing<'_>,
    issue: &Issue,
    submission: &Submission,
    now: OffsetDateTime,
) -> Result<serde_json::Value, StoreError> {
    Ok(json!({
        "client_key": filing.client_key, "enterprise_id": filing.enterprise, "area": issue.area, "title": submission.title,
        "body": submission.text, "place": submission.place, "contact_name": filing.contact_name,
        "contact_phone": filing.contact_phone, "channel": issue.channel.code(), "filed_by": issue.filed_by,
        "station_id": issue.station, "key_id": issue.key, "submitted_at": rfc3339(now)?, "most_a_day": filing.most_a_day,
    }))
}

/// Adds the members of one object to another.
pub(super) fn add(row: &mut serde_json::Value, extra: serde_json::Value) {
    if let (serde_json::Value::Object(row), serde_json::Value::Object(extra)) = (row, extra) {
        row.extend(extra);
    }
}

/// What the projection adds to the aggregate.
pub(super) struct Projection {
    board: String,
    due: Option<OffsetDateTime>,
    warn: OffsetDateTime,
    late: OffsetDateTime,
}

impl Projection {
    /// An instant as JSON has it.
    pub(super) fn instant(at: Option<OffsetDateTime>) -> Result<Option<String>, StoreError> {
        at.map(rfc3339).transpose()
    }

    fn of(issue: &Issue, now: OffsetDateTime, terms: &Terms) -> Projection {
        let known = terms.catalogue_of(issue, now).category(&issue.category);
        Projection {
            board: known.map_or(FALLBACK_BOARD, |category| &category.board).to_owned(),
            due: issue.answer.map(|clock| clock.due),
            warn: issue.warn_at().unwrap_or(NEVER),
            late: issue.late_at().unwrap_or(NEVER),
        }
    }
}

/// Of the desk's queues by state, the one an open issue lies in.
fn queue_of(issue: &Issue) -> Option<Queue> {
    match issue.state {
        State::Submitted => Some(Queue::ToAccept),
        State::Accepted if issue.returned => Some(Queue::Returned),
        State::Accepted => Some(Queue::ToDispatch),
        State::Dispatched => Some(Queue::ToSign),
        State::Handling | State::AwaitingInput | State::Tracking => Some(Queue::Mine),
        State::Answered => Some(Queue::ToRate),
        State::Draft | State::Closed | State::Declined | State::Withdrawn | State::Merged => None,
    }
}

/// Everything of the projection that events change, as a row of `issue`.
pub(super) fn projection_of(issue: &Issue, now: OffsetDateTime, terms: &Terms) -> Result<serde_json::Value, StoreError> {
    let row = Projection::of(issue, now, terms);
    let flags: Vec<&str> = issue.flags.iter().map(|flag| flag.code()).collect();
    let cap = issue.pause.as_ref().map(|pause| pause.cap);
    let time = Projection::instant;
    Ok(json!({
        "centre": issue.centre, "state": issue.state.code(), "round": issue.round, "version": issue.version,
        "category": issue.category, "board": row.board, "level": issue.level.code(), "urgency": issue.urgency.code(),
        "board_lead": issue.with_board_lead().map(|board| board.lead), "lead": issue.lead, "co": issue.taking_part(),
        "owed_by": issue.owing(), "tier": issue.tier.code(),
        "proposed": issue.proposed, "returned": issue.returned, "due_at": time(row.due)?,
        "warn_at": rfc3339(row.warn)?, "late_at": rfc3339(row.late)?, "pause_cap": time(cap)?,
        "answered_at": time(issue.answered_at)?, "ended_at": time(issue.ended_at)?,
        "outcome": issue.outcome.map(|outcome| outcome.code()), "rating_level": issue.rating.as_ref().map(|r| r.level.code()),
        "rating_solved": issue.rating.as_ref().map(|r| r.solved), "flags": flags, "last_event_at": rfc3339(now)?,
        "open": issue.state.is_open(), "queue": queue_of(issue).map(Queue::code), "extension": issue.extension,
        "call_back_due": time(issue.call_back.due)?, "call_back_missed": (issue.call_back.missed > 0).then_some(issue.call_back.missed),
        "alarm_at": time(issue.alarm_at(terms))?, "watched": issue.watched,
    }))
}

/// Numbers of issues whose pause has reached its cap, the longest ago first, without the first `passed`. Needs the system's scope.
pub async fn lapsing(conn: &mut Conn, now: OffsetDateTime, limit: i64, passed: i64) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar!(
        "select number from issue where pause_cap <= $1 order by pause_cap limit $2 offset $3",
        now,
        limit,
        passed
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Numbers of issues of which somebody is to be told, the longest due first, without the first `passed`. Needs the system's scope.
pub async fn alarming(conn: &mut Conn, now: OffsetDateTime, limit: i64, passed: i64) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar!(
        "select number from issue where alarm_at <= $1 order by alarm_at, id limit $2 offset $3",
        now,
        limit,
        passed
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Columns of a row of `issue`, as JSON, that are not what its events say; each event is its row of `issue_event`. When a clock warns and is
/// late follows the calendar of the day, and the board the catalogue: those are left out.
pub(crate) fn differs_from_events(row: &serde_json::Value, events: &[serde_json::Value]) -> Result<Vec<String>, StoreError> {
    let unreadable = |error: serde_json::Error| StoreError::Unreadable(format!("its events cannot be read: {error}"));
    let terms = Terms::default();
    let mut issue = Issue::draft(row["enterprise_id"].as_i64().unwrap_or_default());
    let mut last = OffsetDateTime::UNIX_EPOCH;
    for event in events {
        let actor: Actor = serde_json::from_value(event["actor"].clone()).map_err(unreadable)?;
        last = instant(&event["at"]).ok_or_else(|| StoreError::Unreadable("an event has no time".to_owned()))?;
        issue =
            evolve(issue, &serde_json::from_value(event["event"].clone()).map_err(unreadable)?, last, &actor, &terms.calendar);
    }
    let serde_json::Value::Object(mut expected) = projection_of(&issue, last, &terms)? else { return Ok(Vec::new()) };
    // Written once, with the filing: no projection moves it. What a person filed is no key's.
    expected.insert("key_id".to_owned(), json(&issue.key)?);
    let same = |one: &serde_json::Value, other: &serde_json::Value| {
        one == other || instant(one).is_some_and(|at| instant(other) == Some(at))
    };
    let columns =
        expected.into_iter().filter(|(column, _)| !matches!(column.as_str(), "warn_at" | "late_at" | "alarm_at" | "board"));
    Ok(columns.filter(|(column, value)| !same(value, &row[column])).map(|(column, _)| column).collect())
}

fn instant(value: &serde_json::Value) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(value.as_str()?, &Rfc3339).ok()
}

/// PostgreSQL keeps microseconds; what is hashed must be what is read again.
pub(super) fn microseconds(at: OffsetDateTime) -> OffsetDateTime {
    at - time::Duration::nanoseconds(i64::from(at.nanosecond() % 1_000))
}

fn rfc3339(at: OffsetDateTime) -> Result<String, StoreError> {
    at.format(&Rfc3339).map_err(|error| StoreError::Unreadable(error.to_string()))
}

pub(super) fn text(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Unreadable(error.to_string()))
}

pub(super) fn json(value: &impl serde::Serialize) -> Result<serde_json::Value, StoreError> {
    serde_json::to_value(value).map_err(|error| StoreError::Unreadable(error.to_string()))
}

pub(crate) fn parse<T: serde::de::DeserializeOwned>(text: &str, number: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable(format!("event of {number}: {error}")))
}

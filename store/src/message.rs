//! In-app messages (站内消息) of persons and staff; row-level security keeps each to its own.

use crate::identity::Who;
use crate::{Conn, NEVER, Page, StoreError, cursor, parse_cursor};
use domain::issue::texts::Text;
use std::collections::HashMap;
use time::OffsetDateTime;

#[derive(Debug, Clone, sqlx::Type)]
#[sqlx(type_name = "message_row")]
pub struct Message {
    pub id: i64,
    /// The issue's number.
    pub number: String,
    /// The event's kind.
    pub kind: String,
    /// Where it leads; to the issue of its number where that is not said.
    pub link: Option<String>,
    pub title: String,
    pub body: String,
    pub created_at: OffsetDateTime,
    /// When it was read.
    pub read_at: Option<OffsetDateTime>,
}

/// Whose messages.
#[derive(Debug, Clone, Copy)]
pub enum Inbox {
    /// A person's, of the enterprise chosen.
    Person {
        person: i64,
        /// The enterprise chosen in the session.
        enterprise: i64,
    },
    /// A staff account's.
    Staff(i64),
}

/// The messages, newest first.
pub async fn list(conn: &mut Conn, inbox: Inbox, after: Option<&str>, limit: i64) -> Result<Page<Message>, StoreError> {
    let (at, id) = parse_cursor(after).unwrap_or((NEVER, i64::MAX));
    let rows = match inbox {
        Inbox::Person { person, enterprise } => {
            sqlx::query_as!(
                Message,
                "select id, number, kind, link, title, body, created_at, read_at from message
                 where person_id = $1 and (created_at, id) < ($2, $3) and (enterprise_id = $5 or enterprise_id is null)
                 order by created_at desc, id desc limit $4",
                person,
                at,
                id,
                limit + 1,
                enterprise
            )
            .fetch_all(conn.pg())
            .await?
        }
        Inbox::Staff(staff) => {
            sqlx::query_as!(
                Message,
                "select id, number, kind, link, title, body, created_at, read_at from message
                 where staff_id = $1 and (created_at, id) < ($2, $3) order by created_at desc, id desc limit $4",
                staff,
                at,
                id,
                limit + 1
            )
            .fetch_all(conn.pg())
            .await?
        }
    };
    Ok(Page::cut(rows, limit, |message| cursor(message.created_at, message.id)))
}

/// Marks all of an inbox as read, up to an id; those of a person's other enterprises have not been seen and stay.
pub async fn mark_read(conn: &mut Conn, inbox: Inbox, up_to: i64, now: OffsetDateTime) -> Result<(), StoreError> {
    let (person, enterprise, staff) = match inbox {
        Inbox::Person { person, enterprise } => (Some(person), Some(enterprise), None),
        Inbox::Staff(staff) => (None, None, Some(staff)),
    };
    sqlx::query!(
        "update message set read_at = $3 where (person_id = $1 and (enterprise_id = $5 or enterprise_id is null) or staff_id = $2)
            and read_at is null and id <= $4",
        person,
        staff,
        now,
        up_to,
        enterprise
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Opens one message of an inbox: it is read from now on. Answers its issue's number and where else it leads.
///
/// # Errors
/// [`StoreError::NotFound`] for one of another inbox.
pub async fn open(conn: &mut Conn, inbox: Inbox, id: i64, now: OffsetDateTime) -> Result<(String, Option<String>), StoreError> {
    let (person, enterprise, staff) = match inbox {
        Inbox::Person { person, enterprise } => (Some(person), Some(enterprise), None),
        Inbox::Staff(staff) => (None, None, Some(staff)),
    };
    let row = sqlx::query!(
        "update message set read_at = coalesce(read_at, $3) where id = $4
            and (person_id = $1 and (enterprise_id = $5 or enterprise_id is null) or staff_id = $2) returning number, link",
        person,
        staff,
        now,
        id,
        enterprise
    )
    .fetch_one(conn.pg())
    .await?;
    Ok((row.number, row.link))
}

/// The titles of the issues that messages are about, by number; of those that these eyes may read.
pub async fn titles(conn: &mut Conn, messages: &[Message]) -> Result<HashMap<String, String>, StoreError> {
    let numbers: Vec<String> = messages.iter().map(|message| message.number.clone()).collect();
    let rows = sqlx::query!("select number, title from issue where number = any($1)", &numbers).fetch_all(conn.pg()).await?;
    Ok(rows.into_iter().map(|row| (row.number, row.title)).collect())
}

/// Tells somebody of their own account, here and, where they want such, by text message, which goes out at `due`. Needs the system's scope: nobody
/// else writes a message, and not even an administrator one in the name of the system.
///
/// # Errors
/// [`StoreError`].
pub async fn alert(
    conn: &mut Conn,
    who: Who,
    text: &Text,
    link: &str,
    now: OffsetDateTime,
    due: OffsetDateTime,
) -> Result<(), StoreError> {
    let (person, staff) = who.ids();
    sqlx::query!(
        "with told as (
            insert into message (person_id, staff_id, number, kind, title, body, link, created_at)
            values ($1::bigint, $2::bigint, '', 'account', $3, $4, $5, $6))
         insert into job (kind, payload, run_at, created_at)
         select 'sms_notice', jsonb_build_object('phone', phone, 'text', $8::text, 'about', 'account'), $7, $6
         from (select p.phone from person p where p.id = $1 and p.issue_sms
            union all select a.mobile from notice_address a where a.staff_id = $2 and a.mobile <> '') reached",
        person,
        staff,
        text.title,
        text.body,
        link,
        now,
        due,
        format!("{}：{}", text.title, text.body)
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

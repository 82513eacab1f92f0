//! The desk at work: internal notes, who has an issue open, whose it is within an office, who stands in for whom, what became of a bulk command
//! (`migrations/0056_work.sql`).

use super::template::Template;
use super::{IssueRow, RawRow, rows};
use crate::{Conn, StoreError};
use domain::actor::StaffId;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

/// For so long whoever opened an issue is shown to the next one.
pub const OPEN: Duration = Duration::minutes(15);

/// Somebody who has the issue open.
#[derive(Debug, Clone, Deserialize)]
pub struct Viewer {
    pub name: String,
    /// Seconds since it was opened.
    pub ago: i64,
}

/// 内部备注.
#[derive(Debug, Clone, Deserialize)]
pub struct Note {
    pub author: String,
    pub body: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// A colleague of one's own office.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Colleague {
    pub id: StaffId,
    pub name: String,
}

/// What stands beside an issue at the desk.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    pub viewers: Vec<Viewer>,
    /// The newest first; fifty at most.
    pub notes: Vec<Note>,
    /// Whose it is within one's own office.
    pub assignee: Option<Colleague>,
    pub colleagues: Vec<Colleague>,
    pub templates: Vec<Template>,
}

/// What stands beside an issue, and that this person opened it: one query. Open pages of the others hear of it, so that the first sees the second;
/// whoever asks again is there already and is no news, or two pages would wake one another for ever. Only where there are others: `NOTIFY` takes a lock
/// of the whole database at commit (`outbox`), and most issues are opened by one person.
///
/// # Errors
/// [`StoreError`]; of the policies for a duty that reads no internal notes.
pub async fn beside(conn: &mut Conn, issue: i64, staff: StaffId, name: &str, now: OffsetDateTime) -> Result<Beside, StoreError> {
    let row = sqlx::query!(
        r#"with was as (
            select from issue_presence where issue_id = $1 and staff_id = $2 and opened_at > $5
        ), news as (
            select pg_notify($6, jsonb_build_object('opened', $1::bigint, 'by', $2::bigint)::text)
            where not exists (select from was)
                and exists (select from issue_presence where issue_id = $1 and staff_id <> $2 and opened_at > $5)
        ), opened as (
            insert into issue_presence (issue_id, staff_id, name, opened_at) values ($1, $2, $3, $4::timestamptz)
            on conflict (issue_id, staff_id) do update set opened_at = excluded.opened_at, name = excluded.name)
        select coalesce((select json_agg(json_build_object('name', p.name, 'ago', extract(epoch from $4::timestamptz - p.opened_at)::bigint)
                order by p.opened_at desc) from issue_presence p
                where p.issue_id = $1 and p.staff_id <> $2 and p.opened_at > $5), '[]') as "viewers!: Json<Vec<Viewer>>",
            coalesce((select json_agg(json_build_object('author', n.author, 'body', n.body, 'at', n.created_at) order by n.id desc)
                from (select * from issue_note where issue_id = $1 order by id desc limit 50) n), '[]') as "notes!: Json<Vec<Note>>",
            (select json_build_object('id', a.staff_id, 'name', a.staff_name) from issue_assignment a
                where a.issue_id = $1 and a.office = office()) as "assignee: Json<Colleague>",
            coalesce((select json_agg(json_build_object('id', c.id, 'name', c.name)) from colleagues() c), '[]')
                as "colleagues!: Json<Vec<Colleague>>",
            coalesce((select json_agg(json_build_object('id', t.id, 'department', t.department_id, 'title', t.title, 'body', t.body)
                order by t.department_id nulls last, t.title) from answer_template t where t.gone_at is null), '[]')
                as "templates!: Json<Vec<Template>>",
            (select count(*) from news) as "told!""#,
        issue,
        staff,
        name,
        now,
        now - OPEN,
        crate::outbox::CHANNEL
    )
    .fetch_one(conn.pg())
    .await?;
    Ok(Beside {
        viewers: row.viewers.0,
        notes: row.notes.0,
        assignee: row.assignee.map(|found| found.0),
        colleagues: row.colleagues.0,
        templates: row.templates.0,
    })
}

/// Remembers that this person was told, up to `version`, of what happened while they wrote.
///
/// # Errors
/// [`StoreError`].
pub async fn tell(
    conn: &mut Conn,
    issue: i64,
    staff: StaffId,
    name: &str,
    version: u32,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let version = i32::try_from(version).unwrap_or(i32::MAX);
    sqlx::query!(
        "insert into issue_presence (issue_id, staff_id, name, opened_at, told) values ($1, $2, $3, $4, $5)
         on conflict (issue_id, staff_id) do update set told = excluded.told",
        issue,
        staff,
        name,
        now,
        version
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Up to which event this person was told; and whom they stand in for here today: whoever the issue was passed to, and is absent.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    pub told: u32,
    pub instead_of: Option<String>,
}

/// See [`Standing`].
///
/// # Errors
/// [`StoreError`].
pub async fn standing(conn: &mut Conn, issue: i64, staff: StaffId, today: Date) -> Result<Standing, StoreError> {
    let row = sqlx::query!(
        r#"select coalesce((select told from issue_presence where issue_id = $1 and staff_id = $2), 0) as "told!",
            (select s.absent_name from substitution s join issue_assignment a on a.staff_id = s.absent_id and a.office = office()
                where a.issue_id = $1 and s.substitute_id = $2 and s.ended_at is null and $3 between s.from_day and s.to_day limit 1)
                as instead_of"#,
        issue,
        staff,
        today
    )
    .fetch_one(conn.pg())
    .await?;
    Ok(Standing { told: u32::try_from(row.told).unwrap_or(0), instead_of: row.instead_of })
}

/// Writes an internal note.
///
/// # Errors
/// [`StoreError::RowRefused`] for a duty that writes none.
pub async fn note(
    conn: &mut Conn,
    issue: i64,
    staff: StaffId,
    author: &str,
    body: &str,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into issue_note (issue_id, staff_id, author, body, created_at) values ($1, $2, $3, $4, $5)",
        issue,
        staff,
        author,
        body,
        now
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Gives an issue to a colleague, or back to the whole office.
///
/// # Errors
/// [`StoreError::RowRefused`] for somebody of another office.
pub async fn pass(conn: &mut Conn, issue: i64, to: Option<StaffId>, said: &str, now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query!(r#"select pass_issue($1, $2, $3, $4) as "passed: ()""#, issue, to, said, now).execute(conn.pg()).await?;
    Ok(())
}

/// An issue that is somebody's, and whose.
#[derive(Debug, Clone)]
pub struct Mine {
    pub row: IssueRow,
    /// Whose it is: one's own, or an absent colleague's.
    pub whose: String,
    pub own: bool,
}

/// The open issues that were passed to this person, or to somebody it stands in for today, the earliest end first; two hundred at most.
///
/// # Errors
/// [`StoreError`].
pub async fn mine(conn: &mut Conn, staff: StaffId, today: Date) -> Result<Vec<Mine>, StoreError> {
    let of = sqlx::query!(
        "select a.issue_id, a.staff_id, a.staff_name from issue_assignment a join issue i on i.id = a.issue_id
         where a.office = office() and i.open and (a.staff_id = $1 or a.staff_id in (select s.absent_id from substitution s
            where s.substitute_id = $1 and s.ended_at is null and $2 between s.from_day and s.to_day))
         order by i.late_at, i.id limit 200",
        staff,
        today
    )
    .fetch_all(conn.pg())
    .await?;
    let ids: Vec<i64> = of.iter().map(|row| row.issue_id).collect();
    let raw = sqlx::query_as!(
        RawRow,
        "select i.id, i.number, i.enterprise_name, i.title, i.category, i.state, i.round, i.centre, i.lead, i.submitted_at, i.due_at,
            i.warn_at, i.late_at, i.answered_at, i.returned, i.flags, i.last_event_at
         from issue i where i.id = any($1) order by i.late_at, i.id",
        &ids
    )
    .fetch_all(conn.pg())
    .await?;
    let whose = |id| of.iter().find(|row| row.issue_id == id);
    let mine = rows(raw)?.into_iter().filter_map(|row| {
        let of = whose(row.id)?;
        Some(Mine { row, whose: of.staff_name.clone(), own: of.staff_id == staff })
    });
    Ok(mine.collect())
}

/// 代班.
#[derive(Debug, Clone)]
pub struct Substitution {
    pub id: i64,
    pub absent: StaffId,
    pub absent_name: String,
    pub substitute: StaffId,
    pub substitute_name: String,
    pub from: Date,
    pub to: Date,
    pub reason: String,
    pub ended_at: Option<OffsetDateTime>,
}

/// Those of one's own office that are not over, and the last ones that are.
///
/// # Errors
/// [`StoreError`].
pub async fn substitutions(conn: &mut Conn) -> Result<Vec<Substitution>, StoreError> {
    Ok(sqlx::query_as!(
        Substitution,
        "select id, absent_id as absent, absent_name, substitute_id as substitute, substitute_name, from_day as \"from\", to_day as \"to\",
            reason, ended_at from substitution where office = office() order by to_day desc, id desc limit 30"
    )
    .fetch_all(conn.pg())
    .await?)
}

/// The others of one's own office.
///
/// # Errors
/// [`StoreError`].
pub async fn colleagues(conn: &mut Conn) -> Result<Vec<Colleague>, StoreError> {
    Ok(sqlx::query_as!(Colleague, r#"select id as "id!", name as "name!" from colleagues()"#).fetch_all(conn.pg()).await?)
}

/// Has a colleague stand in; `false` where one of both is away, or stands in for somebody, in those days.
///
/// # Errors
/// [`StoreError::RowRefused`] for somebody of another office.
pub async fn substitute(
    conn: &mut Conn,
    colleague: StaffId,
    (from, to): (Date, Date),
    why: &str,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let made = sqlx::query_scalar!("select put_substitution($1, $2, $3, $4, $5)", colleague, from, to, why, now);
    Ok(made.fetch_one(conn.pg()).await?.is_some())
}

/// Ends one before its time; whether it was one's own.
///
/// # Errors
/// [`StoreError`].
pub async fn end_substitution(conn: &mut Conn, id: i64, now: OffsetDateTime) -> Result<bool, StoreError> {
    let done = sqlx::query!("update substitution set ended_at = $2 where id = $1 and ended_at is null", id, now);
    Ok(done.execute(conn.pg()).await?.rows_affected() == 1)
}

/// What became of a row of a bulk command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkLine {
    pub number: String,
    pub title: String,
    pub done: bool,
    /// What was done, or why not.
    pub said: String,
}

/// A bulk command.
#[derive(Debug, Clone)]
pub struct BulkRun {
    /// What was given, in words.
    pub command: String,
    pub at: OffsetDateTime,
    pub lines: Vec<BulkLine>,
}

/// Begins a bulk command under the key of its form, unless that was begun; what is older than a week goes.
///
/// # Errors
/// [`StoreError`].
pub async fn begin_run(conn: &mut Conn, id: Uuid, staff: StaffId, command: &str, now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query!(
        "with gone as (delete from bulk_run where staff_id = $2 and at < $3::timestamptz - interval '7 days')
         insert into bulk_run (id, staff_id, at, command, lines) values ($1, $2, $3, $4, '[]') on conflict do nothing",
        id,
        staff,
        now,
        command
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Keeps what became of a row as soon as it is known, for whoever is cut off. What was done stays done, whatever a second sending of the form met.
///
/// # Errors
/// [`StoreError`].
pub async fn keep_line(conn: &mut Conn, id: Uuid, line: &BulkLine) -> Result<(), StoreError> {
    let kept = serde_json::to_value(line).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    sqlx::query!(
        "update bulk_run set lines = coalesce((select jsonb_agg(l order by n) from jsonb_array_elements(lines) with ordinality x (l, n)
                where l ->> 'number' <> $2 or (l ->> 'done')::boolean), '[]')
            || case when exists (select from jsonb_array_elements(lines) l where l ->> 'number' = $2 and (l ->> 'done')::boolean)
                then '[]' else jsonb_build_array($3::jsonb) end
         where id = $1",
        id,
        line.number,
        kept
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// A bulk command of whoever asks.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn run(conn: &mut Conn, id: Uuid) -> Result<BulkRun, StoreError> {
    let row = sqlx::query!(r#"select command, at, lines as "lines: Json<Vec<BulkLine>>" from bulk_run where id = $1"#, id)
        .fetch_one(conn.pg())
        .await?;
    Ok(BulkRun { command: row.command, at: row.at, lines: row.lines.0 })
}

/// Forgets who had an issue open an hour ago. Needs the system's scope.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_presence(conn: &mut Conn, now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query!("delete from issue_presence where opened_at < $1::timestamptz - interval '1 hour'", now)
        .execute(conn.pg())
        .await?;
    Ok(())
}

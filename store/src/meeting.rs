//! 恳谈会、座谈会: the problems of a meeting, written down by a centre from a table, all of them or none.

use crate::issue::{CommandError, Filing, file_in};
use crate::listed::{Listed, Part};
use crate::{Conn, StoreError};
use domain::actor::{Actor, AreaCode, area_covers};
use domain::issue::{Command, ELSEWHERE, Submission, Terms};
use domain::uscc::Uscc;
use sqlx::Connection;
use std::collections::HashMap;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// More enterprises than a desk may enter in a day.
pub use crate::member::REGISTRATIONS_A_DAY;

/// A meeting whose problems are written down.
#[derive(Debug, Clone, Copy)]
pub struct NewMeeting<'a> {
    /// The centre's.
    pub area: AreaCode,
    pub name: &'a str,
    pub held: Date,
    pub staff: i64,
    pub staff_name: &'a str,
}

/// A line of the table that can be read.
#[derive(Debug, Clone)]
pub struct NewRow {
    /// Of the file, from 1.
    pub line: usize,
    /// 序号.
    pub place: i32,
    pub uscc: Uscc,
    /// Empty where it is not said.
    pub enterprise_name: String,
    pub contact_name: String,
    pub contact_phone: String,
    /// With the meeting's area where none was said.
    pub submission: Submission,
    /// The district, where one was said or the place names it.
    pub area: Option<AreaCode>,
    /// SHA-256 of what stands there.
    pub request: [u8; 32],
}

/// What came of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    pub meeting: i64,
    /// Problems that were filed now.
    pub filed: usize,
    /// Problems that had been filed before.
    pub before: usize,
}

/// Files what was not filed before; or nothing, and why not, line by line.
///
/// # Errors
/// [`CommandError::Store`]; nothing was written then.
pub async fn file(
    conn: &mut Conn,
    meeting: &NewMeeting<'_>,
    rows: &[NewRow],
    actor: &Actor,
    now: OffsetDateTime,
    terms: &Terms,
) -> Result<Result<Done, Vec<(usize, String)>>, CommandError> {
    let mut tx = conn.pg().begin().await?;
    sqlx::query!(
        "insert into meeting (area, name, held, created_at, staff_id, staff_name) values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
        meeting.area,
        meeting.name,
        meeting.held,
        now,
        meeting.staff,
        meeting.staff_name
    )
    .execute(&mut *tx)
    .await?;
    let id = sqlx::query_scalar!(
        "select id from meeting where area = $1 and held = $2 and name = $3",
        meeting.area,
        meeting.held,
        meeting.name
    )
    .fetch_one(&mut *tx)
    .await?;
    // The same table from two windows: one after the other.
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('meeting', $1)) as locked", id).execute(&mut *tx).await?;
    let known = sqlx::query!(
        "select m.place, m.request, i.number from meeting_issue m join issue i on i.id = m.issue_id where m.meeting_id = $1",
        id
    )
    .fetch_all(&mut *tx)
    .await?;
    let known: HashMap<i32, (Vec<u8>, String)> = known.into_iter().map(|row| (row.place, (row.request, row.number))).collect();
    let mut done = Done { meeting: id, filed: 0, before: 0 };
    let mut faults = Vec::new();
    let shown = format!("{}（{}）", meeting.name, meeting.staff_name);
    for row in rows {
        match known.get(&row.place) {
            Some((same, _)) if *same == row.request => {
                done.before += 1;
                continue;
            }
            Some((_, number)) => {
                let sentence = format!("序号 {} 以前提交过另外的内容（诉求 {number}），不是同一件请换一个序号", row.place);
                faults.push((row.line, sentence));
                continue;
            }
            None => {}
        }
        let enters = row.area.unwrap_or(meeting.area);
        // The rule says so of every line, but later: an enterprise that is not known would be entered in another's district first, which the database
        // refuses, and the whole table with it.
        if !area_covers(meeting.area, enters) {
            faults.push((row.line, ELSEWHERE.to_owned()));
            continue;
        }
        let found = sqlx::query!(
            "select id, registered from enterprise_at_meeting($1, $2, $3, $4)",
            row.uscc.as_str(),
            row.enterprise_name,
            enters,
            now
        )
        .fetch_one(&mut *tx)
        .await?;
        let Some((enterprise, registered)) = found.id.zip(found.registered) else {
            faults.push((row.line, "系统里还没有这家企业，请填写企业名称".to_owned()));
            continue;
        };
        let submission = Submission { area: row.area.unwrap_or(registered), ..row.submission.clone() };
        let command = Command::Submit(submission);
        let filing = Filing {
            client_key: Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("meeting/{id}/{}", row.place).as_bytes()),
            actor,
            actor_name: &shown,
            command: &command,
            enterprise,
            contact_name: &row.contact_name,
            contact_phone: &row.contact_phone,
            photos: &[],
            // Said in one afternoon, and no flood.
            most_a_day: 0,
        };
        match file_in(&mut tx, &filing, now, terms).await {
            Ok(filed) => {
                sqlx::query!(
                    "insert into meeting_issue (meeting_id, place, issue_id, request) select $1, $2, id, $3 from issue where number = $4",
                    id,
                    row.place,
                    &row.request,
                    filed.number
                )
                .execute(&mut *tx)
                .await?;
                done.filed += 1;
            }
            // Nothing of it went to the database: the next line can be looked at all the same.
            Err(CommandError::Refused(refusal)) => faults.push((row.line, refusal.to_string())),
            Err(error) => return Err(error),
        }
    }
    if faults.is_empty() {
        tx.commit().await?;
        Ok(Ok(done))
    } else {
        tx.rollback().await?;
        Ok(Err(faults))
    }
}

/// A meeting with how many problems came of it.
#[derive(Debug, Clone)]
pub struct Meeting {
    pub id: i64,
    pub name: String,
    pub held: Date,
    pub created_at: OffsetDateTime,
    pub staff_name: String,
    pub issues: i64,
    /// Of these still open.
    pub open: i64,
}

/// The meetings that the scope may see, as a list is asked for, the latest first unless it asks for another order.
///
/// # Errors
/// [`StoreError`].
pub async fn list(conn: &mut Conn, asked: &Listed) -> Result<Part<Meeting>, StoreError> {
    let found = sqlx::query!(
        r#"select m.id, count(*) over () as "total!" from meeting m
         cross join lateral (select case $3::text when 'name' then m.name when 'held' then m.held::text when 'by' then m.staff_name
            when 'issues' then lpad((select count(i.id) from meeting_issue x join issue i on i.id = x.issue_id
                where x.meeting_id = m.id)::text, 8, '0')
            when 'open' then lpad((select count(*) from meeting_issue x join issue i on i.id = x.issue_id
                where x.meeting_id = m.id and i.open)::text, 8, '0') end collate "C" as key) k
         where ($1 = '' or strpos(lower(concat_ws(' ', m.name, m.held, m.staff_name)), $1) > 0)
            and ($2 = '' or ($2 = 'yes') = exists (select from meeting_issue x join issue i on i.id = x.issue_id
                where x.meeting_id = m.id and i.open))
         order by case when not $4 then k.key end, case when $4 then k.key end desc, m.held desc, m.id desc limit $5 offset $6"#,
        asked.words,
        asked.mark("open"),
        asked.sort,
        asked.down,
        asked.limit,
        asked.offset
    )
    .fetch_all(conn.pg())
    .await?;
    let (total, ids) = (found.first().map_or(0, |row| row.total), found.iter().map(|row| row.id).collect::<Vec<_>>());
    let rows = sqlx::query_as!(
        Meeting,
        r#"select m.id, m.name, m.held, m.created_at, m.staff_name, count(i.id) as "issues!", count(i.id) filter (where i.open) as "open!"
         from meeting m left join meeting_issue x on x.meeting_id = m.id left join issue i on i.id = x.issue_id
         where m.id = any($1) group by m.id, m.name, m.held, m.created_at, m.staff_name order by array_position($1, m.id)"#,
        &ids
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(Part { rows, total })
}

/// A problem of a meeting, as it stands.
#[derive(Debug, Clone)]
pub struct Line {
    pub place: i32,
    pub number: String,
    pub enterprise_name: String,
    pub title: String,
    pub state: String,
}

/// One meeting with its problems, in their order.
///
/// # Errors
/// [`StoreError::NotFound`] also where the scope may not see it.
pub async fn get(conn: &mut Conn, id: i64) -> Result<(Meeting, Vec<Line>), StoreError> {
    let meeting = sqlx::query_as!(
        Meeting,
        r#"select m.id, m.name, m.held, m.created_at, m.staff_name, count(i.id) as "issues!", count(i.id) filter (where i.open) as "open!"
         from meeting m left join meeting_issue x on x.meeting_id = m.id left join issue i on i.id = x.issue_id
         where m.id = $1 group by m.id, m.name, m.held, m.created_at, m.staff_name"#,
        id
    )
    .fetch_one(conn.pg())
    .await?;
    let lines = sqlx::query_as!(
        Line,
        "select x.place, i.number, i.enterprise_name, i.title, i.state from meeting_issue x join issue i on i.id = x.issue_id
         where x.meeting_id = $1 order by x.place",
        id
    )
    .fetch_all(conn.pg())
    .await?;
    Ok((meeting, lines))
}

//! 上报: what a centre passed to a higher platform, and what became of it there.

use crate::listed::{Listed, Part};
use crate::{Conn, StoreError};
use serde::Deserialize;
use sqlx::Connection;
use sqlx::types::Json;
use time::OffsetDateTime;

/// It was passed before.
pub const PASSED: &str = "issue_upward_pkey";

/// An issue that was passed upward.
#[derive(Debug, Clone)]
pub struct Passed {
    pub number: String,
    pub title: String,
    pub enterprise_name: String,
    pub reason: String,
    pub passed_at: OffsetDateTime,
    pub staff_name: String,
    /// What it is called there; none where nobody took it yet.
    pub external_id: Option<String>,
    pub received_at: Option<OffsetDateTime>,
    /// What was answered from there, the first first.
    pub replies: Json<Vec<Reply>>,
}

/// An answer from above.
#[derive(Debug, Clone, Deserialize)]
pub struct Reply {
    pub text: String,
    /// Nothing more comes.
    pub done: bool,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// What the scope may see, as a list is asked for, the latest first unless it asks for another order.
///
/// # Errors
/// [`StoreError`].
pub async fn list(conn: &mut Conn, asked: &Listed) -> Result<Part<Passed>, StoreError> {
    let found = sqlx::query!(
        r#"select u.issue_id as id, count(*) over () as "total!" from issue_upward u join issue i on i.id = u.issue_id
         cross join lateral (select case when u.received_at is null then 'waiting'
            when exists (select from upward_reply r where r.issue_id = u.issue_id and r.done) then 'done' else 'received' end as state) s
         cross join lateral (select case $4::text when 'number' then i.number when 'title' then i.title when 'enterprise' then i.enterprise_name
            when 'state' then s.state when 'passed' then (u.passed_at at time zone 'Asia/Shanghai')::text
            when 'by' then u.staff_name end collate "C" as key) k
         where ($3 = '' or s.state = $3)
            and ($1 = '' or strpos(lower(concat_ws(' ', i.number, i.title, i.enterprise_name, u.staff_name, u.reason, u.external_id,
                    to_char(u.passed_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'))), $1) > 0
                or s.state = any($2::text[])
                or exists (select from upward_reply r where r.issue_id = u.issue_id and strpos(lower(r.body), $1) > 0))
         order by case when not $5 then k.key end, case when $5 then k.key end desc, u.passed_at desc, u.issue_id desc limit $6 offset $7"#,
        asked.words,
        &asked.named,
        asked.mark("state"),
        asked.sort,
        asked.down,
        asked.limit,
        asked.offset
    )
    .fetch_all(conn.pg())
    .await?;
    let (total, ids) = (found.first().map_or(0, |row| row.total), found.iter().map(|row| row.id).collect::<Vec<_>>());
    let rows = sqlx::query_as!(
        Passed,
        r#"select i.number, i.title, i.enterprise_name, u.reason, u.passed_at, u.staff_name, u.external_id, u.received_at,
            coalesce((select json_agg(json_build_object('text', r.body, 'done', r.done, 'at', r.created_at) order by r.created_at)
                from upward_reply r where r.issue_id = u.issue_id), '[]') as "replies!: Json<Vec<Reply>>"
         from issue_upward u join issue i on i.id = u.issue_id where u.issue_id = any($1) order by array_position($1, u.issue_id)"#,
        &ids
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(Part { rows, total })
}

/// Passes an issue upward, with a note beside it that its handlers read.
///
/// # Errors
/// [`StoreError::Conflict`] with [`PASSED`], [`StoreError::RowRefused`] for whoever is no centre.
pub async fn pass(
    conn: &mut Conn,
    issue: i64,
    staff: i64,
    name: &str,
    reason: &str,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let mut tx = conn.pg().begin().await?;
    let passed = async {
        sqlx::query!(
            "insert into issue_upward (issue_id, passed_at, staff_id, staff_name, reason) values ($1, $2, $3, $4, $5)",
            issue,
            now,
            staff,
            name,
            reason
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "insert into issue_note (issue_id, staff_id, author, body, created_at) values ($1, $2, $3, '上报上级平台：' || $4::text, $5)",
            issue,
            staff,
            name,
            reason,
            now
        )
        .execute(&mut *tx)
        .await
    };
    match passed.await {
        Ok(_) => Ok(tx.commit().await?),
        Err(error) => {
            tx.rollback().await?;
            Err(error.into())
        }
    }
}

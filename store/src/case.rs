//! 典型案例 (S-11): read by everybody, written by centres.

use crate::listed::{Listed, Part};
use crate::{Conn, StoreError};
use domain::actor::{AreaCode, DepartmentId, StaffId};
use domain::case::Words;
use sqlx::Connection;
use time::OffsetDateTime;

/// A case as it is told.
#[derive(Debug, Clone)]
pub struct Case {
    pub id: i64,
    pub title: String,
    pub problem: String,
    pub answer: String,
    pub rule: String,
    /// Category's code.
    pub category: String,
    pub area: AreaCode,
    pub department: Option<DepartmentId>,
    pub requested_at: OffsetDateTime,
    pub closed_at: OffsetDateTime,
    pub published_at: OffsetDateTime,
    pub withdrawn_at: Option<OffsetDateTime>,
}

/// What a case is written from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub issue: i64,
    pub category: String,
    pub area: AreaCode,
    pub department: Option<DepartmentId>,
    pub requested_at: OffsetDateTime,
    pub closed_at: OffsetDateTime,
}

/// The cases that are told and hold the words, the newest problem first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(conn: &mut Conn, words: &str, category: &str, limit: i64) -> Result<Vec<Case>, StoreError> {
    Ok(sqlx::query_as!(
        Case,
        "select id, title, problem, answer, rule, category, area, department_id as department, requested_at, closed_at, published_at,
            withdrawn_at
         from typical_case
         where withdrawn_at is null and ($1 = '' or strpos(title || ' ' || problem || ' ' || answer, $1) > 0)
            and ($2 = '' or category = $2)
         order by requested_at desc, id desc limit $3",
        words,
        category,
        limit
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Those that are told, as a list is asked for, the newest problem first unless it asks for another order.
///
/// # Errors
/// When the database does not answer.
pub async fn listed(conn: &mut Conn, asked: &Listed) -> Result<Part<Case>, StoreError> {
    let found = sqlx::query!(
        r#"select c.id, count(*) over () as "total!" from typical_case c
         cross join lateral (select case $5::text when 'title' then c.title when 'requested' then (c.requested_at at time zone 'Asia/Shanghai')::text
            when 'published' then (c.published_at at time zone 'Asia/Shanghai')::text
            when 'category' then lpad(array_position($6::text[], c.category)::text, 6, '0')
            when 'area' then lpad(array_position($6, c.area::text)::text, 6, '0')
            when 'department' then lpad(array_position($6, 'd' || c.department_id)::text, 6, '0') end collate "C" as key) k
         where c.withdrawn_at is null and ($3 = '' or c.category = $3) and ($4 = '' or c.area::text = $4)
            and ($1 = '' or strpos(lower(concat_ws(' ', c.title, c.problem, c.answer, c.rule, (c.requested_at at time zone 'Asia/Shanghai')::date,
                    (c.published_at at time zone 'Asia/Shanghai')::date)), $1) > 0
                or c.category = any($2::text[]) or c.area::text = any($2) or 'd' || c.department_id = any($2))
         order by case when not $7 then k.key end, case when $7 then k.key end desc, c.requested_at desc, c.id desc limit $8 offset $9"#,
        asked.words,
        &asked.named,
        asked.mark("category"),
        asked.mark("area"),
        asked.sort,
        &asked.ranked,
        asked.down,
        asked.limit,
        asked.offset
    )
    .fetch_all(conn.pg())
    .await?;
    let (total, ids) = (found.first().map_or(0, |row| row.total), found.iter().map(|row| row.id).collect::<Vec<_>>());
    let rows = sqlx::query_as!(
        Case,
        "select id, title, problem, answer, rule, category, area, department_id as department, requested_at, closed_at, published_at,
            withdrawn_at
         from typical_case where id = any($1) order by array_position($1, id)",
        &ids
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(Part { rows, total })
}

/// Categories and areas of those that are told, to filter them by.
///
/// # Errors
/// When the database does not answer.
pub async fn marks(conn: &mut Conn) -> Result<Vec<(String, AreaCode)>, StoreError> {
    let rows =
        sqlx::query!("select distinct category, area from typical_case where withdrawn_at is null").fetch_all(conn.pg()).await?;
    Ok(rows.into_iter().map(|row| (row.category, row.area)).collect())
}

/// A case as it is compared with what somebody writes.
#[derive(Debug, Clone)]
pub struct Near {
    pub id: i64,
    pub title: String,
    /// The first [`COMPARED`] characters of it.
    pub problem: String,
    pub answer: String,
    pub rule: String,
}

/// So much of a problem is compared.
const COMPARED: i32 = 400;

/// The cases that are told, `limit` at most: those of the categories first, in their order, the newest of each first, then the newest of all. Each part of
/// it reads the head of an index, however many cases there are.
///
/// # Errors
/// When the database does not answer.
pub async fn near(conn: &mut Conn, categories: &[String], limit: i64) -> Result<Vec<Near>, StoreError> {
    Ok(sqlx::query_as!(
        Near,
        r#"select c.id, c.title, left(c.problem, $3) as "problem!", c.answer, c.rule
         from (select found.id, found.requested_at, min(found.place) as place from (
                (select head.id, head.requested_at, k.place from unnest($1::text[]) with ordinality as k (code, place)
                    cross join lateral (select t.id, t.requested_at from typical_case t where t.category = k.code and t.withdrawn_at is null
                        order by t.requested_at desc, t.id desc limit $2) head)
                union all
                (select t.id, t.requested_at, 32767 from typical_case t where t.withdrawn_at is null
                    order by t.requested_at desc, t.id desc limit $2)
            ) found group by found.id, found.requested_at order by 3, 2 desc, 1 desc limit $2) near
         join typical_case c on c.id = near.id and c.withdrawn_at is null
         order by near.place, c.requested_at desc, c.id desc"#,
        categories,
        limit,
        COMPARED
    )
    .fetch_all(conn.pg())
    .await?)
}

/// A case; whoever may not see a withdrawn one finds none.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(conn: &mut Conn, id: i64) -> Result<Case, StoreError> {
    Ok(sqlx::query_as!(
        Case,
        "select id, title, problem, answer, rule, category, area, department_id as department, requested_at, closed_at, published_at,
            withdrawn_at
         from typical_case where id = $1",
        id
    )
    .fetch_one(conn.pg())
    .await?)
}

/// Those of these cases that are told, in the order of their ids.
///
/// # Errors
/// When the database does not answer.
pub async fn told(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Case>, StoreError> {
    Ok(sqlx::query_as!(
        Case,
        "select id, title, problem, answer, rule, category, area, department_id as department, requested_at, closed_at, published_at,
            withdrawn_at
         from typical_case where id = any($1) and withdrawn_at is null order by id",
        ids
    )
    .fetch_all(conn.pg())
    .await?)
}

/// The case that tells of an issue, if one does.
///
/// # Errors
/// When the database does not answer.
pub async fn of_issue(conn: &mut Conn, number: &str) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar!(
        "select c.id from typical_case c join typical_case_source s on s.case_id = c.id join issue i on i.id = s.issue_id
         where i.number = $1 and c.withdrawn_at is null",
        number
    )
    .fetch_optional(conn.pg())
    .await?)
}

/// What a case of this issue would be written from: of one that was closed as solved.
///
/// # Errors
/// [`StoreError::NotFound`] where the scope sees no such issue.
pub async fn source(conn: &mut Conn, number: &str) -> Result<Source, StoreError> {
    Ok(sqlx::query_as!(
        Source,
        r#"select id as issue, category, area, lead as department, submitted_at as requested_at, ended_at as "closed_at!"
         from issue where number = $1 and state = 'closed'"#,
        number
    )
    .fetch_one(conn.pg())
    .await?)
}

/// Publishes a case. Sent twice it is published once.
///
/// # Errors
/// [`StoreError::RowRefused`] for whoever is no centre of the place.
pub async fn publish(
    conn: &mut Conn,
    source: &Source,
    words: &Words,
    by: Option<StaffId>,
    now: OffsetDateTime,
) -> Result<i64, StoreError> {
    let mut tx = conn.pg().begin().await?;
    // Two centres in the same moment: the second waits, and finds the first one's.
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('typical_case', $1)) as locked", source.issue)
        .fetch_one(&mut *tx)
        .await?;
    let told = sqlx::query_scalar!(
        "select c.id from typical_case c join typical_case_source s on s.case_id = c.id
         where s.issue_id = $1 and c.withdrawn_at is null",
        source.issue
    )
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(id) = told {
        return Ok(id);
    }
    let id = sqlx::query_scalar!(
        "insert into typical_case (title, problem, answer, rule, category, area, department_id, requested_at, closed_at, published_at,
            published_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id",
        words.title,
        words.problem,
        words.answer,
        words.rule,
        source.category,
        source.area,
        source.department,
        source.requested_at,
        source.closed_at,
        now,
        by
    )
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query!("insert into typical_case_source (case_id, issue_id) values ($1, $2)", id, source.issue)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(id)
}

/// Takes a case back; whether it was told until now.
///
/// # Errors
/// When the database does not answer.
pub async fn withdraw(conn: &mut Conn, id: i64, by: StaffId, now: OffsetDateTime) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update typical_case set withdrawn_at = $2, withdrawn_by = $3 where id = $1 and withdrawn_at is null",
        id,
        now,
        by
    )
    .execute(conn.pg())
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The cases that are told, of problems of this span and these categories (none: of every one), the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn between(
    conn: &mut Conn,
    from: OffsetDateTime,
    until: OffsetDateTime,
    categories: &[String],
    limit: i64,
) -> Result<Vec<Case>, StoreError> {
    Ok(sqlx::query_as!(
        Case,
        "select id, title, problem, answer, rule, category, area, department_id as department, requested_at, closed_at, published_at,
            withdrawn_at
         from typical_case
         where withdrawn_at is null and requested_at between $1 and $2 and (cardinality($3::text[]) = 0 or category = any($3))
         order by requested_at desc, id desc limit $4",
        from,
        until,
        categories,
        limit
    )
    .fetch_all(conn.pg())
    .await?)
}

/// The number of the latest issue of a category that was closed as solved since `from`, for demo data.
///
/// # Errors
/// When the database does not answer.
pub async fn latest_solved(conn: &mut Conn, category: &str, from: OffsetDateTime) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar!(
        "select number from issue where state = 'closed' and category = $1 and submitted_at >= $2 and outcome = 'solved'
         order by submitted_at desc limit 1",
        category,
        from
    )
    .fetch_optional(conn.pg())
    .await?)
}

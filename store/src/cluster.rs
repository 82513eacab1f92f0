//! 共性问题 (S-11): what may belong together, what a centre put together, what became of each (`migrations/0059_cluster.sql`).

pub mod found;

use crate::listed::{Listed, Part};
use crate::{Conn, StoreError};
use domain::actor::{AreaCode, DepartmentId, StaffId};
use domain::issue::State;
use sqlx::Connection;
use time::OffsetDateTime;

/// An open issue that may belong to others.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub id: i64,
    pub number: String,
    pub title: String,
    pub body: String,
    pub enterprise: i64,
    pub enterprise_name: String,
    pub category: String,
    pub lead: Option<DepartmentId>,
}

/// The latest open issues of the scope, or of what an area's centre reads of it, that are in no cluster that waits for its answer.
///
/// # Errors
/// [`StoreError`].
pub async fn candidates(conn: &mut Conn, area: Option<AreaCode>, limit: i64) -> Result<Vec<Candidate>, StoreError> {
    Ok(sqlx::query_as!(
        Candidate,
        "select i.id, i.number, i.title, i.body, i.enterprise_id as enterprise, i.enterprise_name, i.category, i.lead from issue i
         where i.open and i.state in ('submitted', 'accepted', 'dispatched', 'handling') and not exists (select from cluster_issue m
            join cluster c on c.id = m.cluster_id where m.issue_id = i.id and c.answered_at is null)
            and ($2::integer is null or $2 % 100 = 0 or i.area = $2 or i.centre = $2)
         order by i.submitted_at desc, i.id desc limit $1",
        limit,
        area
    )
    .fetch_all(conn.pg())
    .await?)
}

/// An issue that somebody chose.
#[derive(Debug, Clone)]
pub struct Picked {
    pub id: i64,
    pub number: String,
    pub enterprise: i64,
}

/// Those of these issues that the scope sees.
///
/// # Errors
/// [`StoreError`].
pub async fn picked(conn: &mut Conn, numbers: &[String]) -> Result<Vec<Picked>, StoreError> {
    Ok(sqlx::query_as!(
        Picked,
        "select id, number, enterprise_id as enterprise from issue where number = any($1) order by id",
        numbers
    )
    .fetch_all(conn.pg())
    .await?)
}

/// A cluster.
#[derive(Debug, Clone)]
pub struct Cluster {
    pub id: i64,
    pub title: String,
    pub area: AreaCode,
    pub department: Option<DepartmentId>,
    pub created_at: OffsetDateTime,
    pub answered_at: Option<OffsetDateTime>,
    pub answered_by: Option<String>,
    /// The typical case that tells of it.
    pub case: Option<i64>,
    /// So many issues of it the scope sees.
    pub issues: i64,
}

/// Those of the scope, as a list is asked for, the latest first unless it asks for another order.
///
/// # Errors
/// [`StoreError`].
pub async fn list(conn: &mut Conn, asked: &Listed) -> Result<Part<Cluster>, StoreError> {
    let found = sqlx::query!(
        r#"select c.id, count(*) over () as "total!" from cluster c
         cross join lateral (select case when c.answered_at is not null then 'answered' when c.department_id is not null then 'dispatched'
            else 'open' end as state) s
         cross join lateral (select case $4::text when 'title' then c.title when 'created' then (c.created_at at time zone 'Asia/Shanghai')::text
            when 'state' then s.state
            when 'issues' then lpad((select count(*) from cluster_issue m where m.cluster_id = c.id)::text, 8, '0')
            when 'area' then lpad(array_position($5::text[], c.area::text)::text, 6, '0')
            when 'department' then lpad(array_position($5, 'd' || c.department_id)::text, 6, '0') end collate "C" as key) k
         where ($3 = '' or s.state = $3)
            and ($1 = '' or strpos(lower(concat_ws(' ', c.title, c.answered_by,
                    to_char(c.created_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'),
                    to_char(c.answered_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'))), $1) > 0
                or c.area::text = any($2::text[]) or 'd' || c.department_id = any($2) or s.state = any($2))
         order by case when not $6 then k.key end, case when $6 then k.key end desc, c.created_at desc, c.id desc limit $7 offset $8"#,
        asked.words,
        &asked.named,
        asked.mark("state"),
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
        Cluster,
        r#"select c.id, c.title, c.area, c.department_id as department, c.created_at, c.answered_at, c.answered_by, c.case_id as "case",
            (select count(*) from cluster_issue m where m.cluster_id = c.id) as "issues!"
         from cluster c where c.id = any($1) order by array_position($1, c.id)"#,
        &ids
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(Part { rows, total })
}

/// One.
///
/// # Errors
/// [`StoreError::NotFound`] outside the scope.
pub async fn get(conn: &mut Conn, id: i64) -> Result<Cluster, StoreError> {
    Ok(sqlx::query_as!(
        Cluster,
        r#"select c.id, c.title, c.area, c.department_id as department, c.created_at, c.answered_at, c.answered_by, c.case_id as "case",
            (select count(*) from cluster_issue m where m.cluster_id = c.id) as "issues!" from cluster c where c.id = $1"#,
        id
    )
    .fetch_one(conn.pg())
    .await?)
}

/// An issue of a cluster.
#[derive(Debug, Clone)]
pub struct Member {
    pub issue: i64,
    pub number: String,
    pub title: String,
    pub enterprise_name: String,
    pub state: State,
    pub lead: Option<DepartmentId>,
    pub score: i16,
    /// What became of it with the latest step that was taken together.
    pub done: Option<bool>,
    pub said: String,
}

/// The issues of a cluster that the scope sees, the most alike first.
///
/// # Errors
/// [`StoreError`].
pub async fn members(conn: &mut Conn, id: i64) -> Result<Vec<Member>, StoreError> {
    let rows = sqlx::query!(
        "select i.id, i.number, i.title, i.enterprise_name, i.state, i.lead, m.score, m.done, m.said
         from cluster_issue m join issue i on i.id = m.issue_id where m.cluster_id = $1 order by m.score desc, i.id",
        id
    )
    .fetch_all(conn.pg())
    .await?;
    let member = rows.into_iter().map(|row| {
        let unknown = || StoreError::Unreadable(format!("issue {} in state {}", row.number, row.state));
        Ok(Member {
            state: State::from_code(&row.state).ok_or_else(unknown)?,
            issue: row.id,
            number: row.number,
            title: row.title,
            enterprise_name: row.enterprise_name,
            lead: row.lead,
            score: row.score,
            done: row.done,
            said: row.said,
        })
    });
    member.collect()
}

/// What a centre puts together.
#[derive(Debug, Clone)]
pub struct NewCluster<'a> {
    pub title: &'a str,
    pub area: AreaCode,
    pub by: StaffId,
    /// Issues, with how alike they are.
    pub members: &'a [(i64, i16)],
}

/// Puts one together.
///
/// # Errors
/// [`StoreError::RowRefused`] for an issue outside the scope, or whoever is no centre.
pub async fn add(conn: &mut Conn, new: &NewCluster<'_>, now: OffsetDateTime) -> Result<i64, StoreError> {
    let (issues, scores): (Vec<i64>, Vec<i16>) = new.members.iter().copied().unzip();
    let mut tx = conn.pg().begin().await?;
    let id = sqlx::query_scalar!(
        "insert into cluster (title, area, created_at, created_by) values ($1, $2, $3, $4) returning id",
        new.title,
        new.area,
        now,
        new.by
    )
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into cluster_issue (cluster_id, issue_id, score)
         select $1, n.issue, n.score from unnest($2::bigint[], $3::smallint[]) as n (issue, score)",
        id,
        &issues,
        &scores
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// Notes what became of an issue with a step that was taken together.
///
/// # Errors
/// [`StoreError`].
pub async fn note(conn: &mut Conn, cluster: i64, issue: i64, done: bool, said: &str) -> Result<(), StoreError> {
    sqlx::query!(
        "update cluster_issue set done = $3, said = $4 where cluster_id = $1 and issue_id = $2",
        cluster,
        issue,
        done,
        said
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Notes who is to answer.
///
/// # Errors
/// [`StoreError`].
pub async fn dispatched(conn: &mut Conn, id: i64, department: DepartmentId) -> Result<(), StoreError> {
    sqlx::query!("update cluster set department_id = $2 where id = $1", id, department).execute(conn.pg()).await?;
    Ok(())
}

/// Notes that it was answered, and by whom.
///
/// # Errors
/// [`StoreError`].
pub async fn answered(conn: &mut Conn, id: i64, who: &str, now: OffsetDateTime) -> Result<(), StoreError> {
    sqlx::query!("update cluster set answered_at = coalesce(answered_at, $2), answered_by = $3 where id = $1", id, now, who)
        .execute(conn.pg())
        .await?;
    Ok(())
}

/// Numbers of the other issues of the clusters that an issue is in: what is told of it must not name their enterprises either.
///
/// # Errors
/// [`StoreError`].
pub async fn beside(conn: &mut Conn, issue: i64) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar!(
        "select distinct i.number from cluster_issue own join cluster_issue m on m.cluster_id = own.cluster_id join issue i on i.id = m.issue_id
         where own.issue_id = $1 and m.issue_id <> $1 order by 1 limit 100",
        issue
    )
    .fetch_all(conn.pg())
    .await?)
}

/// Notes the case that tells of the clusters that an issue is in.
///
/// # Errors
/// [`StoreError`].
pub async fn told(conn: &mut Conn, issue: i64, case: i64) -> Result<(), StoreError> {
    sqlx::query!(
        "update cluster set case_id = $2 where case_id is null and id in (select cluster_id from cluster_issue where issue_id = $1)",
        issue,
        case
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

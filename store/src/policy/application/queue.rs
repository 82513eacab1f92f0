//! Queues of applications, by who reviews them.

use super::Application;
use crate::{Conn, Page, StoreError};
use domain::actor::DepartmentId;
use domain::policy::application::State;
use time::OffsetDateTime;

/// Whose queue is asked for; row-level security stands behind.
#[derive(Debug, Clone, Copy)]
pub enum Reviewer {
    Department(DepartmentId),
    /// The editors of a district.
    Area(i32),
    /// The editors of the city.
    City,
}

/// A queue by state, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn queue(
    conn: &mut Conn,
    reviewer: Reviewer,
    state: State,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<Application>, StoreError> {
    let before: i64 = after.and_then(|c| c.parse().ok()).unwrap_or(i64::MAX);
    // In the order of the index, though only one state is asked for: the planner would otherwise walk all applications in the order of
    // their ids, or fetch and sort a department's.
    let rows = match reviewer {
        Reviewer::Department(department) => {
            select_application!(
                "where a.id in (select id from application where (department_id, state, id) < ($1, $2, $3)
                    and (department_id, state) >= ($1, $2) order by department_id desc, state desc, id desc limit $4)
                 order by a.id desc",
                department,
                state.code(),
                before,
                limit + 1
            )
            .fetch_all(conn.pg())
            .await?
        }
        Reviewer::Area(area) => {
            select_application!(
                "where a.id in (select id from application where (item_area, state, id) < ($1, $2, $3)
                    and (item_area, state) >= ($1, $2) order by item_area desc, state desc, id desc limit $4) order by a.id desc",
                area,
                state.code(),
                before,
                limit + 1
            )
            .fetch_all(conn.pg())
            .await?
        }
        Reviewer::City => {
            select_application!(
                "where a.id in (select id from application where (state, id) < ($1, $2) and state >= $1
                    order by state desc, id desc limit $3) order by a.id desc",
                state.code(),
                before,
                limit + 1
            )
            .fetch_all(conn.pg())
            .await?
        }
    };
    Ok(Page::cut(rows, limit, |application| application.id.to_string()))
}

/// What a list of applications is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// None for all states.
    pub state: Option<State>,
    /// Number or code whole, or a part of the enterprise's or the policy's name.
    pub words: String,
    /// Filed on this day or later.
    pub from: Option<OffsetDateTime>,
    /// Filed before this instant.
    pub before: Option<OffsetDateTime>,
}

/// What is narrowed or searched, the latest first: a reviewer's applications are walked from the latest until a page is full.
///
/// # Errors
/// [`StoreError`].
pub async fn found(
    conn: &mut Conn,
    reviewer: Reviewer,
    wanted: &Found,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<Application>, StoreError> {
    let last: i64 = after.and_then(|c| c.parse().ok()).unwrap_or(i64::MAX);
    let (department, area) = match reviewer {
        Reviewer::Department(department) => (Some(department), None),
        Reviewer::Area(area) => (None, Some(area)),
        Reviewer::City => (None, None),
    };
    let words = wanted.words.trim();
    // A part of a name is looked for as it is written: no sign in it means anything else.
    let part = format!("%{}%", words.replace(['\\', '%', '_'], ""));
    let rows = select_application!(
        "where ($1::bigint is null or a.department_id = $1) and ($2::integer is null or a.item_area = $2)
            and ($3::text is null or a.state = $3) and ($4 = '' or a.number = upper($4) or a.uscc = upper($4)
                or a.enterprise_name like $5 or a.title like $5)
            and ($6::timestamptz is null or a.submitted_at >= $6) and ($7::timestamptz is null or a.submitted_at < $7) and a.id < $8
         order by a.id desc limit $9",
        department,
        area,
        wanted.state.map(State::code),
        words,
        part,
        wanted.from,
        wanted.before,
        last,
        limit + 1
    )
    .fetch_all(conn.pg())
    .await?;
    Ok(Page::cut(rows, limit, |application| application.id.to_string()))
}

/// How many of a reviewer's applications stand in each open state; what is closed grows for ever and is not counted.
///
/// # Errors
/// [`StoreError`].
pub async fn counts(conn: &mut Conn, reviewer: Reviewer) -> Result<Vec<(String, i64)>, StoreError> {
    let open: Vec<String> = State::ALL.iter().filter(|state| state.is_open()).map(|state| state.code().to_owned()).collect();
    let rows = match reviewer {
        Reviewer::Department(department) => sqlx::query_as!(
            Count,
            r#"select state, count(*) as "count!" from application where department_id = $1 and state = any($2) group by state"#,
            department,
            &open
        )
        .fetch_all(conn.pg())
        .await?,
        Reviewer::Area(area) => {
            sqlx::query_as!(
                Count,
                r#"select state, count(*) as "count!" from application where item_area = $1 and state = any($2) group by state"#,
                area,
                &open
            )
            .fetch_all(conn.pg())
            .await?
        }
        Reviewer::City => {
            sqlx::query_as!(
                Count,
                r#"select state, count(*) as "count!" from application where state = any($1) group by state"#,
                &open
            )
            .fetch_all(conn.pg())
            .await?
        }
    };
    Ok(rows.into_iter().map(|row| (row.state, row.count)).collect())
}

struct Count {
    state: String,
    count: i64,
}

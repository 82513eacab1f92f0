//! Queues of applications, by who reviews them.

use super::Application;
use crate::{Conn, Page, StoreError};
use domain::actor::DepartmentId;
use domain::policy::application::State;

/// Whose queue is asked for; row-level security stands behind.
#[derive(Debug, Clone, Copy)]
pub enum Reviewer {
    Department(DepartmentId),
    /// The editors of a district.
    Area(i32),
    /// The editors of the city.
    City,
}

/// A queue by state, oldest first.
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
    let from: i64 = after.and_then(|c| c.parse().ok()).unwrap_or(0);
    // In the order of the index, though only one state is asked for: the planner would otherwise walk all applications in the order of
    // their ids, or fetch and sort a department's.
    let rows = match reviewer {
        Reviewer::Department(department) => {
            select_application!(
                "where a.id in (select id from application where (department_id, state, id) > ($1, $2, $3)
                    and (department_id, state) <= ($1, $2) order by department_id, state, id limit $4) order by a.id",
                department,
                state.code(),
                from,
                limit + 1
            )
            .fetch_all(conn.pg())
            .await?
        }
        Reviewer::Area(area) => {
            select_application!(
                "where a.id in (select id from application where (item_area, state, id) > ($1, $2, $3)
                    and (item_area, state) <= ($1, $2) order by item_area, state, id limit $4) order by a.id",
                area,
                state.code(),
                from,
                limit + 1
            )
            .fetch_all(conn.pg())
            .await?
        }
        Reviewer::City => {
            select_application!(
                "where a.id in (select id from application where (state, id) > ($1, $2) and state <= $1
                    order by state, id limit $3) order by a.id",
                state.code(),
                from,
                limit + 1
            )
            .fetch_all(conn.pg())
            .await?
        }
    };
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

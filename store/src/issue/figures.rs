//! Figures for whoever looks on (领导、监督): what is open, about to be late and late, by district and department, and the last weeks. Each is the
//! length of a list that the same person can open, so both follow the same rules (`migrations/0038_desk_lists.sql`).

use crate::{Conn, StoreError};
use domain::actor::{AreaCode, CITY, DepartmentId, Duty};
use time::{Date, OffsetDateTime};

/// How many of a district or of a department.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure<Id> {
    pub id: Id,
    pub open: i64,
    /// Warned, and not late yet.
    pub soon: i64,
    pub late: i64,
}

/// What was filed in a week, and what became of it so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    /// Its Monday, on the city's clock.
    pub monday: Date,
    /// Of those that may be read.
    pub filed: i64,
    pub dissatisfied: i64,
    pub answered_late: i64,
    /// Open, and late now.
    pub late: i64,
}

/// Districts and departments that have something open, by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    pub areas: Vec<Figure<AreaCode>>,
    pub departments: Vec<Figure<DepartmentId>>,
}

/// The figures of whoever looks on; nothing for anybody else.
///
/// # Errors
/// [`StoreError`].
pub async fn now(conn: &mut Conn, now: OffsetDateTime) -> Result<Figures, StoreError> {
    let rows = sqlx::query!(
        r#"select scope as "scope!", id as "id!", opened as "opened!", warned as "warned!", late as "late!" from desk_figures($1)"#,
        now
    )
    .fetch_all(conn.pg())
    .await?;
    let mut figures = Figures::default();
    for row in rows {
        let (open, soon, late) = (row.opened, row.warned - row.late, row.late);
        if row.scope == "lead" {
            figures.departments.push(Figure { id: row.id, open, soon, late });
        } else if let Ok(id) = AreaCode::try_from(row.id) {
            figures.areas.push(Figure { id, open, soon, late });
        }
    }
    Ok(figures)
}

/// The weeks from a Monday on that have an issue, of what the session may read.
///
/// # Errors
/// [`StoreError`].
pub async fn weeks(conn: &mut Conn, duty: &Duty, monday: OffsetDateTime, now: OffsetDateTime) -> Result<Vec<Week>, StoreError> {
    macro_rules! weeks {
        ($scope:expr, $condition:literal) => {
            sqlx::query_as!(
                Week,
                r#"select date_trunc('week', submitted_at at time zone 'Asia/Shanghai')::date as "monday!", count(*) as "filed!",
                    count(*) filter (where flags @> '{dissatisfied}') as "dissatisfied!",
                    count(*) filter (where flags @> '{answered_late}') as "answered_late!",
                    count(*) filter (where open and late_at <= $2) as "late!"
                 from issue where submitted_at >= $1 and "#
                    + $condition
                    + " group by 1 order by 1",
                monday,
                now,
                $scope
            )
            .fetch_all(conn.pg())
            .await?
        };
    }
    Ok(match duty {
        Duty::Leader { area } | Duty::Supervisor { area } if *area != CITY => weeks!(*area, "area = $3"),
        _ => weeks!(0_i32, "$3 = 0"),
    })
}

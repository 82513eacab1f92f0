//! Figures for whoever looks on (领导、监督): what is open, about to be late and late, by district and department, and the last weeks. Each is the
//! length of a list that the same person can open, so both follow the same rules (`migrations/0038_desk_lists.sql`).

use super::snapshot::Cell;
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

/// Open issues of a department by how many days ago they were filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Age {
    /// None: no department has it yet.
    pub department: Option<DepartmentId>,
    /// Up to [`EDGES`], and more.
    pub days: [i64; 4],
}

/// Days of the city's calendar since the filing, up to which an age goes.
pub const EDGES: [i64; 3] = [3, 10, 20];

/// Which of what is open.
#[derive(Debug, Clone, Copy)]
pub struct Of {
    /// Only what is late.
    pub late: bool,
    /// Only what a district's centre is responsible for.
    pub centre: Option<AreaCode>,
}

/// What is open by age and by place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pressure {
    /// The most first.
    pub ages: Vec<Age>,
    pub cells: Vec<Cell>,
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

/// What is open by age and by place, in the scope of the session: one look through what is open.
///
/// # Errors
/// [`StoreError`].
pub async fn pressure(conn: &mut Conn, of: Of, today: Date, now: OffsetDateTime) -> Result<Pressure, StoreError> {
    let [three, ten, twenty] = EDGES.map(|days| i32::try_from(days).unwrap_or(i32::MAX));
    let rows = sqlx::query!(
        r#"select grouping(o.area) = 1 as "by_age!", o.lead, o.area as "area?", o.category as "category?", count(*) as "count!",
            count(*) filter (where o.days <= $4) as "first!", count(*) filter (where o.days > $4 and o.days <= $5) as "second!",
            count(*) filter (where o.days > $5 and o.days <= $6) as "third!", count(*) filter (where o.days > $6) as "more!"
         from (select lead, area, category, $1::date - (submitted_at at time zone 'Asia/Shanghai')::date as days from issue
            where open and ($2::timestamptz is null or late_at <= $2) and ($3::integer is null or centre = $3)) o
         group by grouping sets ((o.lead), (o.area, o.category)) order by count(*) desc, o.lead, o.area, o.category"#,
        today,
        of.late.then_some(now),
        of.centre,
        three,
        ten,
        twenty
    )
    .fetch_all(conn.pg())
    .await?;
    let mut found = Pressure::default();
    for row in rows {
        if row.by_age {
            found.ages.push(Age { department: row.lead, days: [row.first, row.second, row.third, row.more] });
        } else if let (Some(area), Some(category)) = (row.area, row.category) {
            found.cells.push(Cell { category, area, count: row.count });
        }
    }
    Ok(found)
}

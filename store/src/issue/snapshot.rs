//! 晾晒通报 (S-29): the six indicators of a month and the six of work as they were settled, which later events do not move, and what is open by age.

use super::measure::{Counts, Group, Wanted, counts};
use crate::{Conn, StoreError};
use domain::calendar::midnight;
use domain::work_indicator::{Figure, Figures, Whose, Work, WorkIndicator};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use std::collections::BTreeMap;
use time::{Date, Duration, OffsetDateTime};

/// Of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub at: OffsetDateTime,
    /// Whether it says of ratings which came from a browser of the offices: months settled before that was looked at do not.
    pub aids: bool,
    pub city: Counts,
    pub areas: Vec<Counts>,
    pub boards: Vec<Counts>,
    pub departments: Vec<Counts>,
    /// None of months settled before they were asked for.
    pub works: Vec<Work>,
}

/// The kind of rows that keep figures of work.
const WORK: &str = "work";

/// Counts as they are kept: by name, so that later ones may have more.
#[derive(Debug, Serialize, Deserialize)]
struct Kept(BTreeMap<String, i64>);

/// The first day of the month after that of `day`.
pub fn month_after(day: Date) -> Date {
    let next = day.replace_day(1).unwrap_or(day) + Duration::days(32);
    next.replace_day(1).unwrap_or(next)
}

/// Settles a month as its figures stand now, with those of work ([`super::work_figure::works`]); `false` where it is settled already. Needs the system's
/// scope.
///
/// # Errors
/// When the database does not answer.
pub async fn settle(conn: &mut Conn, month: Date, works: &[Work], now: OffsetDateTime) -> Result<bool, StoreError> {
    let wanted = Wanted { from: midnight(month), until: midnight(month_after(month)), area: None, board: None, department: None };
    let (mut kinds, mut keys, mut all) = (Vec::new(), Vec::new(), Vec::new());
    let mut add = |kind: &str, key: &str, counts: &Counts| {
        kinds.push(kind.to_owned());
        keys.push(key.to_owned());
        all.push(serde_json::to_value(kept(counts)).unwrap_or_default());
    };
    let whole = counts(conn, &wanted, Group::Month, now).await?;
    add("city", "", whole.first().unwrap_or(&Counts::default()));
    for (kind, group) in [("area", Group::Area), ("board", Group::Board), ("department", Group::Department)] {
        for row in counts(conn, &wanted, group, now).await? {
            add(kind, &row.key, &row);
        }
    }
    for work in works {
        kinds.push(WORK.to_owned());
        keys.push(work.whose.key());
        all.push(serde_json::to_value(kept_work(&work.figures)).unwrap_or_default());
    }
    // Of several servers the first one's stands.
    let written = sqlx::query!(
        "insert into indicator_snapshot (month, kind, key, counts, settled_at)
         select $1, n.kind, n.key, n.counts, $2 from unnest($3::text[], $4::text[], $5::jsonb[]) as n (kind, key, counts)
         on conflict do nothing",
        month,
        now,
        &kinds,
        &keys,
        &all
    )
    .execute(conn.pg())
    .await?;
    Ok(written.rows_affected() > 0)
}

/// The months that are settled, the latest first.
///
/// # Errors
/// When the database does not answer.
pub async fn months(conn: &mut Conn) -> Result<Vec<Date>, StoreError> {
    let months = sqlx::query_scalar!("select month from indicator_snapshot where kind = 'city' order by month desc");
    Ok(months.fetch_all(conn.pg()).await?)
}

/// A month as it was settled, as far as the session may read it; none where it is not.
///
/// # Errors
/// When the database does not answer.
pub async fn settled(conn: &mut Conn, month: Date) -> Result<Option<Settled>, StoreError> {
    let rows = sqlx::query!(
        r#"select kind, key, counts as "counts: Json<Kept>", settled_at from indicator_snapshot where month = $1 order by kind, key"#,
        month
    )
    .fetch_all(conn.pg())
    .await?;
    let Some(at) = rows.first().map(|row| row.settled_at) else { return Ok(None) };
    let aids = rows.iter().all(|row| row.kind == WORK || row.counts.0.0.contains_key("aided"));
    let (areas, boards, departments, works) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut found = Settled { at, aids, city: Counts::default(), areas, boards, departments, works };
    for row in rows {
        if row.kind == WORK {
            found.works.extend(Whose::from_key(&row.key).map(|whose| Work { whose, figures: read_work(&row.counts) }));
            continue;
        }
        let counts = read(&row.counts, row.key);
        match row.kind.as_str() {
            "city" => found.city = counts,
            "area" => found.areas.push(counts),
            "board" => found.boards.push(counts),
            _ => found.departments.push(counts),
        }
    }
    Ok(Some(found))
}

fn kept(counts: &Counts) -> Kept {
    let counts = [
        ("due", counts.due),
        ("contacted", counts.contacted),
        ("on_time", counts.on_time),
        ("answered", counts.answered),
        ("solved", counts.solved),
        ("rated", counts.rated),
        ("content", counts.content),
        ("closed", counts.closed),
        ("once", counts.once),
        ("called_back", counts.called_back),
        ("passed", counts.passed),
        ("returned", counts.returned),
        ("extended", counts.extended),
        ("withdrawn", counts.withdrawn),
        ("disagreed", counts.disagreed),
        ("aided", counts.aided),
    ];
    Kept(counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect())
}

fn read(kept: &Kept, key: String) -> Counts {
    let of = |name: &str| kept.0.get(name).copied().unwrap_or(0);
    Counts {
        key,
        due: of("due"),
        contacted: of("contacted"),
        on_time: of("on_time"),
        answered: of("answered"),
        solved: of("solved"),
        rated: of("rated"),
        content: of("content"),
        closed: of("closed"),
        once: of("once"),
        called_back: of("called_back"),
        passed: of("passed"),
        returned: of("returned"),
        extended: of("extended"),
        withdrawn: of("withdrawn"),
        disagreed: of("disagreed"),
        aided: of("aided"),
    }
}

/// The name under which is kept of how many a figure is.
fn of_how_many(indicator: WorkIndicator) -> String {
    format!("{}_of", indicator.code())
}

fn kept_work(figures: &Figures) -> Kept {
    let values = figures.iter().map(|(indicator, figure)| (indicator.code().to_owned(), figure.value));
    let wholes = figures.iter().filter_map(|(indicator, figure)| figure.of.map(|of| (of_how_many(*indicator), of)));
    Kept(values.chain(wholes).collect())
}

fn read_work(kept: &Kept) -> Figures {
    let of = |name: &str| kept.0.get(name).copied();
    let figure = |indicator: WorkIndicator| Some(Figure { value: of(indicator.code())?, of: of(&of_how_many(indicator)) });
    WorkIndicator::ALL.iter().filter_map(|indicator| figure(*indicator).map(|figure| (*indicator, figure))).collect()
}

/// How many issues of a category there are in a district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub category: String,
    pub area: i32,
    pub count: i64,
}

/// What was due in a period by category and district, in the scope of the session.
///
/// # Errors
/// When the database does not answer.
pub async fn categories(conn: &mut Conn, wanted: &Wanted, now: OffsetDateTime) -> Result<Vec<Cell>, StoreError> {
    Ok(sqlx::query_as!(
        Cell,
        r#"select i.category, m.area, count(*) as "count!" from issue_measure m join issue i on i.id = m.issue_id
         where m.due_at >= $1 and m.due_at < least($2::timestamptz, $6::timestamptz) and not m.excluded and ($3::integer is null or m.area = $3)
            and ($4::text is null or m.board = $4) and ($5::bigint is null or coalesce(m.department_id, 0) = $5)
         group by i.category, m.area"#,
        wanted.from,
        wanted.until,
        wanted.area,
        wanted.board,
        wanted.department,
        now
    )
    .fetch_all(conn.pg())
    .await?)
}

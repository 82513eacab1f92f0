//! Lists of the desk that are narrowed, searched or put in another order, a page of them and whole (`migrations/0038_desk_lists.sql`).

use super::desk::tsquery;
use super::{IssueRow, RawRow, rows};
use crate::{Conn, NEVER, Page, StoreError, cursor, parse_cursor};
use domain::actor::DepartmentId;
use domain::issue::filter::{Filter, Sort};
use domain::issue::queue::Queue;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Which issues.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'a> {
    /// Those of a queue.
    In(Queue),
    /// Those that a search finds: by number, enterprise, words, contact, or by a department that leads them.
    Found { words: &'a str, departments: &'a [DepartmentId] },
}

impl Wanted<'_> {
    /// The order it has unless somebody asks for another, of those it can have.
    pub fn sort(self, asked: Option<Sort>) -> Sort {
        let queue = match self {
            Wanted::In(queue) => Some(queue),
            Wanted::Found { .. } => None,
        };
        asked.filter(|sort| Sort::offered(queue).contains(sort)).unwrap_or_else(|| queue.map_or(Sort::Newest, Sort::of))
    }
}

/// The question as `filtered_issues` takes it; none where nothing can be found.
fn question(wanted: Wanted<'_>, filter: &Filter) -> Result<Option<Value>, StoreError> {
    let mut asked = Map::new();
    let code = match wanted {
        Wanted::In(queue) => queue.code(),
        Wanted::Found { words, departments } => {
            let Some(query) = tsquery(words) else { return Ok(None) };
            let ids: Vec<String> = departments.iter().map(ToString::to_string).collect();
            asked.insert("words".to_owned(), json!(query));
            asked.insert("exact".to_owned(), json!(words.trim()));
            asked.insert("departments".to_owned(), json!(format!("{{{}}}", ids.join(","))));
            "found"
        }
    };
    asked.insert("queue".to_owned(), json!(code));
    asked.insert("sort".to_owned(), json!(wanted.sort(filter.sort).code()));
    let pairs = filter.pairs().into_iter().filter(|(name, _)| !matches!(*name, "sort" | "from" | "to"));
    asked.extend(pairs.map(|(name, value)| (name.to_owned(), Value::String(value))));
    let (from, before) = filter.span();
    for (name, at) in [("from", from), ("before", before)] {
        if let Some(at) = at {
            let text = at.format(&Rfc3339).map_err(|error| StoreError::Unreadable(error.to_string()))?;
            asked.insert(name.to_owned(), Value::String(text));
        }
    }
    Ok(Some(Value::Object(asked)))
}

/// Where a list of this order begins.
fn start(sort: Sort) -> (OffsetDateTime, i64) {
    if sort == Sort::Newest { (NEVER, i64::MAX) } else { (OffsetDateTime::UNIX_EPOCH, 0) }
}

/// A page of it, in the scope of the session.
///
/// # Errors
/// [`StoreError`].
pub async fn narrowed(
    conn: &mut Conn,
    wanted: Wanted<'_>,
    filter: &Filter,
    now: OffsetDateTime,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<IssueRow>, StoreError> {
    let Some(question) = question(wanted, filter)? else { return Ok(Page { rows: Vec::new(), next: None }) };
    let sort = wanted.sort(filter.sort);
    let (at, id) = parse_cursor(after).unwrap_or_else(|| start(sort));
    let raw = sqlx::query_as!(
        RawRow,
        r#"select i.id as "id!", i.number as "number!", i.enterprise_name as "enterprise_name!", i.title as "title!",
            i.category as "category!", i.state as "state!", i.round as "round!", i.centre as "centre!", i.lead,
            i.submitted_at as "submitted_at!", i.due_at, i.warn_at as "warn_at!", i.late_at as "late_at!", i.answered_at,
            i.returned as "returned!", i.flags as "flags!", i.last_event_at as "last_event_at!"
         from filtered_issues($1, $2, $3, $4, $5) i"#,
        question,
        now,
        at,
        id,
        limit + 1
    )
    .fetch_all(conn.pg())
    .await?;
    let key = |row: &IssueRow| if sort == Sort::Urgent { row.late_at.unwrap_or(NEVER) } else { row.submitted_at };
    Ok(Page::cut(rows(raw)?, limit, |row| cursor(key(row), row.id)))
}

/// An issue as a table has it that leaves the site: what a list shows, and where it stands.
#[derive(Debug, Clone)]
pub struct Line {
    pub row: IssueRow,
    pub area: i32,
    pub place: String,
    pub urgency: String,
    pub ended_at: Option<OffsetDateTime>,
    pub outcome: Option<String>,
    pub rating_level: Option<String>,
}

/// The first `most` of it, to be taken along.
///
/// # Errors
/// [`StoreError`].
pub async fn whole(
    conn: &mut Conn,
    wanted: Wanted<'_>,
    filter: &Filter,
    now: OffsetDateTime,
    most: i64,
) -> Result<Vec<Line>, StoreError> {
    let Some(question) = question(wanted, filter)? else { return Ok(Vec::new()) };
    let (at, id) = start(wanted.sort(filter.sort));
    let found = sqlx::query!(
        r#"select i.id as "id!", i.number as "number!", i.enterprise_name as "enterprise_name!", i.title as "title!",
            i.category as "category!", i.state as "state!", i.round as "round!", i.centre as "centre!", i.lead,
            i.submitted_at as "submitted_at!", i.due_at, i.warn_at as "warn_at!", i.late_at as "late_at!", i.answered_at,
            i.returned as "returned!", i.flags as "flags!", i.last_event_at as "last_event_at!", i.area as "area!", i.place as "place!",
            i.urgency as "urgency!", i.ended_at, i.outcome, i.rating_level
         from filtered_issues($1, $2, $3, $4, $5) i"#,
        question,
        now,
        at,
        id,
        most
    )
    .fetch_all(conn.pg())
    .await?;
    let lines = found.into_iter().map(|found| {
        let raw = RawRow {
            id: found.id,
            number: found.number,
            enterprise_name: found.enterprise_name,
            title: found.title,
            category: found.category,
            state: found.state,
            round: found.round,
            centre: found.centre,
            lead: found.lead,
            submitted_at: found.submitted_at,
            due_at: found.due_at,
            warn_at: found.warn_at,
            late_at: found.late_at,
            answered_at: found.answered_at,
            returned: found.returned,
            flags: found.flags,
            last_event_at: found.last_event_at,
        };
        Ok(Line {
            row: IssueRow::try_from(raw)?,
            area: found.area,
            place: found.place,
            urgency: found.urgency,
            ended_at: found.ended_at,
            outcome: found.outcome,
            rating_level: found.rating_level,
        })
    });
    lines.collect()
}

//! 交办事项: what decisions gave to departments, until the centre has confirmed it. A projection of the events, written with them.

use super::write::json;
use crate::{Conn, StoreError};
use domain::actor::{AreaCode, DepartmentId};
use domain::issue::Event;
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

/// A task as its row has it.
#[derive(Debug, Clone, Serialize)]
struct Row {
    place: u16,
    department_id: DepartmentId,
    what: String,
    #[serde(with = "time::serde::rfc3339")]
    due_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    done_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    confirmed_at: Option<OffsetDateTime>,
}

/// The tasks of an issue, followed event by event.
#[derive(Debug, Default)]
pub(super) struct Tasks(Vec<Row>);

impl Tasks {
    pub(super) fn follow(&mut self, event: &Event, at: OffsetDateTime) {
        match event {
            Event::Consulted(decision) | Event::Resolved(decision) => {
                for task in &decision.tasks {
                    let place = u16::try_from(self.0.len()).unwrap_or(u16::MAX);
                    let (department_id, what, due_at) = (task.department, task.what.clone(), task.due);
                    self.0.push(Row { place, department_id, what, due_at, done_at: None, confirmed_at: None });
                }
            }
            Event::TaskDone { task, .. } => self.set(*task, |row| row.done_at = Some(at)),
            Event::TaskConfirmed { task, .. } => self.set(*task, |row| row.confirmed_at = Some(at)),
            Event::TaskReturned { task, .. } => self.set(*task, |row| row.done_at = None),
            _ => {}
        }
    }

    fn set(&mut self, place: u16, change: impl Fn(&mut Row)) {
        self.0.get_mut(usize::from(place)).into_iter().for_each(change);
    }

    /// As `put_tasks` takes them; none where there are none.
    pub(super) fn rows(&self) -> Result<Option<Value>, StoreError> {
        (!self.0.is_empty()).then(|| json(&self.0)).transpose()
    }
}

/// A task that is not confirmed yet.
#[derive(Debug, Clone)]
pub struct TaskRow {
    pub number: String,
    pub title: String,
    pub enterprise_name: String,
    pub department: DepartmentId,
    pub what: String,
    pub due: OffsetDateTime,
    /// The department says that it is done.
    pub done_at: Option<OffsetDateTime>,
}

/// So many are listed.
pub const TASKS: i64 = 2000;

/// What is not confirmed yet, of a department or of the issues of an area, the earliest end first; no more than [`TASKS`]. Row-level security
/// holds besides.
///
/// # Errors
/// [`StoreError`].
pub async fn tasks(
    conn: &mut Conn,
    department: Option<DepartmentId>,
    area: Option<AreaCode>,
) -> Result<Vec<TaskRow>, StoreError> {
    Ok(sqlx::query_as!(
        TaskRow,
        "select i.number, i.title, i.enterprise_name, t.department_id as department, t.what, t.due_at as due, t.done_at
         from issue_task t join issue i on i.id = t.issue_id
         where t.confirmed_at is null and ($1::bigint is null or t.department_id = $1)
            and ($2::integer is null or $2 % 100 = 0 or i.centre = $2 or i.area = $2)
         order by t.due_at, t.issue_id, t.place limit $3",
        department,
        area,
        TASKS
    )
    .fetch_all(conn.pg())
    .await?)
}

//! Giving a command: replayed, decided and written in one transaction.

use super::measure;
use super::task::Tasks;
use super::write::{CommandError, Executed, json, microseconds, parse, projection_of, text};
use crate::{Conn, learning};
use domain::actor::Actor;
use domain::calendar::local;
use domain::catalogue::FALLBACK_BOARD;
use domain::issue::measure::Measure;
use domain::issue::notice::{Notice, notices};
use domain::issue::{Command, Event, Issue, Submission, Target, Terms, decide, evolve};
use sqlx::{Connection, PgConnection};
use std::sync::Arc;
use time::OffsetDateTime;
use uuid::Uuid;

/// Who gives a command, under which shown name, and when.
pub(crate) struct By<'a> {
    actor: &'a Actor,
    name: &'a str,
    at: OffsetDateTime,
}

impl<'a> By<'a> {
    pub(crate) fn new(actor: &'a Actor, name: &'a str, now: OffsetDateTime) -> By<'a> {
        By { actor, name, at: microseconds(now) }
    }
}

/// Gives a command to an issue: one transaction locks it, replays its events, decides, and writes events, projection and outbox. A merger does so to
/// both issues, or to none.
///
/// # Errors
/// [`CommandError`]; nothing was written then.
#[allow(clippy::too_many_arguments)] // Each is a different thing, and a struct would only rename them.
pub async fn execute(
    conn: &mut Conn,
    number: &str,
    command: &Command,
    actor: &Actor,
    actor_name: &str,
    photos: &[Uuid],
    now: OffsetDateTime,
    terms: &Terms,
) -> Result<Executed, CommandError> {
    let mut tx = conn.pg().begin().await?;
    match execute_in(&mut tx, number, command, &By::new(actor, actor_name, now), photos, terms).await {
        Ok(executed) => {
            tx.commit().await?;
            Ok(executed)
        }
        Err(error) => {
            // Dropping it would end the transaction with the connection's next use only, and keep the issue locked until then.
            tx.rollback().await?;
            Err(error)
        }
    }
}

/// As [`execute`], beside what else its transaction writes; after an error it is to be rolled back.
pub(crate) async fn execute_in(
    tx: &mut PgConnection,
    number: &str,
    command: &Command,
    by: &By<'_>,
    photos: &[Uuid],
    terms: &Terms,
) -> Result<Executed, CommandError> {
    if let Command::Merge { into, reason } = command {
        return merge_in(tx, number, &into.number, reason, by, terms).await;
    }
    let mut loaded = Loaded::lock(tx, number, terms).await?;
    let events = decide(&loaded.issue, command, by.actor, by.at, &loaded.terms)?;
    let first = loaded.issue.version + 1;
    loaded.append(tx, &events, by).await?;
    if !photos.is_empty() {
        sqlx::query!(
            "update photo p set issue_id = $1, seq = $2, ordinal = u.ordinality from unnest($3::uuid[]) with ordinality u (id, ordinality)
             where p.id = u.id and p.issue_id is null and p.enterprise_id = $4",
            loaded.id,
            to_i32(first),
            photos,
            loaded.issue.enterprise
        )
        .execute(&mut *tx)
        .await?;
    }
    loaded.project(tx, by.at).await?;
    Ok(Executed { issue: loaded.issue })
}

/// 并案: both are locked, always in the same order, before either is looked at.
async fn merge_in(
    tx: &mut PgConnection,
    number: &str,
    into: &str,
    reason: &str,
    by: &By<'_>,
    terms: &Terms,
) -> Result<Executed, CommandError> {
    let numbers = [number.to_owned(), into.to_owned()];
    sqlx::query!("select id from issue where number = any($1) order by id for update", &numbers).fetch_all(&mut *tx).await?;
    let mut from = Loaded::lock(tx, number, terms).await?;
    let mut goes_on = Loaded::lock(tx, into, terms).await?;
    let itself = from.id == goes_on.id;
    let target = |issue: &Issue, number: &str| Target { itself, ..Target::of(issue, number) };
    let merge = Command::Merge { into: target(&goes_on.issue, into), reason: reason.to_owned() };
    let absorb = Command::Absorb { from: target(&from.issue, number) };
    let merged = decide(&from.issue, &merge, by.actor, by.at, &from.terms)?;
    let absorbed = decide(&goes_on.issue, &absorb, by.actor, by.at, &goes_on.terms)?;
    for (loaded, events) in [(&mut goes_on, absorbed), (&mut from, merged)] {
        loaded.append(tx, &events, by).await?;
        loaded.project(tx, by.at).await?;
    }
    Ok(Executed { issue: from.issue })
}

/// An issue under its lock, replayed.
struct Loaded {
    id: i64,
    issue: Issue,
    /// As it was filed, for the router to learn from.
    filed: Option<Submission>,
    measure: Measure,
    tasks: Tasks,
    told: Vec<Notice>,
    terms: Terms,
}

impl Loaded {
    async fn lock(tx: &mut PgConnection, number: &str, terms: &Terms) -> Result<Loaded, CommandError> {
        let head = sqlx::query!("select id, enterprise_id, enterprise_station from issue where number = $1 for update", number)
            .fetch_one(&mut *tx)
            .await?;
        let stored = sqlx::query!(
            r#"select seq, at, actor::text as "actor!", event::text as "event!" from issue_event where issue_id = $1 order by seq"#,
            head.id
        )
        .fetch_all(&mut *tx)
        .await?;
        let mut issue = Issue { serving: head.enterprise_station, ..Issue::draft(head.enterprise_id) };
        let (mut measure, mut tasks, mut filed) = (Measure::begin(), Tasks::default(), None);
        for row in stored {
            let (actor, event): (Actor, Event) = (parse(&row.actor, number)?, parse(&row.event, number)?);
            issue = evolve(issue, &event, row.at, &actor, &terms.calendar);
            measure.follow(&issue, &event, row.at, &actor);
            tasks.follow(&event, row.at);
            if let Event::Submitted { submission, .. } = event {
                filed = Some(submission);
            }
        }
        let terms = match terms.limits.by_version(issue.limits) {
            Some(_) => terms.clone(),
            // Submitted at a server that heard of a new version before this one did.
            None => Terms { limits: Arc::new(crate::terms::limits(&mut *tx).await?), ..terms.clone() },
        };
        Ok(Loaded { id: head.id, issue, filed, measure, tasks, told: Vec::new(), terms })
    }

    async fn append(&mut self, tx: &mut PgConnection, events: &[Event], by: &By<'_>) -> Result<(), CommandError> {
        let (mut seqs, mut kinds, mut texts) = (vec![], vec![], vec![]);
        for event in events {
            self.issue = evolve(self.issue.clone(), event, by.at, by.actor, &self.terms.calendar);
            self.measure.follow(&self.issue, event, by.at, by.actor);
            self.tasks.follow(event, by.at);
            seqs.push(to_i32(self.issue.version));
            kinds.push(event.kind().to_owned());
            texts.push(text(event)?);
            self.told.extend(notices(event, &self.issue, by.at, &self.terms));
            if let Some(one) = learning::taught(event, &self.issue, self.filed.as_ref(), &self.terms, by.at) {
                learning::count(&mut *tx, &one, local(by.at).date()).await?;
            }
        }
        sqlx::query!(
            "insert into issue_event (issue_id, seq, at, kind, actor, actor_name, event)
             select $1, n.seq, $2, n.kind, $3::text::json, $4, n.event::json
             from unnest($5::integer[], $6::text[], $7::text[]) as n (seq, kind, event)",
            self.id,
            by.at,
            text(by.actor)?,
            by.name,
            &seqs,
            &kinds,
            &texts
        )
        .execute(&mut *tx)
        .await?;
        Ok(())
    }

    /// Last: after a return the department does not see the issue any more, and could not write beside it either.
    async fn project(&mut self, tx: &mut PgConnection, now: OffsetDateTime) -> Result<(), CommandError> {
        let projection = projection_of(&self.issue, now, &self.terms)?;
        let measured = measure::row(&self.measure, projection["board"].as_str().unwrap_or(FALLBACK_BOARD))?;
        sqlx::query!(
            "select project_issue($1, $2, $3) as done, case when $4::jsonb is not null then put_measure($1, $4) end as measured,
                case when $5::jsonb is not null then put_tasks($1, $5) end as tasked",
            self.id,
            projection,
            json(&self.told)?,
            measured,
            self.tasks.rows()?
        )
        .execute(&mut *tx)
        .await?;
        Ok(())
    }
}

fn to_i32(version: u32) -> i32 {
    i32::try_from(version).unwrap_or(i32::MAX)
}

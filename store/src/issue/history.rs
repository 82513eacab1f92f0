//! Histories: issues with all their events at once, decided by the domain beforehand. For demo data and for taking over issues from
//! another system; needs the system's scope.

use super::measure;
use super::tally::{Fold, LOCK, Standing};
use super::task::Tasks;
use super::write::{Projection, add, json, microseconds, projection_of, text};
use crate::{Conn, StoreError};
use domain::actor::Actor;
use domain::catalogue::FALLBACK_BOARD;
use domain::issue::measure::Measure;
use domain::issue::notice::{Notice, notices};
use domain::issue::{Event, Issue, Terms, evolve};
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use std::collections::HashMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// An issue with everything that happened to it. The two of a merger are written together, and name each other by their keys: they have no numbers yet.
#[derive(Debug, Clone)]
pub struct History {
    pub client_key: Uuid,
    pub enterprise: i64,
    /// Whom to call.
    pub contact_name: String,
    /// Under which number.
    pub contact_phone: String,
    /// What happened: when, by whom, under which shown name, what. The first is the submission.
    pub events: Vec<(OffsetDateTime, Actor, String, Event)>,
    /// Whether the latest event is still to be told.
    pub tell: bool,
}

/// Writes histories in one transaction, in the order of their submission. Answers their ids by key.
///
/// # Errors
/// [`StoreError`]; nothing was written then.
pub async fn import(conn: &mut Conn, histories: &[History], terms: &Terms) -> Result<HashMap<Uuid, i64>, StoreError> {
    let mut projections = Vec::with_capacity(histories.len());
    let (mut keys, mut seqs, mut ats, mut kinds, mut actors, mut names, mut events) =
        (vec![], vec![], vec![], vec![], vec![], vec![], vec![]);
    let mut told: Vec<(Uuid, Vec<Notice>, OffsetDateTime)> = Vec::new();
    let mut measures: Vec<(Uuid, Value)> = Vec::new();
    let mut given: Vec<(Uuid, Value)> = Vec::new();
    let mut merged: Vec<(usize, Uuid)> = Vec::new();
    for history in histories {
        let mut issue = Issue::draft(history.enterprise);
        let mut last_at = OffsetDateTime::UNIX_EPOCH;
        let mut last_notices = Vec::new();
        let (mut measure, mut tasks) = (Measure::begin(), Tasks::default());
        for (at, actor, name, event) in &history.events {
            let at = microseconds(*at);
            issue = evolve(issue, event, at, actor, &terms.calendar);
            measure.follow(&issue, event, at, actor);
            tasks.follow(event, at);
            let (actor_text, event_text) = (text(actor)?, text(event)?);
            if at != last_at {
                last_notices.clear();
            }
            last_at = at;
            last_notices.extend(notices(event, &issue, at, terms));
            if let Event::Merged { into: other, .. } | Event::Absorbed { from: other, .. } = event
                && let Ok(other) = other.parse()
            {
                merged.push((events.len(), other));
            }
            keys.push(history.client_key);
            seqs.push(i32::try_from(issue.version).unwrap_or(i32::MAX));
            ats.push(at);
            kinds.push(event.kind().to_owned());
            actors.push(actor_text);
            names.push(name.clone());
            events.push(event_text);
        }
        let Some((_, _, _, Event::Submitted { submission, .. })) = history.events.first() else {
            return Err(StoreError::Unreadable("a history without a submission".to_owned()));
        };
        let mut row: Value = projection_of(&issue, last_at, terms)?;
        let extra = serde_json::json!({
            "client_key": history.client_key, "enterprise_id": history.enterprise, "area": submission.area,
            "title": submission.title, "body": submission.text, "place": submission.place,
            "contact_name": history.contact_name, "contact_phone": history.contact_phone, "channel": issue.channel.code(),
            "filed_by": issue.filed_by, "station_id": issue.station,
            "submitted_at": Projection::instant(issue.submitted_at)?,
        });
        if let Some(measured) = measure::row(&measure, row["board"].as_str().unwrap_or(FALLBACK_BOARD))? {
            measures.push((history.client_key, measured));
        }
        if let Some(rows) = tasks.rows()? {
            given.push((history.client_key, rows));
        }
        add(&mut row, extra);
        projections.push(row);
        if history.tell {
            told.push((history.client_key, last_notices, last_at));
        }
    }
    let mut tx = conn.pg().begin().await?;
    sqlx::query!("select pg_advisory_xact_lock($1) as locked", LOCK).fetch_one(&mut *tx).await?;
    let written = sqlx::query!(
        r#"select id as "id!", client_key as "client_key!", after as "after: Standing" from import_issues($1)"#,
        Value::Array(projections)
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut fold = Fold::begin(&mut tx).await?;
    written.iter().for_each(|row| fold.add(None, row.after.as_ref()));
    fold.write(&mut tx).await?;
    let ids: HashMap<Uuid, i64> = written.into_iter().map(|row| (row.client_key, row.id)).collect();
    named(&mut tx, &mut events, &merged, &ids).await?;
    let issue_ids: Vec<i64> = keys.iter().map(|key| ids.get(key).copied().unwrap_or_default()).collect();
    sqlx::query!(
        "insert into issue_event (issue_id, seq, at, kind, actor, actor_name, event)
         select n.issue_id, n.seq, n.at, n.kind, n.actor::json, n.actor_name, n.event::json
         from unnest($1::bigint[], $2::integer[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[])
            as n (issue_id, seq, at, kind, actor, actor_name, event)",
        &issue_ids,
        &seqs,
        &ats,
        &kinds,
        &actors,
        &names,
        &events
    )
    .execute(&mut *tx)
    .await?;
    let (measured, rows): (Vec<i64>, Vec<Value>) =
        measures.into_iter().filter_map(|(key, row)| Some((*ids.get(&key)?, row))).unzip();
    sqlx::query!(
        "select count(put_measure(n.id, n.row)) as done from unnest($1::bigint[], $2::jsonb[]) as n (id, row)",
        &measured,
        &rows
    )
    .fetch_one(&mut *tx)
    .await?;
    for (key, rows) in given {
        sqlx::query!("select put_tasks($1, $2) as done", ids.get(&key).copied().unwrap_or_default(), rows)
            .execute(&mut *tx)
            .await?;
    }
    for (key, notices, at) in told {
        let Some(id) = ids.get(&key) else { continue };
        sqlx::query!("insert into outbox (issue_id, notices, created_at) values ($1, $2, $3)", id, json(&notices)?, at)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(ids)
}

/// Puts numbers in the place of the keys that the events of mergers have: where each of them stands, and whose key it is.
async fn named(
    tx: &mut PgConnection,
    events: &mut [String],
    merged: &[(usize, Uuid)],
    ids: &HashMap<Uuid, i64>,
) -> Result<(), StoreError> {
    let others: Vec<i64> = merged.iter().filter_map(|(_, key)| ids.get(key).copied()).collect();
    if merged.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query!("select client_key, number from issue where id = any($1)", &others).fetch_all(tx).await?;
    for (at, key) in merged {
        let other = rows.iter().find(|row| row.client_key == *key);
        let other = other.ok_or_else(|| StoreError::Unreadable("a merger without its other half".to_owned()))?;
        if let Some(event) = events.get_mut(*at) {
            *event = event.replace(&key.to_string(), &other.number);
        }
    }
    Ok(())
}

/// Fills the search words of issues that have none, `limit` of those after an id; answers the last one looked at.
pub async fn index_missing(conn: &mut Conn, after: i64, limit: i64) -> Result<Option<i64>, StoreError> {
    let rows = sqlx::query!(
        r#"select i.id, i.number, i.title, i.body, i.enterprise_name, e.uscc, s.issue_id is not null as "known!"
         from (select * from issue where id > $1 order by id limit $2) i join enterprise e on e.id = i.enterprise_id
         left join issue_search s on s.issue_id = i.id order by i.id"#,
        after,
        limit
    )
    .fetch_all(conn.pg())
    .await?;
    let (mut ids, mut tokens) = (vec![], vec![]);
    for row in rows.iter().filter(|row| !row.known) {
        ids.push(row.id);
        let words = format!("{} {} {} {} {}", row.number, row.enterprise_name, row.uscc, row.title, row.body);
        tokens.push(domain::search::tokens(&words).join("\n"));
    }
    sqlx::query!(
        "insert into issue_search (issue_id, tokens)
        select n.id, array_to_tsvector(string_to_array(n.tokens, e'\\n')) from unnest($1::bigint[], $2::text[]) as n (id, tokens)
        on conflict do nothing",
        &ids,
        &tokens
    )
    .execute(conn.pg())
    .await?;
    Ok(rows.last().map(|row| row.id))
}

/// Attaches stored pictures to an issue's filing.
pub async fn attach_photos(conn: &mut Conn, issue: i64, photos: &[Uuid]) -> Result<(), StoreError> {
    sqlx::query!(
        "update photo p set issue_id = $1, seq = 1, ordinal = u.ordinality from unnest($2::uuid[]) with ordinality u (id, ordinality)
         where p.id = u.id",
        issue,
        photos
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Whether a demo may be here: nobody and nothing is yet, or the log of changes begins with it, or accounts of all these names are there (of a
/// demo that was loaded before there was a log).
pub async fn may_be_demo(conn: &mut Conn, who: &str, logins: &[String]) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select not exists (select from enterprise) and not exists (select from staff)
            or exists (select from setting_change where who = $1 and why = $1)
            or (select count(*) from staff where login = any($2)) = cardinality($2::text[]) as "may!""#,
        who,
        logins
    )
    .fetch_one(conn.pg())
    .await?)
}

/// How many enterprises there are: whether this is a first start.
pub async fn enterprise_count(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(r#"select count(*) as "count!" from enterprise"#).fetch_one(conn.pg()).await?)
}

//! What a worker found to belong together (`migrations/0075_cluster_found.sql`): each morning once for each centre, each issue once.

use super::Candidate;
use crate::delivery::{self, Sendings};
use crate::{Conn, StoreError};
use domain::actor::AreaCode;
use domain::cluster::{Heard, told};
use domain::issue::channel::{Audience, Channel, FOUND, line};
use domain::notice::daytime;
use sqlx::{Connection, PgConnection};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use time::{Date, OffsetDateTime};

/// Candidates that resemble one another, each with its likeness to the first.
pub type Group = Vec<(Candidate, u8)>;

/// Where the centre finds them.
const LINK: &str = "/desk/clusters";

/// Whether a worker looked for the centre of an area already that day. Needs the system's scope.
///
/// # Errors
/// [`StoreError`].
pub async fn looked(conn: &mut Conn, area: AreaCode, day: Date) -> Result<bool, StoreError> {
    let looked =
        sqlx::query_scalar!(r#"select exists (select from cluster_day where area = $1 and day = $2) as "looked!""#, area, day);
    Ok(looked.fetch_one(conn.pg()).await?)
}

/// Keeps what was found for the centre of an area, and tells it of the groups that are new; answers how many, or none where another server was first.
/// Everything is written in one transaction, so what a server that dies had found is found by the next one. Needs the system's scope.
///
/// # Errors
/// [`StoreError`].
pub async fn keep(
    conn: &mut Conn,
    area: AreaCode,
    day: Date,
    groups: &[Group],
    now: OffsetDateTime,
) -> Result<Option<usize>, StoreError> {
    let mut tx = conn.pg().begin().await?;
    // Another one that is at it is waited for, and was first then.
    let first = sqlx::query!(
        "insert into cluster_day (day, area, found, looked_at) values ($1, $2, 0, $3) on conflict do nothing",
        day,
        area,
        now
    );
    if first.execute(&mut *tx).await?.rows_affected() == 0 {
        tx.rollback().await?;
        return Ok(None);
    }
    let known = known(&mut tx, area, groups).await?;
    let mut new: Vec<&Group> = Vec::new();
    let (mut issues, mut firsts, mut scores) = (Vec::new(), Vec::new(), Vec::new());
    for group in groups {
        // What joins a group that was found before is of that one: the one that most of them are of.
        let mut votes: BTreeMap<i64, usize> = BTreeMap::new();
        for (one, _) in group {
            if let Some(first) = known.get(&one.id) {
                *votes.entry(*first).or_default() += 1;
            }
        }
        let before = votes.into_iter().max_by_key(|(first, count)| (*count, std::cmp::Reverse(*first))).map(|(first, _)| first);
        if before.is_none() {
            new.push(group);
        }
        let first = before.or_else(|| group.first().map(|(one, _)| one.id)).unwrap_or_default();
        for (one, score) in group.iter().filter(|(one, _)| !known.contains_key(&one.id)) {
            issues.push(one.id);
            firsts.push(first);
            scores.push(i16::from(*score));
        }
    }
    sqlx::query!(
        "insert into cluster_found (area, issue_id, first_issue, score, found_at)
         select $1, n.issue, n.first, n.score, $2 from unnest($3::bigint[], $4::bigint[], $5::smallint[]) as n (issue, first, score)
         on conflict do nothing",
        area,
        now,
        &issues,
        &firsts,
        &scores
    )
    .execute(&mut *tx)
    .await?;
    if let Some((head, _)) = new.first().and_then(|group| group.first()) {
        tell(&mut tx, area, &new, head, now).await?;
    }
    let count = i32::try_from(new.len()).unwrap_or(i32::MAX);
    sqlx::query!("update cluster_day set found = $3 where area = $1 and day = $2", area, day, count).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(Some(new.len()))
}

/// The groups that issues of these were found in before, by issue.
async fn known(tx: &mut PgConnection, area: AreaCode, groups: &[Group]) -> Result<HashMap<i64, i64>, StoreError> {
    let ids: Vec<i64> = groups.iter().flatten().map(|(one, _)| one.id).collect();
    let rows = sqlx::query!("select issue_id, first_issue from cluster_found where area = $1 and issue_id = any($2)", area, &ids)
        .fetch_all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| (row.issue_id, row.first_issue)).collect())
}

/// One message to each of the centre, by the ways that administrators chose.
async fn tell(
    tx: &mut PgConnection,
    area: AreaCode,
    new: &[&Group],
    head: &Candidate,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let routes = delivery::routes_in(&mut *tx).await?;
    let heard = new.iter().filter_map(|group| {
        let (first, others) = group.split_first()?;
        Some(Heard {
            title: first.0.title.clone(),
            issues: group.len(),
            enterprises: group.iter().map(|(one, _)| one.enterprise).collect::<BTreeSet<_>>().len(),
            score: others.iter().map(|(_, score)| *score).max()?,
        })
    });
    let (title, body) = told(&heard.collect::<Vec<_>>());
    if routes.told(FOUND, Audience::Centre, Channel::App) {
        sqlx::query!(
            "insert into message (staff_id, issue_id, number, kind, link, title, body, created_at)
             select s.id, $1, $2, $3, $4, $5, $6, $7 from staff s where s.active and s.role = 'centre' and s.area = $8",
            head.id,
            head.number,
            FOUND,
            LINK,
            title,
            body,
            now,
            area
        )
        .execute(&mut *tx)
        .await?;
    }
    let mut sendings = Sendings::default();
    for channel in [Channel::Sms, Channel::Mail].into_iter().filter(|way| routes.told(FOUND, Audience::Centre, *way)) {
        sendings.recipients.push(Audience::Centre.code().to_owned());
        sendings.ids.push(i64::from(area));
        sendings.codes.push(String::new());
        sendings.issues.push(head.id);
        sendings.numbers.push(head.number.clone());
        sendings.areas.push(area);
        sendings.steps.push(FOUND.to_owned());
        sendings.by.push(channel.code().to_owned());
        sendings.lines.push(line(FOUND, Audience::Centre, &head.number));
    }
    delivery::plan(tx, &sendings, now, daytime(now)).await
}

/// When each of these issues was found, of those that were; for the centre of the session.
///
/// # Errors
/// [`StoreError`].
pub async fn noted(conn: &mut Conn, issues: &[i64]) -> Result<HashMap<i64, OffsetDateTime>, StoreError> {
    let rows = sqlx::query!(
        "select issue_id, found_at from cluster_found where issue_id = any($1) and area = scope_id('area')::integer",
        issues
    );
    Ok(rows.fetch_all(conn.pg()).await?.into_iter().map(|row| (row.issue_id, row.found_at)).collect())
}

/// When a worker looked last for the centre of the session, and how many groups were new then.
///
/// # Errors
/// [`StoreError`].
pub async fn last(conn: &mut Conn) -> Result<Option<(OffsetDateTime, i32)>, StoreError> {
    let row =
        sqlx::query!("select looked_at, found from cluster_day where area = scope_id('area')::integer order by day desc limit 1");
    Ok(row.fetch_optional(conn.pg()).await?.map(|row| (row.looked_at, row.found)))
}

/// Forgets what was found more than a year ago: whatever is still open of it is told of once more. Needs the system's scope.
///
/// # Errors
/// [`StoreError`].
pub async fn forget(conn: &mut Conn, now: OffsetDateTime) -> Result<(), StoreError> {
    let before = now - time::Duration::days(400);
    sqlx::query!("delete from cluster_found where found_at < $1", before).execute(conn.pg()).await?;
    sqlx::query!("delete from cluster_day where looked_at < $1", before).execute(conn.pg()).await?;
    Ok(())
}

//! Sees to it that personal data goes when its time is over: from the worker once a day, and from the command line. The times are ours, or those that
//! the city's administrator set for the day.

use crate::photos::PhotoStore;
use domain::calendar::local;
use domain::retention::{Kind, Rule};
use store::{Conn, Store, StoreError};
use time::OffsetDateTime;

/// Rows a transaction takes: few enough that nobody waits for it.
const BATCH: i32 = 500;

/// What was done of a kind.
pub struct Done {
    /// With its time as it held.
    pub rule: Rule,
    pub done: i64,
}

/// Every rule as it holds today.
async fn rules(conn: &mut Conn, now: OffsetDateTime) -> Result<Vec<Rule>, StoreError> {
    Ok(store::retention::schedule(conn).await?.rules(local(now).date()))
}

/// Sees to every kind that has not been seen to today.
///
/// # Errors
/// When the database does not answer; the kinds that are left are seen to at the next turn.
pub async fn once_a_day(store: &Store, photos: &PhotoStore, now: OffsetDateTime) -> Result<Vec<Done>, StoreError> {
    let day = local(now).date();
    let mut all = Vec::new();
    let mut conn = store.system().await?;
    for rule in rules(&mut conn, now).await? {
        if !store::retention::is_done(&mut conn, &rule, day).await? {
            let done = see_to(&mut conn, photos, &rule, now).await?;
            store::retention::note(&mut conn, &rule, day, done, now).await?;
            all.push(Done { rule, done });
        }
    }
    conn.release();
    Ok(all)
}

/// Sees to every kind now, whatever was done today.
///
/// # Errors
/// When the database does not answer; what was done stays done.
pub async fn now(store: &Store, photos: &PhotoStore, now: OffsetDateTime) -> Result<Vec<Done>, StoreError> {
    let mut all = Vec::new();
    let mut conn = store.system().await?;
    for rule in rules(&mut conn, now).await? {
        all.push(Done { done: see_to(&mut conn, photos, &rule, now).await?, rule });
    }
    conn.release();
    Ok(all)
}

/// What there is to do, without doing it.
///
/// # Errors
/// When the database does not answer.
pub async fn due(store: &Store, now: OffsetDateTime) -> Result<Vec<Done>, StoreError> {
    let mut all = Vec::new();
    let mut conn = store.system().await?;
    for rule in rules(&mut conn, now).await? {
        all.push(Done { done: store::retention::count(&mut conn, &rule, now).await?, rule });
    }
    conn.release();
    Ok(all)
}

async fn see_to(conn: &mut Conn, photos: &PhotoStore, rule: &Rule, now: OffsetDateTime) -> Result<i64, StoreError> {
    let mut done = 0;
    loop {
        let batch = store::retention::apply(conn, rule, now, BATCH).await?;
        done += batch.done;
        for id in batch.objects {
            match rule.kind {
                // Pictures, and files that came beside them.
                Kind::Photo => {
                    photos.remove(id).await;
                    photos.remove_file(id).await;
                }
                _ => photos.remove_file(id).await,
            }
        }
        if batch.done < i64::from(BATCH) {
            return Ok(done);
        }
    }
}

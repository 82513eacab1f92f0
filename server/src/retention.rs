//! Sees to it that personal data goes when its time is over: from the worker once a day, and from the command line.

use crate::photos::PhotoStore;
use domain::calendar::local;
use domain::retention::{Kind, RULES, Rule};
use store::{Conn, Store, StoreError};
use time::OffsetDateTime;

/// Rows a transaction takes: few enough that nobody waits for it.
const BATCH: i32 = 500;

/// What was done of a kind.
pub struct Done {
    pub rule: &'static Rule,
    pub done: i64,
}

/// Sees to every kind that has not been seen to today.
///
/// # Errors
/// When the database does not answer; the kinds that are left are seen to at the next turn.
pub async fn once_a_day(store: &Store, photos: &PhotoStore, now: OffsetDateTime) -> Result<Vec<Done>, StoreError> {
    let day = local(now).date();
    let mut all = Vec::new();
    let mut conn = store.system().await?;
    for rule in RULES {
        if !store::retention::is_done(&mut conn, rule, day).await? {
            let done = see_to(&mut conn, photos, rule, now).await?;
            store::retention::note(&mut conn, rule, day, done, now).await?;
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
    let mut all = Vec::with_capacity(RULES.len());
    let mut conn = store.system().await?;
    for rule in RULES {
        all.push(Done { rule, done: see_to(&mut conn, photos, rule, now).await? });
    }
    conn.release();
    Ok(all)
}

/// What there is to do, without doing it.
///
/// # Errors
/// When the database does not answer.
pub async fn due(store: &Store, now: OffsetDateTime) -> Result<Vec<Done>, StoreError> {
    let mut all = Vec::with_capacity(RULES.len());
    let mut conn = store.system().await?;
    for rule in RULES {
        all.push(Done { rule, done: store::retention::count(&mut conn, rule, now).await? });
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

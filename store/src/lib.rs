//! Everything that speaks to PostgreSQL, one file per aggregate; SQL only in `query!` macros and `migrations/`.
//!
//! A [`Conn`] always carries a scope: that of a session ([`Store::open_session`], one round trip for who and what), none
//! ([`Store::anonymous`]) or the system's ([`Store::system`]). Row-level security does the rest (`migrations/0001_scope.sql`).

pub mod administration;
pub mod api;
pub mod api_key;
pub mod audit;
pub mod case;
mod clock;
pub mod cluster;
pub mod delivery;
pub mod enterprise;
mod error;
pub mod filing;
pub mod identity;
pub mod issue;
pub mod job;
pub mod learning;
pub mod listed;
pub mod meeting;
pub mod member;
pub mod message;
pub mod open311;
pub mod outbox;
pub mod pack;
pub mod photo;
pub mod policy;
pub mod reference;
pub mod retention;
pub mod security;
pub mod staff;
pub mod terms;
pub mod upward;

pub use error::StoreError;
pub(crate) use error::is_lost;

use sqlx::migrate::Migration;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{Connection, Executor, PgConnection, PgPool, Postgres};
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// The migrations, forward only; tests apply them too.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// The role the process serves with; it owns nothing.
pub const APP_ROLE: &str = "qifu_app";

/// What every connection serves with. Queries are short: compiling one takes longer than running it. And a page that is read by an
/// index is as near as the one after it: with the cost of a spinning disk the planner would rather fetch all rows of an enterprise and
/// sort them than read twenty in order.
///
/// Nobody waits for ever: a statement has 15 s, of which it may wait 5 for somebody else's lock, and a transaction that is left alone for 30 s is
/// ended with its locks. All of it is [`StoreError::is_passing`].
const SETTINGS: &str = "set role qifu_app; set time zone 'UTC'; set statement_timeout = '15s'; set lock_timeout = '5s'; \
    set idle_in_transaction_session_timeout = '30s'; set jit = off; set random_page_cost = 1.1";

/// What migrations do with: they take the time they need, but whoever is in their way has ten seconds. A table that waits to be locked holds up
/// everybody behind it.
const MIGRATING: &str = "set lock_timeout = '10s'";

/// Connections beside those that are asked: each listener keeps one.
const LISTENERS: u32 = 2;

/// How long somebody waits for a connection.
const WAIT: Duration = Duration::from_secs(5);
/// How long one waits while every connection is somebody's: whoever waits longer is told so, and the queue stays short.
const FULL: Duration = Duration::from_secs(2);

/// How long somebody waits for the first word of a connection, which is the answer to a question that takes a millisecond. One that says nothing is not
/// used again: the network may have lost it without either side having heard.
const SILENT: Duration = Duration::from_secs(5);

/// Stands for "never" in columns that lists order by.
pub(crate) const NEVER: OffsetDateTime = time::macros::datetime!(9999-01-01 00:00 UTC);

/// A page of a list and where the next one starts.
#[derive(Debug, Clone)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Opaque cursor of the next page.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Cuts a list that was asked for with one row more than `limit`.
    fn cut(mut rows: Vec<T>, limit: i64, cursor: impl Fn(&T) -> String) -> Page<T> {
        let more = rows.len() as i64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(0));
        let next = if more { rows.last().map(cursor) } else { None };
        Page { rows, next }
    }
}

/// Reads a cursor of an instant and an id; anything else is as good as none. So is one from before 1970: nothing here is as old, and PostgreSQL does not
/// know all instants that `time` does.
fn parse_cursor(cursor: Option<&str>) -> Option<(OffsetDateTime, i64)> {
    let (at, id) = cursor?.split_once('.')?;
    let nanos = i128::from(at.parse::<i64>().ok()?) * 1_000;
    let at = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok().filter(|at| *at >= OffsetDateTime::UNIX_EPOCH)?;
    Some((at, id.parse().ok()?))
}

fn cursor(at: OffsetDateTime, id: i64) -> String {
    format!("{}.{id}", at.unix_timestamp_nanos() / 1_000)
}

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
    /// One for each connection there may be, so that whoever has one gets a connection without waiting.
    permits: Arc<Semaphore>,
    clock: clock::Clock,
    /// Connections whose last user was done with them. The pool would ask each on its return whether it still lives, which is a round
    /// trip for every request; whoever takes it next finds out anyway (`spare_connections`).
    idle: Arc<Mutex<Vec<Idle>>>,
}

#[derive(Debug)]
struct Idle {
    inner: PoolConnection<Postgres>,
    since: Instant,
}

/// How long a connection stays outside of the pool's care, which closes old and superfluous ones.
const IDLE: Duration = Duration::from_secs(300);

/// One connection with its scope set. The next user sets its own scope with its first query, before anything else is asked.
pub struct Conn {
    /// None only while it is dropped.
    inner: Option<PoolConnection<Postgres>>,
    since: Instant,
    queries: u32,
    answered: bool,
    idle: Arc<Mutex<Vec<Idle>>>,
    permit: OwnedSemaphorePermit,
}

impl Conn {
    /// The connection for one more query.
    pub(crate) fn pg(&mut self) -> &mut PgConnection {
        self.queries += 1;
        self.answered = false;
        match &mut self.inner {
            Some(inner) => inner,
            None => unreachable!("a connection is taken out by drop alone"),
        }
    }

    /// How many queries this connection was used for since it was taken, the one that set its scope included.
    pub fn queries(&self) -> u32 {
        self.queries
    }

    /// Ends a load: what it wrote is on the disk when this returns, and later commits wait for it again.
    pub async fn wait_for_the_disk(&mut self) -> Result<(), StoreError> {
        self.pg().execute("set synchronous_commit = on").await?;
        // A commit waits for everything before it; one that wrote nothing would not.
        sqlx::query!("update desk_mark set at = at").execute(self.pg()).await?;
        Ok(())
    }

    /// Says that every answer has been read. A connection that is dropped after this goes back without a round trip; one that is dropped
    /// otherwise, perhaps in the middle of a query, is first asked whether it is still good.
    pub fn answered(&mut self) {
        self.answered = true;
    }

    /// Gives the connection back, every answer having been read.
    pub fn release(mut self) {
        self.answered();
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        let Some(inner) = self.inner.take() else { return };
        // A transaction that was dropped has its rollback still to be sent.
        let clean = self.answered && !inner.is_in_transaction() && !inner.should_flush();
        if clean && self.since.elapsed() < IDLE {
            let mut idle = lock(&self.idle);
            // Closing ends the permits first and empties the list then.
            if !self.permit.semaphore().is_closed() {
                idle.push(Idle { inner, since: self.since });
            }
        } else if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(give_back(inner));
        }
    }
}

/// Gives back a connection that was dropped in the middle of something. The pool would wait for its answer for as long as TCP does, a quarter of an
/// hour, and have a place less meanwhile.
async fn give_back(mut inner: PoolConnection<Postgres>) {
    if !matches!(timeout(SILENT, inner.ping()).await, Ok(Ok(()))) {
        drop(inner.detach());
    }
}

fn lock(idle: &Mutex<Vec<Idle>>) -> MutexGuard<'_, Vec<Idle>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    /// Connects `max` connections at most; they serve as [`APP_ROLE`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn connect(url: &str, max: u32) -> Result<Store, StoreError> {
        Store::with_options(PgConnectOptions::from_str(url)?, max).await
    }

    /// As [`Store::connect`], from options (tests).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn with_options(options: PgConnectOptions, max: u32) -> Result<Store, StoreError> {
        let pool = PgPoolOptions::new()
            .max_connections(max.saturating_add(LISTENERS))
            .acquire_timeout(WAIT)
            // A dead connection shows at its first query (`spare_connections`); a ping would be a round trip more for every page.
            .test_before_acquire(false)
            .after_connect(|conn, _| {
                Box::pin(async move {
                    conn.execute(SETTINGS).await?;
                    Ok(())
                })
            })
            .connect_with(options)
            .await?;
        let permits = Arc::new(Semaphore::new(usize::try_from(max).unwrap_or(1)));
        Ok(Store { pool, permits, clock: clock::Clock::default(), idle: Arc::default() })
    }

    /// A connection without a scope: it reads nothing that belongs to anybody.
    pub async fn anonymous(&self) -> Result<Conn, StoreError> {
        self.scoped("").await
    }

    /// A connection with the system's scope: sign-in, jobs, the command line.
    pub async fn system(&self) -> Result<Conn, StoreError> {
        self.scoped("system").await
    }

    /// As [`Store::system`], for loads that are begun anew when they are cut off: its commits do not wait for the disk until
    /// [`Conn::wait_for_the_disk`].
    pub async fn loader(&self) -> Result<Conn, StoreError> {
        let mut conn = self.system().await?;
        conn.pg().execute("set synchronous_commit = off").await?;
        Ok(conn)
    }

    async fn scoped(&self, kind: &str) -> Result<Conn, StoreError> {
        let mut spare = self.spare_connections();
        loop {
            let mut conn = self.acquire().await?;
            let set = sqlx::query!("select set_scope($1, null, null, null, null, null, null) as scope", kind);
            match first(set.execute(conn.pg())).await {
                Ok(_) => return Ok(conn),
                Err(error) if is_lost(&error) && spare > 0 => spare -= 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// How many dead connections the first query of a [`Conn`] may meet before it gives up: after a restart of PostgreSQL every one
    /// in the pool is dead. That query only sets the scope, so it can be asked again on the next one.
    pub(crate) fn spare_connections(&self) -> u32 {
        self.pool.options().get_max_connections()
    }

    /// Takes a connection; the caller sets its scope with the first query.
    pub(crate) async fn acquire(&self) -> Result<Conn, StoreError> {
        let permit = timeout(FULL, self.permits.clone().acquire_owned()).await;
        let permit = permit.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let idle = lock(&self.idle).pop();
        let (inner, since) = match idle {
            Some(idle) => (idle.inner, idle.since),
            None => (self.pool.acquire().await?, Instant::now()),
        };
        let mut conn = Conn { inner: Some(inner), since, queries: 0, answered: false, idle: self.idle.clone(), permit };
        if let Some(ahead) = self.clock.ahead() {
            // A query more, where somebody moved the clock and nowhere else.
            let told = sqlx::query_scalar!("select set_config('qifu.ahead', $1, false) as ahead", ahead);
            first(told.fetch_one(conn.pg())).await?;
        }
        Ok(conn)
    }

    /// Whether the database answers now.
    pub async fn is_ready(&self) -> bool {
        let Ok(mut conn) = self.acquire().await else { return false };
        let alive = first(conn.pg().ping()).await.is_ok();
        if alive {
            conn.release();
        }
        alive
    }

    /// Listens to channels of `NOTIFY` on a connection of its own, which reconnects.
    pub async fn listen(&self, channels: &[&str]) -> Result<PgListener, StoreError> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen_all(channels.iter().copied()).await?;
        Ok(listener)
    }

    /// Whether a listener that has heard nothing for a while would still hear: of a connection that the network lost, a side that only waits never learns.
    pub async fn still_hears(listener: &mut PgListener) -> bool {
        matches!(timeout(SILENT, listener.execute("select 1")).await, Ok(Ok(_)))
    }

    /// Closes every connection, waiting for those in use.
    pub async fn close(&self) {
        self.permits.close();
        lock(&self.idle).clear();
        self.pool.close().await;
    }
}

/// The answer to the first question on a connection, or that there is none.
pub(crate) async fn first<T>(asked: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    // Not an error of the connection, which would have the next one asked: whoever waited this long is told.
    timeout(SILENT, asked).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

/// Brings the database at `url` up to date, as its owner. Answers how many migrations were applied.
///
/// # Errors
/// [`StoreError::Unavailable`] when the database does not answer, [`StoreError::Busy`] when somebody holds a table, or another server has been
/// migrating for ten seconds: try again. [`StoreError::Outdated`] or [`StoreError::Newer`] when its tables are
/// another version's. A migration that fails leaves nothing behind.
pub async fn migrate(url: &str) -> Result<usize, StoreError> {
    let mut conn = PgConnection::connect(url).await?;
    let before = applied(&mut conn).await;
    let known = |migration: &Migration| (migration.version, migration.checksum.to_vec());
    if before == MIGRATOR.iter().map(known).collect::<Vec<_>>() {
        // Nothing to do, so no right to do it is needed: a server whose login owns nothing starts, too.
        conn.close().await?;
        return Ok(0);
    }
    conn.execute(MIGRATING).await?;
    // Several servers may start at once; sqlx takes an advisory lock around the whole run.
    MIGRATOR.run(&mut conn).await?;
    let after = applied(&mut conn).await;
    conn.close().await?;
    Ok(after.len().saturating_sub(before.len()))
}

/// The migrations that were applied, with their checksums; none where there is no table of them yet.
async fn applied(conn: &mut PgConnection) -> Vec<(i64, Vec<u8>)> {
    let sql = "select version, checksum from _sqlx_migrations where success order by version";
    sqlx::query_as(sql).fetch_all(conn).await.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_nothing_else_is_one() {
        for (at, id) in [(datetime!(2026-11-27 01:02:03.000004 UTC), 7), (OffsetDateTime::UNIX_EPOCH, -1), (NEVER, i64::MAX)] {
            assert_eq!(parse_cursor(Some(&cursor(at, id))), Some((at, id)));
        }
        for wrong in ["", "x", "1", "1.x", "x.1", "-1.1", "-377705116800000000.1", "99999999999999999999.1"] {
            assert_eq!(parse_cursor(Some(wrong)), None, "{wrong}");
        }
        assert_eq!(parse_cursor(None), None);
    }
}

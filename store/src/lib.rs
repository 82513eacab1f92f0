//! Everything that speaks to PostgreSQL, one file per aggregate; SQL only in `query!` macros and `migrations/`.
//!
//! A [`Conn`] always carries a scope: that of a session ([`Store::open_session`], one round trip for who and what), none
//! ([`Store::anonymous`]) or the system's ([`Store::system`]). Row-level security does the rest (`migrations/0001_scope.sql`).

pub mod enterprise;
mod error;
pub mod identity;
pub mod issue;
pub mod job;
pub mod message;
pub mod outbox;
pub mod photo;
pub mod policy;
pub mod reference;

pub use error::StoreError;
pub(crate) use error::is_lost;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{Connection, Executor, PgConnection, PgPool, Postgres};
use std::str::FromStr;
use std::time::Duration;
use time::OffsetDateTime;

/// The migrations, forward only; tests apply them too.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// The role the process serves with; it owns nothing.
pub const APP_ROLE: &str = "qifu_app";

/// Stands for "never" in columns that lists order by.
pub(crate) const NEVER: OffsetDateTime = time::macros::datetime!(9999-01-01 00:00 UTC);

/// A page of a list and where the next one starts.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows.
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

/// Reads a cursor of an instant and an id; anything else is as good as none.
fn parse_cursor(cursor: Option<&str>) -> Option<(OffsetDateTime, i64)> {
    let (at, id) = cursor?.split_once('.')?;
    let nanos = i128::from(at.parse::<i64>().ok()?) * 1_000;
    Some((OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?, id.parse().ok()?))
}

fn cursor(at: OffsetDateTime, id: i64) -> String {
    format!("{}.{id}", at.unix_timestamp_nanos() / 1_000)
}

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
}

/// One connection with its scope set.
pub struct Conn {
    inner: PoolConnection<Postgres>,
    queries: u32,
}

impl Conn {
    /// The connection for one more query.
    pub(crate) fn pg(&mut self) -> &mut PgConnection {
        self.queries += 1;
        &mut self.inner
    }

    /// How many queries this connection was used for since it was taken, the one that set its scope included.
    pub fn queries(&self) -> u32 {
        self.queries
    }
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
            .max_connections(max)
            .acquire_timeout(Duration::from_secs(5))
            // A dead connection shows at its first query (`spare_connections`); a ping would be a round trip more for every page.
            .test_before_acquire(false)
            .after_connect(|conn, _| {
                Box::pin(async move {
                    conn.execute("set role qifu_app; set time zone 'UTC'; set statement_timeout = '15s'").await?;
                    Ok(())
                })
            })
            .connect_with(options)
            .await?;
        Ok(Store { pool })
    }

    /// A connection without a scope: it reads nothing that belongs to anybody.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn anonymous(&self) -> Result<Conn, StoreError> {
        self.scoped("").await
    }

    /// A connection with the system's scope: sign-in, jobs, the command line.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn system(&self) -> Result<Conn, StoreError> {
        self.scoped("system").await
    }

    async fn scoped(&self, kind: &str) -> Result<Conn, StoreError> {
        let mut spare = self.spare_connections();
        loop {
            let mut conn = self.acquire().await?;
            let set = sqlx::query!("select set_scope($1, null, null, null, null, null, null) as scope", kind);
            match set.execute(conn.pg()).await {
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
        Ok(Conn { inner: self.pool.acquire().await?, queries: 0 })
    }

    /// Whether the database answers now.
    pub async fn is_ready(&self) -> bool {
        match self.pool.acquire().await {
            Ok(mut conn) => conn.ping().await.is_ok(),
            Err(_) => false,
        }
    }

    /// Listens to a channel of `NOTIFY` on a connection of its own, which reconnects.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn listen(&self, channel: &str) -> Result<PgListener, StoreError> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen(channel).await?;
        Ok(listener)
    }

    /// Closes every connection, waiting for those in use.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Brings the database at `url` up to date, as its owner. Answers how many migrations were applied.
///
/// # Errors
/// [`StoreError::Unavailable`] when the database does not answer, [`StoreError::Outdated`] or [`StoreError::Newer`] when its tables are
/// another version's. A migration that fails leaves nothing behind.
pub async fn migrate(url: &str) -> Result<usize, StoreError> {
    let mut conn = PgConnection::connect(url).await?;
    // Several servers may start at once; sqlx takes an advisory lock around the whole run.
    let before = applied(&mut conn).await;
    MIGRATOR.run(&mut conn).await?;
    let after = applied(&mut conn).await;
    conn.close().await?;
    Ok(after.saturating_sub(before))
}

async fn applied(conn: &mut PgConnection) -> usize {
    sqlx::query_scalar::<_, i64>("select count(*) from _sqlx_migrations")
        .fetch_one(conn)
        .await
        .map_or(0, |count| usize::try_from(count).unwrap_or(0))
}

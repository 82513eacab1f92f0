//! The one clock of all servers: the database's. A server whose own clock is wrong would put a problem's answer before its filing, and end sessions
//! and codes that another server has just begun.
//!
//! It can be put ahead, or back: for tests of what comes due, and for a demo of it. Requests, workers and what the database decides by the time
//! of day (`clock_now`) go with it.

use crate::{Conn, Store, StoreError};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use time::{Duration, OffsetDateTime};

/// What this process adds to the clock of its machine.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clock(Arc<Hands>);

#[derive(Debug, Default)]
struct Hands {
    /// How far the machine's clock is behind the database's, in microseconds.
    behind: AtomicI64,
    /// How far somebody put it ahead of that, in microseconds.
    ahead: AtomicI64,
    /// Whether somebody ever did: connections have been told then.
    moved: AtomicBool,
}

impl Clock {
    /// What connections are told, where the clock was moved: `qifu.ahead`.
    pub(crate) fn ahead(&self) -> Option<String> {
        let moved = self.0.moved.load(Ordering::Relaxed);
        moved.then(|| format!("{} microseconds", self.0.ahead.load(Ordering::Relaxed)))
    }
}

/// A difference this small is the network's, or a clock's that is being put right: nobody's limit depends on it.
const SLACK: Duration = Duration::milliseconds(500);

/// What to add to the own clock, which showed `sent` and `heard` around the moment at which the database's `said` so. What is known already stays
/// as long as it fits: time does not jump to and fro.
fn shift(known: Duration, sent: OffsetDateTime, said: OffsetDateTime, heard: OffsetDateTime) -> Duration {
    let doubt: Duration = (heard - sent).abs() / 2;
    let found: Duration = said - (sent + doubt);
    let moved: Duration = found - known;
    if moved.abs() <= doubt + SLACK { known } else { found }
}

impl Store {
    /// Now, by the clock of the database as it was last asked for it, and as far ahead of it as somebody put this one.
    pub fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + self.behind() + Duration::microseconds(self.clock.0.ahead.load(Ordering::Relaxed))
    }

    /// Puts the clock ahead, or back where it is negative, from where it is; it goes on from there. Every limit, warning and worker of this process goes
    /// by it: for tests, and for a demo (`QIFU_CLOCK_SHIFT`).
    pub fn put_ahead(&self, by: Duration) {
        let by = i64::try_from(by.whole_microseconds()).unwrap_or(0);
        self.clock.0.ahead.fetch_add(by, Ordering::Relaxed);
        self.clock.0.moved.fetch_or(by != 0, Ordering::Relaxed);
    }

    fn behind(&self) -> Duration {
        Duration::microseconds(self.clock.0.behind.load(Ordering::Relaxed))
    }

    /// Asks the database for the time. Answers how far this process's own clock is behind, when that is something new.
    pub async fn agree_on_time(&self, conn: &mut Conn) -> Result<Option<Duration>, StoreError> {
        let sent = OffsetDateTime::now_utc();
        let said = sqlx::query_scalar!(r#"select clock_timestamp() as "now!""#).fetch_one(conn.pg()).await?;
        let known = self.behind();
        let found = shift(known, sent, said, OffsetDateTime::now_utc());
        self.clock.0.behind.store(i64::try_from(found.whole_microseconds()).unwrap_or(0), Ordering::Relaxed);
        Ok((found != known).then_some(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_wrong_clock_is_put_right_and_a_right_one_left_alone() {
        let sent = datetime!(2026-11-26 10:00:00 UTC);
        let heard = sent + Duration::milliseconds(20);
        let at = |said: Duration| sent + Duration::milliseconds(10) + said;
        let none = Duration::ZERO;
        assert_eq!(shift(none, sent, at(none), heard), none);
        assert_eq!(shift(none, sent, at(Duration::milliseconds(400)), heard), none);
        for off in [Duration::minutes(3), Duration::minutes(-3), Duration::hours(9)] {
            assert_eq!(shift(none, sent, at(off), heard), off);
            // Known already: the next answer, some milliseconds off, changes nothing.
            assert_eq!(shift(off, sent, at(off + Duration::milliseconds(7)), heard), off);
            // And back, once somebody has set the clock.
            assert_eq!(shift(off, sent, at(none), heard), none);
        }
        // An answer that took long says little.
        assert_eq!(shift(none, sent, sent, sent + Duration::seconds(8)), none);
    }
}

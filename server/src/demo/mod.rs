//! Demo data: deterministic, decided by the domain's own rules, in every state and round. No real enterprise or person.

mod beside;
mod cases;
mod life;
mod living;
mod names;
mod people;
mod pictures;
mod policy;
mod replies;
mod said;
mod simulation;
mod stories;
mod weather;
mod work;

use crate::photos::PhotoStore;
use crate::state::AppState;
use anyhow::{Result, bail};
use domain::issue::Terms;
use simulation::districts;
use std::net::SocketAddr;
use store::Store;
use store::issue::history;
use time::OffsetDateTime;

/// The password of every demo account.
pub const PASSWORD: &str = "qifu-demo-2026";

/// How much.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub enterprises: usize,
    pub issues: usize,
}

impl Default for Size {
    fn default() -> Size {
        Size { enterprises: 300, issues: 1000 }
    }
}

/// A small generator (SplitMix64): the same numbers on every machine and with every version of every library.
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.roll() % (n.max(1) as u64)).unwrap_or(0)
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list, which is not empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// Loads demo data where there are no enterprises yet; `false` where there are.
///
/// # Errors
/// When the database or the object store does not answer.
pub async fn load(store: &Store, photos: &PhotoStore, size: Size, now: OffsetDateTime) -> Result<bool> {
    let mut conn = store.loader().await?;
    if history::enterprise_count(&mut conn).await? > 0 {
        conn.wait_for_the_disk().await?;
        return Ok(false);
    }
    tracing::info!(enterprises = size.enterprises, issues = size.issues, "loading demo data");
    let people = people::load(&mut conn, size.enterprises, |_| Vec::new(), now).await?;
    let terms = people.terms();
    life::load(&mut conn, photos, &people, size.issues, &terms, now).await?;
    beside::load(&mut conn, &people, &terms, now).await?;
    cases::load(&mut conn, now).await?;
    policy::load(&mut conn, &people, now).await?;
    let mut after = 0;
    while let Some(last) = history::index_missing(&mut conn, after, 2000).await? {
        after = last;
    }
    while store::outbox::drain(&mut conn, now, 500).await? > 0 {}
    store::learning::begin(&mut conn, &terms, now).await?;
    work::load(store, now).await?;
    conn.wait_for_the_disk().await?;
    tracing::info!("demo data is loaded");
    Ok(true)
}

/// Loads a simulated year of so many days into a database without enterprises; `false` where there are some.
///
/// # Errors
/// As [`load`].
pub async fn simulate(store: &Store, size: Size, days: usize, now: OffsetDateTime) -> Result<bool> {
    let mut conn = store.loader().await?;
    if history::enterprise_count(&mut conn).await? > 0 {
        conn.wait_for_the_disk().await?;
        return Ok(false);
    }
    let people = people::load(&mut conn, size.enterprises, districts::add, now).await?;
    let terms = Terms { catalogue: districts::catalogue(), ..people.terms() };
    simulation::load(&mut conn, &people, size.issues, days, &terms, now).await?;
    conn.wait_for_the_disk().await?;
    Ok(true)
}

/// Loads demo data on the first start of a server.
///
/// # Errors
/// As [`load`], and with a sentence where the database is a city's own: a demo shows sign-in codes to everybody.
pub async fn on_first_start(state: &AppState) -> Result<()> {
    let mut conn = state.store.system().await?;
    let logins: Vec<String> = people::ACCOUNTS_SHOWN.iter().map(|(login, _)| (*login).to_owned()).collect();
    if !history::may_be_demo(&mut conn, people::MARK, &logins).await? {
        bail!(
            "QIFU_DEMO=1: this database has accounts or enterprises that no demo made, and a demo shows everybody's sign-in codes. \
             Start without QIFU_DEMO, or name another database (DATABASE_URL, QIFU_DATA)"
        );
    }
    conn.release();
    load(&state.store, &state.photos, Size::default(), state.now()).await?;
    Ok(())
}

/// Prints where to go and as whom.
#[allow(clippy::print_stdout)] // For the person in front of the terminal.
pub fn print_accounts(address: &SocketAddr) {
    println!("\n  企服空间 is served on http://{address}  (demo data)\n");
    println!("  Enterprise: sign in with the mobile number 13800000001 (two enterprises) or 13800000002;");
    println!("              the code is shown on the page.");
    println!("  Staff:      http://{address}/desk/sign-in, password {PASSWORD}");
    for (login, about) in people::ACCOUNTS_SHOWN {
        println!("              {login:<12} {about}");
    }
    println!("\n  Ctrl-C stops it.\n");
}

//! What every request shares. Nothing in it is the truth: another server has the same from the database.

use crate::config::Config;
use crate::http::seats::Seats;
use crate::photos::PhotoStore;
use crate::scan::Scanner;
use app::render::Assets;
use app::request::{Services, Tables};
use domain::calendar::{WorkCalendar, local};
use std::sync::{Arc, RwLock};
use store::Store;
use store::outbox::News;
use store::policy::Shelf;
use time::OffsetDateTime;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

/// What is heard of issues and applications that moved, written by any server.
pub type Heard = broadcast::Receiver<Arc<News>>;

/// Shared by all requests and workers.
#[derive(Clone)]
pub struct AppState {
    /// Settings.
    pub config: Arc<Config>,
    /// The database.
    pub store: Store,
    /// The pictures.
    pub photos: PhotoStore,
    /// Names of the built files.
    pub assets: Arc<Assets>,
    /// What is read from the database once a minute, refreshed by a worker.
    pub tables: Arc<RwLock<Tables>>,
    /// Live notifications of this and every other server.
    pub live: broadcast::Sender<Arc<News>>,
    /// Wakes the outbox worker after a command.
    pub outbox: Arc<Notify>,
    /// The virus scanner, where there is one.
    pub scanner: Scanner,
    /// Streams that are open on this server.
    pub seats: Seats,
    /// Forms with files that are on their way to this server.
    pub uploads: Seats,
    /// The process is about to stop: it says so to whoever asks whether it is ready, and still serves.
    pub draining: CancellationToken,
    /// Ends workers and streams.
    pub shutdown: CancellationToken,
}

impl AppState {
    /// What requests share, as `app` knows it.
    pub fn services(&self) -> Services {
        Services {
            store: self.store.clone(),
            tables: self.tables.clone(),
            assets: self.assets.clone(),
            outbox: self.outbox.clone(),
            demo: self.config.demo,
            tls: self.config.tls,
            code_pause: time::Duration::seconds(self.config.code_pause.into()),
            codes_per_address: self.config.codes_per_address,
            codes_per_city: self.config.codes_per_city,
            codes_per_city_day: self.config.codes_per_city_day,
            uploads_per_day: self.config.uploads_per_day,
            filings_per_day: self.config.filings_per_day,
            private_webhooks: self.config.private_webhooks,
            factor_rule: self.config.factor_rule,
        }
    }

    /// The tables as they are now.
    pub fn tables(&self) -> Tables {
        match self.tables.read() {
            Ok(tables) => tables.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    /// Now. The only clock of the process, the same on every server; tests put it ahead (`Store::put_ahead`).
    pub fn now(&self) -> OffsetDateTime {
        self.store.now()
    }

    /// Reads the tables again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn refresh(&self) -> anyhow::Result<()> {
        let mut conn = self.store.system().await?;
        if let Some(behind) = self.store.agree_on_time(&mut conn).await? {
            tracing::warn!(seconds = behind.as_seconds_f64(), "this machine's clock is behind the database's, which goes");
        }
        let reference = Arc::new(store::reference::load(&mut conn).await?);
        let plain = WorkCalendar::default().with_hours(&self.config.work_hours)?;
        let terms = Arc::new(store::terms::load(&mut conn, plain).await?);
        let today = local(self.now()).date();
        let known = self.tables().shelf;
        let same = known.book.as_of == today && known.stamp == store::policy::item::stamp(&mut conn).await?;
        let shelf = if same { known } else { Arc::new(Shelf::load(&mut conn, today).await?) };
        let fresh = Tables { reference, terms, shelf };
        match self.tables.write() {
            Ok(mut tables) => *tables = fresh,
            Err(poisoned) => *poisoned.into_inner() = fresh,
        }
        Ok(())
    }
}

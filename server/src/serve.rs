//! `qifu serve`: waits for the database, migrates, serves, and finishes what is in flight when told to stop.

use crate::config::Config;
use crate::database::Cluster;
use crate::demo;
use crate::photos::PhotoStore;
use crate::scan::Scanner;
use crate::state::AppState;
use crate::{connections, http, workers};
use anyhow::{Context, Result};
use app::render::Assets;
use app::request::Tables;
use axum_server::Handle;
use futures::FutureExt;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use store::Store;
use tokio::net::TcpListener;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

/// Where the database is, and the embedded cluster when this call started it.
pub struct Database {
    /// Its URL.
    pub url: String,
    started: Option<Cluster>,
}

impl Database {
    /// The configured database, or the embedded cluster, started where needed.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start.
    pub fn open(config: &Config) -> Result<Database> {
        if let Some(url) = &config.database_url {
            return Ok(Database { url: url.clone(), started: None });
        }
        let cluster = Cluster::of(&config.data, false)?;
        let (url, started) = cluster.start()?;
        Ok(Database { url, started: started.then_some(cluster) })
    }

    /// Stops the cluster if this process started it.
    pub fn close(self) {
        if let Some(cluster) = self.started
            && let Err(error) = cluster.stop()
        {
            tracing::warn!(%error, "the embedded database did not stop");
        }
    }
}

/// Waits until the database answers, saying so, then migrates it.
///
/// # Errors
/// When a migration fails.
pub async fn migrate_when_ready(url: &str) -> Result<usize> {
    let mut tries = 0;
    loop {
        match store::migrate(url).await {
            Ok(applied) => return Ok(applied),
            // It cannot be reached, it starts or stops, or another server migrates it.
            Err(store::StoreError::Unavailable(error) | store::StoreError::Busy(error)) if tries < 120 => {
                if tries % 10 == 0 {
                    tracing::info!(%error, "waiting for the database");
                }
                tries += 1;
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
            Err(error) => return Err(error).context("the database cannot be brought up to date"),
        }
    }
}

/// Everything a server needs, made from settings and a database.
///
/// # Errors
/// When something it needs is not there; the sentence says what.
pub async fn state(config: Config, url: &str) -> Result<AppState> {
    let assets = assets(&config.site)?;
    let store = Store::connect(url, config.pool).await.context("the database refuses connections")?;
    state_with(config, store, assets).await
}

/// The names of the built files: as scripts/build hashed them, or as cargo-leptos leaves them, which builds one module with all islands.
///
/// # Errors
/// When nothing was built.
fn assets(site: &Path) -> Result<Assets> {
    let manifest = site.join("pkg/manifest.json");
    if !manifest.exists() && site.join("pkg/qifu.js").exists() {
        return Ok(Assets::of_one_module("qifu"));
    }
    let text = std::fs::read_to_string(&manifest)
        .with_context(|| format!("cannot read {}: build the site first (make build), or set QIFU_SITE", manifest.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not a manifest", manifest.display()))
}

/// As [`state`], from parts (tests).
///
/// # Errors
/// When the database does not answer or the folder of the photos cannot be made.
pub async fn state_with(config: Config, store: Store, assets: Assets) -> Result<AppState> {
    if !config.clock_shift.is_zero() {
        store.put_ahead(config.clock_shift);
        let (seconds, now) = (config.clock_shift.whole_seconds(), store.now());
        tracing::warn!(seconds, %now, "QIFU_CLOCK_SHIFT: this server's clock is not the city's, and every limit goes by it");
    }
    let photos = PhotoStore::of(&config)?;
    let state = AppState {
        scanner: Scanner::new(config.clamd.clone()),
        config: Arc::new(config),
        store,
        photos,
        assets: Arc::new(assets),
        tables: Arc::new(RwLock::new(Tables::default())),
        live: broadcast::channel(1024).0,
        outbox: Arc::new(Notify::new()),
        seats: http::stream::seats(),
        uploads: http::forms::seats(),
        draining: CancellationToken::new(),
        shutdown: CancellationToken::new(),
    };
    // Leptos asks for it at its first page.
    _ = any_spawner::Executor::init_tokio();
    store::terms::seed(&mut state.store.system().await?).await?;
    state.refresh().await?;
    Ok(state)
}

/// Serves until a signal.
///
/// # Errors
/// With a sentence about what stood in the way.
pub async fn serve(config: Config) -> Result<()> {
    config.may_serve()?;
    let listener =
        TcpListener::bind(config.addr).await.with_context(|| format!("cannot listen on {} (QIFU_ADDR)", config.addr))?;
    let database = Database::open(&config)?;
    let served = serve_on(config, listener, &database.url).await;
    database.close();
    served
}

/// How long a stop may take.
const PATIENCE: Duration = Duration::from_secs(20);

async fn serve_on(config: Config, listener: TcpListener, url: &str) -> Result<()> {
    let applied = migrate_when_ready(url).await?;
    if applied > 0 {
        tracing::info!(applied, "the database was brought up to date");
    }
    let state = state(config, url).await?;
    if state.config.demo {
        demo::on_first_start(&state).await?;
        state.refresh().await?;
    }
    let mut running = workers::start(&state)?;
    let address = listener.local_addr()?;
    tracing::info!(%address, "serving");
    if state.config.demo {
        demo::print_accounts(&address);
    }
    let shutdown = state.shutdown.clone();
    let app = http::router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
    // Requests and workers have twenty seconds together; then the process goes, and the database keeps what was committed.
    let deadline = async {
        shutdown.cancelled().await;
        tokio::time::sleep(PATIENCE).await;
    }
    .shared();
    let handle = Handle::new();
    tokio::spawn({
        let (handle, shutdown, state) = (handle.clone(), shutdown.clone(), state.clone());
        async move {
            drained(&state, signal().await).await;
            tracing::info!("stopping: finishing requests in flight");
            shutdown.cancel();
            handle.graceful_shutdown(Some(PATIENCE));
        }
    });
    let most = connections::Most::of(&state.config);
    connections::server(listener.into_std()?, handle, most, connections::PATIENCE)?.serve(app).await?;
    shutdown.cancel();
    tokio::select! {
        () = async { while running.join_next().await.is_some() {} } => {}
        () = deadline => {
            tracing::warn!("workers still busy were cut off");
            running.shutdown().await;
        }
    }
    state.store.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// What the process was told to stop by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signal {
    /// Ctrl-C: somebody sits before it and waits.
    Interrupt,
    /// SIGTERM: another server takes over.
    Terminate,
}

/// Says that this server is not ready any more, and serves on until whoever sends requests here has heard it; a second signal is an answer as well.
async fn drained(state: &AppState, told: Signal) {
    state.draining.cancel();
    let wait = if told == Signal::Terminate { state.config.drain } else { Duration::ZERO };
    if wait.is_zero() {
        return;
    }
    tracing::info!(seconds = wait.as_secs(), "not ready any more: serving on until proxies have noticed");
    tokio::select! {
        () = tokio::time::sleep(wait) => {}
        _ = signal() => {}
    }
}

/// Ctrl-C or SIGTERM.
async fn signal() -> Signal {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut stream) => {
                stream.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = interrupt => Signal::Interrupt,
        () = terminate => Signal::Terminate,
    }
}

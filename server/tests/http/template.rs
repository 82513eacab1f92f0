//! The demo, loaded once and copied for each test that wants one: to load it takes seconds, to copy it a fraction of one.

use super::site::Site;
use app::request::random_hex;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, PgPool};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Names the folder where what is loaded lies beside its database. `scripts/test` sets it for its own throw-away cluster; without it each test loads
/// the demo by itself, and nobody's cluster keeps a database that no test removes.
const FOLDER: &str = "QIFU_TEST_DEMO";
const NAME: &str = "qifu_test_demo";
/// The demo is about the moment it was loaded at, and limits of it run out: a copy is hardly older than what a test would load.
const FRESH: Duration = Duration::from_secs(120);

/// Puts the demo in the place of a test's empty database and answers where its photos lie; nothing where tests load it themselves.
pub async fn copy_into(pool: &PgPool) -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os(FOLDER)?);
    let options = pool.connect_options();
    let own = options.get_database().unwrap();
    let mut cluster = PgConnection::connect_with(&(*options).clone().database("postgres")).await.unwrap();
    // One test at a time, whichever process it runs in, until this connection ends.
    cluster.execute("select pg_advisory_lock(7102)").await.unwrap();
    let loaded = folder.join("loaded");
    let age = std::fs::metadata(&loaded).ok().and_then(|file| file.modified().ok()?.elapsed().ok());
    if age.is_none_or(|age| age > FRESH) {
        cluster.execute(AssertSqlSafe(format!("drop database if exists {NAME} with (force)"))).await.unwrap();
        cluster.execute(AssertSqlSafe(format!("create database {NAME}"))).await.unwrap();
        let template = (*options).clone().database(NAME);
        store::migrate(template.to_url_lossy().as_str()).await.unwrap();
        let site = Site::at(template, &[]).await.with_demo().await;
        // Whoever is connected to a database keeps it from being copied.
        site.state.store.close().await;
        // A folder of its own each time: who has just copied the last one may still be linking its photos.
        let data = folder.join(random_hex::<8>());
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::rename(site.folder(), &data).unwrap();
        std::fs::write(&loaded, data.to_str().unwrap()).unwrap();
    }
    cluster.execute(AssertSqlSafe(format!("drop database {own:?} with (force)"))).await.unwrap();
    cluster.execute(AssertSqlSafe(format!("create database {own:?} template {NAME}"))).await.unwrap();
    Some(std::fs::read_to_string(loaded).unwrap().into())
}

/// The files of a folder under another one as well. Nothing writes into a photo: it is put whole, and removed by its name.
pub fn link(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let there = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            link(&entry.path(), &there);
        } else {
            std::fs::hard_link(entry.path(), there).unwrap();
        }
    }
}

//! Bringing a database up to date: once, again, and where another version has been before.

use sqlx::{AssertSqlSafe, ConnectOptions, PgPool};
use store::{Store, StoreError};

/// Nothing in it, whatever the cluster's template has.
async fn emptied(pool: &PgPool) {
    sqlx::raw_sql("drop schema public cascade; create schema public").execute(pool).await.unwrap();
}

#[sqlx::test(migrations = false)]
async fn a_database_of_another_version_is_told_what_to_do(pool: PgPool) {
    emptied(&pool).await;
    let url = pool.connect_options().to_url_lossy().to_string();
    let all = store::MIGRATOR.iter().count();
    assert_eq!(store::migrate(&url).await.unwrap(), all);
    assert_eq!(store::migrate(&url).await.unwrap(), 0, "once is enough");

    sqlx::query("insert into _sqlx_migrations select 9000, description, installed_on, success, checksum, execution_time from _sqlx_migrations where version = 1")
        .execute(&pool)
        .await
        .unwrap();
    let newer = store::migrate(&url).await.unwrap_err();
    assert!(matches!(newer, StoreError::Newer(9000)), "{newer:?}");
    assert!(newer.to_string().contains("newer version"), "{newer}");

    // As it was before the squash: other migrations under the same numbers.
    sqlx::query("delete from _sqlx_migrations where version = 9000").execute(&pool).await.unwrap();
    sqlx::query("update _sqlx_migrations set checksum = 'x'").execute(&pool).await.unwrap();
    let outdated = store::migrate(&url).await.unwrap_err();
    assert!(matches!(outdated, StoreError::Outdated), "{outdated:?}");
    let sentence = outdated.to_string();
    assert!(sentence.contains("QIFU_DATA") && sentence.contains("DATABASE_URL") && !sentence.contains("migration"), "{sentence}");
}

/// As docs/OPERATIONS.md has it: the owner migrates, the servers have a login that owns nothing.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_server_starts_with_a_login_that_owns_nothing(pool: PgPool) {
    let options = pool.connect_options();
    let login = format!("least_{}", options.get_database().unwrap().trim_start_matches('_').to_lowercase());
    for sql in [
        format!("create role {login} login"),
        format!("grant qifu_app to {login}"),
        format!("grant select on _sqlx_migrations to {login}"),
    ] {
        sqlx::query(AssertSqlSafe(sql)).execute(&pool).await.unwrap();
    }
    let least = (*options).clone().username(&login);
    let url = least.to_url_lossy().to_string();
    assert_eq!(store::migrate(&url).await.unwrap(), 0);
    let store = Store::connect(&url, 4).await.unwrap();
    let mut conn = store.system().await.unwrap();
    store::reference::load(&mut conn).await.unwrap();
    conn.release();
    store.listen(&[store::outbox::CHANNEL]).await.unwrap();
    store.close().await;
    for sql in [format!("drop owned by {login}"), format!("drop role {login}")] {
        sqlx::query(AssertSqlSafe(sql)).execute(&pool).await.unwrap();
    }
}

/// How an index of a full table is built while a city is at work: a file of its own, without a transaction. Writers go on meanwhile; here one
/// has a transaction open that began before, for which the index waits, and which it does not hold up.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_index_is_built_while_others_write(pool: PgPool) {
    let folder = std::env::temp_dir().join(format!("qifu-migration-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir_all(&folder).unwrap();
    let sql = "-- no-transaction\n-- Lists by kind.\ncreate index concurrently message_kind_idx on message (kind);\n";
    std::fs::write(folder.join("9001_index.sql"), sql).unwrap();
    let mut later = sqlx::migrate::Migrator::new(folder.as_path()).await.unwrap();
    later.set_ignore_missing(true);
    let mut writer = pool.begin().await.unwrap();
    sqlx::query("delete from message").execute(&mut *writer).await.unwrap();
    let building = tokio::spawn({
        let pool = pool.clone();
        async move { later.run(&pool).await }
    });
    let building_now = "select count(*) from pg_stat_progress_create_index where datname = current_database()";
    while sqlx::query_scalar::<_, i64>(building_now).fetch_one(&pool).await.unwrap() == 0 {
        assert!(!building.is_finished(), "it waits for the writer");
        tokio::task::yield_now().await;
    }
    sqlx::query("delete from message").execute(&mut *writer).await.unwrap();
    writer.commit().await.unwrap();
    building.await.unwrap().unwrap();
    let valid =
        "select i.indisvalid from pg_index i join pg_class c on c.oid = i.indexrelid where c.relname = 'message_kind_idx'";
    assert!(sqlx::query_scalar::<_, bool>(valid).fetch_one(&pool).await.unwrap());
    std::fs::remove_dir_all(folder).unwrap();
}

/// A table that somebody holds: the migration gives up, so that nobody queues behind it, and the start tries again.
#[sqlx::test(migrations = false)]
async fn a_migration_waits_for_nobody_for_long(pool: PgPool) {
    emptied(&pool).await;
    let url = pool.connect_options().to_url_lossy().to_string();
    // Another session makes the first table, and does not end.
    let mut other = pool.begin().await.unwrap();
    sqlx::query("create table _sqlx_migrations (version bigint primary key, description text not null,
        installed_on timestamptz not null default now(), success boolean not null, checksum bytea not null, execution_time bigint not null)")
        .execute(&mut *other)
        .await
        .unwrap();
    let busy = store::migrate(&url).await.unwrap_err();
    assert!(matches!(busy, StoreError::Busy(_)), "{busy:?}");
    other.rollback().await.unwrap();
    assert_eq!(store::migrate(&url).await.unwrap(), store::MIGRATOR.iter().count());
}

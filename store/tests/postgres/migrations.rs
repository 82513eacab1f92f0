//! Bringing a database up to date: once, again, and where another version has been before.

use sqlx::{AssertSqlSafe, ConnectOptions, PgPool};
use store::{Store, StoreError};

#[sqlx::test(migrations = false)]
async fn a_database_of_another_version_is_told_what_to_do(pool: PgPool) {
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

//! Bringing a database up to date: once, again, and where another version has been before.

use sqlx::{ConnectOptions, PgPool};
use store::StoreError;

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

//! A demo that starts: on a database of its own, and on nobody else's.

use super::site::Site;
use server::demo;
use sqlx::PgPool;
use store::identity::{NewStaff, add_staff};

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_demo_does_not_start_where_a_city_works(pool: PgPool) {
    let site = Site::empty(&pool, &[("QIFU_DEMO", "1")]).await;
    sqlx::query("insert into area (code, name, short) values (330500, '湖州市', '湖州')").execute(&pool).await.unwrap();
    let mut conn = site.state.store.system().await.unwrap();
    let duty = domain::actor::Duty::Administrator { area: domain::actor::CITY };
    let new = NewStaff { login: "wang.admin", name: "王同志", duty, password_hash: "x", must_change: true };
    add_staff(&mut conn, &new, site.state.now()).await.unwrap();
    drop(conn);
    let refused = demo::on_first_start(&site.state).await.unwrap_err().to_string();
    assert!(refused.contains("QIFU_DEMO") && refused.contains("no demo made"), "{refused}");
    let enterprises: i64 = sqlx::query_scalar("select count(*) from enterprise").fetch_one(&pool).await.unwrap();
    assert_eq!(enterprises, 0, "and nothing was loaded");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_demo_starts_again_where_one_was(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_DEMO", "1")]).await;
    demo::on_first_start(&site.state).await.unwrap();
    // One that was loaded before there was a log of changes is known by its people.
    let forgotten = "alter table setting_change disable trigger all; update setting_change set who = '运维'";
    sqlx::raw_sql(forgotten).execute(&pool).await.unwrap();
    demo::on_first_start(&site.state).await.unwrap();
}

/// A photo of a road with water under a question about a tax refund says that nobody looked.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn only_what_can_be_photographed_has_photos(pool: PgPool) {
    let _site = Site::demo(&pool, &[]).await;
    let said = "select distinct i.category from photo p join issue i on i.id = p.issue_id";
    let shown: Vec<String> = sqlx::query_scalar(said).fetch_all(&pool).await.unwrap();
    assert!(!shown.is_empty());
    for category in &shown {
        assert!(["drainage", "street", "logistics", "order", "sewage"].contains(&category.as_str()), "{category}");
    }
}

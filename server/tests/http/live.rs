//! Two servers on one database: what one writes, the other's open page hears within a second.

use super::site::{Site, answers, file};
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use sqlx::PgPool;
use std::time::Duration;
use tokio::time::timeout;

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_open_page_hears_of_what_another_server_wrote(pool: PgPool) {
    let first = Site::demo(&pool, &[]).await;
    let second = Site::empty(&pool, &[]).await;
    let _workers = (server::workers::start(&first.state).unwrap(), server::workers::start(&second.state).unwrap());
    let owner = first.member(2).await;
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-00000000000b")).await;
    // The filing itself is told first; a page that was read after it knows of it.
    server::workers::drain(&first.state).await.unwrap();

    let watching = second.member(2).await;
    let stream = Request::get(format!("/issues/{number}/events?after=1")).body(Body::empty()).unwrap();
    let mut body = watching.raw(stream).await.into_body();
    let centre = first.staff("centre01").await;
    let fields = [("category", "drainage"), ("level", "simple"), ("urgency", "normal"), ("version", "1")];
    let answer = centre.post(&format!("/desk/issues/{number}/accept"), &fields).await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.body);
    let heard = timeout(Duration::from_secs(1), async {
        let mut text = String::new();
        while !text.contains("data: 2") {
            let frame = body.frame().await.expect("the stream goes on").unwrap();
            text.push_str(&String::from_utf8_lossy(frame.data_ref().expect("data")));
        }
        text
    });
    let text = heard.await.expect("within a second");
    assert!(text.contains("event: moved"));

    // The member was told in the app as well.
    let messages = owner.get("/messages").await;
    assert!(messages.body.contains("诉求已受理"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_page_that_fell_behind_is_told_at_once(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-00000000000c")).await;
    let stream = Request::get(format!("/issues/{number}/events?after=0")).body(Body::empty()).unwrap();
    let mut body = owner.raw(stream).await.into_body();
    let frame = timeout(Duration::from_secs(1), body.frame()).await.expect("at once").unwrap().unwrap();
    assert!(String::from_utf8_lossy(frame.data_ref().unwrap()).contains("moved"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_open_application_hears_of_what_another_server_wrote(pool: PgPool) {
    let first = Site::demo(&pool, &[]).await;
    let second = Site::empty(&pool, &[]).await;
    let _workers = (server::workers::start(&first.state).unwrap(), server::workers::start(&second.state).unwrap());
    let owner = first.member(2).await;
    let fields = [("key", "0199b0c0-0000-7000-8000-00000000000d"), ("contact_name", "姚经理"), ("contact_phone", "13800000002")];
    let filed = owner.post("/policies/demo-digital-voucher/apply", &fields).await;
    let path = filed.location().to_owned();
    let number = path.rsplit('/').next().unwrap();
    let page = owner.get(&path).await.body;
    assert!(page.contains(&format!("data-stream=\"{path}/events?after=1\"")) && page.contains("data-seq=\"1\""));
    assert!(page.contains("当前办理单位"), "who holds it");

    let watching = second.member(2).await;
    let stream = |after: i32| Request::get(format!("{path}/events?after={after}")).body(Body::empty()).unwrap();
    let mut body = watching.raw(stream(1)).await.into_body();
    let reviewer = first.staff("jingxin").await;
    let asked = reviewer.post(&format!("/desk/applications/{number}/ask"), &[("text", "请补充银行回单"), ("seq", "1")]).await;
    assert_eq!(asked.status.as_u16(), 303, "{}", asked.body);
    let heard = timeout(Duration::from_secs(2), async {
        let mut text = String::new();
        while !text.contains("data: 2") {
            let frame = body.frame().await.expect("the stream goes on").unwrap();
            text.push_str(&String::from_utf8_lossy(frame.data_ref().expect("data")));
        }
        text
    });
    assert!(heard.await.expect("within two seconds").contains("event: moved"));
    let page = owner.get(&path).await.body;
    assert!(page.contains("等您补充材料") && page.contains("data-seq=\"2\""));
    // A page that fell behind is told at once; another enterprise's is nobody's to hear of.
    let mut behind = watching.raw(stream(1)).await.into_body();
    let frame = timeout(Duration::from_secs(1), behind.frame()).await.expect("at once").unwrap().unwrap();
    assert!(String::from_utf8_lossy(frame.data_ref().unwrap()).contains("moved"));
    assert_eq!(first.member(3).await.get(&format!("{path}/events")).await.status.as_u16(), 404);
}

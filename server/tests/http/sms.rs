//! The SMS gateway when it is slow, away, or back.

use super::site::Site;
use server::sms::Gateway;
use server::workers::sendings;
use sqlx::PgPool;
use std::sync::Arc;
use store::job::{self, Kind};
use time::{Duration, OffsetDateTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;

async fn put(site: &Site, n: u32, at: OffsetDateTime) {
    let mut conn = site.state.store.system().await.unwrap();
    let payload = serde_json::json!({ "phone": format!("1380000{n:04}"), "code": "123456" });
    job::enqueue(&mut conn, Kind::Sms, &payload, at).await.unwrap();
    conn.release();
}

async fn left(pool: &PgPool) -> Vec<(serde_json::Value, i32)> {
    sqlx::query_as("select payload, attempts from job where kind = 'sms' order by id").fetch_all(pool).await.unwrap()
}

/// Reads a request and answers with a status; what was read.
async fn answer(mut stream: TcpStream, status: &str) -> String {
    let mut head = vec![0; 4096];
    let mut length = 0;
    while !head[..length].windows(9).any(|part| part == b"timestamp") {
        length += stream.read(&mut head[length..]).await.unwrap();
    }
    let words = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(words.as_bytes()).await.unwrap();
    String::from_utf8_lossy(&head[..length]).into_owned()
}

/// The gateway answers nobody before eight wait for it: one after the other none would ever be sent.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn codes_do_not_wait_for_one_another_and_old_ones_not_at_all(pool: PgPool) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/send", listener.local_addr().unwrap());
    let site = Site::empty(&pool, &[("QIFU_SMS_URL", &url)]).await;
    let now = site.state.now();
    put(&site, 99, now - Duration::minutes(11)).await;
    for n in 0..8 {
        put(&site, n, now - Duration::seconds(1)).await;
    }
    tokio::spawn(async move {
        let all = Arc::new(Barrier::new(8));
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let all = all.clone();
            tokio::spawn(async move {
                all.wait().await;
                answer(stream, "200 OK").await
            });
        }
    });
    let gateway = Gateway::new(site.state.config.clone()).unwrap();
    sendings(&site.state, &gateway, Kind::Sms).await.unwrap();
    assert!(left(&pool).await.is_empty(), "eight are sent, and the one that nobody could use any more is dropped");
}

/// What is given up is seen, and does not say any more what it was.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_code_that_is_given_up_is_counted_and_forgotten(pool: PgPool) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/send", listener.local_addr().unwrap());
    let site = Site::empty(&pool, &[("QIFU_SMS_URL", &url)]).await;
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(answer(stream, "500 Broken"));
        }
    });
    put(&site, 1, site.state.now() - Duration::seconds(1)).await;
    let gateway = Gateway::new(site.state.config.clone()).unwrap();
    for attempt in 1..=job::ATTEMPTS {
        sqlx::query("update job set run_at = now() - interval '1 second'").execute(&pool).await.unwrap();
        sendings(&site.state, &gateway, Kind::Sms).await.unwrap();
        let [(payload, attempts)] = left(&pool).await.try_into().unwrap();
        assert_eq!((attempts, payload.to_string().contains("123456")), (attempt, attempt < job::ATTEMPTS));
    }
    let mut conn = site.state.store.system().await.unwrap();
    let queues = job::queues(&mut conn, site.state.now()).await.unwrap();
    assert_eq!((queues[0].dead, queues[0].waiting), (1, 0));
    assert!(queues[0].last_error.as_deref().unwrap().contains("500"));
    assert_eq!(job::retry(&mut conn, site.state.now()).await.unwrap(), 0, "nobody could be sent it any more");
}

/// The city's template goes before that of the settings, by what the notice is about.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_notice_takes_the_template_of_what_it_is_about(pool: PgPool) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/send", listener.local_addr().unwrap());
    let site = Site::demo(&pool, &[("QIFU_SMS_URL", &url)]).await;
    let admin = site.staff("admin").await;
    let page = admin.get("/desk/admin/texts/sms_member").await.body;
    assert!(page.contains("按服务器设置") && !page.contains("name=\"body\""), "a template has no words of ours");
    let path = "/desk/admin/texts/sms_member";
    let save = async |title: &str| {
        let seen = super::site::hidden(&admin.get(path).await.body, "seen").remove(0);
        admin.post(path, &[("title", title), ("why", "平台换了模板"), ("seen", &seen)]).await.status.as_u16()
    };
    assert_eq!((save("企服通知").await, save("SMS_4711").await), (422, 303));
    server::workers::tables(&site.state).await.unwrap();
    let mut conn = site.state.store.system().await.unwrap();
    sqlx::query("delete from job where kind in ('sms', 'sms_notice')").execute(&pool).await.unwrap();
    let at = site.state.now() - Duration::seconds(1);
    for about in [Some("member"), Some("policy"), None] {
        let mut payload = serde_json::json!({ "phone": "13800000001", "text": "一行" });
        if let Some(about) = about {
            payload["about"] = about.into();
        }
        job::enqueue(&mut conn, Kind::SmsNotice, &payload, at).await.unwrap();
    }
    conn.release();
    put(&site, 1, at).await;
    let gateway = Gateway::new(site.state.config.clone()).unwrap();
    let listening = tokio::spawn(async move {
        let mut templates = Vec::new();
        while templates.len() < 4 {
            let sent = answer(listener.accept().await.unwrap().0, "200 OK").await;
            templates.push(sent.split("\"template\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned());
        }
        templates.sort();
        templates
    });
    sendings(&site.state, &gateway, Kind::SmsNotice).await.unwrap();
    sendings(&site.state, &gateway, Kind::Sms).await.unwrap();
    assert_eq!(listening.await.unwrap(), ["SMS_4711", "qifu-login", "qifu-notice", "qifu-notice"]);
    // What members are told says what it is about.
    let owner = site.member(2).await;
    let whose = super::site::hidden(&owner.get("/me/members").await.body, "whose").remove(0);
    assert_eq!(
        owner.post("/me/members", &[("whose", &whose), ("name", "沈洁"), ("phone", "13900000099")]).await.status.as_u16(),
        303
    );
    let about: Vec<String> =
        sqlx::query_scalar("select payload ->> 'about' from job where kind = 'sms_notice'").fetch_all(&pool).await.unwrap();
    assert!(!about.is_empty() && about.iter().all(|about| about == "member"), "{about:?}");
}

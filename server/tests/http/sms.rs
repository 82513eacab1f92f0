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

/// Reads a request and answers with a status.
async fn answer(mut stream: TcpStream, status: &str) {
    let mut head = vec![0; 4096];
    let mut length = 0;
    while !head[..length].windows(9).any(|part| part == b"timestamp") {
        length += stream.read(&mut head[length..]).await.unwrap();
    }
    let words = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(words.as_bytes()).await.unwrap();
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
                answer(stream, "200 OK").await;
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

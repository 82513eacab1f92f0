//! Where a channel and the city miss each other: an answer that is lost, a channel that is silent, a key that leaks.

use crate::api::{BOTH, Client, faults, give, handling, named, problem, read, take};
use crate::site::Site;
use domain::api_key::{Rates, is_shaped};
use serde_json::{Value, json};
use server::webhook::Courier;
use server::workers::{drain, send_webhooks};
use sqlx::PgPool;
use tokio::net::TcpListener;

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_answer_that_was_lost_is_given_again_and_nothing_is_done_twice(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let client = Client::hotline(&site).await;
    let number = client.file("GD-1").await;
    handling(&site, &number).await;
    give(&site, "jianshe", &number, "ask", &[("what", "请提供路灯杆的编号")]).await;
    let path = format!("/api/v1/issues/{number}/supply");
    let words = json!({ "text": "路灯杆编号是 X017" });
    // The command is written, and its answer cannot be.
    sqlx::raw_sql(
        "create function break_off() returns trigger language plpgsql as $$ begin
            if new.answer is not null then raise exception 'broken off'; end if;
            return new;
         end $$;
         create trigger break_off before update on api_answer for each row execute function break_off()",
    )
    .execute(&pool)
    .await
    .unwrap();
    assert_eq!(client.marked(&path, &words, Some("m-1")).await.status.as_u16(), 500);
    sqlx::query("drop trigger break_off on api_answer").execute(&pool).await.unwrap();
    let again = client.marked(&path, &words, Some("m-1")).await;
    assert_eq!((again.status.as_u16(), &read(&again)["issue"]["state"]), (200, &json!("handling")), "{}", again.body);
    assert!(again.headers.contains_key("idempotent-replayed"));
    // From now on it is the same for ever, whatever becomes of the issue.
    give(&site, "jianshe", &number, "answer", &[("answer", "已更换六盏路灯，并列入每周巡查。"), ("outcome", "solved")]).await;
    assert_eq!(client.marked(&path, &words, Some("m-1")).await.body, again.body);
    let supplied: i64 = sqlx::query_scalar(
        "select count(*) from issue_event e join issue i on i.id = e.issue_id where i.number = $1 and e.kind = 'supplied'",
    )
    .bind(&number)
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(supplied, 1);
    // What was refused was not done, and may be asked again.
    for _ in 0..2 {
        let refused = client.marked(&path, &words, Some("m-2")).await;
        assert_eq!((refused.status.as_u16(), faults(&refused)), (409, named(&[("wrong_state", "")])));
    }
}

/// Takes every connection and answers none.
async fn keep_silent(listener: TcpListener) {
    let mut held = Vec::new();
    while let Ok(connection) = listener.accept().await {
        held.push(connection);
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_channel_that_is_silent_keeps_no_other_waiting(pool: PgPool) {
    let (silent, quick) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let site = Site::demo(&pool, &[("QIFU_PRIVATE_WEBHOOKS", "1")]).await;
    let (first, second) = (Client::hotline(&site).await, Client::new(&site, "另一个平台", BOTH, Rates::USUAL).await);
    for (client, listener) in [(&first, &silent), (&second, &quick)] {
        let url = format!("http://{}/qifu", listener.local_addr().unwrap());
        assert_eq!(client.post("/api/v1/webhooks", &json!({ "url": url })).await.status.as_u16(), 201);
    }
    for n in 0..9 {
        first.file(&format!("GD-{n}")).await;
    }
    let number = second.file("GD-1").await;
    drain(&site.state).await.unwrap();
    let count = async |state: &str| -> i64 {
        let sql = "select count(*) from api_delivery where state = $1";
        sqlx::query_scalar(sql).bind(state).fetch_one(&pool).await.unwrap()
    };
    let told = async {
        let (_, body) = take(&quick, "204 No Content").await;
        while count("sent").await == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(count("failed").await, 0, "the other one is still waited for");
        body
    };
    let meanwhile = async {
        tokio::select! {
            body = told => body,
            () = keep_silent(silent) => unreachable!("a listener listens"),
        }
    };
    let courier = Courier::new(true).unwrap();
    let (body, done) = tokio::join!(meanwhile, send_webhooks(&site.state, &courier));
    done.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["number"], json!(number));
    assert_eq!((count("sent").await, count("failed").await), (1, 9), "each was tried, and what came of it noted");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_key_that_leaked_is_replaced_and_what_came_in_by_it_stays_its_channels(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let client = Client::hotline(&site).await;
    let number = client.file("GD-1").await;
    let url = "https://example.com/qifu";
    assert_eq!(client.post("/api/v1/webhooks", &json!({ "url": url })).await.status.as_u16(), 201);
    let id: i64 = sqlx::query_scalar("select id from api_key where name = '12345 热线平台'").fetch_one(&pool).await.unwrap();
    let path = format!("/desk/admin/keys/{id}/replace");
    for login in ["admin02", "centre01"] {
        assert_eq!(site.staff(login).await.post(&path, &[]).await.status.as_u16(), 403, "{login}");
    }
    // Not by whoever left the screen alone.
    let admin = site.staff("admin").await;
    sqlx::query("update session set proved_at = now() - interval '11 minutes'").execute(&pool).await.unwrap();
    assert_eq!(admin.post(&path, &[]).await.status.as_u16(), 422);
    assert_eq!(client.get("/api/v1/issues").await.status.as_u16(), 200, "nothing was changed");

    let admin = site.staff("admin").await;
    let replaced = admin.post(&path, &[]).await;
    assert_eq!(replaced.status.as_u16(), 200, "{}", replaced.body);
    let key = replaced.body.split("class=\"secret\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(is_shaped(&key) && key != client.key);
    assert!(!admin.get("/desk/admin/keys").await.body.contains(&key), "shown once");
    assert_eq!(client.get("/api/v1/issues").await.status.as_u16(), 401, "at once");
    let fresh = Client { browser: site.anonymous(), key };
    assert_eq!(read(&fresh.get("/api/v1/issues").await)["issues"][0]["number"], json!(number));
    assert_eq!(read(&fresh.get("/api/v1/webhooks").await)["webhooks"][0]["url"], json!(url));
    let same = fresh.post("/api/v1/issues", &problem("GD-1")).await;
    assert_eq!((same.status.as_u16(), &read(&same)["issue"]["number"]), (200, &json!(number)));

    assert_eq!(admin.post(&format!("/desk/admin/keys/{id}/revoke"), &[]).await.status.as_u16(), 303);
    let late = admin.post(&path, &[]).await;
    assert!(late.status.as_u16() == 409 && late.body.contains("已停用，不能更换"), "{}", late.status);
    let logged: Vec<String> = sqlx::query_scalar("select kind from security_event where subject = '12345 热线平台' order by id")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(logged, ["key_replaced", "key_revoked"]);
}

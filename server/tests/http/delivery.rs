//! Notifications by a routing table: what administrators switch is what is sent, and what became of it can be seen.

use super::site::{Browser, Site, answers, file};
use server::config::Config;
use server::mail::Mailer;
use server::workers::{drain, mails, renew};
use sqlx::PgPool;
use store::job::{self, Kind};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

const KEY: &str = "0199b0c0-0000-7000-8000-000000000c01";

/// Jobs of a kind that are about issues.
async fn jobs(pool: &PgPool, kind: &str) -> Vec<serde_json::Value> {
    let sql = "select payload from job where kind = $1 and payload ? 'delivery' order by id";
    sqlx::query_scalar(sql).bind(kind).fetch_all(pool).await.unwrap()
}

/// Has the centre told of new problems by a channel; the row of the table as the page shows it.
async fn switch(admin: &Browser, on: &[&str]) -> u16 {
    let mut pairs = vec![("audience", "centre"), ("shown", "submitted"), ("why", "夜里也要有人知道")];
    pairs.extend(on.iter().map(|value| ("on", *value)));
    admin.post("/desk/admin/routes", &pairs).await.status.as_u16()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_administrator_says_by_which_way_whom_a_step_is_told(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (admin, centre, owner) = (site.staff("admin").await, site.staff("centre03").await, site.member(2).await);
    assert_eq!(
        centre.post("/desk/notices", &[("mobile", "138 0013 8000"), ("mail", "zhang@example.com")]).await.status.as_u16(),
        303
    );
    let wrong = centre.post("/desk/notices", &[("mobile", "110"), ("mail", "zhang@")]).await;
    assert!(wrong.status.as_u16() == 422 && wrong.body.contains("邮箱写得不对"));
    file(&owner, &answers(KEY)).await;
    drain(&site.state).await.unwrap();
    assert!(jobs(&pool, "sms_notice").await.is_empty() && jobs(&pool, "mail_notice").await.is_empty(), "as it was");

    // Whoever may not; what says nothing; what would change nothing.
    for login in ["centre01", "jianshe", "admin02", "zhengce"] {
        assert_eq!(switch(&site.staff(login).await, &["submitted/centre/app"]).await, 403, "{login}");
    }
    assert_eq!(switch(&admin, &["submitted/centre/app"]).await, 422, "nothing differs");
    let silent = [("audience", "centre"), ("shown", "submitted")];
    assert_eq!(admin.post("/desk/admin/routes", &silent).await.status.as_u16(), 422, "no reason");
    // Never without a message to the enterprise.
    let off = [("audience", "enterprise"), ("shown", "answered"), ("why", "太多了")];
    assert_eq!(admin.post("/desk/admin/routes", &off).await.status.as_u16(), 303, "its text message is off");
    let told: Vec<(String, bool)> = sqlx::query_as("select channel, told from notice_route").fetch_all(&pool).await.unwrap();
    assert_eq!(told, [("sms".to_owned(), false)]);

    assert_eq!(switch(&admin, &["submitted/centre/sms", "submitted/centre/mail"]).await, 303);
    assert!(admin.get("/desk/admin/log").await.body.contains("夜里也要有人知道"), "in the log of settings");
    let before: i64 = sqlx::query_scalar("select count(*) from message where kind = 'submitted'").fetch_one(&pool).await.unwrap();
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000c02")).await;
    drain(&site.state).await.unwrap();
    let after: i64 = sqlx::query_scalar("select count(*) from message where kind = 'submitted'").fetch_one(&pool).await.unwrap();
    assert_eq!(before, after, "no message here any more");
    let (texts, letters) = (jobs(&pool, "sms_notice").await, jobs(&pool, "mail_notice").await);
    assert_eq!((texts.len(), letters.len()), (1, 1));
    assert_eq!((texts[0]["phone"].as_str(), letters[0]["mail"].as_str()), (Some("13800138000"), Some("zhang@example.com")));
    let line = format!("诉求 {number}：新的诉求，请登录企服工作台查看。");
    assert!(texts[0]["text"] == line.as_str() && letters[0]["text"] == line.as_str(), "no word of what was written");
    let log = admin.get("/desk/admin/deliveries").await.body;
    assert!(log.contains("138****8000") && log.contains("zh***@example.com") && !log.contains("13800138000"));
    assert_eq!(centre.get("/desk/admin/deliveries").await.status.as_u16(), 403);
}

/// Enough of SMTP to take a mail; answers the lines it was told.
async fn take(listener: &TcpListener) -> Vec<String> {
    let (stream, _) = listener.accept().await.unwrap();
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut heard = Vec::new();
    let mut body = false;
    write.write_all(b"220 mail\r\n").await.unwrap();
    while let Some(line) = lines.next_line().await.unwrap() {
        let answer: &[u8] = match line.as_str() {
            "." => {
                body = false;
                b"250 ok\r\n"
            }
            _ if body => b"",
            "DATA" => {
                body = true;
                b"354 go\r\n"
            }
            "QUIT" => b"221 bye\r\n",
            _ => b"250 ok\r\n",
        };
        write.write_all(answer).await.unwrap();
        let last = line == "QUIT";
        heard.push(line);
        if last {
            break;
        }
    }
    heard
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn mail_is_sent_tried_again_given_up_and_renewed(pool: PgPool) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let site = Site::demo(&pool, &[("QIFU_SMTP_URL", &url), ("QIFU_MAIL_FROM", "qifu@example.com")]).await;
    let (admin, centre, owner) = (site.staff("admin").await, site.staff("centre03").await, site.member(2).await);
    centre.post("/desk/notices", &[("mobile", ""), ("mail", "zhang@example.com")]).await;
    assert_eq!(switch(&admin, &["submitted/centre/app", "submitted/centre/mail"]).await, 303);
    let number = file(&owner, &answers(KEY)).await;
    drain(&site.state).await.unwrap();
    sqlx::query("update job set run_at = now() - interval '1 minute' where kind = 'mail_notice'").execute(&pool).await.unwrap();
    let state = async || {
        sqlx::query_as::<_, (String, i32)>("select state, attempts from notice_delivery order by id")
            .fetch_all(&pool)
            .await
            .unwrap()
    };
    let (heard, sent) = tokio::join!(take(&listener), async {
        let mailer = Mailer::new(&site.state.config).unwrap();
        mails(&site.state, &mailer).await.unwrap();
    });
    let () = sent;
    assert!(heard.iter().any(|line| line.starts_with("RCPT TO:<zhang@example.com>")), "{heard:?}");
    assert!(heard.iter().all(|line| !line.contains(&answers(KEY)[2].1[..12])), "no word of what was written");
    assert_eq!(state().await, [("sent".to_owned(), 1)]);
    assert!(jobs(&pool, "mail_notice").await.is_empty());

    // Nobody takes it: tried again, and given up at last, which an administrator sees and mends.
    drop(listener);
    let mailer = Mailer::new(&site.state.config).unwrap();
    file(&owner, &answers("0199b0c0-0000-7000-8000-000000000c03")).await;
    drain(&site.state).await.unwrap();
    for attempts in [0, 9] {
        let due = "update job set run_at = now() - interval '1 minute', attempts = $1 where kind = 'mail_notice'";
        sqlx::query(due).bind(attempts).execute(&pool).await.unwrap();
        mails(&site.state, &mailer).await.unwrap();
        let expected = if attempts == 9 { ("dead".to_owned(), job::ATTEMPTS) } else { ("failed".to_owned(), 1) };
        assert_eq!(state().await[1], expected);
    }
    assert!(admin.get("/desk/admin/deliveries?state=dead").await.body.contains("没有送达"));
    let id: i64 = sqlx::query_scalar("select max(id) from notice_delivery").fetch_one(&pool).await.unwrap();
    let id = id.to_string();
    assert_eq!(centre.post("/desk/admin/deliveries", &[("id", &id)]).await.status.as_u16(), 403);
    assert_eq!(admin.post("/desk/admin/deliveries", &[("id", &id)]).await.status.as_u16(), 303);
    renew(&site.state).await.unwrap();
    assert_eq!(state().await[1], ("waiting".to_owned(), 0));
    let fresh = sqlx::query_scalar::<_, i64>("select count(*) from job where kind = 'mail_notice' and attempts = 0");
    assert_eq!(fresh.fetch_one(&pool).await.unwrap(), 1);

    // Without a server it is said, and nobody tries for ever.
    let plain = Config::read(&|_| None).unwrap();
    sqlx::query("update job set run_at = now() - interval '1 minute' where kind = 'mail_notice'").execute(&pool).await.unwrap();
    mails(&site.state, &Mailer::new(&plain).unwrap()).await.unwrap();
    assert_eq!(state().await[1].0, "off");
    assert!(!number.is_empty() && Kind::MailNotice.code() == "mail_notice");
}

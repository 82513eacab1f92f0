//! What people are told of their own account: that it was changed, and that somebody signed in where they never did.

use super::second_factor::enrol;
use super::site::{Browser, Site, hidden};
use server::demo::PASSWORD;
use sqlx::PgPool;
use time::OffsetDateTime;

const OWN: &str = "kormoran-laterne-47";

async fn account(site: &Site, login: &str) -> i64 {
    let mut conn = site.state.store.system().await.unwrap();
    store::identity::credentials(&mut conn, login).await.unwrap().unwrap().id
}

/// Titles of what an account was told of itself, the first first.
async fn told(pool: &PgPool, login: &str) -> Vec<String> {
    let sql =
        "select m.title from message m join staff s on s.id = m.staff_id where m.kind = 'account' and s.login = $1 order by m.id";
    sqlx::query_scalar(sql).bind(login).fetch_all(pool).await.unwrap()
}

async fn sign_in(browser: &Browser, login: &str, password: &str) -> u16 {
    browser.post("/desk/sign-in", &[("login", login), ("password", password)]).await.status.as_u16()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_sign_in_in_a_browser_never_seen_is_told_and_by_day_only_by_text_message(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let own = site.anonymous();
    for _ in 0..2 {
        assert_eq!(sign_in(&own, "centre03", PASSWORD).await, 303);
    }
    assert!(told(&pool, "centre03").await.is_empty(), "the first browser of all is nobody's news, nor the same again");
    let inside = site.staff("centre03").await;
    assert_eq!(inside.post("/desk/notices", &[("mobile", "13800138000"), ("mail", "")]).await.status.as_u16(), 303);
    let before = site.state.now();
    assert_eq!(sign_in(&site.anonymous(), "centre03", PASSWORD).await, 303);
    assert_eq!(told(&pool, "centre03").await, ["新的浏览器登录了您的账号"]);
    let sent: Vec<(serde_json::Value, OffsetDateTime)> =
        sqlx::query_as("select payload, run_at from job where payload ->> 'about' = 'account'").fetch_all(&pool).await.unwrap();
    let [(payload, due)] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!(payload["phone"], "13800138000");
    assert!(payload["text"].as_str().unwrap().contains("新的浏览器登录了您的账号：") && *due >= domain::notice::daytime(before));
    let page = inside.get("/desk/messages").await.body;
    assert!(page.contains("新的浏览器登录了您的账号") && page.contains("请马上退出那台设备"));
    let opened = inside.post("/desk/messages/open", &[("id", &hidden(&page, "id")[0])]).await;
    assert_eq!(opened.location(), "/desk/account", "to where the device can be signed out");
    assert!(!site.staff("centre01").await.get("/desk/messages").await.body.contains("新的浏览器登录了您的账号"), "one's own");
    // Told five times a day, and signed in all the same.
    for _ in 0..8 {
        assert_eq!(sign_in(&site.anonymous(), "centre03", PASSWORD).await, 303);
    }
    assert_eq!(told(&pool, "centre03").await.len(), 5);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whatever_is_done_to_an_account_its_owner_hears_of(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (admin, own) = (site.staff("admin").await, site.staff("centre03").await);
    let fields = [("password", PASSWORD), ("new_password", OWN), ("repeat", OWN)];
    assert_eq!(own.post("/desk/password", &fields).await.status.as_u16(), 303);
    assert_eq!(told(&pool, "centre03").await, ["您的密码已修改"]);
    let id = account(&site, "centre03").await;
    let path = format!("/desk/admin/staff/{id}");
    for command in ["unlock", "reset"] {
        let seen = hidden(&admin.get(&path).await.body, "seen").remove(0);
        let done = admin.post(&format!("{path}/{command}"), &[("seen", &seen), ("why", "本人来电")]).await;
        assert!(matches!(done.status.as_u16(), 200 | 303), "{command}: {}", done.body);
    }
    assert_eq!(told(&pool, "centre03").await, ["您的密码已修改", "登录暂停已解除", "您的密码被重置"]);
    let by: String = sqlx::query_scalar("select body from message where kind = 'account' order by id desc limit 1")
        .fetch_one(&pool)
        .await
        .unwrap();
    let name: String = sqlx::query_scalar("select name from staff where login = 'admin'").fetch_one(&pool).await.unwrap();
    assert!(by.contains(&name), "{by}: by whom");
    assert!(told(&pool, "admin").await.is_empty(), "whoever did it knows");
    // Whoever may not is told nothing by anybody: nothing was done.
    for login in ["centre01", "jianshe", "zhengce"] {
        let answer = site.staff(login).await.post(&format!("{path}/reset"), &[("seen", "0"), ("why", "本人来电")]).await;
        assert_eq!(answer.status.as_u16(), 403, "{login}");
    }
    assert_eq!(told(&pool, "centre03").await.len(), 3);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_second_factor_that_comes_and_goes_is_told_in_the_city_s_words(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let words = [("title", "两步验证变更"), ("body", "{who}取消了两步验证"), ("why", "统一用语")];
    assert_eq!(site.staff("admin").await.post("/desk/admin/texts/account_factor_removed", &words).await.status.as_u16(), 303);
    site.state.refresh().await.unwrap();
    let own = site.staff("centre03").await;
    enrol(&site, &own).await;
    assert_eq!(own.post("/desk/account/factor", &[("do", "remove")]).await.status.as_u16(), 303);
    assert_eq!(told(&pool, "centre03").await, ["您启用了两步验证", "两步验证变更"]);
    let body: String =
        sqlx::query_scalar("select body from message where title = '两步验证变更'").fetch_one(&pool).await.unwrap();
    assert_eq!(body, "本人取消了两步验证");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_owner_hears_of_an_agent_whoever_added_it(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let whose = hidden(&owner.get("/me/members").await.body, "whose").remove(0);
    let added = owner.post("/me/members", &[("whose", &whose), ("name", "沈洁"), ("phone", "13900000099")]).await;
    assert_eq!(added.status.as_u16(), 303, "{}", added.body);
    let page = owner.get("/messages").await.body;
    assert!(page.contains("企业新增了经办人") && page.contains("添加了经办人沈洁"), "{page}");
    assert!(!site.member(3).await.get("/messages").await.body.contains("企业新增了经办人"), "another firm's owner");
}

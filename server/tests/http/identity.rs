//! Signing in: codes, limits, passwords, cookies, headers.

use super::site::Site;
use axum::http::header;
use sqlx::PgPool;

fn code(body: &str) -> String {
    body.split("id=\"demo-code\">").nth(1).unwrap().chars().take(6).collect()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_code_opens_a_session_once(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_DEMO", "1"), ("QIFU_TLS", "1")]).await;
    let nobody = site.anonymous();
    let sent = nobody.post("/sign-in", &[("phone", "+86 138 0000 0002")]).await;
    let right = code(&sent.body);
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let answer = nobody.post("/sign-in/code", &[("phone", "13800000002"), ("code", wrong)]).await;
    assert_eq!(answer.status.as_u16(), 422);
    assert!(answer.body.contains("验证码不对") && !answer.headers.contains_key(header::SET_COOKIE));
    let pairs = [("phone", "13800000002"), ("code", right.as_str()), ("back", "//evil.example")];
    let answer = nobody.post("/sign-in/code", &pairs).await;
    assert_eq!(answer.location(), "/home", "the way back leads nowhere else");
    let cookie = answer.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap();
    for flag in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    let again = nobody.post("/sign-in/code", &pairs).await;
    assert_eq!(again.status.as_u16(), 422, "a code is used once");
    let mut browser = site.anonymous();
    browser.cookie = Some(cookie.split(';').next().unwrap().to_owned());
    assert_eq!(browser.get("/home").await.status.as_u16(), 200);
    assert_eq!(browser.post("/sign-out", &[]).await.location(), "/sign-in");
    assert_eq!(browser.get("/home").await.status.as_u16(), 401);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn five_tries_and_five_codes_are_enough(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_DEMO", "1")]).await;
    let nobody = site.anonymous();
    let right = code(&nobody.post("/sign-in", &[("phone", "13800000004")]).await.body);
    let wrong = if right == "111111" { "222222" } else { "111111" };
    for _ in 0..5 {
        nobody.post("/sign-in/code", &[("phone", "13800000004"), ("code", wrong)]).await;
    }
    let answer = nobody.post("/sign-in/code", &[("phone", "13800000004"), ("code", &right)]).await;
    assert!(answer.body.contains("验证码已失效"), "the right code comes too late");
    for _ in 0..4 {
        assert_eq!(nobody.post("/sign-in", &[("phone", "13800000004")]).await.status.as_u16(), 200);
    }
    let answer = nobody.post("/sign-in", &[("phone", "13800000004")]).await;
    assert_eq!(answer.status.as_u16(), 422);
    assert!(answer.body.contains("太频繁") && answer.body.contains("value=\"13800000004\""));
    // Another server counts on.
    let second = Site::empty(&pool, &[("QIFU_DEMO", "1")]).await;
    assert_eq!(second.anonymous().post("/sign-in", &[("phone", "13800000004")]).await.status.as_u16(), 422);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nobody_learns_who_is_a_member(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let nobody = site.anonymous();
    let strip = |body: &str, phone: &str, masked: &str| {
        let plain = body.replace(phone, "").replace(masked, "");
        plain.split("nonce=\"").map(|part| part.get(32..).unwrap_or(part)).collect::<String>()
    };
    let known = nobody.post("/sign-in", &[("phone", "13800000005")]).await;
    let unknown = nobody.post("/sign-in", &[("phone", "19911112222")]).await;
    assert_eq!(known.status, unknown.status);
    assert_eq!(strip(&known.body, "13800000005", "138****0005"), strip(&unknown.body, "19911112222", "199****2222"));
    let known = nobody.post("/desk/sign-in", &[("login", "centre01"), ("password", "nonsense-1")]).await;
    let unknown = nobody.post("/desk/sign-in", &[("login", "nobody99"), ("password", "nonsense-1")]).await;
    assert_eq!(known.status.as_u16(), 422);
    assert_eq!(strip(&known.body, "centre01", ""), strip(&unknown.body, "nobody99", ""));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn staff_are_locked_out_after_five_failures_and_change_a_first_password(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let nobody = site.anonymous();
    let attempt =
        async |login: &str, password: &str| nobody.post("/desk/sign-in", &[("login", login), ("password", password)]).await;
    for _ in 0..5 {
        assert_eq!(attempt("centre02", "wrong-password").await.status.as_u16(), 422);
    }
    assert_eq!(attempt("centre02", server::demo::PASSWORD).await.status.as_u16(), 422, "locked");
    assert_eq!(attempt("centre01", server::demo::PASSWORD).await.location(), "/desk", "the others are not");

    let mut conn = site.state.store.system().await.unwrap();
    let found = store::identity::credentials(&mut conn, "centre03").await.unwrap().unwrap();
    store::identity::set_password(&mut conn, found.id, &found.password_hash, true).await.unwrap();
    drop(conn);
    let browser = site.staff("centre03").await;
    let other = site.staff("centre03").await;
    assert_eq!(browser.get("/desk").await.location(), "/desk/account");
    let fields = [("password", server::demo::PASSWORD), ("new_password", "taihu-2026-neu"), ("repeat", "taihu-2026-neu")];
    let changed = browser.post("/desk/password", &fields).await;
    assert_eq!(changed.location(), "/desk", "{}", changed.body);
    assert_eq!(other.get("/desk").await.status.as_u16(), 401, "every other session ended");
    assert_eq!(attempt("centre03", "taihu-2026-neu").await.location(), "/desk");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn leaving_everywhere_ends_every_session(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (here, there) = (site.member(2).await, site.member(2).await);
    here.post("/sign-out/everywhere", &[]).await;
    assert_eq!(here.get("/home").await.status.as_u16(), 401);
    assert_eq!(there.get("/home").await.status.as_u16(), 401);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn headers_are_strict_and_nonces_differ(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let policy = async || {
        let answer = site.anonymous().get("/sign-in").await;
        answer.headers.get("content-security-policy").unwrap().to_str().unwrap().to_owned()
    };
    let (one, two) = (policy().await, policy().await);
    assert_ne!(one, two);
    for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
        assert!(one.contains(part), "{one}");
    }
    assert!(!one.contains("unsafe-inline") && !one.contains("'unsafe-eval'"));
    let missing = site.anonymous().get("/nothing").await;
    assert_eq!(missing.status.as_u16(), 404);
    let id = missing.headers.get("x-request-id").unwrap().to_str().unwrap();
    assert!(missing.body.contains(id), "an error page shows its number");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_code_that_came_too_late_opens_nothing(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_DEMO", "1")]).await;
    let nobody = site.anonymous();
    let right = code(&nobody.post("/sign-in", &[("phone", "13800000006")]).await.body);
    // An hour goes by.
    sqlx::query("update login_code set expires_at = expires_at - interval '1 hour'").execute(&pool).await.unwrap();
    let answer = nobody.post("/sign-in/code", &[("phone", "13800000006"), ("code", &right)]).await;
    assert_eq!(answer.status.as_u16(), 422);
    assert!(answer.body.contains("验证码已失效") && !answer.headers.contains_key(header::SET_COOKIE));
}

//! Signing in: codes, limits, passwords, cookies, headers.

use super::site::{Answer, Browser, Site, form, hidden};
use axum::body::Body;
use axum::http::{Request, header};
use futures::future::join_all;
use sqlx::PgPool;
use store::identity;

fn code(body: &str) -> String {
    body.split("id=\"demo-code\">").nth(1).unwrap().chars().take(6).collect()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_code_opens_a_session_once(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_DEMO", "1"), ("QIFU_TLS", "1")]).await;
    let mut nobody = site.anonymous();
    nobody.cookie = nobody.cookie.map(|mark| format!("__Host-{mark}"));
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
    assert!(cookie.starts_with("__Host-qifu="), "{cookie}");
    for flag in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    let again = nobody.post("/sign-in/code", &pairs).await;
    assert_eq!(again.status.as_u16(), 422, "a code is used once");
    let mut browser = site.anonymous();
    browser.cookie = Some(cookie.split(';').next().unwrap().to_owned());
    assert_eq!(browser.get("/home").await.status.as_u16(), 200);
    let out = browser.post("/sign-out", &[]).await;
    assert_eq!(out.location(), "/sign-in");
    assert_eq!(browser.get("/home").await.status.as_u16(), 401);
    // That of a sentence, that of 关怀版: behind TLS none travels without it.
    let elder = nobody.post("/elder", &[("on", "1")]).await;
    let cookies = |answer: &Answer| -> Vec<String> {
        answer.headers.get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap().to_owned()).collect()
    };
    for (answer, name) in [(&out, "flash="), (&elder, "elder=")] {
        let set = cookies(answer);
        assert!(set.iter().any(|cookie| cookie.starts_with(name)), "{set:?}");
        assert!(set.iter().all(|cookie| cookie.matches("; Secure").count() == 1), "{set:?}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn five_tries_and_five_codes_are_enough(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_DEMO", "1")]).await;
    let nobody = site.anonymous();
    let right = code(&nobody.post("/sign-in", &[("phone", "13800000004")]).await.body);
    let wrong = if right == "111111" { "222222" } else { "111111" };
    // All at once: no more than one after the other.
    let tries = [("phone", "13800000004"), ("code", wrong)];
    join_all((0..20).map(|_| nobody.post("/sign-in/code", &tries))).await;
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
async fn a_stranger_keeps_no_member_out(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_DEMO", "1")]).await;
    let (mut owner, stranger) = (site.anonymous(), site.anonymous());
    let phone = ("phone", "13800000007");
    let right = code(&owner.post("/sign-in", &[phone]).await.body);
    // The stranger asks for codes of the same phone and guesses, until he may no more.
    for _ in 0..6 {
        let sent = stranger.post("/sign-in", &[phone]).await;
        for guess in ["000000", "000001", "000002", "000003", "000004", "000005"] {
            stranger.post("/sign-in/code", &[phone, ("code", guess)]).await;
        }
        assert!(sent.status.as_u16() == 200 || sent.body.contains("太频繁"));
    }
    // Nor does the right code help whoever did not ask for it here.
    assert_eq!(site.anonymous().post("/sign-in/code", &[phone, ("code", &right)]).await.status.as_u16(), 422);
    let answer = owner.post("/sign-in/code", &[phone, ("code", &right)]).await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.body);
    // Where the phone signed in once, strangers behind the same address count for nothing.
    let session = answer.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap().split(';').next().unwrap();
    owner.cookie = owner.cookie.map(|mark| format!("{mark}; {session}"));
    assert_eq!(stranger.post("/sign-in", &[phone]).await.status.as_u16(), 422);
    let right = code(&owner.post("/sign-in", &[phone]).await.body);
    assert_eq!(owner.post("/sign-in/code", &[phone, ("code", &right)]).await.status.as_u16(), 303);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_phone_does_not_ring_all_day(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_TRUST_PROXY", "1"), ("QIFU_CODES_PER_CITY", "40")]).await;
    let ask = async |phone: &str, address: &str| {
        let mut request = form("/sign-in", &[("phone", phone)]);
        request.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
        site.anonymous().send(request).await
    };
    let mut sent = 0;
    for n in 0..40 {
        sent += u32::from(ask("13800000008", &format!("198.51.100.{}", n / 5)).await.status.as_u16() == 200);
    }
    assert_eq!(sent, 30);
    assert!(ask("13800000008", "203.0.113.1").await.body.contains("今天获取验证码的次数已用完"));
    // One place alone, however many networks it has and however long it takes, leaves the phone's owner something of the day.
    let later = "update rate_limit set window_start = window_start - interval '11 minutes' where key not like 'code:day:%'";
    let mut alone = 0;
    for n in 0..20 {
        sqlx::query(later).execute(&pool).await.unwrap();
        alone += u32::from(ask("13800000009", &format!("2001:db8:7:{n:x}::1")).await.status.as_u16() == 200);
    }
    assert_eq!(alone, 10);
    sqlx::query(later).execute(&pool).await.unwrap();
    assert_eq!(ask("13800000009", "203.0.113.3").await.status.as_u16(), 200, "the owner, elsewhere");
    sqlx::query("delete from rate_limit where key = 'code:city'").execute(&pool).await.unwrap();
    // And the city pays for no more than it said.
    let mut sent = 0;
    for n in 0..45 {
        sent += u32::from(ask(&format!("138000001{n:02}"), "203.0.113.2").await.status.as_u16() == 200);
    }
    assert_eq!(sent, 40);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_flood_of_codes_has_an_end_each_day(pool: PgPool) {
    let settings = [("QIFU_TRUST_PROXY", "1"), ("QIFU_CODES_PER_ADDRESS", "2"), ("QIFU_CODES_PER_CITY_DAY", "8")];
    let site = Site::demo(&pool, &settings).await;
    let ask = async |n: u32, address: &str| {
        let mut request = form("/sign-in", &[("phone", &format!("139000001{n:02}"))]);
        request.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
        site.anonymous().send(request).await
    };
    // Ten networks of one site: three times what one of them has.
    let mut sent = 0;
    for n in 0..10 {
        sent += u32::from(ask(n, &format!("2001:db8:7:{n:x}::1")).await.status.as_u16() == 200);
    }
    assert_eq!(sent, 6);
    assert_eq!(ask(10, "2001:db8:8:1::1").await.status.as_u16(), 200, "another site");
    assert_eq!(ask(11, "203.0.113.9").await.status.as_u16(), 200);
    // Nor does it begin anew after ten minutes.
    let later = "update rate_limit set window_start = window_start - interval '11 minutes'";
    sqlx::query(later).execute(&pool).await.unwrap();
    assert!(ask(12, "203.0.113.10").await.body.contains("今天获取验证码的人太多"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_few_addresses_do_not_use_up_what_the_city_has(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_TRUST_PROXY", "1"), ("QIFU_CODES_PER_ADDRESS", "2")]).await;
    let ask = async |n: u32, address: &str| {
        let mut request = form("/sign-in", &[("phone", &format!("139000002{n:02}"))]);
        request.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
        site.anonymous().send(request).await
    };
    for n in 0..20 {
        assert_eq!(ask(n, "203.0.113.9").await.status.as_u16(), 200, "{n}");
        if n % 2 == 1 {
            let later = "update rate_limit set window_start = window_start - interval '11 minutes'";
            sqlx::query(later).execute(&pool).await.unwrap();
        }
    }
    assert!(ask(20, "203.0.113.9").await.body.contains("这个网络今天获取验证码的次数已用完"));
    assert_eq!(ask(21, "203.0.113.10").await.status.as_u16(), 200, "another address");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whoever_brings_no_cookie_fills_no_table(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_CODE_PAUSE", "60"), ("QIFU_CODES_PER_ADDRESS", "3")]).await;
    let mut bare = site.anonymous();
    bare.cookie = None;
    for n in 0..12 {
        let answer = bare.post("/sign-in", &[("phone", &format!("139000000{n:02}"))]).await;
        assert_eq!(answer.status.as_u16() == 200, n < 3, "{n}: {}", answer.body);
    }
    let counters = "select count(*) from rate_limit where key like 'code:%' and key not like 'code:addr:%'";
    let kept: i64 = sqlx::query_scalar(counters).fetch_one(&pool).await.unwrap();
    // Each of the three that went out has a pause, a phone, and a day here and in all; the city has two.
    assert!(kept <= 14, "{kept} counters");
    let codes: i64 = sqlx::query_scalar("select count(*) from login_code").fetch_one(&pool).await.unwrap();
    assert_eq!(codes, 3);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whoever_guesses_keeps_no_colleague_out(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_TRUST_PROXY", "1")]).await;
    let attempt = async |browser: &Browser, password: &str| {
        browser.post("/desk/sign-in", &[("login", "jianshe"), ("password", password)]).await
    };
    let colleague = site.anonymous();
    assert_eq!(attempt(&colleague, server::demo::PASSWORD).await.location(), "/desk");
    // Somebody at the next desk, behind the same address, twenty at once: five are compared.
    let rogue = site.anonymous();
    let answers = join_all((0..20).map(|_| attempt(&rogue, "wrong-password"))).await;
    assert_eq!(answers.iter().filter(|answer| answer.body.contains("用户名或密码不对")).count(), 5);
    assert!(attempt(&rogue, server::demo::PASSWORD).await.body.contains("10 分钟后再试"), "not even with the right one");
    assert_eq!(attempt(&colleague, server::demo::PASSWORD).await.location(), "/desk", "where the account is known");
    // Nor does somebody who has all networks of one IPv6 site.
    let mut compared = 0;
    for n in 0..14 {
        let mut request = form("/desk/sign-in", &[("login", "renshe"), ("password", "wrong-password")]);
        request.headers_mut().insert("x-forwarded-for", format!("2001:db8:7:{n:x}::1").parse().unwrap());
        compared += usize::from(site.anonymous().send(request).await.body.contains("用户名或密码不对"));
    }
    assert_eq!(compared, 10);
    let mut conn = site.state.store.system().await.unwrap();
    assert!(identity::forget_limits(&mut conn, &app::account::act::limits_of("jianshe")).await.unwrap() > 0);
    drop(conn);
    assert_eq!(attempt(&rogue, server::demo::PASSWORD).await.location(), "/desk", "unlocked");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_changed_password_is_guessed_no_more_often_than_a_typed_one(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let browser = site.staff("centre01").await;
    let change = async |old: &str| {
        let fresh = "kormoran-laterne-47";
        browser.post("/desk/password", &[("password", old), ("new_password", fresh), ("repeat", fresh)]).await
    };
    let answers = join_all((0..12).map(|_| change("wrong-password"))).await;
    assert_eq!(answers.iter().filter(|answer| answer.body.contains("原密码不对")).count(), 5);
    assert!(change(server::demo::PASSWORD).await.body.contains("尝试太频繁"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn one_device_can_be_signed_out_from_another(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    for (page, here, there) in [
        ("/me", site.member(2).await, site.member(2).await),
        ("/desk/account", site.staff("centre01").await, site.staff("centre01").await),
    ] {
        let shown = here.get(page).await;
        let others = hidden(&shown.body, "session");
        assert_eq!(others.len(), 1, "all but this one can be ended");
        let stranger = site.member(5).await;
        stranger.post("/sign-out/device", &[("session", &others[0])]).await;
        assert_eq!(there.get(page).await.status.as_u16(), 200, "nobody ends another's");
        assert_eq!(here.post("/sign-out/device", &[("session", &others[0])]).await.location(), page);
        assert_eq!(there.get(page).await.status.as_u16(), 401);
        assert_eq!(here.get(page).await.status.as_u16(), 200);
    }
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
async fn staff_change_a_first_password(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let nobody = site.anonymous();
    let attempt =
        async |login: &str, password: &str| nobody.post("/desk/sign-in", &[("login", login), ("password", password)]).await;
    let mut conn = site.state.store.system().await.unwrap();
    let found = store::identity::credentials(&mut conn, "centre03").await.unwrap().unwrap();
    store::identity::set_password(&mut conn, found.id, &found.password_hash, true).await.unwrap();
    drop(conn);
    let browser = site.staff("centre03").await;
    let other = site.staff("centre03").await;
    assert_eq!(browser.get("/desk").await.location(), "/desk/account");
    let fields =
        [("password", server::demo::PASSWORD), ("new_password", "kormoran-laterne-47"), ("repeat", "kormoran-laterne-47")];
    let changed = browser.post("/desk/password", &fields).await;
    assert_eq!(changed.location(), "/desk", "{}", changed.body);
    assert_eq!(other.get("/desk").await.status.as_u16(), 401, "every other session ended");
    assert_eq!(attempt("centre03", "kormoran-laterne-47").await.location(), "/desk");
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
    let request = Request::get("/sign-in").header(header::ACCEPT_ENCODING, "gzip").body(Body::empty()).unwrap();
    let packed = site.anonymous().send(request).await;
    assert_eq!(packed.headers[header::CONTENT_ENCODING], "gzip");
    let (small, whole) = (packed.bytes.len(), site.anonymous().get("/sign-in").await.bytes.len());
    assert!(small * 3 < whole * 2, "{small} of {whole} bytes");
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

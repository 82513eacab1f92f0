//! The security log: what is written, that nothing needless is, and who reads it.

use super::site::{Site, answers, file, hidden};
use futures::future::join_all;
use server::demo::PASSWORD;
use sqlx::PgPool;

/// What was written of a kind: name, subject, detail; in its order.
async fn written(pool: &PgPool, kind: &str) -> Vec<(String, String, String)> {
    let sql = "select login, subject, detail from security_event where kind = $1 order by id";
    sqlx::query_as(sql).bind(kind).fetch_all(pool).await.unwrap()
}

fn line(login: &str, subject: &str, detail: &str) -> (String, String, String) {
    (login.to_owned(), subject.to_owned(), detail.to_owned())
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn sign_ins_failures_and_locks_are_written(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_DEMO", "1")]).await;
    let browser = site.anonymous();
    let attempt = async |login: &str, password: &str| {
        browser.post("/desk/sign-in", &[("login", login), ("password", password)]).await.status.as_u16()
    };
    assert_eq!(attempt("jianshe", PASSWORD).await, 303);
    assert_eq!(written(&pool, "signed_in").await, [line("jianshe", "", "")]);
    // A name that is none may be a password in the wrong field.
    attempt("my-secret-password", "x").await;
    assert_eq!(written(&pool, "sign_in_failed").await, [line("", "", "")]);
    let guesser = site.anonymous();
    let guess = [("login", "jianshe"), ("password", "wrong-password")];
    join_all((0..20).map(|_| guesser.post("/desk/sign-in", &guess))).await;
    assert_eq!(written(&pool, "sign_in_failed").await.len(), 6, "what was compared");
    assert_eq!(written(&pool, "locked").await, [line("jianshe", "", "")], "once, however many came after");
    // A member: by the masked number.
    let sent = browser.post("/sign-in", &[("phone", "13800000002")]).await;
    let right: String = sent.body.split("id=\"demo-code\">").nth(1).unwrap().chars().take(6).collect();
    let wrong = if right == "000000" { "000001" } else { "000000" };
    browser.post("/sign-in/code", &[("phone", "13800000002"), ("code", wrong)]).await;
    assert_eq!(written(&pool, "sign_in_failed").await[6], line("", "138****0002", ""));
    browser.post("/sign-in/code", &[("phone", "13800000002"), ("code", &right)]).await;
    assert_eq!(written(&pool, "signed_in").await[1], line("138****0002", "", ""));
    let whole: i64 = sqlx::query_scalar("select count(*) from security_event e where e::text like '%13800000002%'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(whole, 0);
    // Where it came from.
    let from: Vec<String> = sqlx::query_scalar("select distinct network from security_event").fetch_all(&pool).await.unwrap();
    assert_eq!(from, ["127.0.0.1"]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn who_reads_the_numbers_of_other_members_is_written(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let page = owner.get("/me/members").await;
    assert_eq!(written(&pool, "unmasked").await, [], "the own number is no news");
    let whose = hidden(&page.body, "whose").remove(0);
    let add = [("whose", whose.as_str()), ("name", "沈洁"), ("phone", "13900000099")];
    assert_eq!(owner.post("/me/members", &add).await.status.as_u16(), 303);
    let page = owner.get("/me/members").await;
    assert!(page.body.contains("13900000099"));
    let lines = written(&pool, "unmasked").await;
    assert_eq!((lines.len(), lines[0].0.as_str(), lines[0].2.as_str()), (1, "138****0002", "企业联系人 1 人"));
    let own = page.body.matches("/me/members/").count();
    assert_eq!(own, 2, "a page each");
    for part in page.body.split("href=\"/me/members/").skip(1) {
        let path = format!("/me/members/{}", part.split('"').next().unwrap());
        assert_eq!(owner.get(&path).await.status.as_u16(), 200, "{path}");
    }
    let lines = written(&pool, "unmasked").await;
    assert_eq!((lines.len(), lines[1].2.as_str()), (2, "企业联系人 沈洁"), "of the two the other's alone: {lines:?}");
    let whole = "select count(*) from security_event e where e::text like '%13900000099%'";
    assert_eq!(sqlx::query_scalar::<_, i64>(whole).fetch_one(&pool).await.unwrap(), 0, "and no number stands in it");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn sessions_passwords_and_refusals_are_written(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let handler = site.staff("jianshe").await;
    assert_eq!(handler.get("/desk/policies?state=draft").await.status.as_u16(), 403);
    assert_eq!(handler.post("/desk/policies/new", &[]).await.status.as_u16(), 403);
    let rpc = axum::http::Request::post("/rpc/policy/draft/preview").body(axum::body::Body::empty()).unwrap();
    assert_eq!(handler.send(rpc).await.status.as_u16(), 403);
    let district = site.staff("zhengce03").await;
    assert_eq!(district.post("/desk/policies/libraries", &[("library", "tag")]).await.status.as_u16(), 403, "by a use case");
    let refusals = written(&pool, "refused").await;
    let expected = ["/desk/policies", "/desk/policies/new", "/rpc/policy/draft/preview"].map(|path| line("jianshe", path, ""));
    assert_eq!(refusals[..3], expected);
    assert_eq!(refusals[3], line("zhengce03", "/desk/policies/libraries", ""));
    assert_eq!(site.anonymous().get("/desk/policies").await.status.as_u16(), 401);
    assert_eq!(written(&pool, "refused").await.len(), 4, "nobody is nobody");

    let (here, there) = (site.staff("centre01").await, site.staff("centre01").await);
    let others = hidden(&here.get("/desk/account").await.body, "session");
    here.post("/sign-out/device", &[("session", &others[0])]).await;
    here.post("/sign-out/device", &[("session", &others[0])]).await;
    assert_eq!(there.get("/desk").await.status.as_u16(), 401);
    let fresh = "kormoran-laterne-47";
    here.post("/desk/password", &[("password", "wrong-password"), ("new_password", fresh), ("repeat", fresh)]).await;
    let changed = here.post("/desk/password", &[("password", PASSWORD), ("new_password", fresh), ("repeat", fresh)]).await;
    assert_eq!(changed.location(), "/desk");
    assert_eq!(written(&pool, "proof_failed").await, [line("centre01", "", "")]);
    assert_eq!(written(&pool, "password_changed").await, [line("centre01", "", "")]);
    let owner = site.member(2).await;
    owner.post("/sign-out", &[]).await;
    owner.post("/sign-out", &[]).await;
    assert_eq!(written(&pool, "sessions_ended").await, [line("centre01", "", "另一台设备"), line("138****0002", "", "这台设备")]);
    let secrets: i64 = sqlx::query_scalar(
        "select count(*) from security_event e where e::text like '%kormoran%' or e::text like '%wrong-password%'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(secrets, 0);
}

/// The table only grows: whoever asks for what is not theirs all day fills it no more than somebody who tries.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn refusals_are_rows_as_far_as_somebody_reads_them(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let handler = site.staff("jianshe").await;
    for _ in 0..25 {
        assert_eq!(handler.get("/desk/policies").await.status.as_u16(), 403);
    }
    assert_eq!(written(&pool, "refused").await.len(), 20);
    assert_eq!(site.staff("centre01").await.get("/desk/policies").await.status.as_u16(), 403);
    assert_eq!(written(&pool, "refused").await.len(), 21, "another account has its own");
    let nobody = site.anonymous();
    let key = format!("qifu_{}", "0".repeat(64));
    for _ in 0..25 {
        assert_eq!(nobody.get(&format!("/open311/v2/requests.json?api_key={key}")).await.status.as_u16(), 403);
    }
    assert_eq!(written(&pool, "key_refused").await.len(), 20);
    // A minute later they are written again.
    sqlx::query("update rate_limit set window_start = window_start - interval '61 seconds'").execute(&pool).await.unwrap();
    handler.get("/desk/policies").await;
    assert_eq!(written(&pool, "refused").await.len(), 22);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_number_shown_whole_is_written_and_no_masked_one(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000015")).await;
    owner.get(&format!("/issues/{number}")).await;
    let path = format!("/desk/issues/{number}");
    let leader = site.staff("lingdao").await.get(&path).await;
    assert!(leader.body.contains("138****0002") && !leader.body.contains("13800000002"));
    assert_eq!(written(&pool, "unmasked").await, [], "one's own, and a masked one");
    let centre = site.staff("centre01").await;
    assert!(centre.get(&path).await.body.contains("13800000002"));
    assert_eq!(written(&pool, "unmasked").await, [line("centre01", &number, "")]);
    let call = super::site::call(&app::issue::desk::rpc::DeskIssue { number: number.clone() });
    assert_eq!(centre.send(call).await.status.as_u16(), 200);
    assert_eq!(written(&pool, "unmasked").await.len(), 2, "by an island, too");
    // Beside an owner at a station; and where an application is decided.
    let station = site.staff("station01").await;
    let page = station.get("/desk/assist?q=%E6%9C%89%E9%99%90%E5%85%AC%E5%8F%B8").await.body;
    let offered = page.split("href=\"/desk/assist/").nth(1).unwrap().split('"').next().unwrap();
    assert!(station.get(&format!("/desk/assist/{offered}")).await.body.contains("name=\"contact_phone\""));
    let reviewer = site.staff("jingxin").await;
    let queue = reviewer.get("/desk/applications?state=submitted").await.body;
    let application = queue.split("href=\"/desk/applications/SQ-").nth(1).unwrap().split(['"', '?']).next().unwrap();
    let application = format!("SQ-{application}");
    reviewer.get(&format!("/desk/applications/{application}")).await;
    let all = written(&pool, "unmasked").await;
    assert_eq!((all[2].0.as_str(), all[2].2.as_str()), ("station01", "代办"));
    assert_eq!(all[3..], [line("jingxin", &application, "")]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_taken_away_is_written(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let editor = site.staff("zhengce").await;
    assert_eq!(editor.get("/desk/policies/demo-upgrade/json").await.status.as_u16(), 200);
    assert_eq!(editor.get("/desk/policies/demo-upgrade/evaluation.xlsx").await.status.as_u16(), 200);
    let owner = site.member(2).await;
    let pairs = [("key", "0199b0c0-0000-7000-8000-00000000000b"), ("contact_name", "姚经理"), ("contact_phone", "13800000002")];
    let jpeg = super::site::multipart("/policies/demo-digital-voucher/apply", &pairs, &[("发票.jpg", super::site::jpeg())]);
    let applied = owner.send(jpeg).await.location().to_owned();
    let page = owner.get(&applied).await.body;
    let id = page.split(&format!("{applied}/files/")).nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(owner.get(&format!("{applied}/files/{id}")).await.status.as_u16(), 200);
    let reviewer = site.staff("jingxin").await;
    assert_eq!(reviewer.get(&format!("/desk{applied}/files/{id}")).await.status.as_u16(), 200);
    let number = applied.rsplit('/').next().unwrap();
    assert_eq!(
        written(&pool, "exported").await,
        [line("zhengce", "demo-upgrade.json", ""), line("zhengce", "demo-upgrade.xlsx", ""), line("jingxin", number, "发票.jpg"),],
        "an enterprise's own file is its own"
    );
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_administrator_finds_what_happened_in_the_own_area(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let path = "/desk/admin/security";
    let (city, wuxing) = (site.staff("centre01").await, site.staff("centre03").await);
    city.get("/desk/policies").await;
    wuxing.get("/desk/facts").await;
    let admin = site.staff("admin").await;
    let page = admin.get(path).await;
    assert_eq!(page.status.as_u16(), 200);
    for words in ["安全日志", "越权被拒", "centre01", "centre03", "/desk/facts", "127.0.0.1", "吴兴区"] {
        assert!(page.body.contains(words), "{words}");
    }
    let rows = async |query: &str| admin.get(&format!("{path}?{query}")).await.body.matches("<tr>").count().saturating_sub(1);
    let today = domain::policy::model::day::text(domain::calendar::local(site.state.now()).date());
    assert_eq!(rows("login=centre03").await, 1);
    assert_eq!(rows("kind=refused").await, 2);
    assert_eq!(rows("kind=exported").await, 0);
    assert_eq!(rows(&format!("kind=&login=&day={today}")).await, 2, "as the form sends it");
    assert_eq!(rows("day=2020-01-01").await, 0);
    let wrong = admin.get(&format!("{path}?day=gestern&login=centre03")).await;
    assert!(wrong.body.contains("请这样填写日期") && wrong.body.contains("value=\"centre03\""));
    // Taken away, which is written itself.
    let csv = admin.get(&format!("{path}/table?as=csv&login=centre03")).await;
    assert!(csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert!(csv.body.contains("越权被拒,centre03,吴兴区,/desk/facts") && !csv.body.contains("centre01"), "{}", csv.body);
    assert_eq!(written(&pool, "exported").await, [line("admin", "security.csv", "1 行")], "once");
    assert_eq!(admin.get(&format!("{path}/table?as=csv&kind=nonsense")).await.status.as_u16(), 422);
    // A district's administrator: its own accounts' alone.
    let sql = "insert into staff (login, name, role, area, password_hash, must_change_password, created_at)
        values ('guanli03', '吴兴管理员', 'administrator', 330502, 'x', false, now())";
    sqlx::query(sql).execute(&pool).await.unwrap();
    let district = site.staff("guanli03").await;
    let page = district.get(path).await.body;
    assert!(page.contains("centre03") && !page.contains("centre01"));
    let csv = district.get(&format!("{path}/table?as=csv")).await.body;
    assert!(csv.contains("centre03") && !csv.contains("centre01"));
    for login in ["centre01", "lingdao", "zhengce", "jiandu"] {
        let other = site.staff(login).await;
        assert_eq!(other.get(path).await.status.as_u16(), 403, "{login}");
        assert_eq!(other.get(&format!("{path}/table?as=csv")).await.status.as_u16(), 403, "{login}");
    }
}

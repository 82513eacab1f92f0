//! The second factor of staff, and the fresh password before what cannot be taken back.

use super::site::{Answer, Browser, Site, hidden};
use axum::http::header;
use futures::future::join_all;
use server::demo::PASSWORD;
use sqlx::PgPool;
use store::identity;

const FACTOR: &str = "/desk/account/factor";
const SIGN_IN: &str = "/desk/sign-in";
const CODE: &str = "/desk/sign-in/code";
const EDITORS: [(&str, &str); 1] = [("QIFU_SECOND_FACTOR", "privileged")];

/// The app on somebody's telephone.
pub struct App(totp_rs::Totp);

impl App {
    /// Set up by typing what the page shows.
    fn typed(page: &Answer) -> App {
        let secret = page.body.split("<code class=\"secret\">").nth(1).unwrap().split('<').next().unwrap().replace(' ', "");
        App(totp_rs::Builder::new().with_secret(totp_rs::Secret::try_from_base32(secret).unwrap()).build().unwrap())
    }

    /// What it shows so many steps from now.
    fn code(&self, site: &Site, steps: i64) -> String {
        let second = site.state.now().unix_timestamp() + steps * 30;
        self.0.generate(u64::try_from(second).unwrap()).to_string()
    }
}

/// Sets a second factor up; answers the app, and the recovery codes.
pub async fn enrol(site: &Site, browser: &Browser) -> (App, Vec<String>) {
    assert_eq!(browser.post(FACTOR, &[("do", "start")]).await.location(), FACTOR);
    let app = App::typed(&browser.get(FACTOR).await);
    let done = browser.post(FACTOR, &[("do", "confirm"), ("code", &app.code(site, 0))]).await;
    assert_eq!(done.status.as_u16(), 200, "{}", done.body);
    let codes = done.body.split("<li><code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    (app, codes)
}

async fn password(browser: &Browser, login: &str) -> Answer {
    browser.post(SIGN_IN, &[("login", login), ("password", PASSWORD)]).await
}

/// The session that an answer opens in a browser.
fn signed(browser: &Browser, answer: &Answer) -> Browser {
    let cookie = answer.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap().split(';').next().unwrap();
    assert!(cookie.starts_with("qifu=") && cookie.len() > 30, "{cookie}");
    let mut browser = browser.clone();
    browser.cookie = Some(format!("{}; {cookie}", browser.cookie.unwrap()));
    browser
}

async fn account(site: &Site, login: &str) -> i64 {
    let mut conn = site.state.store.system().await.unwrap();
    identity::credentials(&mut conn, login).await.unwrap().unwrap().id
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whoever_needs_a_second_factor_sets_it_up_before_anything_else(pool: PgPool) {
    let site = Site::demo(&pool, &EDITORS).await;
    for login in ["zhengce", "admin"] {
        let browser = site.staff(login).await;
        for path in ["/desk", "/desk/policies", "/desk/admin/security", "/desk/messages"] {
            let answer = browser.get(path).await;
            let expected = if answer.status.as_u16() == 403 { "" } else { FACTOR };
            assert_eq!(answer.location(), expected, "{path} as {login}");
        }
    }
    let editor = site.staff("zhengce").await;
    assert_eq!(editor.post("/desk/policies/libraries", &[("library", "tag")]).await.location(), FACTOR);
    let rpc = axum::http::Request::post("/rpc/policy/draft/shape").body(axum::body::Body::empty()).unwrap();
    assert_eq!(editor.send(rpc).await.status.as_u16(), 403, "an island is told, not led elsewhere");
    assert_eq!(site.staff("centre01").await.get("/desk").await.status.as_u16(), 200, "others go without");
    let page = editor.get(FACTOR).await;
    assert!(page.body.contains("要先启用两步验证") && !page.body.contains("href=\"/desk/policies\""), "no way past it");

    let elsewhere = site.staff("zhengce").await;
    editor.post(FACTOR, &[("do", "start")]).await;
    let page = editor.get(FACTOR).await;
    assert!(page.body.contains("<svg") && page.body.contains("class=\"secret\""), "{}", page.body);
    let app = App::typed(&page);
    let wrong = if app.code(&site, 0) == "000000" { "000001" } else { "000000" };
    let refused = editor.post(FACTOR, &[("do", "confirm"), ("code", wrong)]).await;
    assert!(refused.status.as_u16() == 422 && refused.body.contains("验证码不对") && refused.body.contains("<svg"));
    assert_eq!(editor.get("/desk/policies").await.location(), FACTOR, "offered is not set up");
    let done = editor.post(FACTOR, &[("do", "confirm"), ("code", &app.code(&site, 0))]).await;
    let codes: Vec<&str> = done.body.split("<li><code>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    assert_eq!((done.status.as_u16(), codes.len()), (200, 10));
    assert_eq!(editor.get("/desk/policies").await.status.as_u16(), 200);
    assert_eq!(elsewhere.get("/desk/policies").await.status.as_u16(), 401, "who was in with a password alone is out");
    let again = editor.get(FACTOR).await;
    assert!(again.body.contains("还有 10 个恢复码") && !again.body.contains(codes[0]), "shown once");
    assert!(!again.body.contains("停用"), "who must have one keeps it");
    let known: Vec<Vec<u8>> = sqlx::query_scalar("select code_hash from recovery_code").fetch_all(&pool).await.unwrap();
    assert!(known.iter().all(|hash| hash.len() == 32 && !codes.iter().any(|code| hash.as_slice() == code.as_bytes())));
    // Nobody shows a secret again, or sets another over it.
    assert_eq!(editor.post(FACTOR, &[("do", "start")]).await.status.as_u16(), 409);
    assert_eq!(editor.post(FACTOR, &[("do", "remove")]).await.status.as_u16(), 422);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn signing_in_takes_a_password_and_then_a_code_that_is_good_once(pool: PgPool) {
    let site = Site::demo(&pool, &EDITORS).await;
    let (app, codes) = enrol(&site, &site.staff("zhengce").await).await;
    let browser = site.anonymous();
    let half = password(&browser, "zhengce").await;
    assert_eq!(half.location(), CODE);
    assert!(!half.headers.contains_key(header::SET_COOKIE), "half a sign-in opens nothing");
    assert_eq!(browser.get("/desk").await.status.as_u16(), 401);
    assert_eq!(browser.get(CODE).await.status.as_u16(), 200);
    // The right code helps in the browser of the password only.
    assert_eq!(site.anonymous().post(CODE, &[("code", &app.code(&site, 1))]).await.location(), SIGN_IN);
    let used = browser.post(CODE, &[("code", &app.code(&site, 0))]).await;
    assert!(used.status.as_u16() == 422 && used.body.contains("已经用过"), "{}", used.body);
    let right = app.code(&site, 1);
    let spaced = format!("{} {}", &right[..3], &right[3..]);
    let answer = browser.post(CODE, &[("code", &spaced)]).await;
    assert_eq!(answer.location(), "/desk", "{}", answer.body);
    let inside = signed(&browser, &answer);
    assert_eq!(inside.get("/desk/policies").await.status.as_u16(), 200);
    assert_eq!(browser.post(CODE, &[("code", &app.code(&site, 1))]).await.location(), SIGN_IN, "a half is whole once");
    // Nor is the code good a second time, on another server, in another browser.
    let other = Site::empty(&pool, &EDITORS).await;
    let thief = other.anonymous();
    assert_eq!(password(&thief, "zhengce").await.location(), CODE);
    assert!(thief.post(CODE, &[("code", &right)]).await.body.contains("已经用过"));
    // A recovery code is good once, however it is written; the next page says how many are left.
    let written = codes[0].replace('-', "").to_uppercase();
    let answer = thief.post(CODE, &[("code", &written)]).await;
    assert_eq!(answer.location(), "/desk", "{}", answer.body);
    let flash = answer.headers.get_all(header::SET_COOKIE).iter().find_map(|c| c.to_str().unwrap().strip_prefix("flash="));
    let said = String::from_utf8(hex::decode(flash.unwrap().split(';').next().unwrap()).unwrap()).unwrap();
    assert!(said.contains("还剩 9 个"), "{said}");
    password(&thief, "zhengce").await;
    assert_eq!(thief.post(CODE, &[("code", &codes[0])]).await.status.as_u16(), 422);
    // Too slow: the password again.
    sqlx::query("update half_sign_in set expires_at = expires_at - interval '1 hour'").execute(&pool).await.unwrap();
    assert_eq!(thief.post(CODE, &[("code", &codes[1])]).await.location(), SIGN_IN);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn codes_are_guessed_no_more_often_than_passwords(pool: PgPool) {
    let site = Site::demo(&pool, &EDITORS).await;
    let (app, _) = enrol(&site, &site.staff("zhengce").await).await;
    let thief = site.anonymous();
    password(&thief, "zhengce").await;
    let right: Vec<String> = (-2..=3).map(|steps| app.code(&site, steps)).collect();
    let wrong = (0..).map(|n| format!("{n:06}")).find(|code| !right.contains(code)).unwrap();
    let pairs = [("code", wrong.as_str())];
    let answers = join_all((0..20).map(|_| thief.post(CODE, &pairs))).await;
    assert_eq!(answers.iter().filter(|answer| answer.body.contains("验证码不对")).count(), 5);
    assert!(thief.post(CODE, &[("code", &right[3])]).await.body.contains("10 分钟后再试"), "not even with the right one");
    let mut conn = site.state.store.system().await.unwrap();
    identity::forget_limits(&mut conn, &app::account::act::limits_of("zhengce")).await.unwrap();
    drop(conn);
    assert_eq!(thief.post(CODE, &[("code", &app.code(&site, 1))]).await.location(), "/desk", "unlocked");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn lost_or_switched_off_the_password_opens_again(pool: PgPool) {
    let site = Site::demo(&pool, &EDITORS).await;
    let editor = site.staff("zhengce").await;
    enrol(&site, &editor).await;
    // An emergency: nobody is asked.
    let open = Site::empty(&pool, &[("QIFU_SECOND_FACTOR", "off")]).await;
    assert_eq!(password(&open.anonymous(), "zhengce").await.location(), "/desk");
    assert!(open.staff("zhengce02").await.get(FACTOR).await.body.contains("没有启用"));
    let id = account(&site, "zhengce").await;
    let mut conn = site.state.store.system().await.unwrap();
    assert!(identity::reset_second_factor(&mut conn, id).await.unwrap());
    drop(conn);
    assert_eq!(editor.get("/desk/policies").await.status.as_u16(), 401, "its sessions ended");
    let browser = site.anonymous();
    let answer = password(&browser, "zhengce").await;
    assert_eq!(answer.location(), "/desk");
    assert_eq!(signed(&browser, &answer).get("/desk/policies").await.location(), FACTOR, "and it is set up anew");
    // Whoever need not have one may give it up.
    let centre = site.staff("centre01").await;
    enrol(&site, &centre).await;
    assert!(centre.get(FACTOR).await.body.contains("停用两步验证"));
    assert_eq!(centre.post(FACTOR, &[("do", "remove")]).await.location(), FACTOR);
    assert_eq!(password(&site.anonymous(), "centre01").await.location(), "/desk");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whoever_keeps_the_account_takes_a_lost_factor_away(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (city, wuxing) = (site.staff("admin").await, site.staff("admin02").await);
    let (own, elsewhere) = (account(&site, "centre03").await, account(&site, "centre04").await);
    let page = |id: i64| format!("/desk/admin/staff/{id}");
    let command = |id: i64| format!("/desk/admin/staff/{id}/reset-factor");
    assert!(!wuxing.get(&page(own)).await.body.contains(&command(own)), "there is none to take away");
    let (colleague, other) = (site.staff("centre03").await, site.staff("centre04").await);
    enrol(&site, &colleague).await;
    enrol(&site, &other).await;
    let factors = async || sqlx::query_scalar::<_, i64>("select count(*) from second_factor").fetch_one(&pool).await.unwrap();
    assert_eq!(factors().await, 2);

    // Nobody, a member, the wrong role, the colleague itself, another district's administrator.
    let seen = hidden(&wuxing.get(&page(own)).await.body, "seen").remove(0);
    let fields = [("seen", seen.as_str()), ("why", "手机丢失，已当面核实")];
    for (who, browser, status) in [
        ("nobody", site.anonymous(), 401),
        ("a member", site.member(2).await, 403),
        ("a centre", site.staff("centre01").await, 403),
        ("themselves", colleague.clone(), 403),
    ] {
        assert_eq!(browser.post(&command(own), &fields).await.status.as_u16(), status, "{who}");
    }
    assert_eq!(wuxing.post(&command(elsewhere), &fields).await.status.as_u16(), 404, "another district's");
    assert_eq!(factors().await, 2);

    // A reason, and a password typed just now; nothing that was typed is lost.
    let silent = wuxing.post(&command(own), &[("seen", seen.as_str()), ("why", "")]).await;
    assert!(silent.status.as_u16() == 422 && silent.body.contains("请填写变更原因"), "{}", silent.body);
    age(&pool, 11).await;
    let asked = wuxing.post(&command(own), &fields).await;
    assert!(asked.status.as_u16() == 422 && asked.body.contains("name=\"confirm_password\""), "{}", asked.body);
    assert!(carried(&asked).contains(&("why".to_owned(), "手机丢失，已当面核实".to_owned())));
    assert_eq!(factors().await, 2);
    age(&pool, 0).await;
    assert!(wuxing.get(&page(own)).await.body.contains(&command(own)));
    let done = wuxing.post(&command(own), &fields).await;
    assert_eq!((done.status.as_u16(), done.location()), (303, page(own).as_str()), "{}", done.body);
    assert_eq!(factors().await, 1);
    assert_eq!(colleague.get("/desk").await.status.as_u16(), 401, "whoever has the telephone does not go on");
    assert_eq!(password(&site.anonymous(), "centre03").await.location(), "/desk", "the password opens again");
    assert_eq!(password(&site.anonymous(), "centre04").await.location(), CODE);
    let shown = city.get(&page(own)).await.body;
    assert!(shown.contains("取消两步验证") && shown.contains("手机丢失，已当面核实"), "{shown}");
    let log: Vec<(String, String, String)> =
        sqlx::query_as("select login, subject, detail from security_event where kind = 'factor_reset'")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(log, [("admin02".to_owned(), "centre03".to_owned(), "手机丢失，已当面核实".to_owned())]);
    // Twice does nothing more.
    let seen = hidden(&wuxing.get(&page(own)).await.body, "seen").remove(0);
    let again = wuxing.post(&command(own), &[("seen", seen.as_str()), ("why", "再来一次")]).await;
    assert!(again.status.as_u16() == 409 && again.body.contains("没有两步验证"), "{}", again.body);
}

/// What a page that stopped a form carries.
fn carried(page: &Answer) -> Vec<(String, String)> {
    let form = page.body.split("action=\"/desk/confirm\"").nth(1).unwrap().split("</form>").next().unwrap();
    let fields = form.split("<input type=\"hidden\" name=\"").skip(1);
    let pair = |field: &str| {
        let (name, rest) = field.split_once("\" value=\"").unwrap();
        (name.to_owned(), html_escape::decode_html_entities(rest.split('"').next().unwrap()).into_owned())
    };
    fields.map(pair).collect()
}

async fn age(pool: &PgPool, minutes: i32) {
    let sql = "update session set proved_at = now() - make_interval(mins => $1)";
    sqlx::query(sql).bind(minutes).execute(pool).await.unwrap();
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_cannot_be_taken_back_asks_for_the_password_and_loses_nothing(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let editor = site.staff("zhengce").await;
    let path = "/desk/policies/libraries";
    let typed = [("library", "tag"), ("code", "lake_side"), ("name", "滨湖\"第一\"排\n第二行"), ("meaning", "<b>临</b>湖")];
    age(&pool, 9).await;
    assert_eq!(editor.post(path, &[("library", "tag"), ("code", "near"), ("name", "近")]).await.location(), path, "ten minutes");
    age(&pool, 11).await;
    let asked = editor.post(path, &typed).await;
    assert!(asked.status.as_u16() == 422 && asked.body.contains("name=\"confirm_password\""), "{}", asked.body);
    let mut form = carried(&asked);
    for pair in &typed {
        assert!(form.contains(&(pair.0.to_owned(), pair.1.to_owned())), "{pair:?} of {form:?}");
    }
    let waiting = "select count(*) from policy_library_change where code = 'lake_side'";
    let count = async || sqlx::query_scalar::<_, i64>(waiting).fetch_one(&pool).await.unwrap();
    assert_eq!(count().await, 0, "nothing is done yet");
    // A wrong one: asked again, with all of it.
    let send = async |form: &[(String, String)], password: &str| {
        let mut pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        pairs.push(("confirm_password", password));
        editor.post("/desk/confirm", &pairs).await
    };
    let wrong = send(&form, "wrong-password").await;
    assert!(wrong.status.as_u16() == 422 && wrong.body.contains("密码不对") && !wrong.body.contains("wrong-password"));
    assert_eq!(carried(&wrong), form);
    // The right one: the browser is told to send the very same on.
    let right = send(&form, PASSWORD).await;
    assert_eq!((right.status.as_u16(), right.location()), (307, path), "{}", right.body);
    form.push(("confirm_password".to_owned(), PASSWORD.to_owned()));
    let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(editor.post(right.location(), &pairs).await.location(), path);
    assert_eq!(count().await, 1);
    // Loaded again when the time is over: asked anew, and the password of then is on no page.
    age(&pool, 11).await;
    let late = editor.post(right.location(), &pairs).await;
    assert!(late.status.as_u16() == 422 && !late.body.contains(PASSWORD), "{}", late.body);
    age(&pool, 0).await;
    // Not asked again for a while.
    assert_eq!(editor.post(path, &[("library", "tag"), ("code", "far"), ("name", "远")]).await.location(), path);
    // By itself the page leads back, and nowhere else.
    let back = async |to: &str| {
        let pairs = [("confirm_back", to), ("confirm_to", to), ("confirm_password", PASSWORD)];
        editor.post("/desk/confirm", &pairs).await.location().to_owned()
    };
    assert_eq!(back("//evil.example").await, "/desk");
    assert_eq!(back("/home").await, "/desk");
    let shown = editor.get("/desk/confirm?back=%2Fdesk%2Fpolicies").await;
    assert_eq!(hidden(&shown.body, "confirm_back"), ["/desk/policies"]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn publishing_and_money_ask_for_a_fresh_password(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (editor, reviewer) = (site.staff("zhengce").await, site.staff("jingxin").await);
    let queue = reviewer.get("/desk/applications?state=submitted").await.body;
    let number = queue.split("href=\"/desk/applications/SQ-").nth(1).unwrap().split(['"', '?']).next().unwrap();
    let application = format!("/desk/applications/SQ-{number}");
    age(&pool, 60).await;
    for (browser, path) in [
        (&editor, "/desk/policies/demo-upgrade/publish".to_owned()),
        (&editor, "/desk/policies/demo-upgrade/withdraw".to_owned()),
        (&editor, "/desk/policies/libraries".to_owned()),
        (&reviewer, format!("{application}/propose")),
        (&reviewer, format!("{application}/approve")),
        (&reviewer, format!("{application}/pay")),
    ] {
        let asked = browser.post(&path, &[("version", "1"), ("seq", "1"), ("amount", "12"), ("text", "同意")]).await;
        assert!(asked.status.as_u16() == 422 && asked.body.contains("confirm_password"), "{path}: {}", asked.body);
        assert_eq!(hidden(&asked.body, "confirm_to"), [path.as_str()]);
        assert_eq!(hidden(&asked.body, "amount"), ["12"]);
    }
    // What can be mended later does not ask.
    assert_eq!(reviewer.post(&format!("{application}/review"), &[("seq", "1")]).await.location(), application);
    // Not for whoever has no business there, password or not.
    let stranger = site.staff("jianshe").await;
    age(&pool, 60).await;
    assert_eq!(stranger.post(&format!("{application}/approve"), &[("seq", "1")]).await.status.as_u16(), 404);
    // Nor as often as one likes.
    let confirm = async || reviewer.post("/desk/confirm", &[("confirm_password", "wrong-password")]).await;
    let answers = join_all((0..12).map(|_| confirm())).await;
    assert_eq!(answers.iter().filter(|answer| answer.body.contains("密码不对")).count(), 5);
    let late = reviewer.post("/desk/confirm", &[("confirm_password", PASSWORD)]).await;
    assert!(late.body.contains("尝试太频繁"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whoever_reviews_has_a_second_factor_before_anything_else(pool: PgPool) {
    let site = Site::demo(&pool, &EDITORS).await;
    let (reviewer, handler) = (site.staff("jingxin").await, site.staff("jianshe").await);
    let number: String = sqlx::query_scalar("select number from application where state = 'submitted' order by id limit 1")
        .fetch_one(&pool)
        .await
        .unwrap();
    let path = format!("/desk/applications/{number}");
    for page in ["/desk", "/desk/applications", path.as_str(), "/desk/messages", "/desk/applications/table"] {
        assert_eq!(reviewer.get(page).await.location(), FACTOR, "{page}");
    }
    for command in ["review", "approve", "pay"] {
        let answer = reviewer.post(&format!("{path}/{command}"), &[("seq", "1"), ("amount", "12"), ("text", "同意")]).await;
        assert_eq!(answer.location(), FACTOR, "{command}");
    }
    let seq: i32 =
        sqlx::query_scalar("select seq from application where number = $1").bind(&number).fetch_one(&pool).await.unwrap();
    assert_eq!(seq, 1, "nothing is done yet");
    // Who only answers problems goes without, until a policy names the department; and has one for as long as applications lie there.
    assert_eq!(handler.get("/desk").await.status.as_u16(), 200);
    let named =
        "update policy_item set department_id = (select department_id from staff where login = $1) where code = 'demo-upgrade'";
    sqlx::query(named).bind("jianshe").execute(&pool).await.unwrap();
    assert_eq!(handler.get("/desk").await.location(), FACTOR);
    sqlx::query(named).bind("jingxin").execute(&pool).await.unwrap();
    assert_eq!(handler.get("/desk").await.status.as_u16(), 200);
    sqlx::query("update policy_item set department_id = null").execute(&pool).await.unwrap();
    assert_eq!(reviewer.get("/desk").await.location(), FACTOR, "applications lie there");
    sqlx::query(named).bind("jingxin").execute(&pool).await.unwrap();
    // A demo asks nobody.
    let demo = Site::empty(&pool, &[("QIFU_SECOND_FACTOR", "optional")]).await;
    assert_eq!(demo.staff("jingxin").await.get(&path).await.status.as_u16(), 200);

    let (app, _) = enrol(&site, &reviewer).await;
    assert!(!reviewer.get(FACTOR).await.body.contains("停用"), "who must have one keeps it");
    assert_eq!(reviewer.post(FACTOR, &[("do", "remove")]).await.status.as_u16(), 422);
    assert_eq!(reviewer.post(&format!("{path}/review"), &[("seq", "1")]).await.location(), path);
    // The amount may be anything: it is no more the missing factor that stands against it.
    let answer = reviewer.post(&format!("{path}/approve"), &[("seq", "2"), ("amount", "-1"), ("text", "同意发放")]).await;
    assert!(answer.status.as_u16() == 422 && answer.body.contains("金额"), "{}", answer.body);
    // The fresh proof is of both, then.
    age(&pool, 60).await;
    let asked = reviewer.post(&format!("{path}/approve"), &[("seq", "2"), ("amount", "-1")]).await;
    assert!(asked.body.contains("name=\"confirm_code\""));
    let confirm = async |code: &str| {
        let pairs = [("confirm_to", path.as_str()), ("confirm_password", PASSWORD), ("confirm_code", code)];
        reviewer.post("/desk/confirm", &pairs).await
    };
    let without = confirm("").await;
    assert!(without.status.as_u16() == 422 && without.body.contains("href=\"#confirm_code\""), "{}", without.body);
    // Of the step to come, which no slow machine leaves behind.
    let code = app.code(&site, 1);
    assert_eq!(confirm(&code).await.location(), path);
    age(&pool, 60).await;
    assert!(confirm(&code).await.body.contains("已经用过"), "once");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_unlocked_desk_sets_up_nothing(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let browser = site.staff("centre01").await;
    age(&pool, 11).await;
    let asked = browser.post(FACTOR, &[("do", "start")]).await;
    assert!(asked.status.as_u16() == 422 && asked.body.contains("confirm_password"));
    assert_eq!(sqlx::query_scalar::<_, i64>("select count(*) from second_factor").fetch_one(&pool).await.unwrap(), 0);
}

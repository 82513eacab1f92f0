//! Accounts: added, changed and ended by whoever keeps them, and by nobody else.

use super::site::{Answer, Browser, Site, hidden};
use axum::http::header;
use domain::actor::{CITY, Duty};
use domain::administration::Kind;
use domain::staff::Command;
use sqlx::PgPool;
use store::identity::{self, NewStaff};

const WUXING: i32 = 330_502;
const NANXUN: i32 = 330_503;
const OWN: &str = "kormoran-laterne-47";

async fn added(site: &Site, login: &str, duty: Duty) -> i64 {
    let mut conn = site.state.store.system().await.unwrap();
    let new = NewStaff { login, name: "沈洁", duty, password_hash: "x", must_change: false };
    identity::add_staff(&mut conn, &new, site.state.now()).await.unwrap()
}

async fn id(site: &Site, login: &str) -> i64 {
    let mut conn = site.state.store.system().await.unwrap();
    identity::credentials(&mut conn, login).await.unwrap().unwrap().id
}

fn path(account: i64) -> String {
    format!("/desk/admin/staff/{account}")
}

/// Gives a command with a reason, from the page as it is now.
async fn give(admin: &Browser, account: i64, command: &str, fields: &[(&str, &str)]) -> Answer {
    let page = admin.get(&path(account)).await;
    let seen = hidden(&page.body, "seen").first().cloned().unwrap_or_default();
    let mut pairs = vec![("seen", seen.as_str()), ("why", "调岗")];
    pairs.extend(fields);
    admin.post(&format!("{}/{command}", path(account)), &pairs).await
}

/// The first password that an answer shows.
fn shown(answer: &Answer) -> String {
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let after = answer.body.split("id=\"first-password\"").nth(1).expect("a first password");
    after.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()
}

/// Signs in; the browser keeps the cookie of the session.
async fn sign_in(site: &Site, login: &str, password: &str) -> Option<Browser> {
    let mut browser = site.anonymous();
    let answer = browser.post("/desk/sign-in", &[("login", login), ("password", password)]).await;
    let cookies = answer.headers.get_all(header::SET_COOKIE);
    let session =
        cookies.iter().filter_map(|cookie| cookie.to_str().unwrap().split(';').next()).find(|c| c.starts_with("qifu="))?;
    browser.cookie = Some(session.to_owned());
    Some(browser)
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn only_whoever_keeps_an_account_reaches_it(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let account = id(&site, "centre03").await;
    let name = "独孤一人";
    sqlx::query("update staff set name = $1 where id = $2").bind(name).bind(account).execute(&pool).await.unwrap();
    let nanxun = added(&site, "admin.nanxun", Duty::Administrator { area: NANXUN }).await;
    added(&site, "admin.wuxing", Duty::Administrator { area: WUXING }).await;
    let wuxing = site.staff("admin.wuxing").await;
    let last = {
        let mut conn = site.state.store.system().await.unwrap();
        store::administration::change::last(&mut conn, Kind::Staff, "centre03").await.unwrap()
    };
    let mut wrong = vec![
        ("nobody".to_owned(), site.anonymous(), 401),
        ("a member".to_owned(), site.member(2).await, 403),
        ("another district's".to_owned(), site.staff("admin.nanxun").await, 404),
    ];
    for login in ["centre01", "centre03", "jianshe", "station01", "jiandu", "lingdao", "zhengce"] {
        wrong.push((login.to_owned(), site.staff(login).await, 403));
    }
    let fields = [("why", "调岗"), ("seen", "0"), ("name", "别人"), ("duty", "leader:330502")];
    for (who, browser, status) in &wrong {
        let page = browser.get(&path(account)).await;
        assert_eq!(page.status.as_u16(), *status, "{who}");
        assert!(!page.body.contains("centre03") || who == "centre03", "{who}");
        for command in Command::ALL {
            let answer = browser.post(&format!("{}/{}", path(account), command.code()), &fields).await;
            assert_eq!(answer.status.as_u16(), *status, "{who} {command}");
        }
        let expected = if *status == 404 { 200 } else { *status };
        for list in
            ["/desk/admin/staff", "/desk/admin/staff/new", "/desk/admin/staff/table?as=csv", "/desk/admin/staff?q=centre03"]
        {
            let answer = browser.get(list).await;
            assert_eq!(answer.status.as_u16(), expected, "{list} as {who}");
            assert!(!answer.body.contains("centre01") && (!answer.body.contains(name) || who == "centre03"), "{list} as {who}");
        }
    }
    // Nobody administers the own account, and what is nothing is not there.
    let own = site.staff("admin.nanxun").await;
    assert!(own.get(&path(nanxun)).await.body.contains("不能改动自己的账号"));
    for command in Command::ALL {
        let answer = own
            .post(
                &format!("{}/{}", path(nanxun), command.code()),
                &[("taker", "1"), ("duty", "leader:330503"), ("name", "别人"), ("why", "调岗")],
            )
            .await;
        assert_eq!(answer.status.as_u16(), 409, "{command}");
    }
    for nothing in [path(999_999), "/desk/admin/staff/x".to_owned(), format!("{}/promote", path(account))] {
        let answer = if nothing.ends_with("promote") { wuxing.post(&nothing, &fields).await } else { wuxing.get(&nothing).await };
        assert_eq!(answer.status.as_u16(), 404, "{nothing}");
    }
    // Nothing of all that changed it; whoever keeps it does.
    let mut conn = site.state.store.system().await.unwrap();
    assert_eq!(store::administration::change::last(&mut conn, Kind::Staff, "centre03").await.unwrap(), last);
    drop(conn);
    let page = wuxing.get("/desk/admin/staff").await;
    assert!(page.body.contains("centre03") && !page.body.contains("centre04") && !page.body.contains("jianshe"));
    assert_eq!(give(&wuxing, account, "name", &[("name", "王芳")]).await.status.as_u16(), 303);
    assert!(wuxing.get(&path(account)).await.body.contains("改为 王芳"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_account_is_added_used_and_ended_on_every_server(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let other = Site::empty(&pool, &[]).await;
    let admin = site.staff("admin").await;
    let page = admin.get("/desk/admin/staff/new").await;
    let duty = page.body.split("value=\"handler:").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let duty = format!("handler:{duty}");
    let fields = [("login", "wang.fang"), ("name", "王芳"), ("duty", duty.as_str()), ("why", "新到岗")];
    let answer = admin.post("/desk/admin/staff/new", &fields).await;
    let first = shown(&answer);
    assert_eq!(answer.headers.get(header::CACHE_CONTROL).unwrap(), "no-store");
    assert!(answer.headers.values().all(|value| !String::from_utf8_lossy(value.as_bytes()).contains(&first)));
    let account = id(&site, "wang.fang").await;
    assert!(!admin.get(&path(account)).await.body.contains(&first), "shown once");
    // The browser sends the form again, as it does on a reload.
    let again = admin.post("/desk/admin/staff/new", &fields).await;
    assert_eq!(again.status.as_u16(), 422);
    assert!(again.body.contains("这个用户名已经有了") && again.body.contains("value=\"王芳\""));

    let browser = sign_in(&site, "wang.fang", &first).await.expect("the first password opens");
    assert_eq!(browser.get("/desk").await.location(), "/desk/account", "and must be changed");
    let change = browser.post("/desk/password", &[("password", &first), ("new_password", OWN), ("repeat", OWN)]).await;
    assert_eq!(change.status.as_u16(), 303, "{}", change.body);
    assert!(sign_in(&site, "wang.fang", &first).await.is_none());
    let mut there = sign_in(&other, "wang.fang", OWN).await.unwrap();
    assert_eq!(there.get("/desk").await.status.as_u16(), 200);

    // Disabled here, out there, with the next request.
    let answer = give(&admin, account, "disable", &[]).await;
    assert_eq!(answer.location(), path(account), "{}", answer.body);
    assert_eq!(there.get("/desk").await.status.as_u16(), 401);
    assert!(sign_in(&other, "wang.fang", OWN).await.is_none());
    assert_eq!(give(&admin, account, "reset", &[]).await.status.as_u16(), 409, "enabled first");
    give(&admin, account, "enable", &[]).await;
    there = sign_in(&other, "wang.fang", OWN).await.expect("enabled");

    // Another duty: out, and in again as what it is now.
    give(&admin, account, "duty", &[("duty", "leader:330500")]).await;
    assert_eq!(there.get("/desk").await.status.as_u16(), 401);
    assert!(sign_in(&other, "wang.fang", OWN).await.unwrap().get("/desk/account").await.body.contains("领导"));

    // A new first password, once for each form.
    let seen = hidden(&admin.get(&path(account)).await.body, "seen").remove(0);
    let reset = [("seen", seen.as_str()), ("why", "忘记密码")];
    let second = shown(&admin.post(&format!("{}/reset", path(account)), &reset).await);
    assert_ne!(first, second);
    let again = admin.post(&format!("{}/reset", path(account)), &reset).await;
    assert_eq!(again.status.as_u16(), 409);
    assert!(again.body.contains("改动过") && !again.body.contains(&second));
    assert!(sign_in(&site, "wang.fang", OWN).await.is_none());
    assert!(sign_in(&site, "wang.fang", &second).await.is_some());
    let log = admin.get(&path(account)).await.body;
    for words in ["添加账号", "停用账号", "启用账号", "重置密码", "忘记密码", "岗位由"] {
        assert!(log.contains(words), "{words}");
    }
    let stored: i64 = sqlx::query_scalar(
        "select count(*) from setting_change where strpos(concat(before, after, why), $1) > 0 or strpos(concat(before, after, why), $2) > 0",
    )
    .bind(&first)
    .bind(&second)
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(stored, 0, "no password in the log");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_wrong_is_said_and_what_was_typed_stays(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    added(&site, "admin.wuxing", Duty::Administrator { area: WUXING }).await;
    let (admin, wuxing) = (site.staff("admin").await, site.staff("admin.wuxing").await);
    let typed = [("login", "Wang Fang"), ("name", "\"><b>芳"), ("duty", ""), ("why", "")];
    let answer = admin.post("/desk/admin/staff/new", &typed).await;
    assert_eq!(answer.status.as_u16(), 422);
    for words in ["用户名只用小写字母", "请选择岗位和范围", "请填写变更原因", "value=\"Wang Fang\""] {
        assert!(answer.body.contains(words), "{words}");
    }
    assert!(!answer.body.contains("<b>芳"));
    // What is not offered is not taken: another area, another kind of scope, what is nothing.
    let account = id(&site, "centre03").await;
    for duty in [
        "administrator:330500",
        "centre:330503",
        "handler:1",
        "station:330502",
        "handler:330502",
        "x",
        "leader:99999999999999999999",
    ] {
        let fields = [("login", "neu"), ("name", "新人"), ("duty", duty), ("why", "新到岗")];
        let answer = wuxing.post("/desk/admin/staff/new", &fields).await;
        assert_eq!(answer.status.as_u16(), 422, "{duty}");
        assert_eq!(give(&wuxing, account, "duty", &[("duty", duty)]).await.status.as_u16(), 422, "{duty}");
    }
    for (command, fields) in [("name", [("name", "")]), ("hand-over", [("taker", "")]), ("hand-over", [("taker", "x")])] {
        let answer = give(&wuxing, account, command, &fields).await;
        assert_eq!(answer.status.as_u16(), 422, "{command}");
    }
    let nul = give(&wuxing, account, "name", &[("name", "王\0芳")]).await;
    assert_eq!(nul.status.as_u16(), 303);
    let long = "长".repeat(300);
    let answer = wuxing.post(&format!("{}/disable", path(account)), &[("why", long.as_str())]).await;
    assert_eq!(answer.status.as_u16(), 422);
    assert!(answer.body.contains("最多写 200 个字") && answer.body.contains(&long), "what was typed stays");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_last_administrator_of_the_city_stays(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let second = added(&site, "admin.two", Duty::Administrator { area: CITY }).await;
    let (first, other) = (site.staff("admin").await, site.staff("admin.two").await);
    assert_eq!(give(&first, second, "disable", &[]).await.status.as_u16(), 303);
    assert_eq!(other.get("/desk/admin/staff").await.status.as_u16(), 401, "in the same moment");
    // The one that is left cannot end itself, and a district's does not see it.
    let left = id(&site, "admin").await;
    let answer = first.post(&format!("{}/disable", path(left)), &[("why", "离职"), ("seen", "0")]).await;
    assert_eq!(answer.status.as_u16(), 409);
    added(&site, "admin.wuxing", Duty::Administrator { area: WUXING }).await;
    assert_eq!(site.staff("admin.wuxing").await.get(&path(left)).await.status.as_u16(), 404);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_list_is_searched_and_taken_along(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let admin = site.staff("admin").await;
    let list = admin.get("/desk/admin/staff?q=centre0&state=active&sort=-login").await;
    assert_eq!(list.status.as_u16(), 200);
    assert!(list.body.find("centre08").unwrap() < list.body.find("centre01").unwrap());
    let csv = admin.get("/desk/admin/staff/table?as=csv&area=330502").await;
    assert!(csv.headers.get(header::CONTENT_DISPOSITION).unwrap().to_str().unwrap().starts_with("attachment"));
    assert!(csv.body.contains("centre03") && !csv.body.contains("centre04"), "{}", csv.body);
    let xlsx = admin.get("/desk/admin/staff/table?as=xlsx").await;
    assert!(xlsx.bytes.starts_with(b"PK"));
    let exported = "select subject from security_event where kind = 'exported' and login = 'admin' order by id";
    let files: Vec<String> = sqlx::query_scalar(exported).fetch_all(&pool).await.unwrap();
    assert_eq!(files, ["staff.csv", "staff.xlsx"], "the security log has what was taken along");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn accounts_are_kept_by_who_proved_who_they_are(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (admin, account) = (site.staff("admin").await, id(&site, "centre03").await);
    sqlx::query("update session set proved_at = now() - interval '11 minutes'").execute(&pool).await.unwrap();
    let fields = [("login", "neuer"), ("name", "新人"), ("duty", "centre:330502"), ("why", "新到岗")];
    let disable = [("why", "离岗"), ("seen", "0")];
    for (to, pairs) in [("/desk/admin/staff/new".to_owned(), &fields[..]), (format!("{}/disable", path(account)), &disable[..])] {
        let asked = admin.post(&to, pairs).await;
        assert!(asked.status.as_u16() == 422 && asked.body.contains("name=\"confirm_password\""), "{to}: {}", asked.body);
    }
    let untouched = "select count(*) from staff where login = 'neuer' or (login = 'centre03' and not active)";
    assert_eq!(sqlx::query_scalar::<_, i64>(untouched).fetch_one(&pool).await.unwrap(), 0);
}

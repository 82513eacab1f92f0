//! Lists that grow: searched, filtered, sorted and taken along, by whoever may see them, and what they take is theirs alone.

use super::site::{Browser, Site, answers, file};
use sqlx::PgPool;

async fn csv(browser: &Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.body);
    assert_eq!(answer.headers.get("content-type").unwrap(), "text/csv; charset=utf-8", "{path}");
    answer.body
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_was_passed_upward_is_found_and_taken_along(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (owner, centre) = (site.member(2).await, site.staff("centre03").await);
    let mut numbers = Vec::new();
    for (key, title) in
        [("0199b0c0-0000-7000-8000-000000000e01", "=供电不足"), ("0199b0c0-0000-7000-8000-000000000e02", "道路积水")]
    {
        let mut typed = answers(key);
        typed[1].1 = title;
        let number = file(&owner, &typed).await;
        let passed = centre.post("/desk/upward", &[("number", &number), ("reason", "涉及省级电网规划，市里定不了")]).await;
        assert_eq!(passed.status.as_u16(), 303, "{}", passed.body);
        numbers.push(number);
    }
    let page = centre.get("/desk/upward?q=%E7%A7%AF%E6%B0%B4&sort=number").await.body;
    assert!(page.contains(&numbers[1]) && !page.contains(&numbers[0]) && page.contains("导出 csv"), "{page}");
    assert!(centre.get("/desk/upward?state=done").await.body.contains("没有符合条件的"));
    // A page that is not there any more is the first one; a file has all of them, from whichever page it was asked for; a state is found by its name.
    let past = centre.get("/desk/upward?page=9&q=%E5%BE%85%E6%8E%A5%E6%94%B6").await.body;
    assert!(past.contains("共 2 条") && numbers.iter().all(|number| past.contains(number)), "{past}");
    assert_eq!(csv(&centre, "/desk/upward/table?as=csv&page=9").await.lines().count(), 3);
    let table = csv(&centre, "/desk/upward/table?as=csv&sort=-number").await;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert!(lines[1].starts_with(&numbers[1]) && lines[2].contains("'=供电不足"), "no formula leaves the site: {table}");
    let noted: i64 = sqlx::query_scalar("select count(*) from security_event where kind = 'exported' and subject = 'upward.csv'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(noted, 2, "whoever takes it along is written down, each time");
    let workbook = centre.get("/desk/upward/table?as=xlsx").await;
    assert!(workbook.bytes.starts_with(b"PK"));
    // Another district's centre takes nothing of it.
    assert_eq!(csv(&site.staff("centre04").await, "/desk/upward/table?as=csv").await.lines().count(), 1);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn no_list_is_taken_along_by_whoever_does_not_see_it(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (owner, admin) = (site.member(2).await, site.staff("admin").await);
    for path in ["/desk/cases", "/desk/meetings", "/desk/upward", "/desk/clusters"] {
        let table = format!("{path}/table?as=csv");
        assert!(csv(&site.staff("centre01").await, &table).await.starts_with('\u{feff}'), "{path}");
        for login in ["station01", "zhengce", "admin", "lingdao"] {
            assert_eq!(site.staff(login).await.get(&table).await.status.as_u16(), 403, "{path} as {login}");
        }
        assert_eq!(owner.get(&table).await.status.as_u16(), 403, "{path} as a member");
        assert_eq!(site.anonymous().get(&table).await.status.as_u16(), 401, "{path} as nobody");
        let page = site.staff("centre01").await.get(&format!("{path}?q=nothing-of-that-name&page=9&sort=-nothing")).await;
        assert_eq!(page.status.as_u16(), 200, "{path}");
    }
    // What is not done with of decisions: of a department its own, of those who look on their area's.
    for login in ["centre01", "jianshe", "lingdao"] {
        let table = csv(&site.staff(login).await, "/desk/tasks/table?as=csv&state=late").await;
        assert!(table.starts_with("\u{feff}事项,部门,诉求编号"), "{login}: {table}");
    }
    for login in ["station01", "zhengce", "admin"] {
        assert_eq!(site.staff(login).await.get("/desk/tasks/table").await.status.as_u16(), 403, "{login}");
    }
    for login in ["centre01", "jianshe", "station01"] {
        assert_eq!(site.staff(login).await.get("/desk/admin/deliveries/table").await.status.as_u16(), 403, "{login}");
    }
    assert_eq!(site.staff("admin02").await.get("/desk/admin/keys/1/table").await.status.as_u16(), 403, "keys are the city's");
    assert_eq!(admin.get("/desk/admin/keys/1/table").await.status.as_u16(), 404, "there is none");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_district_takes_along_what_was_sent_in_its_own_area(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    sqlx::query("delete from notice_delivery").execute(&pool).await.unwrap();
    let sql = "insert into notice_delivery (at, issue_id, number, area, step, audience, channel, address, state, due_at)
        values (now(), 1, $1, $2, 'submitted', 'centre', $3, $4, $5, now())";
    for (number, area, channel, address, state) in [
        ("HZ-1", 330_502, "sms", "138****8000", "sent"),
        ("HZ-2", 330_503, "mail", "zh***@example.com", "dead"),
        ("HZ-3", 330_502, "sms", "=cmd", "dead"),
    ] {
        let row = sqlx::query(sql).bind(number).bind(area).bind(channel).bind(address).bind(state);
        row.execute(&pool).await.unwrap();
    }
    let (city, district) = (site.staff("admin").await, site.staff("admin02").await);
    let home: i32 = sqlx::query_scalar("select area from staff where login = 'admin02'").fetch_one(&pool).await.unwrap();
    let own: i64 =
        sqlx::query_scalar("select count(*) from notice_delivery where area = $1").bind(home).fetch_one(&pool).await.unwrap();
    let table = csv(&district, "/desk/admin/deliveries/table?as=csv").await;
    assert_eq!(i64::try_from(table.lines().count()).unwrap(), own + 1, "{table}");
    assert_eq!(csv(&city, "/desk/admin/deliveries/table?as=csv").await.lines().count(), 4);
    let dead = csv(&city, "/desk/admin/deliveries/table?as=csv&state=dead&channel=sms").await;
    assert!(dead.contains("HZ-3") && dead.contains("'=cmd") && !dead.contains("HZ-2"), "{dead}");
    let page = city.get("/desk/admin/deliveries?q=example&state=dead").await.body;
    assert!(
        page.contains("HZ-2") && !page.contains("HZ-3") && page.contains("q=example"),
        "what was asked for stays in the links"
    );
    assert!(city.get("/desk/admin/deliveries?q=HZ-1").await.body.contains("138****8000"));
}

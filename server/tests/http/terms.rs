//! What administrators keep of the terms: who may change what, what happens from when, and that problems filed before stay as they were.

use super::site::{Answer, Browser, Site, answers, file, hidden};
use domain::actor::Duty;
use domain::calendar::{local, words};
use domain::policy::day;
use sqlx::PgPool;
use store::identity::NewStaff;
use time::{Date, Duration};

const WUXING: i32 = 330_502;

fn today(site: &Site) -> Date {
    local(site.state.now()).date()
}

/// An administrator of 吴兴, signed in.
async fn district(site: &Site) -> Browser {
    let mut conn = site.state.store.system().await.unwrap();
    let duty = Duty::Administrator { area: WUXING };
    let new = NewStaff { login: "admin_of_wuxing", name: "沈洁", duty, password_hash: "x", must_change: false };
    store::identity::add_staff(&mut conn, &new, site.state.now()).await.unwrap();
    drop(conn);
    site.staff("admin_of_wuxing").await
}

fn status(answer: &Answer) -> u16 {
    answer.status.as_u16()
}

/// The form of 路灯与市政设施 as it is in the starting set, with other values.
fn street<'a>(changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut pairs = vec![
        ("name", "路灯与市政设施"),
        ("board", "general"),
        ("department", "jianshe"),
        ("level", "simple"),
        ("urgency", "normal"),
        ("words", "路灯"),
        ("position", "1500"),
        ("active", "yes"),
        ("why", "机构改革"),
        ("from", ""),
    ];
    for (name, value) in changed {
        match pairs.iter_mut().find(|pair| pair.0 == *name) {
            Some(pair) => pair.1 = value,
            None => pairs.push((name, value)),
        }
    }
    pairs
}

const PAGES: [&str; 8] = [
    "/desk/admin/boards",
    "/desk/admin/boards/law",
    "/desk/admin/categories",
    "/desk/admin/categories/street",
    "/desk/admin/limits",
    "/desk/admin/calendar",
    "/desk/admin/texts",
    "/desk/admin/texts/centre_submitted",
];

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_district_changes_its_own_departments_and_nothing_else(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let own = district(&site).await;
    for path in PAGES {
        let page = own.get(path).await;
        assert_eq!(status(&page), 200, "{path}");
        assert!(
            !page.body.contains(&format!("method=\"post\" action=\"{path}\"")) || path == "/desk/admin/categories",
            "{path}: no form"
        );
    }
    for path in ["/desk/admin/boards/new", "/desk/admin/categories/new"] {
        assert_eq!(status(&own.get(path).await), 403, "{path}");
    }
    let tail = [("why", "机构改革"), ("from", ""), ("name", "法治"), ("lead", "sifa"), ("position", "50"), ("active", "yes")];
    let free = [("first", "2027-01-01"), ("kind", "off"), ("note", "元旦"), ("why", "国办通知")];
    for (path, pairs) in [
        ("/desk/admin/boards/law", tail.to_vec()),
        ("/desk/admin/categories/street", street(&[("name", "路灯")])),
        ("/desk/admin/limits", tail.to_vec()),
        ("/desk/admin/calendar", free.to_vec()),
        ("/desk/admin/texts/enterprise_accepted", vec![("title", "已受理"), ("body", ""), ("why", "机构改革")]),
        ("/desk/admin/categories/street/department", street(&[("area", "330503"), ("own", "zhifa")])),
        ("/desk/admin/categories/street/department", street(&[("area", "330500"), ("own", "zhifa")])),
    ] {
        assert_eq!(status(&own.post(path, &pairs).await), 403, "{path}");
    }
    let path = "/desk/admin/categories/street/department";
    let nobody = own.post(path, &street(&[("area", "330502"), ("own", "nobody")])).await;
    assert_eq!(status(&nobody), 422);
    assert!(nobody.body.contains("请选择本区县或市级的一个部门"));
    let done = own.post(path, &street(&[("area", "330502"), ("own", "zhifa")])).await;
    assert_eq!((status(&done), done.location()), (303, "/desk/admin/categories/street"));
    let page = own.get("/desk/admin/categories/street").await.body;
    assert!(page.contains("本区县指定") && page.contains("机构改革"));
    site.state.refresh().await.unwrap();
    let route = |area| {
        let terms = site.state.tables().terms;
        let now = terms.catalogue.at(site.state.now());
        now.route(now.category("street").unwrap(), area).to_owned()
    };
    assert_eq!((route(WUXING).as_str(), route(330_503).as_str()), ("zhifa", "jianshe"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_changed_category_is_about_new_problems_only(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (admin, owner, centre) = (site.staff("admin").await, site.member(2).await, site.staff("centre01").await);
    let mut lamp = answers("0199b0c0-0000-7000-8000-000000000021");
    lamp.retain(|pair| pair.0 != "category");
    lamp.extend([("category", "street"), ("title", "路灯不亮")]);
    let old = file(&owner, &lamp).await;
    // Faults first: what was typed stays.
    let path = "/desk/admin/categories/street";
    let faulty = admin.post(path, &street(&[("name", "灯"), ("board", "city"), ("why", "")])).await;
    assert_eq!(status(&faulty), 422);
    for words in ["href=\"#name\"", "请选择一个启用的板块", "请填写变更原因", "value=\"灯\""] {
        assert!(faulty.body.contains(words), "{words}");
    }
    let seen = hidden(&admin.get(path).await.body, "seen").remove(0);
    let changed = street(&[("name", "市政照明"), ("department", "zhifa"), ("level", "complex"), ("seen", &seen)]);
    let done = admin.post(path, &changed).await;
    assert_eq!(status(&done), 303, "{}", done.body);
    let late = admin.post(path, &street(&[("name", "灯光"), ("seen", &seen)])).await;
    assert_eq!(status(&late), 422, "somebody was quicker: what stands now is said, what was typed stays, and nothing is written");
    for words in ["您打开页面之后有人改过", "现在是：", "市政照明，", "value=\"灯光\""] {
        assert!(late.body.contains(words), "{words} is not in {}", late.body);
    }
    assert_ne!(hidden(&late.body, "seen").last(), Some(&seen), "sent once more it is written");
    site.state.refresh().await.unwrap();

    let form = owner.get("/issues/new").await.body;
    assert!(form.contains("市政照明") && !form.contains("路灯与市政设施"));
    lamp[0].1 = "0199b0c0-0000-7000-8000-000000000022";
    let new = file(&owner, &lamp).await;
    for (number, name, other) in [(&old, "路灯与市政设施", "市政照明"), (&new, "市政照明", "路灯与市政设施")]
    {
        let page = owner.get(&format!("/issues/{number}")).await.body;
        assert!(page.contains(name) && !page.contains(other), "{number} is {name}");
    }
    for (number, department) in [(&old, "市建设局"), (&new, "市综合执法局")] {
        let accept = [("category", "street"), ("level", "simple"), ("urgency", "normal")];
        let accepted = centre.post(&format!("/desk/issues/{number}/accept"), &accept).await;
        assert_eq!(status(&accepted), 303, "{}", accepted.body);
        let page = centre.get(&format!("/desk/issues/{number}")).await.body;
        assert!(page.contains(&format!("建议：{department}。")), "{number} goes to {department}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_new_board_and_category_come_on_their_day_and_can_be_taken_back(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let admin = site.staff("admin").await;
    let tomorrow = day::text(today(&site) + Duration::days(1));
    let board =
        [("code", "culture"), ("name", "文旅"), ("lead", "wenlv"), ("position", "95"), ("active", "yes"), ("why", "扩面")];
    assert_eq!(status(&admin.post("/desk/admin/boards/new", &board).await), 303);
    let mut lamp = street(&[("name", "景区照明"), ("board", "culture"), ("words", "景区灯光"), ("from", &tomorrow)]);
    lamp.push(("code", "scenic-light"));
    let done = admin.post("/desk/admin/categories/new", &lamp).await;
    assert_eq!((status(&done), done.location()), (303, "/desk/admin/categories/scenic-light"));
    site.state.refresh().await.unwrap();
    let offered = |at| site.state.tables().terms.catalogue.at(at).offers("scenic-light");
    let now = site.state.now();
    assert_eq!((offered(now), offered(now + Duration::days(1))), (false, true));
    let page = admin.get("/desk/admin/categories/scenic-light").await.body;
    assert!(page.contains("待生效") && page.contains(&tomorrow));
    let back = [("do", "withdraw"), ("day", tomorrow.as_str()), ("note", "暂缓")];
    assert_eq!(status(&admin.post("/desk/admin/categories/scenic-light", &back).await), 303);
    site.state.refresh().await.unwrap();
    let never = !site.state.tables().terms.catalogue.at(now + Duration::days(2)).offers("scenic-light");
    assert!(never, "nothing was there before it, so nothing comes");
    let name = [("name", "路灯照明"), ("from", tomorrow.as_str())];
    assert_eq!(status(&admin.post("/desk/admin/categories/street", &street(&name)).await), 303);
    assert_eq!(status(&admin.post("/desk/admin/categories/street", &back).await), 303);
    site.state.refresh().await.unwrap();
    let terms = site.state.tables().terms;
    assert_eq!(terms.catalogue.at(now + Duration::days(2)).category_name("street"), "路灯与市政设施");
    let page = admin.get("/desk/admin/categories/street").await.body;
    assert!(!page.contains("待生效") && page.contains("暂缓"), "what was taken back waits no more");
    let nothing =
        admin.post("/desk/admin/categories/street", &[("do", "withdraw"), ("day", "2099-01-01"), ("note", "暂缓")]).await;
    assert_eq!(status(&nothing), 404);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn limits_hold_from_their_day(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (admin, owner) = (site.staff("admin").await, site.member(2).await);
    let old = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000023")).await;
    let spans = [
        ("contact", "30", "m"),
        ("contact_urgent", "30", "m"),
        ("accept", "1", "d"),
        ("sign", "1", "d"),
        ("interim", "2", "d"),
        ("answer_simple", "3", "d"),
        ("answer_ordinary", "4", "d"),
        ("answer_complex", "8", "d"),
        ("pause_cap", "5", "d"),
        ("return_window", "1", "d"),
        ("reopen_window", "10", "d"),
        ("silent_close", "10", "d"),
        ("supervise", "5", "d"),
    ];
    let units: Vec<String> = spans.iter().map(|span| format!("{}_unit", span.0)).collect();
    let pairs = |from: &'static str, ordinary: &'static str| {
        let mut pairs = vec![("why", "提速"), ("from", from)];
        for ((name, number, unit), unit_name) in spans.iter().zip(&units) {
            pairs.push((*name, if *name == "answer_ordinary" { ordinary } else { *number }));
            pairs.push((unit_name.as_str(), *unit));
        }
        pairs
    };
    let path = "/desk/admin/limits";
    for (ordinary, words) in [("2", "一般件的答复时限不能短于简单件"), ("很快", "请填写整数和单位"), ("0", "须大于 0")]
    {
        let faulty = admin.post(path, &pairs("", ordinary)).await;
        assert_eq!(status(&faulty), 422, "{ordinary}");
        assert!(faulty.body.contains(words) && faulty.body.contains("href=\"#answer_ordinary\""), "{ordinary}");
    }
    let early = admin.post(path, &pairs("2026-01-01", "4")).await;
    assert_eq!(status(&early), 422);
    assert!(early.body.contains("生效日期不能早于今天"));
    assert_eq!(status(&admin.post(path, &pairs("", "4")).await), 303);
    let same = admin.post(path, &pairs("", "4")).await;
    assert_eq!(status(&same), 409, "nothing is changed");
    assert!(admin.get(path).await.body.contains("第 2 版"));
    site.state.refresh().await.unwrap();
    let new = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000024")).await;
    let terms = site.state.tables().terms;
    let mut conn = site.state.store.system().await.unwrap();
    for (number, version, days) in [(&old, 1, 10), (&new, 2, 4)] {
        let issue = store::issue::detail(&mut conn, number).await.unwrap().aggregate(&terms.calendar);
        let due = terms.calendar.add(issue.submitted_at.unwrap(), domain::calendar::Span::Days(days)).unwrap().due;
        assert_eq!((issue.limits, issue.answer.unwrap().due), (version, due), "{number}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn holidays_move_no_promise(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (admin, owner) = (site.staff("admin").await, site.member(2).await);
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000025")).await;
    let promised = async |site: &Site| {
        let mut conn = site.state.store.system().await.unwrap();
        let detail = store::issue::detail(&mut conn, &number).await.unwrap();
        detail.aggregate(&site.state.tables().terms.calendar).answer.unwrap().due
    };
    let before = promised(&site).await;
    let path = "/desk/admin/calendar";
    let last = today(&site) + Duration::days(13);
    let (first, last) = (day::text(today(&site) + Duration::days(1)), day::text(last));
    let faulty = admin.post(path, &[("first", "2020-01-01"), ("kind", ""), ("note", ""), ("why", "")]).await;
    assert_eq!(status(&faulty), 422);
    for words in ["请填写今天或以后的日期", "请选择放假、上班或恢复", "请填写名称", "请填写变更原因"]
    {
        assert!(faulty.body.contains(words), "{words}");
    }
    let mut pairs =
        vec![("first", first.as_str()), ("last", last.as_str()), ("kind", "off"), ("note", "防汛停工"), ("why", "市府通知")];
    let done = admin.post(path, &pairs).await;
    assert_eq!(status(&done), 303, "{}", done.body);
    let page = admin.get(done.location()).await.body;
    assert!(page.contains("防汛停工") && page.contains("管理员录入") && page.contains("市府通知"));
    assert!(page.contains(&words::day(today(&site) + Duration::days(1))));
    site.state.refresh().await.unwrap();
    assert_eq!(promised(&site).await, before);
    let calendar = site.state.tables().terms.calendar.clone();
    assert!(
        !calendar.is_working_day(today(&site) + Duration::days(5)) && !calendar.is_working_day(today(&site) + Duration::days(8))
    );
    pairs[2].1 = "plain";
    assert_eq!(status(&admin.post(path, &pairs).await), 303);
    site.state.refresh().await.unwrap();
    let plain = domain::calendar::WorkCalendar::default();
    let calendar = site.state.tables().terms.calendar.clone();
    for n in 1..=13 {
        let day = today(&site) + Duration::days(n);
        assert_eq!(calendar.is_working_day(day), plain.is_working_day(day), "{day}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn texts_are_checked_used_and_reverted(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (admin, owner, centre) = (site.staff("admin").await, site.member(2).await, site.staff("centre01").await);
    let path = "/desk/admin/texts/enterprise_accepted";
    let faulty = admin.post(path, &[("title", "已受理"), ("body", "{when} 前答复"), ("why", "统一用语")]).await;
    assert_eq!(status(&faulty), 422);
    assert!(faulty.body.contains("“{when}”不是这里能填的内容") && faulty.body.contains("{when} 前答复"), "what was typed stays");
    let told = async |key: &str| {
        site.state.refresh().await.unwrap();
        let number = file(&owner, &answers(key)).await;
        let accept = [("category", "drainage"), ("level", "simple"), ("urgency", "normal")];
        assert_eq!(status(&centre.post(&format!("/desk/issues/{number}/accept"), &accept).await), 303);
        server::workers::drain(&site.state).await.unwrap();
        (owner.get("/messages").await.body, number)
    };
    let text = [("title", "{number} 我们收到了"), ("body", "“{title}”{due}前有结果"), ("why", "统一用语")];
    assert_eq!(status(&admin.post(path, &text).await), 303);
    let (messages, number) = told("0199b0c0-0000-7000-8000-000000000026").await;
    assert!(messages.contains(&format!("{number} 我们收到了")) && messages.contains("“三号车间门口的路淹了”"));
    let seen = hidden(&admin.get(path).await.body, "seen").remove(0);
    assert_eq!(status(&admin.post(path, &[("do", "revert"), ("why", "用回原来的"), ("seen", &seen)]).await), 303);
    let (messages, number) = told("0199b0c0-0000-7000-8000-000000000027").await;
    assert!(messages.contains("诉求已受理") && !messages.contains(&format!("{number} 我们收到了")));
    assert_eq!(status(&admin.get("/desk/admin/texts/nonsense").await), 404);
}

/// Boards, categories and texts are lists like the others: searched, filtered, sorted, taken along.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_kept_is_searched_filtered_and_taken_along(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (admin, district) = (site.staff("admin").await, site.staff("admin02").await);
    let rows = async |browser: &Browser, path: &str| browser.get(path).await.body.matches("<tr>").count().saturating_sub(1);
    assert_eq!(rows(&admin, "/desk/admin/boards?active=yes").await, 10);
    assert_eq!(rows(&admin, "/desk/admin/boards?q=jinrong").await, 0, "the name of the department, not its code");
    assert_eq!(
        rows(&admin, "/desk/admin/categories?q=%E7%AA%A8%E4%BA%95%E7%9B%96").await,
        1,
        "by a word that only the file shows"
    );
    let law = rows(&admin, "/desk/admin/categories?board=law").await;
    assert!(law > 5 && rows(&admin, "/desk/admin/categories?board=law&level=complex").await < law);
    assert_eq!(rows(&admin, "/desk/admin/texts?to=sms").await, 6);
    let first = admin.get("/desk/admin/categories?board=law&sort=-code").await.body;
    assert!(first.contains("aria-sort=\"descending\"") && first.contains("导出 csv"));
    let csv = admin.get("/desk/admin/categories/table?as=csv&board=law&q=%E5%8A%B3").await.body;
    assert!(csv.starts_with('\u{feff}') && csv.contains("类别,编号,板块,责任部门,难易,紧急,状态,次序,词,区县责任部门"), "{csv}");
    for path in ["/desk/admin/boards/table", "/desk/admin/texts/table"] {
        let xlsx = admin.get(path).await;
        assert!(xlsx.headers["content-type"].to_str().unwrap().contains("spreadsheetml"), "{path}");
    }
    let exported: Vec<String> = sqlx::query_scalar("select subject from security_event where kind = 'exported' order by id")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(exported, ["category.csv", "board.xlsx", "text.xlsx"]);
    // A district's administrator reads them, and adds none.
    let page = district.get("/desk/admin/categories").await.body;
    assert!(page.contains("指定本区县的责任部门") && !page.contains("新类别"));
}

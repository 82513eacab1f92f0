//! Administration at the desk: what is kept, by whom, and that every server and every page knows.

use super::site::{Browser, Site, answers, file};
use sqlx::PgPool;
use store::administration::change::{self, Wanted};
use store::administration::due;
use time::{Date, Duration};

const DEPARTMENT: [(&str, &str); 8] = [
    ("code", "wuxing-jianshe"),
    ("name", "吴兴区建设局"),
    ("area", "330502"),
    ("on_site", "yes"),
    ("delegated", "yes"),
    ("active", "yes"),
    ("why", "区县部门进驻"),
    ("from", ""),
];

/// The fields of a department with some of them replaced.
fn fields<'a>(with: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = DEPARTMENT.iter().filter(|(name, _)| !with.iter().any(|(other, _)| other == name)).copied();
    kept.chain(with.iter().copied()).collect()
}

async fn status(browser: &Browser, path: &str, pairs: &[(&str, &str)]) -> u16 {
    browser.post(path, pairs).await.status.as_u16()
}

fn text(day: Date) -> String {
    domain::policy::day::text(day)
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_district_s_department_is_added_listed_and_taken_along(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (city, district) = (site.staff("admin").await, site.staff("admin02").await);
    assert_eq!(city.get("/desk").await.location(), "/desk/admin");
    let hub = district.get("/desk/admin").await.body;
    assert!(hub.contains("管理范围：吴兴区") && hub.contains("/desk/admin/departments"), "{hub}");

    let new = "/desk/admin/departments/new";
    let lacks = district.post(new, &fields(&[("why", ""), ("delegated", ""), ("from", "2020-01-01")])).await;
    assert_eq!(lacks.status.as_u16(), 422);
    for sentence in ["请填写变更原因", "请选择是否赋权", "生效日期不能早于今天", "value=\"吴兴区建设局\""]
    {
        assert!(lacks.body.contains(sentence), "{sentence} is not in {}", lacks.body);
    }
    let elsewhere = district.post(new, &fields(&[("area", "330503")])).await;
    assert!(elsewhere.status.as_u16() == 422 && elsewhere.body.contains("没有“330503”这个区域"), "{}", elsewhere.body);
    assert_eq!(status(&district, new, &fields(&[])).await, 303);
    let again = district.post(new, &fields(&[("name", "别的局")])).await;
    assert!(again.status.as_u16() == 422 && again.body.contains("这个编号已经用过"));
    let named = district.post(new, &fields(&[("code", "other")])).await;
    assert!(named.status.as_u16() == 422 && named.body.contains("同一区域里已有同名的部门"));

    let list = district.get("/desk/admin/departments").await.body;
    assert!(list.contains("吴兴区建设局") && !list.contains("市建设局"), "a district sees its own");
    let all = city.get("/desk/admin/departments?q=%E5%BB%BA%E8%AE%BE%E5%B1%80&sort=-name").await.body;
    assert!(all.find("市建设局") < all.find("吴兴区建设局") || all.contains("共 2 条"), "{all}");
    let narrowed = city.get("/desk/admin/departments?area=330502&active=yes").await.body;
    assert!(narrowed.contains("吴兴区建设局") && narrowed.contains("共 1 条"));
    let csv = city.get("/desk/admin/departments/table?area=330502&as=csv").await;
    assert!(csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert_eq!(csv.body, "\u{feff}名称,编号,区域,入驻,赋权,电话,状态\n吴兴区建设局,wuxing-jianshe,吴兴区,是,是,,启用\n");
    let xlsx = city.get("/desk/admin/departments/table").await;
    let rows = server::import::rows(&xlsx.bytes, "xlsx").unwrap();
    assert!(rows.len() > 20 && rows[0].1[0] == "名称", "{rows:?}");
    let log = district.get("/desk/admin/log").await.body;
    assert!(log.contains("区县部门进驻") && log.contains("部门 吴兴区建设局"));
    let log = district.get("/desk/admin/log/table?as=csv&kind=department").await.body;
    assert_eq!(log.lines().count(), 2, "its own area's only: {log}");
    assert!(log.contains("新增。") && log.contains("入驻：是"), "{log}");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_was_changed_meanwhile_is_looked_at_first(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let city = site.staff("admin").await;
    let path = "/desk/admin/departments/jianshe";
    let seen = super::site::hidden(&city.get(path).await.body, "seen").remove(0);
    let phone = site.state.tables().reference.department_by_code("jianshe").unwrap().phone.clone();
    let save = |name: &'static str, seen: String| {
        let (city, phone) = (city.clone(), phone.clone());
        async move {
            let pairs = fields(&[("name", name), ("phone", phone.as_str())]);
            let pairs: Vec<_> = pairs.into_iter().chain([("seen", seen.as_str())]).collect();
            city.post(path, &pairs).await
        }
    };
    let same = save("市建设局", seen.clone()).await;
    assert!(same.status.as_u16() == 409 && same.body.contains("没有改动"), "{}", same.body);
    assert_eq!(save("市城乡建设局", seen.clone()).await.location(), "/desk/admin/departments");
    let late = save("市城乡局", seen).await;
    // Somebody was quicker: what stands now is said, what was typed is there, and may be sent once more.
    assert_eq!(late.status.as_u16(), 422);
    let page = late.body;
    for words in
        ["您打开页面之后有人改过", "现在是：", "名称：市城乡建设局", "名称：市建设局 → 市城乡建设局", "value=\"市城乡局\""]
    {
        assert!(page.contains(words), "{words} is not in {page}");
    }
    let code = super::site::hidden(&page, "seen").remove(0);
    assert_eq!(save("市建设局", code).await.status.as_u16(), 303);
    let mut conn = site.state.store.system().await.unwrap();
    let wanted = Wanted { key: "jianshe", kind: "department", ..Wanted::default() };
    let log = change::list(&mut conn, &wanted, None, 9).await.unwrap().rows;
    assert_eq!(log.len(), 3, "set up, and changed twice");
    assert!(log[0].who.ends_with("湖州市") || log[0].who.starts_with("湖州市"), "{}", log[0].who);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_closed_department_gets_nothing_new(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (owner, centre, city) = (site.member(2).await, site.staff("centre01").await, site.staff("admin").await);
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-0000000000a1")).await;
    let accept = [("category", "drainage"), ("level", "ordinary"), ("urgency", "normal")];
    assert_eq!(status(&centre, &format!("/desk/issues/{number}/accept"), &accept).await, 303);
    let page = format!("/desk/issues/{number}");
    let offered = |body: &str, name: &str| body.contains(&format!(">{name}</option>"));
    let before = centre.get(&page).await.body;
    assert!(before.contains("建议：市建设局"), "its people and its power are in the centre: {before}");
    // A department of the district is offered beside those of the city; one of another district is not.
    for (code, name, area) in [("wuxing-jianshe", "吴兴区建设局", "330502"), ("nanxun-jianshe", "南浔区建设局", "330503")]
    {
        let pairs = fields(&[("code", code), ("name", name), ("area", area)]);
        assert_eq!(status(&city, "/desk/admin/departments/new", &pairs).await, 303);
    }
    // Not in place: the lead of the board accepts for it, and it handles all the same (S-4). Closed: not offered at all, and not to be had by hand.
    let path = "/desk/admin/departments/jianshe";
    assert_eq!(status(&city, path, &fields(&[("name", "市建设局"), ("delegated", "no")])).await, 303);
    let absent = centre.get(&page).await.body;
    assert!(
        absent.contains("建议：市建设局") && absent.contains("未向企服中心赋权") && absent.contains("由企服中心受理后交办"),
        "{absent}"
    );
    assert_eq!(status(&city, path, &fields(&[("name", "市建设局"), ("active", "no")])).await, 303);
    let after = centre.get(&page).await.body;
    let shown = ["市建设局", "吴兴区建设局", "南浔区建设局", "市公安局"].map(|name| offered(&after, name));
    assert_eq!(shown, [false, true, false, true]);
    let mut conn = site.state.store.system().await.unwrap();
    let reference = store::reference::load(&mut conn).await.unwrap();
    for (code, expected) in [("jianshe", 409), ("nanxun-jianshe", 409), ("wuxing-jianshe", 303)] {
        let lead = reference.department_by_code(code).unwrap().id.to_string();
        let dispatch = format!("/desk/issues/{number}/dispatch");
        assert_eq!(status(&centre, &dispatch, &[("lead", &lead), ("note", "请先到现场")]).await, expected, "{code}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_change_reaches_every_server_on_its_day(pool: PgPool) {
    let one = Site::demo(&pool, &[]).await;
    let two = Site::empty(&pool, &[]).await;
    let (city, member) = (one.staff("admin").await, two.member(2).await);
    let today = domain::calendar::local(one.state.now()).date();
    let mut conn = one.state.store.system().await.unwrap();
    let place = sqlx::query_scalar::<_, i32>("select area from enterprise order by id limit 1 offset 1").fetch_one(&pool);
    let place = place.await.unwrap().to_string();
    let path = format!("/desk/admin/areas/{place}");
    let soon = text(today + Duration::days(2));
    // At once: this server's pages know now, the other's when it reads its tables again, which it does every minute.
    assert_eq!(status(&city, &path, &[("name", "新名区"), ("short", "新名"), ("why", "更名")]).await, 303);
    assert!(one.member(2).await.get("/me").await.body.contains("新名区"));
    assert!(!member.get("/me").await.body.contains("新名区"));
    server::workers::tables(&two.state).await.unwrap();
    assert!(member.get("/me").await.body.contains("新名区"));
    // On a day: nothing before it, and whichever server is first applies it.
    let planned = [("name", "明日区"), ("short", "明日"), ("why", "又更名"), ("from", soon.as_str())];
    assert_eq!(status(&city, &path, &planned).await, 303);
    server::workers::tables(&two.state).await.unwrap();
    assert!(member.get("/me").await.body.contains("新名区"));
    assert!(city.get("/desk/admin").await.body.contains("有 1 项修改待生效"));
    assert!(city.get(&path).await.body.contains("待生效的修改"));
    let twice = city.post(&path, &[("name", "再改区"), ("short", "再改"), ("why", "更名"), ("from", soon.as_str())]).await;
    assert!(twice.status.as_u16() == 409 && twice.body.contains("先撤回"), "{}", twice.body);
    assert_eq!(due::apply(&mut conn, today + Duration::days(2), two.state.now()).await.unwrap(), 1);
    server::workers::tables(&two.state).await.unwrap();
    assert!(member.get("/me").await.body.contains("明日区"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_planned_change_is_taken_back(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (city, district) = (site.staff("admin").await, site.staff("admin02").await);
    let soon = text(domain::calendar::local(site.state.now()).date() + Duration::days(2));
    let new = fields(&[("area", "330500"), ("code", "zhihui"), ("name", "市智慧局"), ("from", &soon)]);
    assert_eq!(status(&city, "/desk/admin/departments/new", &new).await, 303);
    assert!(!city.get("/desk/admin/departments").await.body.contains("市智慧局"), "not yet");
    let mut conn = site.state.store.system().await.unwrap();
    let wanted = Wanted { waiting: true, ..Wanted::default() };
    let id = change::list(&mut conn, &wanted, None, 9).await.unwrap().rows[0].id;
    let path = format!("/desk/admin/log/{id}");
    assert!(city.get("/desk/admin/log?waiting=yes").await.body.contains(&path));
    assert_eq!(district.get(&path).await.status.as_u16(), 404);
    assert_eq!(status(&district, &path, &[("note", "不是我的")]).await, 404);
    let silent = city.post(&path, &[("note", "")]).await;
    assert!(silent.status.as_u16() == 422 && silent.body.contains("请填写撤回原因"));
    assert_eq!(status(&city, &path, &[("note", "暂缓成立")]).await, 303);
    let page = city.get(&path).await.body;
    assert!(page.contains("已撤回") && page.contains("暂缓成立") && !page.contains("撤回这项修改"), "{page}");
    assert_eq!(status(&city, &path, &[("note", "再撤一次")]).await, 409);
}

/// A workbook of a small city: one district with one department and its people.
fn small_city() -> Vec<u8> {
    let sheets: [(&str, &[&[&str]]); 3] = [
        ("区域", &[&["代码", "名称", "简称"], &["330500", "湖州市", "市"], &["330502", "吴兴区", "吴兴"]]),
        (
            "部门",
            &[&["编号", "名称", "区域", "入驻", "赋权", "启用"], &["wuxing-jianshe", "吴兴区建设局", "吴兴区", "是", "是", "是"]],
        ),
        (
            "工作人员",
            &[
                &["登录名", "姓名", "岗位", "所属"],
                &["root", "管理员", "系统管理员", "湖州市"],
                &["wx.centre", "王受理", "企服中心", "吴兴区"],
                &["wx.jianshe", "张经办", "部门经办", "wuxing-jianshe"],
            ],
        ),
    ];
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(*cells) {
                sheet.write(row, column, *cell).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// Nothing of the demo: an empty database, a workbook, the first administrator, and one problem from its filing to its rating.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_city_works_without_the_demo(pool: PgPool) {
    let site = Site::empty(&pool, &[]).await;
    let now = site.state.now();
    let mut conn = site.state.store.system().await.unwrap();
    let planned = server::city::plan(&mut conn, &small_city(), now, || "kormoran-laterne-47".to_owned()).await.unwrap();
    let server::city::Planned::Right(plan) = planned else { panic!("the workbook is right") };
    plan.write(&mut conn, "命令行 王工", "city.xlsx", now).await.unwrap();
    let firm = domain::uscc::Uscc::from_body("91330502MA2000001").unwrap();
    let new = store::enterprise::NewEnterprise {
        uscc: firm,
        name: "湖州织里锦绣童装有限公司".to_owned(),
        area: 330_502,
        address: "富民路 8 号".to_owned(),
        industry: "服装".to_owned(),
        scale: domain::enterprise::Scale::Small,
        class: domain::enterprise::EnterpriseClass::Ordinary,
        tags: Vec::new(),
        station: None,
    };
    let store::enterprise::Upserted::Inserted(firm) = store::enterprise::upsert(&mut conn, &new, now).await.unwrap() else {
        panic!("it is new")
    };
    let person = store::identity::person_of_phone(&mut conn, "13800000001", "姚经理", now).await.unwrap();
    store::identity::add_member(&mut conn, person, firm, domain::actor::MemberRole::Owner).await.unwrap();
    drop(conn);
    server::workers::tables(&site.state).await.unwrap();

    // Everybody changes the first password before anything else.
    for login in ["root", "wx.centre", "wx.jianshe"] {
        let browser = site.staff(login).await;
        assert_eq!(browser.get("/desk").await.location(), "/desk/account");
        let fields =
            [("password", "kormoran-laterne-47"), ("new_password", "kolibri-teekanne-58"), ("repeat", "kolibri-teekanne-58")];
        assert_eq!(browser.post("/desk/password", &fields).await.location(), "/desk", "{login}");
    }
    let (root, centre, handler) = (site.staff("root").await, site.staff("wx.centre").await, site.staff("wx.jianshe").await);
    assert!(root.get("/desk/admin/departments").await.body.contains("吴兴区建设局"));
    assert!(root.get("/desk/admin/log").await.body.contains("命令行 王工"));

    let owner = site.member(1).await;
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-0000000000b1")).await;
    let desk = format!("/desk/issues/{number}");
    assert!(centre.get("/desk").await.body.contains(&number), "the district's centre has it");
    let accept = [("category", "drainage"), ("level", "simple"), ("urgency", "normal")];
    assert_eq!(status(&centre, &format!("{desk}/accept"), &accept).await, 303);
    let mut conn = site.state.store.system().await.unwrap();
    let lead = store::reference::load(&mut conn).await.unwrap().department_by_code("wuxing-jianshe").unwrap().id.to_string();
    drop(conn);
    assert_eq!(status(&centre, &format!("{desk}/dispatch"), &[("lead", &lead), ("note", "请先到现场")]).await, 303);
    assert_eq!(status(&handler, &format!("{desk}/sign"), &[]).await, 303);
    let answer = [("outcome", "solved"), ("answer", "已疏通管道，并在路口加装了泵，明天一早再来看。")];
    assert_eq!(status(&handler, &format!("{desk}/answer"), &answer).await, 303);
    let shown = owner.get(&format!("/issues/{number}")).await.body;
    assert!(shown.contains("已疏通管道") && shown.contains("吴兴区建设局"), "{shown}");
    assert_eq!(status(&owner, &format!("/issues/{number}/rate"), &[("solved", "yes"), ("level", "satisfied")]).await, 303);
    assert!(owner.get(&format!("/issues/{number}")).await.body.contains("已办结"));
}

//! A whole city from one workbook.

use super::qifu;
use serde_json::{Value, json};
use sqlx::{ConnectOptions, PgPool};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// Writes a workbook: sheets of rows of texts.
fn workbook(path: &Path, sheets: &[(&str, &[&[&str]])]) {
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        for (row, cells) in (0..).zip(*rows) {
            for (column, cell) in (0..).zip(*cells) {
                sheet.write(row, column, *cell).unwrap();
            }
        }
    }
    book.save(path).unwrap();
}

const AREAS: &[&[&str]] = &[&["代码", "名称", "简称"], &["330500", "湖州市", "市"], &["330502", "吴兴区", "吴兴"]];
const DEPARTMENTS: &[&[&str]] = &[
    &["编号", "名称", "区域", "入驻", "赋权", "启用"],
    &["jianshe", "市建设局", "湖州市", "是", "是", "是"],
    &["wuxing-jianshe", "吴兴区建设局", "吴兴", "是", "否", "是"],
];
const STATIONS: &[&[&str]] = &[
    &["编号", "名称", "区域", "地址", "电话", "联系人", "启用"],
    &["zhili", "织里驿站", "330502", "富民路 1 号", "0572-3188000", "沈洁", "是"],
];
const STAFF: &[&[&str]] = &[
    &["登录名", "姓名", "岗位", "所属"],
    &["root", "管理员", "系统管理员", "湖州市"],
    &["wx.root", "吴管理", "系统管理员", "吴兴区"],
    &["wx.jianshe", "张建设", "部门经办", "吴兴区建设局"],
    &["zhili", "李驿站", "驿站专员", "zhili"],
];

const STAFF_OF_TERMS: &[&[&str]] = &[&["登录名", "姓名", "岗位", "所属"], &["root", "管理员", "系统管理员", "湖州市"]];

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_city_is_set_up_from_one_workbook(pool: PgPool) {
    let url = pool.connect_options().to_url_lossy().to_string();
    let settings = [("DATABASE_URL", url.as_str())];
    let folder = std::env::temp_dir().join(format!("qifu-city-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let book = folder.join("city.xlsx");
    let path = book.to_string_lossy().into_owned();
    // The template is a workbook that lacks one thing only: an administrator.
    let template = Command::new(env!("CARGO_BIN_EXE_qifu")).args(["city", "template"]).output().unwrap();
    assert!(template.status.success());
    std::fs::write(&book, &template.stdout).unwrap();
    let bare = qifu(&["city", "init", &path, "--json"], &settings);
    assert_eq!(bare.code, 1, "{}", bare.err);
    let faults = bare.json()["faults"].clone();
    assert_eq!((faults.as_array().unwrap().len(), &faults[0]["sheet"]), (1, &json!("工作人员")), "{faults}");

    workbook(&book, &[("区域", AREAS), ("部门", DEPARTMENTS), ("驿站", STATIONS), ("工作人员", STAFF)]);
    let first = qifu(&["city", "init", &path, "--operator", "王工", "--json"], &settings);
    assert_eq!(first.code, 0, "{} {}", first.out, first.err);
    assert_eq!(first.json()["report"], json!({ "added": 9, "changed": 0, "unchanged": 0 }));
    // Passwords stand in a file for its owner alone, and nowhere else.
    let list = folder.join("city.passwords.csv");
    assert_eq!(first.json()["passwords"], json!(list.to_string_lossy()));
    assert_eq!(std::fs::metadata(&list).unwrap().permissions().mode() & 0o777, 0o600);
    let passwords = std::fs::read_to_string(&list).unwrap();
    let password = passwords.lines().find_map(|line| line.strip_prefix("root,管理员,")).unwrap();
    assert_eq!(app::account::password::fault(password, "root"), None);
    assert!(!first.out.contains(password));
    let hash: String = sqlx::query_scalar("select password_hash from staff where login = 'root' and must_change_password")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert!(app::account::password::verify(password, &hash));
    let scope: String = sqlx::query_scalar("select d.code from staff s join department d on d.id = s.department_id")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(scope, "wuxing-jianshe");
    let who: Vec<String> = sqlx::query_scalar("select distinct who from setting_change").fetch_all(&pool).await.unwrap();
    assert_eq!(who, ["命令行 王工"]);

    // The same again changes nothing and asks for no file; one thing changed changes one thing.
    let second = qifu(&["city", "init", &path, "--json"], &settings).json();
    assert_eq!(second["report"], json!({ "added": 0, "changed": 0, "unchanged": 9 }));
    assert_eq!((&second["accounts"], &second["passwords"]), (&json!(0), &Value::Null));
    let mut areas: Vec<&[&str]> = AREAS.to_vec();
    areas[2] = &["330502", "吴兴新区", "吴兴"];
    workbook(&book, &[("区域", &areas)]);
    let third = qifu(&["city", "init", &path, "--json"], &settings).json();
    assert_eq!(third["report"], json!({ "added": 0, "changed": 1, "unchanged": 1 }));
    std::fs::remove_dir_all(folder).unwrap();
}

const BOARDS: &[&[&str]] = &[
    &["编号", "名称", "牵头部门", "次序", "启用"],
    &["culture", "文化", "市建设局", "95", "是"],
    &["city", "周边配套", "jianshe", "160", "否"],
];
const CATEGORIES: &[&[&str]] = &[
    &["编号", "名称", "板块", "责任部门", "难易", "紧急", "词", "次序", "启用", "区县责任部门"],
    &["street", "路灯与市政设施", "文化", "jianshe", "简单", "普通", "路灯、亮化", "1410", "是", "吴兴=吴兴区建设局"],
    &["museum", "博物馆", "culture", "市建设局", "复杂", "紧急", "博物馆 展览", "20", "是", ""],
];
const LIMITS: &[&[&str]] = &[
    &[
        "起用日期",
        "首次联系",
        "首次联系（紧急）",
        "受理",
        "签收",
        "阶段性答复",
        "答复（简单）",
        "答复（一般）",
        "答复（复杂）",
        "待补充最长",
        "可退回",
        "可异议、重新办理",
        "未评价可办结",
    ],
    &["2030-01-01", "30 分钟", "30 分钟", "1d", "1d", "3d", "5d", "8 个工作日", "20d", "5d", "1d", "10d", "10d"],
    &["", "2 小时", "30 分钟", "1d", "1d", "3d", "5d", "10d", "20d", "5d", "1d", "10d", "10d"],
];
const DAYS: &[&[&str]] = &[
    &["第一天", "最后一天", "安排", "名称"],
    &["2030-02-02", "2030-02-08", "放假", "春节"],
    &["2030-02-09", "", "上班", "春节调休"],
];

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_issues_are_decided_by_comes_from_the_workbook_too(pool: PgPool) {
    let url = pool.connect_options().to_url_lossy().to_string();
    let settings = [("DATABASE_URL", url.as_str())];
    let folder = std::env::temp_dir().join(format!("qifu-terms-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let book = folder.join("city.xlsx");
    let path = book.to_string_lossy().into_owned();
    let init = || qifu(&["city", "init", &path, "--json"], &settings);
    workbook(&book, &[("区域", AREAS), ("部门", DEPARTMENTS), ("工作人员", STAFF_OF_TERMS)]);
    assert_eq!(init().code, 0);
    // The template as it is: the starting set, which is there already; departments and areas are added.
    let template = Command::new(env!("CARGO_BIN_EXE_qifu")).args(["city", "template"]).output().unwrap();
    std::fs::write(&book, &template.stdout).unwrap();
    let first = init();
    assert_eq!(first.code, 0, "{} {}", first.out, first.err);
    let second = init().json()["report"].clone();
    assert_eq!((&second["added"], &second["changed"]), (&json!(0), &json!(0)), "{second}");
    assert!(second["unchanged"].as_u64().unwrap() > 200, "{second}");
    let kinds = "select distinct kind from setting_change order by 1";
    let logged: Vec<String> = sqlx::query_scalar(kinds).fetch_all(&pool).await.unwrap();
    assert_eq!(logged, ["area", "department", "staff"], "nothing of the terms differed");

    let sheets = [("板块", BOARDS), ("事项类别", CATEGORIES), ("时限", LIMITS), ("工作日历", DAYS)];
    workbook(&book, &sheets);
    let own = init();
    assert_eq!(own.code, 0, "{} {}", own.out, own.err);
    // A board, a category, two stretches of days; another category, a district's department, two versions of the limits.
    assert_eq!(own.json()["report"], json!({ "added": 4, "changed": 4, "unchanged": 1 }));
    assert_eq!(init().json()["report"], json!({ "added": 0, "changed": 0, "unchanged": 9 }));

    let store = store::Store::connect(&url, 1).await.unwrap();
    let mut conn = store.system().await.unwrap();
    let now = time::OffsetDateTime::now_utc();
    let terms = store::terms::load(&mut conn, domain::calendar::WorkCalendar::default()).await.unwrap();
    let today = terms.catalogue.at(now);
    let street = today.category("street").unwrap();
    assert_eq!(
        (street.board.as_str(), today.route(street, 330_502), today.route(street, 330_503)),
        ("culture", "wuxing-jianshe", "jianshe")
    );
    assert_eq!(today.fit("博物馆的展览").code(), "museum");
    // The command line asks the same catalogue, for a district and for the city.
    let responsible = |area: &[&str]| {
        let ran = qifu(&[&["route", "--json", "路灯"][..], area].concat(), &settings);
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.json()["department"].clone()
    };
    assert_eq!(responsible(&["--area", "330502"]), json!("吴兴区建设局"));
    assert_eq!((responsible(&["--area", "330503"]), responsible(&[])), (json!("市建设局"), json!("市建设局")));
    let sign = |at: time::OffsetDateTime| terms.limits.in_force(at).contact.to_string();
    assert_eq!(
        (sign(now), sign(time::macros::datetime!(2030-01-02 09:00 +8))),
        ("2 个工作小时".to_owned(), "30 分钟".to_owned())
    );
    let works = |day| terms.calendar.is_working_day(day);
    assert!(!works(time::macros::date!(2030 - 02 - 04)) && works(time::macros::date!(2030 - 02 - 09)));
    let changes: Vec<(String, String, String)> = sqlx::query_as(
        "select kind, key, coalesce(after ->> 'name', '') from setting_change where kind not in ('area', 'department', 'staff')
            order by id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let kinds: Vec<&str> = changes.iter().map(|change| change.0.as_str()).collect();
    assert_eq!(
        kinds,
        ["board", "category", "category", "category", "limit", "limit", "calendar_day", "calendar_day"],
        "{changes:?}"
    );

    std::fs::remove_dir_all(folder).unwrap();
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_wrong_with_what_issues_are_decided_by_is_said_by_row(pool: PgPool) {
    let url = pool.connect_options().to_url_lossy().to_string();
    let settings = [("DATABASE_URL", url.as_str())];
    let folder = std::env::temp_dir().join(format!("qifu-terms-wrong-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let book = folder.join("city.xlsx");
    let path = book.to_string_lossy().into_owned();
    let init = || qifu(&["city", "init", &path, "--json"], &settings);
    workbook(&book, &[("区域", AREAS), ("部门", DEPARTMENTS), ("工作人员", STAFF_OF_TERMS)]);
    assert_eq!(init().code, 0);
    let boards: Vec<&[&str]> = BOARDS
        .iter()
        .copied()
        .chain([&["law", "法治", "没有的局", "5", "否"][..], &["ip", "知识产权", "jianshe", "9", "否"]])
        .collect();
    let categories: Vec<&[&str]> = CATEGORIES
        .iter()
        .copied()
        .chain([&[
            "museum",
            "美术馆",
            "没有的板块",
            "wuxing-jianshe",
            "难",
            "",
            "馆",
            "x",
            "也许",
            "吴兴 市局；杭州=jianshe；吴兴=没有的局",
        ][..]])
        .collect();
    let limits: Vec<&[&str]> = vec![
        LIMITS[0],
        &["2026-01-01", "30 分钟", "30 分钟", "1d", "1d", "3d", "5d", "8d", "20d", "5d", "1d", "10d", "10d"],
        &["明天", "5", "30 分钟", "1d", "1d", "3d", "5d", "8d", "20d", "5d", "1d", "10d", "10d"],
    ];
    let days: Vec<&[&str]> = vec![DAYS[0], &["2026-01-05", "", "放假", "周一"], &["2030-05-01", "2030-04-01", "歇", ""]];
    workbook(&book, &[("板块", &boards), ("事项类别", &categories), ("时限", &limits), ("工作日历", &days)]);
    let ran = init();
    assert_eq!(ran.code, 1, "{}", ran.err);
    let faults: Vec<String> = ran.json()["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| format!("{} {} {}", fault["sheet"], fault["row"], fault["sentence"]))
        .collect();
    for (place, words) in [
        ("\"板块\" 4", "请选择牵头部门"),
        ("\"板块\" 5", "个启用的类别在里面"),
        ("\"事项类别\" 4", "请选择一个启用的板块"),
        ("\"事项类别\" 4", "请选择责任部门"),
        ("\"事项类别\" 4", "请选择难易程度"),
        ("\"事项类别\" 4", "请选择紧急程度"),
        ("\"事项类别\" 4", "每个词 2 到"),
        ("\"事项类别\" 4", "次序是"),
        ("\"事项类别\" 4", "是否启用"),
        ("\"事项类别\" 4", "请写成“吴兴区=部门编号或名称”"),
        ("\"事项类别\" 4", "没有“杭州”这个区县"),
        ("\"事项类别\" 4", "没有“没有的局”这个启用的部门"),
        ("\"时限\" 2", "已经过去"),
        ("\"时限\" 3", "起用日期请按"),
        ("\"时限\" 3", "首次联系：请填写整数和单位"),
        ("\"工作日历\" 2", "2026-01-05 已经过去，不能再改"),
        ("\"工作日历\" 3", "最后一天不能早于第一天"),
        ("\"工作日历\" 3", "请选择放假、上班或恢复"),
    ] {
        assert!(
            faults.iter().any(|fault| fault.starts_with(place) && fault.contains(words)),
            "{place} {words} is not in {faults:#?}"
        );
    }
    let after: i64 =
        sqlx::query_scalar("select count(*) from setting_change where kind = 'category'").fetch_one(&pool).await.unwrap();
    assert_eq!(after, 0, "nothing was written");
    std::fs::remove_dir_all(folder).unwrap();
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_wrong_with_a_workbook_is_said_at_once(pool: PgPool) {
    let url = pool.connect_options().to_url_lossy().to_string();
    let settings = [("DATABASE_URL", url.as_str())];
    let folder = std::env::temp_dir().join(format!("qifu-wrong-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let book = folder.join("city.xlsx");
    let path = book.to_string_lossy().into_owned();
    let areas: Vec<&[&str]> =
        AREAS.iter().copied().chain([&["330102", "上城区", "上城"][..], &["330502", "又一个", "又"]]).collect();
    let departments: Vec<&[&str]> = DEPARTMENTS.iter().copied().chain([&["建设", "x", "杭州", "有", "", "是"][..]]).collect();
    let staff: Vec<&[&str]> = STAFF
        .iter()
        .copied()
        .chain([
            &["wx jianshe", "张", "局长", ""][..],
            &["wx.root", "王经办", "部门经办", "没有的局"],
            &["b.c", "赵驿站", "驿站专员", ""],
        ])
        .collect();
    let boards: &[&[&str]] =
        &[&["编号", "名称", "牵头部门", "次序", "启用", "名称", "电話"], &["law", "#N/A", "jianshe", "7", "是"]];
    workbook(
        &book,
        &[
            ("区域", &areas),
            ("部门", &departments),
            ("驿 站", STATIONS),
            ("驿站", &[&["编号", "名称"]]),
            ("工作人员", &staff),
            ("工作人员 ", &[STAFF[0]]),
            ("板块", boards),
        ],
    );
    let ran = qifu(&["city", "init", &path, "--json"], &settings);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let report = ran.json();
    let faults: Vec<(String, Option<u64>, String)> = report["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| {
            let text = |name: &str| fault[name].as_str().unwrap().to_owned();
            (text("sheet"), fault["row"].as_u64(), text("sentence"))
        })
        .collect();
    for (sheet, row, words) in [
        ("驿 站", None, "不认识这张表"),
        ("驿站", None, "第一行缺少列：区域、地址、电话、联系人、启用"),
        ("工作人员", None, "有两张同名的表"),
        ("板块", None, "不认识的列：电話；可以有编号、名称、牵头部门、次序、启用"),
        ("板块", None, "有几列都叫“名称”"),
        ("板块", Some(2), "“名称”是公式出错的结果 #N/A"),
        ("区域", Some(4), "以 3305 开头"),
        ("区域", Some(5), "代码 330502 与第 3 行重复"),
        ("部门", Some(4), "名称至少写 2 个字"),
        ("部门", Some(4), "没有“杭州”这个区域"),
        ("部门", Some(4), "编号用 2 到 40 个小写字母"),
        ("部门", Some(4), "是否入驻请填“是”或“否”"),
        ("部门", Some(4), "请选择是否赋权"),
        ("工作人员", Some(5), "没有“zhili”这个驿站"),
        ("工作人员", Some(6), "登录名用"),
        ("工作人员", Some(6), "姓名写"),
        ("工作人员", Some(6), "岗位应为"),
        ("工作人员", Some(7), "登录名 wx.root 与第 3 行重复"),
        ("工作人员", Some(7), "没有“没有的局”这个部门"),
        ("工作人员", Some(8), "请在“所属”里填写驿站的编号或名称"),
    ] {
        let there = faults.iter().any(|fault| fault.0 == sheet && fault.1 == row && fault.2.contains(words));
        assert!(there, "{sheet} {row:?} {words} is not in {faults:#?}");
    }
    assert_eq!(faults.len(), 20, "{faults:#?}");
    let rows: i64 = sqlx::query_scalar(
        "select (select count(*) from area) + (select count(*) from department) + (select count(*) from staff)
            + (select count(*) from setting_change)",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(rows, 0, "nothing was written");
    assert!(!folder.join("city.passwords.csv").exists());
    // Read by a person, and what is no workbook.
    let told = qifu(&["city", "init", &path], &settings);
    assert!(told.out.contains("区域 第 5 行：代码 330502 与第 3 行重复"), "{}", told.out);
    std::fs::write(&book, "not a workbook").unwrap();
    let nothing = qifu(&["city", "init", &path], &settings);
    assert!(nothing.code == 1 && nothing.err.contains("not a workbook"), "{}", nothing.err);
    std::fs::remove_dir_all(folder).unwrap();
}

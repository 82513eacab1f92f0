//! The command line, run as people run it.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use sqlx::{ConnectOptions, PgPool};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {} {}", self.out, self.err))
    }
}

fn qifu(arguments: &[&str], settings: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qifu"));
    command.args(arguments).env_remove("DATABASE_URL").env("QIFU_LOG", "warn").envs(settings.iter().copied());
    let out = command.output().unwrap();
    Ran {
        code: out.status.code().unwrap(),
        out: String::from_utf8(out.stdout).unwrap(),
        err: String::from_utf8(out.stderr).unwrap(),
    }
}

#[test]
fn codes_are_checked_one_a_line() {
    let ran = qifu(&["uscc", "--json", "91350100M000100Y43", "91350100M000100Y44"], &[]);
    assert_eq!(ran.code, 1, "one is wrong");
    let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0], json!({ "code": "91350100M000100Y43", "valid": true, "reason": null }));
    assert_eq!(lines[1]["valid"], json!(false));
    assert!(lines[1]["reason"].as_str().unwrap().contains("校验不通过"));
    assert_eq!(qifu(&["uscc", "91350100M000100Y43"], &[]).code, 0);
    assert_eq!(qifu(&["uscc"], &[]).code, 2);
}

#[test]
fn working_time_is_added() {
    let ran = qifu(&["workdays", "--from", "2026-09-30T16:00:00+08:00", "--add", "1d", "--json"], &[]);
    let days: Vec<String> = (1..=7).map(|day| format!("2026-10-0{day}")).collect();
    assert_eq!(ran.json(), json!({ "due": "2026-10-08T16:00:00+08:00", "skipped": days }));
    for wrong in [["--from", "yesterday", "--add", "1d"], ["--from", "2026-09-30T16:00:00+08:00", "--add", "soon"]] {
        let mut arguments = vec!["workdays"];
        arguments.extend(wrong);
        assert_eq!(qifu(&arguments, &[]).code, 2);
    }
    let late = qifu(&["workdays", "--from", "2026-12-30T16:00:00+08:00", "--add", "5d"], &[]);
    assert!(late.err.contains("2026-12-31"), "it warns where the table ends");
}

#[test]
fn texts_are_routed_to_whose_business_it_is() {
    let folder = std::env::temp_dir().join("qifu-route-without-a-database").to_string_lossy().into_owned();
    let texts = ["厂门口的路灯坏了", "员工孩子上学没有学位", "你好", "发票和贷款的事"];
    let arguments = [&["route", "--json"], texts.as_slice()].concat();
    let ran = qifu(&arguments, &[("QIFU_DATA", &folder)]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), texts.len());
    let of = |index: usize| (&lines[index]["board"], &lines[index]["department"], &lines[index]["confidence"]);
    assert_eq!(of(0), (&json!("兜底"), &json!("市建设局"), &json!(100)));
    assert_eq!(of(1), (&json!("人才"), &json!("市教育局"), &json!(100)));
    assert_eq!(of(2), (&json!("兜底"), &Value::Null, &json!(0)));
    assert_eq!(of(3), (&json!("兜底"), &Value::Null, &json!(0)));
    assert_eq!(lines[3]["others"].as_array().unwrap().len(), 2, "what it might be is said, and not guessed");
    assert_eq!(lines[0]["text"], json!("厂门口的路灯坏了"));
    assert!(!std::path::Path::new(&folder).exists());
}

#[test]
fn settings_are_shown_and_wrong_ones_stop_the_start() {
    let ran = qifu(&["config", "--json"], &[("QIFU_SMS_SECRET", "geheim"), ("QIFU_POOL", "7")]);
    let list = ran.json();
    let find = |name: &str| list.as_array().unwrap().iter().find(|s| s["name"] == name).unwrap().clone();
    assert_eq!((find("QIFU_POOL")["value"].clone(), find("QIFU_POOL")["source"].clone()), (json!("7"), json!("environment")));
    assert_eq!(find("QIFU_ADDR")["source"], json!("default"));
    assert!(!ran.out.contains("geheim"));
    let wrong = qifu(&["serve"], &[("QIFU_ADDR", "here")]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("QIFU_ADDR") && wrong.err.contains("here"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn enterprises_are_imported_and_bad_rows_reported(pool: PgPool) {
    let url = pool.connect_options().to_url_lossy().to_string();
    let settings = [("DATABASE_URL", url.as_str())];
    let folder = std::env::temp_dir().join(format!("qifu-cli-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("enterprises.csv");
    let text = "\u{feff}统一社会信用代码,企业名称,所在区县,划型,标签\n\
        91350100M000100Y43,湖州织梦童装有限公司,吴兴区,小型,\"出口企业、规上企业\"\n\
        91350100M000100Y44,校验位不对的公司,吴兴区,小型,\n\
        9144030071526726XG,湖州远方有限公司,杭州市,小型,\n\
        914403001922038216,湖州南浔木业有限公司,南浔,中型企业,\n\
        914403001922038216,重复的公司,南浔,中型,\n";
    std::fs::write(&file, text).unwrap();
    let path = file.to_string_lossy().into_owned();
    let first = qifu(&["enterprise", "import", &path, "--json"], &settings);
    assert_eq!(first.code, 1, "{}", first.err);
    let report = first.json();
    assert_eq!((report["inserted"].clone(), report["unchanged"].clone()), (json!(2), json!(0)));
    let bad: Vec<_> = report["bad"].as_array().unwrap().iter().map(|row| row["line"].as_u64().unwrap()).collect();
    assert_eq!(bad, [3, 4, 6]);
    assert!(report["bad"][1]["reason"].as_str().unwrap().contains("杭州市"));
    let second = qifu(&["enterprise", "import", &path, "--json"], &settings).json();
    assert_eq!(
        (second["inserted"].clone(), second["updated"].clone(), second["unchanged"].clone()),
        (json!(0), json!(0), json!(2))
    );
    // A workbook is read as well: a row that is known, and a bad one.
    let book = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/enterprises.xlsx");
    let third = qifu(&["enterprise", "import", book, "--json"], &settings);
    assert_eq!(third.code, 1, "{}", third.err);
    let third = third.json();
    let changed = third["inserted"].as_u64().unwrap() + third["updated"].as_u64().unwrap() + third["unchanged"].as_u64().unwrap();
    assert_eq!((changed, third["bad"][0]["line"].clone()), (1, json!(3)), "{third}");
    std::fs::write(folder.join("nonsense.txt"), "x").unwrap();
    let wrong = qifu(&["enterprise", "import", &folder.join("nonsense.txt").to_string_lossy()], &settings);
    assert_eq!(wrong.code, 1);
    assert!(wrong.err.contains(".csv and .xlsx"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn staff_are_added_with_a_first_password(pool: PgPool) {
    let url = pool.connect_options().to_url_lossy().to_string();
    let settings = [("DATABASE_URL", url.as_str())];
    let add = ["staff", "add", "--login", "root.admin", "--name", "管理员", "--role", "administrator", "--json"];
    let ran = qifu(&add, &settings);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let password = ran.json()["password"].as_str().unwrap().to_owned();
    assert_eq!(app::account::password::fault(&password, "root.admin"), None);
    let twice = qifu(&add, &settings);
    assert_eq!(twice.code, 1);
    assert!(twice.err.contains("taken"));
    let lacks = qifu(&["staff", "add", "--login", "xin", "--name", "x", "--role", "centre"], &settings);
    assert!(lacks.code == 1 && lacks.err.contains("--area"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_account_is_reset_and_unlocked_and_jobs_are_seen(pool: PgPool) {
    let url = pool.connect_options().to_url_lossy().to_string();
    let settings = [("DATABASE_URL", url.as_str())];
    let added =
        qifu(&["staff", "add", "--login", "wang.admin", "--name", "王", "--role", "administrator", "--json"], &settings).json();
    let reset = qifu(&["staff", "reset", "wang.admin", "--json"], &settings).json();
    assert_ne!(added["password"], reset["password"]);
    let must: bool = sqlx::query_scalar("select must_change_password from staff").fetch_one(&pool).await.unwrap();
    assert!(must);
    sqlx::query("insert into rate_limit values ('staff:wang.admin:all', now(), 100), ('staff:li:all', now(), 3)")
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(qifu(&["staff", "unlock", "wang.admin", "--json"], &settings).json()["counters"], json!(1));
    let factor = "insert into second_factor (staff_id, secret, created_at, confirmed_at) select id, 'x', now(), now() from staff";
    sqlx::query(factor).execute(&pool).await.unwrap();
    for had in [true, false] {
        let ran = qifu(&["staff", "reset-factor", "wang.admin", "--json"], &settings);
        assert_eq!((ran.code, &ran.json()["reset"]), (0, &json!(had)), "{}", ran.err);
    }
    // What the operator did to an account stands in the security log, once each.
    let sql = "select kind, subject, detail from security_event order by id";
    let log: Vec<(String, String, String)> = sqlx::query_as(sql).fetch_all(&pool).await.unwrap();
    let line = |kind: &str| (kind.to_owned(), "wang.admin".to_owned(), "命令行".to_owned());
    assert_eq!(log, [line("password_reset"), line("unlocked"), line("factor_reset")]);
    let nobody = qifu(&["staff", "unlock", "nobody"], &settings);
    assert!(nobody.code == 1 && nobody.err.contains("there is no account"), "{}", nobody.err);

    assert_eq!(qifu(&["job", "list", "--json"], &settings).json(), json!([]));
    let dead = "insert into job (kind, payload, run_at, created_at, attempts, last_error) values ('policy_match_item', '{\"item\": 1}', now(), now(), 10, 'no')";
    sqlx::query(dead).execute(&pool).await.unwrap();
    let list = qifu(&["job", "list", "--json"], &settings);
    assert_eq!((list.code, &list.json()[0]["dead"]), (1, &json!(1)));
    assert_eq!(qifu(&["job", "retry", "--json"], &settings).json()["retried"], json!(1));
    assert_eq!(qifu(&["job", "list"], &settings).code, 0);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_security_log_that_cannot_be_written_stops_the_start(pool: PgPool) {
    let url = pool.connect_options().to_url_lossy().to_string();
    let file = std::env::temp_dir().join(format!("qifu-no-such-folder-{}", std::process::id())).join("security.log");
    let place = file.to_string_lossy().into_owned();
    let ran = qifu(&["job", "list"], &[("DATABASE_URL", url.as_str()), ("QIFU_SECURITY_LOG", place.as_str())]);
    assert!(ran.code == 2 && ran.err.contains("QIFU_SECURITY_LOG") && ran.err.contains(&place), "{}", ran.err);
}

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
        "受理",
        "签收",
        "阶段性答复",
        "答复（简单）",
        "答复（一般）",
        "答复（复杂）",
        "待补充最长",
        "可退回",
        "可异议、重新办理",
        "未评价可销号",
    ],
    &["2030-01-01", "30 分钟", "1d", "1d", "3d", "5d", "8 个工作日", "20d", "5d", "1d", "10d", "10d"],
    &["", "2 小时", "1d", "1d", "3d", "5d", "10d", "20d", "5d", "1d", "10d", "10d"],
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

    // What is wrong is said by row here as well.
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
        &["2026-01-01", "30 分钟", "1d", "1d", "3d", "5d", "8d", "20d", "5d", "1d", "10d", "10d"],
        &["明天", "5", "1d", "1d", "3d", "5d", "8d", "20d", "5d", "1d", "10d", "10d"],
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
    assert_eq!(after, 3, "nothing was written");
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
    workbook(
        &book,
        &[("区域", &areas), ("部门", &departments), ("驿 站", STATIONS), ("驿站", &[&["编号", "名称"]]), ("工作人员", &staff)],
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
    assert_eq!(faults.len(), 16, "{faults:#?}");
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

#[test]
fn a_demo_is_not_shown_to_the_network_without_a_word() {
    let ran = qifu(&["serve"], &[("QIFU_ADDR", "0.0.0.0:0"), ("QIFU_DEMO", "1")]);
    assert!(ran.code == 1 && ran.err.contains("QIFU_OPEN"), "{}", ran.err);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_record_is_looked_through_and_what_was_kept_long_enough_goes(pool: PgPool) {
    let url = pool.connect_options().to_url_lossy().to_string();
    let folder = std::env::temp_dir().join(format!("qifu-audit-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let data = folder.to_string_lossy().into_owned();
    let settings = [("DATABASE_URL", url.as_str()), ("QIFU_DATA", data.as_str())];
    let demo = qifu(&["demo", "--enterprises", "12", "--issues", "20"], &settings);
    assert_eq!(demo.code, 0, "{}", demo.err);
    let good = qifu(&["audit", "verify", "--json"], &settings);
    assert_eq!((good.code, &good.json()["good"]), (0, &json!(true)), "{} {}", good.out, good.err);
    assert!(good.json()["chains"].as_array().unwrap().iter().all(|kind| kind["events"].as_i64() > Some(0)), "{}", good.out);
    let anchor = qifu(&["audit", "anchor", "--json"], &settings);
    assert_eq!(anchor.json()["issue"]["chains"], json!(20));
    let file = folder.join("anchor");
    std::fs::write(&file, &anchor.out).unwrap();
    let path = file.to_string_lossy().into_owned();
    let held = qifu(&["audit", "verify", "--anchor", &path, "--json"], &settings).json();
    assert_eq!((held["anchors"].as_array().unwrap().len(), &held["anchors"][0]["broken"]), (1, &json!([])));
    assert!(qifu(&["audit", "anchor"], &settings).out.contains(held_root(&anchor)));

    let mut tx = pool.begin().await.unwrap();
    sqlx::query("set local session_replication_role = replica").execute(&mut *tx).await.unwrap();
    let number: String = sqlx::query_scalar(
        "with one as (update issue_event set actor_name = '别人' where (issue_id, seq) = (select min(issue_id), 1 from issue_event) returning issue_id)
        select number from issue join one on id = issue_id",
    )
    .fetch_one(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let bad = qifu(&["audit", "verify", "--json"], &settings);
    let place = &bad.json()["chains"][0]["broken"];
    assert_eq!(
        (bad.code, &place["table"], &place["object"], &place["seq"]),
        (1, &json!("issue_event"), &json!(number), &json!(1))
    );
    assert!(qifu(&["audit", "verify"], &settings).out.contains(&format!("BROKEN: 1 of {number} in issue_event")));
    assert_eq!(qifu(&["audit", "anchor"], &settings).code, 1, "no anchor of what is broken");
    for (arguments, sentence) in [
        (["audit", "verify", "--from", "yesterday"], "is not a day"),
        (["audit", "verify", "--anchor", "/no/such/file"], "cannot read"),
    ] {
        let wrong = qifu(&arguments, &settings);
        assert!(wrong.code == 1 && wrong.err.contains(sentence), "{}", wrong.err);
    }

    sqlx::query("update issue set ended_at = ended_at - interval '9 years' where not open").execute(&pool).await.unwrap();
    let rows =
        |ran: &Ran| ran.json().as_array().unwrap().iter().find(|kind| kind["kind"] == "issue_contact").unwrap()["rows"].as_i64();
    let dry = rows(&qifu(&["retention", "--dry-run", "--json"], &settings));
    assert!(dry > Some(0));
    assert_eq!(rows(&qifu(&["retention", "--json"], &settings)), dry);
    assert_eq!(rows(&qifu(&["retention", "--dry-run", "--json"], &settings)), Some(0));
    assert!(qifu(&["retention", "--dry-run"], &settings).out.contains("issue_contact"));
    std::fs::remove_dir_all(folder).unwrap();
}

fn held_root(anchor: &Ran) -> &str {
    anchor.out.split("\"root\":\"").nth(1).unwrap().split('"').next().unwrap()
}

/// A folder with items and facts, and what `policy evaluate` says of them on a day.
fn evaluated(items: &[Value], facts: Value) -> Ran {
    let folder = std::env::temp_dir().join(format!("qifu-evaluate-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir(&folder).unwrap();
    for (at, item) in items.iter().enumerate() {
        std::fs::write(folder.join(format!("{at}.json")), item.to_string()).unwrap();
    }
    let facts_path = folder.join("facts.txt");
    std::fs::write(&facts_path, json!({ "facts": facts }).to_string()).unwrap();
    let (path, facts_path) = (folder.to_str().unwrap(), facts_path.to_str().unwrap());
    let ran = qifu(&["policy", "evaluate", "--policies", path, "--facts", facts_path, "--on", "2026-11-24", "--json"], &[]);
    std::fs::remove_dir_all(&folder).unwrap();
    ran
}

/// An item that pays for everybody, with some of it changed.
fn paying(id: &str, changes: Value) -> Value {
    let mut item = json!({
        "id": id, "title": id, "document": { "title": "办法" }, "level": "city", "area": "湖州市",
        "valid": { "from": "2026-01-01" }, "apply": { "mode": "declare" }, "condition": { "all": [] }, "amount": { "fixed": "100" },
    });
    item.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    item
}

#[test]
fn outside_its_window_an_item_is_not_to_be_applied_for() {
    let late = paying("late", json!({ "apply": { "mode": "declare", "from": "2026-01-01", "to": "2026-10-31" } }));
    let answer = evaluated(&[late, paying("open", json!({}))], json!({})).json();
    let of = |id: &str| answer["items"].as_array().unwrap().iter().find(|item| item["id"] == id).unwrap().clone();
    assert_eq!((of("late")["standing"].as_str(), of("late")["open"].as_bool()), (Some("closed"), Some(false)));
    assert_eq!((of("late")["verdict"].as_str(), of("late")["paid"].as_str()), (Some("eligible"), Some("0")));
    assert_eq!((of("open")["standing"].as_str(), answer["total"].as_str()), (Some("applicable"), Some("100")));
}

#[test]
fn a_set_that_contradicts_itself_is_refused_with_a_sentence() {
    let cap = |amount: &str| json!({ "yearly_cap": { "id": "y", "amount": amount } });
    let fund = |left: &str| json!({ "fund": { "id": "f", "remaining": left } });
    let group = |rule: &str| json!({ "group": { "id": "g", "rule": rule } });
    for (one, two, words) in [
        (cap("5"), cap("6"), "用同一年度封顶，但金额不同"),
        (fund("5"), fund("6"), "用同一资金，但剩余金额不同"),
        (group("highest"), group("stack"), "同组，但规则不同"),
    ] {
        let ran = evaluated(&[paying("aaa", one), paying("bbb", two)], json!({}));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
        assert!(ran.err.contains(words) && ran.err.contains("bbb"), "{}", ran.err);
    }
    let ran = evaluated(&[paying("aaa", json!({})), paying("aaa", json!({ "amount": { "fixed": "7" } }))], json!({}));
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("第 1 版有 2 份"), "{}", ran.err);
}

#[test]
fn what_is_beyond_the_range_is_refused_and_not_cut() {
    let per = json!({ "amount": { "per_unit": { "attr": "employees", "unit": "10000000000000" } } });
    let ran = evaluated(&[paying("aaa", per)], json!({ "employees": "4000000000000" }));
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(ran.err.contains("aaa") && ran.err.contains("超出可计算的范围"), "{}", ran.err);
}

#[test]
fn a_leaf_says_where_its_fact_comes_from_and_of_when_it_is() {
    let asks = json!({ "condition": { "num": { "attr": "employees", "op": "ge", "value": "20" } } });
    let fact = |on: &str| json!({ "employees": { "value": "30", "period": "2025", "source": "市人力社保局", "on": on } });
    let leaf = |answer: &Value| answer["items"][0]["leaves"][0].clone();
    let known = leaf(&evaluated(&[paying("aaa", asks.clone())], fact("2026-03-01")).json());
    assert_eq!((known["source"].as_str(), known["date"].as_str()), (Some("市人力社保局"), Some("2026-03-01")));
    assert_eq!(known["facts"][0]["period"], json!("2025"));
    // Recorded the day after: it does not count yet.
    let later = evaluated(&[paying("aaa", asks)], fact("2026-11-25")).json();
    assert_eq!((later["items"][0]["verdict"].as_str(), &later["items"][0]["missing"]), (Some("unknown"), &json!(["employees"])));
    assert_eq!((leaf(&later)["source"].clone(), leaf(&later)["actual"].clone()), (Value::Null, Value::Null));
}

#[test]
fn a_sum_received_that_is_not_known_makes_a_range_and_a_question() {
    let group = json!({ "group": { "id": "g", "rule": "top_up", "received": "rd_expense" } });
    let answer = evaluated(&[paying("aaa", group.clone())], json!({})).json();
    assert_eq!((answer["total"].as_str(), answer["total_up_to"].as_str()), (Some("0"), Some("100")));
    assert_eq!(answer["questions"][0], json!({ "missing": "rd_expense", "decides": "100" }));
    let settled = evaluated(&[paying("aaa", group)], json!({ "rd_expense": "40" })).json();
    assert_eq!((settled["total"].as_str(), settled["questions"].as_array().map(Vec::len)), (Some("60"), Some(0)));
}

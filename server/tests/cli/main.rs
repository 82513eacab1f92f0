//! The command line, run as people run it.
#![allow(clippy::unwrap_used)]

mod api_key;
mod city;
mod policy;

use serde_json::{Value, json};
use sqlx::{ConnectOptions, PgPool};
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
    let categories: Vec<&Value> = lines.iter().map(|line| &line["category"]).collect();
    assert_eq!(categories, ["路灯与市政设施", "子女入学", "其他问题", "其他问题"]);
    let reason = |index: usize| lines[index]["reason"].as_str().unwrap();
    assert!(reason(0).starts_with("提到") && reason(0).contains("路灯"), "{}", reason(0));
    assert_eq!(reason(2), "没有指向任何类别的词");
    for words in ["几类一样接近，不作猜测：", "“发票”：", "贷款"] {
        assert!(reason(3).contains(words), "{}", reason(3));
    }
    // No district has named a department of its own before there is a city.
    let there = qifu(&["route", "--json", "--area", "330502", texts[0]], &[("QIFU_DATA", &folder)]);
    assert_eq!((there.code, there.json()), (0, lines[0].clone()), "{}", there.err);
    assert_eq!(qifu(&["route", "--area", "吴兴", texts[0]], &[("QIFU_DATA", &folder)]).code, 2);
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
    let chains = &good.json()["chains"][0]["chains"];
    assert!(chains.as_i64() >= Some(20), "{chains}");
    assert_eq!(&anchor.json()["issue"]["chains"], chains);
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

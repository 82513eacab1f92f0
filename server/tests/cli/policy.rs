//! Policies evaluated from files.

use super::{Ran, qifu};
use serde_json::{Value, json};

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

/// What `policy check` says of items, each in a file of its own, a line each.
fn checked(items: &[Value]) -> (i32, Vec<Value>) {
    let folder = std::env::temp_dir().join(format!("qifu-check-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir(&folder).unwrap();
    let paths: Vec<String> = (0..items.len()).map(|at| folder.join(format!("{at}.json")).to_str().unwrap().to_owned()).collect();
    for (path, item) in paths.iter().zip(items) {
        std::fs::write(path, item.to_string()).unwrap();
    }
    let mut arguments = vec!["policy", "check", "--json"];
    arguments.extend(paths.iter().map(String::as_str));
    let ran = qifu(&arguments, &[]);
    std::fs::remove_dir_all(&folder).unwrap();
    (ran.code, ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
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
fn files_are_checked_beside_each_other() {
    // A condition that everybody meets would be one more thing against it.
    let condition = json!({ "num": { "attr": "employees", "op": "ge", "value": "20" } });
    let of =
        |id: &str, amount: &str| paying(id, json!({ "condition": condition, "yearly_cap": { "id": "y", "amount": amount } }));
    let against = |line: &Value| -> Vec<(String, String)> {
        let problems = line["problems"].as_array().unwrap().iter().filter(|problem| problem["advice"] != json!(true));
        problems.map(|p| (p["place"].as_str().unwrap().to_owned(), p["sentence"].as_str().unwrap().to_owned())).collect()
    };
    let (alone, together) = (checked(&[of("bbb", "6")]), checked(&[of("aaa", "6"), of("bbb", "6")]));
    assert_eq!((alone.0, together.0, together.1.len()), (0, 0, 2), "{alone:?} {together:?}");
    let (code, lines) = checked(&[of("aaa", "5"), of("bbb", "6")]);
    assert_eq!((code, &lines[0]["valid"], &lines[1]["valid"]), (1, &json!(true), &json!(false)), "{lines:?}");
    let said = ("yearly_cap.amount".to_owned(), "与 aaa 用同一年度封顶，但金额不同".to_owned());
    assert_eq!((against(&lines[0]), against(&lines[1])), (vec![], vec![said]));
    let (code, lines) = checked(&[of("aaa", "5"), of("aaa", "5")]);
    let said = ("version".to_owned(), "第 1 版有 2 份，请只保留一份".to_owned());
    assert_eq!((code, against(&lines[0]), against(&lines[1])), (1, vec![said.clone()], vec![said]));
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

//! What authors are told, and what the rules of groups mean, by example.

use crate::random::{TODAY, grouped, item, library};
use domain::policy::amount::Amount;
use domain::policy::application::{Command, Standing, State};
use domain::policy::book::Book;
use domain::policy::check::{check, check_set, may_publish, parse};
use domain::policy::evaluate::Verdict;
use domain::policy::facts::{Fact, Facts};
use domain::policy::model::{GroupRule, Item, Mode, YearlyCap};
use domain::policy::money::Fen;
use serde_json::{Value, json};
use time::macros::date;

/// A good item with one part replaced.
fn with(path: &str, value: Value) -> Item {
    let mut source = json!({
        "id": "good", "title": "设备补助", "document": {"no": "1号", "title": "办法"}, "level": "city",
        "valid": {"from": "2025-01-01", "to": "2027-12-31"},
        "apply": {"mode": "declare", "from": "2026-01-01", "to": "2026-12-31"},
        "clauses": {"c1": "第一条", "c2": "第二条"},
        "condition": {"all": [
            {"num": {"attr": "revenue", "op": "ge", "value": "500"}, "clause": "c1"},
            {"in_set": {"attr": "industry", "codes": ["C"]}, "clause": "c2"}]},
        "amount": {"percent": {"of": "revenue", "rate": "0.08", "cap": "1000"}}
    });
    if let Some(place) = source.pointer_mut(path) {
        *place = value;
    } else {
        let (parent, key) = path.rsplit_once('/').unwrap();
        source.pointer_mut(parent).unwrap()[key] = value;
    }
    parse(&source.to_string()).unwrap()
}

fn problems(path: &str, value: Value) -> Vec<String> {
    check(&with(path, value), &library())
        .into_iter()
        .filter(|p| !p.advice)
        .map(|p| format!("{}: {}", p.place, p.sentence))
        .collect()
}

#[test]
fn a_good_item_may_be_published() {
    assert_eq!(problems("/version", json!(2)), Vec::<String>::new());
}

#[test]
fn each_mistake_is_named_with_its_place() {
    let band = |from: &str, to: Option<&str>, amount: &str| json!({"from": from, "to": to, "amount": amount});
    let tiers = |bands: Value| json!({"tiered": {"attr": "revenue", "mode": "whole", "bands": bands}});
    let num = |op: &str, value: &str| json!({"num": {"attr": "revenue", "op": op, "value": value}, "clause": "c1"});
    for (path, value, place, words) in [
        ("/condition/all/0/num/attr", json!("revenu"), "condition.all[0].num.attr", "指标库里没有"),
        ("/condition/all/0/num/attr", json!("industry"), "condition.all[0].num.attr", "不是数字"),
        ("/amount", tiers(json!([band("0", Some("600"), "1"), band("700", None, "2")])), "amount.tiered.bands[0]", "空缺"),
        ("/amount", tiers(json!([band("0", Some("800"), "1"), band("700", None, "2")])), "amount.tiered.bands[0]", "重叠"),
        ("/amount", tiers(json!([band("0", Some("400"), "1"), band("400", None, "2")])), "amount.tiered.bands[0]", "拿不到"),
        ("/document/url", json!("javascript:alert(1)"), "document.url", "https://"),
        ("/document/url", json!("java\nscript:alert(1)//https://"), "document.url", "https://"),
        ("/document/url", json!("www.huzhou.gov.cn"), "document.url", "https://"),
        ("/valid", json!({"from": "2026-01-02", "to": "2026-01-01"}), "valid", "早于"),
        ("/apply/to", json!("2025-12-31"), "apply", "早于"),
        ("/apply", json!({"mode": "declare", "from": "2028-01-01"}), "apply", "有效期"),
        ("/amount/percent/of", json!(""), "amount.percent.of", "基数"),
        ("/amount/percent/floor", json!("2000"), "amount.percent.floor", "拿不到"),
        ("/amount", json!({"max_of": [{"fixed": "1"}, {"fixed": "2"}]}), "amount.max_of[0]", "拿不到"),
        ("/amount", json!({"fixed": "0"}), "amount.fixed", "大于 0"),
        ("/amount", json!({"capped": {"of": {"fixed": "5"}, "cap": "9"}}), "amount.capped.cap", "达不到"),
        ("/condition", json!({"all": [num("ge", "5"), num("lt", "5")]}), "condition", "不可能"),
        ("/condition", json!({"any": [num("ge", "5"), num("lt", "5")]}), "condition", "等于没有写"),
        ("/condition", json!({"all": []}), "condition", "等于没有写"),
        ("/condition/all/1/in_set/codes", json!([]), "condition.all[1].in_set.codes", "至少"),
        ("/clauses", json!({"c1": "第一条"}), "condition.all[1].clause", "没有条款原文"),
        ("/clauses/c2", json!(" "), "clauses.c2", "为空"),
        ("/condition/all/0", json!({"has_tag": {"tag": "nobody"}}), "condition.all[0].has_tag.tag", "标签库里没有"),
        ("/condition/all/0", json!({"at_least": {"k": 2, "of": [num("ge", "5")]}}), "condition.all[0].at_least.k", "列出了 1 项"),
    ] {
        let found = problems(path, value);
        assert!(found.iter().any(|p| p.starts_with(&format!("{place}: ")) && p.contains(words)), "{path}: {found:?}");
    }
}

#[test]
fn a_cap_beyond_what_the_condition_lets_through_is_named() {
    let found = problems("/condition/all/0/num", json!({"attr": "revenue", "op": "le", "value": "1000"}));
    assert!(found.iter().any(|p| p.starts_with("amount.percent.cap: ")), "{found:?}");
}

#[test]
fn unreadable_json_says_where() {
    let problem =
        parse(r#"{"id": "x", "title": "x", "condition": {"num": {"attr": "a", "op": "ge", "value": 0.5}}}"#).unwrap_err();
    assert!(problem.place.starts_with("condition"), "{problem:?}");
    let two = parse(r#"{"condition": {"all": [], "any": []}}"#).unwrap_err();
    assert!(two.sentence.contains("只能有"), "{two:?}");
}

#[test]
fn items_of_a_group_must_agree() {
    let one = grouped("aaa", 1, "g", GroupRule::Highest);
    let mut other = grouped("bbb", 2, "g", GroupRule::Stack);
    other.yearly_cap = Some(YearlyCap { id: "y".into(), amount: Fen(9) });
    let found = check_set(&[one.clone(), other, one]);
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn advice_does_not_stand_against_publishing() {
    let found = check(&with("/condition/all/0", json!({"num": {"attr": "revenue", "op": "ge", "value": "500"}})), &library());
    assert!(found.iter().all(|problem| problem.advice) && !found.is_empty() && may_publish(&found), "{found:?}");
}

#[test]
fn top_up_pays_the_difference_to_the_highest() {
    let mut city = grouped("city", 10_000, "g", GroupRule::TopUp);
    city.group.as_mut().unwrap().received = Some("revenue".into());
    let province = grouped("province", 30_000, "g", GroupRule::TopUp);
    let book = Book::new(vec![city, province], TODAY);
    let open = book.evaluate(&Facts::default()).total;
    assert_eq!((open.low, open.high), (Fen::ZERO, Some(Fen(30_000))));
    let mut facts = Facts::default();
    facts.set("revenue", Fact::new("120.5"));
    assert_eq!(book.evaluate(&facts).total.low, Fen(30_000 - 12_050));
}

#[test]
fn versions_follow_their_dates() {
    let old = item("a", crate::random::always(), Amount::Fixed(Fen(100)));
    let mut new = item("a", crate::random::always(), Amount::Fixed(Fen(200)));
    (new.version, new.valid.from) = (2, date!(2026 - 12 - 01));
    let total = |on| Book::new(vec![old.clone(), new.clone()], on).evaluate(&Facts::default()).total.low;
    assert_eq!((total(TODAY), total(date!(2026 - 12 - 01))), (Fen(100), Fen(200)));
    assert_eq!(Book::new(vec![new], TODAY).evaluate(&Facts::default()).outcomes, Vec::new());
}

#[test]
fn facts_that_cannot_be_read_are_told_and_count_as_unknown() {
    let book = Book::new(vec![with("/version", json!(1))], TODAY);
    let facts: Facts = serde_json::from_value(json!({"revenue": "一百万", "industry": "C3811"})).unwrap();
    let evaluation = book.evaluate(&facts);
    assert_eq!(evaluation.problems[0].code, "revenue");
    assert_eq!(evaluation.outcomes[0].verdict, Verdict::Unknown);
}

#[test]
fn the_next_question_is_the_one_that_decides_the_most() {
    let leaf = |attr: &str| json!({"num": {"attr": attr, "op": "ge", "value": "1"}, "clause": "c1"});
    let mut small = with("/amount", json!({"fixed": "10"}));
    small.condition = serde_json::from_value(leaf("revenue")).unwrap();
    let mut large = with("/amount", json!({"fixed": "900"}));
    (large.id, large.condition) = ("large".into(), serde_json::from_value(leaf("employees")).unwrap());
    let asked = Book::new(vec![small, large], TODAY).evaluate(&Facts::default()).questions;
    let list: Vec<(&str, Fen)> = asked.iter().map(|q| (q.missing.code(), q.decides)).collect();
    assert_eq!(list, [("employees", Fen(90_000)), ("revenue", Fen(1_000))]);
}

#[test]
fn an_application_moves_only_as_the_table_has_it() {
    let at = |state, mode, notice_until| Standing {
        state,
        mode,
        rated: false,
        notice_until,
        computed: 100,
        approved_by: None,
        proposed: None,
    };
    let declared = at(State::Submitted, Mode::Declare, None);
    assert!(declared.decide(Command::Approve, TODAY).unwrap_err().contains("先审核"));
    assert_eq!(at(State::Submitted, Mode::Automatic, None).decide(Command::Approve, TODAY), Ok(State::Approved));
    let noticed = at(State::PublicNotice, Mode::Declare, Some(date!(2026 - 11 - 24)));
    assert!(noticed.decide(Command::Approve, TODAY).is_err());
    assert_eq!(noticed.decide(Command::Approve, date!(2026 - 11 - 25)), Ok(State::Approved));
    // Approved or paid, it is rated where it stands, and once.
    for state in [State::Approved, State::Paid] {
        let given = at(state, Mode::Declare, None);
        assert_eq!(given.decide(Command::Rate, TODAY), Ok(state));
        assert!(Standing { rated: true, ..given }.decide(Command::Rate, TODAY).is_err());
    }
    let rated = Standing { rated: true, ..at(State::Approved, Mode::Declare, None) };
    assert_eq!(rated.decide(Command::Pay, TODAY), Ok(State::Paid), "what was rated is still paid");
    assert!(at(State::Reviewing, Mode::Declare, None).decide(Command::Rate, TODAY).is_err());
    for state in [State::Rejected, State::Withdrawn] {
        for command in Command::ALL {
            assert!(at(state, Mode::Declare, None).decide(command, TODAY).is_err());
        }
    }
}

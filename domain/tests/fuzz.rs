//! Whatever people and files can send to what reads numbers, money, dates, telephones, codes and policy items: no panic, no overflow (the build of
//! `scripts/fuzz` checks arithmetic), no answer that is longer than what was asked warrants, and a refusal is a sentence.
//!
//! `PROPTEST_CASES` says how many cases; `scripts/fuzz` tries a million.
#![allow(clippy::unwrap_used)]

use domain::administration::Tail;
use domain::calendar::{Span, WorkCalendar, local, midnight, words as times};
use domain::catalogue::Catalogue;
use domain::phone::{Mobile, parse_contact_phone};
use domain::policy::book::Book;
use domain::policy::check::{check, check_set, parse};
use domain::policy::facts::{Fact, Facts};
use domain::policy::library::{Attribute, AttributeKind, Library};
use domain::policy::map::Map;
use domain::policy::model::Item;
use domain::policy::money::{Decimal, Fen, LIMIT};
use domain::policy::{day, figure, version, words};
use domain::text::{Check, clean, half_width, propose_title};
use domain::uscc::Uscc;
use domain::{mask, search, staff};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::LazyLock;
use time::Date;
use time::macros::{date, datetime};

const TODAY: Date = date!(2026 - 11 - 26);

/// Characters that mean something to one reader or another, those that mean nothing to any, and everything between.
fn character() -> impl Strategy<Value = char> {
    let of = |text: &str| prop::sample::select(text.chars().collect::<Vec<char>>());
    prop_oneof![
        6 => of("0123456789"),
        3 => of(".-+,%/:eE 年月日#x"),
        2 => of("百千万亿元转￥¥，、０９．－　"),
        2 => of("ABCDEFGHJKLMNPQRTUWXYabcxyz_"),
        1 => of("\0\n\r\t\u{feff}\u{202e}\u{200b}\u{301}\u{10ffff}\u{d7ff}𝟘٣🏭<>&\"'"),
        1 => any::<char>(),
    ]
}

fn text() -> impl Strategy<Value = String> {
    let day = (0_u32..=12_000, 0_u8..=13, 0_u8..=32).prop_map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"));
    let number = (any::<i64>(), 0_u32..20).prop_map(|(value, places)| {
        let (whole, part) = (value / 10_i64.pow(places.min(18)), value.unsigned_abs() % 10_u64.pow(places.min(18)));
        format!("{whole}.{part}")
    });
    prop_oneof![
        8 => vec(character(), 0..24).prop_map(String::from_iter),
        1 => vec(character(), 24..400).prop_map(String::from_iter),
        2 => day,
        2 => number,
        1 => any::<i64>().prop_map(|value| value.to_string()),
    ]
}

/// What a person can read: Chinese, and nothing that a program says of itself.
fn is_sentence(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) && !text.contains("Error") && text.chars().count() < 200
}

macro_rules! refused {
    ($error:expr) => {
        let said = $error.to_string();
        prop_assert!(is_sentence(&said), "{said}");
    };
}

fn attribute(kind: AttributeKind, unit: &str) -> Attribute {
    Attribute {
        code: "a".into(),
        name: "甲".into(),
        kind,
        unit: unit.into(),
        source: String::new(),
        refresh: String::new(),
        enterprise_may_state: true,
        want: domain::policy::library::Want::default(),
    }
}

const KINDS: [AttributeKind; 7] = [
    AttributeKind::Money,
    AttributeKind::Count,
    AttributeKind::Number,
    AttributeKind::Date,
    AttributeKind::Code,
    AttributeKind::Tag,
    AttributeKind::Bool,
];

/// Every kind of attribute by every unit, as a library that shows what was typed.
static LIBRARY: LazyLock<Library> =
    LazyLock::new(|| Library::new(KINDS.iter().map(|kind| attribute(*kind, "%")).collect(), Vec::new(), Vec::new()));

proptest! {
    #[test]
    fn numbers_and_money(typed in text()) {
        match Decimal::parse(&typed) {
            Ok(value) => prop_assert_eq!(Decimal::parse(&value.to_string()), Ok(value)),
            Err(error) => { refused!(error); }
        }
        match Fen::parse(&typed) {
            Ok(value) => {
                prop_assert_eq!(Fen::parse(&value.to_string()), Ok(value));
                prop_assert!(value.words().len() < 80);
                _ = value.plus(Fen(i64::MAX)).plus(value);
            }
            Err(error) => { refused!(error); }
        }
        for unit in ["", "%", "元", "万元", "人", "\u{301}"] {
            match figure::number(&typed, unit) {
                Ok(value) => {
                    prop_assert!(value.micro().abs() < LIMIT);
                    prop_assert!(figure::spoken(value).len() < 80 && words::percent(value).len() < 80);
                }
                Err(error) => { refused!(error); }
            }
            for kind in KINDS {
                match figure::read(&attribute(kind, unit), &typed) {
                    Ok(kept) => { words::value(&LIBRARY, "a", &kept); }
                    Err(said) => { refused!(said); }
                }
            }
        }
        prop_assert!(words::value(&LIBRARY, "a", &typed).len() <= 4 * typed.len() + 200);
        prop_assert!(words::code_name("industry", &typed).len() <= 4 * typed.len() + 200);
    }

    #[test]
    fn telephones_codes_and_names(typed in text(), most in 0_usize..60) {
        match Mobile::parse(&typed) {
            Ok(number) => prop_assert_eq!(Mobile::parse(number.as_str()), Ok(number)),
            Err(error) => { refused!(error); }
        }
        match parse_contact_phone(&typed) {
            Ok(number) => prop_assert_eq!(parse_contact_phone(&number), Ok(number)),
            Err(error) => { refused!(error); }
        }
        match Uscc::parse(&typed) {
            Ok(code) => prop_assert_eq!(Uscc::parse(code.as_str()), Ok(code)),
            Err(error) => { refused!(error); }
        }
        Uscc::from_body(&typed);
        match staff::login(&typed) {
            Ok(login) => prop_assert_eq!(staff::login(&login), Ok(login.clone())),
            Err(said) => { refused!(said); }
        }
        if let Err(said) = staff::reason(&typed) { refused!(said); }
        if let Err(said) = version::reason(&typed) { refused!(said); }
        let cleaned = clean(&typed);
        prop_assert_eq!(clean(&cleaned), cleaned.clone());
        prop_assert!(cleaned.len() <= typed.len() && half_width(&typed).len() <= typed.len());
        prop_assert!(propose_title(&typed, most).chars().count() <= most.max(1));
        for shown in [mask::phone(&typed), mask::name(&typed), mask::contact(&typed, &typed)] {
            prop_assert!(shown.len() <= 2 * typed.len() + 60, "{shown}");
        }
        let letters = typed.chars().count();
        let (kept, asked) = (search::tokens(&typed), search::query_tokens(&typed));
        prop_assert!(kept.len() <= 4 * letters + 4 && asked.len() <= 4 * letters + 4);
        let mut check = Check::new();
        let read = check.text("a", "名称", &typed, 2, most.max(2));
        if let Err(faults) = check.finish() {
            for fault in faults { refused!(fault.message); }
        } else {
            prop_assert!((2..=most.max(2)).contains(&read.chars().count()));
        }
    }

    #[test]
    fn days_and_limits(typed in text(), months in prop_oneof![0_u32..600, any::<u32>()], span in prop_oneof![0_u32..600, any::<u32>()]) {
        let mut check = Check::new();
        Tail::read(&mut check, "机构改革", &typed, TODAY);
        if let Err(faults) = check.finish() {
            for fault in faults { refused!(fault.message); }
        }
        let Some(read) = day::parse(&typed) else { return Ok(()) };
        prop_assert_eq!(day::parse(&day::text(read)), Some(read));
        if let Some(later) = day::add_months(read, months) {
            prop_assert!(later >= read && day::months_between(read, later) == i64::from(months));
        }
        day::months_between(read, TODAY);
        let (at, now) = (midnight(read), midnight(TODAY));
        for said in [times::moment(at, now), times::due(at, now), times::moment(now, at), times::due(now, at), times::day(read)] {
            prop_assert!(said.len() < 80);
        }
        prop_assert_eq!(local(at).date(), read);
        let calendar = WorkCalendar::default().with_days(&[(read, true), (TODAY, false)]);
        prop_assert!(calendar.is_working_day(read) && !calendar.is_working_day(TODAY));
        for span in [Span::Days(span), Span::Hours(span), Span::Minutes(span)] {
            match calendar.add(at, span) {
                Ok(due) => {
                    prop_assert!(due.due >= at && due.skipped.len() < 366 * 20);
                    prop_assert!(calendar.warn_at(at, due.due) <= due.due);
                }
                Err(error) => { refused!(error); }
            }
        }
    }

    #[test]
    fn what_a_problem_is_about(typed in text()) {
        static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::built_in);
        let edition = CATALOGUE.at(datetime!(2026-11-26 10:00 UTC));
        prop_assert!(edition.suggest(&typed).len() <= 40);
        let fit = edition.fit(&typed);
        prop_assert!(fit.confidence() <= 100 && edition.category(fit.code()).is_some());
    }
}

/// The policies of the project.
static ITEMS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    fn read(folder: &Path, found: &mut Vec<Value>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, found);
            } else if path.extension().is_some_and(|end| end == "json") {
                let value: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
                let item = value.get("item").cloned().unwrap_or(value);
                found.extend(Some(item).filter(|item| item.get("condition").is_some()));
            }
        }
    }
    let mut found = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies"), &mut found);
    assert!(found.len() > 5, "the policies are there");
    found
});

/// What may stand somewhere in a file instead of what stood there.
fn wild() -> impl Strategy<Value = Value> {
    const NUMBERS: &[&str] = &[
        "0",
        "-1",
        "1",
        "0.000001",
        "-0.000001",
        "0.0000001",
        "4611686018427",
        "9223372036854.775807",
        "-9223372036854.775807",
        "9223372036854775807",
        "99999999999999999999",
        "4000000000000",
        "1e9",
        "NaN",
        "１２",
        "5000万",
        "",
    ];
    const DAYS: &[&str] = &["0000-01-01", "0001-01-01", "9999-12-31", "2026-02-29", "2026-11-26", "-9999-01-01", "10000-01-01"];
    let nested = |depth: usize| (0..depth).fold(json!({"attest": {"question": "q"}}), |inner, _| json!({"not": inner}));
    prop_oneof![
        6 => prop::sample::select(NUMBERS).prop_map(Value::from),
        2 => prop::sample::select(DAYS).prop_map(Value::from),
        2 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        2 => text().prop_map(Value::from),
        1 => prop::sample::select(vec![Value::Null, json!([]), json!({}), json!(true), json!([[]]), json!({"all": []}), json!({"any": []})]),
        1 => (0_usize..80).prop_map(nested),
        1 => prop::sample::select(vec!["highest", "top_up", "exclusive", "stack", "whole", "marginal", "none", "declare", "automatic"]).prop_map(Value::from),
    ]
}

#[derive(Debug, Clone)]
enum Change {
    /// Something else in its place.
    Put(Value),
    /// Nothing in its place.
    Remove,
    /// Once more beside itself.
    Double,
    /// A part of another policy in its place.
    Graft(usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        5 => wild().prop_map(Change::Put),
        1 => Just(Change::Remove),
        2 => Just(Change::Double),
        3 => (any::<usize>(), any::<usize>()).prop_map(|(item, part)| Change::Graft(item, part)),
    ]
}

fn parts(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(parts).sum(),
        Value::Object(map) => map.values().map(parts).sum(),
        _ => 0,
    }
}

/// The n-th part of a value, with how many there are.
fn part<'a>(value: &'a mut Value, at: &mut usize) -> Option<&'a mut Value> {
    if *at == 0 {
        return Some(value);
    }
    *at -= 1;
    match value {
        Value::Array(list) => list.iter_mut().find_map(|inner| part(inner, at)),
        Value::Object(map) => map.values_mut().find_map(|inner| part(inner, at)),
        _ => None,
    }
}

fn changed(item: usize, changes: &[(usize, Change)]) -> Value {
    let mut value = ITEMS[item % ITEMS.len()].clone();
    for (at, change) in changes {
        let mut at = at % parts(&value);
        let Some(place) = part(&mut value, &mut at) else { continue };
        match change {
            Change::Put(other) => *place = other.clone(),
            Change::Graft(item, at) => {
                let mut from = ITEMS[item % ITEMS.len()].clone();
                let mut at = at % parts(&from);
                *place = part(&mut from, &mut at).map(Value::take).unwrap_or_default();
            }
            Change::Remove => match place {
                Value::Array(list) => drop(list.pop()),
                Value::Object(map) => drop(map.keys().next().cloned().map(|key| map.remove(&key))),
                other => *other = Value::Null,
            },
            Change::Double => match place {
                Value::Array(list) => list.extend(list.clone()),
                other => *other = json!([other.clone(), other.clone()]),
            },
        }
    }
    value
}

/// Facts for whatever a book asks.
fn facts(book: &Book, values: &[String]) -> Facts {
    let mut map = Map::new();
    for (slot, value) in book.slots().iter().zip(values.iter().cycle()) {
        map.insert(slot.code.clone(), Fact::new(value.clone()));
    }
    Facts { tags: None, attest: Map::new(), values: map }
}

fn ask(items: Vec<Item>, values: &[String], length: usize) -> Result<(), TestCaseError> {
    for item in &items {
        for problem in check(item, &LIBRARY) {
            prop_assert!(!problem.sentence.is_empty());
        }
    }
    check_set(&items);
    let library = &*LIBRARY;
    let book = Book::new(items, TODAY);
    let facts = facts(&book, values);
    let evaluation = book.evaluate(&facts);
    prop_assert!(evaluation.total.low >= Fen::ZERO);
    let mut said = book.to_json(&evaluation, &facts).to_string().len();
    for (at, item) in book.items().iter().enumerate() {
        said += words::formula(library, &item.amount, &facts).len();
        said += words::joint(&item.condition, false).map_or(0, |text| text.len());
        for leaf in book.explain(at, &facts) {
            said += words::asked(library, &leaf).len() + words::actual(library, &leaf).len();
            said += words::gap(library, &leaf).len() + words::step(library, &leaf).len();
        }
    }
    let known: usize = values.iter().map(String::len).sum();
    prop_assert!(said <= 60 * (length + 1_000) + 40 * known * book.slots().len().max(1), "{said} bytes of {length}");
    Ok(())
}

proptest! {
    #[test]
    fn policies_that_somebody_changed(
        first in (any::<usize>(), vec((any::<usize>(), change()), 0..5)),
        second in (any::<usize>(), vec((any::<usize>(), change()), 0..2)),
        values in vec(prop_oneof![text(), any::<i32>().prop_map(|value| value.to_string())], 1..6),
    ) {
        let mut items = Vec::new();
        let mut length = 0;
        for (item, changes) in [first, second] {
            let json = changed(item, &changes).to_string();
            length += json.len();
            match parse(&json) {
                Ok(item) => items.push(item),
                Err(problem) => prop_assert!(!problem.sentence.is_empty() && !problem.place.is_empty()),
            }
        }
        ask(items, &values, length)?;
    }

    #[test]
    fn what_is_no_policy_at_all(json in text(), opened in 0_usize..3_000) {
        prop_assert!(parse(&json).is_err());
        // As deep as a file can say.
        let deep = ["{\"not\":".repeat(opened), json].concat();
        prop_assert!(parse(&deep).is_err());
    }
}

/// A test that only ever met what is no policy would say nothing.
#[test]
fn some_of_what_was_changed_are_policies_still() {
    let mut runner = TestRunner::deterministic();
    let changes = (any::<usize>(), vec((any::<usize>(), change()), 0..5));
    let read = (0..400).filter(|_| {
        let (item, changes) = changes.new_tree(&mut runner).unwrap().current();
        parse(&changed(item, &changes).to_string()).is_ok()
    });
    let read = read.count();
    println!("{read} of 400");
    assert!(read > 60, "{read} of 400");
}

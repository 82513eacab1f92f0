//! The policies of the repository: each may be published, and each does what its own cases say.
#![allow(clippy::unwrap_used)]

use domain::policy::book::Book;
use domain::policy::check::{check, check_set};
use domain::policy::evaluate::Verdict;
use domain::policy::facts::Facts;
use domain::policy::model::{Item, Mode, day};
use domain::policy::money::Fen;
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    on: String,
    facts: Facts,
    expect: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    verdict: String,
    #[serde(default)]
    amount: Option<Fen>,
}

fn bundle() -> server::policies::Bundle {
    server::policies::read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../policies"))).unwrap()
}

#[test]
fn every_item_may_be_published() {
    let bundle = bundle();
    let items = bundle.items().unwrap();
    assert!(items.len() >= 30, "{} items", items.len());
    for item in &items {
        assert_eq!(check(item, &bundle.library), [], "{}", item.id);
        assert!(!item.document.title.is_empty() && !item.document.years.is_empty(), "{} has a source and its years", item.id);
    }
    assert_eq!(check_set(&items), []);
    assert_eq!(server::policies::embedded().unwrap().items().unwrap(), items, "the binary holds the same");
}

#[test]
fn every_item_does_what_its_cases_say() {
    let items: Vec<Item> = bundle().items().unwrap();
    for file in bundle().files {
        let item = file.item.unwrap();
        let cases = std::fs::read_to_string(file.path.with_extension("cases.json")).unwrap();
        let cases: Vec<Case> = serde_json::from_str(&cases).unwrap();
        assert!(cases.len() >= 3, "{}", item.id);
        for verdict in [Verdict::Eligible, Verdict::Ineligible, Verdict::Unknown] {
            assert!(cases.iter().any(|case| case.expect.verdict == verdict.code()), "{} has no case {}", item.id, verdict.code());
        }
        for case in cases {
            let of_item = items.iter().filter(|other| other.id == item.id).cloned().collect();
            let book = Book::new(of_item, day::parse(&case.on).unwrap());
            let evaluation = book.evaluate(&case.facts);
            let about = format!("{} v{}: {}", item.id, item.version, case.name);
            assert_eq!(evaluation.problems, [], "{about}");
            let outcome = &evaluation.outcomes[0];
            assert_eq!(book.items()[outcome.item].version, item.version, "{about}: in force on {}", case.on);
            assert_eq!(outcome.verdict.code(), case.expect.verdict, "{about}");
            if outcome.verdict == Verdict::Eligible {
                assert_eq!(Some(outcome.amount.low), case.expect.amount, "{about}");
                assert!(outcome.amount.is_exact(), "{about}");
            }
        }
    }
}

/// Every item of every version stands in `docs/POLICIES.md` with its document, and no other.
#[test]
fn every_item_stands_in_the_table_of_sources() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/POLICIES.md")).unwrap();
    let rows: Vec<Vec<&str>> =
        text.lines().filter(|line| line.starts_with("| `")).map(|line| line.split(" | ").collect()).collect();
    let items = bundle().items().unwrap();
    for item in &items {
        let start = format!("| `{}` v{}", item.id, item.version);
        let row = rows.iter().find(|row| row[0] == start).unwrap_or_else(|| panic!("{start} is not in docs/POLICIES.md"));
        assert_eq!(row.len(), 7, "{start}: source, article, in force, checked, doubtful");
        let source = if item.document.no.is_empty() { &item.document.title } else { &item.document.no };
        assert!(row[2].contains(source.as_str()), "{start}: {source}");
        let to = item.valid.to.map(day::text).unwrap_or_default();
        assert!(row[4].contains(&day::text(item.valid.from)) && row[4].contains(&to), "{start}: in force");
        assert!(row[1..].iter().all(|cell| !cell.trim().is_empty()), "{start}: an empty cell");
    }
    assert_eq!(rows.len(), items.len(), "the table has rows of items that are not there");
}

/// What is known and not entered stands in the second table as it stands in `policies/known.json`, in its order.
#[test]
fn what_is_not_entered_stands_in_the_table_as_in_its_file() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let known = std::fs::read_to_string(format!("{root}/policies/known.json")).unwrap();
    let known: Vec<serde_json::Value> = serde_json::from_str(&known).unwrap();
    let said = |one: &serde_json::Value, field: &str| one[field].as_str().unwrap().to_owned();
    let expected: Vec<String> = known
        .iter()
        .map(|one| {
            let name = [said(one, "no"), said(one, "title")].join(" ").trim().to_owned();
            let seen = if said(one, "seen").is_empty() { "—".to_owned() } else { said(one, "seen") };
            format!("| {name} | {} | {} | {seen} | {} |", said(one, "issuer"), said(one, "years"), said(one, "why"))
        })
        .collect();
    let text = std::fs::read_to_string(format!("{root}/docs/POLICIES.md")).unwrap();
    let table = text.split_once("## Known, not entered").unwrap().1;
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert_eq!(rows, expected);
}

/// Every figure of a new library stands in a group of the portrait.
#[test]
fn every_figure_has_its_place_in_the_portrait() {
    let library = bundle().library;
    let groups = domain::policy::portrait::grouped(library.attributes.values());
    assert_eq!(groups.iter().map(|(_, list)| list.len()).sum::<usize>(), library.attributes.values().count());
    assert!(groups.iter().all(|(title, _)| *title != "其他"), "{:?}", groups.last());
}

/// What an enterprise enjoys in its tax return is not applied for here, and says what to keep on file.
#[test]
fn tax_reliefs_are_enjoyed_and_say_what_to_keep() {
    let items = bundle().items().unwrap();
    let enjoyed: Vec<&Item> = items.iter().filter(|item| item.apply.mode == Mode::Enjoy).collect();
    assert!(enjoyed.len() >= 20, "{}", enjoyed.len());
    for item in &enjoyed {
        assert!(!item.apply.materials.is_empty(), "{} says what to keep on file", item.id);
    }
    // No tax office, and no ministry's system, sees what would be sent here.
    for item in items.iter().filter(|item| item.board == "tax" || item.tags.iter().any(|tag| tag == "认定")) {
        assert!(!item.apply.is_here(), "{} is applied for elsewhere", item.id);
        assert!(!item.apply.place.is_empty(), "{} says where", item.id);
    }
    let paid = |item: &&Item| item.apply.mode == Mode::Automatic && item.board == "tax";
    assert_eq!(items.iter().filter(paid).map(|item| item.id.as_str()).collect::<Vec<_>>(), Vec::<&str>::new());
}

/// No step that an enterprise's head cannot wish for: fewer people, less revenue, fewer disabled employees.
#[test]
fn nothing_advises_harm() {
    let bundle = bundle();
    let on = day::parse("2026-11-24").unwrap();
    let book = Book::new(bundle.items().unwrap(), on).with(&bundle.library);
    let mut near = 0;
    for employees in ["5", "56", "300", "356", "2000"] {
        for (disabled, revenue) in [("0", "1000000"), ("1", "90000000"), ("9", "9000000000")] {
            let facts: Facts = serde_json::from_value(serde_json::json!({
                "employees": employees, "disabled_employees": disabled, "revenue": revenue, "total_assets": revenue,
                "taxable_income": "4000000", "monthly_sales": "200000", "equipment_investment": "4580000", "equipment_max_price": "6000000",
                "disabled_fund_due": "50000", "storage_land_area": "5000", "storage_land_tax": "1", "rd_expense": "1000000", "tags": ["logistics", "small-vat-payer"],
            }))
            .unwrap();
            for outcome in book.evaluate(&facts).outcomes {
                let Some(short) = outcome.short else { continue };
                near += 1;
                let leaf = &book.explain(outcome.item, &facts)[short];
                let step = domain::policy::words::step(&bundle.library, leaf);
                assert!(!step.contains("超出"), "{}: {step}", book.items()[outcome.item].id);
            }
        }
    }
    assert!(near > 0, "something is one step away");
}

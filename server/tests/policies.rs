//! The policies of the repository: each may be published, and each does what its own cases say.
#![allow(clippy::unwrap_used)]

use domain::policy::book::Book;
use domain::policy::check::{check, check_set};
use domain::policy::evaluate::Verdict;
use domain::policy::facts::Facts;
use domain::policy::model::{Item, day};
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

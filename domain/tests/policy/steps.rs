//! 差一点 names only steps that an enterprise would want to take, and the smallest first.
#![allow(clippy::unwrap_used)]

use crate::random::{TODAY, condition, item, library, small_facts};
use domain::policy::amount::Amount;
use domain::policy::book::Book;
use domain::policy::condition::{Op, Test};
use domain::policy::evaluate::Standing;
use domain::policy::facts::Facts;
use domain::policy::library::{Library, Want};
use domain::policy::money::{Decimal, Fen};
use domain::policy::words;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Revenue may grow, employees may shrink (in this test), of research nothing is said.
fn advised() -> Library {
    let mut library = library();
    for (code, want) in [("revenue", Want::More), ("employees", Want::Less)] {
        library.attributes.get_mut(code).unwrap().want = want;
    }
    library
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn a_step_is_wanted_and_is_enough(condition in condition(), facts in small_facts()) {
        let library = advised();
        let book = Book::new(vec![item("a", condition, Amount::Fixed(Fen(100)))], TODAY).with(&library);
        let outcome = &book.evaluate(&facts).outcomes[0];
        prop_assert_eq!(outcome.standing == Standing::Near, outcome.short.is_some());
        let Some(short) = outcome.short else { return Ok(()) };
        let leaf = &book.explain(0, &facts)[short];
        let (attr, op) = match &leaf.leaf.test {
            Test::Num { attr, op, .. } => (attr.as_str(), *op),
            Test::Ratio { num, op, .. } => (num.as_str(), *op),
            Test::Age { .. } => return Ok(()),
            other => panic!("{other:?} has no measure"),
        };
        match attr {
            "revenue" => prop_assert!(matches!(op, Op::Ge | Op::Gt | Op::Eq)),
            "employees" => prop_assert!(matches!(op, Op::Le | Op::Lt | Op::Eq)),
            other => prop_assert!(false, "{} moved", other),
        }
        if let (Test::Num { .. }, Op::Ge | Op::Le) = (&leaf.leaf.test, op) {
            let gap = Decimal::parse(leaf.gap.as_ref().unwrap()).unwrap().micro();
            let now = Decimal::parse(&facts.get(attr).unwrap().value).unwrap().micro();
            let mut taken = facts.clone();
            let then = if op == Op::Ge { now + gap } else { now - gap };
            taken.values.get_mut(attr).unwrap().value = Decimal::from_micro(then).to_string();
            prop_assert!(matches!(book.evaluate(&taken).outcomes[0].standing, Standing::Applicable));
        }
    }
}

fn leaf(attr: &str, op: &str, value: &str) -> Value {
    json!({"num": {"attr": attr, "op": op, "value": value}})
}

fn book(conditions: Vec<Value>) -> Book {
    let made = |(at, condition)| item(&format!("i{at}"), serde_json::from_value(condition).unwrap(), Amount::Fixed(Fen(100)));
    Book::new(conditions.into_iter().enumerate().map(made).collect(), TODAY).with(&advised())
}

#[test]
fn nobody_is_advised_to_earn_less_or_to_lose_what_else_is_asked() {
    let facts: Facts = serde_json::from_value(json!({"revenue": "80", "employees": "30", "rd_expense": "1"})).unwrap();
    let standing = |condition: Value| book(vec![condition]).evaluate(&facts).outcomes[0].standing;
    assert_eq!(standing(leaf("revenue", "ge", "100")), Standing::Near);
    assert_eq!(standing(leaf("revenue", "le", "50")), Standing::Unmet);
    assert_eq!(standing(leaf("rd_expense", "ge", "2")), Standing::Unmet);
    assert_eq!(standing(json!({"ratio": {"num": "employees", "den": "revenue", "op": "ge", "value": "0.5"}})), Standing::Unmet);
    assert_eq!(standing(json!({"ratio": {"num": "revenue", "den": "employees", "op": "ge", "value": "3"}})), Standing::Near);
    // The step would break the other condition.
    assert_eq!(standing(json!({"all": [leaf("revenue", "ge", "100"), leaf("revenue", "le", "90")]})), Standing::Unmet);
}

#[test]
fn the_smallest_step_comes_first() {
    let facts: Facts = serde_json::from_value(json!({"revenue": "80", "employees": "30"})).unwrap();
    let book = book(vec![leaf("revenue", "ge", "800"), leaf("revenue", "ge", "100"), leaf("revenue", "ge", "81")]);
    let evaluation = book.evaluate(&facts);
    let order: Vec<&str> = evaluation.outcomes.iter().map(|outcome| book.items()[outcome.item].id.as_str()).collect();
    assert_eq!(order, ["i2", "i1", "i0"]);
    let either = super::steps::book(vec![json!({"any": [leaf("revenue", "ge", "800"), leaf("revenue", "ge", "90")]})]);
    assert_eq!(either.evaluate(&facts).outcomes[0].short, Some(1));
}

#[test]
fn a_step_that_loses_more_than_it_brings_is_no_advice() {
    let facts: Facts = serde_json::from_value(json!({"revenue": "80"})).unwrap();
    let standings = |gain: i64, loss: i64| {
        let made =
            |id: &str, condition: Value, fen: i64| item(id, serde_json::from_value(condition).unwrap(), Amount::Fixed(Fen(fen)));
        let items = vec![made("gained", leaf("revenue", "ge", "100"), gain), made("lost", leaf("revenue", "le", "90"), loss)];
        let book = Book::new(items, TODAY).with(&advised());
        let evaluation = book.evaluate(&facts);
        let of = |id: &str| {
            let outcome = evaluation.outcomes.iter().find(|outcome| book.items()[outcome.item].id == id).unwrap();
            (outcome.standing, outcome.short)
        };
        assert_eq!((of("lost").0, evaluation.total.low), (Standing::Applicable, Fen(loss)));
        of("gained")
    };
    assert_eq!(standings(100, 101), (Standing::Unmet, None));
    assert_eq!(standings(100, 100), (Standing::Near, Some(0)));
    assert_eq!(standings(100, 99), (Standing::Near, Some(0)));
}

#[test]
fn more_than_so_many_is_one_more_and_nobody_is_half_a_person() {
    let mut library = advised();
    let people = library.attributes.get_mut("revenue").unwrap();
    (people.kind, people.unit, people.name) = (domain::policy::library::AttributeKind::Count, "人".into(), "人数".into());
    let said = |condition: Value, facts: Value| {
        let facts: Facts = serde_json::from_value(facts).unwrap();
        let per = serde_json::from_value(json!({"per_unit": {"attr": "revenue", "unit": "100"}})).unwrap();
        let book = Book::new(vec![item("a", serde_json::from_value(condition).unwrap(), per)], TODAY).with(&library);
        let outcome = book.evaluate(&facts).outcomes.remove(0);
        let explained = book.explain(0, &facts);
        (words::step(&library, &explained[outcome.short.unwrap()]), outcome.amount.low)
    };
    let more = |count: &str| said(leaf("revenue", "gt", "30"), json!({"revenue": count}));
    assert_eq!(more("30"), ("人数还差 1 人".to_owned(), Fen(310_000)));
    assert_eq!(more("25"), ("人数还差 6 人".to_owned(), Fen(310_000)));
    let share = json!({"ratio": {"num": "revenue", "den": "employees", "op": "ge", "value": "0.1"}});
    assert_eq!(said(share, json!({"revenue": "1", "employees": "15"})).1, Fen(20_000));
    // What brings nothing is no step: more than nothing is a fen of it.
    let share = serde_json::from_value(json!({"percent": {"of": "revenue", "rate": "0.1"}})).unwrap();
    let taxed = item("a", serde_json::from_value(leaf("revenue", "gt", "0")).unwrap(), share);
    let facts: Facts = serde_json::from_value(json!({"revenue": "-5"})).unwrap();
    assert_eq!(Book::new(vec![taxed], TODAY).with(&advised()).evaluate(&facts).outcomes[0].standing, Standing::Unmet);
    // What lacks nothing that figures could say is said as it is asked.
    let library = advised();
    let facts: Facts = serde_json::from_value(json!({"revenue": "0"})).unwrap();
    let book = book(vec![leaf("revenue", "gt", "0")]);
    assert_eq!(words::step(&library, &book.explain(0, &facts)[0]), "尚不满足：revenue > 0");
}

#[test]
fn what_is_more_than_asked_is_told_only_where_less_is_wished() {
    let library = advised();
    let facts: Facts = serde_json::from_value(json!({"revenue": "80", "employees": "30"})).unwrap();
    let gap = |condition: Value| words::gap(&library, &book(vec![condition]).explain(0, &facts)[0]);
    assert_eq!(gap(leaf("revenue", "le", "50")), "", "nobody is told to earn less");
    assert_eq!(gap(leaf("revenue", "eq", "50")), "");
    assert_eq!(gap(leaf("revenue", "eq", "100")), "还差 20");
    assert_eq!(gap(leaf("employees", "le", "20")), "超出 10", "less of it is wished, in this test");
    assert_eq!(gap(leaf("employees", "lt", "30")), "");
    assert_eq!(gap(leaf("revenue", "le", "90")), "", "met");
}

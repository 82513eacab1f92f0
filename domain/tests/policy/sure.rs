//! A sum that is called sure is sure: sums received before, facts of later days, windows, amounts beyond what can be held.
#![allow(clippy::unwrap_used)]

use crate::random::{TODAY, always, condition, grouped, item, small_facts};
use domain::policy::amount::{Amount, PerUnit};
use domain::policy::book::Book;
use domain::policy::evaluate::{Missing, Standing, Verdict};
use domain::policy::facts::{Fact, Facts};
use domain::policy::model::{Fund, Group, GroupRule, Item, YearlyCap};
use domain::policy::money::Fen;
use proptest::collection::vec;
use proptest::prelude::*;
use time::macros::date;

/// Items of a group that tops up, the first of which says where it stands what was received.
fn topped_up(amounts: &[i64]) -> Book {
    let mut items: Vec<_> =
        amounts.iter().enumerate().map(|(at, amount)| grouped(&format!("i{at}"), *amount, "g", GroupRule::TopUp)).collect();
    items[0].group.as_mut().unwrap().received = Some("revenue".into());
    items.push(item("other", always(), Amount::Fixed(Fen(700))));
    Book::new(items, TODAY)
}

fn received(yuan: i64) -> Facts {
    let mut facts = Facts::default();
    facts.set("revenue", Fact::new(yuan.to_string()));
    facts
}

proptest! {
    #[test]
    fn what_was_received_and_is_not_known_makes_a_range(amounts in vec(0_i64..9_000, 1..4), yuan in 0_i64..120) {
        let book = topped_up(&amounts);
        let open = book.evaluate(&Facts::default());
        let settled = book.evaluate(&received(yuan)).total;
        prop_assert!(settled.is_exact());
        prop_assert!(open.total.low <= settled.low && settled.low <= open.total.high.unwrap());
        // Both ends are reached: nothing received, and more than there is.
        prop_assert_eq!(book.evaluate(&received(0)).total.low, open.total.high.unwrap());
        prop_assert_eq!(book.evaluate(&received(100)).total.low, open.total.low);
        let asked = open.questions.iter().find(|question| question.missing == Missing::Attribute("revenue".into()));
        prop_assert_eq!(asked.is_some(), !open.total.is_exact());
        if let Some(asked) = asked {
            prop_assert_eq!(asked.decides.0, open.total.high.unwrap().0 - open.total.low.0);
        }
        for outcome in &open.outcomes {
            let waits = outcome.missing.contains(&Missing::Attribute("revenue".into()));
            prop_assert_eq!(waits, asked.is_some() && book.items()[outcome.item].id != "other");
        }
    }

    #[test]
    fn a_fact_of_a_later_day_does_not_count(
        condition in condition(), facts in small_facts(), later in small_facts(), on in any::<bool>()
    ) {
        let book = Book::new(vec![item("a", condition, Amount::Fixed(Fen(100)))], TODAY);
        let mut known = facts.clone();
        for (code, fact) in later.values {
            if facts.get(&code).is_none() {
                let fact = if on {
                    Fact { on: TODAY.next_day(), ..fact }
                } else {
                    Fact { period: "2027".into(), ..fact }
                };
                known.values.insert(code, fact);
            }
        }
        prop_assert_eq!(book.evaluate(&known), book.evaluate(&facts));
        let (dated, plain) = (book.explain(0, &known), book.explain(0, &facts));
        for (dated, plain) in dated.iter().zip(&plain) {
            prop_assert_eq!((&dated.actual, dated.truth, dated.facts.len()), (&plain.actual, plain.truth, plain.facts.len()));
        }
    }
}

#[test]
fn a_fact_counts_from_the_day_it_is_recorded_and_begun() {
    let on = |on| Fact { on: Some(on), ..Fact::new("1") };
    assert!(on(TODAY).counts_on(TODAY) && !on(date!(2026 - 11 - 25)).counts_on(TODAY));
    for (period, counts) in [
        ("2026", true),
        ("2027", false),
        ("2026-11", true),
        ("2026-12", false),
        ("2026-11-24", true),
        ("2026-11-25", false),
        ("2026Q4", true),
        ("2027年上半年", false),
        ("去年", true),
        ("", true),
    ] {
        let fact = Fact { period: period.into(), ..Fact::new("1") };
        assert_eq!(fact.counts_on(TODAY), counts, "{period}");
    }
}

#[test]
fn outside_its_window_an_item_is_neither_open_nor_counted() {
    let mut early = item("early", always(), Amount::Fixed(Fen(100)));
    early.apply.from = Some(date!(2026 - 12 - 01));
    let mut late = item("late", always(), Amount::Fixed(Fen(1_000)));
    late.apply.to = Some(date!(2026 - 11 - 23));
    let open = item("open", always(), Amount::Fixed(Fen(10)));
    let evaluation = Book::new(vec![early, late, open], TODAY).evaluate(&Facts::default());
    assert_eq!(evaluation.total.low, Fen(10));
    for outcome in &evaluation.outcomes {
        assert_eq!(outcome.verdict, Verdict::Eligible);
        assert_eq!(
            (outcome.standing == Standing::Closed, outcome.chosen),
            (outcome.paid == Fen::ZERO, outcome.paid != Fen::ZERO)
        );
    }
}

#[test]
fn amounts_beyond_what_can_be_held_are_told() {
    let per = |unit: i64| Amount::PerUnit(PerUnit { attr: "revenue".into(), unit: Fen(unit), cap: None });
    let told = |items: Vec<_>, yuan: &str| {
        let mut facts = Facts::default();
        facts.set("revenue", Fact::new(yuan));
        let evaluation = Book::new(items, TODAY).evaluate(&facts);
        let codes: Vec<String> = evaluation.problems.iter().map(|problem| problem.code.clone()).collect();
        (codes, evaluation.total)
    };
    let (codes, total) = told(vec![item("a", always(), per(1_000_000_000_000_000))], "4000000000000");
    assert_eq!((codes, total.low, total.high), (vec!["a".to_owned()], Fen::ZERO, None));
    // Each alone is fine; the sum is not.
    let large = Amount::Fixed(Fen(3_000_000_000_000_000_000));
    let (codes, total) = told(vec![item("a", always(), large.clone()), item("b", always(), large.clone())], "1");
    assert_eq!((codes, total.low, total.high), (vec!["total".to_owned()], Fen::ZERO, None));
    let (codes, total) = told(vec![item("a", always(), large)], "1");
    assert_eq!((codes, total.low, total.is_exact()), (Vec::new(), Fen(3_000_000_000_000_000_000), true));
}

#[test]
fn a_total_without_an_end_says_so_whatever_else_binds() {
    let open = |id: &str| item(id, always(), Amount::PerUnit(PerUnit { attr: "revenue".into(), unit: Fen(100), cap: None }));
    let total = |items: Vec<Item>| {
        let total = Book::new(items, TODAY).evaluate(&Facts::default()).total;
        (total.low, total.high)
    };
    let mut capped = item("capped", always(), Amount::Fixed(Fen(900)));
    capped.yearly_cap = Some(YearlyCap { id: "y".into(), amount: Fen(500) });
    assert_eq!(total(vec![capped, open("a")]), (Fen(500), None));
    // Of a group that tops up one pays a part, as its fund has no more, and the other the rest.
    let topped = |cap: Option<Fen>| {
        let mut pair = vec![open("a"), open("b")];
        pair[0].fund = Some(Fund { id: "f".into(), remaining: Fen(70) });
        for one in &mut pair {
            one.group = Some(Group { id: "g".into(), rule: GroupRule::TopUp, cap, received: None });
        }
        total(pair)
    };
    assert_eq!(topped(None), (Fen::ZERO, None));
    assert_eq!(topped(Some(Fen(300))), (Fen::ZERO, Some(Fen(300))));
}

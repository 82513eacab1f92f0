//! What no check lets through, and a preview or a file may still carry: it is answered, never with a panic. One editor's typo would
//! otherwise be everybody's.

use crate::random::{NUMBERS, TAGS, TODAY, facts, item, library};
use domain::policy::amount::{Amount, Band, Capped, PerUnit, Percent, Stage, TierMode, Tiered};
use domain::policy::book::Book;
use domain::policy::check::{DEEPEST, MOST_PARTS, check, check_set};
use domain::policy::condition::{Condition, Leaf, Op, Test};
use domain::policy::library::Library;
use domain::policy::model::{Fund, Group, GroupRule, Item, YearlyCap};
use domain::policy::money::{Decimal, Fen, LIMIT};
use domain::policy::satisfy::Asker;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::json;
use time::Date;

/// Everything that a text can say, and what lies at its ends.
fn any_number() -> impl Strategy<Value = i64> + Clone {
    const MOST: i64 = LIMIT - 1;
    prop_oneof![-3_i64..3, -MOST..=MOST, Just(-MOST), Just(MOST), Just(-1_000_000), Just(1_000_000)]
}

fn fen() -> impl Strategy<Value = Fen> {
    any_number().prop_map(Fen)
}

fn decimal() -> impl Strategy<Value = Decimal> + Clone {
    any_number().prop_map(Decimal::from_micro)
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![prop::sample::select(&NUMBERS[..]).prop_map(str::to_owned), Just(String::new()), Just("没有\u{0}".to_owned())]
}

fn day() -> impl Strategy<Value = Date> {
    prop_oneof![Just(Date::MIN), Just(Date::MAX), Just(TODAY)]
}

fn condition() -> impl Strategy<Value = Condition> {
    let op = || prop::sample::select(&Op::ALL[..]);
    let test = prop_oneof![
        (name(), op(), decimal()).prop_map(|(attr, op, value)| Test::Num { attr, op, value }),
        (name(), name(), op(), decimal()).prop_map(|(num, den, op, value)| Test::Ratio { num, den, op, value }),
        (name(), vec(name(), 0..3)).prop_map(|(attr, codes)| Test::InSet { attr, codes }),
        name().prop_map(|tag| Test::HasTag { tag }),
        (name(), op(), day()).prop_map(|(attr, op, value)| Test::Date { attr, op, value }),
        (name(), prop_oneof![0_u32..3, any::<u32>()]).prop_map(|(attr, at_least_months)| Test::Age { attr, at_least_months }),
        name().prop_map(|question| Test::Attest { question }),
    ];
    let leaf = (test, option::of(name())).prop_map(|(test, clause)| Condition::Leaf(Leaf { test, clause }));
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Condition::All),
            vec(inner.clone(), 0..4).prop_map(Condition::Any),
            inner.clone().prop_map(|child| Condition::Not(Box::new(child))),
            (any::<u32>(), vec(inner, 0..4)).prop_map(|(k, of)| Condition::AtLeast { k, of }),
        ]
    })
}

fn amount() -> impl Strategy<Value = Amount> {
    let band = (decimal(), option::of(decimal()), option::of(fen()), option::of(decimal()));
    let band = band.prop_map(|(from, to, amount, rate)| Band { from, to, amount, rate });
    let simple =
        prop_oneof![
            Just(Amount::None),
            fen().prop_map(Amount::Fixed),
            (name(), fen(), option::of(fen())).prop_map(|(attr, unit, cap)| Amount::PerUnit(PerUnit { attr, unit, cap })),
            (name(), decimal(), option::of(fen()), option::of(fen()))
                .prop_map(|(of, rate, cap, floor)| Amount::Percent(Percent { of, rate, cap, floor })),
            (name(), any::<bool>(), vec(band, 0..4), option::of(fen())).prop_map(|(attr, whole, bands, cap)| {
                let mode = if whole { TierMode::Whole } else { TierMode::Marginal };
                Amount::Tiered(Tiered { attr, mode, bands, cap })
            }),
            vec(fen().prop_map(|amount| Stage { milestone: String::new(), amount }), 0..3).prop_map(Amount::Staged),
        ];
    simple.prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Amount::MaxOf),
            vec(inner.clone(), 0..4).prop_map(Amount::SumOf),
            vec((prop::sample::select(&TAGS[..]), inner.clone()), 0..3)
                .prop_map(|list| Amount::ByTag(list.into_iter().map(|(tag, amount)| (tag.to_owned(), amount)).collect())),
            (inner, fen()).prop_map(|(of, cap)| Amount::Capped(Box::new(Capped { of, cap }))),
        ]
    })
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    let rule = prop::sample::select(vec![GroupRule::Highest, GroupRule::TopUp, GroupRule::Exclusive, GroupRule::Stack]);
    let group = option::of((0_u8..2, rule, option::of(fen()), option::of(name())));
    let limits = (group, option::of((0_u8..2, fen())), option::of((0_u8..2, fen())));
    vec((condition(), amount(), limits), 1..5).prop_map(|list| {
        let build = |(at, (condition, amount, (group, fund, cap))): (usize, (Condition, Amount, _))| {
            let mut item = item(&format!("i{at}"), condition, amount);
            item.group = Option::map(group, |(id, rule, cap, received): (u8, _, _, _)| Group {
                id: format!("g{id}"),
                rule,
                cap,
                received,
            });
            item.fund = Option::map(fund, |(id, remaining): (u8, _)| Fund { id: format!("f{id}"), remaining });
            item.yearly_cap = Option::map(cap, |(id, amount): (u8, _)| YearlyCap { id: format!("c{id}"), amount });
            item
        };
        list.into_iter().enumerate().map(build).collect()
    })
}

/// So many cases, or as many as `scripts/fuzz` asks for.
fn config(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(cases), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(3_000))]

    #[test]
    fn nothing_an_editor_types_ends_the_process(items in items(), facts in facts(decimal())) {
        let library = library();
        for item in &items {
            check(item, &library);
        }
        check_set(&items);
        let book = Book::new(items, TODAY);
        let evaluation = book.evaluate(&facts);
        prop_assert!(evaluation.total.low >= Fen::ZERO);
        for item in 0..book.items().len() {
            book.explain(item, &facts);
        }
    }
}

#[test]
fn what_is_too_large_is_said_to_be_and_nothing_else_looks_into_it() {
    let mut item: Item = serde_json::from_value(serde_json::json!({
        "id": "large", "version": 1, "title": "大", "document": { "no": "1", "title": "办法" }, "level": "city", "area": "湖州市",
        "board": "project", "valid": { "from": "2026-01-01" }, "apply": { "mode": "declare", "where": "" }, "clauses": {},
        "condition": { "has_tag": { "tag": "x" } }, "amount": "none",
    }))
    .expect("an item");
    let leaf = item.condition.clone();
    // Alternatives of alternatives: as many as could be, asked for each part.
    let pair = Condition::Any(vec![leaf.clone(), Condition::Not(Box::new(leaf.clone()))]);
    item.condition = Condition::All(vec![pair; MOST_PARTS]);
    let problems = check(&item, &Library::default());
    assert_eq!(problems.iter().map(|problem| problem.place.as_str()).collect::<Vec<_>>(), ["condition"]);
    assert!(problems[0].sentence.contains("内容太多"));
    item.condition = (0..DEEPEST).fold(leaf, |inner, _| Condition::Not(Box::new(inner)));
    assert!(check(&item, &Library::default())[0].sentence.contains("嵌套太深"));
}

/// Each of these fits what an item may have, and would take more room or time than any machine has.
#[test]
fn what_would_take_for_ever_to_be_looked_into_is_not() {
    let library = library();
    let ratio = |n: usize| json!({ "ratio": { "num": format!("n{n}"), "den": "d", "op": "ge", "value": "1" } });
    let two_of = json!({ "at_least": { "k": 2, "of": (0..89).map(ratio).collect::<Vec<_>>() } });
    let codes = |from: usize| (from..from + 360).map(|n| format!("C{n:05}")).collect::<Vec<_>>();
    let set = |n: usize| json!({ "in_set": { "attr": "industry", "codes": codes(n * 360) } });
    for (what, condition) in [
        ("millions of alternatives", json!({ "all": [two_of, two_of, two_of, two_of] })),
        ("sets that have nothing in common", json!({ "at_least": { "k": 2, "of": (0..20).map(set).collect::<Vec<_>>() } })),
    ] {
        let condition: Condition = serde_json::from_value(condition).expect(what);
        let (parts, _) = condition.size();
        assert!(parts <= MOST_PARTS, "{what}: {parts} parts");
        let asker = Asker::new(&library);
        assert!(!asker.never_true(&condition) && !asker.always_true(&condition), "{what}");
        assert_eq!(asker.span(&condition, "revenue").1, LIMIT, "{what}");
    }
    let contradiction = json!({ "all": [{ "has_tag": { "tag": "sme" } }, { "not": { "has_tag": { "tag": "sme" } } }] });
    let contradiction: Condition = serde_json::from_value(contradiction).expect("a condition");
    assert!(Asker::new(&library).never_true(&contradiction));
}

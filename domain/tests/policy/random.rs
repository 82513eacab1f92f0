//! Random conditions, amounts, facts and items over a small vocabulary, so that they meet often.

use domain::policy::amount::{Amount, Band, Capped, PerUnit, Percent, Stage, TierMode, Tiered};
use domain::policy::condition::{Condition, Leaf, Op, Test};
use domain::policy::facts::{Fact, Facts};
use domain::policy::library::{Attribute, AttributeKind, Library, Question, Tag};
use domain::policy::map::Map;
use domain::policy::model::{Apply, Document, Group, GroupRule, Item, Level, Mode, Per, Window};
use domain::policy::money::{Decimal, Fen};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use time::Date;
use time::macros::date;

pub const TODAY: Date = date!(2026 - 11 - 24);
pub const NUMBERS: [&str; 3] = ["revenue", "employees", "rd_expense"];
pub const TAGS: [&str; 3] = ["hightech", "benchmark", "sme"];
pub const CODES: [&str; 6] = ["C", "C38", "C3811", "C39", "I", "I65"];

pub fn library() -> Library {
    let attribute = |code: &str, kind| Attribute {
        code: code.into(),
        name: code.into(),
        kind,
        unit: String::new(),
        source: String::new(),
        refresh: String::new(),
        enterprise_may_state: true,
        want: domain::policy::library::Want::None,
    };
    let mut attributes: Vec<Attribute> = NUMBERS.iter().map(|code| attribute(code, AttributeKind::Number)).collect();
    attributes.push(attribute("industry", AttributeKind::Code));
    attributes.push(attribute("founded_on", AttributeKind::Date));
    let tags = TAGS.iter().map(|code| Tag { code: (*code).into(), name: (*code).into(), meaning: String::new() }).collect();
    let questions = vec![Question { code: "q1".into(), text: "q1".into() }, Question { code: "q2".into(), text: "q2".into() }];
    Library::new(attributes, tags, questions)
}

fn one_of(list: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(list).prop_map(str::to_owned)
}

pub fn op() -> impl Strategy<Value = Op> {
    prop::sample::select(&Op::ALL[..])
}

/// Small values with few decimals, so that boundaries are hit.
fn small() -> impl Strategy<Value = Decimal> {
    (-2_i64..12).prop_map(|v| Decimal::from_micro(v * 500_000))
}

fn day() -> impl Strategy<Value = Date> {
    (0_i64..60).prop_map(|months| TODAY - time::Duration::days(months * 31))
}

pub fn leaf() -> impl Strategy<Value = Condition> {
    let test = prop_oneof![
        (one_of(&NUMBERS), op(), small()).prop_map(|(attr, op, value)| Test::Num { attr, op, value }),
        (one_of(&NUMBERS), one_of(&NUMBERS), op(), small()).prop_map(|(num, den, op, value)| Test::Ratio { num, den, op, value }),
        vec(one_of(&CODES), 0..3).prop_map(|codes| Test::InSet { attr: "industry".into(), codes }),
        one_of(&TAGS).prop_map(|tag| Test::HasTag { tag }),
        (op(), day()).prop_map(|(op, value)| Test::Date { attr: "founded_on".into(), op, value }),
        (0_u32..60).prop_map(|months| Test::Age { attr: "founded_on".into(), at_least_months: months }),
        one_of(&["q1", "q2"]).prop_map(|question| Test::Attest { question }),
    ];
    (test, option::of(one_of(&["c1", "c2"]))).prop_map(|(test, clause)| Condition::Leaf(Leaf { test, clause }))
}

pub fn condition() -> impl Strategy<Value = Condition> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Condition::All),
            vec(inner.clone(), 0..4).prop_map(Condition::Any),
            inner.clone().prop_map(|child| Condition::Not(Box::new(child))),
            (0_u32..4, vec(inner, 0..4)).prop_map(|(k, of)| Condition::AtLeast { k, of }),
        ]
    })
}

/// From a fen to more than the largest firm's revenue.
pub fn wide() -> impl Strategy<Value = Decimal> + Clone {
    prop_oneof![
        (-5_i64..2_000).prop_map(|v| Decimal::from_micro(v * 10_000)),
        (0_i64..4_000_000_000_000_000_000).prop_map(Decimal::from_micro),
    ]
}

fn fen() -> impl Strategy<Value = Fen> {
    prop_oneof![0_i64..100_000, 0_i64..100_000_000_000_000].prop_map(Fen)
}

fn rate() -> impl Strategy<Value = Decimal> {
    (0_i64..1_500_000).prop_map(Decimal::from_micro)
}

fn bands() -> impl Strategy<Value = Vec<Band>> {
    let pays = prop_oneof![fen().prop_map(|fen| (Some(fen), None)), rate().prop_map(|rate| (None, Some(rate)))];
    (btree_set(0_i64..4_000_000_000_000_000, 1..5), vec(pays, 5), any::<bool>()).prop_map(|(bounds, pays, open)| {
        let bounds: Vec<Decimal> = bounds.into_iter().map(Decimal::from_micro).collect();
        let band = |(at, from): (usize, &Decimal)| {
            let to = bounds.get(at + 1).copied();
            let to = if to.is_none() && !open { Some(Decimal::from_micro(from.micro() + 7_000_000)) } else { to };
            Band { from: *from, to, amount: pays[at].0, rate: pays[at].1 }
        };
        bounds.iter().enumerate().map(band).collect()
    })
}

pub fn amount() -> impl Strategy<Value = Amount> {
    let simple = prop_oneof![
        Just(Amount::None),
        fen().prop_map(Amount::Fixed),
        (one_of(&NUMBERS), fen(), option::of(fen())).prop_map(|(attr, unit, cap)| Amount::PerUnit(PerUnit { attr, unit, cap })),
        (one_of(&NUMBERS), rate(), option::of(fen()), option::of(fen()))
            .prop_map(|(of, rate, cap, floor)| Amount::Percent(Percent { of, rate, cap, floor })),
        (one_of(&NUMBERS), any::<bool>(), bands(), option::of(fen())).prop_map(|(attr, whole, bands, cap)| {
            let mode = if whole { TierMode::Whole } else { TierMode::Marginal };
            Amount::Tiered(Tiered { attr, mode, bands, cap })
        }),
        vec(fen().prop_map(|amount| Stage { milestone: "m".into(), amount }), 0..3).prop_map(Amount::Staged),
    ];
    simple.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Amount::MaxOf),
            vec(inner.clone(), 0..4).prop_map(Amount::MinOf),
            vec(inner.clone(), 0..4).prop_map(Amount::SumOf),
            btree_map(one_of(&TAGS), inner.clone(), 0..3).prop_map(|map| Amount::ByTag(map.into_iter().collect())),
            (inner, fen()).prop_map(|(of, cap)| Amount::Capped(Box::new(Capped { of, cap }))),
        ]
    })
}

/// Facts of which any may be missing; numbers by `number`.
pub fn facts(number: impl Strategy<Value = Decimal> + Clone + 'static) -> impl Strategy<Value = Facts> {
    let numbers = vec(option::weighted(0.7, number), NUMBERS.len());
    let tags = option::weighted(0.7, btree_set(one_of(&TAGS), 0..3));
    let answers = btree_map(one_of(&["q1", "q2"]), any::<bool>(), 0..3);
    let industry = option::weighted(0.7, prop_oneof![one_of(&CODES), Just("C3899".to_owned()), Just("A".to_owned())]);
    let founded = option::weighted(0.7, day());
    (numbers, tags, answers, industry, founded).prop_map(|(numbers, tags, attest, industry, founded)| {
        let mut values = Map::new();
        for (code, value) in NUMBERS.iter().zip(numbers) {
            values.extend(value.map(|value| ((*code).to_owned(), Fact::new(value.to_string()))));
        }
        values.extend(industry.map(|code| ("industry".to_owned(), Fact::new(code))));
        values.extend(founded.map(|day| ("founded_on".to_owned(), Fact::new(domain::policy::model::day::text(day)))));
        Facts { tags, attest: attest.into_iter().collect(), values }
    })
}

pub fn small_facts() -> impl Strategy<Value = Facts> {
    facts((-2_i64..12).prop_map(|v| Decimal::from_micro(v * 500_000)))
}

pub fn item(id: &str, condition: Condition, amount: Amount) -> Item {
    Item {
        id: id.into(),
        version: 1,
        title: id.into(),
        document: Document::default(),
        level: Level::City,
        area: "湖州市".into(),
        board: "policy".into(),
        tags: vec!["t".into()],
        valid: Window { from: date!(2020 - 01 - 01), to: None },
        apply: Apply {
            mode: Mode::Declare,
            from: None,
            to: Some(date!(2026 - 12 - 31)),
            per: Per::Window,
            place: String::new(),
            materials: vec![],
        },
        clauses: [("c1".to_owned(), "一".to_owned()), ("c2".to_owned(), "二".to_owned())].into_iter().collect(),
        condition,
        amount,
        group: None,
        fund: None,
        yearly_cap: None,
    }
}

pub fn always() -> Condition {
    Condition::All(Vec::new())
}

pub fn grouped(id: &str, amount: i64, group: &str, rule: GroupRule) -> Item {
    let mut item = item(id, always(), Amount::Fixed(Fen(amount)));
    item.group = Some(Group { id: group.into(), rule, cap: None, received: None });
    item
}

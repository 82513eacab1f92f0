//! 划型 against the standard's own sentences.

use domain::enterprise::Scale;
use domain::enterprise::size::{LINES, Line, SOURCE, found, with_size};
use domain::policy::facts::{Fact, Facts};
use proptest::prelude::*;
use time::{Date, Month};

/// 《中小企业划型标准规定》四, line by line, as it was published, each with an industry that is in it.
const STANDARD: [(&str, &str); 16] = [
    (
        "A0111",
        "营业收入20000万元以下的为中小微型企业。\
         其中，营业收入500万元及以上的为中型企业，营业收入50万元及以上的为小型企业，营业收入50万元以下的为微型企业。",
    ),
    (
        "C3811",
        "从业人员1000人以下或营业收入40000万元以下的为中小微型企业。\
         其中，从业人员300人及以上，且营业收入2000万元及以上的为中型企业；\
         从业人员20人及以上，且营业收入300万元及以上的为小型企业；\
         从业人员20人以下或营业收入300万元以下的为微型企业。",
    ),
    (
        "E4710",
        "营业收入80000万元以下或资产总额80000万元以下的为中小微型企业。\
         其中，营业收入6000万元及以上，且资产总额5000万元及以上的为中型企业；\
         营业收入300万元及以上，且资产总额300万元及以上的为小型企业；\
         营业收入300万元以下或资产总额300万元以下的为微型企业。",
    ),
    (
        "F5131",
        "从业人员200人以下或营业收入40000万元以下的为中小微型企业。\
         其中，从业人员20人及以上，且营业收入5000万元及以上的为中型企业；\
         从业人员5人及以上，且营业收入1000万元及以上的为小型企业；\
         从业人员5人以下或营业收入1000万元以下的为微型企业。",
    ),
    (
        "F5232",
        "从业人员300人以下或营业收入20000万元以下的为中小微型企业。\
         其中，从业人员50人及以上，且营业收入500万元及以上的为中型企业；\
         从业人员10人及以上，且营业收入100万元及以上的为小型企业；\
         从业人员10人以下或营业收入100万元以下的为微型企业。",
    ),
    (
        "G5430",
        "从业人员1000人以下或营业收入30000万元以下的为中小微型企业。\
         其中，从业人员300人及以上，且营业收入3000万元及以上的为中型企业；\
         从业人员20人及以上，且营业收入200万元及以上的为小型企业；\
         从业人员20人以下或营业收入200万元以下的为微型企业。",
    ),
    (
        "G5930",
        "从业人员200人以下或营业收入30000万元以下的为中小微型企业。\
         其中，从业人员100人及以上，且营业收入1000万元及以上的为中型企业；\
         从业人员20人及以上，且营业收入100万元及以上的为小型企业；\
         从业人员20人以下或营业收入100万元以下的为微型企业。",
    ),
    (
        "G6010",
        "从业人员1000人以下或营业收入30000万元以下的为中小微型企业。\
         其中，从业人员300人及以上，且营业收入2000万元及以上的为中型企业；\
         从业人员20人及以上，且营业收入100万元及以上的为小型企业；\
         从业人员20人以下或营业收入100万元以下的为微型企业。",
    ),
    (
        "H6110",
        "从业人员300人以下或营业收入10000万元以下的为中小微型企业。\
         其中，从业人员100人及以上，且营业收入2000万元及以上的为中型企业；\
         从业人员10人及以上，且营业收入100万元及以上的为小型企业；\
         从业人员10人以下或营业收入100万元以下的为微型企业。",
    ),
    (
        "H6210",
        "从业人员300人以下或营业收入10000万元以下的为中小微型企业。\
         其中，从业人员100人及以上，且营业收入2000万元及以上的为中型企业；\
         从业人员10人及以上，且营业收入100万元及以上的为小型企业；\
         从业人员10人以下或营业收入100万元以下的为微型企业。",
    ),
    (
        "I6420",
        "从业人员2000人以下或营业收入100000万元以下的为中小微型企业。\
         其中，从业人员100人及以上，且营业收入1000万元及以上的为中型企业；\
         从业人员10人及以上，且营业收入100万元及以上的为小型企业；\
         从业人员10人以下或营业收入100万元以下的为微型企业。",
    ),
    (
        "I6513",
        "从业人员300人以下或营业收入10000万元以下的为中小微型企业。\
         其中，从业人员100人及以上，且营业收入1000万元及以上的为中型企业；\
         从业人员10人及以上，且营业收入50万元及以上的为小型企业；\
         从业人员10人以下或营业收入50万元以下的为微型企业。",
    ),
    (
        "K7010",
        "营业收入200000万元以下或资产总额10000万元以下的为中小微型企业。\
         其中，营业收入1000万元及以上，且资产总额5000万元及以上的为中型企业；\
         营业收入100万元及以上，且资产总额2000万元及以上的为小型企业；\
         营业收入100万元以下或资产总额2000万元以下的为微型企业。",
    ),
    (
        "K7020",
        "从业人员1000人以下或营业收入5000万元以下的为中小微型企业。\
         其中，从业人员300人及以上，且营业收入1000万元及以上的为中型企业；\
         从业人员100人及以上，且营业收入500万元及以上的为小型企业；\
         从业人员100人以下或营业收入500万元以下的为微型企业。",
    ),
    (
        "L7212",
        "从业人员300人以下或资产总额120000万元以下的为中小微型企业。\
         其中，从业人员100人及以上，且资产总额8000万元及以上的为中型企业；\
         从业人员10人及以上，且资产总额100万元及以上的为小型企业；\
         从业人员10人以下或资产总额100万元以下的为微型企业。",
    ),
    (
        "O8040",
        "从业人员300人以下的为中小微型企业。\
         其中，从业人员100人及以上的为中型企业；\
         从业人员10人及以上的为小型企业；\
         从业人员10人以下的为微型企业。",
    ),
];

const MEASURES: [(&str, &str, i64); 3] =
    [("从业人员", "employees", 1), ("营业收入", "revenue", 10_000), ("资产总额", "total_assets", 10_000)];

/// The figures of a sentence in their order: attribute, and people or yuan.
fn figures(sentence: &str) -> Vec<(&'static str, i64)> {
    let mut list: Vec<(usize, &'static str, i64)> = Vec::new();
    for (word, attribute, unit) in MEASURES {
        for (at, _) in sentence.match_indices(word) {
            let digits: String = sentence[at + word.len()..].chars().take_while(char::is_ascii_digit).collect();
            list.push((at, attribute, digits.parse::<i64>().unwrap() * unit));
        }
    }
    list.sort_unstable();
    list.into_iter().map(|(_, attribute, figure)| (attribute, figure)).collect()
}

/// What the sentence says of these values, word for word.
fn literally(figures: &[(&str, i64)], value: impl Fn(&str) -> i64) -> Scale {
    let each = figures.len() / 4;
    let all_reach = |part: usize| figures[part * each..(part + 1) * each].iter().all(|(name, bound)| value(name) >= *bound);
    let below = |part: usize| figures[part * each..(part + 1) * each].iter().any(|(name, bound)| value(name) < *bound);
    match () {
        () if !below(0) => Scale::Large,
        () if all_reach(1) => Scale::Medium,
        () if all_reach(2) => Scale::Small,
        () => {
            assert!(below(3), "the sentence leaves nobody out");
            Scale::Micro
        }
    }
}

fn day() -> Date {
    Date::from_calendar_date(2026, Month::November, 27).unwrap()
}

fn facts(list: &[(&str, String)]) -> Facts {
    let mut facts = Facts::default();
    for (code, value) in list {
        facts.set(code, Fact { source: "某局".to_owned(), period: "2025".to_owned(), ..Fact::new(value.clone()) });
    }
    facts
}

/// An industry, and its three measures around the bounds of its sentence.
fn firm() -> impl Strategy<Value = (usize, [i64; 3])> {
    (0..STANDARD.len()).prop_flat_map(|line| {
        let figures = figures(STANDARD[line].1);
        let around = move |attribute: &'static str| {
            let bounds: Vec<i64> = figures.iter().filter(|(name, _)| *name == attribute).map(|(_, bound)| *bound).collect();
            let bounds = if bounds.is_empty() { vec![1_000] } else { bounds };
            (prop::sample::select(bounds), -1_i64..=1).prop_map(|(bound, off)| (bound + off).max(0))
        };
        (Just(line), [around("employees"), around("revenue"), around("total_assets")])
    })
}

fn known(line: usize, values: [i64; 3]) -> Vec<(&'static str, String)> {
    let measures = MEASURES.iter().zip(values).map(|((_, attribute, _), value)| (*attribute, value.to_string()));
    std::iter::once(("industry", STANDARD[line].0.to_owned())).chain(measures).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn it_says_what_the_standard_says((line, values) in firm()) {
        let figures = figures(STANDARD[line].1);
        prop_assert_eq!(figures.len() % 4, 0);
        let value = |attribute: &str| values[MEASURES.iter().position(|row| row.1 == attribute).unwrap()];
        let answer = found(&facts(&known(line, values)), day()).unwrap();
        prop_assert_eq!(answer.scale, literally(&figures, value), "{}", STANDARD[line].1);
        prop_assert_eq!(answer.line, &LINES[line]);
    }

    /// What is said with facts missing holds whatever they turn out to be.
    #[test]
    fn a_size_that_is_said_is_sure((line, values) in firm(), gone in 0_usize..3, other in 0_i64..3_000_000_000) {
        let mut some = known(line, values);
        let code = some.remove(1 + gone).0;
        if let Some(answer) = found(&facts(&some), day()) {
            some.push((code, other.to_string()));
            prop_assert_eq!(found(&facts(&some), day()).unwrap().scale, answer.scale);
        }
    }

    #[test]
    fn whoever_grows_is_never_smaller((line, values) in firm(), which in 0_usize..3, more in 0_i64..2_000_000_000) {
        let mut grown = values;
        grown[which] += more;
        let scale = |values| found(&facts(&known(line, values)), day()).unwrap().scale;
        prop_assert!(scale(grown) >= scale(values));
    }
}

#[test]
fn what_the_standard_leaves_out_has_no_size() {
    // 铁路运输、金融、教育、卫生、公共管理、国际组织; and codes too short to tell.
    for code in ["G5310", "J6621", "P8331", "Q8411", "S9120", "T9700", "K7040", "G", "F", "K70", "G59", "I", "3811", ""] {
        assert_eq!(Line::of(code), None, "{code}");
    }
}

#[test]
fn what_an_office_recorded_stands_beside_and_what_is_not_known_yet_does_not_count() {
    let mut facts =
        facts(&[("industry", "C3811".to_owned()), ("employees", "86".to_owned()), ("revenue", "36800000".to_owned())]);
    assert_eq!(with_size(facts.clone(), day()).get("scale").unwrap().value, "small");
    // The same: the office's stands, with its own source.
    let office = |value: &str| Fact { source: "市统计局".to_owned(), period: "2024".to_owned(), ..Fact::new(value) };
    facts.set("scale", office("small"));
    assert_eq!(with_size(facts.clone(), day()), facts);
    // Another one: beside.
    facts.set("scale", office("medium"));
    let sized = with_size(facts.clone(), day());
    let scale = sized.get("scale").unwrap();
    assert_eq!((scale.value.as_str(), scale.source.as_str(), scale.period.as_str()), ("small", SOURCE, "2025"));
    assert_eq!(scale.recorded.as_deref(), Some(&office("medium")));
    assert_eq!(sized.as_recorded(), facts);
    // What the enterprise typed does not count where a department has a figure.
    let typed = Fact { source: "企业自填".to_owned(), recorded: Some(Box::new(Fact::new("86"))), ..Fact::new("5000") };
    facts.set("employees", typed);
    assert_eq!(with_size(facts.clone(), day()).get("scale").unwrap().value, "small");
    // Of next year: not known yet. The office's stands alone.
    facts.set("employees", Fact { period: "2027".to_owned(), ..Fact::new("86") });
    assert_eq!(with_size(facts.clone(), day()), facts);
}

//! Sets of items that contradict themselves are refused.
#![allow(clippy::unwrap_used)]

use crate::random::{TODAY, always, grouped, item};
use domain::policy::amount::Amount;
use domain::policy::book::Book;
use domain::policy::check::{check_beside, check_on, check_set};
use domain::policy::facts::{Fact, Facts};
use domain::policy::model::{Fund, GroupRule, Item, YearlyCap};
use domain::policy::money::Fen;
use time::macros::date;

fn two(change: impl Fn(&mut Item, &mut Item)) -> [Item; 2] {
    let mut pair = [grouped("aaa", 1, "g", GroupRule::Stack), grouped("bbb", 2, "g", GroupRule::Stack)];
    let [first, second] = &mut pair;
    change(first, second);
    pair
}

fn places(items: &[Item]) -> Vec<String> {
    check_set(items).into_iter().map(|problem| problem.place).collect()
}

#[test]
fn items_that_say_different_things_of_one_are_named() {
    let cap = |id: &str, amount| Some(YearlyCap { id: id.into(), amount: Fen(amount) });
    let fund = |remaining| Some(Fund { id: "f".into(), remaining: Fen(remaining) });
    let pair = two(|a, b| (a.yearly_cap, b.yearly_cap) = (cap("y", 5), cap("y", 5)));
    assert_eq!(places(&pair), Vec::<String>::new());
    assert_eq!(places(&two(|a, b| (a.yearly_cap, b.yearly_cap) = (cap("y", 5), cap("y", 6)))), ["bbb: yearly_cap.amount"]);
    assert_eq!(places(&two(|a, b| (a.yearly_cap, b.yearly_cap) = (cap("y", 5), cap("z", 5)))), ["bbb: yearly_cap"]);
    assert_eq!(places(&two(|a, b| (a.fund, b.fund) = (fund(5), fund(6)))), ["bbb: fund.remaining"]);
    assert_eq!(places(&two(|_, b| b.group.as_mut().unwrap().rule = GroupRule::Highest)), ["bbb: group.rule"]);
    let caps = two(|a, b| {
        a.group.as_mut().unwrap().cap = Some(Fen(5));
        b.group.as_mut().unwrap().cap = Some(Fen(6));
    });
    assert_eq!(places(&caps), ["bbb: group.cap"]);
    let received = two(|a, b| {
        a.group.as_mut().unwrap().received = Some("revenue".into());
        b.group.as_mut().unwrap().received = Some("employees".into());
    });
    assert_eq!(places(&received), ["bbb: group.received"]);
    assert!(check_set(&received)[0].sentence.contains("与 aaa 同组"));
}

#[test]
fn one_id_and_version_may_be_there_once() {
    let one = grouped("aaa", 1, "g", GroupRule::Stack);
    assert_eq!(places(&[one.clone(), one.clone()]), ["aaa"]);
    assert_eq!(check_on(&[one.clone(), one], TODAY).len(), 1);
}

#[test]
fn what_never_holds_on_one_day_contradicts_nothing() {
    let cap = |amount| Some(YearlyCap { id: "y".into(), amount: Fen(amount) });
    let mut pair = two(|a, b| (a.yearly_cap, b.yearly_cap) = (cap(5), cap(6)));
    pair[0].valid.to = Some(date!(2024 - 12 - 31));
    pair[1].valid.from = date!(2025 - 01 - 01);
    assert_eq!(places(&pair), Vec::<String>::new());
    // A newer version of the same item takes the place of the older one.
    let mut versions = two(|a, b| (a.yearly_cap, b.yearly_cap) = (cap(5), cap(6)));
    (versions[1].id, versions[1].version) = ("aaa".into(), 2);
    assert_eq!(places(&versions), Vec::<String>::new());
    let later = two(|a, b| (a.yearly_cap, b.yearly_cap) = (cap(5), cap(6)));
    assert_eq!((check_on(&pair, TODAY).len(), check_on(&later, TODAY).len()), (0, 1));
}

#[test]
fn an_item_hears_of_what_stands_against_it_whichever_is_first() {
    let [first, second] = two(|_, b| b.group.as_mut().unwrap().rule = GroupRule::Highest);
    for (item, other) in [(&first, &second), (&second, &first)] {
        let found = check_beside(item, [other.clone()].into_iter());
        let said: Vec<(&str, &str)> = found.iter().map(|one| (one.place.as_str(), one.sentence.as_str())).collect();
        assert_eq!(said, [("group.rule", format!("与 {} 同组，但规则不同", other.id).as_str())]);
    }
    // What two others say against each other is not its business.
    let third = grouped("ccc", 3, "h", GroupRule::Stack);
    assert_eq!(check_beside(&third, [first, second].into_iter()), []);
}

#[test]
fn an_item_of_a_place_nobody_knows_is_not_of_this_city() {
    for (area, place, holds) in [
        ("南京市", "330521", false),
        ("湖州市", "德清县", true),
        ("德清县", "德清县", true),
        ("吴兴区", "德清县", false),
        ("330521101", "330521101", true),
        ("330521101000", "330521101", true),
        ("330521101", "330521102", false),
        ("330521101", "330521", false),
    ] {
        let mut item = item("a", always(), Amount::Fixed(Fen(100)));
        item.area = area.into();
        let mut facts = Facts::default();
        facts.set("area", Fact::new(place));
        let evaluation = Book::new(vec![item], TODAY).evaluate(&facts);
        assert_eq!((evaluation.outcomes[0].elsewhere, evaluation.total.low == Fen(100)), (!holds, holds), "{area} {place}");
    }
}

#[test]
fn what_is_said_twice_is_refused() {
    for twice in
        [r#"{"revenue": "1", "revenue": "9"}"#, r#"{"attest": {"q1": true, "q1": false}}"#, r#"{"tags": [], "tags": ["a"]}"#]
    {
        assert!(serde_json::from_str::<Facts>(twice).is_err(), "{twice}");
    }
    let amount = r#"{"by_tag": {"sme": {"fixed": "5"}, "sme": {"fixed": "9"}}}"#;
    assert!(serde_json::from_str::<Amount>(amount).unwrap_err().to_string().contains("写了两次"));
}

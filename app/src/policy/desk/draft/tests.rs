#![allow(clippy::unwrap_used)]
use super::*;
use crate::policy::desk::walk;
use domain::policy::check::check_fields;
use domain::policy::library::Library;
use std::collections::BTreeSet;

fn boards() -> crate::policy::desk::sheet::Options {
    vec![("project".to_owned(), "项目".to_owned())]
}

fn controls(draft: &Draft) -> Vec<(String, String)> {
    let (parts, _) = walk::parts(draft, &Library::default(), boards());
    walk::controls(&parts).into_iter().map(|control| (control.name.clone(), control.value.clone())).collect()
}

fn sample() -> Item {
    serde_json::from_value(json!({
        "id": "sample", "version": 3, "title": "样例", "document": { "no": "1号", "title": "办法", "published_on": "2025-01-01" },
        "level": "city", "area": "湖州市", "board": "project", "tags": ["技术改造", "研发"],
        "valid": { "from": "2025-01-01", "to": "2027-12-31" },
        "apply": { "mode": "declare", "from": "2026-01-01", "where": "窗口", "materials": ["甲", "乙"] },
        "clauses": { "1": "第一条", "c2": "第二条" },
        "condition": { "all": [
            { "num": { "attr": "revenue", "op": "ge", "value": "500" }, "clause": "1" },
            { "not": { "in_set": { "attr": "industry", "codes": ["C16", "F"] }, "clause": "c2" } },
            { "at_least": { "k": 1, "of": [
                { "has_tag": { "tag": "hightech" } }, { "age": { "attr": "founded_on", "at_least_months": 24 } } ] } },
            { "any": [] } ] },
        "amount": { "capped": { "of": { "sum_of": [
            { "by_tag": { "hightech": "100", "benchmark": { "percent": { "of": "revenue", "rate": "0.08" } } } },
            { "tiered": { "attr": "revenue", "mode": "marginal", "bands": [
                { "from": "0", "to": "10", "rate": "0.1" }, { "from": "10", "amount": "5" } ] } } ] },
            "cap": "900" } },
        "group": { "id": "g", "rule": "highest" }, "fund": { "id": "f", "remaining": "10" },
    }))
    .unwrap()
}

#[test]
fn the_form_carries_an_item_whole() {
    let draft = Draft::of(&sample()).unwrap();
    let pairs = controls(&draft);
    assert_eq!(Draft::from_form(&pairs).unwrap().item().unwrap(), sample());
}

#[test]
fn a_new_one_becomes_an_item_by_filling_it_in() {
    let mut pairs = controls(&Draft::new("2026-11-24"));
    for (name, value) in [
        ("/id", "new-one"),
        ("/title", "补助"),
        ("/document/title", "办法"),
        ("/condition/all/0/num/attr", "revenue"),
        ("/condition/all/0/num/value", "500"),
        ("/amount/fixed", "1000"),
    ] {
        let control = pairs.iter_mut().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name} is on the form"));
        control.1 = value.to_owned();
    }
    assert_eq!(Draft::from_form(&pairs).unwrap().item().unwrap().id, "new-one");
}

#[test]
fn buttons_change_the_shape_and_nothing_else() {
    let mut draft = Draft::of(&sample()).unwrap();
    let kind = |pointer: &str, kind: &str| vec![(format!("kind:{pointer}"), kind.to_owned())];
    let button = |name: &str| Some(Led::Button(name.to_owned()));
    let added = draft.act("add|/condition/all", &kind("/condition/all", "attest"));
    assert_eq!(added, Some(Led::Part("/condition/all/4".to_owned())));
    assert_eq!(draft.value.pointer("/condition/all/4/attest/question"), Some(&json!("")));
    assert_eq!(draft.act("up|/condition/all/4", &[]), button("up|/condition/all/3"));
    assert_eq!(draft.act("remove|/condition/all/3", &[]), button("add|/condition/all"));
    assert_eq!(draft.item().unwrap(), sample(), "added, moved and taken away again");
    assert_eq!(draft.act("nest|/condition/all/0", &[]), button("add|/condition/all/0/any"));
    assert_eq!(draft.text("/condition/all/0/any/0/num/attr"), "revenue");
    assert_eq!(draft.act("up|/condition/all/0", &[]), Some(Led::Nowhere), "it is the first one");
    assert_eq!(draft.act("save", &[]), None);
}

#[test]
fn conditions_and_amounts_move_between_groups() {
    let mut draft = Draft::of(&sample()).unwrap();
    let button = |name: &str| Some(Led::Button(name.to_owned()));
    // Out of 至少满足几项, and back into it.
    assert_eq!(draft.act("out|/condition/all/2/at_least/of/1", &[]), button("up|/condition/all/3"));
    assert_eq!(draft.text("/condition/all/3/age/at_least_months"), "24");
    assert_eq!(draft.act("into|/condition/all/3", &[]), button("up|/condition/all/2/at_least/of/1"));
    assert_eq!(draft.item().unwrap(), sample());
    // What has no group before it, or none around it, stays.
    assert_eq!(draft.act("into|/condition/all/1", &[]), Some(Led::Nowhere));
    assert_eq!(draft.act("out|/condition/all/1", &[]), Some(Led::Nowhere));
    assert_eq!(draft.act("out|/amount/capped/of/sum_of/1", &[]), Some(Led::Nowhere));
    assert_eq!(draft.item().unwrap(), sample());
}

#[test]
fn nothing_grows_deeper_than_a_form_may_name() {
    let mut draft = Draft::new("2026-11-24");
    for _ in 0..200 {
        draft.act("nest|/condition/all/0", &[]);
    }
    let (parts, _) = walk::parts(&draft, &Library::default(), boards());
    let pairs: Vec<(String, String)> =
        walk::controls(&parts).into_iter().map(|control| (control.name.clone(), control.value.clone())).collect();
    assert_eq!(Draft::from_form(&pairs), Draft::from_form(&controls(&draft)), "every control comes back");
    assert!(pairs.iter().any(|(name, _)| name.matches('/').count() > DEEPEST - 5), "it was nested as far as it goes");
    assert!(pairs.iter().all(|(name, _)| name.matches('/').count() <= DEEPEST));
}

#[test]
fn what_is_no_item_yet_is_kept_and_named() {
    let mut pairs = controls(&Draft::of(&sample()).unwrap());
    for (name, text) in &mut pairs {
        if name == "/condition/all/0/num/value" {
            *text = "五百".to_owned();
        }
    }
    let draft = Draft::from_form(&pairs).unwrap();
    let problem = draft.item().unwrap_err();
    assert_eq!(pointer_of(&problem.place), "/condition/all/0/num/value", "{problem:?}");
    assert_eq!(draft.text("/condition/all/0/num/value"), "五百");
}

#[test]
fn what_is_larger_than_any_policy_is_said_to_be() {
    let pairs = |list: Vec<(String, String)>| Draft::from_form(&list).map(drop);
    let one = |name: &str, value: String| pairs(vec![(name.to_owned(), value)]);
    let too_large: Result<(), String> = Err(TOO_LARGE.to_owned());
    // Each name asks for two hundred places at every depth, each in another corner.
    let corners =
        (0..600).map(|n| (format!("/condition{}/num/value", format!("/all/{}", 199 - n % 7).repeat(1 + n % 25)), "1".to_owned()));
    assert_eq!(pairs(corners.collect()), too_large);
    assert_eq!(one("lines:/tags", "一\n".repeat(3_000)), too_large);
    assert_eq!(one("codes:/condition/in_set/codes", "C1,".repeat(3_000)), too_large);
    assert_eq!(one(&format!("/amount/by_tag/{}/fixed", "t".repeat(101)), "1".to_owned()), too_large);
    assert_eq!(pairs((0..61).map(|n| (format!("/clauses/c{n}"), "条".to_owned())).collect()), too_large);
    assert_eq!(pairs((0..60).map(|n| (format!("/clauses/c{n}"), "条".to_owned())).collect()), Ok(()));
    assert_eq!(one("lines:/tags", "一\n".repeat(1_900)), Ok(()));
    // And the same pasted.
    for (text, fits) in [
        (json!({ "tags": vec!["一"; 1_900] }), true),
        (json!({ "tags": vec!["一"; 2_100] }), false),
        (json!({ "clauses": (0..61).map(|n| (format!("c{n}"), json!("条"))).collect::<Map<String, Value>>() }), false),
        (json!({ "condition": (0..70).fold(json!(1), |inner, _| json!({ "not": inner })) }), false),
        (json!({ ("k".repeat(101)): 1 }), false),
    ] {
        assert_eq!(Draft::from_json(&text.to_string()).is_ok(), fits, "{:.60}", text.to_string());
    }
}

#[test]
fn a_button_makes_nothing_that_the_form_would_not_bring_back() {
    let clauses: Map<String, Value> = (0..60).map(|n| (format!("c{n}"), json!("条"))).collect();
    let mut draft = Draft::from_json(&json!({ "clauses": clauses }).to_string()).unwrap();
    let before = draft.clone();
    assert_eq!(draft.act("add|/clauses", &[]), Some(Led::Nowhere));
    assert_eq!(draft, before);
}

#[test]
fn a_code_is_chosen_from_those_that_have_a_name() {
    let mut draft = Draft::of(&sample()).unwrap();
    let list = "/condition/all/1/not/in_set/codes";
    let kind = [(format!("kind:{list}"), "C".to_owned())];
    for _ in 0..2 {
        assert_eq!(draft.act(&format!("add|{list}"), &kind), Some(Led::Part(list.to_owned())));
    }
    assert_eq!(draft.lines(list), "C16\nF\nC", "once");
    let (parts, lists) = walk::parts(&draft, &Library::default(), boards());
    let label = walk::controls(&parts).into_iter().find(|control| control.name == format!("codes:{list}")).unwrap().label.clone();
    assert!(label.contains("现为烟草制品业 C16、批发和零售业、制造业"), "{label}");
    assert!(lists.iter().any(|options| options.contains(&("C".to_owned(), "C 制造业".to_owned()))
        && options.contains(&("C38".to_owned(), "C38 电气机械和器材制造业".to_owned()))));
}

#[test]
fn a_share_is_shown_and_read_as_a_percentage() {
    for (share, percent) in
        [("0.08", "8%"), ("0.125", "12.5%"), ("12", "1200%"), ("0.000001", "0.0001%"), ("很多", "很多"), ("", "")]
    {
        assert_eq!(as_percent(share), percent);
        assert_eq!(of_percent(percent), share);
    }
    assert_eq!(of_percent("8 ％"), "0.08");
    assert_eq!(of_percent("0.08"), "0.08", "without a sign it is the share itself");
    assert_eq!(of_percent("0.00001%"), "0.00001%", "finer than a share can be");
}

#[test]
fn everything_that_is_wrong_is_said_at_once_and_in_our_words() {
    let mut pairs = controls(&Draft::of(&sample()).unwrap());
    for (name, value) in [
        ("/valid/from", ""),
        ("/level", "village"),
        ("/condition/all/0/num/value", "五百"),
        ("/amount/capped/cap", "很多"),
        ("/fund/remaining", "x"),
    ] {
        pairs.iter_mut().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name}")).1 = value.to_owned();
    }
    let faults = Draft::from_form(&pairs).unwrap().faults(|_| Vec::new());
    let places: Vec<String> = faults.iter().map(|fault| pointer_of(&fault.place)).collect();
    for place in ["/valid/from", "/level", "/condition/all/0/num/value", "/amount/capped/cap", "/fund/remaining"] {
        assert!(places.iter().any(|known| known == place), "{place}: {places:?}");
    }
    assert!(faults.iter().all(|fault| !fault.sentence.contains("expected") && !fault.sentence.contains("missing")), "{faults:?}");
    assert_eq!(Draft::of(&sample()).unwrap().faults(|_| Vec::new()), []);
}

/// The places that are named when these controls are written over.
fn told(written: &[(&str, &str)]) -> BTreeSet<String> {
    let library = Library::default();
    let mut pairs = controls(&Draft::of(&sample()).unwrap());
    for (name, value) in written {
        pairs.iter_mut().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name}")).1 = (*value).to_owned();
    }
    let draft = Draft::from_form(&pairs).unwrap();
    let found = match draft.item() {
        Ok(item) => check_fields(&item, &library),
        Err(_) => draft.faults(|item| check_fields(item, &library)),
    };
    found.into_iter().map(|problem| pointer_of(&problem.place)).collect()
}

#[test]
fn no_fault_hides_another() {
    // Every control emptied, and filled with what nothing reads: whatever any two are told of alone is told of both together.
    let names: Vec<String> = controls(&Draft::of(&sample()).unwrap()).into_iter().map(|(name, _)| name).collect();
    // Of a band either is written, and a group without its id is none: there one does change what the other is.
    let apart = |name: &&String| !["/bands/", "/group/", "/fund/", "/yearly_cap/"].iter().any(|part| name.contains(part));
    let broken = names
        .iter()
        .filter(|name| name.starts_with('/'))
        .filter(apart)
        .flat_map(|name| [(name.as_str(), ""), (name.as_str(), "？")]);
    let alone: Vec<((&str, &str), BTreeSet<String>)> = broken.map(|one| (one, told(&[one]))).collect();
    let whole = told(&[]);
    let faulty = alone.iter().filter(|(_, places)| *places != whole).count();
    assert!(faulty > 25, "{faulty} of {} are faults", alone.len());
    for (at, (one, its)) in alone.iter().enumerate() {
        for (other, theirs) in alone[at + 1..].iter().skip(at % 7).step_by(7).filter(|(other, _)| other.0 != one.0) {
            let both = told(&[*one, *other]);
            for place in its.iter().chain(theirs) {
                // What lies in something that is told of is told of with it.
                let covered = both.iter().any(|known| place == known || place.starts_with(&format!("{known}/")));
                assert!(covered, "{one:?} and {other:?}: {place} is not told of: {both:?}");
            }
        }
    }
}

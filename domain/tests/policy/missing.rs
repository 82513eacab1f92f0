//! What is asked for decides; what is not asked for does not.

use crate::random::{TODAY, always, amount, condition, facts, item, small_facts, wide};
use domain::policy::amount::Amount;
use domain::policy::book::Book;
use domain::policy::condition::Condition;
use domain::policy::evaluate::{Missing, Outcome, Verdict};
use domain::policy::facts::Facts;
use proptest::prelude::*;
use serde_json::{Value, json};

fn outcome(condition: Condition, amount: Amount, facts: &Facts) -> Outcome {
    Book::new(vec![item("a", condition, amount)], TODAY).evaluate(facts).outcomes.remove(0)
}

/// What is known, and of what is not known all that is not asked for.
fn told_the_rest(facts: &Facts, more: &Facts, missing: &[Missing]) -> Facts {
    let mut known = facts.clone();
    let asked = |code: &str| missing.iter().any(|missing| missing.code() == code);
    for (code, fact) in more.values.iter() {
        if known.get(code).is_none() && !asked(code) {
            known.values.insert(code.clone(), fact.clone());
        }
    }
    for (question, yes) in more.attest.iter() {
        if !known.attest.contains_key(question) && !asked(question) {
            known.attest.insert(question.clone(), *yes);
        }
    }
    if known.tags.is_none() && !missing.contains(&Missing::Tags) {
        known.tags.clone_from(&more.tags);
    }
    known
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_not_asked_for_decides_no_verdict(condition in condition(), facts in small_facts(), more in small_facts()) {
        let before = outcome(condition.clone(), Amount::None, &facts);
        let known = told_the_rest(&facts, &more, &before.missing);
        // A denominator of nothing is a fact that no answer mends.
        prop_assert_eq!(outcome(condition, Amount::None, &known).verdict, before.verdict);
    }

    #[test]
    fn what_is_not_asked_for_decides_no_amount(amount in amount(), facts in facts(wide()), more in facts(wide())) {
        let before = outcome(always(), amount.clone(), &facts);
        prop_assert_eq!(before.verdict, Verdict::Eligible);
        let known = told_the_rest(&facts, &more, &before.missing);
        prop_assert_eq!(outcome(always(), amount, &known).amount, before.amount);
    }
}

fn asked(condition: Value, amount: Value, facts: Value) -> Vec<String> {
    let condition = serde_json::from_value(condition).unwrap();
    let amount = serde_json::from_value(amount).unwrap();
    let facts = serde_json::from_value(facts).unwrap();
    outcome(condition, amount, &facts).missing.iter().map(|missing| missing.code().to_owned()).collect()
}

#[test]
fn nobody_is_asked_for_what_cannot_change_the_answer() {
    let none: [&str; 0] = [];
    let percent = |of: &str, cap: &str| json!({"percent": {"of": of, "rate": "0.1", "cap": cap}});
    let all = || json!({"all": []});
    // The fixed part is already the cap, or more than the share can be.
    assert_eq!(
        asked(all(), json!({"max_of": [percent("revenue", "5"), {"fixed": "5"}, percent("employees", "9")]}), json!({})),
        ["employees"]
    );
    assert_eq!(
        asked(all(), json!({"capped": {"of": {"sum_of": [{"fixed": "5"}, percent("revenue", "5")]}, "cap": "5"}}), json!({})),
        none
    );
    assert_eq!(asked(all(), json!({"percent": {"of": "revenue", "rate": "0.1", "cap": "3", "floor": "3"}}), json!({})), none);
    // Only a tag that it may bear leads to the figure.
    let tagged = json!({"by_tag": {"sme": percent("revenue", "5"), "hightech": {"fixed": "9"}}});
    assert_eq!(asked(all(), tagged.clone(), json!({"tags": ["hightech"]})), none);
    assert_eq!(asked(all(), tagged.clone(), json!({"tags": ["sme"]})), ["revenue"]);
    assert_eq!(asked(all(), tagged, json!({})), ["revenue", "tags"]);
    // Over nothing a share stays undecided, whatever stands above; and two of three cannot be had from one answer.
    let ratio = |num: &str| json!({"ratio": {"num": num, "den": "revenue", "op": "ge", "value": "0.1"}});
    let nothing = json!({"revenue": "0"});
    assert_eq!(asked(ratio("rd_expense"), json!("none"), nothing.clone()), none);
    assert_eq!(asked(ratio("rd_expense"), percent("employees", "9"), nothing.clone()), none);
    let open = json!({"attest": {"question": "q1"}});
    let two = |parts: Value| json!({"at_least": {"k": 2, "of": parts}});
    assert_eq!(asked(two(json!([ratio("rd_expense"), ratio("employees"), open.clone()])), json!("none"), nothing.clone()), none);
    assert_eq!(asked(two(json!([ratio("rd_expense"), open.clone()])), json!("none"), nothing), ["q1"]);
    // Another condition asks for the same fact and makes the question idle.
    let codes = |codes: Value| json!({"in_set": {"attr": "industry", "codes": codes}});
    let tag = |tag: &str| json!({"has_tag": {"tag": tag}});
    let num = |op: &str, value: &str| json!({"num": {"attr": "revenue", "op": op, "value": value}});
    let any = |parts: Value| json!({"any": parts});
    let both = |one: Value, other: Value| json!({"all": [one, other]});
    assert_eq!(
        asked(both(codes(json!(["C"])), any(json!([codes(json!(["I", "C38", "C"])), open]))), json!("none"), json!({})),
        ["industry"]
    );
    assert_eq!(asked(both(num("ge", "5"), any(json!([num("ge", "3"), open]))), json!("none"), json!({})), ["revenue"]);
    assert_eq!(asked(both(num("ge", "5"), any(json!([num("ge", "7"), open]))), json!("none"), json!({})), ["revenue", "q1"]);
    assert_eq!(asked(both(tag("sme"), any(json!([tag("sme"), open]))), json!("none"), json!({})), ["tags"]);
    assert_eq!(asked(both(tag("sme"), any(json!([tag("hightech"), open]))), json!("none"), json!({})), ["q1", "tags"]);
    let share = |value: &str| json!({"ratio": {"num": "rd_expense", "den": "revenue", "op": "ge", "value": value}});
    assert_eq!(
        asked(both(share("0.05"), any(json!([share("0.03"), open]))), json!("none"), json!({})),
        ["rd_expense", "revenue"]
    );
}

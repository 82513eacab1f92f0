//! Conditions against an evaluator that is nothing but the definition.

use crate::random::{TODAY, always, condition, facts, item, library, small_facts, wide};
use domain::policy::amount::Amount;
use domain::policy::book::{BLOCK, Book, Scratch, Truth};
use domain::policy::condition::{Condition, Op, Test};
use domain::policy::day::add_months;
use domain::policy::evaluate::{Standing, Verdict};
use domain::policy::explain::{LeafResult, against};
use domain::policy::facts::Facts;
use domain::policy::model::{Item, day};
use domain::policy::money::Decimal;
use domain::policy::satisfy::Asker;
use domain::policy::words;
use proptest::collection::vec;
use proptest::prelude::*;

fn compare<T: Ord>(op: Op, a: &T, b: &T) -> bool {
    match op {
        Op::Ge => a >= b,
        Op::Gt => a > b,
        Op::Le => a <= b,
        Op::Lt => a < b,
        Op::Eq => a == b,
    }
}

/// The definition, on the facts as written; none is unknown.
fn holds(test: &Test, facts: &Facts) -> Option<bool> {
    let number = |code: &str| facts.get(code).map(|fact| i128::from(Decimal::parse(&fact.value).unwrap().micro()));
    let date = |code: &str| facts.get(code).map(|fact| day::parse(&fact.value).unwrap());
    match test {
        Test::Num { attr, op, value } => Some(compare(*op, &number(attr)?, &i128::from(value.micro()))),
        Test::Ratio { num, den, op, value } => {
            let (num, den) = (number(num)?, number(den)?);
            (den > 0).then(|| compare(*op, &(num * 1_000_000), &(i128::from(value.micro()) * den)))
        }
        Test::InSet { attr, codes } => {
            let code = &facts.get(attr)?.value;
            Some(codes.iter().any(|prefix| code.starts_with(prefix.as_str())))
        }
        Test::HasTag { tag } => Some(facts.tags.as_ref()?.contains(tag)),
        Test::Date { attr, op, value } => Some(compare(*op, &date(attr)?, value)),
        Test::Age { attr, at_least_months } => Some(add_months(date(attr)?, *at_least_months).unwrap() <= TODAY),
        Test::Attest { question } => facts.attest.get(question).copied(),
    }
}

/// Whether it can be true, and whether it can be false, given what is known; each part answers for itself (Kleene).
fn truth(condition: &Condition, facts: &Facts) -> Truth {
    let count = |list: &[Condition], truth_of: Truth| list.iter().filter(|child| truth(child, facts) == truth_of).count();
    match condition {
        Condition::Leaf(leaf) => match holds(&leaf.test, facts) {
            Some(true) => Truth::Met,
            Some(false) => Truth::Unmet,
            None => Truth::Unknown,
        },
        Condition::Not(child) => match truth(child, facts) {
            Truth::Met => Truth::Unmet,
            Truth::Unmet => Truth::Met,
            Truth::Unknown => Truth::Unknown,
        },
        Condition::All(list) if count(list, Truth::Unmet) > 0 => Truth::Unmet,
        Condition::All(list) if count(list, Truth::Unknown) > 0 => Truth::Unknown,
        Condition::All(_) => Truth::Met,
        Condition::Any(list) if count(list, Truth::Met) > 0 => Truth::Met,
        Condition::Any(list) if count(list, Truth::Unknown) > 0 => Truth::Unknown,
        Condition::Any(_) => Truth::Unmet,
        Condition::AtLeast { k, of } => {
            let (met, open) = (count(of, Truth::Met), count(of, Truth::Unknown));
            let k = *k as usize;
            if met >= k {
                Truth::Met
            } else if met + open >= k {
                Truth::Unknown
            } else {
                Truth::Unmet
            }
        }
    }
}

/// What somebody makes of a page who reads its headings and marks, and knows of no 不属于.
fn read(condition: &Condition, negated: bool, lines: &mut impl Iterator<Item = Truth>) -> Truth {
    let (condition, negated) = condition.peeled(negated);
    let list = match condition {
        Condition::All(list) | Condition::Any(list) | Condition::AtLeast { of: list, .. } => list,
        Condition::Not(_) | Condition::Leaf(_) => return lines.next().unwrap(),
    };
    let found: Vec<Truth> = list.iter().map(|child| read(child, negated, &mut *lines)).collect();
    let count = |truth| found.iter().filter(|known| **known == truth).count();
    let (met, open) = (count(Truth::Met), count(Truth::Unknown));
    let needed = match words::joint(condition, negated).unwrap().as_str() {
        "同时满足" => list.len(),
        "满足任一" => 1,
        least => least.split(' ').nth(1).unwrap().parse().unwrap(),
    };
    if met >= needed {
        Truth::Met
    } else if met + open >= needed {
        Truth::Unknown
    } else {
        Truth::Unmet
    }
}

#[test]
fn what_is_ruled_out_is_met_where_it_is_not_so_and_says_that_it_must_not_be() {
    let condition = serde_json::json!({ "all": [
        { "not": { "in_set": { "attr": "industry", "codes": ["C16"] } } }, { "not": { "has_tag": { "tag": "sme" } } },
        { "not": { "any": [{ "attest": { "question": "q1" } }, { "num": { "attr": "revenue", "op": "ge", "value": "5" } }] } } ] });
    let facts = serde_json::json!({ "industry": "C1819", "tags": ["sme"], "attest": { "q1": false }, "revenue": "4" });
    let (condition, facts): (Condition, Facts) =
        (serde_json::from_value(condition).unwrap(), serde_json::from_value(facts).unwrap());
    let book = Book::new(vec![item("a", condition, Amount::None)], TODAY);
    let library = library();
    let lines = book.explain(0, &facts);
    let said: Vec<(String, Truth)> = lines.iter().map(|line| (words::asked(&library, line), line.verdict())).collect();
    let expected = [
        ("industry不属于烟草制品业 C16", Truth::Met),
        ("不能是sme", Truth::Unmet),
        ("q1（须答“否”）", Truth::Met),
        ("不能是：revenue ≥ 5", Truth::Met),
    ];
    assert_eq!(said, expected.map(|(words, truth)| (words.to_owned(), truth)));
    assert!(lines.iter().all(|line| words::gap(&library, line).is_empty()), "nobody is told to get what is ruled out");
}

/// Whether a part of it fails or holds by itself, without any line.
fn is_hollow(condition: &Condition) -> bool {
    match condition {
        Condition::All(list) | Condition::Any(list) => list.is_empty() || list.iter().any(is_hollow),
        Condition::AtLeast { k, of } => *k == 0 || *k as usize > of.len() || of.iter().any(is_hollow),
        Condition::Not(child) => is_hollow(child),
        Condition::Leaf(_) => false,
    }
}

#[test]
fn a_line_that_another_makes_up_for_is_not_what_stands_against_it() {
    let leaf = |attr: &str, value: &str| serde_json::json!({ "num": { "attr": attr, "op": "ge", "value": value } });
    let either = serde_json::json!({ "any": [leaf("revenue", "9"), leaf("employees", "1")] });
    let condition: Condition = serde_json::from_value(serde_json::json!({ "all": [either, leaf("rd_expense", "9")] })).unwrap();
    let facts: Facts =
        serde_json::from_value(serde_json::json!({ "revenue": "1", "employees": "3", "rd_expense": "2" })).unwrap();
    let book = Book::new(vec![item("a", condition.clone(), Amount::None)], TODAY);
    assert_eq!(against(&condition, &book.explain(0, &facts)), Some(2));
}

fn verdict(item: &Item, facts: &Facts) -> Verdict {
    Book::new(vec![item.clone()], TODAY).evaluate(facts).outcomes[0].verdict
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn verdicts_are_those_of_the_definition(condition in condition(), facts in small_facts()) {
        let expected = match truth(&condition, &facts) {
            Truth::Met => Verdict::Eligible,
            Truth::Unmet => Verdict::Ineligible,
            Truth::Unknown => Verdict::Unknown,
        };
        let item = item("a", condition, Amount::None);
        prop_assert_eq!(verdict(&item, &facts), expected);
        let book = Book::new(vec![item], TODAY);
        for leaf in book.explain(0, &facts) {
            let truth = |yes| if yes { Truth::Met } else { Truth::Unmet };
            let expected = holds(&leaf.leaf.test, &facts).map_or(Truth::Unknown, truth);
            prop_assert_eq!(leaf.truth, expected);
            // What is lacking is said exactly where something measurable is short.
            if leaf.truth == Truth::Met {
                prop_assert!(leaf.gap.is_none_or(|gap| gap == "0"));
            }
        }
    }

    #[test]
    fn what_is_shown_line_by_line_comes_to_the_verdict(condition in condition(), facts in small_facts()) {
        let expected = truth(&condition, &facts);
        let book = Book::new(vec![item("a", condition.clone(), Amount::None)], TODAY);
        let lines: Vec<Truth> = book.explain(0, &facts).iter().map(LeafResult::verdict).collect();
        prop_assert_eq!(read(&condition, false, &mut lines.iter().copied()), expected);
        // What is said to stand against it does, and something does where it is not met and has any line at all.
        let found = against(&condition, &book.explain(0, &facts));
        prop_assert!(found.is_none_or(|at| expected == Truth::Unmet && lines[at] == Truth::Unmet));
        prop_assert!(found.is_some() || expected != Truth::Unmet || is_hollow(&condition));
    }

    #[test]
    fn more_facts_never_turn_a_settled_verdict(condition in condition(), facts in small_facts(), more in small_facts()) {
        let item = item("a", condition, Amount::None);
        let before = verdict(&item, &facts);
        let mut known = facts.clone();
        for (code, fact) in more.values {
            if !known.values.contains_key(&code) {
                known.values.insert(code, fact);
            }
        }
        for (question, yes) in more.attest {
            if !known.attest.contains_key(&question) {
                known.attest.insert(question, yes);
            }
        }
        known.tags = known.tags.or(more.tags);
        if before != Verdict::Unknown {
            prop_assert_eq!(verdict(&item, &known), before);
        }
    }

    #[test]
    fn what_is_missing_decides(condition in condition(), facts in small_facts()) {
        let book = Book::new(vec![item("a", condition, Amount::None)], TODAY);
        let outcome = &book.evaluate(&facts).outcomes[0];
        // A ratio over a denominator of zero is unknown though nothing is missing.
        let undefined = book.explain(0, &facts).iter().any(|leaf| {
            let nothing = |den: &str| facts.get(den).is_some_and(|den| Decimal::parse(&den.value).unwrap().micro() <= 0);
            matches!(&leaf.leaf.test, Test::Ratio { den, .. } if nothing(den))
        });
        if outcome.verdict == Verdict::Unknown && !undefined {
            prop_assert!(!outcome.missing.is_empty());
        }
        if outcome.verdict == Verdict::Ineligible {
            prop_assert!(outcome.missing.is_empty());
        }
    }

    #[test]
    fn the_one_step_is_one_step(condition in condition(), facts in small_facts()) {
        let source = item("a", condition, Amount::None);
        let book = Book::new(vec![source.clone()], TODAY);
        let outcome = &book.evaluate(&facts).outcomes[0];
        prop_assert_eq!(outcome.standing == Standing::Near, outcome.short.is_some());
        if let Some(short) = outcome.short {
            let leaf = &book.explain(0, &facts)[short];
            prop_assert_eq!(leaf.truth, Truth::Unmet);
            // Taking the step by the gap that is shown makes it eligible.
            if let Test::Num { attr, op: op @ (Op::Ge | Op::Le), .. } = &leaf.leaf.test
                && source.condition != always()
            {
                let gap = Decimal::parse(leaf.gap.as_ref().unwrap()).unwrap().micro();
                let now = Decimal::parse(&facts.get(attr).unwrap().value).unwrap().micro();
                let then = if *op == Op::Ge { now + gap } else { now - gap };
                let mut taken = facts.clone();
                taken.values.get_mut(attr).unwrap().value = Decimal::from_micro(then).to_string();
                prop_assert_eq!(book.explain(0, &taken)[short].truth, Truth::Met);
            }
        }
    }

    #[test]
    fn a_condition_said_to_be_impossible_or_certain_is_so(condition in condition(), facts in vec(small_facts(), 8)) {
        let library = library();
        let asker = Asker::new(&library);
        let (never, always) = (asker.never_true(&condition), asker.always_true(&condition));
        prop_assert!(!(never && always));
        for facts in &facts {
            let truth = truth(&condition, facts);
            prop_assert!(!(never && truth == Truth::Met));
            prop_assert!(!(always && truth == Truth::Unmet));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn columns_answer_as_rows_do(
        conditions in vec((condition(), crate::random::amount()), 1..4),
        facts in vec(facts(wide()), 1..600),
    ) {
        let made = |(at, (condition, amount))| item(&format!("i{at}"), condition, amount);
        let items = conditions.into_iter().enumerate().map(made).collect();
        let book = Book::new(items, TODAY);
        let mut table = book.table(facts.len());
        for (row, facts) in facts.iter().enumerate() {
            prop_assert!(book.fill(&mut table, row, facts).is_empty());
        }
        let mut scratch = Scratch::new(&book);
        let mut one = Scratch::new(&book);
        for index in 0..book.items().len() {
            let mut start = 0;
            while start < table.rows() {
                let rows = book.run::<true>(index, &table, start, &mut scratch);
                prop_assert!(rows <= BLOCK);
                for row in 0..rows {
                    let (single, _) = book.row(&facts[start + row]);
                    book.run::<true>(index, &single, 0, &mut one);
                    let of = |s: &Scratch, at: usize| (s.verdicts()[at], s.low()[at], s.high()[at]);
                    prop_assert_eq!(of(&scratch, row), of(&one, 0));
                    for leaf in 0..book.leaf_count(index) {
                        let alone = (one.truths(leaf)[0], one.gaps(leaf)[0]);
                        prop_assert_eq!((scratch.truths(leaf)[row], scratch.gaps(leaf)[row]), alone);
                    }
                }
                start += rows;
            }
        }
    }
}

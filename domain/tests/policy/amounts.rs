//! Amounts against exact rational arithmetic.

use crate::random::{TODAY, always, amount, facts, item, wide};
use domain::policy::amount::{Amount, TierMode};
use domain::policy::book::Book;
use domain::policy::facts::Facts;
use domain::policy::model::Item;
use domain::policy::money::{Decimal, Fen};
use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;

type Yuan = BigRational;

fn ratio(numerator: i64, denominator: i64) -> Yuan {
    BigRational::new(BigInt::from(numerator), BigInt::from(denominator))
}

fn number(value: Decimal) -> Yuan {
    ratio(value.micro(), 1_000_000)
}

fn money(fen: Fen) -> Yuan {
    ratio(fen.0, 100)
}

fn capped(value: Yuan, cap: &Option<Fen>) -> Yuan {
    cap.map_or(value.clone(), |cap| value.min(money(cap)))
}

/// The definition; none where a fact it needs is not known.
fn exact(amount: &Amount, facts: &Facts) -> Option<Yuan> {
    let zero = || ratio(0, 1);
    let base = |attr: &str| facts.get(attr).map(|fact| number(Decimal::parse(&fact.value).unwrap()));
    Some(match amount {
        Amount::None => zero(),
        Amount::Fixed(fen) => money(*fen),
        Amount::PerUnit(per) => capped(base(&per.attr)?.max(zero()) * money(per.unit), &per.cap),
        Amount::Percent(percent) => {
            let share = base(&percent.of)?.max(zero()) * number(percent.rate);
            capped(share.max(percent.floor.map_or(zero(), money)), &percent.cap)
        }
        Amount::Tiered(tiered) => {
            let base = base(&tiered.attr)?;
            let pays = |amount: &Option<Fen>, rate: &Option<Decimal>, of: Yuan| {
                amount.map_or(zero(), money) + rate.map_or(zero(), |rate| number(rate) * of)
            };
            let mut sum = zero();
            for band in tiered.bands.iter().filter(|band| base >= number(band.from)) {
                let top = band.to.map(number);
                match tiered.mode {
                    TierMode::Whole if top.clone().is_none_or(|top| base < top) => {
                        sum = pays(&band.amount, &band.rate, base.clone().max(zero()))
                    }
                    TierMode::Whole => {}
                    TierMode::Marginal => {
                        let reached = top.map_or(base.clone(), |top| base.clone().min(top));
                        sum += pays(&band.amount, &band.rate, reached - number(band.from));
                    }
                }
            }
            capped(sum, &tiered.cap)
        }
        Amount::ByTag(map) => {
            let tags = if map.is_empty() { None } else { Some(facts.tags.as_ref()?) };
            let mut best = zero();
            for (tag, amount) in map.iter() {
                if tags.is_some_and(|tags| tags.contains(tag)) {
                    best = best.max(exact(amount, facts)?);
                }
            }
            best
        }
        Amount::Staged(stages) => stages.iter().fold(zero(), |sum, stage| sum + money(stage.amount)),
        Amount::MaxOf(list) => {
            let mut best = zero();
            for amount in list {
                best = best.max(exact(amount, facts)?);
            }
            best
        }
        Amount::MinOf(list) => {
            let mut least: Option<Yuan> = None;
            for amount in list {
                let this = exact(amount, facts)?;
                least = Some(least.map_or(this.clone(), |least| least.min(this)));
            }
            least.unwrap_or_else(zero)
        }
        Amount::SumOf(list) => {
            let mut sum = zero();
            for amount in list {
                sum += exact(amount, facts)?;
            }
            sum
        }
        Amount::Capped(capped) => exact(&capped.of, facts)?.min(money(capped.cap)),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn no_fen_is_lost_and_none_is_made(amount in amount(), facts in facts(wide())) {
        let book = Book::new(vec![item("a", always(), amount.clone())], TODAY);
        let evaluation = book.evaluate(&facts);
        let range = evaluation.outcomes[0].amount;
        match exact(&amount, &facts) {
            Some(exact) => {
                let fen = (exact * ratio(100, 1)).floor().to_integer();
                // Beyond what an i64 of fen holds there is no such money.
                prop_assume!(fen < BigInt::from(i64::MAX / 2));
                prop_assert_eq!(BigInt::from(range.low.0), fen);
                prop_assert!(range.is_exact());
                prop_assert_eq!(evaluation.total.low, range.low);
            }
            // Something is unknown: both ends still hold whatever it turns out to be.
            None => prop_assert!(range.high.is_none_or(|high| range.low <= high)),
        }
    }

    #[test]
    fn a_range_holds_whatever_the_missing_facts_turn_out_to_be(
        amount in amount(), facts in facts(wide()), more in facts(wide())
    ) {
        let book = Book::new(vec![item("a", always(), amount)], TODAY);
        let before = book.evaluate(&facts).outcomes[0].amount;
        let mut known = facts.clone();
        for (code, fact) in more.values {
            if !known.values.contains_key(&code) {
                known.values.insert(code, fact);
            }
        }
        known.tags = known.tags.or(more.tags);
        let after = book.evaluate(&known);
        // Beyond what can be held nothing is said of it.
        prop_assume!(after.problems.is_empty());
        let after = after.outcomes[0].amount;
        prop_assert!(before.low <= after.low);
        if let Some(high) = before.high {
            prop_assert!(after.high.is_some_and(|after| after <= high));
        }
    }

    #[test]
    fn json_comes_back_as_it_went(condition in crate::random::condition(), amount in amount(), facts in facts(wide())) {
        let before = item("json", condition, amount);
        let after: Item = serde_json::from_str(&serde_json::to_string(&before).unwrap()).unwrap();
        prop_assert_eq!(&after, &before);
        let again: Facts = serde_json::from_str(&serde_json::to_string(&facts).unwrap()).unwrap();
        prop_assert_eq!(again, facts);
    }
}

//! The best total against brute force.

use crate::random::{TODAY, grouped};
use domain::policy::book::Book;
use domain::policy::facts::Facts;
use domain::policy::model::GroupRule;
use domain::policy::total::{Claim, GroupLimit, Limits, allocate};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Tries every choice and every way to pay it, a fen at a time.
fn brute_force(claims: &[Claim], limits: &Limits) -> i64 {
    let one = |group: usize| matches!(limits.groups[group].rule, GroupRule::Highest | GroupRule::Exclusive);
    let mut best = 0;
    let mut choice = vec![false; claims.len()];
    loop {
        // A group that pays one has one chosen at most.
        let fits = (0..limits.groups.len())
            .filter(|g| one(*g))
            .all(|g| claims.iter().zip(&choice).filter(|(claim, chosen)| **chosen && claim.group == Some(g)).count() <= 1);
        if fits {
            best = best.max(pay(claims, limits, &choice, &mut vec![0; claims.len()], 0));
        }
        // The next subset.
        let Some(at) = choice.iter().position(|chosen| !chosen) else { return best };
        choice[..at].fill(false);
        choice[at] = true;
    }
}

fn pay(claims: &[Claim], limits: &Limits, choice: &[bool], paid: &mut Vec<i64>, at: usize) -> i64 {
    if at == claims.len() {
        let sum =
            |of: &dyn Fn(&Claim) -> bool| claims.iter().zip(paid.iter()).filter(|(c, _)| of(c)).map(|(_, p)| p).sum::<i64>();
        let group = |g: usize| {
            let limit = limits.groups[g];
            let highest = claims.iter().filter(|c| c.group == Some(g)).map(|c| c.amount).max().unwrap_or(0);
            let most = if limit.rule == GroupRule::TopUp { (highest - limit.received).max(0) } else { i64::MAX };
            sum(&|c| c.group == Some(g)) <= limit.cap.min(most)
        };
        let fits = (0..limits.groups.len()).all(group)
            && (0..limits.caps.len()).all(|k| sum(&|c| c.cap == Some(k)) <= limits.caps[k])
            && (0..limits.funds.len()).all(|f| sum(&|c| c.fund == Some(f)) <= limits.funds[f]);
        return if fits { paid.iter().sum() } else { 0 };
    }
    let most = if choice[at] { claims[at].amount } else { 0 };
    let mut best = 0;
    for amount in 0..=most {
        paid[at] = amount;
        best = best.max(pay(claims, limits, choice, paid, at + 1));
    }
    paid[at] = 0;
    best
}

fn rule() -> impl Strategy<Value = GroupRule> {
    prop::sample::select(vec![GroupRule::Highest, GroupRule::TopUp, GroupRule::Exclusive, GroupRule::Stack])
}

fn problem() -> impl Strategy<Value = (Vec<Claim>, Limits)> {
    let claim = (0_i64..5, option::of(0_usize..2), option::of(0_usize..2), option::of(0_usize..2));
    let group = (rule(), prop_oneof![Just(i64::MAX), 0_i64..6], 0_i64..3);
    (vec(claim, 0..6), vec(group, 2), vec(0_i64..9, 2), vec(0_i64..9, 2)).prop_map(|(claims, groups, caps, funds)| {
        let mut cap_of_group = [None, None];
        let mut claims: Vec<Claim> =
            claims.into_iter().map(|(amount, group, cap, fund)| Claim { amount, tie: amount, group, cap, fund }).collect();
        // As `check_set` has it: the items of a group lie under one cap.
        for claim in &mut claims {
            if let Some(group) = claim.group {
                claim.cap = *cap_of_group[group].get_or_insert(claim.cap);
            }
        }
        let groups = groups.into_iter().map(|(rule, cap, received)| GroupLimit { rule, cap, received }).collect();
        (claims, Limits { groups, caps, funds })
    })
}

#[test]
fn thirty_groups_that_may_pay_from_a_fund_of_their_own_are_not_tried_in_all_ways() {
    let claim =
        |group: usize, amount: i64, fund: usize| Claim { amount, tie: amount, group: Some(group), cap: None, fund: Some(fund) };
    let groups = 30;
    let claims: Vec<Claim> = (0..groups).flat_map(|group| [claim(group, 10, groups), claim(group, 9, group)]).collect();
    let limit = GroupLimit { rule: GroupRule::Highest, cap: i64::MAX, received: 0 };
    // The fund of all has enough for one; who leaves it gets nearly as much.
    let funds = (0..groups).map(|_| 9).chain([10]).collect();
    let allocation = allocate(&claims, &Limits { groups: vec![limit; groups], caps: Vec::new(), funds });
    assert_eq!(allocation.total, 10 + 29 * 9);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn the_best_total_is_the_best((claims, limits) in problem()) {
        let allocation = allocate(&claims, &limits);
        prop_assert_eq!(allocation.total, brute_force(&claims, &limits));
        prop_assert_eq!(allocation.total, allocation.paid.iter().sum::<i64>());
        for (claim, paid) in claims.iter().zip(&allocation.paid) {
            prop_assert!((0..=claim.amount).contains(paid));
        }
    }

    #[test]
    fn the_highest_never_pays_less_than_any_single_item(amounts in vec(0_i64..1_000_000, 1..8)) {
        let highest = |(at, amount): (usize, &i64)| grouped(&format!("i{at}"), *amount, "g", GroupRule::Highest);
        let items = amounts.iter().enumerate().map(highest).collect();
        let book = Book::new(items, TODAY);
        let evaluation = book.evaluate(&Facts::default());
        for outcome in &evaluation.outcomes {
            prop_assert!(evaluation.total.low >= outcome.amount.low);
        }
        prop_assert_eq!(evaluation.outcomes.iter().filter(|outcome| outcome.chosen).count(), 1);
    }
}

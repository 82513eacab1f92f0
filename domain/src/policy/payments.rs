//! What the items that can be had today pay together: at least, at most, and what hangs on sums received before.

use super::book::{Book, Table, UNBOUNDED};
use super::evaluate::{Missing, NextQuestion, Outcome, Range};
use super::money::{Fen, LIMIT};
use super::total::{Allocation, Claim, allocate};

/// The outcomes that pay, on their way to a total.
pub(super) struct Payments<'a> {
    book: &'a Book,
    table: &'a Table,
    /// Item and amount.
    pays: Vec<(usize, Range)>,
    /// What was had before: item and fen.
    had: &'a [(usize, i64)],
    /// Stands for an amount without an upper end; above every sum of those that have one.
    endless: i64,
}

impl<'a> Payments<'a> {
    pub fn new(book: &'a Book, table: &'a Table, outcomes: &[Outcome], had: &'a [(usize, i64)]) -> Payments<'a> {
        let pays = outcomes.iter().filter(|outcome| outcome.pays()).map(|outcome| (outcome.item, outcome.amount)).collect();
        let mut payments = Payments { book, table, pays, had, endless: 0 };
        let open = payments.pays.iter().filter(|(_, range)| range.high.is_none()).count();
        let rest = i128::from(UNBOUNDED) - payments.wish();
        payments.endless = i64::try_from(rest / (open as i128 + 1)).unwrap_or(0);
        payments
    }

    /// What all would pay if nothing bound, without those that have no end.
    fn wish(&self) -> i128 {
        self.pays.iter().map(|(_, range)| i128::from(range.up_to().0)).sum()
    }

    /// Whether the sum is beyond what can be held.
    pub fn beyond(&self) -> bool {
        self.wish() >= i128::from(LIMIT)
    }

    fn allocate(&self, amount: impl Fn(&Range) -> i64, received: &dyn Fn(&str) -> i64) -> Allocation {
        let claim = |(item, range): &(usize, Range)| self.book.claim(*item, amount(range), range.up_to().0);
        let claims: Vec<Claim> = self.pays.iter().map(claim).collect();
        let mut limits = self.book.limits(self.table, received);
        self.book.lessen(&mut limits, self.had);
        allocate(&claims, &limits)
    }

    /// Who is surely paid what, and the total. What was received before and is not known may have been all there is.
    pub fn total(&self) -> (Allocation, Range) {
        if self.beyond() {
            let nobody = Allocation { chosen: vec![false; self.pays.len()], paid: vec![0; self.pays.len()], total: 0 };
            return (nobody, Range { low: Fen::ZERO, high: None });
        }
        let low = self.allocate(|range| range.low.0, &|_| i64::MAX);
        let most = |endless: i64| self.allocate(|range| range.high.map_or(endless, |fen| fen.0), &|_| 0).total;
        let high = most(self.endless);
        // What grows with an amount that has no end has none either; where a cap or a fund stands above, it does not grow.
        let open = self.pays.iter().any(|(_, range)| range.high.is_none());
        let endless = open && most(self.endless / 2) != high;
        let range = Range { low: Fen(low.total), high: (!endless).then_some(Fen(high)) };
        (low, range)
    }

    /// Sums received before that are not known and move the total, each with the money that hangs on it.
    pub fn received(&self, outcomes: &[Outcome]) -> Vec<NextQuestion> {
        if self.beyond() {
            return Vec::new();
        }
        let asked = |item: usize| self.book.received_unknown(item, self.table);
        // No sort: every type sorted costs the browser's module some five kilobytes, and `questions` puts them in order.
        let mut codes: Vec<&str> = Vec::new();
        for code in self.pays.iter().filter_map(|(item, _)| asked(*item)) {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        // As with every question: of an amount without an end, what is sure of it.
        let total = |received: &dyn Fn(&str) -> i64| self.allocate(|range| range.up_to().0, received).total;
        let most = total(&|_| 0);
        let question = |code: &str| {
            let gain = most - total(&|other| if other == code { i64::MAX } else { 0 });
            let waits = |outcome: &&Outcome| outcome.pays() && outcome.missing.is_empty() && asked(outcome.item) == Some(code);
            let alone = outcomes.iter().filter(waits).count();
            (gain > 0).then(|| NextQuestion { missing: Missing::Attribute(code.to_owned()), decides: Fen(gain), alone })
        };
        codes.into_iter().filter_map(question).collect()
    }
}

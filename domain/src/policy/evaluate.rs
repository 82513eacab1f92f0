//! The answer for one enterprise: what it can have, what it is one step from, what hangs on a question, and why (S-16, S-17).

use super::book::{Book, Scratch, SlotKind, Table, Truth, UNBOUNDED, UNKNOWN};
use super::condition::{Condition, Leaf, Test};
use super::facts::Facts;
use super::model::{Item, Mode};
use super::money::Fen;
pub use super::outcome::{Evaluation, Missing, NextQuestion, Outcome, Range, Standing, Verdict};
use super::sorted;
use super::total::{Allocation, Claim, allocate};

/// How many facts are asked for at most.
const QUESTIONS: usize = 5;

impl Book {
    /// Evaluates every item for one enterprise.
    pub fn evaluate(&self, facts: &Facts) -> Evaluation {
        let (mut table, problems) = self.row(facts);
        let mut scratch = Scratch::new(self);
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(self.items().len());
        for index in 0..self.items().len() {
            outcomes.push(self.outcome(index, &mut table, &mut scratch));
        }
        let claims = |high: bool| -> Vec<Claim> {
            let amount = |range: &Range| if high { range.high.map_or(UNBOUNDED / 1024, |fen| fen.0) } else { range.low.0 };
            let eligible = outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Eligible);
            eligible.map(|outcome| self.claim(outcome.item, amount(&outcome.amount), outcome.amount.up_to().0)).collect()
        };
        let limits = self.limits(&table);
        let low = allocate(&claims(false), &limits);
        let high = allocate(&claims(true), &limits);
        let eligible = outcomes.iter_mut().filter(|outcome| outcome.verdict == Verdict::Eligible);
        for ((outcome, chosen), paid) in eligible.zip(&low.chosen).zip(&low.paid) {
            outcome.chosen = *chosen;
            outcome.paid = Fen(*paid);
        }
        let questions = self.questions(&outcomes, &low);
        let outcomes = sorted(outcomes, &|a, b| self.order(a).cmp(&self.order(b)));
        let top = if high.total >= UNBOUNDED / 1024 { UNBOUNDED } else { high.total };
        Evaluation { as_of: self.as_of, total: Range::new(low.total, top), outcomes, questions, problems }
    }

    fn order<'a>(&'a self, outcome: &Outcome) -> impl Ord + use<'a> {
        let item = &self.items()[outcome.item];
        (
            outcome.standing,
            !outcome.chosen && outcome.verdict == Verdict::Eligible,
            !item.open_on(self.as_of),
            -outcome.amount.up_to().0,
            &item.id,
        )
    }

    fn outcome(&self, index: usize, table: &mut Table, scratch: &mut Scratch) -> Outcome {
        self.run::<false>(index, table, 0, scratch);
        let item = &self.items()[index];
        let verdict = Verdict::of(Truth::from_byte(scratch.verdicts()[0]));
        let mut amount = Range::new(scratch.low()[0], scratch.high()[0]);
        let truths: Vec<Truth> = (0..self.leaf_count(index)).map(|leaf| Truth::from_byte(scratch.truths(leaf)[0])).collect();
        let mut short = None;
        let standing = match verdict {
            Verdict::Eligible if item.apply.mode == Mode::Declare => Standing::Applicable,
            Verdict::Eligible => Standing::Payable,
            Verdict::Unknown => Standing::Unknown,
            Verdict::Ineligible => {
                short = one_step(&item.condition, &truths);
                if short.is_some() { Standing::Near } else { Standing::Unmet }
            }
        };
        let mut missing = Vec::new();
        if verdict == Verdict::Unknown {
            let mut leaf = 0;
            undecided(&item.condition, &truths, &mut leaf, &mut |leaf| self.missing_of(leaf, table, &mut missing));
        }
        if verdict != Verdict::Ineligible && !amount.is_exact() {
            self.missing_in_amount(item, table, &mut missing);
        }
        let mut missing = sorted(missing, &|a, b| a.cmp(b));
        missing.dedup();
        if let Some(leaf) = short
            && let Some((slot, needed)) = self.needed(index, leaf, table)
        {
            // The amount is that of the step taken: it is what the step is worth.
            let now = table.get(slot, 0);
            table.put(slot, 0, needed);
            self.run::<false>(index, table, 0, scratch);
            amount = Range::new(scratch.low()[0], scratch.high()[0]);
            table.put(slot, 0, now);
        }
        Outcome { item: index, verdict, amount, paid: Fen::ZERO, chosen: false, standing, short, missing }
    }

    fn missing_of(&self, leaf: &Leaf, table: &Table, missing: &mut Vec<Missing>) {
        let mut attribute = |code: &str| {
            if self.is_unknown(code, table) {
                missing.push(Missing::Attribute(code.to_owned()));
            }
        };
        match &leaf.test {
            Test::Num { attr, .. } | Test::InSet { attr, .. } | Test::Date { attr, .. } | Test::Age { attr, .. } => {
                attribute(attr)
            }
            Test::Ratio { num, den, .. } => {
                attribute(num);
                attribute(den);
            }
            Test::HasTag { .. } => missing.push(Missing::Tags),
            Test::Attest { question } => missing.push(Missing::Question(question.clone())),
        }
    }

    fn missing_in_amount(&self, item: &Item, table: &Table, missing: &mut Vec<Missing>) {
        item.amount.attributes(&mut |code| {
            if self.is_unknown(code, table) {
                missing.push(Missing::Attribute(code.to_owned()));
            }
        });
        let mut tagged = false;
        item.amount.tags(&mut |_| tagged = true);
        if tagged && self.tags_unknown(table) {
            missing.push(Missing::Tags);
        }
    }

    /// The few facts that decide the most: each item lends its gain to the facts it waits for, in equal parts.
    fn questions(&self, outcomes: &[Outcome], paid: &Allocation) -> Vec<NextQuestion> {
        // What a group that pays one already pays: only what goes beyond is a gain.
        let mut group_pays: Vec<(&str, i64)> = Vec::new();
        let eligible = outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Eligible);
        for (outcome, paid) in eligible.zip(&paid.paid) {
            if let Some(group) = self.pays_one(outcome.item) {
                match group_pays.iter_mut().find(|(known, _)| *known == group) {
                    Some((_, pays)) => *pays = (*pays).max(*paid),
                    None => group_pays.push((group, *paid)),
                }
            }
        }
        let mut asked: Vec<NextQuestion> = Vec::new();
        for outcome in outcomes.iter().filter(|outcome| !outcome.missing.is_empty()) {
            let already = match outcome.verdict {
                Verdict::Eligible => outcome.amount.low.0,
                _ => self
                    .pays_one(outcome.item)
                    .and_then(|group| group_pays.iter().find(|(known, _)| *known == group))
                    .map_or(0, |(_, pays)| *pays),
            };
            let gain = (outcome.amount.up_to().0 - already).max(0);
            let share = gain / i64::try_from(outcome.missing.len()).unwrap_or(i64::MAX);
            for missing in &outcome.missing {
                let alone = usize::from(outcome.missing.len() == 1);
                match asked.iter_mut().find(|question| question.missing == *missing) {
                    Some(question) => {
                        question.decides = Fen(question.decides.0.saturating_add(share));
                        question.alone += alone;
                    }
                    None => asked.push(NextQuestion { missing: missing.clone(), decides: Fen(share), alone }),
                }
            }
        }
        let mut list =
            sorted(asked, &|a, b| (b.decides, b.alone).cmp(&(a.decides, a.alone)).then_with(|| a.missing.cmp(&b.missing)));
        list.truncate(QUESTIONS);
        list
    }
}

/// Visits the leaves whose answer could still decide the verdict: those unknown under nothing that is settled.
fn undecided<'a>(condition: &'a Condition, truths: &[Truth], next: &mut usize, visit: &mut impl FnMut(&'a Leaf)) {
    let first = *next;
    let truth = truth_of(condition, truths, next);
    if truth != Truth::Unknown {
        return;
    }
    *next = first;
    match condition {
        Condition::All(list) | Condition::Any(list) | Condition::AtLeast { of: list, .. } => {
            list.iter().for_each(|child| undecided(child, truths, next, visit));
        }
        Condition::Not(child) => undecided(child, truths, next, visit),
        Condition::Leaf(leaf) => {
            *next += 1;
            visit(leaf);
        }
    }
}

/// Truth of a condition from those of its leaves; `next` is the place of its first leaf and moves behind its last.
pub(crate) fn truth_of(condition: &Condition, truths: &[Truth], next: &mut usize) -> Truth {
    match condition {
        Condition::All(list) => list.iter().map(|child| truth_of(child, truths, next)).fold(Truth::Met, Truth::min),
        Condition::Any(list) => list.iter().map(|child| truth_of(child, truths, next)).fold(Truth::Unmet, Truth::max),
        Condition::Not(child) => match truth_of(child, truths, next) {
            Truth::Met => Truth::Unmet,
            Truth::Unmet => Truth::Met,
            Truth::Unknown => Truth::Unknown,
        },
        Condition::AtLeast { k, of } => {
            let (mut met, mut open) = (0, 0);
            for child in of {
                match truth_of(child, truths, next) {
                    Truth::Met => met += 1,
                    Truth::Unknown => open += 1,
                    Truth::Unmet => {}
                }
            }
            if met >= *k {
                Truth::Met
            } else if met + open >= *k {
                Truth::Unknown
            } else {
                Truth::Unmet
            }
        }
        Condition::Leaf(_) => {
            *next += 1;
            truths[*next - 1]
        }
    }
}

/// The one leaf that would make the condition met, if there is one with a measure: a figure, a ratio or an age, so that what is
/// lacking can be said, not what an enterprise is or where it lies.
fn one_step(condition: &Condition, truths: &[Truth]) -> Option<usize> {
    let mut leaves = Vec::with_capacity(truths.len());
    condition.leaves(&mut |leaf| leaves.push(leaf));
    let mut flipped = truths.to_vec();
    (0..truths.len()).find(|at| {
        let movable = matches!(leaves[*at].test, Test::Num { .. } | Test::Ratio { .. } | Test::Age { .. });
        if truths[*at] != Truth::Unmet || !movable {
            return false;
        }
        flipped[*at] = Truth::Met;
        let met = truth_of(condition, &flipped, &mut 0) == Truth::Met;
        flipped[*at] = Truth::Unmet;
        met
    })
}

impl Book {
    /// Whether none of the slots of an attribute holds anything.
    fn is_unknown(&self, code: &str, table: &Table) -> bool {
        self.slots_of(code).any(|at| table.get(at, 0) == UNKNOWN)
    }

    fn tags_unknown(&self, table: &Table) -> bool {
        self.slots().iter().enumerate().any(|(at, slot)| slot.kind == SlotKind::Tags && table.get(at, 0) == UNKNOWN)
    }
}

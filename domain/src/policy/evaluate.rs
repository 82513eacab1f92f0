//! The answer for one enterprise: what it can have, what it is one step from, what hangs on a question, and why (S-16, S-17).

use super::book::{Book, FactProblem, Scratch, SlotKind, Table, Truth, UNKNOWN};
use super::condition::{Condition, Leaf, Test};
use super::facts::Facts;
use super::model::Mode;
use super::money::{Fen, LIMIT};
pub use super::outcome::{Evaluation, Missing, NextQuestion, Outcome, Range, Standing, Verdict};
use super::payments::Payments;
use super::sorted;
use super::total::Allocation;

/// What is said of a sum that is beyond what can be held.
const BEYOND: &str = "金额超出可计算的范围，请核对数字";

/// How many facts are asked for at most.
const QUESTIONS: usize = 5;

impl Book {
    /// Evaluates every item for one enterprise.
    pub fn evaluate(&self, facts: &Facts) -> Evaluation {
        self.evaluate_beside(facts, &[])
    }

    /// The same beside what it has applied for, been granted or been paid in this period: items and fen. Those stand apart from what
    /// can still be had, and take from it what their group and their yearly cap say.
    pub fn evaluate_beside(&self, facts: &Facts, had: &[(usize, i64)]) -> Evaluation {
        let (mut table, mut problems) = self.row(facts);
        let mut scratch = Scratch::new(self);
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(self.items().len());
        for index in 0..self.items().len() {
            let (outcome, beyond) = self.outcome(index, &mut table, &mut scratch);
            problems.extend(beyond.then(|| FactProblem { code: self.items()[index].id.clone(), sentence: BEYOND.to_owned() }));
            outcomes.push(outcome);
        }
        for (item, _) in had {
            outcomes[*item].set_had();
        }
        let payments = Payments::new(self, &table, &outcomes, had);
        if payments.beyond() {
            problems.push(FactProblem { code: "total".to_owned(), sentence: BEYOND.to_owned() });
        }
        let (low, total) = payments.total();
        let received = payments.received(&outcomes);
        drop(payments);
        self.without_harm(&mut outcomes, had, low.total, &mut table, &mut scratch);
        let paying = outcomes.iter_mut().filter(|outcome| outcome.pays());
        for ((outcome, chosen), paid) in paying.zip(&low.chosen).zip(&low.paid) {
            outcome.chosen = *chosen;
            outcome.paid = Fen(*paid);
        }
        let questions = self.questions(&outcomes, &low, &received);
        for outcome in outcomes.iter_mut().filter(|outcome| outcome.pays()) {
            let asked =
                self.received_unknown(outcome.item, &table).filter(|code| received.iter().any(|r| r.missing.code() == *code));
            outcome.missing.extend(asked.map(|code| Missing::Attribute(code.to_owned())));
            outcome.missing = sorted(std::mem::take(&mut outcome.missing), &|a, b| a.cmp(b));
            outcome.missing.dedup();
        }
        let outcomes = sorted(outcomes, &|a, b| self.order(a).cmp(&self.order(b)));
        Evaluation { as_of: self.as_of, total, outcomes, questions, problems }
    }

    fn order<'a>(&'a self, outcome: &Outcome) -> impl Ord + use<'a> {
        (
            outcome.standing,
            !outcome.chosen && outcome.verdict == Verdict::Eligible,
            !self.items()[outcome.item].open_on(self.as_of),
            outcome.stride,
            -outcome.amount.up_to().0,
            &self.items()[outcome.item].id,
        )
    }

    /// An item's outcome, and whether its amount is beyond what can be held; then nothing of it is sure.
    fn outcome(&self, index: usize, table: &mut Table, scratch: &mut Scratch) -> (Outcome, bool) {
        self.run::<false>(index, table, 0, scratch);
        let item = &self.items()[index];
        let verdict = Verdict::of(Truth::from_byte(scratch.verdicts()[0]));
        let (low, high) = (scratch.low()[0], scratch.high()[0]);
        let mut amount = Range::new(low, high);
        let truths: Vec<Truth> = (0..self.leaf_count(index)).map(|leaf| Truth::from_byte(scratch.truths(leaf)[0])).collect();
        let elsewhere = self.is_elsewhere(index, table);
        let mut step = None;
        let standing = match verdict {
            Verdict::Ineligible if elsewhere => Standing::Unmet,
            Verdict::Eligible => self.had_by(index),
            Verdict::Unknown => Standing::Unknown,
            Verdict::Ineligible => {
                step = self.one_step(index, &truths, table, scratch);
                if step.is_some() { Standing::Near } else { Standing::Unmet }
            }
        };
        let mut missing = Vec::new();
        if verdict == Verdict::Unknown {
            let mut answers = Vec::with_capacity(truths.len());
            item.condition.leaves(&mut |leaf| {
                let mut asked = Vec::new();
                self.missing_of(leaf, table, &mut asked);
                answers.push(!asked.is_empty());
            });
            let known = Known { truths: &truths, answers: &answers };
            undecided(&item.condition, &known, &mut 0, &mut |leaf| self.missing_of(leaf, table, &mut missing));
            // The calculator's module has no room for it: a question may be idle there.
            if cfg!(feature = "server")
                && let Some(slots) = self.deciding(index, &truths, &answers)
            {
                missing.retain(|missing| slots.iter().any(|slot| missing.is_in(&self.slots()[*slot])));
            }
        }
        // Where no answer can ever decide, nobody needs to know how much it would be.
        let decidable = verdict == Verdict::Eligible || !missing.is_empty();
        if decidable && !amount.is_exact() {
            self.missing_in_amount(index, table, scratch, &mut missing);
        }
        let mut missing = sorted(missing, &|a, b| a.cmp(b));
        missing.dedup();
        let beyond = low >= LIMIT && verdict == Verdict::Eligible;
        if low >= LIMIT {
            amount = Range { low: Fen::ZERO, high: None };
        }
        let (short, stride) = step.as_ref().map_or((None, 0), |step| (Some(step.leaf), step.stride));
        // The amount is that of the step taken: it is what the step is worth.
        amount = step.map_or(amount, |step| step.amount);
        let (paid, chosen) = (Fen::ZERO, false);
        (Outcome { item: index, verdict, amount, paid, chosen, standing, elsewhere, short, stride, missing }, beyond)
    }

    /// How an item that the enterprise is eligible for is had on the day.
    pub(super) fn had_by(&self, index: usize) -> Standing {
        let item = &self.items()[index];
        if !item.open_on(self.as_of) {
            Standing::Closed
        } else if item.apply.mode == Mode::Declare {
            Standing::Applicable
        } else {
            Standing::Payable
        }
    }

    /// The smallest single step that makes the item's condition met, if there is one with a measure — a figure, a ratio or an
    /// age, so that what is lacking can be said — and one that an enterprise would want to take.
    fn one_step(&self, index: usize, truths: &[Truth], table: &mut Table, scratch: &mut Scratch) -> Option<Step> {
        let condition = &self.items()[index].condition;
        let turning = turning(condition, truths);
        if turning.is_empty() {
            return None;
        }
        self.run::<true>(index, table, 0, scratch);
        let amount = Range::new(scratch.low()[0], scratch.high()[0]);
        let strides: Vec<i64> = turning.iter().map(|(leaf, _)| self.stride(index, *leaf, scratch)).collect();
        let mut best: Option<Step> = None;
        for ((leaf, test), stride) in turning.into_iter().zip(strides) {
            let taken = match test {
                Test::Num { attr, .. } | Test::Ratio { num: attr, .. } => self.taken(index, leaf, attr, table, scratch),
                _ => Some(amount),
            };
            // A step that brings no money is none towards an item of money.
            let worth = |amount: &Range| !self.items()[index].amount.is_money() || amount.high != Some(Fen::ZERO);
            if let Some(amount) = taken.filter(worth)
                && best.as_ref().is_none_or(|best| stride < best.stride)
            {
                best = Some(Step { leaf, stride, amount });
            }
        }
        best
    }

    /// What an item pays once the figure of a leaf is where it has to be, where an enterprise would want that and nothing else
    /// breaks by it.
    fn taken(&self, index: usize, leaf: usize, attr: &str, table: &mut Table, scratch: &mut Scratch) -> Option<Range> {
        let (slot, needed) = self.needed(index, leaf, table)?;
        let now = table.get(slot, 0);
        if !self.want(attr).lets(now, needed) {
            return None;
        }
        table.put(slot, 0, needed);
        self.run::<false>(index, table, 0, scratch);
        let met = Truth::from_byte(scratch.verdicts()[0]) == Truth::Met;
        let amount = Range::new(scratch.low()[0], scratch.high()[0]);
        table.put(slot, 0, now);
        met.then_some(amount)
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
            // Over nothing it stays unknown, whatever stands above.
            Test::Ratio { num, den, .. } if !self.is_nothing(den, table) => {
                attribute(num);
                attribute(den);
            }
            Test::Ratio { .. } => {}
            Test::HasTag { .. } => missing.push(Missing::Tags),
            Test::Attest { question } => missing.push(Missing::Question(question.clone())),
        }
    }

    /// The few facts that decide the most: each item lends its gain to the facts it waits for, in equal parts.
    fn questions(&self, outcomes: &[Outcome], paid: &Allocation, received: &[NextQuestion]) -> Vec<NextQuestion> {
        // What a group that pays one already pays: only what goes beyond is a gain.
        let mut group_pays: Vec<(&str, i64)> = Vec::new();
        for (outcome, paid) in outcomes.iter().filter(|outcome| outcome.pays()).zip(&paid.paid) {
            if let Some(group) = self.pays_one(outcome.item) {
                match group_pays.iter_mut().find(|(known, _)| *known == group) {
                    Some((_, pays)) => *pays = (*pays).max(*paid),
                    None => group_pays.push((group, *paid)),
                }
            }
        }
        let mut asked: Vec<NextQuestion> = received.to_vec();
        // What cannot be had today is not asked about.
        let open = |outcome: &&Outcome| {
            !outcome.missing.is_empty() && outcome.standing != Standing::Had && self.items()[outcome.item].open_on(self.as_of)
        };
        for outcome in outcomes.iter().filter(open) {
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

/// The step of 差一点.
struct Step {
    leaf: usize,
    stride: i64,
    amount: Range,
}

/// Leaves in the order of writing: their truths, and which of them an answer could settle.
struct Known<'a> {
    truths: &'a [Truth],
    answers: &'a [bool],
}

/// Visits the leaves whose answer could still decide the verdict: those unknown under nothing that is settled.
fn undecided<'a>(condition: &'a Condition, known: &Known<'_>, next: &mut usize, visit: &mut impl FnMut(&'a Leaf)) {
    let first = *next;
    let truth = truth_of(condition, known.truths, next);
    if truth != Truth::Unknown {
        return;
    }
    let behind = std::mem::replace(next, first);
    match condition {
        Condition::AtLeast { k, of } if !reachable(*k, of, known, first) => *next = behind,
        Condition::All(list) | Condition::Any(list) | Condition::AtLeast { of: list, .. } => {
            list.iter().for_each(|child| undecided(child, known, next, visit));
        }
        Condition::Not(child) => undecided(child, known, next, visit),
        Condition::Leaf(leaf) => {
            *next += 1;
            visit(leaf);
        }
    }
}

/// Whether answers can move an undecided 至少满足 at all: parts that no answer settles may keep it undecided whatever is said.
fn reachable(k: u32, of: &[Condition], known: &Known<'_>, first: usize) -> bool {
    let (mut met, mut open, mut stuck, mut next) = (0, 0, 0, first);
    for child in of {
        let from = next;
        match truth_of(child, known.truths, &mut next) {
            Truth::Met => met += 1,
            Truth::Unknown if known.answers[from..next].contains(&true) => open += 1,
            Truth::Unknown => stuck += 1,
            Truth::Unmet => {}
        }
    }
    k <= met + open || k > met + stuck
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

/// The unmet leaves with a measure of which each alone would make the condition met.
fn turning<'a>(condition: &'a Condition, truths: &[Truth]) -> Vec<(usize, &'a Test)> {
    let mut leaves = Vec::with_capacity(truths.len());
    condition.leaves(&mut |leaf| leaves.push(leaf));
    let mut flipped = truths.to_vec();
    let mut found = Vec::new();
    for (at, leaf) in leaves.into_iter().enumerate() {
        let movable = matches!(leaf.test, Test::Num { .. } | Test::Ratio { .. } | Test::Age { .. });
        if truths[at] != Truth::Unmet || !movable {
            continue;
        }
        flipped[at] = Truth::Met;
        if truth_of(condition, &flipped, &mut 0) == Truth::Met {
            found.push((at, &leaf.test));
        }
        flipped[at] = Truth::Unmet;
    }
    found
}

impl Book {
    /// Whether none of the slots of an attribute holds anything.
    pub(super) fn is_unknown(&self, code: &str, table: &Table) -> bool {
        self.slots_of(code).any(|at| table.get(at, 0) == UNKNOWN)
    }

    /// Whether what stands below a ratio is known not to be above nothing.
    fn is_nothing(&self, code: &str, table: &Table) -> bool {
        self.number_slot(code).is_some_and(|at| table.get(at, 0) != UNKNOWN && table.get(at, 0) <= 0)
    }

    pub(super) fn tags_unknown(&self, table: &Table) -> bool {
        self.slots().iter().enumerate().any(|(at, slot)| slot.kind == SlotKind::Tags && table.get(at, 0) == UNKNOWN)
    }
}

//! Conditions as programs: tests over slots, put together in postfix, a block of rows at a time.
//!
//! Truth is three-valued: 0 unmet, 1 unknown, 2 met, so that 同时满足 is the least and 任一 the greatest of its parts.

use super::scratch::Scratch;
use super::slots::Slots;
use super::table::{BLOCK, SlotKind, Table, Truth, UNKNOWN};
use crate::policy::condition::{Condition, Leaf, Op, Test};
use crate::policy::day;
use crate::policy::money::{LIMIT, ONE};
use std::ops::Range;
use time::Date;

/// A test over slots. `Range` serves every comparison, dates, ages, answers and sets that are one run of codes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Probe {
    Range { slot: usize, low: i64, high: i64 },
    Runs { slot: usize, at: usize, len: usize },
    Ratio { num: usize, den: usize, op: Op, value: i64 },
    Tag { slot: usize, mask: i64 },
}

impl Probe {
    /// Its slot; the two of a share.
    pub fn looks_at(&self) -> (usize, usize) {
        match *self {
            Probe::Range { slot, .. } | Probe::Runs { slot, .. } | Probe::Tag { slot, .. } => (slot, slot),
            Probe::Ratio { num, den, .. } => (num, den),
        }
    }
}

/// Postfix program of a condition.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Leaf(usize),
    All(usize),
    Any(usize),
    Not,
    AtLeast(u32, usize),
}

/// The tests and steps of all items, one after the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Program {
    pub probes: Vec<Probe>,
    pub steps: Vec<Step>,
    runs: Vec<(i64, i64)>,
}

impl Program {
    /// Adds a condition, evaluated as of a day.
    pub fn condition(&mut self, slots: &mut Slots, as_of: Date, condition: &Condition) {
        match condition {
            Condition::All(list) => self.list(slots, as_of, list, Step::All),
            Condition::Any(list) => self.list(slots, as_of, list, Step::Any),
            Condition::AtLeast { k, of } => self.list(slots, as_of, of, |count| Step::AtLeast(*k, count)),
            Condition::Not(child) => {
                self.condition(slots, as_of, child);
                self.steps.push(Step::Not);
            }
            Condition::Leaf(leaf) => {
                let probe = self.probe(slots, as_of, leaf);
                self.steps.push(Step::Leaf(self.probes.len()));
                self.probes.push(probe);
            }
        }
    }

    fn list(&mut self, slots: &mut Slots, as_of: Date, list: &[Condition], step: impl Fn(usize) -> Step) {
        for child in list {
            self.condition(slots, as_of, child);
        }
        self.steps.push(step(list.len()));
    }

    fn probe(&mut self, slots: &mut Slots, as_of: Date, leaf: &Leaf) -> Probe {
        match &leaf.test {
            Test::Num { attr, op, value } => {
                let slot = slots.slot(attr, SlotKind::Number);
                let (low, high) = op.bounds(value.micro());
                Probe::Range { slot, low, high }
            }
            Test::Ratio { num, den, op, value } => {
                let (num, den) = (slots.slot(num, SlotKind::Number), slots.slot(den, SlotKind::Number));
                Probe::Ratio { num, den, op: *op, value: value.micro() }
            }
            Test::InSet { attr, codes } => self.in_set(slots, attr, codes),
            Test::HasTag { tag } => {
                let (slot, mask) = slots.tag(tag);
                Probe::Tag { slot, mask }
            }
            Test::Date { attr, op, value } => {
                let slot = slots.slot(attr, SlotKind::Date);
                let (low, high) = op.bounds(day::number(*value));
                Probe::Range { slot, low, high }
            }
            Test::Age { attr, at_least_months } => {
                let slot = slots.slot(attr, SlotKind::Date);
                Probe::Range { slot, low: -LIMIT, high: day::latest_start(as_of, *at_least_months) }
            }
            Test::Attest { question } => Probe::Range { slot: slots.slot(question, SlotKind::Answer), low: 1, high: 1 },
        }
    }

    fn in_set(&mut self, slots: &mut Slots, attr: &str, codes: &[String]) -> Probe {
        let slot = slots.slot(attr, SlotKind::Code);
        let runs = slots.runs(attr, codes);
        match runs.as_slice() {
            // No code at all: nothing is in an empty set.
            [] => Probe::Range { slot, low: 1, high: 0 },
            [(low, high)] => Probe::Range { slot, low: *low, high: *high },
            _ => {
                let (at, len) = (self.runs.len(), runs.len());
                self.runs.extend(runs);
                Probe::Runs { slot, at, len }
            }
        }
    }

    /// The spans that a test lets through, of a slot's value or of a share; none for a tag.
    fn spans(&self, probe: &Probe) -> Vec<(i64, i64)> {
        match *probe {
            Probe::Range { low, high, .. } => vec![(low, high)],
            Probe::Runs { at, len, .. } => self.runs[at..at + len].to_vec(),
            Probe::Ratio { op, value, .. } => vec![op.bounds(value)],
            Probe::Tag { .. } => Vec::new(),
        }
    }

    /// What a test says of a value that is tried.
    pub fn truth(&self, probe: &Probe, value: i64) -> Truth {
        let met = match *probe {
            Probe::Tag { mask, .. } => value & mask != 0,
            _ => self.spans(probe).iter().any(|(low, high)| (*low..=*high).contains(&value)),
        };
        if met { Truth::Met } else { Truth::Unmet }
    }

    /// Adds the values that a test tells apart: the ends of what it lets through and their neighbours; with tags, each with and without.
    pub fn points(&self, probe: &Probe, points: &mut Vec<i64>) {
        let more: Vec<i64> = match *probe {
            Probe::Tag { mask, .. } => points.iter().map(|tags| tags | mask).chain([0, mask]).collect(),
            _ => {
                let ends = |(low, high): (i64, i64)| {
                    let (below, above) = (low > -LIMIT, high < LIMIT);
                    [below.then(|| low - 1), below.then_some(low), above.then_some(high), above.then(|| high + 1)]
                };
                self.spans(probe).into_iter().flat_map(ends).flatten().collect()
            }
        };
        for point in more {
            if !points.contains(&point) {
                points.push(point);
            }
        }
    }

    /// Truths and gaps of one test for the rows from `start` on.
    pub fn probe_block<const GAPS: bool>(&self, probe: &Probe, table: &Table, start: usize, truths: &mut [u8], gaps: &mut [i64]) {
        let column = |slot: usize| &table.columns[slot][start..start + truths.len()];
        match *probe {
            Probe::Range { slot, low, high } => {
                for ((value, truth), gap) in column(slot).iter().zip(truths).zip(gaps) {
                    let known = *value != UNKNOWN;
                    let met = (low <= *value) & (*value <= high);
                    *truth = (u8::from(met) << 1) | u8::from(!known);
                    if GAPS {
                        let lacking = low.wrapping_sub(*value).max(value.wrapping_sub(high)).max(0);
                        *gap = lacking & -i64::from(known);
                    }
                }
            }
            Probe::Tag { slot, mask } => {
                for ((value, truth), gap) in column(slot).iter().zip(truths).zip(gaps) {
                    let known = *value != UNKNOWN;
                    *truth = (u8::from(known & (*value & mask != 0)) << 1) | u8::from(!known);
                    if GAPS {
                        *gap = 0;
                    }
                }
            }
            Probe::Runs { slot, at, len } => {
                let runs = &self.runs[at..at + len];
                for ((value, truth), gap) in column(slot).iter().zip(truths).zip(gaps) {
                    let met = runs.iter().fold(false, |met, (low, high)| met | ((low <= value) & (value <= high)));
                    *truth = (u8::from(met) << 1) | u8::from(*value == UNKNOWN);
                    if GAPS {
                        *gap = 0;
                    }
                }
            }
            Probe::Ratio { num, den, op, value } => {
                for (((num, den), truth), gap) in column(num).iter().zip(column(den)).zip(truths).zip(gaps) {
                    let (found, lacking) = ratio(*num, *den, op, value);
                    *truth = found;
                    if GAPS {
                        *gap = lacking;
                    }
                }
            }
        }
    }

    /// The verdicts of a condition from the truths of its tests, which begin at `first`.
    pub fn combine(&self, steps: Range<usize>, first: usize, scratch: &mut Scratch, rows: usize) {
        let Scratch { stack, truths, verdicts, .. } = scratch;
        let mut top = 0;
        for step in &self.steps[steps] {
            match *step {
                Step::Leaf(leaf) => {
                    stack[top][..rows].copy_from_slice(&truths[leaf - first][..rows]);
                    top += 1;
                }
                Step::All(count) => top = fold(stack, top, count, rows, 2, u8::min),
                Step::Any(count) => top = fold(stack, top, count, rows, 0, u8::max),
                Step::Not => stack[top - 1][..rows].iter_mut().for_each(|truth| *truth = 2 - *truth),
                Step::AtLeast(k, count) => {
                    let (below, parts) = stack.split_at_mut(top - count);
                    let mut result = [0_u8; BLOCK];
                    for (row, truth) in result[..rows].iter_mut().enumerate() {
                        let (mut met, mut open) = (0_u32, 0_u32);
                        for part in &parts[..count] {
                            met += u32::from(part[row] == 2);
                            open += u32::from(part[row] == 1);
                        }
                        *truth = if met >= k { 2 } else { u8::from(met + open >= k) };
                    }
                    let at = below.len();
                    stack[at] = result;
                    top = at + 1;
                }
            }
        }
        verdicts[..rows].copy_from_slice(&stack[0][..rows]);
    }
}

/// Folds the top `count` blocks of the stack into one; an empty list is `start`.
fn fold(stack: &mut [[u8; BLOCK]], top: usize, count: usize, rows: usize, start: u8, with: impl Fn(u8, u8) -> u8) -> usize {
    let at = top - count;
    if count == 0 {
        stack[at][..rows].fill(start);
        return at + 1;
    }
    let (result, rest) = stack[at..top].split_at_mut(1);
    for part in rest {
        for (into, from) in result[0][..rows].iter_mut().zip(&part[..rows]) {
            *into = with(*into, *from);
        }
    }
    at + 1
}

/// Truth and gap of a ratio; the gap is in millionths of the ratio, rounded up so that what is said to be lacking suffices.
fn ratio(num: i64, den: i64, op: Op, value: i64) -> (u8, i64) {
    if num == UNKNOWN || den == UNKNOWN || den <= 0 {
        return (1, 0);
    }
    let left = i128::from(num) * i128::from(ONE);
    let right = i128::from(value) * i128::from(den);
    let met = match op {
        Op::Ge => left >= right,
        Op::Gt => left > right,
        Op::Le => left <= right,
        Op::Lt => left < right,
        Op::Eq => left == right,
    };
    if met {
        return (2, 0);
    }
    let lacking = (left - right).unsigned_abs().div_ceil(den.unsigned_abs().into());
    (0, i64::try_from(lacking).unwrap_or(i64::MAX))
}

/// The numerator nearest to the present one with which a ratio is met.
pub(super) fn numerator(num: i64, den: i64, op: Op, value: i64) -> Option<i64> {
    if num == UNKNOWN || den == UNKNOWN || den <= 0 {
        return None;
    }
    let (exact, one) = (i128::from(value) * i128::from(den), i128::from(ONE));
    let (below, above) = (exact.div_euclid(one), -(-exact).div_euclid(one));
    let needed = match op {
        Op::Ge => above.max(num.into()),
        Op::Gt => (below + 1).max(num.into()),
        Op::Le => below.min(num.into()),
        Op::Lt => (above - 1).min(num.into()),
        Op::Eq if below == above => below,
        Op::Eq => return None,
    };
    i64::try_from(needed).ok().filter(|needed| needed.abs() < LIMIT)
}

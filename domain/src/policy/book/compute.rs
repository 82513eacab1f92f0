//! The inner loops: a block of rows through an item's tests and its amount.

use super::{BLOCK, Book, Probe, SlotKind, Step, Table, UNKNOWN};
use crate::policy::amount::{Amount, TierMode};
use crate::policy::condition::Op;
use crate::policy::money::{Fen, ONE};

/// Stands for an amount without an upper end.
pub const UNBOUNDED: i64 = i64::MAX;

/// Inside an amount sums are exact, in units of 10⁻¹² yuan; the result is cut to the fen once.
const EXACT_PER_FEN: i128 = 10_000_000_000;
/// Millionths × millionths of a rate, per fen.
const PRODUCT_PER_FEN: i64 = 10_000_000_000;

/// How an item's amount is computed. The first three have loops of their own because nearly every item is one of them.
#[derive(Debug, Clone)]
pub(crate) enum Plan {
    Fixed(i64),
    Percent { slot: usize, rate: i64, cap: i64, floor: i64 },
    PerUnit { slot: usize, unit: i64, cap: i64 },
    Exact(Exact),
}

/// An amount of any form, evaluated row by row.
#[derive(Debug, Clone)]
pub(crate) enum Exact {
    Fixed(i128),
    Percent { slot: usize, rate: i64, cap: Option<i128>, floor: i128 },
    PerUnit { slot: usize, unit: i64, cap: Option<i128> },
    Tiered { slot: usize, mode: TierMode, bands: Vec<Tier>, cap: Option<i128> },
    ByTag(Vec<(usize, i64, Exact)>),
    Max(Vec<Exact>),
    Sum(Vec<Exact>),
    Capped(Box<Exact>, i128),
}

/// A band: where it begins and ends in millionths, and what it pays.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tier {
    from: i64,
    to: i64,
    amount: i128,
    rate: i64,
}

fn exact(fen: i64) -> i128 {
    i128::from(fen) * EXACT_PER_FEN
}

impl Plan {
    pub(super) fn new(book: &mut Book, amount: &Amount) -> Plan {
        let cap = |fen: Option<Fen>| fen.map_or(UNBOUNDED - 1, |fen| fen.0);
        match amount {
            Amount::None => Plan::Fixed(0),
            Amount::Fixed(fen) => Plan::Fixed(fen.0),
            Amount::Percent(p) if p.rate.micro() > 0 => Plan::Percent {
                slot: book.slot(&p.of, SlotKind::Number),
                rate: p.rate.micro(),
                cap: cap(p.cap),
                floor: p.floor.map_or(0, |fen| fen.0),
            },
            Amount::PerUnit(p) if p.unit.0 > 0 => {
                Plan::PerUnit { slot: book.slot(&p.attr, SlotKind::Number), unit: p.unit.0, cap: cap(p.cap) }
            }
            other => Plan::Exact(Exact::new(book, other)),
        }
    }
}

impl Exact {
    fn new(book: &mut Book, amount: &Amount) -> Exact {
        match amount {
            Amount::None => Exact::Fixed(0),
            Amount::Fixed(fen) => Exact::Fixed(exact(fen.0)),
            Amount::Staged(stages) => Exact::Fixed(stages.iter().map(|stage| exact(stage.amount.0)).sum()),
            Amount::Percent(p) => Exact::Percent {
                slot: book.slot(&p.of, SlotKind::Number),
                rate: p.rate.micro(),
                cap: p.cap.map(|fen| exact(fen.0)),
                floor: p.floor.map_or(0, |fen| exact(fen.0)),
            },
            Amount::PerUnit(p) => {
                Exact::PerUnit { slot: book.slot(&p.attr, SlotKind::Number), unit: p.unit.0, cap: p.cap.map(|fen| exact(fen.0)) }
            }
            Amount::Tiered(t) => Exact::Tiered {
                slot: book.slot(&t.attr, SlotKind::Number),
                mode: t.mode,
                bands: t
                    .bands
                    .iter()
                    .map(|band| Tier {
                        from: band.from.micro(),
                        to: band.to.map_or(i64::MAX, |to| to.micro()),
                        amount: band.amount.map_or(0, |fen| exact(fen.0)),
                        rate: band.rate.map_or(0, |rate| rate.micro()),
                    })
                    .collect(),
                cap: t.cap.map(|fen| exact(fen.0)),
            },
            Amount::ByTag(map) => Exact::ByTag(
                map.iter()
                    .map(|(tag, amount)| {
                        let (slot, mask) = book.tag(tag);
                        (slot, mask, Exact::new(book, amount))
                    })
                    .collect(),
            ),
            Amount::MaxOf(list) => Exact::Max(list.iter().map(|amount| Exact::new(book, amount)).collect()),
            Amount::SumOf(list) => Exact::Sum(list.iter().map(|amount| Exact::new(book, amount)).collect()),
            Amount::Capped(capped) => Exact::Capped(Box::new(Exact::new(book, &capped.of)), exact(capped.cap.0)),
        }
    }

    /// Least and greatest amount of a row; no greatest where an unknown base has no cap.
    fn range(&self, table: &Table, row: usize) -> (i128, Option<i128>) {
        let least = |value: i128, cap: &Option<i128>| cap.map_or(value, |cap| value.min(cap));
        match self {
            Exact::Fixed(value) => (*value, Some(*value)),
            Exact::Percent { slot, rate, cap, floor } => match table.columns[*slot][row] {
                UNKNOWN => (least(*floor, cap), *cap),
                base => {
                    let paid = least((i128::from(base.max(0)) * i128::from(*rate)).max(*floor), cap);
                    (paid, Some(paid))
                }
            },
            Exact::PerUnit { slot, unit, cap } => match table.columns[*slot][row] {
                UNKNOWN => (0, *cap),
                count => {
                    // Millionths × fen is 10⁻⁸ yuan.
                    let paid = least((i128::from(count.max(0)) * i128::from(*unit)).saturating_mul(10_000), cap);
                    (paid, Some(paid))
                }
            },
            Exact::Tiered { slot, mode, bands, cap } => match table.columns[*slot][row] {
                UNKNOWN => (0, top_of(bands, *mode, *cap)),
                base => {
                    let paid = least(tiers(bands, *mode, base), cap);
                    (paid, Some(paid))
                }
            },
            Exact::ByTag(list) => list.iter().fold((0, Some(0)), |best, (slot, mask, amount)| {
                let tags = table.columns[*slot][row];
                if tags != UNKNOWN && tags & mask == 0 {
                    return best;
                }
                let (low, high) = amount.range(table, row);
                greater(best, (if tags == UNKNOWN { 0 } else { low }, high))
            }),
            Exact::Max(list) => list.iter().map(|amount| amount.range(table, row)).fold((0, Some(0)), greater),
            Exact::Sum(list) => list.iter().map(|amount| amount.range(table, row)).fold((0, Some(0)), |sum, next| {
                (sum.0.saturating_add(next.0), sum.1.zip(next.1).map(|(a, b)| a.saturating_add(b)))
            }),
            Exact::Capped(amount, cap) => {
                let (low, high) = amount.range(table, row);
                (low.min(*cap), Some(high.map_or(*cap, |high| high.min(*cap))))
            }
        }
    }
}

fn greater(a: (i128, Option<i128>), b: (i128, Option<i128>)) -> (i128, Option<i128>) {
    (a.0.max(b.0), a.1.zip(b.1).map(|(a, b)| a.max(b)))
}

fn tiers(bands: &[Tier], mode: TierMode, base: i64) -> i128 {
    match mode {
        TierMode::Whole => bands
            .iter()
            .find(|band| band.from <= base && base < band.to)
            .map_or(0, |band| band.amount + i128::from(base.max(0)) * i128::from(band.rate)),
        TierMode::Marginal => bands
            .iter()
            .filter(|band| band.from <= base)
            .map(|band| band.amount + (i128::from(base.min(band.to)) - i128::from(band.from)) * i128::from(band.rate))
            .fold(0, i128::saturating_add),
    }
}

/// The most that bands can pay.
fn top_of(bands: &[Tier], mode: TierMode, cap: Option<i128>) -> Option<i128> {
    let of = |band: &Tier| match (band.rate, band.to) {
        (0, _) => Some(band.amount),
        (_, i64::MAX) => None,
        (rate, to) => {
            let width = if mode == TierMode::Whole { i128::from(to) } else { i128::from(to) - i128::from(band.from) };
            Some(band.amount + width * i128::from(rate))
        }
    };
    let mut most = Some(0_i128);
    for band in bands {
        most = most
            .zip(of(band))
            .map(|(most, this)| if mode == TierMode::Whole { most.max(this) } else { most.saturating_add(this) });
    }
    match (most, cap) {
        (Some(most), Some(cap)) => Some(most.min(cap)),
        (most, cap) => most.or(cap),
    }
}

fn to_fen(value: i128) -> i64 {
    i64::try_from(value.max(0) / EXACT_PER_FEN).unwrap_or(UNBOUNDED - 1).min(UNBOUNDED - 1)
}

/// Room for one block; made once, used for every block.
#[derive(Debug, Clone)]
pub struct Scratch {
    stack: Vec<[u8; BLOCK]>,
    truths: Vec<[u8; BLOCK]>,
    gaps: Vec<[i64; BLOCK]>,
    verdicts: [u8; BLOCK],
    low: [i64; BLOCK],
    high: [i64; BLOCK],
    rows: usize,
}

impl Scratch {
    /// Room for any item of a book.
    pub fn new(book: &Book) -> Scratch {
        let leaves = book.compiled.iter().map(|item| item.probes.len()).max().unwrap_or(0);
        let steps = book.compiled.iter().map(|item| item.steps.len()).max().unwrap_or(0);
        Scratch {
            stack: vec![[0; BLOCK]; steps + 1],
            truths: vec![[0; BLOCK]; leaves],
            gaps: vec![[0; BLOCK]; leaves],
            verdicts: [0; BLOCK],
            low: [0; BLOCK],
            high: [0; BLOCK],
            rows: 0,
        }
    }

    /// The rows' verdicts: 0 ineligible, 1 unknown, 2 eligible.
    pub fn verdicts(&self) -> &[u8] {
        &self.verdicts[..self.rows]
    }

    /// The least each row would be paid, fen.
    pub fn low(&self) -> &[i64] {
        &self.low[..self.rows]
    }

    /// The most each row could be paid, fen; [`UNBOUNDED`] where an unknown base has no cap.
    pub fn high(&self) -> &[i64] {
        &self.high[..self.rows]
    }

    /// The truths of the item's leaf `leaf`, in the order of writing.
    pub fn truths(&self, leaf: usize) -> &[u8] {
        &self.truths[leaf][..self.rows]
    }

    /// What a leaf lacks, in its slot's unit; 0 where it is met, unknown or has no measure.
    pub fn gaps(&self, leaf: usize) -> &[i64] {
        &self.gaps[leaf][..self.rows]
    }
}

impl Book {
    /// Evaluates one item for the rows from `start` on, a block at most; answers how many rows. Nothing is allocated. Gaps are
    /// computed where `GAPS`, amounts always.
    pub fn run<const GAPS: bool>(&self, item: usize, table: &Table, start: usize, scratch: &mut Scratch) -> usize {
        let rows = BLOCK.min(table.rows() - start);
        let compiled = &self.compiled[item];
        scratch.rows = rows;
        for (leaf, probe) in self.probes[compiled.probes.clone()].iter().enumerate() {
            self.probe_block::<GAPS>(probe, table, start, &mut scratch.truths[leaf][..rows], &mut scratch.gaps[leaf][..rows]);
        }
        self.combine(compiled, scratch, rows);
        amounts(&compiled.plan, table, start, &mut scratch.low[..rows], &mut scratch.high[..rows]);
        rows
    }

    fn probe_block<const GAPS: bool>(&self, probe: &Probe, table: &Table, start: usize, truths: &mut [u8], gaps: &mut [i64]) {
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

    fn combine(&self, compiled: &super::Compiled, scratch: &mut Scratch, rows: usize) {
        let Scratch { stack, truths, verdicts, .. } = scratch;
        let first = compiled.probes.start;
        let mut top = 0;
        for step in &self.steps[compiled.steps.clone()] {
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

fn amounts(plan: &Plan, table: &Table, start: usize, low: &mut [i64], high: &mut [i64]) {
    let column = |slot: usize| &table.columns[slot][start..start + low.len()];
    match plan {
        Plan::Fixed(fen) => {
            low.fill(*fen);
            high.fill(*fen);
        }
        Plan::Percent { slot, rate, cap, floor } => product::<PRODUCT_PER_FEN>(column(*slot), *rate, *cap, *floor, low, high),
        Plan::PerUnit { slot, unit, cap } => product::<ONE>(column(*slot), *unit, *cap, 0, low, high),
        Plan::Exact(exact) => {
            for (row, (low, high)) in low.iter_mut().zip(high).enumerate() {
                let (least, most) = exact.range(table, start + row);
                *low = to_fen(least);
                *high = most.map_or(UNBOUNDED, to_fen);
            }
        }
    }
}

/// `base × factor / PER`, between floor and cap. A base so large that the product would not fit is computed the long way.
fn product<const PER: i64>(column: &[i64], factor: i64, cap: i64, floor: i64, low: &mut [i64], high: &mut [i64]) {
    let fits = i64::MAX / factor;
    let unknown_high = if cap == UNBOUNDED - 1 { UNBOUNDED } else { cap };
    for ((value, low), high) in column.iter().zip(low).zip(high) {
        let base = (*value).max(0);
        let raw = if base <= fits {
            // Both are positive: unsigned division by a constant is a multiplication.
            ((base * factor) as u64 / PER as u64) as i64
        } else {
            i64::try_from(i128::from(base) * i128::from(factor) / i128::from(PER)).unwrap_or(UNBOUNDED - 1)
        };
        let paid = raw.max(floor).min(cap);
        *low = paid;
        *high = if *value == UNKNOWN { unknown_high } else { paid };
    }
}

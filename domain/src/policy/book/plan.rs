//! Amounts as plans: what an item pays, a block of rows at a time.

use super::slots::Slots;
use super::table::{SlotKind, Table, UNKNOWN};
use crate::policy::amount::{Amount, TierMode};
use crate::policy::money::{Fen, ONE};

/// Stands for an amount without an upper end.
pub const UNBOUNDED: i64 = i64::MAX;

/// Inside an amount sums are exact, in units of 10⁻¹² yuan; the result is cut to the fen once.
const EXACT_PER_FEN: i128 = 10_000_000_000;
/// Millionths × millionths of a rate, per fen.
const PRODUCT_PER_FEN: i64 = 10_000_000_000;

/// How an item's amount is computed. The first three have loops of their own because nearly every item is one of them.
#[derive(Debug, Clone)]
pub(super) enum Plan {
    Fixed(i64),
    Percent { slot: usize, rate: i64, cap: i64, floor: i64 },
    PerUnit { slot: usize, unit: i64, cap: i64 },
    Exact(Exact),
}

/// An amount of any form, evaluated row by row.
#[derive(Debug, Clone)]
pub(super) enum Exact {
    Fixed(i128),
    Percent { slot: usize, rate: i64, cap: Option<i128>, floor: i128 },
    PerUnit { slot: usize, unit: i64, cap: Option<i128> },
    Tiered { slot: usize, mode: TierMode, bands: Vec<Tier>, cap: Option<i128> },
    ByTag(Vec<(usize, i64, Exact)>),
    Max(Vec<Exact>),
    Min(Vec<Exact>),
    Sum(Vec<Exact>),
    Capped(Box<Exact>, i128),
}

/// A band: where it begins and ends in millionths, and what it pays.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tier {
    from: i64,
    to: i64,
    amount: i128,
    rate: i64,
}

fn exact(fen: i64) -> i128 {
    i128::from(fen) * EXACT_PER_FEN
}

impl Plan {
    pub fn new(slots: &mut Slots, amount: &Amount) -> Plan {
        let cap = |fen: Option<Fen>| fen.map_or(UNBOUNDED - 1, |fen| fen.0);
        match amount {
            Amount::None => Plan::Fixed(0),
            Amount::Fixed(fen) => Plan::Fixed(fen.0),
            Amount::Percent(p) if p.rate.micro() > 0 => Plan::Percent {
                slot: slots.slot(&p.of, SlotKind::Number),
                rate: p.rate.micro(),
                cap: cap(p.cap),
                floor: p.floor.map_or(0, |fen| fen.0),
            },
            Amount::PerUnit(p) if p.unit.0 > 0 => {
                Plan::PerUnit { slot: slots.slot(&p.attr, SlotKind::Number), unit: p.unit.0, cap: cap(p.cap) }
            }
            other => Plan::Exact(Exact::new(slots, other)),
        }
    }
}

impl Exact {
    fn new(slots: &mut Slots, amount: &Amount) -> Exact {
        match amount {
            Amount::None => Exact::Fixed(0),
            Amount::Fixed(fen) => Exact::Fixed(exact(fen.0)),
            Amount::Staged(stages) => Exact::Fixed(stages.iter().map(|stage| exact(stage.amount.0)).sum()),
            Amount::Percent(p) => Exact::Percent {
                slot: slots.slot(&p.of, SlotKind::Number),
                rate: p.rate.micro(),
                cap: p.cap.map(|fen| exact(fen.0)),
                floor: p.floor.map_or(0, |fen| exact(fen.0)),
            },
            Amount::PerUnit(p) => {
                Exact::PerUnit { slot: slots.slot(&p.attr, SlotKind::Number), unit: p.unit.0, cap: p.cap.map(|fen| exact(fen.0)) }
            }
            Amount::Tiered(t) => Exact::Tiered {
                slot: slots.slot(&t.attr, SlotKind::Number),
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
                        let (slot, mask) = slots.tag(tag);
                        (slot, mask, Exact::new(slots, amount))
                    })
                    .collect(),
            ),
            Amount::MaxOf(list) => Exact::Max(list.iter().map(|amount| Exact::new(slots, amount)).collect()),
            Amount::MinOf(list) => Exact::Min(list.iter().map(|amount| Exact::new(slots, amount)).collect()),
            Amount::SumOf(list) => Exact::Sum(list.iter().map(|amount| Exact::new(slots, amount)).collect()),
            Amount::Capped(capped) => Exact::Capped(Box::new(Exact::new(slots, &capped.of)), exact(capped.cap.0)),
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
            Exact::Min(list) => list.iter().map(|amount| amount.range(table, row)).reduce(lesser).unwrap_or((0, Some(0))),
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

/// What has no greatest limits nothing.
fn lesser(a: (i128, Option<i128>), b: (i128, Option<i128>)) -> (i128, Option<i128>) {
    (a.0.min(b.0), a.1.zip(b.1).map(|(a, b)| a.min(b)).or(a.1).or(b.1))
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

/// Least and greatest amounts of the rows from `start` on, fen.
pub(super) fn amounts(plan: &Plan, table: &Table, start: usize, low: &mut [i64], high: &mut [i64]) {
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

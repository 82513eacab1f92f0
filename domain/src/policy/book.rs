//! Items compiled for evaluation (a "book"): attribute codes become slots of a flat table, conditions become tests over columns,
//! and a block of rows is evaluated at a time without allocating.

mod idle;
mod plan;
mod program;
mod scratch;
mod slots;
mod table;

pub use plan::UNBOUNDED;
pub use scratch::Scratch;
pub use table::{BLOCK, FactProblem, Slot, SlotKind, Table, Truth, UNKNOWN};

use super::facts::Facts;
use super::library::{Attribute, AttributeKind, Library, Want};
use super::map::Map;
use super::model::{GroupRule, Item, in_force};
use super::money::{LIMIT, ONE};
use super::total::{Claim, GroupLimit, Limits};
use crate::area;
use plan::Plan;
use program::{Probe, Program};
use slots::Slots;
use std::collections::HashMap;
use time::Date;

/// Where an item holds: enterprises elsewhere cannot have it, whatever else they are.
#[derive(Debug, Clone, Copy)]
struct Place {
    slot: usize,
    low: i64,
    high: i64,
    /// Enterprises of which nothing is known lie in the city.
    near: bool,
}

impl Place {
    fn holds(&self, value: i64) -> bool {
        if value == UNKNOWN { self.near } else { (self.low..=self.high).contains(&value) }
    }
}

/// An item's place in the book.
#[derive(Debug, Clone)]
struct Compiled {
    place: Option<Place>,
    probes: std::ops::Range<usize>,
    steps: std::ops::Range<usize>,
    plan: Plan,
    group: Option<usize>,
    cap: Option<usize>,
    fund: Option<usize>,
}

/// Compiled items, as of a date.
#[derive(Debug, Clone)]
pub struct Book {
    /// The day everything is evaluated for.
    pub as_of: Date,
    items: Vec<Item>,
    compiled: Vec<Compiled>,
    program: Program,
    slots: Slots,
    /// With the slot of what was already received.
    groups: Vec<(GroupLimit, Option<usize>)>,
    caps: Vec<i64>,
    funds: Vec<i64>,
    /// Which way an enterprise would move an attribute, and whether it counts whole things; without a library every figure may grow.
    wants: Option<Map<(Want, bool)>>,
}

impl Scratch {
    /// Room for any item of a book.
    pub fn new(book: &Book) -> Scratch {
        let leaves = book.compiled.iter().map(|item| item.probes.len()).max().unwrap_or(0);
        let steps = book.compiled.iter().map(|item| item.steps.len()).max().unwrap_or(0);
        Scratch::sized(leaves, steps)
    }
}

impl Book {
    /// Compiles the items in force on a day; of several versions the highest.
    pub fn new(items: Vec<Item>, as_of: Date) -> Book {
        let items = in_force(items, as_of);
        let mut book = Book {
            as_of,
            slots: Slots::new(&items),
            items: Vec::new(),
            compiled: Vec::with_capacity(items.len()),
            program: Program::default(),
            groups: Vec::new(),
            caps: Vec::new(),
            funds: Vec::new(),
            wants: None,
        };
        let (mut groups, mut caps, mut funds) = (HashMap::new(), HashMap::new(), HashMap::new());
        for item in &items {
            let (first_probe, first_step) = (book.program.probes.len(), book.program.steps.len());
            book.program.condition(&mut book.slots, as_of, &item.condition);
            let plan = Plan::new(&mut book.slots, &item.amount);
            let group = item.group.as_ref().map(|group| {
                let at = *groups.entry(group.id.clone()).or_insert_with(|| {
                    book.groups.push((GroupLimit { rule: group.rule, cap: i64::MAX, received: 0 }, None));
                    book.groups.len() - 1
                });
                let received = group.received.as_ref().map(|attr| book.slots.slot(attr, SlotKind::Number));
                let entry = &mut book.groups[at];
                entry.0.cap = entry.0.cap.min(group.cap.map_or(i64::MAX, |cap| cap.0));
                entry.1 = entry.1.or(received);
                at
            });
            // Several items may name the same cap or fund; the least of what they say holds.
            let cap = item.yearly_cap.as_ref().map(|cap| limit(&mut caps, &mut book.caps, &cap.id, cap.amount.0));
            let fund = item.fund.as_ref().map(|fund| limit(&mut funds, &mut book.funds, &fund.id, fund.remaining.0));
            let (probes, steps) = (first_probe..book.program.probes.len(), first_step..book.program.steps.len());
            let place = book.place(item);
            book.compiled.push(Compiled { place, probes, steps, plan, group, cap, fund });
        }
        book.items = items;
        book
    }

    /// None where an item holds everywhere. What holds in an area that is none we know (which `check` refuses) is not of this city.
    fn place(&mut self, item: &Item) -> Option<Place> {
        let prefix = area::prefix(&item.area);
        if prefix.as_ref().is_some_and(String::is_empty) {
            return None;
        }
        let slot = self.slots.slot(slots::AREA, SlotKind::Code);
        let Some(prefix) = prefix else { return Some(Place { slot, low: 1, high: 0, near: false }) };
        let (low, high) = self.slots.runs(slots::AREA, std::slice::from_ref(&prefix)).first().copied()?;
        Some(Place { slot, low, high, near: area::concerns_city(&prefix) })
    }

    /// Whether an item is of another area than the enterprise in the first row: then it is none of its business.
    pub(crate) fn is_elsewhere(&self, item: usize, table: &Table) -> bool {
        self.compiled[item].place.is_some_and(|place| !place.holds(table.get(place.slot, 0)))
    }

    /// With what the library says of its attributes: which way an enterprise would want to move them.
    #[must_use]
    pub fn with(mut self, library: &Library) -> Book {
        let said = |attribute: &Attribute| (attribute.want, attribute.kind == AttributeKind::Count);
        self.wants = Some(library.attributes.iter().map(|(code, attribute)| (code.clone(), said(attribute))).collect());
        self
    }

    /// Which way an enterprise would move an attribute. What no library knows of is not advised about.
    pub(crate) fn want(&self, attr: &str) -> Want {
        self.wants.as_ref().map_or(Want::More, |wants| wants.get(attr).copied().unwrap_or_default().0)
    }

    /// The items, in the order of their indices.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The columns of a table.
    pub fn slots(&self) -> &[Slot] {
        &self.slots.list
    }

    /// A table of so many rows in which nothing is known.
    pub fn table(&self, rows: usize) -> Table {
        Table::unknown(self.slots.list.len(), rows)
    }

    /// A table of one row with an enterprise's facts, and what in them could not be read (it counts as unknown).
    pub fn row(&self, facts: &Facts) -> (Table, Vec<FactProblem>) {
        let mut table = self.table(1);
        let problems = self.fill(&mut table, 0, facts);
        (table, problems)
    }

    /// Puts facts into a row; answers what could not be read.
    pub fn fill(&self, table: &mut Table, row: usize, facts: &Facts) -> Vec<FactProblem> {
        let mut problems = Vec::new();
        for (at, slot) in self.slots.list.iter().enumerate() {
            let value = match slot.kind {
                SlotKind::Tags => {
                    facts.tags.as_ref().map_or(UNKNOWN, |tags| self.slots.tag_bits(&slot.code, tags.iter().map(String::as_str)))
                }
                SlotKind::Answer => facts.attest.get(&slot.code).map_or(UNKNOWN, |yes| i64::from(*yes)),
                _ => facts.on(&slot.code, self.as_of).map_or(UNKNOWN, |fact| {
                    self.read(slot, &fact.value).unwrap_or_else(|sentence| {
                        problems.push(FactProblem { code: slot.code.clone(), sentence });
                        UNKNOWN
                    })
                }),
            };
            table.columns[at][row] = value;
        }
        problems
    }

    /// Reads a value as written into what a slot holds.
    ///
    /// # Errors
    /// A sentence for the person who wrote it.
    pub fn read(&self, slot: &Slot, text: &str) -> Result<i64, String> {
        self.slots.read(slot, text)
    }

    /// The slots of an attribute: mostly one, more where items take it for different things.
    pub(crate) fn slots_of(&self, code: &str) -> impl Iterator<Item = usize> {
        self.slots.slots_of(code)
    }

    /// Sets the tags of the first row.
    pub(crate) fn put_tags(&self, table: &mut Table, tags: &[&str]) {
        for (at, slot) in self.slots.list.iter().enumerate().filter(|(_, slot)| slot.kind == SlotKind::Tags) {
            table.put(at, 0, self.slots.tag_bits(&slot.code, tags.iter().copied()));
        }
    }

    /// How many leaves an item's condition has.
    pub fn leaf_count(&self, item: usize) -> usize {
        self.compiled[item].probes.len()
    }

    /// The slot of a leaf that compares a number or a share of one, and the value nearest to the present one that it lets through;
    /// nobody hires half a person.
    pub(crate) fn needed(&self, item: usize, leaf: usize, table: &Table) -> Option<(usize, i64)> {
        let (slot, needed) = self.nearest(item, leaf, table)?;
        let whole = self.wants.as_ref().and_then(|wants| wants.get(&self.slots.list[slot].code)).is_some_and(|said| said.1);
        let part = needed.rem_euclid(ONE);
        let needed = match (whole && part != 0, needed > table.get(slot, 0)) {
            (false, _) => needed,
            (true, true) => needed - part + ONE,
            (true, false) => needed - part,
        };
        Some((slot, needed))
    }

    fn nearest(&self, item: usize, leaf: usize, table: &Table) -> Option<(usize, i64)> {
        match self.program.probes[self.compiled[item].probes.start + leaf] {
            Probe::Range { slot, low, high } if self.slots.list[slot].kind == SlotKind::Number && low <= high => {
                Some((slot, table.get(slot, 0).clamp(low, high)))
            }
            Probe::Ratio { num, den, op, value } => {
                program::numerator(table.get(num, 0), table.get(den, 0), op, value).map(|needed| (num, needed))
            }
            _ => None,
        }
    }

    /// What the leaf of an item, which is short, would have to move by, in parts of a million of what it asks: small steps first.
    pub(crate) fn stride(&self, item: usize, leaf: usize, scratch: &Scratch) -> i64 {
        let (gap, of) = match self.program.probes[self.compiled[item].probes.start + leaf] {
            Probe::Range { slot, low, high } if self.slots.list[slot].kind == SlotKind::Number => {
                (scratch.gaps(leaf)[0], if low > -LIMIT { low } else { high })
            }
            Probe::Ratio { value, .. } => (scratch.gaps(leaf)[0], value),
            // Days of an age, against ten years.
            _ => (scratch.gaps(leaf)[0], 3_650),
        };
        let share = i128::from(gap) * i128::from(ONE) / i128::from(of.unsigned_abs().max(1));
        i64::try_from(share).unwrap_or(i64::MAX)
    }

    /// The group of an item, where that group pays one item only.
    pub(crate) fn pays_one(&self, item: usize) -> Option<&str> {
        let group = self.items[item].group.as_ref()?;
        matches!(group.rule, GroupRule::Highest | GroupRule::Exclusive).then_some(group.id.as_str())
    }

    /// An eligible item as the payments see it; amounts are fen.
    pub(crate) fn claim(&self, item: usize, amount: i64, tie: i64) -> Claim {
        let compiled = &self.compiled[item];
        Claim { amount: amount.max(0), tie, group: compiled.group, cap: compiled.cap, fund: compiled.fund }
    }

    /// Groups, caps and funds, with what the enterprise in the first row already received; where that is not known, what `guess`
    /// says for the attribute, in fen.
    pub(crate) fn limits(&self, table: &Table, guess: &dyn Fn(&str) -> i64) -> Limits {
        let received = |slot: usize| match table.get(slot, 0) {
            UNKNOWN => guess(&self.slots.list[slot].code),
            known => (known / (ONE / 100)).max(0),
        };
        let group = |(limit, slot): &(GroupLimit, Option<usize>)| GroupLimit { received: slot.map_or(0, received), ..*limit };
        Limits { groups: self.groups.iter().map(group).collect(), caps: self.caps.clone(), funds: self.funds.clone() }
    }

    /// The limits with what was had taken from them: applied for, approved or paid.
    pub(crate) fn lessen(&self, limits: &mut Limits, had: &[(usize, i64)]) {
        for (item, fen) in had {
            let compiled = &self.compiled[*item];
            let less = |limit: &mut i64| *limit = if *limit == i64::MAX { *limit } else { (*limit - fen).max(0) };
            if let Some(group) = compiled.group.map(|group| &mut limits.groups[group]) {
                less(&mut group.cap);
                match group.rule {
                    GroupRule::TopUp => group.received = group.received.saturating_add(*fen),
                    GroupRule::Highest | GroupRule::Exclusive => group.cap = 0,
                    GroupRule::Stack => {}
                }
            }
            compiled.cap.into_iter().for_each(|cap| less(&mut limits.caps[cap]));
        }
    }

    /// What a 差额补足 group already received, where that is not known: the attribute.
    pub(crate) fn received_unknown(&self, item: usize, table: &Table) -> Option<&str> {
        let (limit, slot) = self.groups[self.compiled[item].group?];
        let slot = slot.filter(|slot| limit.rule == GroupRule::TopUp && table.get(*slot, 0) == UNKNOWN)?;
        Some(&self.slots.list[slot].code)
    }

    /// Evaluates one item for the rows from `start` on, a block at most; answers how many rows. Nothing is allocated. Gaps are
    /// computed where `GAPS`, amounts always.
    pub fn run<const GAPS: bool>(&self, item: usize, table: &Table, start: usize, scratch: &mut Scratch) -> usize {
        let rows = BLOCK.min(table.rows() - start);
        let compiled = &self.compiled[item];
        scratch.rows = rows;
        for (leaf, probe) in self.program.probes[compiled.probes.clone()].iter().enumerate() {
            let (truths, gaps) = (&mut scratch.truths[leaf][..rows], &mut scratch.gaps[leaf][..rows]);
            self.program.probe_block::<GAPS>(probe, table, start, truths, gaps);
        }
        self.program.combine(compiled.steps.clone(), compiled.probes.start, scratch, rows);
        if let Some(place) = &compiled.place {
            let areas = &table.columns[place.slot][start..start + rows];
            for (verdict, area) in scratch.verdicts[..rows].iter_mut().zip(areas) {
                *verdict *= u8::from(place.holds(*area));
            }
        }
        plan::amounts(&compiled.plan, table, start, &mut scratch.low[..rows], &mut scratch.high[..rows]);
        rows
    }
}

fn limit(known: &mut HashMap<String, usize>, list: &mut Vec<i64>, id: &str, amount: i64) -> usize {
    let at = *known.entry(id.to_owned()).or_insert_with(|| {
        list.push(i64::MAX);
        list.len() - 1
    });
    list[at] = list[at].min(amount);
    at
}

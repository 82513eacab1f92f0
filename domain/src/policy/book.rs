//! Items compiled for evaluation (a "book"): attribute codes become slots of a flat table, conditions become tests over columns,
//! and a block of rows is evaluated at a time without allocating.
//!
//! Truth is three-valued: 0 unmet, 1 unknown, 2 met, so that 同时满足 is the least and 任一 the greatest of its parts.

use super::condition::{Condition, Leaf, Op, Test};
use super::day;
use super::facts::Facts;
use super::model::{GroupRule, Item, in_force};
use super::money::{Decimal, LIMIT, ONE};
use super::sorted;
use super::total::{Claim, GroupLimit, Limits};
use std::collections::HashMap;
use time::Date;

mod compute;
pub use compute::{Scratch, UNBOUNDED};

/// Stands in a slot for what is not known.
pub const UNKNOWN: i64 = i64::MIN;
/// Rows evaluated at a time: what a block needs stays in the first cache.
pub const BLOCK: usize = 256;
/// Tags one slot can hold; the value stays apart from [`UNKNOWN`].
const TAGS_PER_SLOT: usize = 62;

/// Three-valued truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// 不符合.
    Unmet,
    /// 信息不足.
    Unknown,
    /// 符合.
    Met,
}

impl Truth {
    /// From the byte a block holds.
    pub fn from_byte(byte: u8) -> Truth {
        match byte {
            0 => Truth::Unmet,
            1 => Truth::Unknown,
            _ => Truth::Met,
        }
    }
}

/// What a slot of the table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SlotKind {
    /// A number in millionths.
    Number,
    /// A day number.
    Date,
    /// The place of a code among the codes that items ask for.
    Code,
    /// A set of tags.
    Tags,
    /// An answer, 0 or 1.
    Answer,
}

/// A slot: a column of the table.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slot {
    /// Attribute or question; a running number for tags.
    pub code: String,
    /// What it holds.
    pub kind: SlotKind,
}

/// A test over slots. `Range` serves every comparison, dates, ages, answers and sets that are one run of codes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Probe {
    Range { slot: usize, low: i64, high: i64 },
    Runs { slot: usize, at: usize, len: usize },
    Ratio { num: usize, den: usize, op: Op, value: i64 },
    Tag { slot: usize, mask: i64 },
}

/// Postfix program of a condition.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Leaf(usize),
    All(usize),
    Any(usize),
    Not,
    AtLeast(u32, usize),
}

/// An item's place in the book.
#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    pub probes: std::ops::Range<usize>,
    pub steps: std::ops::Range<usize>,
    pub plan: compute::Plan,
    pub group: Option<usize>,
    pub cap: Option<usize>,
    pub fund: Option<usize>,
}

/// A fact that cannot be read as what the items take it for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactProblem {
    /// The attribute.
    pub code: String,
    pub sentence: String,
}

/// Rows of slots, column by column.
#[derive(Debug, Clone, Default)]
pub struct Table {
    pub(crate) columns: Vec<Vec<i64>>,
    rows: usize,
}

impl Table {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The value in a slot of a row.
    pub fn get(&self, slot: usize, row: usize) -> i64 {
        self.columns[slot][row]
    }

    /// Sets the value in a slot of a row, as [`Slot::kind`] has it.
    pub fn put(&mut self, slot: usize, row: usize, value: i64) {
        self.columns[slot][row] = value;
    }
}

/// Codes of one attribute that items ask for, sorted, so that all that begin with one are a run.
#[derive(Debug, Clone, Default)]
struct Codes {
    sorted: Vec<String>,
    /// For each the nearest other one that it begins with.
    parent: Vec<Option<usize>>,
}

impl Codes {
    fn new(codes: Vec<String>) -> Codes {
        let mut codes = sorted(codes, &|a, b| a.cmp(b));
        codes.dedup();
        let mut parent: Vec<Option<usize>> = Vec::with_capacity(codes.len());
        for (index, code) in codes.iter().enumerate() {
            let mut up = index.checked_sub(1);
            while let Some(at) = up
                && !code.starts_with(codes[at].as_str())
            {
                up = parent[at];
            }
            parent.push(up);
        }
        Codes { sorted: codes, parent }
    }

    /// The place of the longest one that a fact begins with, counted from 1; 0 where there is none.
    fn place(&self, fact: &str) -> i64 {
        let mut at = self.sorted.partition_point(|code| code.as_str() <= fact).checked_sub(1);
        while let Some(index) = at
            && !fact.starts_with(self.sorted[index].as_str())
        {
            at = self.parent[index];
        }
        at.map_or(0, |index| index as i64 + 1)
    }

    /// First and last place of what begins with a code.
    fn run(&self, code: &str) -> (i64, i64) {
        let first = self.sorted.partition_point(|other| other.as_str() < code);
        let count = self.sorted[first..].iter().take_while(|other| other.starts_with(code)).count();
        (first as i64 + 1, (first + count) as i64)
    }
}

/// Compiled items, as of a date.
#[derive(Debug, Clone)]
pub struct Book {
    /// The day everything is evaluated for.
    pub as_of: Date,
    items: Vec<Item>,
    compiled: Vec<Compiled>,
    probes: Vec<Probe>,
    steps: Vec<Step>,
    runs: Vec<(i64, i64)>,
    slots: Vec<Slot>,
    index: HashMap<String, Vec<usize>>,
    codes: HashMap<String, Codes>,
    tags: HashMap<String, usize>,
    groups: Vec<(GroupLimit, Option<usize>)>,
    caps: Vec<i64>,
    funds: Vec<i64>,
}

impl Book {
    /// Compiles the items in force on a day; of several versions the highest.
    pub fn new(items: Vec<Item>, as_of: Date) -> Book {
        let items = in_force(items, as_of);
        let mut book = Book {
            as_of,
            items: Vec::new(),
            compiled: Vec::with_capacity(items.len()),
            probes: Vec::new(),
            steps: Vec::new(),
            runs: Vec::new(),
            slots: Vec::new(),
            index: HashMap::new(),
            codes: HashMap::new(),
            tags: HashMap::new(),
            groups: Vec::new(),
            caps: Vec::new(),
            funds: Vec::new(),
        };
        book.intern(&items);
        let (mut groups, mut caps, mut funds) = (HashMap::new(), HashMap::new(), HashMap::new());
        for item in &items {
            let (first_probe, first_step) = (book.probes.len(), book.steps.len());
            book.condition(&item.condition);
            let plan = compute::Plan::new(&mut book, &item.amount);
            let group = item.group.as_ref().map(|group| {
                let at = *groups.entry(group.id.clone()).or_insert_with(|| {
                    book.groups.push((GroupLimit { rule: group.rule, cap: i64::MAX, received: 0 }, None));
                    book.groups.len() - 1
                });
                let received = group.received.as_ref().map(|attr| book.slot(attr, SlotKind::Number));
                let entry = &mut book.groups[at];
                entry.0.cap = entry.0.cap.min(group.cap.map_or(i64::MAX, |cap| cap.0));
                entry.1 = entry.1.or(received);
                at
            });
            // Several items may name the same cap or fund; the least of what they say holds.
            let cap = item.yearly_cap.as_ref().map(|cap| limit(&mut caps, &mut book.caps, &cap.id, cap.amount.0));
            let fund = item.fund.as_ref().map(|fund| limit(&mut funds, &mut book.funds, &fund.id, fund.remaining.0));
            let (probes, steps) = (first_probe..book.probes.len(), first_step..book.steps.len());
            book.compiled.push(Compiled { probes, steps, plan, group, cap, fund });
        }
        book.items = items;
        book
    }

    /// The items, in the order of their indices.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The columns of a table.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// A table of so many rows in which nothing is known.
    pub fn table(&self, rows: usize) -> Table {
        Table { columns: vec![vec![UNKNOWN; rows]; self.slots.len()], rows }
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
        for (at, slot) in self.slots.iter().enumerate() {
            let value = match slot.kind {
                SlotKind::Tags => {
                    facts.tags.as_ref().map_or(UNKNOWN, |tags| self.tag_bits(&slot.code, tags.iter().map(String::as_str)))
                }
                SlotKind::Answer => facts.attest.get(&slot.code).map_or(UNKNOWN, |yes| i64::from(*yes)),
                _ => facts.get(&slot.code).map_or(UNKNOWN, |fact| {
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
        match slot.kind {
            SlotKind::Number => match text {
                "true" => Ok(ONE),
                "false" => Ok(0),
                _ => Decimal::parse(text).map(Decimal::micro).map_err(|error| format!("“{text}”{error}")),
            },
            SlotKind::Date => day::parse(text).map(day::number).ok_or_else(|| format!("“{text}”应为日期，如 2026-01-31")),
            SlotKind::Code => Ok(self.codes.get(&slot.code).map_or(0, |codes| codes.place(text.trim()))),
            SlotKind::Tags => Ok(self.tag_bits(&slot.code, text.split(',').map(str::trim))),
            SlotKind::Answer => match text {
                "true" => Ok(1),
                "false" => Ok(0),
                _ => Err(format!("“{text}”应为 true 或 false")),
            },
        }
    }

    /// How many leaves an item's condition has.
    pub fn leaf_count(&self, item: usize) -> usize {
        self.compiled[item].probes.len()
    }

    /// The slot of a leaf that compares a number, and the value nearest to the present one that it lets through.
    pub(crate) fn needed(&self, item: usize, leaf: usize, table: &Table) -> Option<(usize, i64)> {
        match self.probes[self.compiled[item].probes.start + leaf] {
            Probe::Range { slot, low, high } if self.slots[slot].kind == SlotKind::Number && low <= high => {
                Some((slot, table.get(slot, 0).clamp(low, high)))
            }
            _ => None,
        }
    }

    /// The group of an item, where that group pays one item only.
    pub(crate) fn pays_one(&self, item: usize) -> Option<&str> {
        let group = self.items[item].group.as_ref()?;
        matches!(group.rule, GroupRule::Highest | GroupRule::Exclusive).then_some(group.id.as_str())
    }

    /// An eligible item as the payments see it; amounts are fen.
    pub(crate) fn claim(&self, item: usize, amount: i64, tie: i64) -> Claim {
        let compiled = &self.compiled[item];
        Claim { amount, tie, group: compiled.group, cap: compiled.cap, fund: compiled.fund }
    }

    /// Groups, caps and funds, with what the enterprise in the first row already received.
    pub(crate) fn limits(&self, table: &Table) -> Limits {
        let received = |slot: &Option<usize>| slot.map_or(0, |slot| (table.get(slot, 0) / (ONE / 100)).max(0));
        let group = |(limit, slot): &(GroupLimit, Option<usize>)| GroupLimit { received: received(slot), ..*limit };
        Limits { groups: self.groups.iter().map(group).collect(), caps: self.caps.clone(), funds: self.funds.clone() }
    }

    fn tag_bits<'a>(&self, word: &str, tags: impl Iterator<Item = &'a str>) -> i64 {
        let mut bits = 0;
        for at in tags.filter_map(|tag| self.tags.get(tag)) {
            if word.parse() == Ok(at / TAGS_PER_SLOT) {
                bits |= 1 << (at % TAGS_PER_SLOT);
            }
        }
        bits
    }

    /// Every code and tag that items ask for, before the first condition is compiled.
    fn intern(&mut self, items: &[Item]) {
        let mut codes: HashMap<String, Vec<String>> = HashMap::new();
        let tag = |tag: &str, tags: &mut HashMap<String, usize>| {
            let next = tags.len();
            tags.entry(tag.to_owned()).or_insert(next);
        };
        for item in items {
            item.condition.leaves(&mut |leaf| match &leaf.test {
                Test::InSet { attr, codes: asked } => codes.entry(attr.clone()).or_default().extend(asked.iter().cloned()),
                Test::HasTag { tag: code } => tag(code, &mut self.tags),
                _ => {}
            });
            item.amount.tags(&mut |code| tag(code, &mut self.tags));
        }
        self.codes = codes.into_iter().map(|(attr, list)| (attr, Codes::new(list))).collect();
    }

    pub(crate) fn slot(&mut self, code: &str, kind: SlotKind) -> usize {
        if let Some(at) = self.slots_of(code).find(|at| self.slots[*at].kind == kind) {
            return at;
        }
        let at = self.slots.len();
        self.slots.push(Slot { code: code.to_owned(), kind });
        self.index.entry(code.to_owned()).or_default().push(at);
        at
    }

    /// The slots of an attribute: mostly one, more where items take it for different things.
    pub(crate) fn slots_of(&self, code: &str) -> impl Iterator<Item = usize> {
        self.index.get(code).into_iter().flatten().copied()
    }

    /// Slot and bit of a tag.
    pub(crate) fn tag(&mut self, code: &str) -> (usize, i64) {
        let at = self.tags.get(code).copied().unwrap_or(0);
        (self.slot(&(at / TAGS_PER_SLOT).to_string(), SlotKind::Tags), 1 << (at % TAGS_PER_SLOT))
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::All(list) => self.list(list, Step::All),
            Condition::Any(list) => self.list(list, Step::Any),
            Condition::AtLeast { k, of } => self.list(of, |count| Step::AtLeast(*k, count)),
            Condition::Not(child) => {
                self.condition(child);
                self.steps.push(Step::Not);
            }
            Condition::Leaf(leaf) => {
                let probe = self.probe(leaf);
                self.steps.push(Step::Leaf(self.probes.len()));
                self.probes.push(probe);
            }
        }
    }

    fn list(&mut self, list: &[Condition], step: impl Fn(usize) -> Step) {
        for child in list {
            self.condition(child);
        }
        self.steps.push(step(list.len()));
    }

    fn probe(&mut self, leaf: &Leaf) -> Probe {
        match &leaf.test {
            Test::Num { attr, op, value } => {
                let slot = self.slot(attr, SlotKind::Number);
                let (low, high) = op.bounds(value.micro());
                Probe::Range { slot, low, high }
            }
            Test::Ratio { num, den, op, value } => {
                let (num, den) = (self.slot(num, SlotKind::Number), self.slot(den, SlotKind::Number));
                Probe::Ratio { num, den, op: *op, value: value.micro() }
            }
            Test::InSet { attr, codes } => self.in_set(attr, codes),
            Test::HasTag { tag } => {
                let (slot, mask) = self.tag(tag);
                Probe::Tag { slot, mask }
            }
            Test::Date { attr, op, value } => {
                let slot = self.slot(attr, SlotKind::Date);
                let (low, high) = op.bounds(day::number(*value));
                Probe::Range { slot, low, high }
            }
            Test::Age { attr, at_least_months } => {
                let slot = self.slot(attr, SlotKind::Date);
                Probe::Range { slot, low: -LIMIT, high: day::latest_start(self.as_of, *at_least_months) }
            }
            Test::Attest { question } => Probe::Range { slot: self.slot(question, SlotKind::Answer), low: 1, high: 1 },
        }
    }

    fn in_set(&mut self, attr: &str, codes: &[String]) -> Probe {
        let slot = self.slot(attr, SlotKind::Code);
        let runs: Vec<(i64, i64)> = codes.iter().filter_map(|code| self.codes.get(attr).map(|known| known.run(code))).collect();
        let mut runs = sorted(runs, &|a, b| a.cmp(b));
        runs.dedup_by(|next, last| {
            let joins = next.0 <= last.1 + 1;
            if joins {
                last.1 = last.1.max(next.1);
            }
            joins
        });
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
}

fn limit(known: &mut HashMap<String, usize>, list: &mut Vec<i64>, id: &str, amount: i64) -> usize {
    let at = *known.entry(id.to_owned()).or_insert_with(|| {
        list.push(i64::MAX);
        list.len() - 1
    });
    list[at] = list[at].min(amount);
    at
}

//! Attribute codes as slots: which column holds what, and how what people wrote becomes a number in it.

use super::table::{Slot, SlotKind};
use crate::area;
use crate::policy::condition::Test;
use crate::policy::day;
use crate::policy::model::Item;
use crate::policy::money::{Decimal, ONE};
use crate::policy::sorted;
use std::collections::HashMap;

/// The attribute that says where an enterprise is.
pub(super) const AREA: &str = "area";

/// Tags one slot can hold; the value stays apart from [`UNKNOWN`](super::UNKNOWN).
const TAGS_PER_SLOT: usize = 62;

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

/// The columns that items ask for.
#[derive(Debug, Clone, Default)]
pub(super) struct Slots {
    pub list: Vec<Slot>,
    index: HashMap<String, Vec<usize>>,
    codes: HashMap<String, Codes>,
    tags: HashMap<String, usize>,
}

impl Slots {
    /// Every code and tag that items ask for, before the first condition is compiled.
    pub fn new(items: &[Item]) -> Slots {
        let mut slots = Slots::default();
        let mut codes: HashMap<String, Vec<String>> = HashMap::new();
        let tag = |tag: &str, tags: &mut HashMap<String, usize>| {
            let next = tags.len();
            tags.entry(tag.to_owned()).or_insert(next);
        };
        for item in items {
            item.condition.leaves(&mut |leaf| match &leaf.test {
                Test::InSet { attr, codes: asked } => codes.entry(attr.clone()).or_default().extend(asked.iter().cloned()),
                Test::HasTag { tag: code } => tag(code, &mut slots.tags),
                _ => {}
            });
            item.amount.tags(&mut |code| tag(code, &mut slots.tags));
            codes.entry(AREA.to_owned()).or_default().extend(area::prefix(&item.area).filter(|prefix| !prefix.is_empty()));
        }
        slots.codes = codes.into_iter().map(|(attr, list)| (attr, Codes::new(list))).collect();
        slots
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
            SlotKind::Code => {
                let text = text.trim();
                // Where an enterprise lies may be said by name, as an item says it. A browser is told the code.
                let named = if cfg!(feature = "server") && slot.code == AREA { area::of_name(text) } else { None };
                let text = named.as_deref().unwrap_or(text);
                Ok(self.codes.get(&slot.code).map_or(0, |codes| codes.place(text)))
            }
            SlotKind::Tags => Ok(self.tag_bits(&slot.code, text.split(',').map(str::trim))),
            SlotKind::Answer => match text {
                "true" => Ok(1),
                "false" => Ok(0),
                _ => Err(format!("“{text}”应为 true 或 false")),
            },
        }
    }

    pub fn tag_bits<'a>(&self, word: &str, tags: impl Iterator<Item = &'a str>) -> i64 {
        let mut bits = 0;
        for at in tags.filter_map(|tag| self.tags.get(tag)) {
            if word.parse() == Ok(at / TAGS_PER_SLOT) {
                bits |= 1 << (at % TAGS_PER_SLOT);
            }
        }
        bits
    }

    pub fn slot(&mut self, code: &str, kind: SlotKind) -> usize {
        if let Some(at) = self.slots_of(code).find(|at| self.list[*at].kind == kind) {
            return at;
        }
        let at = self.list.len();
        self.list.push(Slot { code: code.to_owned(), kind });
        self.index.entry(code.to_owned()).or_default().push(at);
        at
    }

    /// The slots of an attribute: mostly one, more where items take it for different things.
    pub fn slots_of(&self, code: &str) -> impl Iterator<Item = usize> {
        self.index.get(code).into_iter().flatten().copied()
    }

    /// Slot and bit of a tag.
    pub fn tag(&mut self, code: &str) -> (usize, i64) {
        let at = self.tags.get(code).copied().unwrap_or(0);
        (self.slot(&(at / TAGS_PER_SLOT).to_string(), SlotKind::Tags), 1 << (at % TAGS_PER_SLOT))
    }

    /// The runs of places that lie in a set of codes, joined where they touch.
    pub fn runs(&self, attr: &str, codes: &[String]) -> Vec<(i64, i64)> {
        let runs: Vec<(i64, i64)> = codes.iter().filter_map(|code| self.codes.get(attr).map(|known| known.run(code))).collect();
        let mut runs = sorted(runs, &|a, b| a.cmp(b));
        runs.dedup_by(|next, last| {
            let joins = next.0 <= last.1 + 1;
            if joins {
                last.1 = last.1.max(next.1);
            }
            joins
        });
        runs
    }
}

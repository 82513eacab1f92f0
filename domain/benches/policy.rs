//! How fast the policy calculator is (`make bench`): whole columns of enterprises, the whole city, one enterprise in full.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // A benchmark prints.

use domain::policy::book::{Book, Scratch, Table};
use domain::policy::facts::{Fact, Facts};
use domain::policy::model::Item;
use serde_json::json;
use std::hint::black_box;
use std::time::Instant;
use time::macros::date;

/// SplitMix64: the same data on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.roll() % n
    }
}

const NUMBERS: [&str; 8] = ["revenue", "employees", "assets", "equipment", "research", "profit", "exports", "energy"];
const TAGS: [&str; 8] = ["t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7"];
const SECTIONS: [&str; 10] = ["A", "C", "C17", "C18", "C38", "C3811", "F", "I", "I65", "M"];

/// Two numeric conditions, a tag, a category, a capped percentage.
fn item(at: u64, dice: &mut Dice) -> Item {
    let mut number = || NUMBERS[dice.below(8) as usize];
    let (first, second, base) = (number(), number(), number());
    let (low, high) = (dice.below(5_000_000), 20_000_000 + dice.below(80_000_000));
    serde_json::from_value(json!({
        "id": format!("item-{at}"), "title": "补助", "document": { "title": "办法" }, "level": "city",
        "valid": { "from": "2026-01-01" }, "apply": { "mode": "declare" },
        "condition": { "all": [
            { "num": { "attr": first, "op": "ge", "value": low.to_string() } },
            { "num": { "attr": second, "op": "le", "value": high.to_string() } },
            { "has_tag": { "tag": TAGS[dice.below(8) as usize] } },
            { "in_set": { "attr": "industry", "codes": [SECTIONS[dice.below(10) as usize]] } } ] },
        "amount": { "percent": { "of": base, "rate": "0.08", "cap": "1000000" } },
    }))
    .unwrap()
}

fn facts(dice: &mut Dice) -> Facts {
    let mut facts = Facts::default();
    for code in NUMBERS {
        // One in ten is not known.
        if dice.below(10) > 0 {
            facts.set(code, Fact::new(dice.below(100_000_000).to_string()));
        }
    }
    facts.set("industry", Fact::new(["C1819", "C3811", "F5132", "I6513", "A0111", "M7310"][dice.below(6) as usize]));
    facts.tags = Some(TAGS.iter().filter(|_| dice.below(2) == 0).map(|tag| (*tag).to_owned()).collect());
    facts
}

fn book(items: u64) -> Book {
    let mut dice = Dice(7);
    Book::new((0..items).map(|at| item(at, &mut dice)).collect(), date!(2026 - 11 - 24))
}

fn table(book: &Book, rows: usize) -> Table {
    let mut dice = Dice(11);
    // A thousand different enterprises again and again: what is timed is the evaluation, not the reading of facts.
    let some: Vec<Facts> = (0..1_000).map(|_| facts(&mut dice)).collect();
    let mut table = book.table(rows);
    for row in 0..rows {
        book.fill(&mut table, row, &some[dice.below(1_000) as usize]);
    }
    table
}

fn best(runs: usize, mut run: impl FnMut() -> u64) -> (f64, u64) {
    let mut least = f64::MAX;
    let mut sum = 0;
    for _ in 0..runs {
        let start = Instant::now();
        sum = black_box(run());
        least = least.min(start.elapsed().as_secs_f64());
    }
    (least, sum)
}

/// Verdicts, amounts and the gap of every leaf.
fn full(book: &Book, table: &Table, scratch: &mut Scratch) -> u64 {
    let mut sum = 0_u64;
    for index in 0..book.items().len() {
        let mut start = 0;
        while start < table.rows() {
            let rows = book.run::<true>(index, table, start, scratch);
            // Read something of all that was computed, so that none of it can be left out.
            sum = sum
                .wrapping_add(u64::from(scratch.verdicts()[rows - 1]))
                .wrapping_add(scratch.low()[0].unsigned_abs())
                .wrapping_add(scratch.gaps(0)[rows / 2].unsigned_abs());
            start += rows;
        }
    }
    sum
}

/// Only eligible pairs: enterprise, item, amount.
fn eligible(book: &Book, table: &Table, scratch: &mut Scratch) -> Vec<(u32, u32, i64)> {
    let mut kept = Vec::new();
    for index in 0..book.items().len() {
        let mut start = 0;
        while start < table.rows() {
            let rows = book.run::<false>(index, table, start, scratch);
            for (row, verdict) in scratch.verdicts().iter().enumerate() {
                if *verdict == 2 {
                    kept.push(((start + row) as u32, index as u32, scratch.low()[row]));
                }
            }
            start += rows;
        }
    }
    kept
}

/// Resident memory of this process, MB; 0 where the system does not tell.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn main() {
    let small = book(20);
    let rows = 100_000;
    let columns = table(&small, rows);
    let mut scratch = Scratch::new(&small);
    let (seconds, _) = best(15, || full(&small, &columns, &mut scratch));
    let pairs = (rows * small.items().len()) as f64;
    println!(
        "| 100,000 enterprises × 20 items, verdict, amount and every gap, one thread | {:.1} ms | {:.1} ns a pair |",
        seconds * 1e3,
        seconds * 1e9 / pairs
    );
    drop(columns);
    let large = book(2_000);
    let (seconds, _) = best(5, || {
        let mut dice = Dice(3);
        let known = facts(&mut dice);
        let evaluation = large.evaluate(&known);
        let mut explainer = large.explainer(&known);
        evaluation.outcomes.iter().map(|outcome| explainer.item(outcome.item).len() as u64).sum()
    });
    println!("| one enterprise × 2,000 items, explained in full | {:.2} ms | |", seconds * 1e3);
    let rows = 580_000;
    let columns = table(&large, rows);
    let mut scratch = Scratch::new(&large);
    let before = resident();
    let mut kept = 0;
    let (seconds, _) = best(1, || {
        let list = eligible(&large, &columns, &mut scratch);
        kept = resident();
        list.len() as u64
    });
    let pairs = rows as f64 * large.items().len() as f64;
    let (_, count) = best(1, || eligible(&large, &columns, &mut scratch).len() as u64);
    println!(
        "| 580,000 enterprises × 2,000 items, eligible pairs kept, one thread | {seconds:.2} s | {:.1} ns a pair; \
         {count} pairs kept; {before} MB of columns, {kept} MB with the pairs |",
        seconds * 1e9 / pairs
    );
}

//! Can a condition ever be true, can it ever be false? Answered exactly over figures, dates, codes, tags and answers, by writing
//! the condition as alternatives of simple constraints; ratios and ages count as figures of their own, so a contradiction
//! between a ratio and its parts is not seen, but none is invented either.

use super::condition::{Condition, Test};
use super::day;
use super::library::{AttributeKind, Library};
use super::money::{LIMIT, ONE};
use std::cell::Cell;
use std::collections::BTreeMap;

/// More alternatives than any real condition has; beyond that nothing is said.
const TOO_MANY: usize = 4_000;

/// What all questions about one item may take together, in comparisons of two codes: some tenths of a second. Real items take a hundredth of it.
const MEANS: usize = 40_000_000;
/// What joining two alternatives takes, for each of their constraints.
const JOINT: usize = 20;

/// Whoever asks about the parts of one item. What a condition of a few lines asks for may be more than any machine has: two times 2 of 89 are
/// millions of alternatives. Beyond its means nothing is said.
#[derive(Debug)]
pub struct Asker<'l> {
    library: &'l Library,
    left: Cell<usize>,
}

/// What a constraint is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Var<'a> {
    Number(&'a str),
    Ratio(&'a str, &'a str),
    Date(&'a str),
    Age(&'a str),
    Code(&'a str),
    Tag(&'a str),
    Answer(&'a str),
}

/// What is left for a variable in one alternative.
#[derive(Debug, Clone, Default)]
struct Allowed<'a> {
    low: Option<i64>,
    high: Option<i64>,
    within: Vec<&'a [String]>,
    outside: Vec<&'a [String]>,
}

/// One alternative: all of these at once.
type Term<'a> = BTreeMap<Var<'a>, Allowed<'a>>;

/// One simple constraint.
enum Constraint<'a> {
    Interval(i64, i64),
    Within(&'a [String]),
    Outside(&'a [String]),
}

fn narrow<'a>(term: &mut Term<'a>, var: Var<'a>, constraint: &Constraint<'a>) {
    let allowed = term.entry(var).or_default();
    match *constraint {
        Constraint::Interval(low, high) => {
            allowed.low = Some(allowed.low.map_or(low, |old| old.max(low)));
            allowed.high = Some(allowed.high.map_or(high, |old| old.min(high)));
        }
        Constraint::Within(codes) => allowed.within.push(codes),
        Constraint::Outside(codes) => allowed.outside.push(codes),
    }
}

impl Allowed<'_> {
    fn is_possible(&self, asker: &Asker<'_>) -> bool {
        if let (Some(low), Some(high)) = (self.low, self.high)
            && low > high
        {
            return false;
        }
        // What is found beyond the means is heard by nobody ([`Asker::at_least`]).
        let begins =
            |code: &str, set: &[String]| set.iter().any(|prefix| asker.spend(1).is_none() || code.starts_with(prefix.as_str()));
        let free = |code: &str| !self.outside.iter().any(|set| begins(code, set));
        if self.within.is_empty() {
            // Some code begins with none of them, unless one of them is empty.
            return !self.outside.iter().any(|set| set.iter().any(String::is_empty));
        }
        // The longest prefix that a fitting code owes to one of the sets fits as well.
        let mut candidates = self.within.iter().flat_map(|set| set.iter());
        candidates.any(|code| free(code) && self.within.iter().all(|set| begins(code, set)))
    }
}

/// The alternatives under which a test holds, or does not.
fn literal<'a>(test: &'a Test, holds: bool, library: &Library) -> Vec<(Var<'a>, Constraint<'a>)> {
    let split = |var: Var<'a>, (low, high): (i64, i64), (least, most): (i64, i64)| {
        if holds {
            return vec![(var, Constraint::Interval(low.max(least), high.min(most)))];
        }
        let mut list = Vec::new();
        if low > least {
            list.push((var.clone(), Constraint::Interval(least, low - 1)));
        }
        if high < most {
            list.push((var, Constraint::Interval(high + 1, most)));
        }
        list
    };
    let everything = (-LIMIT, LIMIT);
    match test {
        Test::Num { attr, op, value } => {
            // Counts and answers are never below zero; answers are 0 or 1.
            let span = match library.attributes.get(attr).map(|attribute| attribute.kind) {
                Some(AttributeKind::Count) => (0, LIMIT),
                Some(AttributeKind::Bool) => (0, ONE),
                _ => everything,
            };
            split(Var::Number(attr), op.bounds(value.micro()), span)
        }
        Test::Ratio { num, den, op, value } => split(Var::Ratio(num, den), op.bounds(value.micro()), everything),
        Test::Date { attr, op, value } => split(Var::Date(attr), op.bounds(day::number(*value)), everything),
        Test::Age { attr, at_least_months } => split(Var::Age(attr), (i64::from(*at_least_months), LIMIT), (0, LIMIT)),
        Test::InSet { attr, codes } => {
            vec![(Var::Code(attr), if holds { Constraint::Within(codes) } else { Constraint::Outside(codes) })]
        }
        Test::HasTag { tag } => vec![(Var::Tag(tag), Constraint::Interval(i64::from(holds), i64::from(holds)))],
        Test::Attest { question } => vec![(Var::Answer(question), Constraint::Interval(i64::from(holds), i64::from(holds)))],
    }
}

fn join<'a>(term: &Term<'a>, more: &Term<'a>) -> Term<'a> {
    let mut joined = term.clone();
    for (var, allowed) in more {
        let entry = joined.entry(var.clone()).or_default();
        if let (Some(low), Some(high)) = (allowed.low, allowed.high) {
            entry.low = Some(entry.low.map_or(low, |old| old.max(low)));
            entry.high = Some(entry.high.map_or(high, |old| old.min(high)));
        }
        entry.within.extend(&allowed.within);
        entry.outside.extend(&allowed.outside);
    }
    joined
}

impl<'l> Asker<'l> {
    /// Nothing is asked yet.
    pub fn new(library: &'l Library) -> Asker<'l> {
        Asker { library, left: Cell::new(MEANS) }
    }

    /// Takes so much of what is left; none where that is too little.
    fn spend(&self, cost: usize) -> Option<()> {
        let left = self.left.get().checked_sub(cost);
        self.left.set(left.unwrap_or(0));
        left.map(drop)
    }

    fn possible(&self, term: &Term<'_>) -> bool {
        term.values().all(|allowed| allowed.is_possible(self))
    }

    /// The possible alternatives under which a condition holds, or does not; none where there are too many to tell.
    fn alternatives<'a>(&self, condition: &'a Condition, holds: bool) -> Option<Vec<Term<'a>>> {
        match condition {
            Condition::Leaf(leaf) => {
                let terms = literal(&leaf.test, holds, self.library).into_iter().map(|(var, constraint)| {
                    let mut term = Term::new();
                    narrow(&mut term, var, &constraint);
                    term
                });
                let terms: Vec<Term<'_>> = terms.filter(|term| self.possible(term)).collect();
                self.spend(JOINT).map(|()| terms)
            }
            Condition::Not(child) => self.alternatives(child, !holds),
            Condition::All(list) => self.at_least(list, if holds { list.len() } else { 1 }, holds),
            Condition::Any(list) => self.at_least(list, if holds { 1 } else { list.len() }, holds),
            Condition::AtLeast { k, of } => {
                let k = *k as usize;
                // Fewer than k of n hold exactly when at least n - k + 1 do not.
                let needed = if holds { k } else { (of.len() + 1).saturating_sub(k) };
                if !holds && k == 0 {
                    return Some(Vec::new());
                }
                self.at_least(of, needed, holds)
            }
        }
    }

    /// The alternatives under which at least `k` of the conditions hold, or do not.
    fn at_least<'a>(&self, list: &'a [Condition], k: usize, holds: bool) -> Option<Vec<Term<'a>>> {
        if k > list.len() {
            return Some(Vec::new());
        }
        let mut parts = Vec::with_capacity(list.len());
        for child in list {
            parts.push(self.alternatives(child, holds)?);
        }
        // How many are still needed → the terms so far.
        let mut open: BTreeMap<usize, Vec<Term<'a>>> = BTreeMap::from([(k, vec![Term::new()])]);
        for (at, part) in parts.iter().enumerate() {
            let left = parts.len() - at - 1;
            let mut next: BTreeMap<usize, Vec<Term<'a>>> = BTreeMap::new();
            let mut count = 0;
            let mut add = |needed: usize, term: Term<'a>| {
                count += 1;
                next.entry(needed).or_default().push(term);
                // Before the next one takes room.
                (count <= TOO_MANY).then_some(())
            };
            for (needed, terms) in open {
                for term in terms {
                    self.spend(1)?;
                    if needed == 0 {
                        add(0, term)?;
                        continue;
                    }
                    for more in part {
                        self.spend(JOINT * (term.len() + more.len()))?;
                        let joined = join(&term, more);
                        if self.possible(&joined) {
                            add(needed - 1, joined)?;
                        }
                    }
                    if needed <= left {
                        add(needed, term)?;
                    }
                }
            }
            open = next;
        }
        // Nothing that was found is believed where something could not be looked into.
        self.spend(1)?;
        Some(open.remove(&0).unwrap_or_default())
    }

    /// Whether no enterprise at all could meet a condition.
    pub fn never_true(&self, condition: &Condition) -> bool {
        self.alternatives(condition, true).is_some_and(|terms| terms.is_empty())
    }

    /// Whether every enterprise whatever would meet a condition.
    pub fn always_true(&self, condition: &Condition) -> bool {
        self.alternatives(condition, false).is_some_and(|terms| terms.is_empty())
    }

    /// The least and the greatest value, in millionths, that an attribute can have where a condition holds.
    pub fn span(&self, condition: &Condition, attr: &str) -> (i64, i64) {
        let all = (-LIMIT, LIMIT);
        let Some(terms) = self.alternatives(condition, true) else { return all };
        let of = |term: &Term| {
            let allowed = term.get(&Var::Number(attr));
            (allowed.and_then(|a| a.low).unwrap_or(-LIMIT), allowed.and_then(|a| a.high).unwrap_or(LIMIT))
        };
        let hull = terms.iter().map(of).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        hull.unwrap_or(all)
    }

    /// Whether an enterprise that bears a tag could meet a condition.
    pub fn allows_tag(&self, condition: &Condition, tag: &str) -> bool {
        let Some(terms) = self.alternatives(condition, true) else { return true };
        terms.iter().any(|term| term.get(&Var::Tag(tag)).and_then(|allowed| allowed.high).is_none_or(|high| high == 1))
    }
}

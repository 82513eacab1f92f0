//! Can a condition ever be true, can it ever be false? Answered exactly over figures, dates, codes, tags and answers, by writing
//! the condition as alternatives of simple constraints; ratios and ages count as figures of their own, so a contradiction
//! between a ratio and its parts is not seen, but none is invented either.

use super::condition::{Condition, Test};
use super::day;
use super::library::{AttributeKind, Library};
use super::money::{LIMIT, ONE};
use std::collections::BTreeMap;

/// More alternatives than any real condition has; beyond that nothing is said.
const TOO_MANY: usize = 4_000;

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
    fn is_possible(&self) -> bool {
        if let (Some(low), Some(high)) = (self.low, self.high)
            && low > high
        {
            return false;
        }
        let begins = |code: &str, set: &[String]| set.iter().any(|prefix| code.starts_with(prefix.as_str()));
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

/// The possible alternatives under which a condition holds, or does not; none where there are too many to tell.
fn alternatives<'a>(condition: &'a Condition, holds: bool, library: &Library) -> Option<Vec<Term<'a>>> {
    match condition {
        Condition::Leaf(leaf) => {
            let terms = literal(&leaf.test, holds, library).into_iter().map(|(var, constraint)| {
                let mut term = Term::new();
                narrow(&mut term, var, &constraint);
                term
            });
            Some(terms.filter(|term| term.values().all(Allowed::is_possible)).collect())
        }
        Condition::Not(child) => alternatives(child, !holds, library),
        Condition::All(list) => at_least(list, if holds { list.len() } else { 1 }, holds, library),
        Condition::Any(list) => at_least(list, if holds { 1 } else { list.len() }, holds, library),
        Condition::AtLeast { k, of } => {
            let k = *k as usize;
            // Fewer than k of n hold exactly when at least n - k + 1 do not.
            let needed = if holds { k } else { (of.len() + 1).saturating_sub(k) };
            if !holds && k == 0 {
                return Some(Vec::new());
            }
            at_least(of, needed, holds, library)
        }
    }
}

/// The alternatives under which at least `k` of the conditions hold, or do not.
fn at_least<'a>(list: &'a [Condition], k: usize, holds: bool, library: &Library) -> Option<Vec<Term<'a>>> {
    if k > list.len() {
        return Some(Vec::new());
    }
    let mut parts = Vec::with_capacity(list.len());
    for child in list {
        parts.push(alternatives(child, holds, library)?);
    }
    // How many are still needed → the terms so far.
    let mut open: BTreeMap<usize, Vec<Term<'a>>> = BTreeMap::from([(k, vec![Term::new()])]);
    for (at, part) in parts.iter().enumerate() {
        let left = parts.len() - at - 1;
        let mut next: BTreeMap<usize, Vec<Term<'a>>> = BTreeMap::new();
        for (needed, terms) in open {
            if needed == 0 {
                next.entry(0).or_default().extend(terms);
                continue;
            }
            if needed <= left {
                next.entry(needed).or_default().extend(terms.iter().cloned());
            }
            let joined = terms.iter().flat_map(|term| part.iter().map(move |more| join(term, more)));
            next.entry(needed - 1).or_default().extend(joined.filter(|term| term.values().all(Allowed::is_possible)));
        }
        if next.values().map(Vec::len).sum::<usize>() > TOO_MANY {
            return None;
        }
        open = next;
    }
    Some(open.remove(&0).unwrap_or_default())
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

/// Whether no enterprise at all could meet a condition.
pub fn never_true(condition: &Condition, library: &Library) -> bool {
    alternatives(condition, true, library).is_some_and(|terms| terms.is_empty())
}

/// Whether every enterprise whatever would meet a condition.
pub fn always_true(condition: &Condition, library: &Library) -> bool {
    alternatives(condition, false, library).is_some_and(|terms| terms.is_empty())
}

/// The least and the greatest value, in millionths, that an attribute can have where a condition holds.
pub fn span(condition: &Condition, attr: &str, library: &Library) -> (i64, i64) {
    let all = (-LIMIT, LIMIT);
    let Some(terms) = alternatives(condition, true, library) else { return all };
    let of = |term: &Term| {
        let allowed = term.get(&Var::Number(attr));
        (allowed.and_then(|a| a.low).unwrap_or(-LIMIT), allowed.and_then(|a| a.high).unwrap_or(LIMIT))
    };
    let hull = terms.iter().map(of).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    hull.unwrap_or(all)
}

/// Whether an enterprise that bears a tag could meet a condition.
pub fn allows_tag(condition: &Condition, tag: &str, library: &Library) -> bool {
    let Some(terms) = alternatives(condition, true, library) else { return true };
    terms.iter().any(|term| term.get(&Var::Tag(tag)).and_then(|allowed| allowed.high).is_none_or(|high| high == 1))
}

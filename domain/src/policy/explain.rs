//! Why: for each leaf of an item what is required, what the enterprise has, what is lacking, and on which clause it rests. Built
//! only for what is shown.

use super::book::{Book, Scratch, SlotKind, Table, Truth, UNKNOWN};
use super::condition::{Condition, Leaf, Test};
use super::day;
use super::facts::{Fact, Facts};
use super::money::{Decimal, ONE};
use super::words::together;

/// The answer of one leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafResult<'a> {
    pub leaf: &'a Leaf,
    /// Text of its clause; empty where there is none.
    pub clause: &'a str,
    /// Whether it is so.
    pub truth: Truth,
    /// Whether the item rules it out: it stands under 不属于.
    pub negated: bool,
    /// What is required, as written in the item: a decimal, a date, codes, a tag, months.
    pub required: String,
    /// What the enterprise has, in the same form; none where it is not known.
    pub actual: Option<String>,
    /// What is lacking, in the same unit (days for dates); none where it is not known or has no measure.
    pub gap: Option<String>,
    /// The facts it was answered from; two for a ratio.
    pub facts: Vec<(&'a str, &'a Fact)>,
}

impl LeafResult<'_> {
    /// Whether it is met as the item asks it: what is ruled out is met where it is not so.
    pub fn verdict(&self) -> Truth {
        match self.truth {
            Truth::Met if self.negated => Truth::Unmet,
            Truth::Unmet if self.negated => Truth::Met,
            truth => truth,
        }
    }
}

/// Whether each leaf, in the order of writing, is ruled out.
fn negations(condition: &Condition, negated: bool, found: &mut Vec<bool>) {
    match condition.peeled(negated) {
        (Condition::All(list) | Condition::Any(list) | Condition::AtLeast { of: list, .. }, negated) => {
            list.iter().for_each(|child| negations(child, negated, found));
        }
        (_, negated) => found.push(negated),
    }
}

/// The first leaf for whose sake the condition is not met; none where it is, or nobody knows. A leaf that another one of its group makes up for is
/// none of it.
pub fn against(condition: &Condition, explained: &[LeafResult]) -> Option<usize> {
    blame(condition, false, explained, &mut 0).1
}

/// Whether it is met, and the leaf that stands against it. `next` is the place of its first leaf and moves behind its last.
fn blame(condition: &Condition, negated: bool, explained: &[LeafResult], next: &mut usize) -> (Truth, Option<usize>) {
    let (condition, negated) = condition.peeled(negated);
    let list = match condition {
        Condition::All(list) | Condition::Any(list) | Condition::AtLeast { of: list, .. } => list,
        Condition::Not(_) | Condition::Leaf(_) => {
            let at = *next;
            *next += 1;
            let truth = explained.get(at).map_or(Truth::Unknown, LeafResult::verdict);
            return (truth, (truth == Truth::Unmet).then_some(at));
        }
    };
    let needed = match condition {
        Condition::AtLeast { k, .. } if negated => (list.len() + 1).saturating_sub(*k as usize),
        Condition::AtLeast { k, .. } => *k as usize,
        _ if together(condition, negated) => list.len(),
        _ => 1,
    };
    let (mut met, mut open, mut first) = (0, 0, None);
    for child in list {
        let (truth, found) = blame(child, negated, explained, next);
        met += usize::from(truth == Truth::Met);
        open += usize::from(truth == Truth::Unknown);
        first = first.or(found);
    }
    if met >= needed {
        (Truth::Met, None)
    } else if met + open >= needed {
        (Truth::Unknown, None)
    } else {
        (Truth::Unmet, first)
    }
}

/// Required, actual, gap and the facts it was told from.
type Told<'a> = (String, Option<String>, Option<String>, Vec<Option<(&'a str, &'a Fact)>>);

/// Explains items of a book for one enterprise: what they all share is made once.
pub struct Explainer<'a> {
    book: &'a Book,
    facts: &'a Facts,
    table: Table,
    scratch: Scratch,
}

impl<'a> Explainer<'a> {
    /// The book it explains.
    pub fn book(&self) -> &'a Book {
        self.book
    }

    /// Explains one item, leaf by leaf, in the order of writing.
    pub fn item(&mut self, item: usize) -> Vec<LeafResult<'a>> {
        let book = self.book;
        book.run::<true>(item, &self.table, 0, &mut self.scratch);
        let source = &book.items()[item];
        let mut results = Vec::with_capacity(book.leaf_count(item));
        let mut negated = Vec::with_capacity(book.leaf_count(item));
        negations(&source.condition, false, &mut negated);
        source.condition.leaves(&mut |leaf| {
            let at = results.len();
            let truth = Truth::from_byte(self.scratch.truths(at)[0]);
            let clause = leaf.clause.as_ref().and_then(|key| source.clauses.get(key)).map_or("", String::as_str);
            let found = book.leaf(leaf, clause, truth, self.scratch.gaps(at)[0], self.facts);
            results.push(LeafResult { negated: negated[at], ..found });
        });
        results
    }
}

impl Book {
    /// Explains one item for one enterprise; several are explained by one [`Book::explainer`].
    pub fn explain<'a>(&'a self, item: usize, facts: &'a Facts) -> Vec<LeafResult<'a>> {
        self.explainer(facts).item(item)
    }

    /// For many items of one enterprise.
    pub fn explainer<'a>(&'a self, facts: &'a Facts) -> Explainer<'a> {
        Explainer { book: self, facts, table: self.row(facts).0, scratch: Scratch::new(self) }
    }

    fn leaf<'a>(&self, leaf: &'a Leaf, clause: &'a str, truth: Truth, measured: i64, facts: &'a Facts) -> LeafResult<'a> {
        let fact = |code: &'a str| facts.on(code, self.as_of).map(|fact| (code, fact));
        let number = |code: &str| facts.on(code, self.as_of).and_then(|fact| self.number(code, &fact.value));
        let date = |code: &str| facts.on(code, self.as_of).and_then(|fact| day::parse(&fact.value));
        let unmet = truth == Truth::Unmet;
        let known = truth != Truth::Unknown;
        let (required, actual, gap, used): Told = match &leaf.test {
            Test::Num { attr, value, .. } => {
                let actual = number(attr);
                let gap = actual.map(|actual| if unmet { difference(value.micro(), actual) } else { 0 });
                (value.to_string(), actual.map(decimal), gap.map(decimal), vec![fact(attr)])
            }
            Test::Ratio { num, den, value, .. } => {
                let actual = number(num).zip(number(den)).filter(|(_, den)| *den > 0).map(|(num, den)| quotient(num, den));
                (value.to_string(), actual.map(decimal), known.then(|| decimal(measured)), vec![fact(num), fact(den)])
            }
            Test::InSet { attr, codes } => {
                (codes.join(","), fact(attr).map(|(_, fact)| fact.value.clone()), None, vec![fact(attr)])
            }
            Test::HasTag { tag } => {
                let actual = facts.tags.as_ref().map(|tags| if tags.contains(tag) { tag.clone() } else { String::new() });
                (tag.clone(), actual, None, Vec::new())
            }
            Test::Date { attr, value, .. } => {
                let actual = date(attr);
                let gap = actual.map(|actual| if unmet { (*value - actual).whole_days().abs() } else { 0 });
                (day::text(*value), actual.map(day::text), gap.map(|days| days.to_string()), vec![fact(attr)])
            }
            Test::Age { attr, at_least_months } => {
                let actual = date(attr).map(|since| day::months_between(since, self.as_of));
                let gap = actual.map(|actual| (i64::from(*at_least_months) - actual).max(0));
                (at_least_months.to_string(), actual.map(|m| m.to_string()), gap.map(|m| m.to_string()), vec![fact(attr)])
            }
            Test::Attest { question } => {
                ("true".to_owned(), facts.attest.get(question).map(|yes| yes.to_string()), None, Vec::new())
            }
        };
        LeafResult { leaf, clause, truth, negated: false, required, actual, gap, facts: used.into_iter().flatten().collect() }
    }

    fn number(&self, code: &str, text: &str) -> Option<i64> {
        let slot = super::book::Slot { code: code.to_owned(), kind: SlotKind::Number };
        self.read(&slot, text).ok().filter(|value| *value != UNKNOWN)
    }
}

fn difference(a: i64, b: i64) -> i64 {
    (a - b).abs()
}

fn decimal(micro: i64) -> String {
    Decimal::from_micro(micro).to_string()
}

/// A ratio in millionths, rounded towards zero; `den` is positive.
fn quotient(num: i64, den: i64) -> i64 {
    i64::try_from(i128::from(num) * i128::from(ONE) / i128::from(den)).unwrap_or(i64::MAX)
}

//! What a draft comes to: problems with their places, how far it would reach, what chosen enterprises would have of it.

use super::draft::Draft;
use super::sheet::{Leaf, Line, Mark, Measured, Options, Part, Tried};
use super::{place, walk};
use crate::error::AppError;
use crate::means::POLICIES;
use crate::request::Ctx;
use crate::ui::policy::amount;
use domain::actor::{AreaCode, CITY};
use domain::area::{name, prefix};
use domain::policy::book::{Book, Truth};
use domain::policy::check::{Problem, check, check_beside, check_fields, may_publish};
use domain::policy::condition::Condition;
use domain::policy::explain::LeafResult;
use domain::policy::library::Library;
use domain::policy::model::Item;
use domain::policy::money::{Fen, thousands};
use domain::policy::words;
use domain::text::is_unseen;
use serde_json::Value;
use store::policy::{matching, portrait};

/// How far to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What is wrong with it.
    Problems,
    /// What it would reach too, where nothing stands against publishing: nothing else is computed with.
    Sound,
}

/// A draft that was gone through.
pub struct Through {
    /// The parts of its form.
    pub parts: Vec<Part>,
    /// The lists that their choices are made from.
    pub lists: Vec<Options>,
    /// The item it is, or everything that keeps it from being one.
    pub item: Result<Item, Vec<Problem>>,
}

/// Goes through a draft; `boards` are those it may be put under. Off the threads that serve: a large one takes its time.
///
/// # Errors
/// [`AppError::Busy`] where every processor checks policies already.
pub async fn through(draft: &Draft, library: &Library, boards: Options, area: AreaCode) -> Result<Through, AppError> {
    let (draft, library) = (draft.clone(), library.clone());
    let gone = POLICIES.run(move || {
        let (parts, lists) = walk::parts(&draft, &library, boards);
        let item = draft.item().map_err(|_| draft.faults(|item| alone(item, &library, area)));
        Through { parts, lists, item }
    });
    gone.await
}

/// Measures a draft; `names` are enterprises to try it on.
///
/// # Errors
/// When the database does not answer.
pub async fn measure(
    ctx: &mut Ctx,
    Through { parts, item, .. }: &Through,
    library: &Library,
    area: AreaCode,
    names: &[String],
    extent: Extent,
) -> Result<Measured, AppError> {
    let item = match item {
        Ok(item) => item,
        Err(faults) => return Ok(Measured { problems: place::faults(faults, parts), ..Measured::default() }),
    };
    let mut problems = problems(ctx, item, library).await?;
    problems.extend(beyond_its_area(item, area));
    let mut measured = Measured { problems: place::faults(&problems, parts), ..Measured::default() };
    if extent == Extent::Problems || !may_publish(&problems) {
        return Ok(measured);
    }
    measured.tried = tried(ctx, item, library, names).await?;
    let today = ctx.today();
    let (count, sum) = matching::preview(&mut ctx.conn, item.clone(), today).await?;
    let count = thousands(i64::try_from(count).unwrap_or(i64::MAX));
    measured.reach = format!("会覆盖 {count} 家企业，约 {}", Fen(sum).words());
    Ok(measured)
}

/// What is wrong with an item, by itself and beside the others. Off the threads that serve: whether a condition can be true takes its time.
async fn problems(ctx: &Ctx, item: &Item, library: &Library) -> Result<Vec<Problem>, AppError> {
    let (shelf, item, library) = (ctx.shelf.clone(), item.clone(), library.clone());
    let checked = POLICIES.run(move || {
        let mut problems = check(&item, &library);
        problems.extend(unseen(&item));
        if may_publish(&problems) {
            let others = shelf.book.items().iter().filter(|other| other.id != item.id).cloned();
            problems.extend(check_beside(&item, others));
        }
        problems
    });
    checked.await
}

/// What is wrong with the fields of an item, each by itself.
pub fn alone(item: &Item, library: &Library, keeper: AreaCode) -> Vec<Problem> {
    let mut problems = check_fields(item, library);
    problems.extend(beyond_its_area(item, keeper));
    problems
}

/// A district's items are its own: another area's are neither its to give nor counted as its own.
pub fn beyond_its_area(item: &Item, keeper: AreaCode) -> Option<Problem> {
    let within = keeper == CITY || prefix(&item.area).is_some_and(|codes| codes.starts_with(&keeper.to_string()));
    (!within).then(|| Problem {
        place: "area".to_owned(),
        sentence: format!("区县的政策只适用于本区县，请填写{}", name(keeper)),
        advice: false,
    })
}

/// Letters that nobody sees and marks of direction, at the text that has them: whoever publishes must read what a computer reads.
pub fn unseen(item: &Item) -> Vec<Problem> {
    fn walk(value: &Value, place: &str, found: &mut Vec<Problem>) {
        match value {
            Value::String(text) if text.contains(is_unseen) => found.push(Problem {
                place: place.to_owned(),
                sentence: "有看不见的字符，可能是复制带来的，请删掉重新输入".to_owned(),
                advice: false,
            }),
            Value::Array(list) => list.iter().enumerate().for_each(|(at, one)| walk(one, &format!("{place}[{at}]"), found)),
            Value::Object(map) => map.iter().for_each(|(key, one)| {
                let at = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
                walk(one, &at, found);
            }),
            _ => {}
        }
    }
    let mut found = Vec::new();
    if let Ok(value) = serde_json::to_value(item) {
        walk(&value, "", &mut found);
    }
    found
}

async fn tried(ctx: &mut Ctx, item: &Item, library: &Library, names: &[String]) -> Result<Vec<Tried>, AppError> {
    // As of the first day it holds, if that is still to come.
    let on = item.valid.from.max(ctx.today()).min(item.valid.to.unwrap_or(time::Date::MAX));
    let book = Book::new(vec![item.clone()], on).with(library);
    let mut list = Vec::new();
    if book.items().is_empty() {
        return Ok(list);
    }
    for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).take(3) {
        let Some(enterprise) = store::enterprise::search(&mut ctx.conn, name).await?.into_iter().next() else { continue };
        let facts = portrait::get(&mut ctx.conn, enterprise.id, on).await?;
        let Some(outcome) = book.evaluate(&facts).outcomes.into_iter().next() else { continue };
        let explained = book.explain(outcome.item, &facts);
        let short = explained.iter().filter(|leaf| leaf.verdict() == Truth::Unmet).count();
        let mut lines = Lines { library, explained: &explained, next: 0, lines: Vec::new() };
        lines.walk(&item.condition, false, 0, true);
        list.push(Tried {
            name: enterprise.name,
            outcome: format!("{}，{}，{short} 项不符合", outcome.standing.label(), amount(item, &outcome)),
            formula: words::formula(library, &item.amount, &facts),
            lines: lines.lines,
        });
    }
    Ok(list)
}

/// The table of conditions, leaf by leaf under the words that join them.
struct Lines<'a> {
    library: &'a Library,
    explained: &'a [LeafResult<'a>],
    next: usize,
    lines: Vec<Line>,
}

impl Lines<'_> {
    fn walk(&mut self, condition: &Condition, negated: bool, depth: u8, outermost: bool) {
        // What is ruled out says so itself.
        let (condition, negated) = condition.peeled(negated);
        let children: &[Condition] = match condition {
            Condition::All(list) | Condition::Any(list) | Condition::AtLeast { of: list, .. } => list,
            Condition::Not(_) | Condition::Leaf(_) => {
                if let Some(leaf) = self.explained.get(self.next) {
                    self.lines.push(Line::Leaf(tried_leaf(leaf, self.library, depth)));
                }
                self.next += 1;
                return;
            }
        };
        // The outermost 同时满足 goes without saying; a nested one is told from it.
        let silent = outermost && words::together(condition, negated);
        if let Some(words) = words::joint(condition, negated).filter(|_| !silent) {
            self.lines.push(Line::Joint { depth, words: words.to_string() });
        }
        for child in children {
            let group = !matches!(child.peeled(negated).0, Condition::Leaf(_));
            let below = if silent { u8::from(group) } else { depth.saturating_add(1) };
            self.walk(child, negated, below, false);
        }
    }
}

fn tried_leaf(leaf: &LeafResult<'_>, library: &Library, depth: u8) -> Leaf {
    let sources = leaf.facts.iter().filter(|(_, fact)| !fact.source.is_empty()).map(|(_, fact)| {
        if fact.period.is_empty() { fact.source.clone() } else { format!("{}，{}年", fact.source, fact.period) }
    });
    let sources: Vec<String> = sources.collect();
    let mark = match leaf.verdict() {
        Truth::Met => Mark::Met,
        Truth::Unmet => Mark::Unmet,
        Truth::Unknown => Mark::Unknown,
    };
    Leaf {
        depth,
        mark,
        requirement: words::asked(library, leaf),
        actual: words::actual(library, leaf),
        // Who knows the one half of a ratio says nothing while the other is missing.
        source: if mark == Mark::Unknown { String::new() } else { sources.join("；") },
        gap: words::gap(library, leaf),
        clause: leaf.clause.to_owned(),
    }
}

//! Policies in pieces: the table of conditions, amounts.

use super::{figures, icon};
use domain::policy::book::Truth;
use domain::policy::condition::Condition;
use domain::policy::evaluate::Outcome;
use domain::policy::explain::LeafResult;
use domain::policy::library::Library;
use domain::policy::model::Item;
use domain::policy::words;
use leptos::prelude::*;
use time::Date;

/// What an item pays, in words.
pub fn amount(item: &Item, outcome: &Outcome) -> String {
    if item.amount.is_money() { outcome.amount.words() } else { "非资金支持".to_owned() }
}

/// A day as people say it.
pub fn day(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), u8::from(date.month()), date.day())
}

fn mark(truth: Truth) -> (&'static str, &'static str, &'static str) {
    match truth {
        Truth::Met => ("check", "ok", "符合"),
        Truth::Unmet => ("cross", "late", "不符合"),
        Truth::Unknown => ("ask", "warn", "信息不足"),
    }
}

/// The conditions, leaf by leaf under the words that join them: 要求, 本企业, 差距, 依据.
pub fn conditions(item: &Item, explained: &[LeafResult<'_>], library: &Library) -> AnyView {
    let mut rows: Vec<AnyView> = Vec::new();
    let mut next = 0;
    walk((&item.condition, false), explained, library, 0, &mut next, &mut rows);
    view! {
        <table class="conditions">
            <thead><tr><th scope="col">"要求"</th><th scope="col">"本企业"</th><th scope="col">"差距"</th><th scope="col">"依据"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn walk(
    (condition, negated): (&Condition, bool),
    explained: &[LeafResult<'_>],
    library: &Library,
    depth: usize,
    next: &mut usize,
    rows: &mut Vec<AnyView>,
) {
    // What is ruled out says so itself.
    let (condition, negated) = condition.peeled(negated);
    let children: &[Condition] = match condition {
        Condition::All(list) | Condition::Any(list) | Condition::AtLeast { of: list, .. } => list,
        Condition::Not(_) | Condition::Leaf(_) => {
            if let Some(leaf) = explained.get(*next) {
                rows.push(row(leaf, library, depth));
            }
            *next += 1;
            return;
        }
    };
    // The outermost 同时满足 goes without saying.
    let silent = depth == 0 && words::together(condition, negated);
    if let Some(joint) = words::joint(condition, negated).filter(|_| !silent) {
        let class = format!("joint depth-{}", depth.min(3));
        rows.push(view! { <tr class=class><th scope="rowgroup" colspan="4">{joint}"："</th></tr> }.into_any());
    }
    let deeper = if silent { 0 } else { depth + 1 };
    for child in children {
        // A single condition under the outermost list stays on the first level; a nested 同时满足 must be told from the silent one.
        let group = !matches!(child.peeled(negated).0, Condition::Leaf(_));
        let depth = if silent && group { deeper.max(1) } else { deeper };
        walk((child, negated), explained, library, depth, next, rows);
    }
}

fn row(leaf: &LeafResult<'_>, library: &Library, depth: usize) -> AnyView {
    let (name, class, word) = mark(leaf.verdict());
    let sources: Vec<String> = leaf
        .facts
        .iter()
        .filter(|(_, fact)| !fact.source.is_empty())
        .map(|(_, fact)| if fact.period.is_empty() { fact.source.clone() } else { format!("{}，{}年", fact.source, fact.period) })
        .collect();
    // Who knows the one half of a ratio says nothing while the other is missing.
    let source = (!sources.is_empty() && leaf.truth != Truth::Unknown)
        .then(|| view! { <small class="muted">{figures(&sources.join("；"))}</small> });
    // What the enterprise says and what a department has stand side by side.
    let beside: Vec<String> = leaf.facts.iter().filter_map(|(code, fact)| words::recorded(library, code, fact)).collect();
    let beside = (!beside.is_empty()).then(|| view! { <small class="tag warn">{figures(&beside.join("；"))}</small> });
    let gap = words::gap(library, leaf);
    let class = format!("depth-{} {class}", depth.min(3));
    let (no_gap, no_clause) = (gap.is_empty(), leaf.clause.is_empty());
    let shown = if no_gap { "—".to_owned() } else { gap };
    view! {
        <tr class=class>
            <th scope="row"><span class="mark">{icon(name)}{word}</span>{figures(&words::asked(library, leaf))}</th>
            <td data-label="本企业">{figures(&words::actual(library, leaf))}{source}{beside}</td>
            <td data-label="差距" class:none=no_gap>{figures(&shown)}</td>
            <td data-label="依据" class:none=no_clause>{figures(leaf.clause)}</td>
        </tr>
    }
    .into_any()
}

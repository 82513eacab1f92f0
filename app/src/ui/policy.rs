//! Policies in pieces: cards, the table of conditions, amounts.

use super::form::Form;
use super::icon;
use crate::calculator::why;
use domain::policy::book::Truth;
use domain::policy::condition::Condition;
use domain::policy::evaluate::{Outcome, Standing};
use domain::policy::explain::{Explainer, LeafResult};
use domain::policy::facts::Facts;
use domain::policy::library::{Attribute, AttributeKind, Library};
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

/// When the window ends, with what is left of it; the year goes without saying while it lasts.
pub fn deadline(item: &Item, today: Date) -> Option<String> {
    let said = |date: Date| {
        if date.year() == today.year() { format!("{}月{}日", u8::from(date.month()), date.day()) } else { day(date) }
    };
    let from = item.apply.from.unwrap_or(item.valid.from);
    if from > today {
        return Some(format!("{}开始", said(from)));
    }
    let to = item.deadline()?;
    let left = (to - today).whole_days();
    Some(match left {
        ..0 => format!("{}已截止", said(to)),
        0 => "今天截止".to_owned(),
        1..=60 => format!("{}截止，还剩 {left} 天", said(to)),
        _ => format!("{}截止", said(to)),
    })
}

/// A card of the list; `alone` where no heading says that it is one step away.
pub fn card(explainer: &mut Explainer<'_>, library: &Library, outcome: &Outcome, today: Date, alone: bool) -> AnyView {
    let item = &explainer.book().items()[outcome.item];
    let href = format!("/policies/{}", item.id);
    let ends = item.apply.to.and_then(|_| deadline(item, today));
    let soon = item.apply.to.is_some_and(|to| (0..=14).contains(&(to - today).whole_days()));
    let near =
        (alone && outcome.standing == Standing::Near).then(|| view! { <span class="tag warn">{Standing::Near.label()}</span> });
    // Of a group that pays one item only, the others are told apart.
    let set_aside = (outcome.standing <= Standing::Applicable && !outcome.chosen && item.amount.is_money())
        .then(|| item.group.as_ref().map(|group| view! { <span class="tag quiet">{group.rule.label()}</span> }))
        .flatten();
    view! {
        <li class="cell">
            <a href=href>
                <span class="cell-head"><strong>{item.title.clone()}</strong><span class="money">{amount(item, outcome)}</span></span>
                <span class="muted">{why(explainer, library, outcome)}</span>
                <span class="tags">
                    {near}
                    <span class="tag quiet">{item.apply.mode.label()}</span>
                    <span class="tag quiet">{item.level.label()}</span>
                    {set_aside}
                    {ends.map(|ends| view! { <span class="tag" class:warn=soon class:quiet=!soon>{icon("clock")}{ends}</span> })}
                </span>
            </a>
        </li>
    }
    .into_any()
}

/// The control of a number or a date (`f.<attribute>`): what was typed, else what is known.
pub fn figure(attribute: &Attribute, facts: &Facts, form: &Form) -> AnyView {
    let name = format!("f.{}", attribute.code);
    let typed = form.all(&name).next().map(str::to_owned);
    let value = typed.unwrap_or_else(|| facts.get(&attribute.code).map(|fact| fact.value.clone()).unwrap_or_default());
    let id = format!("{name}-error");
    let fault = form.error(&name).map(|message| view! { <p class="fault" id=id.clone()>{icon("warn")}{message.to_owned()}</p> });
    let bad = fault.is_some();
    let described = bad.then_some(id.clone());
    let label =
        if attribute.unit.is_empty() { attribute.name.clone() } else { format!("{}（{}）", attribute.name, attribute.unit) };
    let kind = if attribute.kind == AttributeKind::Date { "date" } else { "text" };
    let mode = if attribute.kind == AttributeKind::Count { "numeric" } else { "decimal" };
    view! {
        <div class="field" class:bad=bad>
            <label for=name.clone()>{label}</label>
            {fault}
            <input id=name.clone() name=name type=kind inputmode=mode value=value autocomplete="off" maxlength="24" placeholder="未填"
                aria-invalid=bad.then_some("true") aria-describedby=described/>
        </div>
    }
    .into_any()
}

/// The control of a question (`q.<question>`): what was answered just now, else what is known.
pub fn yes_or_no(library: &Library, code: &str, facts: &Facts, form: &Form) -> AnyView {
    let name = format!("q.{code}");
    let answer = match (form.value(&name), facts.attest.get(code)) {
        ("yes", _) | ("", Some(true)) => "yes",
        ("no", _) | ("", Some(false)) => "no",
        _ => "",
    };
    let option = |value: &'static str, label: &'static str| {
        let id = format!("{name}-{value}");
        view! {
            <div class="choice">
                <input type="radio" id=id.clone() name=name.clone() value=value checked=answer == value/>
                <label for=id><span>{label}</span></label>
            </div>
        }
    };
    let (yes, no) = (option("yes", "是"), option("no", "否"));
    let text = library.question_text(code).to_owned();
    view! { <fieldset class="field choices yes-no"><legend>{text}</legend><div class="options">{yes}{no}</div></fieldset> }
        .into_any()
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
    walk(&item.condition, explained, library, 0, &mut next, &mut rows);
    view! {
        <table class="conditions">
            <thead><tr><th scope="col">"要求"</th><th scope="col">"本企业"</th><th scope="col">"差距"</th><th scope="col">"依据"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn walk(
    condition: &Condition,
    explained: &[LeafResult<'_>],
    library: &Library,
    depth: usize,
    next: &mut usize,
    rows: &mut Vec<AnyView>,
) {
    let children: Vec<&Condition> = match condition {
        Condition::All(list) | Condition::Any(list) | Condition::AtLeast { of: list, .. } => list.iter().collect(),
        Condition::Not(child) => vec![child],
        Condition::Leaf(_) => {
            if let Some(leaf) = explained.get(*next) {
                rows.push(row(leaf, library, depth));
            }
            *next += 1;
            return;
        }
    };
    // The outermost 同时满足 goes without saying.
    let silent = depth == 0 && matches!(condition, Condition::All(_));
    if let Some(joint) = words::joint(condition).filter(|_| !silent) {
        let class = format!("joint depth-{}", depth.min(3));
        rows.push(view! { <tr class=class><th scope="rowgroup" colspan="4">{joint}"："</th></tr> }.into_any());
    }
    let deeper = if silent { 0 } else { depth + 1 };
    for child in children {
        // A single condition under the outermost list stays on the first level.
        walk_child(child, explained, library, deeper, silent, next, rows);
    }
}

fn walk_child(
    child: &Condition,
    explained: &[LeafResult<'_>],
    library: &Library,
    depth: usize,
    below_silent: bool,
    next: &mut usize,
    rows: &mut Vec<AnyView>,
) {
    // A nested 同时满足 must be told from the silent one.
    let depth = if below_silent && !matches!(child, Condition::Leaf(_)) { depth.max(1) } else { depth };
    walk(child, explained, library, depth, next, rows);
}

fn row(leaf: &LeafResult<'_>, library: &Library, depth: usize) -> AnyView {
    let (name, class, word) = mark(leaf.truth);
    let sources: Vec<String> = leaf
        .facts
        .iter()
        .filter(|(_, fact)| !fact.source.is_empty())
        .map(|(_, fact)| if fact.period.is_empty() { fact.source.clone() } else { format!("{}，{}年", fact.source, fact.period) })
        .collect();
    // Who knows the one half of a ratio says nothing while the other is missing.
    let source = (!sources.is_empty() && leaf.truth != Truth::Unknown)
        .then(|| view! { <small class="muted">{sources.join("；")}</small> });
    let gap = words::gap(library, leaf);
    let class = format!("depth-{} {class}", depth.min(3));
    let (no_gap, no_clause) = (gap.is_empty(), leaf.clause.is_empty());
    let shown = if no_gap { "—".to_owned() } else { gap };
    view! {
        <tr class=class>
            <th scope="row"><span class="mark">{icon(name)}{word}</span>{words::requirement(library, &leaf.leaf.test)}</th>
            <td data-label="本企业">{words::actual(library, leaf)}{source}</td>
            <td data-label="差距" class:none=no_gap>{shown}</td>
            <td data-label="依据" class:none=no_clause>{leaf.clause.to_owned()}</td>
        </tr>
    }
    .into_any()
}

//! The calculator (政策计算器, S-17): the same code answers the posted form on the server and every key stroke in the browser.
//!
//! An owner plays with three numbers on a phone and wants to see the total move. Results are plain HTML text, because both sides put them
//! into the same place.

use domain::policy::book::{Book, Truth};
use domain::policy::condition::{Leaf, Test};
use domain::policy::evaluate::{Evaluation, Missing, Outcome, Standing, Verdict};
use domain::policy::explain::Explainer;
use domain::policy::facts::{Fact, Facts};
use domain::policy::library::{AttributeKind, Library};
use domain::policy::model::{Item, day};
use domain::policy::money::{Decimal, Fen};
use domain::policy::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::Write;

/// What the browser needs to answer alone, offline too. It travels as `postcard` in base64: reading JSON would make the module half as
/// large again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Payload {
    /// The items that the enterprise's numbers could move.
    pub items: Vec<Item>,
    /// What they ask for, in words.
    pub library: Library,
    /// The day, `YYYY-MM-DD`.
    pub as_of: String,
    values: Vec<(String, String)>,
    tags: Option<Vec<String>>,
    attest: Vec<(String, bool)>,
}

/// A fact that can be changed on the page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Input {
    /// An attribute.
    Attribute(String),
    /// A question.
    Question(String),
    /// A tag.
    Tag(String),
}

/// More items than these make the page slow to load and say nothing more.
const MOST_ITEMS: usize = 300;

impl Payload {
    /// Of what is in force: items that the enterprise has, nearly has or may have, then others as far as there is room.
    pub fn new(book: &Book, library: &Library, facts: &Facts, evaluation: &Evaluation) -> Payload {
        let items: Vec<Item> =
            evaluation.outcomes.iter().take(MOST_ITEMS).map(|outcome| book.items()[outcome.item].clone()).collect();
        let mut small = Library::default();
        for item in &items {
            for code in attributes(item) {
                small.attributes.extend(library.attributes.get(&code).map(|attribute| (code.clone(), attribute.clone())));
            }
            for tag in tags(item) {
                small.tags.extend(library.tags.get(&tag).map(|known| (tag.clone(), known.clone())));
            }
            for question in questions(item) {
                small.questions.extend(library.questions.get(&question).map(|known| (question.clone(), known.clone())));
            }
        }
        let values = facts.values.iter().map(|(code, fact)| (code.clone(), fact.value.clone())).collect();
        let tags = facts.tags.as_ref().map(|tags| tags.iter().cloned().collect());
        let attest = facts.attest.iter().map(|(code, yes)| (code.clone(), *yes)).collect();
        Payload { items, library: small, as_of: day::text(book.as_of), values, tags, attest }
    }

    /// The portrait.
    pub fn facts(&self) -> Facts {
        Facts {
            tags: self.tags.as_ref().map(|tags| tags.iter().cloned().collect()),
            attest: self.attest.iter().cloned().collect(),
            values: self.values.iter().map(|(code, value)| (code.clone(), Fact::new(value.clone()))).collect(),
        }
    }
}

fn leaves(item: &Item) -> Vec<&Leaf> {
    let mut list = Vec::new();
    item.condition.leaves(&mut |leaf| list.push(leaf));
    list
}

fn attributes(item: &Item) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for leaf in leaves(item) {
        match &leaf.test {
            Test::Num { attr, .. } | Test::InSet { attr, .. } | Test::Date { attr, .. } | Test::Age { attr, .. } => {
                codes.insert(attr.clone());
            }
            Test::Ratio { num, den, .. } => codes.extend([num.clone(), den.clone()]),
            Test::HasTag { .. } | Test::Attest { .. } => {}
        }
    }
    item.amount.attributes(&mut |code| {
        codes.insert(code.to_owned());
    });
    codes.extend(item.group.as_ref().and_then(|group| group.received.clone()));
    codes
}

fn tags(item: &Item) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for leaf in leaves(item) {
        if let Test::HasTag { tag } = &leaf.test {
            codes.insert(tag.clone());
        }
    }
    item.amount.tags(&mut |tag| {
        codes.insert(tag.to_owned());
    });
    codes
}

fn questions(item: &Item) -> BTreeSet<String> {
    leaves(item)
        .into_iter()
        .filter_map(|leaf| if let Test::Attest { question } = &leaf.test { Some(question.clone()) } else { None })
        .collect()
}

/// What can be changed on the page: first what moves the items that are had or nearly had, then the rest of what is open.
pub fn inputs(book: &Book, library: &Library, evaluation: &Evaluation) -> Vec<Input> {
    let mut list: Vec<Input> = Vec::new();
    let mut add = |input: Input| {
        if !list.contains(&input) {
            list.push(input);
        }
    };
    for outcome in evaluation.outcomes.iter().filter(|outcome| outcome.standing != Standing::Unmet) {
        let item = &book.items()[outcome.item];
        for code in attributes(item) {
            // What an enterprise is and where it lies is not played with.
            if library.attributes.get(&code).is_some_and(|attribute| attribute.kind != AttributeKind::Code) {
                add(Input::Attribute(code));
            }
        }
        questions(item).into_iter().map(Input::Question).for_each(&mut add);
        tags(item).into_iter().map(Input::Tag).for_each(&mut add);
    }
    list
}

/// Facts as a form changes them: `f.<attribute>`, `q.<question>` (yes, no or empty), and, where `tags` says that they were shown, `t.<tag>`.
/// What cannot be read is a fault (field, sentence), and the fact stays as it was.
pub fn changed(library: &Library, facts: &Facts, pairs: &[(String, String)]) -> (Facts, Vec<(String, String)>) {
    let mut changed = facts.clone();
    let mut faults = Vec::new();
    let shown: Vec<&str> = pairs.iter().filter(|(name, _)| name == "tags").map(|(_, tag)| tag.as_str()).collect();
    if !shown.is_empty() {
        let tags = changed.tags.get_or_insert_default();
        tags.retain(|tag| !shown.contains(&tag.as_str()));
    }
    for (name, value) in pairs {
        match name.split_once('.') {
            Some(("f", code)) => {
                let Some(attribute) = library.attributes.get(code) else { continue };
                let text = value.trim().replace([',', '，', ' '], "");
                if text == facts.get(code).map(|fact| fact.value.as_str()).unwrap_or_default() {
                    continue;
                }
                match readable(attribute.kind, &text) {
                    Ok(()) => changed.set(code, Fact::new(text)),
                    Err(sentence) => faults.push((name.clone(), format!("{}：{sentence}", attribute.name))),
                }
            }
            Some(("q", code)) if library.questions.contains_key(code) => match value.as_str() {
                "yes" => drop(changed.attest.insert(code.to_owned(), true)),
                "no" => drop(changed.attest.insert(code.to_owned(), false)),
                _ => {}
            },
            Some(("t", tag)) if library.tags.contains_key(tag) && shown.contains(&tag) => {
                changed.tags.get_or_insert_default().insert(tag.to_owned());
            }
            _ => {}
        }
    }
    (changed, faults)
}

/// Whether a text can be the value of an attribute.
///
/// # Errors
/// A sentence for the person who wrote it.
pub fn readable(kind: AttributeKind, text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    match kind {
        AttributeKind::Date => day::parse(text).map(drop).ok_or_else(|| "应为日期，如 2026-01-31".to_owned()),
        AttributeKind::Code | AttributeKind::Tag => Ok(()),
        AttributeKind::Bool if matches!(text, "true" | "false") => Ok(()),
        AttributeKind::Count if text.contains('.') => Err("应为整数".to_owned()),
        _ => match Decimal::parse(text) {
            Ok(value) if kind == AttributeKind::Count && value.micro() < 0 => Err("不能小于 0".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        },
    }
}

/// Text into HTML.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

/// The one line of a card that says why.
pub fn why(explainer: &mut Explainer<'_>, library: &Library, outcome: &Outcome) -> String {
    let explained = explainer.item(outcome.item);
    match outcome.standing {
        Standing::Near => {
            outcome.short.and_then(|at| explained.get(at)).map(|leaf| words::step(library, leaf)).unwrap_or_default()
        }
        Standing::Unknown => format!("还缺：{}", missing(library, outcome)),
        Standing::Payable | Standing::Applicable if !outcome.missing.is_empty() => {
            format!("符合条件；金额还缺：{}", missing(library, outcome))
        }
        Standing::Payable | Standing::Applicable => {
            let met = explained.iter().filter(|leaf| leaf.truth == Truth::Met).count();
            if met == explained.len() { format!("符合 {met}/{met}") } else { format!("符合条件（{met} 项）") }
        }
        Standing::Unmet => explained
            .iter()
            .find(|leaf| leaf.truth == Truth::Unmet)
            .map(|leaf| format!("不符合：{}", words::requirement(library, &leaf.leaf.test)))
            .unwrap_or_default(),
    }
}

fn missing(library: &Library, outcome: &Outcome) -> String {
    let name = |missing: &Missing| match missing {
        Missing::Attribute(code) => library.attribute_name(code).to_owned(),
        Missing::Question(code) => library.question_text(code).to_owned(),
        Missing::Tags => "企业资质".to_owned(),
    };
    let list: Vec<String> = outcome.missing.iter().take(2).map(name).collect();
    let more = if outcome.missing.len() > 2 { format!(" 等 {} 项", outcome.missing.len()) } else { String::new() };
    format!("{}{more}", list.join("、"))
}

/// A difference of money with its sign.
fn difference(out: &mut String, before: Fen, after: Fen) {
    let delta = after.0 - before.0;
    if delta != 0 {
        let (class, sign) = if delta > 0 { ("up", "+") } else { ("down", "−") };
        let _ = write!(out, " <span class=\"delta {class}\">{sign}{}</span>", Fen(delta.abs()).words());
    }
}

/// Total, groups and gaps, with what changed against `before`.
pub fn results(book: &Book, library: &Library, facts: &Facts, before: &Evaluation, after: &Evaluation) -> String {
    let mut out = String::with_capacity(4_096);
    out.push_str("<p class=\"calc-total\" role=\"status\">预计可享 <strong>");
    escape(&mut out, &after.total.words());
    out.push_str("</strong>");
    difference(&mut out, before.total.low, after.total.low);
    out.push_str("</p>");
    let mut explainer = book.explainer(facts);
    for standing in Standing::ALL {
        let list: Vec<&Outcome> = after.outcomes.iter().filter(|outcome| outcome.standing == standing).collect();
        if list.is_empty() || standing == Standing::Unmet {
            continue;
        }
        let _ = write!(
            out,
            "<h2>{} <span class=\"count\">{}</span></h2><ul class=\"cells calc-list\">",
            standing.label(),
            list.len()
        );
        for outcome in list {
            let item = &book.items()[outcome.item];
            let was = before.outcomes.iter().find(|was| was.item == outcome.item);
            let moved = was.is_some_and(|was| was.standing != outcome.standing);
            let _ = write!(out, "<li class=\"cell{}\"><a href=\"/policies/", if moved { " moved" } else { "" });
            escape(&mut out, &item.id);
            out.push_str("\"><span class=\"cell-head\"><strong>");
            escape(&mut out, &item.title);
            out.push_str("</strong><span class=\"money\">");
            escape(&mut out, &if item.amount.is_money() { outcome.amount.words() } else { "非资金支持".to_owned() });
            if outcome.verdict == Verdict::Eligible && was.is_some_and(|was| was.verdict == Verdict::Eligible) {
                difference(&mut out, was.map_or(Fen::ZERO, |was| was.amount.low), outcome.amount.low);
            }
            out.push_str("</span></span><span class=\"muted\">");
            if let (true, Some(was)) = (moved, was) {
                let _ = write!(out, "原来：{}。", was.standing.label());
            }
            escape(&mut out, &why(&mut explainer, library, outcome));
            out.push_str("</span></a></li>");
        }
        out.push_str("</ul>");
    }
    out
}

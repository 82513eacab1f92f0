//! The calculator (政策计算器, S-17): the same code answers the posted form on the server and every key stroke in the browser.
//!
//! An owner plays with three numbers on a phone and wants to see the total move. Results are plain HTML text, because both sides put them
//! into the same place.

mod island;
mod results;

pub use island::Calculator;
pub use results::{results, why};

use domain::policy::book::Book;
use domain::policy::condition::{Leaf, Test};
use domain::policy::evaluate::{Evaluation, Standing};
use domain::policy::facts::{Fact, Facts};
use domain::policy::library::{AttributeKind, Library};
use domain::policy::model::{Item, day};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

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

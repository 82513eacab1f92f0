//! What the browser needs to answer alone, offline too.

use domain::policy::condition::{Leaf, Test};
use domain::policy::day;
use domain::policy::facts::{Fact, Facts};
use domain::policy::library::Library;
use domain::policy::model::Item;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use time::Date;

/// Names and values, as a form has them.
pub type Pairs = Vec<(String, String)>;

/// Items that the enterprise's numbers could move, what they ask for in words, the day, what is known, what a form sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Payload {
    pub items: Vec<Item>,
    pub library: Library,
    #[serde(with = "day")]
    pub as_of: Date,
    pub known: Known,
    pub sent: Pairs,
    /// Whose figures they are, whatever another window chose since.
    pub whose: String,
    /// What was applied for, approved or paid in this period: items and fen.
    pub had: Vec<(String, i64)>,
}

/// A portrait without its sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    values: Vec<(String, String)>,
    tags: Option<Vec<String>>,
    attest: Vec<(String, bool)>,
}

impl Known {
    pub fn of(facts: &Facts) -> Known {
        Known {
            values: facts.values.iter().map(|(code, fact)| (code.clone(), fact.value.clone())).collect(),
            tags: facts.tags.as_ref().map(|tags| tags.iter().cloned().collect()),
            attest: facts.attest.iter().map(|(code, yes)| (code.clone(), *yes)).collect(),
        }
    }

    pub fn facts(self) -> Facts {
        Facts {
            tags: self.tags.map(|tags| tags.into_iter().collect()),
            attest: self.attest.into_iter().collect(),
            values: self.values.into_iter().map(|(code, value)| (code, Fact::new(value))).collect(),
        }
    }
}

/// More items than these make the page slow to load and say nothing more.
#[cfg(feature = "ssr")]
const MOST_ITEMS: usize = 300;

#[cfg(feature = "ssr")]
impl Payload {
    /// Of what is in force: items that the enterprise has, nearly has or may have, then others as far as there is room.
    pub fn new(view: &crate::policy::read::View, sent: Pairs, whose: String) -> Payload {
        let (book, library) = (&view.shelf.book, &view.shelf.library);
        let items: Vec<Item> =
            view.evaluation.outcomes.iter().take(MOST_ITEMS).map(|outcome| book.items()[outcome.item].clone()).collect();
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
        Payload { items, library: small, as_of: book.as_of, known: Known::of(&view.facts), sent, whose, had: view.had() }
    }
}

/// How a payload travels: bytes in a script of the page, under this name. As a property of the island they would bring a reader of JSON
/// into the module, a fifth of its size.
const NAME: &str = "policies";

#[cfg(feature = "ssr")]
impl Payload {
    /// The script that carries it.
    ///
    /// # Errors
    /// Where it cannot be written, which no item of ours causes.
    pub fn script(&self) -> Result<String, postcard::Error> {
        use base64::prelude::{BASE64_STANDARD, Engine};
        let data = BASE64_STANDARD.encode(postcard::to_allocvec(self)?);
        Ok(format!("self.{NAME}=Uint8Array.from(atob('{data}'),c=>c.charCodeAt(0))"))
    }
}

/// The payload of this page.
#[cfg(feature = "ssr")]
pub fn carried() -> Option<Payload> {
    leptos::prelude::use_context()
}

/// The payload of this page.
#[cfg(not(feature = "ssr"))]
pub fn carried() -> Option<Payload> {
    use wasm_bindgen::JsCast;
    let bytes = js_sys::Reflect::get(&js_sys::global(), &NAME.into()).ok()?.dyn_into::<js_sys::Uint8Array>().ok()?;
    postcard::from_bytes(&bytes.to_vec()).ok()
}

pub(super) fn leaves(item: &Item) -> Vec<&Leaf> {
    let mut list = Vec::new();
    item.condition.leaves(&mut |leaf| list.push(leaf));
    list
}

pub(super) fn attributes(item: &Item) -> BTreeSet<String> {
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

pub(super) fn tags(item: &Item) -> BTreeSet<String> {
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

pub(super) fn questions(item: &Item) -> BTreeSet<String> {
    leaves(item)
        .into_iter()
        .filter_map(|leaf| if let Test::Attest { question } = &leaf.test { Some(question.clone()) } else { None })
        .collect()
}

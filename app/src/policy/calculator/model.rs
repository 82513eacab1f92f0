//! What is calculated: from facts as they are known and as they are tried to an answer that can be shown.

use super::payload::{Pairs, Payload, attributes, leaves, questions, tags};
use crate::policy::facts::changed;
use crate::policy::why::why;
use domain::policy::book::Book;
use domain::policy::condition::Test;
use domain::policy::evaluate::{Evaluation, Outcome, Standing, Verdict};
use domain::policy::explain::Explainer;
use domain::policy::facts::Facts;
use domain::policy::library::{Attribute, AttributeKind, Library};
use domain::policy::model::Item;
use domain::policy::money::{Decimal, Fen, ONE};
use domain::policy::words::grouped;

/// A fact that can be changed on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    Attribute(String),
    Question(String),
    Tag(String),
}

impl Input {
    /// The name of its control.
    pub fn name(&self) -> String {
        match self {
            Input::Attribute(code) => ["f.", code].concat(),
            Input::Question(code) => ["q.", code].concat(),
            Input::Tag(code) => ["t.", code].concat(),
        }
    }
}

/// Policies, and what of the enterprise they ask for.
pub struct Model {
    book: Book,
    pub library: Library,
    pub inputs: Vec<Input>,
    /// The enterprise that the form is for.
    pub whose: String,
    /// What was applied for, approved or paid: items and fen.
    had: Vec<(usize, i64)>,
}

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub total: String,
    /// What the total gained, in fen.
    pub gain: i64,
    /// What moved most, in one line.
    pub moved: String,
    pub groups: Vec<Group>,
    /// Controls whose text cannot be read, with a sentence.
    pub faults: Pairs,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub label: &'static str,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub code: String,
    pub title: String,
    pub money: String,
    pub gain: i64,
    /// It stands elsewhere than before.
    pub moved: bool,
    pub why: String,
}

/// Of a list of pairs, the value of a name.
pub fn value<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

impl Model {
    /// The model, what is known and what follows from it, and what stands in the controls at first.
    pub fn new(payload: Payload) -> (Model, Facts, Evaluation, Pairs) {
        let Payload { items, library, as_of, known, sent, whose, had } = payload;
        let (book, known) = (Book::new(items, as_of).with(&library), known.facts());
        let place = |code: &str| book.items().iter().position(|item| item.id == code);
        let had: Vec<(usize, i64)> = had.iter().filter_map(|(code, fen)| Some((place(code)?, *fen))).collect();
        let before = book.evaluate_beside(&known, &had);
        let inputs = inputs(&book, &library, &before);
        let model = Model { book, library, inputs, whose, had };
        let offered = model.offered(&known, &sent);
        (model, known, before, offered)
    }

    pub fn evaluate(&self, facts: &Facts) -> Evaluation {
        self.book.evaluate_beside(facts, &self.had)
    }

    /// The controls' values: what was sent in a form, else what is known.
    pub fn offered(&self, known: &Facts, sent: &Pairs) -> Pairs {
        let of = |input: &Input| {
            let name = input.name();
            let came = sent.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
            let value = match input {
                Input::Attribute(code) => came.unwrap_or_else(|| self.shown(known, code)),
                Input::Question(code) => came.unwrap_or_else(|| match known.attest.get(code) {
                    Some(true) => "yes".to_owned(),
                    Some(false) => "no".to_owned(),
                    None => String::new(),
                }),
                // An empty box is not sent: that it was shown is.
                Input::Tag(code) => {
                    let shown = sent.iter().any(|(name, tag)| name == "tags" && tag == code);
                    let held = known.tags.as_ref().is_some_and(|tags| tags.contains(code));
                    let on = if shown { came.is_some() } else { held };
                    if on { "on".to_owned() } else { String::new() }
                }
            };
            (name, value)
        };
        self.inputs.iter().map(of).collect()
    }

    /// A known figure as it is written into its control.
    fn shown(&self, known: &Facts, code: &str) -> String {
        let value = known.get(code).map_or("", |fact| &fact.value);
        let numeric = self.library.attributes.get(code).is_some_and(|attribute| attribute.kind.is_numeric());
        match Decimal::parse(value) {
            Ok(figure) if numeric => grouped(figure),
            _ => value.to_owned(),
        }
    }

    /// What a form with these values sends.
    pub fn sent(&self, typed: &Pairs) -> Pairs {
        let mut pairs = Vec::with_capacity(typed.len());
        for (name, value) in typed {
            if let Some(tag) = name.strip_prefix("t.") {
                pairs.push(("tags".to_owned(), tag.to_owned()));
            }
            if !value.is_empty() || name.starts_with("f.") {
                pairs.push((name.clone(), value.clone()));
            }
        }
        pairs
    }

    /// Where the slider of an attribute ends: beyond what is known and what the policies ask for; none where there is nothing to go by.
    pub fn top(&self, attribute: &Attribute, known: &Facts) -> Option<i64> {
        let held = known.get(&attribute.code).and_then(|fact| Decimal::parse(&fact.value).ok()).map_or(0, Decimal::micro);
        let mut asked = 0;
        for item in self.book.items() {
            for leaf in leaves(item) {
                if let Test::Num { attr, value, .. } = &leaf.test
                    && *attr == attribute.code
                {
                    asked = asked.max(value.micro());
                }
            }
        }
        let most = (held / ONE).saturating_mul(2).max((asked / ONE).saturating_mul(3) / 2);
        (most > 0 && attribute.kind.is_numeric()).then(|| round(most.max(10)))
    }

    /// Total, groups and gaps of what was typed, with what changed against what is known.
    pub fn answer(&self, known: &Facts, before: &Evaluation, typed: &Pairs) -> Answer {
        let (tried, faults) = changed(&self.library, known, &self.sent(typed));
        // Nothing is tried when the page comes: what follows is known, and a phone need not find it out again.
        let fresh = (tried != *known).then(|| self.evaluate(&tried));
        let after = fresh.as_ref().unwrap_or(before);
        let mut explainer = self.book.explainer(&tried);
        let mut groups: Vec<Group> = Vec::new();
        let mut best: Option<(i64, String)> = None;
        let mut moves = 0;
        for outcome in &after.outcomes {
            let item = &self.book.items()[outcome.item];
            let was = before.outcomes.iter().find(|was| was.item == outcome.item);
            let paid = outcome.paid.0 - was.map_or(0, |was| was.paid.0);
            if paid != 0 {
                moves += 1;
                if best.as_ref().is_none_or(|(most, _)| paid.abs() > most.abs()) {
                    best = Some((paid, item.title.clone()));
                }
            }
            if matches!(outcome.standing, Standing::Unmet | Standing::Had) {
                continue;
            }
            let row = self.row(&mut explainer, item, outcome, was);
            match groups.last_mut() {
                Some(group) if group.label == outcome.standing.label() => group.rows.push(row),
                _ => groups.push(Group { label: outcome.standing.label(), rows: vec![row] }),
            }
        }
        let moved = match best {
            None => "改一个数，看看能多得多少。".to_owned(),
            Some((paid, title)) if moves == 1 => [&title, " ", &signed(paid)].concat(),
            Some((paid, title)) => [&title, " ", &signed(paid), " 等 ", &moves.to_string(), " 项"].concat(),
        };
        let gain = after.total.low.0 - before.total.low.0;
        Answer { total: after.total.words(), gain, moved, groups, faults }
    }

    fn row(&self, explainer: &mut Explainer<'_>, item: &Item, outcome: &Outcome, was: Option<&Outcome>) -> Row {
        let moved = was.filter(|was| was.standing != outcome.standing);
        let both = was.filter(|was| was.verdict == Verdict::Eligible && outcome.verdict == Verdict::Eligible);
        let why = why(explainer, &self.library, outcome);
        Row {
            code: item.id.clone(),
            title: item.title.clone(),
            money: if item.amount.is_money() { outcome.amount.words() } else { "非资金支持".to_owned() },
            gain: both.map_or(0, |was| outcome.amount.low.0 - was.amount.low.0),
            moved: moved.is_some(),
            why: moved.map_or(why.clone(), |was| ["原来：", was.standing.label(), "。", &why].concat()),
        }
    }
}

/// Money gained or lost, with its sign.
pub fn signed(fen: i64) -> String {
    [if fen < 0 { "−" } else { "+" }, &Fen(fen.saturating_abs()).words()].concat()
}

/// The next of 1, 2, 5, 10, 20, 50 …
fn round(least: i64) -> i64 {
    let mut unit: i64 = 1;
    loop {
        for times in [1, 2, 5] {
            if unit.saturating_mul(times) >= least {
                return unit.saturating_mul(times);
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// What can be changed on the page: first what moves the items that are had or nearly had, then the rest of what is open.
fn inputs(book: &Book, library: &Library, evaluation: &Evaluation) -> Vec<Input> {
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

#[cfg(all(test, feature = "ssr"))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::payload::Known;
    use super::*;
    use domain::policy::facts::Fact;
    use serde_json::{Value, from_value, json};
    use time::macros::date;

    fn item(id: &str, condition: Value, amount: Value) -> Item {
        let item = json!({
            "id": id, "title": id, "document": {}, "level": "city", "valid": { "from": "2026-01-01", "to": null },
            "apply": { "mode": "declare" }, "condition": condition, "amount": amount,
        });
        from_value(item).unwrap()
    }

    fn payload() -> Payload {
        let upgrade = item(
            "upgrade",
            json!({ "all": [{ "num": { "attr": "equipment", "op": "ge", "value": "5000000" } }] }),
            json!({ "percent": { "of": "equipment", "rate": "0.08" } }),
        );
        let plain = json!({ "all": [{ "has_tag": { "tag": "small" } }, { "attest": { "question": "honest" } }] });
        let attribute = json!({ "code": "equipment", "name": "设备投资额", "kind": "money", "unit": "元", "enterprise_may_state": true, "want": "more" });
        let library = Library::new(
            vec![from_value(attribute).unwrap()],
            vec![from_value(json!({ "code": "small", "name": "小型" })).unwrap()],
            vec![from_value(json!({ "code": "honest", "text": "没有失信？" })).unwrap()],
        );
        let mut facts = Facts { tags: Some(["small".to_owned()].into()), ..Facts::default() };
        facts.set("equipment", Fact::new("4580000"));
        let items = vec![upgrade, item("plain", plain, json!({ "fixed": "20000" }))];
        Payload {
            items,
            library,
            as_of: date!(2026 - 06 - 01),
            known: Known::of(&facts),
            sent: Pairs::new(),
            whose: "7".to_owned(),
            had: Vec::new(),
        }
    }

    /// The model as the browser has it, after the way through the page.
    fn model() -> (Model, Facts) {
        let bytes = postcard::to_allocvec(&payload()).unwrap();
        let (model, known, ..) = Model::new(postcard::from_bytes(&bytes).unwrap());
        (model, known)
    }

    fn answer(typed: &[(&str, &str)]) -> Answer {
        let (model, known) = model();
        let mut pairs = model.offered(&known, &Pairs::new());
        for (name, new) in typed {
            pairs.iter_mut().find(|(known, _)| known == name).unwrap().1 = (*new).to_owned();
        }
        model.answer(&known, &model.evaluate(&known), &pairs)
    }

    #[test]
    fn what_is_known_is_offered_as_people_write_it_and_changes_nothing() {
        let (model, known) = model();
        let offered = model.offered(&known, &Pairs::new());
        assert_eq!(value(&offered, "f.equipment"), "4,580,000");
        assert_eq!((value(&offered, "t.small"), value(&offered, "q.honest")), ("on", ""));
        let same = model.answer(&known, &model.evaluate(&known), &offered);
        assert_eq!((same.gain, same.faults.len()), (0, 0));
        assert!(same.groups.iter().flat_map(|group| &group.rows).all(|row| !row.moved && row.gain == 0));
    }

    #[test]
    fn a_step_taken_says_what_it_brings() {
        let taken = answer(&[("f.equipment", "1200万")]);
        assert_eq!((taken.total.as_str(), taken.gain), ("960,000 元", 96_000_000));
        assert_eq!(taken.moved, "upgrade +960,000 元");
        let row = taken.groups.iter().flat_map(|group| &group.rows).find(|row| row.code == "upgrade").unwrap();
        assert!(row.moved && row.why.starts_with("原来：差一点。"), "{}", row.why);
        let both = answer(&[("f.equipment", "1200万"), ("q.honest", "yes")]);
        assert_eq!((both.gain, both.moved.as_str()), (98_000_000, "upgrade +960,000 元 等 2 项"));
    }

    #[test]
    fn what_cannot_be_read_is_a_fault_of_its_control_and_counts_as_it_was() {
        let odd = answer(&[("f.equipment", "一千万"), ("q.honest", "yes")]);
        assert_eq!((odd.faults.len(), odd.faults[0].0.as_str()), (1, "f.equipment"));
        assert_eq!(odd.gain, 2_000_000);
    }

    #[test]
    fn a_box_that_was_emptied_is_told_from_one_that_was_not_shown() {
        let (model, known) = model();
        let emptied = vec![("f.equipment".to_owned(), "7".to_owned()), ("tags".to_owned(), "small".to_owned())];
        let offered = model.offered(&known, &emptied);
        assert_eq!((value(&offered, "f.equipment"), value(&offered, "t.small")), ("7", ""));
        assert_eq!(model.sent(&offered), emptied);
    }

    #[test]
    fn a_slider_ends_beyond_what_is_held_and_what_is_asked() {
        let (model, known) = model();
        let attribute = model.library.attributes.get("equipment").unwrap();
        assert_eq!(model.top(attribute, &known), Some(10_000_000));
        let mut rich = known;
        rich.set("equipment", Fact::new("30000000"));
        assert_eq!(model.top(attribute, &rich), Some(100_000_000));
    }

    #[test]
    fn losses_bear_their_sign() {
        assert_eq!((signed(-150_000), signed(42_000_000)), ("−1,500 元".to_owned(), "+420,000 元".to_owned()));
    }
}

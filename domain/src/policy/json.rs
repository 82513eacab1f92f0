//! Items from JSON with the places of faults, answers to JSON for machines: on the server only.

use super::book::{Book, Truth};
use super::check::Problem;
use super::day;
use super::evaluate::{Evaluation, Missing, Outcome, Verdict};
use super::explain::LeafResult;
use super::facts::{Fact, Facts};
use super::model::Item;
use serde_json::{Value, json};

/// Reads an item from JSON.
///
/// # Errors
/// Where and why it is not one.
pub fn parse(json: &str) -> Result<Item, Problem> {
    let deserializer = &mut serde_json::Deserializer::from_str(json);
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let place = error.path().to_string();
        let sentence = error.into_inner().to_string();
        Problem { place: if place == "." { "文件".to_owned() } else { place }, sentence, advice: false }
    })
}

impl Book {
    /// The answer for machines, as `qifu policy evaluate --json` prints it: money as decimal strings in yuan.
    pub fn to_json(&self, evaluation: &Evaluation, facts: &Facts) -> Value {
        let mut explainer = self.explainer(facts);
        let items: Vec<Value> =
            evaluation.outcomes.iter().map(|outcome| self.item_json(outcome, explainer.item(outcome.item))).collect();
        let asks = evaluation.questions.iter().map(|q| json!({"missing": q.missing.code(), "decides": q.decides.to_string()}));
        json!({
            "as_of": day::text(evaluation.as_of),
            "total": evaluation.total.low.to_string(),
            "total_up_to": evaluation.total.high.map(|high| high.to_string()),
            "items": items,
            "questions": asks.collect::<Vec<Value>>(),
        })
    }

    fn item_json(&self, outcome: &Outcome, explained: Vec<LeafResult<'_>>) -> Value {
        let item = &self.items()[outcome.item];
        let leaves = explained.into_iter().map(|leaf| {
            json!({
                "clause": leaf.leaf.clause,
                "text": leaf.clause,
                "verdict": match leaf.truth { Truth::Met => "met", Truth::Unmet => "unmet", Truth::Unknown => "unknown" },
                "required": leaf.required,
                "actual": leaf.actual,
                "gap": leaf.gap,
                // Of the fact it was answered from: who says so, and of when it is.
                "source": leaf.facts.first().map(|(_, fact)| fact.source.as_str()).filter(|source| !source.is_empty()),
                "date": leaf.facts.first().and_then(|(_, fact)| dated(fact)),
                "facts": leaf.facts.iter().map(|(code, fact)| fact_json(code, fact)).collect::<Vec<Value>>(),
            })
        });
        let eligible = outcome.verdict == Verdict::Eligible;
        json!({
            "id": item.id,
            "version": item.version,
            "title": item.title,
            "verdict": outcome.verdict.code(),
            "standing": outcome.standing.code(),
            "open": item.open_on(self.as_of),
            "in_area": !outcome.elsewhere,
            "mode": item.apply.mode.code(),
            // What is not eligible pays nothing; what it would pay stands beside.
            "amount": if eligible { outcome.amount.low.to_string() } else { "0".to_owned() },
            "amount_up_to": outcome.amount.high.map(|high| high.to_string()),
            "paid": outcome.paid.to_string(),
            "chosen": outcome.chosen,
            "leaves": leaves.collect::<Vec<Value>>(),
            "missing": outcome.missing.iter().map(Missing::code).collect::<Vec<&str>>(),
        })
    }
}

/// The day a fact was recorded, else the time it is about.
fn dated(fact: &Fact) -> Option<String> {
    fact.on.map(day::text).or_else(|| Some(fact.period.clone()).filter(|period| !period.is_empty()))
}

fn fact_json(code: &str, fact: &Fact) -> Value {
    json!({ "code": code, "value": fact.value, "period": fact.period, "source": fact.source, "on": fact.on.map(day::text) })
}

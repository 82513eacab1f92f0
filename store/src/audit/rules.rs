//! What a row should be by its events: a projection that was changed by hand shows here, and so do facts whose last change was removed.

use super::{Event, Object};
use crate::StoreError;
use crate::issue::differs_from_events;
use domain::audit::{Kind, digest};
use serde_json::{Map, Value};

/// What of the row is not what its events say, in a sentence.
pub(super) fn differs(kind: Kind, object: &Object, chain: &[Event]) -> Option<String> {
    let answer = match kind {
        Kind::Issue => issue(object, chain),
        Kind::Application => application(object, chain),
        Kind::Fact => facts(object, chain),
    };
    answer.unwrap_or_else(|error| Some(error.to_string()))
}

fn parsed(chain: &[Event]) -> Result<Vec<Value>, StoreError> {
    let read = |event: &Event| serde_json::from_str(&event.form).map_err(|error| StoreError::Unreadable(error.to_string()));
    chain.iter().map(read).collect()
}

fn issue(object: &Object, chain: &[Event]) -> Result<Option<String>, StoreError> {
    let columns = differs_from_events(&object.row, &parsed(chain)?)?;
    Ok((!columns.is_empty()).then(|| format!("its events say otherwise of {}", columns.join(", "))))
}

fn application(object: &Object, chain: &[Event]) -> Result<Option<String>, StoreError> {
    let form = object.row.as_str().unwrap_or_default();
    let last = parsed(&chain[chain.len().saturating_sub(1)..])?.pop().unwrap_or_default();
    // As PostgreSQL writes bytes into JSON.
    let stands = format!("\\x{}", hex::encode(digest(form)));
    Ok((last["stands"].as_str() != Some(&stands)).then(|| "the row is not as its last event left it".to_owned()))
}

/// Facts without the day they were recorded on, which no change has in it.
fn facts(object: &Object, chain: &[Event]) -> Result<Option<String>, StoreError> {
    let (mut values, mut attest) = (Map::new(), Map::new());
    for change in parsed(chain)? {
        let Some(code) = change["code"].as_str() else { continue };
        let value = &change["value"];
        let (place, key, fact) = match code.strip_prefix("attest.") {
            Some(question) => (&mut attest, question, value.clone()),
            None if code == "tags" => (&mut values, code, value.clone()),
            None => (&mut values, code, fact(value, &change["period"], &change["source"])),
        };
        if value.is_null() {
            place.remove(key);
        } else {
            place.insert(key.to_owned(), fact);
        }
    }
    let mut now = object.row.as_object().cloned().unwrap_or_default();
    let now_attest = now.remove("attest").and_then(|answers| answers.as_object().cloned()).unwrap_or_default();
    for (code, value) in &mut now {
        if code != "tags" {
            *value = fact(&value["value"], &value["period"], &value["source"]);
        }
    }
    let mut other = keys_that_differ(&values, &now);
    other.extend(keys_that_differ(&attest, &now_attest).into_iter().map(|question| format!("attest.{question}")));
    Ok((!other.is_empty())
        .then(|| format!("its changes say otherwise of {}: one was altered here, or the last is gone", other.join(", "))))
}

fn fact(value: &Value, period: &Value, source: &Value) -> Value {
    let text = |text: &Value| text.as_str().unwrap_or_default().to_owned();
    serde_json::json!({ "value": value, "period": text(period), "source": text(source) })
}

fn keys_that_differ(one: &Map<String, Value>, other: &Map<String, Value>) -> Vec<String> {
    let mut keys: Vec<String> = one.keys().chain(other.keys()).filter(|key| one.get(*key) != other.get(*key)).cloned().collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

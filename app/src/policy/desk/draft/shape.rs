//! What the editor's buttons do with a draft: its conditions, amounts and rows are added, turned into others, nested, moved,
//! removed.

use super::{DEEPEST, Draft, too_large};
use serde_json::{Map, Value, json};

/// Where a change of shape led: who works by keyboard goes on there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Led {
    /// To the first control of what is at this pointer.
    Part(String),
    /// To this button.
    Button(String),
    /// It could not be done.
    Nowhere,
}

impl Draft {
    /// Does what a button says: `add|POINTER`, `become|…`, `nest|…`, `remove|…`, `up|…`, `down|…`, `into|…`, `out|…`; the kind
    /// comes from the control `kind:POINTER`. Answers where it led, none where the button is none of these. What would make it larger than a form
    /// may be is not done.
    pub fn act(&mut self, action: &str, pairs: &[(String, String)]) -> Option<Led> {
        let (verb, pointer) = action.split_once('|')?;
        let kind = |pointer: &str| {
            let name = format!("kind:{pointer}");
            pairs.iter().find(|(known, _)| *known == name).map_or("", |(_, kind)| kind.as_str())
        };
        let before = self.value.clone();
        let led = match verb {
            "add" => self.add(pointer, kind(pointer)).map(Led::Part),
            "become" => self.become_another(pointer, kind(pointer)),
            "nest" => self.nest(pointer),
            "remove" => self.remove(pointer),
            "up" => self.swap(pointer, |at| at.checked_sub(1)),
            "down" => self.swap(pointer, |at| Some(at + 1)),
            "into" => self.move_into_group(pointer),
            "out" => self.out_of_group(pointer),
            _ => return None,
        };
        if too_large(&self.value) {
            self.value = before;
            return Some(Led::Nowhere);
        }
        Some(led.unwrap_or(Led::Nowhere))
    }

    fn become_another(&mut self, pointer: &str, kind: &str) -> Option<Led> {
        let new = if pointer.starts_with("/amount") { amount(kind) } else { leaf(kind) };
        let place = self.value.pointer_mut(pointer).filter(|_| fits(pointer, 0, &new))?;
        *place = new;
        Some(Led::Part(pointer.to_owned()))
    }

    fn add(&mut self, pointer: &str, kind: &str) -> Option<String> {
        let last = pointer.rsplit('/').next().unwrap_or("");
        match self.value.pointer_mut(pointer)? {
            // A code from the list of those that have a name: once.
            Value::Array(list) if last == "codes" => {
                if !kind.is_empty() && list.len() < 200 && !list.contains(&json!(kind)) {
                    list.push(json!(kind));
                }
                Some(pointer.to_owned())
            }
            Value::Array(list) => {
                let new = match last {
                    "bands" => json!({ "from": "0", "amount": "" }),
                    "staged" => json!({ "milestone": "", "amount": "" }),
                    "max_of" | "min_of" | "sum_of" => amount(kind),
                    _ => leaf(kind),
                };
                list.push(Some(new).filter(|new| fits(pointer, 1, new))?);
                Some(format!("{pointer}/{}", list.len() - 1))
            }
            Value::Object(map) => {
                let prefix = if last == "clauses" { "c" } else { "tag" };
                let key = (1..).map(|n| format!("{prefix}{n}")).find(|key| !map.contains_key(key))?;
                let new = if last == "clauses" { json!("") } else { json!({ "fixed": "" }) };
                let added = format!("{pointer}/{key}");
                map.insert(key, new);
                Some(added)
            }
            _ => None,
        }
    }

    /// Puts a group around a condition.
    fn nest(&mut self, pointer: &str) -> Option<Led> {
        let place = self.value.pointer_mut(pointer).filter(|place| fits(pointer, 2, place))?;
        let inner = place.take();
        *place = json!({ "any": [inner] });
        Some(Led::Button(format!("add|{pointer}/any")))
    }

    fn remove(&mut self, pointer: &str) -> Option<Led> {
        let (parent, last) = pointer.rsplit_once('/')?;
        match self.value.pointer_mut(parent)? {
            Value::Array(list) => drop(last.parse::<usize>().ok().filter(|at| *at < list.len()).map(|at| list.remove(at))),
            Value::Object(map) => drop(map.remove(last)),
            _ => return None,
        }
        Some(Led::Button(format!("add|{parent}")))
    }

    fn swap(&mut self, pointer: &str, to: impl Fn(usize) -> Option<usize>) -> Option<Led> {
        let (parent, at) = element(pointer)?;
        let list = self.value.pointer_mut(parent)?.as_array_mut()?;
        let to = to(at).filter(|to| (*to).max(at) < list.len())?;
        list.swap(at, to);
        let verb = if to < at { "up" } else { "down" };
        Some(Led::Button(format!("{verb}|{parent}/{to}")))
    }

    /// The list of the group that stands right before an element: where `into` leads.
    pub fn group_before(&self, pointer: &str) -> Option<String> {
        let (parent, at) = element(pointer)?;
        let before = format!("{parent}/{}", at.checked_sub(1)?);
        let lists = ["all", "any", "at_least/of", "max_of", "min_of", "sum_of"].map(|group| format!("{before}/{group}"));
        lists.into_iter().find(|list| self.value.pointer(list).is_some_and(Value::is_array))
    }

    /// The list that holds the group around an element, and where in it that group is: where `out` leads.
    pub fn list_above(&self, pointer: &str) -> Option<(String, usize)> {
        let (mut above, _) = element(pointer)?;
        loop {
            let (rest, last) = above.rsplit_once('/')?;
            above = rest;
            if let Ok(at) = last.parse::<usize>()
                && self.value.pointer(above).is_some_and(Value::is_array)
            {
                return Some((above.to_owned(), at));
            }
        }
    }

    fn move_into_group(&mut self, pointer: &str) -> Option<Led> {
        let list = self.group_before(pointer)?;
        self.value.pointer(pointer).filter(|moved| fits(&list, 1, moved))?;
        let moved = self.take(pointer)?;
        let place = self.value.pointer_mut(&list)?.as_array_mut()?;
        place.push(moved);
        Some(Led::Button(format!("up|{list}/{}", place.len() - 1)))
    }

    fn out_of_group(&mut self, pointer: &str) -> Option<Led> {
        let (list, at) = self.list_above(pointer)?;
        let moved = self.take(pointer)?;
        self.value.pointer_mut(&list)?.as_array_mut()?.insert(at + 1, moved);
        Some(Led::Button(format!("up|{list}/{}", at + 1)))
    }

    fn take(&mut self, pointer: &str) -> Option<Value> {
        let (parent, at) = element(pointer)?;
        let list = self.value.pointer_mut(parent)?.as_array_mut()?;
        (at < list.len()).then(|| list.remove(at))
    }
}

/// The list of an element, and its place there.
fn element(pointer: &str) -> Option<(&str, usize)> {
    let (parent, last) = pointer.rsplit_once('/')?;
    Some((parent, last.parse().ok()?))
}

/// Whether the controls of a value could be named `below` levels under a pointer.
fn fits(pointer: &str, below: usize, value: &Value) -> bool {
    pointer.matches('/').count() + below + depth(value) <= DEEPEST
}

/// How deep controls of a value may lie.
pub(super) fn depth(value: &Value) -> usize {
    match value {
        Value::Array(list) => 1 + list.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// A new condition of a kind.
pub(super) fn leaf(kind: &str) -> Value {
    let of = |inner: Value| Value::Object(Map::from_iter([(kind.to_owned(), inner)]));
    match kind {
        "ratio" => of(json!({ "num": "", "den": "", "op": "ge", "value": "" })),
        "in_set" => of(json!({ "attr": "industry", "codes": [] })),
        "has_tag" => of(json!({ "tag": "" })),
        "date" => of(json!({ "attr": "", "op": "ge", "value": "" })),
        "age" => of(json!({ "attr": "founded_on", "at_least_months": 12 })),
        "attest" => of(json!({ "question": "" })),
        "all" | "any" => of(json!([])),
        "at_least" => of(json!({ "k": 1, "of": [] })),
        "not" => of(leaf("in_set")),
        _ => json!({ "num": { "attr": "", "op": "ge", "value": "" } }),
    }
}

/// A new amount of a kind.
pub(super) fn amount(kind: &str) -> Value {
    match kind {
        "percent" => json!({ "percent": { "of": "", "rate": "" } }),
        "per_unit" => json!({ "per_unit": { "attr": "", "unit": "" } }),
        "tiered" => json!({ "tiered": { "attr": "", "mode": "whole", "bands": [{ "from": "0", "amount": "" }] } }),
        "by_tag" => json!({ "by_tag": { "tag1": { "fixed": "" } } }),
        "staged" => json!({ "staged": [{ "milestone": "", "amount": "" }] }),
        "max_of" => json!({ "max_of": [{ "fixed": "" }] }),
        "min_of" => json!({ "min_of": [{ "fixed": "" }] }),
        "sum_of" => json!({ "sum_of": [{ "fixed": "" }] }),
        "capped" => json!({ "capped": { "of": { "fixed": "" }, "cap": "" } }),
        "none" => json!("none"),
        _ => json!({ "fixed": "" }),
    }
}

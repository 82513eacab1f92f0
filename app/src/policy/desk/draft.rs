//! A policy item in the editor: JSON that a form can carry whole, however incomplete it is, and buttons that change its shape.
//!
//! Every control of the form is named by the JSON pointer of its value (`/condition/all/0/num/value`), so that what was typed comes back
//! letter by letter; whether it is an item yet, [`Draft::item`] says with places.

use domain::policy::check::{Problem, parse};
use domain::policy::model::Item;
use serde_json::{Map, Value, json};

/// Kinds of a condition: key, label.
pub const CONDITIONS: [(&str, &str); 11] = [
    ("num", "数值比较"),
    ("ratio", "比例比较"),
    ("in_set", "属于（行业、区县…）"),
    ("has_tag", "具有资质"),
    ("date", "日期比较"),
    ("age", "满多少个月"),
    ("attest", "企业回答是或否"),
    ("all", "同时满足"),
    ("any", "满足任一"),
    ("at_least", "至少满足几项"),
    ("not", "不属于"),
];

/// Kinds of an amount: key, label.
pub const AMOUNTS: [(&str, &str); 10] = [
    ("fixed", "固定金额"),
    ("percent", "按比例"),
    ("per_unit", "按数量"),
    ("tiered", "按档"),
    ("by_tag", "按资质"),
    ("staged", "分阶段"),
    ("max_of", "取最高"),
    ("sum_of", "合计"),
    ("capped", "合计封顶"),
    ("none", "非资金支持"),
];

/// Values that may be left out: an empty control of these is no value.
const OPTIONAL: [&str; 15] = [
    "/cap",
    "/floor",
    "/to",
    "/clause",
    "/received",
    "/apply/from",
    "/version",
    "/published_on",
    "/url",
    "/issuer",
    "/years",
    "/note",
    "/no",
    "/where",
    "/area",
];

/// How deep a control may lie: the walks over a draft are recursive, and a form can name any depth.
const DEEPEST: usize = 60;

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

/// An item being written.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its JSON.
    pub value: Value,
}

impl Draft {
    /// An empty one.
    pub fn new(today: &str) -> Draft {
        Draft {
            value: json!({
                "id": "", "title": "", "document": { "no": "", "title": "", "issuer": "", "url": "" },
                "level": "city", "area": "湖州市", "board": "policy", "tags": [], "valid": { "from": today },
                "apply": { "mode": "declare", "where": "", "materials": [] }, "clauses": { "c1": "" },
                "condition": { "all": [ leaf("num") ] }, "amount": amount("fixed"),
            }),
        }
    }

    /// Of an item.
    ///
    /// # Errors
    /// Never for an item that was read.
    pub fn of(item: &Item) -> Result<Draft, serde_json::Error> {
        let mut value = serde_json::to_value(item)?;
        drop_nulls(&mut value);
        Ok(Draft { value })
    }

    /// From pasted JSON.
    ///
    /// # Errors
    /// A sentence where it is no JSON object.
    pub fn from_json(text: &str) -> Result<Draft, String> {
        match serde_json::from_str::<Value>(text) {
            Ok(mut value @ Value::Object(_)) => {
                drop_nulls(&mut value);
                Ok(Draft { value })
            }
            Ok(_) => Err("应为一个 JSON 对象".to_owned()),
            Err(error) => Err(format!("不是有效的 JSON：{error}")),
        }
    }

    /// From the controls of the form.
    pub fn from_form(pairs: &[(String, String)]) -> Draft {
        let mut value = json!({});
        let pairs: Vec<&(String, String)> = pairs.iter().filter(|(name, _)| name.matches('/').count() <= DEEPEST).collect();
        for (name, text) in pairs.iter().filter(|(name, _)| name.starts_with('/')) {
            // Of a band's sum and share only one is written.
            let either = name.contains("/bands/") && (name.ends_with("/amount") || name.ends_with("/rate"));
            if text.trim().is_empty() && (either || OPTIONAL.iter().any(|end| name.ends_with(end))) {
                continue;
            }
            set(&mut value, name, scalar(name, text));
        }
        // Lists are written line by line.
        for (name, text) in &pairs {
            if let Some(pointer) = name.strip_prefix("lines:") {
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                set(&mut value, pointer, lines.map(Value::from).collect());
            }
            if let Some(pointer) = name.strip_prefix("codes:") {
                let codes = text.split([',', '，', '、', ' ']).map(str::trim).filter(|code| !code.is_empty());
                set(&mut value, pointer, codes.map(Value::from).collect());
            }
            // A group without members is one all the same.
            if let Some(pointer) = name.strip_prefix("list:")
                && value.pointer(pointer).is_none()
            {
                set(&mut value, pointer, json!([]));
            }
            if let Some(pointer) = name.strip_prefix("map:")
                && value.pointer(pointer).is_none()
            {
                set(&mut value, pointer, json!({}));
            }
        }
        // Keys are renamed last, when everything has its place.
        for (name, key) in &pairs {
            if let Some(pointer) = name.strip_prefix("key:") {
                rename(&mut value, pointer, key.trim());
            }
        }
        for (part, needed) in [("group", "id"), ("fund", "id"), ("yearly_cap", "id")] {
            let empty = |object: &Value| object.get(needed).and_then(Value::as_str).is_none_or(|id| id.trim().is_empty());
            if value.get(part).is_some_and(empty)
                && let Some(object) = value.as_object_mut()
            {
                object.remove(part);
            }
        }
        Draft { value }
    }

    /// Does what a button says: `add|POINTER`, `become|…`, `nest|…`, `remove|…`, `up|…`, `down|…`, `into|…`, `out|…`; the kind comes from
    /// the control `kind:POINTER`. Answers where it led, none where the button is none of these.
    pub fn act(&mut self, action: &str, pairs: &[(String, String)]) -> Option<Led> {
        let (verb, pointer) = action.split_once('|')?;
        let kind = |pointer: &str| {
            let name = format!("kind:{pointer}");
            pairs.iter().find(|(known, _)| *known == name).map_or("", |(_, kind)| kind.as_str())
        };
        let led = match verb {
            "add" => self.add(pointer, kind(pointer)).map(Led::Part),
            "become" => self.become_another(pointer, kind(pointer)),
            "nest" => self.nest(pointer),
            "remove" => self.remove(pointer),
            "up" => self.swap(pointer, |at| at.checked_sub(1)),
            "down" => self.swap(pointer, |at| Some(at + 1)),
            "into" => self.into_group(pointer),
            "out" => self.out_of_group(pointer),
            _ => return None,
        };
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
            Value::Array(list) => {
                let new = match last {
                    "bands" => json!({ "from": "0", "amount": "" }),
                    "staged" => json!({ "milestone": "", "amount": "" }),
                    "max_of" | "sum_of" => amount(kind),
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
        let lists = ["all", "any", "at_least/of", "max_of", "sum_of"].map(|group| format!("{before}/{group}"));
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

    fn into_group(&mut self, pointer: &str) -> Option<Led> {
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

    /// The item, if it is one.
    ///
    /// # Errors
    /// Where and why it is none.
    pub fn item(&self) -> Result<Item, Problem> {
        parse(&self.value.to_string()).map_err(|problem| {
            // The reader's own words are English; the editor's are not.
            let own = problem.sentence.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
            let sentence = if own {
                format!("没有填写完整，或格式不对（{}）", problem.sentence)
            } else {
                problem.sentence.clone()
            };
            Problem { sentence, ..problem }
        })
    }

    /// A text in it; empty where there is none.
    pub fn text(&self, pointer: &str) -> String {
        match self.value.pointer(pointer) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    }

    /// The lines of a list.
    pub fn lines(&self, pointer: &str) -> String {
        let list = self.value.pointer(pointer).and_then(Value::as_array);
        list.map(|list| list.iter().filter_map(Value::as_str).collect::<Vec<&str>>().join("\n")).unwrap_or_default()
    }
}

/// A problem's place as a pointer: `condition.all[1].num.attr` is `/condition/all/1/num/attr`.
pub fn pointer_of(place: &str) -> String {
    format!("/{}", place.replace('[', ".").replace(']', "").replace('.', "/"))
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
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(list) => 1 + list.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        Value::Array(list) => list.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// Numbers of the JSON form that are no amounts.
fn scalar(pointer: &str, text: &str) -> Value {
    let counts = pointer.ends_with("/k") || pointer.ends_with("/at_least_months") || pointer == "/version";
    match text.trim().parse::<u32>() {
        Ok(number) if counts => Value::from(number),
        _ => Value::from(text.trim()),
    }
}

/// Sets a value by pointer, making what lies above it; under `clauses` and `by_tag` numbers are keys, elsewhere places of a list.
fn set(value: &mut Value, pointer: &str, new: Value) {
    let segments: Vec<&str> = pointer.split('/').skip(1).collect();
    let mut place = value;
    let mut above = "";
    for segment in &segments {
        let keyed = above == "clauses" || above == "by_tag";
        let index = segment.parse::<usize>().ok().filter(|at| !keyed && *at < 200);
        place = match index {
            Some(at) => {
                if !place.is_array() {
                    *place = json!([]);
                }
                let Some(list) = place.as_array_mut() else { return };
                while list.len() <= at {
                    list.push(Value::Null);
                }
                &mut list[at]
            }
            None => {
                if !place.is_object() {
                    *place = json!({});
                }
                let Some(map) = place.as_object_mut() else { return };
                map.entry((*segment).to_owned()).or_insert(Value::Null)
            }
        };
        above = segment;
    }
    *place = new;
}

fn rename(value: &mut Value, pointer: &str, key: &str) {
    let Some((parent, last)) = pointer.rsplit_once('/') else { return };
    if key.is_empty() || key == last {
        return;
    }
    if let Some(Value::Object(map)) = value.pointer_mut(parent)
        && !map.contains_key(key)
        && let Some(kept) = map.remove(last)
    {
        map.insert(key.to_owned(), kept);
    }
}

/// A new condition of a kind.
fn leaf(kind: &str) -> Value {
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
fn amount(kind: &str) -> Value {
    match kind {
        "percent" => json!({ "percent": { "of": "", "rate": "" } }),
        "per_unit" => json!({ "per_unit": { "attr": "", "unit": "" } }),
        "tiered" => json!({ "tiered": { "attr": "", "mode": "whole", "bands": [{ "from": "0", "amount": "" }] } }),
        "by_tag" => json!({ "by_tag": { "tag1": { "fixed": "" } } }),
        "staged" => json!({ "staged": [{ "milestone": "", "amount": "" }] }),
        "max_of" => json!({ "max_of": [{ "fixed": "" }] }),
        "sum_of" => json!({ "sum_of": [{ "fixed": "" }] }),
        "capped" => json!({ "capped": { "of": { "fixed": "" }, "cap": "" } }),
        "none" => json!("none"),
        _ => json!({ "fixed": "" }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use super::super::walk;
    use domain::policy::library::Library;

    fn controls(draft: &Draft) -> Vec<(String, String)> {
        let (parts, _) = walk::parts(draft, &Library::default());
        walk::controls(&parts).into_iter().map(|control| (control.name.clone(), control.value.clone())).collect()
    }

    fn sample() -> Item {
        serde_json::from_value(json!({
            "id": "sample", "version": 3, "title": "样例", "document": { "no": "1号", "title": "办法", "published_on": "2025-01-01" },
            "level": "city", "area": "湖州市", "board": "project", "tags": ["技术改造", "研发"],
            "valid": { "from": "2025-01-01", "to": "2027-12-31" },
            "apply": { "mode": "declare", "from": "2026-01-01", "where": "窗口", "materials": ["甲", "乙"] },
            "clauses": { "1": "第一条", "c2": "第二条" },
            "condition": { "all": [
                { "num": { "attr": "revenue", "op": "ge", "value": "500" }, "clause": "1" },
                { "not": { "in_set": { "attr": "industry", "codes": ["C16", "F"] }, "clause": "c2" } },
                { "at_least": { "k": 1, "of": [ { "has_tag": { "tag": "hightech" } }, { "age": { "attr": "founded_on", "at_least_months": 24 } } ] } },
                { "any": [] } ] },
            "amount": { "capped": { "of": { "sum_of": [
                { "by_tag": { "hightech": "100", "benchmark": { "percent": { "of": "revenue", "rate": "0.08" } } } },
                { "tiered": { "attr": "revenue", "mode": "marginal", "bands": [ { "from": "0", "to": "10", "rate": "0.1" }, { "from": "10", "amount": "5" } ] } } ] },
                "cap": "900" } },
            "group": { "id": "g", "rule": "highest" }, "fund": { "id": "f", "remaining": "10" },
        }))
        .unwrap()
    }

    #[test]
    fn the_form_carries_an_item_whole() {
        let draft = Draft::of(&sample()).unwrap();
        let pairs = controls(&draft);
        assert_eq!(Draft::from_form(&pairs).item().unwrap(), sample());
    }

    #[test]
    fn a_new_one_becomes_an_item_by_filling_it_in() {
        let mut pairs = controls(&Draft::new("2026-11-24"));
        for (name, value) in [
            ("/id", "new-one"),
            ("/title", "补助"),
            ("/document/title", "办法"),
            ("/condition/all/0/num/attr", "revenue"),
            ("/condition/all/0/num/value", "500"),
            ("/amount/fixed", "1000"),
        ] {
            let control = pairs.iter_mut().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name} is on the form"));
            control.1 = value.to_owned();
        }
        assert_eq!(Draft::from_form(&pairs).item().unwrap().id, "new-one");
    }

    #[test]
    fn buttons_change_the_shape_and_nothing_else() {
        let mut draft = Draft::of(&sample()).unwrap();
        let kind = |pointer: &str, kind: &str| vec![(format!("kind:{pointer}"), kind.to_owned())];
        let button = |name: &str| Some(Led::Button(name.to_owned()));
        let added = draft.act("add|/condition/all", &kind("/condition/all", "attest"));
        assert_eq!(added, Some(Led::Part("/condition/all/4".to_owned())));
        assert_eq!(draft.value.pointer("/condition/all/4/attest/question"), Some(&json!("")));
        assert_eq!(draft.act("up|/condition/all/4", &[]), button("up|/condition/all/3"));
        assert_eq!(draft.act("remove|/condition/all/3", &[]), button("add|/condition/all"));
        assert_eq!(draft.item().unwrap(), sample(), "added, moved and taken away again");
        assert_eq!(draft.act("nest|/condition/all/0", &[]), button("add|/condition/all/0/any"));
        assert_eq!(draft.text("/condition/all/0/any/0/num/attr"), "revenue");
        assert_eq!(draft.act("up|/condition/all/0", &[]), Some(Led::Nowhere), "it is the first one");
        assert_eq!(draft.act("save", &[]), None);
    }

    #[test]
    fn conditions_and_amounts_move_between_groups() {
        let mut draft = Draft::of(&sample()).unwrap();
        let button = |name: &str| Some(Led::Button(name.to_owned()));
        // Out of 至少满足几项, and back into it.
        assert_eq!(draft.act("out|/condition/all/2/at_least/of/1", &[]), button("up|/condition/all/3"));
        assert_eq!(draft.text("/condition/all/3/age/at_least_months"), "24");
        assert_eq!(draft.act("into|/condition/all/3", &[]), button("up|/condition/all/2/at_least/of/1"));
        assert_eq!(draft.item().unwrap(), sample());
        // What has no group before it, or none around it, stays.
        assert_eq!(draft.act("into|/condition/all/1", &[]), Some(Led::Nowhere));
        assert_eq!(draft.act("out|/condition/all/1", &[]), Some(Led::Nowhere));
        assert_eq!(draft.act("out|/amount/capped/of/sum_of/1", &[]), Some(Led::Nowhere));
        assert_eq!(draft.item().unwrap(), sample());
    }

    #[test]
    fn nothing_grows_deeper_than_a_form_may_name() {
        let mut draft = Draft::new("2026-11-24");
        for _ in 0..200 {
            draft.act("nest|/condition/all/0", &[]);
        }
        let (parts, _) = walk::parts(&draft, &Library::default());
        let pairs: Vec<(String, String)> =
            walk::controls(&parts).into_iter().map(|control| (control.name.clone(), control.value.clone())).collect();
        assert_eq!(Draft::from_form(&pairs), Draft::from_form(&controls(&draft)), "every control comes back");
        assert!(pairs.iter().any(|(name, _)| name.matches('/').count() > DEEPEST - 5), "it was nested as far as it goes");
        assert!(pairs.iter().all(|(name, _)| name.matches('/').count() <= DEEPEST));
    }

    #[test]
    fn what_is_no_item_yet_is_kept_and_named() {
        let mut pairs = controls(&Draft::of(&sample()).unwrap());
        for (name, text) in &mut pairs {
            if name == "/condition/all/0/num/value" {
                *text = "五百".to_owned();
            }
        }
        let draft = Draft::from_form(&pairs);
        let problem = draft.item().unwrap_err();
        assert_eq!(pointer_of(&problem.place), "/condition/all/0/num/value", "{problem:?}");
        assert_eq!(draft.text("/condition/all/0/num/value"), "五百");
    }
}

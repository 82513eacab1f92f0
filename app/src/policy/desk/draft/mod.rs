//! A policy item in the editor: JSON that a form can carry whole, however incomplete it is, and buttons that change its shape.
//!
//! Every control of the form is named by the JSON pointer of its value (`/condition/all/0/num/value`), so that what was typed
//! comes back letter by letter; whether it is an item yet, [`Draft::item`] says with places.

mod shape;
#[cfg(test)]
mod tests;

pub use shape::Led;

use domain::policy::check::{Problem, parse};
use domain::policy::model::Item;
use domain::policy::money::Decimal;
use serde_json::{Map, Value, json};
use shape::{amount, depth, leaf};

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
pub const AMOUNTS: [(&str, &str); 11] = [
    ("fixed", "固定金额"),
    ("percent", "按比例"),
    ("per_unit", "按数量"),
    ("tiered", "按档"),
    ("by_tag", "按资质"),
    ("staged", "分阶段"),
    ("max_of", "取最高"),
    ("min_of", "取最低"),
    ("sum_of", "合计"),
    ("capped", "合计封顶"),
    ("none", "非资金支持"),
];

/// Values that may be left out: an empty control of these is no value.
const OPTIONAL: [&str; 16] = [
    "/cap",
    "/floor",
    "/to",
    "/clause",
    "/received",
    "/apply/from",
    "/apply/per",
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

/// The most values of a draft, lists and groups among them: fifteen times as many as the largest item has.
const MOST: usize = 2_000;

/// The most clauses: every condition offers all of them.
const MOST_CLAUSES: usize = 60;

/// The longest key, in bytes: every name below it says the whole way.
const LONGEST_KEY: usize = 100;

/// What is said to whoever sends more than that.
const TOO_LARGE: &str = "这份草稿太大：最多 2000 项内容、60 条条款、60 层，请拆成几个条目";

/// As many faults are told of at once; nobody reads more.
const MOST_FAULTS: usize = 60;

/// How deep a control may lie: the walks over a draft are recursive, and a form can name any depth.
const DEEPEST: usize = 60;

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
                "apply": { "mode": "declare", "per": "window", "where": "", "materials": [] }, "clauses": { "c1": "" },
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
    /// A sentence where it is no JSON object, or too large.
    pub fn from_json(text: &str) -> Result<Draft, String> {
        match serde_json::from_str::<Value>(text) {
            Ok(mut value @ Value::Object(_)) => {
                drop_nulls(&mut value);
                if too_large(&value) { Err(TOO_LARGE.to_owned()) } else { Ok(Draft { value }) }
            }
            Ok(_) => Err("应为一个 JSON 对象".to_owned()),
            Err(error) => Err(format!("不是有效的 JSON：{error}")),
        }
    }

    /// From the controls of the form.
    ///
    /// # Errors
    /// A sentence where it is too large.
    pub fn from_form(pairs: &[(String, String)]) -> Result<Draft, String> {
        let mut value = json!({});
        let mut room = MOST;
        let pairs: Vec<&(String, String)> = pairs.iter().filter(|(name, _)| name.matches('/').count() <= DEEPEST).collect();
        for (name, text) in pairs.iter().filter(|(name, _)| name.starts_with('/')) {
            // Of a band's sum and share only one is written.
            let either = name.contains("/bands/") && (name.ends_with("/amount") || name.ends_with("/rate"));
            if text.trim().is_empty() && (either || OPTIONAL.iter().any(|end| name.ends_with(end))) {
                continue;
            }
            let text = if is_share(name) { of_percent(text.trim()) } else { text.clone() };
            set(&mut value, name, scalar(name, &text), &mut room);
        }
        // Lists are written line by line.
        for (name, text) in &pairs {
            if let Some(pointer) = name.strip_prefix("lines:") {
                let lines = list(text.lines(), &mut room);
                set(&mut value, pointer, lines, &mut room);
            }
            if let Some(pointer) = name.strip_prefix("codes:") {
                let codes = list(text.split([',', '，', '、', ' ']), &mut room);
                set(&mut value, pointer, codes, &mut room);
            }
            // A group without members is one all the same.
            if let Some(pointer) = name.strip_prefix("list:")
                && value.pointer(pointer).is_none()
            {
                set(&mut value, pointer, json!([]), &mut room);
            }
            if let Some(pointer) = name.strip_prefix("map:")
                && value.pointer(pointer).is_none()
            {
                set(&mut value, pointer, json!({}), &mut room);
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
        // Where the room ended, something is missing.
        if room == 0 || too_large(&value) { Err(TOO_LARGE.to_owned()) } else { Ok(Draft { value }) }
    }

    /// The item, if it is one.
    ///
    /// # Errors
    /// Where and why it is none.
    pub fn item(&self) -> Result<Item, Problem> {
        parse(&self.value.to_string()).map_err(|problem| {
            let missing = problem.sentence.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
            let place = match missing {
                Some(field) if problem.place.is_empty() => field.to_owned(),
                Some(field) => format!("{}.{field}", problem.place),
                None => problem.place.clone(),
            };
            let typed = self.text(&pointer_of(&place));
            // The reader's own words are English; the editor's are not.
            let own = problem.sentence.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
            let sentence = match (own, typed.is_empty()) {
                _ if missing.is_some() => "请填写".to_owned(),
                (_, true) => "请填写或选择".to_owned(),
                (true, false) => format!("“{typed}”格式不对"),
                (false, false) => problem.sentence.clone(),
            };
            Problem { sentence, place, ..problem }
        })
    }

    /// Everything that is wrong with it, at once, while something keeps it from being an item: what is wrong is put right for the sake of the
    /// question, and the reader asked again. `also` says what is wrong with what the others then are.
    pub fn faults(&self, also: impl Fn(&Item) -> Vec<Problem>) -> Vec<Problem> {
        let mut found: Vec<Problem> = Vec::new();
        let mut draft = self.clone();
        loop {
            let problem = match draft.item() {
                Ok(item) => {
                    // Of what was put right nothing more is to be said.
                    let more = also(&item).into_iter().filter(|one| !found.iter().any(|known| within(&one.place, &known.place)));
                    let more: Vec<Problem> = more.collect();
                    found.extend(more);
                    return found;
                }
                Err(problem) => problem,
            };
            let known = found.iter().any(|known| known.place == problem.place);
            if known || found.len() >= MOST_FAULTS || !mend(&mut draft.value, &problem.place) {
                found.extend((!known).then_some(problem));
                return found;
            }
            found.push(problem);
        }
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

/// Whether something is larger than any policy. Its form has controls for every value, each choice of a clause offers all of them, and each
/// name says the whole way: a page of it would be thousands of times what was sent.
fn too_large(value: &Value) -> bool {
    let clauses = value.get("clauses").and_then(Value::as_object).map_or(0, Map::len);
    clauses > MOST_CLAUSES || nodes(value) > MOST || depth(value) > DEEPEST || has_long_key(value)
}

/// How many values there are, lists and groups among them.
fn nodes(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(nodes).sum(),
        Value::Object(map) => map.values().map(nodes).sum(),
        _ => 0,
    }
}

fn has_long_key(value: &Value) -> bool {
    match value {
        Value::Array(list) => list.iter().any(has_long_key),
        Value::Object(map) => map.iter().any(|(key, value)| key.len() > LONGEST_KEY || has_long_key(value)),
        _ => false,
    }
}

/// A list of texts, as far as there is room.
fn list<'a>(texts: impl Iterator<Item = &'a str>, room: &mut usize) -> Value {
    let texts = texts.map(str::trim).filter(|text| !text.is_empty());
    let list: Vec<Value> = texts.take(*room).map(Value::from).collect();
    *room -= list.len();
    Value::Array(list)
}

/// Whether a place is another one, or lies in it.
fn within(place: &str, outer: &str) -> bool {
    place.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Puts something right in a place, so that the reader goes on to the next: what it takes there is found by trying.
fn mend(value: &mut Value, place: &str) -> bool {
    let pointer = pointer_of(place);
    for try_it in [
        json!("1"),
        json!("2026-01-01"),
        json!("city"),
        json!("declare"),
        json!("ge"),
        json!("highest"),
        json!("whole"),
        json!("once"),
        json!(1),
        json!([]),
        json!({}),
        json!({ "attest": { "question": "" } }),
        json!({ "fixed": "1" }),
    ] {
        let mut tried = value.clone();
        set(&mut tried, &pointer, try_it, &mut { MOST });
        let next = Draft { value: tried.clone() }.item();
        if next.err().is_none_or(|problem| problem.place != place) {
            *value = tried;
            return true;
        }
    }
    false
}

/// Whether a control is for a share, which people write and read as a percentage.
pub fn is_share(pointer: &str) -> bool {
    pointer.ends_with("/rate") || pointer.ends_with("/ratio/value")
}

/// A share as a percentage: `0.08` is `8%`; what is no number stays what it is.
pub fn as_percent(text: &str) -> String {
    Decimal::parse(text).map_or_else(|_| text.to_owned(), |share| domain::policy::words::percent(share).replace(',', ""))
}

/// And back, exactly: `8%` is `0.08`; without a sign it is the share itself.
fn of_percent(text: &str) -> String {
    let Some(number) = text.strip_suffix(['%', '％']) else { return text.to_owned() };
    match Decimal::parse(number.trim()) {
        Ok(percent) if percent.micro() % 100 == 0 => Decimal::from_micro(percent.micro() / 100).to_string(),
        _ => text.to_owned(),
    }
}

/// A problem's place as a pointer: `condition.all[1].num.attr` is `/condition/all/1/num/attr`.
pub fn pointer_of(place: &str) -> String {
    format!("/{}", place.replace('[', ".").replace(']', "").replace('.', "/"))
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
/// What finds no room any more is left out.
fn set(value: &mut Value, pointer: &str, new: Value, room: &mut usize) {
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
                    let Some(left) = room.checked_sub(1) else { return };
                    *room = left;
                    list.push(Value::Null);
                }
                &mut list[at]
            }
            None => {
                if !place.is_object() {
                    *place = json!({});
                }
                let Some(map) = place.as_object_mut() else { return };
                if !map.contains_key(*segment) {
                    let Some(left) = room.checked_sub(1) else { return };
                    *room = left;
                }
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

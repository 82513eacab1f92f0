//! What differs between two versions of an item, field by field in words: what the second person looks at before it comes before the city.

use super::condition::Condition;
use super::facts::Facts;
use super::library::Library;
use super::model::{Item, Level, Mode, Per, day};
use super::words;
use time::Date;

/// A field that is not what it was; empty where there was, or is, nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub field: String,
    pub before: String,
    pub after: String,
}

fn text(day: Option<Date>) -> String {
    day.map(day::text).unwrap_or_default()
}

/// A condition's lines: each leaf with its clause, indented under what joins it.
fn lines(condition: &Condition, item: &Item, library: &Library, depth: usize, list: &mut Vec<String>) {
    let indent = "　".repeat(depth);
    let joined = |children: &[Condition], list: &mut Vec<String>| {
        if let Some(words) = words::joint(condition, false) {
            list.push(format!("{indent}{words}："));
        }
        children.iter().for_each(|child| lines(child, item, library, depth + 1, list));
    };
    match condition {
        Condition::All(children) | Condition::Any(children) | Condition::AtLeast { of: children, .. } => joined(children, list),
        Condition::Not(child) => joined(std::slice::from_ref(child.as_ref()), list),
        Condition::Leaf(leaf) => {
            let clause = leaf.clause.as_ref().and_then(|key| item.clauses.get(key)).map(|words| format!("（{words}）"));
            list.push(format!("{indent}{}{}", words::requirement(library, &leaf.test), clause.unwrap_or_default()));
        }
    }
}

/// Every field with its words, in the order of the editor.
fn fields(item: &Item, library: &Library) -> Vec<(String, String)> {
    let mut condition = Vec::new();
    lines(&item.condition, item, library, 0, &mut condition);
    let amount = words::formula(library, &item.amount, &Facts::default()).replace(" （未填）", "");
    let (document, apply) = (&item.document, &item.apply);
    let per = if apply.per == Per::Once { "一次性" } else { "每期或每年一次" };
    let group = item.group.as_ref().map(|group| {
        let cap = group.cap.map(|cap| format!("，合计最高 {}", cap.words())).unwrap_or_default();
        let received = group.received.as_ref().map(|attr| format!("，扣除{}", library.attribute_name(attr))).unwrap_or_default();
        format!("{}：{}{cap}{received}", group.id, group.rule.label())
    });
    let fund = item.fund.as_ref().map(|fund| format!("{}：{}", fund.id, fund.remaining.words()));
    let cap = item.yearly_cap.as_ref().map(|cap| format!("{}：{}", cap.id, cap.amount.words()));
    let mut list: Vec<(String, String)> = [
        ("名称", item.title.clone()),
        ("层级", Level::label(item.level).to_owned()),
        ("适用地区", item.area.clone()),
        ("服务板块", item.board.clone()),
        ("主题", item.tags.join("、")),
        ("有效期从", day::text(item.valid.from)),
        ("有效期到", text(item.valid.to)),
        ("文号", document.no.clone()),
        ("文件名称", document.title.clone()),
        ("发文机关", document.issuer.clone()),
        ("原文链接", document.url.clone()),
        ("发布日期", text(document.published_on)),
        ("年度", document.years.clone()),
        ("说明", document.note.clone()),
        ("兑现方式", Mode::label(apply.mode).to_owned()),
        ("申报从", text(apply.from)),
        ("申报到", text(apply.to)),
        ("次数", per.to_owned()),
        ("受理地点", apply.place.clone()),
        ("材料", apply.materials.join("、")),
        ("条件", condition.join("\n")),
        ("金额", amount),
        ("同组规则", group.unwrap_or_default()),
        ("资金", fund.unwrap_or_default()),
        ("年度上限", cap.unwrap_or_default()),
    ]
    .map(|(name, words)| (name.to_owned(), words))
    .into();
    list.extend(item.clauses.iter().map(|(key, words)| (format!("条款 {key}"), words.clone())));
    list
}

/// The fields that differ; a field that only one of the two has is empty in the other.
pub fn difference(before: &Item, after: &Item, library: &Library) -> Vec<Difference> {
    let (old, new) = (fields(before, library), fields(after, library));
    let of = |list: &[(String, String)], field: &str| {
        list.iter().find(|known| known.0 == field).map(|known| known.1.clone()).unwrap_or_default()
    };
    let gone = old.iter().filter(|field| new.iter().all(|known| known.0 != field.0));
    let names: Vec<String> = new.iter().chain(gone).map(|field| field.0.clone()).collect();
    let pairs = names.into_iter().map(|field| Difference { before: of(&old, &field), after: of(&new, &field), field });
    pairs.filter(|pair| pair.before != pair.after).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn item(json: &str) -> Item {
        serde_json::from_str(json).unwrap()
    }

    const BASE: &str = r#"{ "id": "sample", "title": "技改补助", "document": { "no": "1号", "title": "办法" }, "level": "city", "area": "湖州市",
        "valid": { "from": "2025-01-01" }, "apply": { "mode": "declare", "materials": ["发票"] }, "clauses": { "c1": "第一条" },
        "condition": { "all": [ { "num": { "attr": "revenue", "op": "ge", "value": "500" }, "clause": "c1" } ] },
        "amount": { "percent": { "of": "revenue", "rate": "0.08" } } }"#;

    #[test]
    fn equal_words_differ_in_nothing() {
        let library = Library::default();
        assert_eq!(difference(&item(BASE), &item(BASE), &library), []);
        let renumbered = item(&BASE.replace("\"id\"", "\"version\": 4, \"id\""));
        assert_eq!(difference(&item(BASE), &renumbered, &library), [], "a number is no word");
    }

    #[test]
    fn what_differs_is_said_field_by_field_in_words() {
        let after = BASE
            .replace("0.08", "0.125")
            .replace("\"from\": \"2025-01-01\"", "\"from\": \"2025-01-01\", \"to\": \"2027-12-31\"")
            .replace("\"500\"", "\"600\"")
            .replace("\"发票\"", "\"发票\", \"合同\"")
            .replace("\"c1\": \"第一条\"", "\"c1\": \"第一条\", \"c2\": \"第二条\"");
        let found = difference(&item(BASE), &item(&after), &Library::default());
        let said: Vec<(&str, &str, &str)> =
            found.iter().map(|one| (one.field.as_str(), one.before.as_str(), one.after.as_str())).collect();
        assert_eq!(
            said,
            [
                ("有效期到", "", "2027-12-31"),
                ("材料", "发票", "发票、合同"),
                ("条件", "同时满足：\n　revenue ≥ 500（第一条）", "同时满足：\n　revenue ≥ 600（第一条）"),
                ("金额", "revenue × 8%", "revenue × 12.5%"),
                ("条款 c2", "", "第二条"),
            ]
        );
    }
}

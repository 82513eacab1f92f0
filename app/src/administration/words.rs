//! Changes in words.

use domain::administration::{Kind, fields};
use domain::work_indicator::WorkIndicator;
use serde_json::Value;
use store::administration::change::Change;
use store::reference::Reference;

/// The name of a field of any kind of thing; the field's own where nobody gave it one.
fn label(field: &str) -> &str {
    match field {
        "code" => "编号",
        "name" => "名称",
        "short" => "简称",
        "area" => "区域",
        "on_site" => "入驻",
        "delegated" => "赋权",
        "active" => "启用",
        "address" => "地址",
        "phone" => "电话",
        "contact_name" => "联系人",
        "login" => "登录名",
        "role" => "岗位",
        "scope" => "负责",
        "lead" => "牵头部门",
        "position" => "次序",
        "board" => "板块",
        "department" => "责任部门",
        "level" => "难易",
        "urgency" => "紧急",
        "words" => "词",
        "title" => "标题",
        "body" => "内容",
        "first" => "第一天",
        "last" => "最后一天",
        "day" => "安排",
        "told" => "通知",
        "keep" => "保存",
        other => WorkIndicator::from_code(other).map_or(other, |it| it.label()),
    }
}

fn value(field: &str, value: Option<&Value>, reference: &Reference) -> String {
    match value {
        None | Some(Value::Null) => "无".to_owned(),
        Some(Value::Bool(true)) => "是".to_owned(),
        Some(Value::Bool(false)) => "否".to_owned(),
        Some(Value::Number(code)) if field == "area" => {
            code.as_i64().and_then(|code| i32::try_from(code).ok()).map_or_else(|| code.to_string(), |code| reference.area(code))
        }
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// What a change did, field by field: 名称：市建设局 → 市城乡建设局.
pub fn said(change: &Change, reference: &Reference) -> String {
    if change.kind == Kind::Staff.code() {
        return crate::staff::sentences(change).join("；");
    }
    let touched = fields(change.before.as_ref(), change.after.as_ref());
    let parts = touched.iter().map(|(field, before, after)| {
        let (old, new) = (value(field, before.as_ref(), reference), value(field, after.as_ref(), reference));
        match (change.before.is_some(), change.after.is_some()) {
            (true, true) => format!("{}：{old} → {new}", label(field)),
            (true, false) => format!("{}：{old}", label(field)),
            (false, _) => format!("{}：{new}", label(field)),
        }
    });
    let parts: Vec<String> = parts.collect();
    let verb = match (&change.before, &change.after) {
        (None, _) => "新增。",
        (_, None) => "取消。",
        _ => "",
    };
    format!("{verb}{}", parts.join("；"))
}

/// A thing as it is, field by field: 名称：市建设局；入驻：是.
pub fn as_it_is(thing: &Value, reference: &Reference) -> String {
    let parts = fields(None, Some(thing)).into_iter();
    let parts = parts.map(|(field, _, now)| format!("{}：{}", label(&field), value(&field, now.as_ref(), reference)));
    parts.collect::<Vec<_>>().join("；")
}

/// The thing a change is of: its kind and its name, or its key where it has none.
pub fn seen(change: &Change) -> String {
    let kind = Kind::from_code(&change.kind).map_or(change.kind.as_str(), |kind| kind.label());
    let name = [&change.after, &change.before].into_iter().flatten().find_map(|thing| thing.get("name").and_then(Value::as_str));
    format!("{kind} {}", name.unwrap_or(&change.key))
}

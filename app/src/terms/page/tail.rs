//! The end of every form of the terms, and what the log says of a change.

use crate::form::Form;
use crate::ui::form::{Field, field, hidden, submit};
use domain::administration::fields;
use domain::policy::day;
use leptos::prelude::*;
use serde_json::Value;
use store::administration::change::Change;
use time::Date;

const WHY: Field =
    Field { rows: 2, ..field("why", "变更原因", "记入变更记录，例如：机构改革，湖编〔2026〕12 号") };
const FROM: Field =
    Field {
        kind: "date", max: 10, ..field("from", "从哪天起生效", "选今天，保存后立即生效；选以后的日期，到那天生效")
    };

/// Why, from which day, the last change that the page showed, and the button.
pub fn tail(form: &Form, today: Date, seen: i64) -> AnyView {
    let form = form.clone().or("from", day::text(today)).or("seen", seen.to_string());
    let seen = form.value("seen").to_owned();
    view! {
        {WHY.view(&form)}
        {FROM.view(&form)}
        {hidden("seen", seen)}
        <p class="row">{submit("保存")}</p>
    }
    .into_any()
}

/// The name of a field of a change.
fn label(field: &str) -> &str {
    match field {
        "name" => "名称",
        "lead" => "牵头部门",
        "position" => "次序",
        "active" => "启用",
        "board" => "板块",
        "department" => "责任部门",
        "level" => "难易",
        "urgency" => "紧急",
        "words" => "词",
        "area" => "区县",
        "title" => "标题",
        "body" => "内容",
        "first" => "第一天",
        "last" => "最后一天",
        "day" => "安排",
        other => other,
    }
}

fn value(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "无".to_owned(),
        Some(Value::Bool(true)) => "是".to_owned(),
        Some(Value::Bool(false)) => "否".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// What a change did, field by field: 名称：路灯 → 市政照明.
pub fn said(change: &Change) -> String {
    let touched = fields(change.before.as_ref(), change.after.as_ref());
    let parts = touched.iter().map(|(field, before, after)| match &change.before {
        Some(_) => format!("{}：{} → {}", label(field), value(before.as_ref()), value(after.as_ref())),
        None => format!("{}：{}", label(field), value(after.as_ref())),
    });
    let name = change.after.as_ref().and_then(|after| after.get("name")).and_then(Value::as_str);
    format!("{}　{}", name.unwrap_or(&change.key), parts.collect::<Vec<_>>().join("；"))
}

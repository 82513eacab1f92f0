//! The OpenAPI 3.1 document of the interface: made of the same types that are read and written, and of the rules' own vocabularies. What anybody
//! programs against is here, and a test holds it against the routes there are.

use super::wire::Notice;
use super::{act, error::Errors, exchange, read, webhook};
use domain::api::STEPS;
use domain::issue::{Channel, Outcome, RatingReason, Satisfaction, State};
use serde_json::{Value, json};
use std::sync::OnceLock;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(title = "企服空间接口", version = "1.0.0", description = INTRODUCTION),
    paths(
        act::file,
        read::list,
        read::one,
        act::supply,
        act::withdraw,
        act::rate,
        read::codes,
        webhook::subscribe,
        webhook::list,
        webhook::unsubscribe,
        webhook::deliveries,
        exchange::list,
        exchange::receive,
        exchange::reply,
        value,
    ),
    components(schemas(Notice, Errors))
)]
struct Document;

/// What is said before the operations.
pub const INTRODUCTION: &str = "热线、恳谈会、亲清直通车、走访、上级平台等渠道凭密钥为企业提交诉求，查询进展，补充、撤回、评价，订阅推送。\
密钥由市企服中心的系统管理员发放，放在 Authorization 头里：Bearer qifu_…。\
只能看到和办理这个密钥提交的诉求。出错时的应答是 {\"errors\":[{\"code\",\"field\",\"message\"}]}，所有不对的地方一次说完。\
没有密钥、密钥不对或已停用时应答 401，没有这项权限时应答 403；请求太多时应答 429，按 Retry-After 头的秒数再试；503 也可以再试，500 请联系我们。\
内容不是 application/json 时应答 415，不是有效的 JSON 时应答 400，太大时应答 413。\
提交、补充、撤回、评价可以带 Idempotency-Key 头：没有收到应答时原样重发，只做一次，应答相同（带 Idempotent-Replayed: true）。\
接收和答复上报的诉求凭 external_id，原样重发应答相同；订阅推送没有收到应答的，见该接口的说明。";

/// How a delivery is verified.
pub const SIGNATURE: &str = "推送是 POST，内容是 JSON。头 Qifu-Timestamp 是发出的秒数（Unix 时间），\
头 Qifu-Signature 是 v1= 加上 HMAC-SHA256(secret, 时间戳 + \".\" + 内容) 的十六进制。\
请先验签，再看时间戳与现在相差不超过 5 分钟，然后在 10 秒内应答 2xx；其他应答、重定向和超时都算没有送达，间隔越来越长地再试，约 14 小时后放弃。\
同一条可能收到多次（按 Qifu-Delivery 去重），先后可能颠倒（看 step.seq）；拿不准时用查询接口取最新的。";

/// The document.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "说明",
    operation_id = "openapi",
    summary = "这份说明（OpenAPI 3.1）",
    description = "不需要密钥。给人看的在 /api/v1/docs。",
    responses((status = 200, description = "OpenAPI 3.1 文档")),
    security(())
)]
pub fn value() -> &'static Value {
    static VALUE: OnceLock<Value> = OnceLock::new();
    VALUE.get_or_init(|| {
        let mut document = serde_json::to_value(Document::openapi()).unwrap_or_default();
        document["components"]["securitySchemes"]["key"] =
            json!({ "type": "http", "scheme": "bearer", "bearerFormat": "qifu_…", "description": "接口密钥" });
        document["webhooks"]["step"]["post"] = json!({
            "tags": ["推送"],
            "operationId": "step",
            "summary": "诉求走了一步",
            "description": SIGNATURE,
            "requestBody": {
                "required": true,
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Notice" } } },
            },
            "responses": { "200": { "description": "收到了" } },
        });
        share(&mut document);
        for (schema, field, codes) in vocabularies() {
            let property = &mut document["components"]["schemas"][schema]["properties"][field];
            let place = if property["items"].is_object() { &mut property["items"] } else { property };
            place["enum"] = codes;
        }
        document
    })
}

/// What is answered everywhere: whoever needs a key may hear these, and whoever sends a body those beside; said once, below the introduction.
const SHARED: [(&str, &str, bool, &str); 7] = [
    ("401", "NoKey", false, "没有密钥，密钥不对，或已停用"),
    ("403", "NoScope", false, "这个密钥没有这项权限"),
    ("429", "TooMany", false, "请求太多，按 Retry-After 头的秒数再试"),
    ("503", "Busy", false, "系统正忙，按 Retry-After 头的秒数再试"),
    ("400", "NoJson", true, "不是有效的 JSON，或没有传完"),
    ("413", "TooLarge", true, "内容太大"),
    ("415", "NoMediaType", true, "Content-Type 不是 application/json"),
];

/// Writes [`SHARED`] into every operation that may answer so.
fn share(document: &mut Value) {
    for (_, name, _, description) in SHARED {
        document["components"]["responses"][name] = json!({
            "description": description,
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Errors" } } },
        });
    }
    let methods = document["paths"].as_object_mut().into_iter().flatten().filter_map(|(_, methods)| methods.as_object_mut());
    for (_, operation) in methods.flatten() {
        if operation["security"][0]["key"].is_null() {
            continue;
        }
        let body = operation["requestBody"].is_object();
        for (status, name, with_body, _) in SHARED {
            if body || !with_body {
                operation["responses"][status] = json!({ "$ref": format!("#/components/responses/{name}") });
            }
        }
    }
}

/// Where a field has one of some codes: schema, field, codes. A null stands where it may be missing.
fn vocabularies() -> Vec<(&'static str, &'static str, Value)> {
    let codes = |list: Vec<&str>| -> Value { json!(list) };
    let or_null = |list: Vec<&str>| -> Value { list.into_iter().map(|code| json!(code)).chain([Value::Null]).collect() };
    let states: Vec<&str> = State::FILED.iter().map(|state| state.code()).collect();
    let levels: Vec<&str> = Satisfaction::ALL.iter().map(|level| level.code()).collect();
    let channels: Vec<&str> = Channel::OUTER.iter().map(|channel| channel.code()).collect();
    let steps: Vec<&str> = STEPS.iter().map(|(kind, _)| *kind).collect();
    vec![
        ("Issue", "state", codes(states.clone())),
        ("Issue", "channel", codes(channels.clone())),
        ("NewIssue", "channel", or_null(channels)),
        ("Notice", "state", codes(states.clone())),
        ("Step", "kind", codes(steps.clone())),
        ("Step", "outcome", or_null(Outcome::ALL.iter().map(|outcome| outcome.code()).collect())),
        ("Step", "level", or_null(levels.clone())),
        ("Rate", "level", codes(levels)),
        ("Rate", "reasons", codes(RatingReason::ALL.iter().map(|reason| reason.code()).collect())),
        ("IssueDetail", "can", codes(vec!["supply", "withdraw", "rate"])),
        ("Passed", "state", codes(states)),
        ("Delivery", "kind", codes(steps)),
        ("Delivery", "state", codes(vec!["waiting", "sent", "failed", "dead"])),
    ]
}

/// An operation, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// `GET` or `POST`.
    pub method: String,
    pub path: String,
    pub summary: String,
    pub description: String,
    /// The right that a key needs; empty where none does.
    pub scope: String,
    pub parameters: Vec<Field>,
    /// The schema of the body; empty where there is none.
    pub body: String,
    /// Status, what it means, and the schema of the answer, if it has one.
    pub answers: Vec<(String, String, String)>,
}

/// A parameter, or a property of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    /// In words.
    pub kind: String,
    /// The schema it is one of, or many of; empty for plain values.
    pub schema: String,
    pub required: bool,
    pub description: String,
    /// The codes it may have; empty for any value.
    pub codes: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The name behind a `$ref`, also where null is another choice.
fn reference(schema: &Value) -> String {
    let own = schema["$ref"].as_str();
    let of = |list: &Value| list.as_array().and_then(|all| all.iter().find_map(|one| one["$ref"].as_str().map(str::to_owned)));
    let found =
        own.map(str::to_owned).or_else(|| of(&schema["oneOf"])).or_else(|| of(&schema["anyOf"])).or_else(|| of(&schema["allOf"]));
    found.and_then(|path| path.rsplit('/').next().map(str::to_owned)).unwrap_or_default()
}

fn field(name: &str, schema: &Value, required: bool, description: &str) -> Field {
    let list = schema["items"].is_object();
    let inner = if list { &schema["items"] } else { schema };
    let types: Vec<&str> = match &inner["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(all) => all.iter().filter_map(Value::as_str).filter(|one| *one != "null").collect(),
        _ => Vec::new(),
    };
    let schema_name = reference(inner);
    let one = match (types.first().copied().unwrap_or(""), inner["format"].as_str()) {
        _ if !schema_name.is_empty() => schema_name.clone(),
        (_, Some("date-time")) => "时间".to_owned(),
        ("string", _) => "文字".to_owned(),
        ("integer", _) => "整数".to_owned(),
        ("boolean", _) => "true / false".to_owned(),
        (other, _) => other.to_owned(),
    };
    let longest = inner["maxLength"].as_u64().map_or_else(String::new, |most| format!("，最多 {most} 字"));
    let codes: Vec<&str> = inner["enum"].as_array().map(|all| all.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
    Field {
        name: name.to_owned(),
        kind: format!("{one}{longest}{}", if list { "（列表）" } else { "" }),
        schema: schema_name,
        required,
        description: description.to_owned(),
        codes: codes.join(" "),
    }
}

/// Every operation, in the order of the document's paths.
pub fn operations(document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for method in ["get", "post"] {
            let operation = &methods[method];
            if !operation.is_object() {
                continue;
            }
            let parameters = operation["parameters"].as_array().into_iter().flatten().map(|one| {
                let name = format!("{}（{}）", text(&one["name"]), place(&text(&one["in"])));
                field(&name, &one["schema"], one["required"].as_bool().unwrap_or(false), &text(&one["description"]))
            });
            // What all have in common the introduction says.
            let own = operation["responses"].as_object().into_iter().flatten().filter(|(_, answer)| answer["$ref"].is_null());
            let answers = own.map(|(status, answer)| {
                let schema = reference(&answer["content"]["application/json"]["schema"]);
                (status.clone(), text(&answer["description"]), schema)
            });
            let security = operation["security"].as_array().into_iter().flatten();
            let scopes = security.filter_map(|one| one["key"].as_array()).flatten().filter_map(Value::as_str);
            found.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                summary: text(&operation["summary"]),
                description: text(&operation["description"]),
                scope: scopes.collect::<Vec<_>>().join(" "),
                parameters: parameters.collect(),
                body: reference(&operation["requestBody"]["content"]["application/json"]["schema"]),
                answers: answers.collect(),
            });
        }
    }
    found
}

fn place(code: &str) -> &'static str {
    match code {
        "path" => "路径",
        "header" => "请求头",
        _ => "网址参数",
    }
}

/// A schema: its name, what it is, its fields, and an example.
pub fn schemas(document: &Value) -> Vec<(String, String, Vec<Field>, Value)> {
    let all = document["components"]["schemas"].as_object().into_iter().flatten();
    all.map(|(name, schema)| {
        let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let fields = schema["properties"].as_object().into_iter().flatten().map(|(field_name, property)| {
            field(field_name, property, required.contains(&field_name.as_str()), &text(&property["description"]))
        });
        (name.clone(), text(&schema["description"]), fields.collect(), example(document, name, 0))
    })
    .collect()
}

/// An example of a schema, made of the examples of its fields.
pub fn example(document: &Value, name: &str, depth: u8) -> Value {
    let schema = &document["components"]["schemas"][name];
    let mut made = serde_json::Map::new();
    for (field_name, property) in schema["properties"].as_object().into_iter().flatten() {
        made.insert(field_name.clone(), example_of(document, property, depth));
    }
    Value::Object(made)
}

fn example_of(document: &Value, property: &Value, depth: u8) -> Value {
    let given = [&property["example"], &property["examples"][0]].into_iter().find(|given| !given.is_null());
    if let Some(given) = given {
        return given.clone();
    }
    if property["items"].is_object() {
        let one = example_of(document, &property["items"], depth);
        return if one.is_null() { json!([]) } else { json!([one]) };
    }
    let name = reference(property);
    if !name.is_empty() {
        return if depth < 4 { example(document, &name, depth + 1) } else { Value::Null };
    }
    if let Some(code) = property["enum"].as_array().and_then(|codes| codes.first()) {
        return code.clone();
    }
    match &property["type"] {
        Value::String(kind) if kind == "integer" => json!(1),
        Value::String(kind) if kind == "boolean" => json!(true),
        Value::String(kind) if kind == "string" => json!("…"),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn it_is_openapi_3_1_and_every_reference_leads_somewhere() {
        let document = value();
        assert_eq!(document["openapi"], "3.1.0");
        let text = document.to_string();
        let named: BTreeSet<&str> =
            text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(named.len() > 10, "{named:?}");
        for name in named {
            assert!(document["components"]["schemas"][name].is_object(), "{name}");
        }
    }

    #[test]
    fn codes_stand_at_fields_that_are_there() {
        for (schema, name, codes) in vocabularies() {
            let property = &value()["components"]["schemas"][schema]["properties"][name];
            assert!(property["type"].is_string() || property["type"].is_array(), "{schema}.{name}: {property}");
            assert!(codes.as_array().is_some_and(|codes| !codes.is_empty()), "{schema}.{name}");
        }
    }

    #[test]
    fn every_operation_says_what_it_is_and_who_may() {
        let operations = operations(value());
        assert_eq!(operations.len(), 15);
        for operation in &operations {
            assert!(!operation.summary.is_empty() && !operation.answers.is_empty(), "{operation:?}");
            let method = operation.method.to_lowercase();
            let said = |status: &str| value()["paths"][&operation.path][&method]["responses"][status].is_object();
            let (key, body) = (!operation.scope.is_empty(), !operation.body.is_empty());
            assert_eq!([said("401"), said("403"), said("429"), said("415")], [key, key, key, body], "{}", operation.path);
            let open = operation.path.ends_with("/categories") || operation.path.ends_with("/openapi.json");
            assert_eq!(operation.scope.is_empty(), open, "{}", operation.path);
            assert_eq!(
                operation.method == "POST" && !operation.path.ends_with("/remove"),
                !operation.body.is_empty(),
                "{}",
                operation.path
            );
            assert!(operation.parameters.iter().all(|field| !field.description.is_empty()), "{}", operation.path);
        }
    }

    /// What the page shows as an example is what the interface takes.
    #[test]
    fn examples_are_bodies_that_can_be_read() {
        use crate::api::wire::{NewIssue, NewWebhook, Rate, Receive, Supply, Withdraw};
        fn reads<T: serde::de::DeserializeOwned>(name: &str) {
            let example = example(value(), name, 0);
            assert!(serde_json::from_value::<T>(example.clone()).is_ok(), "{name}: {example}");
        }
        reads::<NewIssue>("NewIssue");
        reads::<Supply>("Supply");
        reads::<Withdraw>("Withdraw");
        reads::<Rate>("Rate");
        reads::<NewWebhook>("NewWebhook");
        reads::<Receive>("Receive");
    }
}

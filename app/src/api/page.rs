//! Read by whoever connects a channel, at a desktop, while they program: the document in words, without a script.

use super::document::{Field, Operation, SIGNATURE, operations, schemas, value};
use crate::render::title;
use leptos::prelude::*;
use serde_json::Value;

/// The description of the interface.
#[component]
pub fn DocsPage() -> impl IntoView {
    title("接口说明");
    let document = value();
    let operations = operations(document);
    let index = operations.iter().map(|one| {
        view! { <li><a href=format!("#{}", anchor(one))><code>{one.method.clone()}" "{one.path.clone()}</code></a>" "{one.summary.clone()}</li> }
    });
    let index = index.collect_view();
    let introduction = document["info"]["description"].as_str().unwrap_or_default().to_owned();
    let data = schemas(document).into_iter().map(|(name, about, fields, example)| schema(&name, about, fields, &example));
    let data = data.collect_view();
    let shown = operations.iter().map(operation).collect_view();
    view! {
        <h1>"接口说明"</h1>
        {introduction.split_inclusive('。').map(|sentence| view! { <p>{sentence.to_owned()}</p> }).collect_view()}
        <p><a href="/api/v1/openapi.json">"OpenAPI 3.1 文档（JSON）"</a></p>
        <section class="card"><h2>"有哪些"</h2><ul>{index}</ul></section>
        {shown}
        <section class="card" id="signature">
            <h2>"推送和验签"</h2>
            <p>{SIGNATURE}</p>
            <p>"内容："{link("Notice")}</p>
        </section>
        <h2>"数据"</h2>
        {data}
    }
    .into_any()
}

fn anchor(operation: &Operation) -> String {
    let path = operation.path.trim_start_matches("/api/v1/").replace(['/', '{', '}', '.'], "-");
    format!("{}-{path}", operation.method.to_lowercase())
}

fn link(schema: &str) -> AnyView {
    if schema.is_empty() {
        return ().into_any();
    }
    let name = schema.to_owned();
    view! { <a href=format!("#{schema}")><code>{name}</code></a> }.into_any()
}

fn operation(one: &Operation) -> AnyView {
    let scope = match one.scope.as_str() {
        "" => "不需要密钥".to_owned(),
        scope => format!("需要权限 {scope}"),
    };
    let description = (!one.description.is_empty()).then(|| view! { <p>{one.description.clone()}</p> });
    let parameters = (!one.parameters.is_empty()).then(|| table("参数", &one.parameters));
    let body = (!one.body.is_empty()).then(|| view! { <p>"内容："{link(&one.body)}</p> });
    let answers = one.answers.iter().map(|(status, about, schema)| {
        view! { <li><code>{status.clone()}</code>" "{about.clone()}" "{link(schema)}</li> }
    });
    let answers = answers.collect_view();
    view! {
        <section class="card" id=anchor(one)>
            <h2>{one.summary.clone()}</h2>
            <p><code>{one.method.clone()}" "{one.path.clone()}</code>" · "{scope}</p>
            {description}{parameters}{body}
            <h3>"应答"</h3>
            <ul>{answers}</ul>
        </section>
    }
    .into_any()
}

fn table(name: &'static str, fields: &[Field]) -> AnyView {
    let rows = fields.iter().map(|field| {
        let codes = (!field.codes.is_empty()).then(|| view! { <br/><code>{field.codes.clone()}</code> });
        let kind = if field.schema.is_empty() { field.kind.clone().into_any() } else { link(&field.schema) };
        view! {
            <tr>
                <th scope="row"><code>{field.name.clone()}</code></th>
                <td>{kind}{if field.required { "" } else { "（可空）" }}</td>
                <td>{field.description.clone()}{codes}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label=name>
            <table class="clocks">
                <thead><tr><th scope="col">{name}</th><th scope="col">"是什么"</th><th scope="col">"说明"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn schema(name: &str, about: String, fields: Vec<Field>, example: &Value) -> AnyView {
    let example = serde_json::to_string_pretty(example).unwrap_or_default();
    view! {
        <section class="card" id=name.to_owned()>
            <h3><code>{name.to_owned()}</code></h3>
            <p>{about}</p>
            {table("字段", &fields)}
            <pre tabindex="0"><code>{example}</code></pre>
        </section>
    }
    .into_any()
}

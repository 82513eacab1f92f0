//! The import of facts from a file.

use crate::form::Form;
use crate::policy::desk::Imported;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::{back, section};
use leptos::prelude::*;

/// The import's form; below its heading, what came of the last file.
#[component]
pub fn FactsPage() -> impl IntoView {
    let (request, form, imported) = (Request::current(), Form::typed(), use_context::<Imported>());
    reads(async move {
        request.open().await?.require_policy_editor()?;
        title("导入企业数据");
        Ok(page(imported, &form))
    })
}

const HINT: &str = "一行一项：统一社会信用代码、指标、数值、期间、来源；或一行一家企业，指标代码作表头。\
错误的行会列出行号和原因，正确的行照常导入，重复导入不会改变什么。";

fn page(imported: Option<Imported>, form: &Form) -> AnyView {
    let source = form.value("source").to_owned();
    view! {
        {back("/desk/policies", "政策列表")}
        {form.summary()}
        <h1>"导入企业数据"</h1>
        {imported.map(report)}
        <form method="post" action="/desk/facts" enctype="multipart/form-data" class="stack" novalidate>
            <div class="field">
                <label for="file">"csv 或 xlsx 文件"</label>
                <p class="hint" id="file-hint">{HINT}</p>
                <input id="file" name="file" type="file" accept=".csv,.xlsx" aria-describedby="file-hint"/>
            </div>
            <div class="field">
                <label for="source">"来源（表里没有时用）"</label>
                <input id="source" name="source" type="text" maxlength="60" value=source/>
            </div>
            <button class="button">"导入"</button>
        </form>
        <p><a href="/desk/facts/template">"下载模板"</a></p>
    }
    .into_any()
}

fn report(Imported { good, changed, bad }: Imported) -> AnyView {
    let lines = bad.iter().take(200).map(|(line, reason)| view! { <li>{format!("第 {line} 行：{reason}")}</li> }).collect_view();
    let more = (bad.len() > 200).then(|| view! { <li>{format!("还有 {} 行", bad.len() - 200)}</li> });
    let faults = (!bad.is_empty())
        .then(|| view! { <p>{format!("{} 行有问题，没有导入：", bad.len())}</p><ul class="plain">{lines}{more}</ul> });
    let words = format!("{good} 行正确，{changed} 项数据有变化，企业会重新匹配政策。");
    section("导入结果", view! { <p role="status">{words}</p>{faults} })
}

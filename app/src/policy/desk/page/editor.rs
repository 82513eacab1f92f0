//! The editor: a form that posts itself at every change of shape and loses nothing, alive where there is WebAssembly; JSON and
//! versions below it.

use crate::form::Form;
use crate::policy::desk::PolicyForm;
use crate::policy::desk::act::path;
use crate::policy::desk::fields::Fields;
use crate::policy::desk::island::Posts;
use crate::policy::desk::read::{self, Editor};
use crate::policy::desk::sheet::Sheet;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{hidden, textarea};
use crate::ui::{back, icon, section, time};
use domain::calendar::words as dates;
use domain::policy::check::may_publish;
use domain::policy::version::State;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;
use store::policy::item::Version;
use time::OffsetDateTime;

/// An item.
#[derive(Params, Debug, Clone, PartialEq, Eq)]
pub struct ItemParams {
    pub code: String,
}

/// A new item.
#[component]
pub fn NewPolicyPage() -> impl IntoView {
    editor(None)
}

/// A stored item.
#[component]
pub fn PolicyPage() -> impl IntoView {
    let params = use_params::<ItemParams>().get_untracked();
    editor(Some(params.map(|params| params.code).unwrap_or_default()))
}

fn editor(code: Option<String>) -> impl IntoView {
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let (editor, sheet, now) = {
            let mut ctx = request.open().await?;
            let (editor, sheet) = read::written(&mut ctx, code.as_deref(), &form).await?;
            (editor, sheet, ctx.now)
        };
        title(editor.version.as_ref().map_or_else(|| "新政策条目".to_owned(), |version| version.title.clone()));
        Ok(page(&editor, sheet, &form, now))
    })
}

fn page(editor: &Editor, sheet: Sheet, form: &Form, now: OffsetDateTime) -> AnyView {
    let version = editor.version.as_ref();
    let heading = version.map_or_else(|| "新政策条目".to_owned(), |version| version.title.clone());
    let state = version.map(|version| {
        let about = format!("{} 第 {} 版", version.code, version.version);
        view! { <p class="tags"><span class="tag run">{label(&version.state)}</span><span class="muted">{about}</span></p> }
    });
    let note = version.filter(|version| matches!(version.state.as_str(), "published" | "withdrawn")).map(|_| {
        view! { <p class="lead">"已发布的版本不会改变。保存会生成新的一版草稿，发布后按各自的有效期执行。"</p> }
    });
    provide_context(Posts(path(version.map(|version| version.code.as_str()))));
    view! {
        {back("/desk/policies", "政策列表")}
        {form.summary()}
        <h1>{heading}</h1>
        {state}
        {note}
        {steps(editor, form)}
        <PolicyForm><Fields sheet/></PolicyForm>
        {json(editor, form)}
        {versions(editor, now)}
    }
    .into_any()
}

fn label(state: &str) -> &'static str {
    State::from_code(state).map_or("", State::label)
}

/// What the two persons can do with a stored version.
fn steps(editor: &Editor, form: &Form) -> Option<AnyView> {
    let version = editor.version.as_ref()?;
    let base = format!("/desk/policies/{}", version.code);
    let post = |path: &str, label: &'static str, class: &'static str| {
        let (action, number, content) = (format!("{base}/{path}"), version.version.to_string(), version.content());
        view! { <form method="post" action=action>{hidden("version", number)}{hidden("content", content)}<button class=class>{label}</button></form> }
            .into_any()
    };
    let mine = version.written_by == Some(editor.staff.id);
    let list: Vec<AnyView> = match version.state.as_str() {
        "draft" if may_publish(&editor.problems) => vec![post("submit", "提交发布", "button")],
        "draft" => vec![view! { <p class="muted">"改完下面的问题后才能提交发布。"</p> }.into_any()],
        "submitted" if mine => vec![
            view! { <p class="muted">"等待另一位政策编辑发布；起草人不能自己发布。"</p> }.into_any(),
            post("return", "退回修改", "button secondary"),
        ],
        "submitted" => vec![post("publish", "发布", "button"), post("return", "退回修改", "button secondary")],
        "published" => {
            let evaluation = format!("{base}/evaluation");
            let link = view! { <a class="button secondary" href=evaluation>"政策评估"</a> };
            vec![link.into_any(), withdraw(version, form)]
        }
        _ => vec![view! { <p class="muted">{format!("已撤下：{}", version.withdrawn_reason)}</p> }.into_any()],
    };
    Some(view! { <div class="row">{list}</div> }.into_any())
}

fn withdraw(version: &Version, form: &Form) -> AnyView {
    let action = format!("/desk/policies/{}/withdraw", version.code);
    let fault = form.error("reason").map(|sentence| view! { <p class="fault">{icon("warn")}{sentence.to_owned()}</p> });
    let (refused, reason) = (fault.is_some(), form.value("reason").to_owned());
    view! {
        <details open=refused><summary>"撤下这项政策"</summary>
            <form method="post" action=action class="stack">
                {hidden("version", version.version.to_string())}
                <div class="field" class:bad=refused>
                    <label for="reason">"撤下的原因"</label>{fault}
                    <input id="reason" name="reason" type="text" maxlength="200" value=reason/>
                </div>
                <button class="button secondary">"撤下"</button>
            </form>
        </details>
    }
    .into_any()
}

/// The item as JSON, out and in.
fn json(editor: &Editor, form: &Form) -> AnyView {
    let version = editor.version.as_ref();
    // What was pasted and is no JSON stays to be mended.
    let json = match form.error("json") {
        None => serde_json::to_string_pretty(&editor.draft.value).unwrap_or_default(),
        Some(_) => form.value("json").to_owned(),
    };
    let fault = form.error("json").map(|sentence| view! { <p class="fault">{icon("warn")}{sentence.to_owned()}</p> });
    let open = fault.is_some();
    let download = version.map(|version| {
        let href = format!("/desk/policies/{}/json", version.code);
        view! { <p><a href=href>"下载 JSON"</a></p> }
    });
    view! {
        <details class="card" open=open><summary>"JSON 导入、导出"</summary>
            <form method="post" action="/desk/policies/json" class="stack" novalidate>
                {hidden("code", version.map(|version| version.code.clone()).unwrap_or_default())}
                <div class="field" class:bad=open>
                    <label for="json">"条目的 JSON"</label>{fault}
                    <textarea id="json" name="json" rows="12" spellcheck="false" inner_html=textarea(&json)></textarea>
                </div>
                <button class="button secondary">"载入到表单"</button>
            </form>
            {download}
        </details>
    }
    .into_any()
}

/// The versions, newest first, each with the lines that changed against the one before.
fn versions(editor: &Editor, now: OffsetDateTime) -> Option<AnyView> {
    let list = &editor.versions;
    let rows = list.iter().enumerate().map(|(at, version)| {
        let changes = list.get(at + 1).map(|before| changed_lines(before, version)).filter(|lines| !lines.is_empty());
        view! {
            <li class="cell"><div>
                <span class="cell-head">
                    <strong>{format!("第 {} 版", version.version)}</strong><span class="tag quiet">{label(&version.state)}</span>
                </span>
                <span class="muted">{time(version.written_at, dates::moment(version.written_at, now))}" 保存"</span>
                {changes.map(difference)}
            </div></li>
        }
    });
    (!list.is_empty()).then(|| section("版本", view! { <ul class="cells">{rows.collect_view()}</ul> }))
}

fn difference(lines: Vec<(&'static str, String)>) -> impl IntoView {
    let lines = lines.into_iter().map(|(sign, line)| {
        let class = if sign == "+" { "added" } else { "removed" };
        view! { <li class=class><span aria-hidden="true">{sign}</span>" "<code>{line}</code></li> }
    });
    view! { <details><summary>"与上一版的差别"</summary><ul class="plain diff">{lines.collect_view()}</ul></details> }
}

/// Lines of the formatted JSON that only one of two versions has.
fn changed_lines(before: &Version, after: &Version) -> Vec<(&'static str, String)> {
    let lines = |version: &Version| -> Vec<String> {
        let value: serde_json::Value = serde_json::from_str(&version.body).unwrap_or_default();
        let text = serde_json::to_string_pretty(&value).unwrap_or_default();
        text.lines().map(|line| line.trim().to_owned()).collect()
    };
    let (old, new) = (lines(before), lines(after));
    let only = |list: &[String], other: &[String]| -> Vec<String> {
        list.iter().filter(|line| !other.contains(line) && !line.starts_with("\"version\"")).cloned().collect()
    };
    let gone = only(&old, &new).into_iter().map(|line| ("−", line));
    let added = only(&new, &old).into_iter().map(|line| ("+", line));
    gone.chain(added).collect()
}

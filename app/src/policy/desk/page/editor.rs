//! The editor: a form that posts itself at every change of shape and loses nothing, alive where there is WebAssembly; JSON and
//! versions below it.

use crate::form::Form;
use crate::policy::desk::PolicyForm;
use crate::policy::desk::act::{path, to_see};
use crate::policy::desk::fields::Fields;
use crate::policy::desk::island::Posts;
use crate::policy::desk::read::{self, Editor};
use crate::policy::desk::sheet::Sheet;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{hidden, textarea};
use crate::ui::{back, icon, section, time, words as text};
use domain::calendar::words as dates;
use domain::policy::check::may_publish;
use domain::policy::difference::difference;
use domain::policy::library::Library;
use domain::policy::version::State;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::{use_params, use_query};
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
    let copied = use_query::<CopyQuery>().get_untracked().ok().and_then(|query| query.copy);
    editor(None, copied)
}

/// The item that a new one begins as a copy of.
#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct CopyQuery {
    copy: Option<String>,
}

/// A stored item.
#[component]
pub fn PolicyPage() -> impl IntoView {
    let params = use_params::<ItemParams>().get_untracked();
    editor(Some(params.map(|params| params.code).unwrap_or_default()), None)
}

fn editor(code: Option<String>, copied: Option<String>) -> impl IntoView {
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let (editor, sheet, reach, now) = {
            let mut ctx = request.open().await?;
            let form = match &copied {
                Some(copied) if form.pairs().is_empty() => read::copy(&mut ctx, copied).await?,
                _ => form.clone(),
            };
            let (editor, sheet) = read::written(&mut ctx, code.as_deref(), &form).await?;
            let reach = read::reach(&mut ctx, &editor).await?;
            (editor, sheet, reach, ctx.now)
        };
        title(editor.version.as_ref().map_or_else(|| "新政策条目".to_owned(), |version| version.title.clone()));
        Ok(page(&editor, sheet, &form, &reach, now))
    })
}

fn page(editor: &Editor, sheet: Sheet, form: &Form, reach: &str, now: OffsetDateTime) -> AnyView {
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
    // The list that it stands in now.
    let list = version.map_or_else(|| "/desk/policies".to_owned(), |version| format!("/desk/policies?state={}", version.state));
    view! {
        {back(list, "政策列表")}
        {form.summary()}
        <h1>{heading}</h1>
        {state}
        {note}
        {steps(editor, form)}
        {review(editor, form, reach)}
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
    let mine = version.writers.contains(&editor.staff.id);
    let list: Vec<AnyView> = match version.state.as_str() {
        "draft" if may_publish(&editor.problems) => vec![post("submit", "提交发布", "button")],
        "draft" => vec![view! { <p class="muted">"改完下面的问题后才能提交发布。"</p> }.into_any()],
        "submitted" if mine => vec![
            view! { <p class="muted">"等待另一位政策编辑发布；起草人不能自己发布，改过这一版的人都算起草人。"</p> }.into_any(),
            post("return", "退回修改", "button secondary"),
        ],
        // Publishing has a section of its own.
        "submitted" => vec![post("return", "退回修改", "button secondary")],
        "published" => {
            let evaluation = format!("{base}/evaluation");
            let link = view! { <a class="button secondary" href=evaluation>"政策评估"</a> };
            vec![link.into_any(), withdraw(version, form)]
        }
        _ => vec![view! { <p class="muted">{format!("已撤下：{}", version.withdrawn_reason)}</p> }.into_any()],
    };
    let copy = format!("/desk/policies/new?copy={}", version.code);
    Some(view! { <div class="row">{list}<a class="button secondary" href=copy>"复制为新条目"</a></div> }.into_any())
}

/// What the second person looks at before it comes before the city: whom it reaches, what it costs, what changed; a tick for each.
fn review(editor: &Editor, form: &Form, reach: &str) -> Option<AnyView> {
    let version = editor.version.as_ref().filter(|version| version.state == "submitted")?;
    if version.writers.contains(&editor.staff.id) {
        return None;
    }
    let earlier = editor.versions.get(1);
    let changed = match earlier {
        Some(before) => differences(before, version, &editor.library),
        None => view! { <p class="muted">"这是第一版，没有上一版可比。请逐条核对下面的内容。"</p> }.into_any(),
    };
    let ticks = to_see(earlier.is_some()).map(|(code, label)| {
        let id = format!("seen-{code}");
        let fault = form.error(&id).map(|_| view! { <p class="fault">{icon("warn")}"请核对后勾选"</p> });
        let (bad, checked) = (fault.is_some(), form.chosen("seen", code));
        view! {
            <div class="choice" class:bad=bad>
                {fault}
                <input type="checkbox" id=id.clone() name="seen" value=*code checked=checked/>
                <label for=id><span>{*label}</span></label>
            </div>
        }
    });
    let source = editor.draft.text("/document/url");
    let source = (source.starts_with("http://") || source.starts_with("https://"))
        .then(|| view! { <p><a href=source target="_blank" rel="noopener noreferrer">"打开文件原文"</a></p> });
    let action = format!("/desk/policies/{}/publish", version.code);
    let body = view! {
        <p><strong>{reach.to_owned()}</strong></p>
        {source}
        <h3>"与上一版的差别"</h3>
        {changed}
        <form method="post" action=action class="stack" novalidate>
            {hidden("version", version.version.to_string())}
            {hidden("content", version.content())}
            <fieldset class="field choices"><legend>"发布前请逐项核对"</legend><div class="options">{ticks.collect_view()}</div></fieldset>
            <button class="button">"发布"</button>
        </form>
    };
    Some(section("核对发布", body))
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

/// The versions, newest first, each with what changed against the one before.
fn versions(editor: &Editor, now: OffsetDateTime) -> Option<AnyView> {
    let list = &editor.versions;
    let rows = list.iter().enumerate().map(|(at, version)| {
        let changes = list.get(at + 1).map(|before| {
            let table = differences(before, version, &editor.library);
            view! { <details><summary>"与上一版的差别"</summary>{table}</details> }
        });
        view! {
            <li class="cell"><div>
                <span class="cell-head">
                    <strong>{format!("第 {} 版", version.version)}</strong><span class="tag quiet">{label(&version.state)}</span>
                </span>
                <span class="muted">{time(version.written_at, dates::moment(version.written_at, now))}" 保存"</span>
                {changes}
            </div></li>
        }
    });
    (!list.is_empty()).then(|| section("版本", view! { <ul class="cells">{rows.collect_view()}</ul> }))
}

/// Field by field, what was and what is.
fn differences(before: &Version, after: &Version, library: &Library) -> AnyView {
    let (Ok(old), Ok(new)) = (before.item(), after.item()) else {
        return view! { <p class="muted">"有一版读不出来，无法比较。"</p> }.into_any();
    };
    let list = difference(&old, &new, library);
    if list.is_empty() {
        return view! { <p class="muted">"内容没有变化。"</p> }.into_any();
    }
    let side = |words: String| if words.is_empty() { view! { <span class="muted">"无"</span> }.into_any() } else { text(words) };
    let rows = list.into_iter().map(|one| {
        view! { <tr><th scope="row">{one.field}</th><td class="removed">{side(one.before)}</td><td class="added">{side(one.after)}</td></tr> }
    });
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="与上一版的差别">
            <table class="figures diff">
                <thead><tr><th scope="col">"内容"</th><th scope="col">"上一版"</th><th scope="col">"这一版"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

//! The editor: a form that posts itself at every change of shape and loses nothing, the preview beside it, versions below.

use super::parts::{Part, Shape, parts};
use crate::api::policy_desk::{Editor, STATES};
use crate::api::policy_draft::pointer_of;
use crate::render::Page;
use crate::shell::{Chrome, Section};
use crate::ui::form::{Form, hidden};
use crate::ui::policy::{amount, conditions};
use crate::ui::{back, icon, section, time};
use domain::calendar::words as dates;
use domain::policy::book::Truth;
use domain::policy::check::may_publish;
use domain::policy::money::Fen;
use domain::policy::words;
use leptos::prelude::*;
use store::policy::item::Version;
use store::reference::Reference;
use time::OffsetDateTime;

/// The page. `form` holds what was typed into the parts beside the item, and faults.
pub fn editor(editor: &Editor, form: &Form, reference: &Reference, now: OffsetDateTime) -> Page {
    let version = editor.version.as_ref();
    let action =
        version.map_or_else(|| "/desk/policies/new".to_owned(), |version| format!("/desk/policies/{}/edit", version.code));
    let title = version.map_or_else(|| "新政策条目".to_owned(), |version| version.title.clone());
    let list = parts(&editor.draft, &editor.library);
    let mut rest = list.into_iter();
    let fields = draw(&mut rest, editor, form);
    let state = version.map(|version| {
        let label = STATES.iter().find(|row| row.0 == version.state).map_or("", |row| row.1);
        view! { <p class="tags"><span class="tag run">{label}</span><span class="muted">{format!("{} 第 {} 版", version.code, version.version)}</span></p> }
    });
    let note = version.filter(|version| matches!(version.state.as_str(), "published" | "withdrawn")).map(|_| {
        view! { <p class="lead">"已发布的版本不会改变。保存会生成新的一版草稿，发布后按各自的有效期执行。"</p> }
    });
    let departments = reference.departments.iter().map(|d| {
        let chosen = form.chosen("department", &d.id.to_string())
            || (form.value("department").is_empty() && version.and_then(|v| v.department) == Some(d.id));
        view! { <option value=d.id.to_string() selected=chosen>{d.name.clone()}</option> }
    });
    // What was pasted and is no JSON stays to be mended.
    let json = match form.value("json") {
        "" => serde_json::to_string_pretty(&editor.draft.value).unwrap_or_default(),
        pasted => pasted.to_owned(),
    };
    let json_fault = form.error("json").map(|sentence| view! { <p class="fault">{icon("warn")}{sentence.to_owned()}</p> });
    let json_open = json_fault.is_some();
    let waiting = version.is_some_and(|version| version.state == "submitted");
    let buttons = (!waiting).then(|| {
        view! {
            <p class="row sticky-actions">
                <button class="button" name="do" value="save">"保存草稿"</button>
                <button class="button secondary" name="do" value="preview">{icon("search")}"预览"</button>
            </p>
        }
    });
    Page::new(
        title.clone(),
        Chrome::Desk(Section::Policies),
        view! {
            {back("/desk/policies", "政策列表")}
            {form.summary()}
            <h1>{title}</h1>
            {state}
            {note}
            {steps(editor, form)}
            {problems(editor)}
            {preview(editor)}
            <form method="post" action=action class="stack policy-editor" novalidate>
                // Enter in a field must not press the first button that happens to stand above.
                <button class="hidden" name="do" value="preview" tabindex="-1" aria-hidden="true">"预览"</button>
                {buttons}
                {section("预览的企业", view! {
                    <p class="hint">"名称或统一社会信用代码，最多三家；预览时还会统计全域覆盖"</p>
                    <div class="calc-fields">{[1, 2, 3].map(|n| preview_field(n, form)).into_iter().collect_view()}</div>
                })}
                {fields}
                <div class="field">
                    <label for="department">"审核部门"</label>
                    <select id="department" name="department"><option value="">"政策编辑自己审核"</option>{departments.collect_view()}</select>
                </div>
            </form>
            <details class="card" open=json_open><summary>"JSON 导入、导出"</summary>
                <form method="post" action="/desk/policies/json" class="stack" novalidate>
                    {hidden("code", version.map(|version| version.code.clone()).unwrap_or_default())}
                    <div class="field" class:bad=json_open><label for="json">"条目的 JSON"</label>{json_fault}<textarea id="json" name="json" rows="12" spellcheck="false">{format!("\n{json}")}</textarea></div>
                    <button class="button secondary">"载入到表单"</button>
                </form>
                {version.map(|version| { let href = format!("/desk/policies/{}/json", version.code); view! { <p><a href=href>"下载 JSON"</a></p> } })}
            </details>
            {versions(editor, now)}
        },
    )
}

fn preview_field(n: i32, form: &Form) -> AnyView {
    let name = format!("preview{n}");
    let value = form.value(&name).to_owned();
    view! {
        <div class="field"><label for=name.clone()>{format!("企业 {n}")}</label><input id=name.clone() name=name type="text" value=value autocomplete="off"/></div>
    }
    .into_any()
}

/// What the two persons can do with a stored version.
fn steps(editor: &Editor, form: &Form) -> Option<AnyView> {
    let version = editor.version.as_ref()?;
    let base = format!("/desk/policies/{}", version.code);
    let number = version.version.to_string();
    let post = |path: &str, label: &'static str, class: &'static str| {
        let (action, number) = (format!("{base}/{path}"), number.clone());
        view! { <form method="post" action=action>{hidden("version", number)}<button class=class>{label}</button></form> }
            .into_any()
    };
    let mine = version.written_by == Some(editor.staff.id);
    let list: Vec<AnyView> = match version.state.as_str() {
        "draft" if may_publish(&editor.preview.problems) => vec![post("submit", "提交发布", "button")],
        "draft" => vec![view! { <p class="muted">"改完下面的问题后才能提交发布。"</p> }.into_any()],
        "submitted" if mine => vec![
            view! { <p class="muted">"等待另一位政策编辑发布；起草人不能自己发布。"</p> }.into_any(),
            post("return", "退回修改", "button secondary"),
        ],
        "submitted" => vec![post("publish", "发布", "button"), post("return", "退回修改", "button secondary")],
        "published" => {
            let action = format!("{base}/withdraw");
            let evaluation = format!("{base}/evaluation");
            let fault = form.error("reason").map(|sentence| view! { <p class="fault">{icon("warn")}{sentence.to_owned()}</p> });
            let (refused, reason) = (fault.is_some(), form.value("reason").to_owned());
            vec![
                view! { <a class="button secondary" href=evaluation>"政策评估"</a> }.into_any(),
                view! {
                    <details open=refused><summary>"撤下这项政策"</summary>
                        <form method="post" action=action class="stack">{hidden("version", number.clone())}
                            <div class="field" class:bad=refused><label for="reason">"撤下的原因"</label>{fault}<input id="reason" name="reason" type="text" maxlength="200" value=reason/></div>
                            <button class="button secondary">"撤下"</button>
                        </form>
                    </details>
                }
                .into_any(),
            ]
        }
        _ => vec![view! { <p class="muted">{format!("已撤下：{}", version.withdrawn_reason)}</p> }.into_any()],
    };
    Some(view! { <div class="row">{list}</div> }.into_any())
}

fn problems(editor: &Editor) -> Option<AnyView> {
    let list: Vec<AnyView> = editor
        .preview
        .problems
        .iter()
        .map(|problem| {
            let href = format!("#{}", pointer_of(&problem.place));
            let tag = if problem.advice { "建议" } else { "必改" };
            view! { <li><span class="tag quiet">{tag}</span>" "<a href=href>{problem.place.clone()}</a>"："{problem.sentence.clone()}</li> }.into_any()
        })
        .collect();
    (!list.is_empty()).then(|| section(format!("检查 {}", list.len()), view! { <ul class="plain">{list}</ul> }))
}

fn preview(editor: &Editor) -> Option<AnyView> {
    let reach = editor.preview.reach.map(|(count, sum)| {
        let words = format!(
            "会覆盖 {} 家企业，约 {}",
            domain::policy::money::thousands(i64::try_from(count).unwrap_or(i64::MAX)),
            Fen(sum).words()
        );
        view! { <p class="policy-total"><strong class="money">{words}</strong></p> }
    });
    let book = editor.preview.book.as_ref();
    let list: Vec<AnyView> = editor
        .preview
        .enterprises
        .iter()
        .filter_map(|(name, outcome, facts)| {
            let book = book?;
            let item = &book.items()[outcome.item];
            let explained = book.explain(outcome.item, facts);
            let short = explained.iter().filter(|leaf| leaf.truth == Truth::Unmet).count();
            let line = format!("{}，{}，{short} 项不符合", outcome.standing.label(), amount(item, outcome));
            let formula = words::formula(&editor.library, &item.amount, facts);
            Some(
                view! {
                    <details class="cell"><summary><strong>{name.clone()}</strong>" "{line}</summary>
                        <p class="muted">{formula}</p>{conditions(item, &explained, &editor.library)}
                    </details>
                }
                .into_any(),
            )
        })
        .collect();
    (reach.is_some() || !list.is_empty()).then(|| section("预览", view! { {reach}{list} }))
}

/// Draws parts until a group ends.
fn draw(rest: &mut impl Iterator<Item = Part>, editor: &Editor, form: &Form) -> Vec<AnyView> {
    let mut views = Vec::new();
    while let Some(part) = rest.next() {
        match part {
            Part::Close => break,
            Part::Open { title, pointer, movable } => {
                let inner = draw(rest, editor, form);
                let moves = (!pointer.is_empty() && pointer != "/condition" && pointer != "/amount").then(|| {
                    let button = |verb: &str, label: &'static str| {
                        let value = format!("{verb}|{pointer}");
                        view! { <button class="button small secondary" name="do" value=value>{label}</button> }
                    };
                    let order = movable.then(|| view! { {button("up", "上移")}{button("down", "下移")} });
                    let removable = movable || pointer.starts_with("/clauses/") || pointer.contains("/by_tag/");
                    let remove = removable.then(|| button("remove", "删除"));
                    view! { <p class="row">{order}{remove}</p> }
                });
                // A clause's own text, and what a tag pays, already bear this id.
                let taken = pointer.is_empty() || pointer.starts_with("/clauses/") || pointer.contains("/by_tag/");
                let id = (!taken).then(|| pointer.clone());
                let class = if pointer.is_empty() { "card group" } else { "group nested" };
                views.push(view! { <fieldset class=class id=id tabindex="-1"><legend>{title}</legend>{moves}<div class="group-fields">{inner}</div></fieldset> }.into_any());
            }
            Part::Control { name, label, value, shape } => views.push(control(name, label, value, shape, editor, form)),
            Part::Add { pointer, label, kinds } => {
                let name = format!("kind:{pointer}");
                let choice = (!kinds.is_empty()).then(|| {
                    let list =
                        kinds.into_iter().map(|(value, label)| view! { <option value=value>{label}</option> }).collect_view();
                    view! { <select name=name aria-label="种类">{list}</select> }
                });
                let value = format!("add|{pointer}");
                views.push(view! { <p class="row add">{choice}<button class="button small secondary" name="do" value=value>{icon("plus")}{label}</button></p> }.into_any());
            }
            Part::Become { pointer, kinds, kind, nest } => {
                let name = format!("kind:{pointer}");
                // A list has its own control of this name's kind for what is added to it; the pointer tells them apart.
                let list = kinds.into_iter().map(|(value, label)| {
                    let selected = value == kind;
                    view! { <option value=value selected=selected>{label}</option> }
                });
                let become_it = format!("become|{pointer}");
                let nest = nest.then(|| {
                    let value = format!("nest|{pointer}");
                    view! { <button class="button small secondary" name="do" value=value>"套一层“满足任一”"</button> }
                });
                views.push(
                    view! {
                        <p class="row become"><select name=name aria-label="换成">{list.collect_view()}</select>
                            <button class="button small secondary" name="do" value=become_it>"换成这种"</button>{nest}</p>
                    }
                    .into_any(),
                );
            }
        }
    }
    views
}

fn control(name: String, label: &'static str, value: String, shape: Shape, editor: &Editor, form: &Form) -> AnyView {
    if let Shape::Hidden = shape {
        return view! { <input type="hidden" name=name value=value/> }.into_any();
    }
    // The place of a problem is the pointer; lists and keys stand where their values do.
    let pointer = name.split_once(':').map_or(name.clone(), |(_, pointer)| pointer.to_owned());
    let own = editor
        .preview
        .problems
        .iter()
        .find(|problem| pointer_of(&problem.place) == pointer)
        .map(|problem| problem.sentence.clone());
    let fault = form.error(&pointer).map(str::to_owned).or(own);
    let bad = fault.is_some();
    let id = if name.starts_with("key:") { name.clone() } else { pointer };
    let fault = fault.map(|sentence| view! { <p class="fault">{icon("warn")}{sentence}</p> });
    let invalid = bad.then_some("true");
    let input = match shape {
        Shape::Lines => {
            let text = format!("\n{value}");
            view! { <textarea id=id.clone() name=name rows="3" aria-invalid=invalid>{text}</textarea> }.into_any()
        }
        Shape::Choice(mut list) => {
            // What is not in the library stays what it is, and is said to be unknown.
            if !value.is_empty() && !list.iter().any(|(code, _)| *code == value) {
                list.push((value.clone(), format!("{value}（未登记）")));
            }
            let list = list.into_iter().map(|(code, label)| {
                let selected = code == value;
                view! { <option value=code selected=selected>{label}</option> }
            });
            view! { <select id=id.clone() name=name aria-invalid=invalid><option value="">"请选择"</option>{list.collect_view()}</select> }.into_any()
        }
        shape => {
            let kind = if let Shape::Day = shape { "date" } else { "text" };
            view! { <input id=id.clone() name=name type=kind value=value autocomplete="off" aria-invalid=invalid/> }.into_any()
        }
    };
    view! { <div class="field" class:bad=bad><label for=id>{label}</label>{fault}{input}</div> }.into_any()
}

/// The versions, newest first, each with the lines that changed against the one before.
fn versions(editor: &Editor, now: OffsetDateTime) -> Option<AnyView> {
    let list = &editor.versions;
    (!list.is_empty()).then(|| {
        let rows = list.iter().enumerate().map(|(at, version)| {
            let label = STATES.iter().find(|row| row.0 == version.state).map_or("", |row| row.1);
            let changes = list.get(at + 1).map(|before| changed_lines(before, version));
            let changes = changes.filter(|lines| !lines.is_empty()).map(|lines| {
                let lines = lines.into_iter().map(|(sign, line)| {
                    let class = if sign == "+" { "added" } else { "removed" };
                    view! { <li class=class><span aria-hidden="true">{sign}</span>" "<code>{line}</code></li> }
                });
                view! { <details><summary>"与上一版的差别"</summary><ul class="plain diff">{lines.collect_view()}</ul></details> }
            });
            view! {
                <li class="cell"><div>
                    <span class="cell-head"><strong>{format!("第 {} 版", version.version)}</strong><span class="tag quiet">{label}</span></span>
                    <span class="muted">{time(version.written_at, dates::moment(version.written_at, now))}" 保存"</span>
                    {changes}
                </div></li>
            }
        });
        section("版本", view! { <ul class="cells">{rows.collect_view()}</ul> })
    })
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

//! The libraries of attributes, tags and questions, and the import of facts.

use crate::render::Page;
use crate::shell::{Chrome, Section};
use crate::ui::form::{Form, hidden};
use crate::ui::{back, icon, section};
use domain::policy::library::{AttributeKind, Library};
use leptos::prelude::*;

/// How often an attribute is refreshed: code and label.
const REFRESH: [(&str, &str); 5] =
    [("once", "一次"), ("annual", "每年"), ("quarterly", "每季度"), ("monthly", "每月"), ("realtime", "实时")];

/// The page; `form` holds what was refused.
pub fn libraries(library: &Library, form: &Form) -> Page {
    let attributes = library.attributes.values().map(|attribute| {
        let refresh = REFRESH.iter().find(|row| row.0 == attribute.refresh).map_or("", |row| row.1);
        view! {
            <tr>
                <td><strong>{attribute.name.clone()}</strong><small>{attribute.code.clone()}</small></td>
                <td>{attribute.kind.label()}<small>{attribute.unit.clone()}</small></td>
                <td>{attribute.source.clone()}<small>{refresh}</small></td>
                <td>{if attribute.enterprise_may_state { "企业可填" } else { "部门提供" }}</td>
            </tr>
        }
    });
    let tags = library.tags.values().map(|tag| {
        view! { <li><strong>{tag.name.clone()}</strong>" "<small class="muted">{format!("{} · {}", tag.code, tag.meaning)}</small></li> }
    });
    let questions = library.questions.values().map(|question| {
        view! { <li>{question.text.clone()}" "<small class="muted">{question.code.clone()}</small></li> }
    });
    let kinds: Vec<(&str, &str)> = AttributeKind::ALL.iter().map(|kind| (kind.code(), kind.label())).collect();
    let may_state = form.value("library") == "attribute" && form.chosen("may_state", "on");
    Page::new(
        "指标、标签、问题",
        Chrome::Desk(Section::Policies),
        view! {
            {back("/desk/policies", "政策列表")}
            {form.summary()}
            <h1>"指标、标签、问题"</h1>
            <p class="muted">"代码已有的会被修改，没有的会新增。"</p>
            {section("指标库", view! {
                {entry("attribute", view! {
                    {input(form, "attribute", "code", "代码")}{input(form, "attribute", "name", "名称")}
                    {choice(form, "attribute", "kind", "类型", &kinds)}{input(form, "attribute", "unit", "单位")}
                    {input(form, "attribute", "source", "数据来源")}{choice(form, "attribute", "refresh", "更新频率", &REFRESH)}
                    <div class="choice"><input type="checkbox" id="attribute-may_state" name="may_state" value="on" checked=may_state/><label for="attribute-may_state"><span>"企业可以自己填写"</span></label></div>
                }.into_any())}
                <div class="table-wrap" tabindex="0" role="region" aria-label="指标">
                    <table class="queue">
                        <thead><tr><th scope="col">"指标"</th><th scope="col">"类型"</th><th scope="col">"来源"</th><th scope="col">"填写"</th></tr></thead>
                        <tbody>{attributes.collect_view()}</tbody>
                    </table>
                </div>
            })}
            {section("标签库", view! {
                {entry("tag", view! { {input(form, "tag", "code", "代码")}{input(form, "tag", "name", "名称")}{input(form, "tag", "meaning", "含义")} }.into_any())}
                <ul class="plain">{tags.collect_view()}</ul>
            })}
            {section("问题库", view! {
                {entry("question", view! { {input(form, "question", "code", "代码")}{input(form, "question", "name", "问题")} }.into_any())}
                <ul class="plain">{questions.collect_view()}</ul>
            })}
        },
    )
}

fn entry(library: &'static str, fields: AnyView) -> AnyView {
    view! {
        <form method="post" action="/desk/policies/libraries" class="stack" novalidate>
            {hidden("library", library)}
            <div class="calc-fields">{fields}</div>
            <p><button class="button secondary">{icon("plus")}"保存"</button></p>
        </form>
    }
    .into_any()
}

/// A field of one of the three forms; what was typed belongs to the form it was typed into.
fn input(form: &Form, library: &'static str, name: &'static str, label: &'static str) -> AnyView {
    let mine = form.value("library") == library;
    let value = if mine { form.value(name).to_owned() } else { String::new() };
    let fault =
        form.error(name).filter(|_| mine).map(|sentence| view! { <p class="fault">{icon("warn")}{sentence.to_owned()}</p> });
    let bad = fault.is_some();
    // The summary links to the bare name.
    let id = if mine { name.to_owned() } else { format!("{library}-{name}") };
    view! {
        <div class="field" class:bad=bad><label for=id.clone()>{label}</label>{fault}
            <input id=id name=name type="text" value=value autocomplete="off" maxlength="200" aria-invalid=bad.then_some("true")/></div>
    }
    .into_any()
}

fn choice(form: &Form, library: &'static str, name: &'static str, label: &'static str, list: &[(&str, &str)]) -> AnyView {
    let mine = form.value("library") == library;
    let id = if mine { name.to_owned() } else { format!("{library}-{name}") };
    let options = list.iter().map(|(value, label)| {
        let selected = mine && form.chosen(name, value);
        view! { <option value=(*value).to_owned() selected=selected>{(*label).to_owned()}</option> }
    });
    let options = options.collect_view();
    view! { <div class="field"><label for=id.clone()>{label}</label><select id=id name=name>{options}</select></div> }.into_any()
}

/// What came of an import of facts.
pub struct Imported {
    /// Rows that were taken.
    pub good: usize,
    /// Facts that changed.
    pub changed: i64,
    /// Rows that were not: line and reason.
    pub bad: Vec<(usize, String)>,
}

/// The import of facts; `report` is what came of the last one.
pub fn facts_import(report: Option<Imported>, form: &Form) -> Page {
    let report = report.map(|Imported { good, changed, bad }| {
        let lines =
            bad.iter().take(200).map(|(line, reason)| view! { <li>{format!("第 {line} 行：{reason}")}</li> }).collect_view();
        let more = (bad.len() > 200).then(|| view! { <li>{format!("还有 {} 行", bad.len() - 200)}</li> });
        let faults = (!bad.is_empty())
            .then(|| view! { <p>{format!("{} 行有问题，没有导入：", bad.len())}</p><ul class="plain">{lines}{more}</ul> });
        section(
            "导入结果",
            view! { <p role="status">{format!("{good} 行正确，{changed} 项数据有变化，企业会重新匹配政策。")}</p>{faults} },
        )
    });
    Page::new(
        "导入企业数据",
        Chrome::Desk(Section::Policies),
        view! {
            {back("/desk/policies", "政策列表")}
            {form.summary()}
            <h1>"导入企业数据"</h1>
            {report}
            <form method="post" action="/desk/facts" enctype="multipart/form-data" class="stack" novalidate>
                <div class="field">
                    <label for="file">"csv 或 xlsx 文件"</label>
                    <p class="hint" id="file-hint">"一行一项：统一社会信用代码、指标、数值、期间、来源；或一行一家企业，指标代码作表头。错误的行会列出行号和原因，正确的行照常导入，重复导入不会改变什么。"</p>
                    <input id="file" name="file" type="file" accept=".csv,.xlsx" aria-describedby="file-hint"/>
                </div>
                <div class="field"><label for="source">"来源（表里没有时用）"</label><input id="source" name="source" type="text" maxlength="60" value=form.value("source").to_owned()/></div>
                <button class="button">"导入"</button>
            </form>
            <p><a href="/desk/facts/template">"下载模板"</a></p>
        },
    )
}

//! The libraries of attributes, tags and questions.

use crate::form::Form;
use crate::policy::desk::read::{self, Libraries};
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::hidden;
use crate::ui::{back, icon, section};
use domain::calendar::words::moment;
use domain::policy::library::{AttributeKind, Library, Want};
use leptos::prelude::*;
use serde_json::Value;
use store::policy::library::Change;
use time::OffsetDateTime;

/// How often an attribute is refreshed: code and label.
const REFRESH: [(&str, &str); 5] =
    [("once", "一次"), ("annual", "每年"), ("quarterly", "每季度"), ("monthly", "每月"), ("realtime", "实时")];

/// What policies speak of.
#[component]
pub fn LibrariesPage() -> impl IntoView {
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let mut ctx = request.open().await?;
        let libraries = read::libraries(&mut ctx).await?;
        let now = ctx.now;
        drop(ctx);
        title("指标、标签、问题");
        Ok(page(&libraries, &form, now))
    })
}

/// A change that waits: its author may take it back, somebody else accepts or declines it.
fn change(change: &Change, libraries: &Libraries, now: OffsetDateTime) -> AnyView {
    let word = |name: &str| change.entry.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
    let (kind, known) = match change.library.as_str() {
        "attribute" => ("指标", libraries.library.attributes.get(&change.code).map(|known| known.name.clone())),
        "tag" => ("标签", libraries.library.tags.get(&change.code).map(|known| known.name.clone())),
        _ => ("问题", libraries.library.questions.get(&change.code).map(|known| known.text.clone())),
    };
    let what = known.map_or_else(|| format!("新增{kind}"), |known| format!("修改{kind}“{known}”"));
    let may_state =
        change.entry.get("enterprise_may_state").and_then(Value::as_bool).map(|may| if may { "企业可填" } else { "部门提供" });
    let kind = AttributeKind::parse(&word("kind")).map(AttributeKind::label);
    let parts = [
        word("name"),
        word("text"),
        kind.unwrap_or("").to_owned(),
        word("unit"),
        word("meaning"),
        word("source"),
        may_state.unwrap_or("").to_owned(),
        Want::parse(&word("want")).map_or_else(String::new, |want| want.label().to_owned()),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let about = format!("{} · {} 提交", change.code, moment(change.proposed_at, now));
    let id = change.id.to_string();
    let mine = change.proposed_by == libraries.me;
    let buttons = if mine {
        view! { <button class="button secondary" name="do" value="decline">"撤回"</button><span class="muted">"等另一位市级政策编辑确认"</span> }.into_any()
    } else {
        view! {
            <button class="button" name="do" value="accept">"确认生效"</button>
            <button class="button secondary" name="do" value="decline">"退回"</button>
        }
        .into_any()
    };
    view! {
        <li class="cell">
            <div>
                <span class="cell-head"><strong>{what}</strong></span>
                <span>{parts.join(" · ")}</span>
                <span class="muted">{about}</span>
                <form method="post" action="/desk/policies/libraries" class="row">{hidden("change", id)}{buttons}</form>
            </div>
        </li>
    }
    .into_any()
}

fn page(libraries: &Libraries, form: &Form, now: OffsetDateTime) -> AnyView {
    let (library, keeps) = (&libraries.library, libraries.keeps);
    let waiting = libraries.changes.iter().map(|waiting| change(waiting, libraries, now)).collect_view();
    let waiting = (!libraries.changes.is_empty()).then(|| section("待确认的修改", view! { <ul class="cells">{waiting}</ul> }));
    let lead = if keeps {
        "代码已有的会被修改，没有的会新增。改动全市生效，由另一位市级政策编辑确认。"
    } else {
        "全市共用，由市级政策编辑维护。要增加或修改，请联系市级。"
    };
    let entry = |library: &'static str, fields: AnyView| keeps.then(|| entry(library, fields));
    let tags = library.tags.values().map(|tag| {
        let about = format!("{} · {}", tag.code, tag.meaning);
        view! { <li><strong>{tag.name.clone()}</strong>" "<small class="muted">{about}</small></li> }
    });
    let questions = library.questions.values().map(|question| {
        view! { <li>{question.text.clone()}" "<small class="muted">{question.code.clone()}</small></li> }
    });
    view! {
        {back("/desk/policies", "政策列表")}
        {form.summary()}
        <h1>"指标、标签、问题"</h1>
        <p class="muted">{lead}</p>
        {waiting}
        {section("指标库", view! { {keeps.then(|| attribute_form(form))}{attributes(library)} })}
        {section("标签库", view! {
            {entry("tag", view! {
                {input(form, "tag", "code", "代码")}{input(form, "tag", "name", "名称")}{input(form, "tag", "meaning", "含义")}
            }.into_any())}
            <ul class="plain">{tags.collect_view()}</ul>
        })}
        {section("问题库", view! {
            {entry("question", view! {
                {input(form, "question", "code", "代码")}{input(form, "question", "name", "问题")}
            }.into_any())}
            <ul class="plain">{questions.collect_view()}</ul>
        })}
    }
    .into_any()
}

fn attribute_form(form: &Form) -> AnyView {
    let kinds: Vec<(&str, &str)> = AttributeKind::ALL.iter().map(|kind| (kind.code(), kind.label())).collect();
    let wants: Vec<(&str, &str)> = Want::ALL.iter().map(|want| (want.code(), want.label())).collect();
    let may_state = form.value("library") == "attribute" && form.chosen("may_state", "on");
    entry(
        "attribute",
        view! {
            {input(form, "attribute", "code", "代码")}{input(form, "attribute", "name", "名称")}
            {choice(form, "attribute", "kind", "类型", &kinds)}{input(form, "attribute", "unit", "单位")}
            {input(form, "attribute", "source", "数据来源")}{choice(form, "attribute", "refresh", "更新频率", &REFRESH)}
            {choice(form, "attribute", "want", "企业希望它", &wants)}
            <div class="choice">
                <input type="checkbox" id="attribute-may_state" name="may_state" value="on" checked=may_state/>
                <label for="attribute-may_state"><span>"企业可以自己填写"</span></label>
            </div>
        }
        .into_any(),
    )
}

fn attributes(library: &Library) -> AnyView {
    let rows = library.attributes.values().map(|attribute| {
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
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="指标">
            <table class="queue">
                <thead>
                    <tr>
                        <th scope="col">"指标"</th><th scope="col">"类型"</th><th scope="col">"来源"</th><th scope="col">"填写"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn entry(library: &'static str, fields: AnyView) -> AnyView {
    view! {
        <form method="post" action="/desk/policies/libraries" class="stack" novalidate>
            {hidden("library", library)}
            <div class="calc-fields">{fields}</div>
            <p><button class="button secondary">{icon("plus")}"提交修改"</button></p>
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
            <input id=id name=name type="text" value=value autocomplete="off" maxlength="200"
                aria-invalid=bad.then_some("true")/></div>
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

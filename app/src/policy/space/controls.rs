//! The controls of facts: a figure, an answer.

use crate::form::Form;
use crate::ui::{figures, icon};
use domain::policy::facts::Facts;
use domain::policy::figure;
use domain::policy::library::{Attribute, AttributeKind, Library};
use leptos::prelude::*;

/// The control of a number or a date (`f.<attribute>`): what was typed, else what is known.
pub fn figure_field(attribute: &Attribute, facts: &Facts, form: &Form) -> AnyView {
    let name = format!("f.{}", attribute.code);
    let typed = form.all(&name).next().map(str::to_owned);
    // Money as an owner thinks of it: in 万.
    let shown = |value: &str| if attribute.kind == AttributeKind::Money { figure::written(value) } else { value.to_owned() };
    let value = typed.unwrap_or_else(|| facts.get(&attribute.code).map(|fact| shown(&fact.value)).unwrap_or_default());
    let id = format!("{name}-error");
    let fault = form.error(&name).map(|message| view! { <p class="fault" id=id.clone()>{icon("warn")}{message.to_owned()}</p> });
    let bad = fault.is_some();
    let fault_id = bad.then_some(id.clone());
    let label =
        if attribute.unit.is_empty() { attribute.name.clone() } else { format!("{}（{}）", attribute.name, attribute.unit) };
    let kind = if attribute.kind == AttributeKind::Date { "date" } else { "text" };
    // A keyboard of digits has no 万.
    let mode = match attribute.kind {
        AttributeKind::Count => "numeric",
        AttributeKind::Money => "text",
        _ => "decimal",
    };
    let hint = (attribute.kind == AttributeKind::Money).then(|| {
        let read = figure::number(&value, &attribute.unit).ok();
        read.map_or_else(|| "可写 500万、1.2亿".to_owned(), |figure| format!("= {}，可写 500万、1.2亿", figure::spoken(figure)))
    });
    let hint = hint.map(|words| view! { <p class="hint" id=format!("{name}-hint")>{figures(&words)}</p> });
    let told = hint.is_some().then(|| format!("{name}-hint"));
    let described: Vec<String> = told.into_iter().chain(fault_id).collect();
    let described = (!described.is_empty()).then(|| described.join(" "));
    view! {
        <div class="field" class:bad=bad>
            <label for=name.clone()>{label}</label>
            {hint}
            {fault}
            <input id=name.clone() name=name type=kind inputmode=mode value=value autocomplete="off" maxlength="24" placeholder="未填"
                aria-invalid=bad.then_some("true") aria-describedby=described/>
        </div>
    }
    .into_any()
}

/// The control of a question (`q.<question>`): what was answered just now, else what is known.
pub fn yes_or_no(library: &Library, code: &str, facts: &Facts, form: &Form) -> AnyView {
    let name = format!("q.{code}");
    let answer = match (form.value(&name), facts.attest.get(code)) {
        ("yes", _) | ("", Some(true)) => "yes",
        ("no", _) | ("", Some(false)) => "no",
        _ => "",
    };
    let option = |value: &'static str, label: &'static str| {
        let id = format!("{name}-{value}");
        view! {
            <div class="choice">
                <input type="radio" id=id.clone() name=name.clone() value=value checked=answer == value/>
                <label for=id><span>{label}</span></label>
            </div>
        }
    };
    let (yes, no) = (option("yes", "是"), option("no", "否"));
    let text = figures(library.question_text(code));
    view! { <fieldset class="field choices yes-no"><legend>{text}</legend><div class="options">{yes}{no}</div></fieldset> }
        .into_any()
}

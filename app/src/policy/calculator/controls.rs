//! The controls: figures with a slider and the figure in words, answers, tags. What was typed lives in the controls, as in any form; a
//! reader on a slow network may type before the module has come, so the first thing is to take over what stands there.

use super::model::{Answer, Input, Model, value};
use super::payload::Pairs;
use domain::policy::facts::Facts;
use domain::policy::figure;
use domain::policy::library::{Attribute, AttributeKind};
use domain::policy::money::{Decimal, ONE};
use domain::policy::words::grouped;
use leptos::either::Either;
use leptos::html;
use leptos::prelude::*;

/// What the controls share.
#[derive(Clone, Copy)]
pub struct Desk {
    pub typed: RwSignal<Pairs>,
    pub answer: Memo<Answer>,
}

impl Desk {
    fn value(self, name: &str) -> String {
        self.typed.with(|typed| value(typed, name).to_owned())
    }

    fn put(self, name: &str, new: String) {
        self.typed.update(|typed| {
            if let Some((_, value)) = typed.iter_mut().find(|(known, _)| known == name) {
                *value = new;
            }
        });
    }

    fn fault(self, name: &str) -> Option<String> {
        self.answer.with(|answer| answer.faults.iter().find(|(known, _)| known == name).map(|(_, sentence)| sentence.clone()))
    }
}

/// Keeps a control and the value of its name the same: first what stands in the control counts, then the value. `read` answers what the
/// control says, if it says anything; `write` shows a value in it.
fn bind(
    desk: Desk,
    name: String,
    node: NodeRef<html::Input>,
    read: impl Fn(&leptos::web_sys::HtmlInputElement) -> Option<String> + 'static,
    write: impl Fn(&leptos::web_sys::HtmlInputElement, &str) + 'static,
) {
    Effect::new(move |bound: Option<bool>| {
        let Some(input) = node.get() else { return false };
        let value = desk.value(&name);
        if bound == Some(true) {
            write(&input, &value);
        } else if let Some(typed) = read(&input).filter(|typed| *typed != value) {
            desk.put(&name, typed);
        }
        true
    });
}

/// The controls of figures and answers.
pub fn fields(model: &Model, known: &Facts, desk: Desk) -> impl IntoView + use<> {
    let one = |input: &Input| match input {
        Input::Attribute(code) => {
            let attribute = model.library.attributes.get(code)?;
            Some(Either::Left(figure_field(attribute, model.top(attribute, known), desk)))
        }
        Input::Question(code) => Some(Either::Right(yes_or_no(input.name(), model.library.question_text(code).to_owned(), desk))),
        Input::Tag(_) => None,
    };
    model.inputs.iter().filter_map(one).collect_view()
}

fn label(attribute: &Attribute) -> String {
    if attribute.unit.is_empty() {
        return attribute.name.clone();
    }
    [&attribute.name, "（", &attribute.unit, "）"].concat()
}

fn figure_field(attribute: &Attribute, top: Option<i64>, desk: Desk) -> impl IntoView + use<> {
    let name = ["f.", &attribute.code].concat();
    let said = [&name, "-said"].concat();
    let node = NodeRef::<html::Input>::new();
    let money = attribute.kind == AttributeKind::Money;
    let dated = attribute.kind == AttributeKind::Date;
    let first = desk.typed.with_untracked(|typed| value(typed, &name).to_owned());
    bind(
        desk,
        name.clone(),
        node,
        |input| Some(input.value()),
        |input, value| {
            if input.value() != value {
                input.set_value(value);
            }
        },
    );
    // The figure as it was understood.
    let understood = {
        let (name, unit) = (name.clone(), attribute.unit.clone());
        move || figure::number(&desk.value(&name), &unit).ok()
    };
    let bad = {
        let name = name.clone();
        move || desk.fault(&name)
    };
    let (wrong, invalid) = (bad.clone(), bad.clone());
    let words = {
        let understood = understood.clone();
        move || bad().or_else(|| understood().filter(|_| money).map(|figure| ["= ", &figure::spoken(figure)].concat()))
    };
    let typed = {
        let name = name.clone();
        move |event| desk.put(&name, event_target_value(&event))
    };
    let wan = money.then(|| wan_key(name.clone(), attribute.name.clone(), node, desk));
    let slider = top.map(|top| slider(name.clone(), attribute.name.clone(), top, understood, desk));
    view! {
        <div class="field calc-field" class:bad=move || wrong().is_some()>
            <label for=name.clone()>{label(attribute)}</label>
            <div class="calc-row">
                <input
                    id=name.clone() name=name type=if dated { "date" } else { "text" } value=first node_ref=node
                    inputmode=if attribute.kind == AttributeKind::Count { "numeric" } else { "decimal" }
                    autocomplete="off" maxlength="24" placeholder="未填"
                    aria-invalid=move || invalid().map(|_| "true") aria-describedby=said.clone() on:input=typed
                />
                {wan}
            </div>
            <p class="hint calc-said" id=said>{words}</p>
            {slider}
        </div>
    }
}

/// The keyboard of digits has no 万: a key beside the field.
fn wan_key(name: String, words: String, node: NodeRef<html::Input>, desk: Desk) -> impl IntoView {
    let press = move |_| {
        let value = desk.value(&name);
        if value.trim().ends_with(|c: char| c.is_ascii_digit()) {
            desk.put(&name, [value.trim(), "万"].concat());
        }
        if let Some(input) = node.get_untracked() {
            _ = input.focus();
        }
    };
    view! { <button type="button" class="calc-wan" aria-label=[&words, "以万计"].concat() on:click=press>"万"</button> }
}

fn slider(
    name: String,
    words: String,
    top: i64,
    understood: impl Fn() -> Option<Decimal> + Send + Sync + 'static,
    desk: Desk,
) -> impl IntoView {
    let place = move || understood().map_or(0, |figure| (figure.micro() / ONE).clamp(0, top)).to_string();
    let moved = move |event| {
        if let Ok(whole) = event_target_value(&event).parse::<i64>() {
            desk.put(&name, grouped(Decimal::from_micro(whole.saturating_mul(ONE))));
        }
    };
    view! {
        <input
            type="range" class="calc-slider" min="0" max=top.to_string() step=(top / 100).max(1).to_string() autocomplete="off"
            aria-label=[&words, "，滑动调整"].concat() prop:value=place on:input=moved
        />
    }
}

fn yes_or_no(name: String, text: String, desk: Desk) -> impl IntoView {
    let option = |value: &'static str, words: &'static str| {
        choice(&name, &[&name, "-", value].concat(), "radio", value, words.to_owned(), desk)
    };
    view! {
        <fieldset class="field choices yes-no">
            <legend>{text}</legend>
            <div class="options">{option("yes", "是")}{option("no", "否")}</div>
        </fieldset>
    }
}

/// A radio or a box: `on` is what its name's value is when it is chosen.
fn choice(name: &str, id: &str, kind: &'static str, on: &'static str, words: String, desk: Desk) -> impl IntoView + use<> {
    let node = NodeRef::<html::Input>::new();
    let chosen = desk.typed.with_untracked(|typed| value(typed, name) == on);
    let radio = kind == "radio";
    bind(
        desk,
        name.to_owned(),
        node,
        move |input| match (input.checked(), radio) {
            (true, _) => Some(on.to_owned()),
            (false, true) => None,
            (false, false) => Some(String::new()),
        },
        move |input, value| input.set_checked(value == on),
    );
    let press = {
        let name = name.to_owned();
        move |event| desk.put(&name, if event_target_checked(&event) { on.to_owned() } else { String::new() })
    };
    view! {
        <div class="choice">
            <input type=kind id=id.to_owned() name=name.to_owned() value=on checked=chosen node_ref=node on:change=press/>
            <label for=id.to_owned()><span>{words}</span></label>
        </div>
    }
}

/// The tags that policies ask for.
pub fn tag_field(model: &Model, desk: Desk) -> Option<impl IntoView + use<>> {
    let boxes: Vec<_> = model
        .inputs
        .iter()
        .filter_map(|input| if let Input::Tag(code) = input { Some((code, input.name())) } else { None })
        .map(|(code, name)| {
            let words = model.library.tag_name(code).to_owned();
            view! { <input type="hidden" name="tags" value=code.clone()/>{choice(&name, &name, "checkbox", "on", words, desk)} }
        })
        .collect();
    (!boxes.is_empty()).then(|| {
        view! {
            <fieldset class="field choices chips-field">
                <legend>"企业资质"</legend>
                <div class="options">{boxes}</div>
            </fieldset>
        }
    })
}

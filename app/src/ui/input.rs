//! Questions of a form as data: the server says what to ask, page and island ask it with the same controls. What was typed stays in the
//! control; only what is wrong with it changes.

use super::icon;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A value that may be sent, and its words.
pub type Pair = (String, String);

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Input {
    /// Words to be written.
    Text { name: String, label: String, hint: String, rows: u8, max: u32, optional: bool, value: String },
    /// One of a list that drops down, in groups with or without a name.
    Select { name: String, label: String, empty: String, groups: Vec<(String, Vec<Pair>)>, value: String },
    /// One, or any, of a list that lies open.
    Choices { name: String, legend: String, many: bool, list: Vec<Pair>, chosen: Vec<String> },
    /// Not asked at all, but good to know for the next question.
    Advice(String),
    /// Seldom needed: behind a line.
    Folded(String, Box<Input>),
}

/// What is wrong with a form, by the names of its fields; what is wrong with all of it is under `main`.
#[derive(Clone, Copy)]
pub struct Faults(RwSignal<Vec<Pair>>);

impl Faults {
    pub fn new(faults: Vec<Pair>) -> Faults {
        Faults(RwSignal::new(faults))
    }

    pub fn set(self, faults: Vec<Pair>) {
        self.0.set(faults);
    }

    /// The sentence at a field.
    pub fn at(self, name: &str) -> Option<String> {
        self.0.with(|faults| faults.iter().find(|(field, _)| field == name).map(|(_, sentence)| sentence.clone()))
    }

    fn bad(self, name: &str) -> bool {
        self.0.with(|faults| faults.iter().any(|(field, _)| field == name))
    }

    fn describes(self, name: &str, hint: bool) -> Option<String> {
        let hint = hint.then(|| [name, "-hint"].concat());
        let fault = self.bad(name).then(|| [name, "-error"].concat());
        match (hint, fault) {
            (Some(hint), Some(fault)) => Some([&hint, " ", &fault].concat()),
            (hint, fault) => hint.or(fault),
        }
    }
}

/// The control of a question, with its label and what is wrong.
#[component]
pub fn Control(input: Input, faults: Faults) -> impl IntoView {
    match input {
        Input::Text { .. } => text(input, faults),
        Input::Select { name, label, empty, groups, value } => select(name, label, empty, groups, value, faults),
        Input::Choices { name, legend, many, list, chosen } => choices(name, legend, many, list, chosen, faults),
        Input::Advice(words) => view! { <p class="flash">{icon("send")}<span>{words}</span></p> }.into_any(),
        Input::Folded(summary, input) => view! {
            <details class="more-choices">
                <summary>{summary}</summary>
                <Control input=*input faults/>
            </details>
        }
        .into_any(),
    }
}

fn fault(name: String, faults: Faults) -> impl IntoView {
    let id = [name.as_str(), "-error"].concat();
    move || faults.at(&name).map(|sentence| view! { <p class="fault" id=id.clone()>{icon("warn")}{sentence}</p> })
}

fn text(input: Input, faults: Faults) -> AnyView {
    let Input::Text { name, label, hint, rows, max, optional, value } = input else { return ().into_any() };
    let asked = name.clone();
    let described = {
        let (name, hint) = (name.clone(), !hint.is_empty());
        move || faults.describes(&name, hint)
    };
    let invalid = {
        let name = name.clone();
        move || faults.bad(&name).then_some("true")
    };
    // The framework does not escape the children of a textarea: the page writes them itself, an island sets the value.
    #[cfg(feature = "ssr")]
    let control = view! {
        <textarea id=name.clone() name=name.clone() rows=rows.to_string() data-max=max.to_string() aria-describedby=described
            aria-invalid=invalid aria-required=(!optional).then_some("true") inner_html=super::form::textarea(&value)></textarea>
    };
    #[cfg(not(feature = "ssr"))]
    let control = view! {
        <textarea id=name.clone() name=name.clone() rows=rows.to_string() data-max=max.to_string() aria-describedby=described
            aria-invalid=invalid aria-required=(!optional).then_some("true") prop:defaultValue=value></textarea>
    };
    let hint_id = [name.as_str(), "-hint"].concat();
    view! {
        <div class="field" class:bad=move || faults.bad(&asked)>
            <label for=name.clone()>{label}{optional.then(|| view! { <span class="optional">"（选填）"</span> })}</label>
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> })}
            {fault(name, faults)}
            {control}
        </div>
    }
    .into_any()
}

fn select(
    name: String,
    label: String,
    empty: String,
    groups: Vec<(String, Vec<Pair>)>,
    value: String,
    faults: Faults,
) -> AnyView {
    let (asked, described, invalid) = (name.clone(), name.clone(), name.clone());
    let options = groups.into_iter().map(|(group, list)| {
        let list = list.into_iter().map(|(code, label)| {
            let selected = code == value;
            view! { <option value=code selected=selected>{label}</option> }
        });
        let list = list.collect_view();
        if group.is_empty() { list.into_any() } else { view! { <optgroup label=group>{list}</optgroup> }.into_any() }
    });
    let options = options.collect_view();
    view! {
        <div class="field" class:bad=move || faults.bad(&asked)>
            <label for=name.clone()>{label}</label>
            {fault(name.clone(), faults)}
            <select id=name.clone() name=name aria-describedby=move || faults.describes(&described, false)
                aria-invalid=move || faults.bad(&invalid).then_some("true")>
                {(!empty.is_empty()).then(|| view! { <option value="">{empty}</option> })}
                {options}
            </select>
        </div>
    }
    .into_any()
}

fn choices(name: String, legend: String, many: bool, list: Vec<Pair>, chosen: Vec<String>, faults: Faults) -> AnyView {
    let kind = if many { "checkbox" } else { "radio" };
    let (asked, described) = (name.clone(), name.clone());
    let items = list.into_iter().enumerate().map(|(index, (code, label))| {
        // The first one bears the field's own id: that is where the error summary leads.
        let id = if index == 0 { name.clone() } else { [&name, "-", &code].concat() };
        let checked = chosen.contains(&code);
        view! {
            <div class="choice">
                <input type=kind id=id.clone() name=name.clone() value=code checked=checked/>
                <label for=id><span>{label}</span></label>
            </div>
        }
    });
    let items = items.collect_view();
    view! {
        <fieldset class="field choices chips" class:bad=move || faults.bad(&asked)
            aria-describedby=move || faults.describes(&described, false)>
            <legend>{legend}</legend>
            {fault(name, faults)}
            <div class="options">{items}</div>
        </fieldset>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
mod server {
    use super::{Input, Pair};
    use crate::form::Form;
    use crate::ui::form::Field;

    impl Field {
        /// The question as data, its value taken from the form.
        pub fn input(self, form: &Form) -> Input {
            Input::Text {
                name: self.name.to_owned(),
                label: self.label.to_owned(),
                hint: self.hint.to_owned(),
                rows: self.rows,
                max: u32::try_from(self.max).unwrap_or(u32::MAX),
                optional: self.optional,
                value: form.value(self.name).to_owned(),
            }
        }
    }

    impl Input {
        /// A list that drops down; an `empty` word stands for no choice.
        pub fn select(form: &Form, name: &str, label: &str, empty: &str, groups: Vec<(String, Vec<Pair>)>) -> Input {
            let (name, label, empty) = (name.to_owned(), label.to_owned(), empty.to_owned());
            Input::Select { value: form.value(&name).to_owned(), name, label, empty, groups }
        }

        /// Chips: one, or any.
        pub fn choices(form: &Form, name: &str, legend: &str, many: bool, list: Vec<Pair>) -> Input {
            let chosen = form.all(name).map(str::to_owned).collect();
            Input::Choices { name: name.to_owned(), legend: legend.to_owned(), many, list, chosen }
        }
    }
}

//! Forms that keep what was typed: values and faults travel together, the faults stand on top with links and again at the field.

pub use crate::form::{Form, WHOSE};
use crate::ui::icon;
use crate::ui::island::Question;
use leptos::prelude::*;

impl Form {
    /// The faults on top of the page, with links to the fields, where the focus is when the page opens, by HTML alone; nothing when there are none.
    pub fn summary(&self) -> Option<AnyView> {
        if self.errors.is_empty() {
            return None;
        }
        // Whoever hears the page, or sees its tab alone, is told first.
        crate::render::refused();
        let items = self.errors.iter().map(|error| {
            let target = format!("#{}", error.field);
            let message = error.message.clone();
            view! { <li><a href=target>{message}</a></li> }
        });
        Some(
            view! {
                <div class="error-summary" role="alert" tabindex="-1" id="errors" autofocus=true>
                    <h2>{icon("warn")}"请更正以下内容"</h2>
                    <ul>{items.collect_view()}</ul>
                </div>
            }
            .into_any(),
        )
    }
}

/// A field of a form: everything but its name may stay as it is.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The name of the value, and the id of the control.
    pub name: &'static str,
    /// The question.
    pub label: &'static str,
    /// An example or a rule.
    pub hint: &'static str,
    /// `text`, `tel`, `password` … of a single line.
    pub kind: &'static str,
    /// What the browser may fill in.
    pub autocomplete: &'static str,
    /// The keyboard of a phone.
    pub inputmode: &'static str,
    /// The most characters.
    pub max: usize,
    /// Lines of a text; 0 for a single line.
    pub rows: u8,
    /// Whether it may stay empty.
    pub optional: bool,
}

/// The field whose name, label and hint are given.
pub const fn field(name: &'static str, label: &'static str, hint: &'static str) -> Field {
    Field { name, label, hint, kind: "text", autocomplete: "off", inputmode: "text", max: 200, rows: 0, optional: false }
}

impl Field {
    /// The control with label, hint and fault, its value taken from the form.
    pub fn view(self, form: &Form) -> AnyView {
        let Field { name, kind, autocomplete, inputmode, max, rows, .. } = self;
        let error = form.error(name).map(str::to_owned);
        let bad = error.is_some();
        let described = described_by(name, self.hint, bad);
        let invalid = error.is_some().then_some("true");
        let required = (!self.optional).then_some("true");
        let value = if kind == "password" { String::new() } else { form.value(name).to_owned() };
        let control = if rows > 0 {
            view! {
                <textarea id=name name=name rows=rows.to_string() data-max=max.to_string() aria-describedby=described
                    aria-invalid=invalid aria-required=required inner_html=textarea(&value)></textarea>
            }
            .into_any()
        } else {
            view! {
                <input id=name name=name type=kind value=value autocomplete=autocomplete inputmode=inputmode maxlength=max.to_string()
                    aria-describedby=described aria-invalid=invalid aria-required=required/>
            }
            .into_any()
        };
        let optional = self.optional.then(|| view! { <span class="optional">"（选填）"</span> });
        view! {
            <div class="field" class:bad=bad>
                <label for=name>{self.label}{optional}</label>
                {hint(name, self.hint)}
                {fault(name, error)}
                {control}
            </div>
        }
        .into_any()
    }

    /// The same for an island, which says how much room is left while somebody types.
    pub fn question(self, form: &Form) -> Question {
        Question {
            name: self.name.to_owned(),
            label: self.label.to_owned(),
            hint: self.hint.to_owned(),
            kind: self.kind.to_owned(),
            autocomplete: self.autocomplete.to_owned(),
            inputmode: self.inputmode.to_owned(),
            max: u32::try_from(self.max).unwrap_or(u32::MAX),
            rows: self.rows,
            optional: self.optional,
            value: form.value(self.name).to_owned(),
            fault: form.error(self.name).map(str::to_owned),
        }
    }
}

/// What stands between the tags of a `<textarea>`. The framework does not escape the children of one (tachys 0.8), so whoever shows a
/// text again uses this; a lint looks for textareas elsewhere. The first line break after the tag is not part of the text: without one
/// of ours a typed one would be lost.
pub fn textarea(text: &str) -> String {
    format!("\n{}", html_escape::encode_text(text))
}

fn described_by(name: &str, hint: &str, error: bool) -> Option<String> {
    match (hint.is_empty(), error) {
        (true, false) => None,
        (false, false) => Some(format!("{name}-hint")),
        (true, true) => Some(format!("{name}-error")),
        (false, true) => Some(format!("{name}-hint {name}-error")),
    }
}

fn hint(name: &str, words: &'static str) -> Option<AnyView> {
    let id = format!("{name}-hint");
    (!words.is_empty()).then(|| view! { <p class="hint" id=id>{words}</p> }.into_any())
}

fn fault(name: &str, error: Option<String>) -> Option<AnyView> {
    let id = format!("{name}-error");
    error.map(|error| view! { <p class="fault" id=id>{icon("warn")}{error}</p> }.into_any())
}

/// One choice of a group.
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// A second line.
    pub detail: String,
    /// Something drawn before the words.
    pub drawing: Option<AnyView>,
}

/// A choice with a label.
pub fn choice(value: impl Into<String>, label: impl Into<String>) -> Choice {
    Choice { value: value.into(), label: label.into(), detail: String::new(), drawing: None }
}

/// Radios (one) or checkboxes (any) under a question.
pub fn choices(
    form: &Form,
    kind: &'static str,
    name: &'static str,
    legend: &'static str,
    class: &'static str,
    list: Vec<Choice>,
) -> AnyView {
    let error = form.error(name).map(str::to_owned);
    let bad = error.is_some();
    let described = described_by(name, "", bad);
    let items = list.into_iter().enumerate().map(|(index, item)| {
        // The first one bears the field's own id: that is where the error summary leads.
        let id = if index == 0 { name.to_owned() } else { format!("{name}-{}", item.value) };
        let checked = form.chosen(name, &item.value);
        let detail = (!item.detail.is_empty()).then(|| view! { <small>{item.detail}</small> });
        view! {
            <div class="choice">
                <input type=kind id=id.clone() name=name value=item.value checked=checked/>
                <label for=id>{item.drawing}<span>{item.label}{detail}</span></label>
            </div>
        }
    });
    view! {
        <fieldset class=format!("field choices {class}") class:bad=bad aria-describedby=described>
            <legend>{legend}</legend>
            {fault(name, error)}
            <div class="options">{items.collect_view()}</div>
        </fieldset>
    }
    .into_any()
}

/// A drop-down: groups of (value, label).
pub fn select(
    form: &Form,
    name: &'static str,
    label: &'static str,
    empty: Option<&'static str>,
    groups: Vec<(String, Vec<(String, String)>)>,
) -> AnyView {
    select_of(None, form, name, label, empty, groups)
}

/// The same; with `of`, outside of the form that has this id and that it belongs to.
pub fn select_of(
    of: Option<&'static str>,
    form: &Form,
    name: &'static str,
    label: &'static str,
    empty: Option<&'static str>,
    groups: Vec<(String, Vec<(String, String)>)>,
) -> AnyView {
    let error = form.error(name).map(str::to_owned);
    let bad = error.is_some();
    let described = described_by(name, "", bad);
    let invalid = error.is_some().then_some("true");
    let options = groups.into_iter().map(|(group, list)| {
        let list = list.into_iter().map(|(value, label)| {
            let selected = form.chosen(name, &value);
            view! { <option value=value selected=selected>{label}</option> }
        });
        let list = list.collect_view();
        if group.is_empty() { list.into_any() } else { view! { <optgroup label=group>{list}</optgroup> }.into_any() }
    });
    view! {
        <div class="field" class:bad=bad>
            <label for=name>{label}</label>
            {fault(name, error)}
            <select id=name name=name form=of aria-describedby=described aria-invalid=invalid>
                {empty.map(|words| view! { <option value="">{words}</option> })}
                {options.collect_view()}
            </select>
        </div>
    }
    .into_any()
}

/// A value that travels with the form unseen.
pub fn hidden(name: &'static str, value: impl Into<String>) -> AnyView {
    let value = value.into();
    view! { <input type="hidden" name=name value=value/> }.into_any()
}

/// Which enterprise a member's form is for: that of the page it was written on, whatever another window chose since.
pub fn whose(form: &Form) -> AnyView {
    let chosen = || match crate::request::Request::current().session().as_deref().map(|session| &session.identity) {
        Some(store::identity::Identity::Person(person)) => person.enterprise.as_ref().map(|chosen| chosen.id.to_string()),
        _ => None,
    };
    let before = Some(form.value(WHOSE)).filter(|id| !id.is_empty()).map(str::to_owned);
    hidden(WHOSE, before.or_else(chosen).unwrap_or_default())
}

/// The button that sends the form.
pub fn submit(label: &'static str) -> AnyView {
    view! { <button class="button" type="submit">{label}</button> }.into_any()
}

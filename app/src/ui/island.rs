//! Pieces that islands are made of.

use crate::ui::icon;
use gloo::events::{EventListener, EventListenerOptions};
use leptos::either::Either;
use leptos::html;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A field of a form (`ui::form::Field`) with what was typed into it and what is wrong with it, on its way to an island.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Question {
    pub name: String,
    pub label: String,
    pub hint: String,
    pub kind: String,
    pub autocomplete: String,
    pub inputmode: String,
    pub max: u32,
    /// Lines of a text; 0 for a single line.
    pub rows: u8,
    pub optional: bool,
    pub value: String,
    pub fault: Option<String>,
}

impl Question {
    /// A text of some lines, as a sheet asks for it.
    pub fn text(name: &str, label: &str, hint: &str, rows: u8, max: u32) -> Question {
        Question {
            name: name.to_owned(),
            label: label.to_owned(),
            hint: hint.to_owned(),
            autocomplete: "off".to_owned(),
            max,
            rows,
            ..Question::default()
        }
    }

    #[must_use]
    pub fn optional(mut self) -> Question {
        self.optional = true;
        self
    }
}

/// What is left of a limit, once the end is near: far from it the words would only be noise.
fn room(max: u32, text: &str) -> Option<String> {
    let used = u32::try_from(text.trim().chars().count()).unwrap_or(u32::MAX);
    match max.checked_sub(used) {
        Some(left) if left > max / 5 => None,
        Some(left) => Some(["还可以写 ", &left.to_string(), " 字"].concat()),
        None => Some(["超出 ", &(used - max).to_string(), " 字"].concat()),
    }
}

/// Between the tags of a `<textarea>`: the server escapes what the framework would not; in the browser it stands there already.
#[cfg(feature = "ssr")]
use super::form::textarea as content;
#[cfg(not(feature = "ssr"))]
fn content(_: &str) -> String {
    String::new()
}

/// The control of a question with label, hint, fault and what is left. `value` follows what is typed, and the control follows `value`;
/// what a person typed before the module came counts.
#[component]
pub fn Answer(question: Question, value: RwSignal<String>, #[prop(into)] fault: Signal<Option<String>>) -> impl IntoView {
    let Question { name, label, hint, kind, autocomplete, inputmode, max, rows, optional, value: typed, .. } = question;
    let area = NodeRef::<html::Textarea>::new();
    let line = NodeRef::<html::Input>::new();
    Effect::new(move |before: Option<()>| {
        let words = value.get();
        let (area, line) = (area.get(), line.get());
        let shown = area.as_ref().map(|area| area.value()).or(line.as_ref().map(|line| line.value()));
        let Some(shown) = shown.filter(|shown| *shown != words) else { return };
        if before.is_none() && !shown.is_empty() {
            value.set(shown);
        } else if let Some(area) = area {
            area.set_value(&words);
        } else if let Some(line) = line {
            line.set_value(&words);
        }
    });
    let described = {
        let (hint_id, fault_id) = ([&name, "-hint"].concat(), [&name, "-error"].concat());
        let hinted = !hint.is_empty();
        move || match (hinted, fault.with(Option::is_some)) {
            (false, false) => None,
            (true, false) => Some(hint_id.clone()),
            (false, true) => Some(fault_id.clone()),
            (true, true) => Some([&hint_id, " ", &fault_id].concat()),
        }
    };
    let invalid = move || fault.with(Option::is_some).then_some("true");
    let required = (!optional).then_some("true");
    let control = if rows > 0 {
        Either::Left(view! {
            <textarea node_ref=area id=name.clone() name=name.clone() rows=rows.to_string() aria-describedby=described
                aria-invalid=invalid aria-required=required inner_html=content(&typed)
                on:input=move |event| value.set(event_target_value(&event))></textarea>
        })
    } else {
        Either::Right(view! {
            <input node_ref=line id=name.clone() name=name.clone() type=kind value=typed autocomplete=autocomplete
                inputmode=inputmode maxlength=max.to_string() aria-describedby=described aria-invalid=invalid
                aria-required=required on:input=move |event| value.set(event_target_value(&event))/>
        })
    };
    let hint = (!hint.is_empty()).then(|| view! { <p class="hint" id=[&name, "-hint"].concat()>{hint}</p> });
    let fault_id = [&name, "-error"].concat();
    let left = (rows > 0).then(|| {
        view! { <p class="hint left" aria-live="polite">{move || room(max, &value.read()).map(|words| view! { <span>{words}</span> })}</p> }
    });
    view! {
        <div class="field" class:bad=move || fault.with(Option::is_some)>
            <label for=name>{label}{optional.then(|| view! { <span class="optional">"（选填）"</span> })}</label>
            {hint}
            {move || fault.get().map(|words| view! { <p class="fault" id=fault_id.clone()>{icon("warn")}{words}</p> })}
            {control}
            {left}
        </div>
    }
}

/// Watches a form: the second click of a double click does nothing. The server would do it once anyway.
pub fn send_once(form: &web_sys::HtmlFormElement) {
    let sent = form.clone();
    EventListener::new_with_options(form, "submit", EventListenerOptions::enable_prevent_default(), move |event| {
        if sent.has_attribute("data-sent") {
            event.prevent_default();
        } else if !event.default_prevented() {
            _ = sent.set_attribute("data-sent", "");
        }
    })
    .forget();
    // Back from the next page: the form may be sent again.
    if let Some(window) = web_sys::window() {
        let form = form.clone();
        EventListener::new(&window, "pageshow", move |_| _ = form.remove_attribute("data-sent")).forget();
    }
}

#[cfg(test)]
mod tests {
    use super::room;

    #[test]
    fn what_is_left_is_said_near_the_end_only() {
        assert_eq!(room(100, &"长".repeat(79)), None);
        assert_eq!(room(100, &"长".repeat(90)).as_deref(), Some("还可以写 10 字"));
        assert_eq!(room(100, &"长".repeat(103)).as_deref(), Some("超出 3 字"));
    }
}

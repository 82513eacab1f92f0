//! An action: a plain form that a page posts, and that an island sends to the same use case without leaving the place.

use super::browser::{control, pairs};
use super::pane::{Panel, Shown};
use super::rpc::desk_act;
use super::view::{Act, Acted};
use crate::error::RpcError;
use crate::ui::icon;
use crate::ui::input::{Control, Faults};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How far the sending is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sending {
    Not,
    Underway,
    /// Nothing came back; what was typed is still there.
    Lost,
}

/// What an action needs to be sent.
#[derive(Clone, Copy)]
struct Sender {
    shown: Shown,
    code: StoredValue<String>,
    form: NodeRef<html::Form>,
    faults: Faults,
    state: RwSignal<Sending>,
}

/// An action: a line, opened a form.
#[component]
pub fn ActForm(shown: Shown, act: Act, href: String, version: String) -> impl IntoView {
    let Act { code, label, key, consequence, danger, open, inputs, faults } = act;
    let faults = Faults::new(faults);
    let (details, form) = (NodeRef::new(), NodeRef::new());
    shown.panels.update_value(|panels| panels.push(Panel { key: key.clone(), details, form }));
    let sender = Sender { shown, code: StoredValue::new(code), form, faults, state: RwSignal::new(Sending::Not) };
    let busy = move || sender.state.get() == Sending::Underway;
    let lost = move || sender.state.get() == Sending::Lost;
    view! {
        <details class="card act" open=open name="act" node_ref=details>
            <summary accesskey=key.clone()>{label.clone()}<kbd>{key.clone()}</kbd></summary>
            <form method="post" action=href novalidate node_ref=form
                on:submit=move |event| sender.submit(&event) on:input=move |_| shown.typed.set_value(true)>
                <input type="hidden" name="version" value=version/>
                <p class="hint">{consequence}</p>
                {move || faults.at("main").map(|sentence| view! { <p class="fault" role="alert">{icon("warn")}{sentence}</p> })}
                {inputs.into_iter().map(|input| view! { <Control input faults/> }).collect_view()}
                <button class="button" class:danger=danger aria-disabled=move || busy().then_some("true")>
                    {move || if lost() { "再试一次".to_owned() } else { label.clone() }}
                </button>
            </form>
        </details>
    }
}

impl Sender {
    fn submit(self, event: &SubmitEvent) {
        event.prevent_default();
        let (Some(form), Some(number)) = (self.form.get_untracked(), self.shown.number_untracked()) else { return };
        if self.state.get_untracked() == Sending::Underway {
            return;
        }
        self.state.set(Sending::Underway);
        self.faults.set(Vec::new());
        // What the island hears meanwhile draws no other actions under the hand that sent this one.
        self.shown.typed.set_value(true);
        self.shown.sending.set_value(Some(false));
        let (code, fields) = (self.code.get_value(), pairs(&form));
        spawn_local(async move {
            let answer = desk_act(number.clone(), code, fields).await;
            let shown = self.shown.number_untracked();
            let here = shown.as_ref() == Some(&number);
            let moved = self.shown.sending.get_value() == Some(true);
            self.shown.sending.set_value(None);
            if moved && (answer.is_err() || !here) {
                shown.into_iter().for_each(|number| self.shown.look(number));
            }
            match answer {
                Ok(acted) => self.shown.acted(acted, here),
                // Whoever went on to another issue meanwhile sees what became of this one in the list.
                Err(_) if self.state.try_get_untracked().is_none() || !here => {}
                Err(error) => self.refused(number, error),
            }
        });
    }

    /// What is wrong is said at its field, and the first such field has the focus; what was typed stays.
    fn refused(self, number: String, error: RpcError) {
        self.state.set(if matches!(error, RpcError::Offline | RpcError::Busy) { Sending::Lost } else { Sending::Not });
        match error {
            RpcError::Invalid(faults) => {
                let first = faults.first().map(|(field, _)| field.clone());
                self.faults.set(faults);
                let form = self.form.get_untracked();
                if let Some(control) = form.zip(first).and_then(|(form, name)| control(&form, Some(&name))) {
                    _ = control.focus();
                }
            }
            error => {
                self.faults.set(vec![("main".to_owned(), error.sentence())]);
                if matches!(error, RpcError::Conflict(_)) {
                    self.shown.look(number);
                }
            }
        }
    }
}

impl Shown {
    /// What was done is said where it was done, and leads the eye there.
    fn acted(self, acted: Acted, here: bool) {
        if here {
            self.said.set(acted.said);
            self.show(acted.issue);
            if let Some(notice) = self.notice.get_untracked() {
                _ = notice.focus();
            }
        }
        self.done.update(|done| *done += 1);
    }
}

//! An action: a plain form that a page posts, and that an island sends to the same use case without leaving the place.

use super::pane::{Panel, Shown};
use super::view::Act;
use crate::ui::icon;
use crate::ui::input::{Control, Faults};
#[cfg(feature = "ssr")]
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;

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

#[cfg(feature = "ssr")]
impl Sender {
    fn submit(self, _: &SubmitEvent) {}
}

#[cfg(not(feature = "ssr"))]
mod browser {
    use super::super::browser::{control, pairs};
    use super::super::rpc::desk_act;
    use super::super::view::Acted;
    use super::{Sender, Sending, Shown};
    use crate::error::RpcError;
    use leptos::ev::SubmitEvent;
    use leptos::prelude::*;
    use leptos::task::spawn_local;

    impl Sender {
        pub fn submit(self, event: &SubmitEvent) {
            event.prevent_default();
            let Some(form) = self.form.get_untracked() else { return };
            if self.state.get_untracked() == Sending::Underway {
                return;
            }
            self.state.set(Sending::Underway);
            self.faults.set(Vec::new());
            let Some(number) = self.shown.view.with_untracked(|view| view.as_ref().map(|view| view.number.clone())) else {
                return;
            };
            let fields = pairs(&form);
            spawn_local(async move {
                let answer = desk_act(number.clone(), self.code.get_value(), fields).await;
                self.state.set(if answer == Err(RpcError::Offline) { Sending::Lost } else { Sending::Not });
                match answer {
                    Ok(acted) => self.shown.acted(acted),
                    Err(error) => self.refused(&number, error),
                }
            });
        }

        /// What is wrong is said at its field, and the first such field has the focus; what was typed stays.
        fn refused(self, number: &str, error: RpcError) {
            match error {
                RpcError::Invalid(faults) => {
                    let first = faults.first().map(|(field, _)| field.clone());
                    self.faults.set(faults);
                    let form = self.form.get_untracked();
                    if let Some(control) = form.zip(first).and_then(|(form, name)| control(&form, Some(&name))) {
                        _ = control.focus();
                    }
                }
                RpcError::Conflict(sentence) => {
                    self.faults.set(vec![("main".to_owned(), sentence)]);
                    self.shown.look(number.to_owned());
                }
                error => self.faults.set(vec![("main".to_owned(), error.sentence())]),
            }
        }
    }

    impl Shown {
        fn acted(self, acted: Acted) {
            self.said.set(acted.said);
            self.show(acted.issue);
            self.done.update(|done| *done += 1);
            if let Some(notice) = self.notice.get_untracked() {
                _ = notice.focus();
            }
        }
    }
}

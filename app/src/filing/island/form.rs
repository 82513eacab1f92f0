//! The form itself.

use super::draft;
use super::hold::hold_back;
use super::photos::{PhotoTray, Photos, Tray};
use super::similar::Similar;
use crate::carried::Carried;
use crate::filing::rpc::{Solved, suggest};
use crate::module::{Module, needs};
use crate::ui::icon;
use crate::ui::island::{Answer, Question, send_once};
use domain::catalogue::Hint;
use gloo::events::EventListener;
use gloo::timers::future::TimeoutFuture;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;

/// What the form asks, and what was answered before.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Questions {
    /// Where the form posts.
    pub action: String,
    /// Files once.
    pub key: String,
    /// Whose problem it is, whatever another window chose since.
    pub whose: String,
    /// Whose draft it is: person and enterprise.
    pub owner: String,
    pub text: Question,
    pub title: Question,
    pub place: Question,
    pub contact_name: Question,
    pub contact_phone: Question,
    pub hints: Vec<Hint>,
    /// Cases that resemble what was answered.
    pub cases: Vec<Solved>,
    /// The hint that was chosen.
    pub suggested: String,
    pub category: String,
    pub photos: Photos,
}

/// The form's id: controls that stand outside of it belong to it by this.
pub const FORM: &str = "filing";

/// The answers while they are typed.
#[derive(Clone, Copy)]
pub(super) struct Answers {
    pub text: RwSignal<String>,
    pub title: RwSignal<String>,
    pub place: RwSignal<String>,
    pub contact_name: RwSignal<String>,
    pub contact_phone: RwSignal<String>,
    pub category: RwSignal<String>,
}

/// The form of [`FORM`]; the page adds what stays plain HTML to it from outside, the list of every category among it.
#[island]
pub fn FilingForm(questions: Carried<Questions>) -> impl IntoView {
    needs(Module::Filing);
    let Carried(questions) = questions;
    let Questions { action, key, whose, owner, text, title, place, contact_name, contact_phone, .. } = questions;
    let answers = Answers {
        text: RwSignal::new(text.value.clone()),
        title: RwSignal::new(title.value.clone()),
        place: RwSignal::new(place.value.clone()),
        contact_name: RwSignal::new(contact_name.value.clone()),
        contact_phone: RwSignal::new(contact_phone.value.clone()),
        category: RwSignal::new(questions.category),
    };
    let tray = Tray::new(&questions.photos);
    let form = NodeRef::<html::Form>::new();
    form.on_load(move |form| {
        hold_back(&form, tray);
        send_once(&form);
        keep_category(&form, answers.category);
    });
    let restored = RwSignal::new(false);
    let cases = RwSignal::new(questions.cases);
    let draft = owner.clone();
    let view = view! {
        <form node_ref=form id=FORM method="post" action=action enctype="multipart/form-data" novalidate class="stack">
            <input type="hidden" name="key" value=key/>
            <input type="hidden" name="whose" value=whose/>
            <section class="card">
                <div class="restored" role="status">
                    {move || restored.get().then(|| view! { <Restored answers restored owner=draft.clone()/> })}
                </div>
                <Answer fault=text.fault.clone() question=text value=answers.text/>
                <Answer fault=title.fault.clone() question=title value=answers.title/>
            </section>
            <div role="status">{move || view! { <Similar cases=cases.get()/> }}</div>
            <section class="card">
                <Suggestions answers cases hints=questions.hints chosen=questions.suggested/>

            </section>
            <section class="card">
                <Answer fault=place.fault.clone() question=place value=answers.place/>
                <PhotoTray tray fault=questions.photos.fault/>
            </section>
            <section class="card">
                <Answer fault=contact_name.fault.clone() question=contact_name value=answers.contact_name/>
                <Answer fault=contact_phone.fault.clone() question=contact_phone value=answers.contact_phone/>
            </section>
        </form>
    };
    // After the fields have told what stands in them: only an empty form takes a draft.
    draft::keep(answers, owner, restored);
    view
}

/// What was put back, and the way to be rid of it.
#[component]
fn Restored(answers: Answers, restored: RwSignal<bool>, owner: String) -> impl IntoView {
    let forget = move |_| {
        answers.text.set(String::new());
        answers.title.set(String::new());
        answers.category.set(String::new());
        draft::forget(&owner);
        restored.set(false);
    };
    view! {
        <p class="flash">
            {icon("pen")}<span>"已恢复您上次填写的文字，照片和文件请重新添加"</span>
            <button type="button" class="link" on:click=forget>"删除草稿"</button>
        </p>
    }
}

/// Categories that fit what was typed, asked for again when typing pauses, unless one was chosen; the cases come with them.
#[component]
fn Suggestions(answers: Answers, cases: RwSignal<Vec<Solved>>, hints: Vec<Hint>, chosen: String) -> impl IntoView {
    let hints = RwSignal::new(hints);
    let chosen = RwSignal::new(chosen);
    let turn = StoredValue::new(0_u32);
    Effect::new(move |before: Option<String>| {
        let words = [&*answers.title.read(), " ", &*answers.text.read()].concat();
        if before.is_some_and(|before| before != words) {
            turn.update_value(|turn| *turn += 1);
            let (mine, asked) = (turn.get_value(), words.clone());
            spawn_local(async move {
                TimeoutFuture::new(400).await;
                let wanted = move || turn.get_value() == mine;
                if !wanted() {
                    return;
                }
                // Nobody asked for it, so nobody is told when it fails.
                if let Ok(found) = suggest(asked).await
                    && wanted()
                {
                    cases.set(found.cases);
                    if chosen.read_untracked().is_empty() {
                        hints.set(found.hints);
                    }
                }
            });
        }
        words
    });
    let none = || view! { <p class="hint">"写好问题后，这里会提示可能的分类。拿不准可以不选。"</p> };
    view! {
        <Show when=move || !hints.read().is_empty() fallback=none>
            <fieldset class="field choices big">
                <legend>"属于哪一类？"</legend>
                <div class="options">
                    {move || {
                        let choice = |hint: Hint| view! { <Choice code=hint.code label=hint.name detail=hint.board chosen/> };
                        hints.get().into_iter().map(choice).collect::<Vec<_>>()
                    }}
                    <Choice code="other".to_owned() label="其他 / 不知道".to_owned() detail="由企服中心分类".to_owned() chosen/>
                </div>
            </fieldset>
        </Show>
    }
}

#[component]
fn Choice(code: String, label: String, detail: String, chosen: RwSignal<String>) -> impl IntoView {
    let id = ["suggested-", &code].concat();
    let value = code.clone();
    let checked = *chosen.read_untracked() == code;
    view! {
        <div class="choice">
            <input type="radio" id=id.clone() name="suggested" value=value checked=checked on:change=move |_| chosen.set(code.clone())/>
            <label for=id><span>{label}<small>{detail}</small></span></label>
        </div>
    }
}

/// 其他分类 is a list of more than a hundred that the page writes outside of the island, and that stays as it is. It belongs to the form.
fn keep_category(form: &web_sys::HtmlFormElement, category: RwSignal<String>) {
    let control = form.get_with_name("category").and_then(|control| control.dyn_into::<web_sys::HtmlSelectElement>().ok());
    let Some(select) = control else { return };
    let chosen = select.clone();
    EventListener::new(&select, "change", move |_| category.set(chosen.value())).forget();
    // What the browser kept of a page that was left.
    if !select.value().is_empty() {
        category.set(select.value());
    }
    Effect::new(move || select.set_value(&category.read()));
}

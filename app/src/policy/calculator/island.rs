//! The calculator on the page: answered by the server as a plain form, and in the browser at every key stroke, offline too. Nothing is
//! sent until the enterprise saves.

use super::controls::{Desk, fields, tag_field};
use super::model::Model;
use super::payload::{Pairs, carried};
use super::results::{Results, Total};
use crate::module::{Module, needs};
use domain::policy::evaluate::Evaluation;
use domain::policy::facts::Facts;
use leptos::prelude::*;

/// How far saving has come.
#[derive(Clone, PartialEq, Eq)]
enum Saving {
    No,
    Busy,
    Said(String),
    /// It did not work; it can be tried again.
    Failed(String),
}

/// The calculator with the portrait's figures, or with those that a form sent.
#[island]
pub fn Calculator() -> impl IntoView {
    needs(Module::Calculator);
    carried().map(|payload| {
        let (model, known, before, typed) = Model::new(payload);
        view! { <Live model known before typed/> }
    })
}

#[component]
fn Live(model: Model, known: Facts, before: Evaluation, typed: Pairs) -> impl IntoView {
    let (known, typed) = (RwSignal::new(known), RwSignal::new(typed));
    // What follows from what is known moves with it, so whoever looks at the one has heard of the other.
    let (model, before) = (StoredValue::new(model), StoredValue::new(before));
    let answer = Memo::new(move |_| {
        model.with_value(|model| {
            known.with(|known| before.with_value(|before| typed.with(|typed| model.answer(known, before, typed))))
        })
    });
    let desk = Desk { typed, answer };
    let saving = RwSignal::new(Saving::No);
    let (fields, tags) =
        model.with_value(|model| (known.with_untracked(|known| fields(model, known, desk)), tag_field(model, desk)));
    let save = move || {
        if saving.get_untracked() == Saving::Busy {
            return;
        }
        saving.set(Saving::Busy);
        let mut pairs = model.with_value(|model| typed.with_untracked(|typed| model.sent(typed)));
        pairs.push(("whose".to_owned(), model.with_value(|model| model.whose.clone())));
        leptos::task::spawn_local(async move {
            match crate::policy::rpc::state_facts(pairs).await {
                Ok(saved) => {
                    let facts = saved.known.facts();
                    before.set_value(model.with_value(|model| model.evaluate(&facts)));
                    known.set(facts);
                    saving.set(Saving::Said(saved.sentence));
                }
                Err(error) => saving.set(Saving::Failed(error.sentence())),
            }
        });
    };
    let results = NodeRef::<leptos::html::Section>::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if event.submitter().and_then(|button| button.get_attribute("value")).as_deref() == Some("save") {
            save();
        } else if let Some(section) = results.get_untracked() {
            // What the other button asks for is already there, below two dozen figures on a phone.
            section.scroll_into_view();
            _ = section.focus();
        }
    };
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let reset = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        typed.set(model.with_value(|model| known.with_untracked(|known| model.offered(known, &Pairs::new()))));
        saving.set(Saving::No);
    };
    let words = move || match saving.get() {
        Saving::No => String::new(),
        Saving::Busy => "正在保存…".to_owned(),
        Saving::Said(sentence) | Saving::Failed(sentence) => sentence,
    };
    let failed = move || matches!(saving.get(), Saving::Failed(_));
    let actions = view! {
        <p class="row calc-actions">
            // The first one is what Enter presses: it never saves. Both words are as wide, so that nothing moves.
            <button class="button" class:secondary=move || alive.get() name="do" value="calculate">
                {move || if alive.get() { "查看结果" } else { "重新计算" }}
            </button>
            <button class="button" name="do" value="save" aria-busy=move || (saving.get() == Saving::Busy).then_some("true")>
                {move || if failed() { "再试一次" } else { "保存到企业画像" }}
            </button>
            <a class="button secondary" href="/policies/calculator" on:click=reset>"还原"</a>
        </p>
        <p class="calc-saving" role="status" class:fault=failed>{words}</p>
    };
    let whose = model.with_value(|model| model.whose.clone());
    let form = view! {
        <form method="post" action="/policies/calculator" class="stack calc-form" novalidate on:submit=submit>
            <input type="hidden" name="whose" value=whose/>
            {actions}
            <section class="card">
                <h2>"试一试"</h2>
                <div class="calc-fields">{fields}</div>
                {tags}
            </section>
        </form>
    };
    view! {
        <div class="calculator">
            <Total answer/>
            {form}
            <Results answer node=results/>
        </div>
    }
}

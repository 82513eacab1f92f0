//! What was solved for others, beside what is being written.

use crate::filing::rpc::Solved;
use crate::ui::icon;
use leptos::prelude::*;

/// Nothing where nothing resembles it. What is typed stays where it is: a case opens in a window of its own.
#[component]
pub fn Similar(cases: Vec<Solved>) -> impl IntoView {
    let items = cases.into_iter().map(|Solved { id, title, answer, rule }| {
        view! {
            <li class="cell">
                <a href=["/cases/", &id.to_string()].concat() target="_blank" rel="noopener">
                    <strong>{title}<span class="hidden">"（在新窗口打开）"</span></strong>
                    <span>{answer}</span>
                    <span class="muted">"依据："{rule}</span>
                </a>
            </li>
        }
    });
    let items: Vec<_> = items.collect();
    (!items.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2>{icon("star")}"类似问题已有办法"</h2>
                <p class="muted">"先看看别的企业是怎么解决的；不一样的，接着提交就好。"</p>
                <ul class="cells">{items}</ul>
            </section>
        }
    })
}

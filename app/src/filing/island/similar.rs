//! What was solved for others, beside what is being written.

use crate::filing::rpc::Solved;
use leptos::prelude::*;

/// Nothing where nothing resembles it. What is typed stays where it is: a case opens in a window of its own.
#[component]
pub fn Similar(cases: Vec<Solved>) -> impl IntoView {
    (!cases.is_empty()).then(|| {
        let items = cases.into_iter().map(|Solved { href, lines }| view! { <li><a href=href target="_blank">{lines}</a></li> });
        view! {
            <section class="card told">
                <h2>"类似问题已有办法"</h2>
                <p class="muted">"先看看别的企业是怎么解决的；不一样的，接着提交就好。"</p>
                <ul>{items.collect::<Vec<_>>()}</ul>
            </section>
        }
    })
}

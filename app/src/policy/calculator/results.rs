//! What the calculator answers, on the page that the server sends and in the browser alike.

use super::model::{Answer, Group, Row, signed};
use leptos::html;
use leptos::prelude::*;

/// What money gained or lost.
fn gain(fen: i64) -> Option<impl IntoView> {
    (fen != 0).then(|| {
        let class = if fen > 0 { "delta up" } else { "delta down" };
        view! { " "<span class=class>{signed(fen)}</span> }
    })
}

/// The total and what moved it: always two lines, always in sight.
#[component]
pub fn Total(answer: Memo<Answer>) -> impl IntoView {
    view! {
        <div class="calc-sum">
            <p class="calc-total" role="status">
                "还可享 "<strong>{move || answer.with(|answer| answer.total.clone())}</strong>
                {move || gain(answer.with(|answer| answer.gain))}
            </p>
            <p class="calc-moved">{move || answer.with(|answer| answer.moved.clone())}</p>
        </div>
    }
}

/// Every policy that is had, nearly had or hangs on an answer; `node` is where who asks for it is led.
#[component]
pub fn Results(answer: Memo<Answer>, node: NodeRef<html::Section>) -> impl IntoView {
    view! {
        <section id="calc-results" class="card calc-results" aria-label="计算结果" tabindex="-1" node_ref=node>
            {move || answer.with(|answer| answer.groups.iter().map(group).collect_view())}
        </section>
    }
}

fn group(group: &Group) -> impl IntoView + use<> {
    view! {
        <h2>{group.label}" "<span class="count">{group.rows.len().to_string()}</span></h2>
        <ul class="cells long calc-list">{group.rows.iter().map(row).collect_view()}</ul>
    }
}

fn row(row: &Row) -> impl IntoView + use<> {
    let href = ["/policies/", &row.code].concat();
    view! {
        <li class="cell" class:moved=row.moved>
            <a href=href>
                <span class="cell-head">
                    <strong>{row.title.clone()}</strong>
                    <span class="money">{row.money.clone()}{gain(row.gain)}</span>
                </span>
                <span class="muted">{row.why.clone()}</span>
            </a>
        </li>
    }
}

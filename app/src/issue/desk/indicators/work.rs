//! 工作指标 (S-29): the six of work as a table, for the bulletin and for whoever enters them, and as columns of the year's assessment.

use crate::sheet::Cell;
use crate::ui::empty;
use domain::work_indicator::{Figures, Work, WorkIndicator};
use leptos::prelude::*;
use store::issue::work_figure::name;
use store::reference::Reference;

/// Everybody who is measured, with the six.
pub fn work_table(works: &[&Work], reference: &Reference) -> AnyView {
    if works.is_empty() {
        return empty("这个月没有工作指标。", None);
    }
    let heads = WorkIndicator::ALL.iter().map(|it| view! { <th scope="col">{it.label()}</th> }).collect_view();
    let rows = works.iter().map(|work| {
        // Of none there is no share.
        let counted = |it: &WorkIndicator| work.figures.get(it).filter(|figure| figure.of != Some(0));
        let said = |it: &WorkIndicator| counted(it).map_or_else(|| "—".to_owned(), |figure| figure.said());
        let cells = WorkIndicator::ALL.iter().map(|it| view! { <td>{said(it)}</td> }).collect_view();
        view! { <tr><th scope="row">{name(reference, work.whose)}</th>{cells}</tr> }
    });
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="工作指标">
            <table class="figures">
                <thead><tr><th scope="col">"区县、部门"</th>{heads}</tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// What each counts, in what, and where it comes from.
pub fn work_rules() -> AnyView {
    let rules = WorkIndicator::ALL.iter().map(|it| {
        let rule = format!("：{}，单位：{}；{}", it.rule(), it.unit(), it.source());
        view! { <li><strong>{it.label()}</strong>{rule}</li> }
    });
    view! {
        <details class="card"><summary>"工作指标怎么算的"</summary>
            <ul>{rules.collect_view()}</ul>
            <p class="muted">"口径为本平台暂定，以市里公布的为准。"</p>
        </details>
    }
    .into_any()
}

/// What the columns of [`work_cells`] are called.
pub(super) fn work_columns() -> impl Iterator<Item = String> {
    WorkIndicator::ALL.iter().flat_map(|it| {
        let of = it.is_share().then(|| format!("{}应有", it.label()));
        std::iter::once(it.label().to_owned()).chain(of)
    })
}

/// The six, under [`work_columns`]; empty where there is none.
pub(super) fn work_cells(figures: &Figures) -> Vec<Cell> {
    #[allow(clippy::cast_precision_loss)] // A sheet has no other numbers, and no count is that large.
    let cell = |number: Option<i64>| number.map_or_else(|| Cell::Text(String::new()), |number| Cell::Number(number as f64));
    let mut cells = Vec::new();
    for it in WorkIndicator::ALL {
        let figure = figures.get(it);
        cells.push(cell(figure.map(|figure| figure.value)));
        if it.is_share() {
            cells.push(cell(figure.and_then(|figure| figure.of)));
        }
    }
    cells
}

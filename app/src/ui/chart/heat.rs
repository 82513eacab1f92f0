//! A table of two things at once, darker where there is more: which problems come up where.

use super::figure;
use leptos::prelude::*;

/// What is counted by row and column.
pub struct Heat {
    /// What the table is called.
    pub label: &'static str,
    /// What rows are.
    pub corner: &'static str,
    pub columns: Vec<String>,
    pub rows: Vec<HeatRow>,
}

/// A row: its name, its counts in the order of the columns, each with the list behind it, and the same for all of them.
pub type HeatRow = (String, Vec<(i64, String)>, (i64, String));

/// Shades besides none.
const SHADES: i64 = 4;

/// The shade of a count: none for nothing, the darkest for the most.
fn shade(count: i64, most: i64) -> i64 {
    if count <= 0 { 0 } else { ((count * SHADES + most.max(1) - 1) / most.max(1)).clamp(1, SHADES) }
}

/// The table.
pub fn heat(heat: Heat) -> AnyView {
    const CLASSES: [&str; 5] = ["", "heat-1", "heat-2", "heat-3", "heat-4"];
    let Heat { label, corner, columns, rows } = heat;
    let most = rows.iter().flat_map(|(_, cells, _)| cells).map(|(count, _)| *count).max().unwrap_or(0);
    let rows = rows.into_iter().map(|(name, cells, (sum, whole))| {
        let cells = cells.into_iter().map(|(count, href)| {
            let class = usize::try_from(shade(count, most)).ok().and_then(|at| CLASSES.get(at)).copied().unwrap_or("");
            view! { <td class=class>{figure(count, href)}</td> }
        });
        view! { <tr><th scope="row">{name}</th>{cells.collect_view()}<td><strong>{figure(sum, whole)}</strong></td></tr> }
    });
    let rows = rows.collect_view();
    let names = columns.into_iter().map(|name| view! { <th scope="col">{name}</th> }).collect_view();
    view! {
        <p class="muted">"颜色越深，件数越多。"</p>
        <div class="table-wrap" tabindex="0" role="region" aria-label=label>
            <table class="figures heat">
                <thead><tr><th scope="col">{corner}</th>{names}<th scope="col">"合计"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::shade;

    #[test]
    fn the_darkest_is_the_most_and_nothing_has_no_shade() {
        assert_eq!([0, 1, 25, 26, 50, 51, 75, 76, 100].map(|count| shade(count, 100)), [0, 1, 1, 2, 2, 3, 3, 4, 4]);
        assert_eq!((shade(1, 1), shade(0, 0), shade(3, 3)), (4, 0, 4));
    }
}

//! What is open by age, and which problems come up where: drawn for leaders, for the six indicators and for what is printed. Every figure opens its
//! list, and is its length.

use super::indicators::area_name;
use crate::request::Clock;
use crate::ui::chart::{Bar, Heat, Words, bars, figure, heat, table};
use crate::ui::empty;
use domain::actor::{CITY, Duty};
use domain::calendar::local;
use domain::issue::Queue;
use domain::issue::filter::NOBODY;
use leptos::prelude::*;
use std::collections::BTreeMap;
use store::issue::figures::{Age, EDGES, Of};
use store::issue::snapshot::Cell;
use time::{Date, Duration};

/// Departments and categories that are listed.
const LISTED: usize = 10;

/// What of the open issues somebody is shown, and the queue that lists it: who supervises reads what is late, a district's centre what it is
/// responsible for.
pub fn of(duty: &Duty) -> (Queue, Of) {
    let centre = match duty {
        Duty::Centre { area } if *area != CITY => Some(*area),
        _ => None,
    };
    let late = !Queue::of(duty).contains(&Queue::Open);
    (if late { Queue::Late } else { Queue::Open }, Of { late, centre })
}

/// The days of filing of an age, as the filter of a list has them.
fn filed(at: usize, today: Date) -> String {
    let from = EDGES.get(at).map(|days| format!("&from={}", today - Duration::days(*days)));
    let before = at.checked_sub(1).and_then(|at| EDGES.get(at));
    let to = before.map(|days| format!("&to={}", today - Duration::days(days + 1)));
    [from, to].into_iter().flatten().collect()
}

/// `3 天内`, `4 至 10 天`, `20 天以上`.
fn name(at: usize) -> String {
    match (at.checked_sub(1).and_then(|at| EDGES.get(at)), EDGES.get(at)) {
        (None, Some(last)) => format!("{last} 天内"),
        (Some(before), Some(last)) => format!("{} 至 {last} 天", before + 1),
        (Some(before), None) => format!("{before} 天以上"),
        (None, None) => String::new(),
    }
}

/// A bar an age, and below who has how much of it.
pub fn ages(list: &[Age], queue: Queue, clock: &Clock) -> AnyView {
    let today = local(clock.now).date();
    let what = queue.label();
    if list.is_empty() {
        return empty("现在没有。", None);
    }
    let all = list.iter().fold([0; 4], |sum: [i64; 4], age| std::array::from_fn(|at| sum[at] + age.days[at]));
    let drawn: Vec<Bar> = all
        .iter()
        .enumerate()
        .map(|(at, count)| Bar {
            label: name(at),
            value: *count,
            figure: count.to_string(),
            tone: if at == 3 { "late" } else { "" },
        })
        .collect();
    let words = Words {
        id: "ages",
        title: format!("{what}的诉求，提交了多久"),
        about: drawn.iter().map(|bar| format!("{} {} 件", bar.label, bar.figure)).collect::<Vec<_>>().join("，"),
    };
    let row = |label: String, days: &[i64; 4], more: &str| {
        let cells = days.iter().enumerate().map(|(at, count)| {
            let href = format!("/desk?queue={}{}{more}", queue.code(), filed(at, today));
            view! { <td>{figure(*count, href)}</td> }
        });
        view! { <tr><th scope="row">{label}</th>{cells.collect_view()}</tr> }
    };
    let rows = list.iter().take(LISTED).map(|age| {
        let label = age.department.map_or_else(|| "尚未交办".to_owned(), |id| clock.reference.department(id));
        row(label, &age.days, &format!("&department={}", age.department.unwrap_or(NOBODY)))
    });
    let rows = rows.collect_view();
    let whole = row("合计".to_owned(), &all, "");
    let heads = std::iter::once("主办部门".to_owned()).chain((0..4).map(name)).collect();
    let cut = (list.len() > LISTED).then(|| view! { <p class="muted">{format!("列出件数最多的 {LISTED} 家。")}</p> });
    view! {
        {bars(words, None, &drawn)}
        {table(format!("{what}，按提交了多久"), heads, view! { {whole}{rows} })}
        {cut}
    }
    .into_any()
}

/// Categories by district, the most first; `list` is the address of the list of a category, of one district or of all.
pub fn hot(cells: &[Cell], list: impl Fn(&str, Option<i32>) -> String, clock: &Clock) -> AnyView {
    if cells.is_empty() {
        return empty("没有可统计的诉求。", None);
    }
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for cell in cells {
        *sums.entry(&cell.category).or_default() += cell.count;
    }
    let mut sums: Vec<(&str, i64)> = sums.into_iter().collect();
    sums.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    sums.truncate(LISTED);
    let mut areas: Vec<i32> = cells.iter().map(|cell| cell.area).collect();
    areas.sort_unstable();
    areas.dedup();
    let of = |category: &str, area| {
        let found = cells.iter().find(|cell| cell.category == category && cell.area == area);
        (found.map_or(0, |cell| cell.count), list(category, Some(area)))
    };
    let rows = sums.iter().map(|(category, sum)| {
        let name = clock.catalogue(clock.now).category_name(category).to_owned();
        (name, areas.iter().map(|area| of(category, *area)).collect(), (*sum, list(category, None)))
    });
    heat(Heat {
        label: "类别和区县",
        corner: "类别",
        rows: rows.collect(),
        columns: areas.iter().map(|area| area_name(*area, clock)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::issue::filter::Filter;
    use time::macros::date;

    /// Every day of filing belongs to one age, the one its name says.
    #[test]
    fn ages_lie_side_by_side() {
        let today = date!(2026 - 11 - 27);
        for days in 0_i64..400 {
            let day = today - Duration::days(days);
            let holds = |at: usize| {
                let query = filed(at, today);
                let filter = Filter::read(query.split('&').filter_map(|pair| pair.split_once('=')));
                filter.from.is_none_or(|from| from <= day) && filter.to.is_none_or(|to| day <= to)
            };
            let ages: Vec<usize> = (0..4).filter(|at| holds(*at)).collect();
            let expected = EDGES.iter().position(|edge| days <= *edge).unwrap_or(3);
            assert_eq!(ages, [expected], "{days} days ago");
        }
        assert_eq!((0..4).map(name).collect::<Vec<_>>(), ["3 天内", "4 至 10 天", "11 至 20 天", "20 天以上"]);
    }

    #[test]
    fn whoever_supervises_is_shown_what_is_late_and_a_district_s_centre_its_own() {
        let (queue, shown) = of(&Duty::Supervisor { area: CITY });
        assert!(queue == Queue::Late && shown.late && shown.centre.is_none());
        let (queue, shown) = of(&Duty::Centre { area: 330_502 });
        assert!(queue == Queue::Open && !shown.late && shown.centre == Some(330_502));
        let (queue, shown) = of(&Duty::Leader { area: 330_502 });
        assert!(queue == Queue::Open && shown.centre.is_none());
    }
}

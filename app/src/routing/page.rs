//! Opened by a centre's officer who wonders why a suggestion is what it is, or whether it should be.

use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::{back, empty, section};
use domain::catalogue::learned::{DAYS, LEAST, MOST};
use leptos::prelude::*;
use store::learning::{self, Line};

/// The most lines on the page.
const SHOWN: i64 = 500;

/// The count.
#[component]
pub fn RoutingPage() -> impl IntoView {
    let request = Request::current();
    reads(async move {
        let (lines, clock) = {
            let mut ctx = request.open().await?;
            ctx.require_centre()?;
            (learning::list(&mut ctx.conn, SHOWN).await?, ctx.clock())
        };
        title("改派统计");
        Ok(page(&lines, &clock))
    })
}

fn page(lines: &[Line], clock: &Clock) -> AnyView {
    let today = clock.catalogue(clock.now);
    let of = |kind: &str| lines.iter().filter(|line| line.kind == kind).collect::<Vec<_>>();
    let category = |code: &str| today.category_name(code).to_owned();
    let department =
        |code: &str| clock.reference.department_by_code(code).map_or_else(|| code.to_owned(), |known| known.name.clone());
    let words = of("category").into_iter().map(|line| {
        let right =
            if line.chosen == line.corrected { "不变".to_owned() } else { format!("改为 {}", category(&line.corrected)) };
        row([line.word.clone(), category(&line.chosen), right, line.issues.to_string()])
    });
    let taken = of("department").into_iter().map(|line| {
        let place = clock.reference.area(line.area);
        row([category(&line.chosen), place, department(&line.corrected), line.issues.to_string()])
    });
    let rule = format!(
        "近 {DAYS} 天，每受理一件，记下其中指向类别的词、按词推荐的类别和实际受理的类别；每签收一件，记下由谁办理。\
         同一个词满 {LEAST} 件、其中 {MOST}% 以上改到同一类别的，以后照此推荐；改得很散的不作猜测，由人工分类。"
    );
    let body = if lines.is_empty() {
        empty("还没有可以统计的受理。", Some(("/desk", "回到工作台")))
    } else {
        view! {
            {section("类别", table(["词", "按词推荐", "实际受理", "件数"], words.collect_view().into_any()))}
            {section("办理部门", table(["类别", "区县", "实际办理", "件数"], taken.collect_view().into_any()))}
        }
        .into_any()
    };
    view! { {back("/desk", "工作台")}<h1>"改派统计"</h1><p class="muted">{rule}</p>{body} }.into_any()
}

fn row(cells: [String; 4]) -> AnyView {
    let [first, rest @ ..] = cells;
    let rest = rest.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view();
    view! { <tr><th scope="row">{first}</th>{rest}</tr> }.into_any()
}

fn table(head: [&'static str; 4], rows: AnyView) -> AnyView {
    let head = head.into_iter().map(|name| view! { <th scope="col">{name}</th> }).collect_view();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="统计">
            <table class="clocks"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>
        </div>
    }
    .into_any()
}

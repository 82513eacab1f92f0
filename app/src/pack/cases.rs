//! The open hard cases of a meeting, each with who has it, how late it is, and what was tried.

use super::Pack;
use crate::issue::desk::indicators::area_name;
use crate::issue::desk::view::path_of;
use crate::issue::tag::{flag_tag, state_tag};
use crate::issue::timeline::plain;
use crate::ui::{empty, icon, section, tag, time};
use domain::calendar::{local, words};
use domain::issue::{Event, Tier};
use leptos::prelude::*;
use store::pack::{CASES, Case, Tried};

/// So many of what was tried are shown, the latest.
const SHOWN: usize = 5;
/// So many characters of each.
const CUT: usize = 120;

pub(super) fn view(pack: &Pack) -> AnyView {
    let heading = format!("还没有办结的难题（{} 件）", pack.whole);
    let rule = view! { <p class="muted">"看："{pack.meeting.looks_at()}</p> };
    if pack.cases.is_empty() {
        return section(heading, view! { {rule}{empty("现在没有。", None)} });
    }
    let cut = (pack.whole > CASES).then(|| view! { <p class="muted">{format!("只列出层级最高、超期最久的 {CASES} 件。")}</p> });
    let cases = pack.cases.iter().map(|case| one(case, pack)).collect_view();
    section(heading, view! { {rule}{cut}{cases} })
}

fn one(case: &Case, pack: &Pack) -> AnyView {
    let clock = &pack.clock;
    let tried: &[Tried] = pack.tried.get(&case.id).map(Vec::as_slice).unwrap_or_default();
    let level = (case.tier != Tier::Board).then(|| tag("warn", icon("person"), level(case.tier, tried)));
    let flags = case.flags.iter().copied().map(flag_tag).collect_view();
    let holder = case.lead.map_or_else(|| "尚未交办".to_owned(), |id| clock.reference.department(id));
    let category = clock.catalogue(clock.now).category_name(&case.category).to_owned();
    let filed = words::day(local(case.submitted_at).date());
    let line = format!(
        "{} · {} · {} · {category} · {filed}提交 · {holder}",
        case.number,
        case.enterprise_name,
        area_name(case.area, clock)
    );
    let due = case.late_at.map(|due| {
        let left = clock.calendar.remaining(clock.now, due);
        let class = if due <= clock.now { "status late" } else { "muted" };
        view! { <p class=class>{left}"，"{time(due, words::due(due, clock.now))}</p> }
    });
    let earlier = tried.len().saturating_sub(SHOWN);
    let lines = tried.iter().skip(earlier).map(|one| {
        let (title, body) = plain(&one.event, clock);
        let body = if body.is_empty() { body } else { format!("：{}", short(&body)) };
        let at = time(one.at, words::moment(one.at, clock.on_paper().now));
        view! { <li>{at}" "{title}{body}</li> }
    });
    let lines = lines.collect_view();
    let before = (earlier > 0).then(|| view! { <li class="muted">{format!("更早的 {earlier} 次见案卷。")}</li> });
    let done = if tried.is_empty() {
        view! { <p class="muted">"还没有办理记录。"</p> }.into_any()
    } else {
        view! { <p class="muted">"试过的办法："</p><ul>{before}{lines}</ul> }.into_any()
    };
    view! {
        <article class="case">
            <h3><a href=path_of(&case.number)>{case.title.clone()}</a></h3>
            <p class="tags">{level}{state_tag(case.state)}{flags}</p>
            <p class="muted">{line}</p>
            {due}
            {done}
        </article>
    }
    .into_any()
}

/// The level, and whether it waits for the meeting.
fn level(tier: Tier, tried: &[Tried]) -> String {
    let of_meeting = tried.iter().rev().find(|one| matches!(one.event, Event::Referred { .. } | Event::Resolved(_)));
    match (tier, of_meeting.map(|one| &one.event)) {
        (Tier::Meeting, Some(Event::Referred { .. })) => format!("{tier} · 等会议决定"),
        (Tier::Meeting, Some(_)) => format!("{tier} · 已有决定"),
        _ => tier.label().to_owned(),
    }
}

/// The beginning of what was said, on one line.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= CUT {
        return line;
    }
    line.chars().take(CUT).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_cut_between_characters_and_stands_on_one_line() {
        assert_eq!(short("已到现场\n约好 明天"), "已到现场 约好 明天");
        let long = "积水".repeat(100);
        assert_eq!(short(&long).chars().count(), CUT + 1);
    }
}

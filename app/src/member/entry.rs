//! A line of the history of members.

use crate::ui::time;
use domain::calendar::words::moment;
use leptos::prelude::*;
use store::member::Entry;
use time::OffsetDateTime;

/// The history as cells; `linked` leads to the enterprise's page at the desk.
pub fn history(entries: Vec<Entry>, now: OffsetDateTime, linked: bool) -> AnyView {
    if entries.is_empty() {
        return view! { <p class="muted">"还没有变更。"</p> }.into_any();
    }
    let items = entries.into_iter().map(|entry| cell(&entry, now, linked)).collect_view();
    view! { <ul class="cells">{items}</ul> }.into_any()
}

fn cell(entry: &Entry, now: OffsetDateTime, linked: bool) -> AnyView {
    let mut who: Vec<String> = entry.role.iter().map(|role| role.label().to_owned()).collect();
    who.extend([entry.name.clone(), entry.phone.clone()]);
    let who = who.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let head = [entry.change.label(), &who].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("：");
    let shown = entry.shown.iter().map(|paper| paper.label()).collect::<Vec<_>>().join("、");
    let rest = [("核对", shown), ("备注", entry.note.clone()), ("理由", entry.reason.clone())]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(label, text)| view! { <span class="muted">{format!("{label}：{text}")}</span> })
        .collect_view();
    let firm = linked.then(|| {
        let href = format!("/desk/members/{}", entry.enterprise);
        view! { <span><a href=href>{entry.enterprise_name.clone()}</a></span> }
    });
    view! {
        <li class="cell">
            <div>
                <span class="cell-head"><strong>{head}</strong><small>{time(entry.at, moment(entry.at, now))}</small></span>
                {firm}
                <span class="muted">{format!("办理：{}", entry.actor_name)}</span>
                {rest}
            </div>
        </li>
    }
    .into_any()
}

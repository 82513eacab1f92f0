//! The queue: what is mine to do, the most urgent first. Staff live here, with the keyboard: j and k move, Enter opens, / searches, ? tells.

use super::keys::keys;
use crate::islands::{DeskKeys, LiveProgress};
use crate::issue::read::Desk;
use crate::issue::view::{day, flag_tag, row_left, state_tag};
use crate::render::Page;
use crate::shell::{Chrome, Section};
use crate::ui::list::{Chip, chips, more};
use crate::ui::{empty, icon, time};
use domain::area::centre_name;
use domain::calendar::WorkCalendar;
use domain::catalogue;
use domain::issue::State;
use leptos::prelude::*;
use store::issue::{IssueRow, Queue};
use store::reference::Reference;
use time::OffsetDateTime;

/// The page.
pub fn queue(desk: &Desk, now: OffsetDateTime, calendar: &WorkCalendar, reference: &Reference) -> Page {
    let title = desk.queue.map_or("搜索结果", Queue::label);
    let tabs = Queue::of(&desk.staff.duty).iter().map(|queue| Chip {
        href: format!("/desk?queue={}", queue.code()),
        label: queue.label(),
        count: desk.counts.of(*queue),
        current: desk.queue == Some(*queue),
    });
    let rows = desk.page.rows.iter().map(|row| table_row(row, now, calendar, reference)).collect_view();
    let table = if desk.page.rows.is_empty() {
        match desk.queue {
            None => empty("没有找到。可以试试编号、企业名称，或问题里的两个字。", Some(("/desk", "回到工作台"))),
            Some(_) => empty("这里空了，都处理完了。", None),
        }
    } else {
        view! {
            <div class="table-wrap" tabindex="0" role="region" aria-label=title>
                <table class="queue">
                    <thead>
                        <tr>
                            <th scope="col">"编号"</th><th scope="col">"标题与企业"</th><th scope="col">"类别"</th>
                            <th scope="col">"状态"</th><th scope="col">"剩余"</th><th scope="col">"在谁手里"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let next = desk.queue.map(|queue| format!("/desk?queue={}&", queue.code())).unwrap_or_default();
    let organisation = desk.staff.organisation.clone();
    Page::new(
        title,
        Chrome::Desk(Section::Queue),
        view! {
            <div class="title-row">
                <h1>{organisation}</h1>
                <form class="search" method="get" action="/desk" role="search">
                    <label for="q" class="hidden">"搜索编号、企业或关键词"</label>
                    <input id="q" name="q" type="search" value=desk.words.clone() placeholder="编号 / 企业 / 关键词" autocomplete="off"/>
                    <button class="button secondary">{icon("search")}<span>"搜索"</span></button>
                </form>
            </div>
            <div id="live" data-events="/desk/events">
                {chips("工作队列", tabs.collect())}
                {table}
                {more(&next, desk.page.next.as_deref())}
            </div>
            {keys()}
            <DeskKeys/>
            <LiveProgress/>
        },
    )
    .with_islands()
}

fn table_row(row: &IssueRow, now: OffsetDateTime, calendar: &WorkCalendar, reference: &Reference) -> AnyView {
    let href = format!("/desk/issues/{}", row.number);
    let (tone, left) = row_left(row, now, calendar);
    let symbol = if matches!(tone, "late" | "warn") { "late" } else { "clock" };
    let holder = match row.state {
        State::Submitted | State::Accepted => centre_name(row.centre),
        State::Dispatched | State::Handling => row.lead.map_or_else(String::new, |id| reference.department(id)),
        State::AwaitingInput | State::Answered => "企业".to_owned(),
        _ => String::new(),
    };
    let round = (row.round > 1).then(|| format!("第 {} 轮", row.round));
    let returned = row.returned.then(|| view! { <span class="tag warn">{icon("undo")}"退回"</span> });
    view! {
        <tr>
            <td class="number"><a href=href data-row="">{row.number.clone()}</a><small>{time(row.submitted_at, day(row.submitted_at))}</small></td>
            <td><strong>{row.title.clone()}</strong><small>{row.enterprise_name.clone()}</small></td>
            <td>{catalogue::category_name(&row.category).to_owned()}</td>
            <td class="tags">{state_tag(row.state)}{returned}{row.flags.iter().map(|flag| flag_tag(*flag)).collect_view()}{round.map(|r| view! { <small>{r}</small> })}</td>
            <td class=format!("status {tone}")>{(!left.is_empty()).then(|| icon(symbol))}{left}</td>
            <td>{holder}</td>
        </tr>
    }
    .into_any()
}

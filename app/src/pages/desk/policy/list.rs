//! The list of policies by state: what I am writing, what waits for me to publish, what is in force.

use crate::api::policy_desk::{List, STATES};
use crate::render::Page;
use crate::shell::{Chrome, Section};
use crate::ui::list::{Chip, chips, more};
use crate::ui::policy::day;
use crate::ui::{empty, icon, time};
use domain::area;
use domain::calendar::words as dates;
use domain::policy::model::{Level, Mode};
use leptos::prelude::*;
use time::OffsetDateTime;

/// The page.
pub fn list(list: &List, now: OffsetDateTime) -> Page {
    let tabs = STATES.iter().map(|(code, label)| Chip {
        href: format!("/desk/policies?state={code}"),
        label,
        count: list.counts.iter().find(|(state, _)| state == code).map(|(_, count)| *count),
        current: list.state == *code,
    });
    let rows = list.page.rows.iter().map(|version| {
        let href = format!("/desk/policies/{}/edit", version.code);
        let item = version.item().ok();
        let kind = item.as_ref().map(|item| format!("{} · {}", Level::label(item.level), Mode::label(item.apply.mode))).unwrap_or_default();
        let valid = item.map(|item| item.valid.to.map_or_else(|| "长期".to_owned(), |to| format!("到 {}", day(to)))).unwrap_or_default();
        view! {
            <tr>
                <td><a href=href data-row=""><strong>{version.title.clone()}</strong></a><small>{format!("{} 第 {} 版", version.code, version.version)}</small></td>
                <td>{area::name(version.area)}<small>{kind}</small></td>
                <td>{valid}</td>
                <td>{time(version.written_at, dates::moment(version.written_at, now))}</td>
            </tr>
        }
    });
    let table = if list.page.rows.is_empty() {
        empty("这里没有政策。", Some(("/desk/policies/new", "写一项新政策")))
    } else {
        view! {
            <div class="table-wrap" tabindex="0" role="region" aria-label="政策">
                <table class="queue">
                    <thead><tr><th scope="col">"名称"</th><th scope="col">"地区"</th><th scope="col">"有效期"</th><th scope="col">"保存"</th></tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let next = format!("/desk/policies?state={}&", list.state);
    Page::new(
        "政策",
        Chrome::Desk(Section::Policies),
        view! {
            <div class="title-row">
                <h1>"政策"</h1>
                <form class="search" method="get" action="/desk/policies" role="search">
                    <input type="hidden" name="state" value=list.state.clone()/>
                    <label for="q" class="hidden">"搜索名称或编号"</label>
                    <input id="q" name="q" type="search" value=list.words.clone() placeholder="名称 / 编号" autocomplete="off"/>
                    <button class="button secondary">{icon("search")}<span>"搜索"</span></button>
                </form>
            </div>
            <p class="row">
                <a class="button" href="/desk/policies/new">{icon("plus")}"新政策条目"</a>
                <a class="button secondary" href="/desk/policies/libraries">"指标、标签、问题"</a>
                <a class="button secondary" href="/desk/facts">"导入企业数据"</a>
            </p>
            {chips("按状态", tabs.collect())}
            {table}
            {more(&next, list.page.next.as_deref())}
        },
    )
}

//! The list of policies by state: what I am writing, what waits for me to publish, what is in force.

use crate::administration::table::{exports, query};
use crate::form::Form;
use crate::policy::desk::read::{self, List};
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::list::{Chip, chips, more};
use crate::ui::policy::day;
use crate::ui::{empty, icon, time};
use domain::calendar::{local, words as dates};
use domain::policy::model::{Level, Mode};
use domain::policy::version::State;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_query;
use leptos_router::params::Params;
use store::policy::item::Version;
use store::reference::Reference;
use time::{Date, OffsetDateTime};

#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct ListQuery {
    state: Option<String>,
    q: Option<String>,
    after: Option<String>,
}

/// The versions in a state.
#[component]
pub fn PoliciesPage() -> impl IntoView {
    let query = use_query::<ListQuery>().get_untracked().unwrap_or_default();
    let request = Request::current();
    reads(async move {
        let (list, now, reference) = {
            let mut ctx = request.open().await?;
            let (state, words) = (query.state.unwrap_or_default(), query.q.unwrap_or_default());
            (read::list(&mut ctx, &state, &words, query.after.as_deref()).await?, ctx.now, ctx.reference.clone())
        };
        title("政策");
        Ok(page(&list, now, &reference))
    })
}

fn page(list: &List, now: OffsetDateTime, reference: &Reference) -> AnyView {
    let tabs = State::ALL.iter().map(|state| Chip {
        href: format!("/desk/policies?state={}", state.code()),
        label: state.label(),
        count: list.counts.iter().find(|(code, _)| code == state.code()).map(|(_, count)| *count),
        current: list.state == *state,
    });
    let table = if list.page.rows.is_empty() {
        empty("暂无政策。", Some(("/desk/policies/new", "写一项新政策")))
    } else {
        view! {
            <div class="table-wrap" tabindex="0" role="region" aria-label="政策">
                <table class="queue">
                    <thead>
                        <tr>
                            <th scope="col">"名称"</th><th scope="col">"地区"</th><th scope="col">"有效期"</th><th scope="col">"保存"</th>
                        </tr>
                    </thead>
                    <tbody>{list.page.rows.iter().map(|version| row(version, now, reference)).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let asked = Form::new(vec![("state".to_owned(), list.state.code().to_owned()), ("q".to_owned(), list.words.clone())]);
    let next = format!("/desk/policies?{}&", query(&asked, &[]));
    view! {
        <div class="title-row">
            <h1>"政策"</h1>
            <form class="search" method="get" action="/desk/policies" role="search">
                <input type="hidden" name="state" value=list.state.code()/>
                <label for="q" class="hidden">"搜索名称或编号"</label>
                <input id="q" name="q" type="search" value=list.words.clone() placeholder="名称 / 编号" autocomplete="off"/>
                <button class="button secondary">{icon("search")}<span>"搜索"</span></button>
            </form>
        </div>
        <p class="row">
            <a class="button" href="/desk/policies/new">{icon("plus")}"新政策条目"</a>
            <a class="button secondary" href="/desk/policies/libraries">"指标、标签、问题"</a>
            <a class="button secondary" href="/desk/facts">"导入企业数据"</a>
            {exports("/desk/policies", &asked)}
        </p>
        {chips("按状态", tabs.collect())}
        {table}
        {more(&next, list.page.next.as_deref())}
    }
    .into_any()
}

fn row(version: &Version, now: OffsetDateTime, reference: &Reference) -> impl IntoView + use<> {
    let href = format!("/desk/policies/{}/edit", version.code);
    let item = version.item().ok();
    let kind = item.as_ref().map(|item| format!("{} · {}", Level::label(item.level), Mode::label(item.apply.mode)));
    let today = local(now).date();
    let over = |to: Date| if to < today { "（已过）" } else { "" };
    let valid = item.map(|item| item.valid.to.map_or_else(|| "长期".to_owned(), |to| format!("到 {}{}", day(to), over(to))));
    view! {
        <tr>
            <td>
                <a href=href data-row=""><strong>{version.title.clone()}</strong></a>
                <small>{format!("{} 第 {} 版", version.code, version.version)}</small>
            </td>
            <td>{reference.area(version.area)}<small>{kind.unwrap_or_default()}</small></td>
            <td>{valid.unwrap_or_default()}</td>
            <td>{time(version.written_at, dates::moment(version.written_at, now))}</td>
        </tr>
    }
}

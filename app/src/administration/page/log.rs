//! The log of changes. An administrator, or whoever checks one, asks: who changed this, when, why, and since when does it hold?

use crate::administration::read::{self, Log};
use crate::administration::table::{asked, exports, query};
use crate::administration::{said, seen};
use crate::error::AppError;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::form::{Field, field, select};
use crate::ui::list::more;
use crate::ui::{back, empty, facts, icon, section, time, words};
use domain::administration::Kind;
use domain::calendar::words::moment;
use domain::policy::day;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;
use store::administration::change::Change;

/// Where it is.
const PATH: &str = "/desk/admin/log";

/// The log.
#[component]
pub fn LogPage() -> impl IntoView {
    let (request, asked) = (Request::current(), asked());
    reads(async move {
        let (log, clock) = {
            let mut ctx = request.open().await?;
            (read::log(&mut ctx, &asked).await?, ctx.clock())
        };
        title("变更记录");
        Ok(page(&log, &asked, &clock))
    })
}

#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct ChangeParams {
    change: String,
}

/// One change; while it waits for its day, it can be taken back here.
#[component]
pub fn ChangePage() -> impl IntoView {
    let params = use_params::<ChangeParams>().get_untracked();
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let id = params.map_err(|_| AppError::NotFound)?.change;
        let (change, clock) = {
            let mut ctx = request.open().await?;
            (read::change(&mut ctx, &id).await?, ctx.clock())
        };
        title(format!("变更记录：{}", seen(&change)));
        Ok(one(&change, &form, &clock))
    })
}

const NOTE: Field = Field { max: 200, ..field("note", "撤回原因", "") };

fn one(change: &Change, form: &Form, clock: &Clock) -> AnyView {
    let action = format!("{PATH}/{}", change.id);
    let waits = change.planned && change.outcome.is_none();
    let take_back = waits.then(|| {
        let fields = view! {
            <form method="post" action=action class="stack" novalidate>
                {NOTE.view(form)}
                <p><button class="button secondary">"撤回这项修改"</button></p>
            </form>
        };
        section("到生效那天以前，可以撤回", fields)
    });
    view! {
        {back(PATH, "变更记录")}
        {form.summary()}
        <h1>{seen(change)}</h1>
        {facts(vec![
            ("时间", time(change.at, moment(change.at, clock.now)).into_any()),
            ("操作人", words(change.who.clone())),
            ("区域", words(clock.reference.area(change.area))),
            ("编号", words(change.key.clone())),
            ("内容", words(said(change, &clock.reference))),
            ("原因", words(change.why.clone())),
            ("生效日期", words(day::text(change.effective_from))),
            ("状态", words(read::status(change))),
        ])}
        {take_back}
    }
    .into_any()
}

fn page(log: &Log, asked: &Form, clock: &Clock) -> AnyView {
    let next = format!("{PATH}?{}&", query(asked, &[("after", String::new())]));
    let rows = log.page.rows.iter().map(|change| row(change, clock)).collect_view();
    let list = if log.page.rows.is_empty() {
        empty("没有符合条件的变更。", None)
    } else {
        view! {
            <div class="table-wrap" tabindex="0" role="region" aria-label="变更记录">
                <table class="queue">
                    <thead>
                        <tr>
                            <th scope="col">"时间"</th><th scope="col">"对象"</th><th scope="col">"内容"</th>
                            <th scope="col">"原因"</th><th scope="col">"生效"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        {back("/desk/admin", "系统管理")}
        <h1>"变更记录"</h1>
        {filters(log, asked)}
        <p class="row">{exports(PATH, asked)}</p>
        {list}
        {more(&next, log.page.next.as_deref())}
    }
    .into_any()
}

fn filters(log: &Log, asked: &Form) -> AnyView {
    let kinds = Kind::ALL.iter().map(|kind| (kind.code().to_owned(), kind.label().to_owned())).collect();
    let areas: Vec<_> = log.areas.iter().map(|area| (area.code.to_string(), area.name.clone())).collect();
    let areas = (areas.len() > 1).then(|| select(asked, "area", "区域", Some("全部"), vec![(String::new(), areas)]));
    let waiting = vec![("yes".to_owned(), "待生效".to_owned())];
    view! {
        <form class="filters" method="get" action=PATH role="search">
            <div class="field">
                <label for="q">"搜索"</label>
                <input id="q" name="q" type="search" value=asked.value("q").to_owned() autocomplete="off"/>
            </div>
            {select(asked, "kind", "类别", Some("全部"), vec![(String::new(), kinds)])}
            {areas}
            {select(asked, "waiting", "状态", Some("全部"), vec![(String::new(), waiting)])}
            <button class="button secondary">{icon("search")}"查找"</button>
        </form>
    }
    .into_any()
}

fn row(change: &Change, clock: &Clock) -> AnyView {
    let place = clock.reference.area(change.area);
    view! {
        <tr>
            <td>
                <a href=format!("{PATH}/{}", change.id)>{time(change.at, moment(change.at, clock.now))}</a>
                <small>{change.who.clone()}</small>
            </td>
            <td>{seen(change)}<small>{format!("{} · {place}", change.key)}</small></td>
            <td>{said(change, &clock.reference)}</td>
            <td>{change.why.clone()}</td>
            <td>{day::text(change.effective_from)}<small>{read::status(change)}</small></td>
        </tr>
    }
    .into_any()
}

//! Opened by the city's administrator when a channel says that it was not told of something.

use super::act::PATH;
use crate::administration::table::{asked, exports, query};
use crate::error::AppError;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::{Ctx, Request};
use crate::security::read::{MOST, stamp};
use crate::sheet::{Cell, Sheet};
use crate::ui::form::{Field, field, hidden};
use crate::ui::list::{Chip, chips, more};
use crate::ui::{back, empty, icon, section, tag};
use ::time::OffsetDateTime;
use domain::api::step_label;
use domain::calendar::words::moment;
use domain::webhook::ATTEMPTS;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;
use store::Page;
use store::api::webhook::{self, Delivery, Webhook};

#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct KeyParams {
    key: i64,
}

/// States of a delivery, their words, and how they look.
const STATES: [(&str, &str, &str, &str); 4] = [
    ("waiting", "待发送", "quiet", "clock"),
    ("sent", "已送达", "ok", "check"),
    ("failed", "没有送达，会再试", "warn", "loop"),
    ("dead", "已放弃", "late", "cross"),
];

/// Where the steps of what came in by a key are sent, and what became of it.
#[component]
pub fn KeyPage() -> impl IntoView {
    let params = use_params::<KeyParams>().get_untracked();
    let asked = asked();
    let request = Request::current();
    reads(async move {
        let id = params.map_err(|_| AppError::NotFound)?.key;
        let (name, webhooks, page, now) = {
            let mut ctx = request.open().await?;
            ctx.require_key_keeper()?;
            let name = store::api_key::name(&mut ctx.conn, id).await?;
            let webhooks = webhook::list(&mut ctx.conn, id).await?;
            (name, webhooks, wanted(&mut ctx, id, &asked, 50).await?, ctx.now)
        };
        title(format!("推送通知：{name}"));
        let here = format!("{PATH}/{id}");
        let tabs = std::iter::once(("", "全部")).chain(STATES.iter().map(|(code, label, ..)| (*code, *label)));
        let tabs = tabs.map(|(code, label)| Chip {
            href: to(&here, &asked, code),
            label,
            count: None,
            current: code == asked.value("state"),
        });
        let body = if page.rows.is_empty() {
            empty("没有符合条件的发送记录。订阅之后，每个环节发一条。", None)
        } else {
            let rows = page.rows.iter().map(|row| line(row, id, now)).collect_view();
            view! { <ul class="cells card">{rows}</ul> }.into_any()
        };
        Ok(view! {
            {back(PATH, "接口密钥")}
            <h1>{format!("推送通知：{name}")}</h1>
            <p class="muted">
                {format!("这个密钥提交的诉求每走一步，就发到下面的地址。没有送达的自动再试，间隔越来越长，最多 {ATTEMPTS} 次。记录到期自动删除。")}
            </p>
            {section("地址", addresses(webhooks, now))}
            <h2>"发送记录"</h2>
            {chips("状态", tabs.collect())}
            <form class="filter-form" method="get" action=here.clone() role="search">
                {hidden("state", asked.value("state").to_owned())}
                {NUMBER.view(&asked)}
                <button class="button secondary">{icon("search")}"查找"</button>
            </form>
            <p class="row">{exports(&here, &asked)}</p>
            {body}
            {more(&format!("{}&", to(&here, &asked, asked.value("state"))), page.next.as_deref())}
        }
        .into_any())
    })
}

const NUMBER: Field = Field { max: 40, optional: true, ..field("q", "诉求编号", "") };

/// The list in one of its states, with what else was asked for.
fn to(here: &str, asked: &Form, state: &str) -> String {
    format!("{here}?{}", query(asked, &[("state", state.to_owned()), ("after", String::new())]))
}

async fn wanted(ctx: &mut Ctx, key: i64, asked: &Form, limit: i64) -> Result<Page<Delivery>, AppError> {
    let after = Some(asked.value("after")).filter(|after| !after.is_empty());
    Ok(webhook::deliveries(&mut ctx.conn, key, asked.value("state"), asked.value("q").trim(), after, limit).await?)
}

/// The deliveries of a key to be taken along, the latest [`MOST`].
///
/// # Errors
/// As [`Ctx::require_key_keeper`]; [`AppError::NotFound`] for a key that is none.
pub async fn sheet(ctx: &mut Ctx, key: i64, asked: &Form) -> Result<Sheet, AppError> {
    ctx.require_key_keeper()?;
    store::api_key::name(&mut ctx.conn, key).await?;
    let rows = wanted(ctx, key, asked, MOST).await?.rows;
    let heading = ["安排时间", "诉求编号", "环节", "地址", "状态", "试了几次", "HTTP 状态", "说明", "送达时间"];
    let heading = heading.map(|title| Cell::Heading(title.to_owned())).into_iter().collect();
    let rows = rows.into_iter().map(|row| {
        let state = STATES.iter().find(|(code, ..)| *code == row.state).map_or("", |(_, label, ..)| *label);
        let step = step_label(&row.kind).unwrap_or("").to_owned();
        let status = row.status.map_or_else(String::new, |status| status.to_string());
        let done = row.done_at.map_or_else(String::new, stamp);
        let cells =
            [stamp(row.at), row.number, step, row.url, state.to_owned(), row.attempts.to_string(), status, row.error, done];
        cells.map(Cell::Text).into_iter().collect()
    });
    Ok(Sheet { name: "推送记录", rows: [heading].into_iter().chain(rows).collect() })
}

fn addresses(webhooks: Vec<Webhook>, now: OffsetDateTime) -> AnyView {
    if webhooks.is_empty() {
        return empty("没有订阅。接入方用接口添加。", None);
    }
    let rows = webhooks.into_iter().map(|webhook| {
        let since = format!("{} 添加", moment(webhook.created_at, now));
        view! { <li class="cell"><div><strong>{webhook.url}</strong><span class="muted">{since}</span></div></li> }
    });
    view! { <ul class="cells">{rows.collect_view()}</ul> }.into_any()
}

fn line(row: &Delivery, key: i64, now: OffsetDateTime) -> impl IntoView + use<> {
    let (label, tone, drawn) = STATES
        .iter()
        .find(|(code, ..)| *code == row.state)
        .map_or(("", "quiet", "clock"), |(_, label, tone, drawn)| (*label, *tone, *drawn));
    let when = match row.done_at {
        Some(at) => format!("{} 送达", moment(at, now)),
        None if row.state == "failed" => format!("{} 再试", moment(row.due_at, now)),
        None => format!("{} 安排", moment(row.at, now)),
    };
    let status = row.status.map_or_else(String::new, |status| format!(" · HTTP {status}"));
    let tries = if row.attempts > 1 { format!(" · 试了 {} 次", row.attempts) } else { String::new() };
    let head = format!("{} · {}", row.number, step_label(&row.kind).unwrap_or(""));
    let error = (!row.error.is_empty()).then(|| view! { <span class="muted">{row.error.clone()}</span> });
    let again = (row.state == "dead").then(|| {
        view! {
            <form method="post" action=format!("{PATH}/{key}/again")>
                {hidden("id", row.id.to_string())}
                <button class="button secondary">"重新发送"</button>
            </form>
        }
    });
    view! {
        <li class="cell"><div>
            <span class="cell-head"><strong>{head}</strong>{tag(tone, icon(drawn), label)}</span>
            <span class="muted">{format!("{} · {when}{tries}{status}", row.url)}</span>
            {error}{again}
        </div></li>
    }
}

//! Opened by the city's administrator when a channel says that it was not told of something.

use super::act::PATH;
use crate::error::AppError;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::hidden;
use crate::ui::list::{Chip, chips, more};
use crate::ui::{back, empty, icon, section, tag};
use ::time::OffsetDateTime;
use domain::api::step_label;
use domain::calendar::words::moment;
use domain::webhook::ATTEMPTS;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::{use_params, use_query_map};
use leptos_router::params::Params;
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
    let map = use_query_map().get_untracked();
    let (state, after) = (map.get("state").unwrap_or_default(), map.get("after"));
    let request = Request::current();
    reads(async move {
        let id = params.map_err(|_| AppError::NotFound)?.key;
        let (name, webhooks, page, now) = {
            let mut ctx = request.open().await?;
            ctx.require_key_keeper()?;
            let name = store::api_key::name(&mut ctx.conn, id).await?;
            let webhooks = webhook::list(&mut ctx.conn, id).await?;
            (name, webhooks, webhook::deliveries(&mut ctx.conn, id, &state, after.as_deref(), 50).await?, ctx.now)
        };
        title(format!("推送通知：{name}"));
        let here = format!("{PATH}/{id}");
        let tabs = std::iter::once(("", "全部")).chain(STATES.iter().map(|(code, label, ..)| (*code, *label)));
        let tabs =
            tabs.map(|(code, label)| Chip { href: format!("{here}?state={code}"), label, count: None, current: code == state });
        let body = if page.rows.is_empty() {
            empty("没有发送记录。订阅之后，每个环节发一条。", None)
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
            {body}
            {more(&format!("{here}?state={state}&"), page.next.as_deref())}
        }
        .into_any())
    })
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

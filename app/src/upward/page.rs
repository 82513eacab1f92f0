//! Opened by somebody of a centre when an issue needs what the city cannot give.

use super::act::PATH;
use crate::access::Access;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{Field, field, submit};
use crate::ui::{empty, icon, section, tag};
use ::time::OffsetDateTime;
use domain::calendar::words::moment;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use store::upward::{self, Passed};

const NUMBER: Field = Field { max: 40, ..field("number", "诉求编号", "例如：HZ-2026-112700012") };
const REASON: Field =
    Field { max: 500, rows: 3, ..field("reason", "上报的原因", "上级平台和办理单位看得到，企业看不到") };

/// The latest that are listed.
const LISTED: i64 = 100;

/// What was passed upward, and the form that passes one more.
#[component]
pub fn UpwardPage() -> impl IntoView {
    let (request, form) = (Request::current(), Form::typed());
    let asked = use_query_map().get_untracked().get("number").unwrap_or_default();
    reads(async move {
        let (list, now) = {
            let mut ctx = request.open().await?;
            ctx.require(Access::Centre)?;
            (upward::list(&mut ctx.conn, LISTED).await?, ctx.now)
        };
        title("上报");
        let summary = form.summary();
        let form = form.or("number", asked);
        let list = if list.is_empty() {
            empty("还没有上报过。", None)
        } else {
            let rows = list.into_iter().map(|one| row(one, now)).collect_view();
            view! { <ul class="cells">{rows}</ul> }.into_any()
        };
        Ok(view! {
            {summary}
            <h1>"上报"</h1>
            <p class="muted">"市里解决不了的诉求上报给上级平台，由它接收。上报不改变办理和时限，该答复的照样答复。"</p>
            <div class="two-columns">
                <div>{section("上报过的", list)}</div>
                <section class="card start">
                    <h2>"上报一件"</h2>
                    <form method="post" action=PATH class="stack" novalidate>
                        {NUMBER.view(&form)}
                        {REASON.view(&form)}
                        {submit("上报")}
                    </form>
                </section>
            </div>
        }
        .into_any())
    })
}

fn row(one: Passed, now: OffsetDateTime) -> impl IntoView {
    let done = one.replies.iter().any(|reply| reply.done);
    let state = match (&one.external_id, one.received_at) {
        (Some(id), Some(at)) => {
            let words = format!("上级平台编号 {id}，{} 接收", moment(at, now));
            let state = if done { tag("ok", icon("check"), "已办结") } else { tag("run", icon("check"), "已接收") };
            view! { {state}<span class="muted">{words}</span> }.into_any()
        }
        _ => tag("quiet", icon("clock"), "待接收"),
    };
    let replies = one.replies.iter().map(|reply| {
        let said = if reply.done { "办结" } else { "答复" };
        view! { <span>{format!("{} 上级平台{said}：{}", moment(reply.at, now), reply.text)}</span> }
    });
    let replies = replies.collect_view();
    let line = format!("{} · {} {} 上报 · {}", one.enterprise_name, one.staff_name, moment(one.passed_at, now), one.reason);
    view! {
        <li class="cell"><div>
            <a href=format!("/desk/issues/{}", one.number)><strong>{format!("{} {}", one.number, one.title)}</strong></a>
            <span class="muted">{line}</span>{state}{replies}
        </div></li>
    }
}

//! Opened by somebody of a centre when an issue needs what the city cannot give.

use super::act::PATH;
use crate::access::Access;
use crate::administration::table::{Column, Filter, Row, Shown, Table, asked, listed};
use crate::error::AppError;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::{Ctx, Request};
use crate::security::read::stamp;
use crate::ui::form::{Field, field, submit};
use crate::ui::{icon, section, tag};
use ::time::OffsetDateTime;
use domain::calendar::words::moment;
use leptos::prelude::*;
use store::upward::{self, Passed};

const NUMBER: Field = Field { max: 40, ..field("number", "诉求编号", "例如：HZ-2026-112700012") };
const REASON: Field =
    Field { max: 500, rows: 3, ..field("reason", "上报的原因", "上级平台和办理单位看得到，企业看不到") };

/// How one may stand.
const STATES: [(&str, &str); 3] = [("waiting", "待接收"), ("received", "已接收"), ("done", "已办结")];

/// What was passed upward, and the form that passes one more.
#[component]
pub fn UpwardPage() -> impl IntoView {
    let (request, form, asked) = (Request::current(), Form::typed(), asked());
    reads(async move {
        let (list, table, now) = {
            let mut ctx = request.open().await?;
            let (list, table) = passed(&mut ctx, &asked, false).await?;
            (list, table, ctx.now)
        };
        title("上报");
        let summary = form.summary();
        let form = form.or("number", asked.value("number"));
        let list = table.around(&asked, "还没有上报过。", |shown| {
            let rows = shown.iter().map(|at| row(&list[*at], now)).collect_view();
            view! { <ul class="cells">{rows}</ul> }.into_any()
        });
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

/// How one stands: its code for the filter, and in words.
fn standing(one: &Passed) -> (&'static str, &'static str) {
    match one.received_at {
        None => ("waiting", "待接收"),
        Some(_) if one.replies.iter().any(|reply| reply.done) => ("done", "已办结"),
        Some(_) => ("received", "已接收"),
    }
}

/// What was passed upward, of a page or of a file (`whole`), and its list.
///
/// # Errors
/// As [`Ctx::require_centre`].
pub async fn passed(ctx: &mut Ctx, asked: &Form, whole: bool) -> Result<(Vec<Passed>, Table), AppError> {
    ctx.require(Access::Centre)?;
    let states = STATES.map(|(code, label)| (code.to_owned(), label.to_owned())).to_vec();
    let mut asked = listed(asked, whole, &states);
    let mut part = upward::list(&mut ctx.conn, &asked).await?;
    if part.rows.is_empty() && asked.offset > 0 {
        asked.offset = 0;
        part = upward::list(&mut ctx.conn, &asked).await?;
    }
    let (list, shown) = (part.rows, Some(Shown::of(&asked, part.total)));
    let rows = list.iter().map(|one| {
        let (mark, words) = standing(one);
        let replies: Vec<String> = one.replies.iter().map(|reply| reply.text.clone()).collect();
        let cells = vec![
            one.number.clone(),
            one.title.clone(),
            one.enterprise_name.clone(),
            words.to_owned(),
            stamp(one.passed_at),
            one.staff_name.clone(),
            one.reason.clone(),
            one.external_id.clone().unwrap_or_default(),
            replies.join("；"),
        ];
        Row { href: format!("/desk/issues/{}", one.number), cells, marks: vec![("state", mark.to_owned())] }
    });
    let table = Table {
        path: PATH,
        name: "上报",
        lead: "",
        columns: vec![
            Column("number", "诉求编号"),
            Column("title", "标题"),
            Column("enterprise", "企业"),
            Column("state", "状态"),
            Column("passed", "上报时间"),
            Column("by", "上报人"),
        ],
        more: vec![Column("reason", "原因"), Column("external", "上级平台编号"), Column("replies", "上级平台答复")],
        filters: vec![Filter { name: "state", label: "状态", options: states }],
        rows: rows.collect(),
        add: None,
        shown,
    };
    Ok((list, table))
}

fn row(one: &Passed, now: OffsetDateTime) -> impl IntoView + use<> {
    let state = match (&one.external_id, one.received_at) {
        (Some(id), Some(at)) => {
            let words = format!("上级平台编号 {id}，{} 接收", moment(at, now));
            let state = if standing(one).0 == "done" {
                tag("ok", icon("check"), "已办结")
            } else {
                tag("run", icon("check"), "已接收")
            };
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

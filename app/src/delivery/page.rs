//! Opened by the city's administrator a few times a year, to have a step told by another way, and whenever somebody says that nothing came; by anybody
//! of staff once, to say where they want to be reached.

use super::act::{ADDRESS, DELIVERIES, ROUTES, cell};
use crate::administration::table::{asked, exports, query};
use crate::error::AppError;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::{Ctx, Request};
use crate::security::read::{MOST, stamp};
use crate::sheet::{Cell, Sheet};
use crate::ui::form::{Field, field, hidden, select, submit};
use crate::ui::list::{Chip, chips, more};
use crate::ui::{back, empty, icon, tag};
use ::time::OffsetDateTime;
use domain::actor::CITY;
use domain::calendar::words::moment;
use domain::issue::channel::{Audience, Channel, Routes, STEPS, fixed, step_label};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use store::Page;
use store::delivery::{self, Delivery, Wanted};

const WHY: Field = Field { rows: 2, ..field("why", "变更原因", "记入变更记录") };
const MOBILE: Field = Field {
    kind: "tel",
    inputmode: "numeric",
    max: 20,
    optional: true,
    ..field("mobile", "手机号", "收短信提醒；只有系统用来发通知，同事看不到")
};
const MAIL: Field =
    Field {
        kind: "email", inputmode: "email", max: 120, optional: true, ..field("mail", "邮箱", "收邮件提醒；不填就不发")
    };

/// What stands before a mail address in a member's space.
pub const MEMBER_MAIL: Field = MAIL;

/// The table, an audience at a time.
#[component]
pub fn RoutesPage() -> impl IntoView {
    let (request, form) = (Request::current(), Form::typed());
    let asked = use_query_map().get_untracked().get("audience").unwrap_or_default();
    reads(async move {
        let (routes, whole) = {
            let mut ctx = request.open().await?;
            let (_, area) = ctx.require_administrator()?;
            (delivery::routes(&mut ctx.conn).await?, area == CITY)
        };
        let asked = if form.value("audience").is_empty() { asked } else { form.value("audience").to_owned() };
        let audience = Audience::from_code(&asked).unwrap_or(Audience::Enterprise);
        title("通知方式");
        Ok(table(audience, &routes, whole, &form))
    })
}

fn table(audience: Audience, routes: &Routes, whole: bool, form: &Form) -> AnyView {
    let tabs = Audience::ALL.iter().map(|other| Chip {
        href: format!("{ROUTES}?audience={}", other.code()),
        label: other.label(),
        count: None,
        current: *other == audience,
    });
    let typed = !form.pairs().is_empty();
    let rows = STEPS.iter().filter(|(_, _, audiences)| audiences.contains(&audience)).map(|(step, label, _)| {
        let boxes = Channel::ALL.iter().map(|channel| {
            let value = cell(step, audience, *channel);
            let still = fixed(step, audience, *channel);
            let on = still || if typed { form.chosen("on", &value) } else { routes.told(step, audience, *channel) };
            let words = format!("{label}：{channel}");
            view! {
                <td><input type="checkbox" name="on" value=value checked=on disabled=still || !whole aria-label=words/></td>
            }
        });
        let shown = hidden("shown", *step);
        view! { <tr><th scope="row">{*label}{shown}</th>{boxes.collect_view()}</tr> }
    });
    let head = Channel::ALL.iter().map(|channel| view! { <th scope="col">{channel.label()}</th> });
    let fault = form.error("on").map(|words| view! { <p class="fault" id="on">{icon("warn")}{words.to_owned()}</p> });
    let end = if whole {
        view! { {fault}{WHY.view(form)}{submit("保存")} }.into_any()
    } else {
        view! { <p class="muted">"通知方式全市统一，由市级系统管理员修改。"</p> }.into_any()
    };
    view! {
        {back("/desk/admin", "系统管理")}
        {form.summary()}
        <h1>"通知方式"</h1>
        <p class="muted">
            "每个环节用什么方式告诉谁。短信和邮件只说编号和环节，晚上 8 点到早上 8 点不发。灰色的不能关闭：企业的站内消息，以及预警、超期的提醒。"
        </p>
        {chips("告诉谁", tabs.collect())}
        <form method="post" action=ROUTES class="card stack" novalidate>
            {hidden("audience", audience.code())}
            <div class="table-wrap" tabindex="0" role="region" aria-label="通知方式">
                <table class="clocks">
                    <thead><tr><th scope="col">"环节"</th>{head.collect_view()}</tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
            {end}
        </form>
    }
    .into_any()
}

/// States of the log, their words, and how they look.
const STATES: [(&str, &str, &str, &str); 6] = [
    ("waiting", "待发送", "quiet", "clock"),
    ("sent", "已发送", "ok", "check"),
    ("failed", "没有发出，会再试", "warn", "loop"),
    ("dead", "没有送达", "late", "cross"),
    ("again", "等待重新发送", "quiet", "loop"),
    ("off", "没有配置邮件服务器", "warn", "warn"),
];

/// The log.
#[component]
pub fn DeliveriesPage() -> impl IntoView {
    let request = Request::current();
    let asked = asked();
    reads(async move {
        let (page, now) = {
            let mut ctx = request.open().await?;
            (wanted(&mut ctx, &asked, 50).await?, ctx.now)
        };
        title("发送记录");
        let tabs = std::iter::once(("", "全部"))
            .chain(STATES.iter().map(|(code, label, ..)| (*code, *label)))
            .map(|(code, label)| Chip { href: to(&asked, code), label, count: None, current: code == asked.value("state") });
        let body = if page.rows.is_empty() {
            empty("没有符合条件的短信或邮件。站内消息在各人的“消息”里。", None)
        } else {
            let rows = page.rows.iter().map(|row| line(row, now)).collect_view();
            view! { <ul class="cells card">{rows}</ul> }.into_any()
        };
        let next = format!("{}&", to(&asked, asked.value("state")));
        let channels = Channel::ALL.iter().filter(|channel| **channel != Channel::App);
        let channels = channels.map(|channel| (channel.code().to_owned(), channel.label().to_owned())).collect();
        let audiences = Audience::ALL.iter().map(|one| (one.code().to_owned(), one.label().to_owned())).collect();
        Ok(view! {
            {back("/desk/admin", "系统管理")}
            <h1>"发送记录"</h1>
            <p class="muted">"短信和邮件发给谁、发出没有。失败的自动再试，最多 10 次。号码只显示一部分，到期自动删除。"</p>
            {chips("状态", tabs.collect())}
            <form class="filter-form" method="get" action=DELIVERIES role="search">
                {hidden("state", asked.value("state").to_owned())}
                {WORDS.view(&asked)}
                {select(&asked, "channel", "方式", Some("全部"), vec![(String::new(), channels)])}
                {select(&asked, "audience", "告诉谁", Some("全部"), vec![(String::new(), audiences)])}
                <button class="button secondary">{icon("search")}"查找"</button>
            </form>
            <p class="row">{exports(DELIVERIES, &asked)}</p>
            {body}
            {more(&next, page.next.as_deref())}
        }
        .into_any())
    })
}

const WORDS: Field = Field { max: 40, optional: true, ..field("q", "诉求编号或号码", "") };

/// The log in one of its states, with what else was asked for.
fn to(asked: &Form, state: &str) -> String {
    format!("{DELIVERIES}?{}", query(asked, &[("state", state.to_owned()), ("after", String::new())]))
}

async fn wanted(ctx: &mut Ctx, asked: &Form, limit: i64) -> Result<Page<Delivery>, AppError> {
    ctx.require_administrator()?;
    let text = |name: &str| asked.value(name).trim().to_owned();
    let wanted = Wanted { state: text("state"), channel: text("channel"), audience: text("audience"), words: text("q") };
    let after = Some(asked.value("after")).filter(|after| !after.is_empty());
    Ok(delivery::list(&mut ctx.conn, &wanted, after, limit).await?)
}

/// The log to be taken along, the latest [`MOST`], as the page asks for it; a district's administrator has what belongs to the district.
///
/// # Errors
/// As [`Ctx::require_administrator`].
pub async fn sheet(ctx: &mut Ctx, asked: &Form) -> Result<Sheet, AppError> {
    let rows = wanted(ctx, asked, MOST).await?.rows;
    let heading = ["安排时间", "诉求编号", "环节", "告诉谁", "方式", "号码或邮箱", "状态", "试了几次", "说明", "发出时间"];
    let heading = heading.map(|title| Cell::Heading(title.to_owned())).into_iter().collect();
    let rows = rows.into_iter().map(|row| {
        let state = STATES.iter().find(|(code, ..)| *code == row.state).map_or("", |(_, label, ..)| *label).to_owned();
        let channel = Channel::from_code(&row.channel).map_or("", Channel::label).to_owned();
        let audience = Audience::from_code(&row.audience).map_or("", Audience::label).to_owned();
        let (step, done) = (step_label(&row.step).to_owned(), row.done_at.map_or_else(String::new, stamp));
        let cells =
            [stamp(row.at), row.number, step, audience, channel, row.address, state, row.attempts.to_string(), row.error, done];
        cells.map(Cell::Text).into_iter().collect()
    });
    Ok(Sheet { name: "发送记录", rows: [heading].into_iter().chain(rows).collect() })
}

fn line(row: &Delivery, now: OffsetDateTime) -> impl IntoView + use<> {
    let (label, tone, drawn) = STATES
        .iter()
        .find(|(code, ..)| *code == row.state)
        .map_or(("", "quiet", "clock"), |(_, label, tone, drawn)| (*label, *tone, *drawn));
    let channel = Channel::from_code(&row.channel).map_or("", Channel::label);
    let audience = Audience::from_code(&row.audience).map_or("", Audience::label);
    let head = format!("{} · {channel} {}", step_label(&row.step), row.address);
    let when = match (row.done_at, row.due_at > now) {
        (Some(at), _) => format!("{} 发出", moment(at, now)),
        (None, true) => format!("{} 起发送（夜间不打扰）", moment(row.due_at, now)),
        (None, false) => format!("{} 安排", moment(row.at, now)),
    };
    let tries = if row.attempts > 1 { format!(" · 试了 {} 次", row.attempts) } else { String::new() };
    let error = (!row.error.is_empty()).then(|| view! { <span class="muted">{row.error.clone()}</span> });
    let again = matches!(row.state.as_str(), "dead" | "off").then(|| {
        view! {
            <form method="post" action=DELIVERIES>
                {hidden("id", row.id.to_string())}
                <button class="button secondary">"重新发送"</button>
            </form>
        }
    });
    view! {
        <li class="cell"><div>
            <span class="cell-head"><strong>{head}</strong>{tag(tone, icon(drawn), label)}</span>
            <span class="muted">{format!("{} · {audience} · {when}{tries}", row.number)}</span>
            {error}{again}
        </div></li>
    }
}

/// Where somebody of staff wants to be reached.
#[component]
pub fn NoticeAddressPage() -> impl IntoView {
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let address = {
            let mut ctx = request.open().await?;
            ctx.require_staff()?;
            delivery::address(&mut ctx.conn).await?
        };
        title("提醒我的方式");
        let summary = form.summary();
        let form = form.or("mobile", address.mobile).or("mail", address.mail);
        Ok(view! {
            {back("/desk/account", "账号")}
            {summary}
            <section class="card narrow start">
                <h1>"提醒我的方式"</h1>
                <p class="muted">"站内消息都会有。哪些环节另发短信、邮件，由系统管理员设置；填了号码才会发给您。"</p>
                <form method="post" action=ADDRESS class="stack" novalidate>
                    {MOBILE.view(&form)}
                    {MAIL.view(&form)}
                    {submit("保存")}
                </form>
            </section>
        }
        .into_any())
    })
}

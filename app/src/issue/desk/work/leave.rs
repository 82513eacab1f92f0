//! 代班: who stands in for whom, from when until when. Opened by somebody of staff before a leave; the colleague of the same duty then has what is
//! theirs in “我的经办”, and what they do says for whom.

use crate::error::{AppError, Next};
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{Field, field, hidden, select, submit};
use crate::ui::{back, empty, section};
use domain::actor::StaffId;
use domain::calendar::local;
use domain::calendar::words::day;
use domain::text::Check;
use leptos::prelude::*;
use store::issue::work::{self, Colleague, Substitution};
use time::{Date, Duration};

pub const PATH: &str = "/desk/leave";

/// The longest leave.
const LONGEST: Duration = Duration::days(92);

const FROM: Field = Field { kind: "date", max: 10, ..field("from", "从哪天起", "") };
const TO: Field = Field { kind: "date", max: 10, ..field("to", "到哪天", "最长三个月") };
const WHY: Field = Field { max: 100, ..field("reason", "事由", "同事会看到，例如：年休假") };

/// The days of a leave.
fn days(check: &mut Check, form: &Form, today: Date) -> Option<(Date, Date)> {
    let mut read = |name: &str| {
        let found = domain::when::day(form.value(name));
        if found.is_none() {
            check.fault(name, "请选择日期");
        }
        found
    };
    let (from, to) = (read("from"), read("to"));
    let (from, to) = (from?, to?);
    if from < today {
        check.fault("from", "不能早于今天");
    } else if to < from {
        check.fault("to", "不能早于开始的那天");
    } else if to - from > LONGEST {
        check.fault("to", "最长三个月");
    }
    Some((from, to))
}

/// Has a colleague stand in.
///
/// # Errors
/// [`AppError::Invalid`] with every fault.
pub async fn begin(request: &Request, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    ctx.require_desk()?;
    let mut check = Check::new();
    let colleague = form.value("colleague").parse::<StaffId>().ok();
    if colleague.is_none() {
        check.fault("colleague", "请选择由谁代班");
    }
    let days = days(&mut check, form, local(ctx.now).date());
    let why = check.text("reason", "事由", form.value("reason"), 2, 100);
    check.finish().map_err(AppError::Invalid)?;
    let (Some(colleague), Some(days), now) = (colleague, days, ctx.now) else { return Err(AppError::NotFound) };
    match work::substitute(&mut ctx.conn, colleague, days, &why, now).await {
        Ok(true) => Ok(Next::to(PATH).saying("已安排代班，同事已收到消息")),
        Ok(false) => Err(AppError::field("from", "这几天您或这位同事已经有代班安排，请先取消或换一位同事")),
        Err(error) if error.is_row_refused() => Err(AppError::field("colleague", "只能由同一岗位的同事代班，请重新选择")),
        Err(error) => Err(error.into()),
    }
}

/// Ends one before its time: whoever is back, or whoever cannot go on.
///
/// # Errors
/// [`AppError::NotFound`] for that of others.
pub async fn end(request: &Request, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    ctx.require_desk()?;
    let id = form.value("id").parse().unwrap_or_default();
    let now = ctx.now;
    let ended = work::end_substitution(&mut ctx.conn, id, now).await?;
    Ok(Next::to(PATH).saying(if ended { "代班已结束" } else { "这项代班已经结束，或不是您的" }))
}

/// The page.
#[component]
pub fn LeavePage() -> impl IntoView {
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let (me, colleagues, list, today) = {
            let mut ctx = request.open().await?;
            let staff = ctx.require_desk()?;
            let colleagues = work::colleagues(&mut ctx.conn).await?;
            (staff.id, colleagues, work::substitutions(&mut ctx.conn).await?, local(ctx.now).date())
        };
        title("代班");
        Ok(page(me, colleagues, &list, today, form))
    })
}

fn page(me: StaffId, colleagues: Vec<Colleague>, list: &[Substitution], today: Date, form: Form) -> AnyView {
    let rows = list.iter().map(|one| {
        let over = one.ended_at.is_some() || one.to < today;
        let state = if over {
            "已结束"
        } else if one.from > today {
            "待开始"
        } else {
            "代班中"
        };
        let words = format!("{} 由 {} 代班，{} 至 {}", one.absent_name, one.substitute_name, day(one.from), day(one.to));
        let end = (!over && (one.absent == me || one.substitute == me)).then(|| {
            view! {
                <form method="post" action="/desk/leave/end">
                    {hidden("id", one.id.to_string())}
                    <button class="button secondary">"结束代班"</button>
                </form>
            }
        });
        view! {
            <li class="cell"><div>
                <span class="cell-head"><strong>{words}</strong><span>{state}</span></span>
                <span class="muted">{one.reason.clone()}</span>
                {end}
            </div></li>
        }
    });
    let list = (!list.is_empty()).then(|| section("本岗位的代班", view! { <ul class="cells">{rows.collect_view()}</ul> }));
    let form = if colleagues.is_empty() {
        empty("本岗位还没有别的账号，不能安排代班。请联系系统管理员添加。", None)
    } else {
        let colleagues = colleagues.into_iter().map(|colleague| (colleague.id.to_string(), colleague.name)).collect();
        let form = form.or("from", domain::policy::day::text(today));
        view! {
            <form method="post" action=PATH class="card stack narrow start" novalidate>
                {select(&form, "colleague", "由谁代班", Some("请选择"), vec![(String::new(), colleagues)])}
                {FROM.view(&form)}
                {TO.view(&form)}
                {WHY.view(&form)}
                {submit("安排代班")}
            </form>
        }
        .into_any()
    };
    let summary = Form::typed().summary();
    view! {
        {back("/desk/mine", "我的经办")}
        {summary}
        <h1>"代班"</h1>
        <p class="muted">"不在岗时，转给您经办的诉求由同事代办；同事办理时会同时记下两个人的名字。"</p>
        {form}
        {list}
    }
    .into_any()
}

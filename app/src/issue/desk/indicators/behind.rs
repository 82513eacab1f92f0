//! The issues behind a figure.

use super::{Asked, PATH, asked, named, read_period, span, to, wanted};
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::{back, empty, icon, tag};
use domain::calendar::local;
use domain::issue::measure::Indicator;
use leptos::prelude::*;
use store::issue::measure::{self, BEHIND, Behind};

/// The issues behind a figure.
#[component]
pub fn IndicatorIssuesPage() -> impl IntoView {
    let (request, form) = (Request::current(), asked());
    reads(async move {
        let failed = Indicator::from_code(form.value("failed"));
        let (asked, rows, clock) = {
            let mut ctx = request.open().await?;
            ctx.require_measured()?;
            let (now, today) = (ctx.now, local(ctx.now).date());
            let asked = read_period(form, today);
            let these = wanted(&asked, asked.first);
            let category = Some(asked.form.value("category")).filter(|code| !code.is_empty());
            let rows = measure::behind(&mut ctx.conn, &these, failed, category, now).await?;
            (asked, rows, ctx.clock())
        };
        title("指标背后的诉求");
        Ok(behind(&asked, failed, &rows, &clock))
    })
}

fn behind(asked: &Asked, failed: Option<Indicator>, rows: &[Behind], clock: &Clock) -> AnyView {
    let narrowed = ["area", "board", "department", "category"].into_iter().filter(|kind| !asked.form.value(kind).is_empty());
    let narrowed: Vec<String> = narrowed.map(|kind| named(kind, asked.form.value(kind), clock)).collect();
    let what = failed.map_or_else(|| "应答复的诉求".to_owned(), |indicator| format!("未达到“{}”的诉求", indicator.label()));
    let heading = [vec![span(asked)], narrowed, vec![what]].concat().join(" · ");
    let items = rows.iter().map(|row| {
        let tags = row.failed().into_iter().map(|indicator| tag("warn", icon("warn"), missed(indicator))).collect_view();
        let good = row.passed.then(|| tag("ok", icon("check"), "六项都达到"));
        let holder = row.department.map_or_else(|| "尚未交办".to_owned(), |id| clock.reference.department(id));
        let line = format!("{} · {holder} · 应答复 {}", row.enterprise_name, local(row.due_at).date());
        view! {
            <li class="cell">
                <a href=format!("/desk/issues/{}", row.number)>
                    <strong>{row.title.clone()}</strong><span class="muted">{row.number.clone()}" · "{line}</span>
                    <span class="tags">{good}{tags}</span>
                </a>
            </li>
        }
    });
    let cut = i64::try_from(rows.len()).is_ok_and(|count| count >= BEHIND);
    let body = if rows.is_empty() {
        empty("没有您可以查看的诉求。", None)
    } else {
        view! { <ul class="cells card">{items.collect_view()}</ul> }.into_any()
    };
    view! {
        {back(to(PATH, asked, &[]), "六项指标")}
        <h1>{heading}</h1>
        <p class="muted">
            "只列出您可以查看的诉求。"{cut.then(|| format!("只显示最早到期的 {BEHIND} 件，可按区县、板块、部门缩小范围。"))}
        </p>
        {body}
    }
    .into_any()
}

/// What an issue that failed is said to be.
fn missed(indicator: Indicator) -> &'static str {
    match indicator {
        Indicator::Contacted => "未按时联系",
        Indicator::OnTime => "未按期答复",
        Indicator::Solved => "未说已解决",
        Indicator::Content => "评价不满意",
        Indicator::Once => "不止一次办理",
        Indicator::CalledBack => "未按时回访",
    }
}

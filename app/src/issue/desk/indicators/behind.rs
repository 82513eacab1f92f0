//! The issues behind a figure.

use super::{Asked, ISSUES, PATH, add, asked, named, read_period, span, to, wanted};
use crate::issue::desk::from_list;
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::{back, empty, icon, tag};
use domain::calendar::local;
use domain::issue::measure::Indicator;
use leptos::prelude::*;
use store::Page;
use store::issue::measure::{self, Behind, Counts, Group, Guard, Narrow};

/// Instead of an indicator's code: what failed none of them, and what failed one at least.
pub(super) const NONE: &str = "none";
pub(super) const ANY: &str = "any";

/// The issues behind a figure.
#[component]
pub fn IndicatorIssuesPage() -> impl IntoView {
    let (request, form) = (Request::current(), asked());
    reads(async move {
        let failed = match form.value("failed") {
            NONE => Some(Narrow::Passed),
            ANY => Some(Narrow::Fell),
            code => Indicator::from_code(code).map(Narrow::Failed),
        };
        let narrow = failed.or_else(|| Guard::from_code(form.value("guard")).map(Narrow::Guard)).unwrap_or_default();
        let (asked, rows, whole, clock) = {
            let mut ctx = request.open().await?;
            ctx.require_measured()?;
            let (now, today) = (ctx.now, local(ctx.now).date());
            let asked = read_period(form, today);
            let these = wanted(&asked, asked.first);
            let category = Some(asked.form.value("category")).filter(|code| !code.is_empty());
            let after = Some(asked.form.value("after")).filter(|cursor| !cursor.is_empty());
            let rows = measure::behind(&mut ctx.conn, &these, narrow, category, after, now).await?;
            // The figure it was opened from, of which whoever supervises may read a part. By category there are only figures of what one may read.
            let whole = match category {
                None => Some(count(&measure::counts(&mut ctx.conn, &these, Group::Board, now).await?, narrow)),
                Some(_) => None,
            };
            (asked, rows, whole, ctx.clock())
        };
        title("指标背后的诉求");
        Ok(behind(&asked, narrow, &rows, whole, &clock))
    })
}

/// How many issues a figure is of.
fn count(groups: &[Counts], narrow: Narrow) -> i64 {
    let sum = groups.iter().fold(Counts::default(), add);
    match narrow {
        Narrow::All => sum.due,
        Narrow::Passed => sum.passed,
        Narrow::Fell => sum.due - sum.passed,
        Narrow::Failed(indicator) => {
            let (part, whole) = sum.of(indicator);
            whole - part
        }
        Narrow::Guard(guard) => guard.of(&sum).0,
    }
}

fn behind(asked: &Asked, narrow: Narrow, page: &Page<Behind>, whole: Option<i64>, clock: &Clock) -> AnyView {
    let rows = &page.rows;
    let narrowed = ["area", "board", "department", "category"].into_iter().filter(|kind| !asked.form.value(kind).is_empty());
    let narrowed: Vec<String> = narrowed.map(|kind| named(kind, asked.form.value(kind), clock)).collect();
    let what = match narrow {
        Narrow::All => "应答复的诉求".to_owned(),
        Narrow::Passed => "六项都达到的诉求".to_owned(),
        Narrow::Fell => "没有六项都达到的诉求".to_owned(),
        Narrow::Failed(indicator) => format!("未达到“{}”的诉求", indicator.label()),
        Narrow::Guard(guard) => format!("{}的诉求", said(guard)),
    };
    let heading = [vec![span(asked)], narrowed, vec![what]].concat().join(" · ");
    let kept = ["category", "failed", "guard"].map(|name| (name, asked.form.value(name)));
    let list = to(ISSUES, asked, &kept);
    let from = from_list("indicators/issues", list.split_once('?').map_or("", |(_, query)| query));
    let items = rows.iter().map(|row| {
        let tags = row.failed().into_iter().map(|indicator| tag("warn", icon("warn"), missed(indicator))).collect_view();
        let good = row.passed.then(|| tag("ok", icon("check"), "六项都达到"));
        let holder = row.department.map_or_else(|| "尚未交办".to_owned(), |id| clock.reference.department(id));
        let line = format!("{} · {holder} · 应答复 {}", row.enterprise_name, local(row.due_at).date());
        view! {
            <li class="cell">
                <a href=format!("/desk/issues/{}{from}", row.number)>
                    <strong>{row.title.clone()}</strong><span class="muted">{row.number.clone()}" · "{line}</span>
                    <span class="tags">{good}{tags}</span>
                </a>
            </li>
        }
    });
    let more = page.next.as_ref().map(|after| {
        let href = to(ISSUES, asked, &[&kept[..], &[("after", after.as_str())]].concat());
        view! { <p><a class="button secondary" href=href rel="next">"下一页"</a></p> }
    });
    let body = if rows.is_empty() {
        empty("没有您可以查看的诉求。", None)
    } else {
        view! { <ul class="cells card">{items.collect_view()}</ul> }.into_any()
    };
    view! {
        {back(to(PATH, asked, &[]), "六项指标")}
        <h1>{heading}</h1>
        <p class="muted">{whole.map(|whole| format!("共 {whole} 件。"))}"最早到期的在前，只列出您可以查看的诉求。"</p>
        {body}{more}
    }
    .into_any()
}

fn said(guard: Guard) -> &'static str {
    match guard {
        Guard::Returned => "部门退回过",
        Guard::Extended => "延期过",
        Guard::Withdrawn => "企业撤回",
        Guard::Unrated => "已答复、企业没有评价",
        Guard::Disagreed => "评价与回访不一致",
        Guard::Aided => "在工作人员登录过的设备上、或由其他渠道转来评价",
    }
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

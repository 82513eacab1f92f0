//! 工作指标 (S-29): what an administrator enters of a month for the districts and departments it keeps, until the month is settled.

use super::history;
use crate::form::Form;
use crate::issue::desk::indicators::{work_rules, work_table};
use crate::render::{reads, title};
use crate::request::Request;
use crate::terms::act::WORK;
use crate::terms::read::{self, Kept};
use crate::ui::form::{Field, field, hidden, select, submit};
use crate::ui::{back, icon, section};
use domain::issue::measure::SETTLED_ON;
use domain::work_indicator::{Whose, Work, is_open, month, month_text};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_query;
use leptos_router::params::Params;
use store::issue::work_figure::name;
use time::Date;

/// Months that are offered.
const MONTHS: usize = 12;

const VISITS: Field =
    Field {
        inputmode: "numeric", max: 7, optional: true, ..field("visits", "走访企业（家次）", "不填的保持原样")
    };
const TRAINING: Field =
    Field {
        inputmode: "numeric", max: 7, optional: true, ..field("training", "业务培训（人次）", "不填的保持原样")
    };
const WHY: Field = Field { max: 200, ..field("why", "数据来源", "记入变更记录，例如：10 月走访台账") };

#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct MonthQuery {
    month: Option<String>,
}

/// A month.
#[component]
pub fn WorkFiguresPage() -> impl IntoView {
    let query = use_query::<MonthQuery>().get_untracked().unwrap_or_default();
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let mut ctx = request.open().await?;
        let today = ctx.today();
        let asked = month(form.value("month")).or_else(|| month(&query.month.unwrap_or_default()));
        let asked = asked.unwrap_or_else(|| today.replace_day(1).unwrap_or(today));
        let (kept, works) = read::work(&mut ctx, asked).await?;
        drop(ctx);
        title("工作指标");
        Ok(page(&kept, asked, &works, &form))
    })
}

fn page(kept: &Kept, asked: Date, works: &[Work], form: &Form) -> AnyView {
    let key = month_text(asked);
    let mine: Vec<&Work> = works.iter().filter(|work| kept.measures(work.whose)).collect();
    let first = kept.today.replace_day(1).ok();
    let months = std::iter::successors(first, |month| month.previous_day()?.replace_day(1).ok()).take(MONTHS);
    let months = months.map(|month| (month_text(month), format!("{} 年 {} 月", month.year(), u8::from(month.month()))));
    let chosen = Form::default().or("month", key.clone());
    let body = if is_open(asked, kept.today) {
        section("录入", figures(kept, &key, &mine, form))
    } else {
        view! { <p class="muted">"这个月不能录入：已经定稿，或者还没有到。"</p> }.into_any()
    };
    view! {
        {back("/desk/admin", "系统管理")}
        {form.summary()}
        <h1>{format!("工作指标（{key}）")}</h1>
        <p class="muted">{format!("进入每月的通报和年度考核表；次月 {SETTLED_ON} 日定稿，定稿前可以修改。")}</p>
        <form class="filters" method="get" action=WORK>
            {select(&chosen, "month", "月份", None, vec![(String::new(), months.collect())])}
            <button class="button secondary">{icon("search")}<span>"查看"</span></button>
        </form>
        {work_table(&mine, &kept.reference)}
        {work_rules()}
        {body}
        {history(kept)}
    }
    .into_any()
}

fn figures(kept: &Kept, key: &str, mine: &[&Work], form: &Form) -> AnyView {
    let named = |work: &&Work| (work.whose.key(), name(&kept.reference, work.whose));
    let (areas, departments): (Vec<&Work>, Vec<&Work>) =
        mine.iter().copied().partition(|work| matches!(work.whose, Whose::Area(_)));
    let groups = [("区县", areas), ("部门", departments)];
    let groups = groups.iter().map(|(label, works)| ((*label).to_owned(), works.iter().map(named).collect())).collect();
    let late = form.error("seen").is_some();
    // Whoever sends it again after somebody was quicker has seen the table above.
    let seen = if late { kept.seen.to_string() } else { form.clone().or("seen", kept.seen.to_string()).value("seen").to_owned() };
    let late = late.then(|| view! { <p class="flash warn" id="seen">{icon("warn")}<span>"上面是现在的数据"</span></p> });
    view! {
        <form method="post" action=WORK class="stack" novalidate>
            {late}
            {hidden("month", key)}{hidden("seen", seen)}
            {select(form, "whose", "区县或部门", Some("请选择"), groups)}
            {VISITS.view(form)}
            {TRAINING.view(form)}
            {WHY.view(form)}
            <p class="row">{submit("保存")}</p>
        </form>
    }
    .into_any()
}

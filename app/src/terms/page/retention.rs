//! How long what is personal is kept (保存期限): ours, or what the city's administrator has set within what the law asks.

use super::{OF_THE_CITY, Thing, listed, tail};
use crate::administration::table::asked;
use crate::error::AppError;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::terms::act::RETENTION;
use crate::terms::read::{self, Kept};
use crate::terms::tables;
use crate::ui::form::{Field, choice, choices, field, hidden};
use crate::ui::{facts, section, words};
use domain::retention::{NOTICE, Rule, Schedule, YEAR, span};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;

const KEEP: Field = Field { inputmode: "numeric", max: 6, ..field("keep", "保存多久", "") };

/// The list.
#[component]
pub fn RetentionsPage() -> impl IntoView {
    let (request, asked) = (Request::current(), asked());
    reads(async move {
        let (kept, schedule) = read::retention(&mut *request.open().await?, "").await?;
        title("保存期限");
        Ok(listed(&tables::retentions(&kept, &schedule), &asked, &kept))
    })
}

#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct RetentionParams {
    code: String,
}

/// One kind.
#[component]
pub fn RetentionPage() -> impl IntoView {
    let params = use_params::<RetentionParams>().get_untracked();
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let code = params.map_err(|_| AppError::NotFound)?.code;
        let rule = Rule::of_code(&code).ok_or(AppError::NotFound)?;
        let (kept, schedule) = read::retention(&mut *request.open().await?, &code).await?;
        title(rule.parts().0);
        Ok(page(&kept, rule, &schedule, &form))
    })
}

fn page(kept: &Kept, rule: &'static Rule, schedule: &Schedule, form: &Form) -> AnyView {
    let action = format!("{RETENTION}/{}", rule.code);
    let days = schedule.on(rule, kept.today).keep.whole_days();
    let said = |days: i64| if days == 0 { "不保存".to_owned() } else { span(days) };
    let now = said(days);
    let planned =
        schedule.coming(rule, kept.today).into_iter().map(|(from, rule)| (from, said(rule.keep.whole_days()))).collect();
    let (what, from) = rule.parts();
    let mut rows =
        vec![("从何时算起", from.into_any()), ("现在", words(now.clone())), ("内置", words(said(rule.keep.whole_days())))];
    if rule.may_be_set() {
        rows.push(("最短", words(format!("{}：{}", span(rule.bounds.0), rule.least))));
        rows.push(("最长", words(span(rule.bounds.1))));
    }
    let body = match (rule.may_be_set(), kept.whole_city()) {
        (false, _) => view! { <p class="muted">"由系统规定，不能修改。"</p> }.into_any(),
        (true, false) => view! { <p class="muted">{OF_THE_CITY}</p> }.into_any(),
        (true, true) => forms(kept, rule, schedule, form, &action, &now),
    };
    let (list, heading) = ((RETENTION, "保存期限"), what.to_owned());
    Thing { list, heading, action: &action, now: &now, planned, before: Some(section("期限", facts(rows))), body }
        .view(kept, form)
}

fn forms(kept: &Kept, rule: &Rule, schedule: &Schedule, form: &Form, action: &str, now: &str) -> AnyView {
    let days = schedule.on(rule, kept.today).keep.whole_days();
    let (number, unit) = if days % YEAR == 0 { (days / YEAR, "year") } else { (days, "day") };
    let revert = schedule.set(rule, kept.today).is_some().then(|| {
        section(
            "恢复内置期限",
            view! {
                <form method="post" action=action.to_owned() class="stack" novalidate>
                    {hidden("do", "revert")}
                    {tail(&Form::default(), kept.today, kept.seen, now)}
                </form>
            },
        )
    });
    let form = form.clone().or("keep", number.to_string()).or("unit", unit);
    let edit = section(
        "修改",
        view! {
            <p class="muted">{format!("改短会删除已经保存的数据，删除后不能恢复，所以最早从 {NOTICE} 天以后起生效。")}</p>
            <form method="post" action=action.to_owned() class="stack" novalidate>
                {KEEP.view(&form)}
                {choices(&form, "radio", "unit", "单位", "", vec![choice("day", "天"), choice("year", "年")])}
                {tail(&form, kept.today, kept.seen, now)}
            </form>
        },
    );
    view! { {edit}{revert} }.into_any()
}

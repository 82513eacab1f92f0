//! The working calendar (工作日历): a year's days off and make-up days, and the form that adds what the State Council's notice says.

use super::{OF_THE_CITY, history};
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::terms::act::CALENDAR;
use crate::terms::read::{self, Kept};
use crate::ui::form::{Field, choice, choices, field, submit};
use crate::ui::list::{Chip, chips};
use crate::ui::{back, icon, section};
use domain::administration::Kind;
use domain::calendar::words::day as said;
use domain::calendar::{WorkCalendar, holiday_name};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_query;
use leptos_router::params::Params;
use store::terms::DayLine;
use time::Date;

const FIRST: Field = Field { kind: "date", max: 10, ..field("first", "第一天", "今天或以后") };
const LAST: Field = Field { kind: "date", max: 10, optional: true, ..field("last", "最后一天", "只有一天可以不填") };
const NAME: Field = Field { max: 20, ..field("note", "名称", "例如：春节，或春节调休") };
const WHY: Field = Field {
    max: 200, ..field("why", "变更原因", "例如：国务院办公厅关于 2027 年部分节假日安排的通知")
};

#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct YearQuery {
    year: Option<i32>,
}

/// A year.
#[component]
pub fn CalendarPage() -> impl IntoView {
    let query = use_query::<YearQuery>().get_untracked().unwrap_or_default();
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let mut ctx = request.open().await?;
        let kept = read::kept(&mut ctx, Kind::CalendarDay, "").await?;
        let set = store::terms::days(&mut ctx.conn).await?;
        drop(ctx);
        title("工作日历");
        let year = query.year.unwrap_or(kept.today.year());
        Ok(page(&kept, &set, year.clamp(kept.today.year() - 2, kept.today.year() + 2), &form))
    })
}

/// Days in a row that are alike: first, last, at work, what they are called.
struct Run {
    first: Date,
    last: Date,
    working: bool,
    name: String,
    /// An administrator set it.
    set: bool,
}

/// What differs from the plain week, and what an administrator set, in runs.
fn runs(calendar: &WorkCalendar, set: &[DayLine], year: i32) -> Vec<Run> {
    let set_on = |day: Date| set.iter().find(|line| line.day == day && line.working.is_some());
    let mut days = calendar.special_days(year);
    days.extend(set.iter().filter(|line| line.day.year() == year).filter_map(|line| line.working.map(|at| (line.day, at))));
    days.sort_unstable();
    days.dedup();
    let mut runs: Vec<Run> = Vec::new();
    for (day, working) in days {
        let own = set_on(day);
        let built_in = if working { "调休" } else { holiday_name(day).unwrap_or("") };
        let named = own.map_or_else(|| built_in.to_owned(), |line| line.note.clone());
        match runs.last_mut() {
            // A weekend between two days off belongs to them.
            Some(run) if run.working == working && run.name == named && (day - run.last).whole_days() <= 3 && !working => {
                run.last = day
            }
            _ => runs.push(Run { first: day, last: day, working, name: named, set: own.is_some() }),
        }
    }
    runs
}

fn page(kept: &Kept, set: &[DayLine], year: i32, form: &Form) -> AnyView {
    let calendar = &kept.terms.calendar;
    let years = (kept.today.year() - 1..=kept.today.year() + 2).map(|at| {
        let label = ["上一年", "今年", "明年", "后年"];
        let index = usize::try_from(at - kept.today.year() + 1).unwrap_or(1);
        Chip {
            href: format!("{CALENDAR}?year={at}"),
            label: label[index.min(3)],
            count: Some(i64::from(at)),
            current: at == year,
        }
    });
    let until = calendar.covered_until();
    let warning = calendar.ends_soon(kept.today).then(|| {
        let sentence = format!(
            "节假日只录到 {} 年 {}。以后的日子按普通周和法定固定节日计算，请尽快录入下一年的放假安排。",
            until.year(),
            said(until)
        );
        view! { <p class="flash warn">{icon("warn")}<span>{sentence}</span></p> }
    });
    let rows = runs(calendar, set, year).into_iter().map(|run| {
        let days = if run.first == run.last { said(run.first) } else { format!("{} 至 {}", said(run.first), said(run.last)) };
        let kind = if run.working { "上班" } else { "放假" };
        let source = if run.set {
            "管理员录入"
        } else if year > until.year() {
            "法定固定节日"
        } else {
            "内置"
        };
        view! { <tr><td>{days}</td><td>{kind}</td><td>{run.name}</td><td>{source}</td></tr> }
    });
    let rows = rows.collect_view();
    let body = if kept.whole_city() {
        section("录入", days_form(form, year))
    } else {
        view! { <p class="muted">{OF_THE_CITY}</p> }.into_any()
    };
    view! {
        {back("/desk/admin", "系统管理")}
        {form.summary()}
        <h1>{format!("{year} 年工作日历")}</h1>
        {warning}
        <p class="muted">"没有列出的日子：周一至周五上班，周六、周日休息。"</p>
        {chips("年份", years.collect())}
        <div class="table-wrap" tabindex="0" role="region" aria-label="放假和调休">
            <table class="queue">
                <thead>
                    <tr><th scope="col">"日期"</th><th scope="col">"安排"</th><th scope="col">"名称"</th><th scope="col">"来源"</th></tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {body}
        {history(kept)}
    }
    .into_any()
}

fn days_form(form: &Form, year: i32) -> AnyView {
    let kinds = vec![choice("off", "放假"), choice("work", "上班（调休）"), choice("plain", "恢复，按内置的安排")];
    view! {
        <p class="muted">"已经定下的期限不变；以后计算的期限按新的安排。"</p>
        <form method="post" action=format!("{CALENDAR}?year={year}") class="stack" novalidate>
            {FIRST.view(form)}
            {LAST.view(form)}
            {choices(form, "radio", "kind", "安排", "", kinds)}
            {NAME.view(form)}
            {WHY.view(form)}
            <p class="row">{submit("保存")}</p>
        </form>
    }
    .into_any()
}

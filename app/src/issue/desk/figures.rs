//! The first page of whoever looks on (领导、监督): what is open, about to be late and late, by district and by department, how old it is, which problems
//! come up where, and how the last twelve weeks or months went. Opened in the morning and before a meeting; every figure leads to the list whose length
//! it is.

use super::indicators::{self, trend_view};
use super::pressure::{ages, hot, of};
use crate::error::AppError;
use crate::render::{reads, title};
use crate::request::{Clock, Ctx, Request};
use crate::ui::chart::{self, Bar, Column, Words, bars, columns, figure};
use crate::ui::list::{Chip, chips};
use crate::ui::section;
use domain::actor::{CITY, Duty};
use domain::calendar::{SHANGHAI, local};
use domain::issue::{Flag, Queue};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_query;
use leptos_router::params::Params;
use store::issue::DeskCounts;
use store::issue::figures::{self, Figure, Figures, Pressure, Week};
use store::issue::measure::Counts;
use time::{Date, Duration, Time};

/// Weeks that are shown.
const WEEKS: usize = 12;
/// Departments and districts that are drawn; the tables have all of them.
const DRAWN: usize = 10;
/// Where it is.
const PATH: &str = "/desk/figures";

/// By weeks, or by months (`month`).
#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct TrendQuery {
    by: Option<String>,
}

/// How it went.
enum Trend {
    /// What was filed, and of it what is or was late.
    Weeks(Vec<Week>),
    /// What was to be answered, and of it what passed the six indicators.
    Months(Vec<Counts>),
}

struct Overview {
    organisation: String,
    duty: Duty,
    counts: DeskCounts,
    now: Figures,
    pressure: Pressure,
    trend: Trend,
    clock: Clock,
}

async fn read(ctx: &mut Ctx, by_month: bool) -> Result<Overview, AppError> {
    let staff = ctx.require_overseer()?;
    let today = local(ctx.now).date();
    let counts = store::issue::counts(&mut ctx.conn, &staff.duty, ctx.now).await?;
    let now = figures::now(&mut ctx.conn, ctx.now).await?;
    let pressure = figures::pressure(&mut ctx.conn, of(&staff.duty).1, today, ctx.now).await?;
    let trend = if by_month {
        Trend::Months(indicators::months(ctx, today).await?)
    } else {
        Trend::Weeks(weeks(ctx, &staff.duty, today).await?)
    };
    Ok(Overview { organisation: staff.organisation, duty: staff.duty, counts, now, pressure, trend, clock: ctx.clock() })
}

/// The last weeks, those in which nothing was filed among them.
async fn weeks(ctx: &mut Ctx, duty: &Duty, today: Date) -> Result<Vec<Week>, AppError> {
    let back = i64::from(today.weekday().number_days_from_monday()) + 7 * (WEEKS as i64 - 1);
    let monday = today - Duration::days(back);
    let begins = monday.with_time(Time::MIDNIGHT).assume_offset(SHANGHAI);
    let known = figures::weeks(&mut ctx.conn, duty, begins, ctx.now).await?;
    let weeks = (0_i64..).take(WEEKS).map(|week| {
        let monday = monday + Duration::weeks(week);
        let empty = Week { monday, filed: 0, dissatisfied: 0, answered_late: 0, late: 0 };
        known.iter().find(|week| week.monday == monday).copied().unwrap_or(empty)
    });
    Ok(weeks.collect())
}

/// The page.
#[component]
pub fn FiguresPage() -> impl IntoView {
    let query = use_query::<TrendQuery>().get_untracked().unwrap_or_default();
    let request = Request::current();
    reads(async move {
        let overview = read(&mut *request.open().await?, query.by.as_deref() == Some("month")).await?;
        title("概览");
        Ok(view(overview))
    })
}

/// Who supervises reads what is abnormal only: what is open is none of its figures.
fn reads_all(duty: &Duty) -> bool {
    matches!(duty, Duty::Leader { .. })
}

fn view(overview: Overview) -> AnyView {
    let Overview { organisation, duty, counts, mut now, pressure, trend, clock } = overview;
    let all = reads_all(&duty);
    let queues = [Queue::Open, Queue::Soon, Queue::Late];
    let tiles = queues.into_iter().filter(|queue| Queue::of(&duty).contains(queue)).map(|queue| {
        let (href, count) = (list(queue, ""), counts.of(queue).unwrap_or(0));
        let class = if queue == Queue::Late && count > 0 { "late" } else { "" };
        view! { <li class=class><a href=href><strong>{count.to_string()}</strong><span>{queue.label()}</span></a></li> }
    });
    // The worst first.
    now.departments.sort_by_key(|figure| (-figure.late, -figure.soon, -figure.open, figure.id));
    now.areas.sort_by_key(|figure| (-figure.late, -figure.soon, -figure.open, figure.id));
    now.departments.retain(|figure| all || figure.late + figure.soon > 0);
    now.areas.retain(|figure| all || figure.late + figure.soon > 0);
    let whole = matches!(duty, Duty::Leader { area } | Duty::Supervisor { area } if area == CITY);
    let areas = whole.then(|| {
        let rows = now.areas.iter().map(|figure| (area(figure.id, &clock), format!("&area={}", figure.id), *figure));
        section("按区县", ranking("areas", "区县", all, rows.collect()))
    });
    let rows = now
        .departments
        .iter()
        .map(|figure| (clock.reference.department(figure.id), format!("&department={}", figure.id), *figure));
    let departments = section("按主办部门", ranking("departments", "主办部门", all, rows.collect()));
    let queue = of(&duty).0;
    let place = |category: &str, area: Option<i32>| {
        let area = area.map(|area| format!("&area={area}")).unwrap_or_default();
        list(queue, &format!("&category={category}{area}"))
    };
    let by_month = matches!(trend, Trend::Months(_));
    let turns = [("近 12 周", PATH, !by_month), ("近 12 个月", "/desk/figures?by=month", by_month)];
    let turns = turns.map(|(label, href, current)| Chip { href: href.to_owned(), label, count: None, current });
    let (heading, went) = match &trend {
        Trend::Weeks(weeks) => ("近 12 周", trend_of(weeks, all)),
        Trend::Months(months) => ("近 12 个月", trend_view(months, false, &indicators::plain)),
    };
    view! {
        <h1>{format!("{organisation} · 概览")}</h1>
        <ul class="tally">{tiles.collect_view()}</ul>
        {section(heading, view! { {chips("走势", turns.into())}{went} })}
        {departments}
        {areas}
        {section(format!("{}的，提交了多久", queue.label()), ages(&pressure.ages, queue, &clock))}
        {section(format!("{}的，哪里什么问题多", queue.label()), hot(&pressure.cells, place, &clock))}
        <p class="muted">
            "每个数字点开就是对应的诉求清单。尚未交办部门的诉求不在“按主办部门”里。"<a href="/desk/packs">"会议材料（可打印）"</a>
        </p>
    }
    .into_any()
}

/// A district; the city itself is one of them here.
fn area(code: i32, clock: &Clock) -> String {
    if code == CITY { "市本级".to_owned() } else { clock.reference.area(code) }
}

fn list(queue: Queue, more: &str) -> String {
    format!("/desk?queue={}{more}", queue.code())
}

/// Name, filter of a list, figures.
type Ranked<Id> = (String, String, Figure<Id>);

/// Who has most that is late, or where nothing is, most that is about to be; the table has all figures of all.
fn ranking<Id>(id: &'static str, of: &'static str, all: bool, rows: Vec<Ranked<Id>>) -> AnyView {
    let late = rows.iter().any(|(.., figure)| figure.late > 0);
    let value = |figure: &Figure<Id>| if late { figure.late } else { figure.soon };
    let drawn = rows.iter().filter(|(.., figure)| value(figure) > 0).take(DRAWN).map(|(name, _, figure)| Bar {
        label: name.clone(),
        value: value(figure),
        figure: value(figure).to_string(),
        tone: if late { "late" } else { "" },
    });
    let drawn: Vec<Bar> = drawn.collect();
    let chart = (drawn.len() > 1).then(|| {
        let title = format!("按{of}，{}的件数，从多到少", if late { "已超期" } else { "即将超期" });
        let about = drawn.iter().map(|bar| format!("{} {} 件", bar.label, bar.figure)).collect::<Vec<_>>().join("，");
        bars(Words { id, title, about }, None, &drawn)
    });
    view! { {chart}{table(of, all, rows)} }.into_any()
}

fn table<Id>(of: &'static str, all: bool, rows: Vec<Ranked<Id>>) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="muted">"现在没有。"</p> }.into_any();
    }
    let rows = rows.into_iter().map(|(name, filter, Figure { open, soon, late, .. })| {
        let open = all.then(|| view! { <td>{figure(open, list(Queue::Open, &filter))}</td> });
        view! {
            <tr>
                <th scope="row">{name}</th>{open}
                <td>{figure(soon, list(Queue::Soon, &filter))}</td><td>{figure(late, list(Queue::Late, &filter))}</td>
            </tr>
        }
        .into_any()
    });
    let heads = [Some(of), all.then_some("在办"), Some("即将超期"), Some("已超期")];
    let heads = heads.into_iter().flatten().map(str::to_owned).collect();
    chart::table(format!("按{of}"), heads, rows.collect_view())
}

/// `11/24`, as little as says which week.
fn short(monday: Date) -> String {
    format!("{}/{}", u8::from(monday.month()), monday.day())
}

/// A column for each week: what was filed, and of it what is or was late. The table beside says the same and more.
fn trend_of(weeks: &[Week], all: bool) -> AnyView {
    let drawn: Vec<Column> = weeks
        .iter()
        .map(|week| Column {
            label: short(week.monday),
            whole: week.filed,
            part: week.answered_late + week.late,
            figure: week.filed.to_string(),
        })
        .collect();
    let rows = weeks.iter().rev().map(|week| {
        let span = format!("&from={}&to={}", week.monday, week.monday + Duration::days(6));
        let flagged = |flag: Flag| list(Queue::All, &format!("{span}&flag={}", flag.code()));
        view! {
            <tr>
                <th scope="row">{format!("{} 起", short(week.monday))}</th>
                <td>{figure(week.filed, list(Queue::All, &span))}</td>
                <td>{figure(week.dissatisfied, flagged(Flag::Dissatisfied))}</td>
                <td>{figure(week.answered_late, flagged(Flag::AnsweredLate))}</td>
                <td>{figure(week.late, list(Queue::Late, &span))}</td>
            </tr>
        }
    });
    let filed = if all { "提交" } else { "异常件" };
    let words = Words {
        id: "trend",
        title: format!("近 {WEEKS} 周{filed}的件数，其中超期的"),
        about: drawn
            .iter()
            .map(|one| format!("{} 起 {} 件，超期 {}", one.label, one.whole, one.part))
            .collect::<Vec<_>>()
            .join("；"),
    };
    let heads = ["提交的一周", filed, "不满意件", "超期办结件", "现在超期"].map(str::to_owned).to_vec();
    view! {
        <p class="muted">{format!("柱高是当周{filed}的件数，下面红色一段是其中超期办结和现在超期在办的。")}</p>
        {columns(words, "late", &drawn)}
        {chart::beside(chart::table("近 12 周", heads, rows.collect_view()))}
    }
    .into_any()
}

//! The first page of whoever looks on (领导、监督): what is open, about to be late and late, by district and by department, and how the last twelve
//! weeks went. Opened in the morning and before a meeting; every figure leads to the list whose length it is.

use crate::error::AppError;
use crate::render::{reads, title};
use crate::request::{Clock, Ctx, Request};
use crate::ui::section;
use domain::actor::{CITY, Duty};
use domain::calendar::{SHANGHAI, local};
use domain::issue::{Flag, Queue};
use leptos::prelude::*;
use store::issue::DeskCounts;
use store::issue::figures::{self, Figure, Figures, Week};
use time::{Date, Duration, Time};

/// Weeks that are shown.
const WEEKS: usize = 12;

struct Overview {
    organisation: String,
    duty: Duty,
    counts: DeskCounts,
    now: Figures,
    weeks: Vec<Week>,
    clock: Clock,
}

async fn read(ctx: &mut Ctx) -> Result<Overview, AppError> {
    let staff = ctx.require_overseer()?;
    let today = local(ctx.now).date();
    let back = i64::from(today.weekday().number_days_from_monday()) + 7 * (WEEKS as i64 - 1);
    let monday = today - Duration::days(back);
    let counts = store::issue::counts(&mut ctx.conn, &staff.duty, ctx.now).await?;
    let now = figures::now(&mut ctx.conn, ctx.now).await?;
    let begins = monday.with_time(Time::MIDNIGHT).assume_offset(SHANGHAI);
    let known = figures::weeks(&mut ctx.conn, &staff.duty, begins, ctx.now).await?;
    let weeks = (0_i64..).take(WEEKS).map(|week| {
        let monday = monday + Duration::weeks(week);
        let empty = Week { monday, filed: 0, dissatisfied: 0, answered_late: 0, late: 0 };
        known.iter().find(|week| week.monday == monday).copied().unwrap_or(empty)
    });
    Ok(Overview { weeks: weeks.collect(), organisation: staff.organisation, duty: staff.duty, counts, now, clock: ctx.clock() })
}

/// The page.
#[component]
pub fn FiguresPage() -> impl IntoView {
    let request = Request::current();
    reads(async move {
        let overview = read(&mut *request.open().await?).await?;
        title("概览");
        Ok(view(overview))
    })
}

/// Who supervises reads what is abnormal only: what is open is none of its figures.
fn reads_all(duty: &Duty) -> bool {
    matches!(duty, Duty::Leader { .. })
}

fn view(overview: Overview) -> AnyView {
    let Overview { organisation, duty, counts, mut now, weeks, clock } = overview;
    let all = reads_all(&duty);
    let queues = [Queue::Open, Queue::Soon, Queue::Late];
    let tiles = queues.into_iter().filter(|queue| Queue::of(&duty).contains(queue)).map(|queue| {
        let (href, count) = (list(queue, ""), counts.of(queue).unwrap_or(0));
        let class = if queue == Queue::Late && count > 0 { "late" } else { "" };
        view! { <li class=class><a href=href><strong>{count.to_string()}</strong><span>{queue.label()}</span></a></li> }
    });
    // The worst first.
    now.departments.sort_by_key(|figure| (-figure.late, -figure.soon, -figure.open, figure.id));
    now.departments.retain(|figure| all || figure.late + figure.soon > 0);
    now.areas.retain(|figure| all || figure.late + figure.soon > 0);
    let whole = matches!(duty, Duty::Leader { area } | Duty::Supervisor { area } if area == CITY);
    let areas = whole.then(|| {
        let rows = now.areas.iter().map(|figure| (area(figure.id, &clock), format!("&area={}", figure.id), *figure));
        section("按区县", table("区县", all, rows))
    });
    let rows = now
        .departments
        .iter()
        .map(|figure| (clock.reference.department(figure.id), format!("&department={}", figure.id), *figure));
    let departments = table("主办部门", all, rows);
    view! {
        <h1>{format!("{organisation} · 概览")}</h1>
        <ul class="tally">{tiles.collect_view()}</ul>
        {section("近 12 周", trend(&weeks, all))}
        <div class="desk-columns">
            <div>{section("按主办部门", departments)}</div>
            <div>{areas}</div>
        </div>
        <p class="muted">"每个数字点开就是对应的诉求清单。尚未交办部门的诉求不在“按主办部门”里。"</p>
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

/// A figure, and the list behind it; nothing is behind none.
fn figure(count: i64, href: String) -> AnyView {
    if count == 0 {
        view! { <span class="muted">"0"</span> }.into_any()
    } else {
        view! { <a href=href>{count.to_string()}</a> }.into_any()
    }
}

fn table<Id>(of: &'static str, all: bool, rows: impl Iterator<Item = (String, String, Figure<Id>)>) -> AnyView {
    let rows: Vec<AnyView> = rows
        .map(|(name, filter, Figure { open, soon, late, .. })| {
            let open = all.then(|| view! { <td>{figure(open, list(Queue::Open, &filter))}</td> });
            view! {
                <tr>
                    <th scope="row">{name}</th>{open}
                    <td>{figure(soon, list(Queue::Soon, &filter))}</td><td>{figure(late, list(Queue::Late, &filter))}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    if rows.is_empty() {
        return view! { <p class="muted">"现在没有。"</p> }.into_any();
    }
    view! {
        <table class="figures">
            <thead>
                <tr>
                    <th scope="col">{of}</th>{all.then(|| view! { <th scope="col">"在办"</th> })}
                    <th scope="col">"即将超期"</th><th scope="col">"已超期"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// `11/24`, as little as says which week.
fn short(monday: Date) -> String {
    format!("{}/{}", u8::from(monday.month()), monday.day())
}

/// A column for each week: what was filed, and of it what is or was late. The table below says the same.
fn trend(weeks: &[Week], all: bool) -> AnyView {
    let most = weeks.iter().map(|week| week.filed).max().unwrap_or(0).max(1);
    let drawn = weeks.iter().enumerate().map(|(at, week)| {
        // 50 units a week, 120 high, the words below.
        let x = at * 50 + 10;
        let tall = |count: i64| (count * 120 / most).max(i64::from(count > 0));
        let (filed, late) = (tall(week.filed), tall(week.answered_late + week.late));
        view! {
            <rect x=x.to_string() y=(140 - filed).to_string() width="30" height=filed.to_string() rx="2"></rect>
            <rect class="late" x=x.to_string() y=(140 - late).to_string() width="30" height=late.to_string() rx="2"></rect>
            <text class="figure" x=(x + 15).to_string() y=(134 - filed).to_string()>{week.filed.to_string()}</text>
            <text class="label" x=(x + 15).to_string() y="158">{short(week.monday)}</text>
        }
    });
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
    view! {
        <p class="muted">{format!("柱高是当周{filed}的件数，下面红色一段是其中超期办结和现在超期在办的。")}</p>
        <svg class="bars weeks" viewBox="0 0 610 165" aria-hidden="true" focusable="false">{drawn.collect_view()}</svg>
        <details>
            <summary>"看表格"</summary>
            <div class="table-wrap" tabindex="0" role="region" aria-label="近 12 周">
                <table class="figures">
                    <thead>
                        <tr>
                            <th scope="col">"提交的一周"</th><th scope="col">{filed}</th><th scope="col">"不满意件"</th>
                            <th scope="col">"超期办结件"</th><th scope="col">"现在超期"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

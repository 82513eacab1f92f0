//! 晾晒通报 (S-29): a month to be printed and sent round. Opened by the centre, leaders and supervisors when the month is settled, wanting: who did well,
//! who did not, what is still open and for how long, which problems come up where.

use super::{Asked, asked, named, percent, read_period, span, to, wanted};
use crate::error::AppError;
use crate::render::{reads, title};
use crate::request::{Clock, Ctx, Request};
use crate::ui::{back, empty, section};
use domain::calendar::{local, words};
use domain::issue::measure::{Indicator, SETTLED_ON};
use leptos::prelude::*;
use std::collections::BTreeMap;
use store::issue::measure::{Counts, Group, counts};
use store::issue::snapshot::{Age, Cell, Settled, ages, categories, settled};

/// Where it is.
pub const BULLETIN: &str = "/desk/indicators/bulletin";
/// Of fewer issues no rate is compared *(assumed)*.
const RANKED: i64 = 5;
/// Categories and departments that are listed.
const LISTED: usize = 10;

struct Bulletin {
    organisation: String,
    asked: Asked,
    settled: Option<Settled>,
    /// As the figures are now.
    now: Settled,
    ages: Vec<Age>,
    categories: Vec<Cell>,
    clock: Clock,
}

async fn read(ctx: &mut Ctx, form: crate::form::Form) -> Result<Bulletin, AppError> {
    let staff = ctx.require_record()?;
    let now = ctx.now;
    let asked = read_period(form, local(now).date());
    if asked.weekly {
        return Err(AppError::NotFound);
    }
    let these = wanted(&asked, asked.first);
    let conn = &mut ctx.conn;
    let city = counts(conn, &these, Group::Month, now).await?.into_iter().next().unwrap_or_default();
    let areas = counts(conn, &these, Group::Area, now).await?;
    let boards = counts(conn, &these, Group::Board, now).await?;
    let departments = counts(conn, &these, Group::Department, now).await?;
    let settled = settled(conn, asked.first).await?;
    let (ages, categories) = (ages(conn, now).await?, categories(conn, &these).await?);
    let now = Settled { at: now, city, areas, boards, departments };
    Ok(Bulletin { organisation: staff.organisation, asked, settled, now, ages, categories, clock: ctx.clock() })
}

/// The page.
#[component]
pub fn BulletinPage() -> impl IntoView {
    let (request, form) = (Request::current(), asked());
    reads(async move {
        let bulletin = read(&mut *request.open().await?, form).await?;
        title(format!("{}通报", span(&bulletin.asked)));
        Ok(view(&bulletin))
    })
}

fn view(bulletin: &Bulletin) -> AnyView {
    let Bulletin { organisation, asked, settled, now, ages, categories, clock } = bulletin;
    let shown = settled.as_ref().unwrap_or(now);
    let (city, month) = (&shown.city, span(asked));
    let state = match settled {
        Some(settled) => format!("数据于{}定稿，定稿后不再变动。", words::moment(settled.at, now.at)),
        None => format!("次月 {SETTLED_ON} 日定稿，以下是目前的数据，定稿前会变动。"),
    };
    let indicators = Indicator::ALL.iter().map(|indicator| {
        let (part, whole) = city.of(*indicator);
        view! { <li title=indicator.rule()><span class="tile"><strong>{percent(part, whole)}</strong><span>{indicator.label()}</span>
            <small class="muted">{format!("{part} / {whole}")}</small></span></li> }
    });
    let changed = settled.as_ref().map(|settled| since(&settled.city, &now.city));
    view! {
        {back(to(super::PATH, asked, &[]), "六项指标")}
        <h1>{format!("涉企问题高质效解决情况通报（{month}）")}</h1>
        <p class="muted">{format!("{organisation} · {state}")}</p>
        <p>
            {format!("本月应答复 {} 件，六项都达到 {} 件，高质效解决率 ", city.due, city.passed)}
            <strong>{percent(city.passed, city.due)}</strong>"。"
        </p>
        <ul class="tally">{indicators.collect_view()}</ul>
        {changed}
        {section("区县", ranking("area", "区县", &shown.areas, asked, clock))}
        {section("部门", ranking("department", "部门", &shown.departments, asked, clock))}
        {section("板块", ranking("board", "板块", &shown.boards, asked, clock))}
        {section("正在办理的，提交了多久", ageing(ages, clock))}
        {section("哪里什么问题多", hot(categories, clock))}
        <p class="muted">{format!("应答复不足 {RANKED} 件的不排名。指标口径为本平台暂定，以市里公布的为准。")}</p>
    }
    .into_any()
}

/// What later events made of the month, for whoever compares.
fn since(then: &Counts, now: &Counts) -> AnyView {
    if then.due == now.due && Indicator::ALL.iter().all(|indicator| then.of(*indicator) == now.of(*indicator)) {
        return ().into_any();
    }
    let parts = Indicator::ALL.iter().filter(|indicator| then.of(**indicator) != now.of(**indicator)).map(|indicator| {
        let ((before, of), (after, whole)) = (then.of(*indicator), now.of(*indicator));
        view! { <li>{format!("{}：定稿时 {before} / {of}，现在 {after} / {whole}", indicator.label())}</li> }
    });
    let due = (then.due != now.due).then(|| view! { <li>{format!("应答复：定稿时 {} 件，现在 {} 件", then.due, now.due)}</li> });
    view! { <details class="card"><summary>"定稿后的变化"</summary><ul>{due}{parts.collect_view()}</ul></details> }.into_any()
}

/// The best first; what is too few for a rate after it, the most first.
fn ranking(kind: &'static str, label: &'static str, rows: &[Counts], asked: &Asked, clock: &Clock) -> AnyView {
    let named = rows.iter().filter(|counts| !counts.key.is_empty());
    let (mut ranked, mut few): (Vec<&Counts>, Vec<&Counts>) = named.partition(|counts| counts.due >= RANKED);
    if ranked.is_empty() && few.is_empty() {
        return empty("这个月没有应答复的诉求。", None);
    }
    // passed/due without fractions: a.passed * b.due against b.passed * a.due.
    ranked.sort_by(|a, b| (b.passed * a.due).cmp(&(a.passed * b.due)).then(b.due.cmp(&a.due)).then(a.key.cmp(&b.key)));
    few.sort_by_key(|counts| std::cmp::Reverse(counts.due));
    let rows =
        ranked.iter().map(|counts| (place(&ranked, counts), *counts)).chain(few.iter().map(|counts| ("—".to_owned(), *counts)));
    let rows = rows.map(|(place, counts)| {
        let cells = Indicator::ALL.iter().map(|indicator| {
            let (part, whole) = counts.of(*indicator);
            view! { <td>{percent(part, whole)}</td> }
        });
        let cells = cells.collect_view();
        let href = to(super::ISSUES, asked, &[(kind, &counts.key)]);
        view! {
            <tr>
                <td>{place}</td><th scope="row">{super::named(kind, &counts.key, clock)}</th><td><a href=href>{counts.due}</a></td>
                <td><strong>{percent(counts.passed, counts.due)}</strong></td>{cells}
            </tr>
        }
    });
    let names = Indicator::ALL.iter().map(|indicator| view! { <th scope="col">{indicator.label()}</th> }).collect_view();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label=format!("{label}排名")>
            <table class="figures">
                <thead>
                    <tr>
                        <th scope="col">"名次"</th><th scope="col">{label}</th><th scope="col">"应答复"</th>
                        <th scope="col">"高质效解决率"</th>{names}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Equal rates share a place.
fn place(ranked: &[&Counts], own: &Counts) -> String {
    let better = ranked.iter().filter(|other| other.passed * own.due > own.passed * other.due).count();
    (better + 1).to_string()
}

/// A bar a department, a part of it an age; the table says the same.
fn ageing(ages: &[Age], clock: &Clock) -> AnyView {
    const NAMES: [&str; 4] = ["3 天内", "4 至 10 天", "11 至 20 天", "20 天以上"];
    if ages.is_empty() {
        return empty("现在没有正在办理的。", None);
    }
    let all = ages.iter().fold([0; 4], |sum: [i64; 4], age| std::array::from_fn(|at| sum[at] + age.days[at]));
    let most = all.into_iter().max().unwrap_or(0).max(1);
    let bars = NAMES.iter().zip(all).enumerate().map(|(at, (name, count))| {
        let (y, width) = (at * 34 + 4, (count * 420 / most).max(i64::from(count > 0)));
        view! {
            <text class="label" x="0" y=(y + 17).to_string()>{*name}</text>
            <rect x="100" y=y.to_string() width=width.to_string() height="24" rx="2"></rect>
            <text class="figure" x=(108 + width).to_string() y=(y + 17).to_string()>{count}</text>
        }
    });
    let bars = bars.collect_view();
    let rows = ages.iter().take(LISTED).map(|age| {
        let name = age.department.map_or_else(|| "企服中心（尚未交办）".to_owned(), |id| clock.reference.department(id));
        let cells = age.days.iter().map(|count| view! { <td>{*count}</td> }).collect_view();
        view! { <tr><th scope="row">{name}</th>{cells}</tr> }
    });
    let rows = rows.collect_view();
    let names = NAMES.iter().map(|name| view! { <th scope="col">{*name}</th> }).collect_view();
    let caption = if ages.len() > LISTED { "件数最多的 10 家" } else { "按办理单位" };
    view! {
        <svg class="bars ages" viewBox="0 0 610 140" aria-hidden="true" focusable="false">{bars}</svg>
        <div class="table-wrap" tabindex="0" role="region" aria-label="正在办理的，按时长">
            <table class="figures">
                <caption>{caption}</caption>
                <thead><tr><th scope="col">"办理单位"</th>{names}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Categories by district, the most first.
fn hot(cells: &[Cell], clock: &Clock) -> AnyView {
    if cells.is_empty() {
        return empty("这个月没有应答复的诉求。", None);
    }
    let mut categories: BTreeMap<&str, i64> = BTreeMap::new();
    for cell in cells {
        *categories.entry(&cell.category).or_default() += cell.count;
    }
    let mut categories: Vec<(&str, i64)> = categories.into_iter().collect();
    categories.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    categories.truncate(LISTED);
    let mut areas: Vec<i32> = cells.iter().map(|cell| cell.area).collect();
    areas.sort_unstable();
    areas.dedup();
    let of =
        |category: &str, area| cells.iter().find(|cell| cell.category == category && cell.area == area).map_or(0, |c| c.count);
    let rows = categories.iter().map(|(category, sum)| {
        let counts = areas.iter().map(|area| view! { <td>{of(category, *area)}</td> }).collect_view();
        let name = clock.catalogue(clock.now).category_name(category).to_owned();
        view! { <tr><th scope="row">{name}</th>{counts}<td><strong>{*sum}</strong></td></tr> }
    });
    let rows = rows.collect_view();
    let names = areas.iter().map(|area| view! { <th scope="col">{named("area", &area.to_string(), clock)}</th> }).collect_view();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="类别和区县">
            <table class="figures">
                <thead><tr><th scope="col">"类别"</th>{names}<th scope="col">"合计"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

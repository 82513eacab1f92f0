//! 晾晒通报 (S-29): a month to be printed and sent round. Opened by the centre, leaders and supervisors when the month is settled, wanting: who did well,
//! who did not, what is still open and for how long, which problems come up where; and by the departments that are measured, beside the others.

use super::{
    Asked, RANKED, asked, cell, guards, percent, ranked, ranking_chart, read_period, span, to, wanted, work_rules, work_table,
};
use crate::error::AppError;
use crate::form::Form;
use crate::issue::desk::pressure::{ages, hot, of};
use crate::render::{reads, title};
use crate::request::{Clock, Ctx, Request};
use crate::ui::{back, empty, section};
use domain::actor::{AreaCode, CITY, Duty};
use domain::calendar::{local, words};
use domain::issue::measure::{Indicator, SETTLED_ON};
use leptos::prelude::*;
use store::issue::figures::{Pressure, pressure};
use store::issue::measure::{Counts, Group, Guard, counts};
use store::issue::snapshot::{Cell, Settled, categories, settled};
use store::issue::work_figure::works;

/// Where it is.
pub const BULLETIN: &str = "/desk/indicators/bulletin";

struct Bulletin {
    organisation: String,
    asked: Asked,
    settled: Option<Settled>,
    /// The district whose it is; none of the city.
    own: Option<AreaCode>,
    /// As the figures are now.
    now: Settled,
    duty: Duty,
    pressure: Pressure,
    categories: Vec<Cell>,
    clock: Clock,
}

async fn read(ctx: &mut Ctx, form: Form) -> Result<Bulletin, AppError> {
    let staff = ctx.require_measured()?;
    let (now, clock) = (ctx.now, ctx.clock());
    // A month of the whole place: nothing else narrows what is printed and sent round.
    let asked = read_period(Form::new(vec![("period".to_owned(), form.value("period").to_owned())]), local(now).date());
    if asked.weekly {
        return Err(AppError::NotFound);
    }
    let these = wanted(&asked, asked.first);
    let conn = &mut ctx.conn;
    let city = counts(conn, &these, Group::Month, now).await?.into_iter().next().unwrap_or_default();
    let areas = counts(conn, &these, Group::Area, now).await?;
    let boards = counts(conn, &these, Group::Board, now).await?;
    let departments = counts(conn, &these, Group::Department, now).await?;
    let mut settled = settled(conn, asked.first).await?;
    let own = match staff.duty {
        Duty::Centre { area } | Duty::Leader { area } | Duty::Supervisor { area } if area != CITY => Some(area),
        _ => None,
    };
    if let (Some(settled), Some(area)) = (&mut settled, own) {
        // A district's own month, beside the districts as they were ranked.
        settled.city = settled.areas.iter().find(|counts| counts.key == area.to_string()).cloned().unwrap_or_default();
    }
    let categories = categories(conn, &these, now).await?;
    let pressure = pressure(conn, of(&staff.duty).1, local(now).date(), now).await?;
    let works = works(conn, asked.first, &clock.reference, clock.catalogue(now)).await?;
    let now = Settled { at: now, aids: true, city, areas, boards, departments, works };
    Ok(Bulletin { organisation: staff.organisation, duty: staff.duty, asked, settled, own, now, pressure, categories, clock })
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
    let Bulletin { organisation, asked, settled, own, now, duty, pressure, categories, clock } = bulletin;
    let shown = settled.as_ref().unwrap_or(now);
    let (city, month) = (&shown.city, span(asked));
    // Departments are told what is published; the lists behind it are of others' issues, and what is open is not of the month.
    let department = matches!(duty, Duty::Handler { .. });
    if department && settled.is_none() {
        return view! {
            {back(to(super::PATH, asked, &[]), "六项指标")}
            <h1>{format!("涉企问题高质效解决情况通报（{month}）")}</h1>
            {empty("这个月还没有定稿，定稿后公布。", None)}
        }
        .into_any();
    }
    let state = match settled {
        Some(settled) => format!("数据于{}定稿，定稿后不再变动。", words::moment(settled.at, now.at)),
        None => format!("次月 {SETTLED_ON} 日定稿，以下是目前的数据，定稿前会变动。"),
    };
    let indicators = Indicator::ALL.iter().map(|indicator| {
        let (part, whole) = city.of(*indicator);
        view! { <li title=indicator.rule()><span class="tile"><strong>{percent(part, whole)}</strong><span>{indicator.label()}</span>
            <small class="muted">{format!("{part} / {whole}")}</small></span></li> }
    });
    // What was settled is of the whole city: a district reads the lists of its own part.
    let link = &|kind: &str, counts: &Counts| {
        let whole =
            own.is_none() || settled.is_none() || kind == "area" && own.is_some_and(|area| counts.key == area.to_string());
        (whole && !department).then(|| to(super::ISSUES, asked, &[(kind, super::key(kind, counts))]))
    };
    let known: Vec<Guard> = Guard::ALL.into_iter().filter(|guard| shown.aids || *guard != Guard::Aided).collect();
    let changed = settled.as_ref().filter(|_| !department).map(|settled| since(&settled.city, &now.city, &known));
    // What is open, and where, was not kept with the month: beside what does not change any more it says that it is of now.
    let live = || {
        let read = words::moment(now.at, clock.on_paper().now);
        settled.is_some().then(|| view! { <p class="muted">{format!("目前的情况（不属定稿数据），{read} 读取。")}</p> })
    };
    // A settled figure is no longer the length of a list.
    let list = |guard: Guard| settled.is_none().then(|| to(super::ISSUES, asked, &[("guard", guard.code())]));
    let lists = (!department).then(|| {
        view! {
            {section("正在办理的，提交了多久", view! { {live()}{ages(&pressure.ages, of(duty).0, clock)} })}
            {section("哪里什么问题多", view! { {live()}{hot(categories, |category, area| behind(asked, category, area), clock)} })}
        }
    });
    let works: Vec<_> = shown.works.iter().collect();
    view! {
        {back(to(super::PATH, asked, &[]), "六项指标")}
        <h1>{format!("涉企问题高质效解决情况通报（{month}）")}</h1>
        <p class="muted">{format!("{organisation} · {state}")}</p>
        <p>
            {format!("本月应答复 {} 件，六项都达到 {} 件，高质效解决率 ", city.due, city.passed)}
            <strong>{percent(city.passed, city.due)}</strong>"。"
        </p>
        <ul class="tally">{indicators.collect_view()}</ul>
        {guards(city, &known, &list)}
        {changed}
        {section("区县", ranking("area", "区县", &shown.areas, link, clock))}
        {section("部门", ranking("department", "部门", &shown.departments, link, clock))}
        {section("板块", ranking("board", "板块", &shown.boards, link, clock))}
        {section("工作指标", work_table(&works, &clock.reference))}
        {work_rules()}
        {lists}
        <p class="muted">{format!("应答复不足 {RANKED} 件的不排名。指标口径为本平台暂定，以市里公布的为准。")}</p>
    }
    .into_any()
}

/// What later events made of the month, for whoever compares.
fn since(then: &Counts, now: &Counts, known: &[Guard]) -> AnyView {
    let indicators = Indicator::ALL.iter().map(|indicator| (indicator.label(), then.of(*indicator), now.of(*indicator)));
    let all = ("高质效解决", (then.passed, then.due), (now.passed, now.due));
    let guards = known.iter().map(|guard| (guard.label(), guard.of(then), guard.of(now)));
    let moved: Vec<_> = std::iter::once(all).chain(indicators).chain(guards).filter(|(_, then, now)| then != now).collect();
    if then.due == now.due && moved.is_empty() {
        return ().into_any();
    }
    let parts = moved.into_iter().map(|(label, (before, of), (after, whole))| {
        view! { <li>{format!("{label}：定稿时 {before} / {of}，现在 {after} / {whole}")}</li> }
    });
    let due = (then.due != now.due).then(|| view! { <li>{format!("应答复：定稿时 {} 件，现在 {} 件", then.due, now.due)}</li> });
    // Open, as nobody opens it on paper.
    view! { <details class="card" open=true><summary>"定稿后的变化"</summary><ul>{due}{parts.collect_view()}</ul></details> }
        .into_any()
}

/// The best first; what is too few for a rate after it, the most first.
fn ranking(
    kind: &'static str,
    label: &'static str,
    rows: &[Counts],
    link: &dyn Fn(&str, &Counts) -> Option<String>,
    clock: &Clock,
) -> AnyView {
    let (ranked, few) = ranked(rows);
    if ranked.is_empty() && few.is_empty() {
        return empty("这个月没有应答复的诉求。", None);
    }
    let chart = ranking_chart(kind, label, &ranked, clock);
    let rows =
        ranked.iter().map(|counts| (place(&ranked, counts), *counts)).chain(few.iter().map(|counts| ("—".to_owned(), *counts)));
    let rows = rows.map(|(place, counts)| {
        let cells = Indicator::ALL.iter().map(|indicator| {
            let (part, whole) = counts.of(*indicator);
            cell(part, whole, None)
        });
        let cells = cells.collect_view();
        let due = match link(kind, counts) {
            Some(href) => view! { <a href=href>{counts.due}</a> }.into_any(),
            None => counts.due.to_string().into_any(),
        };
        view! {
            <tr>
                <td>{place}</td><th scope="row">{super::named(kind, &counts.key, clock)}</th><td>{due}</td>
                <td><strong>{percent(counts.passed, counts.due)}</strong></td>{cells}
            </tr>
        }
    });
    let names = Indicator::ALL.iter().map(|indicator| view! { <th scope="col">{indicator.label()}</th> }).collect_view();
    view! {
        {chart}
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

/// The list of a category, of a district or of all.
fn behind(asked: &Asked, category: &str, area: Option<i32>) -> String {
    let area = area.map(|area| area.to_string()).unwrap_or_default();
    to(super::ISSUES, asked, &[("category", category), ("area", &area)])
}

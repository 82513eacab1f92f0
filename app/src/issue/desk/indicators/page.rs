//! The figures: six tiles, how they went, side by side.

use super::behind::{ANY, NONE};
use super::{
    Asked, BULLETIN, ISSUES, MONTHS, Overview, PATH, area_name, asked, key, month_before, named, percent, ranking, read, span, to,
};
use crate::issue::desk::pressure::{ages, hot};
use crate::pack::PATH as PACKS;
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::chart::{self, Column, Words, columns};
use crate::ui::form::select;
use crate::ui::{empty, icon, section};
use domain::calendar::local;
use domain::issue::measure::Indicator;
use leptos::prelude::*;
use store::issue::measure::{Counts, Guard};
use time::Duration;

/// The page.
#[component]
pub fn IndicatorsPage() -> impl IntoView {
    let (request, form) = (Request::current(), asked());
    reads(async move {
        let overview = read(&mut *request.open().await?, form).await?;
        title("六项指标");
        Ok(view(&overview))
    })
}

fn view(overview: &Overview) -> AnyView {
    let Overview { organisation, whole_files, asked, total, trend, groups, cells, open, clock } = overview;
    let tiles = Indicator::ALL.iter().map(|indicator| {
        let (part, whole) = total.of(*indicator);
        let href = to(ISSUES, asked, &[("failed", indicator.code())]);
        view! {
            <li title=indicator.rule()>
                <a href=href><strong>{percent(part, whole)}</strong><span>{indicator.label()}</span>
                <small class="muted">{format!("{part} / {whole}")}</small></a>
            </li>
        }
    });
    let high = rate(total, to(ISSUES, asked, &[("failed", ANY)]));
    let words = format!("六项都达到的 {} 件", total.passed);
    let passed = match total.passed {
        0 => words.into_any(),
        _ => view! { <a href=to(ISSUES, asked, &[("failed", NONE)])>{words}</a> }.into_any(),
    };
    let guards = guards(total, &Guard::ALL, &|guard| Some(to(ISSUES, asked, &[("guard", guard.code())])));
    let tables = groups
        .iter()
        .map(|(name, label, rows)| {
            let drawn = ranking(name, label, rows, clock);
            section(format!("按{label}"), view! { {drawn}{table(name, label, rows, asked, clock)} })
        })
        .collect_view();
    let open = open
        .as_ref()
        .map(|(queue, pressure)| section(format!("{}的，提交了多久", queue.label()), ages(&pressure.ages, *queue, clock)));
    let list = |category: &str, area: Option<i32>| {
        let area = area.map(|area| area.to_string());
        let more = area.as_ref().map(|area| ("area", area.as_str()));
        to(ISSUES, asked, &more.into_iter().chain([("category", category)]).collect::<Vec<_>>())
    };
    let places = section("哪里什么问题多", hot(cells, list, clock));
    let rules = Indicator::ALL
        .iter()
        .map(|indicator| view! { <li><strong>{indicator.label()}</strong>"："{indicator.rule()}</li> })
        .collect_view();
    let link = |page: &str, more: &[(&str, &str)]| to(page, asked, more);
    let download = to("/desk/indicators/table", asked, &[]);
    // The bulletin is everybody's who is measured; the rest is of whoever measures.
    let bulletin =
        (!asked.weekly).then(|| view! { <a href=to(BULLETIN, asked, &[])>{format!("{}通报（可打印）", span(asked))}</a> });
    let more = whole_files.then(|| {
        let year = asked.first.year();
        let yearly = (!asked.weekly).then(
            || view! { <a href=format!("/desk/indicators/assessment?year={year}")>{format!("{year} 年考核表（Excel）")}</a> },
        );
        view! { {yearly}<a href=PACKS>"会议材料（可打印）"</a> }
    });
    let any = bulletin.is_some() || more.is_some();
    let published = any.then(|| view! { <p class="actions">{bulletin}{more}</p> });
    view! {
        <h1>{format!("{organisation} · 六项指标")}</h1>
        {filters(asked, clock)}
        <p>
            {format!("{}应答复 {} 件，高质效解决率 ", span(asked), total.due)}<strong>{high}</strong>
            "（"{passed}"）。"
            <a href=to(ISSUES, asked, &[])>"看这些诉求"</a>" · "<a href=download>"下载 Excel"</a>
        </p>
        {published}
        <ul class="tally">{tiles.collect_view()}</ul>
        {guards}
        {section(if asked.weekly { "近 12 周" } else { "近 12 个月" }, trend_view(trend, asked.weekly, &link))}
        {tables}
        {open}
        {places}
        <details class="card"><summary>"怎么算的"</summary>
            <ul>{rules}<li><strong>{Guard::Aided.label()}</strong>"：评价来自工作人员登录过的设备、或由其他渠道转来的 ÷ 已评价的"</li></ul>
            <p class="muted">
                "按应答复的日子统计（不是按办结的日子），还没答复又过了期限的算未按期。不予受理的不计，答复前正等企业补充的暂不计。高质效解决：六项都达到。口径为本平台暂定，以市里公布的为准。"
            </p>
        </details>
    }
    .into_any()
}

/// What stands beside the six, each with its list as far as there is one.
pub fn guards(counts: &Counts, shown: &[Guard], list: &dyn Fn(Guard) -> Option<String>) -> AnyView {
    let each = shown.iter().map(|guard| {
        let (part, whole) = guard.of(counts);
        let words = format!("{} {}（{part} / {whole}）", guard.label(), percent(part, whole));
        match list(*guard).filter(|_| part > 0) {
            Some(href) => view! { <a href=href>{words}</a> }.into_any(),
            None => view! { <span>{words}</span> }.into_any(),
        }
    });
    view! { <p class="muted row">{each.collect_view()}</p> }.into_any()
}

fn filters(asked: &Asked, clock: &Clock) -> AnyView {
    let today = local(clock.now).date();
    let months = (0..MONTHS).map(|back| month_before(today, back)).map(|first| {
        (
            format!("{}-{:02}", first.year(), u8::from(first.month())),
            format!("{} 年 {} 月", first.year(), u8::from(first.month())),
        )
    });
    let monday = today - Duration::days(i64::from(today.weekday().number_days_from_monday()));
    let weeks = (0..MONTHS).map(|back| monday - Duration::days(7 * i64::from(back)));
    let weeks = weeks.map(|first| (first.to_string(), format!("{} 月 {} 日起的一周", u8::from(first.month()), first.day())));
    let periods = vec![("按月".to_owned(), months.collect()), ("按周".to_owned(), weeks.collect())];
    let chosen = asked.form.clone().or("period", format!("{}-{:02}", today.year(), u8::from(today.month())));
    let areas: Vec<(String, String)> =
        clock.reference.areas.iter().map(|area| (area.code.to_string(), area_name(area.code, clock))).collect();
    let boards = clock.catalogue(clock.now).boards().into_iter().map(|board| (board.code.clone(), board.name.clone())).collect();
    let kept = asked.form.value("department").to_owned();
    view! {
        <form class="filters" method="get" action=PATH>
            {select(&chosen, "period", "时间", None, periods)}
            {select(&chosen, "area", "区县", Some("全部"), vec![(String::new(), areas)])}
            {select(&chosen, "board", "板块", Some("全部"), vec![(String::new(), boards)])}
            {(!kept.is_empty()).then(|| view! { <input type="hidden" name="department" value=kept/> })}
            <button class="button secondary">{icon("search")}<span>"查看"</span></button>
        </form>
    }
    .into_any()
}

fn table(kind: &'static str, label: &'static str, rows: &[Counts], asked: &Asked, clock: &Clock) -> AnyView {
    if rows.is_empty() {
        return empty("这段时间没有应答复的诉求。", None);
    }
    // The most to do first: of few issues a rate says little.
    let mut sorted: Vec<&Counts> = rows.iter().collect();
    sorted.sort_by_key(|counts| std::cmp::Reverse(counts.due));
    let rows = sorted.into_iter().map(|counts| {
        let cells = Indicator::ALL.iter().map(|indicator| {
            let (part, whole) = counts.of(*indicator);
            let href = to(ISSUES, asked, &[(kind, key(kind, counts)), ("failed", indicator.code())]);
            cell(part, whole, (part < whole).then_some(href))
        });
        let cells = cells.collect_view();
        let all = to(ISSUES, asked, &[(kind, key(kind, counts))]);
        let high = rate(counts, to(ISSUES, asked, &[(kind, key(kind, counts)), ("failed", ANY)]));
        view! {
            <tr>
                <th scope="row">{named(kind, &counts.key, clock)}</th><td><a href=all>{counts.due}</a></td>
                <td><strong>{high}</strong></td>{cells}
            </tr>
        }
    });
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label=format!("按{label}")>
            <table class="figures">
                {heading(label)}
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// 高质效解决率, and the list of what did not pass behind it.
fn rate(counts: &Counts, href: String) -> AnyView {
    let words = percent(counts.passed, counts.due);
    if counts.passed == counts.due { words.into_any() } else { view! { <a href=href>{words}</a> }.into_any() }
}

/// A rate with what it is of, and the list of what failed behind it.
pub fn cell(part: i64, whole: i64, href: Option<String>) -> AnyView {
    let words = view! { {percent(part, whole)}" "<small class="muted">{format!("{part}/{whole}")}</small> };
    match href {
        Some(href) => view! { <td><a href=href>{words}</a></td> }.into_any(),
        None => view! { <td>{words}</td> }.into_any(),
    }
}

fn heading(first: &'static str) -> AnyView {
    let names = Indicator::ALL.iter().map(|indicator| view! { <th scope="col">{indicator.label()}</th> }).collect_view();
    view! {
        <thead>
            <tr><th scope="col">{first}</th><th scope="col">"应答复"</th><th scope="col">"高质效解决率"</th>{names}</tr>
        </thead>
    }
    .into_any()
}

/// The way to a page of a period, or to the list behind a figure of it.
pub type Link<'a> = &'a dyn Fn(&str, &[(&str, &str)]) -> String;

/// A column a period: what was due, and of it what passed everything. The table beside says the same and more.
pub fn trend_view(trend: &[Counts], weekly: bool, link: Link<'_>) -> AnyView {
    if trend.is_empty() {
        return empty("还没有可统计的诉求。", None);
    }
    let drawn: Vec<Column> = trend
        .iter()
        .map(|counts| Column {
            label: short(&counts.key, weekly),
            whole: counts.due,
            part: counts.passed,
            figure: percent(counts.passed, counts.due),
        })
        .collect();
    let words = Words {
        id: "trend",
        title: format!("近 {} {}的高质效解决率", drawn.len(), if weekly { "周" } else { "个月" }),
        about: drawn.iter().map(|one| format!("{} {}", one.label, one.figure)).collect::<Vec<_>>().join("，"),
    };
    let rows = trend.iter().rev().map(|counts| {
        let period = if weekly { counts.key.clone() } else { counts.key.chars().take(7).collect() };
        let cells = Indicator::ALL.iter().map(|indicator| {
            let (part, whole) = counts.of(*indicator);
            let href = (part < whole).then(|| link(ISSUES, &[("period", &period), ("failed", indicator.code())]));
            cell(part, whole, href)
        });
        let cells = cells.collect_view();
        let due = chart::figure(counts.due, link(ISSUES, &[("period", &period)]));
        let high = rate(counts, link(ISSUES, &[("period", &period), ("failed", ANY)]));
        view! {
            <tr>
                <th scope="row"><a href=link(PATH, &[("period", &period)])>{period.clone()}</a></th><td>{due}</td>
                <td><strong>{high}</strong></td>{cells}
            </tr>
        }
    });
    let heads = ["时间", "应答复", "高质效解决率"].into_iter().chain(Indicator::ALL.iter().map(|it| it.label()));
    let table = chart::table("各期指标", heads.map(str::to_owned).collect(), rows.collect_view());
    view! {
        <p class="muted">"柱高是应答复的件数，下面绿色一段是六项都达到的，柱顶是高质效解决率。"</p>
        {columns(words, "passed", &drawn)}
        {chart::beside(table)}
    }
    .into_any()
}

/// `11月`, or `11/24`.
fn short(key: &str, weekly: bool) -> String {
    let mut parts = key.split('-').skip(1).map(|part| part.trim_start_matches('0').to_owned());
    let (month, day) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if weekly { format!("{month}/{day}") } else { format!("{month}月") }
}

//! Opened by the centre a day before the meeting, to be printed and sent round; by whoever chairs it, on a screen, to open a case from it.

use super::{PATH, Pack, cases, decisions, read};
use crate::error::AppError;
use crate::issue::desk::indicators::{ISSUES, guards, named, percent, ranking};
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::chart;
use crate::ui::form::{Field, Form, field};
use crate::ui::{back, section};
use domain::calendar::words;
use domain::issue::Queue;
use domain::issue::measure::Indicator;
use domain::pack::{Meeting, Period};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::{use_params, use_query};
use leptos_router::params::Params;
use store::issue::measure::{Counts, Guard};

const FROM: Field = Field { kind: "date", max: 10, ..field("from", "从", "") };
const TO: Field = Field { kind: "date", max: 10, ..field("to", "到", "") };

/// The three meetings.
#[component]
pub fn PacksPage() -> impl IntoView {
    let request = Request::current();
    reads(async move {
        let organisation = {
            let ctx = request.open().await?;
            ctx.require_record()?.organisation
        };
        title("会议材料");
        let cells = Meeting::ALL.iter().map(|meeting| {
            view! {
                <li class="cell">
                    <a href=format!("{PATH}/{}", meeting.code())>
                        <strong>{meeting.label()}</strong>
                        <span class="muted">{meeting.about()}</span>
                        <span class="muted">"看："{meeting.looks_at()}</span>
                    </a>
                </li>
            }
        });
        let page = view! {
            <h1>{format!("{organisation} · 会议材料")}</h1>
            <p class="muted">"每份材料有这段时间的数据、还没有办结的难题和试过的办法、上次的决定和办理情况，打开后可以直接打印。"</p>
            <ul class="cells card">{cells.collect_view()}</ul>
        };
        Ok(page.into_any())
    })
}

/// Which meeting.
#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct PackParams {
    pack: String,
}

/// Over which days.
#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct PackQuery {
    from: Option<String>,
    to: Option<String>,
}

/// A meeting's pack.
#[component]
pub fn PackPage() -> impl IntoView {
    let params = use_params::<PackParams>().get_untracked();
    let query = use_query::<PackQuery>().get_untracked().unwrap_or_default();
    let request = Request::current();
    reads(async move {
        let meeting = params.ok().and_then(|params| Meeting::from_code(&params.pack)).ok_or(AppError::NotFound)?;
        let (from, to) = (query.from.unwrap_or_default(), query.to.unwrap_or_default());
        let pack = read(&mut *request.open().await?, meeting, &from, &to).await?;
        title(format!("{meeting}材料"));
        Ok(view(&pack))
    })
}

fn view(pack: &Pack) -> AnyView {
    let Pack { meeting, organisation, reader, period, clock, .. } = pack;
    let printed =
        format!("{reader} 于 {} 打开；在办、超期和办理情况都是这一刻的。", words::moment(clock.now, clock.on_paper().now));
    view! {
        {back(PATH, "会议材料")}
        <h1>{format!("{meeting}材料")}</h1>
        <p class="muted">{format!("{organisation} · {} · {printed}", span(*period))}</p>
        {days(pack)}
        {section("这段时间的数据", figures(pack))}
        {cases::view(pack)}
        {decisions::view(pack)}
        <p class="muted">"只列出您可以查看的诉求。哪些算难题，以及六项指标的口径，都是本平台暂定，以市里公布的为准。"</p>
    }
    .into_any()
}

/// `2026年9月29日 周二 至 11月27日 周五`.
fn span(period: Period) -> String {
    format!("{}年{} 至 {}", period.from.year(), words::day(period.from), words::day(period.to))
}

/// Other days; nothing of it is printed.
fn days(pack: &Pack) -> AnyView {
    let Pack { meeting, period, fault, .. } = pack;
    let path = format!("{PATH}/{}", meeting.code());
    let form = Form::default().or("from", period.from.to_string()).or("to", period.to.to_string());
    let before = period.before();
    let earlier = format!("{path}?from={}&to={}", before.from, before.to);
    let fault = fault.map(|said| view! { <p class="fault" role="alert">{said}</p> });
    view! {
        <form class="filters" method="get" action=path>
            {fault}
            {FROM.view(&form)}
            {TO.view(&form)}
            <p class="row"><button class="button secondary">"查看"</button><a href=earlier>"上一期"</a></p>
        </form>
    }
    .into_any()
}

fn figures(pack: &Pack) -> AnyView {
    let Pack { figures, period, duty, indicators, before, groups, clock, .. } = pack;
    let open = Queue::of(duty).contains(&Queue::Open);
    let filed = format!("/desk?queue=all&from={}&to={}", period.from, period.to);
    let tile = |count: i64, name: &'static str, note: String, href: Option<String>| {
        let inner = view! { <strong>{count}</strong><span>{name}</span><small class="muted">{note}</small> };
        match href.filter(|_| count > 0) {
            Some(href) => view! { <li><a href=href>{inner}</a></li> }.into_any(),
            None => view! { <li><span class="tile">{inner}</span></li> }.into_any(),
        }
    };
    let of_open = |more: &str| open.then(|| format!("/desk?queue=open{more}"));
    let now = || "现在".to_owned();
    let tiles = [
        tile(figures.filed, "新提交", format!("前一期 {}", figures.filed_before), Some(filed)),
        tile(figures.open, "在办", now(), of_open("")),
        tile(figures.late, "已超期", now(), Some("/desk?queue=late".to_owned())),
        tile(figures.tracked, "挂账跟踪", now(), of_open("&state=tracking")),
        tile(figures.consult, "协商办", now(), of_open("&tier=consult")),
        tile(figures.meeting, "会议办", now(), of_open("&tier=meeting")),
    ];
    let link = |more: &str| format!("{ISSUES}?from={}&to={}{more}", period.from, period.to);
    let rows = Indicator::ALL.iter().map(|indicator| {
        let ((part, whole), (part_before, whole_before)) = (indicators.of(*indicator), before.of(*indicator));
        let missed = chart::figure(whole - part, link(&format!("&failed={}", indicator.code())));
        view! {
            <tr>
                <th scope="row" title=indicator.rule()>{indicator.label()}</th>
                <td><strong>{percent(part, whole)}</strong></td><td>{format!("{part} / {whole}")}</td>
                <td>{missed}</td><td>{percent(part_before, whole_before)}</td>
            </tr>
        }
    });
    let heads = ["指标", "本期", "达到 / 应达到", "没有达到", "前一期"].map(str::to_owned).to_vec();
    let total = format!(
        "应答复 {} 件，六项都达到 {} 件，高质效解决率 {}；前一期 {}。",
        indicators.due,
        indicators.passed,
        percent(indicators.passed, indicators.due),
        percent(before.passed, before.due)
    );
    let beside = guards(indicators, &Guard::ALL, &|guard| Some(link(&format!("&guard={}", guard.code()))));
    let groups = groups.iter().map(|(kind, label, rows)| group(kind, label, rows, &link, clock)).collect_view();
    view! {
        <ul class="tally">{tiles.collect_view()}</ul>
        <p>{total}</p>
        {chart::table("六项指标", heads, rows.collect_view())}
        {beside}
        {groups}
    }
    .into_any()
}

/// Side by side: the rate of each that has enough to be compared, and what it is made of.
fn group(kind: &'static str, label: &'static str, rows: &[Counts], link: &impl Fn(&str) -> String, clock: &Clock) -> AnyView {
    // The most to do first: of few issues a rate says little.
    let mut sorted: Vec<&Counts> = rows.iter().collect();
    sorted.sort_by_key(|counts| std::cmp::Reverse(counts.due));
    let drawn = ranking(kind, label, rows, clock);
    let rows = sorted.into_iter().map(|counts| {
        // What nobody has yet has no list of its own.
        let due = if counts.key.is_empty() {
            view! { {counts.due} }.into_any()
        } else {
            chart::figure(counts.due, link(&format!("&{kind}={}", counts.key)))
        };
        let cells = Indicator::ALL.iter().map(|indicator| {
            let (part, whole) = counts.of(*indicator);
            view! { <td>{percent(part, whole)}</td> }
        });
        view! {
            <tr>
                <th scope="row">{named(kind, &counts.key, clock)}</th><td>{due}</td>
                <td><strong>{percent(counts.passed, counts.due)}</strong></td>{cells.collect_view()}
            </tr>
        }
    });
    let heads = [label, "应答复", "高质效解决率"].into_iter().chain(Indicator::ALL.iter().map(|it| it.label()));
    let table = chart::table(format!("按{label}"), heads.map(str::to_owned).collect(), rows.collect_view());
    view! { <h3>{format!("按{label}")}</h3>{drawn}{table} }.into_any()
}

//! Home (我的空间): what waits for me, what I can get, what is running, who helps me.
//!
//! An owner opens this on a phone between two other things and wants to know: is there anything I must do, and is somebody on it?

use super::read::{self, Home};
use crate::issue::view::{filed, issue_cell};
use crate::message::MessageList;
use crate::policy::read::View;
use crate::policy::space::HomePolicies;
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::{empty, figures, icon, section};
use domain::calendar::{local, words};
use domain::enterprise::{EnterpriseClass, Scale};
use domain::issue::State as IssueState;
use domain::policy::application::State;
use domain::policy::money::Fen;
use domain::uscc::Uscc;
use leptos::prelude::*;
use store::enterprise::Enterprise;
use store::issue::{HomeIssues, IssueRow};
use store::policy::application::Live;
use time::OffsetDateTime;

/// The page.
#[component]
pub fn HomePage() -> impl IntoView {
    let request = Request::current();
    reads(async move {
        let (home, clock) = {
            let mut ctx = request.open().await?;
            (read::home(&mut ctx).await?, ctx.clock())
        };
        title("我的空间");
        Ok(page(home, &clock))
    })
}

fn page(home: Home, clock: &Clock) -> AnyView {
    let Home { enterprise, issues, messages, titles, policies } = home;
    let owed: Vec<&Live> = policies.live.iter().filter(|live| live.waits()).collect();
    let owed: Vec<AnyView> = owed.into_iter().map(|live| owed_cell(live, clock.now)).collect();
    let messages = (!messages.is_empty()).then(|| {
        section(
            "最近消息",
            view! {
                <MessageList list=messages titles base="/issues" now=clock.now/>
                <p class="more"><a href="/messages">"全部消息"</a></p>
            },
        )
    });
    view! {
        {identity(&enterprise, &policies, clock)}
        {section(format!("待您处理 {}", issues.waiting_count + owed.len()), waiting(&issues, owed, clock.now))}
        <HomePolicies view=policies today=local(clock.now).date()/>
        {section(format!("办理中的诉求 {}", issues.open_count), running(&issues, clock))}
        {messages}
        {station(&enterprise, clock)}
    }
    .into_any()
}

/// Who it is: name, masked code, place, size, industry, tags. Size, industry and tags are those of the portrait, which says where they come from.
fn identity(enterprise: &Enterprise, policies: &View, clock: &Clock) -> AnyView {
    let code = Uscc::parse(&enterprise.uscc).map_or_else(|_| enterprise.uscc.clone(), |code| code.masked());
    let (facts, library) = (&policies.facts, &policies.shelf.library);
    let scale = facts.get("scale").and_then(|fact| Scale::parse(&fact.value)).map_or("", Scale::label);
    let place = clock.reference.area(enterprise.area);
    let industry = read::industry(facts, enterprise);
    let line = [place.as_str(), scale, industry.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let key = (EnterpriseClass::parse(&enterprise.class) == Some(EnterpriseClass::Key))
        .then(|| view! { <span class="tag run">{icon("star")}"重点企业"</span> });
    let held = facts.tags.iter().flatten();
    let tags = held.map(|tag| view! { <span class="tag quiet">{library.tag_name(tag).to_owned()}</span> }).collect_view();
    view! {
        <div class="identity">
            <h1>{enterprise.name.clone()}</h1>
            <p class="muted">{code}" · "{line.join(" · ")}</p>
            <p class="tags">{key}{tags}</p>
        </div>
    }
    .into_any()
}

fn waiting(issues: &HomeIssues, owed: Vec<AnyView>, now: OffsetDateTime) -> AnyView {
    if issues.waiting.is_empty() && owed.is_empty() {
        return view! { <p class="muted">"现在没有需要您处理的事。"</p> }.into_any();
    }
    let cells = issues.waiting.iter().map(|row| waiting_cell(row, now)).collect_view();
    let all = (issues.waiting_count > issues.waiting.len()).then(
        || view! { <p class="more"><a href="/issues?filter=waiting">{format!("全部 {} 件", issues.waiting_count)}</a></p> },
    );
    view! { <ul class="cells">{cells}{owed}</ul>{all} }.into_any()
}

/// An application that waits for the enterprise (S-25).
fn owed_cell(live: &Live, now: OffsetDateTime) -> AnyView {
    let when = words::moment(live.state_at, now);
    let (verb, step, detail) = match State::parse(&live.state) {
        Some(State::AwaitingInput) => ("补充材料", "supply", format!("{when} 请您补充材料")),
        // What gives no money has no sum.
        Some(state) if live.fen() == 0 => ("请您评价", "rate", format!("{when} {}", state.label())),
        state => ("请您评价", "rate", format!("{when} {} {}", state.map_or("", State::label), Fen(live.fen()).words())),
    };
    let href = format!("/applications/{}/{step}", live.number);
    view! {
        <li class="cell">
            <a href=href>
                <span class="cell-head"><strong>{live.title.clone()}</strong><span class="tag warn">{icon("star")}{verb}</span></span>
                <span class="muted">{figures(&detail)}</span>
                <small class="muted">{live.number.clone()}</small>
            </a>
        </li>
    }
    .into_any()
}

fn running(issues: &HomeIssues, clock: &Clock) -> AnyView {
    if issues.open.is_empty() {
        return empty("遇到办不成、不会办、没人管的事，在这里提。有人受理，有时限，有答复。", Some(("/issues/new", "提诉求")));
    }
    let cells = issues.open.iter().map(|row| issue_cell(row, clock.now, &clock.calendar, &clock.reference)).collect_view();
    let all = (issues.open_count > issues.open.len())
        .then(|| view! { <p class="more"><a href="/issues?filter=open">{format!("全部 {} 件", issues.open_count)}</a></p> });
    view! { <ul class="cells">{cells}</ul>{all} }.into_any()
}

/// Who helps: the station near the enterprise (S-3).
fn station(enterprise: &Enterprise, clock: &Clock) -> Option<AnyView> {
    let station = clock.reference.station(enterprise.station_id?).filter(|station| station.active)?;
    let dial = format!("tel:{}", station.phone);
    let view = view! {
        <p><strong>{station.name.clone()}</strong></p>
        <p class="muted">{icon("pin")}{station.address.clone()}</p>
        <p><a class="button secondary" href=dial>{icon("phone")}<span>{station.contact_name.clone()}" "<span class="figure">{station.phone.clone()}</span></span></a></p>
    };
    Some(section("为您服务", view))
}

fn waiting_cell(row: &IssueRow, now: OffsetDateTime) -> AnyView {
    let (verb, href, detail) = match row.state {
        IssueState::AwaitingInput => ("补充材料", format!("/issues/{}/supply", row.number), "部门在等您的材料".to_owned()),
        _ => {
            let when = row.answered_at.map(|at| format!("{} 已答复", words::moment(at, now))).unwrap_or_default();
            ("请您评价", format!("/issues/{}/rate", row.number), when)
        }
    };
    view! {
        <li class="cell">
            <a href=href>
                <span class="cell-head"><strong>{row.title.clone()}</strong><span class="tag warn">{icon("star")}{verb}</span></span>
                <span class="muted">{figures(&detail)}</span>
                {filed(row, now)}
            </a>
        </li>
    }
    .into_any()
}

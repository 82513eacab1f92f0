//! Home (我的空间): what waits for me, what is running, who helps me.
//!
//! An owner opens this on a phone between two other things and wants to know: is there anything I must do, and is somebody on it?

use crate::api::member::Home;
use crate::issue::view::issue_cell;
use crate::policy::read::View;
use crate::policy::space::HomePolicies;
use crate::render::Page;
use crate::shell::{Chrome, Tab};
use crate::ui::{empty, icon, list, section};
use domain::area;
use domain::calendar::{WorkCalendar, local, words};
use domain::enterprise::{EnterpriseClass, Scale};
use domain::issue::State;
use domain::uscc::Uscc;
use leptos::prelude::*;
use store::issue::IssueRow;
use store::reference::Reference;
use time::OffsetDateTime;

/// The page.
pub fn home(home: &Home, policies: View, now: OffsetDateTime, calendar: &WorkCalendar, reference: &Reference) -> Page {
    let enterprise = &home.enterprise;
    let code = Uscc::parse(&enterprise.uscc).map_or_else(|_| enterprise.uscc.clone(), |code| code.masked());
    let scale = Scale::parse(&enterprise.scale).map_or("", Scale::label);
    let place = area::name(enterprise.area);
    let line =
        [place.as_str(), scale, enterprise.industry.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let key = (EnterpriseClass::parse(&enterprise.class) == Some(EnterpriseClass::Key))
        .then(|| view! { <span class="tag run">{icon("star")}"重点企业"</span> });
    let tags = enterprise.tags.iter().map(|tag| view! { <span class="tag quiet">{tag.clone()}</span> }).collect_view();
    let waiting = home.issues.waiting.iter().map(|row| waiting_cell(row, now)).collect_view();
    let waiting = if home.issues.waiting.is_empty() {
        view! { <p class="muted">"现在没有需要您处理的事。"</p> }.into_any()
    } else {
        view! { <ul class="cells">{waiting}</ul> }.into_any()
    };
    let running = if home.issues.open.is_empty() {
        empty("遇到办不成、不会办、没人管的事，在这里提。有人受理，有时限，有答复。", Some(("/issues/new", "提第一个诉求")))
    } else {
        let cells = home.issues.open.iter().map(|row| issue_cell(row, now, calendar, reference)).collect_view();
        let all = (home.issues.open_count > home.issues.open.len()).then(
            || view! { <p class="more"><a href="/issues?filter=open">{format!("全部 {} 件", home.issues.open_count)}</a></p> },
        );
        view! { <ul class="cells">{cells}</ul>{all} }.into_any()
    };
    let messages = (!home.messages.is_empty()).then(|| {
        section(
            "最近消息",
            view! { {list::messages(&home.messages, "/issues", now)}<p class="more"><a href="/messages">"全部消息"</a></p> },
        )
    });
    let station = enterprise.station_id.and_then(|id| reference.station(id)).map(|station| {
        let dial = format!("tel:{}", station.phone);
        section(
            "为您服务",
            view! {
                <p><strong>{station.name.clone()}</strong></p>
                <p class="muted">{icon("pin")}{station.address.clone()}</p>
                <p><a class="button secondary" href=dial>{icon("phone")}{format!("{} {}", station.contact_name, station.phone)}</a></p>
            },
        )
    });
    Page::new(
        "我的空间",
        Chrome::Space(Tab::Home),
        view! {
            <div class="identity">
                <h1>{enterprise.name.clone()}</h1>
                <p class="muted">{code}" · "{line.join(" · ")}</p>
                <p class="tags">{key}{tags}</p>
            </div>
            {section(format!("待您处理 {}", home.issues.waiting.len()), waiting)}
            <HomePolicies view=policies today=local(now).date()/>
            {section(format!("办理中的诉求 {}", home.issues.open_count), running)}
            {messages}
            {station}
        },
    )
}

fn waiting_cell(row: &IssueRow, now: OffsetDateTime) -> AnyView {
    let (verb, href, detail) = match row.state {
        State::AwaitingInput => ("补充材料", format!("/issues/{}/supply", row.number), "部门在等您的材料".to_owned()),
        _ => {
            let when = row.answered_at.map(|at| format!("{} 已答复", words::moment(at, now))).unwrap_or_default();
            ("请您评价", format!("/issues/{}/rate", row.number), when)
        }
    };
    view! {
        <li class="cell">
            <a href=href>
                <span class="cell-head"><strong>{row.title.clone()}</strong><span class="tag warn">{icon("star")}{verb}</span></span>
                <span class="muted">{detail}</span>
            </a>
        </li>
    }
    .into_any()
}

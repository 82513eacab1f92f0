//! One application, to its enterprise.

use crate::error::AppError;
use crate::policy::read::{self, ApplicationPage};
use crate::policy::view::{due, frozen, money, state_tag, timeline};
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::policy::day;
use crate::ui::{back, facts, figures, icon, section, time, words};
use domain::calendar::words::moment;
use domain::policy::application::{Command as ApplicationCommand, State};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;
use store::policy::application::Application;

/// An application's number.
#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct ApplicationParams {
    number: String,
}

/// One application: where it stands, what was frozen, what happened, what can be done now.
#[component]
pub fn MyApplicationPage() -> impl IntoView {
    let params = use_params::<ApplicationParams>().get_untracked();
    let request = Request::current();
    reads(async move {
        let number = params.map_err(|_| AppError::NotFound)?.number;
        let (page, clock) = {
            let mut ctx = request.open().await?;
            (read::my_application(&mut ctx, &number).await?, ctx.clock())
        };
        title(page.application.title.clone());
        let (seq, nonce) = (page.application.seq, request.head().nonce.clone());
        let stream = format!("/applications/{number}/events?after={seq}");
        let view = view! {
            {back("/applications", "我的申请")}
            <p class="muted" role="status"></p>
            <div class="live stack" data-seq=seq>{application(&page, &clock)}</div>
            <script nonce=nonce data-stream=stream inner_html=LIVE></script>
        };
        Ok(view.into_any())
    })
}

/// Shows what is new while the page is open: it hears that the application moved, fetches itself again, and says so. What had the focus has it
/// again. No island: the page shows nothing that the server does not say.
const LIVE: &str = "const s=document.currentScript,l=s.previousElementSibling,n=l.previousElementSibling;\
new EventSource(s.dataset.stream).addEventListener('moved',async()=>{\
const r=await fetch(location.href).catch(()=>0);if(!r||!r.ok)return;\
const f=new DOMParser().parseFromString(await r.text(),'text/html').querySelector('.live');\
if(!f||f.dataset.seq===l.dataset.seq)return;\
const h=document.activeElement.getAttribute('href');l.replaceChildren(...f.childNodes);l.dataset.seq=f.dataset.seq;\
for(const a of l.querySelectorAll('a'))if(a.getAttribute('href')===h)a.focus();\
n.textContent='刚刚更新：'+l.querySelector('.tag').textContent})";

/// Who has it, with the telephone, and since when.
fn standing(application: &Application, clock: &Clock) -> AnyView {
    let state = State::parse(&application.state);
    let since = view! { <p>{time(application.state_at, moment(application.state_at, clock.now))}</p> }.into_any();
    let holder = match (state, application.department_id) {
        (Some(State::AwaitingInput), _) => words("等您补充材料"),
        (Some(state), Some(department)) if state.is_open() => {
            let call = clock.reference.department_phone(department).map(|phone| {
                view! { " "<a class="figure" href=format!("tel:{phone}")>{icon("phone")}{phone.to_owned()}</a> }
            });
            view! { <p>{clock.reference.department(department)}{call}</p> }.into_any()
        }
        // The area's policy editors review it; no centre has any part in it.
        (Some(state), None) if state.is_open() => words(format!("{}政策审核人员", clock.reference.area(application.item_area))),
        _ => words(state.map_or("", State::label)),
    };
    // What gives no money ends with the approval: nothing is owed after it.
    let ended = state == Some(State::Approved) && application.approved_amount.unwrap_or(application.amount) == 0;
    let until = due(application, &clock.calendar, clock.now).filter(|_| !ended).map(|until| ("办理期限", until));
    facts([("当前办理单位", holder), ("最近进展", since)].into_iter().chain(until).collect())
}

fn application(page: &ApplicationPage, clock: &Clock) -> AnyView {
    let (application, now) = (&page.application, clock.now);
    let base = format!("/applications/{}", application.number);
    let buttons: Vec<AnyView> = page
        .commands
        .iter()
        .map(|command| {
            let href = format!("{base}/{}", command.code());
            let class = if *command == ApplicationCommand::Withdraw { "button secondary" } else { "button" };
            view! { <a class=class href=href>{command.label()}</a> }.into_any()
        })
        .collect();
    let reason = (!application.reason.is_empty()).then(|| view! { <p class="lead">{figures(&application.reason)}</p> });
    let policy = format!("/policies/{}", application.item_code);
    let rated = application.rating.map(|rating| {
        let stars = format!("您的评价：{rating} 分　{}", application.rating_comment);
        view! { <p class="muted">{stars}</p> }
    });
    view! {
            <h1>{figures(&application.title)}</h1>
            <p class="tags">{state_tag(&application.state)}<span class="muted">{application.number.clone()}</span></p>
            <div class="card amount-card">
                <p class="amount">{figures(&money(application))}</p>
                {reason}
                {standing(application, clock)}
                {notice(application)}
                {rated}
                {page.withheld.clone().map(|who| view! { <p class="muted">{icon("lock")}{who}</p> })}
                <p class="row">{buttons}<a class="button secondary" href=policy>"查看政策"</a></p>
            </div>
            {section("进展", timeline(&page.events, &page.files, &base, now))}
            {frozen(page)}
    }
    .into_any()
}

fn notice(application: &Application) -> Option<AnyView> {
    let until = application.notice_until.filter(|_| application.state == State::PublicNotice.code())?;
    Some(view! { <p class="muted">{figures(&format!("公示到 {}", day(until)))}</p> }.into_any())
}

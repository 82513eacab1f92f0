//! One application, to its enterprise.

use crate::error::AppError;
use crate::policy::read::{self, ApplicationPage};
use crate::policy::view::{frozen, money, state_tag, timeline};
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::policy::day;
use crate::ui::{back, icon, section};
use domain::policy::application::{Command as ApplicationCommand, State};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;
use store::policy::application::Application;
use time::OffsetDateTime;

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
        let (page, now) = {
            let mut ctx = request.open().await?;
            (read::my_application(&mut ctx, &number).await?, ctx.now)
        };
        title(page.application.title.clone());
        Ok(application(&page, now))
    })
}

fn application(page: &ApplicationPage, now: OffsetDateTime) -> AnyView {
    let application = &page.application;
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
    let reason = (!application.reason.is_empty()).then(|| view! { <p class="lead">{application.reason.clone()}</p> });
    let policy = format!("/policies/{}", application.item_code);
    let rated = application.rating.map(|rating| {
        let stars = format!("您的评价：{rating} 分　{}", application.rating_comment);
        view! { <p class="muted">{stars}</p> }
    });
    view! {
            {back("/applications", "我的申请")}
            <h1>{application.title.clone()}</h1>
            <p class="tags">{state_tag(&application.state)}<span class="muted">{application.number.clone()}</span></p>
            <div class="card amount-card">
                <p class="amount">{money(application)}</p>
                {reason}
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
    Some(view! { <p class="muted">{format!("公示到 {}", day(until))}</p> }.into_any())
}

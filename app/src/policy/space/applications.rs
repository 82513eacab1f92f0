//! My applications.

use crate::policy::read;
use crate::policy::view::{money, state_tag};
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::list::more;
use crate::ui::{back, empty, figures, time};
use domain::calendar::words as dates;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_query;
use leptos_router::params::Params;
use store::policy::application::Application;
use time::OffsetDateTime;

#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct ListQuery {
    after: Option<String>,
}

/// My applications: where each stands.
#[component]
pub fn MyApplicationsPage() -> impl IntoView {
    let after = use_query::<ListQuery>().get_untracked().unwrap_or_default().after;
    let request = Request::current();
    reads(async move {
        let (page, now) = {
            let mut ctx = request.open().await?;
            (read::applications(&mut ctx, after.as_deref()).await?, ctx.now)
        };
        title("我的申请");
        Ok(applications(&page, now))
    })
}

fn applications(page: &store::Page<Application>, now: OffsetDateTime) -> AnyView {
    let body = if page.rows.is_empty() {
        empty("申请过的政策会列在这里，可以随时看办到哪一步。", Some(("/policies", "看看适合我的政策")))
    } else {
        let cells = page.rows.iter().map(|application| {
            let href = format!("/applications/{}", application.number);
            view! {
                <li class="cell">
                    <a href=href>
                        <span class="cell-head"><strong>{figures(&application.title)}</strong>{state_tag(&application.state)}</span>
                        <span class="muted">{figures(&money(application))}" · "{application.number.clone()}</span>
                        <small class="muted">{time(application.state_at, dates::moment(application.state_at, now))}</small>
                    </a>
                </li>
            }
        });
        view! { <ul class="cells card">{cells.collect_view()}</ul> }.into_any()
    };
    view! { {back("/policies", "全部政策")}<h1>"我的申请"</h1>{body}{more("/applications?", page.next.as_deref())} }.into_any()
}

//! The queue: what is mine to do, the most urgent first.

use super::island::DeskList;
use super::show;
use super::view::Place;
use crate::carried::Carried;
use crate::error::Stop;
use crate::issue::read;
use crate::layout;
use crate::render::{reads, title};
use crate::request::Request;
use domain::actor::Duty;
use domain::issue::Queue;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_query;
use leptos_router::params::Params;

/// What the desk takes from the address.
#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct DeskQuery {
    queue: Option<String>,
    q: Option<String>,
    after: Option<String>,
}

/// The page. Policy editors and administrators work elsewhere: they are led there.
#[component]
pub fn QueuePage() -> impl IntoView {
    let query = use_query::<DeskQuery>().get_untracked().unwrap_or_default();
    let request = Request::current();
    reads(async move {
        let (view, places) = {
            let mut ctx = request.open().await?;
            match ctx.require_staff()?.duty {
                Duty::PolicyEditor { .. } => return Err(Stop::redirect("/desk/policies")),
                Duty::Administrator { .. } => return Err(Stop::redirect("/desk/admin")),
                _ => {}
            }
            let (queue, words) = (query.queue.unwrap_or_default(), query.q.unwrap_or_default());
            let desk = read::desk(&mut ctx, &queue, &words, query.after.as_deref()).await?;
            (show::list(&desk, query.after.as_deref(), &ctx.clock()), places(&desk.staff.duty))
        };
        title(view.heading.clone());
        Ok(view! { <DeskList view=Carried(view) places=Carried(places)/> }.into_any())
    })
}

/// Where this person may go: queues and sections.
pub fn places(duty: &Duty) -> Vec<Place> {
    let queues =
        Queue::of(duty).iter().map(|queue| (format!("/desk?queue={}", queue.code()), format!("工作台：{}", queue.label())));
    let sections = layout::desk_sections(duty).into_iter().map(|(href, label)| (href.to_owned(), label.to_owned()));
    let places = queues.chain(sections.filter(|(href, _)| href != "/desk"));
    places.map(|(href, label)| Place { href, label, detail: String::new() }).collect()
}

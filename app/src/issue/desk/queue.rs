//! The queue: what is mine to do, the most urgent first.

use super::asked::Asked;
use super::bar::bar;
use super::island::DeskList;
use super::show;
use super::view::Place;
use super::work::ways;
use crate::administration::table::asked;
use crate::carried::Carried;
use crate::error::Stop;
use crate::form::Form;
use crate::issue::read;
use crate::layout;
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use domain::actor::Duty;
use leptos::prelude::*;

/// The page. Policy editors and administrators work elsewhere: they are led there. Whoever looks on begins with figures.
#[component]
pub fn QueuePage() -> impl IntoView {
    let (asked, typed) = (asked(), Form::typed());
    let request = Request::current();
    reads(async move {
        let (organisation, ways, bar, view, places) = {
            let mut ctx = request.open().await?;
            match ctx.require_staff()?.duty {
                Duty::PolicyEditor { .. } => return Err(Stop::redirect("/desk/policies")),
                Duty::Administrator { .. } => return Err(Stop::redirect("/desk/admin")),
                Duty::Leader { .. } | Duty::Supervisor { .. } if asked.pairs().is_empty() => {
                    return Err(Stop::redirect("/desk/figures"));
                }
                _ => {}
            }
            let desk = read::desk(&mut ctx, Asked::of(&asked)).await?;
            let views = store::issue::view::list(&mut ctx.conn).await?;
            let (clock, duty) = (ctx.clock(), &desk.staff.duty);
            let bar = bar(&desk.asked, desk.queue, duty, &views, &typed, &clock);
            (
                desk.staff.organisation.clone(),
                ways(duty, &desk.asked, &clock),
                bar,
                show::list(&desk, &clock),
                places(duty, &clock),
            )
        };
        title(view.heading.clone());
        Ok(view! {
            <h1>{organisation}</h1>
            {typed.summary()}
            {ways}
            {bar}
            <DeskList view=Carried(view) places=Carried(places)/>
        }
        .into_any())
    })
}

/// Where this person may go: queues and sections.
pub fn places(duty: &Duty, clock: &Clock) -> Vec<Place> {
    let queues = show::queues(duty, clock)
        .map(|queue| (format!("/desk?queue={}", queue.code()), format!("工作台：{}", show::queue_label(queue, duty))));
    let sections = layout::desk_sections(duty).into_iter().map(|(href, label)| (href.to_owned(), label.to_owned()));
    let places = queues.chain(sections.filter(|(href, _)| !href.starts_with("/desk?") && href != "/desk"));
    places.map(|(href, label)| Place { href, label, detail: String::new() }).collect()
}

//! The desk at work: many issues at once, templates of answers, internal notes, who has an issue open, whose it is within an office, who stands in for
//! whom. Plain pages all of it: nothing here costs an island a byte.

pub mod bulk;
pub mod leave;
pub mod mine;
pub mod notes;
pub mod since;
pub mod templates;

pub use bulk::{BulkPage, BulkRunPage};
pub use leave::LeavePage;
pub use mine::MinePage;
pub use templates::TemplatesPage;

use crate::issue::desk::Asked;
use crate::request::Clock;
use crate::ui::icon;
use domain::actor::Duty;
use leptos::prelude::*;

/// Above the desk's list: the ways to work on more than one issue.
pub fn ways(duty: &Duty, asked: &Asked, clock: &Clock) -> Option<AnyView> {
    let bulk = bulk::Step::of(duty, clock);
    // The step of the queue that is looked at, with what it is narrowed to.
    let bulk = bulk.iter().find(|step| step.queue(duty).code() == asked.queue).or(bulk.first()).map(|step| {
        let href = bulk::path(*step, &asked.filter);
        view! { <a class="button secondary" href=href>{icon("check")}"批量办理"</a> }
    });
    let shared = matches!(duty, Duty::Handler { .. } | Duty::Centre { .. });
    let mine = shared.then(|| view! { <a class="button secondary" href=mine::PATH>{icon("person")}"我的经办"</a> });
    let centre = matches!(duty, Duty::Centre { .. });
    let routing = centre.then(|| view! { <a class="button secondary" href="/desk/routing">{icon("swap")}"改派统计"</a> });
    (bulk.is_some() || mine.is_some()).then(|| view! { <p class="row">{bulk}{mine}{routing}</p> }.into_any())
}

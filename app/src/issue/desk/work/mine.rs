//! 我的经办: what was passed to this person, and to whoever it stands in for. Opened by a handler or a centre officer in the morning, wanting to
//! know what waits for them alone among what waits for the office.

use crate::issue::desk::from_list;
use crate::issue::desk::show::left;
use crate::issue::desk::view::path_of;
use crate::issue::desk::work::templates;
use crate::issue::tag::{flag_tag, state_tag};
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::{back, empty, icon};
use domain::actor::Duty;
use domain::calendar::local;
use leptos::prelude::*;
use store::issue::work::{self, Mine};

pub const PATH: &str = "/desk/mine";

/// The page.
#[component]
pub fn MinePage() -> impl IntoView {
    let request = Request::current();
    reads(async move {
        let mut ctx = request.open().await?;
        let staff = ctx.require_desk()?;
        let today = local(ctx.now).date();
        let mine = work::mine(&mut ctx.conn, staff.id, today).await?;
        // A centre answers nothing, and has no templates of answers.
        let templates = matches!(staff.duty, Duty::Handler { .. })
            .then(|| view! { <a class="button secondary" href=templates::PATH>{icon("pen")}"答复模板"</a> });
        let clock = ctx.clock();
        title("我的经办");
        let body = if mine.is_empty() {
            empty("还没有转给您经办的诉求。打开一件诉求，可以在“经办人”里转给自己或同事。", Some(("/desk", "回到工作台")))
        } else {
            let cells = mine.iter().map(|mine| cell(mine, &clock)).collect_view();
            view! { <ul class="cells card">{cells}</ul> }.into_any()
        };
        Ok(view! {
            {back("/desk", "工作台")}
            <h1>"我的经办"</h1>
            <p class="row">
                <a class="button secondary" href="/desk/leave">{icon("swap")}"代班"</a>
                {templates}
            </p>
            {body}
        }
        .into_any())
    })
}

fn cell(mine: &Mine, clock: &Clock) -> impl IntoView + use<> {
    let row = &mine.row;
    let (tone, left) = left(row, clock);
    let whose = (!mine.own).then(|| format!(" · 代 {} 经办", mine.whose));
    view! {
        <li class="cell">
            <a href=[path_of(&row.number), from_list("mine", "")].concat()>
                <span class="cell-head"><strong>{row.title.clone()}</strong>{state_tag(row.state)}</span>
                <span class="tags">{row.flags.iter().copied().map(flag_tag).collect_view()}</span>
                <span class="muted">{format!("{} · {}", row.number, row.enterprise_name)}{whose}</span>
                <span class=["status ", tone].concat()>{left}</span>
            </a>
        </li>
    }
}

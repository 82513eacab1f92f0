//! 并案: the issues that went into this one, and the one that this went into. A pointer that can be followed both ways, for the enterprise and at
//! the desk: whoever may read the other issue has a link, the others have its number.

use super::tag::{plain_tag, state_tag};
use crate::error::AppError;
use crate::request::Ctx;
use crate::ui::section;
use domain::issue::{Event, State};
use leptos::prelude::*;
use store::issue::{IssueDetail, Related};

/// The other issues of a merger.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// The number it went into.
    into: Option<String>,
    /// Where it goes on, if what it went into went into another one since.
    last: Option<String>,
    /// The numbers that went into it.
    from: Vec<String>,
    /// Of all of these, those that may be read.
    known: Vec<Related>,
}

/// Nothing is asked for an issue that no other one belongs to.
///
/// # Errors
/// When the store does not answer.
pub async fn links(ctx: &mut Ctx, detail: &IssueDetail) -> Result<Links, AppError> {
    let mut links = Links::default();
    for row in &detail.events {
        match &row.event {
            Event::Merged { into, .. } => links.into = Some(into.clone()),
            Event::Absorbed { from, .. } => links.from.push(from.clone()),
            _ => {}
        }
    }
    let numbers: Vec<String> = links.into.iter().chain(&links.from).cloned().collect();
    if !numbers.is_empty() {
        links.known = store::issue::related(&mut ctx.conn, &numbers).await?;
    }
    // Nobody has to go from one to the next to find out where it is handled now.
    let into = links.known.iter().find(|known| Some(&known.number) == links.into.as_ref());
    if let Some(into) = into.filter(|into| into.state == State::Merged)
        && let Some(last) = store::issue::goes_on_in(&mut ctx.conn, &into.number).await?
    {
        links.known.extend(store::issue::related(&mut ctx.conn, std::slice::from_ref(&last)).await?);
        links.last = Some(last);
    }
    Ok(links)
}

impl Links {
    /// As links for the offices; nothing where there is no other issue.
    pub fn at_desk(&self) -> Option<AnyView> {
        self.view("并案", "/desk/issues/", state_tag)
    }

    /// As links for the enterprise, in its words.
    pub fn own(&self) -> Option<AnyView> {
        self.view("合并办理", "/issues/", plain_tag)
    }

    /// Under a heading, as links to `path`, which ends before the number.
    fn view(&self, heading: &'static str, path: &'static str, tag: fn(State) -> AnyView) -> Option<AnyView> {
        let cell = |number: &String, said: &'static str| {
            let known = self.known.iter().find(|known| known.number == *number);
            let about = known.map(|known| (format!("{path}{number}"), known.title.clone(), tag(known.state)));
            let inner = match about {
                Some((href, title, state)) => view! {
                    <a href=href>
                        <span class="cell-head"><strong>{title}</strong>{state}</span>
                        <span class="muted">{format!("{said} {number}")}</span>
                    </a>
                }
                .into_any(),
                None => view! { <p class="muted">{format!("{said} {number}，由其他部门办理")}</p> }.into_any(),
            };
            view! { <li class="cell">{inner}</li> }
        };
        let cells: Vec<_> = self
            .into
            .iter()
            .map(|into| cell(into, "已并入"))
            .chain(self.last.iter().map(|last| cell(last, "现在一起办理的是")))
            .chain(self.from.iter().map(|from| cell(from, "并入这件的")))
            .collect();
        (!cells.is_empty()).then(|| section(heading, view! { <ul class="cells">{cells}</ul> }))
    }
}

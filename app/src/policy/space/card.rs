//! A policy in the list and on the home page: what it brings, why, by when.

use crate::policy::why::why;
use crate::ui::policy::{amount, day};
use crate::ui::{figures, icon};
use domain::policy::evaluate::{Outcome, Standing};
use domain::policy::explain::Explainer;
use domain::policy::library::Library;
use domain::policy::model::Item;
use leptos::prelude::*;
use time::Date;

/// When the window ends, with what is left of it; the year goes without saying while it lasts.
pub fn deadline(item: &Item, today: Date) -> Option<String> {
    let said = |date: Date| {
        if date.year() == today.year() { format!("{}月{}日", u8::from(date.month()), date.day()) } else { day(date) }
    };
    let from = item.apply.from.unwrap_or(item.valid.from);
    if from > today {
        return Some(format!("{}开始", said(from)));
    }
    let to = item.deadline()?;
    let left = (to - today).whole_days();
    Some(match left {
        ..0 => format!("{}已截止", said(to)),
        0 => "今天截止".to_owned(),
        1..=60 => format!("{}截止，还剩 {left} 天", said(to)),
        _ => format!("{}截止", said(to)),
    })
}

/// A card of the list; `alone` where no heading says that it is one step away.
pub fn card(explainer: &mut Explainer<'_>, library: &Library, outcome: &Outcome, today: Date, alone: bool) -> AnyView {
    let item = &explainer.book().items()[outcome.item];
    let href = format!("/policies/{}", item.id);
    let ends = item.apply.to.and_then(|_| deadline(item, today));
    let soon = item.apply.to.is_some_and(|to| (0..=14).contains(&(to - today).whole_days()));
    let near =
        (alone && outcome.standing == Standing::Near).then(|| view! { <span class="tag warn">{Standing::Near.label()}</span> });
    // Of a group that pays one item only, the others are told apart.
    let set_aside = (outcome.standing <= Standing::Applicable && !outcome.chosen && item.amount.is_money())
        .then(|| item.group.as_ref().map(|group| view! { <span class="tag quiet">{group.rule.label()}</span> }))
        .flatten();
    view! {
        <li class="cell">
            <a href=href>
                <span class="cell-head"><strong>{figures(&item.title)}</strong><span class="money">{figures(&amount(item, outcome))}</span></span>
                <span class="muted">{figures(&why(explainer, library, outcome))}</span>
                <span class="tags">
                    {near}
                    <span class="tag quiet">{item.apply.mode.label()}</span>
                    <span class="tag quiet">{item.level.label()}</span>
                    {set_aside}
                    {ends.map(|ends| view! { <span class="tag" class:warn=soon class:quiet=!soon>{icon("clock")}<span>{figures(&ends)}</span></span> })}
                </span>
            </a>
        </li>
    }
    .into_any()
}

//! One issue at the desk: everything about it on the left, what this person may do now on the right.

use super::asked::{carried, kept, way_back};
use super::island::DeskIssue;
use super::pane::{Shown, WholeIssue};
use super::queue::places;
use super::record;
use super::show;
use super::view::path_of;
use super::work::notes;
use super::{CALL_BACKS, attach, beside};
use crate::carried::Carried;
use crate::error::AppError;
use crate::form::Form;
use crate::issue::{read, related};
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::back;
use domain::issue::CommandKind;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::{use_params, use_query};
use leptos_router::params::Params;

/// An issue at the desk.
#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct IssueParams {
    number: String,
}

/// The list that one came from.
#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct FromQuery {
    from: Option<String>,
}

/// The action that was sent and refused: it is open when the page is shown again.
#[derive(Debug, Clone, Copy)]
pub struct Opened(pub CommandKind);

/// The page whose form gives a command; `address` is what the form was sent to. What asks for much has a page of its own, and so has a call.
pub fn form_of(kind: CommandKind, number: &str, address: &str, form: &Form) -> String {
    let page = match kind {
        CommandKind::CallBack if form.value("from") == CALL_BACKS => return format!("{CALL_BACKS}/{number}"),
        CommandKind::Merge => "/merging",
        CommandKind::Consult | CommandKind::Resolve => "/meeting",
        _ => "",
    };
    format!("{}{page}{}", path_of(number), carried(address))
}

/// The page.
#[component]
pub fn DeskIssuePage() -> impl IntoView {
    let params = use_params::<IssueParams>().get_untracked();
    let from = use_query::<FromQuery>().get_untracked().ok().and_then(|query| query.from).unwrap_or_default();
    let request = Request::current();
    let form = Form::typed();
    let open = use_context::<Opened>().map(|Opened(kind)| kind);
    reads(async move {
        let number = params.map_err(|_| AppError::NotFound)?.number;
        let (view, places, below) = {
            let mut ctx = request.open().await?;
            let page = read::of_staff(&mut ctx, &number).await?;
            let links = related::links(&mut ctx, &page.detail).await?;
            let clock = ctx.clock();
            let lost = open.filter(|kind| !page.commands.contains(kind)).and_then(|_| notes::unsent(&form));
            let notes = notes::view(&page, &kept(&from), &form, &clock);
            let (files, others) = (attach::ready(&page), beside::sections(&page, &links, &clock));
            let record = record::link(&number, &page.staff.duty);
            let below = view! { {lost}{files}{others}{notes}{record} };
            (show::issue(&page, &form, open, &kept(&from), &clock), places(&page.staff.duty, &clock), below)
        };
        title(format!("{number} {}", view.head.title));
        let shown = Shown::new(Some(view.clone()));
        let issue = view! { <DeskIssue view=Carried(view) places=Carried(places)><WholeIssue shown/></DeskIssue> };
        let (list, called) = way_back(&from);
        Ok(view! { {back(list, called)}{form.summary()}{issue}{below} }.into_any())
    })
}

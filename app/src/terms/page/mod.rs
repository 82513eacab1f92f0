//! The pages of the terms. The city's administrator opens them when a notice of the city changes something: what holds now, what is to come,
//! one form, what was changed before.

mod boards;
mod calendar;
mod categories;
mod limits;
mod retention;
mod texts;
mod work;

pub use boards::{BoardPage, BoardsPage};
pub use calendar::CalendarPage;
pub use categories::{CategoriesPage, CategoryPage};
pub use limits::LimitsPage;
pub use retention::{RetentionPage, RetentionsPage};
pub use texts::{TextPage, TextsPage};
pub use work::WorkFiguresPage;

use super::act::NEW;
use super::read::Kept;
use crate::administration::table::Table;
use crate::administration::{said, seen, tail};
use crate::error::AppError;
use crate::form::Form;
use crate::ui::form::{Field, field, hidden, select};
use crate::ui::{back, facts, section, time, words};
use domain::calendar::words::moment;
use domain::policy::day;
use leptos::prelude::*;
use time::Date;

/// What is said to whoever may look and not change.
const OF_THE_CITY: &str = "全市统一，由市级管理员维护。";

const ACTIVE: &[(&str, &str)] = &[("yes", "启用"), ("no", "停用，不再用于新的诉求")];

fn flag(active: bool) -> &'static str {
    if active { "yes" } else { "no" }
}

fn group(list: &[(&str, &str)]) -> Vec<(String, Vec<(String, String)>)> {
    plain(list.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect())
}

fn plain(list: Vec<(String, String)>) -> Vec<(String, Vec<(String, String)>)> {
    vec![(String::new(), list)]
}

/// A page of one thing: what is to come of it, what may be changed and by whom, what was changed before.
struct Thing<'a> {
    /// Where they are listed: address and name.
    list: (&'static str, &'static str),
    heading: String,
    action: &'a str,
    /// What holds now, in words; empty where nothing does.
    now: &'a str,
    planned: Vec<(Date, String)>,
    /// Between what is to come and the form.
    before: Option<AnyView>,
    /// The form, or what stands in its place.
    body: AnyView,
}

impl Thing<'_> {
    fn view(self, kept: &Kept, form: &Form) -> AnyView {
        view! {
            {back(self.list.0, self.list.1)}
            {form.summary()}
            <h1>{self.heading}</h1>
            {coming(form, self.action, kept, self.now, self.planned)}
            {self.before}
            {self.body}
            {history(kept)}
        }
        .into_any()
    }
}

/// The form of a thing to whoever may change it; what it says to the others.
fn form_or_facts(kept: &Kept, now: &str, form: impl FnOnce() -> AnyView) -> AnyView {
    if kept.whole_city() {
        return section("修改", form());
    }
    let rows = (!now.is_empty()).then(|| facts(vec![("现在", words(now.to_owned()))]));
    view! { <p class="muted">{OF_THE_CITY}</p>{rows} }.into_any()
}

/// Whether a code is that of something, or of a new one by whoever may add it.
fn require_known(kept: &Kept, code: &str, known: bool) -> Result<(), AppError> {
    match (known, code == NEW) {
        (true, _) => Ok(()),
        (false, true) if kept.whole_city() => Ok(()),
        (false, true) => Err(AppError::Forbidden),
        (false, false) => Err(AppError::NotFound),
    }
}

/// A list with what was changed below it.
fn listed(table: &Table, asked: &Form, kept: &Kept) -> AnyView {
    view! { {back("/desk/admin", "系统管理")}{table.view(asked)}{history(kept)} }.into_any()
}

/// What waits for its day, after what holds `now`, and the way to take it back. What changes nothing, as it was taken back, is left out.
fn coming(form: &Form, action: &str, kept: &Kept, now: &str, list: Vec<(Date, String)>) -> Option<AnyView> {
    const NOTE: Field = Field { max: 200, ..field("note", "撤回原因", "") };
    let mut last = now.to_owned();
    let list: Vec<(Date, String)> =
        list.into_iter().filter(|(_, says)| std::mem::replace(&mut last, says.clone()) != *says).collect();
    if list.is_empty() {
        return None;
    }
    let days = list.iter().map(|(from, _)| (day::text(*from), format!("{} 起的", day::text(*from)))).collect();
    let back = kept.whole_city().then(|| {
        view! {
            <form method="post" action=action.to_owned() class="stack" novalidate>
                {hidden("do", "withdraw")}{hidden("seen", kept.seen.to_string())}
                {select(form, "day", "撤回哪一项", None, plain(days))}
                {NOTE.view(form)}
                <p><button class="button secondary">"撤回"</button></p>
            </form>
        }
    });
    let rows = list.into_iter().map(|(from, says)| {
        view! { <li class="cell"><div><strong>{format!("{} 起", day::text(from))}</strong><span>{says}</span></div></li> }
    });
    let rows = rows.collect_view();
    Some(section("待生效", view! { <ul class="cells">{rows}</ul>{back} }))
}

/// What was changed, the newest first.
fn history(kept: &Kept) -> Option<AnyView> {
    let rows = kept.changes.iter().map(|change| {
        let from = format!("{} 起生效", day::text(change.effective_from));
        let who = format!("{}：{}", change.who, change.why);
        view! {
            <li class="cell"><div>
                <span class="cell-head"><strong>{seen(change)}</strong></span>
                <span>{said(change, &kept.reference)}</span>
                <span>{who}</span>
                <span class="muted">{time(change.at, moment(change.at, kept.now))}" · "{from}</span>
            </div></li>
        }
    });
    let rows = rows.collect_view();
    (!kept.changes.is_empty()).then(|| section("变更记录", view! { <ul class="cells">{rows}</ul> }))
}

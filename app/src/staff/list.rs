//! Opened by an administrator at a desktop, who looks for one account of many, or wants to know who there is.

use super::read;
use crate::administration::table::asked;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::{back, icon, tag};
use domain::staff::State;
use leptos::prelude::*;

/// The accounts that an administrator keeps.
#[component]
pub fn StaffListPage() -> impl IntoView {
    let (request, asked) = (Request::current(), asked());
    reads(async move {
        let table = read::list(&mut *request.open().await?).await?;
        title(table.name);
        Ok(view! { {back("/desk/admin", "系统管理")}{table.view(&asked)} }.into_any())
    })
}

/// How an account stands, with a symbol.
pub(super) fn state_tag(state: State) -> AnyView {
    let (tone, symbol) = match state {
        State::Active => ("ok", "check"),
        State::First => ("warn", "clock"),
        State::Disabled => ("quiet", "lock"),
    };
    tag(tone, icon(symbol), state.label())
}

//! A header only: sign-in, choosing an enterprise, errors.

use super::Frame;
use crate::request::Request;
use leptos::prelude::*;
use leptos_router::components::Outlet;

/// Around the pages of whoever is not signed in.
#[component]
pub fn PlainLayout() -> impl IntoView {
    view! { <PlainFrame><Outlet/></PlainFrame> }
}

/// The same without a route: an error's page.
#[component]
pub fn PlainFrame(children: Children) -> impl IntoView {
    let desk = Request::current().head().path.starts_with("/desk");
    view! { <Frame brand=if desk { "企服工作台" } else { "企服空间" }>{children()}</Frame> }
}

//! The enterprise's space: opened on a phone; tabs at the thumb.

use super::{Entry, Frame, badge, entry, navigation, under};
use crate::message::island::Count;
use crate::request::Request;
use crate::ui::icon;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use store::identity::Identity;

/// What the counts of the space listen to.
const STREAM: &str = "/messages/events";

/// Around every page of the space.
#[component]
pub fn SpaceLayout() -> impl IntoView {
    let request = Request::current();
    let path = request.head().path.as_str();
    let session = request.session();
    let chosen = session
        .as_ref()
        .is_some_and(|session| matches!(&session.identity, Identity::Person(person) if person.enterprise.is_some()));
    let messages = chosen.then(|| {
        let current = under(path, "/messages").then_some("page");
        let count = session.as_ref().map_or(0, |session| session.unread);
        let count = badge(Some((Count::Unread, count)), STREAM);
        view! { <a class="to-messages" href="/messages" aria-current=current>{icon("bell")}<span>"消息"</span>{count}</a> }
            .into_any()
    });
    let filing = under(path, "/issues/new") || under(path, "/issues/file") || path.ends_with("/receipt");
    let waiting = session.as_ref().map_or(0, |session| session.waiting);
    let tabs = vec![
        Entry { count: Some((Count::Waiting, waiting)), ..entry("/home", "home", "首页", under(path, "/home")) },
        entry("/issues", "list", "诉求", under(path, "/issues") && !filing),
        Entry { primary: true, ..entry("/issues/new", "plus", "提诉求", filing) },
        entry("/policies", "yuan", "政策", under(path, "/policies") || under(path, "/applications")),
        entry("/me", "person", "我的", under(path, "/me")),
    ];
    view! {
        <Frame brand="企服空间" messages navigation=Some(navigation("tabs", tabs, STREAM))>
            <Outlet/>
        </Frame>
    }
}

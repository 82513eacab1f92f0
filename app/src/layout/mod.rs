//! What stands around every page: skip link, header, tabs on the phone, side navigation at the desk, elder switch. One component for
//! each kind of page, with an `<Outlet/>` where the page goes.

mod desk;
mod plain;
mod space;

pub use desk::{DeskLayout, desk_sections};
pub use plain::{PlainFrame, PlainLayout};
pub use space::SpaceLayout;

use crate::carried::Carried;
use crate::message::island::{Badge, Count, Tally};
use crate::request::Request;
use crate::ui::icon;
use leptos::prelude::*;
use store::identity::Identity;

/// The frame of a page: skip link, header, navigation, and `<main>` with the sentence that confirms what was just done.
#[component]
fn Frame(
    /// 企服空间 or 企服工作台.
    brand: &'static str,
    /// Messages, where the header leads to them.
    #[prop(optional_no_strip)]
    messages: Option<AnyView>,
    /// Tabs or side navigation.
    #[prop(optional_no_strip)]
    navigation: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let request = Request::current();
    let flash = request.head().flash.clone().map(|flash| view! { <p class="flash" role="status">{icon("check")}{flash}</p> });
    view! {
        <a class="skip" href="#main">"跳到正文"</a>
        <Header brand messages/>
        <div class="frame">
            {navigation}
            <main id="main" tabindex="-1">
                {flash}
                {children()}
            </main>
        </div>
    }
}

/// Brand, who is signed in, messages, the elder switch.
#[component]
fn Header(brand: &'static str, #[prop(optional_no_strip)] messages: Option<AnyView>) -> impl IntoView {
    let request = Request::current();
    let session = request.session();
    let (home, who) = match session.as_ref().map(|session| &session.identity) {
        None => ("/", None),
        Some(Identity::Person(person)) => {
            let who = person.enterprise.as_ref().map(|chosen| {
                let name = chosen.name.clone();
                if person.enterprise_count > 1 {
                    let switch = view! { <span class="caret">{icon("down")}</span><span class="hidden">"，切换企业"</span> };
                    view! { <a class="who" href="/enterprises">{name}{switch}</a> }.into_any()
                } else {
                    view! { <span class="who">{name}</span> }.into_any()
                }
            });
            ("/home", who)
        }
        Some(Identity::Staff(staff)) => {
            let who = format!("{} · {} · {}", staff.organisation, staff.duty.label(), staff.name);
            ("/desk", Some(view! { <span class="who">{who}</span> }.into_any()))
        }
    };
    let head = request.head();
    let (next, label) = if head.elder { ("0", "标准版") } else { ("1", "关怀版") };
    let demo = request.services().demo.then(|| view! { <p class="demo-note">"演示数据，非真实企业与人员"</p> });
    view! {
        <header>
            {demo}
            <div class="top">
                <a class="brand" href=home>{icon("mark")}<span>{brand}</span></a>
                {who}
                {messages}
                <form class="elder-switch" method="post" action="/elder">
                    <input type="hidden" name="back" value=head.path.clone()/>
                    <button name="on" value=next>{icon("type")}{label}</button>
                </form>
            </div>
        </header>
    }
}

/// One entry of a navigation.
struct Entry {
    href: &'static str,
    icon: &'static str,
    label: &'static str,
    current: bool,
    /// What its badge counts, and how many that is now.
    count: Option<(Count, i64)>,
    primary: bool,
}

/// The entry that leads to `href`.
fn entry(href: &'static str, icon: &'static str, label: &'static str, current: bool) -> Entry {
    Entry { href, icon, label, current, count: None, primary: false }
}

/// A navigation of `class` (`tabs`, `side`); `stream` is what its badges listen to.
fn navigation(class: &'static str, entries: Vec<Entry>, stream: &'static str) -> AnyView {
    let items = entries.into_iter().map(|item| {
        view! {
            <li>
                <a href=item.href class:primary=item.primary aria-current=item.current.then_some("page")>
                    {icon(item.icon)}<span>{item.label}</span>{badge(item.count, stream)}
                </a>
            </li>
        }
    });
    view! { <nav class=class aria-label="主导航"><ul>{items.collect_view()}</ul></nav> }.into_any()
}

/// A count that moves by itself where the page has a module.
fn badge(count: Option<(Count, i64)>, stream: &'static str) -> Option<impl IntoView> {
    count.map(|(of, initial)| view! { <Badge tally=Carried(Tally { of, initial, stream: stream.to_owned() })/> })
}

/// Whether the page at `path` belongs under `section`: it, or below it.
fn under(path: &str, section: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or("");
    path.strip_prefix(section).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::under;

    #[test]
    fn a_section_is_its_page_and_what_lies_below() {
        assert!(under("/issues", "/issues"));
        assert!(under("/issues?filter=open", "/issues"));
        assert!(under("/issues/HZ-1/rate", "/issues"));
        assert!(!under("/issuesx", "/issues"));
        assert!(!under("/home", "/issues"));
    }
}

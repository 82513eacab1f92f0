//! The desk: opened by staff on a desktop, all day; sections at the side.

use super::{Entry, Frame, entry, navigation, under};
use crate::access::lacks_factor;
use crate::message::island::Count;
use crate::request::Request;
use domain::actor::Duty;
use domain::issue::queue::Queue;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use store::identity::Identity;

/// Around every page of the desk. Whoever still has a first password, or lacks a second factor, sees no way past it.
#[component]
pub fn DeskLayout() -> impl IntoView {
    let request = Request::current();
    let path = request.head().path.as_str();
    let session = request.session();
    let rule = request.services().factor_rule;
    let side = session.as_ref().and_then(|session| match &session.identity {
        Identity::Staff(staff) if !staff.must_change_password && !lacks_factor(staff, rule) => {
            // Whoever has no issues hears of none: the badge asks when the page comes to the front.
            let stream = if Queue::of(&staff.duty).is_empty() { "" } else { "/desk/events" };
            Some(navigation("side", sections(&staff.duty, path, session.unread), stream))
        }
        _ => None,
    });
    view! {
        <Frame brand="企服工作台" navigation=side>
            <Outlet/>
        </Frame>
    }
}

/// Where the sections of a duty are, and their names.
pub fn desk_sections(duty: &Duty) -> Vec<(&'static str, &'static str)> {
    sections(duty, "", 0).into_iter().map(|section| (section.href, section.label)).collect()
}

fn sections(duty: &Duty, path: &str, unread: i64) -> Vec<Entry> {
    let mut list = Vec::new();
    if !matches!(duty, Duty::PolicyEditor { .. } | Duty::Administrator { .. }) {
        let queue = under(path, "/desk/issues") || path.split('?').next() == Some("/desk");
        if matches!(duty, Duty::Leader { .. } | Duty::Supervisor { .. }) {
            list.push(entry("/desk/figures", "home", "概览", under(path, "/desk/figures")));
            list.push(entry("/desk?queue=late", "list", "诉求", queue));
        } else {
            list.push(entry("/desk", "list", "工作台", queue));
        }
    }
    if matches!(duty, Duty::PolicyEditor { .. }) {
        list.push(entry("/desk/policies", "yuan", "政策", under(path, "/desk/policies") || under(path, "/desk/facts")));
    }
    if matches!(duty, Duty::PolicyEditor { .. } | Duty::Handler { .. }) {
        list.push(entry("/desk/applications", "inbox", "政策申请", under(path, "/desk/applications")));
    }
    if matches!(duty, Duty::Station { .. }) {
        list.push(entry("/desk/assist", "plus", "代办", under(path, "/desk/assist")));
    }
    if matches!(duty, Duty::Administrator { .. }) {
        list.push(entry("/desk/admin", "gear", "系统管理", under(path, "/desk/admin")));
    }
    if matches!(duty, Duty::Station { .. } | Duty::Centre { .. }) {
        list.push(entry("/desk/members", "building", "企业联系人", under(path, "/desk/members")));
    }
    list.push(Entry {
        count: Some((Count::Unread, unread)),
        ..entry("/desk/messages", "bell", "消息", under(path, "/desk/messages"))
    });
    list.push(entry("/desk/account", "person", "账号", under(path, "/desk/account")));
    list
}

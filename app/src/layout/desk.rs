//! The desk: opened by staff on a desktop, all day; sections at the side.

use super::{Entry, Frame, entry, navigation, under};
use crate::access::{Access, lacks_factor};
use crate::message::island::Count;
use crate::render::reads;
use crate::request::Request;
use crate::ui::icon;
use domain::actor::{Duty, EnterpriseId};
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
    let station = session
        .as_ref()
        .is_some_and(|session| matches!(&session.identity, Identity::Staff(staff) if matches!(staff.duty, Duty::Station { .. })));
    let behalf = beside(path).filter(|_| station).map(behalf);
    view! {
        <Frame brand="企服工作台" navigation=side>
            {behalf}
            <Outlet/>
        </Frame>
    }
}

/// The enterprise that a page of a station is about; the page with the questions says so itself.
fn beside(path: &str) -> Option<EnterpriseId> {
    let path = path.split(['?', '#']).next().unwrap_or("");
    if path.ends_with("/new") {
        return None;
    }
    let rest = path.strip_prefix("/desk/assist/").or_else(|| path.strip_prefix("/desk/members/"))?;
    rest.split('/').next()?.parse().ok()
}

/// On whose behalf: whoever sits beside several owners a day never takes one for another.
fn behalf(enterprise: EnterpriseId) -> impl IntoView {
    let request = Request::current();
    reads(async move {
        let mut ctx = request.open().await?;
        ctx.require_station()?;
        let found = store::enterprise::get(&mut ctx.conn, enterprise).await?;
        let words = format!("正在为 {}（{}）办理，请企业联系人在旁确认", found.name, found.uscc);
        Ok(view! { <p class="flash behalf">{icon("building")}<span>{words}</span></p> }.into_any())
    })
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
    if matches!(duty, Duty::Centre { .. } | Duty::Supervisor { .. } | Duty::Leader { .. }) {
        list.push(entry("/desk/abnormal", "warn", "异常件", under(path, "/desk/abnormal")));
    }
    if Access::Measured.has_business(duty) {
        list.push(entry("/desk/tasks", "send", "交办事项", under(path, "/desk/tasks")));
    }
    if matches!(duty, Duty::Centre { .. }) {
        list.push(entry("/desk/callbacks", "phone", "回访", under(path, "/desk/callbacks")));
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
    if Access::Measured.has_business(duty) {
        list.push(entry("/desk/indicators", "type", "六项指标", under(path, "/desk/indicators")));
    }
    if Access::Record.has_business(duty) {
        list.push(entry("/desk/packs", "file", "会议材料", under(path, "/desk/packs")));
    }
    if matches!(duty, Duty::Centre { .. } | Duty::Handler { .. }) {
        list.push(entry("/desk/clusters", "swap", "共性问题", under(path, "/desk/clusters")));
    }
    if matches!(duty, Duty::Centre { .. }) {
        list.push(entry("/desk/meetings", "plus", "会议问题", under(path, "/desk/meetings")));
        list.push(entry("/desk/upward", "send", "上报", under(path, "/desk/upward")));
        list.push(entry("/desk/cases", "star", "典型案例", under(path, "/desk/cases")));
    }
    list.push(Entry {
        count: Some((Count::Unread, unread)),
        ..entry("/desk/messages", "bell", "消息", under(path, "/desk/messages"))
    });
    list.push(entry("/desk/account", "person", "账号", under(path, "/desk/account")));
    list
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn a_page_of_a_station_says_whom_it_is_for() {
        assert_eq!(beside("/desk/assist/17/check?x=1"), Some(17));
        assert_eq!(beside("/desk/members/4"), Some(4));
        for path in
            ["/desk/assist/17/new", "/desk/assist", "/desk/members", "/desk/members/enterprise", "/desk", "/desk/issues/17"]
        {
            assert_eq!(beside(path), None, "{path}");
        }
    }
}

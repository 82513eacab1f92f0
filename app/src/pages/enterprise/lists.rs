//! My problems, my messages, me.

use crate::render::Page;
use crate::shell::{Chrome, Tab};
use crate::ui::form::hidden;
use crate::ui::list::{self, more};
use crate::ui::{empty, facts, icon, section, words};
use domain::{area, mask};
use leptos::prelude::*;
use store::enterprise::{Enterprise, Member};
use store::identity::PersonIdentity;
use store::message::Message;
use time::OffsetDateTime;

/// My messages.
pub fn messages(page: &store::Page<Message>, unread: i64, chrome: Chrome, now: OffsetDateTime) -> Page {
    let desk = matches!(chrome, Chrome::Desk(_));
    let (base, action) = if desk { ("/desk/issues", "/desk/messages/read") } else { ("/issues", "/messages/read") };
    let path = if desk { "/desk/messages?" } else { "/messages?" };
    let body = if page.rows.is_empty() {
        empty("事情有进展时，消息会到这里。", None)
    } else {
        view! { <div class="card">{list::messages(&page.rows, base, now)}</div> }.into_any()
    };
    let newest = page.rows.first().map_or(0, |message| message.id);
    let read = (unread > 0).then(|| {
        view! {
            <form class="inline" method="post" action=action>
                {hidden("up_to", newest.to_string())}
                <button class="button secondary">"全部标为已读"</button>
            </form>
        }
    });
    Page::new(
        "消息",
        chrome,
        view! { <div class="title-row"><h1>"消息"</h1>{read}</div>{body}{more(path, page.next.as_deref())} },
    )
}

/// Me: the person, the enterprise, its members, the way out.
pub fn me(person: &PersonIdentity, enterprise: &Enterprise, members: &[Member]) -> Page {
    let rows = members.iter().map(|member| {
        let role = if member.role == "owner" { "负责人" } else { "经办人" };
        let line = format!("{} · {}", mask::phone(&member.phone), role);
        view! { <li class="cell"><div><strong>{member.name.clone()}</strong><span class="muted">{line}</span></div></li> }
    });
    let switch = (person.enterprise_count > 1)
        .then(|| view! { <p><a class="button secondary" href="/enterprises">{icon("swap")}"切换企业"</a></p> });
    Page::new(
        "我的",
        Chrome::Space(Tab::Me),
        view! {
            <h1>{person.name.clone()}</h1>
            <p class="muted">{mask::phone(&person.phone)}</p>
            {section("企业", view! {
                {facts(vec![
                    ("名称", words(enterprise.name.clone())),
                    ("统一社会信用代码", words(enterprise.uscc.clone())),
                    ("所在区县", words(area::name(enterprise.area))),
                    ("地址", words(if enterprise.address.is_empty() { "未登记".to_owned() } else { enterprise.address.clone() })),
                    ("行业", words(enterprise.industry.clone())),
                ])}
                {switch}
            })}
            {section("政策", view! {
                <ul class="cells">
                    <li class="cell"><a href="/me/portrait"><strong>"企业画像"</strong><span class="muted">"部门掌握的信息、自己填写的信息"</span></a></li>
                    <li class="cell"><a href="/applications"><strong>"我的申请"</strong><span class="muted">"到哪一步了"</span></a></li>
                    <li class="cell"><a href="/me/notices"><strong>"政策提醒"</strong><span class="muted">"怎样提醒、只看哪些主题"</span></a></li>
                </ul>
            })}
            {section("可以办事的人", view! { <ul class="cells">{rows.collect_view()}</ul> })}
            <crate::account::Leave/>
        },
    )
}

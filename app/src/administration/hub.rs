//! The front of administration. An administrator opens it at the desk, a few times a month, to change one thing.

use crate::administration::read;
use crate::api_key::act::PATH as KEYS;
use crate::render::{reads, title};
use crate::request::Request;
use leptos::prelude::*;

/// One thing that is kept.
struct Entry {
    href: &'static str,
    title: &'static str,
    about: &'static str,
}

/// What is kept, in the order in which a city is set up. A further page is a further line.
const ENTRIES: &[Entry] = &[
    Entry { href: "/desk/admin/areas", title: "区域", about: "市和区县的名称" },
    Entry { href: "/desk/admin/departments", title: "部门", about: "市级、区县部门，入驻和赋权" },
    Entry { href: "/desk/admin/stations", title: "驿站", about: "地址、电话、联系人" },
    Entry { href: "/desk/admin/boards", title: "服务板块", about: "板块和牵头部门" },
    Entry {
        href: "/desk/admin/categories", title: "事项类别", about: "类别、指向它的词、责任部门，区县可以指定自己的部门"
    },
    Entry { href: "/desk/templates", title: "答复模板", about: "全市和各部门常用的答复" },
    Entry { href: "/desk/admin/limits", title: "办理时限", about: "各环节的时限，按提交那天的版本办理" },
    Entry { href: "/desk/admin/work", title: "工作指标", about: "每月的走访、培训，进入通报和年度考核" },
    Entry { href: "/desk/admin/calendar", title: "工作日历", about: "节假日和调休" },
    Entry {
        href: "/desk/admin/texts", title: "通知用语、短信模板", about: "发给企业、部门、企服中心的消息，短信平台的模板编号"
    },
    Entry {
        href: "/desk/admin/routes", title: "通知方式", about: "每个环节用站内消息、短信还是邮件，告诉谁"
    },
    Entry { href: "/desk/admin/deliveries", title: "发送记录", about: "短信和邮件发出没有，重新发送" },
    Entry {
        href: "/desk/admin/staff", title: "工作人员", about: "账号、岗位和范围、首次密码、停用和移交"
    },
    Entry { href: KEYS, title: "接口密钥", about: "热线、会议、上级平台凭密钥提交诉求，由市级管理" },
    Entry {
        href: "/desk/admin/retention", title: "保存期限", about: "个人信息和记录保存多久，到期自动删除"
    },
    Entry {
        href: "/desk/admin/security", title: "安全日志", about: "登录、失败、拒绝、查看完整号码和导出"
    },
    Entry { href: "/desk/admin/log", title: "变更记录", about: "谁在什么时候改了什么，为什么，从哪天起" },
];

/// Links to everything that is kept.
#[component]
pub fn AdminPage() -> impl IntoView {
    let request = Request::current();
    reads(async move {
        let (place, waiting, whole) = read::hub(&mut *request.open().await?).await?;
        title("系统管理");
        // Keys are the whole city's alone: nobody is led where they may not go.
        let links = ENTRIES.iter().filter(|entry| whole || entry.href != KEYS).map(|entry| {
            view! { <li class="cell"><a href=entry.href><strong>{entry.title}</strong><span class="muted">{entry.about}</span></a></li> }
        });
        let waiting = (waiting > 0).then(|| {
            view! { <p><a href="/desk/admin/log?waiting=yes">{format!("有 {waiting} 项修改待生效")}</a></p> }
        });
        let view = view! {
            <h1>"系统管理"</h1>
            <p class="muted">{format!("管理范围：{place}")}</p>
            {waiting}
            <ul class="cells card">{links.collect_view()}</ul>
        };
        Ok(view.into_any())
    })
}

//! 隐私说明: what is kept of people, why, who reads it, for how long. Opened by whoever is about to give a telephone number, or wonders
//! afterwards. The times are those by which the retention job deletes today (`domain::retention`), and no others.

use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::{HOTLINE, HOTLINE_LINK, facts, icon, paragraph, section};
use domain::retention::{Act, Rule, span};
use leptos::prelude::*;

/// The page; anybody may read it.
#[component]
pub fn PrivacyPage() -> impl IntoView {
    let request = Request::current();
    reads(async move {
        let rules = {
            let mut ctx = request.open().await?;
            let today = ctx.today();
            store::retention::schedule(&mut ctx.conn).await?.rules(today)
        };
        title("隐私说明");
        Ok(page(&rules))
    })
}

fn page(rules: &[Rule]) -> AnyView {
    let rows = rules.iter().map(|rule| {
        let (what, from) = rule.parts();
        (what, paragraph(&format!("{from}{}", kept(rule))))
    });
    view! {
        <article class="stack">
            <h1>"隐私说明"</h1>
            <p class="lead">"只收办事要用的信息，用完到期就删。"</p>
            {section("收什么，为什么", view! {
                <ul class="plain">
                    <li><strong>"手机号和姓名"</strong>"：确认您是谁、为哪家企业办事，办理时联系您。"</li>
                    <li><strong>"诉求的内容、地点、照片和文件"</strong>"：办理这件事。照片里的拍摄位置等信息，收到时就去掉。"</li>
                    <li><strong>"企业信息"</strong>"：由部门提供或您自己填写，用来匹配政策和审核申请。"</li>
                    <li><strong>"登录记录"</strong>"：防止别人冒用您的账号。"</li>
                </ul>
            })}
            {section("谁能看", view! {
                <ul class="plain">
                    <li>"诉求：本企业的联系人，受理它的企服中心，办理它的部门，为本企业服务的驿站，以及依职责督办的人员。"</li>
                    <li>"申请：本企业的联系人，审核它的部门。"</li>
                    <li>"手机号平时遮住中间四位；工作人员因办理查看完整号码，每次都有记录。"</li>
                    <li>"不向办理以外的任何人提供，不用于广告。"</li>
                </ul>
            })}
            {section("保存多久", view! {
                <p>"到期由系统自动处理："</p>
                {facts(rows.collect())}
                <p class="muted">"办理经过和决定属于办事记录，依法长期保存；记录里的联系人和电话按上表到期去掉。"</p>
            })}
            {section("您可以", view! {
                <ul class="plain">
                    <li>"在“我的”里查看本企业的信息，对有误的数据提出核实，退出所有设备。"</li>
                    <li>"企业负责人可以随时移除联系人。"</li>
                    <li>"要查阅、更正或删除个人信息，致电"<a href=HOTLINE_LINK>{icon("phone")}{HOTLINE}</a>"，或到就近的企服驿站。"</li>
                </ul>
            })}
        </article>
    }
    .into_any()
}

/// How long, in words: `立即删除`, `保存 2 天，然后删除`, `保存 3 年，然后去掉姓名和电话`.
fn kept(rule: &Rule) -> String {
    let then = match rule.act {
        Act::Delete => "删除",
        Act::Anonymise => "去掉姓名和电话",
    };
    match rule.keep.whole_days() {
        0 => format!("立即{then}"),
        days => format!("保存 {}，然后{then}", span(days)),
    }
}

//! Me (我的): the person, the enterprise, its members, the way out. Opened on a phone, rarely, to look something up or to leave.

use super::read::{self, Me};
use crate::account::{act, leave};
use crate::delivery::MEMBER_MAIL;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::{facts, icon, section, words};
use domain::mask;
use leptos::prelude::*;

/// The page.
#[component]
pub fn MePage() -> impl IntoView {
    let request = Request::current();
    reads(async move {
        let mut ctx = request.open().await?;
        let me = read::me(&mut ctx).await?;
        let leave = leave(&act::sessions(&mut ctx, &request).await?, ctx.now);
        let place = ctx.reference.area(me.enterprise.area);
        title("我的");
        Ok(page(&me, place, leave))
    })
}

fn page(me: &Me, place: String, leave: AnyView) -> AnyView {
    let Me { person, enterprise, industry, members, sms, mail } = me;
    let typed = Form::typed();
    let summary = typed.summary();
    let typed = typed.or("mail", mail.clone());
    let rows = members.iter().map(|member| {
        let line = format!("{} · {}", mask::phone(&member.phone), member.role.label());
        view! { <li class="cell"><div><strong>{member.name.clone()}</strong><span class="muted">{line}</span></div></li> }
    });
    let switch = (person.enterprise_count > 1)
        .then(|| view! { <p><a class="button secondary" href="/enterprises">{icon("swap")}"切换企业"</a></p> });
    view! {
        {summary}
        <h1>{person.name.clone()}</h1>
        <p class="muted">{mask::phone(&person.phone)}</p>
        {section("企业", view! {
            {facts(vec![
                ("名称", words(enterprise.name.clone())),
                ("统一社会信用代码", words(enterprise.uscc.clone())),
                ("所在区县", words(place)),
                ("地址", words(if enterprise.address.is_empty() { "未登记".to_owned() } else { enterprise.address.clone() })),
                ("行业", words(industry.clone())),
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
        {section("短信提醒", view! {
            <form method="post" action="/me/sms" class="stack">
                <fieldset class="field choices" aria-label="短信提醒">
                    <div class="choice">
                        <input type="checkbox" id="issue_sms" name="issue_sms" value="on" checked=*sms/>
                        <label for="issue_sms"><span>"诉求有进展时发短信给我"<small>"只说编号和到了哪一步，不说内容；晚上 8 点到早上 8 点不发"</small></span></label>
                    </div>
                </fieldset>
                <p><button class="button secondary">"保存"</button></p>
            </form>
        })}
        {section("邮件提醒", view! {
            <form method="post" action="/me/mail" class="stack" novalidate>
                {MEMBER_MAIL.view(&typed)}
                <p><button class="button secondary">"保存"</button></p>
            </form>
        })}
        {section("企业联系人", view! {
            <ul class="cells">{rows.collect_view()}</ul>
            <p class="more"><a href="/me/members">"谁能办什么、增减联系人"</a></p>
        })}
        {leave}
        <p class="aside"><a href="/privacy">"隐私说明"</a></p>
    }
    .into_any()
}

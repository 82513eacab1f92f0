//! One issue at the desk: everything about it on the left, what this person may do now on the right.

use super::actions::actions;
use super::keys::keys;
use crate::islands::{DeskKeys, LiveProgress};
use crate::issue::read::StaffIssue;
use crate::issue::view::{clocks, flag_tag, photos, state_tag, timeline};
use crate::render::Page;
use crate::shell::{Chrome, Section};
use crate::ui::form::Form;
use crate::ui::{back, facts, icon, section, words};
use domain::area;
use domain::area::centre_name;
use domain::calendar::WorkCalendar;
use domain::catalogue;
use domain::enterprise::EnterpriseClass;
use domain::issue::Urgency;
use domain::mask;
use leptos::prelude::*;
use store::reference::Reference;
use time::OffsetDateTime;

/// The page. `form` holds what was typed into the action that was refused, if one was.
pub fn issue(
    page: &StaffIssue,
    form: &Form,
    open: Option<&str>,
    now: OffsetDateTime,
    calendar: &WorkCalendar,
    reference: &Reference,
) -> Page {
    let detail = &page.detail;
    let issue = &page.issue;
    let number = detail.number.clone();
    let class = EnterpriseClass::parse(&detail.enterprise_class).map_or("", EnterpriseClass::label);
    let history = format!("近一年 {} 件，{} 件不满意", page.history.year, page.history.dissatisfied);
    let department = issue.lead.map_or_else(|| "尚未交办".to_owned(), |id| reference.department(id));
    let co: Vec<String> = issue.co.iter().map(|id| reference.department(*id)).collect();
    let urgent = (issue.urgency == Urgency::Urgent).then(|| view! { <span class="tag late">{icon("warn")}"紧急"</span> });
    let round =
        (issue.round > 1).then(|| view! { <span class="tag warn">{icon("loop")}{format!("第 {} 轮", issue.round)}</span> });
    // Whoever must call sees the number; the others need only know whom.
    let calls = !page.commands.is_empty();
    let phone = if calls { detail.contact_phone.clone() } else { mask::phone(&detail.contact_phone) };
    let live = format!("/desk/issues/{number}/events?after={}", issue.version);
    Page::new(
        format!("{number} {}", detail.title),
        Chrome::Desk(Section::Queue),
        view! {
            {back("/desk", "工作台")}
            {form.summary()}
            <div class="title-row">
                <div>
                    <p class="number muted">{number}</p>
                    <h1>{detail.title.clone()}</h1>
                </div>
                <p class="tags">{state_tag(issue.state)}{urgent}{round}{issue.flags.iter().map(|flag| flag_tag(*flag)).collect_view()}</p>
            </div>
            <p class="muted">{format!("{} · {} · {class} · {history}", detail.enterprise_name, detail.uscc)}</p>
            <div class="two-columns">
                <div>
                    {section("问题", view! {
                        {words(detail.body.clone())}
                        {photos(detail, 1)}
                        {facts(vec![
                            ("类别", words(format!("{} · {} · {}", catalogue::category_name(&issue.category), issue.level, issue.urgency))),
                            ("地点", words(format!("{} {}", area::name(issue.area), detail.place))),
                            ("联系", words(format!("{} {phone}", detail.contact_name))),
                            ("渠道", words(issue.channel.label())),
                            ("受理", words(centre_name(issue.centre))),
                            ("主办", words(department)),
                            ("协办", words(if co.is_empty() { "无".to_owned() } else { co.join("、") })),
                        ])}
                    })}
                    <div id="live" data-events=live>
                        {section("时限", clocks(issue, now, calendar))}
                        {section("办理过程", timeline(detail, page.internal, now, reference))}
                    </div>
                </div>
                <div class="acts">{actions(page, form, open, now, calendar, reference)}</div>
            </div>
            {keys()}
            <DeskKeys/>
            <LiveProgress/>
        },
    )
    .with_islands()
}

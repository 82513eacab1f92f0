//! Applying: what is frozen, who to call, what to bring, one button. Two minutes on a phone.

use super::files::{ACCEPTED, files_input, kept_file};
use super::item::PolicyParams;
use crate::carried::Carried;
use crate::error::AppError;
use crate::form::Form;
use crate::module::Module;
use crate::policy::read::{self, ItemPage, Offer};
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::SubmitButton;
use crate::ui::form::{Field, field, hidden, whose};
use crate::ui::policy::{amount, day};
use crate::ui::{back, facts, figures, icon, section, words as text};
use domain::calendar::words as calendar;
use domain::policy::model::{Item, Mode};
use domain::policy::words;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use store::policy::application::File;
use time::OffsetDateTime;

const NAME: Field = Field { max: 30, autocomplete: "name", ..field("contact_name", "联系人", "") };
const PHONE: Field =
    Field { kind: "tel", inputmode: "tel", max: 20, autocomplete: "tel", ..field("contact_phone", "联系电话", "") };
const NOTE: Field = Field { rows: 3, max: 500, optional: true, ..field("note", "补充说明", "") };

/// The form.
#[component]
pub fn ApplyPage() -> impl IntoView {
    let params = use_params::<PolicyParams>().get_untracked();
    let request = Request::current();
    let form = Form::typed();
    reads(async move {
        let code = params.map_err(|_| AppError::NotFound)?.code;
        let (offer, now) = {
            let mut ctx = request.open().await?;
            (read::offer(&mut ctx, &code, form).await?, ctx.now)
        };
        Ok(apply(&offer, now))
    })
}

fn apply(offer: &Offer, now: OffsetDateTime) -> AnyView {
    let Offer { page, form, .. } = offer;
    let item = page.view.item(&page.outcome);
    let library = &page.view.shelf.library;
    let (heading, button) = match item.apply.mode {
        _ if page.withheld.is_some() => ("备好申请", "交负责人提交"),
        Mode::Enjoy | Mode::Automatic => ("确认收款账户", "确认账户，等待拨付"),
        Mode::Express => ("一键申领", "提交申领"),
        Mode::Declare => ("申报", "提交申报"),
    };
    title(heading);
    let explained = page.view.shelf.book.explain(page.outcome.item, &page.view.facts);
    let used = explained.iter().map(|leaf| {
        view! { <li>{figures(&words::asked(library, leaf))}"："<strong>{figures(&words::actual(library, leaf))}</strong></li> }
    });
    let frozen = facts(vec![
        ("政策", figures(&item.title)),
        ("企业", text(offer.member.enterprise.name.clone())),
        ("测算金额", figures(&amount(item, &page.outcome))),
        ("计算方法", figures(&words::formula(library, &item.amount, &page.view.facts))),
        ("测算日期", figures(&day(page.view.evaluation.as_of))),
        ("政策版本", figures(&format!("第 {} 版", item.version))),
    ]);
    let lead = match page.withheld.clone() {
        Some(who) => view! { <p class="lead">{icon("lock")}{who}"。您可以先备好，负责人会收到通知。"</p> }.into_any(),
        None if item.apply.mode == Mode::Automatic => {
            view! { <p class="lead">"不用申报。确认拨付到本企业登记的对公账户即可；账户有变动，请写在补充说明里。"</p> }
                .into_any()
        }
        None => view! { <p class="lead">"提交后，金额按现在的政策版本和企业信息锁定，由部门审核。"</p> }.into_any(),
    };
    let action = format!("/policies/{}/apply", item.id);
    let href = format!("/policies/{}", item.id);
    let files = (item.apply.mode == Mode::Declare).then(|| file_field(item, &offer.files, form));
    view! {
            {back(href, "返回政策")}
            {form.summary()}
            <h1>{heading}</h1>
            {lead}
            {ready(page, now)}
            <form id="command" method="post" action=action enctype="multipart/form-data" class="stack" novalidate>
                {hidden("key", form.value("key"))}
                {whose(form)}
                {section("将提交的内容", view! { {frozen}<ul class="plain">{used.collect_view()}</ul> })}
                {files}
                {section("联系谁", view! { {NAME.view(form)}{PHONE.view(form)}{NOTE.view(form)} })}
                <div class="actions"><SubmitButton label=button.to_owned() module=Carried(Module::Space)/></div>
            </form>
    }
    .into_any()
}

/// Who made it ready, and when.
pub(super) fn ready(page: &ItemPage, now: OffsetDateTime) -> Option<AnyView> {
    let ready = page.prepared.as_ref()?;
    let line = format!("{} {} 备好，等负责人核对提交。", ready.person_name, calendar::moment(ready.at, now));
    Some(view! { <p class="muted">{icon("check")}{figures(&line)}</p> }.into_any())
}

/// A place for each material, and one for anything else; files that came already are kept with the material they are.
fn file_field(item: &Item, files: &[File], form: &Form) -> AnyView {
    let slots = item.apply.materials.iter().enumerate().map(|(place, material)| {
        let name = format!("material-{place}");
        let mine = files.iter().filter(|file| file.material.is_some_and(|of| usize::try_from(of) == Ok(place)));
        let kept: Vec<AnyView> = mine.map(kept_file).collect();
        view! {
            <div class="field">
                <label for=name.clone()>{figures(material)}</label>
                <ul class="plain files">{kept}</ul>
                <input id=name.clone() name=name type="file" multiple accept=ACCEPTED/>
            </div>
        }
    });
    let slots = slots.collect_view();
    let others: Vec<File> = files.iter().filter(|file| file.material.is_none()).cloned().collect();
    let label = if item.apply.materials.is_empty() { "上传文件" } else { "其他材料" };
    section("材料", view! { {slots}{files_input(label, &others, form)} })
}

//! Applying: what is frozen, who to call, what to bring, one button. Two minutes on a phone.

use crate::api::policy::Offer;
use crate::islands::SubmitOnce;
use crate::render::Page;
use crate::shell::{Chrome, Tab};
use crate::ui::form::{Field, Form, field, hidden};
use crate::ui::policy::{amount, day};
use crate::ui::{back, facts, icon, section, words as text};
use domain::policy::model::{Item, Mode};
use domain::policy::words;
use leptos::prelude::*;
use store::policy::application::File;

const NAME: Field = Field { max: 30, autocomplete: "name", ..field("contact_name", "联系人", "") };
const PHONE: Field =
    Field { kind: "tel", inputmode: "tel", max: 20, autocomplete: "tel", ..field("contact_phone", "联系电话", "") };
const NOTE: Field = Field { rows: 3, max: 500, optional: true, ..field("note", "补充说明", "") };

/// The form.
pub fn apply(offer: &Offer, form: &Form) -> Page {
    let page = &offer.page;
    let item = page.view.item(&page.outcome);
    let library = &page.view.shelf.library;
    let (title, button) = match item.apply.mode {
        Mode::Automatic => ("确认领取", "确认领取"),
        Mode::Express => ("一键申领", "提交申领"),
        Mode::Declare => ("申报", "提交申报"),
    };
    let explained = page.view.shelf.book.explain(page.outcome.item, &page.view.facts);
    let used = explained.iter().map(|leaf| {
        view! { <li>{words::requirement(library, &leaf.leaf.test)}"："<strong>{words::actual(library, leaf)}</strong></li> }
    });
    let frozen = facts(vec![
        ("政策", text(item.title.clone())),
        ("企业", text(offer.enterprise.clone())),
        ("测算金额", text(amount(item, &page.outcome))),
        ("计算方法", text(words::formula(library, &item.amount, &page.view.facts))),
        ("测算日期", text(day(page.view.evaluation.as_of))),
        ("政策版本", text(format!("第 {} 版", item.version))),
    ]);
    let action = format!("/policies/{}/apply", item.id);
    let href = format!("/policies/{}", item.id);
    let files = (item.apply.mode == Mode::Declare).then(|| file_field(item, &offer.files, form));
    Page::new(
        title,
        Chrome::Space(Tab::Policies),
        view! {
            {back(href, "返回政策")}
            {form.summary()}
            <h1>{title}</h1>
            <p class="lead">"提交后，金额按现在的政策版本和企业信息锁定，由部门审核。"</p>
            <form id="command" method="post" action=action enctype="multipart/form-data" class="stack" data-once="" novalidate>
                {hidden("key", form.value("key"))}
                {section("将提交的内容", view! { {frozen}<ul class="plain">{used.collect_view()}</ul> })}
                {files}
                {section("联系谁", view! { {NAME.view(form)}{PHONE.view(form)}{NOTE.view(form)} })}
                <button class="button" type="submit">{button}</button>
            </form>
            <SubmitOnce/>
        },
    )
    .with_islands()
}

/// Files: those that came already, and a place for more.
pub fn file_field(item: &Item, files: &[File], form: &Form) -> AnyView {
    let materials = item.apply.materials.iter().map(|material| view! { <li>{material.clone()}</li> }).collect_view();
    section("材料", view! { <ul class="plain">{materials}</ul>{file_input(files, form)} })
}

/// The control alone.
pub fn file_input(files: &[File], form: &Form) -> AnyView {
    let kept = files.iter().map(|file| {
        let id = file.id.to_string();
        let drop = format!("drop-{id}");
        view! {
            <li class="file">
                {hidden("file", id.clone())}
                <span>{icon("check")}{file.name.clone()}{format!("（{}）", size(file.bytes))}</span>
                <span class="choice">
                    <input type="checkbox" id=drop.clone() name="drop" value=id/><label for=drop><span>"不要这个"</span></label>
                </span>
            </li>
        }
    });
    let fault =
        form.error("files").map(|message| view! { <p class="fault" id="files-error">{icon("warn")}{message.to_owned()}</p> });
    let bad = fault.is_some();
    view! {
        <ul class="plain files">{kept.collect_view()}</ul>
        <div class="field" class:bad=bad>
            <label for="files">"上传文件"</label>
            <p class="hint" id="files-hint">"PDF、图片、Word 或 Excel，每个不超过 10 MB，最多 10 个"</p>
            {fault}
            <input id="files" name="files" type="file" multiple accept=".pdf,.jpg,.jpeg,.png,.docx,.xlsx" aria-describedby="files-hint"
                aria-invalid=bad.then_some("true")/>
        </div>
    }
    .into_any()
}

/// A size as people read it.
pub fn size(bytes: i64) -> String {
    if bytes >= 1_000_000 { format!("{:.1} MB", bytes as f64 / 1_000_000.0) } else { format!("{} KB", (bytes / 1_000).max(1)) }
}

//! Filing a problem (提诉求).
//!
//! An owner opens this on a phone, beside the flooded road, on a slow network: one screen of questions, each with an example; only what
//! happened and a phone number are required. Station staff open it at a desk with the owner beside them (代办).

use crate::api::filing::{Draft, photo_ids, suggestions};
use crate::islands::{DraftClear, DraftKeeper, PhotoPicker, SubmitOnce, Suggest, TextCounter};
use crate::render::Page;
use crate::shell::Chrome;
use crate::ui::form::{Choice, Field, Form, choices, field, hidden, select, submit};
use crate::ui::{back, facts, icon, words};
use domain::calendar::words as calendar_words;
use domain::catalogue;
use domain::issue::{Issue, MAX_PHOTOS};
use leptos::prelude::*;
use store::issue::IssueDetail;
use time::OffsetDateTime;
use uuid::Uuid;

const TEXT: Field =
    Field {
        max: 2000, rows: 5, ..field("text", "遇到了什么问题？", "例如：厂房东门外道路积水，一下雨货车进不来，已经三天了")
    };
const TITLE: Field =
    Field { max: 60, optional: true, ..field("title", "一句话标题", "不写也行，我们从上面的话里取") };
const PLACE: Field = Field {
    max: 120,
    optional: true,
    autocomplete: "street-address",
    ..field("place", "在哪里？", "例如：织里镇栋梁路 88 号东门")
};
const CONTACT_NAME: Field = Field { max: 30, autocomplete: "name", ..field("contact_name", "联系谁？", "") };
const CONTACT_PHONE: Field = Field {
    kind: "tel",
    autocomplete: "tel",
    inputmode: "tel",
    max: 30,
    ..field("contact_phone", "联系电话", "手机，或带区号的座机")
};

/// Where the forms of a filing lead: the space's, or the desk's for an assisted one.
#[derive(Debug, Clone)]
pub struct Paths {
    /// The questions.
    pub questions: String,
    /// The final step.
    pub file: String,
    /// What stands around.
    pub chrome: Chrome,
    /// For whom, in an assisted filing.
    pub beside: Option<String>,
}

impl Paths {
    /// Those of the enterprise's own space.
    pub fn space() -> Paths {
        Paths {
            questions: "/issues/new".into(),
            file: "/issues/file".into(),
            chrome: Chrome::Space(crate::shell::Tab::New),
            beside: None,
        }
    }
}

/// The questions.
pub fn questions(form: &Form, paths: &Paths) -> Page {
    let kept = photo_ids(form);
    let room = usize::from(MAX_PHOTOS).saturating_sub(kept.len());
    let beside = paths
        .beside
        .clone()
        .map(|name| view! { <p class="flash">{icon("building")}"正在为 "{name}" 代办，请企业联系人在旁确认"</p> });
    Page::new(
        "提诉求",
        paths.chrome,
        view! {
            {form.summary()}
            <h1>"提诉求"</h1>
            {beside}
            <form id="filing" data-draft="" data-once="" method="post" action=paths.questions.clone() enctype="multipart/form-data" novalidate class="stack">
                {hidden("key", form.value("key"))}
                <section class="card">
                    <DraftKeeper/>
                    {TEXT.view(form)}
                    <TextCounter/>
                    {TITLE.view(form)}
                </section>
                <section class="card">
                    <div id="suggestions">{suggested(form)}</div>
                    <Suggest/>
                    {select(form, "category", "其他分类", Some("按上面的选择"), categories())}
                </section>
                <section class="card">
                    {PLACE.view(form)}
                    {photo_field(form, &kept, room)}
                </section>
                <section class="card">
                    {CONTACT_NAME.view(form)}
                    {CONTACT_PHONE.view(form)}
                </section>
                <div class="actions">{submit("下一步：核对")}</div>
            </form>
            <SubmitOnce/>
        },
    )
    .with_islands()
}

/// The photo question: what was uploaded before, and a picker for more.
pub fn photo_field(form: &Form, kept: &[Uuid], room: usize) -> AnyView {
    let error = form.error("photos").map(str::to_owned);
    let fault = error.clone().map(|error| view! { <p class="fault" id="photos-error">{icon("warn")}{error}</p> });
    let kept_view = (!kept.is_empty()).then(|| {
        let items = kept.iter().enumerate().map(|(index, id)| {
            let thumb = format!("/photos/{id}/thumb");
            let value = id.to_string();
            let box_id = format!("drop-{id}");
            view! {
                <li>
                    <img src=thumb alt=format!("已上传的照片 {}", index + 1) width="80" height="80"/>
                    {hidden("photo", value.clone())}
                    <input type="checkbox" id=box_id.clone() name="drop" value=value/>
                    <label for=box_id>"删除"</label>
                </li>
            }
        });
        view! { <ul class="photo-grid kept">{items.collect_view()}</ul> }
    });
    let hint = format!("最多 {MAX_PHOTOS} 张，JPEG、PNG 或 WebP，每张不超过 10 MB");
    view! {
        <div class="field" class:bad=error.is_some()>
            <label for="photos">"拍几张照片"<span class="optional">"（选填）"</span></label>
            <p class="hint" id="photos-hint">{hint}</p>
            {fault}
            {kept_view}
            <input id="photos" name="photos" type="file" accept="image/jpeg,image/png,image/webp" multiple data-room=room.to_string() aria-describedby="photos-hint"/>
            <PhotoPicker/>
        </div>
    }
    .into_any()
}

/// The suggestions for what has been typed; an island replaces this part while typing.
pub fn suggested(form: &Form) -> AnyView {
    let found = suggestions(form);
    if found.is_empty() {
        return view! { <p class="hint">"写好问题后，这里会提示可能的分类。拿不准可以不选。"</p> }.into_any();
    }
    let mut list: Vec<Choice> = found
        .iter()
        .map(|suggestion| Choice {
            value: suggestion.category.code.to_owned(),
            label: suggestion.category.name.to_owned(),
            detail: catalogue::board(suggestion.category.board).map_or(String::new(), |board| board.name.to_owned()),
            drawing: None,
        })
        .collect();
    list.push(Choice { value: "other".into(), label: "都不是".into(), detail: "在下面选".into(), drawing: None });
    choices(form, "radio", "suggested", "属于哪一类？", "big", list)
}

/// Every category, by board.
pub fn categories() -> Vec<(String, Vec<(String, String)>)> {
    catalogue::BOARDS
        .iter()
        .map(|board| {
            let list = catalogue::CATEGORIES.iter().filter(|category| category.board == board.code);
            (board.name.to_owned(), list.map(|category| (category.code.to_owned(), category.name.to_owned())).collect())
        })
        .collect()
}

/// 请核对: what was typed, with a way back, and the button that files it.
pub fn check(draft: &Draft, form: &Form, paths: &Paths) -> Page {
    let category = catalogue::category_name(&draft.submission.category).to_owned();
    let chosen = form.value("category").is_empty() && form.value("suggested").is_empty();
    let reason = chosen.then(|| view! { <small class="muted">" 根据您的描述选择"</small> });
    let photos = (!draft.photos.is_empty()).then(|| {
        let items = draft.photos.iter().enumerate().map(|(index, id)| {
            view! { <li><img src=format!("/photos/{id}/thumb") alt=format!("照片 {}", index + 1) width="80" height="80"/></li> }
        });
        view! { <ul class="photo-grid">{items.collect_view()}</ul> }
    });
    let place = if draft.submission.place.is_empty() { "未填写".to_owned() } else { draft.submission.place.clone() };
    Page::new(
        "请核对",
        paths.chrome,
        view! {
            <h1>"请核对"</h1>
            <section class="card">
                {facts(vec![
                    ("标题", words(draft.submission.title.clone())),
                    ("问题", words(draft.submission.text.clone())),
                    ("分类", view! { <p>{category}{reason}</p> }.into_any()),
                    ("地点", words(place)),
                    ("照片", photos.map_or_else(|| words("没有"), IntoAny::into_any)),
                    ("联系", words(format!("{} {}", draft.contact_name, draft.contact_phone))),
                ])}
            </section>
            <form id="file" data-once="" method="post" action=paths.file.clone() class="actions">
                {carried(draft)}
                {submit("确认提交")}
                <button class="button secondary" formaction=paths.questions.clone() name="step" value="edit">"返回修改"</button>
            </form>
            <SubmitOnce/>
        },
    )
    .with_islands()
}

/// The draft as hidden fields, so that going back or sending twice loses nothing.
fn carried(draft: &Draft) -> AnyView {
    let photos = draft.photos.iter().map(|id| hidden("photo", id.to_string())).collect_view();
    view! {
        {hidden("key", draft.key.to_string())}
        {hidden("title", draft.submission.title.clone())}
        {hidden("text", draft.submission.text.clone())}
        {hidden("category", draft.submission.category.clone())}
        {hidden("place", draft.submission.place.clone())}
        {hidden("contact_name", draft.contact_name.clone())}
        {hidden("contact_phone", draft.contact_phone.clone())}
        {photos}
    }
    .into_any()
}

/// 回执: the number, what is promised, what comes next.
pub fn receipt(detail: &IssueDetail, issue: &Issue, now: OffsetDateTime, chrome: Chrome, base: &'static str) -> Page {
    let number = detail.number.clone();
    let href = format!("{base}/{number}");
    let promised = issue.answer.map(|clock| calendar_words::due(clock.due, now));
    let contact = issue.contact.map(|clock| calendar_words::due(clock.due, now));
    let again =
        matches!(chrome, Chrome::Space(_)).then(|| view! { <a class="button secondary" href="/issues/new">"再提一个"</a> });
    Page::new(
        "已提交",
        chrome,
        view! {
            <section class="card receipt">
                <h1>{icon("check")}"已提交"</h1>
                <p class="number">{number}</p>
                <p>{detail.title.clone()}</p>
                {contact.map(|when| view! { <p>"工作人员会在"<strong>{when}</strong>"联系您"</p> })}
                {promised.map(|when| view! { <p>"最迟"<strong>{when}</strong>"给您答复"</p> })}
                <ol class="steps">
                    <li aria-current="step">"企服中心受理"</li>
                    <li>"部门办理"</li>
                    <li>"请您评价"</li>
                </ol>
                <p class="muted">"截图或打印本页即可保存回执。"</p>
            </section>
            <div class="actions">
                <a class="button" href=href>"查看进度"</a>
                {again}
            </div>
            {back("/issues", "全部诉求")}
            <DraftClear/>
        },
    )
    .with_islands()
}

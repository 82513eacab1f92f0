//! Filing a problem (提诉求).
//!
//! An owner opens this on a phone, beside the flooded road, on a slow network: one screen of questions, each with an example; only what
//! happened and a phone number are required. Station staff open it at a desk with the owner beside them (代办).

use super::Side;
use super::act::{self, Checked, Offer};
use super::draft;
use super::island::{DraftFiled, FORM, FilingForm, Photos, Questions, Similar};
use super::rpc::{Solved, Suggested};
use super::similar;
use crate::account::totp::picture;
use crate::carried::Carried;
use crate::error::AppError;
use crate::form::{Form, WHOSE};
use crate::issue;
use crate::issue::timeline::{Photos as Pictures, labelled};
use crate::module::Module;
use crate::render::{reads, title};
use crate::request::{Ctx, Request};
use crate::ui::SubmitButton;
use crate::ui::form::{Field, field, hidden, select_of};
use crate::ui::{back, facts, figures, icon, paragraph, words};
use domain::calendar::words as calendar_words;
use domain::catalogue::Edition;
use domain::issue::{Issue, MAX_PHOTOS};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::{use_params, use_query};
use leptos_router::params::Params;
use store::enterprise::Enterprise;
use store::issue::IssueDetail;
use store::reference::Reference;
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

/// The questions of a member.
#[component]
pub fn FilingPage() -> impl IntoView {
    questions_page(|| Ok(Side::Own))
}

/// The questions with the owner beside (代办).
#[component]
pub fn AssistFilingPage() -> impl IntoView {
    questions_page(beside)
}

/// The enterprise beside the station's desk.
#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct BesideParams {
    enterprise: i64,
}

/// The side that the path names.
fn beside() -> Result<Side, AppError> {
    let params = use_params::<BesideParams>().get_untracked().map_err(|_| AppError::NotFound)?;
    Ok(Side::Beside(params.enterprise))
}

/// Which draft a page is of.
#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct DraftQuery {
    draft: Option<String>,
}

fn drafted() -> Option<String> {
    use_query::<DraftQuery>().get_untracked().unwrap_or_default().draft
}

fn questions_page(side: fn() -> Result<Side, AppError>) -> impl IntoView {
    let (side, asked) = (side(), drafted());
    let request = Request::current();
    let form = use_context::<Form>();
    reads(async move {
        let side = side?;
        let mut ctx = request.open().await?;
        let (form, restored) = match form {
            Some(refused) => (refused, false),
            None => draft::resume(&mut ctx, side, asked.as_deref()).await?,
        };
        let offer = act::offer(&mut ctx, side, form).await?;
        let suggested = act::suggested(&mut ctx, &offer.form).await?;
        title("提诉求");
        Ok(questions(&offer, side, restored, suggested, &ctx))
    })
}

fn questions(offer: &Offer, side: Side, restored: bool, suggested: Suggested, ctx: &Ctx) -> AnyView {
    let (today, reference) = (ctx.catalogue(), &ctx.reference);
    let form = &offer.form;
    // Pictures and files as well: the server has them.
    let restored = restored.then(|| {
        let empty = side.questions_of("none");
        view! { <p class="flash" role="status">{icon("pen")}<span>"上次核对后没有提交，已恢复内容、照片和文件"</span><a href=empty>"重新填写"</a></p> }
    });
    let beside = matches!(side, Side::Beside(_)).then(|| {
        let enterprise = offer.enterprise.clone();
        view! { <p class="flash">{icon("building")}"正在为 "{enterprise}" 代办，请企业联系人在旁确认"</p> }
    });
    let questions = Questions {
        action: side.questions(),
        key: form.value("key").to_owned(),
        whose: form.value(WHOSE).to_owned(),
        owner: offer.owner.clone(),
        text: TEXT.question(form),
        title: TITLE.question(form),
        place: PLACE.question(form),
        contact_name: CONTACT_NAME.question(form),
        contact_phone: CONTACT_PHONE.question(form),
        hints: suggested.hints,
        cases: suggested.cases,
        suggested: form.value("suggested").to_owned(),
        category: form.value("category").to_owned(),
        photos: photo_question(form, side),
    };
    let area = area_question(offer, reference);
    let boards = categories(today);
    let categories = select_of(Some(FORM), form, "category", "其他分类", Some("按上面的选择"), boards);
    view! {
        {form.summary()}
        <h1>"提诉求"</h1>
        {beside}
        {restored}
        <FilingForm questions=Carried(questions)/>
        <section class="card">{categories}{area}</section>
        <div class="actions"><button class="button" type="submit" form=FORM>"下一步：核对"</button></div>
        <p class="muted">"填写的内容只用于办理这件事。"<a href="/privacy">"隐私说明"</a></p>
    }
    .into_any()
}

/// Where it happened decides which centre takes it, not where the enterprise is registered (S-2).
fn area_question(offer: &Offer, reference: &Reference) -> AnyView {
    let registered = reference.area(offer.registered);
    let areas = reference.areas.iter().map(|area| (area.code.to_string(), area.name.clone()));
    let list = [(String::new(), format!("按上面的地点；没写明区县的，按登记地{registered}"))].into_iter().chain(areas).collect();
    select_of(Some(FORM), &offer.form, "area", "在哪个区县？", None, vec![(String::new(), list)])
}

/// The photo question of a form, with what was uploaded before.
pub fn photo_question(form: &Form, side: Side) -> Photos {
    Photos {
        upload: side.photos(),
        kept: form.ids("photo").iter().map(Uuid::to_string).collect(),
        fault: form.error("photos").map(str::to_owned),
        most: MAX_PHOTOS,
    }
}

/// Every category that may be chosen, by board.
pub fn categories(today: Edition<'_>) -> Vec<(String, Vec<(String, String)>)> {
    let all = today.categories();
    today
        .boards()
        .into_iter()
        .map(|board| {
            let list = all.iter().filter(|category| category.board == board.code);
            (board.name.clone(), list.map(|category| (category.code.clone(), category.name.clone())).collect())
        })
        .collect()
}

/// 请核对, of a member.
#[component]
pub fn CheckPage() -> impl IntoView {
    check_page(|| Ok(Side::Own))
}

/// 请核对, with the owner beside.
#[component]
pub fn AssistCheckPage() -> impl IntoView {
    check_page(beside)
}

/// What was typed, with a way back, and the button that files it. Opened without a draft, it leads back to the questions.
fn check_page(side: fn() -> Result<Side, AppError>) -> impl IntoView {
    let (side, asked) = (side(), drafted());
    let request = Request::current();
    reads(async move {
        let side = side?;
        let mut ctx = request.open().await?;
        let (checked, form) = draft::look(&mut ctx, side, asked.as_deref()).await?;
        let words = format!("{} {}", checked.submission.title, checked.submission.text);
        let terms = ctx.terms.clone();
        let fit = terms.route(&words, ctx.now);
        let like = similar::beside(&mut ctx, words, &fit).await?;
        title("请核对");
        Ok(check(&ctx, &checked, &form, side, like)?)
    })
}

fn check(ctx: &Ctx, checked: &Checked, form: &Form, side: Side, like: Vec<Solved>) -> Result<AnyView, AppError> {
    let (today, reference) = (ctx.catalogue(), &ctx.reference);
    let category = today.category_name(&checked.submission.category).to_owned();
    let chosen = form.value("category").is_empty() && form.value("suggested").is_empty();
    let reason = chosen.then(|| view! { <small class="muted">" 根据您的描述选择"</small> });
    let photos = (!checked.photos.is_empty()).then(|| view! { <Pictures photos=labelled(&checked.photos)/> });
    let place = if checked.submission.place.is_empty() { "未填写".to_owned() } else { checked.submission.place.clone() };
    let centre = format!("{}（{}）", reference.centre(checked.submission.area), reference.area(checked.submission.area));
    let id = checked.key.to_string();
    let questions = side.questions_of(&id);
    // Each line leads back to its own question, with everything else kept.
    let line = |field: &'static str, name: &'static str, value: AnyView| {
        let to = format!("{questions}#{field}");
        let edit = view! { <a class="link" href=to>"修改"<span class="hidden">{name}</span></a> };
        (name, view! { <div class="editable">{value}{edit}</div> }.into_any())
    };
    // The server has all of it now: what the browser kept would only be older.
    let owner = act::filed_by(ctx, form.value(WHOSE).parse().unwrap_or_default())?;
    Ok(view! {
        <h1>"请核对"</h1>
        <section class="card">
            {facts(vec![
                line("title", "标题", paragraph(&checked.submission.title)),
                line("text", "问题", paragraph(&checked.submission.text)),
                line("category", "分类", view! { <p>{category}{reason}</p> }.into_any()),
                line("place", "地点", words(place)),
                line("area", "受理", words(centre)),
                line("photos", "照片和文件", photos.map_or_else(|| words("没有"), IntoAny::into_any)),
                line("contact_name", "联系", words(format!("{} {}", checked.contact_name, checked.contact_phone))),
            ])}
        </section>
        <Similar cases=like/>
        <form id="check" method="post" action=side.file() class="actions">
            {hidden("draft", id)}
            {hidden("key", checked.key.to_string())}
            {hidden(WHOSE, form.value(WHOSE))}
            <SubmitButton label="确认提交".to_owned() module=Carried(Module::Filing)/>
            <a class="button secondary" href=questions>"返回修改"</a>
        </form>
        <p class="muted">"还没有提交。内容、照片和文件暂时留着，可以回来接着提交。"</p>
        <DraftFiled owner/>
    }
    .into_any())
}

/// A filed problem.
#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct ReceiptParams {
    number: String,
}

/// 回执: the number, what is promised, what comes next.
#[component]
pub fn ReceiptPage() -> impl IntoView {
    let params = use_params::<ReceiptParams>().get_untracked();
    let request = Request::current();
    reads(async move {
        let number = params.map_err(|_| AppError::NotFound)?.number;
        let mut ctx = request.open().await?;
        let page = issue::read::of_member(&mut ctx, &number).await?;
        let owner = act::filed_by(&ctx, page.detail.enterprise)?;
        Ok(receipt(&page.detail, &page.issue, Side::Own, owner, &request.head().origin))
    })
}

/// The same at a station, to be shown to the owner.
#[component]
pub fn AssistReceiptPage() -> impl IntoView {
    let params = use_params::<ReceiptParams>().get_untracked();
    let request = Request::current();
    reads(async move {
        let number = params.map_err(|_| AppError::NotFound)?.number;
        let mut ctx = request.open().await?;
        let (detail, issue) = issue::read::filed_beside(&mut ctx, &number).await?;
        let owner = act::filed_by(&ctx, detail.enterprise)?;
        Ok(receipt(&detail, &issue, Side::Beside(detail.enterprise), owner, &request.head().origin))
    })
}

fn receipt(detail: &IssueDetail, issue: &Issue, side: Side, owner: String, origin: &str) -> AnyView {
    title("已提交");
    let number = detail.number.clone();
    let href = format!("{}/{number}", side.issues());
    // A receipt is kept: on a picture or on paper nothing is 今天.
    let promised = issue.answer.map(|clock| calendar_words::dated_due(clock.due));
    let contact = issue.contact.map(|clock| calendar_words::dated_due(clock.due));
    // The enterprise's own page of it, also on the receipt that a station prints.
    let code = (!origin.is_empty()).then(|| picture(&format!("{origin}/issues/{number}")).ok()).flatten();
    let code =
        code.map(|svg| view! { <div class="qr" role="img" aria-label="二维码：扫码查看这件诉求的进度" inner_html=svg></div> });
    let filed = issue.submitted_at.map(calendar_words::dated).unwrap_or_default();
    // Whoever forgot the picture need not look for where it goes.
    let picture_later = (side == Side::Own && detail.photos.is_empty())
        .then(|| view! { <a class="button secondary" href=format!("/issues/{}/note", detail.number)>"添加照片或文件"</a> });
    let again = (side == Side::Own).then(|| view! { <a class="button secondary" href="/issues/new">"再提一个"</a> });
    view! {
        <section class="card receipt">
            <h1>{icon("check")}"已提交"</h1>
            <p class="number">{number}</p>
            <p>{figures(&detail.title)}</p>
            {facts(vec![
                ("企业", words(detail.enterprise_name.clone())),
                ("信用代码", words(detail.uscc.clone())),
                ("提交时间", paragraph(&filed)),
            ])}
            {contact.map(|when| view! { <p>"工作人员会在"<strong>{figures(&when)}</strong>"联系您"</p> })}
            {promised.map(|when| view! { <p>"最迟"<strong>{figures(&when)}</strong>"给您答复"</p> })}
            <ol class="steps">
                <li aria-current="step">"企服中心受理"</li>
                <li>"部门办理"</li>
                <li>"请您评价"</li>
            </ol>
            {code}
            <p class="muted">"截图或打印本页即可保存回执；扫码可以随时查看进度。"</p>
        </section>
        <div class="actions">
            <a class="button" href=href>"查看进度"</a>
            {picture_later}
            {again}
        </div>
        {back("/issues", "全部诉求")}
        <DraftFiled owner/>
    }
    .into_any()
}

/// What a search takes from the address.
#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct SearchQuery {
    q: Option<String>,
}

/// 代办: station staff find the enterprise of the owner beside them, and file with them (S-3).
#[component]
pub fn AssistPage() -> impl IntoView {
    let query = use_query::<SearchQuery>().get_untracked().unwrap_or_default();
    let request = Request::current();
    reads(async move {
        let words = query.q.unwrap_or_default().trim().to_owned();
        let mut ctx = request.open().await?;
        let found = act::search(&mut ctx, &words).await?;
        let reference = ctx.reference.clone();
        drop(ctx);
        title("代办");
        Ok(assist(&words, &found, &reference))
    })
}

fn assist(words: &str, found: &[Enterprise], reference: &Reference) -> AnyView {
    let items = found.iter().map(|enterprise| {
        let href = format!("/desk/assist/{}/new", enterprise.id);
        let line = format!("{} · {}", enterprise.uscc, reference.area(enterprise.area));
        view! { <li class="cell"><a href=href><strong>{enterprise.name.clone()}</strong><span class="muted">{line}</span></a></li> }
    });
    let none = (found.is_empty() && !words.is_empty())
        .then(|| view! { <p class="muted">"没有找到。请核对名称或统一社会信用代码；只能代办本区县的企业。"</p> });
    let list = (!found.is_empty()).then(|| view! { <ul class="cells card">{items.collect_view()}</ul> });
    view! {
        <h1>"代办：为谁提诉求？"</h1>
        <form class="search" method="get" action="/desk/assist" role="search">
            <label for="q" class="hidden">"企业名称或统一社会信用代码"</label>
            <input id="q" name="q" type="search" value=words.to_owned() placeholder="企业名称 / 统一社会信用代码" autocomplete="off"/>
            <button class="button secondary">{icon("search")}<span>"查找"</span></button>
        </form>
        {none}
        {list}
        <p class="muted">"代办时请企业联系人在旁确认。评价只能由企业自己在手机上完成。"</p>
    }
    .into_any()
}

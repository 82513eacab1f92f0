//! 附件 of an answer: whoever handles an issue makes files and pictures ready here, and they go with the next answer or progress. A handler
//! opens it at a desk with the report, the table or the picture that the enterprise is to have.

use crate::error::{AppError, Next};
use crate::filing::act::{Kept, Uploader};
use crate::form::Form;
use crate::issue::read::{self, StaffIssue};
use crate::issue::timeline::{Photos, labelled};
use crate::render::{reads, title};
use crate::request::{Ctx, Request};
use crate::ui::form::hidden;
use crate::ui::{back, icon, section};
use domain::issue::{CommandKind, MAX_PHOTOS};
use domain::text::file_size;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;
use uuid::Uuid;

/// Whether these commands say something to the enterprise that files may go with.
pub fn carries(commands: &[CommandKind]) -> bool {
    commands.iter().any(|kind| matches!(kind, CommandKind::Answer | CommandKind::Progress | CommandKind::Report))
}

/// An issue that this person answers, and what is ready for it.
async fn open(ctx: &mut Ctx, number: &str) -> Result<StaffIssue, AppError> {
    let page = read::of_staff(ctx, number).await?;
    if carries(&page.commands) { Ok(page) } else { Err(AppError::Forbidden) }
}

/// Who uploads: asked before the body is read, without holding a connection afterwards.
///
/// # Errors
/// [`AppError::Forbidden`] for whoever does not answer this issue now, [`AppError::NotFound`] outside the scope.
pub async fn uploader(request: &Request, number: &str) -> Result<Uploader, AppError> {
    let uploader = {
        let page = open(&mut *request.open().await?, number).await?;
        let (staff, meant_for) = (Some(page.staff.id), Some(page.detail.id));
        Uploader { enterprise: page.detail.enterprise, person: None, staff, meant_for }
    };
    request.close().await;
    Ok(uploader)
}

/// What came stays ready; one that is named `remove` is taken back: its id, so that what lies under it goes as well.
///
/// # Errors
/// As [`uploader`]; [`AppError::Invalid`] with what was not taken.
pub async fn keep(request: &Request, number: &str, form: &Form) -> Result<(Next, Option<Uuid>), AppError> {
    let mut ctx = request.open().await?;
    let page = open(&mut ctx, number).await?;
    if !form.errors.is_empty() {
        return Err(AppError::Invalid(form.errors.clone()));
    }
    let here = Next::to(format!("/desk/issues/{number}/files"));
    if let Ok(id) = Uuid::parse_str(form.value("remove")) {
        let gone = store::photo::take_back(&mut ctx.conn, page.detail.id, page.staff.id, id).await?;
        return Ok((here.saying("已移除"), gone.then_some(id)));
    }
    Ok((here.saying("已备好，随下一次答复或进展发给企业"), None))
}

/// An issue at the desk.
#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct IssueParams {
    number: String,
}

/// The page.
#[component]
pub fn AttachPage() -> impl IntoView {
    let params = use_params::<IssueParams>().get_untracked();
    let request = Request::current();
    let form = Form::typed();
    reads(async move {
        let number = params.map_err(|_| AppError::NotFound)?.number;
        let page = open(&mut *request.open().await?, &number).await?;
        title(format!("附件 {number}"));
        Ok(attach(&page, &form))
    })
}

fn attach(page: &StaffIssue, form: &Form) -> AnyView {
    let number = page.detail.number.clone();
    let action = format!("/desk/issues/{number}/files");
    let ready = page.ready.iter().map(|kept| {
        let (name, action) = (name_of(kept), action.clone());
        let href = format!("/photos/{}", kept.id);
        view! {
            <li class="file">
                <a href=href>{icon("file")}{name.clone()}</a>
                <form method="post" action=action>
                    {hidden("remove", kept.id.to_string())}
                    <button class="link">"移除"<span class="hidden">{name}</span></button>
                </form>
            </li>
        }
    });
    let kept = page.ready.iter().map(|kept| hidden("photo", kept.id.to_string())).collect_view();
    let list = (!page.ready.is_empty()).then(|| section("已备好", view! { <ul class="plain files">{ready.collect_view()}</ul> }));
    let fault = form.error("photos").map(|why| view! { <p class="fault" id="photos-error">{icon("warn")}{why.to_owned()}</p> });
    let bad = fault.is_some();
    let hint = format!("照片、PDF、Word（docx）或 Excel（xlsx），每个不超过 10 MB，最多 {MAX_PHOTOS} 个");
    view! {
        {back(format!("/desk/issues/{number}"), "返回诉求")}
        {form.summary()}
        <h1>"随答复发给企业的附件"</h1>
        <p class="muted">{page.detail.title.clone()}</p>
        {list}
        <form method="post" action=action enctype="multipart/form-data" class="card stack">
            {kept}
            <div class="field" class:bad=bad>
                <label for="photos">"选择文件或照片"</label>
                <p class="hint" id="photos-hint">{hint}</p>
                {fault}
                <input id="photos" name="photos" type="file" multiple accept=".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx"
                    aria-describedby="photos-hint" aria-invalid=bad.then_some("true")/>
            </div>
            <button class="button">"上传"</button>
        </form>
    }
    .into_any()
}

/// What a file is called; a picture has no name of its own.
fn name_of(kept: &Kept) -> String {
    let name = kept.document.as_ref().map_or("照片", |document| document.name.as_str());
    format!("{name}（{}）", file_size(kept.bytes))
}

/// On the issue's page: what is ready, and the way to more. Nothing for whoever does not answer.
pub fn ready(page: &StaffIssue) -> Option<AnyView> {
    let href = format!("/desk/issues/{}/files", page.detail.number);
    let few = if page.ready.is_empty() {
        "可以先备好附件，随下一次答复或进展发给企业。"
    } else {
        "随下一次答复或进展发给企业："
    };
    carries(&page.commands).then(|| {
        section(
            "附件",
            view! {
                <p>{few}</p>
                <Photos photos=labelled(&page.ready)/>
                <p><a class="button secondary" href=href>{icon("plus")}"添加附件"</a></p>
            },
        )
    })
}

//! 内部备注 and 经办人, on an issue's page: read and written by those who handle or look on, at any time, beside what the enterprise sees.

use crate::error::{AppError, Next};
use crate::form::Form;
use crate::issue::desk::carried;
use crate::issue::read::StaffIssue;
use crate::request::{Clock, Ctx, Request};
use crate::ui::form::{Field, field, select, submit};
use crate::ui::{icon, section, time, words};
use domain::actor::{Actor, Duty};
use domain::calendar::words::moment;
use domain::text::Check;
use leptos::prelude::*;
use store::identity::StaffIdentity;
use store::issue::work;

const NOTE: Field = Field {
    rows: 2, max: 1000, ..field("note", "写备注", "只有办理和监督的工作人员看得到，企业和驿站看不到")
};
const SAID: Field = Field { max: 200, optional: true, ..field("said", "交代一句", "") };

/// Who writes notes: whoever handles or supervises. A leader instructs instead.
fn writes(duty: &Duty) -> bool {
    matches!(duty, Duty::Centre { .. } | Duty::Handler { .. } | Duty::Supervisor { .. })
}

/// Who has colleagues to pass an issue to.
fn passes(duty: &Duty) -> bool {
    matches!(duty, Duty::Centre { .. } | Duty::Handler { .. })
}

/// The issue that somebody writes beside.
async fn open(ctx: &mut Ctx, number: &str, may: fn(&Duty) -> bool) -> Result<(StaffIdentity, i64), AppError> {
    let staff = ctx.require_desk()?;
    let detail = store::issue::detail(&mut ctx.conn, number).await?;
    // The lead of a board accepts and forwards, and leaves nothing behind (S-4).
    let actor = Actor::Staff { id: staff.id, duty: staff.duty };
    let fronts = detail.aggregate(&ctx.calendar).only_as_board_lead(&actor);
    if may(&staff.duty) && !fronts { Ok((staff, detail.id)) } else { Err(AppError::Forbidden) }
}

fn back(request: &Request, number: &str) -> String {
    format!("/desk/issues/{number}{}", carried(&request.head().path))
}

/// Writes a note.
///
/// # Errors
/// [`AppError::Invalid`] for no words, [`AppError::Forbidden`] for a duty that writes none, [`AppError::NotFound`] outside the scope.
pub async fn write(request: &Request, number: &str, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let (staff, id) = open(&mut ctx, number, writes).await?;
    let mut check = Check::new();
    let body = check.text("note", "备注", form.value("note"), 2, 1000);
    check.finish().map_err(AppError::Invalid)?;
    let author = format!("{} {}", staff.organisation, staff.name);
    let now = ctx.now;
    work::note(&mut ctx.conn, id, staff.id, &author, &body, now).await?;
    Ok(Next::to(back(request, number)).saying("备注已保存，企业看不到"))
}

/// Gives an issue to a colleague, or back to the office.
///
/// # Errors
/// As [`write`].
pub async fn pass(request: &Request, number: &str, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let (staff, id) = open(&mut ctx, number, passes).await?;
    let to = match form.value("to") {
        "" => return Err(AppError::field("to", "请选择转给谁")),
        "office" => None,
        "me" => Some(staff.id),
        other => Some(other.parse().map_err(|_| AppError::field("to", "请选择转给谁"))?),
    };
    let mut check = Check::new();
    let said = check.text("said", "交代", form.value("said"), 0, 200);
    check.finish().map_err(AppError::Invalid)?;
    let now = ctx.now;
    work::pass(&mut ctx.conn, id, to, &said, now).await.map_err(|error| {
        if error.is_row_refused() {
            AppError::field("to", "只能转给本岗位的同事，请重新选择")
        } else {
            error.into()
        }
    })?;
    Ok(Next::to(back(request, number)).saying(if to.is_none() {
        "已取消经办人，由本岗位共同办理"
    } else {
        "已转办"
    }))
}

/// On the issue's page: the notes, and whose it is.
pub fn view(page: &StaffIssue, from: &str, form: &Form, clock: &Clock) -> Option<AnyView> {
    if !page.internal {
        return None;
    }
    let number = &page.detail.number;
    let beside = &page.beside;
    let notes = beside.notes.iter().map(|note| {
        let when = time(note.at, moment(note.at, clock.now));
        view! { <li><p class="muted">{note.author.clone()}" · "{when}</p>{words(note.body.clone())}</li> }
    });
    let list = (!beside.notes.is_empty()).then(|| view! { <ul class="plain stack">{notes.collect_view()}</ul> });
    let write = (writes(&page.staff.duty) && !page.fronts).then(|| {
        let action = format!("/desk/issues/{number}/notes{from}");
        view! { <form method="post" action=action class="stack" novalidate>{NOTE.view(form)}{submit("保存备注")}</form> }
    });
    let notes = section("内部备注", view! { <p><span class="tag quiet">{icon("lock")}"内部"</span></p>{list}{write} });
    let pass = (passes(&page.staff.duty) && !page.fronts).then(|| passing(page, from, form));
    Some(view! { {pass}{notes} }.into_any())
}

fn passing(page: &StaffIssue, from: &str, form: &Form) -> AnyView {
    let beside = &page.beside;
    let action = format!("/desk/issues/{}/pass{from}", page.detail.number);
    let own = beside.assignee.as_ref().is_some_and(|assignee| assignee.id == page.staff.id);
    let now = match &beside.assignee {
        Some(_) if own => "现在由您经办。".to_owned(),
        Some(assignee) => format!("现在由 {} 经办。", assignee.name),
        None => "还没有经办人，本岗位的同事都可以办理。".to_owned(),
    };
    let mut list: Vec<(String, String)> = Vec::new();
    if !own {
        list.push(("me".to_owned(), "由我经办".to_owned()));
    }
    list.extend(beside.colleagues.iter().map(|colleague| (colleague.id.to_string(), colleague.name.clone())));
    if beside.assignee.is_some() {
        list.push(("office".to_owned(), "取消经办人".to_owned()));
    }
    section(
        "经办人",
        view! {
            <p>{now}</p>
            <form method="post" action=action class="stack" novalidate>
                {select(form, "to", "转办给同事", Some("请选择"), vec![(String::new(), list)])}
                {SAID.view(form)}
                {submit("转办")}
            </form>
        },
    )
}

/// What somebody wrote for an action that is not to be done any more: it is theirs, and stays to be copied.
pub fn unsent(form: &Form) -> Option<AnyView> {
    let long = |value: &str| value.chars().count() >= 5 && value.parse::<u64>().is_err();
    let texts: Vec<String> =
        form.pairs().iter().filter(|(name, value)| name != "version" && long(value)).map(|(_, value)| value.clone()).collect();
    let shown = texts.into_iter().map(words);
    (!form.errors.is_empty() && form.pairs().iter().any(|(name, value)| name != "version" && long(value)))
        .then(|| section("您刚才填写的内容（没有提交）", shown.collect_view()))
}

//! 答复模板: a department's own, kept by its people and its administrator, and the city's. Chosen in the form of an answer, where it joins what was
//! typed, to be read once more before it is sent.

use crate::error::{AppError, Next};
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::form::{Field, field, hidden, select, submit};
use crate::ui::{back, empty, section, words};
use domain::actor::{Actor, CITY, DepartmentId, Duty};
use domain::calendar::local;
use domain::calendar::words::day;
use domain::issue::CommandKind;
use domain::issue::permission::may_command;
use domain::issue::template::{self, PLACES};
use domain::text::Check;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use store::StoreError;
use store::identity::StaffIdentity;
use store::issue::template::{Kept, TITLE};

pub const PATH: &str = "/desk/templates";
/// What is said once a template is in the form.
pub const INSERTED: &str = "模板已填入，请核对后再答复";

const NAME: Field = Field { max: 30, ..field("title", "名称", "例如：路面积水已疏通") };
const BODY: Field = Field { rows: 6, max: 1500, ..field("body", "内容", "套用时自动填写大括号里的位置") };

/// Who keeps templates: handlers their department's, administrators those of their area's departments, and the city's.
fn keeper(staff: &StaffIdentity) -> Result<(), AppError> {
    if matches!(staff.duty, Duty::Handler { .. } | Duty::Administrator { .. }) { Ok(()) } else { Err(AppError::Forbidden) }
}

/// The form of an answer with the chosen template in it; none where none was chosen, or it is not for this person.
///
/// # Errors
/// [`AppError::NotFound`] outside the scope, [`AppError::Forbidden`] for whoever does not answer it.
pub async fn insert(request: &Request, number: &str, kind: CommandKind, form: &Form) -> Result<Option<Form>, AppError> {
    let Ok(id) = form.value("template").parse::<i64>() else { return Ok(None) };
    if kind != CommandKind::Answer {
        return Ok(None);
    }
    let mut ctx = request.open().await?;
    let staff = ctx.require_desk()?;
    let detail = store::issue::detail(&mut ctx.conn, number).await?;
    if !may_command(&Actor::Staff { id: staff.id, duty: staff.duty }, kind, &detail.aggregate(&ctx.calendar)) {
        return Err(AppError::Forbidden);
    }
    let found = match store::issue::template::get(&mut ctx.conn, id).await {
        Ok(found) => found,
        Err(StoreError::NotFound) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let today = day(local(ctx.now).date());
    let values = [&detail.enterprise_name, &detail.number, &detail.title, &staff.organisation, &today].map(String::as_str);
    let answer = template::beside(form.value("answer"), &template::fill(&found.body, &values));
    let kept = form.pairs().iter().filter(|(name, _)| !matches!(name.as_str(), "template" | "answer")).cloned();
    Ok(Some(Form::new(kept.chain([("answer".to_owned(), answer)]).collect())))
}

/// Adds, changes or takes away one.
///
/// # Errors
/// [`AppError::Invalid`] with every fault, [`AppError::Forbidden`] for one that is not theirs to keep.
pub async fn save(request: &Request, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let staff = ctx.require_staff()?;
    keeper(&staff)?;
    let (now, who) = (ctx.now, format!("{} {}", staff.organisation, staff.name));
    let id = form.value("id").parse::<i64>().ok();
    if let (Some(id), "remove") = (id, form.value("do")) {
        let gone = store::issue::template::remove(&mut ctx.conn, id, &who, now).await?;
        return if gone { Ok(Next::to(PATH).saying("模板已删除")) } else { Err(AppError::Forbidden) };
    }
    let mut check = Check::new();
    let words = template::read(&mut check, form.value("title"), form.value("body"));
    check.finish().map_err(AppError::Invalid)?;
    let done = match id {
        Some(id) => store::issue::template::change(&mut ctx.conn, id, &words, &who, now).await,
        None => {
            let department = match staff.duty {
                Duty::Handler { department } => Some(department),
                _ => form.value("department").parse::<DepartmentId>().ok(),
            };
            store::issue::template::add(&mut ctx.conn, department, &words, &who, now).await.map(|()| true)
        }
    };
    match done {
        Ok(true) => Ok(Next::to(PATH).saying(format!("模板已保存：{}", words.title))),
        Ok(false) => Err(AppError::Forbidden),
        Err(StoreError::Conflict(constraint)) if constraint == TITLE => {
            Err(AppError::field("title", "已有同名的模板，请换个名字"))
        }
        Err(error) if error.is_row_refused() => Err(AppError::Forbidden),
        Err(error) => Err(error.into()),
    }
}

/// The page: the list, and one form for a new one or the one that is changed.
#[component]
pub fn TemplatesPage() -> impl IntoView {
    let (request, form) = (Request::current(), Form::typed());
    let asked = use_query_map().get_untracked().get("id").and_then(|id| id.parse::<i64>().ok());
    reads(async move {
        let (staff, list, clock) = {
            let mut ctx = request.open().await?;
            let staff = ctx.require_staff()?;
            keeper(&staff)?;
            (staff, store::issue::template::list(&mut ctx.conn).await?, ctx.clock())
        };
        title("答复模板");
        Ok(page(&staff, &list, asked, &form, &clock))
    })
}

fn page(staff: &StaffIdentity, list: &[Kept], asked: Option<i64>, form: &Form, clock: &Clock) -> AnyView {
    let of = |kept: &Kept| kept.department.map_or_else(|| "全市".to_owned(), |id| clock.reference.department(id));
    let items = list.iter().map(|kept| {
        let line = format!("{} · {} 修改", of(kept), kept.changed_by);
        let change = kept.keeps.then(|| {
            let href = format!("{PATH}?id={}#title", kept.id);
            view! {
                <div class="row">
                    <a class="button secondary" href=href>"修改"</a>
                    <form method="post" action=PATH>
                        {hidden("id", kept.id.to_string())}{hidden("do", "remove")}
                        <button class="button secondary">"删除"<span class="hidden">{kept.title.clone()}</span></button>
                    </form>
                </div>
            }
        });
        view! {
            <li class="cell"><div>
                <strong>{kept.title.clone()}</strong><span class="muted">{line}</span>{words(kept.body.clone())}{change}
            </div></li>
        }
    });
    let body = if list.is_empty() {
        empty("还没有模板。常用的答复写成模板，答复时选用。", None)
    } else {
        view! { <ul class="cells card">{items.collect_view()}</ul> }.into_any()
    };
    // What was typed and refused says itself which one it was for.
    let id = if form.pairs().is_empty() { asked } else { form.value("id").parse().ok() };
    let changed = list.iter().find(|kept| kept.keeps && Some(kept.id) == id);
    let places = PLACES.iter().map(|(place, what)| format!("{place} {what}")).collect::<Vec<_>>().join("，");
    let summary = form.summary();
    let form = match changed {
        Some(kept) => form.clone().or("title", kept.title.clone()).or("body", kept.body.clone()),
        None => form.clone(),
    };
    let department = match (&staff.duty, changed) {
        (Duty::Administrator { area }, None) => {
            let known = clock.reference.departments.iter().filter(|known| *area == CITY || known.area == *area);
            let list = known.map(|known| (known.id.to_string(), known.name.clone())).collect();
            let whole = (*area == CITY).then_some("全市各部门");
            Some(select(&form, "department", "给哪个部门用", whole, vec![(String::new(), list)]))
        }
        _ => None,
    };
    let edit = section(
        if changed.is_some() { "修改模板" } else { "新模板" },
        view! {
            <p class="muted">{places}</p>
            <form method="post" action=PATH class="stack" novalidate>
                {changed.map(|kept| hidden("id", kept.id.to_string()))}
                {department}
                {NAME.view(&form)}
                {BODY.view(&form)}
                {submit("保存")}
            </form>
        },
    );
    let above = match staff.duty {
        Duty::Administrator { .. } => back("/desk/admin", "系统管理"),
        _ => back("/desk/mine", "我的经办"),
    };
    view! { {above}{summary}<h1>"答复模板"</h1>{edit}{body} }.into_any()
}

//! Boards (服务板块): which there are, and who leads them.

use super::{ACTIVE, Thing, flag, form_or_facts, group, listed, plain, require_known, tail};
use crate::administration::table::asked;
use crate::error::AppError;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::terms::act::{BOARDS, NEW};
use crate::terms::read::{self, Kept};
use crate::terms::tables;
use crate::ui::form::{Field, field, select};
use domain::actor::CITY;
use domain::administration::Kind;
use domain::calendar::local;
use domain::catalogue::Board;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;

const CODE: Field = Field { max: 40, ..field("code", "编号", "小写字母、数字、短横线；以后不能改") };
const NAME: Field = Field { max: 20, ..field("name", "名称", "例如：知识产权") };
const POSITION: Field = Field { max: 5, inputmode: "numeric", ..field("position", "次序", "小的在前") };

/// The list.
#[component]
pub fn BoardsPage() -> impl IntoView {
    let (request, asked) = (Request::current(), asked());
    reads(async move {
        let kept = read::kept(&mut *request.open().await?, Kind::Board, "").await?;
        title("服务板块");
        Ok(listed(&tables::boards(&kept), &asked, &kept))
    })
}

#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct BoardParams {
    code: String,
}

/// One board, or a new one.
#[component]
pub fn BoardPage() -> impl IntoView {
    let params = use_params::<BoardParams>().get_untracked();
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let code = params.map_err(|_| AppError::NotFound)?.code;
        let kept = read::kept(&mut *request.open().await?, Kind::Board, &code).await?;
        let known = kept.catalogue().board(&code);
        require_known(&kept, &code, known.is_some())?;
        title(known.map_or("新板块", |board| &board.name));
        Ok(page(&kept, known, &form))
    })
}

fn says(board: &Board, kept: &Kept) -> String {
    let standing = if board.active { "启用" } else { "停用" };
    format!("{}，牵头：{}，次序 {}，{standing}", board.name, kept.department(&board.lead), board.position)
}

fn page(kept: &Kept, known: Option<&Board>, form: &Form) -> AnyView {
    let code = known.map_or(NEW, |board| &board.code);
    let action = format!("{BOARDS}/{code}");
    let planned = kept.terms.catalogue.coming_board(code, kept.now);
    let planned = planned.into_iter().map(|(from, board)| (local(from).date(), says(board, kept))).collect();
    // One that is only planned holds nothing yet.
    let now = kept.catalogue().begun_board(code).map_or_else(String::new, |board| says(board, kept));
    let body = form_or_facts(kept, &now, || {
        let form = known.map_or_else(
            || form.clone().or("position", "90").or("active", "yes"),
            |board| {
                let form = form.clone().or("name", board.name.clone()).or("lead", board.lead.clone());
                form.or("position", board.position.to_string()).or("active", flag(board.active))
            },
        );
        view! {
            <form method="post" action=action.clone() class="stack" novalidate>
                {known.is_none().then(|| CODE.view(&form))}
                {NAME.view(&form)}
                {select(&form, "lead", "牵头部门", Some("请选择"), plain(kept.departments(CITY)))}
                {POSITION.view(&form)}
                {select(&form, "active", "状态", None, group(ACTIVE))}
                {tail(&form, kept.today, kept.seen, &now)}
            </form>
        }
        .into_any()
    });
    let heading = known.map_or_else(|| "新板块".to_owned(), |board| format!("板块：{}", board.name));
    Thing { list: (BOARDS, "服务板块"), heading, action: &action, now: &now, planned, before: None, body }.view(kept, form)
}

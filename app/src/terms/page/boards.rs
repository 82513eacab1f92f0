//! Boards (服务板块): which there are, and who leads them.

use super::{ACTIVE, OF_THE_CITY, coming, flag, group, history, plain, tail};
use crate::error::AppError;
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::terms::act::{BOARDS, NEW};
use crate::terms::read::{self, Kept};
use crate::ui::form::{Field, field, select};
use crate::ui::{back, facts, icon, section, words};
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
    let request = Request::current();
    reads(async move {
        let kept = read::kept(&mut *request.open().await?, Kind::Board, "").await?;
        title("服务板块");
        Ok(list(&kept))
    })
}

fn list(kept: &Kept) -> AnyView {
    let categories = kept.catalogue().categories();
    let rows = kept.catalogue().known_boards().into_iter().map(|(begun, board)| {
        let held = categories.iter().filter(|category| category.board == board.code).count();
        let standing = if !begun { "待生效" } else if board.active { "启用" } else { "停用" };
        view! {
            <tr>
                <td><a href=format!("{BOARDS}/{}", board.code)><strong>{board.name.clone()}</strong></a><small>{board.code.clone()}</small></td>
                <td>{kept.department(&board.lead)}</td>
                <td>{held.to_string()}</td>
                <td>{standing}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let add = kept.whole_city().then(|| {
        view! { <p class="row"><a class="button" href=format!("{BOARDS}/{NEW}")>{icon("plus")}"新板块"</a></p> }
    });
    view! {
        {back("/desk/admin", "系统管理")}
        <h1>"服务板块"</h1>
        <p class="muted">"牵头部门为没有人员进驻的部门代为受理，办理仍由责任部门负责。"</p>
        {add}
        <div class="table-wrap" tabindex="0" role="region" aria-label="服务板块">
            <table class="queue">
                <thead>
                    <tr>
                        <th scope="col">"板块"</th><th scope="col">"牵头部门"</th><th scope="col">"类别"</th><th scope="col">"状态"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {history(kept)}
    }
    .into_any()
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
        match known {
            None if code != NEW => return Err(AppError::NotFound.into()),
            None if !kept.whole_city() => return Err(AppError::Forbidden.into()),
            _ => {}
        }
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
    let begun = |board: &&Board| kept.catalogue().known_boards().into_iter().any(|(begun, one)| begun && one.code == board.code);
    let held = known.filter(begun).map_or_else(String::new, |board| says(board, kept));
    let body = if kept.whole_city() {
        let form = known.map_or_else(
            || form.clone().or("position", "90").or("active", "yes"),
            |board| {
                let form = form.clone().or("name", board.name.clone()).or("lead", board.lead.clone());
                form.or("position", board.position.to_string()).or("active", flag(board.active))
            },
        );
        section(
            "修改",
            view! {
                <form method="post" action=action.clone() class="stack" novalidate>
                    {known.is_none().then(|| CODE.view(&form))}
                    {NAME.view(&form)}
                    {select(&form, "lead", "牵头部门", Some("请选择"), plain(kept.departments(CITY)))}
                    {POSITION.view(&form)}
                    {select(&form, "active", "状态", None, group(ACTIVE))}
                    {tail(&form, kept.today, kept.seen)}
                </form>
            },
        )
    } else {
        let rows = known.map(|board| facts(vec![("现在", words(says(board, kept)))]));
        section("板块", view! { <p class="muted">{OF_THE_CITY}</p>{rows} })
    };
    let heading = known.map_or_else(|| "新板块".to_owned(), |board| format!("板块：{}", board.name));
    view! {
        {back(BOARDS, "服务板块")}
        {form.summary()}
        <h1>{heading}</h1>
        {coming(form, &action, kept, &held, planned)}
        {body}
        {history(kept)}
    }
    .into_any()
}

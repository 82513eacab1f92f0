//! What an enterprise can do about an application, one page each: supply, withdraw, rate.

use super::files::file_input;
use crate::carried::Carried;
use crate::error::{AppError, Next, Stop};
use crate::form::Form;
use crate::module::Module;
use crate::policy::act::command_of;
use crate::policy::read::{self, ApplicationPage};
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::SubmitButton;
use crate::ui::form::{Choice, Field, choices, field, hidden};
use crate::ui::{back, face, section, words as text};
use domain::policy::application::Command as ApplicationCommand;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;
use store::policy::application::File;

const SUPPLEMENT: Field = Field { rows: 3, max: 500, optional: true, ..field("text", "补充说明", "") };
const WITHDRAW: Field = Field { rows: 2, max: 500, optional: true, ..field("text", "为什么撤回", "") };
const COMMENT: Field = Field { rows: 3, max: 500, optional: true, ..field("text", "想说的话", "") };

/// An application's command.
#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct CommandParams {
    number: String,
    command: String,
}

/// The page of a command. Where it is not possible now, the application's page says where it stands.
#[component]
pub fn ApplicationCommandPage() -> impl IntoView {
    let params = use_params::<CommandParams>().get_untracked();
    let request = Request::current();
    let form = Form::typed();
    reads(async move {
        let CommandParams { number, command } = params.map_err(|_| AppError::NotFound)?;
        let mut ctx = request.open().await?;
        let page = read::my_application(&mut ctx, &number).await?;
        let command = command_of(&command)?;
        if !page.commands.contains(&command) {
            let why = form.errors.first().map(|error| error.message.clone()).or(page.withheld);
            return Err(Stop::Redirect(Next { to: format!("/applications/{number}"), flash: why }));
        }
        let files = read::pending_files(&mut ctx, &form).await?;
        title(command.label());
        Ok(command_form(&page, command, &files, &form).ok_or(AppError::NotFound)?)
    })
}

/// `None` for a command that is not a member's.
fn command_form(page: &ApplicationPage, command: ApplicationCommand, files: &[File], form: &Form) -> Option<AnyView> {
    let application = &page.application;
    let (lead, body): (&str, AnyView) = match command {
        ApplicationCommand::Supply => {
            ("补充后，部门继续审核。", view! { {SUPPLEMENT.view(form)}{file_input(files, form)} }.into_any())
        }
        ApplicationCommand::Withdraw => ("撤回后不再审核；还符合条件时可以重新申请。", WITHDRAW.view(form)),
        ApplicationCommand::Rate => ("您的评价会用来改进这项政策。", view! { {rating(form)}{COMMENT.view(form)} }.into_any()),
        _ => return None,
    };
    let asked = (command == ApplicationCommand::Supply && !application.reason.is_empty())
        .then(|| section("部门请您补充", text(application.reason.clone())));
    let href = format!("/applications/{}", application.number);
    let action = format!("{href}/{}", command.code());
    let view = view! {
        {back(href, "返回申请")}
        {form.summary()}
        <h1>{command.label()}</h1>
        <p class="muted">{application.title.clone()}</p>
        <p class="lead">{lead}</p>
        {asked}
        <form id="command" method="post" action=action enctype="multipart/form-data" class="stack" novalidate>
            {hidden("seq", application.seq.to_string())}
            {body}
            <div class="actions"><SubmitButton label=command.label().to_owned() module=Carried(Module::Space)/></div>
        </form>
    };
    Some(view.into_any())
}

fn rating(form: &Form) -> AnyView {
    const LEVELS: [&str; 5] = ["非常不满意", "不满意", "一般", "满意", "非常满意"];
    let list = (1..=5).rev().map(|level: usize| Choice {
        value: level.to_string(),
        label: LEVELS[level - 1].to_owned(),
        detail: String::new(),
        drawing: Some(face(5 - level)),
    });
    choices(form, "radio", "rating", "这项政策办得怎么样？", "faces", list.collect())
}

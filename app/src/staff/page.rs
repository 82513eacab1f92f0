//! An account. Opened by an administrator who was called: somebody forgot a password, moved to another office, or left.

use super::act::{FirstPassword, path};
use super::list::state_tag;
use super::read::{self, AccountPage, Groups, value_of};
use crate::form::Form;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{Field, field, hidden, select, submit};
use crate::ui::{back, facts, icon, section, time};
use ::time::OffsetDateTime;
use domain::administration::city::Role;
use domain::calendar::words::moment;
use domain::staff::{Command, State};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;
use serde_json::Value;
use store::administration::change::Change;

const LOGIN: Field = Field {
    max: 40, ..field("login", "用户名", "3 至 40 个小写字母、数字、点、短横、下划线，以后不能改")
};
const NAME: Field = Field { max: 30, ..field("name", "姓名", "") };
const WHY: Field =
    Field { max: 200, ..field("why", "变更原因", "例如：新到岗、调岗、离职，记入变更记录") };

/// A new account.
#[component]
pub fn NewStaffPage() -> impl IntoView {
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let duties = read::duties(&*request.open().await?)?;
        title("添加账号");
        let view = view! {
            {back("/desk/admin/staff", "工作人员")}
            {form.summary()}
            <h1>"添加账号"</h1>
            <section class="card narrow start">
                <p>"保存后显示一次首次密码，请当面或电话告诉本人。本人第一次登录时必须换成自己的密码。"</p>
                <form method="post" action="/desk/admin/staff/new" novalidate>
                    {LOGIN.view(&form)}
                    {NAME.view(&form)}
                    {select(&form, "duty", "岗位和范围", Some("请选择"), duties)}
                    {WHY.view(&form)}
                    {submit("添加")}
                </form>
            </section>
        };
        Ok(view.into_any())
    })
}

#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct AccountParams {
    account: Option<String>,
}

/// An account, and what may be done to it.
#[component]
pub fn StaffPage() -> impl IntoView {
    let params = use_params::<AccountParams>().get_untracked().unwrap_or_default();
    let first = use_context::<FirstPassword>();
    let (request, form) = (Request::current(), Form::typed());
    reads(async move {
        let (page, now) = {
            let mut ctx = request.open().await?;
            (read::account(&mut ctx, &params.account.unwrap_or_default()).await?, ctx.now)
        };
        title(page.account.name.clone());
        Ok(show(&page, first, &form, now))
    })
}

fn show(page: &AccountPage, first: Option<FirstPassword>, form: &Form, now: OffsetDateTime) -> AnyView {
    let account = &page.account;
    let first = first.filter(|first| first.account == account.id).map(|first| first_password(page, first));
    let text = |text: String| text.into_any();
    let rows = vec![
        ("用户名", text(account.login.clone())),
        ("岗位", text(account.duty.label().to_owned())),
        ("单位", text(account.organisation.clone())),
        ("辖区", text(page.places.area(account.home))),
        ("添加", time(account.created_at, moment(account.created_at, now)).into_any()),
    ];
    let locks = (page.locks > 0).then(|| {
        let words = format!("有 {} 处因为输错密码太多次，暂时不能登录，最多一小时后自动恢复。", page.locks);
        view! { <p class="flash warn">{icon("warn")}<span>{words}</span></p> }
    });
    let open = Command::from_code(form.value("open"));
    view! {
        {back("/desk/admin/staff", "工作人员")}
        {form.summary()}
        {first}
        <div class="title-row"><h1>{account.name.clone()}</h1>{state_tag(account.state())}</div>
        <div class="two-columns">
            <div>
                {locks}
                {section("账号", facts(rows))}
                {work(page)}
                {section("变更记录", changes(&page.changes, now))}
            </div>
            <div class="acts">{acts(page, form, open)}</div>
        </div>
    }
    .into_any()
}

/// The first password, shown on this answer and never again.
fn first_password(page: &AccountPage, first: FirstPassword) -> AnyView {
    let lead = format!("{}（用户名 {}）的首次密码，只显示这一次：", page.account.name, page.account.login);
    view! {
        <div class="flash" role="status">
            {icon("lock")}
            <span>
                {lead}<br/><strong id="first-password" class="secret">{first.password}</strong><br/>
                "请现在当面或电话告诉本人，不要发到群里。没有记下的，再重置一次。"
            </span>
        </div>
    }
    .into_any()
}

/// What is open in its name, and what that means.
fn work(page: &AccountPage) -> AnyView {
    let has = if page.own {
        "您自己的账号，请另一位系统管理员查看和改动。".to_owned()
    } else if page.work.is_empty() {
        "没有。".to_owned()
    } else {
        format!("{}。", page.work.words())
    };
    section(
        "名下的工作",
        view! {
            <p>{has}</p>
            <p class="muted">
                "诉求和政策申请在部门、企服中心、驿站的队列里，不在个人名下，同事照常办理，不用移交。"
            </p>
        },
    )
}

fn acts(page: &AccountPage, form: &Form, open: Option<Command>) -> AnyView {
    if page.commands.is_empty() {
        let why = if page.own {
            "不能改动自己的账号。换密码请到“账号”页。"
        } else {
            "现在没有可以做的。"
        };
        return section("您现在可以做的", view! { <p class="muted">{why}</p> });
    }
    let list = page.commands.iter().map(|command| act(*command, page, form, open == Some(*command))).collect_view();
    view! { <h2 class="hidden">"您现在可以做的"</h2>{list} }.into_any()
}

/// What a command means, in words.
fn consequence(command: Command, page: &AccountPage) -> &'static str {
    match command {
        Command::Name => "今后的办理过程显示新姓名，以前的记录不变。",
        Command::Duty => "马上生效，这个账号在所有设备上退出，重新登录后是新岗位。",
        Command::HandOver => HANDED,
        Command::Unlock => "清除输错密码的次数，本人可以马上再试。",
        Command::Reset if page.account.state() == State::First => "原来的首次密码作废，显示一个新的，本人登录后必须换掉。",
        Command::Reset => "原密码马上作废，在所有设备上退出；显示一次首次密码，本人登录后必须换掉。",
        Command::ResetFactor => {
            "本人丢了手机和恢复码时用：先当面或打电话核实是本人。原来的两步验证和恢复码马上作废，在所有设备上退出；本人用密码登录后重新设置。"
        }
        Command::Disable => "马上生效：在所有设备上退出，不能再登录，不再收到消息。已办的记录不变，以后可以启用。",
        Command::Enable => "启用后可以用原来的密码登录。",
    }
}

/// What handing over does.
const HANDED: &str = "未读消息和经办的诉求转给同事；起草中和待发布的政策、待核准的提请、待确认的指标修改，逐项发消息请同事接着办。起草人、提请人不变，四眼原则照旧。";

fn act(command: Command, page: &AccountPage, form: &Form, open: bool) -> AnyView {
    // Forms of several commands stand side by side: what was typed belongs to the one that was sent.
    let form = if open { form.clone() } else { Form::default() };
    let action = format!("{}/{}", path(page.account.id), command.code());
    let asked = match command {
        Command::Name => Some(input(NAME, command, &form.clone().or("name", page.account.name.clone()))),
        Command::Duty => {
            let form = form.clone().or("duty", value_of(&page.account.duty));
            let duty = drop_down("duty", "岗位和范围", None, page.places.duties(page.area), command, &form);
            Some(view! { {duty}{taker(command, page, &form)} }.into_any())
        }
        Command::HandOver | Command::Disable => taker(command, page, &form),
        Command::Unlock | Command::Reset | Command::ResetFactor | Command::Enable => None,
    };
    let class = if command == Command::Disable { "button danger" } else { "button" };
    view! {
        <details open=open class="act card">
            <summary>{command.label()}</summary>
            <form method="post" action=action novalidate>
                <p class="muted">{consequence(command, page)}</p>
                {hidden("seen", page.seen.to_string())}
                {asked}
                {input(WHY, command, &form)}
                <button class=class>{command.label()}</button>
            </form>
        </details>
    }
    .into_any()
}

/// Who goes on with the open work. Whoever leaves or moves may leave it; nobody is asked where there is none.
fn taker(command: Command, page: &AccountPage, form: &Form) -> Option<AnyView> {
    if page.work.is_empty() {
        return None;
    }
    if page.colleagues.is_empty() {
        return Some(view! { <p class="hint">"同一岗位、同一范围没有别的在用账号，名下的工作留在原处。"</p> }.into_any());
    }
    let list =
        page.colleagues.iter().map(|colleague| (colleague.id.to_string(), format!("{}（{}）", colleague.name, colleague.login)));
    let (label, empty) = if command == Command::HandOver {
        ("移交给", "请选择")
    } else {
        ("名下的工作移交给", "不移交，留在原处")
    };
    let control = drop_down("taker", label, Some(empty), vec![(String::new(), list.collect())], command, form);
    let about = (command != Command::HandOver).then(|| view! { <p class="hint">{HANDED}</p> });
    Some(view! { {control}{about} }.into_any())
}

/// The id of a control: several forms of the page have one of this name. The error summary leads to the bare name, which the
/// refused form has.
fn id(name: &str, command: Command, form: &Form) -> String {
    if form.error(name).is_some() { name.to_owned() } else { format!("{}-{name}", command.code()) }
}

fn fault(name: &str, form: &Form) -> Option<AnyView> {
    let id = format!("{name}-error");
    form.error(name).map(|words| view! { <p class="fault" id=id>{icon("warn")}{words.to_owned()}</p> }.into_any())
}

fn input(field: Field, command: Command, form: &Form) -> AnyView {
    let name = field.name;
    let (id, bad) = (id(name, command, form), form.error(name).is_some());
    let hint_id = format!("{}-{name}-hint", command.code());
    let described = match (field.hint.is_empty(), bad) {
        (true, false) => None,
        (true, true) => Some(format!("{name}-error")),
        (false, false) => Some(hint_id.clone()),
        (false, true) => Some(format!("{hint_id} {name}-error")),
    };
    let hint = (!field.hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{field.hint}</p> });
    view! {
        <div class="field" class:bad=bad>
            <label for=id.clone()>{field.label}</label>
            {hint}
            {fault(name, form)}
            <input id=id name=name type="text" value=form.value(name).to_owned() autocomplete="off"
                maxlength=field.max.to_string() aria-required="true" aria-describedby=described aria-invalid=bad.then_some("true")/>
        </div>
    }
    .into_any()
}

fn drop_down(
    name: &'static str,
    label: &'static str,
    empty: Option<&'static str>,
    groups: Groups,
    command: Command,
    form: &Form,
) -> AnyView {
    let (id, bad) = (id(name, command, form), form.error(name).is_some());
    let groups = groups.into_iter().map(|(group, list)| {
        let options = list.into_iter().map(|(value, label)| {
            let selected = form.chosen(name, &value);
            view! { <option value=value selected=selected>{label}</option> }
        });
        let options = options.collect_view();
        if group.is_empty() { options.into_any() } else { view! { <optgroup label=group>{options}</optgroup> }.into_any() }
    });
    let groups = groups.collect_view();
    view! {
        <div class="field" class:bad=bad>
            <label for=id.clone()>{label}</label>
            {fault(name, form)}
            <select id=id name=name aria-describedby=bad.then(|| format!("{name}-error")) aria-invalid=bad.then_some("true")>
                {empty.map(|words| view! { <option value="">{words}</option> })}
                {groups}
            </select>
        </div>
    }
    .into_any()
}

fn changes(list: &[Change], now: OffsetDateTime) -> AnyView {
    if list.is_empty() {
        return view! { <p class="muted">"还没有经系统管理员改动过。"</p> }.into_any();
    }
    let items = list.iter().map(|change| {
        let about = format!("{} · {}", change.who, change.why);
        view! {
            <li class="cell">
                <div>
                    <span class="cell-head">
                        <strong>{sentences(change).join("；")}</strong>
                        <small>{time(change.at, moment(change.at, now))}</small>
                    </span>
                    <span class="muted">{about}</span>
                </div>
            </li>
        }
    });
    view! { <ul class="cells">{items.collect_view()}</ul> }.into_any()
}

/// What a change of an account was, in short sentences. A city that was set up from a workbook says role and scope by their
/// codes.
pub fn sentences(change: &Change) -> Vec<String> {
    let fields = domain::administration::fields(change.before.as_ref(), change.after.as_ref());
    let word = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).unwrap_or("").to_owned();
    let added = change.before.is_none();
    let told = fields.iter().filter_map(|(field, was, is)| {
        Some(match field.as_str() {
            "active" if *is == Some(Value::Bool(true)) => "启用账号".to_owned(),
            "active" => "停用账号".to_owned(),
            "name" if added => format!("姓名 {}", word(is)),
            "name" => format!("姓名由 {} 改为 {}", word(was), word(is)),
            "duty" if added => word(is),
            "duty" => format!("岗位由 {} 改为 {}", word(was), word(is)),
            "role" => Role::find(&word(is)).map_or_else(|| word(is), |role| role.label().to_owned()),
            "handed_to" => format!("工作移交给 {}", word(is)),
            "unlocked" => "解除登录限制".to_owned(),
            "password" => "重置密码".to_owned(),
            "factor" => "取消两步验证".to_owned(),
            _ => return None,
        })
    });
    added.then(|| "添加账号".to_owned()).into_iter().chain(told).collect()
}

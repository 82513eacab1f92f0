//! What the policy desk does: writing and publishing by two people, libraries, decisions about applications.

use super::draft::{Draft, pointer_of};
use super::measure::{Through, beyond_its_area, through, unseen};
use super::sheet::Part;
use super::{place, read};
use crate::error::{AppError, Next};
use crate::form::Form;
use crate::issue::desk::carried;
use crate::policy::read::{ApplicationPage, application_page, said_by};
use crate::request::{Ctx, Request};
use domain::actor::CITY;
use domain::policy::application::Command;
use domain::policy::check::{Problem, check_id};
use domain::policy::library::{Attribute, AttributeKind, Question, Tag, Want};
use domain::policy::money::Fen;
use domain::policy::version::{self, Command as Step};
use domain::text::{FieldError, clean};
use domain::when;
use serde_json::Value;
use store::policy::application::{Application, Reviewer, Words};
use store::policy::item::{Keeper, VersionError};
use store::policy::{application, item, library};
use time::Date;

/// Where an item is edited.
pub fn path(code: Option<&str>) -> String {
    code.map_or_else(|| "/desk/policies/new".to_owned(), |code| format!("/desk/policies/{code}/edit"))
}

/// Whether the item may be edited from here at all: asked before what is sent is read.
///
/// # Errors
/// [`AppError::NotFound`] outside the editor's area.
pub async fn require_own(request: &Request, code: Option<&str>) -> Result<(), AppError> {
    {
        let mut ctx = request.open().await?;
        ctx.require_policy_editor()?;
        read::editor(&mut ctx, code).await?;
    }
    request.close().await;
    Ok(())
}

/// Saves the editor's form as a draft.
///
/// # Errors
/// [`AppError::Invalid`] where it is no item, [`AppError::Refused`] where it waits to be published or is too large,
/// [`AppError::NotFound`] outside the editor's area.
pub async fn save(request: &Request, code: Option<&str>, form: &Form) -> Result<Next, AppError> {
    let (area, editor) = {
        let mut ctx = request.open().await?;
        let (_, area) = ctx.require_policy_editor()?;
        (area, read::editor(&mut ctx, code).await?)
    };
    // Going through it takes its time: nobody waits for the connection meanwhile.
    request.close().await;
    let draft = Draft::from_form(form.pairs()).map_err(AppError::Refused)?;
    let Through { parts, item, .. } = through(&draft, &editor.library, Vec::new(), area).await?;
    // Everything at once, each by the name of its control.
    let problems = match &item {
        // A draft may be half of anything, but it has a name.
        Ok(item) => check_id(&item.id).into_iter().chain(beyond_its_area(item, area)).chain(unseen(item)).collect(),
        Err(faults) => faults.clone(),
    };
    let mut ctx = request.open().await?;
    let (staff, area) = ctx.require_policy_editor()?;
    let mut faults: Vec<FieldError> = problems.iter().filter(|problem| !problem.advice).map(|one| fault(one, &parts)).collect();
    let id = draft.text("/id");
    if code.is_some_and(|code| code != id) {
        faults.push(FieldError::new("/id", "编号保存后不能改"));
    }
    if code.is_none() && item::get(&mut ctx.conn, &id, None).await.is_ok() {
        faults.push(FieldError::new("/id", "已经有这个编号的条目"));
    }
    let Ok(item) = item else { return Err(AppError::Invalid(faults)) };
    if !faults.is_empty() {
        return Err(AppError::Invalid(faults));
    }
    let department = form.value("department").parse().ok();
    if department.is_some_and(|id| ctx.reference.departments.iter().all(|known| known.id != id)) {
        return Err(AppError::field("department", "没有这个部门，请重新选择"));
    }
    let keeper = Keeper { staff: Some(staff.id), area, department };
    let now = ctx.now;
    let version = item::save(&mut ctx.conn, &item, keeper, now).await?;
    Ok(Next::to(path(Some(&item.id))).saying(format!("已保存第 {version} 版草稿。")))
}

/// A problem as a fault of its control.
fn fault(problem: &Problem, parts: &[Part]) -> FieldError {
    let place = place::place(parts, &pointer_of(&problem.place));
    FieldError::new(place.pointer, format!("{}：{}", place.label, problem.sentence))
}

/// A step of a version between two people: `submit`, `return`, `publish`, `withdraw`.
///
/// # Errors
/// [`AppError::Refused`] where something stands against it, [`AppError::Invalid`] without a reason to withdraw,
/// [`AppError::NotFound`] outside the editor's area and where the version is not in that state.
pub async fn step(request: &Request, code: &str, step: &str, form: &Form) -> Result<Next, AppError> {
    let words = {
        let mut ctx = request.open().await?;
        ctx.require_policy_editor()?;
        read::editor(&mut ctx, Some(code)).await?;
        let version: i32 = form.value("version").parse().map_err(|_| AppError::NotFound)?;
        let (command, words) = match step {
            "submit" => (Step::Submit, "已提交，请另一位政策编辑发布。"),
            "return" => (Step::Return, "已退回修改。"),
            "publish" => (Step::Publish, "已发布，正在匹配企业。"),
            "withdraw" => (Step::Withdraw, "已撤下。"),
            _ => return Err(AppError::NotFound),
        };
        if command == Step::Publish {
            considered(&mut ctx, code, form).await?;
        }
        if matches!(command, Step::Publish | Step::Withdraw) {
            ctx.require_fresh()?;
        }
        give(&mut ctx, code, version, command, form).await?;
        words
    };
    // This server shows it at once; the others within a minute.
    request.services().refresh_shelf().await?;
    Ok(Next::to(path(Some(code))).saying(words))
}

/// What the second person says to have looked at, a tick each: the words beside the source, whom it reaches and what it costs, and what changed.
pub const SEEN: [(&str, &str); 3] = [
    ("source", "条件、金额和日期已与文件原文逐条核对"),
    ("reach", "覆盖的企业数和估算金额已看，符合预期"),
    ("difference", "与上一版的每一处差别已看"),
];

/// The ticks that this version asks for: what has no version before it differs from none.
pub fn to_see(earlier: bool) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    SEEN.iter().filter(move |(code, _)| earlier || *code != "difference")
}

/// Whoever could publish says first what was looked at; whoever may not hears that instead.
async fn considered(ctx: &mut Ctx, code: &str, form: &Form) -> Result<(), AppError> {
    let editor = read::editor(ctx, Some(code)).await?;
    let Some(version) = editor.version.as_ref().filter(|version| version.state == "submitted") else { return Ok(()) };
    if version.writers.contains(&editor.staff.id) {
        return Ok(());
    }
    let missing: Vec<FieldError> = to_see(editor.versions.len() > 1)
        .filter(|(code, _)| !form.chosen("seen", code))
        .map(|(code, label)| FieldError::new(format!("seen-{code}"), format!("请核对后勾选：{label}")))
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(AppError::Invalid(missing)) }
}

/// Asks the domain's table of steps, under a lock, and writes what it decides.
async fn give(ctx: &mut Ctx, code: &str, version: i32, command: Step, form: &Form) -> Result<(), AppError> {
    let (staff, area) = ctx.require_policy_editor()?;
    let editor = version::Editor { staff: staff.id, area };
    let now = ctx.now;
    let (content, reason) = (form.value("content"), clean(form.value("reason")));
    match item::command(&mut ctx.conn, code, version, command, &editor, content, &reason, now).await {
        Ok(_) => {
            if matches!(command, Step::Submit | Step::Return) {
                item::tell(&mut ctx.conn, code, version, command, now).await?;
            }
            Ok(())
        }
        Err(VersionError::Refused(refusal @ version::Refusal::Reason)) => Err(AppError::field("reason", refusal.to_string())),
        Err(error) => Err(error.into()),
    }
}

/// Proposes a change of a library, or decides one that a colleague proposed. The libraries are the whole city's: both are for its editors,
/// and the two are never one.
///
/// # Errors
/// [`AppError::Forbidden`] for an editor of a district, [`AppError::Invalid`] for fields, [`AppError::Refused`] where a change of the same
/// entry waits, or has been decided.
pub async fn put_library(request: &Request, form: &Form) -> Result<Next, AppError> {
    let said = {
        let mut ctx = request.open().await?;
        let (_, area) = ctx.require_policy_editor()?;
        if area != CITY {
            return Err(AppError::Forbidden);
        }
        ctx.require_fresh()?;
        let now = ctx.now;
        match form.value("change").parse::<i64>() {
            Ok(change) => {
                let accept = form.value("do") == "accept";
                if !library::decide(&mut ctx.conn, change, accept, now).await? {
                    return Err(AppError::Refused("这条修改已经处理过，或者是您自己提的：要由另一位政策编辑确认".to_owned()));
                }
                if accept { "已确认，修改生效。" } else { "已退回，没有修改。" }
            }
            Err(_) => {
                let (library, code, entry) = entry(form)?;
                match library::propose(&mut ctx.conn, library, &code, &entry, now).await {
                    Ok(()) => "已提交，由另一位市级政策编辑确认后生效。",
                    Err(error) if error.is_conflict_with("policy_library_change_open_key") => {
                        return Err(AppError::field("code", "这个代码有一条修改正在等待确认"));
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        }
    };
    request.services().refresh_shelf().await?;
    Ok(Next::to("/desk/policies/libraries").saying(said))
}

/// An entry as its form says it: which library's, its code, and all of it as JSON.
fn entry(form: &Form) -> Result<(&'static str, String, Value), AppError> {
    let text = |name: &str| clean(form.value(name));
    let (code, name) = (text("code"), text("name"));
    let mut faults = Vec::new();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if !(2..=60).contains(&code.len()) || !code.chars().all(plain) || !code.starts_with(|c: char| c.is_ascii_lowercase()) {
        faults.push(FieldError::new("code", "代码应为小写字母开头，由小写字母、数字、下划线组成"));
    }
    if name.is_empty() {
        faults.push(FieldError::new("name", "请填写名称"));
    }
    let kind = AttributeKind::parse(form.value("kind"));
    if form.value("library") == "attribute" && kind.is_none() {
        faults.push(FieldError::new("kind", "请选择类型"));
    }
    if !faults.is_empty() {
        return Err(AppError::Invalid(faults));
    }
    let (library, entry) = match (form.value("library"), kind) {
        ("attribute", Some(kind)) => {
            let attribute = Attribute {
                code: code.clone(),
                name,
                kind,
                unit: text("unit"),
                source: text("source"),
                refresh: form.value("refresh").to_owned(),
                enterprise_may_state: form.value("may_state") == "on",
                want: Want::parse(form.value("want")).unwrap_or_default(),
            };
            ("attribute", serde_json::to_value(attribute))
        }
        ("tag", _) => ("tag", serde_json::to_value(Tag { code: code.clone(), name, meaning: text("meaning") })),
        ("question", _) => ("question", serde_json::to_value(Question { code: code.clone(), text: name })),
        _ => return Err(AppError::NotFound),
    };
    Ok((library, code, entry.map_err(AppError::internal)?))
}

/// Whether an application may be decided from here at all, and which command its path names: asked before what is sent is read.
///
/// # Errors
/// [`AppError::NotFound`] outside the scope, and for a command that is not a reviewer's.
pub async fn require_reviewed(request: &Request, number: &str, code: &str) -> Result<Command, AppError> {
    {
        let mut ctx = request.open().await?;
        ctx.require_reviewer()?;
        application::get(&mut ctx.conn, number).await?;
    }
    request.close().await;
    Command::parse(code).filter(|command| !command.is_members()).ok_or(AppError::NotFound)
}

/// Gives a reviewer's command.
///
/// # Errors
/// [`AppError::Invalid`] for fields, [`AppError::Refused`] by the table or the budget, [`AppError::Conflict`] where the
/// application moved on since the page was shown, [`AppError::NotFound`] outside the scope.
pub async fn command(request: &Request, number: &str, command: Command, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let (staff, reviewer) = ctx.require_reviewer()?;
    if matches!(command, Command::Propose | Command::Approve | Command::Pay) {
        ctx.require_fresh()?;
    }
    let page = format!("/desk/applications/{number}{}", carried(&request.head().path));
    let found = application::get(&mut ctx.conn, number).await?;
    require_own_decision(reviewer, &found)?;
    // A decision is about what the page showed: files may have come since, or another reviewer's word.
    if form.value("seq").parse() != Ok(found.seq) {
        return Err(AppError::Conflict(page, "这件申请刚刚有新进展，请先看最新情况"));
    }
    let (today, now) = (ctx.today(), ctx.now);
    found.standing()?.decide(command, today).map_err(AppError::Refused)?;
    let chosen = match command {
        Command::Approve => chosen(&application_page(&mut ctx, number, Some(staff.id)).await?, form)?,
        _ => Chosen::default(),
    };
    let form = match chosen.amount {
        // Left empty, the sum is that of the figures that were chosen.
        Some(amount) if form.value("amount").trim().is_empty() => &with_amount(form, amount),
        _ => form,
    };
    let decision = decision(&found, command, form, today)?;
    found.standing()?.hands(command, staff.id, decision.amount).map_err(|sentence| AppError::field("amount", sentence))?;
    if let (Some(amount), Some(most)) = (decision.amount, chosen.amount)
        && amount > most.0
        && found.proposed_amount != Some(amount)
    {
        let sentence = format!("按您选的数据测算是 {}，不能超过", most.words());
        return Err(AppError::field("amount", sentence));
    }
    let version = item::get(&mut ctx.conn, &found.item_code, Some(found.version)).await?;
    let fund = version.item()?.fund.map(|fund| fund.remaining);
    let Decision { amount, until } = decision;
    let text = [chosen.words.as_str(), &clean(form.value("text"))].concat();
    let words = Words { text: &text, amount, until, fund, staff: Some(staff.id), counts: chosen.counts, ..Words::default() };
    let name = format!("{} {}", staff.organisation, staff.name);
    let state = application::command(&mut ctx.conn, number, command, &words, &name, today, now).await?;
    Ok(Next::to(page).saying(format!("{}：现在是“{}”", command.label(), state.label())))
}

/// Which figures count for an approval, where the enterprise says otherwise than a department has them.
#[derive(Default)]
struct Chosen {
    counts: Vec<(String, &'static str)>,
    /// What it comes to by them; none where nothing differs.
    amount: Option<Fen>,
    /// The same in words, before the reviewer's reason: the enterprise reads both.
    words: String,
}

/// Reads the choices of an approval: one for each figure that differs, and why.
fn chosen(page: &ApplicationPage, form: &Form) -> Result<Chosen, AppError> {
    let disputed = page.disputed();
    if disputed.is_empty() {
        return Ok(Chosen::default());
    }
    let (mut chosen, mut faults, mut recorded) = (Chosen::default(), Vec::new(), Vec::new());
    for one in &disputed {
        let field = format!("counts-{}", one.code);
        match form.value(&field) {
            "recorded" => {
                recorded.push(one.code.as_str());
                chosen.counts.push((one.code.clone(), "recorded"));
                chosen.words.push_str(&format!("{}按部门记录算（{}）；", one.name, one.recorded));
            }
            "stated" => {
                chosen.counts.push((one.code.clone(), "stated"));
                chosen.words.push_str(&format!("{}按{}算（{}）；", one.name, said_by(&one.code), one.stated));
            }
            _ => faults.push(FieldError::new(field, format!("请选择“{}”按哪个数算", one.name))),
        }
    }
    if clean(form.value("text")).chars().count() < 4 {
        faults.push(FieldError::new("text", "请写明为什么这样选，至少 4 个字"));
    }
    if !faults.is_empty() {
        return Err(AppError::Invalid(faults));
    }
    chosen.amount = page.counting(&recorded);
    if chosen.amount.is_none() {
        let field = format!("counts-{}", disputed[0].code);
        return Err(AppError::field(field, "按这样选的数据，企业不符合条件：请改选，或不予通过"));
    }
    Ok(chosen)
}

/// The form with a sum in place of none.
fn with_amount(form: &Form, amount: Fen) -> Form {
    let kept = form.pairs().iter().filter(|(name, _)| name != "amount").cloned();
    Form::new(kept.chain([("amount".to_owned(), amount.to_string())]).collect())
}

/// Editors keep the words of a policy: what a department reviews, they may read and not decide.
pub(super) fn require_own_decision(reviewer: Reviewer, found: &Application) -> Result<(), AppError> {
    match reviewer {
        Reviewer::City | Reviewer::Area(_) if found.department_id.is_some() => Err(AppError::Forbidden),
        _ => Ok(()),
    }
}

/// What a decision says besides its words.
#[derive(Default)]
struct Decision {
    amount: Option<i64>,
    until: Option<Date>,
}

/// A decision as its form says it.
fn decision(found: &Application, command: Command, form: &Form, today: Date) -> Result<Decision, AppError> {
    let length = clean(form.value("text")).chars().count();
    let mut faults = Vec::new();
    let needs = match command {
        Command::Ask => Some("请写明要补充什么"),
        Command::Reject => Some("请写明不予通过的原因"),
        Command::Propose => Some("请写明为什么超过测算金额"),
        _ => None,
    };
    if let Some(sentence) = needs.filter(|_| length < 4) {
        faults.push(FieldError::new("text", sentence));
    }
    if length > 500 {
        faults.push(FieldError::new("text", "最多 500 字"));
    }
    let mut decision = Decision::default();
    if matches!(command, Command::Propose | Command::Approve | Command::Pay) {
        match amount(found, command, form.value("amount")) {
            Ok(amount) => decision.amount = Some(amount.0),
            Err(sentence) => faults.push(FieldError::new("amount", sentence)),
        }
    }
    if command == Command::Notice {
        decision.until = when::day(form.value("until")).filter(|until| *until >= today);
        if decision.until.is_none() {
            faults.push(FieldError::new("until", "请选择公示截止日，不早于今天"));
        }
    }
    if faults.is_empty() { Ok(decision) } else { Err(AppError::Invalid(faults)) }
}

/// The money of a decision. What the fund has was asked when it was approved.
fn amount(found: &Application, command: Command, typed: &str) -> Result<Fen, String> {
    let amount = Fen::parse(&typed.replace([',', '，', ' '], "")).map_err(|error| format!("金额：{error}"))?;
    match found.approved_amount.map(Fen) {
        Some(approved) if command == Command::Pay && amount > approved => Err(format!("不能超过核准的 {}", approved.words())),
        _ if amount < Fen::ZERO => Err("金额不能小于 0".to_owned()),
        _ => Ok(amount),
    }
}

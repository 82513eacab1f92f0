//! Policies as staff keep them (S-21 to S-25): writing and publishing by two people, libraries, applications, evaluation.

use super::policy::{ApplicationPage, application_page};
use super::policy_draft::Draft;
use super::{AppError, Ctx};
use crate::ui::form::Form;
use domain::actor::CITY;
use domain::policy::application::{Command, State};
use domain::policy::book::Book;
use domain::policy::check::{Problem, check, check_set};
use domain::policy::evaluate::Outcome;
use domain::policy::facts::Facts;
use domain::policy::library::{Attribute, AttributeKind, Library, Question, Tag};
use domain::policy::model::{Item, day};
use domain::policy::money::Fen;
use domain::policy::version;
use domain::text::FieldError;
use store::Page;
use store::identity::StaffIdentity;
use store::policy::application::{Application, Words};
use store::policy::evaluation::Evaluation;
use store::policy::item::{Keeper, Version, VersionError};
use store::policy::{application, evaluation, item, library, matching, portrait};

/// States of versions: code and label.
pub const STATES: [(&str, &str); 4] =
    [("draft", "草稿"), ("submitted", "待发布"), ("published", "已发布"), ("withdrawn", "已撤下")];

/// The list.
pub struct List {
    /// The state shown.
    pub state: String,
    /// What was searched for.
    pub words: String,
    /// How many in each state.
    pub counts: Vec<(String, i64)>,
    /// The rows.
    pub page: Page<Version>,
}

/// The versions in a state.
///
/// # Errors
/// As [`Ctx::require_policy_editor`].
pub async fn list(ctx: &mut Ctx, state: &str, words: &str, after: Option<&str>) -> Result<List, AppError> {
    ctx.require_policy_editor()?;
    let state = version::State::from_code(state).unwrap_or(version::State::Published);
    let counts = item::counts(&mut ctx.conn).await?;
    let page = item::list(&mut ctx.conn, state, words.trim(), after, 30).await?;
    Ok(List { state: state.code().to_owned(), words: words.trim().to_owned(), counts, page })
}

/// What the editor shows beside the form.
#[derive(Default)]
pub struct Preview {
    /// What stands against publishing, and advice.
    pub problems: Vec<Problem>,
    /// Enterprises that were chosen: name, outcome, facts; and the item's book.
    pub enterprises: Vec<(String, Outcome, Facts)>,
    /// The item alone.
    pub book: Option<Book>,
    /// How many enterprises it would reach, and fen.
    pub reach: Option<(u64, i64)>,
}

/// The editor.
pub struct Editor {
    /// The draft.
    pub draft: Draft,
    /// The version as it is stored; none for a new item.
    pub version: Option<Version>,
    /// All versions of the item, newest first.
    pub versions: Vec<Version>,
    /// The libraries.
    pub library: Library,
    /// Who looks.
    pub staff: StaffIdentity,
    /// What the form is measured against.
    pub preview: Preview,
}

/// The editor of a stored item, or of a new one.
///
/// # Errors
/// [`AppError::NotFound`] outside the editor's area.
pub async fn editor(ctx: &mut Ctx, code: Option<&str>) -> Result<Editor, AppError> {
    let (staff, area) = ctx.require_policy_editor()?;
    let library = library::all(&mut ctx.conn).await?;
    let Some(code) = code else {
        let draft = Draft::new(&day::text(ctx.today()));
        return Ok(Editor { draft, version: None, versions: Vec::new(), library, staff, preview: Preview::default() });
    };
    let versions = item::versions(&mut ctx.conn, code).await?;
    let version = versions.first().cloned().ok_or(AppError::NotFound)?;
    if area != CITY && version.area != area {
        return Err(AppError::NotFound);
    }
    let item = version.item()?;
    let draft = Draft::of(&item).map_err(|error| AppError::Internal(error.to_string()))?;
    let preview = Preview { problems: check(&item, &library), ..Preview::default() };
    Ok(Editor { draft, version: Some(version), versions, library, staff, preview })
}

/// Measures a draft: problems; with `reach` the city too, with `names` chosen enterprises.
///
/// # Errors
/// As [`Ctx::require_policy_editor`].
pub async fn preview(ctx: &mut Ctx, editor: &mut Editor, names: &[String], reach: bool) -> Result<(), AppError> {
    let (_, area) = ctx.require_policy_editor()?;
    let item = match editor.draft.item() {
        Ok(item) => item,
        Err(problem) => {
            editor.preview = Preview { problems: vec![problem], ..Preview::default() };
            return Ok(());
        }
    };
    let mut found = Preview { problems: check(&item, &editor.library), ..Preview::default() };
    let others = ctx.shelf.book.items().iter().filter(|other| other.id != item.id).cloned();
    let together: Vec<Item> = others.chain([item.clone()]).collect();
    found.problems.extend(check_set(&together).into_iter().filter(|problem| problem.place.starts_with(&item.id)));
    // As of the first day it holds, if that is still to come.
    let on = item.valid.from.max(ctx.today()).min(item.valid.to.unwrap_or(time::Date::MAX));
    let book = Book::new(vec![item.clone()], on);
    if !book.items().is_empty() {
        for name in names.iter().filter(|name| !name.trim().is_empty()).take(3) {
            let Some(enterprise) = store::enterprise::search(&mut ctx.conn, name.trim()).await?.into_iter().next() else {
                continue;
            };
            let facts = portrait::get(&mut ctx.conn, enterprise.id).await?;
            if let Some(outcome) = book.evaluate(&facts).outcomes.into_iter().next() {
                found.enterprises.push((enterprise.name, outcome, facts));
            }
        }
        found.book = Some(book);
    }
    if reach {
        let area = (area != CITY).then_some(area);
        found.reach = Some(matching::preview(&mut ctx.conn, item, area).await?);
    }
    editor.preview = found;
    Ok(())
}

/// Saves a draft; answers its code and version.
///
/// # Errors
/// [`AppError::Invalid`] where it is no item, [`AppError::Refused`] where it waits to be published or belongs to another area.
pub async fn save(ctx: &mut Ctx, draft: &Draft, code: Option<&str>, department: Option<i64>) -> Result<(String, i32), AppError> {
    let (staff, area) = ctx.require_policy_editor()?;
    let item = draft.item().map_err(|problem| AppError::Invalid(vec![fault(&problem)]))?;
    if let Some(code) = code
        && code != item.id
    {
        return Err(AppError::Invalid(vec![FieldError::new("/id", "编号保存后不能改")]));
    }
    if code.is_none() && item::get(&mut ctx.conn, &item.id, None).await.is_ok() {
        return Err(AppError::Invalid(vec![FieldError::new("/id", "已经有这个编号的条目")]));
    }
    let keeper = Keeper { staff: Some(staff.id), area, department };
    let version = item::save(&mut ctx.conn, &item, keeper, ctx.now).await?;
    Ok((item.id, version))
}

/// A problem as a fault of its control.
pub fn fault(problem: &Problem) -> FieldError {
    FieldError::new(super::policy_draft::pointer_of(&problem.place), format!("{}：{}", problem.place, problem.sentence))
}

async fn give(ctx: &mut Ctx, code: &str, version: i32, command: version::Command, reason: &str) -> Result<(), AppError> {
    let (staff, area) = ctx.require_policy_editor()?;
    let editor = version::Editor { staff: staff.id, area };
    match item::command(&mut ctx.conn, code, version, command, &editor, reason, ctx.now).await {
        Ok(_) => Ok(()),
        Err(VersionError::Refused(refusal @ version::Refusal::Reason)) => {
            Err(AppError::Invalid(vec![FieldError::new("reason", refusal.to_string())]))
        }
        Err(error) => Err(error.into()),
    }
}

/// Hands a draft over to be published, or back to be changed.
///
/// # Errors
/// [`AppError::Refused`] where something stands against publishing.
pub async fn hand_over(ctx: &mut Ctx, code: &str, version: i32, submit: bool) -> Result<(), AppError> {
    give(ctx, code, version, if submit { version::Command::Submit } else { version::Command::Return }, "").await
}

/// Publishes what another person wrote (四眼原则).
///
/// # Errors
/// [`AppError::Refused`] for its author, and where something stands against it.
pub async fn publish(ctx: &mut Ctx, code: &str, version: i32) -> Result<(), AppError> {
    give(ctx, code, version, version::Command::Publish, "").await
}

/// Withdraws a published version.
///
/// # Errors
/// [`AppError::Invalid`] without a reason.
pub async fn withdraw(ctx: &mut Ctx, code: &str, version: i32, reason: &str) -> Result<(), AppError> {
    give(ctx, code, version, version::Command::Withdraw, reason).await
}

/// Adds to a library or changes it.
///
/// # Errors
/// [`AppError::Invalid`] for fields.
pub async fn put_library(ctx: &mut Ctx, form: &Form) -> Result<(), AppError> {
    ctx.require_policy_editor()?;
    let code = form.value("code").trim().to_owned();
    let name = form.value("name").trim().to_owned();
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
    match (form.value("library"), kind) {
        ("attribute", Some(kind)) => {
            let attribute = Attribute {
                code,
                name,
                kind,
                unit: form.value("unit").trim().to_owned(),
                source: form.value("source").trim().to_owned(),
                refresh: form.value("refresh").to_owned(),
                enterprise_may_state: form.value("may_state") == "on",
            };
            library::put_attribute(&mut ctx.conn, &attribute).await?;
        }
        ("tag", _) => {
            let meaning = form.value("meaning").trim().to_owned();
            library::put_tag(&mut ctx.conn, &Tag { code, name, meaning }).await?;
        }
        ("question", _) => library::put_question(&mut ctx.conn, &Question { code, text: name }).await?,
        _ => return Err(AppError::NotFound),
    }
    Ok(())
}

/// The queue of applications.
pub struct Queue {
    /// The state shown.
    pub state: State,
    /// How many in each.
    pub counts: Vec<(String, i64)>,
    /// The rows.
    pub page: Page<Application>,
}

/// Applications in a state, oldest first.
///
/// # Errors
/// As [`Ctx::require_reviewer`].
pub async fn queue(ctx: &mut Ctx, state: &str, after: Option<&str>) -> Result<Queue, AppError> {
    let (_, reviewer) = ctx.require_reviewer()?;
    let state = State::parse(state).unwrap_or(State::Submitted);
    let counts = application::counts(&mut ctx.conn, reviewer).await?;
    let page = application::queue(&mut ctx.conn, reviewer, state, after, 30).await?;
    Ok(Queue { state, counts, page })
}

/// An application to its reviewer, with what its item's budget has given.
///
/// # Errors
/// [`AppError::NotFound`] outside the scope.
pub async fn review(ctx: &mut Ctx, number: &str) -> Result<(ApplicationPage, i64), AppError> {
    ctx.require_reviewer()?;
    let page = application_page(ctx, number, false).await?;
    let spent = evaluation::spent(&mut ctx.conn, page.application.item_id).await?;
    Ok((page, spent))
}

/// Gives a reviewer's command.
///
/// # Errors
/// [`AppError::Invalid`] for fields, [`AppError::Refused`] by the table or the budget, [`AppError::NotFound`] outside the scope.
pub async fn command(ctx: &mut Ctx, number: &str, command: Command, form: &Form) -> Result<State, AppError> {
    let (staff, _) = ctx.require_reviewer()?;
    let found = application::get(&mut ctx.conn, number).await?;
    if command.is_members() {
        return Err(AppError::Forbidden);
    }
    // A decision is about what the page showed: files may have come since, or another reviewer's word.
    if form.value("seq").parse() != Ok(found.seq) {
        return Err(AppError::Refused("这件申请刚刚有新进展，请先看最新情况".to_owned()));
    }
    let today = ctx.today();
    found.standing()?.decide(command, today).map_err(AppError::Refused)?;
    let text = form.value("text").trim();
    let mut faults = Vec::new();
    if matches!(command, Command::Ask | Command::Reject) && text.chars().count() < 4 {
        let sentence = if command == Command::Ask { "请写明要补充什么" } else { "请写明不予通过的原因" };
        faults.push(FieldError::new("text", sentence));
    }
    if text.chars().count() > 500 {
        faults.push(FieldError::new("text", "最多 500 字"));
    }
    let amount = match command {
        Command::Approve | Command::Pay => match Fen::parse(&form.value("amount").replace([',', '，', ' '], "")) {
            // What the fund has was asked when it was approved.
            Ok(amount) if command == Command::Pay && found.approved_amount.is_some_and(|approved| amount.0 > approved) => {
                let approved = Fen(found.approved_amount.unwrap_or_default()).words();
                faults.push(FieldError::new("amount", format!("不能超过核准的 {approved}")));
                None
            }
            Ok(amount) if amount >= Fen::ZERO => Some(amount.0),
            Ok(_) => {
                faults.push(FieldError::new("amount", "金额不能小于 0"));
                None
            }
            Err(error) => {
                faults.push(FieldError::new("amount", format!("金额：{error}")));
                None
            }
        },
        _ => None,
    };
    let until = match command {
        Command::Notice => {
            let until = day::parse(form.value("until")).filter(|until| *until >= today);
            if until.is_none() {
                faults.push(FieldError::new("until", "请选择公示截止日，不早于今天"));
            }
            until
        }
        _ => None,
    };
    if !faults.is_empty() {
        return Err(AppError::Invalid(faults));
    }
    let version = item::get(&mut ctx.conn, &found.item_code, Some(found.version)).await?;
    let fund = version.item()?.fund.map(|fund| fund.remaining);
    let words = Words { text, amount, until, fund, ..Words::default() };
    let name = format!("{} {}", staff.organisation, staff.name);
    Ok(application::command(&mut ctx.conn, number, command, &words, &name, today, ctx.now).await?)
}

/// The evaluation of a policy.
///
/// # Errors
/// [`AppError::NotFound`].
pub async fn evaluate(ctx: &mut Ctx, code: &str) -> Result<(Version, Evaluation), AppError> {
    let (_, area) = ctx.require_policy_editor()?;
    let version = item::get(&mut ctx.conn, code, None).await?;
    if area != CITY && version.area != area {
        return Err(AppError::NotFound);
    }
    let figures = evaluation::of_item(&mut ctx.conn, version.id).await?;
    Ok((version, figures))
}

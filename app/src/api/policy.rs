//! Policies as an enterprise meets them: what fits it and why, its portrait, what it is told, applications (S-16, S-17, S-21 to S-26).

use super::{AppError, Ctx, Member};
use crate::calculator::changed;
use crate::ui::form::Form;
use domain::phone::parse_contact_phone;
use domain::policy::application::{Command, State};
use domain::policy::evaluate::{Evaluation, Outcome, Verdict};
use domain::policy::facts::Facts;
use domain::policy::library::Library;
use domain::policy::model::{Item, Level, Mode};
use domain::text::FieldError;
use serde_json::Value;
use std::sync::Arc;
use store::policy::application::{Application, Event, File, NewApplication, Words};
use store::policy::notice::{KINDS, Preference};
use store::policy::portrait::Change;
use store::policy::{Shelf, application, evaluation, item, notice, portrait};
use store::{Page, StoreError};
use uuid::Uuid;

/// What everything here is said about.
pub struct View {
    /// What is known.
    pub facts: Facts,
    /// The answer.
    pub evaluation: Evaluation,
    /// The policies.
    pub shelf: Arc<Shelf>,
}

impl View {
    /// Of facts under the policies in force.
    pub fn new(shelf: Arc<Shelf>, facts: Facts) -> View {
        View { evaluation: shelf.book.evaluate(&facts), facts, shelf }
    }

    /// The item of an outcome.
    pub fn item(&self, outcome: &Outcome) -> &Item {
        &self.shelf.book.items()[outcome.item]
    }
}

/// What fits the enterprise of the session.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn view(ctx: &mut Ctx) -> Result<View, AppError> {
    let member = ctx.require_member()?;
    let facts = portrait::get(&mut ctx.conn, member.enterprise.id).await?;
    Ok(View::new(ctx.shelf.clone(), facts))
}

/// What the list is narrowed to; empty is everything.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Board's code.
    pub board: String,
    /// Level.
    pub level: Option<Level>,
    /// How the money is had.
    pub mode: Option<Mode>,
    /// Only windows that end within 30 days.
    pub soon: bool,
    /// Tag.
    pub tag: String,
}

impl Filter {
    /// Whether an item stays.
    pub fn lets(&self, item: &Item, today: time::Date) -> bool {
        let ends_soon = || item.apply.to.is_some_and(|to| to >= today && (to - today).whole_days() <= 30);
        (self.board.is_empty() || item.board == self.board)
            && self.level.is_none_or(|level| item.level == level)
            && self.mode.is_none_or(|mode| item.apply.mode == mode)
            && (!self.soon || ends_soon())
            && (self.tag.is_empty() || item.tags.contains(&self.tag))
    }

    /// Whether it narrows anything.
    pub fn is_open(&self) -> bool {
        self.board.is_empty() && self.level.is_none() && self.mode.is_none() && !self.soon && self.tag.is_empty()
    }
}

/// One item for the enterprise.
pub struct ItemPage {
    /// Everything about it.
    pub view: View,
    /// Its outcome.
    pub outcome: Outcome,
    /// Its newest application.
    pub application: Option<Application>,
    /// The document's other items: code and title.
    pub siblings: Vec<(String, String)>,
}

/// One item; notes that the enterprise has read it.
///
/// # Errors
/// [`AppError::NotFound`] for one not in force.
pub async fn item_page(ctx: &mut Ctx, code: &str) -> Result<ItemPage, AppError> {
    let member = ctx.require_member()?;
    let (id, view, outcome) = of_item(ctx, code).await?;
    evaluation::note_step(&mut ctx.conn, member.enterprise.id, id, "read", ctx.now).await?;
    let application = application::of_item(&mut ctx.conn, member.enterprise.id, id).await?;
    let today = ctx.today();
    let siblings = item::of_document(&mut ctx.conn, id, today).await?;
    Ok(ItemPage { view, outcome, application, siblings })
}

async fn of_item(ctx: &mut Ctx, code: &str) -> Result<(i64, View, Outcome), AppError> {
    let place = ctx.shelf.find(code).ok_or(AppError::NotFound)?;
    let id = *ctx.shelf.ids.get(code).ok_or(AppError::NotFound)?;
    let view = view(ctx).await?;
    let outcome = view.evaluation.outcomes.iter().find(|outcome| outcome.item == place).cloned().ok_or(AppError::NotFound)?;
    Ok((id, view, outcome))
}

/// What a form changes in the portrait, of what an enterprise may state itself.
fn statements(library: &Library, before: &Facts, after: &Facts) -> Vec<Change> {
    let said = |code: &str, value: Option<Value>| Change {
        code: code.to_owned(),
        value,
        period: String::new(),
        source: "企业自填".to_owned(),
    };
    let stated = library.attributes.values().filter(|attribute| attribute.enterprise_may_state);
    let values = stated.filter(|attribute| before.get(&attribute.code) != after.get(&attribute.code));
    let answers = after.attest.iter().filter(|(code, yes)| before.attest.get(code) != Some(*yes));
    values
        .map(|attribute| said(&attribute.code, after.get(&attribute.code).map(|fact| Value::from(fact.value.clone()))))
        .chain(answers.map(|(code, yes)| said(&format!("attest.{code}"), Some(Value::from(*yes)))))
        .collect()
}

/// Saves what the enterprise states of itself; answers how many facts changed.
///
/// # Errors
/// [`AppError::Invalid`] for what cannot be read; nothing is saved then.
pub async fn state_facts(ctx: &mut Ctx, form: &Form) -> Result<i32, AppError> {
    let member = ctx.require_member()?;
    let facts = portrait::get(&mut ctx.conn, member.enterprise.id).await?;
    let (after, faults) = changed(&ctx.shelf.library, &facts, form.pairs());
    if !faults.is_empty() {
        return Err(AppError::Invalid(faults.into_iter().map(|(field, message)| FieldError::new(field, message)).collect()));
    }
    let changes = statements(&ctx.shelf.library, &facts, &after);
    let today = ctx.today();
    Ok(portrait::put(&mut ctx.conn, member.enterprise.id, &changes, today, ctx.now).await?)
}

/// Notes that the enterprise has tried other numbers for the items that these moved.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn note_calculated(ctx: &mut Ctx, view: &View, tried: &Facts) -> Result<(), AppError> {
    let member = ctx.require_member()?;
    let after = view.shelf.book.evaluate(tried);
    for outcome in after.outcomes {
        let before = view.evaluation.outcomes.iter().find(|before| before.item == outcome.item);
        let moved = before.is_some_and(|before| (before.standing, before.amount) != (outcome.standing, outcome.amount));
        let item = &view.shelf.book.items()[outcome.item];
        if let (true, Some(id)) = (moved, view.shelf.ids.get(&item.id)) {
            evaluation::note_step(&mut ctx.conn, member.enterprise.id, *id, "calculated", ctx.now).await?;
        }
    }
    Ok(())
}

/// Notes that a problem was raised about an item (S-26).
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn note_question(ctx: &mut Ctx, code: &str, number: &str) -> Result<(), AppError> {
    let member = ctx.require_member()?;
    let id = *ctx.shelf.ids.get(code).ok_or(AppError::NotFound)?;
    Ok(evaluation::note_question(&mut ctx.conn, number, id, member.enterprise.id, ctx.now).await?)
}

/// The choices of the member: kinds of notices, tags.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn notices(ctx: &mut Ctx) -> Result<(Vec<Preference>, Vec<String>), AppError> {
    let member = ctx.require_member()?;
    let (person, enterprise) = (member.person.person, member.enterprise.id);
    let preferences = notice::preferences(&mut ctx.conn, person, enterprise).await?;
    Ok((preferences, notice::subscriptions(&mut ctx.conn, person, enterprise).await?))
}

/// Sets them: boxes `in_app.<kind>`, `sms.<kind>`, `tag`.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn choose_notices(ctx: &mut Ctx, form: &Form) -> Result<(), AppError> {
    let member = ctx.require_member()?;
    let on = |name: String| form.value(&name) == "on";
    let preferences: Vec<Preference> = KINDS
        .iter()
        .map(|(kind, _)| Preference {
            kind: (*kind).to_owned(),
            in_app: on(format!("in_app.{kind}")),
            sms: on(format!("sms.{kind}")),
        })
        .collect();
    let known = tags(&ctx.shelf);
    let tags: Vec<String> = form.all("tag").filter(|tag| known.iter().any(|k| k == tag)).map(str::to_owned).collect();
    // All of them is as good as none, and stays so when a new subject comes.
    let tags = if tags.len() == known.len() { Vec::new() } else { tags };
    Ok(notice::choose(&mut ctx.conn, member.person.person, member.enterprise.id, &preferences, &tags).await?)
}

/// Every subject of the policies in force.
pub fn tags(shelf: &Shelf) -> Vec<String> {
    let mut tags: Vec<String> = shelf.book.items().iter().flat_map(|item| item.tags.iter().cloned()).collect();
    tags.sort();
    tags.dedup();
    tags
}

/// What an application starts from.
pub struct Offer {
    /// The item and its outcome.
    pub page: ItemPage,
    /// Files that came with the form.
    pub files: Vec<File>,
    /// The enterprise's name.
    pub enterprise: String,
}

/// The form of an application.
///
/// # Errors
/// [`AppError::Refused`] where the enterprise is not eligible, the window is closed or an application is open.
pub async fn offer(ctx: &mut Ctx, code: &str, form: &Form) -> Result<Offer, AppError> {
    let member = ctx.require_member()?;
    let page = item_page(ctx, code).await?;
    may_apply(&page, ctx.today())?;
    let files = application::pending_files(&mut ctx.conn, &file_ids(form)).await?;
    Ok(Offer { page, files, enterprise: member.enterprise.name })
}

fn may_apply(page: &ItemPage, today: time::Date) -> Result<(), AppError> {
    let refused = |sentence: &str| Err(AppError::Refused(sentence.to_owned()));
    let item = page.view.item(&page.outcome);
    if page.outcome.verdict != Verdict::Eligible {
        return refused("按现有信息还不符合这项政策的条件，请先看看差在哪里");
    }
    if !item.open_on(today) {
        return refused("现在不在申报时间内");
    }
    if page.application.as_ref().and_then(|a| a.state().ok()).is_some_and(State::is_open) {
        return refused("已经有一件申请在办理，不用重复申请");
    }
    Ok(())
}

/// Ids of files that travel with a form.
pub fn file_ids(form: &Form) -> Vec<Uuid> {
    form.all("file").filter_map(|id| id.parse().ok()).collect()
}

/// Applies: version, facts and amount are frozen. The same form again answers the first number.
///
/// # Errors
/// [`AppError::Invalid`] for fields, [`AppError::Refused`] as [`offer`].
pub async fn apply(ctx: &mut Ctx, code: &str, form: &Form) -> Result<String, AppError> {
    let Member { person, enterprise, .. } = ctx.require_member()?;
    let client_key: Uuid = form.value("key").parse().map_err(|_| AppError::Refused("表单已失效，请重新打开页面".to_owned()))?;
    let page = item_page(ctx, code).await?;
    // Asked after the page was read: of a double click, the quicker one may have filed in between.
    if let Some(number) = application::of_key(&mut ctx.conn, enterprise.id, client_key).await? {
        return Ok(number);
    }
    may_apply(&page, ctx.today())?;
    let item = page.view.item(&page.outcome);
    let files = application::pending_files(&mut ctx.conn, &file_ids(form)).await?;
    let mut faults = Vec::new();
    let name = form.value("contact_name").trim();
    if !(2..=30).contains(&name.chars().count()) {
        faults.push(FieldError::new("contact_name", "请填写联系人姓名"));
    }
    let phone = parse_contact_phone(form.value("contact_phone"))
        .map_err(|error| faults.push(FieldError::new("contact_phone", error.to_string())));
    if form.value("note").chars().count() > 500 {
        faults.push(FieldError::new("note", "补充说明最多 500 字"));
    }
    if item.apply.mode == Mode::Declare && !item.apply.materials.is_empty() && files.is_empty() {
        faults.push(FieldError::new("files", format!("请上传申报材料：{}", item.apply.materials.join("、"))));
    }
    if !faults.is_empty() {
        return Err(AppError::Invalid(faults));
    }
    let id = *ctx.shelf.ids.get(code).ok_or(AppError::NotFound)?;
    let ids: Vec<Uuid> = files.iter().map(|file| file.id).collect();
    let phone = phone.unwrap_or_default();
    let new = NewApplication {
        client_key,
        enterprise: enterprise.id,
        person: person.person,
        actor_name: &person.name,
        item_id: id,
        item,
        facts: &page.view.facts,
        as_of: page.view.evaluation.as_of,
        amount: page.outcome.amount.low,
        contact_name: name,
        contact_phone: &phone,
        note: form.value("note").trim(),
        files: &ids,
    };
    match application::file(&mut ctx.conn, &new, ctx.now).await {
        Ok(number) => Ok(number),
        Err(StoreError::Conflict(key)) if key == "application_open_key" => {
            let own = application::of_key(&mut ctx.conn, enterprise.id, client_key).await?;
            own.ok_or_else(|| AppError::Refused("已经有一件申请在办理，不用重复申请".to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}

/// The enterprise's applications.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn applications(ctx: &mut Ctx, after: Option<&str>) -> Result<Page<Application>, AppError> {
    let member = ctx.require_member()?;
    Ok(application::mine(&mut ctx.conn, member.enterprise.id, after, 20).await?)
}

/// An application with everything that belongs to it.
pub struct ApplicationPage {
    /// It.
    pub application: Application,
    /// What happened, newest first.
    pub events: Vec<Event>,
    /// Its files.
    pub files: Vec<File>,
    /// The version it was computed on, alone in a book of that day.
    pub book: domain::policy::book::Book,
    /// The facts it was computed on.
    pub facts: Facts,
    /// The libraries.
    pub library: Library,
    /// What may be done now by whoever looks.
    pub commands: Vec<Command>,
}

/// An application; `members` says whose commands are asked for.
///
/// # Errors
/// [`AppError::NotFound`] outside the scope.
pub async fn application_page(ctx: &mut Ctx, number: &str, members: bool) -> Result<ApplicationPage, AppError> {
    let application = application::get(&mut ctx.conn, number).await?;
    let events = application::events(&mut ctx.conn, application.id).await?;
    let files = application::files(&mut ctx.conn, application.id).await?;
    let version = item::get(&mut ctx.conn, &application.item_code, Some(application.version)).await?;
    let facts = application.facts()?;
    let book = domain::policy::book::Book::new(vec![version.item()?], application.as_of);
    let commands = application.standing()?.possible(members, ctx.today());
    Ok(ApplicationPage { application, events, files, book, facts, library: ctx.shelf.library.clone(), commands })
}

/// One application of the enterprise.
///
/// # Errors
/// [`AppError::NotFound`] for another enterprise's.
pub async fn my_application(ctx: &mut Ctx, number: &str) -> Result<ApplicationPage, AppError> {
    ctx.require_member()?;
    application_page(ctx, number, true).await
}

/// Gives a member's command.
///
/// # Errors
/// [`AppError::Invalid`], [`AppError::Refused`] by the table, [`AppError::NotFound`].
pub async fn command(ctx: &mut Ctx, number: &str, command: Command, form: &Form) -> Result<(), AppError> {
    let member = ctx.require_member()?;
    if !command.is_members() {
        return Err(AppError::Forbidden);
    }
    let text = form.value("text").trim();
    let files = application::pending_files(&mut ctx.conn, &file_ids(form)).await?;
    let ids: Vec<Uuid> = files.iter().map(|file| file.id).collect();
    let mut faults = Vec::new();
    if text.chars().count() > 500 {
        faults.push(FieldError::new("text", "最多 500 字"));
    }
    let rating = form.value("rating").parse::<i16>().ok().filter(|rating| (1..=5).contains(rating));
    match command {
        Command::Supply if text.is_empty() && ids.is_empty() => {
            faults.push(FieldError::new("text", "请写明补充了什么，或上传材料"))
        }
        Command::Rate if rating.is_none() => faults.push(FieldError::new("rating", "请选择满意程度")),
        _ => {}
    }
    if !faults.is_empty() {
        return Err(AppError::Invalid(faults));
    }
    let words = Words { text, rating: rating.filter(|_| command == Command::Rate), files: &ids, ..Words::default() };
    let today = ctx.today();
    application::command(&mut ctx.conn, number, command, &words, &member.person.name, today, ctx.now).await?;
    Ok(())
}

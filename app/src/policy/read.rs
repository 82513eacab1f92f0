//! Reading policies as an enterprise meets them: what fits it and why, its portrait, what it is told, its applications. What belongs to an
//! application is read here for its reviewers too.

use crate::access::Member;
use crate::error::{AppError, Next, Stop};
use crate::form::Form;
use crate::member::read::withheld;
use crate::request::Ctx;
use domain::actor::StaffId;
use domain::member::Task;
use domain::policy::application::{Command as ApplicationCommand, State};
use domain::policy::book::Book;
use domain::policy::evaluate::{Evaluation, Outcome, Verdict};
use domain::policy::facts::Facts;
use domain::policy::library::Library;
use domain::policy::model::{Item, Level, Mode};
use domain::security::Kind;
use std::sync::Arc;
use store::Page;
use store::policy::application::{Application, Event, File, Prepared};
use store::policy::notice::Preference;
use store::policy::{Shelf, application, evaluation, item, notice, portrait};
use time::Date;
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
    pub fn lets(&self, item: &Item, today: Date) -> bool {
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
    /// Why whoever looks may not apply for this sum, and who may: it may make the application ready.
    pub withheld: Option<String>,
    /// What is ready to be submitted.
    pub prepared: Option<Prepared>,
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
    let (withheld, prepared) = match outcome.verdict {
        Verdict::Eligible => (
            withheld(ctx, Task::apply(outcome.amount.low)).await?,
            application::prepared(&mut ctx.conn, member.enterprise.id, id).await?,
        ),
        _ => (None, None),
    };
    Ok(ItemPage { view, outcome, application, siblings, withheld, prepared })
}

async fn of_item(ctx: &mut Ctx, code: &str) -> Result<(i64, View, Outcome), AppError> {
    let place = ctx.shelf.find(code).ok_or(AppError::NotFound)?;
    let id = *ctx.shelf.ids.get(code).ok_or(AppError::NotFound)?;
    let view = view(ctx).await?;
    let outcome = view.evaluation.outcomes.iter().find(|outcome| outcome.item == place).cloned().ok_or(AppError::NotFound)?;
    Ok((id, view, outcome))
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

/// Every subject of the policies in force.
pub fn tags(shelf: &Shelf) -> Vec<String> {
    let mut tags: Vec<String> = shelf.book.items().iter().flat_map(|item| item.tags.iter().cloned()).collect();
    tags.sort();
    tags.dedup();
    tags
}

/// The portrait of the enterprise, and why whoever looks may not state facts.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn portrait(ctx: &mut Ctx) -> Result<(Facts, Option<String>), AppError> {
    let member = ctx.require_member()?;
    let facts = portrait::get(&mut ctx.conn, member.enterprise.id).await?;
    Ok((facts, withheld(ctx, Task::StateFacts).await?))
}

/// What an application starts from.
pub struct Offer {
    /// The item and its outcome.
    pub page: ItemPage,
    /// Files that came with the form.
    pub files: Vec<File>,
    /// Who applies.
    pub member: Member,
    /// With a fresh key and what was made ready, where nothing else was typed.
    pub form: Form,
}

/// The form of an application. Where nobody may apply, the item's page says where things stand.
///
/// # Errors
/// [`Stop::Redirect`] there; [`AppError::NotFound`] for an item not in force.
pub async fn offer(ctx: &mut Ctx, code: &str, form: Form) -> Result<Offer, Stop> {
    let member = ctx.require_member()?;
    let page = item_page(ctx, code).await?;
    page.may_apply(ctx.today()).map_err(|sentence| Stop::Redirect(Next::to(format!("/policies/{code}")).saying(sentence)))?;
    let mut form = form;
    if let (Some(ready), "") = (&page.prepared, form.value("key")) {
        for id in &ready.files {
            form.push("file", id.to_string());
        }
        form = form
            .or("contact_name", ready.contact_name.clone())
            .or("contact_phone", ready.contact_phone.clone())
            .or("note", ready.note.clone());
    }
    let form = form
        .or("key", Uuid::now_v7().to_string())
        .or("contact_name", member.person.name.clone())
        .or("contact_phone", member.person.phone.clone());
    let files = pending_files(ctx, &form).await?;
    Ok(Offer { page, files, member, form })
}

/// Files that were sent with an earlier try of a form.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn pending_files(ctx: &mut Ctx, form: &Form) -> Result<Vec<File>, AppError> {
    ctx.require_member()?;
    Ok(application::pending_files(&mut ctx.conn, &form.ids("file")).await?)
}

impl ItemPage {
    /// Whether the enterprise may apply on a day.
    ///
    /// # Errors
    /// A sentence that says what stands against it.
    pub fn may_apply(&self, today: Date) -> Result<(), &'static str> {
        if self.outcome.verdict != Verdict::Eligible {
            return Err("按现有信息还不符合这项政策的条件，请先看看差在哪里");
        }
        if !self.view.item(&self.outcome).open_on(today) {
            return Err("现在不在申报时间内");
        }
        if self.application.as_ref().and_then(|application| application.state().ok()).is_some_and(State::is_open) {
            return Err(ALREADY_OPEN);
        }
        Ok(())
    }
}

/// One application at a time.
pub(super) const ALREADY_OPEN: &str = "已经有一件申请在办理，不用重复申请";

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
    pub book: Book,
    /// The facts it was computed on.
    pub facts: Facts,
    /// The libraries.
    pub library: Library,
    /// What may be done now by whoever looks.
    pub commands: Vec<ApplicationCommand>,
    /// What could be done now, but not by whoever looks, and who may.
    pub withheld: Option<String>,
}

/// An application, with the commands of a member of staff, or of the enterprise.
///
/// # Errors
/// [`AppError::NotFound`] outside the scope.
pub async fn application_page(ctx: &mut Ctx, number: &str, staff: Option<StaffId>) -> Result<ApplicationPage, AppError> {
    let application = application::get(&mut ctx.conn, number).await?;
    let events = application::events(&mut ctx.conn, application.id).await?;
    let files = application::files(&mut ctx.conn, application.id).await?;
    let version = item::get(&mut ctx.conn, &application.item_code, Some(application.version)).await?;
    let facts = application.facts()?;
    let book = Book::new(vec![version.item()?], application.as_of);
    let commands = application.standing()?.possible(staff, ctx.today());
    Ok(ApplicationPage { application, events, files, book, facts, library: ctx.shelf.library.clone(), commands, withheld: None })
}

/// One application of the enterprise.
///
/// # Errors
/// [`AppError::NotFound`] for another enterprise's.
pub async fn my_application(ctx: &mut Ctx, number: &str) -> Result<ApplicationPage, AppError> {
    ctx.require_member()?;
    let mut page = application_page(ctx, number, None).await?;
    // What the department settles within itself is none of the enterprise's.
    page.events.retain(|event| ApplicationCommand::parse(&event.kind).is_none_or(|command| !command.is_internal()));
    if page.commands.contains(&ApplicationCommand::Withdraw) {
        page.withheld = withheld(ctx, Task::Withdraw).await?;
        page.commands.retain(|command| *command != ApplicationCommand::Withdraw || page.withheld.is_none());
    }
    Ok(page)
}

/// A file of an application, to its enterprise and to whoever reviews it.
///
/// # Errors
/// [`AppError::NotFound`] outside the scope.
pub async fn file(ctx: &mut Ctx, number: &str, id: Uuid) -> Result<File, AppError> {
    let own = ctx.require_member().is_ok();
    if !own {
        ctx.require_reviewer()?;
    }
    let application = application::get(&mut ctx.conn, number).await?;
    let files = application::files(&mut ctx.conn, application.id).await?;
    let file = files.into_iter().find(|file| file.id == id).ok_or(AppError::NotFound)?;
    if !own {
        ctx.note(Kind::Exported, number, &file.name).await?;
    }
    Ok(file)
}

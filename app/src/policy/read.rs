//! Reading policies as an enterprise meets them: what fits it and why, its portrait, what it is told, its applications. What belongs to an
//! application is read here for its reviewers too.

use crate::access::Member;
use crate::error::{AppError, Next, Stop};
use crate::form::Form;
use crate::member::read::withheld;
use crate::request::Ctx;
use crate::ui::policy::day;
use domain::actor::StaffId;
use domain::area::prefix;
use domain::calendar::local;
use domain::member::Right;
use domain::policy::application::{Command as ApplicationCommand, State};
use domain::policy::book::Book;
use domain::policy::evaluate::{Evaluation, Outcome, Standing, Verdict};
use domain::policy::facts::Facts;
use domain::policy::library::Library;
use domain::policy::model::Item;
use domain::policy::money::Fen;
use domain::policy::words;
use domain::security::Kind;
use std::sync::Arc;
use store::Page;
use store::policy::application::{Application, Event, File, Live, Prepared};
use store::policy::item::Ended;
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
    /// What it has applied for and was not refused, newest first.
    pub live: Vec<Live>,
}

impl View {
    /// Of facts under the policies in force, beside what was applied for: the one sum that home, list, item and calculator say.
    pub fn new(shelf: Arc<Shelf>, facts: Facts, live: Vec<Live>) -> View {
        View { evaluation: evaluate(&shelf, &facts, &live), facts, shelf, live }
    }

    /// The answer for other facts.
    pub fn evaluate(&self, facts: &Facts) -> Evaluation {
        evaluate(&self.shelf, facts, &self.live)
    }

    /// What has ended and has no successor, as far as it is of the enterprise's area.
    pub fn ended(&self) -> Vec<&Ended> {
        let here = self.facts.get("area").map_or("", |fact| fact.value.as_str());
        let of_here = |ended: &&Ended| prefix(&ended.area).is_some_and(|codes| here.starts_with(&codes));
        self.shelf.ended.iter().filter(of_here).collect()
    }

    /// What is had in the present period, by the items' codes.
    pub fn had(&self) -> Vec<(String, i64)> {
        let items = self.shelf.book.items();
        had(&self.shelf, &self.live).into_iter().map(|(item, fen)| (items[item].id.clone(), fen)).collect()
    }

    /// What was applied for, what was approved and what was paid, fen: they stand apart from what can still be had.
    pub fn standing(&self) -> [(&'static str, i64); 3] {
        let sum = |of: &dyn Fn(State) -> bool| {
            let those = self.live.iter().filter(|live| State::parse(&live.state).is_some_and(of));
            those.map(Live::fen).fold(0, i64::saturating_add)
        };
        let asked = |state: State| state.is_open() && state != State::Approved;
        [("已申请", sum(&asked)), ("已核准", sum(&|s| s == State::Approved)), ("已拨付", sum(&|s| s == State::Paid))]
    }

    /// The item of an outcome.
    pub fn item(&self, outcome: &Outcome) -> &Item {
        &self.shelf.book.items()[outcome.item]
    }
}

fn evaluate(shelf: &Shelf, facts: &Facts, live: &[Live]) -> Evaluation {
    let mut evaluation = shelf.book.evaluate_beside(facts, &had(shelf, live));
    // What holds elsewhere is none of this enterprise's business.
    evaluation.outcomes.retain(|outcome| !outcome.elsewhere);
    evaluation
}

/// Items of which the enterprise has an application in the present period, and what each comes to.
fn had(shelf: &Shelf, live: &[Live]) -> Vec<(usize, i64)> {
    let mut list: Vec<(usize, i64)> = Vec::new();
    for application in live {
        let Some(place) = shelf.find(&application.item_code) else { continue };
        let fresh = list.iter().all(|(known, _)| *known != place);
        if fresh && application.is_of(&shelf.book.items()[place], shelf.book.as_of) {
            list.push((place, application.fen()));
        }
    }
    list
}

/// What fits the enterprise of the session.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn view(ctx: &mut Ctx) -> Result<View, AppError> {
    let member = ctx.require_member()?;
    let today = ctx.today();
    let facts = portrait::get(&mut ctx.conn, member.enterprise.id, today).await?;
    let live = application::live(&mut ctx.conn, member.enterprise.id).await?;
    Ok(View::new(ctx.shelf.clone(), facts, live))
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
            withheld(ctx, Right::apply(outcome.amount.low)).await?,
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

/// The portrait of the enterprise, why whoever looks may not state facts, and who gave its tags when.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn portrait(ctx: &mut Ctx) -> Result<(Facts, Option<String>, Option<String>), AppError> {
    let member = ctx.require_member()?;
    let today = ctx.today();
    let facts = portrait::get(&mut ctx.conn, member.enterprise.id, today).await?;
    let given = portrait::history(&mut ctx.conn, member.enterprise.id, "tags").await?.into_iter().next();
    let told = given.map(|given| format!("{} · {} 更新", given.source, day(local(given.at).date())));
    Ok((facts, withheld(ctx, Right::StateFacts).await?, told))
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
        let apply = &self.view.item(&self.outcome).apply;
        if !apply.mode.is_applied_for() {
            return Err("这项政策在纳税申报时直接享受，不用在这里申请");
        }
        if !apply.is_here() {
            return Err("这项政策由其他系统受理，不在这里申请");
        }
        if self.application.as_ref().and_then(|application| application.state().ok()).is_some_and(State::is_open) {
            return Err(ALREADY_OPEN);
        }
        if self.outcome.standing == Standing::Had {
            return Err(ALREADY_HAD);
        }
        if self.outcome.verdict != Verdict::Eligible {
            return Err("按现有信息还不符合这项政策的条件，请先看看差在哪里");
        }
        if !self.view.item(&self.outcome).open_on(today) {
            return Err("现在不在申报时间内");
        }
        Ok(())
    }
}

/// One application at a time.
pub(super) const ALREADY_OPEN: &str = "已经有一件申请在办理，不用重复申请";
/// One application for an enterprise, item and period.
pub(super) const ALREADY_HAD: &str = "本期已经享受过这项政策，不能重复申请";

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
    /// Which figures counted for the latest decision: attribute, and `stated` or `recorded`.
    pub counted: Vec<(String, String)>,
}

/// Who says what a department has otherwise: the enterprise; of its size, the rule.
pub fn said_by(code: &str) -> &'static str {
    if code == "scale" { "划型标准" } else { "企业自填" }
}

/// A figure that the enterprise says otherwise than a department has it.
pub struct Disputed {
    /// Its attribute.
    pub code: String,
    pub name: String,
    /// What the enterprise says.
    pub stated: String,
    /// What the department has: 市经信局记录为 458 万元.
    pub recorded: String,
}

impl ApplicationPage {
    /// Figures it was computed on that the enterprise says otherwise than a department has them.
    pub fn disputed(&self) -> Vec<Disputed> {
        let mut list = Vec::new();
        for (code, fact) in self.facts.values.iter() {
            let used = self.book.items().iter().any(|item| item.asks_for(code));
            if let Some(recorded) = words::recorded(&self.library, code, fact).filter(|_| used) {
                let stated = words::value(&self.library, code, &fact.value);
                list.push(Disputed { code: code.clone(), name: self.library.attribute_name(code).to_owned(), stated, recorded });
            }
        }
        list
    }

    /// The same, each in a line.
    pub fn disagreeing(&self) -> Vec<String> {
        let lines = self.disputed().into_iter();
        lines.map(|one| format!("{}：{} {}，{}", one.name, said_by(&one.code), one.stated, one.recorded)).collect()
    }

    /// What it would come to by what the departments have for these attributes; none where the enterprise would have nothing by that.
    pub fn counting(&self, recorded: &[&str]) -> Option<Fen> {
        let outcomes = self.book.evaluate(&self.facts.counting(recorded)).outcomes;
        outcomes.first().filter(|outcome| outcome.verdict == Verdict::Eligible).map(|outcome| outcome.amount.low)
    }

    /// What it would come to by what the departments have for all of them.
    pub fn by_record(&self) -> Option<Fen> {
        let disputed = self.disputed();
        self.counting(&disputed.iter().map(|one| one.code.as_str()).collect::<Vec<_>>())
    }
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
    let counted = application::counted(&mut ctx.conn, application.id).await?;
    let facts = application.facts()?;
    let book = Book::new(vec![version.item()?], application.as_of);
    let commands = application.standing()?.possible(staff, ctx.today());
    Ok(ApplicationPage {
        application,
        events,
        files,
        book,
        facts,
        library: ctx.shelf.library.clone(),
        commands,
        withheld: None,
        counted,
    })
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
        page.withheld = withheld(ctx, Right::Withdraw).await?;
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

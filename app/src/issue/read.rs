//! Reading problems: the enterprise's list and page, the desk's queues and page.

use crate::access::Member;
use crate::error::AppError;
use crate::issue::desk::{Asked, attach};
use crate::request::{Ctx, Request};
use domain::actor::{Actor, DepartmentId};
use domain::administration::Department;
use domain::catalogue::learned::DAYS;
use domain::issue::filter::Filter;
use domain::issue::permission::sees_internal;
use domain::issue::{CommandKind, Issue, allowed_commands};
use domain::mask;
use domain::policy::words::disputes;
use domain::security::Kind;
use store::Page;
use store::identity::StaffIdentity;
use store::issue::work::Beside;
use store::issue::{DeskCounts, History, IssueDetail, IssueRow, Line, MineFilter, Opener, Queue, Wanted};
use store::photo::Kept;
use uuid::Uuid;

/// My problems, a page of them.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn mine(ctx: &mut Ctx, filter: MineFilter, after: Option<&str>) -> Result<Page<IssueRow>, AppError> {
    let member = ctx.require_member()?;
    Ok(store::issue::mine(&mut ctx.conn, member.enterprise.id, filter, after, 20).await?)
}

/// My problems with these words, or this number.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn find_mine(ctx: &mut Ctx, words: &str) -> Result<Page<IssueRow>, AppError> {
    let member = ctx.require_member()?;
    let rows = store::issue::find_mine(&mut ctx.conn, member.enterprise.id, words).await?;
    Ok(Page { rows, next: None })
}

/// A problem with what can be done about it now.
pub struct MemberIssue {
    /// The issue as it is stored.
    pub detail: IssueDetail,
    /// The issue as the rules see it.
    pub issue: Issue,
    /// What this actor may do now.
    pub commands: Vec<CommandKind>,
    /// Who looks.
    pub member: Member,
}

/// One problem, three queries besides the session's.
///
/// # Errors
/// [`AppError::NotFound`] for another enterprise's.
pub async fn of_member(ctx: &mut Ctx, number: &str) -> Result<MemberIssue, AppError> {
    let member = ctx.require_member()?;
    let detail = store::issue::detail(&mut ctx.conn, number).await?;
    let issue = detail.aggregate(&ctx.calendar);
    let commands = allowed_commands(&issue, &member.actor, ctx.now, &ctx.terms);
    Ok(MemberIssue { detail, issue, commands, member })
}

/// A picture or a file that these eyes may see.
///
/// # Errors
/// [`AppError::NotFound`] for one of another enterprise's, or outside the scope.
pub async fn photo(request: &Request, id: &str) -> Result<Kept, AppError> {
    let found = {
        let mut ctx = request.open().await?;
        ctx.require_signed_in()?;
        let id = Uuid::parse_str(id).map_err(|_| AppError::NotFound)?;
        // Row-level security decides whether the row is there for these eyes.
        store::photo::get(&mut ctx.conn, id).await
    };
    request.close().await;
    Ok(found?)
}

/// The desk's list.
pub struct Desk {
    /// Who sits there.
    pub staff: StaffIdentity,
    /// The queue shown; `None` for search results.
    pub queue: Option<Queue>,
    /// How many each queue holds.
    pub counts: DeskCounts,
    /// The rows.
    pub page: Page<IssueRow>,
    /// What it was asked for.
    pub asked: Asked,
}

/// Rows of a page of the desk's list.
const ROWS: i64 = 30;
/// The most rows of a list that is taken along.
pub const MOST: i64 = 5_000;

/// A queue, or what a search found, narrowed by what was asked for.
///
/// # Errors
/// [`AppError::Forbidden`] for a queue of another role.
pub async fn desk(ctx: &mut Ctx, asked: Asked) -> Result<Desk, AppError> {
    let (staff, queue) = queue_of(ctx, &asked)?;
    let counts = store::issue::counts(&mut ctx.conn, &staff.duty, ctx.now).await?;
    let after = asked.after.as_deref();
    let page = if asked.words.is_empty() && asked.filter == Filter::default() {
        store::issue::queue(&mut ctx.conn, &staff.duty, queue, ctx.now, after, ROWS).await?
    } else {
        let departments = named(ctx, &asked.words);
        let wanted = wanted(queue, &asked.words, &departments);
        store::issue::narrowed(&mut ctx.conn, wanted, &asked.filter, ctx.now, after, ROWS).await?
    };
    let queue = asked.words.is_empty().then_some(queue);
    Ok(Desk { staff, queue, counts, page, asked })
}

/// The whole list, as far as a table may have it.
///
/// # Errors
/// As [`desk`].
pub async fn whole(ctx: &mut Ctx, asked: &Asked) -> Result<Vec<Line>, AppError> {
    let (_, queue) = queue_of(ctx, asked)?;
    let departments = named(ctx, &asked.words);
    let wanted = wanted(queue, &asked.words, &departments);
    Ok(store::issue::whole(&mut ctx.conn, wanted, &asked.filter, ctx.now, MOST).await?)
}

fn queue_of(ctx: &Ctx, asked: &Asked) -> Result<(StaffIdentity, Queue), AppError> {
    let staff = ctx.require_desk()?;
    let queue = Queue::find(&staff.duty, &asked.queue).ok_or(AppError::Forbidden)?;
    Ok((staff, queue))
}

fn wanted<'a>(queue: Queue, words: &'a str, departments: &'a [DepartmentId]) -> Wanted<'a> {
    if words.is_empty() { Wanted::In(queue) } else { Wanted::Found { words, departments } }
}

/// Departments whose name has what is searched for: two characters at least, or half the city has them.
fn named(ctx: &Ctx, words: &str) -> Vec<DepartmentId> {
    if words.chars().count() < 2 {
        return Vec::new();
    }
    ctx.reference
        .departments
        .iter()
        .filter(|department| department.name.contains(words))
        .map(|department| department.id)
        .collect()
}

/// Issues of the scope by number, enterprise or words, the latest first.
///
/// # Errors
/// As [`Ctx::require_desk`].
pub async fn find(ctx: &mut Ctx, words: &str) -> Result<Vec<IssueRow>, AppError> {
    ctx.require_desk()?;
    let words = words.trim();
    Ok(if words.is_empty() { Vec::new() } else { store::issue::search(&mut ctx.conn, words).await? })
}

/// A department proposed for a dispatch, and why.
#[derive(Debug, Clone)]
pub struct Route {
    /// The department.
    pub department: DepartmentId,
    /// The reason in a sentence.
    pub reason: String,
}

/// What was just filed at a station, for its receipt.
///
/// # Errors
/// As [`Ctx::require_station`]; [`AppError::NotFound`] outside the scope.
pub async fn filed_beside(ctx: &mut Ctx, number: &str) -> Result<(IssueDetail, Issue), AppError> {
    ctx.require_station()?;
    let detail = store::issue::detail(&mut ctx.conn, number).await?;
    let issue = detail.aggregate(&ctx.calendar);
    Ok((detail, issue))
}

/// An issue as staff see it.
pub struct StaffIssue {
    /// Who looks.
    pub staff: StaffIdentity,
    /// The issue as it is stored.
    pub detail: IssueDetail,
    /// The issue as the rules see it.
    pub issue: Issue,
    /// What this person may do now.
    pub commands: Vec<CommandKind>,
    /// It is here as the lead of the board alone (S-4): to be accepted and forwarded, and for nothing else.
    pub fronts: bool,
    /// What the enterprise raised in the last year, with whomever.
    pub history: History,
    /// Where to dispatch it; only for whoever may.
    pub route: Option<Route>,
    /// Whether internal notes are shown.
    pub internal: bool,
    /// Files and pictures that this person has ready for the next answer.
    pub ready: Vec<Kept>,
    /// The number to call: whole for whoever has something to do about it, masked for the others.
    pub phone: String,
    /// Internal notes, who has it open, whose it is in the office; empty for whoever sees no notes.
    pub beside: Beside,
}

/// One issue: five queries besides the session's, six for whoever dispatches or answers. One of them writes down that this person opened it (案卷), and
/// into the security log that a number was shown whole.
///
/// # Errors
/// [`AppError::NotFound`] outside the scope.
pub async fn of_staff(ctx: &mut Ctx, number: &str) -> Result<StaffIssue, AppError> {
    let staff = ctx.require_desk()?;
    let actor = Actor::Staff { id: staff.id, duty: staff.duty };
    let detail = store::issue::detail(&mut ctx.conn, number).await?;
    let issue = detail.aggregate(&ctx.calendar);
    let commands = allowed_commands(&issue, &actor, ctx.now, &ctx.terms);
    // Whoever only asks or instructs has no call to make.
    let apart = [CommandKind::Instruct, CommandKind::Inquire, CommandKind::Reply, CommandKind::Supervise, CommandKind::SignOff];
    // Nor has the lead of a board, which only accepts and forwards.
    let fronts = issue.only_as_board_lead(&actor);
    let whole = !fronts && commands.iter().any(|kind| !apart.contains(kind));
    let noted = whole.then(|| ctx.event(Kind::Unmasked, number, ""));
    let office = office(&staff);
    let opener = Opener { office: &office, name: &staff.name };
    let history = store::issue::history(&mut ctx.conn, detail.id, opener, noted.as_ref(), ctx.now).await?;
    if let Some(event) = &noted {
        ctx.tell(event);
    }
    let phone = if whole { detail.contact_phone.clone() } else { mask::phone(&detail.contact_phone) };
    let route = match issue.with_board_lead().filter(|_| fronts) {
        Some(board) => Some(forward(ctx, &issue, board.absent)),
        None if commands.contains(&CommandKind::Dispatch) => route(ctx, &issue, &detail.title).await?,
        None => None,
    };
    let ready =
        if attach::carries(&commands) { store::photo::meant_for(&mut ctx.conn, detail.id, staff.id).await? } else { Vec::new() };
    let internal = sees_internal(&actor);
    let beside = if internal {
        let name = format!("{} {}", staff.organisation, staff.name);
        store::issue::work::beside(&mut ctx.conn, detail.id, staff.id, &name, ctx.now).await?
    } else {
        Beside::default()
    };
    Ok(StaffIssue { internal, staff, detail, issue, commands, fronts, history, route, ready, phone, beside })
}

/// Where somebody works and as what, as an issue's file keeps it: 市建设局（部门经办）, 市企服中心.
fn office(staff: &StaffIdentity) -> String {
    let (organisation, duty) = (&staff.organisation, staff.duty.label());
    if organisation.contains(duty) { organisation.clone() } else { format!("{organisation}（{duty}）") }
}

/// Who should have it: the department a return proposed, else the one whose figure is said to be wrong, else the one whose business it is there by the catalogue as it was when it was
/// submitted, else the one that had most of this category. The board's lead accepts for one without people on site, and hands it on (S-4).
/// None that is closed.
pub(crate) async fn route(ctx: &mut Ctx, issue: &Issue, title: &str) -> Result<Option<Route>, AppError> {
    if let Some(department) = issue.proposed {
        return Ok(Some(Route { department, reason: "退回部门建议由其办理".to_owned() }));
    }
    let source = |known: &Department| known.serves(issue.area) && disputes(title, &known.name);
    if let Some(known) = ctx.reference.departments.iter().find(|known| source(known)) {
        return Ok(Some(Route { department: known.id, reason: "企业认为数据有误，数据由其提供".to_owned() }));
    }
    if let Some(route) = responsible(ctx, issue) {
        return Ok(Some(route));
    }
    let similar = store::issue::similar(&mut ctx.conn, &issue.category).await?;
    let total: i64 = similar.iter().map(|(_, count)| count).sum();
    let Some((department, count)) = similar.first().filter(|(_, count)| total >= 5 && count * 2 > total) else { return Ok(None) };
    let known = ctx.reference.departments.iter().find(|known| known.id == *department && known.serves(issue.area));
    Ok(known.map(|known| Route { department: known.id, reason: format!("同类 {total} 件中 {count} 件由其办理") }))
}

/// The one that the lead of a board forwards to.
fn forward(ctx: &Ctx, issue: &Issue, absent: DepartmentId) -> Route {
    let name = ctx.terms.catalogue_of(issue, ctx.now).category_name(&issue.category);
    Route {
        department: absent, reason: format!("“{name}”由其负责；该部门未进驻企服中心，由板块牵头单位受理后转交")
    }
}

/// The department whose business it is.
fn responsible(ctx: &Ctx, issue: &Issue) -> Option<Route> {
    let catalogue = ctx.terms.catalogue_of(issue, ctx.now);
    let category = catalogue.category(&issue.category)?;
    let department = ctx.reference.department_by_code(catalogue.route(category, issue.area))?;
    // Whom the corrections name, where they name another.
    let lesson = ctx.terms.learned.department(&category.code, issue.area, &department.code);
    let taught = lesson.and_then(|lesson| Some((ctx.reference.department_by_code(&lesson.to)?, lesson)));
    if let Some((other, lesson)) = taught.filter(|(other, _)| other.serves(issue.area)) {
        let reason = format!("近 {DAYS} 天有 {} 件类似诉求改派到{}（共 {} 件）", lesson.issues, other.name, lesson.of);
        return Some(Route { department: other.id, reason });
    }
    if !department.serves(issue.area) {
        return None;
    }
    let mut reason = format!("“{}”由其负责", category.name);
    if !department.in_place() {
        let absent = if department.on_site { "未向企服中心赋权" } else { "未进驻企服中心" };
        let lead = issue.with_board_lead().map(|board| format!("或板块牵头的{}", ctx.reference.department(board.lead)));
        reason = format!("{reason}；{absent}，由企服中心{}受理后交办", lead.unwrap_or_default());
    }
    Some(Route { department: department.id, reason })
}

//! 批量办理: many issues, one form. Each row is decided by itself, through the same command as on its own page, and a page says of each what became of
//! it. Opened at a centre's or a department's desk in the morning, when the queue is long and plain.

use crate::administration::table::asked;
use crate::error::{AppError, Next, Stop};
use crate::form::Form;
use crate::issue::desk::Asked;
use crate::issue::desk::show::{left, queues};
use crate::issue::desk::view::path_of;
use crate::issue::read;
use crate::render::{reads, title};
use crate::request::{Clock, Ctx, Request};
use crate::ui::form::{Choice, Field, choices, field, hidden, select, submit};
use crate::ui::list::{Chip, chips};
use crate::ui::{back, empty, icon, tag};
use domain::actor::{Actor, DepartmentId, Duty};
use domain::catalogue::FALLBACK;
use domain::issue::filter::Filter;
use domain::issue::permission::may_command;
use domain::issue::{Command, CommandKind, Issue, Queue, State};
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;
use store::StoreError;
use store::identity::StaffIdentity;
use store::issue::work::{self, BulkLine, BulkRun};
use store::issue::{CommandError, Line, Wanted};
use uuid::Uuid;

pub const PATH: &str = "/desk/bulk";

/// The most rows at once: few enough to be looked at.
const MOST: i64 = 60;

const NOTE: Field = Field { rows: 2, max: 500, optional: true, ..field("note", "交办说明", "只有工作人员看得到") };

/// What can be done to many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Each under the category it was filed under, as difficult and as urgent as that usually is.
    Accept,
    /// Each to the department that is suggested for it, or all to one.
    Dispatch,
    Sign,
}

impl Step {
    /// Those of a duty; the lead of a board (板块牵头单位) accepts and forwards too, what is in its queue 板块代受理.
    pub fn of(duty: &Duty, clock: &Clock) -> &'static [Step] {
        match duty {
            Duty::Centre { .. } => &[Step::Accept, Step::Dispatch],
            Duty::Handler { .. } if queues(duty, clock).any(|queue| queue == Queue::BoardLead) => {
                &[Step::Sign, Step::Accept, Step::Dispatch]
            }
            Duty::Handler { .. } => &[Step::Sign],
            _ => &[],
        }
    }

    fn find(duty: &Duty, clock: &Clock, code: &str) -> Option<Step> {
        let own = Step::of(duty, clock);
        if code.is_empty() { own.first().copied() } else { own.iter().copied().find(|step| step.code() == code) }
    }

    pub fn code(self) -> &'static str {
        self.kind().code()
    }

    fn kind(self) -> CommandKind {
        match self {
            Step::Accept => CommandKind::Accept,
            Step::Dispatch => CommandKind::Dispatch,
            Step::Sign => CommandKind::Sign,
        }
    }

    /// Where its issues are.
    pub fn queue(self, duty: &Duty) -> Queue {
        match (self, duty) {
            (Step::Accept | Step::Dispatch, Duty::Handler { .. }) => Queue::BoardLead,
            (Step::Accept, _) => Queue::ToAccept,
            (Step::Dispatch, _) => Queue::ToDispatch,
            (Step::Sign, _) => Queue::ToSign,
        }
    }

    /// What its list is narrowed to: the queue of a board's lead has both, what is to be accepted and what is to be forwarded.
    fn narrowed(self, duty: &Duty, filter: &Filter) -> Filter {
        let state = match (self, self.queue(duty)) {
            (Step::Accept, Queue::BoardLead) => Some(State::Submitted),
            (Step::Dispatch, Queue::BoardLead) => Some(State::Accepted),
            _ => filter.state,
        };
        Filter { state, ..filter.clone() }
    }

    fn label(self) -> &'static str {
        match self {
            Step::Accept => "批量受理",
            Step::Dispatch => "批量交办",
            Step::Sign => "批量签收",
        }
    }

    fn about(self, duty: &Duty) -> &'static str {
        match self {
            Step::Accept => "按提交时的类别和通常的难易、紧急程度受理。类别为“其他”的，请打开后逐件受理。",
            Step::Dispatch if matches!(duty, Duty::Handler { .. }) => "逐件转交给责任部门。转交后本单位不再看到这些诉求。",
            Step::Dispatch => "不选部门的，逐件交给建议的部门；没有建议的，留在队列里。",
            Step::Sign => "签收后开始办理，阶段性答复的时限开始计算。",
        }
    }
}

/// Does it, row by row.
///
/// # Errors
/// [`AppError::Invalid`] where no row was chosen, [`AppError::Forbidden`] for a step of another duty. What stands against a row is said of the row.
pub async fn act(request: &Request, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let staff = ctx.require_desk()?;
    let step = Step::find(&staff.duty, &ctx.clock(), form.value("step")).ok_or(AppError::Forbidden)?;
    let key = Uuid::parse_str(form.value("key")).unwrap_or_else(|_| Uuid::now_v7());
    let mut numbers: Vec<&str> = Vec::new();
    for number in form.all("pick") {
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    if numbers.is_empty() {
        return Err(AppError::field("pick", "请至少勾选一件"));
    }
    numbers.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
    let lead = form.value("lead").parse::<DepartmentId>().ok();
    let now = ctx.now;
    work::begin_run(&mut ctx.conn, key, staff.id, step.label(), now).await?;
    // Sent twice, by a double click or after the connection broke: what became of a row stands there, and the rest is done.
    let told = work::run(&mut ctx.conn, key).await?.lines;
    numbers.retain(|number| told.iter().all(|line| line.number != *number));
    for number in numbers {
        let (done, (title, said)) = match one(&mut ctx, &staff, step, number, lead, form.value("note")).await {
            Ok(line) => (true, line),
            Err(line) => (false, line),
        };
        // Each by itself: whoever is cut off finds what was done.
        work::keep_line(&mut ctx.conn, key, &BulkLine { number: number.to_owned(), title, done, said }).await?;
        request.wake_outbox();
    }
    Ok(Next::to(format!("{PATH}/{key}")))
}

/// One row: its title, and what was done or why not.
pub async fn one(
    ctx: &mut Ctx,
    staff: &StaffIdentity,
    step: Step,
    number: &str,
    lead: Option<DepartmentId>,
    note: &str,
) -> Result<(String, String), (String, String)> {
    let nothing = |sentence: &str| (String::new(), sentence.to_owned());
    let detail = match store::issue::detail(&mut ctx.conn, number).await {
        Ok(detail) => detail,
        Err(StoreError::NotFound) => return Err(nothing("没有找到这件诉求")),
        Err(error) => return Err((String::new(), AppError::from(error).to_string())),
    };
    let issue = detail.aggregate(&ctx.calendar);
    let title = detail.title.clone();
    let actor = Actor::Staff { id: staff.id, duty: staff.duty };
    if !may_command(&actor, step.kind(), &issue) {
        return Err((title, AppError::Forbidden.to_string()));
    }
    // The lead of a board has no choice: it forwards to the department whose business it is.
    let lead = issue.with_board_lead().filter(|_| issue.only_as_board_lead(&actor)).map(|board| board.absent).or(lead);
    let (command, said) = match command(ctx, step, (&issue, &title), lead, note).await {
        Ok(given) => given,
        Err(sentence) => return Err((title, sentence)),
    };
    let name = match signed(ctx, staff, detail.id).await {
        Ok(name) => name,
        Err(error) => return Err((title, error.to_string())),
    };
    let (now, terms) = (ctx.now, ctx.terms.clone());
    match store::issue::execute(&mut ctx.conn, number, &command, &actor, &name, &[], now, &terms).await {
        Ok(_) => Ok((title, said)),
        Err(CommandError::Refused(refusal)) => Err((title, refusal.to_string())),
        Err(CommandError::Store(error)) => Err((title, AppError::from(error).to_string())),
    }
}

/// The name that an event bears. 代班: whoever stands in for whose issue it is says for whom.
///
/// # Errors
/// When the database does not answer.
pub async fn signed(ctx: &mut Ctx, staff: &StaffIdentity, issue: i64) -> Result<String, AppError> {
    let today = ctx.today();
    let instead = work::standing(&mut ctx.conn, issue, staff.id, today).await?.instead_of;
    let instead = instead.map(|absent| format!("（代 {absent}）")).unwrap_or_default();
    Ok(format!("{} {}{instead}", staff.organisation, staff.name))
}

/// The command of a row, and what it does in words.
async fn command(
    ctx: &mut Ctx,
    step: Step,
    (issue, title): (&Issue, &str),
    lead: Option<DepartmentId>,
    note: &str,
) -> Result<(Command, String), String> {
    match step {
        Step::Sign => Ok((Command::Sign, "已签收".to_owned())),
        Step::Accept => {
            let catalogue = ctx.terms.catalogue_of(issue, ctx.now);
            let known = catalogue.category(&issue.category).filter(|known| known.code != FALLBACK);
            let known = known.ok_or("类别还没有定，请打开后选好类别再受理")?;
            let said = format!("已受理：{} · {}", known.name, known.level);
            let urgency = known.urgency.max(issue.urgency);
            Ok((Command::Accept { category: known.code.clone(), level: known.level, urgency, area: None }, said))
        }
        Step::Dispatch => {
            let chosen = match lead {
                Some(department) => Some(department),
                None => read::route(ctx, issue, title).await.map_err(|error| error.to_string())?.map(|route| route.department),
            };
            let chosen = chosen.ok_or("没有建议的部门，请打开后选择")?;
            let known = ctx.reference.departments.iter().find(|known| known.id == chosen && known.serves(issue.area));
            let known = known.ok_or("所选部门不负责这个区县，请打开后选择")?;
            let said = format!("已交办给{}", known.name);
            Ok((Command::Dispatch { lead: chosen, co: Vec::new(), note: note.to_owned() }, said))
        }
    }
}

/// The rows that can be chosen.
#[component]
pub fn BulkPage() -> impl IntoView {
    let (asked, typed) = (asked(), Form::typed());
    let request = Request::current();
    reads(async move {
        let mut ctx = request.open().await?;
        let staff = ctx.require_desk()?;
        let clock = ctx.clock();
        let Some(step) = Step::find(&staff.duty, &clock, asked.value("step")) else {
            return Err(Stop::Redirect(Next::to("/desk").saying("您的岗位没有可以批量办理的事项")));
        };
        // What the desk's list was narrowed to holds here, too.
        let filter = Asked::of(&asked).filter;
        let (wanted, now) = (Wanted::In(step.queue(&staff.duty)), ctx.now);
        let lines = store::issue::whole(&mut ctx.conn, wanted, &step.narrowed(&staff.duty, &filter), now, MOST).await?;
        title(step.label());
        Ok(page(&staff, step, &filter, &lines, asked.value("all") == "yes", &typed, &clock))
    })
}

/// The page of a step, narrowed.
pub fn path(step: Step, filter: &Filter) -> String {
    format!("{PATH}?step={}{}", step.code(), filter.query())
}

fn page(staff: &StaffIdentity, step: Step, filter: &Filter, lines: &[Line], all: bool, typed: &Form, clock: &Clock) -> AnyView {
    let duty = &staff.duty;
    let steps = Step::of(duty, clock);
    let tabs =
        steps.iter().map(|other| Chip { href: path(*other, filter), label: other.label(), count: None, current: *other == step });
    let tabs = (steps.len() > 1).then(|| chips("批量办理什么", tabs.collect()));
    let body = if lines.is_empty() {
        empty("这个队列现在没有诉求。", None)
    } else {
        form(step, duty, filter, lines, all, typed, clock)
    };
    let list = format!("/desk?queue={}{}", step.queue(duty).code(), filter.query());
    let narrowed = filter.narrows().then(|| {
        view! { <p class="muted">"按工作台的筛选条件。"<a href=path(step, &Filter::default())>"不筛选"</a></p> }
    });
    view! {
        {back(list, "工作台")}
        {typed.summary()}
        <h1>{step.label()}</h1>
        {tabs}
        <p class="muted">{step.about(duty)}</p>
        {narrowed}
        {body}
    }
    .into_any()
}

fn form(step: Step, duty: &Duty, filter: &Filter, lines: &[Line], all: bool, typed: &Form, clock: &Clock) -> AnyView {
    let list = lines.iter().map(|line| {
        let row = &line.row;
        let category = clock.catalogue(row.submitted_at).category_name(&row.category).to_owned();
        let (_, left) = left(row, clock);
        let parts = [row.number.clone(), row.enterprise_name.clone(), category, clock.reference.area(line.area), left];
        let detail = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
        Choice { value: row.number.clone(), label: row.title.clone(), detail, drawing: None }
    });
    let mut offered = typed.clone();
    if all && typed.pairs().is_empty() {
        lines.iter().for_each(|line| offered.push("pick", line.row.number.clone()));
    }
    let offered = offered.or("key", Uuid::now_v7().to_string());
    let boxes = choices(&offered, "checkbox", "pick", "选择诉求", "rows", list.collect());
    let dispatch = (step == Step::Dispatch).then(|| {
        let known = clock.reference.departments.iter().map(|known| (known.id.to_string(), known.name.clone())).collect();
        let lead = matches!(duty, Duty::Centre { .. })
            .then(|| select(&offered, "lead", "主办部门", Some("逐件按建议的部门"), vec![(String::new(), known)]));
        view! { {lead}{NOTE.view(&offered)} }
    });
    let every = (!all).then(|| {
        let href = format!("{}&all=yes", path(step, filter));
        view! { <a class="button secondary" href=href>"全选"</a> }
    });
    let most =
        (lines.len() >= usize::try_from(MOST).unwrap_or(usize::MAX)).then(|| format!("一次最多 {MOST} 件，期限近的在前。"));
    view! {
        <form method="post" action=path(step, filter) class="card stack" novalidate>
            {hidden("step", step.code())}
            {hidden("key", offered.value("key").to_owned())}
            <p class="row">{every}<span class="muted">{most}</span></p>
            {boxes}
            {dispatch}
            {submit(step.label())}
        </form>
    }
    .into_any()
}

#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct RunParams {
    run: String,
}

/// What became of each row.
#[component]
pub fn BulkRunPage() -> impl IntoView {
    let params = use_params::<RunParams>().get_untracked();
    let request = Request::current();
    reads(async move {
        let mut ctx = request.open().await?;
        ctx.require_desk()?;
        let id = params.ok().and_then(|params| Uuid::parse_str(&params.run).ok()).unwrap_or_default();
        let run = match work::run(&mut ctx.conn, id).await {
            Ok(run) => run,
            Err(StoreError::NotFound) => {
                return Err(Stop::Redirect(Next::to(PATH).saying("没有找到这次批量办理的结果，结果只保留一周")));
            }
            Err(error) => return Err(AppError::from(error).into()),
        };
        title(format!("{}结果", run.command));
        Ok(result(&run))
    })
}

fn result(run: &BulkRun) -> AnyView {
    let done = run.lines.iter().filter(|line| line.done).count();
    let left = run.lines.len() - done;
    let items = run.lines.iter().map(|line| {
        let mark = if line.done { tag("ok", icon("check"), "已办") } else { tag("late", icon("cross"), "没有办") };
        let label = if line.title.is_empty() { line.number.clone() } else { line.title.clone() };
        view! {
            <li class="cell"><a href=path_of(&line.number)>
                <span class="cell-head"><strong>{label}</strong>{mark}</span>
                <span>{line.said.clone()}</span>
                <span class="muted">{line.number.clone()}</span>
            </a></li>
        }
    });
    let said = if left == 0 {
        format!("{done} 件都已办好。")
    } else {
        format!("{done} 件已办好，{left} 件没有办，原因写在下面，诉求还在原来的队列里。")
    };
    view! {
        {back(PATH, "批量办理")}
        <h1>{format!("{}结果", run.command)}</h1>
        <p class="flash" role="status">{icon(if left == 0 { "check" } else { "warn" })}<span>{said}</span></p>
        <ul class="cells card">{items.collect_view()}</ul>
    }
    .into_any()
}

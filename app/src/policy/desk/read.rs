//! What the policy desk reads.

use super::draft::{Draft, Led};
use super::measure::{Extent, fault, measure};
use super::sheet::{Control, Fault, Group, Look, Measured, Options, Part, Sheet};
use super::walk;
use crate::error::AppError;
use crate::form::Form;
use crate::policy::read::{ApplicationPage, application_page};
use crate::request::Ctx;
use crate::sheet::{Cell, Sheet as Table};
use domain::actor::{AreaCode, CITY, StaffId};
use domain::policy::application::State as Standing;
use domain::policy::check::{Problem, check};
use domain::policy::library::Library;
use domain::policy::model::day;
use domain::policy::money::Fen;
use domain::policy::version::State;
use domain::security::Kind;
use store::Page;
use store::identity::StaffIdentity;
use store::policy::application::Application;
use store::policy::evaluation::{Evaluation, STEPS};
use store::policy::item::Version;
use store::policy::library::Change;
use store::policy::{application, evaluation, item, library};

/// The list.
pub struct List {
    /// The state shown.
    pub state: State,
    /// What was searched for.
    pub words: String,
    /// How many in each state.
    pub counts: Vec<(String, i64)>,
    pub page: Page<Version>,
}

/// The versions in a state.
///
/// # Errors
/// As [`Ctx::require_policy_editor`].
pub async fn list(ctx: &mut Ctx, state: &str, words: &str, after: Option<&str>) -> Result<List, AppError> {
    ctx.require_policy_editor()?;
    let state = State::from_code(state).unwrap_or(State::Published);
    let counts = item::counts(&mut ctx.conn).await?;
    let page = item::list(&mut ctx.conn, state, words.trim(), after, 30).await?;
    Ok(List { state, words: words.trim().to_owned(), counts, page })
}

/// An item's newest version, and what the form says of it.
pub struct Editor {
    pub draft: Draft,
    /// The version as it is stored; none for a new item.
    pub version: Option<Version>,
    /// All versions of the item, newest first.
    pub versions: Vec<Version>,
    pub library: Library,
    /// Who looks.
    pub staff: StaffIdentity,
    /// What is wrong with what is stored.
    pub problems: Vec<Problem>,
    area: AreaCode,
}

/// A stored item, or a new one, as it is before anything is typed.
///
/// # Errors
/// [`AppError::NotFound`] outside the editor's area.
pub async fn editor(ctx: &mut Ctx, code: Option<&str>) -> Result<Editor, AppError> {
    let (staff, area) = ctx.require_policy_editor()?;
    let library = library::all(&mut ctx.conn).await?;
    let Some(code) = code else {
        let mut draft = Draft::new(&day::text(ctx.today()));
        draft.value["area"] = domain::area::name(area).into();
        return Ok(Editor { draft, version: None, versions: Vec::new(), library, staff, problems: Vec::new(), area });
    };
    let versions = item::versions(&mut ctx.conn, code).await?;
    let version = versions.first().cloned().ok_or(AppError::NotFound)?;
    if area != CITY && version.area != area {
        return Err(AppError::NotFound);
    }
    let item = version.item()?;
    let problems = check(&item, &library);
    let draft = Draft::of(&item).map_err(AppError::internal)?;
    Ok(Editor { draft, version: Some(version), versions, library, staff, problems, area })
}

/// How far a form asks to be measured, by the button that sent it.
fn extent(form: &Form) -> Extent {
    if form.value("do") == "preview" { Extent::Sound } else { Extent::Problems }
}

/// The editor as a form left it: what was typed, the button's change of shape done, measured as far as it was asked. An empty
/// form is the stored item.
///
/// # Errors
/// As [`editor`].
pub async fn written(ctx: &mut Ctx, code: Option<&str>, form: &Form) -> Result<(Editor, Sheet), AppError> {
    let mut editor = editor(ctx, code).await?;
    let mut led = None;
    let pasted = Draft::from_json(form.value("json")).ok();
    let typed = form.pairs().iter().any(|(name, _)| name.starts_with('/'));
    let unsaved = pasted.is_some() || typed && (!form.value("do").is_empty() || form.value("unsaved") == "1");
    if let Some(draft) = pasted {
        editor.draft = draft;
    } else if typed {
        editor.draft = Draft::from_form(form.pairs());
        led = editor.draft.act(form.value("do"), form.pairs());
    }
    let measured = if unsaved {
        measure(ctx, &editor.draft, &editor.library, editor.area, &names(form), extent(form)).await?
    } else {
        Measured { problems: editor.problems.iter().map(fault).collect(), ..Measured::default() }
    };
    let (parts, lists) = walk::parts(&editor.draft, &editor.library, boards(ctx, &editor.draft));
    let mut sheet = Sheet {
        code: editor.version.as_ref().map(|version| version.code.clone()).unwrap_or_default(),
        writable: editor.version.as_ref().is_none_or(|version| version.state != "submitted"),
        unsaved,
        focus: led.map_or_else(|| form.value("focus").to_owned(), |led| goes_on(&parts, led)),
        refused: form.errors.iter().map(refused).collect(),
        lists,
        parts: Vec::new(),
        measured,
    };
    sheet.parts.push(tried(form));
    sheet.parts.extend(parts);
    sheet.parts.push(department(ctx, &editor, form, &mut sheet.lists));
    Ok((editor, sheet))
}

/// What a form comes to while it is being written: problems, and what it would reach where nothing stands against publishing.
///
/// # Errors
/// As [`editor`].
pub async fn measured(ctx: &mut Ctx, code: Option<&str>, form: &Form) -> Result<Measured, AppError> {
    let editor = editor(ctx, code).await?;
    let draft = Draft::from_form(form.pairs());
    measure(ctx, &draft, &editor.library, editor.area, &names(form), Extent::Sound).await
}

fn names(form: &Form) -> Vec<String> {
    NAMES.iter().map(|(name, _)| form.value(name).to_owned()).collect()
}

fn refused(error: &domain::text::FieldError) -> Fault {
    Fault { pointer: error.field.clone(), place: String::new(), sentence: error.message.clone(), advice: false }
}

/// Where enterprises are named to try the item on.
const NAMES: [(&str, &str); 3] = [("preview1", "企业 1"), ("preview2", "企业 2"), ("preview3", "企业 3")];

fn tried(form: &Form) -> Part {
    let control = |(name, label): (&str, &str)| {
        Part::Control(Control {
            name: name.to_owned(),
            label: label.to_owned(),
            value: form.value(name).to_owned(),
            look: Look::Line,
        })
    };
    Part::Group(Group {
        title: "预览的企业".to_owned(),
        hint: "名称或统一社会信用代码，最多三家；预览时还会统计全域覆盖".to_owned(),
        parts: NAMES.map(control).into(),
        ..Group::default()
    })
}

/// The boards of today, and the draft's own where that is not among them any more.
fn boards(ctx: &Ctx, draft: &Draft) -> Options {
    let (today, own) = (ctx.catalogue(), draft.text("/board"));
    let mut boards = today.boards();
    if let Some(own) = today.board(&own).filter(|board| !board.active) {
        boards.push(own);
    }
    boards.into_iter().map(|board| (board.code.clone(), board.name.clone())).collect()
}

/// Who reviews applications.
fn department(ctx: &Ctx, editor: &Editor, form: &Form, lists: &mut Vec<Options>) -> Part {
    let own = (String::new(), "政策编辑自己审核".to_owned());
    let departments = ctx.reference.departments.iter().map(|d| (d.id.to_string(), d.name.clone()));
    lists.push([own].into_iter().chain(departments).collect());
    let stored = editor.version.as_ref().and_then(|version| version.department).map(|id| id.to_string());
    let value = form.all("department").next().map(str::to_owned).or(stored).unwrap_or_default();
    let look = Look::Choice(u32::try_from(lists.len() - 1).unwrap_or(u32::MAX));
    Part::Control(Control { name: "department".to_owned(), label: "审核部门".to_owned(), value, look })
}

/// The control or button at which whoever changed the shape goes on.
fn goes_on(parts: &[Part], led: Led) -> String {
    match led {
        Led::Nowhere => String::new(),
        Led::Button(value) => value,
        Led::Part(pointer) => {
            let below = |name: &str| {
                let at = name.split_once(':').map_or(name, |(_, at)| at);
                at.strip_prefix(pointer.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            let first = walk::controls(parts).into_iter().find(|control| below(&control.name) && control.look != Look::Hidden);
            first.map_or_else(|| added_to(parts, &pointer), |control| control.name.clone())
        }
    }
}

/// The first button that adds below a pointer: where a group without controls of its own goes on.
fn added_to(parts: &[Part], below: &str) -> String {
    let first = parts.iter().find_map(|part| match part {
        Part::Group(group) => Some(added_to(&group.parts, below)).filter(|found| !found.is_empty()),
        Part::Add { pointer, .. } if pointer.starts_with(below) => Some(format!("add|{pointer}")),
        _ => None,
    });
    first.unwrap_or_default()
}

/// Whether JSON that was pasted is one; what is wrong with it otherwise.
///
/// # Errors
/// [`AppError::Invalid`].
pub fn pasted(form: &Form) -> Result<(), AppError> {
    Draft::from_json(form.value("json")).map(drop).map_err(|sentence| AppError::field("json", sentence))
}

/// The JSON of the newest version.
///
/// # Errors
/// As [`editor`].
pub async fn json(ctx: &mut Ctx, code: &str) -> Result<String, AppError> {
    let editor = editor(ctx, Some(code)).await?;
    ctx.note(Kind::Exported, &format!("{code}.json"), "").await?;
    serde_json::to_string_pretty(&editor.draft.value).map_err(AppError::internal)
}

/// The libraries, and what may be done about them.
pub struct Libraries {
    pub library: Library,
    /// The city's editors keep them, the others read them.
    pub keeps: bool,
    pub me: StaffId,
    /// Changes that wait for a second person.
    pub changes: Vec<Change>,
}

/// The libraries.
///
/// # Errors
/// As [`Ctx::require_policy_editor`].
pub async fn libraries(ctx: &mut Ctx) -> Result<Libraries, AppError> {
    let (staff, area) = ctx.require_policy_editor()?;
    let library = library::all(&mut ctx.conn).await?;
    Ok(Libraries { library, keeps: area == CITY, me: staff.id, changes: library::changes(&mut ctx.conn).await? })
}

/// The queue of applications.
pub struct Queue {
    /// The state shown.
    pub state: Standing,
    /// How many in each.
    pub counts: Vec<(String, i64)>,
    pub page: Page<Application>,
}

/// Applications in a state, oldest first.
///
/// # Errors
/// As [`Ctx::require_reviewer`].
pub async fn queue(ctx: &mut Ctx, state: &str, after: Option<&str>) -> Result<Queue, AppError> {
    let (_, reviewer) = ctx.require_reviewer()?;
    let state = Standing::parse(state).unwrap_or(Standing::Submitted);
    let counts = application::counts(&mut ctx.conn, reviewer).await?;
    let page = application::queue(&mut ctx.conn, reviewer, state, after, 30).await?;
    Ok(Queue { state, counts, page })
}

/// An application to its reviewer, with what its item's budget has given.
///
/// # Errors
/// [`AppError::NotFound`] outside the scope.
pub async fn review(ctx: &mut Ctx, number: &str) -> Result<(ApplicationPage, i64), AppError> {
    let (staff, reviewer) = ctx.require_reviewer()?;
    let mut page = application_page(ctx, number, Some(staff.id)).await?;
    if super::act::require_own_decision(reviewer, &page.application).is_err() {
        page.commands.clear();
    }
    let spent = evaluation::spent(&mut ctx.conn, page.application.item_id).await?;
    ctx.note(Kind::Unmasked, number, "").await?;
    Ok((page, spent))
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

/// The evaluation as a workbook: the whole, then by district and industry.
///
/// # Errors
/// As [`evaluate`].
pub async fn workbook(ctx: &mut Ctx, code: &str) -> Result<Vec<Table>, AppError> {
    let (version, figures) = evaluate(ctx, code).await?;
    ctx.note(Kind::Exported, &format!("{code}.xlsx"), "").await?;
    let yuan = |fen: i64| Fen(fen).to_string().parse::<f64>().unwrap_or_default();
    let row = |label: &str, value: f64| vec![Cell::Text(label.to_owned()), Cell::Number(value)];
    let mut rows = vec![vec![Cell::Heading(version.title)], Vec::new()];
    rows.extend(figures.funnel.iter().map(|(code, count)| {
        let label = STEPS.iter().find(|row| row.0 == code).map_or(code.clone(), |row| format!("{}（企业数）", row.1));
        row(&label, *count as f64)
    }));
    rows.push(row("匹配企业可享（元）", yuan(figures.matched)));
    rows.push(row("已核准（元）", yuan(figures.approved)));
    rows.push(row("已拨付（元）", yuan(figures.paid)));
    rows.extend(figures.median_days.map(|days| row("发布到拨付中位天数", days)));
    rows.extend(figures.rating.map(|(mean, _)| row("满意度（1-5）", mean)));
    rows.push(row("相关诉求（件）", figures.questions as f64));
    let groups = [("按区县", &figures.districts), ("按行业", &figures.industries)].map(|(name, list)| {
        let titles = ["分组", "匹配", "申请", "拨付", "金额（元）"].map(|title| Cell::Heading(title.to_owned()));
        let rows = list.iter().map(|group| {
            let figures = [group.matched as f64, group.applied as f64, group.paid as f64, yuan(group.amount)];
            [Cell::Text(group.key.clone())].into_iter().chain(figures.map(Cell::Number)).collect()
        });
        Table { name, rows: [Vec::from(titles)].into_iter().chain(rows).collect() }
    });
    Ok([Table { name: "总体", rows }].into_iter().chain(groups).collect())
}

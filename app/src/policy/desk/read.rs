//! What the policy desk reads.

use super::draft::{Draft, Led};
use super::measure::{Extent, Through, measure, through};
use super::page::{district, industry};
use super::sheet::{Control, Fault, Group, Look, Measured, Options, Part, Sheet};
use super::{place, walk};
use crate::error::AppError;
use crate::form::Form;
use crate::means::POLICIES;
use crate::policy::read::{ApplicationPage, application_page};
use crate::request::Ctx;
use crate::sheet::{Cell, Sheet as Table};
use domain::actor::{AreaCode, CITY, StaffId};
use domain::calendar::{local, midnight};
use domain::policy::application::State as Standing;
use domain::policy::check::{Problem, check};
use domain::policy::library::Library;
use domain::policy::model::{Item, day};
use domain::policy::money::Fen;
use domain::policy::version::State;
use domain::security::Kind;
use domain::when;
use store::Page;
use store::identity::StaffIdentity;
use store::policy::application::{Application, Found};
use store::policy::evaluation::{Evaluation, STEPS};
use store::policy::item::Version;
use store::policy::library::Change;
use store::policy::{application, evaluation, item, library};
use time::{Date, OffsetDateTime};

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

/// The same list as a table to be taken along.
///
/// # Errors
/// As [`list`].
pub async fn policies_table(ctx: &mut Ctx, asked: &Form) -> Result<Table, AppError> {
    ctx.require_policy_editor()?;
    let state = State::from_code(asked.value("state")).unwrap_or(State::Published);
    let page = item::list(&mut ctx.conn, state, asked.value("q").trim(), None, 5_000).await?;
    let titles =
        ["编号", "版本", "名称", "状态", "地区", "层级", "兑现方式", "有效期从", "有效期到", "文号", "发文机关", "原文链接"];
    let rows = page.rows.iter().map(|version| {
        let item = version.item().ok();
        let of = |text: &dyn Fn(&Item) -> String| item.as_ref().map(text).unwrap_or_default();
        let texts = [
            version.code.clone(),
            version.version.to_string(),
            version.title.clone(),
            State::from_code(&version.state).map_or("", State::label).to_owned(),
            ctx.reference.area(version.area),
            of(&|item| item.level.label().to_owned()),
            of(&|item| item.apply.mode.label().to_owned()),
            of(&|item| day::text(item.valid.from)),
            of(&|item| item.valid.to.map(day::text).unwrap_or_default()),
            of(&|item| item.document.no.clone()),
            of(&|item| item.document.issuer.clone()),
            of(&|item| item.document.url.clone()),
        ];
        Vec::from(texts.map(Cell::Text))
    });
    let heading = titles.map(|title| Cell::Heading(title.to_owned())).into();
    Ok(Table { name: "政策", rows: [heading].into_iter().chain(rows).collect() })
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
    // Off the threads that serve: whether a condition can be true takes its time.
    let (problems, item, library) = POLICIES.run(move || (check(&item, &library), item, library)).await?;
    let draft = Draft::of(&item).map_err(AppError::internal)?;
    Ok(Editor { draft, version: Some(version), versions, library, staff, problems, area })
}

/// The form of a new item that begins as a copy of another: its words without its number. What is copied is not stored yet.
///
/// # Errors
/// [`AppError::NotFound`] outside the editor's area.
pub async fn copy(ctx: &mut Ctx, code: &str) -> Result<Form, AppError> {
    let mut draft = editor(ctx, Some(code)).await?.draft;
    let title = format!("{}（副本）", draft.text("/title"));
    if let Some(object) = draft.value.as_object_mut() {
        object.remove("version");
        object.insert("id".to_owned(), "".into());
        object.insert("title".to_owned(), title.into());
    }
    Ok(Form::new(vec![("json".to_owned(), draft.value.to_string())]))
}

/// Whom a version that waits to be published would reach, and what it would cost; empty for any other.
///
/// # Errors
/// When the database does not answer.
pub async fn reach(ctx: &mut Ctx, editor: &Editor) -> Result<String, AppError> {
    let waits = editor.version.as_ref().is_some_and(|version| version.state == "submitted");
    if !waits || editor.version.as_ref().is_some_and(|version| version.writers.contains(&editor.staff.id)) {
        return Ok(String::new());
    }
    let gone = through(&editor.draft, &editor.library, Vec::new(), editor.area).await?;
    let measured = measure(ctx, &gone, &editor.library, editor.area, &[], Extent::Sound).await?;
    Ok(if measured.reach.is_empty() { "现在不能发布：请先看下面的问题。".to_owned() } else { measured.reach })
}

/// How far a form asks to be measured, by the button that sent it.
fn extent(form: &Form) -> Extent {
    if form.value("do") == "preview" { Extent::Sound } else { Extent::Problems }
}

/// The editor as a form left it: what was typed, the button's change of shape done, measured as far as it was asked. An empty
/// form is the stored item.
///
/// # Errors
/// As [`editor`]; [`AppError::Refused`] for one that is too large.
pub async fn written(ctx: &mut Ctx, code: Option<&str>, form: &Form) -> Result<(Editor, Sheet), AppError> {
    let mut editor = editor(ctx, code).await?;
    let mut led = None;
    let pasted = Draft::from_json(form.value("json")).ok();
    let typed = form.pairs().iter().any(|(name, _)| name.starts_with('/'));
    let unsaved = pasted.is_some() || typed && (!form.value("do").is_empty() || form.value("unsaved") == "1");
    if let Some(draft) = pasted {
        editor.draft = draft;
    } else if typed {
        editor.draft = Draft::from_form(form.pairs()).map_err(AppError::Refused)?;
        led = editor.draft.act(form.value("do"), form.pairs());
    }
    let gone = through(&editor.draft, &editor.library, boards(ctx, &editor.draft), editor.area).await?;
    let measured = if unsaved {
        measure(ctx, &gone, &editor.library, editor.area, &names(form), extent(form)).await?
    } else {
        Measured { problems: place::faults(&editor.problems, &gone.parts), ..Measured::default() }
    };
    let Through { parts, lists, .. } = gone;
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
/// As [`written`].
pub async fn measured(ctx: &mut Ctx, code: Option<&str>, form: &Form) -> Result<Measured, AppError> {
    let editor = editor(ctx, code).await?;
    let draft = Draft::from_form(form.pairs()).map_err(AppError::Refused)?;
    let gone = through(&draft, &editor.library, Vec::new(), editor.area).await?;
    measure(ctx, &gone, &editor.library, editor.area, &names(form), Extent::Sound).await
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
    /// The state shown; none for all.
    pub state: Option<Standing>,
    /// How many in each.
    pub counts: Vec<(String, i64)>,
    pub page: Page<Application>,
}

/// What the address of the list asks for: a state (`all` for every one), words, days of filing.
fn narrowed(asked: &Form) -> Found {
    let state = match asked.value("state") {
        "all" => None,
        code => Some(Standing::parse(code).unwrap_or(Standing::Submitted)),
    };
    let from = when::day(asked.value("from")).map(midnight);
    let before = when::day(asked.value("to")).and_then(Date::next_day).map(midnight);
    Found { state, words: asked.value("q").trim().to_owned(), from, before }
}

/// Applications in a state, the latest first; narrowed, or searched through all states, where somebody asks for it.
///
/// # Errors
/// As [`Ctx::require_reviewer`].
pub async fn queue(ctx: &mut Ctx, asked: &Form) -> Result<Queue, AppError> {
    let (_, reviewer) = ctx.require_reviewer()?;
    let wanted = narrowed(asked);
    let counts = application::counts(&mut ctx.conn, reviewer).await?;
    let after = Some(asked.value("after")).filter(|after| !after.is_empty());
    let page = match wanted.state {
        Some(state) if wanted == (Found { state: Some(state), ..Found::default() }) => {
            application::queue(&mut ctx.conn, reviewer, state, after, 30).await?
        }
        _ => application::found(&mut ctx.conn, reviewer, &wanted, after, 30).await?,
    };
    Ok(Queue { state: wanted.state, counts, page })
}

/// The list that is asked for as a table to be taken along; nobody's telephone.
///
/// # Errors
/// As [`queue`].
pub async fn applications_table(ctx: &mut Ctx, asked: &Form) -> Result<Table, AppError> {
    let (_, reviewer) = ctx.require_reviewer()?;
    let page = application::found(&mut ctx.conn, reviewer, &narrowed(asked), None, 5_000).await?;
    let titles =
        ["编号", "企业", "统一社会信用代码", "政策", "状态", "提交时间", "办理期限", "测算（元）", "核准（元）", "拨付（元）"];
    let yuan = |fen: Option<i64>| fen.map_or_else(|| Cell::Text(String::new()), |fen| Cell::Number(fen as f64 / 100.0));
    let minute = |at: Option<OffsetDateTime>| Cell::Text(at.map_or_else(String::new, |at| day::text(local(at).date())));
    let rows = page.rows.iter().map(|found| {
        let state = found.state().map_or("", Standing::label);
        let texts = [&found.number, &found.enterprise_name, &found.uscc, &found.title].map(|text| Cell::Text(text.clone()));
        let rest = [
            Cell::Text(state.to_owned()),
            minute(Some(found.submitted_at)),
            minute(found.due(&ctx.calendar)),
            yuan(Some(found.amount)),
            yuan(found.approved_amount),
            yuan(found.paid_amount),
        ];
        texts.into_iter().chain(rest).collect()
    });
    let heading = titles.map(|title| Cell::Heading(title.to_owned())).into();
    Ok(Table { name: "政策申请", rows: [heading].into_iter().chain(rows).collect() })
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
    let reference = ctx.reference.clone();
    let groups = [("按区县", &figures.districts), ("按行业", &figures.industries)].map(|(name, list)| {
        let called = |key: &str| if name == "按区县" { district(key, &reference) } else { industry(key) };
        let titles = ["分组", "匹配", "申请", "拨付", "金额（元）"].map(|title| Cell::Heading(title.to_owned()));
        let rows = list.iter().map(|group| {
            let figures = [group.matched as f64, group.applied as f64, group.paid as f64, yuan(group.amount)];
            [Cell::Text(called(&group.key))].into_iter().chain(figures.map(Cell::Number)).collect()
        });
        Table { name, rows: [Vec::from(titles)].into_iter().chain(rows).collect() }
    });
    Ok([Table { name: "总体", rows }].into_iter().chain(groups).collect())
}

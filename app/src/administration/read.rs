//! What administration reads. A district's administrator sees what belongs to the district, the city's sees it all.

use super::table::{Column, Filter, Row, Table};
use super::words::{said, seen};
use crate::error::AppError;
use crate::form::Form;
use crate::request::Ctx;
use crate::sheet::{Cell, Sheet};
use domain::actor::{AreaCode, CITY, area_covers};
use domain::administration::{Area, Kind, Organisation};
use domain::calendar::local;
use domain::policy::day;
use store::Page;
use store::administration::change::{self, Change, Wanted};
use store::administration::organisation;
use time::Date;
use time::macros::format_description;

/// Where things of a kind are listed.
pub fn path(kind: Kind) -> &'static str {
    match kind {
        Kind::Area => "/desk/admin/areas",
        Kind::Department => "/desk/admin/departments",
        Kind::Station => "/desk/admin/stations",
        _ => "/desk/admin",
    }
}

/// The area that is administered, how many changes wait for their day, and whether it is the whole city.
///
/// # Errors
/// As [`Ctx::require_administrator`].
pub async fn hub(ctx: &mut Ctx) -> Result<(String, usize, bool), AppError> {
    let (_, area) = ctx.require_administrator()?;
    let wanted = Wanted { waiting: true, ..Wanted::default() };
    let waiting = change::list(&mut ctx.conn, &wanted, None, 1000).await?;
    Ok((ctx.reference.area(area), waiting.rows.len(), area == CITY))
}

/// All of a kind that belong to the administrator's area.
async fn all(ctx: &mut Ctx, kind: Kind, area: AreaCode) -> Result<Vec<Organisation>, AppError> {
    let all: Vec<Organisation> = match kind {
        Kind::Area => organisation::areas(&mut ctx.conn).await?.into_iter().map(Organisation::Area).collect(),
        Kind::Department => organisation::departments(&mut ctx.conn).await?.into_iter().map(Organisation::Department).collect(),
        Kind::Station => organisation::stations(&mut ctx.conn).await?.into_iter().map(Organisation::Station).collect(),
        _ => Vec::new(),
    };
    Ok(all.into_iter().filter(|thing| area_covers(area, thing.area())).collect())
}

/// The list of a kind.
///
/// # Errors
/// As [`Ctx::require_administrator`].
pub async fn table(ctx: &mut Ctx, kind: Kind) -> Result<Table, AppError> {
    let (_, area) = ctx.require_administrator()?;
    let all = all(ctx, kind, area).await?;
    let areas = organisation::areas(&mut ctx.conn).await?;
    let place =
        |code: AreaCode| areas.iter().find(|area| area.code == code).map_or_else(|| code.to_string(), |area| area.name.clone());
    let yes = |flag: bool| if flag { "是" } else { "否" }.to_owned();
    let state = |active: bool| if active { "启用" } else { "关闭" }.to_owned();
    let rows = all.iter().map(|thing| {
        let cells = match thing {
            Organisation::Area(it) => vec![it.name.clone(), it.code.to_string(), it.short.clone(), it.phone.clone()],
            Organisation::Department(it) => {
                let (on_site, delegated) = (yes(it.on_site), yes(it.delegated));
                let (name, code, phone) = (it.name.clone(), it.code.clone(), it.phone.clone());
                vec![name, code, place(it.area), on_site, delegated, phone, state(it.active)]
            }
            Organisation::Station(it) => vec![
                it.name.clone(),
                it.code.clone(),
                place(it.area),
                it.address.clone(),
                it.phone.clone(),
                it.contact_name.clone(),
                state(it.active),
            ],
        };
        let active = match thing {
            Organisation::Area(_) => true,
            Organisation::Department(it) => it.active,
            Organisation::Station(it) => it.active,
        };
        let mut marks = vec![("area", thing.area().to_string()), ("active", if active { "yes" } else { "no" }.to_owned())];
        if let Organisation::Department(it) = thing {
            marks.push(("in_place", if it.in_place() { "yes" } else { "no" }.to_owned()));
        }
        Row { href: format!("{}/{}", path(kind), thing.key()), cells, marks }
    });
    let rows = rows.collect();
    let (columns, add) = columns(kind, area);
    let filters = filters(kind, area, &areas);
    Ok(Table { path: path(kind), name: kind.label(), lead: "", columns, more: Vec::new(), filters, rows, add, shown: None })
}

/// The columns of a kind, and where one is added, by whoever may.
fn columns(kind: Kind, area: AreaCode) -> (Vec<Column>, Option<(&'static str, &'static str)>) {
    match kind {
        Kind::Area => (
            vec![
                Column("name", "名称"),
                Column("code", "行政区划代码"),
                Column("short", "简称"),
                Column("phone", "企服中心电话"),
            ],
            (area == CITY).then_some(("/desk/admin/areas/new", "增加区域")),
        ),
        Kind::Station => (
            vec![
                Column("name", "名称"),
                Column("code", "编号"),
                Column("area", "区域"),
                Column("address", "地址"),
                Column("phone", "电话"),
                Column("contact", "联系人"),
                Column("active", "状态"),
            ],
            Some(("/desk/admin/stations/new", "增加驿站")),
        ),
        _ => (
            vec![
                Column("name", "名称"),
                Column("code", "编号"),
                Column("area", "区域"),
                Column("on_site", "入驻"),
                Column("delegated", "赋权"),
                Column("phone", "电话"),
                Column("active", "状态"),
            ],
            Some(("/desk/admin/departments/new", "增加部门")),
        ),
    }
}

fn filters(kind: Kind, area: AreaCode, areas: &[Area]) -> Vec<Filter> {
    let pair = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    let mut filters = Vec::new();
    if kind != Kind::Area {
        if area == CITY {
            let options = areas.iter().map(|area| (area.code.to_string(), area.name.clone())).collect();
            filters.push(Filter { name: "area", label: "区域", options });
        }
        filters.push(Filter { name: "active", label: "状态", options: vec![pair("yes", "启用"), pair("no", "关闭")] });
    }
    if kind == Kind::Department {
        let options = vec![pair("yes", "已到位"), pair("no", "未到位")];
        filters.push(Filter { name: "in_place", label: "人员和权力", options });
    }
    filters
}

/// A thing and its form.
pub struct Kept {
    pub kind: Kind,
    /// As it is; none for one that is added.
    pub thing: Option<Organisation>,
    /// The number of its last change.
    pub seen: i64,
    /// What was changed, newest first.
    pub log: Vec<Change>,
    /// Areas it may be of.
    pub areas: Vec<Area>,
    /// Whether it may be changed from here.
    pub writable: bool,
    /// The city's day.
    pub today: Date,
}

impl Kept {
    /// The change that waits for its day.
    pub fn planned(&self) -> Option<&Change> {
        self.log.iter().find(|change| change.planned && change.outcome.is_none())
    }
}

/// One of a kind, or the form of a new one.
///
/// # Errors
/// [`AppError::NotFound`] outside the administrator's area, [`AppError::Forbidden`] for a new area by anybody but the city's.
pub async fn kept(ctx: &mut Ctx, kind: Kind, key: Option<&str>) -> Result<Kept, AppError> {
    let (_, area) = ctx.require_administrator()?;
    let writable = kind != Kind::Area || area == CITY;
    let mut areas = organisation::areas(&mut ctx.conn).await?;
    areas.retain(|other| area_covers(area, other.code));
    let today = ctx.today();
    let Some(key) = key else {
        if !writable {
            return Err(AppError::Forbidden);
        }
        return Ok(Kept { kind, thing: None, seen: 0, log: Vec::new(), areas, writable, today });
    };
    let thing = all(ctx, kind, area).await?.into_iter().find(|thing| thing.key() == key).ok_or(AppError::NotFound)?;
    let wanted = Wanted { kind: kind.code(), key, ..Wanted::default() };
    let log = change::list(&mut ctx.conn, &wanted, None, 20).await?.rows;
    let seen = change::last(&mut ctx.conn, kind, key).await?;
    Ok(Kept { kind, thing: Some(thing), seen, log, areas, writable, today })
}

/// The log as it was asked for, and the areas it may be narrowed to.
pub struct Log {
    pub page: Page<Change>,
    pub areas: Vec<Area>,
}

/// What of the log was asked for by the fields `q`, `kind`, `area`, `waiting`.
fn wanted(asked: &Form) -> Wanted<'_> {
    Wanted {
        words: asked.value("q").trim(),
        kind: asked.value("kind"),
        key: "",
        area: asked.value("area").parse().ok(),
        waiting: asked.value("waiting") == "yes",
    }
}

/// A page of the log; `after` leads to the next one.
///
/// # Errors
/// As [`Ctx::require_administrator`].
pub async fn log(ctx: &mut Ctx, asked: &Form) -> Result<Log, AppError> {
    let (_, area) = ctx.require_administrator()?;
    let page = change::list(&mut ctx.conn, &wanted(asked), asked.value("after").parse().ok(), 50).await?;
    let mut areas = organisation::areas(&mut ctx.conn).await?;
    areas.retain(|other| area_covers(area, other.code));
    Ok(Log { page, areas })
}

/// One change.
///
/// # Errors
/// [`AppError::NotFound`] outside the administrator's area.
pub async fn change(ctx: &mut Ctx, id: &str) -> Result<Change, AppError> {
    let (_, area) = ctx.require_administrator()?;
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let found = change::get(&mut ctx.conn, id).await?;
    if area_covers(area, found.area) { Ok(found) } else { Err(AppError::NotFound) }
}

/// How a change stands: in force, or what became of its plan.
pub fn status(change: &Change) -> String {
    let words = match (change.planned, change.outcome.as_deref()) {
        (true, None) => "待生效",
        (true, Some("withdrawn")) => "已撤回",
        (true, Some("refused")) => "未能生效",
        _ => "已生效",
    };
    let note = change.note.as_deref().unwrap_or("");
    match change.outcome.as_deref() {
        Some("withdrawn") => format!("{words}（{}：{note}）", change.ended_who.as_deref().unwrap_or("")),
        Some("refused") => format!("{words}（{}）", against(note)),
        _ => words.to_owned(),
    }
}

/// What a constraint that stood against a change says.
pub fn against(constraint: &str) -> &'static str {
    match constraint {
        "area_name_key" => "已有同名的区域",
        "department_name_key" => "同一区域里已有同名的部门",
        "station_name_key" => "同一区域里已有同名的驿站",
        "area_pkey" | "department_code_key" | "station_code_key" => "这个编号已经用过",
        _ => "当天的情况已经不同",
    }
}

/// The most changes that are taken along at once, the newest.
const MOST: i64 = 10_000;

/// The log, to be taken along.
///
/// # Errors
/// As [`Ctx::require_administrator`].
pub async fn log_sheet(ctx: &mut Ctx, asked: &Form) -> Result<Sheet, AppError> {
    ctx.require_administrator()?;
    let changes = change::list(&mut ctx.conn, &wanted(asked), None, MOST).await?.rows;
    let heading = ["时间", "操作人", "区域", "对象", "编号", "内容", "原因", "生效日期", "状态"];
    let heading = heading.map(|title| Cell::Heading(title.to_owned())).into_iter().collect();
    let minute = format_description!("[year]-[month]-[day] [hour]:[minute]");
    let rows = changes.iter().map(|change| {
        let at = local(change.at).format(minute).unwrap_or_default();
        let (place, day) = (ctx.reference.area(change.area), day::text(change.effective_from));
        let cells = [at, change.who.clone(), place, seen(change), change.key.clone(), said(change, &ctx.reference)];
        let rest = [change.why.clone(), day, status(change)];
        cells.into_iter().chain(rest).map(Cell::Text).collect()
    });
    let rows = [heading].into_iter().chain(rows).collect();
    Ok(Sheet { name: "变更记录", rows })
}

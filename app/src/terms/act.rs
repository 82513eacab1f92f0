//! What administrators change of the terms. Each change says why and from which day, and stands in the log; nothing that was filed before
//! is moved by it.

mod work;

pub use work::save_work;

use super::read::{self, Kept};
use crate::administration::stale;
use crate::error::{AppError, Next};
use crate::form::Form;
use crate::request::Request;
use domain::actor::{AreaCode, CITY};
use domain::administration::{Kind, Tail};
use domain::calendar::{Days, local, midnight};
use domain::catalogue::{Board, Category, Responsible};
use domain::issue::limits;
use domain::issue::texts::{Text, TextKey};
use domain::policy::day;
use domain::retention::{Rule, span};
use domain::text::Check;
use serde_json::{Value, json};
use store::StoreError;
use store::administration::change::NewChange;
use store::terms::{Line, put};
use time::Date;

/// Where boards are listed; each has its page below.
pub const BOARDS: &str = "/desk/admin/boards";
/// Where categories are listed; each has its page below.
pub const CATEGORIES: &str = "/desk/admin/categories";
pub const LIMITS: &str = "/desk/admin/limits";
pub const CALENDAR: &str = "/desk/admin/calendar";
/// Where the words of messages are listed; each has its page below.
pub const TEXTS: &str = "/desk/admin/texts";
/// Where it is said how long what is personal is kept; each kind has its page below.
pub const RETENTION: &str = "/desk/admin/retention";
/// Where work figures of a month are entered.
pub const WORK: &str = "/desk/admin/work";
/// In the place of a code: one that is not there yet.
pub const NEW: &str = "new";
/// The key of the limits' changes: there is one set of them.
pub const SPANS: &str = "limits";

/// A change with all that is told of it.
struct Told<'a> {
    area: AreaCode,
    kind: Kind,
    key: &'a str,
    before: Option<Value>,
    after: Value,
    tail: &'a Tail,
    /// The change its author saw last; none where what is new cannot overwrite anything.
    seen: Option<i64>,
}

/// Writes a line with its change, and leads to `page`.
async fn write(request: &Request, kept: &Kept, told: Told<'_>, line: &Line<'_>, page: &str) -> Result<Next, AppError> {
    let name = format!("{} {}", kept.staff.organisation, kept.staff.name);
    let new = NewChange {
        who: &name,
        area: told.area,
        kind: told.kind,
        key: told.key,
        before: told.before.as_ref(),
        after: Some(&told.after),
        tail: told.tail,
    };
    let mut ctx = request.open().await?;
    match put(&mut ctx.conn, &new, told.seen, line, kept.now).await {
        Ok(()) => {}
        Err(StoreError::Conflict(what)) if what == "seen" => return Err(stale()),
        Err(StoreError::Conflict(what)) if what == "setting_change_differs_check" => {
            return Err(AppError::Refused("没有改动：填写的内容和那天的一样".to_owned()));
        }
        Err(error) => return Err(error.into()),
    }
    let when =
        if told.tail.from <= kept.today { "立即生效".to_owned() } else { format!("{} 起生效", day::text(told.tail.from)) };
    Ok(Next::to(page).saying(format!("已保存，{when}；之前提交的诉求不变")))
}

/// What is shown was the last when its page was made.
fn seen(form: &Form, kept: &Kept) -> i64 {
    form.value("seen").parse().unwrap_or(kept.seen)
}

/// Reads why and from when.
fn tail(check: &mut Check, form: &Form, today: Date) -> Option<Tail> {
    Tail::read(check, form.value("why"), form.value("from"), today)
}

/// What is planned for a day is taken back by what held the day before.
fn planned_day(form: &Form, coming: impl Iterator<Item = Date>) -> Result<Date, AppError> {
    let day = day::parse(form.value("day")).ok_or(AppError::NotFound)?;
    coming.into_iter().find(|planned| *planned == day).ok_or(AppError::NotFound)
}

async fn kept(request: &Request, kind: Kind, key: &str) -> Result<Kept, AppError> {
    let kept = read::kept(&mut *request.open().await?, kind, key).await?;
    Ok(kept)
}

/// As [`kept`], for what only the city's administrator changes.
async fn of_city(request: &Request, kind: Kind, key: &str) -> Result<Kept, AppError> {
    let kept = kept(request, kind, key).await?;
    if kept.whole_city() { Ok(kept) } else { Err(AppError::Forbidden) }
}

/// Adds a board ([`NEW`]) or changes one from a day on; with `do=withdraw` takes back what is planned for `day`.
///
/// # Errors
/// [`AppError::Invalid`] for fields, also where somebody was quicker ([`stale`]), [`AppError::Refused`] where nothing is changed,
/// [`AppError::Forbidden`] for a district's administrator, [`AppError::NotFound`] for a board that is none.
pub async fn save_board(request: &Request, code: &str, form: &Form) -> Result<Next, AppError> {
    let kept = of_city(request, Kind::Board, code).await?;
    let known = kept.catalogue().board(code);
    if code != NEW && known.is_none() {
        return Err(AppError::NotFound);
    }
    let mut check = Check::new();
    let (board, tail) = if form.value("do") == "withdraw" {
        let coming = kept.terms.catalogue.coming_board(code, kept.now);
        let from = planned_day(form, coming.iter().map(|line| local(line.0).date()))?;
        let why = check.text("note", "撤回原因", form.value("note"), 2, 200);
        let before = kept.terms.catalogue.board_before(code, midnight(from));
        (before, Some(Tail { why, from }))
    } else {
        let raw = |name: &str| form.value(name).to_owned();
        let board = Board::read(&mut check, &raw, known, kept.catalogue(), &|code| kept.serves(code, CITY));
        (board, tail(&mut check, form, kept.today))
    };
    check.finish().map_err(AppError::Invalid)?;
    let (Some(board), Some(tail)) = (board, tail) else { return Err(AppError::NotFound) };
    let before = known.and_then(|_| kept.catalogue_from(tail.from).board(code)).map(|before| kept.told_board(before));
    let told = Told {
        area: CITY,
        kind: Kind::Board,
        key: &board.code,
        before,
        after: kept.told_board(&board),
        tail: &tail,
        seen: known.map(|_| seen(form, &kept)),
    };
    write(request, &kept, told, &Line::Board(&board), &format!("{BOARDS}/{}", board.code)).await
}

/// Adds a category ([`NEW`]) or changes one from a day on; with `do=withdraw` takes back what is planned for `day`.
///
/// # Errors
/// As [`save_board`].
pub async fn save_category(request: &Request, code: &str, form: &Form) -> Result<Next, AppError> {
    let kept = of_city(request, Kind::Category, code).await?;
    let known = kept.catalogue().category(code);
    if code != NEW && known.is_none() {
        return Err(AppError::NotFound);
    }
    let mut check = Check::new();
    let (category, tail) = if form.value("do") == "withdraw" {
        let coming = kept.terms.catalogue.coming_category(code, kept.now);
        let from = planned_day(form, coming.iter().map(|line| local(line.0).date()))?;
        let why = check.text("note", "撤回原因", form.value("note"), 2, 200);
        let before = kept.terms.catalogue.category_before(code, midnight(from));
        (before, Some(Tail { why, from }))
    } else {
        let raw = |name: &str| form.value(name).to_owned();
        let category = Category::read(&mut check, &raw, known, kept.catalogue(), &|code| kept.serves(code, CITY));
        (category, tail(&mut check, form, kept.today))
    };
    check.finish().map_err(AppError::Invalid)?;
    let (Some(category), Some(tail)) = (category, tail) else { return Err(AppError::NotFound) };
    let before = known.and_then(|_| kept.catalogue_from(tail.from).category(code)).map(|before| kept.told_category(before));
    let told = Told {
        area: CITY,
        kind: Kind::Category,
        key: &category.code,
        before,
        after: kept.told_category(&category),
        tail: &tail,
        seen: known.map(|_| seen(form, &kept)),
    };
    write(request, &kept, told, &Line::Category(&category), &format!("{CATEGORIES}/{}", category.code)).await
}

/// Whose business a category is in a district, from a day on; an empty `own` is the city's default again.
///
/// # Errors
/// As [`save_board`]; [`AppError::Forbidden`] for another area.
pub async fn save_department(request: &Request, code: &str, form: &Form) -> Result<Next, AppError> {
    let area: AreaCode = form.value("area").parse().map_err(|_| AppError::field("area", "请选择区县"))?;
    let kept = kept(request, Kind::Category, code).await?;
    if !kept.keeps(area) {
        return Err(AppError::Forbidden);
    }
    let today = kept.catalogue();
    let category = today.category(code).ok_or(AppError::NotFound)?;
    let mut check = Check::new();
    if area == CITY || !kept.reference.areas.iter().any(|known| known.code == area) {
        check.fault("area", "请选择区县；全市的责任部门在类别本身修改");
    }
    let own = form.value("own").trim();
    if !own.is_empty() && !kept.serves(own, area) {
        check.fault("own", "请选择本区县或市级的一个部门");
    }
    let tail = tail(&mut check, form, kept.today);
    check.finish().map_err(AppError::Invalid)?;
    let tail = tail.ok_or(AppError::NotFound)?;
    let told = |own: Option<&str>| category.told_in(&kept.reference.area(area), own.map(|code| kept.department(code)).as_deref());
    let before = kept.catalogue_from(tail.from).own_department(category, area);
    let department = Some(own.to_owned()).filter(|own| !own.is_empty());
    let responsible = Responsible { category: code.to_owned(), area, department };
    let told = Told {
        area,
        kind: Kind::Category,
        key: code,
        before: Some(told(before)),
        after: told(responsible.department.as_deref()),
        tail: &tail,
        seen: Some(seen(form, &kept)),
    };
    write(request, &kept, told, &Line::Responsible(&responsible), &format!("{CATEGORIES}/{code}")).await
}

/// A version of the limits, from a day on; with `do=withdraw` what held before `day` holds from it on again.
///
/// # Errors
/// As [`save_board`].
pub async fn save_limits(request: &Request, form: &Form) -> Result<Next, AppError> {
    let kept = of_city(request, Kind::Limit, SPANS).await?;
    let table = &kept.terms.limits;
    let mut check = Check::new();
    let (spans, tail) = if form.value("do") == "withdraw" {
        let coming = table.versions().iter().filter(|limits| limits.from > kept.today);
        let from = planned_day(form, coming.map(|limits| limits.from))?;
        let why = check.text("note", "撤回原因", form.value("note"), 2, 200);
        let before = from.previous_day().map(|day| table.on(day).spans);
        (before, Some(Tail { why, from }))
    } else {
        let raw = |code: &str| format!("{}{}", form.value(code).trim(), form.value(&format!("{code}_unit")));
        (limits::read(&mut check, &raw), tail(&mut check, form, kept.today))
    };
    check.finish().map_err(AppError::Invalid)?;
    let (Some(spans), Some(tail)) = (spans, tail) else { return Err(AppError::NotFound) };
    let told = Told {
        area: CITY,
        kind: Kind::Limit,
        key: SPANS,
        before: Some(limits::told(&table.on(tail.from).spans)),
        after: limits::told(&spans),
        tail: &tail,
        seen: Some(seen(form, &kept)),
    };
    write(request, &kept, told, &Line::Limits(&spans), LIMITS).await
}

/// What a message says from a day on; with `do=revert` our own words again, with `do=withdraw` what held before `day`.
///
/// # Errors
/// As [`save_board`].
pub async fn save_text(request: &Request, code: &str, form: &Form) -> Result<Next, AppError> {
    let kept = of_city(request, Kind::Text, code).await?;
    let key = TextKey::from_code(code).ok_or(AppError::NotFound)?;
    let texts = &kept.terms.texts;
    let mut check = Check::new();
    let (text, tail) = match form.value("do") {
        "withdraw" => {
            let from = planned_day(form, texts.coming(key, kept.today).into_iter().map(|line| line.0))?;
            let why = check.text("note", "撤回原因", form.value("note"), 2, 200);
            let before = from.previous_day().and_then(|day| texts.written(key, day).cloned());
            (before, Some(Tail { why, from }))
        }
        "revert" => (None, tail(&mut check, form, kept.today)),
        _ => (key.read(&mut check, form.value("title"), form.value("body")), tail(&mut check, form, kept.today)),
    };
    check.finish().map_err(AppError::Invalid)?;
    let tail = tail.ok_or(AppError::NotFound)?;
    let told = |text: &Text| json!({ "name": key.label(), "title": text.title, "body": text.body });
    let told = Told {
        area: CITY,
        kind: Kind::Text,
        key: code,
        before: Some(told(&texts.on(key, tail.from))),
        after: told(&text.clone().unwrap_or_else(|| key.built_in())),
        tail: &tail,
        seen: Some(seen(form, &kept)),
    };
    write(request, &kept, told, &Line::Text(key, text.as_ref()), &format!("{TEXTS}/{code}")).await
}

/// Days off, days at work, or days as the built-in table has them again. Due times that were promised stay.
///
/// # Errors
/// As [`save_board`].
pub async fn save_days(request: &Request, form: &Form) -> Result<Next, AppError> {
    let kept = of_city(request, Kind::CalendarDay, "").await?;
    let mut check = Check::new();
    let raw = |name: &str| form.value(name).to_owned();
    let days = Days::read(&mut check, &raw, Some(kept.today));
    let why = check.text("why", "变更原因", form.value("why"), 2, 200);
    check.finish().map_err(AppError::Invalid)?;
    let Some(days) = days else { return Err(AppError::NotFound) };
    let key = day::text(days.first);
    let (said, page) = (days.said(), format!("{CALENDAR}?year={}", days.first.year()));
    let tail = Tail { why, from: days.first };
    let told = Told { area: CITY, kind: Kind::CalendarDay, key: &key, before: None, after: days.told(), tail: &tail, seen: None };
    let line = Line::Days { until: days.last, working: days.working, note: &days.note };
    write(request, &kept, told, &line, &page).await?;
    Ok(Next::to(page).saying(format!("已保存：{key} 起{said}；已经定下的期限不变")))
}

/// How long something is kept from a day on; with `do=revert` as long as ours again, with `do=withdraw` what held before `day`. Whoever shortens it
/// deletes: that is announced, and asks who is at the keys.
///
/// # Errors
/// As [`save_board`]; [`AppError::NotFound`] for what nobody may set, [`AppError::Unproved`].
pub async fn save_retention(request: &Request, code: &str, form: &Form) -> Result<Next, AppError> {
    let (kept, schedule) = {
        let mut ctx = request.open().await?;
        let (kept, schedule) = read::retention(&mut ctx, code).await?;
        if !kept.whole_city() {
            return Err(AppError::Forbidden);
        }
        ctx.require_fresh()?;
        (kept, schedule)
    };
    let rule = Rule::of_code(code).filter(|rule| rule.may_be_set()).ok_or(AppError::NotFound)?;
    let ours = rule.keep.whole_days();
    let mut check = Check::new();
    let (days, tail) = match form.value("do") {
        "withdraw" => {
            let from = planned_day(form, schedule.coming(rule, kept.today).into_iter().map(|line| line.0))?;
            let why = check.text("note", "撤回原因", form.value("note"), 2, 200);
            (from.previous_day().map(|day| schedule.set(rule, day)), Some(Tail { why, from }))
        }
        "revert" => (Some(None), tail(&mut check, form, kept.today)),
        _ => (rule.read(&mut check, form.value("keep"), form.value("unit")).map(Some), tail(&mut check, form, kept.today)),
    };
    // What is taken back leaves things as they are.
    if let (Some(days), Some(tail)) = (&days, &tail)
        && form.value("do") != "withdraw"
        && let Some(fault) = schedule.too_soon(rule, days.unwrap_or(ours), tail.from, kept.today)
    {
        check.fault("from", fault);
    }
    check.finish().map_err(AppError::Invalid)?;
    let (Some(days), Some(tail)) = (days, tail) else { return Err(AppError::NotFound) };
    let told = |days: i64| json!({ "name": rule.parts().0, "keep": span(days) });
    let told = Told {
        area: CITY,
        kind: Kind::Retention,
        key: rule.code,
        before: Some(told(schedule.on(rule, tail.from).keep.whole_days())),
        after: told(days.unwrap_or(ours)),
        tail: &tail,
        seen: Some(seen(form, &kept)),
    };
    let page = format!("{RETENTION}/{code}");
    write(request, &kept, told, &Line::Retention(rule, days), &page).await?;
    Ok(Next::to(page).saying(format!("已保存，{} 起按新的期限处理", day::text(tail.from))))
}

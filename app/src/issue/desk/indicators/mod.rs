//! 六项指标 (S-10, S-29). Opened by leaders, supervisors, centres and departments before a meeting, to see how well problems are resolved and where
//! it sticks. Every figure leads to the issues behind it.

mod assessment;
mod behind;
mod bulletin;
mod page;
mod sheet;
mod work;

pub use assessment::assessment;
pub use behind::IndicatorIssuesPage;
pub use bulletin::{BULLETIN, BulletinPage};
use page::cell;
pub use page::{IndicatorsPage, guards, trend_view};
pub use sheet::sheets;
pub use work::{work_rules, work_table};

use super::pressure::of;
use crate::access::Access;
use crate::error::AppError;
use crate::form::Form;
use crate::request::{Clock, Ctx};
use crate::ui::chart::{Bar, Words, bars};
use domain::actor::{CITY, Duty};
use domain::calendar::{local, midnight};
use domain::issue::Queue;
use domain::issue::filter::day;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use std::ops::Range;
use store::issue::figures::{Pressure, pressure};
use store::issue::measure::{self, Counts, Group, Wanted};
use store::issue::snapshot::{Cell, categories, month_after};
use time::{Date, Duration, Month};

/// Where they are.
pub const PATH: &str = "/desk/indicators";
/// Months that are offered and drawn.
const MONTHS: u8 = 12;

/// Of other centuries there is nothing, and of the last year there is no month after.
const YEARS: Range<i32> = 2000..3000;

/// What was asked for.
struct Asked {
    form: Form,
    /// The first day of the month or of the week.
    first: Date,
    after: Date,
    weekly: bool,
}

fn asked() -> Form {
    let map = use_query_map().get_untracked();
    Form::new(map.into_iter().map(|(name, value)| (name.into_owned(), value)).collect())
}

/// The first day of the month `back` months before that of `day`.
fn month_before(day: Date, back: u8) -> Date {
    (0..back).fold(first_of(day), |first, _| first_of(first - Duration::days(1)))
}

fn first_of(day: Date) -> Date {
    day.replace_day(1).unwrap_or(day)
}

fn monday_of(day: Date) -> Date {
    day - Duration::days(i64::from(day.weekday().number_days_from_monday()))
}

/// `2026-11` or `2026-11-23`, a Monday, or any two days (`from`, `to`); the current month where it is none of them.
fn read_period(form: Form, today: Date) -> Asked {
    let known = |date: &Date| YEARS.contains(&date.year());
    let (from, to) = (day(form.value("from")).filter(known), day(form.value("to")).filter(known));
    if form.value("period").is_empty()
        && let (Some(first), Some(last)) = (from, to)
        && first <= last
        && let Some(after) = last.next_day()
    {
        return Asked { form, first, after, weekly: true };
    }
    let text = form.value("period").to_owned();
    let mut parts = text.split('-').map(str::parse::<u16>);
    let number = |part: Option<Result<u16, _>>| part.and_then(Result::ok);
    let (year, month, of_month) = (number(parts.next()), number(parts.next()), number(parts.next()));
    let date = |day: u8| {
        let month = Month::try_from(u8::try_from(month?).ok()?).ok()?;
        Date::from_calendar_date(i32::from(year?), month, day).ok().filter(known)
    };
    if let Some(monday) = of_month.and_then(|day| date(u8::try_from(day).ok()?)) {
        let first = monday_of(monday);
        return Asked { form, first, after: first + Duration::days(7), weekly: true };
    }
    let first = date(1).unwrap_or_else(|| first_of(today));
    Asked { form, first, after: month_after(first), weekly: false }
}

fn wanted(asked: &Asked, from: Date) -> Wanted {
    let text = |name: &str| Some(asked.form.value(name)).filter(|value| !value.is_empty());
    Wanted {
        from: midnight(from),
        until: midnight(asked.after),
        area: text("area").and_then(|code| code.parse().ok()),
        board: text("board").map(str::to_owned),
        department: text("department").and_then(|id| id.parse().ok()),
    }
}

/// Everything the page and the table show.
struct Overview {
    organisation: String,
    /// Whoever looks on or rules, to whom results are published.
    whole_files: bool,
    asked: Asked,
    total: Counts,
    trend: Vec<Counts>,
    groups: Vec<(&'static str, &'static str, Vec<Counts>)>,
    /// What was due, by category and district.
    cells: Vec<Cell>,
    /// What is open by age, and the queue that lists it; none for departments, whose queues are by what is to be done.
    open: Option<(Queue, Pressure)>,
    clock: Clock,
}

async fn read(ctx: &mut Ctx, form: Form) -> Result<Overview, AppError> {
    let staff = ctx.require_measured()?;
    let (now, today) = (ctx.now, local(ctx.now).date());
    let asked = read_period(form, today);
    let these = wanted(&asked, asked.first);
    let boards = measure::counts(&mut ctx.conn, &these, Group::Board, now).await?;
    let departments = measure::counts(&mut ctx.conn, &these, Group::Department, now).await?;
    let whole = matches!(staff.duty, Duty::Centre { area } | Duty::Leader { area } | Duty::Supervisor { area } if area == CITY);
    let areas = if whole { measure::counts(&mut ctx.conn, &these, Group::Area, now).await? } else { Vec::new() };
    // Whole weeks and months, as the lists behind them are.
    let (since, after, by) = if asked.weekly {
        let last = monday_of(asked.after - Duration::days(1));
        (last - Duration::days(7 * i64::from(MONTHS - 1)), last + Duration::days(7), Group::Week)
    } else {
        (month_before(asked.first, MONTHS - 1), asked.after, Group::Month)
    };
    let these_periods = Wanted { until: midnight(after), ..wanted(&asked, since) };
    let trend = measure::counts(&mut ctx.conn, &these_periods, by, now).await?;
    let total = boards.iter().fold(Counts::default(), add);
    let mut groups = vec![("board", "板块", boards)];
    if !matches!(staff.duty, Duty::Handler { .. }) {
        groups.insert(0, ("department", "部门", departments));
    }
    if whole {
        groups.insert(0, ("area", "区县", areas));
    }
    let whole_files = Access::Record.has_business(&staff.duty);
    let cells = categories(&mut ctx.conn, &these, now).await?;
    let (queue, shown) = of(&staff.duty);
    let open = if whole_files { Some((queue, pressure(&mut ctx.conn, shown, today, now).await?)) } else { None };
    Ok(Overview { organisation: staff.organisation, whole_files, asked, total, trend, groups, cells, open, clock: ctx.clock() })
}

/// How the last months went, for whoever's scope it is.
///
/// # Errors
/// As [`Ctx::require_measured`], and when the database does not answer.
pub async fn months(ctx: &mut Ctx, today: Date) -> Result<Vec<Counts>, AppError> {
    ctx.require_measured()?;
    let asked = read_period(Form::default(), today);
    let (these, now) = (wanted(&asked, month_before(asked.first, MONTHS - 1)), ctx.now);
    Ok(measure::counts(&mut ctx.conn, &these, Group::Month, now).await?)
}

/// The address of a page of these with what is asked for, and nothing else.
pub fn plain(page: &str, more: &[(&str, &str)]) -> String {
    let query: Vec<String> = more.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{page}?{}", query.join("&"))
}

/// Every count of two rows together, under the first one's name.
pub fn add(mut sum: Counts, part: &Counts) -> Counts {
    let parts = [
        (&mut sum.due, part.due),
        (&mut sum.contacted, part.contacted),
        (&mut sum.on_time, part.on_time),
        (&mut sum.answered, part.answered),
        (&mut sum.solved, part.solved),
        (&mut sum.rated, part.rated),
        (&mut sum.content, part.content),
        (&mut sum.closed, part.closed),
        (&mut sum.once, part.once),
        (&mut sum.called_back, part.called_back),
        (&mut sum.passed, part.passed),
        (&mut sum.returned, part.returned),
        (&mut sum.extended, part.extended),
        (&mut sum.withdrawn, part.withdrawn),
        (&mut sum.disagreed, part.disagreed),
        (&mut sum.aided, part.aided),
    ];
    for (sum, part) in parts {
        *sum += part;
    }
    sum
}

/// Of fewer issues no rate is compared *(assumed)*.
const RANKED: i64 = 5;
/// So many are drawn; the table beside has all of them.
const DRAWN: usize = 12;

/// The best first, and apart from them what is too few for a rate, the most first.
fn ranked(rows: &[Counts]) -> (Vec<&Counts>, Vec<&Counts>) {
    let named = rows.iter().filter(|counts| !counts.key.is_empty());
    let (mut ranked, mut few): (Vec<&Counts>, Vec<&Counts>) = named.partition(|counts| counts.due >= RANKED);
    // passed/due without fractions: a.passed * b.due against b.passed * a.due.
    ranked.sort_by(|a, b| (b.passed * a.due).cmp(&(a.passed * b.due)).then(b.due.cmp(&a.due)).then(a.key.cmp(&b.key)));
    few.sort_by_key(|counts| std::cmp::Reverse(counts.due));
    (ranked, few)
}

/// Who resolves how much, the best first: a bar for each that has enough to be compared.
fn ranking_chart(kind: &'static str, label: &'static str, ranked: &[&Counts], clock: &Clock) -> Option<AnyView> {
    if ranked.len() < 2 {
        return None;
    }
    let bar = |counts: &&Counts| Bar {
        label: named(kind, &counts.key, clock),
        value: counts.passed * 1000 / counts.due.max(1),
        figure: percent(counts.passed, counts.due),
        tone: "",
    };
    let list: Vec<Bar> = ranked.iter().take(DRAWN).map(bar).collect();
    let id = match kind {
        "area" => "by-area",
        "board" => "by-board",
        _ => "by-department",
    };
    let title = format!("{label}的高质效解决率，从高到低");
    let about = list.iter().map(|bar| format!("{} {}", bar.label, bar.figure)).collect::<Vec<_>>().join("，");
    Some(bars(Words { id, title, about }, Some(1000), &list))
}

/// The same of whatever there is, for pages elsewhere.
pub fn ranking(kind: &'static str, label: &'static str, rows: &[Counts], clock: &Clock) -> Option<AnyView> {
    ranking_chart(kind, label, &ranked(rows).0, clock)
}

/// `87.5%` of whole permille, cut, so that 99.96 % is not called all; nothing of nothing.
pub fn percent(part: i64, whole: i64) -> String {
    if whole == 0 {
        return "—".to_owned();
    }
    let permille = part * 1000 / whole;
    if permille % 10 == 0 { format!("{}%", permille / 10) } else { format!("{}.{}%", permille / 10, permille % 10) }
}

/// The address of this page, or of the list behind a figure, with what was asked for and what is narrowed further.
fn to(page: &str, asked: &Asked, more: &[(&str, &str)]) -> String {
    // A period and two days are one thing said in two ways.
    let days = !more.iter().any(|(name, _)| *name == "period");
    let kept = ["period", "area", "board", "department"].into_iter().chain(["from", "to"].into_iter().filter(|_| days));
    let kept = kept.filter(|name| !more.iter().any(|(narrowed, _)| narrowed == name)).map(|name| (name, asked.form.value(name)));
    let all = kept.chain(more.iter().copied()).filter(|(_, value)| !value.is_empty());
    let query: Vec<String> = all.map(|(name, value)| format!("{name}={value}")).collect();
    format!("{page}?{}", query.join("&"))
}

/// What a row is narrowed to: its key, and 0 where no department had it.
fn key<'a>(kind: &str, counts: &'a Counts) -> &'a str {
    if kind == "department" && counts.key.is_empty() { "0" } else { &counts.key }
}

pub const ISSUES: &str = "/desk/indicators/issues";

fn span(asked: &Asked) -> String {
    if asked.weekly {
        let last = asked.after - Duration::days(1);
        format!("{} 月 {} 日至 {} 月 {} 日", u8::from(asked.first.month()), asked.first.day(), u8::from(last.month()), last.day())
    } else {
        format!("{} 年 {} 月", asked.first.year(), u8::from(asked.first.month()))
    }
}

pub fn area_name(code: i32, clock: &Clock) -> String {
    if code == CITY { "市本级".to_owned() } else { clock.reference.area(code) }
}

/// What a group is called.
pub fn named(kind: &str, key: &str, clock: &Clock) -> String {
    match kind {
        "area" => key.parse().map_or_else(|_| key.to_owned(), |code| area_name(code, clock)),
        "category" => clock.catalogue(clock.now).category_name(key).to_owned(),
        "board" => clock.catalogue(clock.now).board(key).map_or_else(|| key.to_owned(), |board| board.name.clone()),
        _ if key.is_empty() => "尚未交办".to_owned(),
        _ => key.parse().map_or_else(|_| key.to_owned(), |id| clock.reference.department(id)),
    }
}

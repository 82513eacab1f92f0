//! Reading the security log: the city's administrator all of it, a district's what its own accounts did (row-level security).

use crate::error::AppError;
use crate::form::Form;
use crate::request::Ctx;
use crate::sheet::{Cell, Sheet};
use domain::calendar::{SHANGHAI, local};
use domain::security::Kind;
use domain::when;
use store::Page;
use store::security::{self, Filter, Row};
use time::{Duration, OffsetDateTime, Time};

/// How many lines a page has.
const PAGE: i64 = 50;
/// The most lines a table has that is taken away: a day of a city, and more than a person reads.
pub const MOST: i64 = 20_000;

/// What is asked for, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub kind: String,
    pub login: String,
    pub day: String,
}

impl Asked {
    /// From the query of an address; what is missing asks for everything.
    pub fn of(form: &Form) -> Asked {
        let text = |name: &str| form.value(name).to_owned();
        Asked { kind: text("kind"), login: text("login"), day: text("day") }
    }

    /// As a query: `kind=…&login=…&day=…&`.
    pub fn query(&self) -> String {
        let pairs = [("kind", &self.kind), ("login", &self.login), ("day", &self.day)];
        let encode = |text: &str| -> String { text.bytes().map(byte).collect() };
        pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={}&", encode(value))).collect()
    }

    /// What it means; what cannot be read is a fault of its field.
    fn filter(&self) -> Result<Filter, AppError> {
        let kind = match self.kind.as_str() {
            "" => None,
            code => Some(Kind::parse(code).ok_or_else(|| AppError::field("kind", "没有这一类记录"))?),
        };
        let from = match self.day.as_str() {
            "" => None,
            text => Some(when::day(text).ok_or_else(|| AppError::field("day", "请这样填写日期：2026-11-26"))?),
        };
        let from = from.map(|day| day.with_time(Time::MIDNIGHT).assume_offset(SHANGHAI));
        let login = Some(self.login.trim().to_owned()).filter(|login| !login.is_empty());
        Ok(Filter { kind, login, from, until: from.and_then(|from| from.checked_add(Duration::days(1))) })
    }

    /// As a form, with what is wrong.
    pub fn form(&self) -> Form {
        let pairs = [("kind", &self.kind), ("login", &self.login), ("day", &self.day)];
        let form = Form::new(pairs.map(|(name, value)| (name.to_owned(), value.clone())).to_vec());
        match self.filter() {
            Ok(_) => form,
            Err(error) => form.with_errors(error.faults()),
        }
    }
}

fn byte(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

/// A page of the log, the latest first. What cannot be read of the question finds nothing.
///
/// # Errors
/// As [`Ctx::require_administrator`].
pub async fn list(ctx: &mut Ctx, asked: &Asked, after: Option<&str>) -> Result<Page<Row>, AppError> {
    ctx.require_administrator()?;
    let Ok(filter) = asked.filter() else { return Ok(Page { rows: Vec::new(), next: None }) };
    Ok(security::list(&mut ctx.conn, &filter, after, PAGE).await?)
}

/// The log to be taken away, the latest [`MOST`]. That it was is written by whoever sends it.
///
/// # Errors
/// As [`Ctx::require_administrator`]; [`AppError::Invalid`] for a question that cannot be read.
pub async fn sheet(ctx: &mut Ctx, asked: &Asked) -> Result<Sheet, AppError> {
    ctx.require_administrator()?;
    let filter = asked.filter()?;
    let rows = security::list(&mut ctx.conn, &filter, None, MOST).await?.rows;
    let heading = ["时间", "事件", "账号", "地区", "对象", "说明", "来源", "请求"];
    let heading = heading.map(|title| Cell::Heading(title.to_owned())).into_iter().collect();
    let rows = rows.into_iter().map(|row| {
        let area = row.area.map_or_else(String::new, domain::area::name);
        let cells = [stamp(row.at), label(&row.kind), row.login, area, row.subject, row.detail, row.network, row.request];
        cells.map(Cell::Text).into_iter().collect()
    });
    Ok(Sheet { name: "安全日志", rows: [heading].into_iter().chain(rows).collect() })
}

/// The name of a kind as it was stored.
pub fn label(code: &str) -> String {
    Kind::parse(code).map_or_else(|| code.to_owned(), |kind| kind.label().to_owned())
}

/// An instant as a table has it.
pub fn stamp(at: OffsetDateTime) -> String {
    let at = local(at);
    format!("{} {:02}:{:02}:{:02}", at.date(), at.hour(), at.minute(), at.second())
}

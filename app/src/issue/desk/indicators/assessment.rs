//! 年度考核表 (S-29): the settled months of a year and their sum, for each district and department, as a workbook.

use super::named;
use super::sheet::{COLUMNS, numbers};
use super::{YEARS, add, month_after};
use crate::error::AppError;
use crate::form::Form;
use crate::request::Ctx;
use crate::sheet::{Cell, Sheet};
use domain::calendar::local;
use std::collections::BTreeMap;
use store::issue::measure::Counts;
use store::issue::snapshot::settled;
use time::{Date, Month};

/// The sheets of a year: `year=2026`, this year where it says none, no page where there is none.
///
/// # Errors
/// As [`Ctx::require_record`].
pub async fn assessment(ctx: &mut Ctx, form: &Form) -> Result<(i32, Vec<Sheet>), AppError> {
    ctx.require_record()?;
    let year = form.value("year").parse().unwrap_or_else(|_| local(ctx.now).date().year());
    let first = Date::from_calendar_date(year, Month::January, 1).ok().filter(|_| YEARS.contains(&year));
    let mut month = first.ok_or(AppError::NotFound)?;
    // By key: month by month.
    let mut groups: [BTreeMap<String, Vec<(Date, Counts)>>; 2] = Default::default();
    while month.year() == year {
        if let Some(found) = settled(&mut ctx.conn, month).await? {
            for (group, rows) in groups.iter_mut().zip([found.areas, found.departments]) {
                for row in rows.into_iter().filter(|row| !row.key.is_empty()) {
                    group.entry(row.key.clone()).or_default().push((month, row));
                }
            }
        }
        month = month_after(month);
    }
    let clock = ctx.clock();
    let sheets = ["area", "department"].into_iter().zip(["区县", "部门"]).zip(&groups).map(|((kind, name), group)| {
        let heading = [name, "月份"].into_iter().chain(COLUMNS).map(|text| Cell::Heading(text.to_owned())).collect();
        let rows = group.iter().flat_map(|(key, months)| {
            let name = named(kind, key, &clock);
            let total = months.iter().fold(Counts::default(), |sum, (_, counts)| add(sum, counts));
            let line = |when: String, counts: &Counts| {
                [Cell::Text(name.clone()), Cell::Text(when)].into_iter().chain(numbers(counts)).collect::<Vec<_>>()
            };
            let months: Vec<_> =
                months.iter().map(|(month, counts)| line(format!("{} 月", u8::from(month.month())), counts)).collect();
            months.into_iter().chain([line("全年合计".to_owned(), &total)]).collect::<Vec<_>>()
        });
        Sheet { name, rows: std::iter::once(heading).chain(rows).collect() }
    });
    Ok((year, sheets.collect()))
}

//! 年度考核表 (S-29): the settled months of a year and their sum, with the indicators of work, for each district and department, as a workbook.

use super::named;
use super::sheet::{COLUMNS, numbers};
use super::work::{work_cells, work_columns};
use super::{YEARS, add, month_after};
use crate::error::AppError;
use crate::form::Form;
use crate::request::Ctx;
use crate::sheet::{Cell, Sheet};
use domain::calendar::local;
use domain::work_indicator::{Figures, Whose, year as work_year};
use std::collections::BTreeMap;
use store::issue::measure::Counts;
use store::issue::snapshot::settled;
use time::{Date, Month};

/// What is kept of somebody, month by month.
type Months = Vec<(Date, Counts, Figures)>;

/// The sheets of a year: `year=2026`, this year where it says none, no page where there is none.
///
/// # Errors
/// As [`Ctx::require_record`].
pub async fn assessment(ctx: &mut Ctx, form: &Form) -> Result<(i32, Vec<Sheet>), AppError> {
    ctx.require_record()?;
    let year = form.value("year").parse().unwrap_or_else(|_| local(ctx.now).date().year());
    let first = Date::from_calendar_date(year, Month::January, 1).ok().filter(|_| YEARS.contains(&year));
    let mut month = first.ok_or(AppError::NotFound)?;
    // Areas and departments, by key.
    let mut groups: [BTreeMap<String, Months>; 2] = Default::default();
    while month.year() == year {
        if let Some(found) = settled(&mut ctx.conn, month).await? {
            for (group, rows) in groups.iter_mut().zip([found.areas, found.departments]) {
                for row in rows.into_iter().filter(|row| !row.key.is_empty()) {
                    group.entry(row.key.clone()).or_default().push((month, row, Figures::new()));
                }
            }
            for work in found.works {
                let (group, key) = match work.whose {
                    Whose::Area(code) => (0, code.to_string()),
                    Whose::Department(id) => (1, id.to_string()),
                };
                let months = groups[group].entry(key.clone()).or_default();
                // Whoever had no issue that month has its work all the same.
                match months.last_mut().filter(|(of, ..)| *of == month) {
                    Some(line) => line.2 = work.figures,
                    None => months.push((month, Counts { key, ..Counts::default() }, work.figures)),
                }
            }
        }
        month = month_after(month);
    }
    let clock = ctx.clock();
    let sheets = ["area", "department"].into_iter().zip(["区县", "部门"]).zip(&groups).map(|((kind, name), group)| {
        let columns = [name, "月份"].into_iter().chain(COLUMNS).map(str::to_owned).chain(work_columns());
        let heading = columns.map(Cell::Heading).collect();
        let rows = group.iter().flat_map(|(key, months)| {
            let name = named(kind, key, &clock);
            let total = months.iter().fold(Counts::default(), |sum, (_, counts, _)| add(sum, counts));
            let work = work_year(months.iter().map(|(.., figures)| figures));
            let line = |when: String, counts: &Counts, work: &Figures| {
                let first = [Cell::Text(name.clone()), Cell::Text(when)];
                first.into_iter().chain(numbers(counts)).chain(work_cells(work)).collect::<Vec<_>>()
            };
            let months = months.iter().map(|(month, counts, work)| line(format!("{} 月", u8::from(month.month())), counts, work));
            months.chain([line("全年合计".to_owned(), &total, &work)]).collect::<Vec<_>>()
        });
        Sheet { name, rows: std::iter::once(heading).chain(rows).collect() }
    });
    Ok((year, sheets.collect()))
}

//! The workbook itself: the template that is filled in, and its cells as lines.

use super::{Column, Faults, Line, SHEETS, Sheet};
use crate::import;
use anyhow::Result;
use rust_xlsxwriter::{DataValidation, Format, Workbook, XlsxError};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The sheet that explains the others; it is not read.
const ABOUT: &str = "说明";
/// What a spreadsheet writes where a formula has no answer.
const MISTAKES: [&str; 7] = ["#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!"];
/// How far down a template offers its choices.
const ROWS: u32 = 2_000;

/// A workbook to fill in: every sheet with its headings, and what a city starts from.
///
/// # Errors
/// When it cannot be written.
pub fn template() -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let about = book.add_worksheet().set_name(ABOUT)?;
    about.set_column_width(0, 14)?.set_column_width(1, 100)?;
    about.write_with_format(0, 0, "用这份工作簿设置一个城市", &bold)?;
    about.write(
        1,
        1,
        "填好以后运行 qifu city init 文件名。有错会按表、行一次说完，什么也不写入；同一份再运行一次，什么也不变。",
    )?;
    for (line, sheet) in (3_u32..).zip(SHEETS) {
        about.write_with_format(line, 0, sheet.name, &bold)?;
        about.write(line, 1, sheet.about)?;
    }
    for Sheet { name, columns, rows, .. } in SHEETS {
        let sheet = book.add_worksheet().set_name(*name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (at, column) in (0_u16..).zip(columns.iter()) {
            sheet.write_with_format(0, at, column.title, &bold)?;
            sheet.set_column_width(at, 20)?;
            if !column.choices.is_empty() {
                sheet.add_data_validation(1, at, ROWS, at, &DataValidation::new().allow_list_strings(column.choices)?)?;
            }
        }
        for (line, row) in (1_u32..).zip(rows()) {
            for (at, text) in (0_u16..).zip(row).filter(|(_, text)| !text.is_empty()) {
                sheet.write(line, at, text)?;
            }
        }
    }
    book.save_to_buffer()
}

/// The lines of every sheet we know, in our order.
///
/// # Errors
/// When it is no workbook, or one larger than it may be.
pub fn read(bytes: &[u8], faults: &mut Faults) -> Result<Vec<(&'static Sheet, Vec<Line>)>> {
    let mut found: HashMap<&str, Vec<Line>> = HashMap::new();
    for (name, rows) in import::sheets(bytes)? {
        let Some(sheet) = SHEETS.iter().find(|sheet| sheet.name == name.trim()) else {
            if name.trim() != ABOUT {
                let names: Vec<&str> = SHEETS.iter().map(|sheet| sheet.name).collect();
                faults.unknown(&name, format!("不认识这张表：表名应为{}", names.join("、")));
            }
            continue;
        };
        faults.sheet = sheet.name;
        match found.entry(sheet.name) {
            Entry::Vacant(place) => _ = place.insert(lines(sheet, rows, faults)),
            // Two names that differ by a blank: which of them counts, nobody could tell.
            Entry::Occupied(_) => faults.of_sheet("有两张同名的表，请只留一张"),
        }
    }
    Ok(SHEETS.iter().filter_map(|sheet| Some((sheet, found.remove(sheet.name)?))).collect())
}

/// The rows below the headings, by field; empty ones are left out.
fn lines(sheet: &Sheet, rows: Vec<(usize, Vec<String>)>, faults: &mut Faults) -> Vec<Line> {
    let mut rows = rows.into_iter();
    let headings = rows.next().map(|(_, cells)| cells).unwrap_or_default();
    let at = |column: &Column| headings.iter().position(|heading| heading.trim() == column.title);
    let missing: Vec<&str> =
        sheet.columns.iter().filter(|column| !column.optional && at(column).is_none()).map(|column| column.title).collect();
    if !missing.is_empty() {
        faults.of_sheet(format!("第一行缺少列：{}", missing.join("、")));
        return Vec::new();
    }
    // What stands under a heading that nobody reads would be lost without a word.
    let titles = || headings.iter().map(|heading| heading.trim()).filter(|title| !title.is_empty());
    let strange: Vec<&str> = titles().filter(|title| sheet.columns.iter().all(|column| column.title != *title)).collect();
    if !strange.is_empty() {
        let known: Vec<&str> = sheet.columns.iter().map(|column| column.title).collect();
        faults.of_sheet(format!("不认识的列：{}；可以有{}", strange.join("、"), known.join("、")));
    }
    for column in sheet.columns.iter().filter(|column| titles().filter(|title| column.title == *title).count() > 1) {
        faults.of_sheet(format!("有几列都叫“{}”，请只留一列", column.title));
    }
    let read = |(row, cells): (usize, Vec<String>)| {
        let cell = |column: &Column| at(column).and_then(|at| cells.get(at)).map_or("", |text| text.trim()).to_owned();
        Line {
            row,
            cells: sheet
                .columns
                .iter()
                .filter(|column| at(column).is_some())
                .map(|column| (column.field, cell(column)))
                .collect(),
        }
    };
    let lines: Vec<Line> = rows.map(read).filter(|line| line.cells.values().any(|text| !text.is_empty())).collect();
    for line in &lines {
        for column in sheet.columns.iter().filter(|column| MISTAKES.contains(&line.get(column.field).as_str())) {
            faults.add(line, format!("“{}”是公式出错的结果 {}，请填写内容", column.title, line.get(column.field)));
        }
    }
    lines
}

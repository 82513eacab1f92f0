//! Importing enterprises from csv or xlsx: good rows are kept, bad rows reported by line and reason, the same file again changes nothing.

mod small;

use anyhow::{Context, Result, bail};
use calamine::{Data, Reader, Xlsx};
use domain::administration::{Area, find_area};
use domain::enterprise::{EnterpriseClass, Scale};
use domain::uscc::Uscc;
use serde::Serialize;
use std::collections::HashMap;
use std::io::Cursor;
use std::path::Path;
use store::Conn;
use store::administration::organisation;
use store::enterprise::{NewEnterprise, Upserted};
use time::OffsetDateTime;

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BadRow {
    /// Its line in the file, counted from one, the heading included.
    pub line: usize,
    /// Why.
    pub reason: String,
}

/// What an import did.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// New enterprises.
    pub inserted: usize,
    /// Changed ones.
    pub updated: usize,
    /// The same as before.
    pub unchanged: usize,
    /// Rows that were not taken.
    pub bad: Vec<BadRow>,
}

/// The columns and what they may be called.
const COLUMNS: &[(&str, &[&str])] = &[
    ("uscc", &["uscc", "统一社会信用代码", "信用代码"]),
    ("name", &["name", "企业名称", "名称"]),
    ("area", &["area", "区县", "所在区县", "行政区划"]),
    ("address", &["address", "地址", "注册地址"]),
    ("industry", &["industry", "行业", "所属行业"]),
    ("scale", &["scale", "划型", "企业规模", "规模"]),
    ("class", &["class", "分类", "企业分类"]),
    ("tags", &["tags", "标签"]),
];

/// The most rows of a table, and cells of a row: an office's list of a city has a fifth of it.
const MOST_ROWS: usize = 50_000;
const MOST_CELLS: usize = 64;
/// The most sheets of a workbook.
const MOST_SHEETS: usize = 30;
/// The most bytes of a text.
const LONGEST: usize = 4_000;
/// The most bytes of all texts of a sheet together: cells of a workbook share theirs, so a kilobyte of it can say a text a million times.
const MOST_TEXT: usize = 32 * 1024 * 1024;

/// Rows as texts, with their lines, of a file with this ending. What is too large is refused before it is read: a workbook of a kilobyte can
/// unpack to gigabytes, or say of itself that it has a cell in the last corner. Takes its time: call it off the async threads.
///
/// # Errors
/// When it is neither csv nor xlsx, not readable as what it says, or larger than a table may be.
pub fn rows(bytes: &[u8], extension: &str) -> Result<Vec<(usize, Vec<String>)>> {
    match extension.to_lowercase().as_str() {
        "csv" => csv_rows(bytes),
        "xlsx" => workbook_rows(bytes),
        _ => bail!("only .csv and .xlsx files can be imported"),
    }
}

fn csv_rows(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>> {
    // Spreadsheets like to begin a UTF-8 file with a mark.
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.context("the file is not UTF-8 csv")?;
        if rows.len() >= MOST_ROWS || record.len() > MOST_CELLS || record.iter().any(|text| text.len() > LONGEST) {
            bail!("the table is too large: at most {MOST_ROWS} rows, {MOST_CELLS} cells a row, {LONGEST} bytes a cell");
        }
        let line = record.position().map_or(0, |position| {
            // Of a line that ends as Windows ends it the reader stops between the two signs.
            let between = usize::try_from(position.byte()).ok().and_then(|at| text.get(at)) == Some(&b'\n');
            usize::try_from(position.line()).unwrap_or(0) + usize::from(between)
        });
        rows.push((line, record.iter().map(str::to_owned).collect()));
    }
    Ok(rows)
}

fn workbook_rows(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>> {
    let mut book = open(bytes)?;
    let sheet = book.sheet_names().into_iter().next().context("the workbook has no sheet")?;
    sheet_rows(&mut book, &sheet)
}

/// The rows of every sheet of a workbook, by its name, within the same limits as [`rows`].
///
/// # Errors
/// As [`rows`], and when it has more sheets than a workbook may have.
pub fn sheets(bytes: &[u8]) -> Result<Vec<Sheet>> {
    let mut book = open(bytes)?;
    let names = book.sheet_names();
    if names.len() > MOST_SHEETS {
        bail!("the workbook is too large: at most {MOST_SHEETS} sheets");
    }
    let read = names.into_iter().map(|name| {
        let rows = sheet_rows(&mut book, &name).with_context(|| format!("sheet “{name}”"))?;
        Ok((name, rows))
    });
    read.collect()
}

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;
/// Name and rows of a sheet.
pub type Sheet = (String, Vec<(usize, Vec<String>)>);

fn open(bytes: &[u8]) -> Result<Book<'_>> {
    small::require_small(bytes)?;
    Xlsx::new(Cursor::new(bytes)).context("the file is not a workbook")
}

fn sheet_rows(book: &mut Book<'_>, sheet: &str) -> Result<Vec<(usize, Vec<String>)>> {
    // Cell by cell: a range would be as large as its corners say.
    let mut cells = book.worksheet_cells_reader(sheet)?;
    let mut rows: Vec<(usize, Vec<String>)> = Vec::new();
    let mut room = MOST_TEXT;
    while let Some(found) = cells.next_cell()? {
        let (row, column) = found.get_position();
        let text = Data::from(found.get_value().clone());
        let text = cell(&text);
        if text.is_empty() {
            continue;
        }
        let (line, column) = (row as usize + 1, column as usize);
        if rows.last().is_none_or(|(last, _)| *last < line) {
            rows.push((line, Vec::new()));
        }
        if rows.len() > MOST_ROWS || column >= MOST_CELLS || text.len() > LONGEST {
            bail!(
                "the table is too large at line {line}: at most {MOST_ROWS} rows, {MOST_CELLS} cells a row, {LONGEST} bytes a cell"
            );
        }
        room = room.checked_sub(text.len()).with_context(|| format!("the table is too large: at most {MOST_TEXT} bytes"))?;
        // Rows come in order, but nobody has to keep to it: looked for one by one, a million cells would take minutes.
        let Ok(at) = rows.binary_search_by_key(&line, |(known, _)| *known) else { continue };
        let row = &mut rows[at].1;
        if row.len() <= column {
            row.resize(column + 1, String::new());
        }
        row[column] = text;
    }
    Ok(rows)
}

fn read(path: &Path) -> Result<Vec<(usize, Vec<String>)>> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    rows(&bytes, extension).with_context(|| path.display().to_string())
}

fn cell(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        // A day that was typed is a number to the spreadsheet.
        Data::DateTime(at) if at.is_datetime() => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string(),
    }
}

/// A row as an enterprise, or what is wrong with it.
fn enterprise(columns: &HashMap<&str, usize>, areas: &[Area], row: &[String]) -> Result<NewEnterprise, String> {
    let get = |name: &str| columns.get(name).and_then(|at| row.get(*at)).map_or("", |text| text.trim());
    let uscc = Uscc::parse(get("uscc")).map_err(|error| error.to_string())?;
    let name = domain::text::clean(get("name"));
    if !(2..=100).contains(&name.chars().count()) {
        return Err("企业名称应为 2 到 100 个字".to_owned());
    }
    let area = find_area(areas, get("area")).map(|area| area.code).ok_or_else(|| format!("不认识的区县“{}”", get("area")))?;
    let scale = match get("scale") {
        "" => Scale::Small,
        text => Scale::parse(text).ok_or_else(|| format!("不认识的划型“{text}”（微型、小型、中型、大型）"))?,
    };
    let class = EnterpriseClass::parse(get("class")).ok_or_else(|| format!("不认识的分类“{}”", get("class")))?;
    let tags = get("tags").split([',', '，', '、', ';', '；']).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    Ok(NewEnterprise {
        uscc,
        name,
        area,
        address: domain::text::clean(get("address")),
        industry: domain::text::clean(get("industry")),
        scale,
        class,
        tags: tags.collect(),
        station: None,
    })
}

/// Imports a file.
///
/// # Errors
/// When the file cannot be read, lacks a column it needs, or the database does not answer.
pub async fn enterprises(conn: &mut Conn, path: &Path, now: OffsetDateTime) -> Result<Report> {
    let mut rows = read(path)?.into_iter();
    let (_, heading) = rows.next().context("the file is empty")?;
    let mut columns = HashMap::new();
    for (name, spellings) in COLUMNS {
        let found = heading.iter().position(|title| spellings.contains(&title.trim().to_lowercase().as_str()));
        if let Some(at) = found {
            columns.insert(*name, at);
        } else if matches!(*name, "uscc" | "name" | "area") {
            bail!("the heading lacks a column “{}” ({})", spellings[1], spellings.join(" / "));
        }
    }
    let areas = organisation::areas(conn).await?;
    let mut report = Report::default();
    let mut seen: HashMap<Uscc, usize> = HashMap::new();
    for (line, row) in rows {
        if row.iter().all(|text| text.trim().is_empty()) {
            continue;
        }
        let mut bad = |reason: String| report.bad.push(BadRow { line, reason });
        let new = match enterprise(&columns, &areas, &row) {
            Ok(new) => new,
            Err(reason) => {
                bad(reason);
                continue;
            }
        };
        if let Some(before) = seen.insert(new.uscc.clone(), line) {
            bad(format!("与第 {before} 行的统一社会信用代码重复"));
            continue;
        }
        match store::enterprise::upsert(conn, &new, now).await {
            Ok(Upserted::Inserted(_)) => report.inserted += 1,
            Ok(Upserted::Updated(_)) => report.updated += 1,
            Ok(Upserted::Unchanged) => report.unchanged += 1,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_xlsxwriter::Workbook;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    fn workbook(cells: &[(u32, u16, &str)]) -> Vec<u8> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (row, column, text) in cells {
            sheet.write(*row, *column, *text).expect("a cell");
        }
        book.save_to_buffer().expect("a workbook")
    }

    #[test]
    fn a_workbook_is_read_where_it_has_something() {
        let read = rows(&workbook(&[(0, 0, "代码"), (0, 2, "数值"), (4, 1, "乙")]), "xlsx").expect("a table");
        let row = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(read, [(1, row(&["代码", "", "数值"])), (5, row(&["", "乙"]))]);
    }

    #[test]
    fn a_workbook_that_says_it_is_huge_is_refused_before_anybody_believes_it() {
        for corner in [(1_048_575, 16_383), (0, 16_383), (3, 64)] {
            let error = rows(&workbook(&[(0, 0, "x"), (corner.0, corner.1, "y")]), "xlsx").expect_err("too wide");
            assert!(error.to_string().contains("too large"), "{error}");
        }
        assert_eq!(rows(&workbook(&[(1_048_575, 0, "y")]), "xlsx").expect("one row, far down").len(), 1);
    }

    /// A workbook of one sheet as somebody writes it by hand, with one text that its cells may share.
    fn written(text: &str, rows: &str) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let of = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        for (name, part) in [
            (
                "_rels/.rels",
                format!(
                    "<Relationships><Relationship Id=\"a\" Type=\"{of}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    "<Relationships><Relationship Id=\"b\" Type=\"{of}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
                ),
            ),
            ("xl/workbook.xml", "<workbook><sheets><sheet name=\"s\" sheetId=\"1\" r:id=\"b\"/></sheets></workbook>".to_owned()),
            ("xl/sharedStrings.xml", format!("<sst uniqueCount=\"1\"><si><t>{text}</t></si></sst>")),
            ("xl/worksheets/sheet1.xml", format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")),
        ] {
            archive.start_file(name, SimpleFileOptions::default()).expect("a part");
            archive.write_all(part.as_bytes()).expect("its text");
        }
        archive.finish().expect("an archive").into_inner()
    }

    #[test]
    fn a_text_that_cells_share_counts_as_often_as_it_is_said() {
        let cell = |place: &str| format!("<c r=\"{place}\" t=\"s\"><v>0</v></c>");
        let some = written("字", &format!("<row>{}{}</row>", cell("A1"), cell("C1")));
        assert_eq!(rows(&some, "xlsx").expect("a table"), [(1, vec!["字".to_owned(), String::new(), "字".to_owned()])]);
        let sheet: String = (1..=9_000).map(|line| cell(&format!("A{line}"))).collect();
        let bomb = written(&"x".repeat(LONGEST), &sheet);
        assert!(bomb.len() < 100_000);
        let error = rows(&bomb, "xlsx").expect_err("36 MB of text");
        assert!(error.to_string().contains("too large"), "{error}");
    }

    /// Rows in no order: each cell finds its own, and what is of no row that was begun is left.
    #[test]
    fn cells_may_come_in_any_order() {
        let cell = |place: &str, value: u32| format!("<c r=\"{place}\"><v>{value}</v></c>");
        let cells = [cell("A2", 1), cell("A9", 2), cell("B2", 3), cell("A5", 4), cell("C9", 5)].concat();
        let row = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(rows(&written("", &cells), "xlsx").expect("a table"), [(2, row(&["1", "3"])), (9, row(&["2", "", "5"]))]);
    }

    #[test]
    fn a_table_of_text_is_only_so_large_too() {
        for text in ["a,".repeat(64), "x".repeat(LONGEST + 1), "a\n".repeat(MOST_ROWS + 1)] {
            assert!(rows(text.as_bytes(), "csv").is_err());
        }
        assert_eq!(rows("\u{feff}代码,数值\n甲,1\n".as_bytes(), "csv").expect("a table").len(), 2);
    }
}

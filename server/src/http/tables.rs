//! Tables that leave the site: workbooks and csv.

use super::context::{Failure, internal};
use app::request::Request;
use app::security::note_export;
use app::sheet::{Cell, Sheet};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use tokio::task::spawn_blocking;

/// What a spreadsheet takes for the beginning of a formula; the wide ones too, where people type Chinese.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// The type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A file to be kept under this name, as far as it is letters, digits and what parts them: whatever else it says ends no header.
pub fn attachment(kind: &'static str, name: &str, content: impl IntoResponse) -> Response {
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')).collect();
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], content).into_response()
}

/// A list as the address asks for it: csv for `as=csv`, else a workbook. The security log has it.
///
/// # Errors
/// When it cannot be written.
pub async fn list(request: &Request, sheet: Sheet, form: &str, name: &str) -> Result<Response, Failure> {
    let as_csv = form == "csv";
    let (kind, file) = if as_csv { ("text/csv; charset=utf-8", format!("{name}.csv")) } else { (XLSX, format!("{name}.xlsx")) };
    // The first row is the heading.
    let rows = sheet.rows.len().saturating_sub(1);
    // Thousands of rows take their time: nobody waits for a connection, or for a thread, meanwhile.
    request.close().await;
    let written = spawn_blocking(move || if as_csv { csv(&sheet) } else { Ok(workbook(std::slice::from_ref(&sheet))?) });
    let bytes = written.await.map_err(internal)?.map_err(internal)?;
    note_export(request, &file, rows).await?;
    Ok(attachment(kind, &file, bytes))
}

/// A workbook of sheets.
///
/// # Errors
/// When a name is none that a sheet may have.
pub fn workbook(sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    for table in sheets {
        let sheet = book.add_worksheet().set_name(table.name)?;
        for (line, row) in (0_u32..).zip(&table.rows) {
            for (column, cell) in (0_u16..).zip(row) {
                match cell {
                    Cell::Heading(text) => sheet.write_with_format(line, column, text, &bold)?,
                    Cell::Text(text) => sheet.write(line, column, text)?,
                    Cell::Number(number) => sheet.write(line, column, *number)?,
                };
            }
        }
        // As somebody would make it before reading: wide enough, and the heading stays.
        sheet.autofit().set_freeze_panes(1, 0)?;
    }
    book.save_to_buffer()
}

/// A text of a csv: what spreadsheets would take for a formula is marked as text.
pub fn as_text(text: &str) -> String {
    // Before it there may be what a spreadsheet passes over.
    let begins = text.starts_with(FORMULA) || text.trim_start().starts_with(FORMULA);
    if begins { format!("'{text}") } else { text.to_owned() }
}

/// UTF-8 with the mark that spreadsheets like.
fn csv(sheet: &Sheet) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    for row in &sheet.rows {
        let cells = row.iter().map(|cell| match cell {
            Cell::Heading(text) | Cell::Text(text) => as_text(text),
            Cell::Number(number) => number.to_string(),
        });
        writer.write_record(cells)?;
    }
    Ok(writer.into_inner()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_is_a_name() {
        for (name, kept) in [
            ("demo-upgrade.xlsx", "demo-upgrade.xlsx"),
            ("a\"; filename=b.exe", "afilenameb.exe"),
            ("x\r\nY: 政策.json", "xY.json"),
        ] {
            let answer = attachment(XLSX, name, "");
            assert_eq!(answer.headers()[header::CONTENT_DISPOSITION], format!("attachment; filename=\"{kept}\""), "{name:?}");
        }
    }

    #[test]
    fn no_text_of_a_table_becomes_a_formula() {
        let cells = ["=1+1", "+86", "-x", "@sum", "＝1", "＋1", "－1", "＠x", "\n =1", "市建设局, \"一科\""];
        let cells = cells.map(|text| Cell::Text(text.to_owned()));
        let sheet = Sheet { name: "部门", rows: vec![cells.into_iter().chain([Cell::Number(-1.5)]).collect()] };
        let text = String::from_utf8(csv(&sheet).expect("a table")).expect("UTF-8");
        assert_eq!(text, "\u{feff}'=1+1,'+86,'-x,'@sum,'＝1,'＋1,'－1,'＠x,\"'\n =1\",\"市建设局, \"\"一科\"\"\",-1.5\n");
    }
}

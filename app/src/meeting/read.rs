//! The table of a meeting: its columns, its lines, and what is wrong with each.

use crate::error::AppError;
use crate::request::Tables;
use crate::sheet::{Cell, Sheet};
use domain::actor::AreaCode;
use domain::area;
use domain::issue::{Channel, Submission};
use domain::phone::parse_contact_phone;
use domain::text::{Check, clean, half_width, propose_title};
use domain::uscc::Uscc;
use sha2::{Digest, Sha256};
use store::meeting::NewRow;
use time::OffsetDateTime;

/// A line that cannot be taken: what stood there, and all that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// Of the file, from 1.
    pub line: usize,
    /// In the order of [`TITLES`].
    pub typed: Vec<String>,
    pub faults: Vec<String>,
}

/// The columns, as the template has them; what else they may be called is in [`NAMES`].
pub const TITLES: [&str; 9] = ["序号", "统一社会信用代码", "企业名称", "联系人", "联系电话", "问题", "类别", "地点", "区县"];
const NAMES: [&[&str]; 9] = [
    &["序号", "编号"],
    &["统一社会信用代码", "信用代码"],
    &["企业名称", "企业", "单位"],
    &["联系人", "姓名"],
    &["联系电话", "电话", "手机"],
    &["问题", "诉求", "问题描述", "意见建议"],
    &["类别", "事项类别"],
    &["地点", "地址"],
    &["区县", "所在区县"],
];
const PLACE_NO: usize = 0;
const USCC: usize = 1;
const NAME: usize = 2;
const CONTACT: usize = 3;
const PHONE: usize = 4;
const TEXT: usize = 5;
const CATEGORY: usize = 6;
const PLACE: usize = 7;
const AREA: usize = 8;

/// The most lines of a table: a meeting brings about eighty.
pub const MOST: usize = 300;

/// An empty table with an example, and the words that may stand under 类别 and 区县.
pub fn template(tables: &Tables, now: OffsetDateTime) -> Vec<Sheet> {
    let heading = |list: &[&str]| -> Vec<Cell> { list.iter().map(|title| Cell::Heading((*title).to_owned())).collect() };
    let text = |list: &[&str]| list.iter().map(|text| Cell::Text((*text).to_owned())).collect::<Vec<_>>();
    let categories = tables.terms.catalogue.at(now).categories().into_iter().map(|one| text(&[&one.name]));
    let areas = tables.reference.areas.iter().map(|one| text(&[&one.name]));
    vec![
        Sheet { name: "问题", rows: vec![heading(&TITLES)] },
        Sheet { name: "类别", rows: std::iter::once(heading(&["类别（可不填）"])).chain(categories).collect() },
        Sheet { name: "区县", rows: std::iter::once(heading(&["区县（可不填）"])).chain(areas).collect() },
    ]
}

/// Reads the lines; those that are right, and those that are not.
///
/// # Errors
/// [`AppError::Invalid`] at `file` where it is no such table at all.
pub(super) fn read(
    rows: Vec<(usize, Vec<String>)>,
    home: AreaCode,
    tables: &Tables,
    now: OffsetDateTime,
) -> Result<(Vec<NewRow>, Vec<RowFault>), AppError> {
    let mut rows = rows.into_iter();
    let (_, heading) = rows.next().ok_or_else(|| AppError::field("file", "文件是空的"))?;
    let columns = NAMES.map(|names| heading.iter().position(|title| names.contains(&clean(title).as_str())));
    let missing: Vec<&str> = [PLACE_NO, USCC, CONTACT, PHONE, TEXT]
        .into_iter()
        .filter(|column| columns[*column].is_none())
        .map(|column| TITLES[column])
        .collect();
    if !missing.is_empty() {
        return Err(AppError::field("file", format!("表头缺少：{}。请用模板", missing.join("、"))));
    }
    let (mut good, mut bad): (Vec<NewRow>, Vec<RowFault>) = (Vec::new(), Vec::new());
    let mut count = 0;
    for (line, row) in rows {
        let typed: Vec<String> =
            columns.iter().map(|column| column.and_then(|at| row.get(at)).map(|text| clean(text)).unwrap_or_default()).collect();
        if typed.iter().all(String::is_empty) {
            continue;
        }
        count += 1;
        if count > MOST {
            return Err(AppError::field("file", format!("一次最多 {MOST} 行，请拆成几份")));
        }
        match one(line, &typed, home, tables, now) {
            Ok(row) if good.iter().any(|other| other.place == row.place) => {
                bad.push(RowFault { line, typed, faults: vec![format!("序号 {} 重复了", row.place)] });
            }
            Ok(row) => good.push(row),
            Err(faults) => bad.push(RowFault { line, typed, faults }),
        }
    }
    if count == 0 {
        return Err(AppError::field("file", "表里没有问题"));
    }
    Ok((good, bad))
}

/// One line, or everything that is wrong with it.
fn one(line: usize, typed: &[String], home: AreaCode, tables: &Tables, now: OffsetDateTime) -> Result<NewRow, Vec<String>> {
    let mut check = Check::new();
    let place_no = half_width(&typed[PLACE_NO]).trim_end_matches(".0").parse::<i32>().ok().filter(|number| *number > 0);
    if place_no.is_none() {
        check.fault("", "序号应为正整数");
    }
    let uscc = check.parse("", Uscc::parse(&typed[USCC]));
    let enterprise_name = check.text("", "企业名称", &typed[NAME], 0, 60);
    let contact_name = check.text("", "联系人", &typed[CONTACT], 1, 30);
    // A workbook has telephones as numbers.
    let phone = check.parse("", parse_contact_phone(typed[PHONE].trim_end_matches(".0")));
    let text = check.text("", "问题", &typed[TEXT], 10, 2000);
    let title = propose_title(&text, 40);
    let today = tables.terms.catalogue.at(now);
    let category = match typed[CATEGORY].as_str() {
        "" => Some(tables.terms.route(&text, now).code().to_owned()),
        said => {
            let found = today.categories().into_iter().find(|known| known.code == said || known.name == said);
            found.map(|known| known.code.clone())
        }
    };
    if category.is_none() {
        check.fault("", format!("没有“{}”这个类别，见模板的“类别”页，拿不准就不填", typed[CATEGORY]));
    }
    let place = check.text("", "地点", &typed[PLACE], 0, 120);
    let areas = &tables.reference.areas;
    let area = match typed[AREA].as_str() {
        "" => area::named_in(&place, areas.iter().map(|area| (area.code, area.name.as_str()))),
        said => {
            let found = areas.iter().find(|area| area.name == said || area.short == said || area.code.to_string() == said);
            if found.is_none() {
                check.fault("", format!("没有“{said}”这个区县，见模板的“区县”页"));
            }
            found.map(|area| area.code)
        }
    };
    check.finish().map_err(|faults| faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>())?;
    let (Some(place_no), Some(uscc), Some(category), Some(contact_phone)) = (place_no, uscc, category, phone) else {
        return Err(vec!["这一行读不出来".to_owned()]);
    };
    let request = Sha256::digest(typed.join("\u{1f}").as_bytes()).into();
    let submission = Submission { title, text, category, place, area: home, channel: Channel::Meeting, photos: 0 };
    Ok(NewRow { line, place: place_no, uscc, enterprise_name, contact_name, contact_phone, submission, area, request })
}

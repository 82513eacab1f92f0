//! Importing facts from a table (S-22): one fact a row, or one enterprise a row with attribute codes as heading. Good rows are
//! kept, bad rows told by line and reason, the same table again changes nothing.

use crate::error::AppError;
use crate::request::Request;
use domain::policy::figure;
use domain::policy::library::Library;
use domain::uscc::Uscc;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use store::policy::portrait::{self, Change};

/// What came of an import.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// Rows that were taken.
    pub good: usize,
    /// Facts that changed.
    pub changed: i64,
    /// Rows that were not: line and reason.
    pub bad: Vec<(usize, String)>,
}

const USCC: &[&str] = &["uscc", "统一社会信用代码", "信用代码"];
const ATTRIBUTE: &[&str] = &["attribute", "指标", "指标代码"];
const VALUE: &[&str] = &["value", "数值", "值"];
const PERIOD: &[&str] = &["period", "期间", "年度"];
const SOURCE: &[&str] = &["source", "来源"];
const TAGS: &[&str] = &["tags", "标签", "资质"];

/// Whoever may import at all: asked before a file is read.
///
/// # Errors
/// As [`crate::request::Ctx::require_policy_editor`].
pub async fn require_importer(request: &Request) -> Result<(), AppError> {
    request.open().await?.require_policy_editor()?;
    request.close().await;
    Ok(())
}

/// Imports a table: lines of the file with their texts, the heading first. `source` is that of rows that name none.
///
/// # Errors
/// [`AppError::Invalid`] at `file` where the heading lacks a column.
pub async fn import_facts(request: &Request, rows: Vec<(usize, Vec<String>)>, source: &str) -> Result<Imported, AppError> {
    let mut ctx = request.open().await?;
    ctx.require_policy_editor()?;
    let library = store::policy::library::all(&mut ctx.conn).await?;
    let mut imported = Imported::default();
    let mut wanted: Vec<(usize, String, Vec<Change>)> = Vec::new();
    for (line, row) in read(&library, rows, source.trim())? {
        match row {
            Ok((uscc, changes)) => wanted.push((line, uscc, changes)),
            Err(reason) => imported.bad.push((line, reason)),
        }
    }
    let mut codes: Vec<String> = wanted.iter().map(|(_, code, _)| code.clone()).collect();
    codes.sort();
    codes.dedup();
    // The scope of the session says whose facts may be written; the system writes them.
    let known: HashMap<String, i64> = portrait::by_uscc(&mut ctx.conn, &codes).await?.into_iter().collect();
    // Rows of one enterprise are one change, so that it is matched once.
    let mut together: BTreeMap<i64, Vec<Change>> = BTreeMap::new();
    for (line, code, changes) in wanted {
        match known.get(&code) {
            Some(enterprise) => {
                imported.good += 1;
                together.entry(*enterprise).or_default().extend(changes);
            }
            None => imported.bad.push((line, format!("没有这家企业，或不在本辖区：{code}"))),
        }
    }
    let (today, now) = (ctx.today(), ctx.now);
    let mut system = request.services().store.system().await?;
    for (enterprise, changes) in together {
        imported.changed += i64::from(portrait::put(&mut system, enterprise, &changes, today, now).await?);
    }
    imported.bad.sort_by_key(|bad| bad.0);
    Ok(imported)
}

/// A row: whose facts and which, or why it says none.
type Row = Result<(String, Vec<Change>), String>;

/// Where the columns of a table are.
struct Columns {
    heading: Vec<String>,
    uscc: usize,
    /// Attribute and value, of a table with a fact a row.
    long: Option<(usize, usize)>,
    period: Option<usize>,
    source: Option<usize>,
}

impl Columns {
    fn of(heading: &[String]) -> Result<Columns, &'static str> {
        let heading: Vec<String> = heading.iter().map(|title| title.trim().to_lowercase()).collect();
        let column = |names: &[&str]| heading.iter().position(|title| names.contains(&title.as_str()));
        let uscc = column(USCC).ok_or("表头缺少“统一社会信用代码”一列")?;
        let long = match (column(ATTRIBUTE), column(VALUE)) {
            (Some(attribute), Some(value)) => Some((attribute, value)),
            (None, None) => None,
            _ => return Err("表头应同时有“指标”和“数值”两列"),
        };
        Ok(Columns { uscc, long, period: column(PERIOD), source: column(SOURCE), heading })
    }

    fn row(&self, library: &Library, row: &[String], source: &str) -> Row {
        let at = |place: Option<usize>| place.and_then(|place| row.get(place)).map_or("", |text| text.trim());
        let uscc = Uscc::parse(at(Some(self.uscc))).map_err(|error| error.to_string())?.to_string();
        let own = [Some(self.uscc), self.period, self.source];
        let pairs: Vec<(&str, &str)> = match self.long {
            Some((attribute, value)) => vec![(at(Some(attribute)), at(Some(value)))],
            // Wide: every other column that is not empty.
            None => {
                let others = self.heading.iter().enumerate().filter(|(place, _)| !own.contains(&Some(*place)));
                others.map(|(place, title)| (title.as_str(), at(Some(place)))).filter(|(_, text)| !text.is_empty()).collect()
            }
        };
        let said = if at(self.source).is_empty() { source } else { at(self.source) };
        let changes = pairs.into_iter().map(|(attribute, text)| {
            let (code, value) = fact(library, attribute, text)?;
            Ok(Change { code, value: Some(value), period: at(self.period).to_owned(), source: said.to_owned() })
        });
        Ok((uscc, changes.collect::<Result<Vec<Change>, String>>()?))
    }
}

fn read(library: &Library, rows: Vec<(usize, Vec<String>)>, source: &str) -> Result<Vec<(usize, Row)>, AppError> {
    let mut rows = rows.into_iter();
    let (_, heading) = rows.next().ok_or_else(|| AppError::field("file", "文件是空的"))?;
    let columns = Columns::of(&heading).map_err(|sentence| AppError::field("file", sentence))?;
    let filled = rows.filter(|(_, row)| row.iter().any(|text| !text.trim().is_empty()));
    Ok(filled.map(|(line, row)| (line, columns.row(library, &row, source))).collect())
}

/// One fact of a row: attribute's code or `tags`, and the value as JSON.
fn fact(library: &Library, attribute: &str, text: &str) -> Result<(String, Value), String> {
    if TAGS.contains(&attribute) {
        let list: Vec<&str> = text.split([',', '，', '、', ';']).map(str::trim).filter(|tag| !tag.is_empty()).collect();
        let known = |tag: &&str| {
            library.tags.values().find(|known| known.code == **tag || known.name == **tag).map(|known| known.code.clone())
        };
        return match list.iter().find(|tag| known(tag).is_none()) {
            Some(unknown) => Err(format!("标签库里没有“{unknown}”")),
            None => Ok(("tags".to_owned(), list.iter().filter_map(known).map(Value::from).collect())),
        };
    }
    let known = library.attributes.values().find(|known| known.code == attribute || known.name == attribute);
    let known = known.ok_or_else(|| format!("指标库里没有“{attribute}”"))?;
    let plain = figure::read(known, text).map_err(|sentence| format!("{}“{text}”{sentence}", known.name))?;
    if plain.is_empty() {
        return Err(format!("“{}”没有数值", known.name));
    }
    Ok((known.code.clone(), Value::from(plain)))
}

//! Importing facts from csv or xlsx (S-22): one fact a row, or one enterprise a row with attribute codes as heading. Good rows are kept, bad
//! rows reported by line and reason, the same file again changes nothing.

use crate::import::{BadRow, rows};
use anyhow::{Context, Result, bail};
use app::policy::facts::readable;
use domain::policy::library::Library;
use domain::uscc::Uscc;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use store::Conn;
use store::policy::portrait::{self, Change};
use time::{Date, OffsetDateTime};

/// What an import did.
#[derive(Debug, Default)]
pub struct Report {
    /// Rows that were taken.
    pub good: usize,
    /// Facts that changed.
    pub changed: i64,
    /// Rows that were not.
    pub bad: Vec<BadRow>,
}

const USCC: &[&str] = &["uscc", "统一社会信用代码", "信用代码"];
const ATTRIBUTE: &[&str] = &["attribute", "指标", "指标代码"];
const VALUE: &[&str] = &["value", "数值", "值"];
const PERIOD: &[&str] = &["period", "期间", "年度"];
const SOURCE: &[&str] = &["source", "来源"];
const TAGS: &[&str] = &["tags", "标签", "资质"];

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
    let plain = text.trim().replace([',', '，', ' '], "");
    if plain.is_empty() {
        return Err(format!("“{}”没有数值", known.name));
    }
    readable(known.kind, &plain).map_err(|sentence| format!("{}“{text}”{sentence}", known.name))?;
    Ok((known.code.clone(), Value::from(plain)))
}

/// Imports a file. `within` sees the enterprises that may be written to; `system` writes.
///
/// # Errors
/// When the file cannot be read, lacks its columns, or the database does not answer.
#[allow(clippy::too_many_arguments)] // Each is a different thing, and a struct would only rename them.
pub async fn import(
    within: &mut Conn,
    system: &mut Conn,
    library: &Library,
    bytes: &[u8],
    extension: &str,
    source: &str,
    on: Date,
    now: OffsetDateTime,
) -> Result<Report> {
    let mut lines = rows(bytes, extension)?.into_iter();
    let (_, heading) = lines.next().context("文件是空的")?;
    let heading: Vec<String> = heading.iter().map(|title| title.trim().to_lowercase()).collect();
    let column = |names: &[&str]| heading.iter().position(|title| names.contains(&title.as_str()));
    let Some(uscc_at) = column(USCC) else { bail!("表头缺少“统一社会信用代码”一列") };
    let (attribute_at, value_at, period_at, source_at) = (column(ATTRIBUTE), column(VALUE), column(PERIOD), column(SOURCE));
    if attribute_at.is_some() != value_at.is_some() {
        bail!("表头应同时有“指标”和“数值”两列");
    }
    let meta = [Some(uscc_at), attribute_at, value_at, period_at, source_at];
    let mut report = Report::default();
    let mut wanted: Vec<(usize, String, Vec<Change>)> = Vec::new();
    for (line, row) in lines.filter(|(_, row)| row.iter().any(|text| !text.trim().is_empty())) {
        let at = |place: Option<usize>| place.and_then(|place| row.get(place)).map_or("", |text| text.trim());
        let code = match Uscc::parse(at(Some(uscc_at))) {
            Ok(code) => code.to_string(),
            Err(error) => {
                report.bad.push(BadRow { line, reason: error.to_string() });
                continue;
            }
        };
        // Long: one fact. Wide: every other column that is not empty.
        let pairs: Vec<(&str, &str)> = match (attribute_at, value_at) {
            (Some(attribute), Some(value)) => vec![(at(Some(attribute)), at(Some(value)))],
            _ => {
                let others = heading.iter().enumerate().filter(|(place, _)| !meta.contains(&Some(*place)));
                others.map(|(place, title)| (title.as_str(), at(Some(place)))).filter(|(_, text)| !text.is_empty()).collect()
            }
        };
        let said = if at(source_at).is_empty() { source } else { at(source_at) };
        let changes: Result<Vec<Change>, String> = pairs
            .iter()
            .map(|(attribute, text)| {
                let (code, value) = fact(library, attribute, text)?;
                Ok(Change { code, value: Some(value), period: at(period_at).to_owned(), source: said.to_owned() })
            })
            .collect();
        match changes {
            Ok(changes) => wanted.push((line, code, changes)),
            Err(reason) => report.bad.push(BadRow { line, reason }),
        }
    }
    let mut codes: Vec<String> = wanted.iter().map(|(_, code, _)| code.clone()).collect();
    codes.sort();
    codes.dedup();
    let known: HashMap<String, i64> = portrait::by_uscc(within, &codes).await?.into_iter().collect();
    // Rows of one enterprise are one change, so that it is matched once.
    let mut together: BTreeMap<i64, Vec<Change>> = BTreeMap::new();
    for (line, code, changes) in wanted {
        match known.get(&code) {
            Some(enterprise) => {
                report.good += 1;
                together.entry(*enterprise).or_default().extend(changes);
            }
            None => report.bad.push(BadRow { line, reason: format!("没有这家企业，或不在本辖区：{code}") }),
        }
    }
    for (enterprise, changes) in together {
        report.changed += i64::from(portrait::put(system, enterprise, &changes, on, now).await?);
    }
    report.bad.sort_by_key(|bad| bad.line);
    Ok(report)
}

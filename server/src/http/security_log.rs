//! The security log as a table to be taken away.

use super::context::{Reply, internal};
use super::tables::attachment;
use app::request::Request;
use app::security::read::{self, Asked, label, stamp};
use axum::Extension;
use axum::extract::Query;
use serde::Deserialize;

/// What is asked for; a field that is missing asks for everything.
#[derive(Deserialize)]
pub struct SecurityQuery {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    day: String,
}

/// The log as csv, in the columns of the page.
pub async fn table(Extension(request): Extension<Request>, Query(query): Query<SecurityQuery>) -> Reply {
    let asked = Asked { kind: query.kind, login: query.login, day: query.day };
    let rows = read::export(&mut *request.open().await?, &asked).await?;
    request.close().await;
    let mut table = ::csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    table.write_record(["时间", "事件", "账号", "地区", "对象", "说明", "来源", "请求"]).map_err(internal)?;
    for row in &rows {
        let area = row.area.map_or_else(String::new, domain::area::name);
        let cells = [&stamp(row.at), &label(&row.kind), &row.login, &area, &row.subject, &row.detail, &row.network, &row.request];
        table.write_record(cells.map(|cell| plain(cell))).map_err(internal)?;
    }
    let bytes = table.into_inner().map_err(internal)?;
    Ok(attachment("text/csv; charset=utf-8", "security.csv", bytes))
}

/// A cell that no spreadsheet takes for a formula (OWASP: CSV injection).
fn plain(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

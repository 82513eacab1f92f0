//! What is answered.

use super::{Faults, by_mark, fault, faults_of, open};
use crate::request::{Request, Tables};
use domain::actor::{AreaCode, CITY, DepartmentId};
use domain::catalogue::{Category, Edition};
use domain::issue::State;
use domain::open311::{AREA, Asked, ENTERPRISE_NAME, MOST, Query, USCC, status};
use serde_json::{Value, json};
use store::Conn;
use store::api_key::Found;
use store::case::{self, Case};
use store::open311::{self, Standing};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// What the number of a published case begins with: issues have other numbers, and nobody finds one by the other.
const CASE: &str = "CASE-";

/// Where the interface is, and in which formats (Open311 service discovery).
pub fn discovery(request: &Request) -> Value {
    let url = format!("{}/open311/v2", request.head().origin);
    let changeset = concat!(env!("CARGO_PKG_VERSION"), "");
    json!({
        "changeset": changeset,
        "contact": "湖州市企业综合服务中心，电话 0572-12345",
        "key_service": "接口密钥由市企服中心的系统管理员发放",
        "endpoints": [{
            "specification": "http://wiki.open311.org/GeoReport_v2",
            "url": url,
            "changeset": changeset,
            "type": if request.services().demo { "test" } else { "production" },
            "formats": ["text/xml", "application/json"],
        }],
    })
}

/// Every kind of problem.
pub fn services(request: &Request) -> Value {
    let services = request.services();
    let terms = services.tables().terms;
    let today = terms.catalogue.at(services.now());
    today.categories().into_iter().map(|category| service(category, today)).collect()
}

fn service(category: &Category, today: Edition<'_>) -> Value {
    let board = today.board(&category.board).map_or(category.board.as_str(), |board| board.name.as_str());
    json!({
        "service_code": category.code,
        "service_name": category.name,
        "description": format!("企业遇到的“{}”方面的问题", category.name),
        "metadata": true,
        "type": "realtime",
        "keywords": category.words.join(","),
        "group": board,
    })
}

/// What a problem of this kind needs besides the standard's own arguments.
///
/// # Errors
/// 404.
pub fn definition(request: &Request, code: &str) -> Result<Value, Faults> {
    let services = request.services();
    let Tables { terms, reference, .. } = services.tables();
    let today = terms.catalogue.at(services.now());
    if !today.offers(code) {
        return Err(fault(404, format!("service_code {code} was not found")));
    }
    let areas: Vec<Value> =
        reference.areas.iter().map(|area| json!({ "key": area.code.to_string(), "name": area.name })).collect();
    let attribute = |order: u8, code: &str, datatype: &str, required: bool, description: &str, hint: &str, values: Vec<Value>| {
        json!({
            "variable": true, "code": code, "datatype": datatype, "required": required, "datatype_description": hint,
            "order": order, "description": description, "values": values,
        })
    };
    Ok(json!({
        "service_code": code,
        "attributes": [
            attribute(1, USCC, "string", true, "企业的统一社会信用代码", "18 位数字和大写字母", vec![]),
            attribute(2, ENTERPRISE_NAME, "string", false, "企业名称", "系统里还没有这家企业时必填", vec![]),
            attribute(3, AREA, "singlevaluelist", false, "问题发生的区县", "不填时按地址判断", areas),
        ],
    }))
}

/// What fits: with a key its own filings, and what is published in any case.
///
/// # Errors
/// As [`open`]; 400 for arguments that cannot be read.
pub async fn requests(request: &Request, pairs: &[(String, String)]) -> Result<Value, Faults> {
    let (mut conn, key) = open(request, pairs).await?;
    let query = Query::parse(pairs, request.services().now())?;
    let found = match &query {
        Query::Numbers(numbers) => by_numbers(&mut conn, key.as_ref(), numbers, request).await?,
        Query::Fitting(asked) => fitting(&mut conn, key.as_ref(), asked, request).await?,
    };
    conn.release();
    Ok(Value::Array(found))
}

/// One of them.
///
/// # Errors
/// As [`requests`]; 404.
pub async fn request(request: &Request, pairs: &[(String, String)], number: &str) -> Result<Value, Faults> {
    let (mut conn, key) = open(request, pairs).await?;
    let found = by_numbers(&mut conn, key.as_ref(), &[number.to_owned()], request).await?;
    conn.release();
    if found.is_empty() {
        return Err(fault(404, format!("service_request_id {number} was not found")));
    }
    Ok(Value::Array(found))
}

/// The number behind a token. Every service answers with its number at once, so a token is what the channel itself called a filing
/// (`Idempotency-Key`), or the number.
///
/// # Errors
/// As [`requests`]; 404.
pub async fn token(request: &Request, pairs: &[(String, String)], token: &str) -> Result<Value, Faults> {
    let (mut conn, key) = open(request, pairs).await?;
    let number = match (&key, Uuid::parse_str(token)) {
        (Some(key), Ok(mark)) => by_mark(&mut conn, key, mark).await?,
        _ => {
            let found = by_numbers(&mut conn, key.as_ref(), &[token.to_owned()], request).await?;
            (!found.is_empty()).then(|| token.to_owned())
        }
    };
    conn.release();
    let number = number.ok_or_else(|| fault(404, format!("token {token} was not found")))?;
    Ok(json!([{ "service_request_id": number, "token": token }]))
}

async fn by_numbers(conn: &mut Conn, key: Option<&Found>, numbers: &[String], request: &Request) -> Result<Vec<Value>, Faults> {
    let tables = request.services().tables();
    let now = request.services().now();
    let mut found = Vec::new();
    if let Some(key) = key {
        let own = open311::by_numbers(conn, key.id, numbers).await.map_err(faults_of)?;
        found.extend(own.iter().map(|standing| own_value(standing, &tables, now)));
    }
    let cases: Vec<i64> = numbers.iter().filter_map(|number| number.strip_prefix(CASE)?.parse().ok()).collect();
    if !cases.is_empty() {
        let told = case::told(conn, &cases).await.map_err(faults_of)?;
        found.extend(told.iter().map(|case| case_value(case, &tables, now)));
    }
    Ok(found)
}

async fn fitting(conn: &mut Conn, key: Option<&Found>, asked: &Asked, request: &Request) -> Result<Vec<Value>, Faults> {
    let tables = request.services().tables();
    let now = request.services().now();
    let mut found: Vec<(OffsetDateTime, Value)> = Vec::new();
    if let Some(key) = key {
        let own = open311::fitting(conn, key.id, asked).await.map_err(faults_of)?;
        found.extend(own.iter().map(|standing| (standing.submitted_at, own_value(standing, &tables, now))));
    }
    if asked.statuses.closed {
        let cases = case::between(conn, asked.from, asked.until, &asked.services, i64::try_from(MOST).unwrap_or(i64::MAX)).await;
        found.extend(cases.map_err(faults_of)?.iter().map(|case| (case.requested_at, case_value(case, &tables, now))));
    }
    found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    found.truncate(MOST);
    Ok(found.into_iter().map(|(_, value)| value).collect())
}

/// What both kinds have.
struct Fields<'a> {
    number: String,
    status: (&'static str, String),
    category: &'a str,
    description: Option<String>,
    area: AreaCode,
    department: Option<DepartmentId>,
    notice: Option<String>,
    requested: OffsetDateTime,
    updated: OffsetDateTime,
    expected: Option<OffsetDateTime>,
}

fn value(fields: Fields<'_>, tables: &Tables, now: OffsetDateTime) -> Value {
    let today = tables.terms.catalogue.at(now);
    let agency = fields.department.map_or_else(|| tables.reference.centre(fields.area), |id| tables.reference.department(id));
    json!({
        "service_request_id": fields.number,
        "status": fields.status.0,
        "status_notes": fields.status.1,
        "service_name": today.category_name(fields.category),
        "service_code": fields.category,
        "description": fields.description,
        "agency_responsible": agency,
        "service_notice": fields.notice,
        "requested_datetime": instant(fields.requested),
        "updated_datetime": instant(fields.updated),
        "expected_datetime": fields.expected.map(instant),
        // The district only: where exactly is the enterprise's own business.
        "address": tables.reference.area(fields.area),
        "address_id": null,
        "zipcode": null,
        "lat": null,
        "long": null,
        "media_url": null,
    })
}

/// How a filing of the key's stands: nothing that anybody wrote.
fn own_value(standing: &Standing, tables: &Tables, now: OffsetDateTime) -> Value {
    let state = State::from_code(&standing.state).unwrap_or(State::Submitted);
    let (status, notes) = status(state);
    let fields = Fields {
        number: standing.number.clone(),
        status: (status, notes.to_owned()),
        category: &standing.category,
        description: None,
        area: standing.area,
        department: standing.department,
        notice: None,
        requested: standing.submitted_at,
        updated: standing.last_event_at,
        // What is tracked has no end that could be promised to a channel.
        expected: standing.due_at.filter(|_| state.is_open() && state != State::Tracking),
    };
    value(fields, tables, now)
}

fn case_value(case: &Case, tables: &Tables, now: OffsetDateTime) -> Value {
    let fields = Fields {
        number: format!("{CASE}{}", case.id),
        status: ("closed", format!("已办结。{}", case.answer)),
        category: &case.category,
        description: Some(format!("{}：{}", case.title, case.problem)),
        area: case.area,
        department: case.department,
        notice: Some(format!("依据：{}", case.rule)),
        requested: case.requested_at,
        updated: case.published_at.max(case.closed_at),
        expected: None,
    };
    value(fields, tables, now)
}

/// To the second, with the zone of the city.
pub(crate) fn instant(at: OffsetDateTime) -> String {
    let at = domain::calendar::local(at);
    at.replace_nanosecond(0).unwrap_or(at).format(&Rfc3339).unwrap_or_default()
}

/// Whether an area is one of the city's.
pub(super) fn is_area(tables: &Tables, code: AreaCode) -> bool {
    code == CITY || tables.reference.areas.iter().any(|area| area.code == code)
}

//! Open311 GeoReport v2: paths, and values as JSON or XML (the specification's own mapping, where a list's members bear the name of one of them).

use super::context::Reply;
use super::forms::within;
use app::error::AppError;
use app::open311::{self as api, Faults};
use app::request::Request;
use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::open311::{Fault, Format};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde_json::{Value, json};

/// The largest report: whoever has no key may send it as well, and it is whole in memory before anybody looks at it. The longest text there is takes
/// 18 KB of it.
const REPORT_LIMIT: usize = 64 * 1024;

/// The arguments; what cannot be read has none.
type Pairs = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// Service discovery.
pub async fn discovery(Extension(request): Extension<Request>, Path(file): Path<String>) -> Reply {
    Ok(match Format::split(&file) {
        Some(("discovery", format)) => answer(format, "discovery", Ok(api::discovery(&request))),
        other => nothing(other.map(|(_, format)| format)),
    })
}

/// `GET services`, `GET requests`.
pub async fn list(Extension(request): Extension<Request>, Path(file): Path<String>, pairs: Pairs) -> Reply {
    let pairs = pairs.map(|pairs| pairs.0).unwrap_or_default();
    Ok(match Format::split(&file) {
        Some(("discovery", format)) => answer(format, "discovery", Ok(api::discovery(&request))),
        Some(("services", format)) => answer(format, "services", Ok(api::services(&request))),
        Some(("requests", format)) => answer(format, "service_requests", api::requests(&request, &pairs).await),
        other => nothing(other.map(|(_, format)| format)),
    })
}

/// `GET services/{code}`, `GET requests/{number}`, `GET tokens/{token}`.
pub async fn one(Extension(request): Extension<Request>, Path((resource, file)): Path<(String, String)>, pairs: Pairs) -> Reply {
    let pairs = pairs.map(|pairs| pairs.0).unwrap_or_default();
    Ok(match (resource.as_str(), Format::split(&file)) {
        ("services", Some((code, format))) => answer(format, "service_definition", api::definition(&request, code)),
        ("requests", Some((number, format))) => answer(format, "service_requests", api::request(&request, &pairs, number).await),
        ("tokens", Some((token, format))) => answer(format, "service_requests", api::token(&request, &pairs, token).await),
        (_, other) => nothing(other.map(|(_, format)| format)),
    })
}

/// `POST requests`. The key may stand in the query or in the form.
pub async fn report(
    Extension(request): Extension<Request>,
    Path(file): Path<String>,
    query: Pairs,
    headers: HeaderMap,
    body: Body,
) -> Reply {
    let Some(("requests", format)) = Format::split(&file) else {
        return Ok(nothing(Format::split(&file).map(|(_, format)| format)));
    };
    let Ok(form) = within(body, REPORT_LIMIT).await else {
        return Ok(answer(format, "", Err(vec![Fault::new(400, "the form cannot be read, or is too large")])));
    };
    let mut pairs = form.pairs().to_vec();
    pairs.extend(query.map(|pairs| pairs.0).unwrap_or_default());
    let mark = headers.get("idempotency-key").map(|mark| mark.to_str().unwrap_or("?"));
    Ok(answer(format, "service_requests", api::report(&request, &pairs, mark).await))
}

/// What is answered where there is no door, or its handler was not reached.
pub(super) fn problem(path: &str, error: AppError) -> Response {
    let format = Format::split(path.split('?').next().unwrap_or_default()).map(|(_, format)| format);
    match error {
        AppError::NotFound => nothing(format),
        error => answer(format.unwrap_or(Format::Json), "", Err(api::faults_of(error))),
    }
}

fn nothing(format: Option<Format>) -> Response {
    let words = "no such resource: discovery, services, requests or tokens, ending in .json or .xml";
    answer(format.unwrap_or(Format::Json), "", Err(vec![Fault::new(404, words)]))
}

/// What an answer is written as: the status is that of the first fault.
fn answer(format: Format, root: &'static str, result: Result<Value, Faults>) -> Response {
    let (status, root, value) = match result {
        Ok(value) => (StatusCode::OK, root, value),
        Err(faults) => {
            let status = faults.first().and_then(|fault| StatusCode::from_u16(fault.code).ok());
            let list = faults.into_iter().map(|fault| json!({ "code": fault.code, "description": fault.description })).collect();
            (status.unwrap_or(StatusCode::BAD_REQUEST), "errors", Value::Array(list))
        }
    };
    let (kind, text) = match format {
        Format::Json => ("application/json; charset=utf-8", value.to_string()),
        Format::Xml => ("text/xml; charset=utf-8", xml(root, &value)),
    };
    let retry = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
        .then_some([(header::RETRY_AFTER, "60")]);
    // Whoever reads it from another site sees what anybody sees: no cookie counts here.
    let open = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    match retry {
        Some(retry) => (status, retry, open, text).into_response(),
        None => (status, open, text).into_response(),
    }
}

/// A value under a root element, with the declaration that the specification asks for.
fn xml(root: &str, value: &Value) -> String {
    let mut writer = Writer::new(Vec::new());
    // Writing into memory does not fail.
    let _ = writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)));
    element(&mut writer, root, value);
    String::from_utf8(writer.into_inner()).unwrap_or_default()
}

/// The name of one of a list.
fn member(list: &str) -> &str {
    match list {
        "service_requests" => "request",
        other => other.strip_suffix('s').unwrap_or(other),
    }
}

fn element(writer: &mut Writer<Vec<u8>>, name: &str, value: &Value) {
    let started = writer.create_element(name);
    let _ = match value {
        Value::Null => started.write_empty(),
        Value::Array(list) => started.write_inner_content(|writer| {
            list.iter().for_each(|one| element(writer, member(name), one));
            Ok(())
        }),
        Value::Object(fields) => started.write_inner_content(|writer| {
            fields.iter().for_each(|(name, field)| element(writer, name, field));
            Ok(())
        }),
        Value::String(text) => started.write_text_content(BytesText::new(&printable(text))),
        other => started.write_text_content(BytesText::new(&other.to_string())),
    };
}

/// XML 1.0 has no place for most control characters, not even escaped.
fn printable(text: &str) -> String {
    text.chars().filter(|c| matches!(c, '\t' | '\n' | '\r') || !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_members_and_nothing_is_an_empty_element() {
        let value =
            json!([{ "service_code": "a<b", "metadata": true, "lat": null, "values": [{ "key": "1", "name": "一\u{8}" }] }]);
        assert_eq!(
            xml("services", &value),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><services><service><lat/><metadata>true</metadata>\
            <service_code>a&lt;b</service_code><values><value><key>1</key><name>一</name></value></values></service></services>"
        );
        assert_eq!(xml("errors", &json!([])), "<?xml version=\"1.0\" encoding=\"utf-8\"?><errors></errors>");
    }
}

//! Webhooks: a channel says where the steps of its filings are to be sent, and sees what became of each delivery. Sending is a worker of `server`;
//! what is sent is made here.

use super::wire::{Delivery, DeliveryList, NewWebhook, Notice, Removed, Webhook, WebhookAdded, WebhookList};
use super::{Answer, ApiError, Entered, Fault, body, read};
use crate::error::AppError;
use crate::open311::instant;
use crate::request::{Tables, random_hex};
use domain::webhook::{LONGEST, MOST, is_public};
use std::net::IpAddr;
use store::Conn;
use store::api::issue::{self, replayed};
use store::api::webhook::{self, Due, URL};
use url::Url;

/// What every secret begins with.
const PREFIX: &str = "whsec_";

/// Reads an address that steps may be sent to. Whether its name leads to a public address is asked when it is sent to: names move.
///
/// # Errors
/// A sentence for the channel.
pub fn address(raw: &str, private: bool) -> Result<Url, String> {
    if raw.len() > LONGEST {
        return Err(format!("地址最多 {LONGEST} 个字符"));
    }
    let url = Url::parse(raw).map_err(|_| "不是完整的网址，例如 https://12345.example.gov.cn/qifu".to_owned())?;
    if url.scheme() != "https" && !(private && url.scheme() == "http") {
        return Err("地址必须以 https:// 开头".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("地址里不能带用户名和密码".to_owned());
    }
    if url.fragment().is_some() {
        return Err("地址里不能带 #".to_owned());
    }
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
    // Whatever way an address is written in, it stands here in the usual one.
    let inside = literal.is_some_and(|ip| !is_public(ip)) || host == "localhost" || host.ends_with(".localhost");
    if host.is_empty() || inside && !private {
        return Err("地址必须是公网上的".to_owned());
    }
    Ok(url)
}

/// Subscribes.
///
/// # Errors
/// 422 for an address that cannot be one, 409 for the same twice or too many.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks",
    tag = "推送",
    operation_id = "subscribe",
    summary = "订阅推送",
    description = "从现在起，这个密钥提交的诉求每走一步就向这个地址 POST 一次（内容见 Notice）。secret 只在这次应答里出现；\
没有收到应答的，在有效的订阅里找到这个地址，取消后重新订阅。",
    request_body = NewWebhook,
    responses(
        (status = 201, description = "已订阅", body = WebhookAdded),
        (status = 409, description = "已经订阅过，或太多", body = super::error::Errors),
        (status = 422, description = "地址不对", body = super::error::Errors),
    ),
    security(("key" = ["issues:read"]))
)]
pub async fn subscribe(mut entered: Entered, bytes: &[u8]) -> Result<Answer, ApiError> {
    let NewWebhook { url } = body(bytes)?;
    let services = entered.caller.request.services().clone();
    let invalid = |sentence: String| ApiError::new(422, "invalid", Some("url"), sentence);
    let url = address(&url, services.private_webhooks).map_err(invalid)?;
    let secret = format!("{PREFIX}{}", random_hex::<32>());
    let mut conn = entered.conn().await?;
    let added = webhook::add(&mut conn, entered.caller.key.id, url.as_str(), &secret, services.now()).await;
    match added {
        Ok(Some(added)) => {
            conn.release();
            let webhook::Webhook { id, url, created_at } = added;
            Answer::new(201, &WebhookAdded { id, url, created_at: instant(created_at), secret })
        }
        Ok(None) => Err(ApiError::new(409, "too_many", None, format!("一个密钥最多订阅 {MOST} 个地址"))),
        Err(error) if error.is_conflict_with(URL) => Err(ApiError::new(409, "taken", Some("url"), "这个地址已经订阅过")),
        Err(error) => Err(error.into()),
    }
}

/// Those in force.
///
/// # Errors
/// When the database does not answer.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks",
    tag = "推送",
    operation_id = "list_webhooks",
    summary = "有效的订阅",
    responses((status = 200, description = "订阅", body = WebhookList)),
    security(("key" = ["issues:read"]))
)]
pub async fn list(mut entered: Entered) -> Result<Answer, ApiError> {
    let mut conn = entered.conn().await?;
    let found = webhook::list(&mut conn, entered.caller.key.id).await?;
    conn.release();
    let shown = |one: webhook::Webhook| Webhook { id: one.id, url: one.url, created_at: instant(one.created_at) };
    Answer::new(200, &WebhookList { webhooks: found.into_iter().map(shown).collect() })
}

/// Ends a subscription.
///
/// # Errors
/// 404 where the key has none of this number.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/{id}/remove",
    tag = "推送",
    operation_id = "unsubscribe",
    summary = "取消订阅",
    description = "还没有送达的也不再发送。",
    params(("id" = i64, Path, description = "订阅的编号")),
    responses(
        (status = 200, description = "已取消", body = Removed),
        (status = 404, description = "没有这个订阅", body = super::error::Errors),
    ),
    security(("key" = ["issues:read"]))
)]
pub async fn unsubscribe(mut entered: Entered, id: &str) -> Result<Answer, ApiError> {
    let nothing = || ApiError::new(404, "not_found", None, "没有这个订阅");
    let id = id.parse().map_err(|_| nothing())?;
    let now = entered.caller.request.services().now();
    let mut conn = entered.conn().await?;
    let ended = webhook::end(&mut conn, entered.caller.key.id, id, now).await?;
    conn.release();
    if ended { Answer::new(200, &Removed { removed: true }) } else { Err(nothing()) }
}

/// Deliveries that a page has.
const PAGE: i64 = 100;

/// What became of each delivery.
///
/// # Errors
/// 422 for arguments that cannot be read.
#[utoipa::path(
    get,
    path = "/api/v1/deliveries",
    tag = "推送",
    operation_id = "list_deliveries",
    summary = "推送记录",
    description = "每次推送送达没有，最近的在前。",
    params(
        ("cursor" = Option<String>, Query, description = "上一页应答里的 next_cursor"),
        ("state" = Option<String>, Query, description = "waiting、sent、failed 或 dead"),
    ),
    responses(
        (status = 200, description = "一页推送记录", body = DeliveryList),
        (status = 422, description = "参数不对", body = super::error::Errors),
    ),
    security(("key" = ["issues:read"]))
)]
pub async fn deliveries(mut entered: Entered, pairs: &[(String, String)]) -> Result<Answer, ApiError> {
    let (mut cursor, mut state, mut faults) = (None, "", Vec::new());
    for (name, value) in pairs {
        let (code, message) = match (name.as_str(), value.as_str()) {
            ("cursor", text) if issue::is_cursor(text) => {
                cursor = Some(text);
                continue;
            }
            ("state", code @ ("waiting" | "sent" | "failed" | "dead")) => {
                state = code;
                continue;
            }
            ("cursor", _) => ("invalid", "不是 next_cursor 给出的值".to_owned()),
            ("state", _) => ("invalid", "应为 waiting、sent、failed 或 dead".to_owned()),
            (other, _) => ("unknown_parameter", format!("没有“{other}”这个参数")),
        };
        faults.push(Fault { code: code.to_owned(), field: Some(name.clone()), message });
    }
    if !faults.is_empty() {
        return Err(ApiError { status: 422, errors: faults, retry_after: None });
    }
    let mut conn = entered.conn().await?;
    let page = webhook::deliveries(&mut conn, entered.caller.key.id, state, "", cursor, PAGE).await?;
    conn.release();
    let shown = |one: webhook::Delivery| Delivery {
        next_try_at: matches!(one.state.as_str(), "waiting" | "failed").then(|| instant(one.due_at)),
        id: one.id,
        number: one.number,
        seq: one.seq,
        kind: one.kind,
        url: one.url,
        at: instant(one.at),
        state: one.state,
        attempts: one.attempts,
        status: one.status,
        error: Some(one.error).filter(|error| !error.is_empty()),
    };
    Answer::new(200, &DeliveryList { deliveries: page.rows.into_iter().map(shown).collect(), next_cursor: page.next })
}

/// What is sent for a delivery: the step, and how the issue stood after it, however often it is tried. Needs the system's scope.
///
/// # Errors
/// [`AppError::NotFound`] where there is no such step, [`AppError::Internal`].
pub async fn notice(conn: &mut Conn, due: &Due, tables: &Tables) -> Result<String, AppError> {
    let (row, events) = issue::get(conn, &due.number).await?;
    let until: Vec<_> = events.into_iter().take_while(|event| event.seq <= due.seq).collect();
    let state = replayed(row.enterprise, &until, &tables.terms.calendar).state;
    let step = until.last().filter(|event| event.seq == due.seq).and_then(|event| read::step(event, tables));
    let notice = Notice {
        id: due.id,
        number: row.number,
        external_id: Some(row.external_id).filter(|id| !id.is_empty()),
        state: state.code().to_owned(),
        step: step.ok_or(AppError::NotFound)?,
    };
    serde_json::to_string(&notice).map_err(AppError::internal)
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn steps_are_sent_to_public_addresses_over_tls() {
        for good in ["https://12345.example.gov.cn/qifu", "https://example.com:8443/a?b=c", "https://8.8.8.8/"] {
            assert!(address(good, false).is_ok(), "{good}");
        }
        for wrong in [
            "",
            "12345.example.gov.cn",
            "http://example.com/",
            "ftp://example.com/",
            "https://user:word@example.com/",
            "https://example.com/#part",
            "https://localhost/",
            "https://a.localhost/",
            "https://localhost./",
            "https://127.0.0.1/",
            // The same, written otherwise.
            "https://2130706433/",
            "https://0x7f.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest/meta-data/",
            "https://192.168.1.8/",
        ] {
            assert!(address(wrong, false).is_err(), "{wrong}");
        }
        assert!(address(&format!("https://example.com/{}", "x".repeat(500)), false).is_err());
        for inside in ["http://127.0.0.1:8080/", "https://10.0.0.8/hook"] {
            assert!(address(inside, true).is_ok(), "{inside}");
        }
        assert!(address("ftp://10.0.0.8/", true).is_err());
    }
}

//! The exchange with a higher platform (S-5): it files as every channel does, and takes what the city passes upward, each once.

use super::wire::{Passed, PassedList, Receive, Received, Reply};
use super::{Answer, ApiError, Entered, Fault, body};
use crate::error::AppError;
use crate::open311::instant;
use domain::api::{EXTERNAL_ID, is_mark};
use domain::text::Check;
use store::api::exchange::{self, EXTERNAL_ID as TAKEN, Replied, Row, Taken};
use store::api::issue::is_cursor;

/// Issues that a page has.
const PAGE: i64 = 100;

/// What was passed upward and nobody else took.
///
/// # Errors
/// 422 for arguments that cannot be read.
#[utoipa::path(
    get,
    path = "/api/v1/exchange",
    tag = "交换",
    operation_id = "list_passed",
    summary = "上报的诉求",
    description = "企服中心上报给上级平台的，先上报的在前。没有联系人和电话，需要时请与市企服中心联系。",
    params(("cursor" = Option<String>, Query, description = "上一页应答里的 next_cursor")),
    responses(
        (status = 200, description = "一页诉求", body = PassedList),
        (status = 422, description = "参数不对", body = super::error::Errors),
    ),
    security(("key" = ["exchange"]))
)]
pub async fn list(mut entered: Entered, pairs: &[(String, String)]) -> Result<Answer, ApiError> {
    let mut cursor = None;
    let mut faults = Vec::new();
    for (name, value) in pairs {
        match name.as_str() {
            "cursor" if is_cursor(value) => cursor = Some(value.as_str()),
            "cursor" => faults.push(("invalid", name, "不是 next_cursor 给出的值".to_owned())),
            other => faults.push(("unknown_parameter", name, format!("没有“{other}”这个参数"))),
        }
    }
    if !faults.is_empty() {
        let fault = |(code, field, message): (&str, &String, String)| Fault {
            code: code.to_owned(),
            field: Some(field.clone()),
            message,
        };
        return Err(ApiError { status: 422, errors: faults.into_iter().map(fault).collect(), retry_after: None });
    }
    let mut conn = entered.conn().await?;
    let page = exchange::list(&mut conn, cursor, PAGE).await?;
    conn.release();
    let services = entered.caller.request.services();
    let (now, tables) = (services.now(), services.tables());
    let shown = |row: Row| Passed {
        category_name: tables.terms.catalogue.at(now).category_name(&row.category).to_owned(),
        area: row.area.to_string(),
        area_name: tables.reference.area(row.area),
        passed_at: instant(row.passed_at),
        number: row.number,
        title: row.title,
        text: row.text,
        category: row.category,
        place: row.place,
        enterprise_name: row.enterprise_name,
        uscc: row.uscc,
        state: row.state,
        reason: row.reason,
        external_id: row.external_id,
    };
    Answer::new(200, &PassedList { issues: page.rows.into_iter().map(shown).collect(), next_cursor: page.next })
}

/// It arrived in the platform's pool, under a number of its own.
///
/// # Errors
/// 404 for what was not passed or somebody else took, 409 where it has another number, or the number is another issue's.
#[utoipa::path(
    post,
    path = "/api/v1/exchange/{number}/receive",
    tag = "交换",
    operation_id = "receive",
    summary = "接收上报的诉求",
    description = "登记接收方自己的编号，每件一次；同样的再发一次应答相同。",
    params(("number" = String, Path, description = "诉求编号")),
    request_body = Receive,
    responses(
        (status = 200, description = "已接收", body = Received),
        (status = 404, description = "没有上报，或已被别的平台接收", body = super::error::Errors),
        (status = 409, description = "已有另外的编号，或编号已是另一件的", body = super::error::Errors),
        (status = 422, description = "内容不对", body = super::error::Errors),
    ),
    security(("key" = ["exchange"]))
)]
pub async fn receive(mut entered: Entered, number: &str, bytes: &[u8]) -> Result<Answer, ApiError> {
    let Receive { external_id } = body(bytes)?;
    marked(&external_id)?;
    let now = entered.caller.request.services().now();
    let mut conn = entered.conn().await?;
    let taken = match exchange::receive(&mut conn, number, &external_id, now).await {
        Err(error) if error.is_conflict_with(TAKEN) => {
            return Err(ApiError::new(409, "external_id_taken", Some("external_id"), "这个编号已是另一件诉求的"));
        }
        other => other?,
    };
    conn.release();
    match taken {
        Taken::Received | Taken::Again => Answer::new(200, &Received { number: number.to_owned(), external_id }),
        Taken::Other => Err(ApiError::new(409, "received", None, "这件诉求已登记了另外的编号")),
        Taken::Nothing => Err(ApiError::new(404, "not_found", None, "没有上报这件诉求，或已被别的平台接收")),
    }
}

/// The platform's own marks are short and plain.
fn marked(external_id: &str) -> Result<(), ApiError> {
    if is_mark(external_id, EXTERNAL_ID) {
        return Ok(());
    }
    let sentence = format!("接收方编号应为 1 到 {EXTERNAL_ID} 个可见的 ASCII 字符");
    Err(ApiError::new(422, "invalid", Some("external_id"), sentence))
}

/// What the platform answers about an issue that it took.
///
/// # Errors
/// 404 for what this key did not take, 409 where something else was said under this mark or the last word was said.
#[utoipa::path(
    post,
    path = "/api/v1/exchange/{number}/reply",
    tag = "交换",
    operation_id = "reply",
    summary = "答复上报的诉求",
    description = "办理单位和企服中心看得到，企业看不到；最后一次答复把 done 写成 true。同样的再发一次应答相同。",
    params(("number" = String, Path, description = "诉求编号")),
    request_body = Reply,
    responses(
        (status = 200, description = "已登记", body = Received),
        (status = 404, description = "没有由这个密钥接收", body = super::error::Errors),
        (status = 409, description = "这个编号已是另外的内容，或已经办结", body = super::error::Errors),
        (status = 422, description = "内容不对", body = super::error::Errors),
    ),
    security(("key" = ["exchange"]))
)]
pub async fn reply(mut entered: Entered, number: &str, bytes: &[u8]) -> Result<Answer, ApiError> {
    let Reply { external_id, text, done } = body(bytes)?;
    marked(&external_id)?;
    let mut check = Check::new();
    let text = check.text("text", "答复", &text, 5, 900);
    check.finish().map_err(AppError::Invalid)?;
    let now = entered.caller.request.services().now();
    let mut conn = entered.conn().await?;
    let replied = exchange::reply(&mut conn, number, &external_id, &text, done, now).await?;
    conn.release();
    match replied {
        Replied::Kept | Replied::Again => Answer::new(200, &Received { number: number.to_owned(), external_id }),
        Replied::Other => Err(ApiError::new(409, "external_id_taken", Some("external_id"), "这个编号已是另外的答复")),
        Replied::Ended => Err(ApiError::new(409, "done", None, "这件诉求已答复办结，不能再答复")),
        Replied::Nothing => Err(ApiError::new(404, "not_found", None, "没有由这个密钥接收的这件诉求")),
    }
}

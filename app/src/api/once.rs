//! `Idempotency-Key`: the same request with the same mark is done once, and answered the same for a month. What was refused is not kept: once it
//! is mended, the same mark goes through. What was done, and whose answer was lost on the way, is answered without being done again.

use super::{Answer, ApiError, Caller};
use domain::api::{IDEMPOTENCY_KEY, is_mark};
use sha2::{Digest, Sha256};
use store::Conn;
use store::api::{self, Begun};

/// Reads the header; quotes around it, as structured fields have them, are not part of it.
///
/// # Errors
/// 422 for one that cannot be a mark.
pub(super) fn mark(header: Option<&str>) -> Result<Option<&str>, ApiError> {
    let Some(header) = header else { return Ok(None) };
    let text = header.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(header);
    if is_mark(text, IDEMPOTENCY_KEY) {
        return Ok(Some(text));
    }
    let sentence = format!("Idempotency-Key 应为 1 到 {IDEMPOTENCY_KEY} 个可见的 ASCII 字符");
    Err(ApiError::new(422, "invalid", Some("Idempotency-Key"), sentence))
}

/// What a request with a mark comes upon.
pub(super) enum Before {
    /// Nothing: it is to be done.
    Nothing,
    /// The answer that was given.
    Answer(Answer),
    /// It was done and its answer was not kept: this was its status.
    Done(u16),
}

/// Begins, where it bears a mark.
///
/// # Errors
/// 422 for a mark that cannot be one or is another request's, 409 while the same request is under way.
pub(super) async fn begin(
    conn: &mut Conn,
    caller: &Caller,
    header: Option<&str>,
    what: &str,
    body: &[u8],
) -> Result<Before, ApiError> {
    let Some(mark) = mark(header)? else { return Ok(Before::Nothing) };
    let mut digest = Sha256::new();
    digest.update(what.as_bytes());
    digest.update([b'\n']);
    digest.update(body);
    let now = caller.request.services().now();
    let digest: [u8; 32] = digest.finalize().into();
    match api::begin(conn, caller.key.id, mark, &digest, now).await? {
        Begun::Fresh => Ok(Before::Nothing),
        Begun::Answered(status, body) => Ok(Before::Answer(Answer { status, body, again: true })),
        Begun::Done(status) => Ok(Before::Done(status)),
        Begun::Other => {
            let sentence = "这个 Idempotency-Key 已经用在另一个请求上，请换一个";
            Err(ApiError::new(422, "idempotency_key_reused", Some("Idempotency-Key"), sentence))
        }
        Begun::Running => Err(under_way()),
    }
}

/// The same request is being done.
pub(super) fn under_way() -> ApiError {
    let sentence = "同一个 Idempotency-Key 的请求正在处理，请稍后再试";
    ApiError::new(409, "in_progress", Some("Idempotency-Key"), sentence).after(1)
}

/// Ends what [`begin`] began.
///
/// # Errors
/// Those of what was done, and when the database does not answer.
pub(super) async fn end(
    conn: &mut Conn,
    caller: &Caller,
    header: Option<&str>,
    done: Result<Answer, ApiError>,
) -> Result<Answer, ApiError> {
    let Some(mark) = mark(header)? else { return done };
    let now = caller.request.services().now();
    match &done {
        Ok(answer) => api::keep(conn, caller.key.id, mark, answer.status, &answer.body, now).await?,
        // Where this cannot be written either, the mark is free again in a minute and a half.
        Err(_) => _ = api::forget(conn, caller.key.id, mark).await,
    }
    done
}

//! What is answered where something is wrong: `{"errors":[{"code","field","message"}]}`, all of it at once.

use crate::error::AppError;
use domain::issue::Refusal;
use serde::{Deserialize, Serialize};
use store::issue::CommandError;
use utoipa::ToSchema;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fault {
    /// 固定的错误代码，供程序判断。
    #[schema(example = "invalid")]
    pub code: String,
    /// 哪个字段不对；与字段无关时为 null。
    #[schema(example = "enterprise.uscc")]
    pub field: Option<String>,
    /// 给人看的一句话。
    #[schema(example = "统一社会信用代码校验不通过，可能有一位写错了，请对照营业执照")]
    pub message: String,
}

/// 出错时的应答。
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Errors {
    /// 所有不对的地方，一次说完。
    pub errors: Vec<Fault>,
}

/// An answer that says what is wrong.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// HTTP status.
    pub status: u16,
    pub errors: Vec<Fault>,
    /// Seconds after which the same may go through.
    pub retry_after: Option<i64>,
}

impl ApiError {
    pub fn new(status: u16, code: &str, field: Option<&str>, message: impl Into<String>) -> ApiError {
        let fault = Fault { code: code.to_owned(), field: field.map(str::to_owned), message: message.into() };
        ApiError { status, errors: vec![fault], retry_after: None }
    }

    /// The same may go through after so many seconds.
    #[must_use]
    pub fn after(mut self, seconds: i64) -> ApiError {
        self.retry_after = Some(seconds);
        self
    }

    /// The body.
    pub fn body(&self) -> Errors {
        Errors { errors: self.errors.clone() }
    }

    /// Of a command whose words are a field of the body.
    pub(super) fn of_command(error: CommandError, words: &str) -> ApiError {
        match error {
            CommandError::Refused(Refusal::Rule { code: "text", sentence }) => {
                ApiError::new(422, "invalid", Some(words), sentence)
            }
            CommandError::Refused(Refusal::Rule { code, sentence }) => ApiError::new(409, code, None, sentence),
            CommandError::Refused(refusal @ Refusal::WrongState { .. }) => {
                ApiError::new(409, "wrong_state", None, refusal.to_string())
            }
            // The scope of the key has let it find the issue, so this is a command that no channel may give.
            CommandError::Refused(refusal @ Refusal::NotAllowed(_)) => {
                ApiError::new(403, "not_allowed", None, refusal.to_string())
            }
            CommandError::Store(error) => AppError::from(error).into(),
        }
    }
}

/// Without a key in force.
pub(super) fn unknown_key() -> ApiError {
    ApiError::new(401, "unknown_key", None, "密钥不对，或已停用")
}

impl From<AppError> for ApiError {
    fn from(error: AppError) -> ApiError {
        let status = error.status().as_u16();
        let sentence = error.to_string();
        match error {
            AppError::Invalid(faults) => {
                let fault = |fault: domain::text::FieldError| Fault {
                    code: "invalid".to_owned(),
                    field: (fault.field != "main").then_some(fault.field),
                    message: fault.message,
                };
                ApiError { status: 422, errors: faults.into_iter().map(fault).collect(), retry_after: None }
            }
            AppError::NotFound => ApiError::new(404, "not_found", None, "没有找到，或不是这个密钥提交的"),
            AppError::Refused(_) | AppError::Conflict(..) => ApiError::new(409, "refused", None, sentence),
            AppError::Unauthenticated => unknown_key(),
            AppError::Forbidden | AppError::Unproved => ApiError::new(403, "forbidden", None, "不能这样做"),
            AppError::Busy(reason) => {
                tracing::error!(reason, "a channel could not be answered");
                ApiError::new(status, "busy", None, "系统正忙，请过一会儿再试").after(5)
            }
            AppError::Internal(reason) => {
                tracing::error!(reason, "a channel could not be answered");
                ApiError::new(500, "internal", None, "系统出了点问题，请稍后再试")
            }
        }
    }
}

impl From<store::StoreError> for ApiError {
    fn from(error: store::StoreError) -> ApiError {
        AppError::from(error).into()
    }
}

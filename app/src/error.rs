//! What crosses the boundaries when something is not to be: to pages, to forms, and to islands.

#[cfg(feature = "ssr")]
pub use server::{AppError, Next, Stop};

use serde::{Deserialize, Serialize};
use server_fn::codec::PostcardEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

/// What a server function answers an island with instead of a result. Nothing internal is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RpcError {
    /// The session ended meanwhile.
    Unauthenticated,
    /// Not for this account.
    Forbidden,
    /// Not there, or not for these eyes.
    NotFound,
    /// Field and sentence.
    Invalid(Vec<(String, String)>),
    /// Somebody was quicker: look again.
    Conflict(String),
    /// A rule stands against it; the sentence says which.
    Refused(String),
    /// Too many at once, or the database is away: what was typed is to be sent again in a while.
    Busy,
    /// Our fault, logged under this number.
    Internal {
        /// The request's id.
        reference: String,
    },
    /// The answer did not come: what was typed is to be kept and sent again.
    Offline,
}

/// A part of the module that did not come is an answer that did not come.
#[cfg(any(feature = "ssr", feature = "hydrate"))]
impl From<leptos::wasm_split::SplitLoaderError> for RpcError {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> RpcError {
        RpcError::Offline
    }
}

impl RpcError {
    /// A sentence for people.
    pub fn sentence(&self) -> String {
        match self {
            RpcError::Unauthenticated => "登录已过期，请重新登录后再试".to_owned(),
            RpcError::Forbidden => "您没有这项操作的权限".to_owned(),
            RpcError::NotFound => "没有找到您要的内容".to_owned(),
            RpcError::Invalid(faults) => faults.iter().map(|(_, sentence)| sentence.as_str()).collect::<Vec<_>>().join("；"),
            RpcError::Conflict(sentence) | RpcError::Refused(sentence) => sentence.clone(),
            RpcError::Busy => "系统正忙，内容还在，请过一会儿再试".to_owned(),
            RpcError::Internal { reference } => ["系统出了点问题，请稍后再试（编号 ", reference, "）"].concat(),
            RpcError::Offline => "没有连上，内容还在。请检查网络后再试".to_owned(),
        }
    }

    /// The sentence at a field, if that field is what is wrong.
    pub fn at(&self, field: &str) -> Option<String> {
        match self {
            RpcError::Invalid(faults) => faults.iter().find(|(name, _)| name == field).map(|(_, sentence)| sentence.clone()),
            _ => None,
        }
    }
}

impl FromServerFnError for RpcError {
    type Encoder = PostcardEncoding;

    /// Only the transport speaks through here: our own refusals are values. Whatever an answer from elsewhere says (a proxy's page), it
    /// is none of ours, so to the island it never came.
    fn from_server_fn_error(error: ServerFnErrorErr) -> RpcError {
        match error {
            #[cfg(not(feature = "ssr"))]
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                RpcError::Refused("请求的内容不完整，请刷新页面".to_owned())
            }
            // On the server it is what was sent that cannot be read: no fault of ours, and none that trying again mends.
            #[cfg(feature = "ssr")]
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::Request(_) => AppError::Refused("请求的内容不完整，请刷新页面".to_owned()).into(),
            _ => RpcError::Offline,
        }
    }
}

#[cfg(feature = "ssr")]
mod server {
    use super::RpcError;
    use crate::request::Request;
    use axum::http::StatusCode;
    use domain::issue::Refusal;
    use domain::policy::version;
    use domain::text::FieldError;
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;
    use store::StoreError;
    use store::issue::CommandError;
    use store::policy::application::ApplicationError;
    use store::policy::item::VersionError;

    /// What crosses the boundary when something is not to be.
    #[derive(Debug, Clone, thiserror::Error)]
    pub enum AppError {
        /// Nobody is signed in.
        #[error("请先登录")]
        Unauthenticated,
        /// Signed in, but not for this.
        #[error("您没有访问这个页面的权限")]
        Forbidden,
        /// Signed in too long ago for what cannot be taken back: the password is asked for again, and what was typed goes on then.
        #[error("这一步要先再次输入密码，请在页面上操作")]
        Unproved,
        /// Not there, or not for these eyes.
        #[error("没有找到您要的内容")]
        NotFound,
        /// Fields to be mended.
        #[error("请检查填写的内容")]
        Invalid(Vec<FieldError>),
        /// Somebody was quicker: the page to look at, and what to say there.
        #[error("{1}")]
        Conflict(String, &'static str),
        /// A rule stands against it.
        #[error("{0}")]
        Refused(String),
        /// Too many at once, or the database is away; logged under the request's id.
        #[error("系统正忙，请过一会儿再试。刚才填写的内容还没有保存，可以返回上一页重新提交")]
        Busy(String),
        /// Our fault; logged under the request's id.
        #[error("系统出了点问题，请稍后再试")]
        Internal(String),
    }

    impl AppError {
        /// A fault of one field.
        pub fn field(name: impl Into<String>, sentence: impl Into<String>) -> AppError {
            AppError::Invalid(vec![FieldError::new(name, sentence)])
        }

        /// Of any error of our own making: logged, hidden.
        pub fn internal(error: impl std::fmt::Display) -> AppError {
            AppError::Internal(error.to_string())
        }

        /// The faults a form shows; that of the whole form rather than of a field is called `main`.
        pub fn faults(&self) -> Vec<FieldError> {
            match self {
                AppError::Invalid(errors) => errors.clone(),
                other => vec![FieldError::new("main", other.to_string())],
            }
        }

        /// The status of an answer.
        pub fn status(&self) -> StatusCode {
            match self {
                AppError::Unauthenticated => StatusCode::UNAUTHORIZED,
                AppError::Forbidden => StatusCode::FORBIDDEN,
                AppError::NotFound => StatusCode::NOT_FOUND,
                AppError::Invalid(_) | AppError::Unproved => StatusCode::UNPROCESSABLE_ENTITY,
                AppError::Refused(_) | AppError::Conflict(..) => StatusCode::CONFLICT,
                AppError::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
                AppError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            }
        }
    }

    impl From<StoreError> for AppError {
        fn from(error: StoreError) -> AppError {
            match error {
                StoreError::NotFound => AppError::NotFound,
                StoreError::Unstorable => {
                    AppError::field("main", "内容里有无法保存的特殊字符（常常是粘贴时带来的），请删除后再试")
                }
                StoreError::TooLarge => AppError::field("main", "内容太长，或数字、日期太大，请改短后再试"),
                // Nobody's form offers what is not there; a page that lay open for long, or was made by hand, may ask for it.
                unknown if unknown.is_unknown() => {
                    tracing::info!(%unknown, "what a form named is not there");
                    AppError::Refused("您选的内容已经不在了，请刷新页面后重新选择".to_owned())
                }
                busy if busy.is_passing() => AppError::Busy(busy.to_string()),
                other => AppError::Internal(other.to_string()),
            }
        }
    }

    impl From<CommandError> for AppError {
        fn from(error: CommandError) -> AppError {
            match error {
                CommandError::Refused(Refusal::NotAllowed(_)) => AppError::Forbidden,
                CommandError::Refused(refusal) => AppError::Refused(refusal.to_string()),
                CommandError::Store(error) => error.into(),
            }
        }
    }

    impl From<ApplicationError> for AppError {
        fn from(error: ApplicationError) -> AppError {
            match error {
                ApplicationError::Refused(sentence) => AppError::Refused(sentence),
                ApplicationError::Store(error) => error.into(),
            }
        }
    }

    impl From<VersionError> for AppError {
        fn from(error: VersionError) -> AppError {
            match error {
                VersionError::Refused(version::Refusal::OtherArea) => AppError::Forbidden,
                VersionError::Refused(refusal) => AppError::Refused(refusal.to_string()),
                VersionError::Store(error) => error.into(),
            }
        }
    }

    impl AppError {
        /// What an island is told; what is our fault is known there by `reference` only.
        pub fn into_rpc(self, reference: &str) -> RpcError {
            match self {
                AppError::Unauthenticated => RpcError::Unauthenticated,
                AppError::Forbidden => RpcError::Forbidden,
                unproved @ AppError::Unproved => RpcError::Refused(unproved.to_string()),
                AppError::NotFound => RpcError::NotFound,
                AppError::Invalid(faults) => {
                    RpcError::Invalid(faults.into_iter().map(|fault| (fault.field, fault.message)).collect())
                }
                AppError::Conflict(_, sentence) => RpcError::Conflict(sentence.to_owned()),
                AppError::Refused(sentence) => RpcError::Refused(sentence),
                AppError::Busy(_) => RpcError::Busy,
                AppError::Internal(_) => RpcError::Internal { reference: reference.to_owned() },
            }
        }
    }

    impl From<AppError> for RpcError {
        /// Sets the status of the answer, too: a refusal is not a 200.
        fn from(error: AppError) -> RpcError {
            if let Some(options) = use_context::<ResponseOptions>() {
                options.set_status(error.status());
            }
            let reference = use_context::<Request>().map(|request| request.head().request_id.clone()).unwrap_or_default();
            if let AppError::Internal(reason) | AppError::Busy(reason) = &error {
                tracing::error!(reference, reason, "a server function failed");
            }
            error.into_rpc(&reference)
        }
    }

    /// Where a command that was done leads, and the sentence shown there once.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Next {
        /// A path of ours.
        pub to: String,
        /// What to say there.
        pub flash: Option<String>,
    }

    impl Next {
        /// To a page, silently.
        pub fn to(path: impl Into<String>) -> Next {
            Next { to: path.into(), flash: None }
        }

        /// With a sentence.
        #[must_use]
        pub fn saying(mut self, flash: impl Into<String>) -> Next {
            self.flash = Some(flash.into());
            self
        }
    }

    /// Why a page is not shown.
    #[derive(Debug, Clone)]
    pub enum Stop {
        /// It cannot be.
        Error(AppError),
        /// Another page comes first.
        Redirect(Next),
    }

    impl Stop {
        /// Another page comes first.
        pub fn redirect(path: impl Into<String>) -> Stop {
            Stop::Redirect(Next::to(path))
        }
    }

    impl<E: Into<AppError>> From<E> for Stop {
        fn from(error: E) -> Stop {
            Stop::Error(error.into())
        }
    }
}

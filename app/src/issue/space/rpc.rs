//! What the page of a problem asks the server for, and what it gives: the same use cases as its plain forms.

use super::progress::Progress;
use crate::error::RpcError;
use domain::issue::{CommandKind, RatingReason, Satisfaction};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Postcard;

/// A member's command as it is typed. It may lack something: the answer says what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Given {
    Rate {
        solved: Option<bool>,
        level: Option<Satisfaction>,
        /// It was asked about and is meant.
        sure: Option<Satisfaction>,
        reasons: Vec<RatingReason>,
        comment: String,
    },
    Supply {
        /// Unasked: 添加说明.
        note: bool,
        text: String,
        photos: Vec<String>,
    },
    /// Object, reopen, withdraw: words alone; to urge, none.
    Words { kind: CommandKind, text: String },
}

/// A command that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The sentence that confirms it.
    pub said: String,
    pub progress: Progress,
}

/// Where a problem of the own enterprise stands now.
#[server(prefix = "/rpc", endpoint = "issue/progress", input = Postcard, output = Postcard)]
pub async fn issue_progress(number: String) -> Result<Progress, RpcError> {
    server::progress(&crate::request::Request::current(), &number).await.map_err(RpcError::from)
}

/// Gives a command to a problem of the own enterprise; `version` is the one that the page shows.
#[server(prefix = "/rpc", endpoint = "issue/command", input = Postcard, output = Postcard)]
pub async fn issue_command(number: String, version: u32, given: Given) -> Result<Done, RpcError> {
    server::command(&crate::request::Request::current(), &number, version, &given).await.map_err(RpcError::from)
}

#[cfg(feature = "ssr")]
mod server {
    use super::{Done, Given, Progress};
    use crate::error::AppError;
    use crate::form::Form;
    use crate::issue::{act, read};
    use crate::request::Request;
    use domain::issue::{CommandKind, Satisfaction};

    impl Given {
        fn kind(&self) -> CommandKind {
            match self {
                Given::Rate { .. } => CommandKind::Rate,
                Given::Supply { note: true, .. } => CommandKind::Note,
                Given::Supply { .. } => CommandKind::Supply,
                Given::Words { kind, .. } => *kind,
            }
        }

        /// As its plain form would send it.
        fn form(&self, version: u32) -> Form {
            let mut form = Form::default();
            form.push("version", version.to_string());
            match self {
                Given::Rate { solved, level, sure, reasons, comment } => {
                    form.push("sure", sure.map_or("", Satisfaction::code));
                    if let Some(solved) = solved {
                        form.push("solved", if *solved { "yes" } else { "no" });
                    }
                    if let Some(level) = level {
                        form.push("level", level.code());
                    }
                    reasons.iter().for_each(|reason| form.push("reason", reason.code()));
                    form.push("comment", comment);
                }
                Given::Supply { text, photos, .. } => {
                    form.push("text", text);
                    photos.iter().for_each(|id| form.push("photo", id));
                }
                Given::Words { text, .. } => form.push("text", text),
            }
            form
        }
    }

    pub async fn progress(request: &Request, number: &str) -> Result<Progress, AppError> {
        let mut ctx = request.open().await?;
        let page = read::of_member(&mut ctx, number).await?;
        Ok(Progress::of(&page, &ctx.clock()))
    }

    pub async fn command(request: &Request, number: &str, version: u32, given: &Given) -> Result<Done, AppError> {
        let next = act::of_member(request, number, given.kind(), &given.form(version)).await?;
        Ok(Done { said: next.flash.unwrap_or_default(), progress: progress(request, number).await? })
    }
}

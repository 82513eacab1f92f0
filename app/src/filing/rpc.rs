//! What the islands of filing ask the server.

use crate::error::RpcError;
use domain::catalogue::Hint;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Postcard;

/// A picture that was taken: the form carries its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    pub id: String,
}

/// What helps whoever is writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggested {
    /// Categories that fit the words, the best first.
    pub hints: Vec<Hint>,
    /// Published cases that resemble them, the nearest first.
    pub cases: Vec<Solved>,
}

/// A published case (典型案例) as whoever writes a problem like it sees it (S-11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Solved {
    /// Its page.
    pub href: String,
    /// Its title, what was done, and by which rule, a line each.
    pub lines: String,
}

/// What helps with the words typed so far.
#[server(prefix = "/rpc", endpoint = "filing/suggest", input = Postcard, output = Postcard)]
pub async fn suggest(text: String) -> Result<Suggested, RpcError> {
    super::act::suggest(&crate::request::Request::current(), &text).await.map_err(RpcError::from)
}

//! What the islands of messages ask.

use crate::error::RpcError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Postcard;

/// What a navigation counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Messages not read; a hundred stands for more.
    pub unread: i64,
    /// Problems that wait for the enterprise; 0 for staff.
    pub waiting: i64,
}

/// The counts of whoever is signed in, now.
#[server(prefix = "/rpc", endpoint = "message/counts", input = Postcard, output = Postcard)]
pub async fn counts() -> Result<Counts, RpcError> {
    let request = crate::request::Request::current();
    let ctx = request.open().await?;
    Ok(super::read::counts(&ctx)?)
}

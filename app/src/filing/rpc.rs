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

/// Categories that fit the words typed so far, the best first.
#[server(prefix = "/rpc", endpoint = "filing/suggest", input = Postcard, output = Postcard)]
pub async fn suggest(text: String) -> Result<Vec<Hint>, RpcError> {
    super::act::suggest(&crate::request::Request::current(), &text).map_err(RpcError::from)
}

//! What the calculator's island asks for.

use super::calculator::Known;
use crate::error::RpcError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Postcard;

/// What was saved: a sentence, and what is known now. What only a department may state stays as it was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Saved {
    pub sentence: String,
    pub known: Known,
}

/// Saves what the calculator's form states.
#[server(prefix = "/rpc", endpoint = "policy/state_facts", input = Postcard, output = Postcard)]
pub async fn state_facts(pairs: Vec<(String, String)>) -> Result<Saved, RpcError> {
    use crate::form::Form;
    use crate::request::Request;
    let (sentence, facts) = super::act::save_tried(&Request::current(), &Form::new(pairs)).await?;
    Ok(Saved { sentence: sentence.to_owned(), known: Known::of(&facts) })
}

//! What lists of pages that are not behind the router yet take from the address.

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    pub(super) after: Option<String>,
}

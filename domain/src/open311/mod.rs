//! Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2): what other channels ask and send, read strictly, answered in sentences (S-5).
//!
//! An argument that is empty is one that was not sent, and one that is not known is passed over, as the specification has it.

mod query;
mod report;

pub use query::{Asked, MOST, Query, Statuses};
pub use report::{AREA, ENTERPRISE_NAME, Report, USCC};

use crate::issue::State;

/// The body of an answer: decided by the ending of the path, whatever `Accept` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Xml,
}

impl Format {
    /// A resource and its format: `services.json`.
    pub fn split(file: &str) -> Option<(&str, Format)> {
        let (name, ending) = file.rsplit_once('.')?;
        match ending {
            "json" => Some((name, Format::Json)),
            "xml" => Some((name, Format::Xml)),
            _ => None,
        }
    }
}

/// What is wrong: the HTTP status, and a sentence for whoever wrote the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// HTTP status.
    pub code: u16,
    pub description: String,
}

impl Fault {
    pub fn new(code: u16, description: impl Into<String>) -> Fault {
        Fault { code, description: description.into() }
    }
}

/// `open` or `closed`, and the finer state in words (`status_notes`): what was answered is open until the enterprise has confirmed it, so that
/// closed never means more than it says (loop.md, "counting closed as fixed").
pub fn status(state: State) -> (&'static str, &'static str) {
    (if state.is_open() { "open" } else { "closed" }, state.label())
}

/// The value of an argument; an empty one was not sent, wherever it stands.
fn argument<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.trim()).find(|value| !value.is_empty())
}

/// The key that is sent, in the query or in the form.
pub fn api_key(pairs: &[(String, String)]) -> Option<&str> {
    argument(pairs, "api_key")
}

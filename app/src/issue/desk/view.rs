//! What the desk shows, its words chosen for whoever looks: pages render it, and it travels to the islands, which render it again.

use crate::issue::timeline::TimelineLine;
use crate::ui::When;
use crate::ui::input::{Input, Pair};
use domain::issue::{Flag, State};
use serde::{Deserialize, Serialize};

/// The desk's list: a queue, or what a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListView {
    /// What the list is called.
    pub heading: String,
    /// The queue's code, its filter after it (`mine&area=330502`); what a search found has a filter alone.
    pub queue: String,
    /// What was searched for.
    pub words: String,
    /// Where the page of the list begins; empty for the first.
    pub after: String,
    pub tabs: Vec<Tab>,
    pub rows: Vec<Row>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// A queue of this person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tab {
    pub code: String,
    pub label: String,
    /// `None` where nobody counts.
    pub count: Option<i64>,
}

/// An issue in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its page, which leads back to this list.
    pub href: String,
    pub number: String,
    pub filed: When,
    pub title: String,
    pub enterprise: String,
    pub category: String,
    pub state: State,
    pub returned: bool,
    pub flags: Vec<Flag>,
    /// Empty in the first round.
    pub round: String,
    /// How pressing `left` is, as the style sheet calls it.
    pub tone: String,
    /// Empty while no clock runs.
    pub left: String,
    pub holder: String,
    pub stamp: Stamp,
}

/// When an issue last moved, in microseconds: what differs has moved.
pub type Stamp = i64;

/// An issue as staff see it. Each part is compared by itself, so that only what changed is drawn again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueView {
    pub number: String,
    pub stamp: Stamp,
    pub head: Head,
    pub problem: Problem,
    pub clocks: Vec<Clock>,
    pub lines: Vec<TimelineLine>,
    pub acts: Acts,
}

/// What it is about, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub title: String,
    /// The enterprise and its history, in a line.
    pub about: String,
    pub state: State,
    pub urgent: bool,
    /// Empty in the first round.
    pub round: String,
    pub flags: Vec<Flag>,
}

/// What the enterprise said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub body: String,
    pub photos: Vec<Pair>,
    pub facts: Vec<Pair>,
}

/// A step's limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    pub step: String,
    pub due: When,
    pub tone: String,
    pub status: String,
}

/// What this person may do now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acts {
    /// The version of the issue that they belong to.
    pub version: u32,
    /// The enterprise let the time for supplying go by.
    pub lapsed: bool,
    pub list: Vec<Act>,
    /// What the addresses of the forms end with, so that the page they lead to knows the way back.
    pub from: String,
}

/// An action, with its consequence in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// The command, as the form's address names it.
    pub code: String,
    pub label: String,
    /// The letter that opens it.
    pub key: String,
    pub consequence: String,
    /// It turns an enterprise or a colleague down.
    pub danger: bool,
    pub open: bool,
    pub inputs: Vec<Input>,
    /// What was wrong with it when it was sent as a plain form.
    pub faults: Vec<Pair>,
}

/// What became of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acted {
    /// What was done, in a sentence.
    pub said: String,
    /// The issue as it is now; `None` where it left this person's sight.
    pub issue: Option<IssueView>,
}

/// Where the palette leads: an issue, or a page of this person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub href: String,
    pub label: String,
    /// A second line; may be empty.
    pub detail: String,
}

impl Tab {
    pub fn href(&self) -> String {
        ["/desk?queue=", &self.code].concat()
    }
}

/// The page of an issue at the desk.
pub fn path_of(number: &str) -> String {
    ["/desk/issues/", number].concat()
}

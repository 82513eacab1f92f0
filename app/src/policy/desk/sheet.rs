//! What the editor's form is made of, as both sides draw it: the server on the page, the browser from what a server function
//! answers.

use serde::{Deserialize, Serialize};

/// Values and the words for them.
pub type Options = Vec<(String, String)>;

/// The form, measured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The stored item; empty for a new one.
    pub code: String,
    /// Saving is possible: the newest version does not wait to be published.
    pub writable: bool,
    /// The form says more than what is stored.
    pub unsaved: bool,
    /// The lists that choices are made from, each once however many controls use it.
    pub lists: Vec<Options>,
    pub parts: Vec<Part>,
    /// What was refused, at its control.
    pub refused: Vec<Fault>,
    pub measured: Measured,
    /// The control or button (by name, by value) that has the focus after a change of shape; empty for none.
    pub focus: String,
}

/// A part of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    Group(Group),
    Control(Control),
    /// Adds to a list or a map: a button, with a choice of kinds where there are several.
    Add {
        pointer: String,
        label: String,
        kinds: Option<u32>,
    },
    /// Turns a condition or an amount into another kind.
    Become {
        pointer: String,
        kinds: u32,
        kind: String,
        nest: bool,
    },
}

/// Parts under a heading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub title: String,
    pub hint: String,
    /// What the buttons are about; empty for a section of the page.
    pub pointer: String,
    /// A control inside already bears the pointer as its id.
    pub anonymous: bool,
    pub verbs: Vec<Verb>,
    pub parts: Vec<Part>,
}

/// A control, named by the JSON pointer of its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    pub name: String,
    pub label: String,
    pub value: String,
    pub look: Look,
}

/// How a control looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Look {
    Line,
    Lines,
    Day,
    /// One of this list.
    Choice(u32),
    /// Travels unseen.
    Hidden,
}

/// What a button does with a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verb {
    Up,
    Down,
    /// Into the group before it.
    Into,
    /// Out of the group around it.
    Out,
    Remove,
}

impl Verb {
    /// As the button sends it.
    pub fn code(self) -> &'static str {
        match self {
            Verb::Up => "up",
            Verb::Down => "down",
            Verb::Into => "into",
            Verb::Out => "out",
            Verb::Remove => "remove",
        }
    }

    /// As the button is read.
    pub fn label(self) -> &'static str {
        match self {
            Verb::Up => "上移",
            Verb::Down => "下移",
            Verb::Into => "移入上一组",
            Verb::Out => "移出这一组",
            Verb::Remove => "删除",
        }
    }
}

/// Something wrong, at its control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The id of the control.
    pub pointer: String,
    /// Where, as the form calls it.
    pub place: String,
    pub sentence: String,
    /// It does not stand against publishing.
    pub advice: bool,
}

/// What the form comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    pub problems: Vec<Fault>,
    /// How many enterprises it would reach, and the money, in words; empty where it was not asked.
    pub reach: String,
    /// The enterprises that were chosen to try it on.
    pub tried: Vec<Tried>,
}

/// What an enterprise would have of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    pub name: String,
    pub outcome: String,
    pub formula: String,
    pub lines: Vec<Line>,
}

/// A line of the table of conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Line {
    /// Words that join the lines below.
    Joint {
        depth: u8,
        words: String,
    },
    Leaf(Leaf),
}

/// A condition, tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaf {
    pub depth: u8,
    pub mark: Mark,
    pub requirement: String,
    pub actual: String,
    pub source: String,
    pub gap: String,
    pub clause: String,
}

/// Whether a condition is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    Met,
    Unmet,
    Unknown,
}

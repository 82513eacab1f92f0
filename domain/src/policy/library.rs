//! The libraries of attributes, tags and questions (指标库、标签库, S-22): what conditions may ask, in the words people read.
//! They live in the database and are kept by policy staff; `policies/` holds what a new one starts with.

use super::map::Map;
use serde::{Deserialize, Serialize};

/// An attribute (指标).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    pub code: String,
    pub name: String,
    /// What its values are.
    pub kind: AttributeKind,
    /// Unit of a number, e.g. 元, 人.
    #[serde(default)]
    pub unit: String,
    /// Department that supplies it.
    #[serde(default)]
    pub source: String,
    /// How often it is refreshed: `once`, `annual`, `quarterly`, `monthly`, `realtime`.
    #[serde(default)]
    pub refresh: String,
    /// Whether the enterprise may state it itself.
    #[serde(default)]
    pub enterprise_may_state: bool,
    /// Which way an enterprise would want to move it.
    #[serde(default)]
    pub want: Want,
}

/// Which way an enterprise would want to move a figure of its own: 差一点 names only such steps, so that it never advises to
/// dismiss people, to earn less or to take fewer disabled employees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Want {
    /// 不作建议.
    #[default]
    None,
    /// 越多越好.
    More,
    /// 越少越好.
    Less,
}

impl Want {
    pub const ALL: [Want; 3] = [Want::None, Want::More, Want::Less];

    pub fn code(self) -> &'static str {
        match self {
            Want::None => "none",
            Want::More => "more",
            Want::Less => "less",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Want::None => "不作建议",
            Want::More => "希望增加",
            Want::Less => "希望减少",
        }
    }

    pub fn parse(code: &str) -> Option<Want> {
        Want::ALL.into_iter().find(|want| want.code() == code)
    }

    /// Whether a step from one value to another is one that an enterprise would want to take.
    pub fn lets(self, from: i64, to: i64) -> bool {
        match self {
            Want::None => false,
            Want::More => to > from,
            Want::Less => to < from,
        }
    }
}

/// What the values of an attribute are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    /// A number, a rate.
    Number,
    /// Yuan.
    Money,
    /// Whole things.
    Count,
    /// A day.
    Date,
    /// Yes or no; conditions compare it with 1.
    Bool,
    /// A hierarchical code.
    Code,
    /// A tag, kept in the tag library.
    Tag,
}

impl AttributeKind {
    pub const ALL: [AttributeKind; 7] = [
        AttributeKind::Number,
        AttributeKind::Money,
        AttributeKind::Count,
        AttributeKind::Date,
        AttributeKind::Bool,
        AttributeKind::Code,
        AttributeKind::Tag,
    ];

    pub fn code(self) -> &'static str {
        match self {
            AttributeKind::Number => "number",
            AttributeKind::Money => "money",
            AttributeKind::Count => "count",
            AttributeKind::Date => "date",
            AttributeKind::Bool => "bool",
            AttributeKind::Code => "code",
            AttributeKind::Tag => "tag",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            AttributeKind::Number => "数字",
            AttributeKind::Money => "金额",
            AttributeKind::Count => "数量",
            AttributeKind::Date => "日期",
            AttributeKind::Bool => "是否",
            AttributeKind::Code => "代码",
            AttributeKind::Tag => "标签",
        }
    }

    pub fn parse(code: &str) -> Option<AttributeKind> {
        AttributeKind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether conditions may compare it as a number.
    pub fn is_numeric(self) -> bool {
        matches!(self, AttributeKind::Number | AttributeKind::Money | AttributeKind::Count | AttributeKind::Bool)
    }
}

/// A tag (标签) an enterprise may bear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    pub code: String,
    pub name: String,
    /// What it means and who gives it.
    #[serde(default)]
    pub meaning: String,
}

/// A question the enterprise answers with yes or no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    pub code: String,
    /// The question.
    pub text: String,
}

/// All three.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Library {
    /// Attributes by code.
    pub attributes: Map<Attribute>,
    /// Tags by code.
    pub tags: Map<Tag>,
    /// Questions by code.
    pub questions: Map<Question>,
}

impl Library {
    /// From lists, as the files of `policies/` hold them.
    pub fn new(attributes: Vec<Attribute>, tags: Vec<Tag>, questions: Vec<Question>) -> Library {
        Library {
            attributes: attributes.into_iter().map(|a| (a.code.clone(), a)).collect(),
            tags: tags.into_iter().map(|t| (t.code.clone(), t)).collect(),
            questions: questions.into_iter().map(|q| (q.code.clone(), q)).collect(),
        }
    }

    /// The name of an attribute; its code where it is not known.
    pub fn attribute_name<'a>(&'a self, code: &'a str) -> &'a str {
        self.attributes.get(code).map_or(code, |attribute| &attribute.name)
    }

    /// The name of a tag; its code where it is not known.
    pub fn tag_name<'a>(&'a self, code: &'a str) -> &'a str {
        self.tags.get(code).map_or(code, |tag| &tag.name)
    }

    /// The text of a question; its code where it is not known.
    pub fn question_text<'a>(&'a self, code: &'a str) -> &'a str {
        self.questions.get(code).map_or(code, |question| &question.text)
    }
}

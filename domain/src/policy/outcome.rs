//! What the answer for one enterprise says, in the words people read.

use super::book::{FactProblem, Slot, SlotKind, Truth, UNBOUNDED};
use super::money::Fen;
use serde::Serialize;
use time::Date;

/// Whether an enterprise may have an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 符合.
    Eligible,
    /// 不符合.
    Ineligible,
    /// 信息不足.
    Unknown,
}

impl Verdict {
    pub(super) fn of(truth: Truth) -> Verdict {
        match truth {
            Truth::Met => Verdict::Eligible,
            Truth::Unmet => Verdict::Ineligible,
            Truth::Unknown => Verdict::Unknown,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Verdict::Eligible => "eligible",
            Verdict::Ineligible => "ineligible",
            Verdict::Unknown => "unknown",
        }
    }
}

/// The groups people read, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// 可直接兑现: eligible, and paid without a form.
    Payable,
    /// 可申报: eligible, to be applied for.
    Applicable,
    /// 不在申报期: eligible, but the window is not open.
    Closed,
    /// 已申请: applied for, approved or paid in this period.
    Had,
    /// 差一点: one step short.
    Near,
    /// 信息不足: an answer decides.
    Unknown,
    /// 不符合.
    Unmet,
}

impl Standing {
    /// Every standing, in the order of the page.
    pub const ALL: [Standing; 7] = [
        Standing::Payable,
        Standing::Applicable,
        Standing::Closed,
        Standing::Had,
        Standing::Near,
        Standing::Unknown,
        Standing::Unmet,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Standing::Payable => "可直接兑现",
            Standing::Applicable => "可申报",
            Standing::Closed => "不在申报期",
            Standing::Had => "已申请",
            Standing::Near => "差一点",
            Standing::Unknown => "信息不足",
            Standing::Unmet => "不符合",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Standing::Payable => "payable",
            Standing::Applicable => "applicable",
            Standing::Closed => "closed",
            Standing::Had => "had",
            Standing::Near => "near",
            Standing::Unknown => "unknown",
            Standing::Unmet => "unmet",
        }
    }

    pub fn parse(code: &str) -> Option<Standing> {
        Standing::ALL.into_iter().find(|standing| standing.code() == code)
    }
}

/// An amount; a range where a fact it is computed from is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range {
    /// At least.
    pub low: Fen,
    /// At most; none where nothing limits it.
    pub high: Option<Fen>,
}

impl Range {
    pub(super) fn new(low: i64, high: i64) -> Range {
        Range { low: Fen(low), high: (high < UNBOUNDED - 1).then_some(Fen(high)) }
    }

    /// Whether it is one amount.
    pub fn is_exact(&self) -> bool {
        self.high == Some(self.low)
    }

    /// The greatest amount that is sure to be an amount: the upper end, or the lower where there is none.
    pub fn up_to(&self) -> Fen {
        self.high.unwrap_or(self.low)
    }

    /// As people read it: `96 万元`, `最高 100 万元`, `10 万元起`.
    pub fn words(&self) -> String {
        match self.high {
            Some(high) if high == self.low => high.words(),
            Some(high) => format!("最高 {}", high.words()),
            None if self.low == Fen::ZERO => "金额待定".to_owned(),
            None => format!("{}起", self.low.words()),
        }
    }
}

/// A fact that is not there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    Attribute(String),
    /// A question not yet answered.
    Question(String),
    /// The enterprise's tags are not known.
    Tags,
}

impl Missing {
    /// Whether a slot holds it.
    pub(super) fn is_in(&self, slot: &Slot) -> bool {
        match self {
            Missing::Tags => slot.kind == SlotKind::Tags,
            Missing::Question(code) => slot.kind == SlotKind::Answer && slot.code == *code,
            Missing::Attribute(code) => !matches!(slot.kind, SlotKind::Tags | SlotKind::Answer) && slot.code == *code,
        }
    }

    /// The code in answers to machines.
    pub fn code(&self) -> &str {
        match self {
            Missing::Attribute(code) | Missing::Question(code) => code,
            Missing::Tags => "tags",
        }
    }
}

/// What an item is to an enterprise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Index of the item in the book.
    pub item: usize,
    pub verdict: Verdict,
    /// What it pays, or would pay: for [`Standing::Near`] as of the missing step taken.
    pub amount: Range,
    /// What it pays after the rules of its group, caps and budgets; nothing where it is not eligible.
    pub paid: Fen,
    /// Whether it is among those that pay.
    pub chosen: bool,
    /// Its group on the page.
    pub standing: Standing,
    /// Whether it is of another area: such an item is not shown at all.
    pub elsewhere: bool,
    /// For [`Standing::Near`]: the leaf that is short, in the order of writing.
    pub short: Option<usize>,
    /// For [`Standing::Near`]: how far that step is, in parts of a million of what is asked.
    pub stride: i64,
    /// What is not known and could decide it: whether it is had, how much it is, what of it is paid.
    pub missing: Vec<Missing>,
}

impl Outcome {
    /// It was applied for: it is neither asked about nor one step away.
    pub(super) fn set_had(&mut self) {
        (self.standing, self.short, self.stride) = (Standing::Had, None, 0);
        self.missing.clear();
    }

    /// Whether it is had, and can be had today.
    pub fn pays(&self) -> bool {
        matches!(self.standing, Standing::Payable | Standing::Applicable)
    }
}

/// A fact worth asking for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextQuestion {
    /// The fact.
    pub missing: Missing,
    /// Money that hangs on it: what the total could gain.
    pub decides: Fen,
    /// Items that wait for nothing else.
    pub alone: usize,
}

/// The answer for one enterprise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// The day it holds for.
    pub as_of: Date,
    /// What all eligible items whose windows are open pay together.
    pub total: Range,
    /// One for each item, in the order people read.
    pub outcomes: Vec<Outcome>,
    /// What to ask next, the most money first.
    pub questions: Vec<NextQuestion>,
    /// Facts that could not be read and count as unknown; items (by id) whose amount is beyond what can be held.
    pub problems: Vec<FactProblem>,
}

//! Conditions (条件): a closed vocabulary, so that an author can only write what can be explained to an owner.

use super::day;
use super::money::{Decimal, LIMIT};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::Date;

/// Who may have an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// 同时满足.
    All(Vec<Condition>),
    /// 满足任一.
    Any(Vec<Condition>),
    /// 不满足.
    Not(Box<Condition>),
    /// 至少满足 k 项.
    AtLeast {
        /// How many.
        k: u32,
        /// Of these.
        of: Vec<Condition>,
    },
    /// One question to the facts.
    Leaf(Leaf),
}

impl Condition {
    /// How many parts it has, codes of sets included, and how deep they lie.
    pub fn size(&self) -> (usize, usize) {
        let below = |list: &[Condition]| {
            list.iter().map(Condition::size).fold((0, 0), |(parts, depth), (more, deeper)| (parts + more, depth.max(deeper)))
        };
        let (parts, depth) = match self {
            Condition::All(list) | Condition::Any(list) | Condition::AtLeast { of: list, .. } => below(list),
            Condition::Not(child) => child.size(),
            // A long list of industries is one line of a document.
            Condition::Leaf(Leaf { test: Test::InSet { codes, .. }, .. }) => (codes.len() / 20, 0),
            Condition::Leaf(_) => (0, 0),
        };
        (parts + 1, depth + 1)
    }
}

/// A test with the clause it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaf {
    pub test: Test,
    /// Key of the clause's text.
    pub clause: Option<String>,
}

/// One question to the facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Test {
    /// A number, an amount or a count against a value.
    Num {
        attr: String,
        op: Op,
        /// Value, in the attribute's unit (money in yuan).
        value: Decimal,
    },
    /// A ratio of two numbers; unknown where the denominator is not positive.
    Ratio {
        /// Numerator's attribute.
        num: String,
        /// Denominator's attribute.
        den: String,
        op: Op,
        /// Value, e.g. 0.055.
        value: Decimal,
    },
    /// A hierarchical code (GB/T 4754 industry, area) that begins with one of these.
    InSet {
        attr: String,
        /// Prefixes.
        codes: Vec<String>,
    },
    /// The enterprise bears a tag.
    HasTag { tag: String },
    /// A date against a date.
    Date {
        attr: String,
        /// Comparison; `ge` is on or after.
        op: Op,
        #[serde(with = "day")]
        value: Date,
    },
    /// At least so many whole months have passed since a date, on the day of evaluation.
    Age { attr: String, at_least_months: u32 },
    /// The enterprise answers yes or no.
    Attest {
        /// Code of the question.
        question: String,
    },
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    Ge,
    Gt,
    Le,
    Lt,
    Eq,
}

impl Op {
    /// Every comparison.
    pub const ALL: [Op; 5] = [Op::Ge, Op::Gt, Op::Le, Op::Lt, Op::Eq];

    pub fn sign(self) -> &'static str {
        match self {
            Op::Ge => "≥",
            Op::Gt => ">",
            Op::Le => "≤",
            Op::Lt => "<",
            Op::Eq => "=",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Op::Ge => "ge",
            Op::Gt => "gt",
            Op::Le => "le",
            Op::Lt => "lt",
            Op::Eq => "eq",
        }
    }

    /// The values it lets through; open ends stay inside what cannot overflow.
    pub(super) fn bounds(self, value: i64) -> (i64, i64) {
        match self {
            Op::Ge => (value, LIMIT),
            Op::Gt => (value + 1, LIMIT),
            Op::Le => (-LIMIT, value),
            Op::Lt => (-LIMIT, value - 1),
            Op::Eq => (value, value),
        }
    }

    pub fn parse(code: &str) -> Option<Op> {
        Op::ALL.into_iter().find(|op| op.code() == code)
    }
}

impl Condition {
    /// Without the 不属于 around it, and whether what is below is turned over, given that it was so above.
    pub fn peeled(&self, negated: bool) -> (&Condition, bool) {
        if let Condition::Not(child) = self { child.peeled(!negated) } else { (self, negated) }
    }

    /// Visits every leaf, in the order of writing.
    pub fn leaves<'a>(&'a self, visit: &mut impl FnMut(&'a Leaf)) {
        match self {
            Condition::All(list) | Condition::Any(list) | Condition::AtLeast { of: list, .. } => {
                for child in list {
                    child.leaves(visit);
                }
            }
            Condition::Not(child) => child.leaves(visit),
            Condition::Leaf(leaf) => visit(leaf),
        }
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            Raw::from(self.clone()).serialize(serializer)
        } else {
            Compact::serialize(self, serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Condition, D::Error> {
        if deserializer.is_human_readable() {
            Condition::try_from(Raw::deserialize(deserializer)?).map_err(de::Error::custom)
        } else {
            Compact::deserialize(deserializer)
        }
    }
}

/// The form that travels to the browser.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Condition")]
enum Compact {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    AtLeast { k: u32, of: Vec<Condition> },
    Leaf(Leaf),
}

/// The JSON form: one key for what it is, and `clause` beside it.
#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    all: Option<Vec<Condition>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    any: Option<Vec<Condition>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not: Option<Box<Condition>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_least: Option<RawAtLeast>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    num: Option<RawNum>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ratio: Option<RawRatio>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    in_set: Option<RawInSet>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    has_tag: Option<RawTag>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    date: Option<RawDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    age: Option<RawAge>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attest: Option<RawAttest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    clause: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAtLeast {
    k: u32,
    of: Vec<Condition>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNum {
    attr: String,
    op: Op,
    value: Decimal,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRatio {
    num: String,
    den: String,
    op: Op,
    value: Decimal,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInSet {
    attr: String,
    codes: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTag {
    tag: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDate {
    attr: String,
    op: Op,
    #[serde(with = "day")]
    value: Date,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAge {
    attr: String,
    at_least_months: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAttest {
    question: String,
}

impl TryFrom<Raw> for Condition {
    type Error = &'static str;

    fn try_from(raw: Raw) -> Result<Condition, &'static str> {
        let mut found: Vec<Condition> = Vec::new();
        let clause = raw.clause;
        let has_clause = clause.is_some();
        let leaf = |test| Condition::Leaf(Leaf { test, clause: clause.clone() });
        found.extend(raw.all.map(Condition::All));
        found.extend(raw.any.map(Condition::Any));
        found.extend(raw.not.map(Condition::Not));
        found.extend(raw.at_least.map(|r| Condition::AtLeast { k: r.k, of: r.of }));
        found.extend(raw.num.map(|r| leaf(Test::Num { attr: r.attr, op: r.op, value: r.value })));
        found.extend(raw.ratio.map(|r| leaf(Test::Ratio { num: r.num, den: r.den, op: r.op, value: r.value })));
        found.extend(raw.in_set.map(|r| leaf(Test::InSet { attr: r.attr, codes: r.codes })));
        found.extend(raw.has_tag.map(|r| leaf(Test::HasTag { tag: r.tag })));
        found.extend(raw.date.map(|r| leaf(Test::Date { attr: r.attr, op: r.op, value: r.value })));
        found.extend(raw.age.map(|r| leaf(Test::Age { attr: r.attr, at_least_months: r.at_least_months })));
        found.extend(raw.attest.map(|r| leaf(Test::Attest { question: r.question })));
        let one =
            found.pop().ok_or("条件为空：应有 all、any、not、at_least、num、ratio、in_set、has_tag、date、age、attest 之一")?;
        if !found.is_empty() {
            return Err("一个条件里只能有 all、any、not、at_least、num、ratio、in_set、has_tag、date、age、attest 之一");
        }
        if has_clause && !matches!(one, Condition::Leaf(_)) {
            return Err("依据（clause）只能写在具体条件上，不能写在 all、any、not、at_least 上");
        }
        Ok(one)
    }
}

impl From<Condition> for Raw {
    fn from(condition: Condition) -> Raw {
        let mut raw = Raw::default();
        match condition {
            Condition::All(list) => raw.all = Some(list),
            Condition::Any(list) => raw.any = Some(list),
            Condition::Not(child) => raw.not = Some(child),
            Condition::AtLeast { k, of } => raw.at_least = Some(RawAtLeast { k, of }),
            Condition::Leaf(Leaf { test, clause }) => {
                raw.clause = clause;
                match test {
                    Test::Num { attr, op, value } => raw.num = Some(RawNum { attr, op, value }),
                    Test::Ratio { num, den, op, value } => raw.ratio = Some(RawRatio { num, den, op, value }),
                    Test::InSet { attr, codes } => raw.in_set = Some(RawInSet { attr, codes }),
                    Test::HasTag { tag } => raw.has_tag = Some(RawTag { tag }),
                    Test::Date { attr, op, value } => raw.date = Some(RawDate { attr, op, value }),
                    Test::Age { attr, at_least_months } => raw.age = Some(RawAge { attr, at_least_months }),
                    Test::Attest { question } => raw.attest = Some(RawAttest { question }),
                }
            }
        }
        raw
    }
}

//! Amounts (金额): how much an item pays, as a closed vocabulary. The JSON form is an object with one key, or the word `"none"`.

use super::map::Map;
use super::money::{Decimal, Fen};
use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// How much an item pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amount {
    /// Support that is not money.
    None,
    /// A fixed sum.
    Fixed(Fen),
    /// So much for each.
    PerUnit(PerUnit),
    /// A share of a base.
    Percent(Percent),
    /// By bands of a base.
    Tiered(Tiered),
    /// The best of the tags the enterprise bears.
    ByTag(Map<Amount>),
    /// Paid in stages (分阶段); counted together.
    Staged(Vec<Stage>),
    /// The best of these.
    MaxOf(Vec<Amount>),
    /// The least of these: 「以实际应缴税额为限」.
    MinOf(Vec<Amount>),
    /// These together.
    SumOf(Vec<Amount>),
    /// An amount with a cap over it, e.g. 「合计不超过」 over a sum.
    Capped(Box<Capped>),
}

impl Amount {
    /// How many parts it has, bands included, and how deep they lie.
    pub fn size(&self) -> (usize, usize) {
        fn below<'a>(list: impl Iterator<Item = &'a Amount>) -> (usize, usize) {
            list.map(Amount::size).fold((0, 0), |(parts, depth), (more, deeper)| (parts + more, depth.max(deeper)))
        }
        let (parts, depth) = match self {
            Amount::None | Amount::Fixed(_) | Amount::PerUnit(_) | Amount::Percent(_) => (0, 0),
            Amount::Tiered(tiered) => (tiered.bands.len(), 0),
            Amount::ByTag(tags) => below(tags.iter().map(|(_, amount)| amount)),
            Amount::Staged(stages) => (stages.len(), 0),
            Amount::MaxOf(list) | Amount::MinOf(list) | Amount::SumOf(list) => below(list.iter()),
            Amount::Capped(capped) => capped.of.size(),
        };
        (parts + 1, depth + 1)
    }
}

/// So much for each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerUnit {
    /// Attribute that counts.
    pub attr: String,
    /// For each, in yuan.
    pub unit: Fen,
    #[serde(default)]
    pub cap: Option<Fen>,
}

/// A share of a base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Percent {
    /// Attribute of the base.
    pub of: String,
    /// Share, `0.08` is 8 %.
    pub rate: Decimal,
    #[serde(default)]
    pub cap: Option<Fen>,
    #[serde(default)]
    pub floor: Option<Fen>,
}

/// By bands of a base; below the first band nothing is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tiered {
    /// Attribute of the base.
    pub attr: String,
    /// Whole or marginal.
    pub mode: TierMode,
    /// The bands, ascending, without gap or overlap.
    pub bands: Vec<Band>,
    #[serde(default)]
    pub cap: Option<Fen>,
}

/// How bands add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TierMode {
    /// The band the base lies in decides alone.
    Whole,
    /// Each band pays for the part of the base inside it (超额累进); a band's amount is paid once the base reaches it.
    Marginal,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Where it begins, included.
    #[serde(default)]
    pub from: Decimal,
    /// Where it ends, not included; none for the last.
    #[serde(default)]
    pub to: Option<Decimal>,
    /// A sum.
    #[serde(default)]
    pub amount: Option<Fen>,
    /// A share.
    #[serde(default)]
    pub rate: Option<Decimal>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// What has to be reached.
    pub milestone: String,
    /// What is paid then.
    pub amount: Fen,
}

/// An amount with a cap over it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capped {
    pub of: Amount,
    pub cap: Fen,
}

impl Amount {
    /// Visits every attribute the amount is computed from.
    pub fn attributes<'a>(&'a self, visit: &mut impl FnMut(&'a str)) {
        match self {
            Amount::None | Amount::Fixed(_) | Amount::Staged(_) => {}
            Amount::PerUnit(per) => visit(&per.attr),
            Amount::Percent(percent) => visit(&percent.of),
            Amount::Tiered(tiered) => visit(&tiered.attr),
            Amount::ByTag(map) => map.values().for_each(|amount| amount.attributes(visit)),
            Amount::MaxOf(list) | Amount::MinOf(list) | Amount::SumOf(list) => {
                list.iter().for_each(|amount| amount.attributes(visit))
            }
            Amount::Capped(capped) => capped.of.attributes(visit),
        }
    }

    /// Visits every tag the amount depends on.
    pub fn tags<'a>(&'a self, visit: &mut impl FnMut(&'a str)) {
        match self {
            Amount::ByTag(map) => map.iter().for_each(|(tag, amount)| {
                visit(tag);
                amount.tags(visit);
            }),
            Amount::MaxOf(list) | Amount::MinOf(list) | Amount::SumOf(list) => list.iter().for_each(|amount| amount.tags(visit)),
            Amount::Capped(capped) => capped.of.tags(visit),
            _ => {}
        }
    }

    /// Whether it is money at all.
    pub fn is_money(&self) -> bool {
        !matches!(self, Amount::None)
    }
}

/// The JSON form.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fixed: Option<Fen>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    per_unit: Option<PerUnit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    percent: Option<Percent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tiered: Option<Tiered>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by_tag: Option<Map<Amount>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    staged: Option<Vec<Stage>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_of: Option<Vec<Amount>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min_of: Option<Vec<Amount>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sum_of: Option<Vec<Amount>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    capped: Option<Box<Capped>>,
    /// Read as the word is; never written.
    #[serde(default, skip_serializing)]
    none: Option<de::IgnoredAny>,
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return Compact::serialize(self, serializer);
        }
        let mut raw = Raw::default();
        match self.clone() {
            Amount::None => return serializer.serialize_str("none"),
            Amount::Fixed(fen) => raw.fixed = Some(fen),
            Amount::PerUnit(per) => raw.per_unit = Some(per),
            Amount::Percent(percent) => raw.percent = Some(percent),
            Amount::Tiered(tiered) => raw.tiered = Some(tiered),
            Amount::ByTag(map) => raw.by_tag = Some(map),
            Amount::Staged(stages) => raw.staged = Some(stages),
            Amount::MaxOf(list) => raw.max_of = Some(list),
            Amount::MinOf(list) => raw.min_of = Some(list),
            Amount::SumOf(list) => raw.sum_of = Some(list),
            Amount::Capped(capped) => raw.capped = Some(capped),
        }
        raw.serialize(serializer)
    }
}

/// A word (`"none"`), a sum alone (`"1000000"`, short for `fixed`), or an object with one key.
struct Visitor;

impl<'de> de::Visitor<'de> for Visitor {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount such as {\"fixed\":\"1000000\"} or \"none\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Amount, E> {
        if text == "none" {
            return Ok(Amount::None);
        }
        Fen::parse(text).map(Amount::Fixed).map_err(|error| E::custom(format_args!("\"{text}\" {error}")))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Amount, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Amount, A::Error> {
        let raw = Raw::deserialize(MapAccessDeserializer::new(map))?;
        let mut found: Vec<Amount> = Vec::new();
        found.extend(raw.fixed.map(Amount::Fixed));
        found.extend(raw.per_unit.map(Amount::PerUnit));
        found.extend(raw.percent.map(Amount::Percent));
        found.extend(raw.tiered.map(Amount::Tiered));
        found.extend(raw.by_tag.map(Amount::ByTag));
        found.extend(raw.staged.map(Amount::Staged));
        found.extend(raw.max_of.map(Amount::MaxOf));
        found.extend(raw.min_of.map(Amount::MinOf));
        found.extend(raw.sum_of.map(Amount::SumOf));
        found.extend(raw.capped.map(Amount::Capped));
        found.extend(raw.none.map(|_| Amount::None));
        match found.len() {
            1 => Ok(found.remove(0)),
            _ => Err(de::Error::custom(
                "金额应有且只有 fixed、per_unit、percent、tiered、by_tag、staged、max_of、min_of、sum_of、capped 之一，或写 \"none\"",
            )),
        }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        if deserializer.is_human_readable() { deserializer.deserialize_any(Visitor) } else { Compact::deserialize(deserializer) }
    }
}

/// The form that travels to the browser.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Amount")]
enum Compact {
    None,
    Fixed(Fen),
    PerUnit(PerUnit),
    Percent(Percent),
    Tiered(Tiered),
    ByTag(Map<Amount>),
    Staged(Vec<Stage>),
    MaxOf(Vec<Amount>),
    MinOf(Vec<Amount>),
    SumOf(Vec<Amount>),
    Capped(Box<Capped>),
}

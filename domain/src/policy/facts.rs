//! What is known of an enterprise (企业画像, S-21, S-22): values by attribute code, each with its period and source. A fact that
//! is not there is unknown, never a no.

use super::day;
use super::map::Map;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::collections::BTreeSet;
use std::fmt;
use time::Date;

/// The facts of one enterprise; in JSON the inner object of a facts file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// Tags it bears; the list is complete, none means that nothing is known of tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeSet<String>>,
    /// Answers to questions, by the question's code.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub attest: Map<bool>,
    /// Values by attribute code.
    #[serde(flatten)]
    pub values: Map<Fact>,
}

/// A facts file: `{"facts": {…}}`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FactsFile {
    pub facts: Facts,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fact {
    /// The value as written: a decimal in the attribute's unit, `YYYY-MM-DD`, a code, or `true` and `false`.
    pub value: String,
    /// What time it is about, e.g. `2025`.
    pub period: String,
    /// Who says so.
    pub source: String,
    /// Since when it is so recorded.
    pub on: Option<Date>,
    /// What a department has on record, where the enterprise says otherwise: both stand side by side until a reviewer decides.
    pub recorded: Option<Box<Fact>>,
}

impl Fact {
    /// A value alone.
    pub fn new(value: impl Into<String>) -> Fact {
        Fact { value: value.into(), ..Fact::default() }
    }

    /// Whether it may count on a day: it was recorded by then, and what it is about has begun. What is known only later is unknown
    /// until then. The columns of `store` ask the same of the stored form.
    pub fn counts_on(&self, day: Date) -> bool {
        let begun = |head: &str| day::text(day).get(..head.len()).is_some_and(|today| head <= today);
        self.on.is_none_or(|on| on <= day) && head_of(&self.period).is_none_or(begun)
    }
}

/// What a period begins with: a year, a month or a day (`2025`, `2025-06`, `2025-06-30`).
fn head_of(period: &str) -> Option<&str> {
    let digits = |from: usize, to: usize| period.get(from..to).is_some_and(|part| part.bytes().all(|b| b.is_ascii_digit()));
    let part = |from: usize| period.get(from..from + 1) == Some("-") && digits(from + 1, from + 3);
    match (digits(0, 4), part(4), part(7)) {
        (true, true, true) => period.get(..10),
        (true, true, false) => period.get(..7),
        (true, false, _) => period.get(..4),
        _ => None,
    }
}

impl Facts {
    /// A fact by its attribute.
    pub fn get(&self, code: &str) -> Option<&Fact> {
        self.values.get(code)
    }

    /// A fact as far as it counts on a day.
    pub fn on(&self, code: &str, day: Date) -> Option<&Fact> {
        self.get(code).filter(|fact| fact.counts_on(day))
    }

    /// The facts as the departments have them, whatever the enterprise says beside.
    pub fn as_recorded(&self) -> Facts {
        let mut facts = self.clone();
        for (code, fact) in self.values.iter() {
            if let Some(recorded) = &fact.recorded {
                facts.values.insert(code.clone(), (**recorded).clone());
            }
        }
        facts
    }

    /// The facts with what the departments have for these attributes, and what the enterprise says for the others.
    pub fn counting(&self, recorded: &[&str]) -> Facts {
        let mut facts = self.clone();
        for (code, fact) in self.values.iter().filter(|(code, _)| recorded.contains(&code.as_str())) {
            if let Some(recorded) = &fact.recorded {
                facts.values.insert(code.clone(), (**recorded).clone());
            }
        }
        facts
    }

    /// Sets a fact; an empty value removes it.
    pub fn set(&mut self, code: &str, fact: Fact) {
        if fact.value.trim().is_empty() {
            self.values.remove(code);
        } else {
            self.values.insert(code.to_owned(), fact);
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Full {
    value: Scalar,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    period: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    source: String,
    #[serde(default, with = "day::option", skip_serializing_if = "Option::is_none")]
    on: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recorded: Option<Box<Fact>>,
}

/// A value as a string, an integer or a yes and no; a float would already have lost what was meant.
struct Scalar(String);

impl Serialize for Scalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_str() {
            "true" => serializer.serialize_bool(true),
            "false" => serializer.serialize_bool(false),
            text => serializer.serialize_str(text),
        }
    }
}

struct ScalarVisitor;

impl de::Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value such as \"12000000\", \"2020-05-01\", \"C3811\" or true")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar(text.to_owned()))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar(value.to_string()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar(value.to_string()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar(value.to_string()))
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Scalar, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

impl Serialize for Fact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = Scalar(self.value.clone());
        if self.period.is_empty() && self.source.is_empty() && self.on.is_none() && self.recorded.is_none() {
            return value.serialize(serializer);
        }
        let Fact { period, source, on, recorded, .. } = self.clone();
        Full { value, period, source, on, recorded }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fact, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Fact;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                de::Visitor::expecting(&ScalarVisitor, f)?;
                f.write_str(", or an object with value, period and source")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Fact, E> {
                Ok(Fact::new(text))
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Fact, E> {
                Ok(Fact::new(value.to_string()))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Fact, E> {
                Ok(Fact::new(value.to_string()))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Fact, E> {
                Ok(Fact::new(value.to_string()))
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Fact, A::Error> {
                let full = Full::deserialize(de::value::MapAccessDeserializer::new(map))?;
                let Full { value, period, source, on, recorded } = full;
                Ok(Fact { value: value.0, period, source, on, recorded })
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

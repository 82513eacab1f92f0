//! A map from codes, sorted: a list underneath, because every type kept in a `BTreeMap` costs the browser's module some seven
//! kilobytes, and these maps are small and seldom changed.

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// Values by code, in the order of codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map<V>(Vec<(String, V)>);

impl<V> Default for Map<V> {
    fn default() -> Map<V> {
        Map(Vec::new())
    }
}

impl<V> Map<V> {
    /// Nothing yet.
    pub fn new() -> Map<V> {
        Map::default()
    }

    fn place(&self, code: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(code))
    }

    /// The value of a code.
    pub fn get(&self, code: &str) -> Option<&V> {
        self.place(code).ok().map(|at| &self.0[at].1)
    }

    /// The value of a code, to be changed.
    pub fn get_mut(&mut self, code: &str) -> Option<&mut V> {
        self.place(code).ok().map(|at| &mut self.0[at].1)
    }

    /// Whether a code has a value.
    pub fn contains_key(&self, code: &str) -> bool {
        self.place(code).is_ok()
    }

    /// Sets the value of a code; answers the one before.
    pub fn insert(&mut self, code: String, value: V) -> Option<V> {
        match self.place(&code) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                self.0.insert(at, (code, value));
                None
            }
        }
    }

    pub fn remove(&mut self, code: &str) -> Option<V> {
        self.place(code).ok().map(|at| self.0.remove(at).1)
    }

    /// Codes and values.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &V)> {
        self.0.iter().map(|(code, value)| (code, value))
    }

    /// Codes.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(code, _)| code)
    }

    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<V> Extend<(String, V)> for Map<V> {
    fn extend<I: IntoIterator<Item = (String, V)>>(&mut self, list: I) {
        for (code, value) in list {
            self.insert(code, value);
        }
    }
}

impl<V> FromIterator<(String, V)> for Map<V> {
    fn from_iter<I: IntoIterator<Item = (String, V)>>(list: I) -> Map<V> {
        let mut map = Map::default();
        map.extend(list);
        map
    }
}

impl<V> IntoIterator for Map<V> {
    type Item = (String, V);
    type IntoIter = std::vec::IntoIter<(String, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<V: Serialize> Serialize for Map<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(code, value)| (code, value)))
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Map<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Map<V>, D::Error> {
        struct Reader<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Reader<V> {
            type Value = Map<V>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Map<V>, A::Error> {
                let mut map = Map::default();
                while let Some((code, value)) = access.next_entry::<String, V>()? {
                    // Which of two holds would hang on their order. What a browser reads was written by the server.
                    if cfg!(feature = "server") && map.contains_key(&code) {
                        return Err(A::Error::custom(format_args!("“{code}”写了两次，请只保留一个")));
                    }
                    map.insert(code, value);
                }
                Ok(map)
            }
        }
        deserializer.deserialize_map(Reader(PhantomData))
    }
}

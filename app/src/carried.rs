//! Values on their way to the browser: an island's properties, a draft in a storage.
//!
//! Leptos and gloo write both as JSON. A reader of JSON for every type of ours is a fifth of a module, and server functions bring one of
//! postcard anyway: so JSON carries one string, and postcard what is in it.

use serde::de::{Error as _, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use std::fmt;
use std::marker::PhantomData;

/// A value that is serialised as one string: base64 of postcard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried<T>(pub T);

impl<T: Serialize> Serialize for Carried<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = postcard::to_allocvec(&self.0).map_err(|_| S::Error::custom("not carried"))?;
        serializer.serialize_str(&write(&bytes).ok_or_else(|| S::Error::custom("not carried"))?)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Carried<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Carried<T>, D::Error> {
        struct Text<T>(PhantomData<T>);
        impl<T: DeserializeOwned> Visitor<'_> for Text<T> {
            type Value = Carried<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a carried value")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Carried<T>, E> {
                read(text)
                    .and_then(|bytes| postcard::from_bytes(&bytes).ok())
                    .map(Carried)
                    .ok_or_else(|| E::custom("not carried"))
            }
        }
        deserializer.deserialize_str(Text(PhantomData)).map_err(D::Error::custom)
    }
}

#[cfg(feature = "ssr")]
fn write(bytes: &[u8]) -> Option<String> {
    use base64::prelude::{BASE64_STANDARD, Engine};
    Some(BASE64_STANDARD.encode(bytes))
}

#[cfg(feature = "ssr")]
fn read(text: &str) -> Option<Vec<u8>> {
    use base64::prelude::{BASE64_STANDARD, Engine};
    BASE64_STANDARD.decode(text).ok()
}

/// As the browser has it: a character for each byte.
#[cfg(not(feature = "ssr"))]
fn write(bytes: &[u8]) -> Option<String> {
    let characters: String = bytes.iter().copied().map(char::from).collect();
    web_sys::window()?.btoa(&characters).ok()
}

#[cfg(not(feature = "ssr"))]
fn read(text: &str) -> Option<Vec<u8>> {
    web_sys::window()?.atob(text).ok()?.chars().map(|character| u8::try_from(character).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::Carried;

    #[test]
    fn what_is_carried_arrives() {
        let sent = Carried((vec!["</script>\"积水\u{0}".to_owned(), String::new()], Some(-300_i64), 0xff_u8));
        let text = serde_json::to_string(&sent).unwrap();
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"\"+/=".contains(&byte)), "{text}");
        assert_eq!(serde_json::from_str::<Carried<(Vec<String>, Option<i64>, u8)>>(&text).unwrap(), sent);
    }

    #[test]
    fn what_is_damaged_is_refused() {
        for text in ["\"%\"", "\"BQ==\"", "7", "null", "\"\""] {
            assert!(serde_json::from_str::<Carried<String>>(text).is_err(), "{text}");
        }
    }
}

//! Text as the kernel gives it: bytes that are usually, not always, UTF-8.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A path, a command line, a mount point: bytes without an encoding.
///
/// UTF-8 stands on the wire as a plain string; anything else as `{"b64": "…"}`, so that nothing is lost and
/// nothing is guessed.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Text(Vec<u8>);

impl Text {
    /// The bytes as the kernel gave them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Readable text: bytes that are no UTF-8 are replaced by U+FFFD.
    #[must_use]
    pub fn to_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_lossy(), out)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Encoded<'a> {
    b64: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Wire<'a> {
    Plain(String),
    #[serde(borrow)]
    Encoded(Encoded<'a>),
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => Encoded { b64: STANDARD.encode(&self.0).into() }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Wire::deserialize(deserializer)? {
            Wire::Plain(text) => Ok(text.into()),
            Wire::Encoded(Encoded { b64 }) => {
                STANDARD.decode(b64.as_bytes()).map(Self).map_err(serde::de::Error::custom)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Text;

    proptest! {
        #[test]
        fn any_bytes_survive_the_wire(bytes: Vec<u8>) {
            let text = Text::from(bytes);
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(serde_json::from_str::<Text>(&json).unwrap(), text);
        }
    }

    #[test]
    fn utf8_stands_as_a_plain_string() {
        assert_eq!(serde_json::to_string(&Text::from("/usr/bin/é")).unwrap(), "\"/usr/bin/é\"");
    }

    #[test]
    fn what_is_neither_text_nor_encoded_bytes_is_refused() {
        for json in ["1", "null", "[]", "{\"a\":1}", "{\"b64\":\"*\"}", "{\"b64\":\"\",\"x\":1}"] {
            assert!(serde_json::from_str::<Text>(json).is_err(), "{json}");
        }
    }
}

//! Walking through a body before anything is made of it: how deep, how long, how many. Pure.
//!
//! A body of 8 MiB can ask for a hundred times that once it is read into types. So its shape is judged first, without
//! keeping anything of it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use terrier_shared::latest::limits;

/// Longest name of a field in bytes.
const KEY_BYTES: usize = 128;
/// The one field whose text may be longer than others.
const COMMAND_LINE: &str = "command_line";
/// Most characters of the way to what is wrong that are told.
const WAY_CHARS: usize = 256;

/// Checks the shape of `body` against the limits of the protocol.
///
/// # Errors
///
/// What is beyond which limit, with the path to it.
pub(super) fn check(body: &RawValue) -> Result<(), String> {
    let beginning = Place { depth: 0, text: limits::STRING_BYTES };
    if beginning.deserialize(&mut serde_json::Deserializer::from_str(body.get())).is_ok() {
        return Ok(());
    }
    // Only what is wrong is worth the way to it.
    let mut track = serde_path_to_error::Track::new();
    let mut reader = serde_json::Deserializer::from_str(body.get());
    match beginning.deserialize(serde_path_to_error::Deserializer::new(&mut reader, &mut track)) {
        Ok(()) => Ok(()),
        Err(error) => {
            // The way may lead through names that are themselves beyond the limit.
            let way: String = track.path().to_string().chars().take(WAY_CHARS).collect();
            Err(format!("{way}: {}", without_position(&error.to_string())))
        }
    }
}

/// The parser's own position counts bytes of this body alone, which helps nobody.
pub(super) fn without_position(problem: &str) -> &str {
    problem.split(" at line ").next().unwrap_or(problem)
}

#[derive(Debug, Clone, Copy)]
struct Place {
    depth: usize,
    text: usize,
}

impl Place {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= limits::DEPTH {
            return Err(E::custom(format_args!("nested deeper than {}", limits::DEPTH)));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

fn count<E: serde::de::Error>(items: &mut usize) -> Result<(), E> {
    *items += 1;
    if *items > limits::ITEMS_PER_LIST {
        return Err(E::custom(format_args!("more than {} items", limits::ITEMS_PER_LIST)));
    }
    Ok(())
}

impl<'de> DeserializeSeed<'de> for Place {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        if text.len() <= self.text {
            return Ok(());
        }
        Err(E::custom(format_args!("text of {} bytes, at most {} are read", text.len(), self.text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let (inner, mut seen) = (self.deeper()?, 0);
        while items.next_element_seed(inner)?.is_some() {
            count(&mut seen)?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let (inner, mut seen) = (self.deeper()?, 0);
        while let Some(is_command_line) = fields.next_key_seed(Key)? {
            count::<A::Error>(&mut seen)?;
            // Bytes that are no UTF-8 come as base64, which is a third longer.
            let text = if is_command_line { limits::COMMAND_LINE_BYTES * 4 / 3 + 4 } else { inner.text };
            fields.next_value_seed(Place { text, ..inner })?;
        }
        Ok(())
    }
}

struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = bool;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the name of a field")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<bool, E> {
        if key.len() > KEY_BYTES {
            return Err(E::custom(format_args!("a field's name of {} bytes, at most {KEY_BYTES} are read", key.len())));
        }
        Ok(key == COMMAND_LINE)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    use super::check;

    fn walk(json: String) -> Result<(), String> {
        check(&RawValue::from_string(json).unwrap())
    }

    #[test]
    fn a_shape_within_the_limits_passes() {
        let long = "x".repeat(8 << 10);
        let longer = "x".repeat(64 << 10);
        for json in [
            "null".to_owned(),
            format!("{}1{}", "[".repeat(16), "]".repeat(16)),
            format!(r#"{{"name":"{long}","command_line":"{longer}","command_line":{{"b64":"{longer}"}}}}"#),
            format!("[{}]", vec!["{}"; 20_000].join(",")),
        ] {
            assert_eq!(walk(json), Ok(()));
        }
    }

    #[test]
    fn what_is_beyond_a_limit_is_named_with_the_way_to_it() {
        let long = "x".repeat((8 << 10) + 1);
        let key = "k".repeat(129);
        for (json, expected) in [
            (format!(r#"{{"packages":[{{"name":"a"}},{{"name":"{long}"}}]}}"#), "packages[1].name: text of 8193 bytes"),
            (format!("{}{}", "[".repeat(17), "]".repeat(17)), "nested deeper than 16"),
            (format!(r#"{{"a":[{}]}}"#, vec!["{}"; 20_001].join(",")), "a: more than 20000 items"),
            (format!(r#"{{"{key}":1}}"#), "a field's name of 129 bytes"),
        ] {
            let problem = walk(json).unwrap_err();
            assert!(problem.contains(expected), "{problem}");
        }
    }

    #[test]
    fn a_hundred_thousand_brackets_do_not_exhaust_the_stack() {
        assert!(walk(format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))).is_err());
    }

    proptest! {
        #[test]
        fn no_json_makes_it_panic(json in r#"[\[\]{}",:0-9a-z\\]{0,64}"#) {
            if let Ok(raw) = RawValue::from_string(json) {
                let _any_outcome = check(&raw);
            }
        }
    }
}

//! How long the longest list in a document is, without holding the document.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The number of items of the longest list anywhere in `json`; 0 for what is no JSON.
pub(super) fn longest_list(json: &str) -> usize {
    serde_json::from_str::<Extent>(json).map_or(0, |extent| extent.0)
}

struct Extent(usize);

impl<'de> Deserialize<'de> for Extent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Walk)
    }
}

struct Walk;

impl<'de> Visitor<'de> for Walk {
    type Value = Extent;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any JSON")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Extent, A::Error> {
        let (mut count, mut longest) = (0, 0);
        while let Some(Extent(inner)) = items.next_element()? {
            count += 1;
            longest = longest.max(inner);
        }
        Ok(Extent(longest.max(count)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Extent, A::Error> {
        let mut longest = 0;
        while let Some((IgnoredAny, Extent(inner))) = entries.next_entry()? {
            longest = longest.max(inner);
        }
        Ok(Extent(longest))
    }

    fn visit_bool<E>(self, _value: bool) -> Result<Extent, E> {
        Ok(Extent(0))
    }

    fn visit_i64<E>(self, _value: i64) -> Result<Extent, E> {
        Ok(Extent(0))
    }

    fn visit_u64<E>(self, _value: u64) -> Result<Extent, E> {
        Ok(Extent(0))
    }

    fn visit_f64<E>(self, _value: f64) -> Result<Extent, E> {
        Ok(Extent(0))
    }

    fn visit_str<E>(self, _value: &str) -> Result<Extent, E> {
        Ok(Extent(0))
    }

    fn visit_unit<E>(self) -> Result<Extent, E> {
        Ok(Extent(0))
    }
}

#[cfg(test)]
mod tests {
    use super::longest_list;

    #[test]
    fn the_longest_list_is_found_at_any_depth() {
        assert_eq!(longest_list(r#"{"a":[1,"x",null],"b":{"c":[[1.5,2,3,4],true]}}"#), 4);
        assert_eq!(longest_list(r#"{"a":-1}"#), 0);
    }
}

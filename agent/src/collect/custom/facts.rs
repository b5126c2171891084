//! Facts as they are written: one JSON object of names and plain values.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use terrier_shared::latest::section::custom::Fact;

use crate::collect::bounds::clip;

/// Most facts of one file.
const FACTS: usize = 500;
/// Longest name of a fact in bytes.
const NAME_BYTES: usize = 128;
/// Most texts in one list.
const TEXTS: usize = 500;

/// The facts, or what is wrong. A fact that is `null` is none.
pub(super) fn parse(json: &[u8]) -> Result<BTreeMap<String, Fact>, String> {
    let values: BTreeMap<String, Box<RawValue>> =
        serde_json::from_slice(json).map_err(|error| format!("is no JSON object: {error}"))?;
    if values.len() > FACTS {
        return Err(format!("has more than {FACTS} facts"));
    }
    let mut facts = BTreeMap::new();
    for (name, value) in values {
        if name.is_empty() || name.len() > NAME_BYTES {
            return Err(format!("a name is empty or longer than {NAME_BYTES} bytes"));
        }
        if let Some(fact) = fact(value.get()).map_err(|problem| format!("`{name}` {problem}"))? {
            facts.insert(name, fact);
        }
    }
    Ok(facts)
}

fn fact(json: &str) -> Result<Option<Fact>, &'static str> {
    Ok(Some(match json {
        "null" => return Ok(None),
        "true" => Fact::Boolean(true),
        "false" => Fact::Boolean(false),
        list if list.starts_with('[') => Fact::List(texts(list)?),
        single => single.parse().map(Fact::Integer).or_else(|_| text(single).map(Fact::Text))?,
    }))
}

fn texts(json: &str) -> Result<Vec<String>, &'static str> {
    let items: Vec<&RawValue> = serde_json::from_str(json).map_err(|_other| "is no list")?;
    if items.len() > TEXTS {
        return Err("has too many items");
    }
    items.into_iter().map(|item| text(item.get())).collect()
}

/// A string, or a number or truth as it is written.
fn text(json: &str) -> Result<String, &'static str> {
    match json.bytes().next() {
        Some(b'"') => serde_json::from_str(json).map(clip).map_err(|_other| "is no text"),
        Some(b'{' | b'[') => Err("has values in values"),
        _ => Ok(clip(json.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Fact, parse};

    #[test]
    fn plain_values_are_facts_and_decimals_stay_as_they_are_written() {
        let json = br#"{"a":true,"b":-7,"c":1.50,"d":"x\n\u00e9","e":["p",1.0,false],"f":null,"g":[],"h":99999999999999999999}"#;
        let facts = parse(json).unwrap();
        assert_eq!(facts["a"], Fact::Boolean(true));
        assert_eq!(facts["b"], Fact::Integer(-7));
        assert_eq!(facts["c"], Fact::Text("1.50".to_owned()));
        assert_eq!(facts["d"], Fact::Text("x\né".to_owned()));
        assert_eq!(facts["e"], Fact::List(vec!["p".to_owned(), "1.0".to_owned(), "false".to_owned()]));
        assert_eq!(facts["g"], Fact::List(vec![]));
        assert_eq!(facts["h"], Fact::Text("99999999999999999999".to_owned()));
        assert!(!facts.contains_key("f"));
    }

    #[test]
    fn what_is_no_flat_object_is_refused_with_the_name_of_the_fact() {
        for (json, named) in [
            ("", "no JSON object"),
            ("[1]", "no JSON object"),
            ("{\"a\":1} x", "no JSON object"),
            ("{\"rack\":{\"row\":1}}", "`rack`"),
            ("{\"l\":[[1]]}", "`l`"),
            ("{\"\":1}", "empty"),
        ] {
            let problem = parse(json.as_bytes()).unwrap_err();
            assert!(problem.contains(named), "{json}: {problem}");
        }
        let many: Vec<String> = (0..501).map(|number| format!("\"{number}\":1")).collect();
        assert!(parse(format!("{{{}}}", many.join(",")).as_bytes()).unwrap_err().contains("500 facts"));
        assert!(parse(format!("{{\"{}\":1}}", "x".repeat(129)).as_bytes()).is_err());
        assert!(parse(format!("{{\"a\":{}1{}}}", "[".repeat(9_000), "]".repeat(9_000)).as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(bytes: Vec<u8>) {
            drop(parse(&bytes));
        }
    }
}

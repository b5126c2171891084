//! JSON as a tree, within the same limits as XML.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::node::{Count, DEPTH, Node, check_text};
use super::refusal::{Refusal, short};

/// Reads a document; gives a node whose children are the fields of the outermost object, or the items of the list.
///
/// # Errors
///
/// The place, and what is wrong there or which limit it breaks.
pub fn read(text: &str) -> Result<Node, Refusal> {
    let state = State::default();
    let mut root = Node::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Value { state: &state, into: &mut root, name: "", depth: 0 }.deserialize(&mut reader);
    let read = read.and_then(|()| reader.end());
    match (read, state.refusal.into_inner()) {
        (_, Some(refusal)) => Err(refusal),
        (Err(error), None) => Err(Refusal::malformed(format!("line {}", error.line()), error.to_string())),
        (Ok(()), None) if root.children.len() == 1 => {
            let mut top = root.children.into_iter().next().unwrap_or_default();
            "request".clone_into(&mut top.name);
            Ok(top)
        }
        (Ok(()), None) if !root.children.is_empty() => Ok(Node { name: "list".to_owned(), ..root }),
        (Ok(()), None) => Err(Refusal::malformed("the document", "it is no object")),
    }
}

#[derive(Default)]
struct State {
    count: RefCell<Count>,
    refusal: RefCell<Option<Refusal>>,
    way: RefCell<Vec<String>>,
}

impl State {
    fn refuse<E: serde::de::Error>(&self, refusal: Refusal) -> E {
        let error = E::custom(&refusal);
        self.refusal.borrow_mut().get_or_insert(refusal);
        error
    }

    fn way(&self) -> String {
        short(&self.way.borrow().join("/"))
    }
}

/// A value that becomes one child of `into`, or several if it is a list.
struct Value<'a> {
    state: &'a State,
    into: &'a mut Node,
    name: &'a str,
    depth: usize,
}

impl Value<'_> {
    fn put<E: serde::de::Error>(self, text: String) -> Result<(), E> {
        self.counted()?;
        check_text(text.len(), || self.state.way()).map_err(|refusal| self.state.refuse(refusal))?;
        self.into.children.push(Node { name: self.name.to_owned(), text, children: Vec::new() });
        Ok(())
    }

    fn counted<E: serde::de::Error>(&self) -> Result<(), E> {
        let counted = self.state.count.borrow_mut().another(self.name, self.depth, || self.state.way());
        counted.map_err(|refusal| self.state.refuse(refusal))
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        self.put(if value { "1" } else { "0" }.to_owned())
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.put(value.to_string())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.put(value.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        self.put(value.to_string())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.put(text.trim().to_owned())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let depth = self.depth + 1;
        if depth > DEPTH {
            let refusal = Refusal::Beyond { place: self.state.way(), what: "levels", limit: DEPTH };
            return Err(self.state.refuse(refusal));
        }
        while items.next_element_seed(Value { state: self.state, into: self.into, name: self.name, depth })?.is_some() {
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        self.counted()?;
        let mut node = Node { name: self.name.to_owned(), ..Node::default() };
        while let Some(name) = fields.next_key::<String>()? {
            let name = name.to_ascii_lowercase();
            self.state.way.borrow_mut().push(short(&name));
            let value = Value { state: self.state, into: &mut node, name: &name, depth: self.depth + 1 };
            fields.next_value_seed(value)?;
            self.state.way.borrow_mut().pop();
        }
        if self.depth == 0 && !self.into.children.is_empty() {
            return Err(A::Error::custom("a second outermost object"));
        }
        self.into.children.push(node);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::read;

    #[test]
    fn lists_become_nodes_of_one_name() {
        let root =
            read(r#"{"Content":{"drives":[{"total":1,"x":null},{"total":2.5}],"ok":true,"ips":["a"," b "]}}"#).unwrap();
        let content = root.child("content").unwrap();
        let totals: Vec<_> = content.all("drives").map(|drive| drive.text_of("total").unwrap()).collect();
        assert_eq!(totals, ["1", "2.5"]);
        assert_eq!(content.text_of("ok"), Some("1"));
        assert_eq!(content.all("ips").map(|ip| ip.text.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(17), "]".repeat(17));
        let deeper = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
        let long = format!("{{\"a\":{{\"b\":\"{}\"}}}}", "x".repeat(70_000));
        let many = format!("{{\"a\":[{}]}}", vec!["1"; 400_001].join(","));
        for (document, kind, expected) in [
            ("", "malformed", "line 1"),
            ("[]", "malformed", "no object"),
            ("{\"a\":", "malformed", "EOF"),
            ("{} x", "malformed", "trailing"),
            (&deep, "beyond_limit", "a: more than 16 levels"),
            (&deeper, "beyond_limit", "more than 16 levels"),
            (&long, "beyond_limit", "a/b: more than 65536 bytes of text"),
            (&many, "beyond_limit", "more than 400000 elements"),
        ] {
            let refusal = read(document).unwrap_err();
            assert_eq!(refusal.name(), kind, "{refusal}");
            assert!(refusal.to_string().contains(expected), "{refusal}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in r#"[\[\]{}",:0-9a-z\\]{0,64}"#) {
            let _any_outcome = read(&text);
        }
    }
}

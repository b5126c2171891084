//! XML as a tree, read as it comes: no document type, no entity but the five of XML itself.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

use super::node::{Count, Node, check_text};
use super::refusal::{Refusal, short};

/// Reads a document; gives its outermost element.
///
/// # Errors
///
/// The place, and what is wrong there or which limit it breaks.
pub fn read(text: &str) -> Result<Node, Refusal> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_comments = false;
    let mut builder = Builder::default();
    loop {
        let at = reader.buffer_position();
        let event = reader.read_event().map_err(|error| {
            let place = format!("{} at byte {}", builder.way(), reader.error_position());
            Refusal::malformed(place, error.to_string())
        })?;
        match event {
            Event::Start(tag) => builder.open(tag.local_name().as_ref())?,
            Event::Empty(tag) => {
                builder.open(tag.local_name().as_ref())?;
                builder.close();
            }
            Event::End(_) => builder.close(),
            Event::Text(text) => {
                let text = text.decode().map_err(|error| Refusal::malformed(builder.way(), error.to_string()))?;
                builder.text(&text, at)?;
            }
            Event::CData(text) => {
                let text = text.decode().map_err(|error| Refusal::malformed(builder.way(), error.to_string()))?;
                builder.text(&text, at)?;
            }
            Event::GeneralRef(name) => {
                let character = character(&name).ok_or_else(|| Refusal::Entity { place: builder.way() })?;
                builder.text(character.encode_utf8(&mut [0; 4]), at)?;
            }
            Event::DocType(_) => return Err(Refusal::Entity { place: builder.way() }),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => return builder.finish(),
        }
    }
}

/// What a reference stands for; nothing if it is an entity of the document's own or no character.
fn character(reference: &BytesRef<'_>) -> Option<char> {
    if reference.is_char_ref() {
        return reference.resolve_char_ref().ok().flatten();
    }
    match &**reference {
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"amp" => Some('&'),
        b"apos" => Some('\''),
        b"quot" => Some('"'),
        _ => None,
    }
}

#[derive(Default)]
struct Builder {
    open: Vec<Node>,
    root: Option<Node>,
    count: Count,
}

impl Builder {
    fn open(&mut self, name: &[u8]) -> Result<(), Refusal> {
        if self.root.is_some() {
            return Err(Refusal::malformed("the end", "a second outermost element"));
        }
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        let depth = self.open.len() + 1;
        self.count.another(&name, depth, || format!("{}/{}", way(&self.open), short(&name)))?;
        self.open.push(Node { name, ..Node::default() });
        Ok(())
    }

    fn close(&mut self) {
        let Some(mut node) = self.open.pop() else { return };
        node.text.truncate(node.text.trim_end().len());
        node.text.drain(..node.text.len() - node.text.trim_start().len());
        match self.open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => self.root = Some(node),
        }
    }

    fn text(&mut self, text: &str, at: u64) -> Result<(), Refusal> {
        let Some(node) = self.open.last_mut() else {
            let is_blank = text.chars().all(char::is_whitespace);
            let outside = || Refusal::malformed(format!("byte {at}"), "text outside of the outermost element");
            return if is_blank { Ok(()) } else { Err(outside()) };
        };
        // Between elements there is nothing but layout.
        if node.children.is_empty() || !text.trim().is_empty() {
            node.text.push_str(text);
        }
        let length = node.text.len();
        check_text(length, || way(&self.open))
    }

    fn way(&self) -> String {
        way(&self.open)
    }

    fn finish(self) -> Result<Node, Refusal> {
        if !self.open.is_empty() {
            return Err(Refusal::malformed(way(&self.open), "it ends in the middle of this element"));
        }
        self.root.ok_or_else(|| Refusal::malformed("the document", "it has no element"))
    }
}

fn way(open: &[Node]) -> String {
    let names: Vec<&str> = open.iter().map(|node| node.name.as_str()).collect();
    if names.is_empty() { "the beginning".to_owned() } else { short(&names.join("/")) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::read;
    use crate::imports::model::node::{DEPTH, NODES};

    #[test]
    fn elements_their_texts_and_the_five_entities_are_read() {
        let root = read(
            "<?xml version='1.0'?><!-- x --><A>\n <B>1 &lt; &#x32; &amp; &quot;</B><b><![CDATA[<3>]]></b><C/></A>",
        )
        .unwrap();
        let texts: Vec<_> = root.all("b").map(|node| node.text.as_str()).collect();
        assert_eq!((root.name.as_str(), texts), ("a", vec!["1 < 2 & \"", "<3>"]));
        assert!(root.child("c").is_some() && root.text.is_empty());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let deep = format!("{}{}", "<a>".repeat(DEPTH + 1), "</a>".repeat(DEPTH + 1));
        let many = format!("<a>{}</a>", "<b/>".repeat(NODES));
        let long = format!("<a><b>{}</b></a>", "x".repeat(70_000));
        for (document, kind, expected) in [
            ("<a><b>", "malformed", "a/b: it ends in the middle"),
            ("<a><b></a>", "malformed", "a/b at byte"),
            ("", "malformed", "no element"),
            ("<a/><b/>", "malformed", "a second outermost element"),
            ("<a/>x", "malformed", "text outside"),
            ("<a>&lol;</a>", "entity", "a: a document type or an entity"),
            ("<!DOCTYPE lolz [<!ENTITY lol \"lol\">]><a>&lol;</a>", "entity", "the beginning"),
            ("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", "entity", "the beginning"),
            (&deep, "beyond_limit", "more than 16 levels"),
            (&many, "beyond_limit", "more than 400000 elements"),
            (&long, "beyond_limit", "a/b: more than 65536 bytes of text"),
        ] {
            let refusal = read(document).unwrap_err();
            assert_eq!(refusal.name(), kind, "{refusal}");
            assert!(refusal.to_string().contains(expected), "{refusal}");
        }
    }

    #[test]
    fn a_hundred_thousand_open_elements_do_not_exhaust_the_stack() {
        assert!(read(&"<a>".repeat(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in r#"[<>&;/a!?\[\]"= ]{0,64}"#) {
            let _any_outcome = read(&text);
        }
    }
}

//! A document as a tree of names and texts: what XML and JSON have in common.

use super::refusal::Refusal;

/// Deepest nesting that is read.
pub const DEPTH: usize = 16;
/// Most elements or fields of one document.
pub const NODES: usize = 400_000;
/// Longest text of one element or field in bytes.
pub const TEXT_BYTES: usize = 64 << 10;
/// Longest name of an element or field in bytes.
pub const NAME_BYTES: usize = 128;

/// An element or a field. A list is as many nodes of the same name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// Its name in lower case: one dialect writes it large, the other small.
    pub name: String,
    /// Its text, without spaces at its ends.
    pub text: String,
    /// What is in it, in its order.
    pub children: Vec<Node>,
}

impl Node {
    /// The first child of a name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Every child of a name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of a child, unless it is empty.
    #[must_use]
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.all(name).map(|child| child.text.as_str()).find(|text| !text.is_empty())
    }
}

/// Counts what a document holds while it is read.
#[derive(Debug, Default)]
pub(super) struct Count {
    nodes: usize,
}

impl Count {
    /// Counts one more, which lies this deep.
    pub(super) fn another(&mut self, name: &str, depth: usize, place: impl FnOnce() -> String) -> Result<(), Refusal> {
        self.nodes += 1;
        let beyond = |what, limit| (what, limit);
        let broken = if depth > DEPTH {
            beyond("levels", DEPTH)
        } else if self.nodes > NODES {
            beyond("elements", NODES)
        } else if name.len() > NAME_BYTES {
            beyond("bytes in a name", NAME_BYTES)
        } else {
            return Ok(());
        };
        Err(Refusal::Beyond { place: place(), what: broken.0, limit: broken.1 })
    }
}

/// Checks the length of a text.
pub(super) fn check_text(length: usize, place: impl FnOnce() -> String) -> Result<(), Refusal> {
    if length <= TEXT_BYTES {
        return Ok(());
    }
    Err(Refusal::Beyond { place: place(), what: "bytes of text", limit: TEXT_BYTES })
}

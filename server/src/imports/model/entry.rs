//! One entry of an inventory, which remembers what was asked of it: the rest is named as not taken.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::node::Node;

/// An entry, as one drive or one package.
#[derive(Debug)]
pub struct Entry<'a> {
    node: &'a Node,
    asked: RefCell<BTreeSet<&'a str>>,
}

impl<'a> Entry<'a> {
    /// The entry of this node.
    #[must_use]
    pub fn new(node: &'a Node) -> Self {
        Self { node, asked: RefCell::default() }
    }

    /// The text of the first of these fields that has one: dialects name the same thing differently.
    pub fn text(&self, names: &[&str]) -> Option<&'a str> {
        let fields = self.node.children.iter().filter(|child| names.contains(&child.name.as_str()));
        let mut found = None;
        for field in fields {
            self.asked.borrow_mut().insert(field.name.as_str());
            if found.is_none() && !field.text.is_empty() && field.text != "N/A" {
                found = Some(field.text.as_str());
            }
        }
        found
    }

    /// The same as text of its own.
    pub fn owned(&self, names: &[&str]) -> Option<String> {
        self.text(names).map(str::to_owned)
    }

    /// A whole number without sign, with whatever unit behind it.
    pub fn whole(&self, names: &[&str]) -> Option<u64> {
        let text = self.text(names)?;
        let digits = text.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok()
    }

    /// A number of mebibytes, in bytes; none if there is none.
    pub fn mebibytes(&self, names: &[&str]) -> Option<u64> {
        self.whole(names).filter(|size| *size > 0).map(|size| size.saturating_mul(1 << 20))
    }

    /// Yes or no.
    pub fn flag(&self, names: &[&str]) -> Option<bool> {
        match self.text(names)?.to_ascii_lowercase().as_str() {
            "1" | "yes" | "true" | "up" | "on" => Some(true),
            "0" | "no" | "false" | "down" | "off" => Some(false),
            _ => None,
        }
    }

    /// Every text of a field, also of those one deeper: `ips` of one dialect holds texts, of another elements `ip`.
    pub fn texts(&self, name: &str) -> Vec<&'a str> {
        let mut texts = Vec::new();
        for field in self.node.all(name) {
            self.asked.borrow_mut().insert(field.name.as_str());
            let inner = field.children.iter().map(|child| child.text.as_str());
            texts.extend(std::iter::once(field.text.as_str()).chain(inner).filter(|text| !text.is_empty()));
        }
        texts
    }

    /// An entry within this one.
    pub fn inner(&self, name: &str) -> Option<Entry<'a>> {
        let field = self.node.all(name).next()?;
        self.asked.borrow_mut().insert(field.name.as_str());
        Some(Entry::new(field))
    }

    /// What to call it.
    #[must_use]
    pub fn called(&self) -> Option<String> {
        let names = ["name", "caption", "description", "ifname", "type", "lv_name", "manufacturer", "login", "key"];
        names.iter().find_map(|name| self.node.text_of(name)).map(|name| name.chars().take(120).collect())
    }

    /// The fields with something in them that nobody asked for.
    pub fn rest(&self) -> BTreeSet<&'a str> {
        let asked = self.asked.borrow();
        let full = |child: &&Node| !child.text.is_empty() || !child.children.is_empty();
        let names = self.node.children.iter().filter(full).map(|child| child.name.as_str());
        names.filter(|name| !asked.contains(name)).collect()
    }
}

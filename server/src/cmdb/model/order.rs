//! The order of sources: who is asked first, by class and attribute.

use std::collections::BTreeMap;

use super::class::{ClassBook, ROOT};
use super::source::SourceName;

/// Every order there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Orders(BTreeMap<Subject, Vec<SourceName>>);

/// What an order is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// A class and all that inherit from it.
    pub class: String,
    /// One attribute; without it all that have no order of their own.
    pub attribute: Option<String>,
}

/// The order that holds for an attribute of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held<'a> {
    /// For what it was set.
    pub subject: &'a Subject,
    /// Most believed first.
    pub sources: &'a [SourceName],
}

impl Subject {
    /// All attributes of all items.
    #[must_use]
    pub fn everything() -> Self {
        Self { class: ROOT.to_owned(), attribute: None }
    }

    /// Whether an order for this can be taken away: something has to hold for everything.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.class == ROOT && self.attribute.is_none()
    }
}

impl Held<'_> {
    /// The place of a source; all that the order does not name share the last.
    #[must_use]
    pub fn rank(&self, source: &SourceName) -> usize {
        self.sources.iter().position(|one| one == source).unwrap_or(self.sources.len())
    }
}

impl Orders {
    /// Each order.
    pub fn iter(&self) -> impl Iterator<Item = Held<'_>> {
        self.0.iter().map(|(subject, sources)| Held { subject, sources })
    }

    /// The order set for exactly this.
    #[must_use]
    pub fn get(&self, subject: &Subject) -> Option<&[SourceName]> {
        self.0.get(subject).map(Vec::as_slice)
    }

    /// The same orders with this one in place of what was there.
    #[must_use]
    pub fn with(mut self, subject: Subject, sources: Vec<SourceName>) -> Self {
        self.0.insert(subject, sources);
        self
    }

    /// The same orders without the one for this.
    #[must_use]
    pub fn without(mut self, subject: &Subject) -> Self {
        self.0.remove(subject);
        self
    }

    /// The order that holds for an attribute of items of a class. One for the attribute goes before one for all; among
    /// those, the one of the nearest class does.
    #[must_use]
    pub fn held(&self, book: &ClassBook, class: &str, attribute: &str) -> Option<Held<'_>> {
        let find = |attribute: Option<&str>| {
            book.lineage(class).find_map(|one| {
                let subject = Subject { class: one.name.clone(), attribute: attribute.map(str::to_owned) };
                self.0.get_key_value(&subject)
            })
        };
        let (subject, sources) = find(Some(attribute)).or_else(|| find(None))?;
        Some(Held { subject, sources })
    }
}

impl FromIterator<(Subject, Vec<SourceName>)> for Orders {
    fn from_iter<I: IntoIterator<Item = (Subject, Vec<SourceName>)>>(orders: I) -> Self {
        Self(orders.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::class::tests::book;
    use super::{Orders, ROOT, Subject};
    use crate::cmdb::model::source::SourceName;

    fn subject(class: &str, attribute: Option<&str>) -> Subject {
        Subject { class: class.to_owned(), attribute: attribute.map(str::to_owned) }
    }

    #[test]
    fn the_nearest_order_of_the_attribute_goes_before_any_order_of_all() {
        let only = |name: SourceName| vec![name];
        let orders: Orders = [
            (Subject::everything(), only(SourceName::AGENT)),
            (subject("virtual_machine", None), only(SourceName::IMPORT)),
            (subject("host", Some("os_name")), only(SourceName::PERSON)),
        ]
        .into_iter()
        .collect();
        let held =
            |class: &str, attribute: &str| orders.held(&book(), class, attribute).map(|one| one.sources.to_vec());
        assert_eq!(held("virtual_machine", "os_name"), Some(only(SourceName::PERSON)));
        assert_eq!(held("virtual_machine", "hypervisor"), Some(only(SourceName::IMPORT)));
        assert_eq!(held("host", "name"), Some(only(SourceName::AGENT)));
        assert_eq!(held("printer", "name"), Some(only(SourceName::AGENT)));
        assert_eq!(orders.held(&book(), ROOT, "name").map(|one| one.rank(&SourceName::PIN)), Some(1));
    }
}

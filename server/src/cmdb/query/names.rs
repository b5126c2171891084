//! The filters there are besides the attributes of classes.

use super::syntax::Fault;
use crate::cmdb::model::class::ClassBook;

/// A filter that is no attribute of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Filter {
    Class,
    Name,
    Owner,
    Team,
    Environment,
    Criticality,
    Lifecycle,
    Observation,
    Organisation,
    Seen,
    Stale,
    FirstSeen,
    Created,
    Serial,
    Mac,
    Ip,
    Host,
    Os,
    Tag,
    Software,
    Group,
    Health,
    Judged,
    Missing,
}

/// Every name of a filter; the first of each is the one that is offered.
pub const NAMES: [(&str, Filter); 29] = [
    ("class", Filter::Class),
    ("name", Filter::Name),
    ("owner", Filter::Owner),
    ("team", Filter::Team),
    ("support_team", Filter::Team),
    ("env", Filter::Environment),
    ("environment", Filter::Environment),
    ("criticality", Filter::Criticality),
    ("lifecycle", Filter::Lifecycle),
    ("observation", Filter::Observation),
    ("org", Filter::Organisation),
    ("organisation", Filter::Organisation),
    ("seen", Filter::Seen),
    ("last_seen", Filter::Seen),
    ("stale", Filter::Stale),
    ("first_seen", Filter::FirstSeen),
    ("created", Filter::Created),
    ("serial", Filter::Serial),
    ("mac", Filter::Mac),
    ("ip", Filter::Ip),
    ("address", Filter::Ip),
    ("host", Filter::Host),
    ("os", Filter::Os),
    ("tag", Filter::Tag),
    ("software", Filter::Software),
    ("group", Filter::Group),
    ("health", Filter::Health),
    ("judged", Filter::Judged),
    ("missing", Filter::Missing),
];

/// The attribute that holds an item's tags.
pub const TAGS: &str = crate::cmdb::model::tag::ATTRIBUTE;

/// The filter of this name.
#[must_use]
pub fn find(name: &str) -> Option<Filter> {
    NAMES.iter().find(|(one, _)| *one == name).map(|(_, filter)| *filter)
}

/// The names that are offered: one of each filter that means something here, then the attributes of classes.
#[must_use]
pub fn offered(book: &ClassBook) -> Vec<String> {
    let mut offered: Vec<String> = Vec::new();
    let mut last = None;
    for (name, filter) in NAMES {
        let has_meaning = filter != Filter::Tag || book.attributes_named(TAGS).next().is_some();
        if last != Some(filter) && has_meaning {
            offered.push(name.to_owned());
        }
        last = Some(filter);
    }
    let attributes = book.classes().iter().flat_map(|class| book.attributes_of(&class.name));
    for attribute in attributes {
        if find(&attribute.name).is_none() && !offered.contains(&attribute.name) {
            offered.push(attribute.name.clone());
        }
    }
    offered
}

/// There is no such filter; those that begin alike are offered, or else all that are no attributes.
#[must_use]
pub fn unknown(book: &ClassBook, name: &str, column: usize) -> Fault {
    let begin: String = name.chars().take(2).collect();
    let alike: Vec<String> = offered(book).into_iter().filter(|one| one.starts_with(&begin)).collect();
    let allowed =
        if alike.is_empty() { offered(book).into_iter().filter(|one| find(one).is_some()).collect() } else { alike };
    let detail = format!("there is no filter `{name}`; write \"{name}:…\" in quotes to look for the text");
    Fault::new(column, "unknown", detail).allowing(allowed)
}

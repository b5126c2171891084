//! Which items: from what was asked to what is looked for.

use jiff::Timestamp;

use crate::cmdb::error::FieldFault;
use crate::cmdb::model::attribute::{Attribute, CRITICALITY};
use crate::cmdb::model::class::{ClassBook, ROOT};
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::observation::Observation;
use crate::cmdb::model::value::AttributeType;
use crate::cmdb::organisation::OrganisationTree;
use crate::cmdb::query::check::{Checker, Condition, Test};
use crate::cmdb::query::parse::QUERY_BYTES;
use crate::cmdb::query::{Fault, Known};
use crate::kernel::id::OrganisationId;

/// Most values of one filter.
const VALUES_MAX: usize = 50;
/// Most attributes in one filter.
const ATTRIBUTES_MAX: usize = 10;

/// A filter as it was written. An empty list filters nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawFilter {
    /// Class names; subclasses are included.
    pub class: Vec<String>,
    /// A query: see [`crate::cmdb::query`].
    pub q: Option<String>,
    /// Lifecycles.
    pub lifecycle: Vec<String>,
    /// Observations.
    pub observation: Vec<String>,
    /// Organisation ids; what lies below is included.
    pub organisation: Vec<String>,
    /// Levels of criticality.
    pub criticality: Vec<String>,
    /// Environments.
    pub environment: Vec<String>,
    /// Shown values by attribute.
    pub attributes: Vec<(String, Vec<String>)>,
    /// The time to look at.
    pub as_of: Option<String>,
}

/// A filter that can be looked for. `None` filters nothing; an empty list matches nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub(super) classes: Option<Vec<String>>,
    pub(super) query: Option<Condition>,
    pub(super) lifecycles: Option<Vec<Lifecycle>>,
    pub(super) observations: Option<Vec<Observation>>,
    pub(super) organisations: Option<Vec<OrganisationId>>,
    pub(super) criticalities: Option<Vec<i32>>,
    pub(super) environments: Option<Vec<String>>,
    pub(super) attributes: Vec<AttributeFilter>,
    pub(super) as_of: Option<Timestamp>,
    pub(super) root: RootAttributes,
}

/// One of these values in one of the attributes of that name.
#[derive(Debug, Clone)]
pub struct AttributeFilter {
    pub(in crate::cmdb) alternatives: Vec<Alternative>,
}

/// One of these values in one attribute.
#[derive(Debug, Clone)]
pub(in crate::cmdb) struct Alternative {
    pub(in crate::cmdb) attribute_id: i32,
    pub(in crate::cmdb) attribute: String,
    /// Whether the attribute is a list, of which one entry must match.
    pub(in crate::cmdb) is_list: bool,
    /// As JSON text.
    pub(in crate::cmdb) values: Vec<String>,
    /// What a query asks of the value instead.
    pub(in crate::cmdb) test: Option<Test>,
}

/// The keys of the attributes that stand in the item's own row today, and in values at other times.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RootAttributes {
    pub(super) name: i32,
    pub(super) lifecycle: i32,
    pub(super) criticality: i32,
    pub(super) environment: i32,
    pub(super) team: i32,
}

impl RawFilter {
    /// Reads the filter.
    ///
    /// # Errors
    ///
    /// Every fault it has, by parameter.
    pub fn check(
        &self,
        book: &ClassBook,
        organisations: &OrganisationTree,
        known: &Known,
    ) -> Result<Filter, Vec<FieldFault>> {
        let mut faults = Vec::new();
        let filter = Filter {
            classes: self.classes(book, &mut faults),
            query: self.query(Checker { book, organisations, known }, &mut faults),
            lifecycles: each("lifecycle", &self.lifecycle, &mut faults, |text| text.parse().ok()),
            observations: each("observation", &self.observation, &mut faults, |text| text.parse().ok()),
            organisations: each("organisation", &self.organisation, &mut faults, |text| text.parse().ok())
                .map(|tops| tops.into_iter().flat_map(|top| organisations.subtree(top)).collect()),
            criticalities: each("criticality", &self.criticality, &mut faults, level),
            environments: each("environment", &self.environment, &mut faults, |text| Some(text.to_owned())),
            attributes: self.attributes.iter().filter_map(|one| attribute_filter(book, one, &mut faults)).collect(),
            as_of: as_of(self.as_of.as_deref(), &mut faults),
            root: RootAttributes::find(book),
        };
        if self.attributes.len() > ATTRIBUTES_MAX {
            faults.push(too_many("attr", ATTRIBUTES_MAX));
        }
        if faults.is_empty() { Ok(filter) } else { Err(faults) }
    }

    fn classes(&self, book: &ClassBook, faults: &mut Vec<FieldFault>) -> Option<Vec<String>> {
        let known = |name: &str| book.class(name).map(|class| class.name.clone());
        let classes = each("class", &self.class, faults, known)?;
        let mut names: Vec<String> =
            classes.iter().flat_map(|class| book.with_subclasses(class)).map(|class| class.name.clone()).collect();
        names.sort_unstable();
        names.dedup();
        Some(names)
    }

    fn query(&self, checker: Checker<'_>, faults: &mut Vec<FieldFault>) -> Option<Condition> {
        let text = self.q.as_deref().filter(|text| !text.trim().is_empty())?;
        checker.check(text).map_err(|fault| faults.push(fault.into())).ok()
    }
}

impl From<Fault> for FieldFault {
    fn from(fault: Fault) -> Self {
        let limit = (fault.code == "too_long").then(|| i64::try_from(QUERY_BYTES).ok()).flatten();
        let offered =
            if fault.allowed.is_empty() { String::new() } else { format!("; allowed: {}", fault.allowed.join(", ")) };
        Self { limit, ..Self::new("q", fault.code, format!("{fault}{offered}")) }
    }
}

impl Filter {
    /// Which time is looked at, if not now.
    #[must_use]
    pub const fn as_of(&self) -> Option<Timestamp> {
        self.as_of
    }
}

impl RootAttributes {
    fn find(book: &ClassBook) -> Self {
        let id = |name: &str| book.attribute(ROOT, name).map_or(0, |attribute| attribute.id);
        Self {
            name: id("name"),
            lifecycle: id("lifecycle"),
            criticality: id("criticality"),
            environment: id("environment"),
            team: id("support_team"),
        }
    }
}

fn each<T>(
    field: &str,
    texts: &[String],
    faults: &mut Vec<FieldFault>,
    read: impl Fn(&str) -> Option<T>,
) -> Option<Vec<T>> {
    if texts.is_empty() {
        return None;
    }
    if texts.len() > VALUES_MAX {
        faults.push(too_many(field, VALUES_MAX));
        return None;
    }
    let read_or_fault = |text: &String| {
        let value = read(text);
        if value.is_none() {
            faults.push(FieldFault::new(field, "unknown", format!("`{text}` is not known")));
        }
        value
    };
    Some(texts.iter().filter_map(read_or_fault).collect())
}

fn too_many(field: &str, limit: usize) -> FieldFault {
    FieldFault { limit: i64::try_from(limit).ok(), ..FieldFault::new(field, "too_long", format!("more than {limit}")) }
}

fn level(text: &str) -> Option<i32> {
    text.parse().ok().filter(|level| CRITICALITY.contains(&i64::from(*level)))
}

/// The time in a query, in whole microseconds.
pub(in crate::cmdb) fn as_of(text: Option<&str>, faults: &mut Vec<FieldFault>) -> Option<Timestamp> {
    let text = text?;
    let at = text.parse().ok().and_then(|at: Timestamp| Timestamp::from_microsecond(at.as_microsecond()).ok());
    if at.is_none() {
        faults.push(FieldFault::new("as_of", "invalid", "not a time (RFC 3339)"));
    }
    at
}

fn attribute_filter(
    book: &ClassBook,
    (name, texts): &(String, Vec<String>),
    faults: &mut Vec<FieldFault>,
) -> Option<AttributeFilter> {
    let field = format!("attr.{name}");
    let attributes: Vec<&Attribute> = book.attributes_named(name).collect();
    if attributes.is_empty() {
        faults.push(FieldFault::new(field, "unknown", "no class has this attribute"));
        return None;
    }
    if texts.len() > VALUES_MAX {
        faults.push(too_many(&field, VALUES_MAX));
        return None;
    }
    let alternatives: Vec<_> = attributes.iter().filter_map(|attribute| alternative(attribute, texts)).collect();
    if alternatives.is_empty() {
        faults.push(FieldFault::new(field, "invalid", "not a value of this attribute"));
        return None;
    }
    Some(AttributeFilter { alternatives })
}

/// Attributes of the same name may take other types in other classes: each is asked for what it can hold.
fn alternative(attribute: &Attribute, texts: &[String]) -> Option<Alternative> {
    let values: Vec<String> =
        texts.iter().filter_map(|text| attribute.read_text(text).ok()).map(|value| value.to_stored()).collect();
    let (attribute_id, is_list) = (attribute.id, attribute.kind == AttributeType::List);
    (!values.is_empty()).then(|| Alternative {
        attribute_id,
        attribute: attribute.name.clone(),
        is_list,
        values,
        test: None,
    })
}

//! The classes, attributes and relation types that every installation begins with.
//!
//! Does: hold them as data and bring the database up to them at every start.
//! Does not: remove anything, nor touch what an administrator added under another name.
//!
//! Invariants: [`install`] run twice changes nothing the second time; names are never changed, only added.

mod document;
mod store;
#[cfg(test)]
mod tests;

use super::class::count_change;
use super::inheritance;
use crate::cmdb::model::order::Subject;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::policy::shipped as policies;
use crate::store::{Conn, StoreError};

pub use self::document::{
    Attribute, AttributeKind, Choice, Class, Constraint, Family, Label, Order, RelationType, Source,
};

/// What an installation begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipped {
    /// Classes, parents before their children.
    pub classes: Vec<Class>,
    /// Attributes, grouped by the class that defines them.
    pub attributes: Vec<Attribute>,
    /// Rules for attributes in classes that inherit them.
    pub constraints: Vec<Constraint>,
    /// Relation types.
    pub relation_types: Vec<RelationType>,
    /// Sources.
    pub sources: Vec<Source>,
    /// Who of them is believed first.
    pub orders: Vec<Order>,
}

/// Why the shipped classes could not be brought into the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A document inside the program does not parse.
    #[error("the shipped classes do not parse")]
    Malformed(#[from] toml::de::Error),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Shipped {
    /// Reads the documents inside the program.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`] when one does not parse, which a test rules out.
    pub fn read() -> Result<Self, Error> {
        let classes = toml::from_str::<document::Classes>(include_str!("classes.toml"))?;
        let attributes = toml::from_str::<document::Attributes>(include_str!("attributes.toml"))?;
        let relation_types = toml::from_str::<document::RelationTypes>(include_str!("relation_types.toml"))?;
        let sources = toml::from_str::<document::Sources>(include_str!("sources.toml"))?;
        Ok(Self {
            classes: classes.class,
            attributes: attributes.attribute.iter().flat_map(document::Entry::each).collect(),
            constraints: attributes.constraint,
            relation_types: relation_types.relation_type,
            sources: sources.source,
            orders: sources.order,
        })
    }
}

/// The order of this subject that is shipped, if one is.
///
/// # Errors
///
/// [`Error::Malformed`] when a document does not parse, which a test rules out.
pub fn order(subject: &Subject) -> Result<Option<Vec<SourceName>>, Error> {
    let orders = Shipped::read()?.orders;
    let found = orders.iter().find(|one| (&one.class, &one.attribute) == (&subject.class, &subject.attribute));
    Ok(found.map(|order| order.sources.iter().filter_map(|name| name.parse().ok()).collect()))
}

/// Brings the database up to what this version ships: adds what is missing, corrects labels, order and meaning.
///
/// Sources and orders belong to the installation once they are there. Where an administrator's class or attribute has
/// a name that is new in this version, the administrator's stays and the shipped one is left out; the log says so.
///
/// Runs in the caller's transaction; several servers may do so at once.
///
/// # Errors
///
/// [`Error::Store`] when the database refuses; then nothing was changed.
pub fn install(conn: &mut Conn) -> Result<(), Error> {
    let shipped = Shipped::read()?;
    store::lock(conn)?;
    let mut changed = store::put_classes(conn, &shipped.classes)?;
    changed |= store::put_attributes(conn, &shipped.attributes)?;
    changed |= store::put_constraints(conn, &shipped)?;
    if changed {
        count_change(conn)?;
    }
    if store::put_relation_types(conn, &shipped.relation_types)? {
        inheritance::look_at_everything(conn)?;
    }
    store::put_sources(conn, &shipped)?;
    policies::install(conn)?;
    Ok(())
}

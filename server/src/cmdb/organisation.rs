//! Organisations as the register needs them: their names, and what lies below one.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use crate::index::model::fold::fold;
use crate::kernel::id::OrganisationId;
use crate::kernel::scope::Scope;
use crate::store::column::Key16;
use crate::store::schema::access_organisation as o;
use crate::store::{Conn, StoreError};

/// Every organisation's parent and name.
#[derive(Debug, Clone, Default)]
pub struct OrganisationTree(BTreeMap<OrganisationId, (Option<OrganisationId>, String)>);

/// The whole tree, in one query.
pub fn load_tree(conn: &mut Conn) -> Result<OrganisationTree, StoreError> {
    let rows: Vec<(Key16, Option<Key16>, String)> = o::table.select((o::id, o::parent_id, o::name)).load(conn)?;
    let rows = rows.into_iter().map(|(id, parent, name)| (id.into(), (parent.map(OrganisationId::from), name)));
    Ok(OrganisationTree(rows.collect()))
}

impl OrganisationTree {
    /// The tree of these organisations: id, parent, name.
    #[must_use]
    pub fn new(rows: impl IntoIterator<Item = (OrganisationId, Option<OrganisationId>, String)>) -> Self {
        Self(rows.into_iter().map(|(id, parent, name)| (id, (parent, name))).collect())
    }

    /// Its name.
    #[must_use]
    pub fn name(&self, id: OrganisationId) -> Option<&str> {
        self.0.get(&id).map(|(_, name)| name.as_str())
    }

    /// Those of this name, folded.
    #[must_use]
    pub fn named(&self, folded: &str) -> Vec<OrganisationId> {
        self.0.iter().filter(|(_, (_, name))| fold(name) == folded).map(|(id, _)| *id).collect()
    }

    /// Every one in scope with its name.
    pub fn within<'a>(&'a self, scope: &'a Scope) -> impl Iterator<Item = (OrganisationId, &'a str)> {
        self.0.iter().filter(|(id, _)| scope.contains(**id)).map(|(id, (_, name))| (*id, name.as_str()))
    }

    /// The organisation and all above it.
    #[must_use]
    pub fn upwards(&self, id: OrganisationId) -> Vec<OrganisationId> {
        let parent = |id: &OrganisationId| self.0.get(id).and_then(|(parent, _)| *parent);
        std::iter::successors(Some(id), parent).take(self.0.len()).collect()
    }

    /// The organisation and all below it.
    #[must_use]
    pub fn subtree(&self, top: OrganisationId) -> BTreeSet<OrganisationId> {
        let mut found = BTreeSet::from([top]);
        loop {
            let below = |(parent, _): &(Option<OrganisationId>, String)| parent.is_some_and(|one| found.contains(&one));
            let more: Vec<_> =
                self.0.iter().filter(|(id, row)| !found.contains(id) && below(row)).map(|(id, _)| *id).collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }

    /// Where something new belongs when the caller does not say: the one organisation in scope that has no parent in
    /// scope, if there is just one.
    #[must_use]
    pub fn top_of(&self, scope: &Scope) -> Option<OrganisationId> {
        let in_scope = |id: &OrganisationId| scope.contains(*id) && self.0.contains_key(id);
        let mut tops =
            self.0.iter().filter(|(id, (parent, _))| in_scope(id) && !parent.is_some_and(|one| in_scope(&one)));
        match (tops.next(), tops.next()) {
            (Some((id, _)), None) => Some(*id),
            _ => None,
        }
    }
}

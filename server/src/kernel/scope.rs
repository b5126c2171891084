//! Which organisations a read or write may touch.

use std::collections::BTreeSet;

use super::id::OrganisationId;

/// The organisations somebody may see for one permission.
///
/// Every query of scoped data takes one. What lies outside answers exactly like what does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope(Reach);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Reach {
    All,
    Only(BTreeSet<OrganisationId>),
}

impl Scope {
    /// Every organisation: for the server's own work and for grants at the root.
    #[must_use]
    pub const fn all() -> Self {
        Self(Reach::All)
    }

    /// These organisations; sub-organisations must be in the list already.
    #[must_use]
    pub const fn only(organisations: BTreeSet<OrganisationId>) -> Self {
        Self(Reach::Only(organisations))
    }

    /// The organisations to filter by, or `None` for all.
    #[must_use]
    pub const fn organisations(&self) -> Option<&BTreeSet<OrganisationId>> {
        match &self.0 {
            Reach::All => None,
            Reach::Only(organisations) => Some(organisations),
        }
    }

    /// Whether the organisation is in scope.
    #[must_use]
    pub fn contains(&self, organisation: OrganisationId) -> bool {
        self.organisations().is_none_or(|organisations| organisations.contains(&organisation))
    }
}

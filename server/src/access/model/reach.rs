//! How far grants reach: a role in an organisation holds there and in everything below it.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::id::OrganisationId;
use crate::kernel::permission::{Permission, Role};
use crate::kernel::scope::Scope;

/// A role in an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// Where it begins to hold.
    pub organisation: OrganisationId,
}

/// The tree of organisations, each with its parent; the root has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree(BTreeMap<OrganisationId, Option<OrganisationId>>);

impl Tree {
    /// The tree of these organisations and parents.
    #[must_use]
    pub const fn new(parents: BTreeMap<OrganisationId, Option<OrganisationId>>) -> Self {
        Self(parents)
    }

    /// Whether there is such an organisation.
    #[must_use]
    pub fn contains(&self, organisation: OrganisationId) -> bool {
        self.0.contains_key(&organisation)
    }

    /// These organisations and everything below them; the root's is everything there is and will be.
    #[must_use]
    pub fn below(&self, tops: &BTreeSet<OrganisationId>) -> Scope {
        if tops.iter().any(|top| self.0.get(top) == Some(&None)) {
            return Scope::all();
        }
        Scope::only(self.0.keys().copied().filter(|id| self.path(*id).any(|above| tops.contains(&above))).collect())
    }

    /// Whether the organisation is this one or lies below it.
    #[must_use]
    pub fn is_within(&self, organisation: OrganisationId, top: OrganisationId) -> bool {
        self.path(organisation).any(|above| above == top)
    }

    /// The organisation, its parent, and so on to the root. A circle, which should not exist, ends.
    fn path(&self, from: OrganisationId) -> impl Iterator<Item = OrganisationId> {
        std::iter::successors(Some(from), |id| self.0.get(id).copied().flatten()).take(self.0.len())
    }

    /// Every permission that the grants hold, and where.
    #[must_use]
    pub fn permissions(&self, grants: &[Grant]) -> BTreeMap<Permission, Scope> {
        let mut tops: BTreeMap<Permission, BTreeSet<OrganisationId>> = BTreeMap::new();
        for grant in grants {
            for permission in grant.role.permissions() {
                tops.entry(*permission).or_default().insert(grant.organisation);
            }
        }
        tops.into_iter().map(|(permission, tops)| (permission, self.below(&tops))).collect()
    }

    /// Where the grants hold this role.
    #[must_use]
    pub fn scope_of(&self, grants: &[Grant], role: Role) -> Scope {
        self.below(&grants.iter().filter(|grant| grant.role == role).map(|grant| grant.organisation).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use uuid::Uuid;

    use super::{Grant, Tree};
    use crate::kernel::id::OrganisationId;
    use crate::kernel::permission::{Permission, Role};

    const fn org(number: u128) -> OrganisationId {
        OrganisationId::from_uuid(Uuid::from_u128(number))
    }

    /// 1 ─ 2 ─ 4, and 1 ─ 3.
    fn tree() -> Tree {
        Tree::new(BTreeMap::from([
            (org(1), None),
            (org(2), Some(org(1))),
            (org(3), Some(org(1))),
            (org(4), Some(org(2))),
        ]))
    }

    #[test]
    fn a_grant_reaches_everything_below_and_nothing_beside() {
        let scope = tree().below(&BTreeSet::from([org(2)]));
        let reached: Vec<bool> = (1..=4).map(|number| scope.contains(org(number))).collect();
        assert_eq!(reached, [false, true, false, true]);
    }

    #[test]
    fn a_grant_at_the_root_reaches_what_does_not_exist_yet() {
        assert!(tree().below(&BTreeSet::from([org(1)])).contains(org(99)));
    }

    #[test]
    fn a_permission_reaches_where_any_role_that_holds_it_does() {
        let grants = [
            Grant { role: Role::Viewer, organisation: org(3) },
            Grant { role: Role::AssetManager, organisation: org(4) },
        ];
        let permissions = tree().permissions(&grants);
        let reads = permissions.get(&Permission::CiRead).unwrap();
        assert!(reads.contains(org(3)) && reads.contains(org(4)) && !reads.contains(org(2)));
        let writes = permissions.get(&Permission::CiWrite).unwrap();
        assert!(writes.contains(org(4)) && !writes.contains(org(3)));
        assert!(!permissions.contains_key(&Permission::UserManage));
    }

    #[test]
    fn a_grant_in_an_organisation_that_is_gone_reaches_nothing() {
        let scope = tree().below(&BTreeSet::from([org(99)]));
        assert!((1..=4).all(|number| !scope.contains(org(number))));
    }

    #[test]
    fn a_circle_of_parents_ends() {
        let circle = Tree::new(BTreeMap::from([(org(1), Some(org(2))), (org(2), Some(org(1)))]));
        assert!(circle.below(&BTreeSet::from([org(2)])).contains(org(1)));
    }
}

//! On how many items versions and products are installed.
//!
//! Every set of the blocks in question is read once and looked into here. Joining versions with sets would read a set
//! again for each version: a page of fifty products on ten thousand hosts would be half a million rows.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use jiff::Timestamp;

use super::BLOCK;
use crate::catalogue::product::store::organisations;
use crate::cmdb::item::software::outdated_lists;
use crate::kernel::scope::Scope;
use crate::store::column::At;
use crate::store::conn::MultiBackend;
use crate::store::schema::{catalogue_installation_set as s, cmdb_ci as c};
use crate::store::{Conn, StoreError};

/// How many items have something installed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::catalogue) struct Census {
    /// By version; one that nothing has is left out.
    pub(in crate::catalogue) versions: BTreeMap<i32, i64>,
    /// By product, whichever of its versions.
    pub(in crate::catalogue) products: BTreeMap<i32, i64>,
}

/// An item, a block, and which versions of the block the item has.
type Set = (i32, i32, i64);

/// Counts the items in scope that have these versions, each with its product, installed now or had at a time. Of an item
/// that several rows tell of, the list counts that came last.
pub(in crate::catalogue) fn take(
    conn: &mut Conn,
    (scope, as_of): (&Scope, Option<Timestamp>),
    versions: &[(i32, i32)],
) -> Result<Census, StoreError> {
    let blocks: BTreeSet<i32> = versions.iter().map(|(version, _)| version.div_euclid(BLOCK)).collect();
    let of_blocks = s::table.filter(s::block.eq_any(blocks)).select((s::ci_key, s::block, s::bits));
    let mut sets = of_blocks.into_boxed::<MultiBackend>();
    if let Some(keys) = organisations(scope) {
        sets = sets.filter(s::ci_key.eq_any(c::table.filter(c::organisation_id.eq_any(keys)).select(c::key)));
    }
    let outdated: BTreeSet<i32> = outdated_lists(conn, as_of)?.into_iter().collect();
    let mut sets: Vec<Set> = match as_of {
        None => sets.filter(s::valid_to.is_null()).load(conn)?,
        Some(at) => {
            let ended_later = s::valid_to.is_null().or(s::valid_to.gt(At(at)));
            sets.filter(s::valid_from.le(At(at)).and(ended_later)).load(conn)?
        }
    };
    sets.retain(|(row, ..)| !outdated.contains(row));
    Ok(count(sets, versions))
}

fn count(mut sets: Vec<Set>, versions: &[(i32, i32)]) -> Census {
    let mut asked: BTreeMap<i32, Vec<(i64, i32, i32)>> = BTreeMap::new();
    for (version, product) in versions {
        let place = (1 << version.rem_euclid(BLOCK), *version, *product);
        asked.entry(version.div_euclid(BLOCK)).or_default().push(place);
    }
    // Item by item: one counts once for a product, however many versions of it it has.
    sets.sort_unstable();
    let mut census = Census::default();
    let mut counted: BTreeMap<i32, i32> = BTreeMap::new();
    for (item, block, bits) in sets {
        for (bit, version, product) in asked.get(&block).into_iter().flatten() {
            if bits & bit == 0 {
                continue;
            }
            *census.versions.entry(*version).or_default() += 1;
            if counted.insert(*product, item) != Some(item) {
                *census.products.entry(*product).or_default() += 1;
            }
        }
    }
    census
}

#[cfg(test)]
mod tests {
    use super::{Census, count};

    #[test]
    fn an_item_counts_once_for_a_product_whose_versions_lie_in_several_sets() {
        // Product 7 has the versions 1, 63 and 64, product 8 has version 2, product 9 version 3, which nothing has.
        let versions = [(1, 7), (63, 7), (64, 7), (2, 8), (3, 9)];
        let sets = vec![(20, 1, 1), (10, 0, 0b110 | i64::MIN), (20, 0, 0b10), (30, 0, i64::MIN), (10, 0, 0)];
        let expected =
            Census { versions: [(1, 2), (2, 1), (63, 2), (64, 1)].into(), products: [(7, 3), (8, 1)].into() };
        assert_eq!(count(sets, &versions), expected);
    }
}

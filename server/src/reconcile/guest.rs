//! Reads which hosts of the register a report's guests are, and whose guest its host is: one statement.

use std::collections::{BTreeMap, BTreeSet};

use super::known::{CiKey, Known};
use super::observe::{IdentifierKind, Observed};
use super::report::Report;
use crate::cmdb::observed::guest;
use crate::store::{Conn, StoreError};

/// The hosts that are guests on this one, and the one that this is a guest on. A UUID that several hosts have, or
/// that runs in several places, tells nothing.
pub(super) fn load(conn: &mut Conn, report: &Report, observed: &Observed, known: &mut Known) -> Result<(), StoreError> {
    let (own_uuid, guest_uuid) = (IdentifierKind::ProductUuid.name(), IdentifierKind::GuestUuid.name());
    let mut wanted: Vec<_> = observed.guests.iter().flatten().map(|one| (own_uuid, one.as_str())).collect();
    wanted.extend(observed.product_uuid().map(|one| (guest_uuid, one)));
    if wanted.is_empty() {
        return Ok(());
    }
    let own = known.host.as_ref().map(|host| host.key);
    let mut found: BTreeMap<(String, String), BTreeSet<CiKey>> = BTreeMap::new();
    for row in guest::holders(conn, &wanted, report.organisation)? {
        if Some(row.ci_key) != own {
            found.entry((row.kind, row.value)).or_default().insert(row.ci_key);
        }
    }
    for ((kind, _), holders) in found {
        if let (Some(only), 1) = (holders.first(), holders.len()) {
            if kind == guest_uuid {
                known.hypervisor = Some(*only);
            } else {
                known.guests.insert(*only);
            }
        }
    }
    Ok(())
}

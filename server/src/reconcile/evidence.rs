//! What a report says of which machine it is from, as evidence for `identification`.

use super::attribute::VENDOR;
use super::inventory::Inventory;
use super::observe::{Evidence, IdentifierKind, Observed};

/// The evidence in what was observed. Its guests' UUIDs are not its own.
#[must_use]
pub fn of(observed: &Observed) -> Evidence {
    let mut evidence = Evidence::default();
    for (kind, values) in observed.identifiers.iter().filter(|(kind, _)| *kind != IdentifierKind::GuestUuid) {
        for value in values {
            evidence.add(*kind, value);
        }
    }
    let makers = observed.values.iter().filter(|(attribute, _)| attribute.name == VENDOR.name);
    for json in makers.filter_map(|(_, value)| value.as_deref()) {
        // A value is the JSON text that it is stored as; one of another type names no maker.
        if let Ok(maker) = serde_json::from_str::<String>(json) {
            evidence.add_maker(&maker);
        }
    }
    evidence
}

/// The evidence in what an agent observed: with the boot that it speaks from.
#[must_use]
pub fn of_agent(observed: &Observed, inventory: &Inventory) -> Evidence {
    let boot_id = inventory.identity.as_ref().and_then(|identity| identity.boot_id.clone());
    Evidence { boot_id, ..of(observed) }
}

//! What a host can be recognised by.

use super::Planner;
use crate::reconcile::attribute::{Attribute, host};

impl Planner<'_> {
    pub(super) fn identifiers(&mut self) {
        for (kind, observed) in &self.observed.identifiers {
            let kind = kind.name();
            for (_, value) in self.known.identifiers.iter().filter(|(known, _)| known == kind) {
                if !observed.contains(value) && !self.others_identify(kind, value) {
                    self.plan.closed_identifiers.insert((kind.to_owned(), value.clone()));
                }
            }
            for value in observed {
                let identifier = (kind.to_owned(), value.clone());
                if !self.known.identifiers.contains(&identifier) {
                    self.plan.opened_identifiers.insert((self.host, identifier.0, identifier.1));
                }
            }
        }
    }

    /// Whether another machine says that the host has this identifier: then it is not for this source to end it.
    fn others_identify(&self, kind: &str, value: &str) -> bool {
        let said = self.host_key().zip(attribute_of(kind)).and_then(|key| self.known.others.values.get(&key));
        said.into_iter().flatten().any(|json| entries(json).contains(&value.to_lowercase()))
    }
}

/// Where the identifiers of a kind stand among the values of a host.
pub(in crate::reconcile) fn attribute_of(kind: &str) -> Option<Attribute> {
    let name = match kind {
        "serial" => "serial_number",
        "machine_id" => "machine_id",
        "product_uuid" => "product_uuid",
        "hostname" => "hostname",
        "fqdn" => "fqdn",
        "address" => "addresses",
        "mac" => "mac_addresses",
        _ => return None,
    };
    Some(host(name))
}

/// The texts that a value consists of, without the length of a network behind an address.
pub(in crate::reconcile) fn entries(json: &str) -> Vec<String> {
    let one = || serde_json::from_str(json).map(|text: String| vec![text]);
    let entries: Vec<String> = serde_json::from_str(json).or_else(|_no_list| one()).unwrap_or_default();
    entries.iter().map(|entry| entry.split('/').next().unwrap_or_default().to_lowercase()).collect()
}

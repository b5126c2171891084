//! What tells one machine from another that speaks with the same identity.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::hash::Hash;
use super::hex64;

/// Marks of a machine. Two machines differ if both have a mark of a kind and it is not the same; a mark that is missing
/// on either side says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Of `/etc/machine-id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine_id: Option<Mark>,
    /// Of the SMBIOS system UUID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_uuid: Option<Mark>,
    /// Of the SMBIOS system serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<Mark>,
    /// Of the addresses of network interfaces that are hardware. Sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub macs: Vec<Mark>,
}

/// The first 64 bits of the SHA-256 of a text, as sixteen hexadecimal digits: to be compared, not to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mark(#[serde(with = "hex64")] u64);

impl Mark {
    /// The mark of `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut first = [0; 8];
        first.iter_mut().zip(Hash::of(text.as_bytes()).as_bytes()).for_each(|(to, from)| *to = *from);
        Self(u64::from_be_bytes(first))
    }
}

impl Machine {
    /// Whether these are marks of two machines for certain.
    #[must_use]
    pub fn differs_from(&self, other: &Self) -> bool {
        let both_have_macs = !self.macs.is_empty() && !other.macs.is_empty();
        let pairs = self.pairs_with(other);
        let mark_differs = pairs.into_iter().any(|pair| matches!(pair, (Some(left), Some(right)) if left != right));
        mark_differs || (both_have_macs && !self.shares_a_mac_with(other))
    }

    /// Whether both have a mark that is the same.
    #[must_use]
    pub fn shares_a_mark_with(&self, other: &Self) -> bool {
        let pairs = self.pairs_with(other);
        pairs.into_iter().any(|(left, right)| left.is_some() && left == right) || self.shares_a_mac_with(other)
    }

    const fn pairs_with(&self, other: &Self) -> [(Option<Mark>, Option<Mark>); 3] {
        [(self.machine_id, other.machine_id), (self.product_uuid, other.product_uuid), (self.serial, other.serial)]
    }

    fn shares_a_mac_with(&self, other: &Self) -> bool {
        self.macs.iter().any(|mac| other.macs.contains(mac))
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex64::write(self.0, out)
    }
}

#[cfg(test)]
mod tests {
    use super::{Machine, Mark};

    #[test]
    fn machines_differ_by_a_mark_that_both_have() {
        let uuid = |text| Machine { product_uuid: Some(Mark::of(text)), ..Machine::default() };
        assert!(uuid("a").differs_from(&uuid("b")));
        assert!(!uuid("a").differs_from(&uuid("a")));
        assert!(!uuid("a").differs_from(&Machine { serial: Some(Mark::of("b")), ..Machine::default() }));
    }

    #[test]
    fn one_network_card_that_stayed_makes_it_the_same_machine() {
        let cards =
            |texts: &[&str]| Machine { macs: texts.iter().copied().map(Mark::of).collect(), ..Machine::default() };
        assert!(!cards(&["a", "b"]).differs_from(&cards(&["b", "c"])));
        assert!(cards(&["a"]).differs_from(&cards(&["c"])));
        assert!(!cards(&["a"]).differs_from(&cards(&[])));
    }
}

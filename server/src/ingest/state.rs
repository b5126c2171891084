//! Which content of each section of an agent was handed on last. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::report::Epoch;

/// Most sections of an agent that are kept: those of this version and a good many of later ones.
const SECTIONS: usize = 64;

/// What the server holds of an agent, by section.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Sections(BTreeMap<String, Held>);

/// The content of one section that was handed on last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    hash: Hash,
    #[serde(flatten)]
    place: Place,
}

/// Where a report stands among all of an agent.
///
/// Runs stand in the order in which they began, reports of one run in the order of their numbers. When a run began is
/// known by the earliest of its reports that has arrived, in microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) epoch: Epoch,
    pub(super) began_us: i64,
    pub(super) seq: u64,
}

impl Place {
    fn is_after(self, other: Self) -> bool {
        if self.epoch == other.epoch { self.seq > other.seq } else { self.key() > other.key() }
    }

    const fn key(self) -> (i64, u64, u64) {
        (self.began_us, self.epoch.0, self.seq)
    }
}

/// What a section in a report is to what is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Newer: it replaces what is held.
    Newer,
    /// Older than what is held: it changes nothing.
    Older,
    /// A change to something that is not held.
    Baseless,
}

impl Sections {
    /// What a report of `section` is; `base` is what a delta says it changes.
    pub(super) fn judge(&self, section: &str, base: Option<Hash>, place: Place) -> Standing {
        let held = self.0.get(section);
        if held.is_some_and(|held| !place.is_after(held.place)) {
            return Standing::Older;
        }
        match base {
            Some(base) if held.is_none_or(|held| held.hash != base) => Standing::Baseless,
            _ => Standing::Newer,
        }
    }

    /// Whether something newer of `section` was handed on before.
    pub(super) fn is_outdated(&self, section: &str, place: Place) -> bool {
        self.0.get(section).is_some_and(|held| !place.is_after(held.place))
    }

    /// This content is held now.
    pub(super) fn hold(&mut self, section: &str, hash: Hash, place: Place) {
        if self.0.len() < SECTIONS || self.0.contains_key(section) {
            self.0.insert(section.to_owned(), Held { hash, place });
        }
    }

    /// What is held of `section` may not be what the register took in. Its place stays: nothing older comes in.
    pub(super) fn doubt(&mut self, section: &str) {
        let nothing = Place { epoch: Epoch(0), began_us: i64::MIN, seq: 0 };
        let place = self.0.get(section).map_or(nothing, |held| held.place);
        self.hold(section, Hash::of(b""), place);
    }

    /// What stands for all that is held, as the agent reckons it.
    pub(super) fn root(&self) -> Option<Hash> {
        if self.0.is_empty() {
            return None;
        }
        Some(Hash::root(self.0.iter().map(|(name, held)| (name.as_str(), held.hash))))
    }
}

#[cfg(test)]
mod tests {
    use terrier_shared::latest::hash::Hash;
    use terrier_shared::latest::report::Epoch;

    use super::{Place, Sections, Standing};

    fn place(epoch: u64, began_us: i64, seq: u64) -> Place {
        Place { epoch: Epoch(epoch), began_us, seq }
    }

    #[test]
    fn an_older_report_never_follows_a_newer_one() {
        let mut sections = Sections::default();
        sections.hold("os", Hash::of(b"b"), place(9, 1_000, 5));
        assert_eq!(sections.judge("os", None, place(9, 1_000, 4)), Standing::Older);
        assert_eq!(sections.judge("os", None, place(9, 1_000, 6)), Standing::Newer);
        assert_eq!(sections.judge("os", None, place(3, 900, 700)), Standing::Older);
        assert_eq!(sections.judge("os", None, place(3, 1_100, 1)), Standing::Newer);
        assert_eq!(sections.judge("cpu", None, place(3, 900, 1)), Standing::Newer);
    }

    #[test]
    fn a_delta_needs_the_base_that_is_held() {
        let mut sections = Sections::default();
        assert_eq!(sections.judge("os", Some(Hash::of(b"a")), place(1, 0, 1)), Standing::Baseless);
        sections.hold("os", Hash::of(b"a"), place(1, 0, 1));
        assert_eq!(sections.judge("os", Some(Hash::of(b"a")), place(1, 0, 2)), Standing::Newer);
        assert_eq!(sections.judge("os", Some(Hash::of(b"x")), place(1, 0, 2)), Standing::Baseless);
    }

    #[test]
    fn what_is_doubted_no_longer_adds_up_and_gives_way_to_nothing_older() {
        let mut sections = Sections::default();
        sections.hold("os", Hash::of(b"a"), place(1, 0, 5));
        let before = sections.root();
        sections.doubt("os");
        assert_ne!(sections.root(), before);
        assert_eq!(sections.judge("os", None, place(1, 0, 4)), Standing::Older);
        assert_eq!(sections.judge("os", None, place(1, 0, 6)), Standing::Newer);
        sections.doubt("cpu");
        assert_eq!(sections.judge("cpu", None, place(1, 0, 1)), Standing::Newer);
    }

    #[test]
    fn the_root_is_the_agents_and_survives_storage() {
        let mut sections = Sections::default();
        assert_eq!(sections.root(), None);
        sections.hold("os", Hash::of(b"a"), place(1, 0, 1));
        sections.hold("hologram", Hash::of(b"h"), place(1, 0, 2));
        let root = Hash::root([("hologram", Hash::of(b"h")), ("os", Hash::of(b"a"))]);
        assert_eq!(sections.root(), Some(root));
        let stored = serde_json::to_string(&sections).unwrap();
        assert_eq!(serde_json::from_str::<Sections>(&stored).unwrap(), sections);
    }

    #[test]
    fn no_agent_fills_the_memory_with_names_of_sections() {
        let mut sections = Sections::default();
        for number in 0..10_000 {
            sections.hold(&format!("s{number}"), Hash::of(b""), place(1, 0, number));
        }
        assert!(serde_json::to_string(&sections).unwrap().len() < 20_000);
    }
}

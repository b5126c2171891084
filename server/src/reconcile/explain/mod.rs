//! Which CI a report would be taken for, and why: the same way as a report takes, up to where it would be applied.
//!
//! Does not: write anything.

pub mod api;

use jiff::Timestamp;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use terrier_shared::latest::section::{Section, SectionKind};

use super::evidence;
use super::inventory::Inventory;
use super::load;
use super::observe::{Evidence, observe};
use crate::identification::service::recognise::{Newcomer, Recognition, Speaker, recognise};
use crate::kernel::id::OrganisationId;
use crate::store::{Conn, StoreError};

/// The sections by which a host is recognised.
const TELLING: [SectionKind; 3] = [SectionKind::Identity, SectionKind::Network, SectionKind::Cloud];
/// The class of what does not say what it is.
const HOST: &str = "host";

/// A report, as far as it says whose it is.
#[derive(Debug)]
pub struct Described {
    class: &'static str,
    evidence: Evidence,
}

/// Why a report cannot be explained.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A section is not as it must be.
    #[error("section {section}: {problem}")]
    Section {
        /// Which.
        section: SectionKind,
        /// What is wrong with it.
        problem: String,
    },
    /// There is nothing to recognise a host by.
    #[error("none of the sections identity, network and cloud")]
    Silent,
}

impl Described {
    /// Reads the sections that tell, by name; others may be there.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] names the section.
    pub fn read(sections: &BTreeMap<String, Box<RawValue>>, at: Timestamp) -> Result<Self, Unreadable> {
        let mut inventory = Inventory::default();
        for kind in TELLING {
            let Some(raw) = sections.get(kind.name()) else { continue };
            let section = Section::decode(kind, raw)
                .map_err(|error| Unreadable::Section { section: kind, problem: error.to_string() })?;
            inventory.put_fresh(section, at);
        }
        if inventory.fresh.is_empty() {
            return Err(Unreadable::Silent);
        }
        let observed = observe(&inventory);
        let evidence = evidence::of_agent(&observed, &inventory);
        Ok(Self { class: observed.class.unwrap_or(HOST), evidence })
    }

    /// What it carries that it can be recognised by.
    #[must_use]
    pub const fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// What it says it is.
    #[must_use]
    pub const fn class(&self) -> &'static str {
        self.class
    }

    /// Which CI of the organisation it would be taken for if a new agent sent it now.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub fn explain(
        &self,
        conn: &mut Conn,
        organisation: OrganisationId,
        now: Timestamp,
    ) -> Result<Recognition, StoreError> {
        let (class, evidence) = (self.class, &self.evidence);
        let newcomer = Newcomer { speaker: Speaker::Nobody, organisation, class, evidence, received_at: now, now };
        recognise(conn, &newcomer, load::boot_id)
    }
}

//! What a device of an inventory changed, in numbers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::host::Host;
use super::known::CiKey;
use super::plan::{CiRef, Plan};

/// What a report changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The CI.
    pub ci_key: CiKey,
    /// When it is written to have changed.
    pub at: Timestamp,
    /// Whether the CI is new.
    pub created: bool,
    /// By which rule it was found, or why it was taken for a new one.
    pub reason: Option<String>,
    /// Whether our own agent reports it, which leaves less to say.
    pub beside_own_agent: bool,
    /// New CIs under it, by class.
    pub created_under: BTreeMap<String, usize>,
    /// CIs under it that nobody tells of any more.
    pub gone: usize,
    /// Values that differ from what the same source said before.
    pub values: usize,
    /// Packages that were not installed before.
    pub installed: usize,
    /// Packages that are no longer.
    pub removed: usize,
    /// Relations that were opened or closed.
    pub relations: usize,
}

impl Changes {
    /// What a plan changes.
    pub(super) fn of(plan: &Plan, ci_key: CiKey, at: Timestamp, host: Host) -> Self {
        let mut created_under = BTreeMap::new();
        for new in plan.new_cis.iter().filter(|new| !new.is_host) {
            *created_under.entry(new.class.clone()).or_insert(0) += 1;
        }
        let opened = plan.opened_values.keys().filter_map(|(ci, attribute)| match ci {
            CiRef::Known(key) => Some((*key, *attribute)),
            CiRef::New(_) => None,
        });
        let changed: BTreeSet<_> = opened.chain(plan.closed_values.iter().copied()).collect();
        Self {
            ci_key,
            at,
            created: host.row.is_none(),
            reason: host.reason,
            beside_own_agent: false,
            created_under,
            gone: plan.gone.len(),
            values: changed.len() + plan.changed_cis.len(),
            installed: plan.opened_installations.len(),
            removed: plan.closed_installations.len(),
            relations: plan.opened_relations.len() + plan.closed_relations.len(),
        }
    }

    /// Whether anything is different now.
    #[must_use]
    pub fn any(&self) -> bool {
        let counts = [self.gone, self.values, self.installed, self.removed, self.relations];
        self.created || !self.created_under.is_empty() || counts.iter().any(|count| *count > 0)
    }
}

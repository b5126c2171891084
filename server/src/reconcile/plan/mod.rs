//! What a report changes: from what is known and what was observed to steps that others carry out.
//!
//! Does: compare; pure.
//! Does not: read or write anything, know SQL, make ids.
//!
//! Invariants: a plan that was carried out leaves nothing to plan; what no section speaks of stays as it is; what
//! people set is never touched.

mod dependent;
pub(super) mod identifier;
mod relation;
mod resolve;
#[cfg(test)]
mod tests;
mod uses;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::attribute::{Attribute, NAME};
use super::known::{CiKey, Known, Seen};
use super::observe::Observed;
use crate::cmdb::refused::Why;

/// A CI that is there or that the same plan creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CiRef {
    /// It is there.
    Known(CiKey),
    /// The plan creates it: its place in [`Plan::new_cis`].
    New(usize),
}

/// A relation that is there or that the same plan opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RelationRef {
    /// It is there.
    Known(i64),
    /// The plan opens it: its place in [`Plan::opened_relations`].
    New(usize),
}

/// A CI to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCi {
    /// Its class.
    pub class: String,
    /// Its name.
    pub name: String,
    /// The host it is under; none of the host itself and of endpoints that everybody sees.
    pub parent: Option<CiRef>,
    /// What identifies it.
    pub local_id: Option<String>,
    /// Whether it is the host, to which the agent is bound.
    pub is_host: bool,
}

/// A relation to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRelation {
    /// Where it starts.
    pub source: CiRef,
    /// Where it ends.
    pub target: CiRef,
    /// Its type.
    pub kind: &'static str,
}

/// A side's evidence as it is to stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvidence {
    /// Of which relation.
    pub relation: RelationRef,
    /// Which side.
    pub side: Side,
    /// What it saw, all in all.
    pub seen: Seen,
}

/// Which end of a relation saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The one that starts it.
    Source,
    /// The one it leads to.
    Target,
}

impl Side {
    /// The name in the database and the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Target => "target",
        }
    }
}

/// A value that is left out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The JSON text.
    pub value: String,
    /// Why.
    pub why: Why,
}

/// The steps. Everything in one list is one statement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// CIs to create; the host first.
    pub new_cis: Vec<NewCi>,
    /// CIs whose class or shown name changes, with both as they are to stand.
    pub changed_cis: BTreeMap<CiKey, (String, String)>,
    /// CIs that agents no longer see.
    pub gone: BTreeSet<CiKey>,
    /// CIs that agents see again.
    pub back: BTreeSet<CiKey>,
    /// Values to close.
    pub closed_values: BTreeSet<(CiKey, Attribute)>,
    /// Values to open.
    pub opened_values: BTreeMap<(CiRef, Attribute), String>,
    /// Identifiers of the host to close: kind and value.
    pub closed_identifiers: BTreeSet<(String, String)>,
    /// Identifiers to open: CI, kind and value.
    pub opened_identifiers: BTreeSet<(CiRef, String, String)>,
    /// Relations to close.
    pub closed_relations: BTreeSet<i64>,
    /// Relations to open.
    pub opened_relations: Vec<NewRelation>,
    /// Evidence to write.
    pub evidence: Vec<NewEvidence>,
    /// Endpoints that lost a relation: gone if it was their last.
    pub loosened_endpoints: BTreeSet<CiKey>,
    /// Installations to close, by package version.
    pub closed_installations: BTreeSet<i32>,
    /// Installations to open, by package version.
    pub opened_installations: BTreeSet<i32>,
    /// Values to keep as refused. Not history.
    pub refused: BTreeMap<(CiRef, Attribute), Refusal>,
    /// Refusals to take back. Not history.
    pub unrefused: BTreeSet<(CiKey, Attribute)>,
}

impl Plan {
    /// Whether what is said or shown of any CI changes.
    #[must_use]
    pub fn changes_values(&self) -> bool {
        !(self.changed_cis.is_empty() && self.closed_values.is_empty() && self.opened_values.is_empty())
    }

    /// Leaves a CI the name that it is shown by.
    pub fn keep_name(&mut self, known: &Known, key: CiKey) {
        let shown = known.host.iter().chain(&known.dependents).find(|ci| ci.key == key);
        let (Some(shown), Some((class, name))) = (shown, self.changed_cis.get_mut(&key)) else { return };
        name.clone_from(&shown.name);
        if *class == shown.class {
            self.changed_cis.remove(&key);
        }
    }

    /// Whether it changes anything that history knows. Evidence is not history.
    #[must_use]
    pub fn changes_history(&self) -> bool {
        let evidence_only = Self {
            evidence: self.evidence.clone(),
            loosened_endpoints: self.loosened_endpoints.clone(),
            refused: self.refused.clone(),
            unrefused: self.unrefused.clone(),
            ..Self::default()
        };
        *self != evidence_only
    }

    /// The class of a CI as it is to stand.
    #[must_use]
    pub fn class_of<'a>(&'a self, known: &'a Known, ci: CiRef) -> Option<&'a str> {
        let key = match ci {
            CiRef::New(place) => return self.new_cis.get(place).map(|new| new.class.as_str()),
            CiRef::Known(key) => key,
        };
        let changed = self.changed_cis.get(&key).map(|(class, _)| class.as_str());
        let there = || known.host.iter().chain(&known.dependents).find(|ci| ci.key == key).map(|ci| ci.class.as_str());
        changed.or_else(there)
    }

    /// Keeps a value as refused, unless it is already.
    pub(super) fn refuse(&mut self, known: &Known, (ci, attribute): (CiRef, Attribute), value: String, why: Why) {
        if let CiRef::Known(key) = ci {
            self.unrefused.remove(&(key, attribute));
            if known.refused.get(&(key, attribute)) == Some(&value) {
                return;
            }
        }
        self.refused.insert((ci, attribute), Refusal { value, why });
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What is to be done so that the register says what was observed at `at`.
///
/// `installed` are the versions of the packages on the host, if they were reported.
#[must_use]
pub fn plan(known: &Known, observed: &Observed, installed: Option<&BTreeSet<i32>>, at: Timestamp) -> Plan {
    let mut planner = Planner { known, observed, at, plan: Plan::default(), host: CiRef::New(0) };
    planner.host();
    planner.host_values();
    planner.identifiers();
    let places = planner.dependents();
    planner.relations(&places);
    if let Some(installed) = installed {
        planner.plan.closed_installations = known.installed.difference(installed).copied().collect();
        planner.plan.opened_installations = installed.difference(&known.installed).copied().collect();
    }
    planner.plan
}

/// A plan in the making.
struct Planner<'a> {
    known: &'a Known,
    observed: &'a Observed,
    at: Timestamp,
    plan: Plan,
    host: CiRef,
}

impl Planner<'_> {
    fn host(&mut self) {
        let Some(host) = &self.known.host else {
            let name = self.observed.name.clone().unwrap_or_else(|| self.known.fallback_name.clone());
            let class = self.observed.class.unwrap_or(super::classify::HOST).to_owned();
            self.plan.new_cis.push(NewCi { class, name, parent: None, local_id: None, is_host: true });
            return;
        };
        self.host = CiRef::Known(host.key);
        let class = self.observed.class.filter(|_| !host.class_said).unwrap_or(&host.class);
        let name = self.observed.name.as_deref().unwrap_or(&host.name);
        self.change(host, class, name);
        if host.gone {
            self.plan.back.insert(host.key);
        }
    }

    /// Gives a CI its class, unless the agent on it knows better, and its name, unless others name it too: then it is
    /// settled whose name is shown when all is written.
    fn change(&mut self, ci: &super::known::KnownCi, class: &str, name: &str) {
        let others = &self.known.others;
        let name = if others.said.contains(&(ci.key, NAME)) { &ci.name } else { name };
        let class = if others.seen_by_agent.contains(&ci.key) { &ci.class } else { class };
        if (ci.class.as_str(), ci.name.as_str()) != (class, name) {
            self.plan.changed_cis.insert(ci.key, (class.to_owned(), name.to_owned()));
        }
    }

    fn host_key(&self) -> Option<CiKey> {
        self.known.host.as_ref().map(|host| host.key)
    }
}

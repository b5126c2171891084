//! File systems, interfaces, containers, certificates and software instances: which are new, changed, gone or back.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{CiRef, NewCi, Planner};
use crate::cmdb::model::confidence::is_over;
use crate::reconcile::attribute::{CERTIFICATE, CONTAINER, ENDPOINT, FILESYSTEM, INTERFACE, PARTS};
use crate::reconcile::known::{CiKey, KnownCi};
use crate::reconcile::observe::Dependent;

/// Where each observed dependent of one kind stands, in the order in which it was observed.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) filesystems: Vec<CiRef>,
    pub(super) instances: Vec<CiRef>,
    pub(super) containers: Vec<CiRef>,
    /// Instances that were not seen this time but are not over either.
    pub(super) resting: BTreeSet<CiKey>,
}

/// Dependents of one kind share a space of names under their host; the class of an instance may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Filesystem,
    Interface,
    Instance,
    Container,
    Certificate,
    Endpoint,
    /// One of the classes of parts.
    Part(&'static str),
}

impl Kind {
    fn of(class: &str) -> Self {
        match class {
            FILESYSTEM => Self::Filesystem,
            INTERFACE => Self::Interface,
            CONTAINER => Self::Container,
            CERTIFICATE => Self::Certificate,
            ENDPOINT => Self::Endpoint,
            _ => PARTS.into_iter().find(|part| *part == class).map_or(Self::Instance, Self::Part),
        }
    }
}

impl Planner<'_> {
    pub(super) fn dependents(&mut self) -> Places {
        let mut places = Places::default();
        if let Some(filesystems) = &self.observed.filesystems {
            let dependents = filesystems.iter().map(|one| &one.dependent);
            places.filesystems = self.dependents_of(Kind::Filesystem, dependents, &BTreeSet::new());
        }
        if let Some(interfaces) = &self.observed.interfaces {
            self.dependents_of(Kind::Interface, interfaces.iter(), &BTreeSet::new());
        }
        if let Some(containers) = &self.observed.containers {
            places.containers = self.dependents_of(Kind::Container, containers.iter(), &BTreeSet::new());
        }
        if let Some(certificates) = &self.observed.certificates {
            self.dependents_of(Kind::Certificate, certificates.iter(), &BTreeSet::new());
        }
        for (class, parts) in &self.observed.parts {
            self.dependents_of(Kind::Part(class), parts.iter(), &BTreeSet::new());
        }
        if let Some(instances) = &self.observed.instances {
            let dependents = instances.iter().map(|one| &one.dependent);
            let seen: HashSet<_> = dependents.clone().map(|one| one.local_id.as_str()).collect();
            places.resting = self.resting(&seen);
            places.instances = self.dependents_of(Kind::Instance, dependents, &places.resting);
        }
        places
    }

    /// Instances that only connect are seen when they do: as long as one of their relations is not over, they rest.
    fn resting(&self, seen: &HashSet<&str>) -> BTreeSet<CiKey> {
        let dependents = self.known.dependents.iter();
        let unseen: BTreeSet<_> = dependents
            .filter(|ci| Kind::of(&ci.class) == Kind::Instance && !ci.gone)
            .filter(|ci| !ci.local_id.as_deref().is_some_and(|id| seen.contains(id)))
            .map(|ci| ci.key)
            .collect();
        let uses = self.known.relations.iter().filter(|one| one.kind == "uses" && unseen.contains(&one.source.key));
        let lasting = uses.filter(|one| one.last_seen().is_some_and(|last| !is_over(last, self.at)));
        lasting.map(|one| one.source.key).collect()
    }

    fn dependents_of<'d>(
        &mut self,
        kind: Kind,
        observed: impl Iterator<Item = &'d Dependent>,
        resting: &BTreeSet<CiKey>,
    ) -> Vec<CiRef> {
        let known = self.known;
        let mut there: HashMap<&str, &KnownCi> = known
            .dependents
            .iter()
            .filter(|ci| Kind::of(&ci.class) == kind)
            .filter_map(|ci| Some((ci.local_id.as_deref()?, ci)))
            .collect();
        let places = observed.map(|one| self.dependent(one, there.remove(one.local_id.as_str()))).collect();
        for ci in there.into_values().filter(|ci| !ci.gone && !resting.contains(&ci.key)) {
            self.goes(ci.key);
        }
        places
    }

    fn dependent(&mut self, observed: &Dependent, known: Option<&KnownCi>) -> CiRef {
        let ci = if let Some(ci) = known {
            self.change(ci, observed.class, &observed.name);
            if ci.gone {
                self.plan.back.insert(ci.key);
            }
            CiRef::Known(ci.key)
        } else {
            self.plan.new_cis.push(NewCi {
                class: observed.class.to_owned(),
                name: observed.name.clone(),
                parent: Some(self.host),
                local_id: Some(observed.local_id.clone()),
                is_host: false,
            });
            CiRef::New(self.plan.new_cis.len() - 1)
        };
        self.values(ci, &observed.values);
        ci
    }

    /// The source no longer sees it: what it said of it ends. It is gone unless another machine still sees it.
    fn goes(&mut self, key: CiKey) {
        let values = self.known.values.keys().filter(|(ci, _)| *ci == key);
        self.plan.closed_values.extend(values.copied());
        let refused = self.known.refused.keys().filter(|(ci, _)| *ci == key);
        self.plan.unrefused.extend(refused.copied());
        if self.known.others.seen.contains(&key) {
            return;
        }
        self.plan.gone.insert(key);
        for relation in self.known.relations.iter().filter(|one| one.source.key == key || one.target.key == key) {
            self.close_relation(relation);
        }
    }
}

//! Relations that follow from the host's own inventory: what runs on it and what is stored where.

use std::collections::BTreeSet;

use super::dependent::Places;
use super::{CiRef, NewRelation, Planner};
use crate::reconcile::attribute::ENDPOINT;
use crate::reconcile::known::{End, KnownRelation};

const RUNS_ON: &str = "runs_on";
const STORED_ON: &str = "stored_on";

type Pair = (CiRef, CiRef);

impl Planner<'_> {
    pub(super) fn relations(&mut self, places: &Places) {
        if self.observed.instances.is_some() {
            let mut hosted: BTreeSet<Pair> = places.instances.iter().map(|one| (*one, self.host)).collect();
            hosted.extend(places.resting.iter().map(|key| (CiRef::Known(*key), self.host)));
            self.structural(RUNS_ON, &hosted);
        }
        if self.observed.filesystems.is_some() {
            let stored = self.stored_on(places);
            self.structural(STORED_ON, &stored);
        }
        if self.observed.instances.is_some() {
            self.uses(&places.instances);
        }
    }

    pub(super) fn close_relation(&mut self, relation: &KnownRelation) {
        self.plan.closed_relations.insert(relation.key);
        let endpoints = [&relation.source, &relation.target].into_iter().filter(|end| end.class == ENDPOINT);
        self.plan.loosened_endpoints.extend(endpoints.map(|end| end.key));
    }

    /// Makes the relations of a type that start at this host's dependents the ones given.
    fn structural(&mut self, kind: &'static str, wanted: &BTreeSet<Pair>) {
        let known = self.known;
        let mut missing = wanted.clone();
        for relation in known.relations.iter().filter(|one| one.kind == kind) {
            if !self.is_own(&relation.source) {
                continue;
            }
            let pair = (CiRef::Known(relation.source.key), CiRef::Known(relation.target.key));
            if !missing.remove(&pair) {
                self.close_relation(relation);
            }
        }
        for (source, target) in missing {
            self.plan.opened_relations.push(NewRelation { source, target, kind });
        }
    }

    fn stored_on(&mut self, places: &Places) -> BTreeSet<Pair> {
        let observed = self.observed;
        let filesystems: Vec<_> = observed.filesystems.iter().flatten().zip(&places.filesystems).collect();
        let mut stored = BTreeSet::new();
        for (one, place) in &filesystems {
            let server = one.server.as_ref().and_then(|server| self.file_server(server));
            stored.extend(server.map(|server| (**place, server)));
        }
        for (instance, place) in observed.instances.iter().flatten().zip(&places.instances) {
            let Some(directory) = &instance.data_directory else { continue };
            let holds = filesystems.iter().filter(|(one, _)| is_within(directory, &one.mount_point));
            let nearest = holds.max_by_key(|(one, _)| one.mount_point.len());
            stored.extend(nearest.map(|(_, filesystem)| (*place, **filesystem)));
        }
        stored
    }

    pub(super) fn is_own(&self, end: &End) -> bool {
        end.parent.is_some() && end.parent == self.host_key()
    }
}

/// Whether a path lies in a directory.
fn is_within(path: &str, directory: &str) -> bool {
    let directory = directory.trim_end_matches('/');
    path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

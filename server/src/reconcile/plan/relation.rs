//! Relations that follow from the host's own inventory: what runs on it, what it hosts and what is stored where.

use std::collections::{BTreeSet, HashMap};

use super::dependent::Places;
use super::{CiRef, NewRelation, Planner};
use crate::reconcile::attribute::{ENDPOINT, instance};
use crate::reconcile::known::{CiKey, End, KnownRelation};
use crate::reconcile::value;

const HOSTED_ON: &str = "hosted_on";
const RUNS_ON: &str = "runs_on";
const STORED_ON: &str = "stored_on";

type Pair = (CiRef, CiRef);

impl Planner<'_> {
    pub(super) fn relations(&mut self, places: &Places) {
        if self.observed.instances.is_some() {
            let running = self.runs_on(places);
            self.structural(RUNS_ON, &running);
        }
        if self.observed.containers.is_some() {
            let hosted = places.containers.iter().map(|one| (*one, self.host)).collect();
            self.structural(HOSTED_ON, &hosted);
        }
        self.guests();
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

    /// What runs in a container that is known runs on it, and so on the host; all else on the host itself.
    fn runs_on(&self, places: &Places) -> BTreeSet<Pair> {
        let containers = self.observed.containers.iter().flatten().zip(&places.containers);
        let containers: HashMap<&str, CiRef> = containers.map(|(one, place)| (one.local_id.as_str(), *place)).collect();
        let under = |container: Option<&str>| container.and_then(|id| containers.get(id).copied()).unwrap_or(self.host);
        let seen = self.observed.instances.iter().flatten().zip(&places.instances);
        let mut running: BTreeSet<Pair> = seen.map(|(one, place)| (*place, under(one.container.as_deref()))).collect();
        let said = |key: CiKey| self.known.values.get(&(key, instance("container")));
        let resting = places.resting.iter().map(|key| {
            let container: Option<String> = said(*key).and_then(|json| serde_json::from_str(json).ok());
            (CiRef::Known(*key), under(container.map(value::key).as_deref()))
        });
        running.extend(resting);
        running
    }

    /// A guest is hosted on the host that says it runs there. Whichever of the two reports last finds the other; what
    /// ends it is that the one below no longer says so.
    fn guests(&mut self) {
        let known = self.known;
        let is_hosting = |one: &&KnownRelation| one.kind == HOSTED_ON && one.source.parent.is_none();
        if self.observed.guests.is_some() {
            let here = |one: &&KnownRelation| Some(one.target.key) == self.host_key();
            let over: Vec<_> = known.relations.iter().filter(is_hosting).filter(here).collect();
            for relation in over.into_iter().filter(|one| !known.guests.contains(&one.source.key)) {
                self.close_relation(relation);
            }
        }
        let above = known.guests.iter().map(|guest| (CiRef::Known(*guest), self.host));
        let below = known.hypervisor.iter().map(|hypervisor| (self.host, CiRef::Known(*hypervisor)));
        let wanted: BTreeSet<Pair> = above.chain(below).filter(|(source, target)| source != target).collect();
        let there: BTreeSet<Pair> = known
            .relations
            .iter()
            .filter(is_hosting)
            .map(|one| (CiRef::Known(one.source.key), CiRef::Known(one.target.key)))
            .collect();
        for (source, target) in wanted.difference(&there).copied() {
            self.plan.opened_relations.push(NewRelation { source, target, kind: HOSTED_ON });
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

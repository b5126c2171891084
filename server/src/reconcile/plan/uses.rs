//! Who uses whom, from connections seen by either end.
//!
//! An end that could only be told as an address or a host is *vague*. As soon as a report tells better, the vague
//! relation is closed and its evidence goes to the better one, whichever side reported.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use jiff::Timestamp;
use terrier_shared::latest::section::sockets::Transport;

use super::{CiRef, NewEvidence, NewRelation, Planner, RelationRef, Side};
use crate::cmdb::model::confidence::is_over;
use crate::reconcile::attribute::ENDPOINT;
use crate::reconcile::known::{CiKey, End, KnownRelation, Seen};
use crate::reconcile::observe::Link;

const USES: &str = "uses";
/// Most ports kept with a relation.
const PORTS_MAX: usize = 64;
/// Evidence does not keep the transport.
const ANY: [Transport; 2] = [Transport::Tcp, Transport::Udp];

type Pair = (CiRef, CiRef);

/// What this report says of who uses whom.
#[derive(Default)]
struct Uses {
    /// Seen in the snapshot: the ports.
    seen: BTreeMap<(Pair, Side), BTreeSet<u16>>,
    /// Taken over from vague relations.
    inherited: BTreeMap<(Pair, Side), Seen>,
}

impl Planner<'_> {
    pub(super) fn uses(&mut self, instances: &[CiRef]) {
        let mut uses = Uses::default();
        let at = self.observed.links.at.filter(|at| !is_over(*at, self.at));
        if at.is_some() {
            self.outgoing(&mut uses, instances);
        }
        self.sharpen_targets(&mut uses, instances);
        if at.is_some() {
            self.incoming(&mut uses, instances);
        }
        self.sharpen_sources(&mut uses);
        self.write(&uses, at.unwrap_or(self.at));
        self.end_silent(&uses);
    }

    fn outgoing(&mut self, uses: &mut Uses, instances: &[CiRef]) {
        for link in &self.observed.links.outgoing {
            let Some(source) = instances.get(link.instance) else { continue };
            let target = self.server_at(instances, link.remote, link.port, &[link.transport]);
            let target = target.or_else(|| self.stranger(link.remote));
            if let Some(target) = target {
                uses.see((*source, target), Side::Source, link.port);
            }
        }
    }

    fn incoming(&mut self, uses: &mut Uses, instances: &[CiRef]) {
        for link in &self.observed.links.incoming {
            let Some(target) = instances.get(link.instance) else { continue };
            for source in self.clients(uses, link, *target) {
                uses.see((source, *target), Side::Target, link.port);
            }
        }
    }

    /// Who is at the other end of an incoming link: the instances of that host that are known to use this one, else
    /// the host, else an endpoint.
    fn clients(&mut self, uses: &Uses, link: &Link, target: CiRef) -> Vec<CiRef> {
        if self.observed.addresses.is_here(link.remote) {
            let pairs = uses.seen.iter().filter(|(_, ports)| ports.contains(&link.port));
            let sources = pairs.filter(|((pair, side), _)| pair.1 == target && *side == Side::Source);
            return sources.map(|((pair, _), _)| pair.0).collect();
        }
        match self.host_at(link.remote) {
            Some(host) => {
                let clients = self.clients_on(uses, host, target);
                if clients.is_empty() { vec![CiRef::Known(host)] } else { clients }
            }
            None => self.stranger(link.remote).into_iter().collect(),
        }
    }

    /// The endpoint for an address of nobody we know; none for our own, where nothing is known to listen.
    fn stranger(&mut self, address: IpAddr) -> Option<CiRef> {
        if self.observed.addresses.is_here(address) { None } else { self.endpoint_at(address) }
    }

    /// The instances on a host that are known to use a CI.
    fn clients_on(&self, uses: &Uses, host: CiKey, target: CiRef) -> Vec<CiRef> {
        let known = self.known.relations.iter().filter(|one| self.is_open_use(one));
        let clients = known.filter(|one| one.source.parent == Some(host) && CiRef::Known(one.target.key) == target);
        let mut clients: BTreeSet<_> = clients.map(|one| CiRef::Known(one.source.key)).collect();
        let parents: HashMap<_, _> =
            self.known.relations.iter().map(|one| (CiRef::Known(one.source.key), one.source.parent)).collect();
        let inherited = uses.inherited.keys().map(|(pair, _)| pair).filter(|pair| pair.1 == target);
        clients.extend(inherited.map(|pair| pair.0).filter(|source| parents.get(source) == Some(&Some(host))));
        clients.into_iter().collect()
    }

    fn is_open_use(&self, relation: &KnownRelation) -> bool {
        relation.kind == USES && !self.plan.closed_relations.contains(&relation.key)
    }

    fn is_this_host(&self, end: &End) -> bool {
        Some(end.key) == self.host_key()
    }

    /// Replaces targets that were known by address or host only by the instances that listen there.
    fn sharpen_targets(&mut self, uses: &mut Uses, instances: &[CiRef]) {
        for relation in
            self.known.relations.iter().filter(|one| one.target.parent.is_none() || one.target.class == ENDPOINT)
        {
            if !self.is_open_use(relation) {
                continue;
            }
            let ports = relation.ports();
            let found =
                ports.iter().map(|port| self.sharper_target(uses, relation, *port, instances).map(|ci| (*port, ci)));
            let Some(found) = found.collect::<Option<BTreeMap<_, _>>>().filter(|found| !found.is_empty()) else {
                continue;
            };
            self.close_relation(relation);
            for target in found.values().collect::<BTreeSet<_>>() {
                let of_target = |port: &u16| found.get(port) == Some(target);
                uses.inherit((CiRef::Known(relation.source.key), *target), relation, of_target);
            }
        }
    }

    fn sharper_target(&self, uses: &Uses, relation: &KnownRelation, port: u16, instances: &[CiRef]) -> Option<CiRef> {
        let own = self.is_own(&relation.source);
        match relation.target.endpoint() {
            Some(address) if own => self.server_at(instances, address, port, &ANY),
            Some(address) if self.observed.addresses.shared.contains(&address) => {
                self.own_listener(instances, address, port, &ANY)
            }
            None if self.is_this_host(&relation.target) => {
                let mut shared = self.observed.addresses.shared.iter();
                shared.find_map(|address| self.own_listener(instances, *address, port, &ANY))
            }
            None if own => self.seen_under(uses, relation, port),
            _ => None,
        }
    }

    /// The instance on the relation's target host that its source was just seen to use on that port.
    fn seen_under(&self, uses: &Uses, relation: &KnownRelation, port: u16) -> Option<CiRef> {
        let listening = self.known.peers.listening.get(&relation.target.key)?;
        let mut instances = listening.iter().map(|(instance, _)| CiRef::Known(*instance));
        let source = CiRef::Known(relation.source.key);
        instances.find(|ci| uses.seen.get(&((source, *ci), Side::Source)).is_some_and(|ports| ports.contains(&port)))
    }

    /// Replaces sources that were known by address or host only by the instances that connect from there.
    fn sharpen_sources(&mut self, uses: &mut Uses) {
        for relation in
            self.known.relations.iter().filter(|one| one.source.parent.is_none() || one.source.class == ENDPOINT)
        {
            if !self.is_open_use(relation) {
                continue;
            }
            let sources = self.sharper_sources(uses, relation);
            if sources.is_empty() {
                continue;
            }
            self.close_relation(relation);
            for source in sources {
                uses.inherit((source, CiRef::Known(relation.target.key)), relation, |_| true);
            }
        }
    }

    fn sharper_sources(&self, uses: &Uses, relation: &KnownRelation) -> Vec<CiRef> {
        let target = CiRef::Known(relation.target.key);
        let from_here = |port_seen: &Uses| -> Vec<CiRef> {
            let pairs = port_seen.seen.keys().filter(|(pair, side)| pair.1 == target && *side == Side::Source);
            pairs.map(|(pair, _)| pair.0).collect()
        };
        match relation.source.endpoint() {
            Some(address) if self.observed.addresses.shared.contains(&address) => {
                let here = from_here(uses);
                if here.is_empty() { vec![self.host] } else { here }
            }
            Some(address) if self.is_own(&relation.target) => {
                let Some(host) = self.host_at(address) else { return Vec::new() };
                let clients = self.clients_on(uses, host, target);
                if clients.is_empty() { vec![CiRef::Known(host)] } else { clients }
            }
            None if self.is_this_host(&relation.source) => from_here(uses),
            None if self.is_own(&relation.target) => self.clients_on(uses, relation.source.key, target),
            _ => Vec::new(),
        }
    }

    /// Opens what is new and adds up the evidence.
    fn write(&mut self, uses: &Uses, at: Timestamp) {
        let open = self.known.relations.iter().filter(|one| self.is_open_use(one));
        let open: HashMap<Pair, &KnownRelation> =
            open.map(|one| ((CiRef::Known(one.source.key), CiRef::Known(one.target.key)), one)).collect();
        for pair in uses.pairs() {
            let known = open.get(&pair).copied();
            let relation = known.map_or_else(|| self.open_use(pair), |one| RelationRef::Known(one.key));
            for side in [Side::Source, Side::Target] {
                let before = known.and_then(|one| one.evidence_of(side));
                if let Some(seen) = uses.evidence(pair, side, before, at)
                    && Some(&seen) != before
                {
                    self.plan.evidence.push(NewEvidence { relation, side, seen });
                }
            }
        }
    }

    fn open_use(&mut self, (source, target): Pair) -> RelationRef {
        self.plan.opened_relations.push(NewRelation { source, target, kind: USES });
        RelationRef::New(self.plan.opened_relations.len() - 1)
    }

    /// Closes what nobody saw for long. That one snapshot lacks a relation means nothing.
    fn end_silent(&mut self, uses: &Uses) {
        let pairs = uses.pairs();
        for relation in &self.known.relations {
            let pair = (CiRef::Known(relation.source.key), CiRef::Known(relation.target.key));
            let ours = self.is_own(&relation.source)
                || self.is_this_host(&relation.source)
                || (self.is_own(&relation.target) && relation.evidence_of(Side::Source).is_none());
            let over = relation.last_seen().is_some_and(|last| is_over(last, self.at));
            if ours && over && self.is_open_use(relation) && !pairs.contains(&pair) {
                self.close_relation(relation);
            }
        }
    }
}

impl KnownRelation {
    fn evidence_of(&self, side: Side) -> Option<&Seen> {
        let [source, target] = &self.evidence;
        if side == Side::Source { source.as_ref() } else { target.as_ref() }
    }
}

impl Uses {
    fn see(&mut self, pair: Pair, side: Side, port: u16) {
        if pair.0 != pair.1 {
            self.seen.entry((pair, side)).or_default().insert(port);
        }
    }

    fn inherit(&mut self, pair: Pair, from: &KnownRelation, is_port: impl Fn(&u16) -> bool) {
        if pair.0 == pair.1 {
            return;
        }
        for side in [Side::Source, Side::Target] {
            let Some(seen) = from.evidence_of(side) else { continue };
            let ports: BTreeSet<_> = seen.ports.iter().copied().filter(&is_port).collect();
            let seen = Seen { ports, ..seen.clone() };
            let merged = match self.inherited.get(&(pair, side)) {
                Some(other) => seen.and(other),
                None => seen,
            };
            self.inherited.insert((pair, side), merged);
        }
    }

    fn pairs(&self) -> BTreeSet<Pair> {
        self.seen.keys().chain(self.inherited.keys()).map(|(pair, _)| *pair).collect()
    }

    /// All that a side saw: before, in relations taken over, and in this snapshot unless it was counted already.
    fn evidence(&self, pair: Pair, side: Side, before: Option<&Seen>, at: Timestamp) -> Option<Seen> {
        let inherited = self.inherited.get(&(pair, side));
        let mut seen = match (before, inherited) {
            (Some(before), Some(inherited)) => Some(before.and(inherited)),
            (one, other) => one.or(other).cloned(),
        };
        if let Some(ports) = self.seen.get(&(pair, side)) {
            let now = Seen { samples: 1, first: at, last: at, ports: ports.clone() };
            seen = match seen {
                Some(seen) if seen.last < at => Some(seen.and(&now)),
                Some(counted) => Some(counted),
                None => Some(now),
            };
        }
        seen.map(|seen| Seen { ports: seen.ports.into_iter().take(PORTS_MAX).collect(), ..seen })
    }
}

impl Seen {
    fn and(&self, other: &Self) -> Self {
        Self {
            samples: self.samples.saturating_add(other.samples),
            first: self.first.min(other.first),
            last: self.last.max(other.last),
            ports: self.ports.union(&other.ports).copied().collect(),
        }
    }
}

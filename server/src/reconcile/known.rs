//! What the register holds about a host, as far as a report may change it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;

use super::attribute::{Attribute, ENDPOINT};
use super::observe::Listening;
use crate::cmdb::model::class::ClassBook;

/// The key of a CI's row.
pub type CiKey = i32;

/// What the register holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// The host; none as long as its agent has no CI.
    pub host: Option<KnownCi>,
    /// What to call a host that does not say its name.
    pub fallback_name: String,
    /// The version of the agent, as it last said.
    pub agent_version: Option<String>,
    /// The CIs under it.
    pub dependents: Vec<KnownCi>,
    /// What the source that reports says of the host and its dependents now.
    pub values: HashMap<(CiKey, Attribute), String>,
    /// What other sources say of the same.
    pub others: Others,
    /// Kind and value of the host's identifiers.
    pub identifiers: BTreeSet<(String, String)>,
    /// Open observed relations that touch the host, its dependents, or endpoints with its addresses.
    pub relations: Vec<KnownRelation>,
    /// Other CIs at the addresses of interest.
    pub peers: Peers,
    /// The hosts that are the guests which run on it.
    pub guests: BTreeSet<CiKey>,
    /// The host on which it runs as a guest, if its identity came and one says so.
    pub hypervisor: Option<CiKey>,
    /// Versions of packages installed on it; empty when no packages were reported, for nobody asks then.
    pub installed: BTreeSet<i32>,
    /// What values must be like; without it everything is taken.
    pub book: Option<Arc<ClassBook>>,
    /// What agents say of the host and its dependents and is refused.
    pub refused: HashMap<(CiKey, Attribute), String>,
}

/// What sources other than the one that reports say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Others {
    /// The attributes that any of them speaks of.
    pub said: HashSet<(CiKey, Attribute)>,
    /// What those that are machines say of them, as JSON text.
    pub values: HashMap<(CiKey, Attribute), Vec<String>>,
    /// CIs of which a machine says anything, so that they are still seen if this source no longer sees them.
    pub seen: HashSet<CiKey>,
    /// CIs of which the source that sees them best, which is the agent on them, says something.
    pub seen_by_agent: HashSet<CiKey>,
}

/// A CI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCi {
    /// Its key.
    pub key: CiKey,
    /// Its class.
    pub class: String,
    /// Its shown name.
    pub name: String,
    /// What identifies it under its host.
    pub local_id: Option<String>,
    /// Whether agents no longer see it.
    pub gone: bool,
    /// Whether a person chose its class.
    pub class_said: bool,
}

/// An open observed relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRelation {
    /// Its key.
    pub key: i64,
    /// Its type.
    pub kind: String,
    /// Where it starts.
    pub source: End,
    /// Where it ends.
    pub target: End,
    /// What the source's and the target's side saw of it.
    pub evidence: [Option<Seen>; 2],
}

/// An end of a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The CI.
    pub key: CiKey,
    /// The host it is under.
    pub parent: Option<CiKey>,
    /// Its class.
    pub class: String,
    /// What identifies it: of an endpoint, the address.
    pub local_id: Option<String>,
}

/// What one side saw of a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// In how many snapshots.
    pub samples: i32,
    /// First.
    pub first: Timestamp,
    /// Last.
    pub last: Timestamp,
    /// On which ports.
    pub ports: BTreeSet<u16>,
}

/// CIs of others, by what they can be reached by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Peers {
    /// Addresses and names in lower case, with the CIs that hold them now.
    pub holders: HashMap<String, Vec<Peer>>,
    /// Where the instances of those hosts listen.
    pub listening: HashMap<CiKey, Vec<(CiKey, Listening)>>,
}

/// A CI that holds an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The CI.
    pub key: CiKey,
    /// Whether it is an endpoint, which only stands for the address.
    pub endpoint: bool,
    /// Whether it is of the same organisation as the host.
    pub near: bool,
    /// Whether agents no longer see it.
    pub gone: bool,
    /// When it was last seen.
    pub last_seen: Option<Timestamp>,
}

impl End {
    /// The address that this end stands for, if it is an endpoint.
    #[must_use]
    pub fn endpoint(&self) -> Option<IpAddr> {
        if self.class == ENDPOINT { self.local_id.as_deref()?.parse().ok() } else { None }
    }
}

impl KnownRelation {
    /// When any side last saw it.
    #[must_use]
    pub fn last_seen(&self) -> Option<Timestamp> {
        self.evidence.iter().flatten().map(|seen| seen.last).max()
    }

    /// The ports on which any side saw it.
    #[must_use]
    pub fn ports(&self) -> BTreeSet<u16> {
        self.evidence.iter().flatten().flat_map(|seen| seen.ports.iter().copied()).collect()
    }
}

impl Peers {
    /// The host that holds an address or name, other than `own`: of the same organisation the one seen last, of
    /// others the only one.
    #[must_use]
    pub fn host(&self, name: &str, own: Option<CiKey>) -> Option<CiKey> {
        let holders = self.holders.get(name)?.iter().filter(|peer| !peer.endpoint && Some(peer.key) != own);
        let (near, far): (Vec<_>, Vec<_>) = holders.partition(|peer| peer.near);
        let nearest = near.iter().max_by_key(|peer| (peer.last_seen, peer.key)).map(|peer| peer.key);
        nearest.or(if let [only] = far.as_slice() { Some(only.key) } else { None })
    }

    /// The endpoint that stands for an address or name in the same organisation.
    #[must_use]
    pub fn endpoint(&self, name: &str) -> Option<&Peer> {
        self.holders.get(name)?.iter().filter(|peer| peer.endpoint && peer.near).min_by_key(|peer| peer.key)
    }
}

//! Reads what the register holds about a host: a fixed number of statements.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use diesel::prelude::*;
use jiff::Timestamp;
use terrier_shared::latest::section::{Section, SectionKind, UnknownSection};

use super::attribute::{Attribute, ENDPOINT, LISTENS, VENDOR, all};
use super::guest;
use super::identify::{Candidate, Evidence, vendor};
use super::inventory::{INTERTWINED, Inventory};
use super::known::{CiKey, End, Known, KnownCi, KnownRelation, Peer, Peers, Seen};
use super::observe::{IdentifierKind, Observed, Server};
use super::report::Report;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::observed::{candidate, ci, identifier, peer, relation, section, value};
use crate::store::schema::fleet_presence;
use crate::store::{Conn, Inconsistent, StoreError};

/// Largest content of a section once decompressed, in bytes.
const SECTION_BYTES: usize = 8 << 20;

/// The numbers of the attributes that reports speak of.
#[derive(Debug, Clone)]
pub(super) struct Vocabulary {
    ids: HashMap<Attribute, i32>,
    attributes: HashMap<i32, Attribute>,
}

impl Vocabulary {
    /// Reads them. They never change once they are there.
    ///
    /// # Errors
    ///
    /// [`Inconsistent`] names an attribute that was not installed.
    pub(super) fn load(conn: &mut Conn) -> Result<Self, StoreError> {
        let stored = value::attribute_ids(conn)?;
        let mut ids = HashMap::new();
        for attribute in all() {
            let name = (attribute.class.to_owned(), attribute.name.to_owned());
            let id = stored.get(&name).ok_or_else(|| Inconsistent {
                table: "cmdb_attribute",
                column: "name",
                row: attribute.class.to_owned(),
                value: format!("no {}", attribute.name),
            })?;
            ids.insert(attribute, *id);
        }
        let attributes = ids.iter().map(|(attribute, id)| (*id, *attribute)).collect();
        Ok(Self { ids, attributes })
    }

    /// The number of an attribute.
    #[must_use]
    pub(super) fn id(&self, attribute: Attribute) -> i32 {
        self.ids.get(&attribute).copied().unwrap_or_default()
    }
}

/// The stored sections of a host.
#[derive(Debug, Default)]
pub(super) struct Stored {
    /// Their contents, where they are needed.
    pub(super) inventory: Inventory,
    /// When each was observed.
    pub(super) observed_at: HashMap<String, Timestamp>,
}

/// The host's stored sections; their contents if what came is intertwined with them.
pub(super) fn sections(conn: &mut Conn, host: CiKey, with_contents: bool) -> Result<Stored, StoreError> {
    let names = INTERTWINED.map(SectionKind::name);
    let rows = section::list(conn, host, if with_contents { &names } else { &[] })?;
    let mut stored = Stored::default();
    for row in rows {
        let Some(at) = row.observed_at.map(Timestamp::from) else { continue };
        if let Some(body) = &row.body {
            let read = read_section(&row.section, body);
            let unreadable = |problem| Inconsistent {
                table: "cmdb_section",
                column: "body",
                row: row.section.clone(),
                value: problem,
            };
            stored.inventory.put(read.map_err(unreadable)?, at);
        }
        stored.observed_at.insert(row.section, at);
    }
    Ok(stored)
}

/// The boot that a stored identity section speaks of. One that cannot be read tells nothing.
fn boot_id(identity: Option<&[u8]>) -> Option<String> {
    match read_section(SectionKind::Identity.name(), identity?) {
        Ok(Section::Identity(identity)) => identity.boot_id,
        _ => None,
    }
}

fn read_section(name: &str, body: &[u8]) -> Result<Section, String> {
    let json = zstd::bulk::decompress(body, SECTION_BYTES).map_err(|error| error.to_string())?;
    let raw: &serde_json::value::RawValue = serde_json::from_slice(&json).map_err(|error| error.to_string())?;
    let kind: SectionKind = name.parse().map_err(|error: UnknownSection| error.to_string())?;
    Section::decode(kind, raw).map_err(|error| error.to_string())
}

/// The version of the agent, as it last said.
pub(super) fn agent_version(conn: &mut Conn, agent_key: i32) -> Result<Option<String>, StoreError> {
    let version: Option<String> =
        fleet_presence::table.find(agent_key).select(fleet_presence::agent_version).first(conn).optional()?;
    Ok(version.filter(|version| !version.is_empty()))
}

/// Hosts of the same organisation that carry some of the same identifiers.
pub(super) fn candidates(
    conn: &mut Conn,
    vocabulary: &Vocabulary,
    report: &Report,
    evidence: &Evidence,
) -> Result<Vec<Candidate>, StoreError> {
    let serial = evidence.serial.as_deref().map(|value| (IdentifierKind::Serial.name(), value));
    let machine_id = evidence.machine_id.as_deref().map(|value| (IdentifierKind::MachineId.name(), value));
    let product_uuid = evidence.product_uuid.as_deref().map(|value| (IdentifierKind::ProductUuid.name(), value));
    let carried: Vec<_> = [serial, machine_id, product_uuid].into_iter().flatten().collect();
    if carried.is_empty() {
        return Ok(Vec::new());
    }
    let rows = candidate::list(conn, &carried, report.organisation, vocabulary.id(VENDOR))?;
    let mut candidates: BTreeMap<CiKey, Candidate> = BTreeMap::new();
    for row in rows {
        let heard = row.heard();
        let candidate = candidates.entry(row.ci_key).or_insert_with(|| Candidate {
            ci_key: row.ci_key,
            evidence: Evidence { boot_id: boot_id(row.identity.as_deref()), ..Evidence::default() },
            retired: row.retired,
            agent_last_seen: heard,
            agent_interval_s: row.agent_interval_s,
            agent_is_older: row.agent_key.is_some_and(|key| key < report.agent_key),
        });
        let named = row.vendor.and_then(|json| serde_json::from_str::<String>(&json).ok());
        candidate.evidence.vendor = named.map(|name| vendor(&name));
        match row.kind.as_str() {
            "serial" => candidate.evidence.serial = Some(row.value),
            "machine_id" => candidate.evidence.machine_id = Some(row.value),
            _ => candidate.evidence.product_uuid = Some(row.value),
        }
    }
    Ok(candidates.into_values().collect())
}

/// What the register holds about a host and about what it talks to.
pub(super) fn known(
    conn: &mut Conn,
    vocabulary: &Vocabulary,
    report: &Report,
    host: Option<ci::CiRow>,
    observed: &Observed,
) -> Result<Known, StoreError> {
    let mut known = Known {
        fallback_name: if report.hostname.is_empty() { report.agent.to_string() } else { report.hostname.clone() },
        agent_version: agent_version(conn, report.agent_key)?,
        ..Known::default()
    };
    if let Some(host) = host {
        let key = host.key;
        known.host = Some(ci_of(host));
        if observed.speaks() {
            known.dependents = ci::list_under(conn, key)?.into_iter().map(ci_of).collect();
            known.identifiers = identifier::list_open(conn, key)?.into_iter().collect();
        }
        values(conn, vocabulary, &report.source, key, &mut known)?;
    }
    guest::load(conn, report, observed, &mut known)?;
    if observed.speaks() {
        surroundings(conn, vocabulary, report, observed, &mut known)?;
    }
    Ok(known)
}

fn ci_of(row: ci::CiRow) -> KnownCi {
    KnownCi { key: row.key, class: row.class, name: row.name, local_id: row.local_id, gone: row.gone_at.is_some() }
}

fn values(
    conn: &mut Conn,
    vocabulary: &Vocabulary,
    source: &SourceName,
    host: CiKey,
    known: &mut Known,
) -> Result<(), StoreError> {
    for row in value::list_open(conn, host)? {
        let attribute = vocabulary.attributes.get(&row.attribute_id).map(|attribute| (row.ci_key, *attribute));
        if row.source == source.as_str() {
            known.values.extend(attribute.map(|attribute| (attribute, row.value)));
            continue;
        }
        if row.source == SourceName::AGENT.as_str() {
            known.others.seen_by_agent.insert(row.ci_key);
        }
        known.others.said.extend(attribute);
        if row.source.parse().is_ok_and(|name: SourceName| name.is_machine()) {
            known.others.seen.insert(row.ci_key);
            if let Some(attribute) = attribute {
                known.others.values.entry(attribute).or_default().push(row.value);
            }
        }
    }
    Ok(())
}

/// Relations of the host, who holds the addresses at their other ends, and what others have with its own addresses.
fn surroundings(
    conn: &mut Conn,
    vocabulary: &Vocabulary,
    report: &Report,
    observed: &Observed,
    known: &mut Known,
) -> Result<(), StoreError> {
    let mut keys: Vec<CiKey> = known.dependents.iter().map(|ci| ci.key).collect();
    keys.extend(known.host.as_ref().map(|host| host.key));
    if !keys.is_empty() {
        known.relations = relations(relation::list_open(conn, &keys)?);
    }
    let names = names_of_interest(observed, &known.relations);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    known.peers = peers(conn, vocabulary, report, &names)?;
    let own: Vec<CiKey> = observed
        .addresses
        .shared
        .iter()
        .filter_map(|address| known.peers.endpoint(&address.to_string()).map(|peer| peer.key))
        .collect();
    if !own.is_empty() {
        let there: HashSet<i64> = known.relations.iter().map(|one| one.key).collect();
        let more = relations(relation::list_open(conn, &own)?);
        known.relations.extend(more.into_iter().filter(|one| !there.contains(&one.key)));
    }
    Ok(())
}

fn names_of_interest(observed: &Observed, relations: &[KnownRelation]) -> BTreeSet<String> {
    let links = observed.links.outgoing.iter().chain(&observed.links.incoming).map(|link| link.remote);
    let ends = relations.iter().flat_map(|one| [one.source.endpoint(), one.target.endpoint()]).flatten();
    let addresses = links.chain(ends).filter(|address| !observed.addresses.is_here(*address));
    let own = observed.addresses.shared.iter().copied();
    let mut names: BTreeSet<String> = addresses.chain(own).map(|address| address.to_string()).collect();
    let servers = observed.filesystems.iter().flatten().filter_map(|one| one.server.as_ref());
    names.extend(servers.map(|server| match server {
        Server::Address(address) => address.to_string(),
        Server::Name(name) => name.clone(),
    }));
    names
}

fn relations(rows: Vec<relation::RelationRow>) -> Vec<KnownRelation> {
    let mut relations: BTreeMap<i64, KnownRelation> = BTreeMap::new();
    for row in rows {
        let seen = row.samples.zip(row.first_seen_at).zip(row.last_seen_at).map(|((samples, first), last)| Seen {
            samples,
            first: first.0,
            last: last.0,
            ports: row.ports.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default(),
        });
        let relation = relations.entry(row.key).or_insert_with(|| KnownRelation {
            key: row.key,
            kind: row.kind,
            source: End {
                key: row.source_key,
                parent: row.source_parent,
                class: row.source_class,
                local_id: row.source_local_id,
            },
            target: End {
                key: row.target_key,
                parent: row.target_parent,
                class: row.target_class,
                local_id: row.target_local_id,
            },
            evidence: [None, None],
        });
        let [source, target] = &mut relation.evidence;
        match row.seen_by.as_deref() {
            Some("source") => *source = seen,
            Some(_) => *target = seen,
            None => {}
        }
    }
    relations.into_values().collect()
}

fn peers(conn: &mut Conn, vocabulary: &Vocabulary, report: &Report, names: &[&str]) -> Result<Peers, StoreError> {
    let mut peers = Peers::default();
    if names.is_empty() {
        return Ok(peers);
    }
    let mut hosts = BTreeSet::new();
    for row in peer::holders(conn, names, report.organisation)? {
        let endpoint = row.class == ENDPOINT;
        if !endpoint {
            hosts.insert(row.ci_key);
        }
        let last_seen = row.last_seen_at.map(Timestamp::from);
        let peer = Peer { key: row.ci_key, endpoint, near: row.near, gone: row.gone_at.is_some(), last_seen };
        peers.holders.entry(row.value).or_default().push(peer);
    }
    let hosts: Vec<CiKey> = hosts.into_iter().collect();
    if hosts.is_empty() {
        return Ok(peers);
    }
    for row in peer::listeners(conn, &hosts, vocabulary.id(LISTENS))? {
        let places: Vec<String> = serde_json::from_str(&row.value).unwrap_or_default();
        let places = places.iter().filter_map(|place| place.parse().ok()).map(|place| (row.ci_key, place));
        peers.listening.entry(row.host_key).or_default().extend(places);
    }
    Ok(peers)
}

//! Reads what the register holds about a host: a fixed number of statements.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use diesel::prelude::*;
use jiff::Timestamp;
use terrier_shared::latest::section::{Section, SectionKind, UnknownSection};

use super::attribute::{Attribute, ENDPOINT, LISTENS, all};
use super::guest;
use super::inventory::{INTERTWINED, Inventory};
use super::known::{CiKey, End, Known, KnownCi, KnownRelation, Peer, Peers, Seen};
use super::observe::{Observed, Server};
use super::report::Report;
use crate::cmdb::class;
use crate::cmdb::model::attribute::Attribute as Defined;
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::observed::{ci, identifier, peer, refused, relation, section, value};
use crate::store::schema::fleet_presence;
use crate::store::{Conn, Inconsistent, StoreError};

/// Largest content of a section once decompressed, in bytes.
const SECTION_BYTES: usize = 8 << 20;

/// The class book, and the numbers of the attributes that reports speak of.
#[derive(Debug, Clone)]
pub(super) struct Vocabulary {
    ids: HashMap<Attribute, i32>,
    attributes: HashMap<i32, Attribute>,
    book: Arc<ClassBook>,
    revision: i64,
}

impl Vocabulary {
    /// Reads them as of now. Administrators change them: see [`Self::is_current`].
    pub(super) fn load(conn: &mut Conn) -> Result<Self, StoreError> {
        // Before the book, so that a change between the two is noticed.
        let revision = class::revision(conn)?;
        let book = class::load_book(conn)?;
        let ids: HashMap<Attribute, i32> =
            all().filter_map(|attribute| Some((attribute, defined(&book, attribute)?.id))).collect();
        let attributes = ids.iter().map(|(attribute, id)| (*id, *attribute)).collect();
        Ok(Self { ids, attributes, book: Arc::new(book), revision })
    }

    /// Whether nobody has changed a definition since it was read.
    pub(super) fn is_current(&self, conn: &mut Conn) -> Result<bool, StoreError> {
        Ok(class::revision(conn)? == self.revision)
    }

    /// Whether anything that agents say has to be unique.
    pub(super) fn has_unique(&self) -> bool {
        crate::cmdb::unique::concerns_any(&self.book, &self.ids.values().copied().collect())
    }

    /// The class book.
    pub(super) fn book(&self) -> &ClassBook {
        &self.book
    }

    /// Which state of the definitions it is of.
    pub(super) const fn revision(&self) -> i64 {
        self.revision
    }

    /// The number of an attribute.
    #[must_use]
    pub(super) fn id(&self, attribute: Attribute) -> i32 {
        self.ids.get(&attribute).copied().unwrap_or_default()
    }
}

/// The definition of what agents speak of: as shipped, or an administrator's of the same name that it gave way to.
fn defined(book: &ClassBook, attribute: Attribute) -> Option<&Defined> {
    let shipped = book.own_attributes(attribute.class).find(|one| one.name == attribute.name);
    let related = |one: &&Defined| book.is_a(&one.class, attribute.class) || book.is_a(attribute.class, &one.class);
    shipped.or_else(|| book.attributes_named(attribute.name).find(related))
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
pub(super) fn boot_id(identity: &[u8]) -> Option<String> {
    match read_section(SectionKind::Identity.name(), identity) {
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

/// What the register holds about a host and about what it talks to.
pub(super) fn known(
    conn: &mut Conn,
    vocabulary: &Vocabulary,
    report: &Report,
    host: Option<ci::CiRow>,
    observed: &Observed,
) -> Result<Known, StoreError> {
    let mut known = Known {
        fallback_name: if report.hostname.is_empty() { report.reporter.to_string() } else { report.hostname.clone() },
        agent_version: report.reporter.agent_key().map(|key| agent_version(conn, key)).transpose()?.flatten(),
        book: Some(Arc::clone(&vocabulary.book)),
        ..Known::default()
    };
    if let Some(host) = host {
        let key = host.key;
        known.host = Some(ci_of(host));
        if observed.speaks() {
            known.dependents = ci::list_under(conn, key)?.into_iter().map(ci_of).collect();
            known.identifiers = identifier::list_open(conn, key)?.into_iter().collect();
        }
        values(conn, vocabulary, report.reporter.source(), key, &mut known)?;
    }
    guest::load(conn, report, observed, &mut known)?;
    if observed.speaks() {
        surroundings(conn, vocabulary, report, observed, &mut known)?;
    }
    Ok(known)
}

fn ci_of(row: ci::CiRow) -> KnownCi {
    KnownCi {
        key: row.key,
        class: row.class,
        name: row.name,
        local_id: row.local_id,
        gone: row.gone_at.is_some(),
        class_said: row.class_said,
    }
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
    for (ci_key, attribute_id, value) in refused::list_open(conn, source, host)? {
        if let Some(attribute) = vocabulary.attributes.get(&attribute_id) {
            known.refused.insert((ci_key, *attribute), value);
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

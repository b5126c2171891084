//! What agents would have put into the register, written row by row.

use std::collections::BTreeSet;

use diesel::prelude::*;
use jiff::Timestamp;
use serde_json::Value;
use terrier_server::catalogue::installation::observed as installation;
use terrier_server::cmdb::model::source::SourceName;
use terrier_server::cmdb::value::settle::{Settler, Touched, Versions};
use terrier_server::cmdb::value::standing;
use terrier_server::kernel::id::{Id, OrganisationId};
use terrier_server::store::column::{At, Document, Key16};
use terrier_server::store::schema::{
    catalogue_product as p, catalogue_version as pv, cmdb_attribute as a, cmdb_ci as c, cmdb_evidence as e,
    cmdb_identifier as n, cmdb_relation as rel, cmdb_revision as r, cmdb_section as s, cmdb_value as v,
    fleet_agent as fa, fleet_presence as fp,
};
use terrier_server::store::{Conn, Store, StoreError};
use uuid::Uuid;

use super::register::Register;

/// An item in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ci {
    pub(crate) key: i32,
    pub(crate) id: Uuid,
}

/// Writes what agents observe.
pub(crate) struct Estate<'a> {
    register: &'a Register,
}

impl Register {
    pub(crate) fn estate(&self) -> Estate<'_> {
        Estate { register: self }
    }
}

impl Estate<'_> {
    fn write<T: Send + 'static>(&self, work: impl FnOnce(&mut Conn) -> QueryResult<T>) -> T {
        let store: &Store = self.register.store();
        store.write_blocking(|conn| work(conn).map_err(StoreError::from)).unwrap()
    }

    fn fresh(&self) -> Uuid {
        let id: Id<()> = self.register.clock.new_id();
        id.uuid()
    }

    /// A host that an agent reports as, with what it says.
    pub(crate) fn host(&self, organisation: OrganisationId, name: &str, values: &[(&str, Value)]) -> Ci {
        let (now, id, agent) = (self.register.clock.now(), self.fresh(), self.agent(organisation, name));
        let ci = self.insert((id, "physical_server", name), organisation, (None, Some(agent)), now);
        let revision = self.revision(ci.key, now);
        self.says(ci.key, revision, now, "name", &Value::from(name));
        for (attribute, value) in values {
            self.says(ci.key, revision, now, attribute, value);
        }
        ci
    }

    /// Something on a host.
    pub(crate) fn dependent(&self, host: Ci, class: &str, name: &str) -> Ci {
        let (now, id) = (self.register.clock.now(), self.fresh());
        let organisation =
            self.write(move |conn| c::table.find(host.key).select(c::organisation_id).first::<Key16>(conn));
        let ci = self.insert((id, class, name), organisation.into(), (Some(host.key), None), now);
        let revision = self.revision(host.key, now);
        self.says(ci.key, revision, now, "name", &Value::from(name));
        ci
    }

    fn insert(
        &self,
        (id, class, name): (Uuid, &str, &str),
        organisation: OrganisationId,
        (parent, agent): (Option<i32>, Option<i32>),
        at: Timestamp,
    ) -> Ci {
        self.write(move |conn| {
            diesel::insert_into(c::table)
                .values((
                    (c::id.eq(Key16(id)), c::class.eq(class), c::name.eq(name)),
                    (c::organisation_id.eq(Key16::from(organisation)), c::parent_key.eq(parent)),
                    (c::local_id.eq(parent.map(|_| name)), c::agent_key.eq(agent), c::lifecycle.eq("in_use")),
                    (c::first_seen_at.eq(At(at)), c::last_seen_at.eq(At(at))),
                    (c::version.eq(1), c::created_at.eq(At(at))),
                ))
                .execute(conn)?;
            let key = c::table.filter(c::id.eq(Key16(id))).select(c::key).first(conn)?;
            Ok(Ci { key, id })
        })
    }

    fn agent(&self, organisation: OrganisationId, name: &str) -> i32 {
        let (id, now) = (self.fresh(), self.register.clock.now());
        let key = self.write(move |conn| {
            diesel::insert_into(fa::table)
                .values((
                    (fa::id.eq(Key16(id)), fa::organisation_id.eq(Key16::from(organisation)), fa::state.eq("active")),
                    (fa::hostname.eq(name), fa::evidence.eq(Document(serde_json::json!({})))),
                    (fa::public_key_hash.eq(id.as_bytes().to_vec()), fa::generation.eq(1)),
                    (fa::enrolled_at.eq(At(now)), fa::version.eq(1)),
                ))
                .execute(conn)?;
            fa::table.filter(fa::id.eq(Key16(id))).select(fa::key).first(conn)
        });
        self.write(move |conn| {
            diesel::insert_into(fp::table)
                .values((
                    fp::agent_key.eq(key),
                    fp::last_seen_at.eq(At(now)),
                    fp::agent_version.eq("0.1.0"),
                    fp::address.eq("192.0.2.1"),
                    fp::dropped_reports.eq(0_i64),
                ))
                .execute(conn)
        });
        key
    }

    /// The host's agent speaks.
    pub(crate) fn heard(&self, host: Ci) {
        let now = self.register.clock.now();
        self.write(move |conn| {
            let agent: Option<i32> = c::table.find(host.key).select(c::agent_key).first(conn)?;
            diesel::update(fp::table.filter(fp::agent_key.nullable().eq(agent)))
                .set(fp::last_seen_at.eq(At(now)))
                .execute(conn)
        });
    }

    /// A report that changes something, now.
    pub(crate) fn revision(&self, key: i32, at: Timestamp) -> i64 {
        self.write(move |conn| {
            diesel::insert_into(r::table)
                .values((
                    r::subject_key.eq(key),
                    r::at.eq(At(at)),
                    r::recorded_at.eq(At(at)),
                    r::source.eq("agent"),
                    r::actor_id.eq(Key16(Uuid::from_u128(77))),
                    r::actor_name.eq("agent-77"),
                ))
                .execute(conn)?;
            r::table.order(r::id.desc()).select(r::id).first(conn)
        })
    }

    /// The agent says a value, instead of what it said before.
    pub(crate) fn says(&self, key: i32, revision: i64, at: Timestamp, attribute: &str, value: &Value) {
        self.says_as("agent", (key, revision, at), attribute, value);
    }

    /// The source says a value, instead of what it said before; what is shown follows.
    pub(crate) fn says_as(&self, source: &str, on: (i32, i64, Timestamp), attribute: &str, value: &Value) {
        let ((key, revision, at), value, source) = (on, value.to_string(), source.to_owned());
        self.write(move |conn| {
            let class: String = c::table.find(key).select(c::class).first(conn)?;
            let classes = ["ci", "host", class.as_str()];
            let attribute: i32 =
                a::table.filter(a::name.eq(attribute).and(a::class.eq_any(classes))).select(a::id).first(conn)?;
            let open = v::ci_key.eq(key).and(v::attribute_id.eq(attribute)).and(v::source.eq(source.clone()));
            diesel::update(v::table.filter(open.and(v::valid_to.is_null())))
                .set((v::valid_to.eq(At(at)), v::closed_by.eq(revision), v::shown.eq(false)))
                .execute(conn)?;
            diesel::insert_into(v::table)
                .values((
                    (v::ci_key.eq(key), v::attribute_id.eq(attribute), v::source.eq(source)),
                    (v::valid_from.eq(At(at)), v::opened_by.eq(revision), v::value.eq(value), v::shown.eq(false)),
                ))
                .execute(conn)
        });
        let now = self.register.clock.now();
        let settle = |conn: &mut Conn| {
            let touched = Touched { keys: &[key], attributes: None, without: None };
            Settler::load(conn, now)?.settle(conn, touched, Versions::Counted)
        };
        self.register.store().write_blocking::<_, StoreError>(settle).unwrap();
    }

    /// An inventory mentions an item.
    pub(crate) fn mentioned(&self, source: &str, ci: Ci) {
        let (now, source) = (self.register.clock.now(), source.parse::<SourceName>().unwrap());
        let confirm = |conn: &mut Conn| standing::confirm(conn, &source, &[ci.key], now);
        self.register.store().write_blocking::<_, StoreError>(confirm).unwrap();
    }

    /// Something the item can be found by.
    pub(crate) fn identified(&self, ci: Ci, kind: &str, value: &str) {
        let now = self.register.clock.now();
        self.write(move |conn| {
            diesel::insert_into(n::table)
                .values((n::ci_key.eq(ci.key), n::kind.eq(kind), n::value.eq(value), n::valid_from.eq(At(now))))
                .execute(conn)
        });
    }

    /// A relation that begins now, seen by its source if `ports` are given.
    pub(crate) fn related(&self, (source, kind, target): (Ci, &str, Ci), ports: Option<&[u16]>) -> i64 {
        let (id, now) = (self.fresh(), self.register.clock.now());
        let revision = self.revision(source.key, now);
        let ports = ports.map(|ports| serde_json::to_string(ports).unwrap());
        self.write(move |conn| {
            diesel::insert_into(rel::table)
                .values((
                    (rel::id.eq(Key16(id)), rel::source_key.eq(source.key), rel::target_key.eq(target.key)),
                    (rel::type_.eq(kind), rel::origin.eq("observed")),
                    (rel::valid_from.eq(At(now)), rel::opened_by.eq(revision)),
                ))
                .execute(conn)?;
            let key: i64 = rel::table.filter(rel::id.eq(Key16(id))).select(rel::key).first(conn)?;
            if let Some(ports) = ports {
                diesel::insert_into(e::table)
                    .values((
                        (e::relation_key.eq(key), e::seen_by.eq("source"), e::samples.eq(6)),
                        (e::first_seen_at.eq(At(now)), e::last_seen_at.eq(At(now)), e::ports.eq(ports)),
                    ))
                    .execute(conn)?;
            }
            Ok(key)
        })
    }

    /// The relation ends now.
    pub(crate) fn unrelated(&self, source: Ci, relation: i64) {
        let now = self.register.clock.now();
        let revision = self.revision(source.key, now);
        self.write(move |conn| {
            diesel::update(rel::table.find(relation))
                .set((rel::valid_to.eq(At(now)), rel::closed_by.eq(revision)))
                .execute(conn)
        });
    }

    /// The packages of the host are these from now on: ecosystem, name, version, architecture.
    pub(crate) fn packages(&self, host: Ci, packages: &[(&str, &str, &str, &str)]) {
        let now = self.register.clock.now();
        self.revision(host.key, now);
        let wanted: Vec<i32> = packages.iter().map(|package| self.version(*package)).collect();
        let wanted: BTreeSet<i32> = wanted.into_iter().collect();
        let write = move |conn: &mut Conn| {
            let known = installation::list_installed(conn, host.key)?;
            installation::close(conn, host.key, &known.difference(&wanted).copied().collect(), now)?;
            installation::open(conn, host.key, &wanted.difference(&known).copied().collect(), now)
        };
        self.register.store().write_blocking(write).unwrap();
    }

    fn version(&self, (ecosystem, name, version, architecture): (&str, &str, &str, &str)) -> i32 {
        self.write(move |conn| {
            let product = p::table.filter(p::ecosystem.eq(ecosystem).and(p::name.eq(name))).select(p::id);
            if product.first::<i32>(conn).optional()?.is_none() {
                diesel::insert_into(p::table).values((p::ecosystem.eq(ecosystem), p::name.eq(name))).execute(conn)?;
            }
            let product: i32 = product.first(conn)?;
            let found = pv::table
                .filter(pv::product_id.eq(product).and(pv::version.eq(version)).and(pv::architecture.eq(architecture)))
                .select(pv::id);
            if found.first::<i32>(conn).optional()?.is_none() {
                diesel::insert_into(pv::table)
                    .values((
                        (pv::product_id.eq(product), pv::version.eq(version), pv::architecture.eq(architecture)),
                        pv::vendor.eq("Terrier packagers"),
                    ))
                    .execute(conn)?;
            }
            found.first(conn)
        })
    }

    /// A section as the agent sent it, or its fault.
    pub(crate) fn section(&self, host: Ci, name: &str, body: Option<&Value>, fault: Option<&Value>) {
        let now = self.register.clock.now();
        let state = if fault.is_some() { "fault" } else { "present" };
        let body = body.map(|body| zstd::bulk::compress(body.to_string().as_bytes(), 3).unwrap());
        let fault = fault.map(ToString::to_string);
        self.write(move |conn| {
            diesel::insert_into(s::table)
                .values((
                    (s::ci_key.eq(host.key), s::section.eq(name), s::state.eq(state), s::hash.eq(vec![0xab; 32])),
                    (s::observed_at.eq(At(now)), s::received_at.eq(At(now)), s::body.eq(body)),
                    (s::fault_since.eq(fault.is_some().then_some(At(now))), s::fault.eq(fault)),
                ))
                .execute(conn)
        });
    }
}

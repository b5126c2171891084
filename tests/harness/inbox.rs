//! Agents without a network: what they would have sent lies in the inbox, and reconciliation works it off.

use std::sync::atomic::{AtomicU64, Ordering};

use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use terrier_server::cmdb::shipped;
use terrier_server::identification;
use terrier_server::kernel::actor::Actor;
use terrier_server::kernel::clock::Clock;
use terrier_server::kernel::ctx::Ctx;
use terrier_server::kernel::id::Id;
use terrier_server::kernel::scope::Scope;
use terrier_server::reconcile::{Progress, Reconciler};
use terrier_server::store::column::{At, Document, Key16};
use terrier_server::store::schema::{access_organisation, fleet_agent, ingest_inbox};
use terrier_server::store::{Conn, Store, StoreError};
use terrier_shared::latest::hash::Hash;
use uuid::Uuid;

use super::database::{Backend, TestDatabase};

/// A register with one organisation.
pub(crate) struct Register {
    pub(crate) database: TestDatabase,
    organisation: Key16,
    clock: Clock,
}

/// An agent's row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Agent(pub(crate) i32);

static NUMBER: AtomicU64 = AtomicU64::new(1);

fn fresh() -> Uuid {
    Uuid::from_u128(u128::from(NUMBER.fetch_add(1, Ordering::Relaxed)))
}

/// A time to begin at.
pub(crate) fn noon() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// So many minutes later.
pub(crate) fn minutes(minutes: i64) -> Timestamp {
    noon() + SignedDuration::from_mins(minutes)
}

impl Register {
    pub(crate) fn new(backend: Backend) -> Self {
        let database = TestDatabase::new(backend);
        database.store().write_blocking(shipped::install).unwrap();
        let ctx = Ctx::system(&Clock::manual(noon()));
        database.store().write_blocking(|conn| identification::shipped::install(conn, &ctx)).unwrap();
        let register = Self { database, organisation: Key16(fresh()), clock: Clock::manual(noon()) };
        let id = register.organisation;
        register.write(move |conn| {
            use access_organisation as o;
            diesel::insert_into(o::table)
                .values((o::id.eq(id), o::name.eq("Terrier"), o::created_at.eq(At(noon()))))
                .execute(conn)
        });
        register
    }

    /// Lets time pass until then; it never goes back.
    pub(crate) fn pass_until(&self, at: Timestamp) {
        let left = at.duration_since(self.clock.now());
        self.clock.advance(std::time::Duration::try_from(left).unwrap_or_default());
    }

    /// A person who may do everything, now.
    pub(crate) fn keeper(&self) -> Ctx {
        let actor = Actor::User { id: Id::from_uuid(Uuid::nil()), name: "Keeper".to_owned() };
        Ctx::new(actor, Scope::all(), &self.clock)
    }

    pub(crate) fn store(&self) -> &Store {
        self.database.store()
    }

    pub(crate) fn write<T>(&self, work: impl FnOnce(&mut Conn) -> QueryResult<T>) -> T {
        self.store().write_blocking::<_, StoreError>(|conn| Ok(work(conn)?)).unwrap()
    }

    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut Conn) -> QueryResult<T>) -> T {
        self.store().read_blocking::<_, StoreError>(|conn| Ok(work(conn)?)).unwrap()
    }

    /// An active agent.
    pub(crate) fn agent(&self, hostname: &str) -> Agent {
        let (id, organisation, hostname) = (fresh(), self.organisation, hostname.to_owned());
        self.write(move |conn| {
            use fleet_agent as a;
            diesel::insert_into(a::table)
                .values((
                    (a::id.eq(Key16(id)), a::organisation_id.eq(organisation), a::state.eq("active")),
                    (a::hostname.eq(hostname), a::evidence.eq(Document(json!({}))), a::generation.eq(1)),
                    (a::public_key_hash.eq(id.as_bytes().to_vec()), a::enrolled_at.eq(At(noon())), a::version.eq(1)),
                ))
                .execute(conn)?;
            a::table.filter(a::id.eq(Key16(id))).select(a::key).first(conn).map(Agent)
        })
    }

    /// Puts a request into the inbox.
    pub(crate) fn send(&self, agent: Agent, at: Timestamp, reports: &[Value]) {
        let stored = json!({"clock_offset_ms": 0, "reports": reports});
        let payload = zstd::bulk::compress(stored.to_string().as_bytes(), 3).unwrap();
        self.send_bytes(agent, at, payload);
    }

    /// Puts anything into the inbox.
    pub(crate) fn send_bytes(&self, agent: Agent, at: Timestamp, payload: Vec<u8>) {
        self.write(move |conn| {
            use ingest_inbox as i;
            diesel::insert_into(i::table)
                .values((
                    i::agent_key.eq(agent.0),
                    i::received_at.eq(At(at)),
                    i::payload.eq(payload),
                    i::attempts.eq(0),
                ))
                .execute(conn)
        });
    }

    /// Works off the inbox.
    pub(crate) fn reconcile(&self) -> Progress {
        let drain = async { self.reconciler().drain().await.unwrap() };
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(drain)
    }

    /// Another worker for the same inbox. All of them draw from one clock, so that ids differ.
    pub(crate) fn reconciler(&self) -> Reconciler {
        Reconciler::new(self.store().clone(), self.clock.clone())
    }
}

/// A section as it lies in the inbox.
pub(crate) fn section(kind: &str, at: Timestamp, body: &Value) -> Value {
    let hash = Hash::of(body.to_string().as_bytes());
    report(at, &json!({"section": {"kind": kind, "hash": hash.to_string()}}), body)
}

/// A collector's failure as it lies in the inbox.
pub(crate) fn fault(kind: &str, at: Timestamp) -> Value {
    report(at, &json!({"fault": {"kind": kind}}), &json!({"cause": "permission_denied", "detail": "/etc/shadow"}))
}

/// Utilisation as it lies in the inbox.
pub(crate) fn metrics(window_start: Timestamp, mean: f64) -> Value {
    metrics_of(window_start, 300, mean)
}

/// Utilisation of a window of so many seconds.
pub(crate) fn metrics_of(window_start: Timestamp, window_s: u32, mean: f64) -> Value {
    let sample = json!({"metric": "cpu_busy_ratio", "count": 5, "min": 0.0, "mean": mean, "max": 1.0, "p95": 0.9});
    let body = json!({"window_start_ms": window_start.as_millisecond(), "window_s": window_s, "samples": [sample]});
    report(window_start, &json!({"metrics": {"window_start": window_start}}), &body)
}

fn report(at: Timestamp, what: &Value, body: &Value) -> Value {
    let seq = NUMBER.fetch_add(1, Ordering::Relaxed);
    json!({"epoch": "00000000000000aa", "seq": seq, "observed_at": at, "what": what, "body": body})
}

//! Whether all that was acknowledged is there, once: by asking the server, and by what stands in the register.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use terrier_server::store::column::Key16;
use terrier_server::store::schema::{
    capacity_sample as m, cmdb_attribute as a, cmdb_ci as c, cmdb_evidence as e, cmdb_relation as r, cmdb_value as v,
    fleet_agent as f, ingest_dead_letter as d, ingest_inbox as i,
};
use terrier_server::store::{Conn, Store, StoreError};

use super::load::{Agent, Fleet};
use crate::harness::process::ServerProcess;

/// Longest time for the inbox to be worked off.
const PATIENCE: Duration = Duration::from_mins(5);

/// What was found.
#[derive(Debug, Default, Clone)]
pub(super) struct Verdict {
    /// Batches that were acknowledged.
    pub(super) acknowledged: u64,
    /// Reports that were acknowledged and are not there.
    pub(super) lost: u64,
    /// Reports whose effect is there more than once.
    pub(super) twice: u64,
    /// Everything else that is not as it has to be.
    pub(super) complaints: Vec<String>,
}

impl Verdict {
    /// Nothing is lost, nothing is there twice, and nothing else is wrong.
    pub(super) fn is_clean(&self) -> bool {
        self.lost == 0 && self.twice == 0 && self.complaints.is_empty()
    }
}

/// Judges a server that runs, when everybody has settled.
pub(super) fn judge(server: &ServerProcess, fleet: &Fleet) -> Verdict {
    let store = server.store();
    let mut verdict = Verdict { acknowledged: fleet.acknowledged(), ..Verdict::default() };
    verdict.complaints.append(&mut fleet.told.complaints.lock().unwrap());
    verdict.lost += fleet.send_all_again();
    wait_until_worked_off(&store);
    for agent in &fleet.agents {
        let (lost, twice) = judge_agent(&store, agent);
        verdict.lost += lost;
        verdict.twice += twice;
    }
    let (known, dead) =
        read(&store, |conn| Ok((f::table.count().get_result::<i64>(conn)?, d::table.count().get_result::<i64>(conn)?)));
    let expected = fleet.agents.len() + fleet.newcomer.enrolled.len();
    if usize::try_from(known).unwrap() != expected {
        verdict.complaints.push(format!("{known} agents are known, {expected} were let in"));
    }
    if dead != 0 {
        verdict.complaints.push(format!("{dead} reports were set aside"));
    }
    verdict.complaints.extend(integrity(&store));
    let said = server.run(&["audit", "verify"]);
    if !said.ends_with("hold") {
        verdict.complaints.push(said);
    }
    verdict
}

/// What the database itself finds wrong with its pages and rows. PostgreSQL checks its pages as it reads them.
pub(super) fn integrity(store: &Store) -> Option<String> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        integrity_check: String,
    }
    let lines = read(store, |conn| match conn {
        Conn::Sqlite(conn) => diesel::sql_query("PRAGMA integrity_check").load::<Line>(conn),
        Conn::Postgres(conn) => conn.batch_execute("SELECT count(*) FROM ingest_epoch").map(|()| Vec::new()),
    });
    let wrong: Vec<String> = lines.into_iter().map(|line| line.integrity_check).filter(|line| line != "ok").collect();
    (!wrong.is_empty()).then(|| wrong.join("; "))
}

/// Waits until all that was taken in stands in the register.
pub(super) fn wait_until_worked_off(store: &Store) {
    let until = Instant::now() + PATIENCE;
    while read(store, |conn| i::table.count().get_result::<i64>(conn)) > 0 {
        assert!(Instant::now() < until, "the inbox is not worked off");
        std::thread::sleep(Duration::from_millis(25));
    }
}

/// Reports of an agent that are lost, and those that count twice. Each batch has opened one value, was one piece of
/// evidence for one relation, and has one window.
pub(super) fn judge_agent(store: &Store, agent: &Agent) -> (u64, u64) {
    let id = Key16(agent.id.parse().unwrap());
    let (versions, seen, windows): (Vec<String>, Vec<i32>, i64) = read(store, |conn| {
        let key: i32 = f::table.filter(f::id.eq(id)).select(f::key).first(conn)?;
        let host: Option<i32> = c::table.filter(c::agent_key.eq(key)).select(c::key).first(conn).optional()?;
        // Of an agent that never got a word through there is no host.
        let Some(host) = host else { return Ok((Vec::new(), Vec::new(), 0)) };
        let versions = v::table
            .inner_join(a::table)
            .filter(v::ci_key.eq(host).and(a::name.eq("os_version")))
            .select(v::value)
            .load(conn)?;
        let seen = e::table
            .inner_join(r::table.on(r::key.eq(e::relation_key)))
            .inner_join(c::table.on(c::key.eq(r::source_key)))
            .filter(c::parent_key.eq(host))
            .select(e::samples)
            .load(conn)?;
        let windows = m::table.filter(m::ci_key.eq(host)).count().get_result(conn)?;
        Ok((versions, seen, windows))
    });
    let distinct: std::collections::BTreeSet<_> = versions.iter().collect();
    let seen: i32 = seen.iter().sum();
    let counts = [
        u64::try_from(versions.len()).unwrap(),
        u64::try_from(seen).unwrap(),
        u64::try_from(windows).unwrap(),
        u64::try_from(distinct.len()).unwrap(),
    ];
    let lost = counts.iter().map(|count| agent.acknowledged.saturating_sub(*count)).sum();
    let twice = counts.iter().map(|count| count.saturating_sub(agent.acknowledged)).sum();
    (lost, twice)
}

fn read<T>(store: &Store, work: impl FnOnce(&mut Conn) -> QueryResult<T>) -> T {
    store.read_blocking::<_, StoreError>(|conn| Ok(work(conn)?)).unwrap()
}
